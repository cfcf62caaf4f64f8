//! Whom an employee has looked up so often that nobody counts any further.

use std::collections::HashMap;

/// Repeats are counted up to here.
pub(super) const REPEATS_MAX: i64 = 255;

/// More pairs than this, and the memory begins anew.
const PAIRS_MAX: usize = 10_000;

/// The citizens and employees of whom the index has as many look-ups as are counted: for these, it is not counted again for each
/// that follows.
///
/// **Invariant:** of look-ups that are in the index, or about to be by the transaction at work; whoever rolls back or deletes calls
/// [`Often::forget`].
#[derive(Debug, Default)]
pub(super) struct Often(HashMap<(i64, i64), i64>);

impl Often {
    /// Within this window there are as many as are counted.
    pub(super) fn is_full(&self, citizen: i64, employee: i64, since_us: i64) -> bool {
        self.0.get(&(citizen, employee)).is_some_and(|oldest| *oldest > since_us)
    }

    /// The last so many look-ups as are counted, but for the one at hand, have come since `oldest`.
    pub(super) fn note(&mut self, citizen: i64, employee: i64, oldest_us: i64) {
        if self.0.len() >= PAIRS_MAX {
            self.0.clear();
        }
        self.0.insert((citizen, employee), oldest_us);
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}
