//! SBSYS' own shapes and names. What is `null` there is left out of the text, so everything but the row id is optional.
//!
//! The mother's number (`MorCPR`) is not read at all: it is a third person's, and often a placeholder.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

/// Body of the token service's answer.
#[derive(Deserialize)]
pub(super) struct Token {
    pub access_token: String,
    /// Seconds.
    #[serde(default)]
    pub expires_in: Option<i64>,
}

/// Body of the token service's refusal.
#[derive(Deserialize)]
pub(super) struct TokenRefusal {
    pub error: String,
}

/// Body of `POST /api/sag/search`.
#[derive(Serialize, Default)]
pub(super) struct Search {
    #[serde(rename = "PrimaerPerson", skip_serializing_if = "Option::is_none")]
    pub primary: Option<PersonFilter>,
    #[serde(rename = "AllePersoner", skip_serializing_if = "Option::is_none")]
    pub anyone: Option<PersonFilter>,
    #[serde(rename = "SagsStatusIds", skip_serializing_if = "Option::is_none")]
    pub statuses: Option<Vec<i64>>,
    #[serde(rename = "SagsSkabeloner", skip_serializing_if = "Option::is_none")]
    pub templates: Option<Vec<u32>>,
    #[serde(rename = "SagsTyper", skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<TypeFilter>>,
    #[serde(rename = "Limit", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(rename = "Skip", skip_serializing_if = "Option::is_none")]
    pub skip: Option<usize>,
    #[serde(rename = "PageNumber", skip_serializing_if = "Option::is_none")]
    pub page_number: Option<usize>,
    #[serde(rename = "PageSize", skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct PersonFilter {
    /// With the hyphen; without it SBSYS finds nobody.
    #[serde(rename = "CprNummer")]
    pub cpr: String,
}

#[derive(Serialize)]
pub(super) struct TypeFilter {
    #[serde(rename = "Id")]
    pub id: u32,
}

/// Answer of the search. Each row is read by itself, so that one odd row does not cost the others.
#[derive(Deserialize)]
pub(super) struct Found {
    #[serde(rename = "TotalNumberOfResults")]
    pub total: Option<usize>,
    #[serde(rename = "Results")]
    pub rows: Option<Vec<Box<RawValue>>>,
}

/// [DK] sag, in a search row (fewer properties) and by itself.
#[derive(Deserialize, Clone)]
#[cfg_attr(test, derive(Default))]
pub(super) struct Case {
    #[serde(rename = "Id")]
    pub id: i64,
    #[serde(rename = "SagIdentity")]
    pub uuid: Option<Uuid>,
    #[serde(rename = "Nummer")]
    pub number: Option<String>,
    #[serde(rename = "SagsTitel")]
    pub title: Option<String>,
    /// What some answers say instead of `SagsTitel`.
    #[serde(rename = "Titel")]
    pub other_title: Option<String>,
    #[serde(rename = "SagsTyper")]
    pub types: Option<Vec<Named>>,
    #[serde(rename = "Opstaaet")]
    pub arisen: Option<String>,
    #[serde(rename = "Oprettet")]
    pub created: Option<String>,
    #[serde(rename = "SenestAendret")]
    pub changed: Option<String>,
    #[serde(rename = "SenesteStatusAendring")]
    pub status_changed: Option<String>,
    #[serde(rename = "ErBeskyttet")]
    pub is_protected: Option<bool>,
    #[serde(rename = "PrimaryPart")]
    pub primary_part: Option<Part>,
    #[serde(rename = "Personer")]
    pub persons: Option<Vec<Part>>,
    /// Firms, which are no citizens: only whether there are any is looked at.
    #[serde(rename = "Firmaer")]
    pub firms: Option<Value>,
    #[serde(rename = "Ansaettelsessted")]
    pub unit: Option<Named>,
    #[serde(rename = "Behandler")]
    pub caseworker: Option<Caseworker>,
    #[serde(rename = "SagsStatus")]
    pub status: Option<CaseState>,
    #[serde(rename = "SagSkabelon")]
    pub template: Option<Named>,
    #[serde(rename = "SagsNummer")]
    pub number_parts: Option<NumberParts>,
}

