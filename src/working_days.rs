//! [DK] arbejdsdage: the days on which a Danish municipality works. Pure.
//!
//! No working days are Saturdays, Sundays and the holidays of the national church (helligdage): New Year's Day, Maundy
//! Thursday, Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday and Monday, Christmas Day and the day after,
//! and until 2023 Great Prayer Day (abolished from 1 January 2024 by lov nr. 214 af 6. marts 2023). Beside them Constitution
//! Day (5 June) and Christmas Eve, when municipal offices are closed. New Year's Eve counts as a working day: the strict choice.

use glasplade_adapters::contract::{danish_day, danish_time_zone};
use jiff::civil::{Date, Weekday, date};
use jiff::{Timestamp, ToSpan as _};

/// The last year in which Great Prayer Day was a holiday.
const GREAT_PRAYER_DAY_UNTIL: i16 = 2023;

/// Days that lie at a distance from Easter Sunday: Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension Day, Whit
/// Sunday and Monday.
const AROUND_EASTER: [i64; 7] = [-3, -2, 0, 1, 39, 49, 50];

/// Great Prayer Day lay on the fourth Friday after Easter.
const GREAT_PRAYER_DAY: i64 = 26;

/// Month and day: New Year's Day, Constitution Day, Christmas Eve, Christmas Day and the day after.
const EACH_YEAR: [(i8, i8); 5] = [(1, 1), (6, 5), (12, 24), (12, 25), (12, 26)];

/// Easter Sunday of a year in the Gregorian calendar (the computus of Meeus, Jones and Butcher).
fn easter(year: i16) -> Date {
    let year_number = i32::from(year);
    let (golden, century, rest) = (year_number % 19, year_number / 100, year_number % 100);
    let moon = (century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 19 * golden + 15).rem_euclid(30);
    let week = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4).rem_euclid(7);
    let late = (golden + 11 * moon + 22 * week) / 451;
    let at = moon + week - 7 * late + 114;
    let part = |number: i32| i8::try_from(number).expect("a month is 3 or 4, and a day of it at most 31");
    date(year, part(at / 31), part(at % 31 + 1))
}

/// Offices are open.
pub fn is_working_day(day: Date) -> bool {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || EACH_YEAR.contains(&(day.month(), day.day())) {
        return false;
    }
    let from_easter = i64::from(easter(day.year()).until(day).map_or(0, |span| span.get_days()));
    let is_prayer_day = from_easter == GREAT_PRAYER_DAY && day.year() <= GREAT_PRAYER_DAY_UNTIL;
    !(is_prayer_day || AROUND_EASTER.contains(&from_easter))
}

/// The first moment after the `count`-th working day that follows the day of `moment`, in Danish time. What happens on a
/// day, working or not, is not counted on that day.
pub fn after_working_days(moment: Timestamp, count: u16) -> Timestamp {
    let (mut day, mut left) = (danish_day(moment), count);
    while left > 0 {
        day = day.saturating_add(1.day());
        if is_working_day(day) {
            left -= 1;
        }
    }
    end_of(day)
}

/// The first moment after the `count`-th calendar day that follows the day of `moment`, in Danish time.
pub fn after_days(moment: Timestamp, count: u16) -> Timestamp {
    end_of(danish_day(moment).saturating_add(i64::from(count).days()))
}

/// The first moment after this day, in Danish time.
pub fn end_of(day: Date) -> Timestamp {
    let next = day.saturating_add(1.day()).to_zoned(danish_time_zone().clone());
    next.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn easter_lies_where_the_almanac_has_it() {
        let known = [
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
            (2285, 3, 22),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), date(year, month, day));
        }
        for year in 1583..3000 {
            assert_eq!(easter(year).weekday(), Weekday::Sunday, "{year}");
        }
    }

    #[test]
    fn every_holiday_of_one_year_is_one_and_the_days_beside_them_are_not() {
        let off = |year: i16| {
            let mut day = date(year, 1, 1);
            let mut found = Vec::new();
            while day.year() == year {
                let is_week = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
                if is_week && !is_working_day(day) {
                    found.push(day.strftime("%d-%m").to_string());
                }
                day = day.saturating_add(1.day());
            }
            found
        };
        let of_2026 = ["01-01", "02-04", "03-04", "06-04", "14-05", "25-05", "05-06", "24-12", "25-12"];
        assert_eq!(off(2026), of_2026);
        assert!(off(2023).contains(&"05-05".to_owned()), "Great Prayer Day for the last time");
        assert!(is_working_day(date(2024, 4, 26)), "where it would have been in 2024");
        assert!(is_working_day(date(2026, 12, 31)), "New Year's Eve counts");
    }

    #[test]
    fn two_working_days_end_where_an_office_would_say() {
        let cases = [
            // A Monday morning: by the end of Wednesday.
            ("2026-11-23T09:00:00+01:00", "2026-11-26T00:00:00+01:00"),
            // A minute before midnight counts for the day that it is.
            ("2026-11-23T23:59:00+01:00", "2026-11-26T00:00:00+01:00"),
            ("2026-11-24T00:00:00+01:00", "2026-11-27T00:00:00+01:00"),
            // A Friday night, a Saturday and a Sunday: by the end of Tuesday.
            ("2026-11-20T22:00:00+01:00", "2026-11-25T00:00:00+01:00"),
            ("2026-11-21T03:00:00+01:00", "2026-11-25T00:00:00+01:00"),
            ("2026-11-22T23:00:00+01:00", "2026-11-25T00:00:00+01:00"),
            // The Wednesday before Easter 2026 (5 April): Tuesday and Wednesday after it.
            ("2026-04-01T12:00:00+02:00", "2026-04-09T00:00:00+02:00"),
            // 23 December 2026, a Wednesday: Monday 28 and Tuesday 29.
            ("2026-12-23T12:00:00+01:00", "2026-12-30T00:00:00+01:00"),
            // 30 December 2026, a Wednesday: New Year's Eve counts, then Monday 4 January.
            ("2026-12-30T12:00:00+01:00", "2027-01-05T00:00:00+01:00"),
            // Over the night in which summer time begins (29 March 2026) and ends (25 October 2026).
            ("2026-03-27T12:00:00+01:00", "2026-04-01T00:00:00+02:00"),
            ("2026-10-23T12:00:00+02:00", "2026-10-28T00:00:00+01:00"),
        ];
        for (from, until) in cases {
            assert_eq!(after_working_days(moment(from), 2), moment(until), "{from}");
        }
    }

    #[test]
    fn fourteen_days_are_calendar_days_in_denmark() {
        let cases = [
            ("2026-11-24T09:00:00+01:00", "2026-12-09T00:00:00+01:00"),
            ("2026-11-24T23:59:59+01:00", "2026-12-09T00:00:00+01:00"),
            ("2026-03-20T12:00:00+01:00", "2026-04-04T00:00:00+02:00"),
            ("2026-10-20T12:00:00+02:00", "2026-11-04T00:00:00+01:00"),
            ("2026-12-20T12:00:00+01:00", "2027-01-04T00:00:00+01:00"),
        ];
        for (from, until) in cases {
            assert_eq!(after_days(moment(from), 14), moment(until), "{from}");
        }
    }
}
