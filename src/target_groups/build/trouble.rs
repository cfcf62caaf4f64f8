//! Why a line of an extract cannot be read, by kind and never by content.

use serde::Serialize;

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineTrouble {
    /// Longer than `LINE_BYTES_MAX`.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
    /// No JSON object, or more than one.
    NotJson,
    /// It has a key that no row has.
    UnknownKey,
    /// It has a key twice.
    RepeatedKey,
    /// It lacks a key that every row has.
    MissingKey,
    /// A value is not of the key's type, or is an empty text.
    WrongType,
    /// The citizen is not ten characters that are a number.
    WrongCitizen,
    /// A day that is none, or a moment.
    WrongTime,
    /// A word, or a UUID, that is none of those that are known.
    WrongWord,
    /// More case numbers than `NUMBERS_MAX`.
    TooMany,
}

/// The longest line, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 16 * 1_024;

/// Case numbers of one row.
pub(super) const NUMBERS_MAX: usize = 16;

impl LineTrouble {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::TooLong,
        Self::NotUtf8,
        Self::NotJson,
        Self::UnknownKey,
        Self::RepeatedKey,
        Self::MissingKey,
        Self::WrongType,
        Self::WrongCitizen,
        Self::WrongTime,
        Self::WrongWord,
        Self::TooMany,
    ];

    /// The code in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::UnknownKey => "unknown_key",
            Self::RepeatedKey => "repeated_key",
            Self::MissingKey => "missing_key",
            Self::WrongType => "wrong_type",
            Self::WrongCitizen => "wrong_citizen",
            Self::WrongTime => "wrong_time",
            Self::WrongWord => "wrong_word",
            Self::TooMany => "too_many",
        }
    }
}
