//! CSV for a Danish spreadsheet: UTF-8 with a byte order mark, semicolons, Danish headers, and no cell that the spreadsheet
//! would take for a formula or for another number.
//!
//! Rows alone: a line above the header would hide the header from whoever filters. The head and the gaps stand in the other forms.

use std::io::{self, Write};

use super::{BUFFER_BYTES, List, Unwritten};

pub(super) fn write(list: &List<'_>, mut into: impl Write) -> Result<(), Unwritten> {
    into.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .buffer_capacity(BUFFER_BYTES)
        .from_writer(into);
    writer.write_record(list.columns.iter().map(|column| column.danish)).map_err(refused)?;
    for citizen in &list.report.citizens {
        for column in &list.columns {
            writer.write_field(&*(column.of)(citizen).canonical()).map_err(refused)?;
        }
        writer.write_record(None::<&[u8]>).map_err(refused)?;
    }
    Ok(writer.flush()?)
}

fn refused(error: csv::Error) -> Unwritten {
    Unwritten::Refused(io::Error::other(error))
}
