//! Whom the index remembers as family: spouse, children who may be under 18, and the parents of somebody under 18.

use glasplade_adapters::contract::CprNumber;
use jiff::civil::Date;

use crate::audit::{self, PseudonymKey};
use crate::people::Relative;
use crate::target_groups::Kinship;
use crate::target_groups::index::Kin;

/// Under this age a child's case is of interest to the parents' list, and the other way round.
const ADULT: i16 = 18;

/// The relatives that are kept, in order; children who are grown up by their numbers are not.
pub(super) fn kept(relatives: &[Relative], today: Date, pseudonyms: &PseudonymKey) -> Vec<Kin> {
    let is_grown_up = |one: &&Relative| one.kind == audit::Kinship::Child && !may_be_under_18(&one.number, today);
    let kin = |relative: &Relative| {
        let kinship = match relative.kind {
            audit::Kinship::Spouse => Kinship::Spouse,
            audit::Kinship::Child => Kinship::Child,
            audit::Kinship::Parent => Kinship::Parent,
        };
        Kin { kinship, who: pseudonyms.of(&relative.number) }
    };
    let mut kept: Vec<Kin> = relatives.iter().filter(|one| !is_grown_up(one)).map(kin).collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The register's own order of numbers: the seventh digit tells the century. Whatever does not fit, a replacement number or a day
/// that there is not, may be a child's.
fn may_be_under_18(number: &CprNumber, today: Date) -> bool {
    let digits = number.expose().as_bytes();
    let two = |at: usize| i16::from(digits[at] - b'0') * 10 + i16::from(digits[at + 1] - b'0');
    let (day, month, year) = (two(0), two(2), two(4));
    let century = match (digits[6], year) {
        (b'0'..=b'3', _) | (b'4' | b'9', 37..) => 1_900,
        (b'4' | b'9', _) | (b'5'..=b'8', ..58) => 2_000,
        _ => 1_800,
    };
    let born = i8::try_from(day).ok().zip(i8::try_from(month).ok());
    let born = born.and_then(|(day, month)| Date::new(century + year, month, day).ok());
    let Some(born) = born.filter(|_| !number.is_replacement()) else { return true };
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had_birthday) < ADULT
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_number_tells_who_is_grown_up_and_doubt_keeps_a_child() {
        let may = |digits: &str| may_be_under_18(&CprNumber::parse(digits).expect("ten digits"), date(2026, 11, 21));
        for grown in ["0101850000", "0101374000", "0101994000", "2111084000", "0101999000", "0101075000", "0101995000"]
        {
            assert!(!may(grown), "{grown}");
        }
        for child in ["2211084000", "0101104000", "0101255000", "6101850000", "3002104000"] {
            assert!(may(child), "{child}");
        }
    }
}
