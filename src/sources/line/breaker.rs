//! The breaker of one line: a source that fails again and again is left alone for a few seconds, then tried with one call.
//!
//! Own code, some hundred lines: the crates that have breakers (`tower-resilience`, `failsafe`) wrap a service of their own, read
//! the machine's clock, or keep their limits for life; ours are changed while the service runs, and the moment is passed in.
//! It knows the source and never the citizen: whoever is asked about, the next call is treated alike.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::Window;
use crate::config::BreakerSettings;
use crate::sources::Deadline;

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// The source is asked.
    #[default]
    Closed,
    /// It is not asked.
    Open,
    /// It is tried: one call decides.
    HalfOpen,
}

impl BreakerState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// The state as a code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// A breaker. While it is closed, a call costs two atomic operations.
#[derive(Debug)]
pub(super) struct Breaker {
    begun: Instant,
    /// 0 is closed; otherwise the millisecond after which it is tried, doubled and with one added, and the last bit is set while
    /// a trial is under way. One word, so that of any number of callers exactly one makes the trial.
    state: AtomicU64,
    window: Window,
}

const CLOSED: u64 = 0;
const TRIAL: u64 = 1;

/// What has become of the breaker by a call's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Opened,
    Closed,
}

/// The permit for one call.
#[derive(Debug)]
pub(super) struct Pass<'b> {
    breaker: &'b Breaker,
    settings: BreakerSettings,
    is_trial: bool,
    has_ended: bool,
}

impl Breaker {
    pub(super) fn new() -> Self {
        let begun = Deadline::after(Duration::ZERO).instant();
        Self { begun, state: AtomicU64::new(CLOSED), window: Window::default() }
    }

    /// The source may be asked now. `None` while it is to be left alone, or while another call tries it.
    pub(super) fn admit(&self, settings: BreakerSettings, now: Instant) -> Option<Pass<'_>> {
        let state = self.state.load(Ordering::Acquire);
        let is_trial = match state {
            CLOSED => false,
            _ if state & TRIAL != 0 || self.ms(now) < (state >> 1) - 1 => return None,
            _ => {
                let trial = self.state.compare_exchange(state, state | TRIAL, Ordering::AcqRel, Ordering::Acquire);
                trial.ok().map(|_| true)?
            }
        };
        Some(Pass { breaker: self, settings, is_trial, has_ended: false })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.load(Ordering::Acquire) == CLOSED
    }

    pub(super) fn state(&self) -> BreakerState {
        match self.state.load(Ordering::Acquire) {
            CLOSED => BreakerState::Closed,
            state if state & TRIAL != 0 => BreakerState::HalfOpen,
            _ => BreakerState::Open,
        }
    }

    /// Counts begin anew: they were made under other limits. An open breaker stays open, and is tried when it was to be.
    pub(super) fn limits_changed(&self) {
        self.window.clear();
    }

    fn ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX >> 2)
    }

    fn open_until(&self, moment: Instant) {
        self.state.store((self.ms(moment) + 1) << 1, Ordering::Release);
    }
}

impl Pass<'_> {
    /// The one call that decides whether the breaker closes.
    pub(super) fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// The call has ended. `rest` is how long the source is left alone, if it comes to that.
    pub(super) fn end(mut self, has_failed: bool, now: Instant, rest: impl FnOnce() -> Duration) -> Option<Change> {
        self.has_ended = true;
        let breaker = self.breaker;
        if self.is_trial {
            if has_failed {
                breaker.open_until(now + rest());
                return None; // it was open, and stays so
            }
            breaker.window.clear();
            breaker.state.store(CLOSED, Ordering::Release);
            return Some(Change::Closed);
        }
        // A call from before it opened says nothing of how the source does since.
        if !breaker.is_closed() {
            return None;
        }
        let (now_ms, span_ms) = (breaker.ms(now), u64::from(self.settings.within_s) * 1_000);
        breaker.window.count(now_ms, span_ms, has_failed);
        if !has_failed {
            return None;
        }
        let counts = breaker.window.counts(now_ms, span_ms);
        let too_many = counts.calls >= u64::from(self.settings.calls_min)
            && counts.failures * 100 >= counts.calls * u64::from(self.settings.failures_percent);
        if !too_many {
            return None;
        }
        let open = (breaker.ms(now + rest()) + 1) << 1;
        let opened = breaker.state.compare_exchange(CLOSED, open, Ordering::AcqRel, Ordering::Acquire);
        opened.is_ok().then_some(Change::Opened)
    }
}

