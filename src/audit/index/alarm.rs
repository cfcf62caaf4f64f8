//! What somebody must hear of, derived from the entries: the same log gives the same alarms, whenever it is indexed.

use aws_lc_rs::digest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{Builder, Uuid};

use super::flag::Flag;

/// Why an alarm was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// [DK] nødadgang: an emergency was opened.
    Emergency,
    /// [DK] egen sag: somebody tried to look themselves up.
    Oneself,
    /// [DK] egen husstand: somebody tried to look up a person close to them.
    Household,
    /// [DK] kollega: a citizen who works here was looked up.
    Colleague,
    /// A person on the list was looked up.
    Listed,
    /// One employee looked up more distinct citizens within an hour than the unit's norm.
    DistinctCitizens,
    /// One employee opened more emergencies than the norm.
    ManyEmergencies,
    /// A source answered about another citizen than the one asked for; what it said was dropped.
    WrongCitizen,
}

impl AlarmKind {
    /// Every kind, in the order of its number in the index.
    pub const ALL: [Self; 8] = [
        Self::Emergency,
        Self::Oneself,
        Self::Household,
        Self::Colleague,
        Self::Listed,
        Self::DistinctCitizens,
        Self::ManyEmergencies,
        Self::WrongCitizen,
    ];

    /// The word in an answer and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Oneself => "oneself",
            Self::Household => "household",
            Self::Colleague => "colleague",
            Self::Listed => "listed",
            Self::DistinctCitizens => "distinct_citizens",
            Self::ManyEmergencies => "many_emergencies",
            Self::WrongCitizen => "wrong_citizen",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    pub(super) fn number(self) -> i64 {
        self as i64
    }

    pub(super) fn of_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|at| Self::ALL.get(at)).copied()
    }

    /// The alarm that a flag of an act raises.
    pub(super) fn of_flag(flag: Flag) -> Option<Self> {
        match flag {
            Flag::Oneself => Some(Self::Oneself),
            Flag::Household => Some(Self::Household),
            Flag::Colleague => Some(Self::Colleague),
            Flag::Listed => Some(Self::Listed),
            _ => None,
        }
    }

    /// The look-up itself has told of it, at once; a second line would say nothing new.
    pub(super) fn is_told_by_the_look_up(self) -> bool {
        matches!(self, Self::Oneself | Self::Household | Self::Colleague)
    }
}

/// What became of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// Nobody has judged it yet.
    Open,
    /// [DK] forklaret.
    Explained,
    /// [DK] ikke begrundet.
    NotJustified,
    /// [DK] anmeldt: to the leader, or as a breach of personal data.
    Reported,
}

impl AlarmState {
    /// Every state, in the order of its number in the index.
    pub const ALL: [Self; 4] = [Self::Open, Self::Explained, Self::NotJustified, Self::Reported];

    /// The word in the record and in an answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Explained => "explained",
            Self::NotJustified => "not_justified",
            Self::Reported => "reported",
        }
    }

    /// The state of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    pub(super) fn number(self) -> i64 {
        self as i64
    }

    pub(super) fn of_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|at| Self::ALL.get(at)).copied()
    }
}

/// An alarm on its way into the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raised {
    pub id: Uuid,
    pub kind: AlarmKind,
    pub at: Timestamp,
    /// The number of the entry that raised it.
    pub seq: u64,
    pub count: Option<u32>,
}

/// The name of an alarm follows from what raised it, so that an index made anew has the same alarms and a follow-up finds
/// its own. `of` is the look-up (attempt and citizen), or the entry where each counts by itself.
pub(super) fn id(kind: AlarmKind, of: &[&[u8]]) -> Uuid {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(b"glasplade alarm");
    for part in [kind.as_str().as_bytes()].iter().chain(of) {
        hash.update(&[0]);
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finish().as_ref()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for kind in AlarmKind::ALL {
            assert_eq!(AlarmKind::parse(kind.as_str()), Some(kind));
            assert_eq!(AlarmKind::of_number(kind.number()), Some(kind));
        }
        for state in AlarmState::ALL {
            assert_eq!(AlarmState::parse(state.as_str()), Some(state));
            assert_eq!(AlarmState::of_number(state.number()), Some(state));
        }
    }

    #[test]
    fn one_cause_is_one_alarm_and_another_cause_is_another() {
        let one = id(AlarmKind::Oneself, &[b"attempt", b"citizen"]);
        assert_eq!(one, id(AlarmKind::Oneself, &[b"attempt", b"citizen"]));
        assert_ne!(one, id(AlarmKind::Household, &[b"attempt", b"citizen"]));
        assert_ne!(one, id(AlarmKind::Oneself, &[b"attemptcitizen"]));
        assert_eq!(one.get_version_num(), 8);
    }
}