/// Anything with a row number and a name.
#[derive(Deserialize, Clone)]
pub(super) struct Named {
    #[serde(rename = "Id")]
    pub id: Option<i64>,
    #[serde(rename = "Navn")]
    pub name: Option<String>,
}

/// [DK] part or person: the same number under either casing.
#[derive(Deserialize, Clone)]
pub(super) struct Part {
    #[serde(rename = "CPRnummer")]
    pub party_cpr: Option<String>,
    #[serde(rename = "CprNummer")]
    pub person_cpr: Option<String>,
    /// A firm's number, text or not: only whether there is one is looked at.
    #[serde(rename = "CVRnummer")]
    pub cvr: Option<Value>,
}

/// [DK] behandler: no phone here.
#[derive(Deserialize, Clone)]
pub(super) struct Caseworker {
    #[serde(rename = "Id")]
    pub id: Option<i64>,
    #[serde(rename = "Uuid")]
    pub uuid: Option<Uuid>,
    #[serde(rename = "LogonId")]
    pub logon: Option<String>,
    #[serde(rename = "Navn")]
    pub name: Option<String>,
}

/// [DK] sagsstatus: ids and names are each installation's own, only the state is common.
#[derive(Deserialize, Clone)]
pub(super) struct CaseState {
    #[serde(rename = "Navn")]
    pub name: Option<String>,
    #[serde(rename = "SagsTilstand")]
    pub state: Option<String>,
}

/// [DK] sagsstatus, in the list of all that the installation has.
#[derive(Deserialize)]
pub(super) struct KnownState {
    #[serde(rename = "Id")]
    pub id: i64,
    #[serde(flatten)]
    pub state: CaseState,
}

/// [DK] sagsnummer in its parts; only a case by itself has it.
#[derive(Deserialize, Clone)]
pub(super) struct NumberParts {
    #[serde(rename = "EmneplanNummer")]
    pub subject: Option<Subject>,
    #[serde(rename = "Facet")]
    pub facet: Option<Facet>,
}

#[derive(Deserialize, Clone)]
pub(super) struct Subject {
    #[serde(rename = "Nummer")]
    pub number: Option<String>,
    #[serde(rename = "Navn")]
    pub name: Option<String>,
    #[serde(rename = "ErUdgaaet")]
    pub is_retired: Option<bool>,
}

#[derive(Deserialize, Clone)]
pub(super) struct Facet {
    #[serde(rename = "Nummer")]
    pub number: Option<String>,
}

/// [DK] bruger. The names of the contact fields are not public: all likely ones are read.
#[derive(Deserialize, Default)]
pub(super) struct User {
    #[serde(rename = "Uuid")]
    pub uuid: Option<Uuid>,
    #[serde(rename = "DirekteTelefon")]
    pub direct_phone: Option<String>,
    #[serde(rename = "Telefon")]
    pub phone: Option<String>,
    #[serde(rename = "TelefonNummer")]
    pub phone_number: Option<String>,
    #[serde(rename = "Mobil")]
    pub mobile: Option<String>,
    #[serde(rename = "MobilTelefon")]
    pub mobile_phone: Option<String>,
    #[serde(rename = "Email")]
    pub email: Option<String>,
    #[serde(rename = "EMail")]
    pub e_mail: Option<String>,
    #[serde(rename = "Mail")]
    pub mail: Option<String>,
}

/// [DK] erindring.
#[derive(Deserialize)]
pub(super) struct Reminder {
    #[serde(rename = "HarDeadline")]
    pub has_deadline: Option<bool>,
    #[serde(rename = "Deadline")]
    pub deadline: Option<String>,
    #[serde(rename = "ErAfsluttet")]
    pub is_done: Option<bool>,
}
