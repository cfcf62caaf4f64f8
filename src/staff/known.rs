//! What the directory is known to say, for one answer: an entry for each employee, and how the directory did.

use std::collections::HashMap;
use std::sync::Arc;

use glasplade_adapters::contract::{SourceErrorKind, SourceId, StaffKey, StaffMember};
use jiff::Timestamp;

use crate::overview::{SourceState, SourceStatus};

/// What is known of one employee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The directory knows the employee.
    Member {
        /// What it says.
        member: Arc<StaffMember>,
        /// When it was read.
        read_at: Timestamp,
        /// Older than fresh: it is read anew in the background, or the directory does not answer.
        aged: bool,
    },
    /// The directory does not know the employee.
    NotInDirectory,
    /// It is being read: the next answer has it.
    Pending,
    /// The directory does not answer, or not so that it can be read.
    Unavailable,
    /// There is no directory.
    Unconfigured,
}

/// What is known of the employees of one answer. Plain data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    directory: Option<SourceId>,
    entries: HashMap<StaffKey, Entry>,
    /// Something was read for this answer.
    pub(super) has_read: bool,
    /// Why something that was wanted could not be read, now or a moment ago.
    pub(super) failure: Option<SourceErrorKind>,
    /// Employees of whom the directory told something that cannot be read.
    pub(super) unreadable: u32,
}

impl Known {
    /// Without a directory: only what the sources say is known.
    pub fn unconfigured() -> Self {
        Self::default()
    }

    /// What the directory `id` is known to say.
    pub fn told(id: SourceId, entries: impl IntoIterator<Item = (StaffKey, Entry)>) -> Self {
        Self { directory: Some(id), entries: entries.into_iter().collect(), ..Self::default() }
    }

    /// The directory, if there is one.
    pub fn directory(&self) -> Option<&SourceId> {
        self.directory.as_ref()
    }

    /// What is known by `key`. A key that nobody asked for is pending: the directory may know it.
    pub fn get(&self, key: &StaffKey) -> Entry {
        match (&self.directory, self.entries.get(key)) {
            (None, _) => Entry::Unconfigured,
            (Some(_), Some(entry)) => entry.clone(),
            (Some(_), None) => Entry::Pending,
        }
    }

    pub(super) fn insert(&mut self, key: StaffKey, entry: Entry) {
        self.entries.insert(key, entry);
    }

    pub(super) fn contains(&self, key: &StaffKey) -> bool {
        self.entries.contains_key(key)
    }

    /// The employees who are known, in no order.
    pub(super) fn members(&self) -> impl Iterator<Item = &Arc<StaffMember>> {
        self.entries.values().filter_map(|entry| match entry {
            Entry::Member { member, .. } => Some(member),
            _ => None,
        })
    }

    /// How the directory did, and of when the oldest entry is. Nobody to look up means that it was not asked, whoever
    /// the citizen is.
    pub fn state(&self) -> (SourceState, Option<Timestamp>) {
        let read = self.entries.values().filter_map(|entry| match entry {
            Entry::Member { read_at, .. } => Some(*read_at),
            _ => None,
        });
        let as_of = read.min();
        let is_pending = self.entries.values().any(|entry| *entry == Entry::Pending);
        let state = match self.failure {
            _ if self.entries.is_empty() => SourceState::NotConsulted,
            Some(_) if as_of.is_some() => SourceState::Stale,
            Some(SourceErrorKind::TimedOut) => SourceState::TimedOut,
            Some(SourceErrorKind::Malformed | SourceErrorKind::WrongCitizen) => SourceState::Invalid,
            Some(_) => SourceState::Unavailable,
            None if self.unreadable > 0 => SourceState::Invalid,
            None if is_pending => SourceState::TimedOut,
            None if self.has_read => SourceState::Fresh,
            None => SourceState::Cached,
        };
        (state, as_of)
    }

    /// The directory as one of an answer's sources; `None` without a directory. Its rows are nobody's cases: none.
    pub fn status(&self) -> Option<SourceStatus> {
        let id = self.directory.clone()?;
        let (state, as_of) = self.state();
        let unreadable = self.unreadable;
        Some(SourceStatus { state, as_of, failure: self.failure, unreadable, ..SourceStatus::not_consulted(id) })
    }
}
