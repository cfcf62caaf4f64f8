//! Which emergencies somebody sees: leaders those of their own staff, the auditor all, nobody their own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Emergencies;
use super::book::{Appended, Selection};
use super::event::{Emergency, Escalation, Event, JudgementState, NoticeState, What};
use super::judging::audited;
use super::leader::Judges;
use super::opening::unusable;
use crate::access::{Caller, Refusal};
use crate::audit::{AuditedEvent, Pseudonym, Request};
use crate::sources::Deadline;

/// What is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Judgements in this state only.
    pub judgement: Option<JudgementState>,
    /// Notices in this state only.
    pub notice: Option<NoticeState>,
    /// About this citizen only.
    pub citizen: Option<Pseudonym>,
    /// Older than this one: the next page.
    pub before: Option<Uuid>,
    /// So many at most.
    pub limit: usize,
}

/// One emergency in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// It.
    pub emergency: Emergency,
    /// Where its judgement stands.
    pub judgement: JudgementState,
    /// Where its notice stands.
    pub notice: NoticeState,
    /// The viewer is the one who judges it.
    pub is_yours: bool,
}

impl Listed {
    pub(super) fn new(emergency: Emergency, now: Timestamp, is_yours: bool) -> Self {
        let (judgement, notice) = (emergency.judgement_state(now), emergency.notice_state(now));
        Self { emergency, judgement, notice, is_yours }
    }
}

/// A list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Newest first.
    pub listed: Vec<Listed>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Uuid>,
    /// The directory did not say who judges some of them: asking again in a moment tells more.
    pub is_incomplete: bool,
}

/// How many are read at once, and how many are read at most for one page.
const BATCH: usize = 200;
const READ_MAX: usize = 2_000;

impl Emergencies {
    /// What this caller sees, newest first. That it was asked stands in the audit before anything is told.
    ///
    /// # Errors
    /// [`Refusal::EmergencyUnavailable`], [`Refusal::AuditUnavailable`].
    pub async fn list(
        &self,
        (viewer, request): (&Caller, &Request),
        wanted: &Wanted,
        deadline: Deadline,
    ) -> Result<Page, Refusal> {
        self.book()?;
        self.audit.record(request, Some(viewer), wanted.citizen.as_ref(), asked(wanted)).await?;
        self.escalate_overdue(request).await?;
        let now = self.clock.now();
        let mut page = Page { next: wanted.before, ..Page::default() };
        let mut read = 0;
        while page.listed.len() < wanted.limit && read < READ_MAX {
            let batch = self.batch(wanted, page.next)?;
            let is_last = batch.len() < BATCH;
            read += batch.len();
            let around = (&*self.staff, &self.units);
            let judges = Judges::around(&batch, viewer, around, &request.trace_id, deadline).await;
            for emergency in batch {
                page.next = Some(emergency.id);
                let is_yours = judges.may_judge(&emergency, viewer, self.is_office(viewer));
                let is_own = emergency.employee == viewer.employee().as_str();
                page.is_incomplete |= judges.is_unknown(&emergency);
                let listed = Listed::new(emergency, now, is_yours);
                let fits = wanted.judgement.is_none_or(|state| state == listed.judgement)
                    && wanted.notice.is_none_or(|state| state == listed.notice);
                if fits && (is_yours || (self.sees_all(viewer) && !is_own)) {
                    page.listed.push(listed);
                }
                if page.listed.len() == wanted.limit {
                    return Ok(page);
                }
            }
            if is_last {
                page.next = None;
                break;
            }
        }
        Ok(page)
    }

    fn batch(&self, wanted: &Wanted, before: Option<Uuid>) -> Result<Vec<Emergency>, Refusal> {
        let selection = Selection {
            judged: wanted.judgement.map(|state| state == JudgementState::Judged),
            told: wanted.notice.map(|state| state == NoticeState::Told),
            citizen: wanted.citizen,
            before,
            limit: BATCH,
        };
        self.book()?.list(&selection).map_err(|error| unusable(&error))
    }

    /// What nobody has judged in time goes to the data protection officer; that it went stands on record once.
    async fn escalate_overdue(&self, request: &Request) -> Result<(), Refusal> {
        let (book, now) = (self.book()?, self.clock.now());
        let selection = Selection { judged: Some(false), limit: READ_MAX, ..Selection::default() };
        let waiting = book.list(&selection).map_err(|error| unusable(&error))?;
        let is_news = |one: &Emergency| {
            one.judgement_state(now) == JudgementState::Overdue && !one.is_escalated(Escalation::Overdue)
        };
        for late in waiting.iter().filter(|one| is_news(one)) {
            let event = Event { at: now, by: None, what: What::Escalated { why: Escalation::Overdue } };
            self.audit.record(request, None, late.citizen.first(), audited(late.id, &event.what)).await?;
            let outcome = book.append(late.id, &event, |known| if is_news(known) { Ok(()) } else { Err(()) });
            if let Some(Appended::Yes) = outcome.map_err(|error| unusable(&error))? {
                tracing::warn!(emergency = %late.id, "an emergency was not judged in time");
            }
        }
        Ok(())
    }
}

/// What was looked for, in codes.
fn asked(wanted: &Wanted) -> AuditedEvent {
    let word = |state: serde_json::Value| state.as_str().unwrap_or_default().to_owned();
    let judgement = wanted.judgement.map(|state| ("judgement", word(serde_json::json!(state))));
    let notice = wanted.notice.map(|state| ("notice", word(serde_json::json!(state))));
    let facts = [judgement, notice].into_iter().flatten().map(|(name, value)| (name.to_owned(), value));
    AuditedEvent { what: "emergencies_searched".to_owned(), id: None, facts: facts.collect::<BTreeMap<_, _>>() }
}
