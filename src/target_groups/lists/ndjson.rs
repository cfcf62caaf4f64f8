//! One JSON object a line: the head, each citizen, and the end, which says how many there were, so that a cut file is seen.

use std::io::{BufWriter, Write};

use serde::Serialize;

use super::json::{Row, put};
use super::{BUFFER_BYTES, Counts, GapLine, Head, List, Unwritten};

/// The first and the last line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Head(&'a Head<'a>),
    End { citizens: usize, counts: Counts, gaps: Vec<GapLine<'a>> },
}

pub(super) fn write(list: &List<'_>, into: impl Write) -> Result<(), Unwritten> {
    let mut into = BufWriter::with_capacity(BUFFER_BYTES, into);
    let report = list.report;
    put(&mut into, &Line::Head(&list.head))?;
    into.write_all(b"\n")?;
    for citizen in &report.citizens {
        put(&mut into, &Row { before: Some(("type", "citizen")), columns: &list.columns, citizen })?;
        into.write_all(b"\n")?;
    }
    let (counts, gaps) = (Counts::of(report), GapLine::all(report));
    put(&mut into, &Line::End { citizens: report.citizens.len(), counts, gaps })?;
    into.write_all(b"\n")?;
    Ok(into.flush()?)
}
