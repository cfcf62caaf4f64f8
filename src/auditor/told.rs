//! One entry of the log, as far as an auditor's row tells of it. What a row does not tell, above all the decisions, is passed
//! over unread: it is most of an entry.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::look_up::{Shown, SourceAsked};
use crate::audit::{AuditedCaller, AuditedDecision, AuditedEmergency, AuditedEvent, Criterion, Phase};

/// Part of an [`AuditEntry`](crate::audit::AuditEntry): the same names, the same meaning.
#[derive(Deserialize)]
pub(super) struct ToldEntry {
    pub(super) phase: Phase,
    pub(super) route: String,
    #[serde(default)]
    pub(super) caller: Option<AuditedCaller>,
    #[serde(default)]
    pub(super) case_ref: Option<String>,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) emergency: Option<AuditedEmergency>,
    #[serde(default)]
    pub(super) protected_reason: Option<String>,
    #[serde(default)]
    pub(super) household: bool,
    #[serde(default)]
    pub(super) criterion: Option<Criterion>,
    #[serde(default)]
    pub(super) trace_id: Option<String>,
    #[serde(default)]
    pub(super) decision: Option<AuditedDecision>,
    #[serde(default)]
    pub(super) sources: Vec<SourceAsked>,
    #[serde(default)]
    pub(super) shown: Vec<Shown>,
    #[serde(default)]
    pub(super) withheld: BTreeMap<String, u64>,
    #[serde(default)]
    pub(super) body_hash: Option<String>,
    #[serde(default)]
    pub(super) error: Option<String>,
    #[serde(default)]
    pub(super) event: Option<AuditedEvent>,
}

#[cfg(test)]
impl ToldEntry {
    /// As the log would give it.
    pub(super) fn of(entry: &crate::audit::AuditEntry) -> Self {
        serde_json::from_slice(&serde_json::to_vec(entry).expect("an entry is JSON")).expect("our own JSON")
    }
}
