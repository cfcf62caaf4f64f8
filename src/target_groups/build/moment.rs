//! A moment of RFC 3339. Programs write it in one form, which is read here; the library reads every other one.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// Characters of `2026-11-22T00:15:00Z`.
pub(super) const LENGTH: usize = 20;

/// `2026-11-22T00:15:00Z`, and nothing else: what is refused here may still be a moment.
pub(super) fn in_utc(text: &str) -> Option<Timestamp> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'Z'] = *text.as_bytes()
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| {
        let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
        is_number.then(|| i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()).flatten()
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let date = Date::new(year, two(m1, m2)?, two(d1, d2)?).ok()?;
    let time = Time::new(two(h1, h2)?, two(i1, i2)?, two(s1, s2)?, 0).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok()
}

/// Any moment with its offset.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    in_utc(text).or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_one_form_is_read_and_others_are_left_to_the_library() {
        for (text, is_one) in [
            ("2026-11-22T00:15:00Z", true),
            ("0000-02-29T23:59:59Z", true),
            ("2026-11-22T00:15:60Z", false),
            ("2026-11-22t00:15:00z", false),
            ("2026-11-22 00:15:00Z", false),
            ("2026-11-22T00:15:00+01:00", false),
            ("2026-11-22T00:15:00.5Z", false),
        ] {
            assert_eq!(in_utc(text).is_some(), is_one, "{text}");
            assert_eq!(read(text), text.parse().ok(), "{text}");
            assert!(read(text).is_some(), "{text}");
        }
        assert_eq!(read("2026-11-22T00:15:00"), None);
    }

    proptest! {
        #[test]
        fn every_moment_is_the_librarys(text in "[0-9]{4}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z") {
            let wanted: Option<Timestamp> = text.parse().ok();
            prop_assert_eq!(read(&text), wanted);
            prop_assert!(in_utc(&text).is_none_or(|moment| Some(moment) == wanted));
        }

        #[test]
        fn hostile_text_is_what_the_library_says(text in "[0-9TZ:. +-]{0,24}|\\PC{0,20}") {
            prop_assert_eq!(read(&text), text.parse().ok());
        }
    }
}
