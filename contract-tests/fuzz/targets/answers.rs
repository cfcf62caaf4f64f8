//! libFuzzer's entry to the rig of the same name.

#![no_main]
#![expect(dead_code, reason = "the bench of the contract suite has more hands than are needed here")]

#[path = "../rigs/answers.rs"]
mod answers;
#[path = "../../bench.rs"]
mod bench;
#[path = "../../environment.rs"]
mod environment;
#[path = "../../marks/mod.rs"]
mod marks;
#[path = "../../settings.rs"]
mod settings;
#[path = "../../stage.rs"]
mod stage;
#[path = "../../subject.rs"]
mod subject;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    answers::try_one(bytes);
});
