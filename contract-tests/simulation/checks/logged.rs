//! Whatever a caller received a byte of was on record, safe from a crash, before.

use glasplade::audit::{AuditEntry, Phase};
use glasplade::demo::handles::HANDLES;
use http::StatusCode;

use super::answer::events;
use crate::caller::Told;
use crate::people::CALLERS;
use crate::trace::sha256;

/// What is not on record as it came.
pub(super) fn unlogged(told: &Told, entries: &[(u64, AuditEntry)]) -> Option<String> {
    if told.status != StatusCode::OK {
        return None;
    }
    let wrong = |what: &str| Some(format!("{}: {what}", told.name()));
    let of_this = || entries.iter().filter(|(_, entry)| entry.trace_id.as_deref() == Some(&told.ask.trace));
    let employee =
        HANDLES.iter().find(|handle| handle.name == CALLERS[told.ask.caller].0).map(|handle| handle.employee);
    let is_theirs = |entry: &AuditEntry| entry.caller.as_ref().map(|caller| &*caller.employee) == employee;
    if !of_this().all(|(_, entry)| is_theirs(entry)) {
        return wrong("on record as somebody else's");
    }
    let completed = of_this().find(|(_, entry)| entry.phase == Phase::Completed);
    let body = if told.ask.streamed {
        let text = String::from_utf8_lossy(&told.body);
        let came = events(&text);
        let parts = came.iter().filter(|(name, _)| *name == "items").count();
        let safe = of_this().filter(|(seq, entry)| entry.phase == Phase::Event && *seq <= told.safe.1).count();
        if parts > safe {
            return wrong("parts came that were not on record");
        }
        match came.iter().find(|(name, _)| *name == "overview") {
            Some((_, overview)) => overview.as_bytes().to_vec(),
            None => return None,
        }
    } else {
        told.body.to_vec()
    };
    let Some((seq, completed)) = completed else { return wrong("not on record") };
    if *seq > if told.ask.streamed { told.safe.1 } else { told.safe.0 } {
        return wrong("on record after its first byte");
    }
    let hash = sha256(&body);
    let is_whole = told.ended.is_some() || told.ask.streamed;
    (is_whole && completed.body_hash.as_deref() != Some(&*hash))
        .then(|| format!("{}: other bytes are on record", told.name()))
}
