//! Reads a segment record by record and checks each against the chain. It never writes.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Take};
use std::path::Path;

use super::line::{self, LINE_BYTES_MAX};
use super::name::SegmentName;
use crate::audit::chain::{Chain, Link, Misfit};

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The last line has no end.
    #[error("the line has no end")]
    Unterminated,
    /// The line is longer than [`LINE_BYTES_MAX`].
    #[error("the line is too long")]
    TooLong,
    /// The line is not a record.
    #[error("the line is no record")]
    NotARecord,
    /// The record does not belong here.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The record is where it belongs, but it does not tell when it was written.
    #[error("the entry in the record is not readable")]
    Entry,
    /// The file could not be read.
    #[error("the file could not be read ({0})")]
    Unreadable(io::ErrorKind),
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.kind())
    }
}

/// Where the log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trust {segment}, line {line}: {what}")]
pub struct Broken {
    /// The name of the segment file.
    pub segment: String,
    /// The line in it, from 1; 0 for the file as a whole.
    pub line: u64,
    /// What is wrong there.
    pub what: Flaw,
}

impl Broken {
    pub(crate) fn at(segment: SegmentName, line: u64, what: impl Into<Flaw>) -> Self {
        Self { segment: segment.to_string(), line, what: what.into() }
    }
}

/// One record as it lies in the segment.
#[derive(Debug)]
pub(crate) struct Stored<'a> {
    /// Where its line begins, in bytes.
    pub start: u64,
    /// Its place in the chain.
    pub link: Link,
    /// The bytes of the entry.
    pub entry: &'a [u8],
}

/// Reads on from one place in a segment.
#[derive(Debug)]
pub(crate) struct Reader {
    file: BufReader<Take<File>>,
    line: Vec<u8>,
    offset: u64,
    /// Before the first record: its number. Afterwards: the end of the chain.
    after: After,
}

/// What the next record must build on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum After {
    /// Its number is known, its predecessor is taken from itself: the log before it is out of sight.
    Unseen(u64),
    /// All before it was read.
    Chain(Chain),
}

impl Reader {
    /// Reads from `from` up to `to`, both in bytes.
    pub(crate) fn open(path: &Path, from: u64, to: u64, after: After) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let file = BufReader::new(file.take(to.saturating_sub(from)));
        Ok(Self { file, line: Vec::new(), offset: from, after })
    }

    /// Where the next record begins, in bytes.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The end of the chain; `None` before the first record of an unseen log.
    pub(crate) fn chain(&self) -> Option<Chain> {
        match self.after {
            After::Unseen(_) => None,
            After::Chain(chain) => Some(chain),
        }
    }

    /// The bytes of the line that was read last, with its end if it had one.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// The next record; `None` at the end. After a flaw, [`Reader::offset`] is where the flawed line begins.
    pub(crate) fn read_next(&mut self) -> Result<Option<Stored<'_>>, Flaw> {
        self.line.clear();
        let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = self.file.by_ref().take(limit).read_until(b'\n', &mut self.line)?;
        let Some(text) = self.line.strip_suffix(b"\n") else {
            return match read {
                0 => Ok(None),
                LINE_BYTES_MAX => Err(Flaw::TooLong),
                _ => Err(Flaw::Unterminated),
            };
        };
        let (link, entry) = line::read(text).ok_or(Flaw::NotARecord)?;
        let mut chain = match self.after {
            After::Unseen(seq) if link.seq != seq => {
                return Err(Misfit::Sequence { wanted: seq, found: link.seq }.into());
            }
            After::Unseen(_) => Chain::before(&link),
            After::Chain(chain) => chain,
        };
        chain.accept(&link, entry)?;
        self.after = After::Chain(chain);
        let start = self.offset;
        self.offset += read as u64;
        Ok(Some(Stored { start, link, entry }))
    }

    /// Whether nothing follows the line that was read last.
    pub(crate) fn at_end(&mut self) -> io::Result<bool> {
        Ok(self.file.fill_buf()?.is_empty())
    }
}
