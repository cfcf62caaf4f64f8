//! Consents as they stood at a moment that is past, by their own history: for decisions that are made again.

use std::path::Path;

use super::ledger::ConsentLedger;
use super::{Event, What};
use crate::access::ConsentGround;
use crate::audit::ConsentsThen;
use crate::store::LedgerError;

/// The ledger, read for the audit.
#[derive(Debug)]
pub struct ConsentsOfThen(Option<ConsentLedger>);

impl ConsentsOfThen {
    /// The ledger in this file.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        ConsentLedger::open(path).map(|ledger| Self(Some(ledger)))
    }

    /// No ledger: every consent is taken as the entry has it.
    pub fn unchecked() -> Self {
        Self(None)
    }

    /// There is a ledger.
    pub fn is_checked(&self) -> bool {
        self.0.is_some()
    }
}

impl ConsentsThen for ConsentsOfThen {
    fn stood(&self, consent: &ConsentGround, second: i64) -> bool {
        let Some(ledger) = &self.0 else { return true };
        // A ledger that cannot be read proves nothing.
        let Ok(events) = ledger.of_consent(consent.id) else { return false };
        let then: Vec<&Event> = events.iter().filter(|event| event.recorded_at.as_second() <= second).collect();
        let is_over = then.iter().any(|event| {
            matches!(event.what, What::Withdrawn(_) | What::CaseEnded | What::Superseded { .. } | What::Refused(_))
        });
        let is_given = then.iter().any(|event| event.what.is_yes());
        is_given
            && !is_over
            && then.iter().find_map(|event| event.what.terms()).is_some_and(|terms| {
                terms.purpose == consent.purpose
                    && terms.case_ref == consent.case_ref
                    && terms.classes == consent.classes
                    && terms.valid_to == consent.valid_to
                    && second < terms.valid_to.as_second()
                    && terms.from.iter().all(|code| consent.from.contains(code))
                    && consent.to.iter().all(|code| terms.to.contains(code))
                    && consent.categories.iter().all(|code| terms.categories.contains(code))
            })
    }
}
