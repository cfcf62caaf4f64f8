//! What a build came to: numbers by source and by kind, and no citizen.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::LineTrouble;
use crate::target_groups::poll::RowCounts;

/// Why an extract replaced nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// None of the files is of this source.
    NoFile,
    /// A part is missing, or is there twice, or was taken at another moment.
    PartsDiffer,
    /// The last line is missing: it was cut off.
    CutOff,
    /// It has other rows than its last line says.
    RowsDiffer,
    /// It changed while it was read, or could not be read.
    Unreadable,
    /// More than one line in five cannot be read.
    TooManyTroubles,
    /// It is older than what stands in the index.
    Older,
    /// It was taken at a moment that lies ahead.
    Ahead,
    /// It tells far less than before, and nobody has said that this is right.
    Shrank,
}

impl Left {
    /// In words, for whoever runs the build.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoFile => "no file of it is there",
            Self::PartsDiffer => "a part is missing, is there twice or was taken at another moment",
            Self::CutOff => "its last line is missing: it was cut off",
            Self::RowsDiffer => "it has other rows than its last line says",
            Self::Unreadable => "it changed while it was read, or cannot be read",
            Self::TooManyTroubles => "more than one line in five cannot be read",
            Self::Older => "it is older than what stands in the index",
            Self::Ahead => "it was taken at a moment that lies ahead",
            Self::Shrank => "it tells far less than before: say --accept-shrinking if that is right",
        }
    }
}

/// What became of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceBuilt {
    /// Id.
    pub source: String,
    /// Why it is in the index as before; none when its extract stands there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
    /// The moment whose state the extract tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// Its rows.
    pub rows: u64,
    /// Of these, in the index, or there under a later row of the same case.
    pub taken: u64,
    /// Rows of a case that stood there already for the same citizen.
    pub repeated: u64,
    /// Rows that are not in the index as they stand in the file, by kind.
    pub troubled_rows: BTreeMap<&'static str, u64>,
    /// Those that cannot be read, by what is the matter.
    pub troubled_lines: BTreeMap<&'static str, u64>,
    /// Facts in the index.
    pub facts: u64,
}

/// What a build came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildReport {
    /// A fresh index is in place.
    pub is_replaced: bool,
    /// Citizens in it.
    pub citizens: u64,
    /// Every source whose cases come by extract, in the configured order.
    pub sources: Vec<SourceBuilt>,
    /// Files whose first line does not say what they are, or names a source that is not read by extract.
    pub files_of_nobody: u64,
}

/// Rows of one source, counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) rows: RowCounts,
    pub(super) lines: [u64; LineTrouble::ALL.len()],
}

impl Counted {
    pub(super) fn and(&mut self, other: &Self) {
        self.rows.and(&other.rows);
        self.lines.iter_mut().zip(other.lines).for_each(|(mine, others)| *mine += others);
    }

    pub(super) fn troubled(&self) -> BTreeMap<&'static str, u64> {
        let lines = LineTrouble::ALL.into_iter().zip(self.lines);
        lines.filter(|(_, count)| *count > 0).map(|(trouble, count)| (trouble.code(), count)).collect()
    }
}
