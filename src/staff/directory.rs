//! The configured directory, and what an answer gets to know of the employees that it names.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use glasplade_adapters::contract::{Clock, Directory, SourceErrorKind, SourceId, StaffKey};
use glasplade_adapters::register::{self, BuildError, Environment, SourceConfig};

use super::fetch::Batch;
use super::memory::{Kept, Memory, Remembered};
use super::{Entry, Known};
use crate::config::StaffDirectoryRow;
use crate::random::Random;
use crate::sources::flights::{Flight, Flights};
use crate::sources::line::{Current, Line, LineLimits, Swap};
use crate::sources::{Deadline, HealthView};
use crate::telemetry::Meters;

/// Who the employees are. Shared by all requests.
#[derive(Debug, Default)]
pub struct Staff {
    catalogue: Option<Arc<Catalogue>>,
}

/// The directory and what it said.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) id: SourceId,
    name: String,
    pub(super) adapter: Current<Directory>,
    pub(super) line: Line,
    pub(super) memory: Memory,
    pub(super) flights: Flights<StaffKey, Arc<Batch>>,
    wait: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

/// Makes the directory's adapter; a check of the configuration does the same.
///
/// # Errors
/// What is wrong with its settings.
pub fn build(row: &StaffDirectoryRow, environment: &Environment) -> Result<Directory, BuildError> {
    let kind = register::kind(&row.kind)?;
    kind.staff(SourceConfig {
        id: row.id.clone(),
        connection: row.connection.clone(),
        settings: row.settings.clone(),
        environment,
    })
}

impl Staff {
    /// The directory of a configuration, read by `adapter` (a scripted one, in tests).
    pub fn new(row: &StaffDirectoryRow, adapter: Directory, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let limits = LineLimits::of(&row.connection.limits, row.guard);
        let line = Line::new(row.id.clone(), adapter.info().kind, limits, Arc::clone(&clock), random);
        let catalogue = Catalogue {
            id: row.id.clone(),
            name: row.name.clone(),
            adapter: Current::new(adapter),
            line,
            memory: Memory::new(row.ages, row.entries_max),
            flights: Flights::default(),
            wait: Duration::from_millis(row.wait_ms),
            clock,
        };
        Self { catalogue: Some(Arc::new(catalogue)) }
    }

    /// Without a directory.
    pub fn unconfigured() -> Self {
        Self::default()
    }

    /// Id and name of the directory, if there is one.
    pub fn directory(&self) -> Option<(&SourceId, &str)> {
        self.catalogue.as_ref().map(|catalogue| (&catalogue.id, catalogue.name.as_str()))
    }

    /// How the directory does, for the operator.
    pub fn health(&self) -> Option<HealthView> {
        self.catalogue.as_ref().map(|catalogue| catalogue.line.view())
    }

    /// Makes ready the limits of `new`, where they are others than those of `old`; see `Sources::relimited`.
    ///
    /// # Errors
    /// The directory's id, and what is wrong with its settings.
    pub(crate) fn relimited(
        &self,
        (old, new): (&StaffDirectoryRow, &StaffDirectoryRow),
        environment: &Environment,
    ) -> Result<Option<Swap>, (SourceId, BuildError)> {
        let is_same = (old.connection.limits, old.guard) == (new.connection.limits, new.guard);
        let Some(catalogue) = self.catalogue.clone().filter(|_| !is_same) else { return Ok(None) };
        let adapter = build(new, environment).map_err(|error| (new.id.clone(), error))?;
        let limits = LineLimits::of(&new.connection.limits, new.guard);
        Ok(Some(Box::new(move || {
            catalogue.adapter.replace(adapter);
            catalogue.line.limit(limits);
        })))
    }

    /// Times are measured from now on.
    pub(crate) fn measured_by(&self, meters: &Meters) {
        if let Some(catalogue) = &self.catalogue {
            catalogue.line.health.measured_by(meters.source(catalogue.id.as_str()));
        }
    }

