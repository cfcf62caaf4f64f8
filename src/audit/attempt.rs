//! One request in the audit: opened before anything is asked, closed before anything leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::digest;
use bytes::Bytes;
use glasplade_adapters::contract::Clock;
use uuid::Uuid;

use super::{
    AuditEntry, AuditIndex, AuditLog, AuditedCaller, AuditedDecision, AuditedSource, Criterion, Phase, Pseudonym,
    ShownItem, Unwritable, entry_id,
};
use crate::access::{Caller, Decision, Question, Refusal};
use crate::overview::{Redacted, Rendered, SourceStatus};
use crate::random::Random;

/// The room: the log, its search index, the time and randomness that its entries need.
#[derive(Debug)]
pub struct Audit {
    log: AuditLog,
    index: AuditIndex,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
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
    audit: Arc<Audit>,
    template: AuditEntry,
    open: bool,
}

/// An answer whose entry is durable. Its bytes may leave.
///
/// **Invariant:** only [`Attempt::disclose`] and [`Attempt::disclose_event`] make one; its fields are private:
///
/// ```compile_fail,E0451
/// # fn forge() {
/// let forged = glasplade::audit::Disclosure { body: Default::default(), etag: String::new(), not_modified: false };
/// # }
/// ```
#[derive(Debug)]
pub struct Disclosure {
    body: Bytes,
    etag: String,
    not_modified: bool,
}

impl Disclosure {
    /// Hands the answer over: the body (empty when the caller has it already), its strong entity tag, and whether the
    /// caller has it already.
    pub fn into_parts(self) -> (Bytes, String, bool) {
        if self.not_modified { (Bytes::new(), self.etag, true) } else { (self.body, self.etag, false) }
    }
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

    fn entry(&self, attempt: Uuid, phase: Phase, route: &str) -> AuditEntry {
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
        let phase = if refusal.is_some() { Phase::Refused } else { Phase::Intended };
        let mut entry = self.entry(self.random.uuid(), phase, request.route);
        entry.caller = Some(audited_caller(caller));
        entry.purpose = Some(question.purpose.clone());
        entry.case_ref = question.case_ref.clone();
        entry.reason = question.reason.clone();
        entry.citizen = Some(*citizen);
        entry.criterion = Some(match question.criterion {
            crate::access::Criterion::Cpr => Criterion::Cpr,
            crate::access::Criterion::Handle => Criterion::Handle,
        });
        entry.trace_id = Some(request.trace_id.to_string());
        let outcome = refusal.map_or("permitted", Refusal::code);
        entry.decision =
            Some(AuditedDecision { policy_hash: Some(decision.policy_hash.to_string()), outcome: outcome.to_owned() });
        if let Some(refusal) = refusal {
            entry.error = Some(refusal.code().to_owned());
            // What was typed where no personal number belongs is not kept either; nor is a purpose that is no code of ours.
            if matches!(refusal, Refusal::PersonalNumberInText(_)) {
                (entry.case_ref, entry.reason) = (None, None);
            }
            if *refusal == Refusal::PurposeUnknown {
                entry.purpose = None;
            }
        }
        let attempt = Attempt { audit: Arc::clone(self), template: entry.clone(), open: refusal.is_none() };
        self.append(entry).await?;
        match refusal {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(attempt),
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
        self.append(entry).await
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
        self.append(entry).await
    }

    /// Writes down that the service starts or stops.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn service(&self, phase: Phase, policy_hash: &str) -> Result<(), Refusal> {
        let mut entry = self.entry(self.random.uuid(), phase, "service");
        entry.decision =
            Some(AuditedDecision { policy_hash: Some(policy_hash.to_owned()), outcome: phase.as_str().to_owned() });
        self.append(entry).await
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
        self.append(entry).await.is_ok()
    }

