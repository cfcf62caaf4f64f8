//! The world's clock: simulated time, and the steps that somebody sets it by.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use glasplade_adapters::contract::Clock;
use jiff::{SignedDuration, Timestamp};

/// What the service and its sources take for the time.
#[derive(Debug)]
pub(crate) struct WorldClock(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Each setting of the clock: since when, and what it showed more than when the world began.
    settings: Vec<(Duration, SignedDuration)>,
    /// For whoever asks from outside of every host: the last step of the simulation.
    elapsed: Duration,
}

/// The moment at which every world begins: a Monday morning.
pub(crate) fn beginning() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().expect("a moment")
}

impl WorldClock {
    pub(crate) fn new() -> Self {
        let settings = vec![(Duration::ZERO, SignedDuration::ZERO)];
        Self(Mutex::new(State { settings, elapsed: Duration::ZERO }))
    }

    /// The simulation has come so far.
    pub(crate) fn reach(&self, elapsed: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed = elapsed;
    }

    /// Sets it forward, or back.
    pub(crate) fn step(&self, by: SignedDuration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, last) = (state.elapsed, state.settings.last().map_or(SignedDuration::ZERO, |setting| setting.1));
        state.settings.push((since, last + by));
    }

    /// Every moment since the beginning at which it showed this, as far as it went then.
    pub(crate) fn when(&self, shown: Timestamp) -> Vec<Duration> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = state.settings.iter().skip(1).map(|setting| setting.0).chain([Duration::MAX]);
        let pieces = state.settings.iter().zip(ends);
        let moments = pieces.filter_map(|((since, ahead), end)| {
            let elapsed = shown.duration_since(beginning()) - *ahead;
            let elapsed = Duration::try_from(elapsed).ok()?;
            (*since..=end.saturating_add(TICK_MAX)).contains(&elapsed).then_some(elapsed)
        });
        moments.collect()
    }

    /// What it showed at some moment from `from` to `to`.
    pub(crate) fn shown(&self, from: Duration, to: Duration) -> Vec<Timestamp> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |elapsed: Duration, ahead: SignedDuration| {
            beginning() + SignedDuration::try_from(elapsed).expect("a short simulation") + ahead
        };
        let ends = state.settings.iter().skip(1).map(|setting| setting.0).chain([Duration::MAX]);
        let during = state.settings.iter().zip(ends).filter(|((since, _), end)| *since <= to && from <= *end);
        during.flat_map(|((since, ahead), end)| [at(from.max(*since), *ahead), at(to.min(end), *ahead)]).collect()
    }
}

/// Longer than any step of the simulation.
pub(crate) const TICK_MAX: Duration = Duration::from_millis(10);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = turmoil::sim_elapsed().unwrap_or(state.elapsed);
        let ahead = state.settings.last().map_or(SignedDuration::ZERO, |setting| setting.1);
        beginning() + SignedDuration::try_from(elapsed).expect("a short simulation") + ahead
    }
}
