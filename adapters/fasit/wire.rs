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

/// A case read for nothing but its id.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CaseId {
    #[serde(rename = "caseId", deserialize_with = "text")]
    pub(super) id: Option<String>,
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

/// `POST /api/search`: one page of a search by rules (A). A page is a number from 0, and stands beside the search itself.
#[derive(Serialize)]
pub(super) struct BulkSearch<'a> {
    body: ByRules<'a>,
    #[serde(rename = "pageNumber")]
    page: u64,
    #[serde(rename = "pageSize")]
    page_rows: usize,
    #[serde(rename = "embeddedPageNumber")]
    embedded_page: u32,
    #[serde(rename = "embeddedPageSize")]
    embedded_page_rows: u32,
}

/// A search by rules.
#[derive(Serialize)]
struct ByRules<'a> {
    universe: &'static str,
    #[serde(rename = "usePreviewVersion")]
    use_preview_version: bool,
    #[serde(rename = "queryType")]
    query_type: &'static str,
    query: Rule<'a>,
    #[serde(rename = "dslVersion")]
    dsl_version: &'static str,
    #[serde(rename = "resultType")]
    result_type: &'static str,
    columns: Vec<Column>,
    #[serde(rename = "sortColumns")]
    sort_columns: [SortColumn; 4],
    #[serde(rename = "columnFilters")]
    column_filters: [(); 0],
    #[serde(rename = "embeddedSortColumns")]
    embedded_sort_columns: [(); 0],
}

/// A condition, or several.
#[derive(Serialize)]
#[serde(untagged)]
enum Rule<'a> {
    All {
        condition: &'static str,
        rules: [Box<Rule<'a>>; 1],
    },
    AnyOfOneCase {
        condition: &'static str,
        cardinality: &'static str,
        #[serde(rename = "type")]
        of: &'static str,
        rules: [Box<Rule<'a>>; 3],
    },
    Is {
        field: &'static str,
        operator: &'static str,
        value: Wanted<'a>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Wanted<'a> {
    OneOf(&'a [String]),
    Text(&'a str),
    Yes(bool),
}

#[derive(Serialize)]
struct Column {
    name: &'static str,
}

#[derive(Serialize)]
struct SortColumn {
    name: &'static str,
    desc: bool,
}

/// The kind of row, and the kind that rules in a group speak of.
const CASES: &str = "Cases";
const STATUS: &str = "Cases.CaseStatus";
const START: &str = "Cases.CaseStartDate";
const END: &str = "Cases.CaseEndDate";
const CREATED_ON: &str = "Cases.CreatedOn";
const CPR: &str = "CitizenCprFormatted";

impl<'a> BulkSearch<'a> {
    /// Page `page` of the cases that have one of these statuses, or no end, or one that is today or later: a status that
    /// nobody knows counts as active, and the rules have no "not".
    pub(super) fn active(statuses: &'a [String], page: u64, page_rows: usize) -> Self {
        let goes_on = Rule::AnyOfOneCase {
            condition: "or",
            cardinality: "any",
            of: CASES,
            rules: [
                Box::new(Rule::Is { field: STATUS, operator: "in", value: Wanted::OneOf(statuses) }),
                Box::new(Rule::Is { field: END, operator: "empty", value: Wanted::Yes(true) }),
                Box::new(Rule::Is { field: END, operator: "ge", value: Wanted::Text("@dd") }),
            ],
        };
        Self::cases(goes_on, &[CPR, STATUS, START, END, CREATED_ON], page, page_rows)
    }

    /// Page `page` of one citizen's cases, active and closed, by the number with its hyphen: nothing but whose each is. That the
    /// column can be asked for is seen in public clients, that it can be searched by is not (C).
    pub(super) fn of_citizen(number: &'a str, page: u64, page_rows: usize) -> Self {
        let is_theirs = Rule::Is { field: CPR, operator: "eq", value: Wanted::Text(number) };
        Self::cases(is_theirs, &[CPR], page, page_rows)
    }

    fn cases(rule: Rule<'a>, columns: &[&'static str], page: u64, page_rows: usize) -> Self {
        let body = ByRules {
            universe: CITIZEN,
            use_preview_version: false,
            query_type: "fasitDsl",
            query: Rule::All { condition: "and", rules: [Box::new(rule)] },
            dsl_version: "1.0.0",
            result_type: CASES,
            columns: columns.iter().map(|name| Column { name }).collect(),
            // Oldest first: new cases come behind all others. No field is a case's own id, so several make the order.
            sort_columns: [CREATED_ON, CPR, START, END].map(|name| SortColumn { name, desc: false }),
            column_filters: [],
            embedded_sort_columns: [],
        };
        Self { body, page, page_rows, embedded_page: 0, embedded_page_rows: 100 }
    }
}

/// Answer of the search by rules.
#[derive(Deserialize)]
pub(super) struct Bulk {
    #[serde(rename = "searchResult")]
    pub(super) result: BulkResult,
}

/// Its rows; a missing list or count is a changed interface. Each row is read by itself.
#[derive(Deserialize)]
pub(super) struct BulkResult {
    pub(super) rows: Vec<Value>,
    #[serde(rename = "totalResultsCount")]
    pub(super) total: u64,
}

/// One row: a case, with its citizen's id (C) and the columns that were asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    #[serde(deserialize_with = "text")]
    pub(super) id: Option<String>,
    #[serde(rename = "citizenId", deserialize_with = "text")]
    pub(super) citizen_id: Option<String>,
    #[serde(rename = "CitizenCprFormatted", deserialize_with = "text")]
    pub(super) cpr: Option<String>,
    #[serde(rename = "Cases.CaseStatus", deserialize_with = "text")]
    status: Option<String>,
    #[serde(rename = "Cases.CaseStartDate", deserialize_with = "text")]
    start: Option<String>,
    #[serde(rename = "Cases.CaseEndDate", deserialize_with = "text")]
    end: Option<String>,
    #[serde(rename = "Cases.CreatedOn", deserialize_with = "text")]
    created_on: Option<String>,
}

impl Row {
    /// The case, as far as the row tells it.
    pub(super) fn into_case(self) -> Case {
        let Self { id, status, start, end, created_on, .. } = self;
        Case { id, status, start, end, created_on, ..Case::default() }
    }
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
mod tests;
