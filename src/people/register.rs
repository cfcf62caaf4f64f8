//! The civil register as the house asks it: within its limits, remembered in memory for a while, and never believed when it
//! answers about somebody else.
//!
//! Every entry has the same age limits, whoever it is about: that an answer came from memory tells nothing of the person.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Clock, CprNumber, PersonFacts, Register, SourceError, SourceErrorKind, SourceId};
use glasplade_adapters::register::{self, BuildError, Environment, SourceConfig};
use jiff::Timestamp;

use super::AliasBook;
use crate::audit::{Pseudonym, PseudonymKey};
use crate::config::{CacheAges, Config, PersonRegisterRow};
use crate::overview::{SourceState, SourceStatus};
use crate::random::Random;
use crate::sources::flights::{Flight, Flights};
use crate::sources::line::{Current, Line, LineLimits, Pace, Swap};
use crate::sources::{Freshness, HealthView, Wish, is_younger};
use crate::telemetry::Meters;

/// People in memory at most.
const ENTRIES_MAX: u64 = 50_000;

/// The room: the register, where one is configured, and what it said lately.
#[derive(Debug)]
pub struct People {
    configured: Option<Configured>,
    pub(super) aliases: Arc<AliasBook>,
    pub(super) pseudonyms: Arc<PseudonymKey>,
    pub(super) clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Configured {
    id: SourceId,
    name: String,
    register: Current<Register>,
    line: Line,
    ages: CacheAges,
    no_cache_min_s: u32,
    kept: moka::future::Cache<Pseudonym, Arc<Kept>>,
    flights: Flights<Pseudonym, Arc<Kept>>,
}

/// What the register said about one number, once.
#[derive(Debug)]
pub struct Kept {
    /// The person; `None` when nobody has the number.
    facts: Option<Arc<PersonFacts>>,
    /// When it was read.
    as_of: Timestamp,
}

/// How the register answered about one number: a failure is an answer, too.
#[derive(Debug, Clone)]
pub enum PersonOutcome {
    /// Facts, or that nobody has the number.
    Answered {
        /// What it said.
        kept: Arc<Kept>,
        /// How fresh.
        freshness: Freshness,
    },
    /// Nothing, and whose turn it is.
    Failed {
        /// Whose turn it is.
        kind: SourceErrorKind,
    },
    /// It was not asked, or there is none.
    NotConsulted,
}

impl PersonOutcome {
    /// The person, where the register knows one.
    pub fn facts(&self) -> Option<&Arc<PersonFacts>> {
        match self {
            Self::Answered { kept, .. } => kept.facts.as_ref(),
            Self::Failed { .. } | Self::NotConsulted => None,
        }
    }

    /// The very same answer, as fresh.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NotConsulted, Self::NotConsulted) => true,
            (Self::Answered { kept, freshness }, Self::Answered { kept: other_kept, freshness: other_freshness }) => {
                Arc::ptr_eq(kept, other_kept) && freshness == other_freshness
            }
            _ => false,
        }
    }

    /// The register answered, whatever it said.
    pub fn has_answered(&self) -> bool {
        matches!(self, Self::Answered { .. })
    }

    /// The outcome as the answer tells it.
    pub fn status(&self, id: &SourceId) -> SourceStatus {
        let silent = SourceStatus::not_consulted(id.clone());
        match self {
            Self::NotConsulted => silent,
            Self::Failed { kind } => {
                SourceStatus { state: SourceState::of_failure(*kind), failure: Some(*kind), ..silent }
            }
            Self::Answered { kept, freshness } => {
                let (state, failure) = match freshness {
                    Freshness::Fresh => (SourceState::Fresh, None),
                    Freshness::Cached => (SourceState::Cached, None),
                    Freshness::Stale(kind) => (SourceState::Stale, Some(*kind)),
                };
                let rows = usize::from(kept.facts.is_some());
                SourceStatus { state, as_of: Some(kept.as_of), failure, rows, ..silent }
            }
        }
    }
}

