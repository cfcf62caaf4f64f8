//! How many overviews are under way, and when one that is turned away may come back.
//!
//! Nothing is looked at to decide: one atomic number, before token, header and body are read. What they say goes into the audit
//! then, as for everybody.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::AppState;
use crate::sources::{Deadline, Window};

/// The time over which it is measured how fast overviews end, in milliseconds.
const MEASURED_MS: u64 = 10_000;

/// Room for overviews.
#[derive(Debug)]
pub struct Admission {
    permits: Arc<Semaphore>,
    max: usize,
    /// No overview takes longer.
    longest: Duration,
    begun: Instant,
    ended: Window,
}

/// Room for one overview, given back when its answer is there or nobody wants it any more.
#[derive(Debug)]
pub(super) struct Admitted {
    admission: Arc<Admission>,
    _permit: OwnedSemaphorePermit,
}

impl Admission {
    /// Room for so many at once, of which none takes longer than `longest`.
    pub(crate) fn new(max: usize, longest: Duration) -> Arc<Self> {
        let (permits, begun) = (Arc::new(Semaphore::new(max)), Deadline::after(Duration::ZERO).instant());
        Arc::new(Self { permits, max, longest, begun, ended: Window::default() })
    }

    /// Overviews under way.
    pub(crate) fn under_way(&self) -> usize {
        self.max.saturating_sub(self.permits.available_permits())
    }

    /// Overviews that may be under way at once.
    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// One more would be too many.
    pub(super) fn is_full(&self) -> bool {
        self.permits.available_permits() == 0
    }

    /// Room for one, if there is some.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Admitted> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        Some(Admitted { admission: Arc::clone(self), _permit: permit })
    }

    /// When those who are under way now are likely to be done, in seconds: so many, divided by how many end in a second (Little's
    /// law). At least 1; at most what the longest overview takes.
    pub(super) fn retry_after_s(&self) -> u64 {
        let passed = self.passed_ms();
        let ended = self.ended.counts(passed, MEASURED_MS).calls;
        let longest = self.longest.as_millis().div_ceil(1_000).max(1);
        let under_way = u64::try_from(self.under_way()).unwrap_or(u64::MAX);
        let measured = passed.clamp(1, MEASURED_MS);
        let within = match (under_way, ended) {
            (0, _) => 0,
            (_, 0) => u64::MAX,
            _ => under_way.saturating_mul(measured).div_ceil(ended.saturating_mul(1_000)),
        };
        within.clamp(1, u64::try_from(longest).unwrap_or(u64::MAX))
    }

    fn passed_ms(&self) -> u64 {
        let now = Deadline::after(Duration::ZERO).instant();
        u64::try_from(now.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.admission.ended.count(self.admission.passed_ms(), MEASURED_MS, false);
    }
}

/// Whether there was room when the request came, before anything of it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    pub(super) is_too_many: bool,
}

impl FromRequestParts<AppState> for Arrival {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self { is_too_many: state.0.admission.is_full() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(max: usize) -> Arc<Admission> {
        Admission::new(max, Duration::from_millis(2_500))
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_turned_away_is_told_when_those_under_way_are_done() {
        let admission = admission(10);
        // Ten seconds in which five overviews a second end: ten under way are done within two.
        for _ in 0..50 {
            drop(admission.enter().expect("room"));
            tokio::time::advance(Duration::from_millis(200)).await;
        }
        let under_way: Vec<_> = std::iter::from_fn(|| admission.enter()).collect();
        assert_eq!((under_way.len(), admission.under_way(), admission.is_full()), (10, 10, true));
        let told = admission.retry_after_s();
        assert!((2..=3).contains(&told), "{told}");
        // Fifty a second.
        drop(under_way);
        for _ in 0..500 {
            drop(admission.enter().expect("room"));
            tokio::time::advance(Duration::from_millis(20)).await;
        }
        let _under_way: Vec<_> = std::iter::from_fn(|| admission.enter()).collect();
        assert_eq!(admission.retry_after_s(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn before_one_has_ended_it_is_the_longest_that_one_can_take() {
        let admission = admission(3);
        let _under_way: Vec<_> = std::iter::from_fn(|| admission.enter()).collect();
        assert_eq!(admission.retry_after_s(), 3);
    }

    #[test]
    fn with_no_room_at_all_a_second_is_told() {
        let none = admission(0);
        assert!(none.is_full() && none.enter().is_none());
        assert_eq!(none.retry_after_s(), 1);
    }
}
