//! A list in the audit: written down before the index is read, and with one entry for each citizen on it before it leaves.
//! [DK] batchadgang.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use uuid::Uuid;

use super::attempt::audited_caller;
use super::disclosing::disclosure;
use super::{
    Audit, AuditEntry, AuditedCaller, AuditedDecision, AuditedEvent, AuditedSource, Disclosure, Phase, Pseudonym,
    Request, ShownItem,
};
use crate::access::{Caller, DecidedAnswer, DecidedRecord, EmployeeId, Refusal};
use crate::overview::Rendered;

/// The word under which a citizen's place on a list stands on record.
pub(crate) const LISTED: &str = "target_group_listed";

/// So many entries wait for the disk at once.
const TOGETHER: usize = 1_024;

/// So many decisions stand in one entry; an entry has a largest size.
const DECISIONS_MAX: usize = 2_000;

/// What was asked for: which list, for whom, by which law.
#[derive(Debug, Clone)]
pub struct ListAsked {
    /// [DK] formål.
    pub purpose: String,
    /// Why, in the caller's words.
    pub reason: Option<String>,
    /// The run.
    pub run: Uuid,
    /// Hash of the configuration that decides.
    pub policy_hash: Arc<str>,
    /// Codes by name: the rule, its hash, the legal basis, the receiver, the day. They stand in every entry.
    pub facts: BTreeMap<String, String>,
}

/// What leaves about one citizen.
#[derive(Debug, Clone)]
pub struct ListEntry {
    /// Who.
    pub citizen: Pseudonym,
    /// What they are to the citizen on the list, when it is somebody of that one's household.
    pub relation: Option<String>,
    /// What is told.
    pub shown: Vec<ShownItem>,
    /// The decisions that opened it.
    pub decided: DecidedRecord,
    /// Whose facts stand behind it.
    pub sources: Vec<AuditedSource>,
    /// How it stands against the run before.
    pub change: &'static str,
}

/// A list that has been written down and not handed over yet. Dropped open, it is recorded as abandoned.
#[must_use = "a list is disclosed or it is abandoned"]
#[derive(Debug)]
pub struct ListAttempt {
    audit: Arc<Audit>,
    template: AuditEntry,
    event: AuditedEvent,
    open: bool,
}

impl Audit {
    /// Writes down that a list is about to be made, durable, before the index is read. `caller` is empty where the service makes
    /// it by itself on its day.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: then nothing may be read.
    pub async fn open_list(
        self: &Arc<Self>,
        request: &Request,
        caller: Option<AuditedCaller>,
        asked: &ListAsked,
    ) -> Result<ListAttempt, Refusal> {
        let mut entry = self.entry(self.random.uuid(), Phase::Intended, request.route);
        entry.caller = caller;
        entry.purpose = Some(asked.purpose.clone());
        entry.reason.clone_from(&asked.reason);
        entry.trace_id = Some(request.trace_id.to_string());
        entry.decision =
            Some(AuditedDecision { policy_hash: Some(asked.policy_hash.to_string()), outcome: "permitted".to_owned() });
        let event =
            AuditedEvent { what: "target_group_run".to_owned(), id: Some(asked.run), facts: asked.facts.clone() };
        entry.event = Some(event.clone());
        let attempt = ListAttempt { audit: Arc::clone(self), template: entry.clone(), event, open: true };
        self.append(&entry).await?;
        Ok(attempt)
    }
}

/// A caller as the audit names one.
impl From<&Caller> for AuditedCaller {
    fn from(caller: &Caller) -> Self {
        audited_caller(caller)
    }
}

/// Somebody at the machine itself.
impl From<&EmployeeId> for AuditedCaller {
    fn from(employee: &EmployeeId) -> Self {
        Self { employee: employee.as_str().to_owned(), ..Self::default() }
    }
}

impl ListAttempt {
    /// Writes down each citizen on the list and what was decided, all durable, and hands the list over. A list without
    /// citizens (counts alone) has the one entry.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: nothing leaves.
    pub async fn disclose(
        mut self,
        entries: Vec<ListEntry>,
        decided: DecidedAnswer,
        sources: Vec<AuditedSource>,
        body: Rendered,
    ) -> Result<Disclosure, Refusal> {
        let disclosure = disclosure(body, None);
        let hash = disclosure.hash();
        let count = entries.len();
        let mut entries = entries.into_iter().map(|entry| self.listed(entry, &hash));
        loop {
            let together: Vec<AuditEntry> = entries.by_ref().take(TOGETHER).collect();
            if together.is_empty() {
                break;
            }
            let written = join_all(together.into_iter().map(|entry| self.audit.append(&entry))).await;
            written.into_iter().collect::<Result<(), Refusal>>()?;
        }
        let mut parts = in_parts(decided);
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            let entry = AuditEntry { decided: Some(part.into()), ..self.entry(Phase::Event) };
            self.audit.append(&entry).await?;
        }
        let mut entry = self.entry(Phase::Completed);
        entry.decided = Some(last.into());
        entry.sources = sources;
        entry.body_hash = Some(hash);
        entry.status = Some(200);
        if let Some(event) = &mut entry.event {
            event.facts.insert("entries".to_owned(), count.to_string());
        }
        self.audit.append(&entry).await?;
        self.open = false;
        Ok(disclosure)
    }

    /// The list is not made after it was let in: recorded as refused, not as abandoned.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`].
    pub async fn refuse(mut self, code: &str) -> Result<(), Refusal> {
        let entry = AuditEntry { error: Some(code.to_owned()), ..self.entry(Phase::Refused) };
        self.open = false;
        self.audit.append(&entry).await
    }

    fn entry(&self, phase: Phase) -> AuditEntry {
        let fresh = self.audit.entry(self.template.attempt, phase, &self.template.route);
        AuditEntry { id: fresh.id, at: fresh.at, phase, ..self.template.clone() }
    }

    /// The entry of one citizen: found by a search for them, and told in their extract.
    fn listed(&self, one: ListEntry, hash: &str) -> AuditEntry {
        let mut event = AuditedEvent { what: LISTED.to_owned(), ..self.event.clone() };
        event.facts.insert("change".to_owned(), one.change.to_owned());
        AuditEntry {
            citizen: Some(one.citizen),
            relation: one.relation,
            shown: one.shown,
            decided: Some(one.decided.clone()),
            sources: one.sources,
            body_hash: Some(hash.to_owned()),
            status: Some(200),
            event: Some(event),
            ..self.entry(Phase::Completed)
        }
    }
}

/// The decisions, so many to an entry; at least one part.
fn in_parts(decided: DecidedAnswer) -> Vec<DecidedAnswer> {
    if decided.items.len() <= DECISIONS_MAX {
        return vec![decided];
    }
    let of = |items: &[crate::access::DecidedItem]| DecidedAnswer { items: items.to_vec(), ..decided.clone() };
    decided.items.chunks(DECISIONS_MAX).map(of).collect()
}

impl Drop for ListAttempt {
    fn drop(&mut self) {
        if self.open {
            let entry = AuditEntry { error: Some("abandoned".to_owned()), ..self.entry(Phase::Abandoned) };
            self.audit.log.append_detached(&entry);
        }
    }
}
