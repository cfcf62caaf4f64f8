//! [DK] listen som fil: a report as JSON, NDJSON, CSV, workbook or Parquet.
//!
//! Reading order: [`COLUMNS`] (the one table that every form is written from), [`row_checksum`] (what lets anybody see that two
//! forms tell the same), then one file a form. Nothing is added, cut, sorted or decided here: a report is whole when it comes,
//! and all that this room may do with it is write it down.
//!
//! Memory beside the report: JSON, NDJSON and CSV hold 64 KiB; Parquet one column of a group of
//! 20,000 rows; the workbook is built whole, some 2 KiB a row (100,000 rows: 180 MiB), and cannot have more than [`SHEET_ROWS_MAX`] rows.

mod cell;
mod checksum;
mod columns;
mod csv;
mod format;
mod head;
mod json;
mod ndjson;
mod parquet;
mod workbook;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::Report;

pub use cell::{Cell, Kind};
pub use checksum::{list_checksum, row_checksum};
pub use columns::{COLUMNS, Column, columns_of};
pub use format::Format;
pub use head::{ColumnHead, Counts, GapLine, Head, SCHEMA_VERSION};
pub use workbook::{SHEET_ROWS_MAX, TEXT_UNITS_MAX};

/// So much is held back before it is written on.
const BUFFER_BYTES: usize = 64 * 1024;

/// A list that could not be written. What stands at its place by then is no list.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The place where it was to stand did not take it.
    #[error("write the list: {}", .0.kind())]
    Refused(#[from] io::Error),
    /// A workbook's sheet has not so many rows. The other forms have.
    #[error("write the list as a workbook: a sheet holds {SHEET_ROWS_MAX} citizens; choose another form")]
    TooManyRows,
    /// A text is longer than a workbook's cell can be. The other forms have no such limit.
    #[error("write the list as a workbook: a cell holds {TEXT_UNITS_MAX} UTF-16 units; choose another form")]
    TextTooLong,
    /// The workbook cannot be built: a name or a time in its head is not one that a workbook can have.
    #[error("write the list as a workbook: its head has something that a workbook cannot hold")]
    Head,
}

/// Writes `report`. The same report gives the same bytes.
///
/// # Errors
/// [`Unwritten`]; part of the list may have been written by then.
pub fn write<W: Write + Send>(report: &Report, format: Format, into: W) -> Result<(), Unwritten> {
    let list = List::of(report);
    match format {
        Format::Json => json::write(&list, into),
        Format::Ndjson => ndjson::write(&list, into),
        Format::Csv => csv::write(&list, into),
        Format::Xlsx => workbook::write(&list, into),
        Format::Parquet => parquet::write(&list, into),
    }
}

/// A report with the columns that it has.
struct List<'a> {
    report: &'a Report,
    columns: Vec<&'static Column>,
    head: Head<'a>,
}

impl<'a> List<'a> {
    fn of(report: &'a Report) -> Self {
        let columns = columns_of(report);
        let head = Head::of(report, &columns);
        Self { report, columns, head }
    }
}