impl Drop for Pass<'_> {
    /// A trial that broke off has told nothing good: without this, nobody would ever try again.
    fn drop(&mut self) {
        if self.is_trial && !self.has_ended {
            let now = Deadline::after(Duration::ZERO).instant();
            self.breaker.open_until(now + Duration::from_secs(self.settings.rest_s.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BreakerSettings = BreakerSettings { failures_percent: 50, calls_min: 20, within_s: 10, rest_s: 5 };

    fn call(breaker: &Breaker, now: Instant, has_failed: bool) -> Option<Change> {
        breaker.admit(SETTINGS, now)?.end(has_failed, now, || Duration::from_secs(5))
    }

    fn after(breaker: &Breaker, ms: u64) -> Instant {
        breaker.begun + Duration::from_millis(ms)
    }

    #[test]
    fn it_opens_when_half_of_twenty_calls_within_ten_seconds_have_failed_and_not_before() {
        let breaker = Breaker::new();
        for at in 0..19 {
            assert_eq!(call(&breaker, after(&breaker, at), true), None, "{at}");
        }
        assert_eq!(call(&breaker, after(&breaker, 19), true), Some(Change::Opened), "the twentieth");
        assert_eq!((breaker.state(), breaker.state().code()), (BreakerState::Open, "open"));
        let half = Breaker::new();
        for at in 0..11 {
            assert_eq!(call(&half, after(&half, at), false), None);
        }
        for at in 11..21 {
            assert_eq!(call(&half, after(&half, at), true), None, "{at}: fewer than half");
        }
        assert_eq!(call(&half, after(&half, 22), true), Some(Change::Opened), "11 of 22");
        let slow = Breaker::new();
        for at in 0..100 {
            assert_eq!(call(&slow, after(&slow, at * 1_000), true), None, "ten within any ten seconds");
        }
    }

    fn opened() -> Breaker {
        let breaker = Breaker::new();
        for _ in 0..20 {
            call(&breaker, breaker.begun, true);
        }
        assert_eq!(breaker.state(), BreakerState::Open);
        breaker
    }

    #[test]
    fn after_its_rest_one_call_tries_the_source_and_decides() {
        let breaker = opened();
        assert!(breaker.admit(SETTINGS, after(&breaker, 4_999)).is_none());
        let now = after(&breaker, 5_000);
        let trial = breaker.admit(SETTINGS, now).expect("the trial");
        assert!(trial.is_trial() && breaker.state() == BreakerState::HalfOpen);
        assert!(breaker.admit(SETTINGS, after(&breaker, 60_000)).is_none(), "one alone");
        assert_eq!(trial.end(true, now, || Duration::from_secs(6)), None);
        assert!(breaker.admit(SETTINGS, after(&breaker, 10_999)).is_none(), "as long as it was said");
        let now = after(&breaker, 11_000);
        let trial = breaker.admit(SETTINGS, now).expect("another trial");
        assert_eq!(trial.end(false, now, || Duration::ZERO), Some(Change::Closed));
        assert!(breaker.is_closed());
        assert_eq!(call(&breaker, now, true), None, "the failures from before count no more");
    }

    #[test]
    fn a_trial_that_breaks_off_leaves_it_open_and_to_be_tried_again() {
        let breaker = opened();
        drop(breaker.admit(SETTINGS, after(&breaker, 5_000)).expect("the trial"));
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(breaker.admit(SETTINGS, after(&breaker, 3_600_000)).is_some());
    }

    #[test]
    fn of_many_callers_at_once_exactly_one_makes_the_trial() {
        let breaker = opened();
        let now = after(&breaker, 5_000);
        let barrier = std::sync::Barrier::new(8);
        let trials: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        let pass = breaker.admit(SETTINGS, now);
                        // Held until all have asked.
                        barrier.wait();
                        usize::from(pass.is_some())
                    })
                })
                .collect();
            all.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(trials, 1);
    }

    #[test]
    fn a_call_from_before_it_opened_neither_closes_nor_prolongs_it() {
        let breaker = Breaker::new();
        let early = breaker.admit(SETTINGS, breaker.begun).expect("closed");
        for _ in 0..20 {
            call(&breaker, breaker.begun, true);
        }
        assert_eq!(early.end(false, after(&breaker, 1_000), || Duration::from_mins(1)), None);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(breaker.admit(SETTINGS, after(&breaker, 5_000)).is_some());
    }
}
