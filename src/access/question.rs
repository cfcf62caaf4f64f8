//! What a caller asks: about whom, for what, on which case of their own.

use glasplade_adapters::contract::CprNumber;

use super::EmergencyAsked;

/// The shortest reason that is taken, in characters.
pub const REASON_CHARACTERS_MIN: usize = 20;

/// How the citizen was named in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// By number, in the body.
    Cpr,
    /// By the handle of an earlier look-up.
    Handle,
}

impl Criterion {
    /// The audit's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cpr => "cpr",
            Self::Handle => "handle",
        }
    }
}

/// [DK] opslag: one look-up as it was asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The citizen.
    pub citizen: CprNumber,
    /// [DK] formål, by code.
    pub purpose: String,
    /// The caller's own case.
    pub case_ref: Option<String>,
    /// A reason where there is no case yet.
    pub reason: Option<String>,
    /// [DK] nødadgang is asked for, with this code and reason; goes with the purpose `emergency` only.
    pub emergency: Option<EmergencyAsked>,
    /// Protected facts are asked for, with this reason.
    pub protected_reason: Option<String>,
    /// [DK] familien: the relatives whom the register names are asked for, too.
    pub household: bool,
    /// How the citizen was named.
    pub criterion: Criterion,
}

impl Question {
    /// The free texts of the question, by field name.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("case_ref", self.case_ref.as_deref()),
            ("reason", self.reason.as_deref()),
            ("emergency.reason", self.emergency.as_ref().map(|asked| asked.reason.as_str())),
            ("protected.reason", self.protected_reason.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, text)| text.map(|text| (name, text)))
    }
}

/// The text holds something that looks like a personal number: it would stand in the audit in clear.
pub(crate) fn holds_personal_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).any(|at| {
        if !is_digit(at) || (at > 0 && is_digit(at - 1)) || !(at..at + 6).all(is_digit) {
            return false;
        }
        let rest = if matches!(bytes.get(at + 6), Some(b'-' | b' ')) { at + 7 } else { at + 6 };
        (rest..rest + 4).all(is_digit) && !is_digit(rest + 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_in_free_text_are_seen() {
        for text in ["0101019999", "ring om 010101-9999 i dag", "010101 9999"] {
            assert!(holds_personal_number(text), "{text}");
        }
        for text in ["27.35.04-G01-7-25", "sag 2025-004711", "12345678", "010101-99990", "1010101999912"] {
            assert!(!holds_personal_number(text), "{text}");
        }
    }
}
