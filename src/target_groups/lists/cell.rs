//! One cell of a list, and the one text that it has in every form.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::tables::{Type, defused, is_misread_number};
use crate::target_groups::Code;

/// What a column holds. No column holds a fraction, so that none needs a decimal comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// A calendar day.
    Date,
    /// Codes: an array in JSON, and one text with a space between them elsewhere. `DuckDB`, pandas and Power BI all read a
    /// flat text column; a list column must first be unfolded in Power BI, and becomes objects in pandas.
    Codes,
}

impl Kind {
    /// As Parquet has it.
    pub(super) fn stored(self) -> Type {
        match self {
            Self::Text | Self::Codes => Type::Text,
            Self::Number => Type::Number,
            Self::Date => Type::Day,
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing: not told, not shown by the rule, or not known.
    Empty,
    /// Text that every form can hold; [`Cell::text`] makes it so.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(u32),
    /// A calendar day.
    Date(Date),
    /// Codes, in their order.
    Codes(&'a [Code]),
}

impl<'a> Cell<'a> {
    /// A text as every form can hold it, without signs that no reader agrees about. An empty one is nothing.
    pub fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(clean(text)) }
    }

    /// The cell as text: a day as `2026-11-22`, which every spreadsheet reads as a day and no country reads as another one.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Codes(codes) => Cow::Owned(clean(&codes.join(" ")).into_owned()),
        }
    }

    /// The cell as the checksum and a CSV file have it: as [`plain`](Self::plain), and a text that a spreadsheet would take
    /// for a formula or for another number gets an apostrophe before it.
    pub fn canonical(&self) -> Cow<'_, str> {
        match self {
            Self::Text(_) | Self::Codes(_) => safe(self.plain()),
            _ => self.plain(),
        }
    }
}

/// A text as every form can hold it: lines end with a line feed, and what XML 1.0 has no sign for, or no reader agrees about, becomes
/// U+FFFD.
fn clean(text: &str) -> Cow<'_, str> {
    let is_odd = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t')) || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let one_line_end = text.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(one_line_end.replace(is_odd, "\u{fffd}"))
}

/// A text that a spreadsheet leaves as it is. Twice is once.
///
/// Text in angle brackets of a rich text stands here, too: the workbook's writer would take it for markup of its own.
pub(super) fn safe(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_misread_number(&text) || is_markup(&text) { Cow::Owned(format!("'{text}")) } else { defused(text) }
}

/// The workbook's writer puts such a text into the file unescaped.
pub(super) fn is_markup(text: &str) -> bool {
    text.starts_with("<r>") && text.ends_with("</r>")
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u32(*number),
            Self::Date(date) => serializer.collect_str(date),
            Self::Codes(codes) => serializer.collect_seq(codes.iter().map(|code| clean(code))),
        }
    }
}
