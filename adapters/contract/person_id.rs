//! Whom a row, a message or a question is about, by the kinds of number that Danish systems use for people.

use std::fmt;

use super::{CprNumber, NotACprNumber};

/// [DK] person-id: a number in the civil register, or a replacement that the health sector gave in its stead.
///
/// Only the first is a person everywhere. Like [`CprNumber`] it has no `Display` and no `Serialize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonId {
    /// [DK] personnummer; a replacement by day + 60 has the same shape, see [`CprNumber::is_replacement`].
    Cpr(CprNumber),
    /// [DK] X-eCPR: given nationally, so one number is one person.
    XEcpr(Ecpr),
    /// [DK] D-eCPR: given locally. *Not unique nationally*: two systems may mean two people by it.
    DEcpr(Ecpr),
}

/// [DK] eCPR, erstatnings-CPR: `DDMMYYCAAG`, where `C` tells century and register, `AA` are two letters and `G` tells the
/// sex. It is in no civil register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ecpr([u8; 10]);

/// The text was neither a personal number nor a replacement for one. It does not carry the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a person's number: ten digits, or six digits, a digit, two letters and a digit are wanted")]
pub struct NotAPersonId;

impl PersonId {
    /// Reads a personal number or an eCPR, with or without the hyphen; letters become upper case.
    ///
    /// # Errors
    /// [`NotAPersonId`] for every other text, also for an eCPR whose seventh digit is none of the known ones
    /// (1 and 7: X-eCPR; 0, 5 and 6: D-eCPR).
    pub fn parse(text: &str) -> Result<Self, NotAPersonId> {
        match CprNumber::parse(text) {
            Ok(number) => Ok(Self::Cpr(number)),
            Err(NotACprNumber) => Self::ecpr(text).ok_or(NotAPersonId),
        }
    }

    fn ecpr(text: &str) -> Option<Self> {
        let letters: Vec<u8> = match text.as_bytes() {
            bytes if bytes.len() == 10 => bytes.to_ascii_uppercase(),
            bytes if bytes.len() == 11 && bytes[6] == b'-' => [&bytes[..6], &bytes[7..]].concat().to_ascii_uppercase(),
            _ => return None,
        };
        let has_shape = letters.iter().enumerate().all(|(at, letter)| match at {
            7 | 8 => letter.is_ascii_uppercase(),
            _ => letter.is_ascii_digit(),
        });
        let two = |at: usize| (letters[at] - b'0') * 10 + (letters[at + 1] - b'0');
        if !has_shape || !(1..=31).contains(&two(0)) || !(1..=12).contains(&two(2)) {
            return None;
        }
        let number = Ecpr(letters.try_into().ok()?);
        match number.0[6] {
            b'1' | b'7' => Some(Self::XEcpr(number)),
            b'0' | b'5' | b'6' => Some(Self::DEcpr(number)),
            _ => None,
        }
    }

    /// Reads `urn:oio:cpr-nr:…`, behind which some systems also write an eCPR; `None` for every other reference.
    pub fn from_urn(text: &str) -> Option<Self> {
        Self::parse(text.trim().strip_prefix(CprNumber::URN_PREFIX)?).ok()
    }

    /// The number in the civil register, when it is one.
    pub fn as_cpr(&self) -> Option<&CprNumber> {
        match self {
            Self::Cpr(number) => Some(number),
            Self::XEcpr(_) | Self::DEcpr(_) => None,
        }
    }

    /// Whether both are one person for certain. A D-eCPR never is, not even with itself: somebody else gave it to
    /// somebody else.
    ///
    /// An old and a new number of one person do not join here: only the register joins those.
    pub fn joins(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Cpr(one), Self::Cpr(another)) => one == another,
            (Self::XEcpr(one), Self::XEcpr(another)) => one == another,
            _ => false,
        }
    }
}

impl From<CprNumber> for PersonId {
    fn from(number: CprNumber) -> Self {
        Self::Cpr(number)
    }
}

impl Ecpr {
    /// The ten characters, for the pseudonym and for a source that knows the number. Never for a log, a URL of ours or an
    /// error.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Ecpr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ecpr(******-****)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Years whose 1 January stands on the CPR office's list of days with numbers that fail modulus 11
    /// (cpr.dk, "Personnumre uden kontrolciffer", as of 10 May 2023). The list says of itself that it is not exhaustive.
    const LISTED_YEARS: [u16; 26] = [
        1960, 1962, 1964, 1965, 1966, 1967, 1969, 1970, 1974, 1975, 1978, 1980, 1981, 1982, 1983, 1984, 1985, 1986,
        1987, 1988, 1989, 1990, 1991, 1992, 1994, 1995,
    ];

    /// The check digit that nobody here may ask for.
    fn remainder(digits: &str) -> u32 {
        let weights = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
        digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum::<u32>() % 11
    }

