//! Decisions that are used again for the next question with the same inputs, whoever it is about.
//!
//! A key holds every input that the policies read (product.md §3): the role, the item or the citizen's own facts, the ground, the
//! purpose, what it opens, what bars the caller, and on which side of each fixed moment the question stands. The policies are the
//! engine's, and what is kept is gone with it. Keys are hashes of codes and of the ids of units and employees: neither a citizen nor a
//! case is in them, since what policies read of those makes a question that is decided anew each time, see [`super::lasting`].

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use crate::access::ClassSet;

/// Decisions at most: of some 200 bytes each, three megabytes. Whatever else is asked is decided anew.
const KEPT_MAX: u64 = 16_384;

/// The inputs of one side of a question: of the caller on a ground, or of what is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Inputs([u8; 32]);

impl Inputs {
    /// Two that are not equal have not the same JSON, and so, as far as anybody knows, not the same hash.
    pub(super) fn of(all: &impl Serialize) -> Self {
        let json = serde_json::to_vec(all).expect("codes, numbers and flags are JSON");
        let hash = digest(&SHA256, &json);
        Self(hash.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// What was opened just now.
pub(super) struct Verdict {
    pub(super) classes: ClassSet,
    /// A policy could not be evaluated, and so opened nothing: perhaps for want of stack, which is no input.
    pub(super) has_failed: bool,
}

/// Decisions of one engine.
#[derive(Debug)]
pub(super) struct Kept(moka::sync::Cache<(Inputs, Inputs), ClassSet>);

impl Kept {
    pub(super) fn nothing() -> Self {
        Self(moka::sync::Cache::new(KEPT_MAX))
    }

    /// Keeps nothing: each question is decided anew.
    pub(super) fn never() -> Self {
        Self(moka::sync::Cache::new(0))
    }

    /// What was opened, or is now. Only what was decided without a fault is kept.
    pub(super) fn or_else(&self, key: (Inputs, Inputs), decide: impl FnOnce() -> Verdict) -> ClassSet {
        // Two who ask at once may both decide: they decide alike.
        self.0.get(&key).unwrap_or_else(|| {
            let Verdict { classes, has_failed } = decide();
            if !has_failed {
                self.0.insert(key, classes);
            }
            classes
        })
    }
}

#[cfg(test)]
impl Kept {
    /// How many decisions are kept.
    pub(super) fn count(&self) -> u64 {
        self.0.run_pending_tasks();
        self.0.entry_count()
    }
}
