//! Around each batch: span, one retry on "unavailable", time limit, then the check that the answer is about who was asked
//! for. One fetch serves everybody who asks for the same employee meanwhile, and outlives the answer that began it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use glasplade_adapters::contract::{
    CallContext, SourceError, SourceErrorKind, StaffAnswer, StaffKey, StaffMember, TraceContext,
};
use jiff::Timestamp;
use tracing::Instrument as _;

use super::directory::Catalogue;
use super::memory::Kept;
use crate::access::EmployeeId;
use crate::sources::Deadline;

/// What one fetch read: who was found, under every key that names the employee.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) found: HashMap<StaffKey, Arc<StaffMember>>,
    pub(super) read_at: Timestamp,
    pub(super) unreadable: u32,
}

pub(super) type Flight = Shared<BoxFuture<'static, Result<Arc<Batch>, SourceErrorKind>>>;
pub(super) type Flights = Arc<Mutex<HashMap<StaffKey, Flight>>>;

/// A second try begins after at most this.
const RETRY_JITTER_MAX: Duration = Duration::from_millis(50);

/// Employees whom one fetch asks for at most; the others are read by the answers that follow.
const KEYS_PER_FETCH_MAX: usize = 500;

impl Catalogue {
    /// The fetches in which `keys` are read: those under way, and a new one for the rest.
    #[expect(
        clippy::disallowed_methods,
        reason = "a fetch outlives the answer that began it, within the directory's limit"
    )]
    pub(super) fn flights(self: &Arc<Self>, keys: &[StaffKey], trace_id: &Arc<str>) -> Vec<(StaffKey, Flight)> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let is_under_way = |key: &&StaffKey| flights.contains_key(*key);
        let (known, new): (Vec<&StaffKey>, Vec<&StaffKey>) = keys.iter().partition(is_under_way);
        let mut joined: Vec<(StaffKey, Flight)> =
            known.into_iter().filter_map(|key| Some((key.clone(), flights.get(key)?.clone()))).collect();
        let new: Vec<StaffKey> = new.into_iter().take(KEYS_PER_FETCH_MAX).cloned().collect();
        if new.is_empty() {
            return joined;
        }
        let landing = Landing { keys: new.clone(), flights: Arc::clone(&self.flights) };
        let (house, trace_id) = (Arc::clone(self), Arc::clone(trace_id));
        let task = tokio::spawn(async move {
            // A panic in an adapter is a bug of ours; the overview stands without the directory.
            let look_up = std::panic::AssertUnwindSafe(house.look_up(&landing.keys, trace_id));
            let answer = look_up.catch_unwind().await.unwrap_or_else(|_| Err(house.broke_off()));
            house.remember(&landing.keys, &answer).await;
            drop(landing);
            answer
        });
        let flight = task.map(|joined| joined.unwrap_or(Err(SourceErrorKind::Malformed)));
        let flight: Flight = flight.boxed().shared();
        for key in new {
            flights.insert(key.clone(), flight.clone());
            joined.push((key, flight.clone()));
        }
        joined
    }

    async fn look_up(&self, keys: &[StaffKey], trace_id: Arc<str>) -> Result<Arc<Batch>, SourceErrorKind> {
        let context = CallContext {
            deadline: Deadline::after(self.fetch_timeout).instant(),
            clock: Arc::clone(&self.clock),
            trace: TraceContext { trace_id, span_id: Arc::from(crate::hex(&self.random.bytes16()[..8])) },
            transaction: self.random.uuid(),
        };
        let span = tracing::info_span!("staff.resolve", source.id = %self.id, source.kind = self.adapter.info().kind);
        self.health.asked();
        let answer = self.try_twice(&context, keys).instrument(span).await;
        let now = self.clock.now();
        match answer {
            Ok(answer) => {
                let batch = checked(answer, keys, now);
                self.health.answered(batch.unreadable, now);
                if batch.unreadable > 0 {
                    tracing::warn!(source.id = %self.id, unreadable = batch.unreadable, "directory answered in part");
                }
                Ok(Arc::new(batch))
            }
            Err(error) => {
                self.health.failed(&error, now);
                tracing::warn!(
                    source.id = %self.id, kind = ?error.kind, operation = error.operation, detail = %error.detail,
                    "directory did not answer"
                );
                Err(error.kind)
            }
        }
    }

    fn broke_off(&self) -> SourceErrorKind {
        let error = SourceError::malformed("resolve", "the adapter broke off");
        self.health.failed(&error, self.clock.now());
        tracing::error!(source.id = %self.id, "an adapter broke off");
        error.kind
    }

    /// The time limit lies inside the retry, as for every source.
    async fn try_twice(&self, context: &CallContext, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        match self.once(context, keys).await {
            Err(error) if error.kind.is_transient() => {
                self.health.retried();
                self.jitter().await;
                self.once(context, keys).await
            }
            other => other,
        }
    }

    async fn once(&self, context: &CallContext, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        let late = |_| SourceError::new(SourceErrorKind::TimedOut, "resolve", "no answer within the time limit");
        tokio::time::timeout_at(context.deadline, self.adapter.resolve(context, keys)).await.map_err(late)?
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one retry waits a little, so that replicas do not return in step"
    )]
    async fn jitter(&self) {
        let mut byte = [0_u8; 1];
        self.random.fill(&mut byte);
        tokio::time::sleep(RETRY_JITTER_MAX * u32::from(byte[0]) / 255).await;
    }

    async fn remember(&self, keys: &[StaffKey], answer: &Result<Arc<Batch>, SourceErrorKind>) {
        let batch = match answer {
            Ok(batch) => batch,
            Err(kind) => {
                let now = self.clock.now();
                for key in keys {
                    self.memory.keep_failure(key.clone(), *kind, now).await;
                }
                return;
            }
        };
        for (key, member) in &batch.found {
            let kept = Kept { member: Some(Arc::clone(member)), read_at: batch.read_at };
            self.memory.keep(key.clone(), kept).await;
        }
        for key in keys.iter().filter(|key| !batch.found.contains_key(*key)) {
            // Which of them could not be read is not told: none of them is known to be unknown.
            if batch.unreadable > 0 {
                self.memory.keep_failure(key.clone(), SourceErrorKind::Malformed, batch.read_at).await;
            } else {
                self.memory.keep(key.clone(), Kept { member: None, read_at: batch.read_at }).await;
            }
        }
    }
}

