//! The hand that reads the sources into the index: one in each process, of which one at a time has a source.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use glasplade_adapters::contract::{Clock, Listing, SourceId, danish_day};
use glasplade_adapters::register::{BuildError, Environment};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Taking, due};
use crate::audit::PseudonymKey;
use crate::config::{Config, PollSettings, SourceRow};
use crate::overview::Classifier;
use crate::people::{AliasBook, People};
use crate::random::Random;
use crate::sources::{Source, Sources, Swap};
use crate::target_groups::index::{Changing, FactKey, IndexError, KeyMaker, NumberSeal, Reading, TargetIndex};

/// What the poller is lent.
#[derive(Debug, Clone)]
pub struct PollerLent {
    /// The key of the pseudonyms, from which the index's own are derived.
    pub pseudonyms: Arc<PseudonymKey>,
    /// Former numbers, as the civil register told them.
    pub aliases: Arc<AliasBook>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness: this process's name among those that read, and of its calls.
    pub random: Arc<dyn Random>,
}

/// The poller cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum StartPollError {
    /// The index cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A source, or the person register, cannot be built.
    #[error("build the source `{0}`: failed to {1}")]
    Source(SourceId, BuildError),
    /// The index was written under another key.
    #[error(
        "use the target groups' index: it was written under another pseudonym key; remove the file, and the sources are read anew"
    )]
    AnotherKey,
}

/// How long a turn waits for another process that writes.
const HELD_MAX: Duration = Duration::from_millis(250);

/// How long copies of what was deleted may be left in the file.
const ERASE_EVERY: SignedDuration = SignedDuration::from_hours(20);

/// Told of a source's reading, sorted, and when that reading began.
type ToldOf = (Timestamp, Arc<Vec<u64>>);

/// Reads sources into the index.
pub struct Poller {
    index: Mutex<TargetIndex>,
    config: Config,
    pub(super) settings: PollSettings,
    pub(super) sources: Arc<Sources>,
    pub(super) people: Arc<People>,
    pub(super) classifier: Arc<Classifier>,
    pub(super) pseudonyms: Arc<PseudonymKey>,
    pub(super) keys: KeyMaker,
    pub(super) seal: NumberSeal,
    pub(super) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// This process's name among those that read.
    pub(super) holder: String,
    taking: Mutex<Option<Arc<Taking>>>,
    /// By source: the next question is not asked before this.
    paces: Mutex<HashMap<String, Timestamp>>,
    pub(super) told: Mutex<HashMap<String, ToldOf>>,
    /// By source: the reading that this process sees, since when, and how many rows it had then.
    pub(super) sights: Mutex<HashMap<String, Sight>>,
}

/// A reading as this process first saw it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    pub(super) begun: Timestamp,
    pub(super) at: Timestamp,
    pub(super) rows: u64,
}

impl std::fmt::Debug for Poller {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Poller").field("sources", &self.sources).finish_non_exhaustive()
    }
}

impl Poller {
    /// The poller of a configuration, with its own share of each source.
    ///
    /// # Errors
    /// [`StartPollError`], with what to mend.
    pub fn new(
        config: &Config,
        environment: &Environment,
        index: TargetIndex,
        lent: PollerLent,
    ) -> Result<Self, StartPollError> {
        let config = config.for_reading();
        let classifier = Arc::new(Classifier::new(&config));
        let told = |(id, error)| StartPollError::Source(id, error);
        let sources =
            Sources::new(&config, environment, Arc::clone(&classifier), Arc::clone(&lent.clock), &lent.random);
        let (pseudonyms, aliases) = (Arc::clone(&lent.pseudonyms), Arc::clone(&lent.aliases));
        let (clock, random) = (Arc::clone(&lent.clock), Arc::clone(&lent.random));
        let people = People::new(&config, environment, pseudonyms, aliases, clock, random).map_err(told)?;
        let sources = Arc::new(sources.map_err(told)?);
        Self::with(config, sources, Arc::new(people), index, lent)
    }

    /// The poller over sources and a register of the caller's choice (scripted ones, in tests).
    ///
    /// # Errors
    /// [`StartPollError`], of the index alone.
    pub fn with(
        config: Config,
        sources: Arc<Sources>,
        people: Arc<People>,
        mut index: TargetIndex,
        lent: PollerLent,
    ) -> Result<Self, StartPollError> {
        let keys = KeyMaker::new(&lent.pseudonyms);
        // A turn that finds the index held comes back in a moment, and stops nobody else meanwhile.
        index.wait_at_most(HELD_MAX)?;
        check_key(&mut index, &keys)?;
        Ok(Self {
            index: Mutex::new(index),
            settings: config.service.target_groups.poll,
            classifier: Arc::new(Classifier::new(&config)),
            config,
            sources,
            people,
            keys,
            seal: NumberSeal::new(&lent.pseudonyms),
            pseudonyms: lent.pseudonyms,
            clock: lent.clock,
            holder: crate::hex(&lent.random.bytes16()),
            random: lent.random,
            taking: Mutex::default(),
            paces: Mutex::default(),
            told: Mutex::default(),
            sights: Mutex::default(),
        })
    }

