//! The first and the last line of an extract: what it is, and that it is whole.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use jiff::Timestamp;
use serde::Deserialize;

/// Neither line is longer, in bytes.
const END_BYTES_MAX: usize = 1_024;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) source: String,
    pub(super) as_of: Timestamp,
    #[serde(default = "one")]
    pub(super) part: u16,
    #[serde(default = "one")]
    pub(super) parts: u16,
}

fn one() -> u16 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    extract: Head,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    end: End,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    rows: u64,
}

/// What the two lines say, and where the rows lie between them.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) head: Head,
    /// How many rows there are, as the last line says; `None` when there is no such line.
    pub(super) rows: Option<u64>,
    /// Bytes of the rows.
    pub(super) body: Range<u64>,
    /// The file's length.
    pub(super) length: u64,
}

/// Reads both; `None` when the first line says nothing.
pub(super) fn read(file: &File) -> io::Result<Option<Ends>> {
    let length = file.metadata()?.len();
    let first = at(file, 0, length)?;
    let Some(end) = first.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
    let Ok(First { extract: head }) = serde_json::from_slice(&first[..end]) else { return Ok(None) };
    let begin = end as u64 + 1;
    let from = length.saturating_sub(END_BYTES_MAX as u64).max(begin);
    let last = at(file, from, length)?;
    let last = last.strip_suffix(b"\n").unwrap_or(&last);
    let line = last.iter().rposition(|byte| *byte == b'\n').map(|before| before + 1);
    // It begins where the rows do, when there are none.
    let line = line.or((from == begin).then_some(0));
    let said = line.and_then(|line| Some((line, serde_json::from_slice::<Last>(&last[line..]).ok()?)));
    let body = said.as_ref().map_or(begin..length, |(line, _)| begin..from + *line as u64);
    Ok(Some(Ends { head, rows: said.map(|(_, last)| last.end.rows), body, length }))
}

fn at(file: &File, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let count = usize::try_from(length.saturating_sub(from)).unwrap_or(usize::MAX).min(END_BYTES_MAX);
    let mut bytes = vec![0; count];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}
