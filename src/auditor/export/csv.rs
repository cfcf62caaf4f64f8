//! CSV for a Danish spreadsheet: UTF-8, semicolons, and no cell that a spreadsheet would take for a formula.

use std::io::{self, Write};

use super::Sink;
use super::cells::{COLUMNS, Cell, cells};
use crate::auditor::LookUp;

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
                Cell::Text(text) => plain(text.unwrap_or_default()),
                Cell::Number(number) => number.map(|number| number.to_string()).unwrap_or_default(),
                Cell::Moment(at) => at.map(|at| at.to_string()).unwrap_or_default(),
            };
            self.0.write_field(text).map_err(io::Error::other)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(io::Error::other)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

/// A text that begins like a formula is told as a text: with an apostrophe before it. Spaces before the sign hide nothing.
fn plain(text: String) -> String {
    let begins =
        |letter: char| matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let is_formula = text.starts_with(begins) || text.trim_start().starts_with(begins);
    if is_formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_a_text() {
        for text in ["=1+1", "+45", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "\r\n=1", "＝1"] {
            assert_eq!(plain(text.to_owned()), format!("'{text}"));
        }
        for text in ["", "Samtale i dag", "a=b", "2026-17", "'=1"] {
            assert_eq!(plain(text.to_owned()), text);
        }
    }
}
