//! One record of the audit: who asked what about whom, why, and what was shown. It never holds a CPR number, a name or a title.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::rand;
use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::pseudonym::Pseudonym;
use crate::access::DecidedRecord;

/// What an entry tells of. The entries of one request share their `attempt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A request was let in; written before any source is asked.
    Intended,
    /// An answer is about to leave; written before its first byte.
    Completed,
    /// One event of a streamed answer is about to leave; written before its own bytes.
    Event,
    /// A request was turned away.
    Refused,
    /// A request ended without an answer: the client went away, or the work broke.
    Abandoned,
    /// The service began to serve.
    Started,
    /// The service stopped in good order.
    Stopped,
    /// A route that shows no citizen was used, such as the states of the sources.
    Accessed,
    /// The log itself cut a torn record at its end, after a crash.
    Repaired,
    /// Something was put on record that is not an answer: a consent, a judgement, an alarm, a deletion. `event` says what.
    Recorded,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 10] = [
        Self::Intended,
        Self::Completed,
        Self::Event,
        Self::Refused,
        Self::Abandoned,
        Self::Started,
        Self::Stopped,
        Self::Accessed,
        Self::Repaired,
        Self::Recorded,
    ];

    /// The phase of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == word)
    }

    /// The word in the record and in the index.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Completed => "completed",
            Self::Event => "event",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
            Self::Started => "started",
            Self::Stopped => "stopped",
            Self::Accessed => "accessed",
            Self::Repaired => "repaired",
            Self::Recorded => "recorded",
        }
    }
}

/// What the caller searched by. The log duty asks for the criterion; its class is kept, its value is the pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// A CPR number in the body.
    Cpr,
    /// The opaque handle of an earlier look-up.
    Handle,
}

/// Who asked, as the signed token says it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditedCaller {
    /// The employee's handle. [DK] medarbejder
    pub employee: String,
    /// The department. [DK] forvaltning, driftsområde
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The unit within it. [DK] enhed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The roles that the token carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The portal or batch client through which the caller came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// [DK] nødadgang, as it was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedEmergency {
    /// `life`, `child_danger`, `violence`, `other`.
    pub code: String,
    /// In the caller's words.
    pub reason: String,
}

impl fmt::Debug for AuditedEmergency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuditedEmergency(***)")
    }
}

/// Something that was put on record: `consent_given`, `emergency_judged`, `alarm_raised`, `key_destroyed` …
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditedEvent {
    /// What happened, in a word of a closed set.
    pub what: String,
    /// What it happened to: a consent, an emergency, an alarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What else tells of it: codes, dates and hashes by name, never a name, a number or a citizen's words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

/// What was decided, and on which rules, so that it can be decided again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditedDecision {
    /// The hash of the policy set that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_hash: Option<String>,
    /// What came out, in a word from the access room's closed set.
    pub outcome: String,
}

/// How one source answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditedSource {
    /// The configured source.
    pub id: String,
    /// Its state in the answer: `fresh`, `cached`, `stale`, `unavailable` …
    pub state: String,
    /// When its facts were true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// How many records it gave, before anything was withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// How many records it gave about another citizen than the one asked for; they were dropped, and an alarm is raised.
    #[serde(default, skip_serializing_if = "is_none")]
    pub wrong_citizen: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde lends the field")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// One item that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShownItem {
    /// The opaque identifier of the item; never its case number or title. `citizen` is the citizen's own block, from the
    /// civil register.
    pub item: String,
    /// The field classes of it that were shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The basis on which these classes were shown: `own_case`, `law:<id>`, `consent:<id>`, `emergency`. An item that is
    /// shown on several stands once for each. [DK] hjemmel
    pub basis: String,
    /// Of an own case: by the `person`, by the `unit`, or `granting` an own effort.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// The decision that opened it: its position among the items of `decided`. The citizen's own block has none, because each
    /// of its classes is a decision of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<usize>,
}

