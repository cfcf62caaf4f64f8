//! Which emergencies somebody sees: leaders those of their own staff, the auditor all, nobody their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
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
        let now = self.clock.now();
        let mut page = Page { next: wanted.before, ..Page::default() };
        let mut read = 0;
        while page.listed.len() < wanted.limit && read < READ_MAX {
            let batch = self.batch(wanted, page.next)?;
            let is_last = batch.len() < BATCH;
            read += batch.len();
            let around = (&*self.staff, &self.units, self.staff_register.list());
            let judges = Judges::around(&batch, viewer, around, &request.trace_id, deadline).await;
            for emergency in batch {
                page.next = Some(emergency.id);
                let is_yours = judges.may_judge(&emergency, viewer, self.is_office(viewer));
                let is_own = emergency.employee == viewer.employee().as_str();
                page.is_incomplete |= judges.is_unknown(&emergency);
                let listed = Listed::new(emergency, now, is_yours);
                if !is_own && self.is_close(viewer, &listed.emergency) {
                    self.barred((viewer, request), &listed.emergency).await?;
                    continue;
                }
                let fits = wanted.judgement.is_none_or(|state| state == listed.judgement)
                    && wanted.notice.is_none_or(|state| state == listed.notice);
                if fits && (is_yours || (self.sees_all(viewer) && !is_own)) {
                    page.listed.push(listed);
                }
                if page.listed.len() == wanted.limit {
                    self.put_told((viewer, request), &page).await?;
                    return Ok(page);
                }
            }
            if is_last {
                page.next = None;
                break;
            }
        }
        self.put_told((viewer, request), &page).await?;
        Ok(page)
    }

    /// One entry for each citizen who is told of, so that a search for whom somebody was told of finds it.
    async fn put_told(&self, (viewer, request): (&Caller, &Request), page: &Page) -> Result<(), Refusal> {
        let mut told: BTreeMap<Pseudonym, Vec<String>> = BTreeMap::new();
        for one in &page.listed {
            let citizen = one.emergency.citizen.first();
            told.entry(*citizen.expect("an emergency is about somebody"))
                .or_default()
                .push(one.emergency.id.to_string());
        }
        let entries = told.iter().map(|(citizen, ids)| {
            let facts = [("ids".to_owned(), ids.join(" "))].into();
            let event = AuditedEvent { what: "emergencies_told".to_owned(), id: None, facts };
            self.audit.record(request, Some(viewer), Some(citizen), event)
        });
        // At once: they wait for the disk together.
        try_join_all(entries).await.map(drop)
    }

    /// The viewer is the citizen, or the register named them beside the citizen: it is not there for them.
    pub(super) fn is_close(&self, viewer: &Caller, emergency: &Emergency) -> bool {
        self.staff_register.list().person_of(viewer.employee()).is_some_and(|person| emergency.concerns(person))
    }

    /// That somebody was kept from what is about them or theirs stands on record, and in a line that is looked at.
    pub(super) async fn barred(
        &self,
        (viewer, request): (&Caller, &Request),
        emergency: &Emergency,
    ) -> Result<(), Refusal> {
        tracing::warn!(emergency = %emergency.id, "an emergency was kept from somebody close to the citizen");
        let event =
            AuditedEvent { what: "emergency_barred".to_owned(), id: Some(emergency.id), ..AuditedEvent::default() };
        self.audit.record(request, Some(viewer), emergency.citizen.first(), event).await
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

    /// What nobody has judged in time goes to the data protection officer; that it went stands on record once, and in a line
    /// that is looked at. The house calls it each minute.
    ///
    /// # Errors
    /// [`Refusal::EmergencyUnavailable`], [`Refusal::AuditUnavailable`]: tried again a minute later.
    pub async fn escalate_overdue(&self) -> Result<(), Refusal> {
        let Some(book) = &self.book else { return Ok(()) };
        let (now, request) = (self.clock.now(), Request { route: "service", trace_id: Arc::from("") });
        let is_news = |one: &Emergency| {
            one.judgement_state(now) == JudgementState::Overdue && !one.is_escalated(Escalation::Overdue)
        };
        let mut selection = Selection { judged: Some(false), limit: BATCH, ..Selection::default() };
        loop {
            let waiting = book.list(&selection).map_err(|error| unusable(&error))?;
            for late in waiting.iter().filter(|one| is_news(one)) {
                let event = Event { at: now, by: None, what: What::Escalated { why: Escalation::Overdue } };
                self.audit.record(&request, None, late.citizen.first(), audited(late.id, &event.what)).await?;
                let outcome = book.append(late.id, &event, |known| if is_news(known) { Ok(()) } else { Err(()) });
                if let Some(Appended::Yes) = outcome.map_err(|error| unusable(&error))? {
                    tracing::warn!(emergency = %late.id, "an emergency was not judged in time");
                }
            }
            if waiting.len() < BATCH {
                return Ok(());
            }
            selection.before = waiting.last().map(|one| one.id);
        }
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
