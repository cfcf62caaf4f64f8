//! The one table of columns: every form is written from it, so that no two can disagree.

use std::borrow::Cow;

use super::{Cell, Kind};
use crate::target_groups::{ListedCitizen, Report};

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name in JSON, NDJSON and Parquet.
    pub code: &'static str,
    /// Its header in CSV and in the workbook.
    pub danish: &'static str,
    /// The same in English; the head of a JSON document tells both.
    pub english: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its width in the workbook, in characters.
    pub width: u8,
    /// One citizen's cell.
    pub of: for<'a> fn(&'a ListedCitizen) -> Cell<'a>,
}

/// The column that is there only when the report carries numbers.
const CPR: &str = "cpr";

/// Every column, in its order. There is no name and no address: neither is in a report.
pub static COLUMNS: [Column; 10] = [
    Column {
        code: "pseudonym",
        danish: "Pseudonym",
        english: "Pseudonym",
        kind: Kind::Text,
        width: 36,
        of: |citizen| Cell::text(&citizen.pseudonym),
    },
    // With its hyphen in every form: so it is a text for whoever reads it, and the leading zero stays.
    Column {
        code: CPR,
        danish: "CPR-nummer",
        english: "CPR number",
        kind: Kind::Text,
        width: 13,
        of: |citizen| citizen.number.map_or(Cell::Empty, |number| Cell::Text(Cow::Owned(number.expose_hyphenated()))),
    },
    Column {
        code: "change",
        danish: "Ændringskode",
        english: "Change code",
        kind: Kind::Text,
        width: 14,
        of: |citizen| Cell::text(citizen.change.code()),
    },
    Column {
        code: "change_text",
        danish: "Ændring",
        english: "Change (Danish)",
        kind: Kind::Text,
        width: 16,
        of: |citizen| Cell::text(citizen.change.danish()),
    },
    Column {
        code: "reason",
        danish: "Begrundelse",
        english: "Reason (Danish)",
        kind: Kind::Text,
        width: 80,
        of: |citizen| Cell::text(&citizen.reason),
    },
    Column {
        code: "age_years",
        danish: "Alder",
        english: "Age in years",
        kind: Kind::Number,
        width: 8,
        of: |citizen| citizen.age_years.map_or(Cell::Empty, |years| Cell::Number(years.into())),
    },
    Column {
        code: "departments",
        danish: "Afdelinger",
        english: "Departments",
        kind: Kind::Codes,
        width: 20,
        of: |citizen| codes(&citizen.departments),
    },
    Column {
        code: "units",
        danish: "Enheder",
        english: "Units",
        kind: Kind::Codes,
        width: 30,
        of: |citizen| codes(&citizen.units),
    },
    Column {
        code: "since",
        danish: "Siden",
        english: "Since",
        kind: Kind::Date,
        width: 12,
        of: |citizen| citizen.since.map_or(Cell::Empty, Cell::Date),
    },
    Column {
        code: "facts",
        danish: "Antal sager og indsatser",
        english: "Cases and efforts",
        kind: Kind::Number,
        width: 24,
        of: |citizen| if citizen.facts == 0 { Cell::Empty } else { Cell::Number(citizen.facts) },
    },
];

fn codes(codes: &[crate::target_groups::Code]) -> Cell<'_> {
    if codes.is_empty() { Cell::Empty } else { Cell::Codes(codes) }
}

/// The columns of this report: all, but the number's only when some citizen's number is told.
pub fn columns_of(report: &Report) -> Vec<&'static Column> {
    let has_numbers = report.citizens.iter().any(|citizen| citizen.number.is_some());
    COLUMNS.iter().filter(|column| has_numbers || column.code != CPR).collect()
}