/// One record of the audit. [DK] logning
///
/// `id`, `attempt`, `phase`, `at` and `route` always stand; the phase says what else does:
///
/// | phase | caller | purpose, case, reason | citizen, criterion | decision | sources | shown, withheld | body hash | status | error |
/// | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
/// | `intended` | yes | yes | yes | yes | – | – | – | – | – |
/// | `completed` | yes | yes | yes | yes | yes | yes | yes | yes | – |
/// | `event` | yes | yes | yes | yes | those in the event | those in the event | of the event | – | – |
/// | `refused` | if known | as asked | if read | yes | – | – | – | yes | yes |
/// | `abandoned` | yes | yes | yes | – | if asked | – | – | – | yes |
/// | `accessed` | yes | – | – | – | – | – | – | yes | – |
/// | `started`, `stopped` | – | – | – | policy hash | – | – | – | – | – |
/// | `repaired` | – | reason: what was cut | – | – | – | – | – | – | – |
/// | `recorded` | if a person did it | – | if about one | – | – | – | – | yes | – |
///
/// `also_known_as` and `bars` stand where they were known when the entry was written; `relation` in every entry of a
/// further person of one look-up (the family view), whose entries share the `attempt` of the citizen asked for.
/// `emergency` stands in every entry of a look-up that asked for it. `protected_reason` and `household` stand beside the reason, in the entries of the citizen asked for only. A protected name
/// or address that was asked for and not opened is a `completed` entry with a `protected_reason` whose row `citizen`, if there
/// is one, has no class `address`.
///
/// A list of a target group is one attempt: `intended` and `completed` about nobody, whose `event` names the rule, the legal basis and
/// the receiver, and before the latter a `completed` entry for each citizen on it, with `event` `target_group_listed`.
///
/// Fields that a later version adds are ignored by an earlier one: a log outlives the program that wrote it.
///
/// `D` is what is kept of the decisions when an entry is read: they are the longest part of it, and most readers want none of
/// them. The index reads them without.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry<D = DecidedRecord> {
    /// This record; see [`entry_id`].
    pub id: Uuid,
    /// The request that it belongs to.
    pub attempt: Uuid,
    /// What the record tells of.
    pub phase: Phase,
    /// When.
    pub at: Timestamp,
    /// The route as the route table names it, without anything the caller wrote.
    pub route: String,
    /// Who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<AuditedCaller>,
    /// Why. [DK] formål
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The caller's own case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_ref: Option<String>,
    /// The written reason, where there is no case yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// [DK] nødadgang: why it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<AuditedEmergency>,
    /// Why the address, or a protected name, was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected_reason: Option<String>,
    /// [DK] familien: the relatives whom the register names were asked for, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub household: bool,
    /// About whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizen: Option<Pseudonym>,
    /// The citizen's other numbers, as the register said at that moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_known_as: Vec<Pseudonym>,
    /// What this citizen is to the one who was asked for, when it is a further person of the same look-up: a word of
    /// [`Kinship`](super::Kinship).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// What stands in the way, in words of [`Bar`](super::Bar).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<String>,
    /// By what the citizen was searched; nothing for a further person of a look-up, who was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<Criterion>,
    /// The trace that the calls to the sources carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<AuditedDecision>,
    /// How each source answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<AuditedSource>,
    /// What was shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<ShownItem>,
    /// Every distinct decision of the answer, shown and withheld, with what it rested on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<D>,
    /// How many items were withheld, by the way in which they were.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld: BTreeMap<String, u64>,
    /// SHA-256 of the bytes that left, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    /// The HTTP status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of the problem, from a closed set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was put on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<AuditedEvent>,
}

/// An entry as the search index reads it: decisions are passed over.
pub(super) type IndexedEntry = AuditEntry<IgnoredAny>;

impl AuditEntry {
    /// An entry with what every entry has; the rest is set by field.
    pub fn new(id: Uuid, attempt: Uuid, phase: Phase, at: Timestamp, route: impl Into<String>) -> Self {
        Self {
            id,
            attempt,
            phase,
            at,
            route: route.into(),
            caller: None,
            purpose: None,
            case_ref: None,
            reason: None,
            emergency: None,
            protected_reason: None,
            household: false,
            citizen: None,
            also_known_as: Vec::new(),
            relation: None,
            bars: Vec::new(),
            criterion: None,
            trace_id: None,
            decision: None,
            sources: Vec::new(),
            shown: Vec::new(),
            decided: None,
            withheld: BTreeMap::new(),
            body_hash: None,
            status: None,
            error: None,
            event: None,
        }
    }
}

