//! The words of page tokens that more than one adapter uses. A token comes back from disk, perhaps from another version of
//! us, so every word is read strictly.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::contract::SourceError;

/// The token of another version, another source or another question.
pub(crate) fn unreadable(operation: &'static str) -> SourceError {
    SourceError::config_invalid(operation, "the page to go on from is not one of ours: the listing begins anew")
}

/// A whole number as we write it: digits alone, no sign, no leading zero.
pub(crate) fn number<N: FromStr>(text: &str) -> Option<N> {
    let is_ours = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_ours { text.parse().ok() } else { None }
}

/// A moment as we write it: RFC 3339 with a `Z`, and nothing around it.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().filter(|moment: &Timestamp| moment.to_string() == text)
}

/// What a page held, in 64 bits: a source that tells one page twice has not gone on. The ids cannot be had back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seal(u64);

impl Seal {
    /// The seal of a page's ids, in their order (FNV-1a, so that it means the same in every version of us).
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> Self {
        let bytes = ids.into_iter().flat_map(Uuid::as_bytes);
        Self(
            bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
            }),
        )
    }

    /// Reads sixteen hexadecimal digits in lower case.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let seal = Self(u64::from_str_radix(text, 16).ok()?);
        (seal.to_string() == text).then_some(seal)
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_alone() {
        assert_eq!(number::<u32>("0"), Some(0));
        assert_eq!(number::<u32>("500"), Some(500));
        for text in ["", "+5", "-1", "05", " 5", "5 ", "5a", "٥", "99999999999"] {
            assert_eq!(number::<u32>(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_written_in_one_way_only() {
        for text in ["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.123Z"] {
            assert_eq!(moment(text).map(|moment| moment.to_string()).as_deref(), Some(text));
        }
        for text in ["", "2026-11-20", "2026-11-20T10:00:00+01:00", " 2026-11-20T09:00:00Z", "2026-11-20 09:00:00Z"] {
            assert_eq!(moment(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_seal_tells_pages_apart_and_reads_back() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let seal = Seal::of([&one, &other]);
        assert_ne!(seal, Seal::of([&other, &one]));
        assert_ne!(seal, Seal::of([&one]));
        assert_eq!(Seal::read(&seal.to_string()), Some(seal));
        assert_eq!(Seal::of([]).to_string(), "cbf29ce484222325");
        for text in ["", "cbf29ce48422232", "CBF29CE484222325", "+bf29ce484222325", "0cbf29ce484222325"] {
            assert_eq!(Seal::read(text), None, "{text:?}");
        }
    }
}