impl People {
    /// The room of a configuration.
    ///
    /// # Errors
    /// The register's id, and what is wrong with its settings.
    pub fn new(
        config: &Config,
        environment: &Environment,
        pseudonyms: Arc<PseudonymKey>,
        aliases: impl Into<Arc<AliasBook>>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, (SourceId, BuildError)> {
        let register = match &config.sources.person_register {
            Some(row) => Some(build(row, environment).map_err(|error| (row.id.clone(), error))?),
            None => None,
        };
        Ok(Self::with_register(config, register, pseudonyms, aliases, clock, random))
    }

    /// The room with a register of the caller's choice (a scripted one, in tests); `None` is none.
    pub fn with_register(
        config: &Config,
        register: Option<Register>,
        pseudonyms: Arc<PseudonymKey>,
        aliases: impl Into<Arc<AliasBook>>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let configured = config.sources.person_register.as_ref().zip(register).map(|(row, register)| {
            let limits = LineLimits::of(&row.connection.limits, row.guard);
            let line = Line::new(row.id.clone(), register.info().kind, limits, Arc::clone(&clock), random);
            let kept = moka::future::Cache::builder()
                .max_capacity(ENTRIES_MAX)
                .time_to_live(Duration::from_secs(row.ages.stale_s.max(row.ages.fresh_s).max(1).into()))
                .build();
            Configured {
                id: row.id.clone(),
                name: row.name.clone(),
                register: Current::new(register),
                line,
                ages: row.ages,
                no_cache_min_s: config.service.cache.no_cache_min_s,
                kept,
                flights: Flights::default(),
            }
        });
        Self { configured, aliases: aliases.into(), pseudonyms, clock }
    }

    /// The book of former numbers.
    pub(crate) fn aliases(&self) -> &Arc<AliasBook> {
        &self.aliases
    }

    /// The register's id; `None` when there is none.
    pub fn id(&self) -> Option<&SourceId> {
        self.configured.as_ref().map(|one| &one.id)
    }

    /// All numbers of whoever has this one, as far as the register has said by now: the pseudonym in force first.
    pub fn known_numbers(&self, number: &CprNumber) -> Vec<Pseudonym> {
        self.aliases.numbers(number).iter().map(|number| self.pseudonyms.of(number)).collect()
    }

    /// Former numbers and those that followed them, as pseudonyms.
    pub fn former_pseudonyms(&self) -> BTreeMap<Pseudonym, Pseudonym> {
        self.aliases.pseudonyms(&self.pseudonyms)
    }

    /// Id, name and health, for the operator.
    pub fn health(&self) -> Option<(&SourceId, &str, HealthView)> {
        self.configured.as_ref().map(|one| (&one.id, one.name.as_str(), one.line.view()))
    }

    /// Makes ready the limits of `new`, where they are others than those of `old`; see `Sources::relimited`.
    ///
    /// # Errors
    /// The register's id, and what is wrong with its settings.
    pub(crate) fn relimited(
        self: &Arc<Self>,
        (old, new): (&PersonRegisterRow, &PersonRegisterRow),
        environment: &Environment,
    ) -> Result<Option<Swap>, (SourceId, BuildError)> {
        if (old.connection.limits, old.guard) == (new.connection.limits, new.guard) {
            return Ok(None);
        }
        let register = build(new, environment).map_err(|error| (new.id.clone(), error))?;
        let (people, limits) = (Arc::clone(self), LineLimits::of(&new.connection.limits, new.guard));
        Ok(Some(Box::new(move || {
            if let Some(one) = &people.configured {
                one.register.replace(register);
                one.line.limit(limits);
            }
        })))
    }

    /// An answer was made from what is remembered here.
    pub(crate) fn told_from_memory(&self) {
        if let Some(one) = &self.configured {
            one.line.health.told_cached();
        }
    }

    /// Times are measured from now on.
    pub(crate) fn measured_by(&self, meters: &Meters) {
        if let Some(one) = &self.configured {
            one.line.health.measured_by(meters.source(one.id.as_str()));
        }
    }

    /// What the register says about `person`: from memory, from a call under way, or from a new one.
    pub(super) async fn obtain(self: &Arc<Self>, person: &CprNumber, wish: &Wish) -> PersonOutcome {
        let Some(one) = &self.configured else { return PersonOutcome::NotConsulted };
        let key = self.pseudonyms.of(person);
        let (known, now) = (one.kept.get(&key).await, self.clock.now());
        let usable_s = if wish.no_cache { one.no_cache_min_s } else { one.ages.fresh_s };
        if let Some(kept) = known.as_ref().filter(|kept| is_younger(kept.as_of, now, usable_s)) {
            if !wish.from_memory {
                one.line.health.told_cached();
            }
            return PersonOutcome::Answered { kept: Arc::clone(kept), freshness: Freshness::Cached };
        }
        if wish.from_memory {
            return std::future::pending().await;
        }
        let flight = self.flight(one, key, *person, wish, known.clone());
        let failure = match tokio::time::timeout_at(wish.deadline.instant(), flight).await {
            Ok(Ok(kept)) => {
                one.line.health.told_fresh();
                return PersonOutcome::Answered { kept, freshness: Freshness::Fresh };
            }
            Ok(Err(kind)) => kind,
            Err(_) => SourceErrorKind::TimedOut,
        };
        if let Some(kept) = known.filter(|kept| is_younger(kept.as_of, self.clock.now(), one.ages.stale_s)) {
            one.line.health.told_stale(self.clock.now().duration_since(kept.as_of).unsigned_abs());
            return PersonOutcome::Answered { kept, freshness: Freshness::Stale(failure) };
        }
        one.line.health.told_nothing();
        PersonOutcome::Failed { kind: failure }
    }

    fn flight(
        self: &Arc<Self>,
        one: &Configured,
        key: Pseudonym,
        person: CprNumber,
        wish: &Wish,
        seen: Option<Arc<Kept>>,
    ) -> Flight<Arc<Kept>> {
        let (house, at_panic, trace_id) = (Arc::clone(self), Arc::clone(self), Arc::clone(&wish.trace_id));
        let no_cache = wish.no_cache;
        let call = move || async move {
            let Some(one) = &house.configured else { return Err(SourceErrorKind::Unsupported) };
            // Between the caller's look into memory and this moment the call of others may have landed: it is theirs.
            let landed = one.kept.get(&key).await.filter(|kept| {
                let usable_s = if no_cache { one.no_cache_min_s } else { one.ages.fresh_s };
                let is_new = seen.as_ref().is_none_or(|seen| !Arc::ptr_eq(seen, kept));
                is_new && is_younger(kept.as_of, house.clock.now(), usable_s)
            });
            if let Some(kept) = landed {
                return Ok(kept);
            }
            let kept = house.look_up(one, &person, &trace_id).await.map_err(|error| error.kind)?;
            one.kept.insert(key, Arc::clone(&kept)).await;
            Ok(kept)
        };
        one.flights.join(key, call, move || match &at_panic.configured {
            Some(one) => one.line.broke_off(),
            None => SourceErrorKind::Unsupported,
        })
    }

    async fn look_up(
        &self,
        one: &Configured,
        person: &CprNumber,
        trace_id: &Arc<str>,
    ) -> Result<Arc<Kept>, SourceError> {
        let (context, register) = (one.line.context(trace_id), one.register.now());
        let facts = one.line.ask(&context, Pace::Waited, |context| register.look_up(context, person)).await?;
        let as_of = self.clock.now();
        if facts.as_ref().is_some_and(|facts| facts.number != *person) {
            let error =
                SourceError::new(SourceErrorKind::WrongCitizen, "look_up", "the answer is about another number");
            one.line.health.failed(&error, as_of);
            one.line.health.wrong_citizen();
            tracing::error!(source.id = %one.id, "the register answered about another citizen");
            return Err(error);
        }
        one.line.health.answered_at(as_of);
        Ok(Arc::new(Kept { facts: facts.map(Arc::new), as_of }))
    }
}

/// Makes the register's adapter; `config check` does the same.
///
/// # Errors
/// What is wrong with its settings.
pub fn build(row: &PersonRegisterRow, environment: &Environment) -> Result<Register, BuildError> {
    register::kind(&row.kind)?.persons(SourceConfig {
        id: row.id.clone(),
        connection: row.connection.clone(),
        settings: row.settings.clone(),
        environment,
    })
}
