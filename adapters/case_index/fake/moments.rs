//! Times as one case's row has them written: with offset, `Z` or nothing, and any number of digits.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::tree::{Space, Tag};
use crate::contract::danish_time_zone;
use crate::fake::population::CaseRow;

/// How one case writes its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moments {
    zone: Zone,
    fraction: Option<usize>,
    empty_infinity: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    Danish,
    Utc,
    Unsaid,
}

impl Moments {
    /// As the row's quirks `times`, `fractions` and `empty_infinity` say.
    pub(super) fn of(row: &CaseRow) -> Self {
        let quirk = |name: &str| row.quirks.get(name);
        let zone = match quirk("times").and_then(|value| value.as_str()) {
            Some("z") => Zone::Utc,
            Some("none") => Zone::Unsaid,
            _ => Zone::Danish,
        };
        let digits = quirk("fractions").and_then(serde_json::Value::as_u64);
        Self {
            zone,
            fraction: digits.and_then(|digits| usize::try_from(digits).ok()).map(|digits| digits.min(9)),
            empty_infinity: quirk("empty_infinity").is_some(),
        }
    }

    /// An xs:dateTime.
    pub(super) fn text(self, moment: Timestamp) -> String {
        let zone = if self.zone == Zone::Utc { TimeZone::UTC } else { danish_time_zone().clone() };
        let zoned = moment.to_zoned(zone);
        let fraction = match self.fraction {
            None => zoned.strftime("%.f").to_string(),
            Some(0) => String::new(),
            Some(digits) => format!(".{}", &format!("{:09}", zoned.subsec_nanosecond())[..digits]),
        };
        let offset = match self.zone {
            Zone::Danish => zoned.strftime("%:z").to_string(),
            Zone::Utc => "Z".to_owned(),
            Zone::Unsaid => String::new(),
        };
        format!("{}{fraction}{offset}", zoned.strftime("%Y-%m-%dT%H:%M:%S"))
    }

    /// A `Virkning`; without an end it is infinite, without a beginning it says none (an infinite one is forbidden).
    pub(super) fn effect(self, space: Space, from: Option<Timestamp>, to: Option<Timestamp>) -> Tag {
        let stamp = |moment| Tag::text(Space::Oio, "TidsstempelDatoTid", self.text(moment));
        let infinity = if self.empty_infinity {
            Tag::new(Space::Oio, "GraenseIndikator")
        } else {
            Tag::text(Space::Oio, "GraenseIndikator", "true")
        };
        let from = from.map(|from| Tag::new(Space::Oio, "FraTidspunkt").add(stamp(from)));
        let to = Tag::new(Space::Oio, "TilTidspunkt").add(to.map_or(infinity, stamp));
        Tag::new(space, "Virkning").with(from).add(to)
    }
}

/// Danish midnight.
pub(super) fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(danish_time_zone().clone()).ok().map(|zoned| zoned.timestamp())
}

/// When the index stored the row.
pub(super) fn stored(row: &CaseRow) -> Timestamp {
    row.changed.or_else(|| row.opened.and_then(midnight)).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(quirks: &str) -> String {
        let quirks = serde_json::from_str(quirks).expect("quirks");
        let moments = Moments::of(&CaseRow { quirks, ..CaseRow::default() });
        moments.text("2025-07-01T10:00:00.25Z".parse().expect("a moment"))
    }

    #[test]
    fn a_row_writes_its_times_as_its_quirks_say() {
        assert_eq!(text("{}"), "2025-07-01T12:00:00.25+02:00");
        assert_eq!(text(r#"{"times": "z", "fractions": 0}"#), "2025-07-01T10:00:00Z");
        assert_eq!(text(r#"{"times": "none", "fractions": 3}"#), "2025-07-01T12:00:00.250");
        assert_eq!(text(r#"{"fractions": 7}"#), "2025-07-01T12:00:00.2500000+02:00");
    }
}
