//! Who answers an auditor: the index finds, the log tells. For the route and the command line alike. Blocks on the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glasplade_adapters::contract::danish_day;
use serde::Serialize;
use utoipa::ToSchema;

use super::names::Names;
use super::told::ToldEntry;
use super::{LogTree, LookUp, cursor};
use crate::audit::keys::Keys;
use crate::audit::{AuditSearch, Broken, EntryReader, Found, IndexError, Phase, PseudonymKey, Query, State};
use crate::config::Config;

/// The index or the log does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The index does not.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The log has something else there than was written. Nothing is told rather than a part.
    #[error("read the audit log, run `glasplade audit verify`: failed to {0}")]
    Log(#[from] Broken),
    /// What was to be written cannot be.
    #[error("write the answer: {}", .0.kind())]
    Disk(#[from] io::Error),
}

/// One page of look-ups.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page {
    /// The newest first.
    pub look_ups: Vec<LookUp>,
    /// What the next page is asked with; nothing when this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Answers an auditor's questions.
#[derive(Debug)]
pub struct Auditor {
    pub(super) search: AuditSearch,
    directory: PathBuf,
    keys: Arc<Keys>,
    pub(super) key: Arc<PseudonymKey>,
    pub(super) names: Names,
}

impl Auditor {
    /// Over the index, and the log in `directory` with the keys of its entries. Opens a connection of its own, so that a long question of an auditor does
    /// not keep others waiting.
    ///
    /// # Errors
    /// [`IndexError::Database`] when there is no index.
    pub fn open(
        index: &Path,
        (directory, keys): (&Path, Arc<Keys>),
        key: Arc<PseudonymKey>,
        config: &Config,
    ) -> Result<Self, IndexError> {
        let search = AuditSearch::open(index)?;
        Ok(Self { search, directory: directory.to_owned(), keys, key, names: Names::new(config) })
    }

    /// The key of the pseudonyms, which turns a number into what the index knows.
    pub fn key(&self) -> &PseudonymKey {
        &self.key
    }

    /// So many signed records of the log the index does not hold: what is asked now is answered without them. 0 where the log
    /// has no tree that could be asked.
    ///
    /// # Errors
    /// [`Unanswered::Index`].
    pub fn behind(&self) -> Result<u64, Unanswered> {
        let indexed = self.search.indexed()?;
        Ok(LogTree::of(&self.directory).signed().unwrap_or_default().saturating_sub(indexed))
    }

    /// The cursor of a text that [`Page::next`] gave.
    pub fn cursor(text: &str) -> Option<crate::audit::Cursor> {
        cursor::read(text)
    }

    /// The look-ups that fit, and how to go on.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub fn search(&self, query: &Query) -> Result<Page, Unanswered> {
        let limit = if query.limit == 0 { Query::LIMIT_DEFAULT } else { query.limit.min(Query::LIMIT_MAX - 1) };
        let mut found = self.search.search(&Query { limit: limit + 1, ..query.clone() })?;
        let is_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| is_more).map(|last| cursor::write(last.cursor()));
        Ok(Page { look_ups: self.told(&found)?, next })
    }

    /// What the log tells of these, in their order.
    pub(super) fn told(&self, found: &[Found]) -> Result<Vec<LookUp>, Unanswered> {
        let mut reader = self.reader();
        found.iter().map(|one| tell(&mut reader, one)).collect()
    }

    /// A reader of the log, for those who go through much of it.
    pub(super) fn reader(&self) -> EntryReader {
        EntryReader::new(&self.directory, Arc::clone(&self.keys))
    }
}

/// What the log tells of one.
pub(super) fn tell(reader: &mut EntryReader, found: &Found) -> Result<LookUp, Unanswered> {
    // What a completed look-up said when it was begun stands in its last entry, too: the first is not taken apart.
    if let ([first, last], State::Completed) = (&found.places[..], found.state) {
        // Entries of one day lie under one key: where the last is there, the first is not forgotten.
        let day = danish_day(found.at);
        let is_first_there = found.ended.is_some_and(|ended| danish_day(ended) == day) || reader.is_there(first)?;
        let last = reader.read_as(last)?;
        if let (true, Some(ToldEntry { phase: Phase::Completed, .. })) = (is_first_there, &last) {
            return Ok(LookUp::fold(found, vec![last]));
        }
    }
    tell_whole(reader, found)
}

/// The same from every entry.
fn tell_whole(reader: &mut EntryReader, found: &Found) -> Result<LookUp, Unanswered> {
    let entries = found.places.iter().map(|place| reader.read_as(place)).collect::<Result<_, _>>()?;
    Ok(LookUp::fold(found, entries))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::audit::testing::{self, Scratch};
    use crate::audit::{AuditEntry, AuditIndex, AuditLog, IndexSettings};

    /// What a completed look-up says by its last entry alone is what all its entries say.
    #[tokio::test]
    async fn the_short_way_tells_what_the_long_way_tells() {
        let scratch = Scratch::new();
        let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
        let key = Arc::new(PseudonymKey::new(&[7; 32]).expect("32 bytes"));
        let index = AuditIndex::open(&scratch.index(), &log, IndexSettings::new(key)).expect("the index opens");
        let mut waiting = Vec::new();
        for number in 1..=40 {
            let end = testing::full_entry(number);
            let begun = AuditEntry {
                phase: Phase::Intended,
                shown: Vec::new(),
                sources: Vec::new(),
                decided: None,
                decision: None,
                withheld: std::collections::BTreeMap::new(),
                body_hash: None,
                status: None,
                ..end.clone()
            };
            let end = AuditEntry { at: begun.at + SignedDuration::from_millis(7), phase: Phase::Completed, ..end };
            let _receipt = log.append(&begun).await.expect("the disk is fine");
            // Many are under way at once: an entry lies far from the one that it ends.
            waiting.push(end);
            if number % 8 == 0 {
                for end in waiting.drain(..) {
                    let _receipt = log.append(&end).await.expect("the disk is fine");
                }
            }
        }
        assert!(index.caught_up());
        let found = index.search(&Query { limit: 100, ..Query::default() }).expect("a search");
        assert_eq!((found.len(), found.iter().filter(|one| one.state == State::Completed).count()), (40, 40));
        let reader = || EntryReader::new(&scratch.log(), Arc::new(scratch.keys()));
        let (mut one_way, mut other_way) = (reader(), reader());
        for one in &found {
            let short = tell(&mut one_way, one).expect("whole");
            assert!(short == tell_whole(&mut other_way, one).expect("whole"), "{short:?}");
            assert!(!short.shown.is_empty() && short.body_hash.is_some());
        }
    }
}
