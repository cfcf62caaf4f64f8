//! libFuzzer's entry to the rig of the same name.

#![no_main]

#[path = "../rigs/bodies.rs"]
mod bodies;
#[path = "../folder.rs"]
mod folder;
#[path = "../house.rs"]
mod house;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bodies::try_one(bytes);
});
