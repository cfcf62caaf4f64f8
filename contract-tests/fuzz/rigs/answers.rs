//! Answers of source systems: whatever a source says, its adapter ends with rows or with one of its errors, and no error
//! names anybody.

use std::cell::LazyCell;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use glasplade_adapters::contract::SourceErrorKind;
use glasplade_adapters::fake::FakeAnswer;
use glasplade_adapters::register::KINDS;
use tokio::runtime::Runtime;

use crate::bench::Bench;
use crate::marks;

/// Stands between two bodies, and in none that a source sends.
const BETWEEN: &[u8] = b"\n\x1e\n";

struct Rig {
    runtime: Runtime,
    /// One for each kind of source.
    benches: Vec<Bench>,
}

thread_local! {
    static RIG: LazyCell<Rig> = LazyCell::new(Rig::open);
}

impl Rig {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let benches = runtime.block_on(async {
            let mut benches = Vec::new();
            for kind in KINDS {
                benches.push(Bench::start(kind).await.expect("a bench"));
            }
            benches
        });
        Self { runtime, benches }
    }
}

/// The first byte chooses the kind of source; the rest are bodies with [`BETWEEN`] between them, which stand in the place of
/// the answers about somebody, in their order; the last one stands for all that follow. Tells whether the adapter reads them.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let Some((kind, rest)) = bytes.split_first() else { return false };
    RIG.with(|rig| {
        let bench = &rig.benches[usize::from(*kind) % rig.benches.len()];
        let mut bodies = parts(rest);
        bodies.reverse();
        let bodies = Mutex::new(bodies);
        bench.stage.change(move |answer: FakeAnswer| {
            let mut bodies = bodies.lock().unwrap_or_else(PoisonError::into_inner);
            let body = if bodies.len() > 1 { bodies.pop() } else { bodies.last().cloned() };
            FakeAnswer { body: body.unwrap_or_default(), ..answer }
        });
        let told = rig.runtime.block_on(bench.subject.look_up());
        bench.clear();
        if let Err(error) = &told {
            assert!(error.kind != SourceErrorKind::TimedOut, "{}: a short answer takes long", bench.kind.name);
            let text = format!("{error} {error:?}");
            assert!(!text.contains(marks::CITIZEN) && !text.contains(marks::MARK), "{}: {text}", bench.kind.name);
        }
        told.is_ok()
    })
}

fn parts(mut rest: &[u8]) -> Vec<Bytes> {
    let mut parts = Vec::new();
    while let Some(at) = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        parts.push(Bytes::copy_from_slice(&rest[..at]));
        rest = &rest[at + BETWEEN.len()..];
    }
    parts.push(Bytes::copy_from_slice(rest));
    parts
}

/// The right answers of every kind, as inputs: where the fuzzer begins.
#[cfg(test)]
pub(crate) fn right_ones() -> Vec<(&'static str, Vec<u8>)> {
    use std::sync::Arc;

    RIG.with(|rig| {
        let mut seeds = Vec::new();
        for (number, bench) in (0_u8..).zip(&rig.benches) {
            let seen = Arc::new(Mutex::new(Vec::new()));
            let kept = Arc::clone(&seen);
            bench.stage.change(move |answer| {
                kept.lock().expect("nobody panics").push(answer.body.to_vec());
                answer
            });
            rig.runtime.block_on(bench.subject.answered()).expect("a right answer");
            bench.clear();
            let bodies = seen.lock().expect("nobody panics").join(BETWEEN);
            seeds.push((bench.kind.name, [&[number], &bodies[..]].concat()));
        }
        seeds
    })
}
