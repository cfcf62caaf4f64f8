//! Consents as they stood at a moment that is past, by their own history: for decisions that are made again.

use std::path::Path;

use jiff::Timestamp;
use uuid::Uuid;

use super::in_force::by_consent;
use super::ledger::ConsentLedger;
use super::{Event, Giver, History, What};
use crate::access::ConsentGround;
use crate::audit::{ConsentsThen, Then};
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

    pub(super) fn ledger(&self) -> Option<&ConsentLedger> {
        self.0.as_ref()
    }

    /// There is a ledger.
    pub fn is_checked(&self) -> bool {
        self.0.is_some()
    }
}

impl ConsentsThen for ConsentsOfThen {
    fn stood(&self, consent: &ConsentGround, then: Then<'_>) -> bool {
        let Some(ledger) = &self.0 else { return true };
        // A ledger that cannot be read proves nothing.
        let Ok(events) = ledger.of_citizen_until(then.numbers, then.place) else { return false };
        let consents = by_consent(&events);
        let Some(own) = consents.get(&consent.id) else { return false };
        let is_end = |what: &What| matches!(what, What::Withdrawn(_) | What::CaseEnded | What::Superseded { .. });
        let is_open = !own.iter().any(|event| is_end(&event.what) || event.what.is_no());
        let Some(given) = History(own).yes().map(|one| one.at).max().filter(|_| is_open) else { return false };
        let says_so = History(own).terms().is_some_and(|terms| {
            terms.purpose == consent.purpose
                && terms.case_ref == consent.case_ref
                && terms.classes == consent.classes
                && terms.valid_to == consent.valid_to
                && then.second < terms.valid_to.as_second()
                && terms.from.iter().all(|code| consent.from.contains(code))
                && consent.to.iter().all(|code| terms.to.contains(code))
                && consent.categories.iter().all(|code| terms.categories.contains(code))
        });
        let closes = |(id, events): (&Uuid, &Vec<Event>)| {
            let is_back = |event: &Event| matches!(event.what, What::Withdrawn(_) | What::Superseded { .. });
            *id != consent.id && is_closed_by(consent, given, History(events)) && !events.iter().any(is_back)
        };
        says_so && !consents.iter().any(closes)
    }
}

/// A later no between the same units about one of the same categories. Only an adult's own or a representative's: whether
/// another's counted on that day was for the register to say, and its word of that day is not kept.
fn is_closed_by(consent: &ConsentGround, given: Timestamp, no: History<'_>) -> bool {
    let Some(terms) = no.terms() else { return false };
    let counts = |giver: &Giver| match giver {
        Giver::Citizen => terms.at_recording.was_adult == Some(true),
        Giver::Representative { .. } => true,
        Giver::Custodian { .. } | Giver::Guardian { .. } => false,
    };
    let meets = |one: &[String], other: &[String]| one.iter().any(|code| other.contains(code));
    no.no().any(|one| one.at >= given && one.by.iter().any(counts))
        && meets(&terms.from, &consent.from)
        && meets(&terms.to, &consent.to)
        && meets(&terms.categories, &consent.categories)
}
