//! DUBU's names and shapes: the vocabulary of its case list, and the two answers beside it.

use serde::Deserialize;
use serde_json::Value;

use crate::contract::CaseStatus;
use crate::odata::{Caseworker, Citizen, Coded, Deadline, Expansion, Vocabulary, text_or_number};

/// The case list, `/odata/Sag`, asked for as DUBU's own screen does.
///
/// `tvang` (coercion) is in the screen's question and so in ours; nothing reads it, and it is dropped with the row.
pub(super) const VOCABULARY: Vocabulary = Vocabulary {
    id: "id",
    number: "sagsnummer",
    title: "titel",
    case_type: "sagstype",
    status: "status",
    sensitive: "isSensitive",
    other_caseworkers: Some("sekundaerBehandlerNavne"),
    citizen: Citizen { navigation: "primaerPerson", personal_number: "cprnr" },
    caseworker: Caseworker { navigation: "primaerBehandler", id: "id", name: "navn", email: "email" },
    deadline: Some(Deadline { navigation: "foerstkommendeFrist", day: "fristDato" }),
    coded: Coded { key: "brugervendtNoegle", title: "titel" },
    statuses: &[
        ("SagStatus1", CaseStatus::Running),
        ("SagStatus2", CaseStatus::Closed),
        ("SagStatus5", CaseStatus::Closed),
        ("SagStatus6", CaseStatus::Closed),
        ("SagStatus7", CaseStatus::Closed),
    ],
    select: &["tvang", "titel", "status", "sagstype", "id", "isSensitive", "sagsnummer", "sekundaerBehandlerNavne"],
    expand: &[
        Expansion {
            navigation: "primaerPerson",
            select: &[
                "alder",
                "cprnr",
                "fornavn",
                "mellemnavn",
                "efternavn",
                "id",
                "organisationsnavn",
                "fuldeNavn",
                "navn",
            ],
        },
        Expansion { navigation: "primaerBehandler", select: &[] },
        Expansion { navigation: "foerstkommendeFrist", select: &["fristDato", "id"] },
    ],
    order_by: "id desc",
};

/// The number of a case's department, by which cases are listed.
pub(super) const DEPARTMENT: &str = "afdeling/orgEnhedId";

/// Whether a row of the case list that has no personal number names an organisation: no citizen's case.
pub(super) fn is_about_an_organisation(row: &Value) -> bool {
    let name = row[VOCABULARY.citizen.navigation]["organisationsnavn"].as_str();
    name.is_some_and(|name| !name.trim().is_empty())
}

/// The fields of a user that we ask for.
pub(super) const USER_FIELDS: &[&str] =
    &["email", "telefon", "gyldigTil", "fuldeNavn", "brugernavn", "mobiltelefon", "medlemsskaber", "id"];

/// The field that users are found by.
pub(super) const USER_EMAIL: &str = "email";

/// [DK] sagsdetaljer, `/api/sager/details/{id}`. The path is certain, the body a proposal: everything may be missing.
#[derive(Deserialize)]
pub(super) struct Detail {
    #[serde(default, deserialize_with = "text_or_number")]
    pub(super) id: Option<String>,
    #[serde(rename = "sagUuid", default, deserialize_with = "text_or_number")]
    pub(super) uuid: Option<String>,
    #[serde(rename = "sagsnummer", default, deserialize_with = "text_or_number")]
    pub(super) number: Option<String>,
    #[serde(rename = "oprettetDato", default, deserialize_with = "text_or_number")]
    pub(super) opened: Option<String>,
    #[serde(rename = "afsluttetDato", default, deserialize_with = "text_or_number")]
    pub(super) closed: Option<String>,
    #[serde(rename = "senestAendret", default, deserialize_with = "text_or_number")]
    pub(super) changed: Option<String>,
    #[serde(rename = "afdeling", default)]
    pub(super) department: Option<Department>,
    #[serde(rename = "kleEmne", alias = "klEmne", default)]
    pub(super) kle: Option<Value>,
}

/// [DK] afdeling.
#[derive(Deserialize)]
pub(super) struct Department {
    #[serde(rename = "orgEnhedId", default, deserialize_with = "text_or_number")]
    pub(super) id: Option<String>,
    #[serde(rename = "navn", default, deserialize_with = "text_or_number")]
    pub(super) name: Option<String>,
}

/// [DK] organisationsbruger.
#[derive(Deserialize)]
pub(super) struct User {
    #[serde(default, deserialize_with = "text_or_number")]
    pub(super) email: Option<String>,
    #[serde(rename = "brugernavn", default, deserialize_with = "text_or_number")]
    pub(super) employee_id: Option<String>,
    #[serde(rename = "fuldeNavn", default, deserialize_with = "text_or_number")]
    pub(super) name: Option<String>,
    #[serde(rename = "telefon", default, deserialize_with = "text_or_number")]
    pub(super) phone: Option<String>,
    #[serde(rename = "mobiltelefon", default, deserialize_with = "text_or_number")]
    pub(super) mobile: Option<String>,
    #[serde(rename = "gyldigTil", default, deserialize_with = "text_or_number")]
    pub(super) valid_to: Option<String>,
    /// Departments; their shape is not public, so an unknown one costs no more than the unit.
    #[serde(rename = "medlemsskaber", default)]
    pub(super) memberships: Option<Value>,
}
