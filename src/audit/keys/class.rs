//! How long an entry is kept, and the name of the key under which it is sealed.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::entry::Phase;

/// [DK] opbevaringsklasse: entries of one class and day are forgotten together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetentionClass {
    /// Who looked at whom, and who was refused.
    Access,
    /// Consents, emergencies, alarms, holds, policies: what explains the look-ups, and must outlive them.
    Event,
    /// The service's own life: started, stopped, repaired. About nobody.
    Service,
}

impl RetentionClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Access, Self::Event, Self::Service];

    /// The class of an entry of this phase.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::Started | Phase::Stopped | Phase::Repaired => Self::Service,
            Phase::Recorded => Self::Event,
            Phase::Intended | Phase::Completed | Phase::Event | Phase::Refused | Phase::Abandoned | Phase::Accessed => {
                Self::Access
            }
        }
    }

    /// The word in file names and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Event => "event",
            Self::Service => "service",
        }
    }

    /// The byte in a leaf.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Access => 1,
            Self::Event => 2,
            Self::Service => 3,
        }
    }

    pub(crate) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }
}

/// The name of a key: a Danish day and a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId {
    /// The Danish day of the entries.
    pub day: Date,
    /// How long they are kept.
    pub class: RetentionClass,
}

impl KeyId {
    /// Reads the text that it prints; `None` for every other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, class) = text.split_at_checked(10)?;
        let class = class.strip_prefix('-')?;
        let class = RetentionClass::ALL.into_iter().find(|known| known.as_str() == class)?;
        let id = Self { day: day.parse().ok()?, class };
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.day, self.class.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_key_is_read_back_and_other_files_are_none() {
        for class in RetentionClass::ALL {
            let id = KeyId { day: jiff::civil::date(2026, 11, 22), class };
            assert_eq!(KeyId::parse(&id.to_string()), Some(id));
            assert_eq!(RetentionClass::of_code(class.code()), Some(class));
        }
        for other in ["2026-11-22", "2026-11-22-held", "2026-11-22-access.new", "20261122-access", "hold-x", ""] {
            assert_eq!(KeyId::parse(other), None);
        }
    }
}
