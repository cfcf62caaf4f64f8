//! CSV for a Danish spreadsheet: UTF-8, semicolons, and no cell that a spreadsheet would take for a formula.

use std::io::{self, Write};

use super::Form;
use super::cells::{COLUMNS, Cell, cells};
use crate::auditor::LookUp;
use crate::tables::defused;

pub(super) struct Csv<W>(W);

/// Lines that are not written yet.
pub(super) struct Lines(csv::Writer<Vec<u8>>);

impl Default for Lines {
    fn default() -> Self {
        let mut builder = csv::WriterBuilder::new();
        Self(builder.delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new()))
    }
}

impl<W: Write> Csv<W> {
    pub(super) fn new(mut into: W, bom: bool) -> io::Result<Self> {
        if bom {
            into.write_all("\u{feff}".as_bytes())?;
        }
        let mut head = Lines::default();
        head.0.write_record(COLUMNS.map(|(name, _)| name)).map_err(io::Error::other)?;
        let mut csv = Self(into);
        csv.write(head)?;
        Ok(csv)
    }
}

impl<W: Write> Form for Csv<W> {
    type Rows = Lines;

    fn add(lines: &mut Lines, look_up: &LookUp) -> io::Result<()> {
        for cell in cells(look_up) {
            match cell {
                Cell::Text(text) => lines.0.write_field(&*defused(text.unwrap_or_default())),
                Cell::Number(None) | Cell::Moment(None) => lines.0.write_field(""),
                Cell::Number(Some(number)) => lines.0.write_field(number.to_string()),
                Cell::Moment(Some(at)) => lines.0.write_field(at.to_string()),
            }
            .map_err(io::Error::other)?;
        }
        lines.0.write_record(None::<&[u8]>).map_err(io::Error::other)
    }

    fn write(&mut self, lines: Lines) -> io::Result<()> {
        let lines = lines.0.into_inner().map_err(|failed| io::Error::from(failed.error().kind()))?;
        self.0.write_all(&lines)
    }

    fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}
