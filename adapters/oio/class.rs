//! The two kinds of objects that are read, Sag and Indsats, and every call that can be made for them.

use super::settings::{CasePath, InterventionPath, Settings};
use crate::contract::{ReadOperation, RecordKind};

/// Search and reads of several cases.
const CASES: ReadOperation = ReadOperation::get("cases", "/sag/sag");
/// One case.
const CASE: ReadOperation = ReadOperation::get("case", "/sag/sag/{uuid}");
/// Search and reads of several efforts.
const INTERVENTIONS: ReadOperation = ReadOperation::get("interventions", "/indsats/indsats");
/// One effort.
const INTERVENTION: ReadOperation = ReadOperation::get("intervention", "/indsats/indsats/{uuid}");
/// As [`CASES`], inside `OS2mo`.
const LORA_CASES: ReadOperation = ReadOperation::get("cases", "/lora/sag/sag");
/// As [`CASE`], inside `OS2mo`.
const LORA_CASE: ReadOperation = ReadOperation::get("case", "/lora/sag/sag/{uuid}");
/// As [`INTERVENTIONS`], inside `OS2mo`.
const LORA_INTERVENTIONS: ReadOperation = ReadOperation::get("interventions", "/lora/indsats/indsats");
/// As [`INTERVENTION`], inside `OS2mo`.
const LORA_INTERVENTION: ReadOperation = ReadOperation::get("intervention", "/lora/indsats/indsats/{uuid}");

/// Every call that the adapter can make.
pub(super) const READS: &[ReadOperation] =
    &[CASES, CASE, INTERVENTIONS, INTERVENTION, LORA_CASES, LORA_CASE, LORA_INTERVENTIONS, LORA_INTERVENTION];

/// What kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// [DK] Sag.
    Case,
    /// [DK] Indsats.
    Intervention,
}

impl Class {
    /// Search and reads of several.
    pub(super) fn many(self, settings: &Settings) -> &'static ReadOperation {
        match (self, settings.sag_path, settings.indsats_path) {
            (Self::Case, CasePath::Root, _) => &CASES,
            (Self::Case, CasePath::Lora, _) => &LORA_CASES,
            (Self::Intervention, _, InterventionPath::Root) => &INTERVENTIONS,
            (Self::Intervention, _, InterventionPath::Lora) => &LORA_INTERVENTIONS,
        }
    }

    /// The read of one.
    pub(super) fn one(self, settings: &Settings) -> &'static ReadOperation {
        match (self, settings.sag_path, settings.indsats_path) {
            (Self::Case, CasePath::Root, _) => &CASE,
            (Self::Case, CasePath::Lora, _) => &LORA_CASE,
            (Self::Intervention, _, InterventionPath::Root) => &INTERVENTION,
            (Self::Intervention, _, InterventionPath::Lora) => &LORA_INTERVENTION,
        }
    }

    /// The search parameters that name the citizen.
    pub(super) fn party_parameters(self, settings: &Settings) -> Vec<&'static str> {
        match self {
            Self::Case => settings.party_relations.iter().map(|relation| relation.parameter()).collect(),
            Self::Intervention => vec!["indsatsmodtager"],
        }
    }

    /// Every class that is asked for, in the order in which they are listed.
    pub(super) fn asked_for(settings: &Settings) -> impl Iterator<Item = Self> + use<'_> {
        [Self::Case, Self::Intervention].into_iter().filter(|class| settings.asks_for(*class))
    }

    /// Its word in a page token.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Case => "sag",
            Self::Intervention => "indsats",
        }
    }

    /// What it becomes.
    pub(super) fn record_kind(self) -> RecordKind {
        match self {
            Self::Case => RecordKind::Case,
            Self::Intervention => RecordKind::PlannedIntervention,
        }
    }
}
