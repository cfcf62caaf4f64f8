//! One change of the ledger: the audit first, then the file; a client that hangs up in between stops nothing.

use std::sync::Arc;

use aws_lc_rs::digest;
use uuid::Uuid;

use super::in_force::by_consent;
use super::ledger::{ConsentLedger, RequestKey};
use super::{Event, NotRecorded, Terms, What};
use crate::access::Caller;
use crate::audit::{Audit, AuditedEvent, Pseudonym, Request};
use crate::beside::beside;

/// Events that are to be recorded together, and by whom.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) ledger: Arc<ConsentLedger>,
    pub(super) audit: Arc<Audit>,
    pub(super) request: Request,
    pub(super) caller: Caller,
    pub(super) events: Vec<Event>,
    pub(super) key: Option<RequestKey>,
    /// Of a new consent: the citizen's numbers, and the consent in whose place it stands.
    pub(super) new: Option<(Vec<Pseudonym>, Option<Uuid>)>,
}

impl Commit {
    /// Records them, in a task of its own; the consent that says the same where there is one already: then nothing was.
    ///
    /// # Errors
    /// [`NotRecorded`]: an entry whose event did not come about is followed by one that says so.
    #[expect(clippy::disallowed_methods, reason = "whoever hangs up must not leave an entry without its event")]
    pub(super) async fn run(self) -> Result<Option<Uuid>, NotRecorded> {
        tokio::spawn(self.steps()).await.expect("a commit does not panic, and outlives its request")
    }

    async fn steps(self) -> Result<Option<Uuid>, NotRecorded> {
        for event in &self.events {
            self.put(event, &format!("consent_{}", event.what.word())).await?;
        }
        let this = Arc::new(self);
        let work = Arc::clone(&this);
        // A commit waits for the disk, perhaps for another process: not on a thread that serves others.
        let written = beside(move || {
            let twin = |known: &[Event]| {
                let (_, instead_of) = work.new.as_ref()?;
                twin_of(known, &work.events[0], *instead_of)
            };
            let numbers = work.new.as_ref().map_or(&[][..], |(numbers, _)| numbers);
            work.ledger.append(&work.events, work.key.as_ref(), numbers, twin)
        });
        let written = written.await.expect("appending to a ledger does not panic");
        if let Err(error) = &written {
            tracing::error!(%error, "a consent could not be recorded");
        }
        if !matches!(written, Ok(None)) {
            for event in &this.events {
                this.put(event, "consent_not_recorded").await?;
            }
        }
        Ok(written?)
    }

    async fn put(&self, event: &Event, what: &str) -> Result<(), NotRecorded> {
        let entry = audited(event, what);
        Ok(self.audit.record(&self.request, Some(&self.caller), Some(&event.citizen), entry).await?)
    }
}

/// The entry of an event: what, of which consent, and the hash of the whole of it, so that the ledger can be proved later.
pub(super) fn audited(event: &Event, what: &str) -> AuditedEvent {
    let facts = [("event".to_owned(), event.id.to_string()), ("sha256".to_owned(), hash(event))];
    AuditedEvent { what: what.to_owned(), id: Some(event.consent), facts: facts.into() }
}

/// SHA-256 of an event as the ledger keeps it, in hexadecimal.
pub(super) fn hash(event: &Event) -> String {
    let body = serde_json::to_vec(event).expect("an event holds nothing that JSON cannot");
    crate::hex(digest::digest(&digest::SHA256, &body).as_ref())
}

/// A consent among these that still stands as it was recorded, by the same unit and with the same answer to the same terms.
/// Where the new one would stand in another's place, that one must do so already.
pub(super) fn twin_of(known: &[Event], new: &Event, instead_of: Option<Uuid>) -> Option<Uuid> {
    let is_over = |event: &Event| {
        matches!(event.what, What::Withdrawn(_) | What::Superseded { .. } | What::CaseEnded | What::Declined(_))
    };
    let replaces = |twin: Uuid, old: Uuid| {
        known.iter().any(|event| event.consent == old && event.what == What::Superseded { by: twin })
    };
    let is_twin = |(id, events): &(Uuid, Vec<Event>)| {
        events.first().is_some_and(|first| says_the_same(first, new))
            && !events.iter().any(is_over)
            && instead_of.is_none_or(|old| replaces(*id, old))
    };
    by_consent(known).into_iter().find(is_twin).map(|(id, _)| id)
}

fn says_the_same(one: &Event, other: &Event) -> bool {
    // What the register said on the day is none of the citizen's words.
    let same = |one: &Terms, other: &Terms| {
        let other = Terms { at_recording: one.at_recording, ..other.clone() };
        *one == other
    };
    let is_same = match (&one.what, &other.what) {
        (What::Requested(one), What::Requested(other))
        | (What::Given(one), What::Given(other))
        | (What::Refused(one), What::Refused(other)) => same(one, other),
        _ => false,
    };
    is_same && one.recorded_by.unit == other.recorded_by.unit
}
