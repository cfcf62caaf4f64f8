//! What an operator accepted of a source that shrank is put on record, by whoever holds the audit, before the next list is made.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::asked::NotRun;
use super::room::TargetRuns;
use crate::audit::{Audit, AuditedCaller, AuditedEvent, Request};
use crate::target_groups::index::{IndexError, TargetIndex};
use crate::target_groups::poll::{ACCEPTED, Accepted};

/// The audit's word for it.
const WHAT: &str = "shrinking_accepted";

impl TargetRuns {
    /// [`record_accepted`], of the index of this room.
    ///
    /// # Errors
    /// [`NotRun`]: the audit or the index cannot be used.
    pub async fn record_accepted(&self) -> Result<(), NotRun> {
        match &self.config.service.target_groups.index {
            Some(index) => record_accepted(&self.lent.audit, index).await,
            None => Ok(()),
        }
    }
}

/// Puts on record what was accepted since the last time: of which source, how many facts it had, and how many of them it no longer tells.
/// Killed between the record and its note in the index, the record is written again, under the same id.
///
/// # Errors
/// [`NotRun`]: the audit or the index cannot be used.
pub async fn record_accepted(audit: &Arc<Audit>, index: &Path) -> Result<(), NotRun> {
    let all = changing(index, |index| index.read(Accepted::all)).await?;
    for (id, accepted) in all {
        let Accepted { source, at, by, shrank } = accepted;
        let facts = [
            ("source", source),
            ("facts", shrank.facts.to_string()),
            ("untold", shrank.untold.to_string()),
            ("accepted_at", at.to_string()),
        ];
        let facts: BTreeMap<String, String> = facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect();
        let event = AuditedEvent { what: WHAT.to_owned(), id: id.parse().ok(), facts };
        let by = by.map(|employee| AuditedCaller { employee, ..AuditedCaller::default() });
        let request = Request { route: "glasplade targets --accept-shrinking", trace_id: Arc::from("") };
        audit.record_by(&request, by, None, event).await?;
        changing(index, move |index| index.change(|change| change.drop_state(ACCEPTED, &id).map(drop))).await?;
    }
    Ok(())
}

/// Works on the index, which blocks on the disk.
async fn changing<T: Send + 'static>(
    index: &Path,
    work: impl FnOnce(&mut TargetIndex) -> Result<T, IndexError> + Send + 'static,
) -> Result<T, NotRun> {
    let path = index.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&mut TargetIndex::open(&path)?)).await;
    Ok(done.map_err(|_| NotRun::Broken)??)
}
