//! The ledger beside the log: each event of it has its entry, with its hash, and each entry its event. [DK] efterprøvning.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::commit::hash;
use super::{ConsentsOfThen, Event};
use crate::audit::AuditEntry;
use crate::store::LedgerError;

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum LedgerFinding {
    /// The log tells of an event that the ledger does not have: it was removed, or the service was killed between the two.
    ConsentEventMissing {
        /// The consent.
        consent: Uuid,
        /// Its event.
        event: Uuid,
    },
    /// The ledger has an event of which the log tells nothing.
    ConsentEventAdded {
        /// The consent.
        consent: Uuid,
        /// Its event.
        event: Uuid,
    },
    /// The ledger's event is not the one that the log tells of, or it cannot be read.
    ConsentEventChanged {
        /// The consent, by the log.
        consent: Uuid,
        /// Its event.
        event: Uuid,
    },
    /// A row of the ledger is no event at all.
    ConsentRowUnreadable {
        /// Its place.
        place: u64,
    },
}

/// One row of the ledger.
#[derive(Debug)]
pub(super) struct LedgerRow {
    pub(super) place: u64,
    /// By its column.
    pub(super) id: Option<Uuid>,
    /// What it says; `None` where that cannot be read, or where its columns, by which it is found, say otherwise.
    pub(super) event: Option<Event>,
}

/// What the log tells of the ledger, taken in entry by entry.
#[derive(Debug, Default)]
pub struct LoggedConsents {
    logged: BTreeMap<Uuid, (Uuid, String)>,
    /// Entries were forgotten, and this is the first moment behind them.
    whole_since: Option<Timestamp>,
    has_forgotten: bool,
    last: Option<Timestamp>,
}

impl LoggedConsents {
    /// Takes in the next entry; `None` is one whose key was destroyed.
    pub fn take(&mut self, entry: Option<&AuditEntry>) {
        let Some(entry) = entry else {
            (self.has_forgotten, self.whole_since) = (true, None);
            return;
        };
        self.last = Some(entry.at);
        if self.has_forgotten {
            self.whole_since.get_or_insert(entry.at);
        }
        let Some(event) = entry.event.as_ref().filter(|event| event.what.starts_with("consent_")) else { return };
        let id = event.facts.get("event").and_then(|id| Uuid::try_parse(id).ok());
        let (Some(id), Some(consent), Some(hash)) = (id, event.id, event.facts.get("sha256")) else { return };
        if event.what == "consent_not_recorded" {
            self.logged.remove(&id);
        } else {
            self.logged.insert(id, (consent, hash.clone()));
        }
    }

    /// What does not fit, both ways. What is older than the entries that were forgotten can no longer be proved; what is
    /// younger than the last entry that was read is not yet.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn compare(mut self, consents: &ConsentsOfThen) -> Result<Vec<LedgerFinding>, LedgerError> {
        let Some(ledger) = consents.ledger() else { return Ok(Vec::new()) };
        let mut findings = Vec::new();
        for row in ledger.rows()? {
            let Some(id) = row.id else {
                findings.push(LedgerFinding::ConsentRowUnreadable { place: row.place });
                continue;
            };
            let logged = self.logged.remove(&id);
            match (logged, row.event) {
                (Some((_, logged)), Some(event)) if logged == hash(&event) => {}
                (Some((consent, _)), _) => findings.push(LedgerFinding::ConsentEventChanged { consent, event: id }),
                (None, Some(event)) if self.cannot_know(event.recorded_at) => {}
                (None, Some(event)) => {
                    findings.push(LedgerFinding::ConsentEventAdded { consent: event.consent, event: id });
                }
                (None, None) => findings.push(LedgerFinding::ConsentRowUnreadable { place: row.place }),
            }
        }
        let missing = self.logged.into_iter();
        findings.extend(missing.map(|(event, (consent, _))| LedgerFinding::ConsentEventMissing { consent, event }));
        Ok(findings)
    }

    fn cannot_know(&self, recorded_at: Timestamp) -> bool {
        let is_forgotten = self.has_forgotten && self.whole_since.is_none_or(|since| recorded_at < since);
        is_forgotten || self.last.is_none_or(|last| recorded_at > last)
    }
}
