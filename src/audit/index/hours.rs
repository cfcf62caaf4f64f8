//! Whether a moment lies outside the hours in which offices work. [DK] uden for arbejdstid.

use glasplade_adapters::contract::danish_time_zone;
use jiff::Timestamp;

use crate::working_days::is_working_day;

/// The hours of a working day, Danish time; which days those are, [`working_days`](crate::working_days) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeHours {
    /// The first hour, 0–23.
    pub from: i8,
    /// The first hour after them, 1–24.
    pub to: i8,
}

impl Default for OfficeHours {
    /// 8 to 16.
    fn default() -> Self {
        Self { from: 8, to: 16 }
    }
}

impl OfficeHours {
    /// The moment lies outside them: before, after, or on a Saturday, a Sunday or a holiday.
    pub fn excludes(self, at: Timestamp) -> bool {
        let local = at.to_zoned(danish_time_zone().clone());
        !is_working_day(local.date()) || !(self.from..self.to).contains(&local.hour())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_are_danish_in_summer_and_in_winter() {
        let outside = |text: &str| OfficeHours::default().excludes(text.parse().expect("a moment"));
        for inside in ["2026-11-24T08:00:00+01:00", "2026-11-24T15:59:59+01:00", "2026-07-07T06:00:00Z"] {
            assert!(!outside(inside), "{inside}");
        }
        for other in [
            "2026-11-24T07:59:59+01:00",
            "2026-11-24T16:00:00+01:00",
            "2026-07-07T05:59:59Z",
            "2026-07-07T14:00:00Z",
            "2026-11-21T10:00:00+01:00",
            "2026-11-22T10:00:00+01:00",
            "2026-12-25T10:00:00+01:00",
            "2026-06-05T10:00:00+02:00",
            "2026-05-14T10:00:00+02:00",
        ] {
            assert!(outside(other), "{other}");
        }
    }

    #[test]
    fn the_hours_are_the_municipality_s() {
        let hours = OfficeHours { from: 0, to: 24 };
        assert!(!hours.excludes("2026-11-24T23:59:59+01:00".parse().expect("a moment")));
        assert!(hours.excludes("2026-11-21T12:00:00+01:00".parse().expect("a moment")), "a Saturday");
    }
}
