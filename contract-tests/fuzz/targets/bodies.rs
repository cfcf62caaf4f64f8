//! libFuzzer's entry to the rig of the same name.

#![no_main]
#![expect(dead_code, reason = "the log's rig needs more of the house than is needed here")]

#[path = "../rigs/bodies.rs"]
mod bodies;
#[path = "../folder.rs"]
mod folder;
#[path = "../house.rs"]
mod house;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bodies::try_one(bytes);
});
