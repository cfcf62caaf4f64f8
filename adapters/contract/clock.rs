//! The clock that is lent to whoever needs the time. Nobody else reads it.

use std::fmt::Debug;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Tells the time. Lent by the house, so that a test can say `clock.advance(…)` and nothing waits.
pub trait Clock: Send + Sync + Debug + 'static {
    /// The moment it is now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, moved by a fixed offset (zero in production, `--now` in the demo).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock {
    offset: SignedDuration,
}

impl SystemClock {
    /// A clock that shows `moment` now and goes on from there.
    pub fn starting_at(moment: Timestamp) -> Self {
        Self { offset: moment.duration_since(Self::default().now()) }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.offset).unwrap_or(Timestamp::MAX)
    }
}

/// A clock that stands still until it is moved by hand.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that stands at `moment`.
    pub fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(moment))
    }

    /// Moves the clock forward (or back, with a negative duration).
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by).unwrap_or(Timestamp::MAX);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time zone in which Danish systems write days: Europe/Copenhagen, bundled with the program.
pub fn danish_time_zone() -> &'static TimeZone {
    static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC));
    &ZONE
}

/// The Danish calendar day of a moment: `2025-09-03T22:00:00Z` is 4 September, because that is what Fasit means by it.
pub fn danish_day(moment: Timestamp) -> Date {
    moment.to_zoned(danish_time_zone().clone()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_midnight_written_as_utc_is_the_danish_day_in_summer_and_winter() {
        let day = |text: &str| danish_day(text.parse().expect("a moment")).to_string();
        assert_eq!(day("2025-09-03T22:00:00.000Z"), "2025-09-04");
        assert_eq!(day("2025-02-28T23:00:00.000Z"), "2025-03-01");
        assert_eq!(day("2025-02-28T22:59:59.999Z"), "2025-02-28");
    }
}
