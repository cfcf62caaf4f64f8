//! libFuzzer's entry to the rig of the same name.

#![no_main]

#[path = "../rigs/json.rs"]
mod json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    json::try_one(bytes);
});
