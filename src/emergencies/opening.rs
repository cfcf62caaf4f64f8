//! An emergency is opened, or the one that is running goes on. The audit knows before the ledger, the ledger before any source.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::book::{Book, BookError, Opening};
use super::event::{Emergency, Escalation, Event, What};
use super::leader::{Silent, leader_now};
use super::{Emergencies, LeaderThen};
use crate::access::{Caller, EmergencyAsked, EmergencyGround, Refusal};
use crate::audit::{AuditedEvent, Pseudonym, Request, entry_id};
use crate::sources::Deadline;

/// One look-up that asks for emergency access.
#[derive(Debug)]
pub struct Occasion<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The citizen's numbers as far as they are known, the one asked for first.
    pub citizen: &'a [Pseudonym],
    /// Why.
    pub asked: &'a EmergencyAsked,
    /// The look-up repeats an earlier one by its handle: it goes on, and never opens anything.
    pub is_repeat: bool,
    /// The citizen has refused to share with this caller: the emergency is marked.
    pub after_refusal: bool,
    /// Route and trace.
    pub request: &'a Request,
    /// Until when the directory may be waited for.
    pub deadline: Deadline,
}

impl Emergencies {
    /// The emergency under which this look-up goes on: the caller's running one about this citizen, or a new one. When it
    /// returns, audit and ledger have it. The same for known and unknown citizens.
    ///
    /// # Errors
    /// [`Refusal::EmergencyOver`] for a repeat when nothing is running; [`Refusal::EmergencyUnavailable`] when it cannot be
    /// followed up; [`Refusal::AuditUnavailable`].
    pub async fn open_or_continue(&self, occasion: &Occasion<'_>) -> Result<EmergencyGround, Refusal> {
        let book = self.book.as_ref().ok_or(Refusal::EmergencyUnavailable)?;
        let (employee, now) = (occasion.caller.employee().as_str(), self.clock.now());
        if let Some(running) = book.running(employee, occasion.citizen, now).map_err(|error| unusable(&error))? {
            return Ok(running.ground());
        }
        if occasion.is_repeat {
            return Err(Refusal::EmergencyOver);
        }
        let leader = leader_now(&self.staff, employee, &occasion.request.trace_id, occasion.deadline).await;
        let now = self.clock.now();
        let new = self.new_emergency(occasion, leader, now);
        self.record(occasion, "emergency_opened", new.id, facts(&new)).await?;
        match book.add(&new, self.counted_since(now)) {
            Ok(Opening::Opened { recent }) => {
                self.tell(occasion, &new, recent).await?;
                Ok(new.ground())
            }
            // Another replica was faster: what the audit was told of here never began.
            Ok(Opening::Running(running)) => {
                let instead = BTreeMap::from([("instead".to_owned(), running.id.to_string())]);
                self.record(occasion, "emergency_not_opened", new.id, instead).await?;
                Ok(running.ground())
            }
            Err(error) => {
                let refusal = unusable(&error);
                self.record(occasion, "emergency_not_opened", new.id, BTreeMap::new()).await?;
                Err(refusal)
            }
        }
    }

    /// The register has said which other numbers the citizen has, and who is close to them: a look-up by one of the numbers is
    /// the same emergency, and whoever is close neither sees nor judges it. A ledger that cannot take it costs nothing but
    /// that.
    pub fn know_as(&self, ground: &EmergencyGround, numbers: &[Pseudonym], relatives: &[Pseudonym]) {
        let Some(book) = &self.book else { return };
        let people = relatives.to_vec();
        let event = Event { at: self.clock.now(), by: None, what: What::Related { people } };
        let is_known = |known: &Emergency| relatives.iter().all(|one| known.concerns(one));
        let is_news = |known: &Emergency| if is_known(known) { Err(()) } else { Ok(()) };
        let known = book.know_as(ground.id, numbers);
        if let Err(error) = known.and_then(|()| book.append(ground.id, &event, is_news)) {
            unusable(&error);
        }
    }

