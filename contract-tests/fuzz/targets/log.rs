//! libFuzzer's entry to the rig of the same name.

#![no_main]

#[path = "../folder.rs"]
mod folder;
#[path = "../house.rs"]
mod house;
#[path = "../rigs/log.rs"]
mod log;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    log::try_one(bytes);
});
