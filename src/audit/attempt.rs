//! One request in the audit: opened before anything is asked, closed before anything leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use glasplade_adapters::contract::Clock;
use uuid::Uuid;

use super::{
    AuditEntry, AuditIndex, AuditLog, AuditedCaller, AuditedDecision, AuditedEmergency, AuditedEvent, Bar,
    Circumstances, Contents, Criterion, Kinship, Phase, Pseudonym, Unwritable, entry_id,
};
use crate::access::{AccessGrant, Caller, Decision, EmergencyAsked, Question, Refusal};
use crate::random::Random;

/// The room: the log, its search index, the time and randomness that its entries need.
#[derive(Debug)]
pub struct Audit {
    pub(super) log: AuditLog,
    index: AuditIndex,
    clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    /// The last entry could not be written.
    failing: AtomicBool,
}

/// How long the entry is that tries whether the disk takes entries again, in bytes.
const PROBE_BYTES: usize = 16 * 1024;

/// What stands in every entry of one request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The route as the route table names it.
    pub route: &'static str,
    /// The trace.
    pub trace_id: Arc<str>,
}

/// A request that has been written down and not answered yet. Dropped open, it is recorded as abandoned.
#[must_use = "an attempt is disclosed or it is abandoned"]
#[derive(Debug)]
pub struct Attempt {
    pub(super) audit: Arc<Audit>,
    template: AuditEntry,
    /// The first entry, where it is written with the last: nothing was asked between them.
    pub(super) unwritten: Option<Box<AuditEntry>>,
    pub(super) open: bool,
    /// What was found out so far; it stands in every entry from then on.
    noted: Circumstances,
    /// The alarm was raised.
    alarmed: AtomicBool,
}

impl Audit {
    /// The room over an open log and its index.
    pub fn new(log: AuditLog, index: AuditIndex, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Arc<Self> {
        Arc::new(Self { log, index, clock, random, failing: AtomicBool::new(false) })
    }

    /// The log.
    pub fn log(&self) -> &AuditLog {
        &self.log
    }

    /// The search index.
    pub fn index(&self) -> &AuditIndex {
        &self.index
    }

    pub(super) fn entry(&self, attempt: Uuid, phase: Phase, route: &str) -> AuditEntry {
        let mut random = [0_u8; 10];
        self.random.fill(&mut random);
        let now = self.clock.now();
        AuditEntry::new(entry_id(now, random), attempt, phase, now, route)
    }

    /// Writes down what is about to be done, durable, before a source is asked. A refusal is written, too.
    ///
    /// # Errors
    /// The decision's own refusal, or [`Refusal::AuditUnavailable`]: then nothing may be asked.
    pub async fn open(
        self: &Arc<Self>,
        request: &Request,
        caller: &Caller,
        question: &Question,
        citizen: &Pseudonym,
        decision: &Decision,
    ) -> Result<Attempt, Refusal> {
        let refusal = decision.outcome.as_ref().err();
        let mut attempt = self.attempt(request, caller, question, citizen, (&decision.policy_hash, refusal));
        if let Some(entry) = attempt.unwritten.take() {
            self.append(&entry).await?;
        }
        match refusal {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(attempt),
        }
    }

    /// A permitted request that is answered from memory: nobody is asked anything, so that its first entry may be written with its
    /// last, before anything leaves.
    pub fn open_unasked(self: &Arc<Self>, request: &Request, question: &Question, grant: &AccessGrant) -> Attempt {
        self.attempt(request, grant.caller(), question, grant.pseudonym(), (grant.policy_hash(), None))
    }

    fn attempt(
        self: &Arc<Self>,
        request: &Request,
        caller: &Caller,
        question: &Question,
        citizen: &Pseudonym,
        (policy_hash, refusal): (&str, Option<&Refusal>),
    ) -> Attempt {
        let phase = if refusal.is_some() { Phase::Refused } else { Phase::Intended };
        let mut entry = self.entry(self.random.uuid(), phase, request.route);
        entry.caller = Some(audited_caller(caller));
        entry.purpose = Some(question.purpose.clone());
        entry.case_ref.clone_from(&question.case_ref);
        entry.reason.clone_from(&question.reason);
        entry.protected_reason.clone_from(&question.protected_reason);
        entry.emergency = question.emergency.as_ref().map(audited_emergency);
        entry.household = question.household;
        entry.citizen = Some(*citizen);
        entry.criterion = Some(audited_criterion(question.criterion));
        entry.trace_id = Some(request.trace_id.to_string());
        let outcome = refusal.map_or("permitted", Refusal::code);
        entry.decision =
            Some(AuditedDecision { policy_hash: Some(policy_hash.to_owned()), outcome: outcome.to_owned() });
        if let Some(refusal) = refusal {
            entry.error = Some(refusal.code().to_owned());
            // What was typed where no personal number belongs is not kept either; nor is a purpose that is no code of ours.
            if matches!(refusal, Refusal::PersonalNumberInText(_)) {
                (entry.case_ref, entry.reason, entry.protected_reason) = (None, None, None);
                entry.emergency = None;
            }
            if *refusal == Refusal::PurposeUnknown {
                entry.purpose = None;
            }
        }
        Attempt {
            audit: Arc::clone(self),
            template: entry.clone(),
            unwritten: Some(Box::new(entry)),
            open: refusal.is_none(),
            noted: Circumstances::default(),
            alarmed: AtomicBool::new(false),
        }
    }

    /// Writes down that a route was used which shows no citizen.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn accessed(&self, request: &Request, caller: &Caller, status: u16) -> Result<(), Refusal> {
        let mut entry = self.entry(self.random.uuid(), Phase::Accessed, request.route);
        entry.caller = Some(audited_caller(caller));
        entry.trace_id = Some(request.trace_id.to_string());
        entry.status = Some(status);
        self.append(&entry).await
    }