    fn new_emergency(
        &self,
        occasion: &Occasion<'_>,
        leader: Result<Option<LeaderThen>, Silent>,
        now: Timestamp,
    ) -> Emergency {
        let (ends_at, judge_by, tell_by) = self.times(now);
        let mut random = [0_u8; 10];
        self.random.fill(&mut random);
        let (caller, unit) = (occasion.caller, occasion.caller.unit());
        let in_unit = self
            .units
            .iter()
            .any(|(code, leader)| Some(code.as_str()) == unit && leader.as_str() != caller.employee().as_str());
        let nobody = leader == Ok(None) && !in_unit;
        let escalated = Event { at: now, by: None, what: What::Escalated { why: Escalation::NoLeader } };
        Emergency {
            id: entry_id(now, random),
            citizen: occasion.citizen.to_vec(),
            employee: caller.employee().as_str().to_owned(),
            department: caller.department().map(str::to_owned),
            unit: unit.map(str::to_owned),
            leader: leader.ok().flatten(),
            code: occasion.asked.code,
            reason: occasion.asked.reason.trim().to_owned(),
            after_refusal: occasion.after_refusal,
            opened_at: now,
            ends_at,
            judge_by,
            tell_by,
            events: nobody.then_some(escalated).into_iter().collect(),
        }
    }

    fn counted_since(&self, now: Timestamp) -> Timestamp {
        let days = SignedDuration::from_hours(24 * i64::from(self.settings.alarm_days));
        now.saturating_sub(days).unwrap_or(Timestamp::MIN)
    }

    /// Who must hear of it hears at once: a line in closed words, and an alarm when it is one of too many.
    async fn tell(&self, occasion: &Occasion<'_>, new: &Emergency, recent: u64) -> Result<(), Refusal> {
        tracing::warn!(emergency = %new.id, code = new.code.as_str(), "an emergency was opened; its leader should look");
        if !new.events.is_empty() {
            let facts = BTreeMap::from([("why".to_owned(), Escalation::NoLeader.as_str().to_owned())]);
            self.record(occasion, "emergency_escalated", new.id, facts).await?;
        }
        if recent > u64::from(self.settings.alarm_above) {
            let facts = [("kind", "emergency_repeated".to_owned()), ("count", recent.to_string())];
            let facts = facts.map(|(name, value)| (name.to_owned(), value));
            self.record(occasion, "alarm_raised", new.id, facts.into()).await?;
            tracing::warn!(emergency = %new.id, count = recent, "one person has opened many emergencies");
        }
        Ok(())
    }

    async fn record(
        &self,
        occasion: &Occasion<'_>,
        what: &str,
        id: Uuid,
        facts: BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let event = AuditedEvent { what: what.to_owned(), id: Some(id), facts };
        self.audit.record(occasion.request, Some(occasion.caller), occasion.citizen.first(), event).await
    }
}

fn facts(new: &Emergency) -> BTreeMap<String, String> {
    let facts = [
        ("code", new.code.as_str().to_owned()),
        ("ends_at", new.ends_at.to_string()),
        ("judge_by", new.judge_by.to_string()),
        ("tell_by", new.tell_by.to_string()),
    ];
    let marked = new.after_refusal.then(|| ("after_refusal", "yes".to_owned()));
    facts.into_iter().chain(marked).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The ledger cannot be used: told to the operator, and no emergency is given that nobody could follow up.
pub(super) fn unusable(error: &BookError) -> Refusal {
    tracing::error!(%error, "the ledger of emergencies cannot be used; no emergency is given");
    Refusal::EmergencyUnavailable
}

impl Emergencies {
    /// The ledger, or why there is none.
    pub(super) fn book(&self) -> Result<&Book, Refusal> {
        self.book.as_ref().ok_or(Refusal::EmergencyUnavailable)
    }

    /// Adds what is not an opening of a caller's, straight into the ledger and the audit (the demo's own).
    #[cfg(any(test, feature = "fakes"))]
    pub(crate) async fn seed(
        &self,
        emergencies: &[Emergency],
        trace_id: &std::sync::Arc<str>,
    ) -> Result<bool, Refusal> {
        let book = self.book()?;
        if !book.is_empty().map_err(|error| unusable(&error))? {
            return Ok(false);
        }
        let request = Request { route: "demo", trace_id: std::sync::Arc::clone(trace_id) };
        for one in emergencies {
            let mut audited =
                vec![AuditedEvent { what: "emergency_opened".to_owned(), id: Some(one.id), facts: facts(one) }];
            audited.extend(one.events.iter().map(|event| super::judging::audited(one.id, &event.what)));
            for event in audited {
                self.audit.record(&request, None, one.citizen.first(), event).await?;
            }
            book.add(one, Timestamp::MAX).map_err(|error| unusable(&error))?;
        }
        Ok(true)
    }
}
