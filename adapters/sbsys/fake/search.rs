//! `POST /api/sag/search` with the filters and the two paging dialects that public clients use.

use serde::Deserialize;
use serde_json::{Value, json};

use super::people::bad_request;
use super::{FakeSbsys, NAME, cases, is_on, ten_digits};
use crate::fake::population::CaseRow;
use crate::fake::{FakeAnswer, FakeRequest};

/// Rows in an answer when the client asks for no number.
const PAGE_SIZE: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Search {
    primaer_person: Option<Person>,
    alle_personer: Option<Person>,
    sags_skabeloner: Option<Vec<u64>>,
    sags_typer: Option<Vec<Type>>,
    sags_status_ids: Option<Vec<u32>>,
    sags_status_id: Option<u32>,
    titel: Option<String>,
    sags_titel: Option<String>,
    nummer: Option<String>,
    nummer_interval: Option<Interval>,
    limit: Option<usize>,
    skip: Option<usize>,
    page_number: Option<usize>,
    page_size: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Person {
    cpr_nummer: Option<String>,
    person_navn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Type {
    id: Option<u32>,
    navn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Interval {
    from: String,
    to: String,
}

/// Whom a search is about.
pub(super) fn citizen(body: &[u8]) -> Option<String> {
    let search: Search = serde_json::from_slice(body).ok()?;
    let cpr = |person: Option<Person>| person?.cpr_nummer.as_deref().and_then(ten_digits);
    cpr(search.primaer_person).or_else(|| cpr(search.alle_personer))
}

impl Search {
    fn matches(&self, row: &CaseRow) -> bool {
        let (type_id, type_name) = cases::case_type(row);
        let is_type = |wanted: &Type| {
            wanted.id.is_none_or(|id| id == type_id)
                && wanted.navn.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(type_name))
        };
        let title = row.title.as_deref().unwrap_or_default().to_lowercase();
        let number = row.number.as_deref().unwrap_or_default();
        let status = cases::status_id(row);
        self.sags_skabeloner.as_ref().is_none_or(|ids| cases::template_id(row).is_some_and(|id| ids.contains(&id)))
            && self.sags_typer.as_ref().is_none_or(|types| types.iter().any(is_type))
            && self.sags_status_ids.as_ref().is_none_or(|ids| ids.contains(&status))
            && self.sags_status_id.is_none_or(|id| id == status)
            && [&self.titel, &self.sags_titel].into_iter().flatten().all(|part| title.contains(&part.to_lowercase()))
            && self.nummer.as_ref().is_none_or(|wanted| wanted.trim() == number)
            && self.nummer_interval.as_ref().is_none_or(|span| *span.from <= *number && *number < *span.to)
    }

    /// How many rows to leave out first, and how many to give.
    fn page(&self) -> (usize, usize) {
        match (self.page_number, self.page_size) {
            (None, None) => (self.skip.unwrap_or(0), self.limit.unwrap_or(PAGE_SIZE)),
            (number, size) => {
                let size = size.unwrap_or(PAGE_SIZE);
                (number.unwrap_or(1).saturating_sub(1).saturating_mul(size), size)
            }
        }
    }
}

impl FakeSbsys {
    pub(super) fn search_cases(&self, request: &FakeRequest) -> FakeAnswer {
        let Ok(search) = serde_json::from_slice::<Search>(&request.body) else { return bad_request() };
        let has_persons =
            request.pair("InkluderParterIResultat").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let rows: Vec<&CaseRow> = self
            .candidates(&search, request)
            .into_iter()
            .filter(|row| !is_on(row, "hidden_from_user") && search.matches(row))
            .filter(|row| self.is_about(row, search.primaer_person.as_ref(), search.alle_personer.as_ref()))
            .collect();
        let (skip, limit) = search.page();
        let page: Vec<Value> = rows.iter().skip(skip).take(limit).map(|row| self.thin_case(row, has_persons)).collect();
        FakeAnswer::json(200, &json!({"TotalNumberOfResults": rows.len(), "Results": page}))
    }

    /// The rows of the person asked for (nobody's when the number lacks its hyphen), or all rows.
    fn candidates(&self, search: &Search, request: &FakeRequest) -> Vec<&CaseRow> {
        let asked = [&search.primaer_person, &search.alle_personer];
        let Some(cpr) = asked.into_iter().flatten().find_map(|person| person.cpr_nummer.as_deref()) else {
            return self.world.cases().iter().filter(|row| row.source == NAME).collect();
        };
        let cpr = Some(cpr).filter(|cpr| cpr.contains('-')).and_then(ten_digits);
        cpr.map(|cpr| self.world.cases_of(NAME, request.whose(&cpr)).collect()).unwrap_or_default()
    }

    fn is_about(&self, row: &CaseRow, primary: Option<&Person>, anyone: Option<&Person>) -> bool {
        let name_of = |cpr: &str| self.world.person(cpr).map(|person| person.full_name().to_lowercase());
        let is_named = |person: &Person, cpr: &str| {
            person
                .person_navn
                .as_ref()
                .is_none_or(|wanted| name_of(cpr).is_some_and(|name| name.contains(&wanted.to_lowercase())))
        };
        let is_primary = |person: &Person| {
            let primary = cases::primary(row);
            let is_asked = person.cpr_nummer.is_none() || primary == Some(&*row.citizen);
            is_asked && primary.is_some_and(|cpr| is_named(person, cpr))
        };
        primary.is_none_or(is_primary) && anyone.is_none_or(|person| is_named(person, &row.citizen))
    }
}
