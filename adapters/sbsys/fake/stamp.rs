//! The fake's times: with an offset and nought to seven decimals, as the server writes them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::contract::danish_time_zone;

/// How one case's times are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    /// Decimals of the second, 0 to 7.
    pub digits: usize,
    /// With the offset from UTC.
    pub has_offset: bool,
}

/// What stands behind the second of a moment that the population gives as a day only.
const DECIMALS: u32 = 1_234_567;

impl Stamp {
    /// A moment, exactly, with at least the wanted number of decimals.
    pub(super) fn moment(self, moment: Timestamp) -> String {
        let zoned = moment.to_zoned(danish_time_zone().clone());
        let decimals = format!("{:07}", zoned.subsec_nanosecond() / 100);
        let needed = decimals.trim_end_matches('0').len();
        let decimals = &decimals[..needed.max(self.digits.min(7))];
        let point = if decimals.is_empty() { "" } else { "." };
        let offset = if self.has_offset { zoned.strftime("%:z").to_string() } else { String::new() };
        format!("{}{point}{decimals}{offset}", zoned.strftime("%Y-%m-%dT%H:%M:%S"))
    }

    /// Some moment of a Danish day.
    pub(super) fn day(self, day: Date) -> Option<String> {
        let scale = 10_u32.pow(7 - u32::try_from(self.digits.min(7)).unwrap_or(7));
        let nanoseconds = i32::try_from(DECIMALS / scale * scale * 100).unwrap_or(0);
        let moment = day.at(9, 41, 7, nanoseconds).to_zoned(danish_time_zone().clone()).ok()?;
        Some(self.moment(moment.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_carry_an_offset_and_the_wanted_decimals() {
        let write = |digits, day: &str| Stamp { digits, has_offset: true }.day(day.parse().expect("a day"));
        assert_eq!(write(0, "2025-02-07").as_deref(), Some("2025-02-07T09:41:07+01:00"));
        assert_eq!(write(2, "2025-07-07").as_deref(), Some("2025-07-07T09:41:07.12+02:00"));
        assert_eq!(write(7, "2025-07-07").as_deref(), Some("2025-07-07T09:41:07.1234567+02:00"));
    }

    #[test]
    fn a_moment_is_kept_exactly() {
        let moment: Timestamp = "2025-02-07T13:21:00.61Z".parse().expect("a moment");
        let plain = Stamp { digits: 0, has_offset: true }.moment(moment);
        assert_eq!(plain, "2025-02-07T14:21:00.61+01:00");
        assert_eq!(plain.parse::<Timestamp>().ok(), Some(moment));
        assert_eq!(Stamp { digits: 3, has_offset: false }.moment(moment), "2025-02-07T14:21:00.610");
    }
}
