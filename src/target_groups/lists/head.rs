//! What every form tells about the list beside its rows: which run, by which law, for whom, how many, and what was missing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{Column, Kind, list_checksum};
use crate::target_groups::{Change, Report};

/// Told in every form but CSV; raised when a column changes its meaning.
pub const SCHEMA_VERSION: &str = "1";

/// The head of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Head<'a> {
    /// [`SCHEMA_VERSION`].
    pub schema: &'static str,
    /// The run's id.
    pub run: &'a str,
    /// Code of the rule.
    pub rule: &'a str,
    /// The rule's Danish name.
    pub name: &'a str,
    /// SHA-256 of rule and approval.
    pub rule_hash: &'a str,
    /// The day for which ages and periods are computed.
    pub as_of: Date,
    /// When the run was made.
    pub made_at: Timestamp,
    /// The legal basis, by its id.
    pub legal_basis: &'a str,
    /// Code of the receiving unit.
    pub receiver: &'a str,
    /// The columns that the list has.
    pub columns: Vec<ColumnHead>,
    /// How many citizens the list has.
    pub citizens: usize,
    /// [`list_checksum`].
    pub checksum: String,
}

/// What the head tells of a column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnHead {
    /// Its name in JSON, NDJSON and Parquet.
    pub code: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its Danish name.
    pub danish: &'static str,
    /// Its English name.
    pub english: &'static str,
}

impl<'a> Head<'a> {
    pub(super) fn of(report: &'a Report, columns: &[&'static Column]) -> Self {
        let column = |column: &&'static Column| ColumnHead {
            code: column.code,
            kind: column.kind,
            danish: column.danish,
            english: column.english,
        };
        Self {
            schema: SCHEMA_VERSION,
            run: &report.run,
            rule: &report.rule,
            name: &report.name,
            rule_hash: &report.rule_hash,
            as_of: report.as_of,
            made_at: report.made_at,
            legal_basis: &report.legal_basis,
            receiver: &report.receiver,
            columns: columns.iter().map(column).collect(),
            citizens: report.citizens.len(),
            checksum: list_checksum(columns, &report.citizens),
        }
    }
}

/// How many citizens there are by change, all of [`Change::ALL`] in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts([usize; Change::ALL.len()]);

impl Counts {
    /// The counts of this report.
    pub fn of(report: &Report) -> Self {
        Self(Change::ALL.map(|change| report.citizens.iter().filter(|citizen| citizen.change == change).count()))
    }

    /// Each change with its count.
    pub fn each(&self) -> impl Iterator<Item = (Change, usize)> + '_ {
        Change::ALL.into_iter().zip(self.0)
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (change, count) in self.each() {
            map.serialize_entry(change.code(), &count)?;
        }
        map.end()
    }
}

/// What a form tells of a gap.
#[derive(Debug, Clone, Serialize)]
pub struct GapLine<'a> {
    /// Code of its kind.
    pub kind: &'static str,
    /// The source, where one is behind it.
    pub source: Option<&'a str>,
    /// One Danish sentence.
    pub text: &'a str,
}

impl<'a> GapLine<'a> {
    /// The gaps of this report, in its order.
    pub fn all(report: &'a Report) -> Vec<Self> {
        let line =
            |gap: &'a super::super::Gap| Self { kind: gap.kind.code(), source: gap.source.as_deref(), text: &gap.text };
        report.gaps.iter().map(line).collect()
    }
}
