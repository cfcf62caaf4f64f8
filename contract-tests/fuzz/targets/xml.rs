//! libFuzzer's entry to the rig of the same name.

#![no_main]

#[path = "../rigs/xml.rs"]
mod xml;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    xml::try_one(bytes);
});
