//! Where an entry lies in the log, and reading it there: the index itself holds no reason, no case and no employee's id.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::audit::entry::AuditEntry;
use crate::audit::keys::Keys;
use crate::audit::segment::{Broken, Flaw, Reader, SegmentName};
use crate::audit::tlog::{CHECKPOINT, Checkpoint, FOLDER, Note, Tiles};
use crate::audit::tree::{Nodes as _, TreeHash};

/// Where one entry lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its number in the log.
    pub seq: u64,
    pub(super) segment: SegmentName,
    pub(super) start: u64,
}

/// Reads entries by their place. Whoever asks for what lies near reads each file once.
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

    /// The entry at this place; `None` when its key is gone, and the tree says that it is this one.
    ///
    /// # Errors
    /// [`Broken`] when the log has something else there than was written: nobody may take that for an entry whose time is
    /// over. [`Flaw::Unreadable`] when the segment cannot be read.
    pub fn read(&mut self, place: &Place) -> Result<Option<AuditEntry>, Broken> {
        self.read_as(place)
    }

    /// As [`EntryReader::read`], for those who want a part of it: what `T` does not name is passed over.
    ///
    /// # Errors
    /// As [`EntryReader::read`].
    pub fn read_as<T: DeserializeOwned>(&mut self, place: &Place) -> Result<Option<T>, Broken> {
        let json = self.json(place)?;
        // Looked at once for all its texts, not text by text.
        let entry = json.map(|json| str::from_utf8(&json).ok().and_then(|json| serde_json::from_str(json).ok()));
        entry.map(|entry| entry.ok_or_else(|| Broken::at(place.segment, place.seq, Flaw::NotARecord))).transpose()
    }

    /// Whether the entry at this place is there: checked and opened as by [`EntryReader::read`], and not taken apart.
    ///
    /// # Errors
    /// As [`EntryReader::read`].
    pub fn is_there(&mut self, place: &Place) -> Result<bool, Broken> {
        Ok(self.json(place)?.is_some())
    }

    fn json(&mut self, place: &Place) -> Result<Option<Vec<u8>>, Broken> {
        // After a flaw the file is opened anew: where the reader stands then, nobody knows.
        let reader = match self.open.take().filter(|(segment, _)| *segment == place.segment) {
            Some((_, mut reader)) => reader.go_to(place.start, place.seq).map(|()| reader),
            None => Reader::open(&place.segment.path(&self.directory), place.start, u64::MAX, place.seq),
        };
        let mut reader = reader.map_err(|error| Broken::at(place.segment, place.seq, error))?;
        let broken = |flaw| Broken::at(place.segment, place.seq, flaw);
        let stored = reader.read_next().map_err(broken)?.ok_or_else(|| broken(Flaw::Unterminated))?;
        let json = stored.entry(&self.keys).map_err(broken)?;
        if json.is_none() {
            known_to_the_tree(&self.directory, place.seq, stored.hash()).map_err(broken)?;
        }
        self.open = Some((place.segment, reader));
        Ok(json)
    }
}

/// A record that does not open is one whose key was destroyed only if its leaf is the one that was signed: a changed leaf
/// names a key that never was.
///
/// # Errors
/// [`Flaw::Leaf`] when the tree holds another one; [`Flaw::TileSize`] when it cannot be read.
pub(super) fn known_to_the_tree(directory: &Path, seq: u64, hash: TreeHash) -> Result<(), Flaw> {
    let folder = directory.join(FOLDER);
    let checkpoint = fs::read(folder.join(CHECKPOINT)).ok().and_then(|bytes| Checkpoint::parse(&Note::parse(&bytes)?));
    let size = checkpoint.ok_or(Flaw::Checkpoint)?.size;
    // What is not signed yet was written moments ago, and no key is destroyed so soon.
    if seq > size {
        return Err(Flaw::Unopened);
    }
    let known = Tiles::new(&folder, size).node(0, seq - 1).map_err(|_| Flaw::TileSize)?;
    if known == hash { Ok(()) } else { Err(Flaw::Leaf) }
}
