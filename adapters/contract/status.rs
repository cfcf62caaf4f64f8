//! The state of a case in our words, with the source's own words beside it.

use serde::{Deserialize, Serialize};

/// [DK] sagens tilstand, normalised. An unknown state of a source is [`CaseStatus::Other`] and counts as active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// [DK] opstået.
    Opened,
    /// [DK] oplyst.
    Informed,
    /// [DK] afgjort, bevilget, visiteret.
    Decided,
    /// [DK] i gang, bestilt, disponeret, leveret.
    Running,
    /// [DK] udført, vurderet.
    Performed,
    /// [DK] afsluttet.
    Closed,
    /// [DK] annulleret, fejloprettet: never shown as a case that was closed.
    Void,
    /// A state that we do not know: shown raw, counted as active for safety.
    Other,
}

impl CaseStatus {
    /// The work is not over, as far as the status tells (dates may say more).
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Closed | Self::Void)
    }
}

/// A normalised state and what the source itself wrote.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Status {
    /// Ours.
    pub normal: CaseStatus,
    /// The source's text or code, untouched.
    pub raw: String,
}

impl Status {
    /// A state with the source's own words.
    pub fn new(normal: CaseStatus, raw: impl Into<String>) -> Self {
        Self { normal, raw: raw.into() }
    }
}
