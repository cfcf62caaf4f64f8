//! [DK] nødadgang: how it is asked for. What it opens is for the policies, how long it lasts for the room `emergencies`.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The code of the purpose that goes with asking for an emergency, and with nothing else.
pub const EMERGENCY_PURPOSE: &str = "emergency";

/// Why there is an emergency. Closed words: they are kept and searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyCode {
    /// [DK] fare for liv.
    Life,
    /// [DK] barn i fare.
    ChildDanger,
    /// [DK] vold eller trusler.
    Violence,
    /// [DK] andet.
    Other,
}

impl EmergencyCode {
    /// Every code.
    pub const ALL: [Self; 4] = [Self::Life, Self::ChildDanger, Self::Violence, Self::Other];

    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Life => "life",
            Self::ChildDanger => "child_danger",
            Self::Violence => "violence",
            Self::Other => "other",
        }
    }

    /// The code of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }
}

/// Emergency access as it was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct EmergencyAsked {
    /// Why, as a code.
    pub code: EmergencyCode,
    /// Why, in the caller's own words; at least [`super::REASON_CHARACTERS_MIN`] characters.
    pub reason: String,
}

/// The code alone: what somebody wrote in an emergency is about the citizen.
impl fmt::Debug for EmergencyAsked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EmergencyAsked").field("code", &self.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_code_is_read_back_and_is_the_word_in_the_body() {
        for code in EmergencyCode::ALL {
            assert_eq!(EmergencyCode::parse(code.as_str()), Some(code));
            assert_eq!(serde_json::to_value(code).expect("a word"), code.as_str());
        }
        assert_eq!(EmergencyCode::parse("Life"), None);
    }

    #[test]
    fn debug_tells_nothing_of_what_was_written() {
        let asked =
            EmergencyAsked { code: EmergencyCode::Life, reason: "Borgeren har truet med at springe".to_owned() };
        assert_eq!(format!("{asked:?}"), "EmergencyAsked { code: Life, .. }");
    }
}
