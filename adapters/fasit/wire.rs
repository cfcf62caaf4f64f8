//! Fasit's shapes and names, and nowhere else.
//!
//! Requests and the ranked search's answer follow working public clients (A). The bodies of the context and of the cases
//! are proposals in the vocabulary of the bulk search's fields (C): when the vendor's real names are known, the `rename`s
//! below are the one table to change.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// `rankedsearchquery`: fuzzy search over everything that Fasit knows of citizens. No `Debug`: it holds the number.
#[derive(Serialize)]
pub(super) struct RankedSearch<'a> {
    universe: &'static str,
    #[serde(rename = "queryString")]
    query: &'a str,
    #[serde(rename = "documentTypes")]
    document_types: [&'static str; 1],
    page: u32,
    #[serde(rename = "selectedFilters")]
    selected_filters: [(); 0],
}

impl<'a> RankedSearch<'a> {
    /// The first page of citizens who match `query`.
    pub(super) fn citizens(query: &'a str) -> Self {
        Self { universe: CITIZEN, query, document_types: [CITIZEN], page: 0, selected_filters: [] }
    }
}

/// The document type and the universe of citizens.
pub(super) const CITIZEN: &str = "citizen";

/// Answer of `rankedsearchquery`. A missing list is a changed interface, not an unknown citizen.
#[derive(Deserialize)]
pub(super) struct Ranked {
    #[serde(rename = "rankedSearchResult")]
    pub(super) results: Vec<Hit>,
}

/// One result of the ranked search.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Hit {
    #[serde(rename = "documentType", deserialize_with = "text")]
    pub(super) document_type: Option<String>,
    #[serde(rename = "documentId", deserialize_with = "text")]
    pub(super) document_id: Option<String>,
}

/// Question of every query about one citizen.
#[derive(Serialize)]
pub(super) struct OfCitizen<'a> {
    #[serde(rename = "citizenId")]
    pub(super) citizen_id: &'a str,
}

/// Answer of `getauthoritycitizencontext` (C). The number may stand under any of these names.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CitizenContext {
    #[serde(rename = "cprNumber", deserialize_with = "text")]
    pub(super) cpr_number: Option<String>,
    #[serde(rename = "cpr", deserialize_with = "text")]
    pub(super) cpr: Option<String>,
    #[serde(rename = "citizenCprFormatted", deserialize_with = "text")]
    pub(super) cpr_formatted: Option<String>,
}

/// Answer of `getcases` (C). Each case is read by itself, so that one odd case does not hide the others.
#[derive(Deserialize)]
pub(super) struct Cases {
    pub(super) cases: Vec<Value>,
}

/// [DK] sag (C).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Case {
    #[serde(rename = "caseId", deserialize_with = "text")]
    pub(super) id: Option<String>,
    #[serde(rename = "caseNumber", deserialize_with = "text")]
    pub(super) number: Option<String>,
    #[serde(rename = "caseStatus", deserialize_with = "text")]
    pub(super) status: Option<String>,
    #[serde(rename = "caseStatusName", deserialize_with = "text")]
    pub(super) status_name: Option<String>,
    #[serde(rename = "targetGroup")]
    pub(super) target_group: Option<TargetGroup>,
    #[serde(rename = "caseStartDate", deserialize_with = "text")]
    pub(super) start: Option<String>,
    #[serde(rename = "caseEndDate", deserialize_with = "text")]
    pub(super) end: Option<String>,
    #[serde(rename = "createdOn", deserialize_with = "text")]
    pub(super) created_on: Option<String>,
    #[serde(rename = "responsibleCaseworker")]
    pub(super) caseworker: Option<Caseworker>,
    #[serde(rename = "otherCaseworkers")]
    pub(super) other_caseworkers: Option<Vec<Caseworker>>,
    #[serde(rename = "coordinator")]
    pub(super) coordinator: Option<Caseworker>,
    #[serde(rename = "responsibleUnit")]
    pub(super) unit: Option<ResponsibleUnit>,
}

/// [DK] målgruppe (C); `code` is STAR's numbering, `6.3`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TargetGroup {
    #[serde(rename = "code", deserialize_with = "text")]
    pub(super) code: Option<String>,
    #[serde(rename = "name", deserialize_with = "text")]
    pub(super) name: Option<String>,
}

/// [DK] sagsbehandler (C).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Caseworker {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: Option<String>,
    #[serde(rename = "name", deserialize_with = "text")]
    pub(super) name: Option<String>,
    #[serde(rename = "initials", deserialize_with = "text")]
    pub(super) initials: Option<String>,
    #[serde(rename = "phone", deserialize_with = "text")]
    pub(super) phone: Option<String>,
    #[serde(rename = "email", deserialize_with = "text")]
    pub(super) email: Option<String>,
    #[serde(rename = "responsibleSince", deserialize_with = "text")]
    pub(super) since: Option<String>,
}

/// [DK] ansvarlig enhed (C).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ResponsibleUnit {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: Option<String>,
    #[serde(rename = "name", deserialize_with = "text")]
    pub(super) name: Option<String>,
}

/// The one member of a problem document that we read; its texts may repeat a name or a number.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    #[serde(rename = "correlationIdentifier", deserialize_with = "text")]
    pub(super) correlation: Option<String>,
}

/// Text or a number, trimmed; `null` and nothing but blanks are `None`.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(D::Error::custom("text or number wanted")),
    };
    Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranked_search_is_written_as_the_public_clients_write_it() {
        let body = serde_json::to_string(&RankedSearch::citizens("0101019999")).expect("JSON");
        let wanted = r#"{"universe":"citizen","queryString":"0101019999","documentTypes":["citizen"],"page":0,"selectedFilters":[]}"#;
        assert_eq!(body, wanted);
    }
}
