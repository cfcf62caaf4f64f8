//! Consents that a demo starts with. Feature `fakes` only: nobody recorded them, so that their entries name no caller.

use std::path::Path;
use std::sync::Arc;

use super::commit::audited;
use super::ledger::ConsentLedger;
use super::{Consents, Event, NotRecorded};
use crate::audit::Request;
use crate::store::LedgerError;

impl Consents {
    /// Puts on record what the demo's ledger starts with, so that ledger and log can be held against each other.
    ///
    /// # Errors
    /// [`NotRecorded`].
    pub(crate) async fn put_seed_on_record(&self, trace_id: &Arc<str>) -> Result<(), NotRecorded> {
        let request = Request { route: "demo", trace_id: Arc::clone(trace_id) };
        for event in self.all()? {
            let entry = audited(&event, &format!("consent_{}", event.what.word()));
            self.audit().record(&request, None, Some(&event.citizen), entry).await?;
        }
        Ok(())
    }
}

/// Writes these events, if nothing was ever recorded in the file; whether it did.
///
/// # Errors
/// [`LedgerError`].
pub fn seed(path: &Path, events: &[Event]) -> Result<bool, LedgerError> {
    let ledger = ConsentLedger::open(path)?;
    let is_empty = ledger.is_empty()?;
    if is_empty {
        ledger.append(events, None, &[], |_| None)?;
    }
    Ok(is_empty)
}
