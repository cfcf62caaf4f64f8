//! libFuzzer's entry to the rig of the same name.

#![no_main]

#[path = "../folder.rs"]
mod folder;
#[path = "../rigs/tokens.rs"]
mod tokens;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    tokens::try_one(bytes);
});
