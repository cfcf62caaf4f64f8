//! Where an entry lies in the log, and reading it there: the index itself holds no reason, no case and no employee's id.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audit::entry::AuditEntry;
use crate::audit::keys::Keys;
use crate::audit::segment::{Reader, SegmentName};

/// Where one entry lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its number in the log.
    pub seq: u64,
    pub(super) segment: SegmentName,
    pub(super) start: u64,
}

/// So many bytes are read over rather than opening the file again.
const READ_OVER_BYTES_MAX: u64 = 256 * 1024;

/// Reads entries by their place. Whoever asks in the order of the log reads each file once.
#[derive(Debug)]
pub struct EntryReader {
    directory: PathBuf,
    keys: Arc<Keys>,
    open: Option<(SegmentName, Reader)>,
}

impl EntryReader {
    /// Reads the log in `directory`, whose entries are sealed under these keys.
    pub fn new(directory: &Path, keys: Arc<Keys>) -> Self {
        Self { directory: directory.to_owned(), keys, open: None }
    }

    /// The entry at this place; `None` when its key is gone, or the log has another one there.
    ///
    /// # Errors
    /// When the segment cannot be read.
    pub fn read(&mut self, place: &Place) -> io::Result<Option<AuditEntry>> {
        let is_ahead = self.open.as_ref().is_some_and(|(segment, reader)| {
            let gap = place.start.checked_sub(reader.offset());
            *segment == place.segment && gap.is_some_and(|gap| gap <= READ_OVER_BYTES_MAX)
        });
        if !is_ahead {
            self.open = None;
            let path = place.segment.path(&self.directory);
            match Reader::open(&path, place.start, u64::MAX, place.seq) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => self.open = Some((place.segment, opened?)),
            }
        }
        let Some((_, reader)) = &mut self.open else { return Ok(None) };
        loop {
            match reader.read_next() {
                Ok(Some(stored)) if stored.start < place.start => {}
                Ok(Some(stored)) if stored.start == place.start && stored.leaf.seq == place.seq => {
                    let entry = stored.entry(&self.keys).ok().flatten();
                    return Ok(entry.and_then(|entry| serde_json::from_slice(&entry).ok()));
                }
                // A flaw, the end, or another record: a person looks at it with `audit verify`, not here.
                _ => {
                    self.open = None;
                    return Ok(None);
                }
            }
        }
    }
}
