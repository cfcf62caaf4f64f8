//! The walk through the records, from the first to the last, growing the tree anew and comparing on the way.

use std::path::Path;

use jiff::Timestamp;

use super::files::Files;
use super::{Broken, Flaw};
use crate::audit::segment::{Reader, SegmentName, segments};
use crate::audit::tlog::{CHECKPOINT, Checkpoint, FOLDER, push_entry};
use crate::audit::tree::{Frontier, FullTile, TILE_WIDTH};

/// A root that the tree must have at one size.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Who says so.
    pub(super) name: String,
    pub(super) checkpoint: Checkpoint,
    /// What it means when it has another.
    otherwise: Flaw,
}

impl Wanted {
    pub(super) fn now(checkpoint: &Checkpoint) -> Self {
        Self::kept(format!("{FOLDER}/{CHECKPOINT}"), checkpoint.clone(), Flaw::Root)
    }

    pub(super) fn kept(name: String, checkpoint: Checkpoint, otherwise: Flaw) -> Self {
        Self { name, checkpoint, otherwise }
    }
}

/// What was met.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) records: u64,
    pub(super) segments: u64,
    pub(super) first_at: Option<Timestamp>,
    pub(super) last_at: Option<Timestamp>,
}

pub(super) fn walk(
    directory: &Path,
    checkpoint: &Checkpoint,
    mut wanted: Vec<Wanted>,
    at_work: bool,
) -> Result<Walked, Broken> {
    // The next one last, so that it is popped.
    wanted.sort_by_key(|one| std::cmp::Reverse(one.checkpoint.size));
    let files = Files::list(directory, at_work)?;
    let mut walk = Walk {
        signed: checkpoint.size,
        wanted,
        files,
        frontier: Frontier::default(),
        bundle: Vec::with_capacity(TILE_WIDTH * 72),
        filled: Vec::new(),
        walked: Walked::default(),
        at_work,
    };
    walk.compare_roots()?;
    let names = segments(directory).map_err(|error| Broken::at("", None, error))?;
    for (at, &name) in names.iter().enumerate() {
        walk.segment(directory, name, at + 1 == names.len())?;
    }
    walk.finish()
}

struct Walk {
    signed: u64,
    wanted: Vec<Wanted>,
    files: Files,
    frontier: Frontier,
    bundle: Vec<u8>,
    filled: Vec<FullTile>,
    walked: Walked,
    at_work: bool,
}

impl Walk {
    fn segment(&mut self, directory: &Path, name: SegmentName, is_last: bool) -> Result<(), Broken> {
        let wanted = self.walked.records + 1;
        if name.first_seq != wanted {
            return Err(Broken::at(name, None, Flaw::Sequence { wanted, found: name.first_seq }));
        }
        let open = Reader::open(&name.path(directory), 0, u64::MAX, name.first_seq);
        let mut reader = open.map_err(|error| Broken::at(name, None, error))?;
        self.walked.segments += 1;
        loop {
            let seq = reader.next_seq();
            let stored = match reader.read_next() {
                Ok(Some(stored)) => stored,
                Ok(None) => return Ok(()),
                // The record that is being written now.
                Err(Flaw::Unterminated) if self.at_work && is_last && seq > self.signed => return Ok(()),
                Err(flaw) => return Err(Broken::at(name, seq, flaw)),
            };
            self.walked.records = seq;
            self.walked.first_at.get_or_insert(stored.leaf.at);
            self.walked.last_at = Some(stored.leaf.at);
            if seq <= self.signed {
                push_entry(&mut self.bundle, stored.leaf_bytes);
                let hash = stored.hash();
                let filled = &mut self.filled;
                self.frontier.push(hash, |tile| filled.push(tile));
                self.compare()?;
            }
        }
    }

    /// After each signed record: the tiles that it filled, and the roots that somebody has seen at this size.
    fn compare(&mut self) -> Result<(), Broken> {
        if !self.filled.is_empty() {
            let index = self.frontier.size() / TILE_WIDTH as u64 - 1;
            self.files.check_entries(index, &self.bundle)?;
            self.bundle.clear();
            for tile in self.filled.drain(..) {
                self.files.check_hashes(tile.level, tile.index, &tile.hashes)?;
            }
        }
        if self.frontier.size() == self.signed {
            self.compare_edge()?;
        }
        self.compare_roots()
    }

    /// The unfinished tiles, as the checkpoint has them.
    fn compare_edge(&mut self) -> Result<(), Broken> {
        let size = self.frontier.size();
        for (level, hashes) in (0_u8..).zip(self.frontier.levels()) {
            if hashes.is_empty() {
                continue;
            }
            let index = size >> (8 * (u32::from(level) + 1));
            self.files.check_hashes(level, index, hashes)?;
            if level == 0 {
                self.files.check_entries(index, &self.bundle)?;
            }
        }
        Ok(())
    }

    fn compare_roots(&mut self) -> Result<(), Broken> {
        while let Some(one) = self.wanted.pop_if(|one| one.checkpoint.size == self.frontier.size()) {
            if one.checkpoint.root != self.frontier.root() {
                return Err(Broken::at(one.name, None, one.otherwise));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Walked, Broken> {
        let found = self.walked.records;
        if found < self.signed {
            return Err(Broken::at("", None, Flaw::RolledBack { seen: self.signed, found }));
        }
        if found > self.signed && !self.at_work {
            return Err(Broken::at("", None, Flaw::Unsigned(found - self.signed)));
        }
        self.files.finish()?;
        Ok(self.walked)
    }
}
