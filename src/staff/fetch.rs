//! One batch: asked for once, whoever wants one of its employees meanwhile, and checked to be about who was asked for.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use glasplade_adapters::contract::{SourceErrorKind, StaffAnswer, StaffKey, StaffMember};
use jiff::Timestamp;

use super::directory::Catalogue;
use super::memory::Kept;
use crate::access::EmployeeId;
use crate::sources::flights::Flight;
use crate::sources::line::Pace;

/// What one fetch read: who was found, under every key that names the employee.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) found: HashMap<StaffKey, Arc<StaffMember>>,
    pub(super) read_at: Timestamp,
    pub(super) unreadable: u32,
}

/// Employees whom one fetch asks for at most; the others are read by the answers that follow.
const KEYS_PER_FETCH_MAX: usize = 500;

impl Catalogue {
    /// The fetches in which `keys` are read: those under way, and a new one for the rest.
    pub(super) fn flights(
        self: &Arc<Self>,
        keys: &[StaffKey],
        trace_id: &Arc<str>,
    ) -> Vec<(StaffKey, Flight<Arc<Batch>>)> {
        let (house, at_panic, trace_id) = (Arc::clone(self), Arc::clone(self), Arc::clone(trace_id));
        let fetch = move |keys: Vec<StaffKey>| async move {
            let answer = house.look_up(&keys, &trace_id).await;
            house.remember(&keys, &answer).await;
            answer
        };
        self.flights.join_all(keys, KEYS_PER_FETCH_MAX, fetch, move || at_panic.line.broke_off())
    }

    async fn look_up(&self, keys: &[StaffKey], trace_id: &Arc<str>) -> Result<Arc<Batch>, SourceErrorKind> {
        let (context, adapter) = (self.line.context(trace_id), self.adapter.now());
        let answer = self.line.ask(&context, Pace::Waited, |context| adapter.resolve(context, keys)).await;
        let batch = checked(answer.map_err(|error| error.kind)?, keys, self.clock.now());
        self.line.health.answered_in_part(batch.unreadable, batch.read_at);
        if batch.unreadable > 0 {
            tracing::warn!(source.id = %self.id, unreadable = batch.unreadable, "directory answered in part");
        }
        Ok(Arc::new(batch))
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