    /// What is known of the employees behind `keys`, and of their stand-ins. What is in memory comes at once; what is
    /// missing is waited for within the directory's `wait_ms`, and never past `deadline`. Never fails.
    pub async fn know(&self, keys: &[StaffKey], trace_id: &Arc<str>, deadline: Deadline) -> Known {
        let Some(catalogue) = &self.catalogue else { return Known::unconfigured() };
        let until = deadline.min(Deadline::after(catalogue.wait));
        let mut known = Known::told(catalogue.id.clone(), []);
        let wanted: BTreeSet<StaffKey> = keys.iter().cloned().collect();
        catalogue.learn(&mut known, wanted, BTreeSet::new(), trace_id, until).await;
        let users = |of: fn(&glasplade_adapters::contract::StaffMember) -> Option<uuid::Uuid>| -> BTreeSet<StaffKey> {
            known.members().filter_map(|member| of(member)).map(StaffKey::User).collect()
        };
        // Nobody waits for a leader: no answer shows one.
        let (stand_ins, leaders) = (users(|member| member.stand_in), users(|member| member.leader));
        catalogue.learn(&mut known, stand_ins, leaders, trace_id, until).await;
        known
    }
}

impl Catalogue {
    /// Adds what is known of `wanted`; `besides` is read along, and nobody waits for it.
    async fn learn(
        self: &Arc<Self>,
        known: &mut Known,
        wanted: BTreeSet<StaffKey>,
        besides: BTreeSet<StaffKey>,
        trace_id: &Arc<str>,
        until: Deadline,
    ) {
        let now = self.clock.now();
        let (mut missing, mut to_read) = (BTreeSet::new(), Vec::new());
        for key in wanted {
            if known.contains(&key) {
                continue;
            }
            let entry = match self.memory.recall(&key, now).await {
                Remembered::Fresh(kept) => entry(kept, false),
                Remembered::Aged(kept) => {
                    match self.memory.failure(&key, now).await {
                        Some(kind) => known.failure = Some(kind),
                        None => to_read.push(key.clone()),
                    }
                    entry(kept, true)
                }
                Remembered::Failed(kind) => {
                    known.failure = Some(kind);
                    Entry::Unavailable
                }
                Remembered::Missing => {
                    missing.insert(key.clone());
                    to_read.push(key.clone());
                    Entry::Pending
                }
            };
            known.insert(key, entry);
        }
        for key in besides {
            let is_due = matches!(self.memory.recall(&key, now).await, Remembered::Aged(_) | Remembered::Missing);
            if is_due && self.memory.failure(&key, now).await.is_none() && !to_read.contains(&key) {
                to_read.push(key);
            }
        }
        if to_read.is_empty() {
            return;
        }
        let flights = self.flights(&to_read, trace_id);
        let awaited = flights.into_iter().filter(|(key, _)| missing.contains(key));
        let landed = join_all(awaited.map(|(key, flight)| land(key, flight, until))).await;
        for (key, answer) in landed {
            match answer {
                Some(Ok(batch)) => known.take(key, &batch),
                Some(Err(kind)) => {
                    known.failure = Some(kind);
                    known.insert(key, Entry::Unavailable);
                }
                None => {}
            }
        }
    }
}

/// The fetch's answer, or nothing when the time is up. The fetch goes on.
async fn land(
    key: StaffKey,
    flight: Flight<Arc<Batch>>,
    until: Deadline,
) -> (StaffKey, Option<Result<Arc<Batch>, SourceErrorKind>>) {
    let answer = tokio::time::timeout_at(until.instant(), flight).await;
    (key, answer.ok())
}

fn entry(kept: Kept, aged: bool) -> Entry {
    match kept.member {
        Some(member) => Entry::Member { member, read_at: kept.read_at, aged },
        None => Entry::NotInDirectory,
    }
}

impl Known {
    /// What a fetch told of `key`.
    fn take(&mut self, key: StaffKey, batch: &Batch) {
        self.has_read = true;
        let entry = match batch.found.get(&key) {
            Some(member) => Entry::Member { member: Arc::clone(member), read_at: batch.read_at, aged: false },
            // Which of them could not be read is not told: none of them is known to be unknown.
            None if batch.unreadable > 0 => Entry::Unavailable,
            None => Entry::NotInDirectory,
        };
        self.unreadable = self.unreadable.max(batch.unreadable);
        self.insert(key, entry);
    }
}
