//! CSV for a Danish spreadsheet: UTF-8, semicolons, and no cell that a spreadsheet would take for a formula.

use std::io::{self, Write};

use super::Sink;
use super::cells::{COLUMNS, Cell, cells};
use crate::auditor::LookUp;
use crate::tables::defused;

pub(super) struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    pub(super) fn new(mut into: W, bom: bool) -> io::Result<Self> {
        if bom {
            into.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .buffer_capacity(64 * 1024)
            .from_writer(into);
        writer.write_record(COLUMNS.map(|(name, _)| name)).map_err(io::Error::other)?;
        Ok(Self(writer))
    }
}

impl<W: Write> Sink for Csv<W> {
    fn take(&mut self, look_up: &LookUp) -> io::Result<()> {
        for cell in cells(look_up) {
            let text = match cell {
                Cell::Text(text) => defused(text.unwrap_or_default().into()),
                Cell::Number(number) => number.map(|number| number.to_string()).unwrap_or_default().into(),
                Cell::Moment(at) => at.map(|at| at.to_string()).unwrap_or_default().into(),
            };
            self.0.write_field(&*text).map_err(io::Error::other)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(io::Error::other)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}
