//! One look-up with its entries folded: who, whom, when, why, what came of it and what was shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::told::ToldEntry;
use crate::audit::{AuditedEmergency, AuditedEvent, Criterion, Flag, Found, Kind, Phase, State};

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
    /// [DK] nødadgang: why it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
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
    /// What was shown: an item once for each basis.
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

/// [DK] nødadgang, as it was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Emergency {
    /// `life`, `child_danger`, `violence`, `other`.
    pub code: String,
    /// The written reason.
    pub reason: String,
}

/// Shows the code, not the reason.
impl fmt::Debug for Emergency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Emergency").field("code", &self.code).finish_non_exhaustive()
    }
}

/// One item that was shown, on one basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// The opaque identifier of the item; `citizen` is the citizen's own block.
    pub item: String,
    /// The field classes of it that this basis opened.
    #[serde(default)]
    pub classes: Vec<String>,
    /// [DK] hjemmel.
    pub basis: String,
}

/// How one source did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceAsked {
    /// The source.
    pub id: String,
    /// `fresh`, `cached`, `unavailable` …
    pub state: String,
    /// When its facts were true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// How many rows it gave, before anything was withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// How many rows about another citizen, which were dropped.
    #[serde(default, skip_serializing_if = "is_none")]
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
    pub(super) fn fold(found: &Found, entries: Vec<Option<ToldEntry>>) -> Self {
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
            emergency: None,
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
    fn add(&mut self, entry: ToldEntry) {
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
        if let Some(AuditedEmergency { code, reason }) = entry.emergency {
            self.emergency = Some(Emergency { code, reason });
        }
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
        if self.shown.is_empty() {
            self.shown.reserve_exact(entry.shown.len());
        }
        for item in entry.shown {
            self.show(item);
        }
        if !entry.withheld.is_empty() {
            self.withheld = entry.withheld;
        }
        if !entry.sources.is_empty() {
            self.sources = entry.sources;
        }
        if let Some(AuditedEvent { what, id, facts }) = entry.event {
            self.event = Some(Event { what, id, facts });
        }
    }

    /// An item that is shown on several bases stands once for each, in every entry that tells of it.
    fn show(&mut self, shown: Shown) {
        let same = |known: &&mut Shown| known.item == shown.item && known.basis == shown.basis;
        let Some(known) = self.shown.iter_mut().find(same) else { return self.shown.push(shown) };
        for class in shown.classes {
            if !known.classes.contains(&class) {
                known.classes.push(class);
            }
        }
    }

    /// How many different items were shown, on whatever bases.
    pub fn items_shown(&self) -> usize {
        let items = self.shown.iter().map(|shown| shown.item.as_str());
        let earlier = |at: usize, item| self.shown[..at].iter().any(|shown| shown.item == item);
        // A set costs more than it saves until there are many.
        if self.shown.len() > 32 {
            items.collect::<BTreeSet<_>>().len()
        } else {
            items.enumerate().filter(|(at, item)| !earlier(*at, *item)).count()
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::audit::testing::{self, Scratch};
    use crate::audit::{AuditEntry, AuditIndex, AuditLog, IndexSettings, PseudonymKey, Query, ShownItem};

    fn item(item: &str, basis: &str, classes: &[&str]) -> ShownItem {
        let classes = classes.iter().map(|class| (*class).to_owned()).collect();
        ShownItem { item: item.to_owned(), classes, basis: basis.to_owned(), own: None, decided: None }
    }

    /// These entries of one attempt, through the log and the index.
    pub(in crate::auditor) async fn folded(entries: Vec<AuditEntry>) -> LookUp {
        let scratch = Scratch::new();
        let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
        let key = std::sync::Arc::new(PseudonymKey::new(&[7; 32]).expect("32 bytes"));
        let index = AuditIndex::open(&scratch.index(), &log, IndexSettings::new(key)).expect("the index opens");
        for entry in entries.clone() {
            let _receipt = log.append(&entry).await.expect("the disk is fine");
        }
        assert!(index.caught_up());
        let found = index.search(&Query::default()).expect("a search");
        assert_eq!(found.len(), 1, "one look-up");
        LookUp::fold(&found[0], entries.iter().map(|entry| Some(ToldEntry::of(entry))).collect())
    }

    pub(in crate::auditor) fn of(phase: Phase, shown: Vec<ShownItem>) -> AuditEntry {
        AuditEntry { phase, shown, ..testing::full_entry(1) }
    }

    #[tokio::test]
    async fn an_item_on_two_bases_is_told_with_both_and_with_every_class_and_counts_once() {
        let event = of(Phase::Event, vec![item("i1", "own_case", &["core"])]);
        let end = of(
            Phase::Completed,
            vec![
                item("citizen", "own_case", &["person"]),
                item("i1", "own_case", &["core", "people"]),
                item("i1", "consent:7", &["amount"]),
                item("i2", "law:1", &["existence"]),
            ],
        );
        let look_up = folded(vec![of(Phase::Intended, Vec::new()), event, end]).await;
        let told = |item: &str, basis: &str| {
            let same = look_up.shown.iter().filter(|shown| shown.item == item && shown.basis == basis);
            same.map(|shown| shown.classes.join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(told("i1", "own_case"), ["core people"]);
        assert_eq!(told("i1", "consent:7"), ["amount"]);
        assert_eq!((look_up.shown.len(), look_up.items_shown()), (4, 3));
    }

    #[tokio::test]
    async fn an_emergency_is_told_with_its_code_and_its_reason_in_rows_and_exports() {
        let asked =
            AuditedEmergency { code: "life".to_owned(), reason: "Borgeren svarer ikke p\u{e5} d\u{f8}ren".to_owned() };
        let with = |phase| AuditEntry { emergency: Some(asked.clone()), ..of(phase, Vec::new()) };
        let look_up = folded(vec![with(Phase::Intended), with(Phase::Refused)]).await;
        let told = look_up.emergency.as_ref().expect("told");
        assert_eq!((&told.code, &told.reason), (&asked.code, &asked.reason));
        assert!(!format!("{look_up:?} {told:?}").contains("Borgeren"));
        let (csv, fhir) = (crate::auditor::export::csv_of(&look_up), crate::auditor::export::fhir_of(&look_up));
        for text in [csv, fhir] {
            assert!(text.contains("life") && text.contains(&asked.reason), "{text}");
        }
    }

    #[tokio::test]
    async fn a_look_up_that_was_let_in_and_then_refused_is_one_act_that_was_refused() {
        let end = AuditEntry { error: Some("overloaded".to_owned()), status: None, ..of(Phase::Refused, Vec::new()) };
        let look_up = folded(vec![of(Phase::Intended, Vec::new()), end]).await;
        assert_eq!((look_up.state, look_up.entries.as_slice()), (State::Refused, &[1, 2][..]));
        assert!(look_up.flags.contains(&Flag::Refused) && !look_up.flags.contains(&Flag::Unexplained));
        assert_eq!(look_up.error.as_deref(), Some("overloaded"));
    }
}
