//! When a rule runs by itself: Danish time, over a change of clocks, and once for all days that were missed. Pure.

use glasplade_adapters::contract::{danish_day, danish_time_zone};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};

use crate::config::ScheduleRow;

/// So far back a day that was missed is looked for: a rule that runs by the month has one in every 31.
const LOOK_BACK_DAYS: i64 = 32;

/// The moment of a day's run. An hour that the change of clocks leaves out is the one after it; of an hour that it has twice, the
/// first.
pub fn moment(schedule: ScheduleRow, day: Date) -> Timestamp {
    let hour = i8::try_from(schedule.at_hour.min(23)).unwrap_or(23);
    let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    let zoned = day.to_datetime(time).to_zoned(danish_time_zone().clone());
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The day for which the rule must run now: the last one whose moment has come, unless it has run for it. Days before it that were
/// missed are not made up for. `first` is the first day of the approval.
pub fn due(schedule: ScheduleRow, first: Date, last_run: Option<Date>, now: Timestamp) -> Option<Date> {
    let today = danish_day(now);
    let mut days = (0..LOOK_BACK_DAYS).map(|back| today.saturating_sub(back.days()));
    let latest = days.find(|day| schedule.is_due(*day) && moment(schedule, *day) <= now)?;
    (latest >= first && last_run.is_none_or(|last| last < latest)).then_some(latest)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::Every;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn every(every: Every, at_hour: u8) -> ScheduleRow {
        ScheduleRow { every, at_hour }
    }

    const FIRST: Date = date(2026, 1, 1);

    #[test]
    fn a_week_s_rule_runs_on_monday_at_its_hour_and_once() {
        let week = every(Every::Week, 5);
        assert_eq!(due(week, FIRST, None, at("2026-11-23T03:59:59Z")), Some(date(2026, 11, 16)), "4:59 in Denmark");
        assert_eq!(due(week, FIRST, Some(date(2026, 11, 16)), at("2026-11-23T03:59:59Z")), None);
        assert_eq!(due(week, FIRST, Some(date(2026, 11, 16)), at("2026-11-23T04:00:00Z")), Some(date(2026, 11, 23)));
        assert_eq!(due(week, FIRST, Some(date(2026, 11, 23)), at("2026-11-23T04:00:00Z")), None);
    }

    #[test]
    fn what_was_missed_is_run_once_and_not_before_the_approval() {
        let day = every(Every::Day, 5);
        let after_a_week = at("2026-11-27T12:00:00Z");
        assert_eq!(due(day, FIRST, Some(date(2026, 11, 20)), after_a_week), Some(date(2026, 11, 27)));
        assert_eq!(due(day, FIRST, Some(date(2026, 11, 27)), after_a_week), None);
        assert_eq!(due(day, date(2026, 11, 28), None, after_a_week), None);
        let month = every(Every::Month, 5);
        assert_eq!(due(month, FIRST, Some(date(2026, 10, 1)), at("2026-11-30T12:00:00Z")), Some(date(2026, 11, 1)));
    }

    #[test]
    fn the_change_of_clocks_neither_loses_a_run_nor_makes_two() {
        // On 29 March 2026 there is no 2 o'clock; on 25 October there are two.
        let day = every(Every::Day, 2);
        assert_eq!(moment(day, date(2026, 3, 29)), at("2026-03-29T01:00:00Z"));
        assert_eq!(moment(day, date(2026, 10, 25)), at("2026-10-25T00:00:00Z"));
        let spring = |now| due(day, FIRST, Some(date(2026, 3, 28)), at(now));
        assert_eq!(spring("2026-03-29T00:59:59Z"), None);
        assert_eq!(spring("2026-03-29T01:00:00Z"), Some(date(2026, 3, 29)));
        assert_eq!(due(day, FIRST, Some(date(2026, 3, 29)), at("2026-03-29T02:00:00Z")), None);
        let autumn = |last, now| due(day, FIRST, Some(last), at(now));
        assert_eq!(autumn(date(2026, 10, 24), "2026-10-25T00:00:00Z"), Some(date(2026, 10, 25)));
        assert_eq!(autumn(date(2026, 10, 25), "2026-10-25T01:00:00Z"), None, "two o'clock a second time");
    }
}
