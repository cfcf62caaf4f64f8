//! Days and moments as these systems write them: a day, a local time or an instant, mixed within one answer.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::contract::{danish_day, danish_time_zone};

/// The text is no time in any of the three forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The Danish calendar day. `.NET`'s first and last days mean "none" and "for ever", so both are `None`.
pub(crate) fn day(text: &str) -> Result<Option<Date>, Unreadable> {
    if is_sentinel(text) {
        return Ok(None);
    }
    match text.parse::<Timestamp>() {
        Ok(instant) => Ok(Some(danish_day(instant))),
        Err(_) => text.parse::<DateTime>().map(|local| Some(local.date())).map_err(|_| Unreadable),
    }
}

/// The moment; a time without an offset is Danish local time.
pub(crate) fn moment(text: &str) -> Result<Option<Timestamp>, Unreadable> {
    if is_sentinel(text) {
        return Ok(None);
    }
    let local = || {
        let local = text.parse::<DateTime>().ok()?;
        local.to_zoned(danish_time_zone().clone()).ok().map(|zoned| zoned.timestamp())
    };
    text.parse::<Timestamp>().ok().or_else(local).map(Some).ok_or(Unreadable)
}

/// Seen before parsing, since the last day of all lies beyond what a moment can be.
fn is_sentinel(text: &str) -> bool {
    text.starts_with("0001-01-01") || text.starts_with("9999-12-3")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_a_local_time_and_an_instant_are_the_same_danish_day() {
        let forms = ["2026-03-01", "2026-03-01T00:00:00", "2026-02-28T23:00:00Z", "2026-03-01T00:00:00.0000000+01:00"];
        for text in forms {
            assert_eq!(day(text), Ok(Some(date(2026, 3, 1))), "{text}");
        }
    }

    #[test]
    fn the_first_and_the_last_day_of_dotnet_are_no_days_and_nonsense_is_unreadable() {
        for text in ["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999", "9999-12-31T23:00:00Z"] {
            assert_eq!(day(text), Ok(None), "{text}");
            assert_eq!(moment(text), Ok(None), "{text}");
        }
        for text in ["", "01.03.2026", "2026-02-30"] {
            assert_eq!(day(text), Err(Unreadable), "{text}");
        }
    }

    #[test]
    fn a_moment_without_an_offset_is_danish_time() {
        assert_eq!(moment("2026-07-01T12:00:00"), Ok("2026-07-01T10:00:00Z".parse().ok()));
    }
}