/// Shows which record it is, never who or whom it is about.
impl<D> fmt::Debug for AuditEntry<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AuditEntry")
            .field("id", &self.id)
            .field("phase", &self.phase)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AuditedCaller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuditedCaller(***)")
    }
}

/// An identifier that sorts by time (UUID version 7), from a lent moment and lent randomness.
pub fn entry_id(at: Timestamp, random: [u8; 10]) -> Uuid {
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// An identifier of this moment, with the machine's randomness.
///
/// # Panics
/// When the machine has no random numbers: then nothing here may go on.
pub fn fresh_entry_id(at: Timestamp) -> Uuid {
    let mut random = [0_u8; 10];
    rand::fill(&mut random).expect("the machine's random numbers never fail once the service runs");
    entry_id(at, random)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing;

    #[test]
    fn an_entry_survives_its_own_json() {
        let entry = testing::full_entry(7);
        let json = serde_json::to_string(&entry).expect("an entry is JSON");
        assert_eq!(serde_json::from_str::<AuditEntry>(&json).expect("our own JSON"), entry);
    }

    #[test]
    fn the_index_passes_over_what_was_decided_and_reads_the_rest() {
        let entry = testing::full_entry(7);
        let mut json = serde_json::to_value(&entry).expect("an entry is JSON");
        json["decided"] = serde_json::json!({"of": ["another version"]});
        let json = json.to_string();
        assert!(serde_json::from_str::<AuditEntry>(&json).is_err(), "whoever wants the decisions is told");
        let read: IndexedEntry = serde_json::from_str(&json).expect("the rest is the same");
        assert_eq!((read.id, read.citizen, &read.shown), (entry.id, entry.citizen, &entry.shown));
        assert!(read.decided.is_some() && !read.shown.is_empty());
    }

    #[test]
    fn what_a_phase_does_not_fill_is_not_written() {
        let json = serde_json::to_string(&testing::entry(1)).expect("an entry is JSON");
        assert!(
            !json.contains("null")
                && ["shown", "citizen", "bars", "relation", "also", "protected", "household"]
                    .iter()
                    .all(|word| !json.contains(word)),
            "{json}"
        );
    }

    #[test]
    fn fields_of_another_version_are_ignored_and_missing_ones_are_empty() {
        let line = r#"{"id":"00000000-0000-7000-8000-000000000001","attempt":"00000000-0000-7000-8000-000000000002",
            "phase":"completed","at":"2026-01-02T03:04:05Z","route":"overviews","later":{"deep":[1]}}"#;
        let entry: AuditEntry = serde_json::from_str(line).expect("a line of another version");
        assert_eq!((entry.phase, entry.caller, entry.sources.len()), (Phase::Completed, None, 0));
        assert_eq!((entry.also_known_as.len(), entry.relation, entry.bars.len()), (0, None, 0));
        assert_eq!((entry.protected_reason, entry.household), (None, false));
    }

    #[test]
    fn the_word_of_a_phase_is_the_word_in_the_record() {
        for phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.as_str()), Some(phase));
            assert_eq!(serde_json::to_string(&phase).expect("a word"), format!("\"{}\"", phase.as_str()));
        }
    }

    #[test]
    fn identifiers_sort_by_time_and_are_version_seven() {
        let moment = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let earlier = entry_id(moment("2026-01-02T03:04:05.001Z"), [255; 10]);
        let later = entry_id(moment("2026-01-02T03:04:05.002Z"), [0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.get_version_num(), 7);
        assert_ne!(fresh_entry_id(moment("2026-01-02T03:04:05Z")), fresh_entry_id(moment("2026-01-02T03:04:05Z")));
    }

    #[test]
    fn debug_names_nobody() {
        let entry = testing::full_entry(7);
        let shown = format!("{entry:?} {:?}", entry.caller);
        for secret in ["az12345", "JSY-RUS", "Samtale", "Brev", entry.citizen.expect("set").to_string().as_str()] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
