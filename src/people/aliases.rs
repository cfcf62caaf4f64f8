//! [DK] tidligere personnumre: which former numbers belong to which number in force, only because the register says so.
//!
//! Nobody's name, birthday or case ever joins two numbers. The book is a memory of answers of the register: every look-up
//! that the register answers corrects it, and the file may be deleted at any time.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;

use super::alias_file::{AliasFile, AliasFileError};
use super::alias_links::{AliasLinks, Change};
use crate::audit::segment::{Disk, LocalDisk};
use crate::audit::{Pseudonym, PseudonymKey};

/// How many lines the file may have for each link that is held: former answers of the register stay in it.
const LINES_A_LINK: u64 = 4;

/// Limits of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AliasSettings {
    /// So many former numbers at most; the one learned first goes first.
    pub entries_max: usize,
}

/// The book. Each replica has its own, and a file of its own: it is opened exclusively.
///
/// Why not one file for all: two writers would need a lock around every line, and half a line of one would spoil the next
/// line of the other. A replica that does not know an alias yet learns it by its own next look-up, which asks the register
/// anyway.
pub struct AliasBook {
    state: Mutex<State>,
    settings: AliasSettings,
}

struct State {
    links: AliasLinks,
    revision: u64,
    file: Option<AliasFile>,
    /// What the file has not taken yet, oldest first.
    unwritten: VecDeque<Change>,
    is_failing: bool,
}

impl AliasBook {
    /// A book that lives as long as the process.
    pub fn in_memory(settings: AliasSettings) -> Self {
        Self::with(AliasLinks::default(), None, settings)
    }

    /// A book that is kept in the file `path`, sealed under a key derived from `key`. Blocks on the disk.
    ///
    /// Half a line at its end (a crash) is dropped; lines that do not open (another key, or changed) are counted. Both are
    /// said, neither stops the start.
    ///
    /// # Errors
    /// [`AliasFileError`].
    pub fn open(path: &Path, key: &PseudonymKey, settings: AliasSettings) -> Result<Self, AliasFileError> {
        Self::open_on(&LocalDisk, path, key, settings)
    }

    pub(super) fn open_on(
        disk: &dyn Disk,
        path: &Path,
        key: &PseudonymKey,
        settings: AliasSettings,
    ) -> Result<Self, AliasFileError> {
        let lines_max = LINES_A_LINK.saturating_mul(settings.entries_max.max(1) as u64);
        let (file, found) = AliasFile::open(path, disk, key, lines_max)?;
        if found.was_torn {
            tracing::warn!("the last line of the alias file was half written; it is dropped");
        }
        if found.unreadable > 0 {
            tracing::warn!(
                lines = found.unreadable,
                "lines of the alias file do not open: they were written under another key, or changed"
            );
        }
        let mut links = AliasLinks::default();
        for change in found.changes {
            match change {
                Change::Learned(former, in_force, at) => drop(links.learn(former, in_force, at, settings.entries_max)),
                Change::Forgotten(former) => drop(links.forget(&former)),
            }
        }
        Ok(Self::with(links, Some(file), settings))
    }

    fn with(links: AliasLinks, file: Option<AliasFile>, settings: AliasSettings) -> Self {
        let state = State { links, revision: 0, file, unwritten: VecDeque::new(), is_failing: false };
        Self { state: Mutex::new(state), settings }
    }

    /// The register said at `at` that `former` was replaced by `in_force`; the same number twice says that it was replaced
    /// by none. An answer older than what is known of `former` changes nothing.
    ///
    /// Only an answer of the register may be told here. A few bytes are written when it is news.
    pub fn learn(&self, former: CprNumber, in_force: CprNumber, at: Timestamp) {
        let mut state = self.state();
        let changes = state.links.learn(former, in_force, at, self.settings.entries_max);
        state.keep(changes, self.settings.entries_max);
    }

    /// The register no longer says that `former` was replaced.
    pub fn forget(&self, former: &CprNumber) {
        let mut state = self.state();
        let change = state.links.forget(former);
        state.keep(change, self.settings.entries_max);
    }

    /// Every number that became `number`, directly or through others, in order of the digits.
    pub fn formers(&self, number: &CprNumber) -> Vec<CprNumber> {
        self.state().links.formers(number)
    }

    /// The number that `number` became in the end; itself, when nothing is known of it.
    pub fn in_force(&self, number: &CprNumber) -> CprNumber {
        self.state().links.in_force(number)
    }

    /// All numbers of the person with this number, the one in force first. Never empty.
    pub fn numbers(&self, number: &CprNumber) -> Vec<CprNumber> {
        let state = self.state();
        let in_force = state.links.in_force(number);
        [vec![in_force], state.links.formers(&in_force)].concat()
    }

    /// Every former number and the one that followed it, as pseudonyms: for what is kept by pseudonym alone.
    pub fn pseudonyms(&self, key: &PseudonymKey) -> BTreeMap<Pseudonym, Pseudonym> {
        let links = self.state();
        links.links.each().map(|(former, next)| (key.of(former), key.of(next))).collect()
    }

    /// How many former numbers are known.
    pub fn len(&self) -> usize {
        self.state().links.len()
    }

    /// No former number is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows with every change: what was decided or merged under another revision may be wrong now.
    pub fn revision(&self) -> u64 {
        self.state().revision
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keep(&mut self, changes: impl IntoIterator<Item = Change>, unwritten_max: usize) {
        let before = self.unwritten.len();
        self.unwritten.extend(changes);
        if self.unwritten.len() == before {
            return;
        }
        self.revision += 1;
        let Some(file) = &mut self.file else {
            self.unwritten.clear();
            return;
        };
        let mut failure = None;
        while let Some(change) = self.unwritten.front() {
            if let Err(error) = file.append(change) {
                failure = Some(error.kind());
                break;
            }
            self.unwritten.pop_front();
        }
        while self.unwritten.len() > unwritten_max {
            self.unwritten.pop_front();
        }
        match (failure, self.is_failing) {
            (Some(kind), false) => tracing::warn!(?kind, "the alias file takes no lines; aliases stay in memory"),
            (None, true) => tracing::info!("the alias file takes lines again"),
            _ => {}
        }
        self.is_failing = failure.is_some();
    }
}

/// Says how many, never who.
impl fmt::Debug for AliasBook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AliasBook").field("entries", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
