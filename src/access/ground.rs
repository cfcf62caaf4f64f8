//! On what an item may be shown besides the caller's own case: what the citizen has consented to, a statute that the
//! municipality has confirmed, an emergency. Facts only; the policies decide what they open.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ClassSet;

/// [DK] samtykke: one consent that is in force now, as the policies read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentGround {
    /// The consent.
    pub id: Uuid,
    /// [DK] formål, by code.
    pub purpose: String,
    /// The case that the consent serves.
    pub case_ref: String,
    /// Departments and units whose items it opens, by code, as they were on the day it was given.
    pub from: Vec<String>,
    /// Departments and units that it opens them for.
    pub to: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Field classes.
    pub classes: ClassSet,
    /// First moment.
    pub valid_from: Timestamp,
    /// First moment after it.
    pub valid_to: Timestamp,
}

/// [DK] hjemmel uden samtykke: one statute that the municipality has confirmed, as the policies read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatuteGround {
    /// Its id in the configuration.
    pub id: Arc<str>,
    /// Purposes that carry it.
    pub purposes: Vec<String>,
    /// Departments and units whose items it opens.
    pub from: Vec<String>,
    /// Departments and units that it opens them for.
    pub to: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Field classes.
    pub classes: ClassSet,
    /// Highest level.
    pub level_max: u8,
    /// First moment.
    pub valid_from: Timestamp,
    /// First moment after it.
    pub valid_to: Timestamp,
}

/// [DK] nødadgang: an emergency look-up of this caller about this citizen that is running now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyGround {
    /// The emergency.
    pub id: Uuid,
    /// Code of the reason: `life`, `child_danger`, `violence`, `other`.
    pub reason: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// First moment after it.
    pub ends_at: Timestamp,
}

/// Everything beside own cases on which something may be shown in one answer, read anew for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// Statutes that the stated purpose carries today.
    pub statutes: Vec<StatuteGround>,
    /// Consents in force, by id.
    pub consents: Vec<ConsentGround>,
    /// The place in their ledger up to which they were read; 0 without any event about the citizen.
    pub consents_at: u64,
    /// The running emergency, where the question asks for one.
    pub emergency: Option<EmergencyGround>,
}
