//! Ages and spans in whole years, months and days, counted on calendar days without a clock or a time zone.

use crate::target_groups::Day;

/// Year, month and day of a day, by the Gregorian calendar, also before it began. Any `Day` has one.
pub(super) fn civil(day: i64) -> (i64, i64, i64) {
    // Years begin in March, so that the leap day is the last of its year; 400 years have 146,097 days.
    let since = day + 719_468;
    let (era, of_era) = (since.div_euclid(146_097), since.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Completed months from `from` to `to`: one is complete on the same day of the next month, and where that month has no such day,
/// on the first of the month after it. So who is born on 29 February is a year older on 1 March. Negative when `to` is before `from`.
pub(super) fn months_between(from: i64, to: i64) -> i64 {
    let ((from_year, from_month, from_day), (year, month, day)) = (civil(from), civil(to));
    (year - from_year) * 12 + month - from_month - i64::from(day < from_day)
}

/// Completed months of a person's life; `None` before it begins.
pub(super) fn age_months(born: Day, as_of: Day) -> Option<i64> {
    (born <= as_of).then(|| months_between(born.0.into(), as_of.0.into()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;

    fn months(from: Date, to: Date) -> i64 {
        months_between(Day::of(from).0.into(), Day::of(to).0.into())
    }

    #[test]
    fn every_day_of_four_centuries_is_the_calendars() {
        let mut day = date(1803, 1, 1);
        while day < date(2203, 1, 2) {
            let (year, month, of_month) = civil(Day::of(day).0.into());
            assert_eq!((year, month, of_month), (day.year().into(), day.month().into(), day.day().into()), "{day}");
            day = day.tomorrow().expect("a day in the range");
        }
        for day in [i64::from(i32::MIN), i64::from(i32::MAX), 0] {
            let (_, month, of_month) = civil(day);
            assert!((1..=12).contains(&month) && (1..=31).contains(&of_month));
        }
    }

    #[test]
    fn a_month_is_complete_on_the_same_day_or_on_the_first_after_a_month_without_it() {
        assert_eq!(months(date(2010, 11, 21), date(2026, 11, 20)), 16 * 12 - 1);
        assert_eq!(months(date(2010, 11, 21), date(2026, 11, 21)), 16 * 12);
        assert_eq!(months(date(2008, 2, 29), date(2026, 2, 28)), 18 * 12 - 1);
        assert_eq!(months(date(2008, 2, 29), date(2026, 3, 1)), 18 * 12);
        assert_eq!(months(date(2008, 2, 29), date(2028, 2, 29)), 20 * 12);
        assert_eq!(months(date(2026, 1, 31), date(2026, 2, 28)), 0);
        assert_eq!(months(date(2026, 1, 31), date(2026, 3, 1)), 1);
        assert_eq!(months(date(2026, 3, 2), date(2026, 3, 1)), -1);
    }
}
