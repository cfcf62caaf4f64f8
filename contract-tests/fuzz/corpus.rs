//! What the fuzzer begins with and has found before, tried without it: every input as it is, and a little changed.
//!
//! `UPDATE=1` writes the fakes' right answers anew, with which the fuzzer begins on adapters.

#![expect(dead_code, reason = "the bench of the contract suite has more hands than are needed here")]

#[path = "rigs/answers.rs"]
mod answers;
#[path = "../bench.rs"]
mod bench;
#[path = "rigs/bodies.rs"]
mod bodies;
#[path = "../environment.rs"]
mod environment;
mod folder;
mod house;
#[path = "rigs/json.rs"]
mod json;
#[path = "rigs/log.rs"]
mod log;
#[path = "../marks/mod.rs"]
mod marks;
#[path = "rigs/numbers.rs"]
mod numbers;
#[path = "../settings.rs"]
mod settings;
#[path = "../stage.rs"]
mod stage;
#[path = "../subject.rs"]
mod subject;
#[path = "rigs/tokens.rs"]
mod tokens;
#[path = "rigs/xml.rs"]
mod xml;

use std::fs;
use std::path::PathBuf;

use glasplade_adapters::register::KINDS;

fn corpus(target: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "corpus", target].iter().collect()
}

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(corpus(target)).expect("a corpus").flatten().map(|entry| entry.path()).collect();
    files.sort_unstable();
    files.into_iter().map(|file| fs::read(file).expect("an input")).collect()
}

/// The next number of a sequence that is the same in every run (Knuth's, 64 bits).
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap_or_default()
}

/// Cut, doubled, or with some bytes changed.
fn changed(input: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let start = 2.min(bytes.len());
    match next(state) % 4 {
        0 => bytes.truncate(start + next(state) % (bytes.len() - start + 1)),
        1 => {
            let from = start + next(state) % (bytes.len() - start + 1);
            let part = bytes[from..].to_vec();
            bytes.extend(part);
        }
        _ => {
            for _ in 0..=next(state) % 4 {
                let length = bytes.len();
                if length > start {
                    let place = start + next(state) % (length - start);
                    bytes[place] = u8::try_from(next(state) % 256).unwrap_or_default();
                }
            }
        }
    }
    bytes
}

/// Tries every input, and each so many times a little changed; tells how many as they are were taken, and how many not.
fn go_through(target: &str, try_one: fn(&[u8]) -> bool, changes: usize) -> (usize, usize) {
    let inputs = inputs(target);
    let taken = inputs.iter().filter(|input| try_one(input)).count();
    let mut state = 1;
    for input in &inputs {
        for _ in 0..changes {
            try_one(&changed(input, &mut state));
        }
    }
    (taken, inputs.len() - taken)
}

#[test]
fn xml_holds() {
    let (taken, refused) = go_through("xml", xml::try_one, 2_000);
    assert!(taken >= 5 && refused >= 3, "{taken} {refused}");
}

#[test]
fn json_holds() {
    let (taken, refused) = go_through("json", json::try_one, 2_000);
    assert!(taken >= 4 && refused >= 3, "{taken} {refused}");
}

#[test]
fn numbers_hold() {
    let (taken, refused) = go_through("numbers", numbers::try_one, 2_000);
    assert!(taken >= 4 && refused >= 3, "{taken} {refused}");
}

#[test]
fn tokens_hold() {
    let (taken, refused) = go_through("tokens", tokens::try_one, 100);
    assert!(taken == 0 && refused >= 4, "{taken} {refused}");
}

#[test]
fn bodies_hold() {
    let (taken, refused) = go_through("bodies", bodies::try_one, 10);
    assert!(taken >= 6 && refused >= 3, "{taken} {refused}");
}

#[test]
fn the_log_holds() {
    let (taken, refused) = go_through("log", log::try_one, 100);
    assert!(taken >= 1 && refused >= 4, "{taken} {refused}");
}

#[test]
fn answers_hold() {
    if environment::read(environment::UPDATE).is_some() {
        let folder = corpus("answers");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, input) in answers::right_ones() {
            fs::write(folder.join(name), input).expect("a file");
        }
    }
    let (taken, refused) = go_through("answers", answers::try_one, 20);
    assert!(taken + refused >= KINDS.len() && taken >= 5, "kinds read their own answers: {taken} {refused}");
}
