//! One look-up with its entries folded: who, whom, when, why, what came of it and what was shown.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::{AuditEntry, AuditedEvent, Criterion, Flag, Found, Kind, Phase, State};

/// One look-up, or another act in the log. Whom it is about is a pseudonym, and nothing else.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub struct LookUp {
    /// The attempt; relatives of one family view share it.
    pub attempt: Uuid,
    /// What it is.
    pub kind: Kind,
    /// How it ended: `abandoned` when nobody got an answer.
    pub state: State,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When its last entry was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// From the first entry to the last, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// The route.
    pub route: String,
    /// [DK] medarbejder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee: Option<String>,
    /// [DK] forvaltning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// [DK] enhed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// With which roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Through which portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// About whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citizen: Option<String>,
    /// What the citizen is to the one who was asked for, when it is a further person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// By what the citizen was searched: `cpr` or `handle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criterion: Option<&'static str>,
    /// [DK] formål, by code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The caller's own case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_ref: Option<String>,
    /// The written reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why the address, or a protected name, was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected_reason: Option<String>,
    /// The family was asked for, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub family_asked: bool,
    /// What was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The rules that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_hash: Option<String>,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is said of it: emergency, outside hours, unexplained, the bars …
    pub flags: Vec<Flag>,
    /// Which look-up of this citizen by this employee it is within the window; 0 where that is not counted.
    pub repeats: u8,
    /// What was shown.
    pub shown: Vec<Shown>,
    /// How many items were withheld, by the way in which they were.
    pub withheld: BTreeMap<String, u64>,
    /// Which sources were asked, and how they did.
    pub sources: Vec<SourceAsked>,
    /// SHA-256 of the bytes that left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    /// The trace that the calls to the sources carried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// What was put on record, where it is not a look-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The numbers of its entries in the log: what an inclusion proof asks for.
    pub entries: Vec<u64>,
    /// The log no longer has its entries, or not all of them: their keys are destroyed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// One item that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shown {
    /// The opaque identifier of the item; `citizen` is the citizen's own block.
    pub item: String,
    /// The field classes of it.
    pub classes: Vec<String>,
    /// [DK] hjemmel.
    pub basis: String,
}

/// How one source did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceAsked {
    /// The source.
    pub id: String,
    /// `fresh`, `cached`, `unavailable` …
    pub state: String,
    /// When its facts were true.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// How many rows it gave, before anything was withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// How many rows about another citizen, which were dropped.
    #[serde(skip_serializing_if = "is_none")]
    pub wrong_citizen: u64,
}

/// What was put on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Event {
    /// `consent_given`, `alarm_followed_up`, `extract_prepared` …
    pub what: String,
    /// What it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Codes, dates and hashes by name.
    pub facts: BTreeMap<String, String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde lends the field")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Names nobody.
impl fmt::Debug for LookUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LookUp").field("kind", &self.kind).field("state", &self.state).finish_non_exhaustive()
    }
}

impl LookUp {
    /// What the index found, and the entries that the log has at its places, oldest first.
    pub fn fold(found: &Found, entries: Vec<Option<AuditEntry>>) -> Self {
        let expired = entries.iter().any(Option::is_none);
        let mut look_up = Self::of_index(found, expired);
        for entry in entries.into_iter().flatten() {
            look_up.add(entry);
        }
        look_up
    }

    fn of_index(found: &Found, expired: bool) -> Self {
        Self {
            attempt: found.attempt,
            kind: found.kind,
            state: found.state,
            at: found.at,
            ended: found.ended,
            duration_ms: found.ended.map(|ended| (ended.as_millisecond() - found.at.as_millisecond()).max(0)),
            route: String::new(),
            employee: None,
            department: found.department.clone(),
            unit: found.unit.clone(),
            roles: Vec::new(),
            client: None,
            citizen: found.citizen.map(|citizen| citizen.to_string()),
            relation: found.relation.clone(),
            criterion: None,
            purpose: found.purpose.clone(),
            case_ref: None,
            reason: None,
            protected_reason: None,
            family_asked: false,
            outcome: None,
            policy_hash: None,
            status: found.status,
            error: None,
            flags: found.flags.iter().collect(),
            repeats: found.repeats,
            shown: Vec::new(),
            withheld: BTreeMap::new(),
            sources: Vec::new(),
            body_hash: None,
            trace_id: None,
            event: None,
            entries: found.places.iter().map(|place| place.seq).collect(),
            expired,
        }
    }

    /// The later entry stands where both say something; what the events of a stream have shown was shown, whatever came of
    /// the rest.
    fn add(&mut self, entry: AuditEntry) {
        if let Some(caller) = entry.caller {
            self.employee = Some(caller.employee);
            (self.roles, self.client) = (caller.roles, caller.client_id);
        }
        let set = |known: &mut Option<String>, told: Option<String>| {
            if told.is_some() {
                *known = told;
            }
        };
        self.route = entry.route;
        self.family_asked |= entry.household;
        set(&mut self.case_ref, entry.case_ref);
        set(&mut self.reason, entry.reason);
        set(&mut self.protected_reason, entry.protected_reason);
        set(&mut self.error, entry.error);
        set(&mut self.trace_id, entry.trace_id);
        if entry.phase == Phase::Completed {
            set(&mut self.body_hash, entry.body_hash);
        }
        if let Some(decision) = entry.decision {
            self.outcome = Some(decision.outcome);
            set(&mut self.policy_hash, decision.policy_hash);
        }
        self.criterion = self.criterion.or(entry.criterion.map(|criterion| match criterion {
            Criterion::Cpr => "cpr",
            Criterion::Handle => "handle",
        }));
        for item in entry.shown {
            let shown = Shown { item: item.item, classes: item.classes, basis: item.basis };
            match self.shown.iter_mut().find(|known| known.item == shown.item) {
                Some(known) => *known = shown,
                None => self.shown.push(shown),
            }
        }
        if !entry.withheld.is_empty() {
            self.withheld = entry.withheld;
        }
        if !entry.sources.is_empty() {
            self.sources = entry.sources.into_iter().map(SourceAsked::from).collect();
        }
        if let Some(AuditedEvent { what, id, facts }) = entry.event {
            self.event = Some(Event { what, id, facts });
        }
    }
}

impl From<crate::audit::AuditedSource> for SourceAsked {
    fn from(source: crate::audit::AuditedSource) -> Self {
        let crate::audit::AuditedSource { id, state, as_of, rows, wrong_citizen } = source;
        Self { id, state, as_of, rows, wrong_citizen }
    }
}
