//! The leader judges an emergency, and sees to it that the citizen is told. Each word stands in the audit before the ledger.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::digest;
use glasplade_adapters::contract::danish_day;
use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

use super::book::Appended;
use super::event::{Emergency, Event, HoldBack, Judgement, JudgementState, NoticeForm, What};
use super::leader::Judges;
use super::opening::unusable;
use super::{Emergencies, Listed};
use crate::access::{Caller, Refusal};
use crate::audit::{AuditedEvent, Request};
use crate::sources::Deadline;
use crate::working_days::after_working_days;

/// What is to be put on record about the citizen's notice.
#[derive(Clone, PartialEq, Eq)]
pub enum Notice {
    /// The citizen was told.
    Told {
        /// Day, not after today and not before the emergency.
        on: Date,
        /// How.
        form: NoticeForm,
    },
    /// A reason stands against it.
    HeldBack {
        /// Which.
        code: HoldBack,
        /// In words; at least 20 characters.
        note: String,
        /// Last day of it, from today on.
        until: Date,
    },
}

impl fmt::Debug for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Notice")
    }
}

/// Why nothing was put on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// No such emergency, or not this caller's to judge: one answer.
    #[error("find the emergency")]
    Unknown,
    /// The caller opened it.
    #[error("judge the emergency: nobody judges their own")]
    Own,
    /// It has a final judgement.
    #[error("judge the emergency: it is judged")]
    AlreadyJudged,
    /// The citizen was told.
    #[error("put the notice on record: the citizen was told")]
    AlreadyTold,
    /// A day that cannot be.
    #[error("put the notice on record: the field `{0}` is not a day that it can be")]
    Day(&'static str),
    /// The audit or the ledger cannot be written.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Emergencies {
    /// Puts a judgement on record.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn judge(
        &self,
        (viewer, request): (&Caller, &Request),
        id: Uuid,
        judgement: Judgement,
        note: String,
        deadline: Deadline,
    ) -> Result<Listed, NotDone> {
        let emergency = self.of_judge((viewer, request), id, deadline).await?;
        let again = after_working_days(self.clock.now(), self.settings.judge_working_days);
        let judge_by = (judgement == Judgement::NeedsMore).then_some(again);
        let what = What::Judged { judgement, note, judge_by };
        self.put((viewer, request), &emergency, what, |emergency, now| match emergency.judgement_state(now) {
            JudgementState::Judged => Err(NotDone::AlreadyJudged),
            JudgementState::Open | JudgementState::Overdue => Ok(()),
        })
        .await
    }

    /// Puts on record that the citizen was told, or what stands against it.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn notice(
        &self,
        (viewer, request): (&Caller, &Request),
        id: Uuid,
        notice: Notice,
        deadline: Deadline,
    ) -> Result<Listed, NotDone> {
        let emergency = self.of_judge((viewer, request), id, deadline).await?;
        let what = self.checked(&emergency, notice)?;
        self.put((viewer, request), &emergency, what, |emergency, _| match emergency.told() {
            Some(_) => Err(NotDone::AlreadyTold),
            None => Ok(()),
        })
        .await
    }

    /// The days of a notice are days that can be.
    fn checked(&self, emergency: &Emergency, notice: Notice) -> Result<What, NotDone> {
        let today = danish_day(self.clock.now());
        match notice {
            Notice::Told { on, form } => {
                let can_be = danish_day(emergency.opened_at) <= on && on <= today;
                if can_be { Ok(What::Told { on, form }) } else { Err(NotDone::Day("told.on")) }
            }
            Notice::HeldBack { code, note, until } => {
                let last = today.saturating_add(i64::from(self.settings.held_back_days_max).days());
                let can_be = today <= until && until <= last;
                if can_be { Ok(What::HeldBack { code, note, until }) } else { Err(NotDone::Day("held_back.until")) }
            }
        }
    }

    /// The emergency, if this caller judges it. To all others it is not there.
    async fn of_judge(
        &self,
        (viewer, request): (&Caller, &Request),
        id: Uuid,
        deadline: Deadline,
    ) -> Result<Emergency, NotDone> {
        let found = self.book()?.find(id).map_err(|error| unusable(&error))?.ok_or(NotDone::Unknown)?;
        if found.employee == viewer.employee().as_str() {
            return Err(NotDone::Own);
        }
        if self.is_close(viewer, &found) {
            self.barred((viewer, request), &found).await?;
            return Err(NotDone::Unknown);
        }
        let (around, staff) = (std::slice::from_ref(&found), (&*self.staff, &self.units, self.staff_register.list()));
        let judges = Judges::around(around, viewer, staff, &request.trace_id, deadline).await;
        let may = judges.may_judge(&found, viewer, self.is_office(viewer));
        if may { Ok(found) } else { Err(NotDone::Unknown) }
    }

    async fn put(
        &self,
        (viewer, request): (&Caller, &Request),
        emergency: &Emergency,
        what: What,
        may: impl Fn(&Emergency, jiff::Timestamp) -> Result<(), NotDone>,
    ) -> Result<Listed, NotDone> {
        let (book, now, id) = (self.book()?, self.clock.now(), emergency.id);
        may(emergency, now)?;
        let citizen = emergency.citizen.first();
        let event = audited(id, &what);
        let undone =
            AuditedEvent { what: format!("{}_not_recorded", event.what), id: Some(id), facts: BTreeMap::new() };
        self.audit.record(request, Some(viewer), citizen, event).await?;
        let new = Event { at: now, by: Some(viewer.employee().as_str().to_owned()), what };
        let outcome = book.append(id, &new, |known| may(known, now));
        let conflict = match outcome {
            Ok(Some(Appended::Yes)) => {
                let whole = book.find(id).map_err(|error| unusable(&error))?.ok_or(NotDone::Unknown)?;
                return Ok(Listed::new(whole, now, true));
            }
            // Another replica was faster.
            Ok(Some(Appended::Refused(conflict))) => conflict,
            Ok(None) => NotDone::Unknown,
            Err(error) => unusable(&error).into(),
        };
        self.audit.record(request, Some(viewer), citizen, undone).await?;
        Err(conflict)
    }
}

/// The audit's record of an event: codes and days, and a hash of the whole; never a note.
pub(super) fn audited(id: Uuid, what: &What) -> AuditedEvent {
    let whole = serde_json::to_vec(what).expect("an event holds nothing that JSON cannot");
    let hash = crate::hex(digest::digest(&digest::SHA256, &whole).as_ref());
    let told = match what {
        What::Judged { judgement, .. } => vec![("judgement", judgement.as_str().to_owned())],
        What::Told { on, form } => vec![("on", on.to_string()), ("form", form.as_str().to_owned())],
        What::HeldBack { code, until, .. } => vec![("code", code.as_str().to_owned()), ("until", until.to_string())],
        What::Escalated { why } => vec![("why", why.as_str().to_owned())],
        What::Related { people } => vec![("count", people.len().to_string())],
    };
    let facts = told.into_iter().chain([("sha256", hash)]);
    AuditedEvent {
        what: format!("emergency_{}", what.word()),
        id: Some(id),
        facts: facts.map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}