    /// Writes down that a known caller was turned away before it was clear whom they asked about: a body that does not
    /// fit, a handle that is not theirs.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn turned_away(
        &self,
        request: &Request,
        caller: &Caller,
        status: u16,
        code: &str,
    ) -> Result<(), Refusal> {
        let mut entry = self.entry(self.random.uuid(), Phase::Refused, request.route);
        entry.caller = Some(audited_caller(caller));
        entry.trace_id = Some(request.trace_id.to_string());
        entry.status = Some(status);
        entry.error = Some(code.to_owned());
        self.append(&entry).await
    }

    /// Writes down, if it is taken at once, that a look-up was turned away because too many were under way: whoever asks a
    /// thousand times is seen, and nobody waits for it. `citizen` is empty where what was sent cannot be read; what was typed is not
    /// looked at yet, and not kept.
    pub fn overloaded(
        &self,
        request: &Request,
        caller: &Caller,
        citizen: Option<(Pseudonym, crate::access::Criterion)>,
        status: u16,
    ) {
        let mut entry = self.entry(self.random.uuid(), Phase::Refused, request.route);
        entry.caller = Some(audited_caller(caller));
        if let Some((citizen, criterion)) = citizen {
            (entry.citizen, entry.criterion) = (Some(citizen), Some(audited_criterion(criterion)));
        }
        entry.trace_id = Some(request.trace_id.to_string());
        entry.status = Some(status);
        entry.error = Some(Refusal::Overloaded.code().to_owned());
        self.log.append_detached(&entry);
    }

    /// Puts something on record that is not an answer, durable when this returns: what it tells of may happen then.
    /// `caller` is empty where nobody asked for it (a deletion on its day).
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn record(
        &self,
        request: &Request,
        caller: Option<&Caller>,
        citizen: Option<&Pseudonym>,
        event: AuditedEvent,
    ) -> Result<(), Refusal> {
        self.record_by(request, caller.map(audited_caller), citizen, event).await
    }

    /// The same for somebody at the machine itself, who has no token.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn record_by(
        &self,
        request: &Request,
        caller: Option<AuditedCaller>,
        citizen: Option<&Pseudonym>,
        event: AuditedEvent,
    ) -> Result<(), Refusal> {
        let mut entry = self.entry(self.random.uuid(), Phase::Recorded, request.route);
        entry.caller = caller;
        entry.citizen = citizen.copied();
        entry.trace_id = Some(request.trace_id.to_string());
        entry.event = Some(event);
        self.append(&entry).await
    }

    /// Writes down that the service starts or stops.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn service(&self, phase: Phase, policy_hash: &str) -> Result<(), Refusal> {
        let mut entry = self.entry(self.random.uuid(), phase, "service");
        entry.decision =
            Some(AuditedDecision { policy_hash: Some(policy_hash.to_owned()), outcome: phase.as_str().to_owned() });
        self.append(&entry).await
    }

    /// The audit takes entries, as far as is known; after a failure one entry is tried, so that a full disk that was
    /// cleared is found without a caller.
    pub async fn is_writable(&self) -> bool {
        if !self.failing.load(Ordering::Relaxed) {
            return true;
        }
        let mut entry = self.entry(self.random.uuid(), Phase::Accessed, "GET /health/ready");
        // As long as the entry of a large answer: a full disk often has room left for a small one.
        entry.reason = Some("-".repeat(PROBE_BYTES));
        self.append(&entry).await.is_ok()
    }

    /// Writes the entry as text at once; what is returned hands it in, and resolves when it is durable.
    pub(super) fn append<'a>(
        &'a self,
        entry: &AuditEntry,
    ) -> impl Future<Output = Result<(), Refusal>> + Send + use<'a> {
        self.append_with(entry, None)
    }

    /// The same, with what is written already of the entry.
    pub(super) fn append_with<'a>(
        &'a self,
        entry: &AuditEntry,
        contents: Option<&Contents>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send + use<'a> {
        let durable = self.log.append_with(entry, contents.map_or(&[], Contents::members));
        async move {
            let outcome = durable.await;
            self.failing.store(outcome.is_err(), Ordering::Relaxed);
            match outcome {
                Ok(_receipt) => Ok(()),
                Err(error) => {
                    tracing::error!(error = unwritable(error), "audit cannot be written; no answer is given");
                    Err(Refusal::AuditUnavailable)
                }
            }
        }
    }
}

