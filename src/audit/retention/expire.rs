//! The run of a day: holds are put on record, keys whose day has come are destroyed, and the index forgets with them.
//!
//! For each key: on record that it will go, the records under hold keep theirs, the key is destroyed, the index forgets the
//! rows, on record that it is gone. Killed between any two, the next run begins again; what it repeats does no harm.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use glasplade_adapters::contract::danish_day;
use jiff::Timestamp;
use uuid::Uuid;

use super::hold::LockedHolds;
use super::{Holds, Retention, due, kept_from};
use crate::access::Refusal;
use crate::audit::entry::AuditEntry;
use crate::audit::keys::{KeyId, Keys, KeysError, RecordKey, RetentionClass};
use crate::audit::segment::{Broken, Reader, segments};
use crate::audit::{Audit, AuditedEvent, IndexError, Request};

/// What a run has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expired {
    /// The keys that were destroyed.
    pub keys: Vec<KeyId>,
    /// Records that a hold has kept beyond their day in this run.
    pub kept: usize,
}

/// A run could not be finished; the next one begins again.
#[derive(Debug, thiserror::Error)]
pub enum ExpireError {
    /// The folder of keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log could not be read.
    #[error("read the records that a hold may keep")]
    Log(#[from] Broken),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The log takes no entries, so nothing is destroyed.
    #[error("put the deletion on record: the audit cannot be written")]
    Unrecorded,
    /// The work was interrupted.
    #[error("finish the deletion: it was interrupted")]
    Interrupted,
}

impl From<Refusal> for ExpireError {
    fn from(_: Refusal) -> Self {
        Self::Unrecorded
    }
}

impl From<io::Error> for ExpireError {
    fn from(error: io::Error) -> Self {
        Self::Keys(error.into())
    }
}

/// Puts new and lifted holds on record, and forgets what is past its time at `now`.
///
/// # Errors
/// [`ExpireError`]; what was done until then stands.
pub async fn expire(audit: &Arc<Audit>, retention: &Retention, now: Timestamp) -> Result<Expired, ExpireError> {
    record_holds(audit).await?;
    let keys = Arc::clone(audit.log().keys());
    let today = danish_day(now);
    let mut expired = Expired::default();
    for id in keys.sweep()? {
        // A crash came between its end and the record of it; what a hold keeps was counted nowhere, and is kept.
        let done = [("state", "done".to_owned())];
        record(audit, "key_destroyed", None, done.into_iter().chain(facts(id))).await?;
        expired.keys.push(id);
    }
    for id in due(today, retention, &keys.ids()?) {
        record(audit, "key_destroyed", None, [("state", "intended".to_owned())].into_iter().chain(facts(id))).await?;
        let (room, held) = (Arc::clone(audit), Arc::clone(&keys));
        let kept = blocking(move || destroy(&room, &held, id)).await?;
        let done = [("state", "done".to_owned()), ("kept", kept.to_string())];
        record(audit, "key_destroyed", None, done.into_iter().chain(facts(id))).await?;
        expired.keys.push(id);
        expired.kept += kept;
    }
    // Also what an interrupted run, or a lifted hold, has left.
    let (room, retention) = (Arc::clone(audit), *retention);
    blocking(move || {
        let held: Vec<u64> = Holds::read(&keys)?.record_keys().into_keys().collect();
        for class in RetentionClass::ALL {
            room.index().forget(kept_from(today, &retention, class), class, &held)?;
        }
        Ok(())
    })
    .await?;
    Ok(expired)
}

fn facts(id: KeyId) -> [(&'static str, String); 2] {
    [("day", id.day.to_string()), ("class", id.class.as_str().to_owned())]
}

async fn record(
    audit: &Audit,
    what: &str,
    id: Option<Uuid>,
    facts: impl Iterator<Item = (&'static str, String)>,
) -> Result<(), ExpireError> {
    let request = Request { route: "audit", trace_id: Arc::from("-") };
    let facts: BTreeMap<String, String> = facts.map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(audit.record(&request, None, None, AuditedEvent { what: what.to_owned(), id, facts }).await?)
}

/// Tells the log what was done to the holds since the last run; a lifted one is destroyed with what it kept.
async fn record_holds(audit: &Audit) -> Result<(), ExpireError> {
    let keys = audit.log().keys();
    for hold in Holds::read(keys)?.0 {
        let facts = || [("subject", hold.subject.kind().to_owned()), ("reference", hold.reference.clone())].into_iter();
        if !hold.set_recorded {
            record(audit, "hold_set", Some(hold.id), facts()).await?;
        }
        if hold.lifted_at.is_some() {
            record(audit, "hold_lifted", Some(hold.id), facts()).await?;
        }
        Holds::change(keys, |holds| {
            holds.retain(|other| other.id != hold.id || hold.lifted_at.is_none());
            holds.iter_mut().filter(|other| other.id == hold.id).for_each(|other| other.set_recorded = true);
        })?;
    }
    Ok(())
}

/// Destroys a key, after the records under hold were given their own, durable; tells how many there are. Nobody can set a hold
/// meanwhile. Reads the whole log, but only while somebody holds something.
fn destroy(audit: &Audit, keys: &Keys, id: KeyId) -> Result<usize, ExpireError> {
    let mut locked = LockedHolds::take(keys)?;
    let mut kept = 0;
    if locked.holds.iter().any(|hold| hold.lifted_at.is_none()) {
        each_entry(audit, keys, id, |seq, entry, key| {
            let active = locked.holds.iter_mut().filter(|hold| hold.lifted_at.is_none());
            let mut holding = active.filter(|hold| hold.subject.fits(entry)).peekable();
            kept += usize::from(holding.peek().is_some());
            holding.for_each(|hold| hold.keep(seq, key));
        })?;
        locked.save()?;
    }
    keys.destroy(id)?;
    Ok(kept)
}

/// Every entry that is sealed under this key, and the key of its own.
fn each_entry(
    audit: &Audit,
    keys: &Keys,
    id: KeyId,
    mut told: impl FnMut(u64, &AuditEntry, &RecordKey),
) -> Result<(), ExpireError> {
    let directory = audit.log().directory();
    let last = audit.log().durable_seq();
    for name in segments(directory)? {
        let mut reader = Reader::open(&name.path(directory), 0, u64::MAX, name.first_seq)?;
        while reader.next_seq() <= last {
            let seq = reader.next_seq();
            let broken = |flaw| Broken::at(name, seq, flaw);
            let Some(stored) = reader.read_next().map_err(broken)? else { break };
            if stored.leaf.key != id {
                continue;
            }
            let Some(entry) = stored.entry(keys).map_err(broken)? else { continue };
            // What cannot be read is nobody's, and goes with the day.
            let Ok(entry) = serde_json::from_slice::<AuditEntry>(&entry) else { continue };
            if let Some(key) = keys.record_key(&stored.leaf, stored.sealed)? {
                told(seq, &entry, &key);
            }
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ExpireError> + Send + 'static,
) -> Result<T, ExpireError> {
    crate::beside::beside(work).await.map_err(|_| ExpireError::Interrupted)?
}