    async fn append(&self, entry: AuditEntry) -> Result<(), Refusal> {
        let outcome = self.log.append(entry).await;
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

fn unwritable(error: Unwritable) -> &'static str {
    match error {
        Unwritable::Closed => "closed",
        _ => "disk",
    }
}

fn audited_caller(caller: &Caller) -> AuditedCaller {
    AuditedCaller {
        employee: caller.employee().as_str().to_owned(),
        department: caller.department().map(str::to_owned),
        unit: caller.unit().map(str::to_owned),
        roles: caller.roles().to_vec(),
        client_id: caller.client_id().map(str::to_owned),
    }
}

impl Attempt {
    /// Writes down what leaves, durable, and hands it over. When the caller has these very bytes already
    /// (`if_none_match`), the entry says so and no body leaves.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: nothing leaves.
    pub async fn disclose(
        mut self,
        redacted: &Redacted,
        statuses: &[SourceStatus],
        body: Rendered,
        if_none_match: Option<&str>,
    ) -> Result<Disclosure, Refusal> {
        let disclosure = disclosure(body, if_none_match);
        let mut entry = self.told(Phase::Completed, redacted.shown().map(shown).collect(), statuses, &disclosure);
        let (told, hidden) = redacted.withheld();
        entry.withheld = [("told_of_existence", told), ("nothing", hidden)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(mode, count)| (mode.to_owned(), count as u64))
            .collect();
        entry.status = Some(if disclosure.not_modified { 304 } else { 200 });
        self.audit.append(entry).await?;
        self.open = false;
        Ok(disclosure)
    }

    /// Writes down one event of a stream, durable, and hands it over. An event cannot be recalled once sent.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: the event does not leave.
    pub async fn disclose_event(
        &self,
        items: &[&str],
        redacted: &Redacted,
        statuses: &[SourceStatus],
        body: Rendered,
    ) -> Result<Disclosure, Refusal> {
        let disclosure = disclosure(body, None);
        let in_event = redacted.shown().filter(|(id, _, _)| items.contains(id)).map(shown).collect();
        let entry = self.told(Phase::Event, in_event, statuses, &disclosure);
        self.audit.append(entry).await?;
        Ok(disclosure)
    }

    fn told(
        &self,
        phase: Phase,
        shown: Vec<ShownItem>,
        statuses: &[SourceStatus],
        disclosure: &Disclosure,
    ) -> AuditEntry {
        let fresh = self.audit.entry(self.template.attempt, phase, &self.template.route);
        AuditEntry {
            id: fresh.id,
            at: fresh.at,
            phase,
            shown,
            sources: statuses.iter().map(audited_source).collect(),
            body_hash: Some(disclosure.etag.trim_matches('"').to_owned()),
            ..self.template.clone()
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.open {
            let fresh = self.audit.entry(self.template.attempt, Phase::Abandoned, &self.template.route);
            let entry = AuditEntry {
                id: fresh.id,
                at: fresh.at,
                phase: Phase::Abandoned,
                error: Some("abandoned".to_owned()),
                ..self.template.clone()
            };
            self.audit.log.append_detached(&entry);
        }
    }
}

/// The strong entity tag is the hash of the exact body, and the same hash stands in the audit.
fn disclosure(body: Rendered, if_none_match: Option<&str>) -> Disclosure {
    let hash = crate::hex(digest::digest(&digest::SHA256, &body.0).as_ref());
    let etag = format!("\"{hash}\"");
    let not_modified = if_none_match
        .is_some_and(|sent| sent.split(',').map(str::trim).any(|one| one.trim_start_matches("W/") == etag));
    Disclosure { body: Bytes::from(body.0), etag, not_modified }
}

fn shown((item, classes, basis): (&str, crate::access::ClassSet, crate::access::Basis)) -> ShownItem {
    let class = |class: crate::config::FieldClass| format!("{class:?}").to_lowercase();
    ShownItem { item: item.to_owned(), classes: classes.iter().map(class).collect(), basis: basis.code().to_owned() }
}

fn audited_source(status: &SourceStatus) -> AuditedSource {
    AuditedSource {
        id: status.id.to_string(),
        state: status.state.code().to_owned(),
        as_of: status.as_of,
        rows: status.has_answered().then_some(status.rows as u64),
    }
}
