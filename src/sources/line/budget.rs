//! How many extra calls a source may be asked for: a share of the calls that it gets anyway, so that trouble is never multiplied.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one extra call costs: each ordinary one pays its percents in.
const PRICE: u32 = 100;

/// Extra calls that can be saved up at most: what a quiet hour saved must not fall on the source at once.
const SAVED_MAX: u32 = 10 * PRICE;

/// Extra calls, saved up by ordinary ones.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Budget {
    /// A budget with which so many extra calls can be made at once.
    pub(super) fn with(calls: u32) -> Self {
        Self(AtomicU32::new((calls * PRICE).min(SAVED_MAX)))
    }

    /// An ordinary call was made, and pays for this percentage of an extra one.
    pub(super) fn pay_in(&self, percent: u8) {
        let more = |saved: u32| (saved < SAVED_MAX).then(|| (saved + u32::from(percent)).min(SAVED_MAX));
        // Full: nothing is written.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Takes one extra call, if it is paid for.
    pub(super) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| saved.checked_sub(PRICE)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_calls_are_a_share_of_the_ordinary_ones() {
        let budget = Budget::with(1);
        let taken = (0..1_000).filter(|_| {
            budget.pay_in(5);
            budget.take()
        });
        assert_eq!(taken.count(), 1 + 50);
    }

    #[test]
    fn no_more_than_ten_are_saved_up_and_none_without_a_share() {
        let budget = Budget::with(0);
        (0..10_000).for_each(|_| budget.pay_in(10));
        assert_eq!((0..20).filter(|_| budget.take()).count(), 10);
        (0..10_000).for_each(|_| budget.pay_in(0));
        assert!(!budget.take());
    }
}