fn unwritable(error: Unwritable) -> &'static str {
    match error {
        Unwritable::Closed => "closed",
        _ => "disk",
    }
}

fn audited_criterion(criterion: crate::access::Criterion) -> Criterion {
    match criterion {
        crate::access::Criterion::Cpr => Criterion::Cpr,
        crate::access::Criterion::Handle => Criterion::Handle,
    }
}

fn audited_emergency(asked: &EmergencyAsked) -> AuditedEmergency {
    AuditedEmergency { code: asked.code.as_str().to_owned(), reason: asked.reason.clone() }
}

pub(super) fn audited_caller(caller: &Caller) -> AuditedCaller {
    AuditedCaller {
        employee: caller.employee().as_str().to_owned(),
        department: caller.department().map(str::to_owned),
        unit: caller.unit().map(str::to_owned),
        roles: caller.roles().to_vec(),
        client_id: caller.client_id().map(str::to_owned),
    }
}

impl Attempt {
    /// A further person in the same attempt (the family view): an `intended` entry of its own, durable before anything is
    /// asked about them. Like its elder it is disclosed, or recorded as abandoned.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: then nothing may be asked about this person.
    pub async fn also(&self, person: &Pseudonym, relation: Kinship) -> Result<Self, Refusal> {
        let mut entry = self.entry(Phase::Intended, &Circumstances::default());
        entry.citizen = Some(*person);
        entry.relation = Some(relation.as_str().to_owned());
        entry.criterion = None;
        // Both were asked about the citizen: a relative's name and address are not opened by another's reason.
        (entry.protected_reason, entry.household) = (None, false);
        let attempt = Self {
            audit: Arc::clone(&self.audit),
            template: entry.clone(),
            unwritten: None,
            open: true,
            noted: Circumstances::default(),
            alarmed: AtomicBool::new(false),
        };
        self.audit.append(&entry).await?;
        Ok(attempt)
    }

    /// The look-up is turned away after it was let in, before anything was asked: recorded as refused, not as abandoned.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn refuse(mut self, refusal: &Refusal) -> Result<(), Refusal> {
        let entry = AuditEntry { error: Some(refusal.code().to_owned()), ..self.entry(Phase::Refused, &self.noted) };
        self.open = false;
        self.audit.append(&entry).await
    }

    /// Keeps what was found out about the citizen, for every entry of this attempt from now on, and raises the alarm at
    /// once: whoever hangs up before the answer has looked, too.
    pub fn note(&mut self, circumstances: &Circumstances) {
        self.noted.add(circumstances);
        // Whether a case of the caller's makes a protected citizen their task is known with the answer.
        self.alarm(&circumstances.alarm(true));
    }

    /// What was found out so far, and this.
    pub(super) fn known(&self, circumstances: &Circumstances) -> Circumstances {
        let mut known = self.noted.clone();
        known.add(circumstances);
        known
    }

    /// A new entry of this attempt, under these circumstances.
    pub(super) fn entry(&self, phase: Phase, known: &Circumstances) -> AuditEntry {
        let fresh = self.audit.entry(self.template.attempt, phase, &self.template.route);
        AuditEntry {
            id: fresh.id,
            at: fresh.at,
            phase,
            also_known_as: known.also_known_as.clone(),
            bars: known.words(),
            ..self.template.clone()
        }
    }

    /// Once an attempt, in closed words: who and about whom stands in the audit.
    pub(super) fn alarm(&self, bars: &[Bar]) {
        if bars.is_empty() || self.alarmed.swap(true, Ordering::Relaxed) {
            return;
        }
        let bars = bars.iter().map(|bar| bar.as_str()).collect::<Vec<_>>().join(" ");
        tracing::warn!(audit.bars = bars, attempt = %self.template.attempt, "a look-up should be looked at");
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.open {
            if let Some(first) = self.unwritten.take() {
                self.audit.log.append_detached(&first);
            }
            let entry = AuditEntry { error: Some("abandoned".to_owned()), ..self.entry(Phase::Abandoned, &self.noted) };
            self.audit.log.append_detached(&entry);
        }
    }
}
