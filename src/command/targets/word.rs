//! An operator's word that a source may tell far less than before, and how it comes on record.

use std::sync::Arc;

use glasplade_adapters::contract::{Clock, SystemClock};

use super::employee;
use super::poll::index_path;
use crate::app::{Lent, StartError, open_audit};
use crate::audit::{AuditError, Hand, PseudonymKey};
use crate::command::{Failure, runtime};
use crate::config::{Config, environment};
use crate::random::SystemRandom;
use crate::target_groups::poll::Accepts;
use crate::target_groups::run::record_accepted;

/// The word that was given on the command line, if any.
pub(super) fn accepts(source: Option<&String>, by: Option<&String>) -> Result<Option<Accepts>, Failure> {
    let Some(source) = source else { return Ok(None) };
    Ok(Some(Accepts { source: source.clone(), by: by.map(|by| employee(by)).transpose()? }))
}

/// Puts on record what was accepted, durable when this returns. While a service is at work it has the audit, and does so itself within a
/// minute.
pub(super) fn put_on_record(config: &Config, key: &Arc<PseudonymKey>, clock: &Arc<SystemClock>) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::<SystemClock>::clone(clock);
    let lent =
        Lent { clock: Arc::clone(&clock), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
    let index = index_path(config)?;
    runtime()?.block_on(async {
        let audit = match open_audit(config, &environment(), key, &lent) {
            Ok(audit) => audit,
            Err(StartError::Audit(AuditError::Locked)) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let recorded = record_accepted(&audit, index).await;
        audit.log().close().await;
        recorded.map_err(|error| error.to_string())
    })
}