/// Directory data is never trusted for identity: an entry that nobody asked for is dropped, and so is one that names
/// somebody else than the key it stands under. An employee is found under the id and the user, whichever was asked for.
fn checked(answer: StaffAnswer, asked: &[StaffKey], read_at: Timestamp) -> Batch {
    let asked: BTreeSet<&StaffKey> = asked.iter().collect();
    let mut batch = Batch { found: HashMap::new(), read_at, unreadable: answer.unreadable };
    let mut other_keys: Vec<(StaffKey, Arc<StaffMember>)> = Vec::new();
    for (key, member) in answer.found {
        let own_id = member.employee_id.as_deref().and_then(EmployeeId::parse).map(|id| Arc::<str>::from(id.as_str()));
        let is_whom_it_names = match &key {
            StaffKey::User(user) => *user == member.user,
            StaffKey::Employee(id) => own_id.as_ref().is_none_or(|own| own == id),
        };
        if !asked.contains(&key) || !is_whom_it_names || batch.found.contains_key(&key) {
            batch.unreadable += 1;
            continue;
        }
        let member = Arc::new(member);
        other_keys.push((StaffKey::User(member.user), Arc::clone(&member)));
        other_keys.extend(own_id.map(|id| (StaffKey::Employee(id), Arc::clone(&member))));
        batch.found.insert(key, member);
    }
    for (key, member) in other_keys {
        batch.found.entry(key).or_insert(member);
    }
    batch
}

/// Takes the fetch off the board when it ends, a panic included.
struct Landing {
    keys: Vec<StaffKey>,
    flights: Flights,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &self.keys {
            flights.remove(key);
        }
    }
}