    /// Makes ready the limits of `new`, as the reading's share of them; see `Sources::relimited`.
    ///
    /// # Errors
    /// The first system that cannot be built under its new limits, with its id.
    pub(crate) fn relimited(
        &self,
        (old, new): (&Config, &Config),
        environment: &Environment,
    ) -> Result<Vec<Swap>, (SourceId, BuildError)> {
        let (old, new) = (old.for_reading().sources, new.for_reading().sources);
        let build = |row: &SourceRow| crate::sources::build(row, environment);
        let mut swaps = self.sources.relimited((&old.source, &new.source), build)?;
        if let Some(rows) = old.person_register.as_ref().zip(new.person_register.as_ref()) {
            swaps.extend(self.people.relimited(rows, environment)?);
        }
        Ok(swaps)
    }

    /// The sources that are read for target groups, in the configured order.
    pub fn source_ids(&self) -> Vec<SourceId> {
        let can_be_read = |row: &&SourceRow| self.source(row.id.as_str()).is_some() && row.listing.is_asked();
        self.config.sources.source.iter().filter(can_be_read).map(|row| row.id.clone()).collect()
    }

    /// The sources whose facts are kept, in the configured order: those that are read, and those whose extracts are.
    pub fn kept_ids(&self) -> Vec<SourceId> {
        let read = self.source_ids();
        let is_kept = |row: &&SourceRow| read.contains(&row.id) || row.listing.is_by_extract();
        self.config.sources.source.iter().filter(is_kept).map(|row| row.id.clone()).collect()
    }

    /// Id of the person register; `None` when there is none.
    pub fn register_id(&self) -> Option<&SourceId> {
        self.people.id()
    }

    /// What the rules that are approved today ask for.
    pub fn taking(&self, now: Timestamp) -> Arc<Taking> {
        let today = danish_day(now);
        let mut known = self.taking.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref().filter(|taking| taking.today() == today) {
            Some(taking) => Arc::clone(taking),
            None => Arc::clone(known.insert(Arc::new(Taking::on(today, &self.config)))),
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn row(&self, source: &str) -> Option<&SourceRow> {
        self.config.sources.source.iter().find(|row| row.id.as_str() == source && row.listing.is_asked())
    }

    /// A source that can be listed.
    pub(super) fn source(&self, id: &str) -> Option<&Arc<Source>> {
        self.sources.iter().find(|source| source.id.as_str() == id && source.listing() != Listing::None)
    }

    /// Until when enough questions have been asked.
    pub(super) fn pace(&self, source: &str, per_minute_max: u32, now: Timestamp) -> Option<Timestamp> {
        let paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let next = paces.get(source).filter(|_| per_minute_max > 0)?;
        // A clock that was set back stops nothing for long.
        Some(*next).filter(|next| *next > now && *next <= due::later(now, SignedDuration::from_hours(1)))
    }

    /// So many questions are asked now.
    pub(super) fn count_questions(&self, source: &str, per_minute_max: u32, now: Timestamp, count: usize) {
        if per_minute_max == 0 {
            return;
        }
        let each = SignedDuration::from_micros(60_000_000 / i64::from(per_minute_max));
        let all = each.saturating_mul(i32::try_from(count).unwrap_or(i32::MAX));
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        paces.insert(source.to_owned(), due::later(now, all));
    }

    /// A trace of its own for one question.
    pub(super) fn trace(&self) -> Arc<str> {
        Arc::from(crate::hex(&self.random.bytes16()))
    }

    /// A name for something that is put on record.
    pub(super) fn new_id(&self) -> Uuid {
        self.random.uuid()
    }

    /// Changes the index: all of it, or nothing. Blocks for some milliseconds.
    pub(super) fn change<T>(
        &self,
        work: impl FnOnce(&mut Changing<'_>) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        self.index().change(work)
    }

    /// Reads the index at one moment.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn read<T>(&self, work: impl FnOnce(&Reading<'_>) -> Result<T, IndexError>) -> Result<T, IndexError> {
        self.index().read(work)
    }

    /// Nothing is left of what was deleted. While another process has the index it cannot be done, and is done the next time.
    pub(super) fn erase(&self) -> Result<(), IndexError> {
        // The index is let go before it is changed.
        let erased = self.index().erase();
        match erased {
            Ok(_) => self.change(|change| change.put_state("index", "erased", &self.clock.now())),
            Err(IndexError::Busy) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The same, at most once a day: the whole file is written.
    pub(super) fn erase_daily(&self) -> Result<(), IndexError> {
        let erased: Option<Timestamp> = self.read(|reading| reading.state("index", "erased"))?;
        let age = erased.map(|erased| self.clock.now().duration_since(erased));
        if age.is_some_and(|age| (SignedDuration::ZERO..ERASE_EVERY).contains(&age)) {
            return self.index().checkpoint().map(drop);
        }
        self.erase()
    }

    fn index(&self) -> MutexGuard<'_, TargetIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An index under another key would know every citizen twice.
pub(in crate::target_groups) fn check_key(index: &mut TargetIndex, keys: &KeyMaker) -> Result<(), StartPollError> {
    let mine = keys.fact("", "");
    index.change(|change| match change.state::<FactKey>("index", "key")? {
        Some(known) if known != mine => Err(StartPollError::AnotherKey),
        Some(_) => Ok(()),
        None => Ok(change.put_state("index", "key", &mine)?),
    })
}
