//! Puts groups of records at the end of the log, each group durable or not there at all.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::disk::{Disk, DiskFile};
use super::line;
use super::name::SegmentName;
use super::tail::Tail;
use crate::audit::chain::Chain;

/// How far the log is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The last durable record; 0 when there is none.
    pub seq: u64,
    /// The segment that is written on.
    pub segment: SegmentName,
    /// How many bytes of that segment are durable.
    pub len: u64,
}

/// The one hand that writes.
///
/// **Invariant:** `segment`, `len` and `chain` describe what is durable. They move after a sync, and never otherwise.
#[derive(Debug)]
pub(crate) struct Writer {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    segment_bytes_max: u64,
    segment: Option<SegmentName>,
    len: u64,
    chain: Chain,
    /// `None` at the start and after a failure: what lies behind `len` is unknown until it was cut.
    file: Option<Box<dyn DiskFile>>,
    lines: Vec<u8>,
}

impl Writer {
    /// Goes on where `tail` says the log ends.
    pub(crate) fn after(tail: &Tail, disk: Arc<dyn Disk>, directory: PathBuf, segment_bytes_max: u64) -> Self {
        let (segment, len, chain) = (tail.segment, tail.len, tail.chain);
        Self { disk, directory, segment_bytes_max, segment, len, chain, file: None, lines: Vec::new() }
    }

    /// How far the log is durable.
    pub(crate) fn position(&self) -> Position {
        let segment = self.segment.unwrap_or(SegmentName { first_seq: self.chain.next_seq() });
        Position { seq: self.chain.last_seq(), segment, len: self.len }
    }

    /// Opens the segment and cuts what is not durable.
    pub(crate) fn ready(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(match self.segment {
                Some(segment) => {
                    let mut file = self.disk.open(&segment.path(&self.directory))?;
                    file.cut(self.len)?;
                    file
                }
                None => self.begin_segment()?,
            });
        }
        Ok(())
    }

    /// Writes the entries as the next records; returns the number of the first once all are durable.
    ///
    /// After an error none of them counts, and the next call begins by cutting what they left.
    pub(crate) fn write<'a>(&mut self, entries: impl Iterator<Item = &'a [u8]>) -> io::Result<u64> {
        let first = self.chain.next_seq();
        let mut chain = self.chain;
        self.lines.clear();
        for entry in entries {
            let link = chain.extend(entry);
            line::write(&mut self.lines, &link, entry);
        }
        self.append().inspect_err(|_| self.file = None)?;
        self.chain = chain;
        self.len += self.lines.len() as u64;
        Ok(first)
    }

    fn append(&mut self) -> io::Result<()> {
        self.ready()?;
        if self.len > 0 && self.len + self.lines.len() as u64 > self.segment_bytes_max {
            self.file = Some(self.begin_segment()?);
        }
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.append(&self.lines)?;
        file.sync()
    }

    fn begin_segment(&mut self) -> io::Result<Box<dyn DiskFile>> {
        let segment = SegmentName { first_seq: self.chain.next_seq() };
        let file = self.disk.create(&segment.path(&self.directory))?;
        (self.segment, self.len) = (Some(segment), 0);
        Ok(file)
    }
}
