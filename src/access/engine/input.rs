//! Everything that a decision may rest on, in words and codes. Kept by the audit beside each decision, so that it can be
//! decided again: no title, no name, no number.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::{ConsentGround, EmergencyGround, StatuteGround};

/// A set of codes.
pub(crate) type Codes = BTreeSet<String>;

/// [DK] medarbejder i én rolle: who asks, and what the row of the role says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is one attribute of the schema, true or false there too")]
pub struct PrincipalInput {
    /// [DK] enhed.
    pub unit: Option<String>,
    /// [DK] forvaltning.
    pub department: Option<String>,
    /// Highest level that the token allows; 3 where it says nothing.
    pub sensitivity_max: u8,
    /// Ids by which screened items may name the caller: the unit's and the user's.
    pub screened_ids: Codes,
    /// The role's code.
    pub role: String,
    /// Own cases are those on which the person works.
    pub own_by_person: bool,
    /// Own cases are those of the unit.
    pub own_by_unit: bool,
    /// Categories that are shown of an own case, by its level.
    pub own_at_level: [Codes; 4],
    /// Kinds' roles that an own case must have; empty means all.
    pub own_kind_roles: Codes,
    /// Categories that are never shown.
    pub never: Codes,
    /// Is shown the case that granted an own effort.
    pub sees_granting_case: bool,
    /// Is told what categories let others know.
    pub told_of_existence: bool,
    /// Nothing is told without a relation to the citizen.
    pub relation_required: bool,
    /// Highest level that a consent opens; −1 where none does.
    pub consent_level_max: i8,
    /// May open an emergency.
    pub opens_emergencies: bool,
    /// Categories of level 3 that an emergency opens all the same.
    pub emergency_beyond: Codes,
    /// Classes of the citizen's own facts.
    pub citizen: Codes,
    /// What a written reason opens of an address: `never`, `unprotected`, `protected`.
    pub address: String,
}

/// [DK] sag eller indsats, as all its provenances tell it; the strictest counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is one attribute of the schema, true or false there too")]
pub struct ItemInput {
    /// Every category that one of the provenances puts it in.
    pub categories: Codes,
    /// The strictest level, 0–3.
    pub level: u8,
    /// Authority, provider, benefit or unclassified.
    pub kind_role: String,
    /// Categories whose subject the caller's work covers.
    pub subjects_covered: Codes,
    /// Owner unit.
    pub owner_unit: Option<String>,
    /// Owner department.
    pub owner_department: Option<String>,
    /// A provenance screens it.
    pub is_screened: bool,
    /// To whom every screening provenance opens it.
    pub screened_to: BTreeSet<Uuid>,
    /// A row of the system that owns it decides.
    pub owner_row_decides: bool,
    /// The caller in person works on it now.
    pub caller_is_actor: bool,
    /// It names the caller among those whom it is about.
    pub caller_is_party: bool,
    /// Running or about to begin.
    pub is_active: bool,
    /// It granted an effort of the caller's own.
    pub grants_own_effort: bool,
    /// Configuration lets the caller's unit know that it exists.
    pub told_existence: bool,
    /// And whom to call.
    pub told_contact: bool,
    /// A source that could make it stricter was asked and did not answer usably. Nothing was known of it when a record
    /// does not say.
    #[serde(default)]
    pub strictness_unknown: bool,
}

/// [DK] borger: what a decision on the citizen's own facts rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is one attribute of the schema, true or false there too")]
pub struct CitizenInput {
    /// A running case is the caller's own in this role.
    pub has_own_case: bool,
    /// And the person works on it.
    pub works_in_person: bool,
    /// An item is shown on the ground that is asked about.
    pub has_item: bool,
    /// Protected, or not known to be unprotected.
    pub is_protected: bool,
}

/// What all questions of one answer have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedInput {
    /// The moment, in seconds since 1970.
    pub now: i64,
    /// [DK] formål.
    pub purpose: String,
    /// The caller's own case, as the request names it.
    pub case_ref: Option<String>,
    /// Grounds that the purpose opens.
    pub opens: Codes,
    /// What stands between this caller and this citizen.
    pub bars: Codes,
    /// Protected facts are asked for, with a reason.
    pub has_protected_reason: bool,
}

/// On what something may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroundInput {
    /// [DK] egen sag.
    OwnCase,
    /// The case that granted an own effort.
    GrantingCase,
    /// [DK] lov.
    Law(StatuteGround),
    /// [DK] samtykke.
    Consent(ConsentGround),
    /// [DK] nødadgang.
    Emergency(EmergencyGround),
    /// What its category lets others know.
    Category,
}

impl GroundInput {
    /// Every word that the policies know a ground by.
    pub(super) const CODES: [&str; 6] = ["own_case", "granting_case", "law", "consent", "emergency", "category"];

    /// The place of its word among all.
    pub(super) fn position(&self) -> usize {
        match self {
            Self::OwnCase => 0,
            Self::GrantingCase => 1,
            Self::Law(_) => 2,
            Self::Consent(_) => 3,
            Self::Emergency(_) => 4,
            Self::Category => 5,
        }
    }

    /// The word that the policies know it by.
    pub fn code(&self) -> &'static str {
        Self::CODES[self.position()]
    }
}
