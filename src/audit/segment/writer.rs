//! Seals groups of entries and puts them at the end of the log, each group durable or not there at all.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::disk::{Disk, DiskFile};
use super::frame;
use super::name::SegmentName;
use super::tail::Tail;
use crate::audit::keys::{KeyId, Keys};
use crate::audit::leaf::Leaf;

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

/// An entry that is to be sealed.
#[derive(Debug)]
pub(crate) struct Plain {
    /// Under which key.
    pub key: KeyId,
    /// When it says it was written.
    pub at: Timestamp,
    /// Its JSON.
    pub json: Vec<u8>,
}

/// The one hand that writes.
///
/// **Invariant:** `segment`, `len` and `last_seq` describe what is durable. They move after a sync, and never otherwise.
#[derive(Debug)]
pub(crate) struct Writer {
    disk: Arc<dyn Disk>,
    keys: Arc<Keys>,
    directory: PathBuf,
    segment_bytes_max: u64,
    segment: Option<SegmentName>,
    len: u64,
    last_seq: u64,
    /// `None` at the start and after a failure: what lies behind `len` is unknown until it was cut.
    file: Option<Box<dyn DiskFile>>,
    frames: Vec<u8>,
}

impl Writer {
    /// Goes on where `tail` says the log ends.
    pub(crate) fn after(
        tail: &Tail,
        disk: Arc<dyn Disk>,
        keys: Arc<Keys>,
        directory: PathBuf,
        segment_bytes_max: u64,
    ) -> Self {
        let (segment, len, last_seq) = (tail.segment, tail.len, tail.last_seq);
        Self { disk, keys, directory, segment_bytes_max, segment, len, last_seq, file: None, frames: Vec::new() }
    }

    /// How far the log is durable.
    pub(crate) fn position(&self) -> Position {
        let segment = self.segment.unwrap_or(SegmentName { first_seq: self.last_seq + 1 });
        Position { seq: self.last_seq, segment, len: self.len }
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
    pub(crate) fn write<'a>(&mut self, entries: impl Iterator<Item = &'a Plain>) -> io::Result<u64> {
        let first = self.last_seq + 1;
        let mut seq = first;
        self.frames.clear();
        for entry in entries {
            self.seal(entry, seq, first)?;
            seq += 1;
        }
        self.append().inspect_err(|_| self.file = None)?;
        self.last_seq = seq - 1;
        self.len += self.frames.len() as u64;
        Ok(first)
    }

    fn seal(&mut self, entry: &Plain, seq: u64, group: u64) -> io::Result<()> {
        // Durable before the first record under it.
        let key = self.keys.sealing(entry.key)?;
        let leaf = Leaf { key: entry.key, seq, at: entry.at, mark: key.mark(), group, sealed: [0; 32] };
        let head = leaf.to_bytes();
        let seal = |out: &mut Vec<u8>| key.seal(&head[..Leaf::HEAD_BYTES], &entry.json, out);
        frame::write(&mut self.frames, seal, |sealed| Leaf { sealed, ..leaf });
        Ok(())
    }

    fn append(&mut self) -> io::Result<()> {
        self.ready()?;
        if self.len > 0 && self.len + self.frames.len() as u64 > self.segment_bytes_max {
            self.file = Some(self.begin_segment()?);
        }
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.append(&self.frames)?;
        file.sync()
    }

    fn begin_segment(&mut self) -> io::Result<Box<dyn DiskFile>> {
        let segment = SegmentName { first_seq: self.last_seq + 1 };
        let file = self.disk.create(&segment.path(&self.directory))?;
        (self.segment, self.len) = (Some(segment), 0);
        Ok(file)
    }
}
