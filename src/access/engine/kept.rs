//! Decisions that are used again for the next question with the same inputs, whoever it is about.
//!
//! A key holds every input that a policy can read (product.md §3): the role, the item or the citizen's own facts, the ground, the
//! purpose, what it opens, what bars the caller, and on which side of each fixed moment the question stands. The policies are the
//! engine's, and what is kept is gone with it. Keys are hashes of codes: neither a citizen, nor a case, nor a consent is in them, since
//! what rests on those is decided anew each time, see [`super::lasting`].

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use crate::access::ClassSet;

/// Decisions at most, of some 200 bytes each: more than the roles and units of a large department ask.
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

/// Decisions of one engine.
#[derive(Debug)]
pub(super) struct Kept(moka::sync::Cache<(Inputs, Inputs), ClassSet>);

impl Kept {
    pub(super) fn nothing() -> Self {
        Self::at_most(KEPT_MAX)
    }

    fn at_most(decisions: u64) -> Self {
        Self(moka::sync::Cache::new(decisions))
    }

    /// What was opened, or is now.
    pub(super) fn or_else(&self, key: (Inputs, Inputs), decide: impl FnOnce() -> ClassSet) -> ClassSet {
        // Two who ask at once may both decide: they decide alike.
        self.0.get(&key).unwrap_or_else(|| {
            let classes = decide();
            self.0.insert(key, classes);
            classes
        })
    }
}

#[cfg(test)]
impl Kept {
    /// Keeps nothing: each question is decided anew.
    pub(super) fn never() -> Self {
        Self::at_most(0)
    }

    /// How many decisions are kept.
    pub(super) fn count(&self) -> u64 {
        self.0.run_pending_tasks();
        self.0.entry_count()
    }
}
