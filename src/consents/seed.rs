//! Consents that a demo starts with. Feature `fakes` only: they are not in the audit, since nobody recorded them.

use std::path::Path;

use super::Event;
use super::ledger::ConsentLedger;
use crate::store::LedgerError;

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
