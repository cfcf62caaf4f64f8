//! The citizen and the family as JSON.

use glasplade_adapters::contract::{PersonStatus, Protection};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CodeView, OverviewView};

/// [DK] borgeren, as the civil register says. Only there when the caller has a case with the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitizenView {
    /// [DK] adresseringsnavn; absent when it is protected or not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Claus Prøve")]
    pub name: Option<String>,
    /// Why there is no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_text: Option<String>,
    /// Whole years today; absent for the dead and where the birthday is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 22)]
    pub age: Option<i16>,
    /// [DK] status in the register: `resident`, `emigrated`, `disappeared`, `dead` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PersonStatusView>,
    /// [DK] navne- og adressebeskyttelse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionView>,
    /// [DK] forældremyndighed og værgemål: who decides for the citizen today; absent when the register names nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spoken_for: Option<Vec<SpokenForView>>,
    /// Only when it was asked for with `protected.reason` by a role that may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressView>,
    /// Why there is no address, and what opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_text: Option<String>,
}

/// [DK] personstatus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonStatusView {
    /// Code.
    #[schema(value_type = String, example = "resident")]
    pub code: PersonStatus,
    /// In words.
    #[schema(example = "Bor i Danmark")]
    pub name: String,
    /// The day of death, emigration or disappearance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
}

/// [DK] navne- og adressebeskyttelse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProtectionView {
    /// `protected`, `open`, or `unknown`, which counts as protected.
    #[schema(value_type = String, example = "open")]
    pub code: Protection,
    /// In words; what it means for the caller.
    pub text: String,
}

/// Somebody who decides for the citizen, as what. Who it is, the family view tells under that person's own access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpokenForView {
    /// `custody_mother`, `custody_father`, `custody_other`, `guardian_full`, `guardian_partial` or `guardian`.
    #[schema(example = "custody_mother")]
    pub code: &'static str,
    /// In words.
    #[schema(example = "Forældremyndighed: mor")]
    pub name: String,
    /// First day, where the register tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
}

/// [DK] adresse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AddressView {
    /// Road, number, floor and door.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Prøvevej 1")]
    pub line: Option<String>,
    /// [DK] c/o.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care_of: Option<String>,
    /// [DK] postnummer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "8000")]
    pub postal_code: Option<String>,
    /// [DK] postdistrikt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Aarhus C")]
    pub postal_district: Option<String>,
    /// [DK] kommunekode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 751)]
    pub municipality: Option<u16>,
    /// [DK] tilflytningsdato.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
}

/// [DK] familien ifølge CPR: only when it was asked for with `household`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdView {
    /// What the list is, and what the register cannot tell.
    pub text: String,
    /// Spouse, children, and the parents of somebody under 18; empty when the caller may not be told, or there is nobody.
    pub members: Vec<MemberView>,
    /// The register names more people than one answer takes.
    pub cut_short: bool,
}

/// One relative, under that person's own access.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// What they are to the citizen.
    pub relation: CodeView,
    /// They live at the citizen's address; absent when either address may not be told or is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_address: Option<bool>,
    /// What this caller may see of them. Nobody rides on another's access.
    #[schema(no_recursion)]
    pub overview: OverviewView,
}
