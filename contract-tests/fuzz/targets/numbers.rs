//! libFuzzer's entry to the rig of the same name.

#![no_main]

#[path = "../rigs/numbers.rs"]
mod numbers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    numbers::try_one(bytes);
});
