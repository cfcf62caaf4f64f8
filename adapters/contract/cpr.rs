//! The number of a person in the Danish civil register. It must not be printed, logged or put into a URL of ours.

use std::fmt;

/// [DK] personnummer: ten characters, leading zeros kept.
///
/// There is no `Display` and no `Serialize`: the digits leave through [`CprNumber::expose`], which greps to a handful of
/// lines. Modulus 11 is *not* checked (not guaranteed since 2007), and replacement numbers (day + 60) are valid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CprNumber([u8; 10]);

/// The text was not ten digits (with or without the hyphen) that begin with a day and a month.
///
/// It does not carry the text: an error text must never repeat what somebody typed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a personal number: ten digits beginning with day and month are wanted")]
pub struct NotACprNumber;

impl CprNumber {
    /// Reads `DDMMYYNNNN` or `DDMMYY-NNNN`, the two spellings that Danish systems use.
    ///
    /// # Errors
    /// [`NotACprNumber`] when the text has another shape; day 1–31 or 61–91 and month 1–12 are the only checks.
    pub fn parse(text: &str) -> Result<Self, NotACprNumber> {
        let bytes = text.as_bytes();
        let mut digits = [0_u8; 10];
        match bytes.len() {
            10 => digits.copy_from_slice(bytes),
            11 if bytes[6] == b'-' => {
                digits[..6].copy_from_slice(&bytes[..6]);
                digits[6..].copy_from_slice(&bytes[7..]);
            }
            _ => return Err(NotACprNumber),
        }
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(NotACprNumber);
        }
        let two = |at: usize| (digits[at] - b'0') * 10 + (digits[at + 1] - b'0');
        let (day, month) = (two(0), two(2));
        let day_is_known = (1..=31).contains(&day) || (61..=91).contains(&day);
        if day_is_known && (1..=12).contains(&month) { Ok(Self(digits)) } else { Err(NotACprNumber) }
    }

    /// The ten digits, for the body of a call to a source and for the pseudonym. Never for a log, a URL of ours or an error.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// [DK] erstatningspersonnummer: a number with 60 added to the day, for somebody whom the register does not have (yet).
    /// It is valid; an ordinary number may follow it.
    pub fn is_replacement(&self) -> bool {
        self.0[0] >= b'6'
    }

    /// The digits as `DDMMYY-NNNN`, the spelling that SBSYS wants.
    pub fn expose_hyphenated(&self) -> String {
        let digits = self.expose();
        format!("{}-{}", &digits[..6], &digits[6..])
    }

    /// The digits as the reference that the joint indexes and OIO use: `urn:oio:cpr-nr:DDMMYYNNNN`.
    pub fn expose_urn(&self) -> String {
        format!("{}{}", Self::URN_PREFIX, self.expose())
    }

    /// Reads `urn:oio:cpr-nr:DDMMYYNNNN`; `None` for every other reference (a company, a name, another register).
    pub fn from_urn(text: &str) -> Option<Self> {
        Self::parse(text.trim().strip_prefix(Self::URN_PREFIX)?).ok()
    }

    /// What stands before the digits in the joint indexes and OIO.
    pub const URN_PREFIX: &'static str = "urn:oio:cpr-nr:";
}

impl fmt::Debug for CprNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CprNumber(******-****)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_number_and_the_leading_zero_stays() {
        let plain = CprNumber::parse("0101019999").expect("ten digits");
        assert_eq!(plain, CprNumber::parse("010101-9999").expect("with hyphen"));
        assert_eq!(plain.expose(), "0101019999");
        assert_eq!(plain.expose_hyphenated(), "010101-9999");
    }

    #[test]
    fn replacement_numbers_and_numbers_without_check_digit_are_valid() {
        for text in ["6101019999", "9112319999", "0101650000", "0101664444"] {
            assert!(CprNumber::parse(text).is_ok());
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in
            ["", "010101999", "01010199999", "0001019999", "3201019999", "0113019999", "010101 9999", "01010199٩"]
        {
            assert_eq!(CprNumber::parse(text), Err(NotACprNumber));
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let number = CprNumber::parse("0101019999").expect("ten digits");
        assert_eq!(format!("{number:?}"), "CprNumber(******-****)");
    }

    #[test]
    fn only_the_registers_own_reference_is_a_person() {
        assert_eq!(CprNumber::from_urn("urn:oio:cpr-nr:0101019999"), CprNumber::parse("0101019999").ok());
        for text in ["urn:oio:cvr-nr:12345678", "urn:oio:fuldtnavn:Test", "URN:Empty", ""] {
            assert_eq!(CprNumber::from_urn(text), None);
        }
    }
}
