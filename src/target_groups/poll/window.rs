//! [DK] natvindue: when a source may be read, by the clock on the wall in Denmark.

use glasplade_adapters::contract::danish_time_zone;
use jiff::Timestamp;

use crate::config::NightWindow;

/// Whether the source may be read at this moment.
pub(super) fn is_open(window: NightWindow, now: Timestamp) -> bool {
    let time = now.to_zoned(danish_time_zone().clone()).time();
    if window.from < window.to {
        (window.from..window.to).contains(&time)
    } else {
        time >= window.from || time < window.to
    }
}

/// The next moment at which it may; `now` when it may already.
pub(super) fn opens_at(window: NightWindow, now: Timestamp) -> Timestamp {
    if is_open(window, now) {
        return now;
    }
    let zone = danish_time_zone();
    let today = now.to_zoned(zone.clone()).date();
    let days = [Some(today), today.tomorrow().ok()].into_iter().flatten();
    // The hour that comes twice brings the window twice.
    let begins = days.flat_map(|day| {
        let begin = zone.to_ambiguous_zoned(day.to_datetime(window.from));
        [begin.clone().earlier(), begin.later()].into_iter().flatten().map(|begin| begin.timestamp())
    });
    let begin = begins.filter(|begin| *begin > now && is_open(window, *begin)).min().unwrap_or(Timestamp::MAX);
    // A window that begins in the hour that the clocks leave out begins when they do.
    let change = zone.following(now).next().map(|change| change.timestamp());
    change.filter(|change| *change < begin && is_open(window, *change)).unwrap_or(begin)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use jiff::{SignedDuration, Span};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    const NIGHT: NightWindow = NightWindow { from: time(20, 0, 0, 0), to: time(6, 0, 0, 0) };
    const SMALL_HOURS: NightWindow = NightWindow { from: time(2, 30, 0, 0), to: time(5, 0, 0, 0) };

    #[test]
    fn the_night_begins_and_ends_by_the_clock_on_the_wall_in_winter_and_summer() {
        for (from, until) in [
            ("2026-01-15T19:00:00Z", "2026-01-16T05:00:00Z"),
            ("2026-07-15T18:00:00Z", "2026-07-16T04:00:00Z"),
            // An hour shorter, and an hour longer.
            ("2026-03-28T19:00:00Z", "2026-03-29T04:00:00Z"),
            ("2026-10-24T18:00:00Z", "2026-10-25T05:00:00Z"),
        ] {
            let (from, until) = (at(from), at(until));
            let second = SignedDuration::from_secs(1);
            assert!(!is_open(NIGHT, from - second) && is_open(NIGHT, from));
            assert!(is_open(NIGHT, until - second) && !is_open(NIGHT, until));
            assert_eq!(opens_at(NIGHT, from - second), from);
            assert_eq!(opens_at(NIGHT, from + second), from + second);
            assert_eq!(
                opens_at(NIGHT, until - SignedDuration::from_hours(12)),
                from.max(until - SignedDuration::from_hours(12))
            );
        }
    }

    #[test]
    fn a_window_that_begins_in_the_hour_that_is_left_out_begins_when_the_clocks_change() {
        let change = at("2026-03-29T01:00:00Z");
        assert_eq!(opens_at(SMALL_HOURS, at("2026-03-28T12:00:00Z")), change);
        assert!(is_open(SMALL_HOURS, change));
        assert_eq!(opens_at(SMALL_HOURS, at("2026-03-27T12:00:00Z")), at("2026-03-28T01:30:00Z"));
    }

    #[test]
    fn the_moment_told_is_open_and_no_open_one_lies_before_it() {
        let windows = [NIGHT, SMALL_HOURS, NightWindow { from: time(12, 0, 0, 0), to: time(12, 30, 0, 0) }];
        for window in windows {
            for start in ["2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z"] {
                for quarter in 0..(4 * 24 * 4) {
                    let now = at(start) + Span::new().minutes(15 * quarter);
                    let opens = opens_at(window, now);
                    assert!(is_open(window, opens), "{now}");
                    let mut before = now;
                    while before < opens {
                        assert!(!is_open(window, before), "{now}: {before}");
                        before += Span::new().minutes(15);
                    }
                }
            }
        }
    }
}
