//! The words of the index: what an act is, how it ended, and what can be asked of it with yes or no.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::circumstances::Bar;
use crate::audit::entry::{IndexedEntry, Phase};

/// What the routes have in common at which a citizen is looked up.
const LOOK_UP_ROUTE: &str = "/v1/overviews";

/// What one act in the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A citizen was asked about, or somebody was turned away who tried.
    LookUp,
    /// The service was used without a citizen's cases: the states of sources, the audit itself.
    Use,
    /// Something was put on record: a consent, a judgement, a follow-up.
    Record,
    /// The service itself: it started, it stopped, it mended its log.
    Service,
}

impl Kind {
    /// Every kind, in the order of its number in the index.
    pub const ALL: [Self; 4] = [Self::LookUp, Self::Use, Self::Record, Self::Service];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LookUp => "look_up",
            Self::Use => "use",
            Self::Record => "record",
            Self::Service => "service",
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

    /// The kind of the act that this entry belongs to.
    pub fn of(entry: &IndexedEntry) -> Self {
        match entry.phase {
            // Who is turned away from a door at which no citizen is asked about has looked nobody up.
            Phase::Refused if entry.citizen.is_none() && !entry.route.contains(LOOK_UP_ROUTE) => Self::Use,
            Phase::Intended | Phase::Completed | Phase::Event | Phase::Refused | Phase::Abandoned => Self::LookUp,
            Phase::Accessed => Self::Use,
            Phase::Recorded if entry.event.as_ref().is_some_and(|event| event.what.starts_with("audit_")) => Self::Use,
            Phase::Recorded => Self::Record,
            Phase::Started | Phase::Stopped | Phase::Repaired => Self::Service,
        }
    }
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has begun and not ended yet.
    Open,
    /// It was answered, or it is of one entry.
    Completed,
    /// It was turned away.
    Refused,
    /// It ended without an answer: the client went away, or the service broke.
    Abandoned,
}

impl State {
    const ALL: [Self; 4] = [Self::Open, Self::Completed, Self::Refused, Self::Abandoned];

    /// The word in an export.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
        }
    }

    pub(super) fn number(self) -> i64 {
        self as i64
    }

    pub(super) fn of_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|at| Self::ALL.get(at)).copied()
    }
}

/// What can be asked of an act with yes or no. Each is a column of the index, computed when the entry comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// [DK] nødadgang.
    Emergency,
    /// Turned away.
    Refused,
    /// [DK] uden for arbejdstid, as the configuration says what that is.
    OutsideHours,
    /// [DK] ikke forklaret: something was answered about a citizen, and nothing of it was shown by the caller's own case.
    Unexplained,
    /// The citizen stands on the list of persons whose look-ups are looked at.
    Listed,
    /// Ended without an answer.
    Abandoned,
    /// The address, or a protected name, was asked for.
    ProtectedAsked,
    /// [DK] egen sag.
    Oneself,
    /// [DK] egen husstand.
    Household,
    /// [DK] kollega: look-ups of staff.
    Colleague,
    /// The register did not say whether the caller is close to the citizen.
    HouseholdUnknown,
    /// [DK] navne- og adressebeskyttelse.
    Protected,
}

impl Flag {
    /// Every flag, in the order of its column.
    pub const ALL: [Self; 12] = [
        Self::Emergency,
        Self::Refused,
        Self::OutsideHours,
        Self::Unexplained,
        Self::Listed,
        Self::Abandoned,
        Self::ProtectedAsked,
        Self::Oneself,
        Self::Household,
        Self::Colleague,
        Self::HouseholdUnknown,
        Self::Protected,
    ];

    /// The word in an answer, and the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Refused => "refused",
            Self::OutsideHours => "outside_hours",
            Self::Unexplained => "unexplained",
            Self::Listed => "listed",
            Self::Abandoned => "abandoned",
            Self::ProtectedAsked => "protected_asked",
            Self::Oneself => "oneself",
            Self::Household => "household",
            Self::Colleague => "colleague",
            Self::HouseholdUnknown => "household_unknown",
            Self::Protected => "protected",
        }
    }

    /// The flag of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == word)
    }

    /// How many acts have it, roughly: the rarest is looked up first.
    pub(super) fn is_common(self) -> bool {
        matches!(self, Self::OutsideHours | Self::Unexplained | Self::HouseholdUnknown)
    }
}

impl From<Bar> for Flag {
    fn from(bar: Bar) -> Self {
        match bar {
            Bar::Oneself => Self::Oneself,
            Bar::Household => Self::Household,
            Bar::Colleague => Self::Colleague,
            Bar::HouseholdUnknown => Self::HouseholdUnknown,
            Bar::Protected => Self::Protected,
        }
    }
}

/// Some flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u16);

impl Flags {
    pub(super) fn set(&mut self, flag: Flag, on: bool) {
        let bit = 1 << (flag as u16);
        self.0 = if on { self.0 | bit } else { self.0 & !bit };
    }

    #[cfg(test)]
    fn with(mut self, flag: Flag) -> Self {
        self.set(flag, true);
        self
    }

    /// The flag is set.
    pub fn has(self, flag: Flag) -> bool {
        self.0 & (1 << (flag as u16)) != 0
    }

    /// Those that are set.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_and_every_bar_is_a_flag() {
        for (at, flag) in Flag::ALL.into_iter().enumerate() {
            assert_eq!(Flag::parse(flag.as_str()), Some(flag));
            assert_eq!(flag as usize, at, "a bit is a place in the list");
        }
        for bar in Bar::ALL {
            assert_eq!(Flag::from(bar).as_str(), bar.as_str());
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::of_number(kind.number()), Some(kind));
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).expect("a word"), format!("\"{}\"", kind.as_str()));
        }
        for state in State::ALL {
            assert_eq!(State::of_number(state.number()), Some(state));
            assert_eq!(serde_json::to_string(&state).expect("a word"), format!("\"{}\"", state.as_str()));
        }
        assert_eq!((Kind::of_number(4), State::of_number(-1)), (None, None));
    }

    #[test]
    fn flags_are_kept_apart() {
        let mut flags = Flags::default().with(Flag::Emergency).with(Flag::Protected);
        flags.set(Flag::Emergency, false);
        assert_eq!(flags.iter().collect::<Vec<_>>(), [Flag::Protected]);
    }
}
