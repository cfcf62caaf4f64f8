//! Days as the register writes them: xs:date with or without a zone, xs:dateTime with or without an offset.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::contract::danish_day;

/// Reads an xs:date. The zone that the type allows says nothing about a calendar day and is only looked at for its form.
pub(super) fn day(text: &str) -> Option<Date> {
    let (day, zone) = text.trim().split_at_checked(10)?;
    let bytes = day.as_bytes();
    let is_zone = match zone.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', hour @ .., b':', minute_1, minute_2] => {
            hour.len() == 2 && hour.iter().chain([minute_1, minute_2]).all(u8::is_ascii_digit)
        }
        _ => false,
    };
    let is_day = bytes[4] == b'-' && bytes[7] == b'-';
    (is_zone && is_day).then(|| day.parse().ok()).flatten()
}

/// Reads an xs:dateTime as the Danish day that it falls on; without an offset it is Danish local time already.
pub(super) fn day_of_moment(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(danish_day(moment));
    }
    // A civil time that has an offset is not local, whatever else is wrong with it.
    let has_offset = text[10..].contains(['Z', '+', '-']);
    (!has_offset).then(|| text.parse::<DateTime>().ok()).flatten().map(DateTime::date)
}

/// The years that registers write when they mean "none".
pub(super) fn is_no_day(day: Date) -> bool {
    matches!(day.year(), 1 | 9999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_day_whatever_its_zone() {
        for text in ["2024-03-01", " 2024-03-01 ", "2024-03-01Z", "2024-03-01+01:00", "2024-03-01-11:00"] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), Some("2024-03-01"), "{text}");
        }
        for text in ["", "2024-03", "2024-00-00", "01-03-2024", "2024-03-01T00:00:00", "2024-03-01+1", "20240301  "] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_the_danish_day_in_summer_and_winter() {
        for (text, wanted) in [
            ("2023-08-01T00:00:00+02:00", "2023-08-01"),
            ("2023-07-31T22:00:00Z", "2023-08-01"),
            ("2023-12-31T23:00:00.000Z", "2024-01-01"),
            ("2023-12-31T22:59:59Z", "2023-12-31"),
            ("2023-08-01T00:00:00", "2023-08-01"),
        ] {
            assert_eq!(day_of_moment(text).map(|day| day.to_string()).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "2023-08-01", "2023-08-01T25:00:00", "2023-08-01T00:00:00+99", "i går"] {
            assert_eq!(day_of_moment(text), None, "{text}");
        }
    }
}
