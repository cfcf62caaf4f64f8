//! What the house found out about a citizen beside the sources: other numbers, and what stands in the way of a look-up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Pseudonym;

/// Why a look-up is looked at again, or was answered with nothing. Closed words: they are logged, kept and searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// [DK] egen sag: the caller looked up themselves.
    Oneself,
    /// [DK] egen husstand: the register names the caller among those close to the citizen.
    Household,
    /// [DK] kollega: the citizen works here, too; only who works on a case in person sees it.
    Colleague,
    /// The register does not answer, so that nobody knows whether the caller is close to the citizen; only who works on a
    /// case in person sees it.
    HouseholdUnknown,
    /// [DK] navne- og adressebeskyttelse.
    Protected,
}

impl Bar {
    /// Every bar.
    pub const ALL: [Self; 5] =
        [Self::Oneself, Self::Household, Self::Colleague, Self::HouseholdUnknown, Self::Protected];

    /// The word in the record, the index and the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oneself => "oneself",
            Self::Household => "household",
            Self::Colleague => "colleague",
            Self::HouseholdUnknown => "household_unknown",
            Self::Protected => "protected",
        }
    }

    /// The bar of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bar| bar.as_str() == word)
    }

    /// Somebody must hear of it whatever was shown.
    fn alarms(self) -> bool {
        matches!(self, Self::Oneself | Self::Household | Self::Colleague)
    }
}

/// What a further person of one look-up is to the citizen who was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// [DK] barn.
    Child,
    /// [DK] ægtefælle.
    Spouse,
    /// [DK] forælder eller indehaver af forældremyndigheden, of a citizen under 18.
    Parent,
}

impl Kinship {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Spouse => "spouse",
            Self::Parent => "parent",
        }
    }
}

/// What is known about one citizen at this moment, for the audit. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The citizen's other numbers, as the register says now: an entry is found by each of them.
    pub also_known_as: Vec<Pseudonym>,
    /// What stands in the way.
    pub bars: Vec<Bar>,
}

impl Circumstances {
    /// The bars that somebody must hear of: oneself, household and colleague always; a protected citizen only where the
    /// caller works on no case of theirs.
    pub(super) fn alarm(&self, works_on_a_case: bool) -> Vec<Bar> {
        let is_heard = |bar: &Bar| bar.alarms() || (*bar == Bar::Protected && !works_on_a_case);
        let mut alarm: Vec<Bar> = self.bars.iter().copied().filter(is_heard).collect();
        alarm.sort_unstable();
        alarm.dedup();
        alarm
    }

    /// Takes in what else is known.
    pub(super) fn add(&mut self, other: &Self) {
        for name in &other.also_known_as {
            if !self.also_known_as.contains(name) {
                self.also_known_as.push(*name);
            }
        }
        self.bars.extend(other.bars.iter().filter(|bar| !self.bars.contains(bar)).copied().collect::<Vec<_>>());
    }

    /// The bars as they stand in an entry: each once, in one order.
    pub(super) fn words(&self) -> Vec<String> {
        Bar::ALL.into_iter().filter(|bar| self.bars.contains(bar)).map(|bar| bar.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_bar_is_read_back() {
        for bar in Bar::ALL {
            assert_eq!(Bar::parse(bar.as_str()), Some(bar));
        }
        assert_eq!(Bar::parse("Oneself"), None);
    }

    #[test]
    fn a_protected_citizen_alarms_only_without_a_case_and_an_unknown_household_never() {
        let all =
            Circumstances { bars: Bar::ALL.iter().rev().chain(&Bar::ALL).copied().collect(), ..Default::default() };
        assert_eq!(all.alarm(true), [Bar::Oneself, Bar::Household, Bar::Colleague]);
        assert_eq!(all.alarm(false), [Bar::Oneself, Bar::Household, Bar::Colleague, Bar::Protected]);
        assert_eq!(all.words(), ["oneself", "household", "colleague", "household_unknown", "protected"]);
        assert_eq!(Circumstances::default().alarm(false), []);
    }
}