    fn parsed(text: &str) -> PersonId {
        PersonId::parse(text).expect("a person's number")
    }

    #[test]
    fn every_listed_day_is_accepted_whatever_its_check_digit() {
        for year in LISTED_YEARS {
            let remainders: std::collections::BTreeSet<u32> = (0..=10)
                .map(|serial| {
                    let text = format!("0101{:02}{:04}", year % 100, 4000 + serial);
                    let number = CprNumber::parse(&text).expect("a number on a listed day");
                    assert_eq!((number.expose(), number.is_replacement()), (text.as_str(), false));
                    assert_eq!(PersonId::parse(&text), Ok(PersonId::Cpr(number)));
                    remainder(&text)
                })
                .collect();
            assert!(remainders.len() > 5, "numbers that fit modulus 11 and numbers that do not were tried in {year}");
        }
    }

    #[test]
    fn replacement_by_the_day_is_a_number_of_the_register_and_says_what_it_is() {
        for day in 61..=91 {
            let number = CprNumber::parse(&format!("{day}0185-9999")).expect("a replacement number");
            assert!(number.is_replacement() && PersonId::Cpr(number).as_cpr() == Some(&number));
        }
        for text in ["0101859999", "3101859999"] {
            assert!(!CprNumber::parse(text).expect("an ordinary number").is_replacement());
        }
    }

    #[test]
    fn the_seventh_digit_tells_the_two_kinds_of_replacement_apart() {
        for digit in 0..=9 {
            let read = PersonId::parse(&format!("010185{digit}AB9"));
            match digit {
                1 | 7 => assert!(matches!(read, Ok(PersonId::XEcpr(_)))),
                0 | 5 | 6 => assert!(matches!(read, Ok(PersonId::DEcpr(_)))),
                _ => assert_eq!(read, Err(NotAPersonId)),
            }
        }
        assert_eq!(parsed("010185-1ab9"), parsed("0101851AB9"));
        assert_eq!(PersonId::from_urn("urn:oio:cpr-nr:0101851AB9"), Some(parsed("0101851AB9")));
    }

    #[test]
    fn other_shapes_are_nobody() {
        for text in [
            "",
            "0101851A99",
            "010185AAB9",
            "3201851AB9",
            "0100851AB9",
            "0113851AB9",
            "6101851AB9",
            "0101851ABC",
            "010185 1AB9",
            "0101851ÆB",
            "0101851AB99",
            "010185-1AB",
            "1234567890123456",
        ] {
            assert_eq!(PersonId::parse(text), Err(NotAPersonId), "{text}");
        }
    }

    #[test]
    fn only_what_is_unique_joins() {
        let [cpr, other, x, d] = ["0101859999", "0101859998", "0101851AB9", "0101850AB9"].map(parsed);
        assert!(cpr.joins(&cpr) && x.joins(&x));
        assert!(!d.joins(&d), "a local number is not even itself");
        for (one, another) in [(cpr, other), (cpr, x), (cpr, d), (x, d), (d, x)] {
            assert!(!one.joins(&another));
        }
        assert_eq!((x.as_cpr(), d.as_cpr()), (None, None));
    }

    #[test]
    fn debug_shows_no_character_of_it() {
        for text in ["0101859999", "0101851AB9", "0101850AB9"] {
            let shown = format!("{:?}", parsed(text));
            assert!(shown.contains("******-****") && !shown.contains("AB9") && !shown.contains("9999"), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn hostile_text_is_read_or_refused(text in "\\PC{0,14}") {
            if let Ok(PersonId::Cpr(number)) = PersonId::parse(&text) {
                prop_assert_eq!(number.expose(), text.replacen('-', "", 1));
            }
        }

        #[test]
        fn every_form_is_read_as_what_it_is(
            day in 1_u8..=31, month in 1_u8..=12, year in 0_u8..=99, replaced in any::<bool>(), serial in 0_u16..=9999,
            letters in "[A-Z]{2}", kind in prop::sample::select(vec![0_u8, 1, 5, 6, 7]), hyphen in any::<bool>(),
        ) {
            let hyphen = if hyphen { "-" } else { "" };
            let shown = if replaced { day + 60 } else { day };
            let number = PersonId::parse(&format!("{shown:02}{month:02}{year:02}{hyphen}{serial:04}"));
            prop_assert!(matches!(number, Ok(PersonId::Cpr(number)) if number.is_replacement() == replaced));
            let replacement =
                PersonId::parse(&format!("{day:02}{month:02}{year:02}{hyphen}{kind}{letters}{}", serial % 10));
            let is_national = matches!(kind, 1 | 7);
            prop_assert_eq!(matches!(replacement, Ok(PersonId::XEcpr(_))), is_national);
            prop_assert_eq!(matches!(replacement, Ok(PersonId::DEcpr(_))), !is_national);
        }
    }
}
