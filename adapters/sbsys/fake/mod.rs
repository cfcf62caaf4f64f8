//! A fake SBSYS with its token service: the read operations that public clients use, answered from the population.

mod cases;
pub mod credentials;
mod people;
mod search;
mod stamp;
mod token;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::contract::{Clock, CprNumber};
use crate::fake::population::CaseRow;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault, World};
use token::Tokens;

const NAME: &str = "sbsys";

/// The fake.
#[derive(Debug)]
pub(crate) struct FakeSbsys {
    world: Arc<World>,
    clock: Arc<dyn Clock>,
    tokens: Tokens,
    case_by_number: HashMap<u64, usize>,
    case_by_uuid: HashMap<Uuid, usize>,
    user_by_uuid: HashMap<Uuid, usize>,
    person_by_cpr: HashMap<String, usize>,
    home_by_cpr: HashMap<String, usize>,
}

impl FakeSbsys {
    /// Indexes the population as SBSYS is asked for it.
    pub(crate) fn new(context: FakeContext) -> Self {
        let world = context.world;
        let ours = || world.cases().iter().enumerate().filter(|(_, row)| row.source == NAME);
        let homes = world.households().iter().enumerate();
        Self {
            clock: context.clock,
            tokens: Tokens::default(),
            case_by_number: ours().map(|(at, row)| (row.serial, at)).collect(),
            case_by_uuid: ours().map(|(at, row)| (row.id, at)).collect(),
            user_by_uuid: world.staff().iter().enumerate().map(|(at, staff)| (staff.uuid, at)).collect(),
            person_by_cpr: world.persons().iter().enumerate().map(|(at, one)| (one.cpr.clone(), at)).collect(),
            home_by_cpr: homes.flat_map(|(at, home)| home.members.iter().map(move |cpr| (cpr.clone(), at))).collect(),
            world,
        }
    }

    /// Ends every token before its time.
    #[cfg(test)]
    pub(crate) fn end_all_tokens(&self) {
        self.tokens.end_all();
    }

    /// A case by row number or UUID.
    fn case(&self, id: &str) -> Option<&CaseRow> {
        let by_number = || self.case_by_number.get(&id.parse().ok()?);
        let by_uuid = || self.case_by_uuid.get(&Uuid::parse_str(id).ok()?);
        by_number().or_else(by_uuid).map(|at| &self.world.cases()[*at])
    }

    fn with_case(&self, id: &str, read: impl FnOnce(&CaseRow) -> Value) -> FakeAnswer {
        match self.case(id) {
            None => not_found(),
            Some(row) if is_on(row, "detail_gone") => not_found(),
            Some(row) if is_on(row, "hidden_from_user") || is_on(row, "detail_forbidden") => forbidden(),
            Some(row) => FakeAnswer::json(200, &without_nulls(read(row))),
        }
    }

    fn get(&self, path: &[&str]) -> FakeAnswer {
        match path {
            ["api", "sag", "sagstatuslist"] => FakeAnswer::json(200, &cases::status_list()),
            ["api", "sag", id] => self.with_case(id, |row| self.whole_case(row)),
            ["api", "sag", id, "part"] => self.with_case(id, |row| self.parts(row)),
            ["api", "sag", id, "dokumenter" | "journalarknotes" | "delforloeb"] => self.with_case(id, |_| json!([])),
            ["api", "erindring", "sag", id] => self.with_case(id, cases::reminders),
            ["api", "erindring", "typer"] => FakeAnswer::json(200, &cases::reminder_types()),
            ["api", "sagsskabelon"] => FakeAnswer::json(200, &self.templates()),
            ["api", "sagsskabelon", id] => {
                let found = self.templates().into_iter().find(|template| template["Id"].as_u64() == id.parse().ok());
                found.map_or_else(not_found, |template| FakeAnswer::json(200, &template))
            }
            ["api", "bruger", "me"] => FakeAnswer::json(200, &people::service_user()),
            ["api", "bruger", id] => self.user(id).map_or_else(not_found, |user| FakeAnswer::json(200, &user)),
            ["api", "ansaettelsessted", "alle"] => FakeAnswer::json(200, &self.units()),
            _ => not_found(),
        }
    }

    fn post(&self, path: &[&str], request: &FakeRequest) -> FakeAnswer {
        match path {
            ["api", "sag", "search"] => self.search_cases(request),
            ["api", "person", "search"] => self.search_persons(request),
            ["api", "bruger", "search"] => self.search_users(request),
            _ => self.write(path),
        }
    }

    /// Nobody changes anything here; a closed case says so in its own way.
    fn write(&self, path: &[&str]) -> FakeAnswer {
        let ([.., "sag", id] | [.., "sag", id, _]) = path else { return not_found() };
        match self.case(id).map(cases::is_closed) {
            None => not_found(),
            Some(true) => message(409, "Sagen er afsluttet."),
            Some(false) => message(405, "The requested resource does not support this http method."),
        }
    }
}

impl FakeSystem for FakeSbsys {
    fn name(&self) -> &'static str {
        NAME
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let path = segments(&request.path);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", "sag", "search"] => search::citizen(&request.body),
            ["api", "person", "search"] => people::citizen(&request.body),
            ["api", "sag", id, ..] | ["api", "erindring", "sag", id] => self.case(id).map(|row| row.citizen.clone()),
            _ => None,
        }
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let path = segments(&request.path);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let now = self.clock.now();
        if is_token_service(&path) {
            return self.tokens.issue(request, now);
        }
        if !self.tokens.admits(request, now) {
            return unauthorized();
        }
        match request.method.as_str() {
            "GET" => self.get(&path),
            "POST" => self.post(&path, request),
            _ => self.write(&path),
        }
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        let path = segments(&request.path);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match fault {
            VendorFault::RefusedToken if is_token_service(&path) => {
                token::refused("invalid_grant", "Invalid user credentials")
            }
            VendorFault::RefusedToken => unauthorized(),
            VendorFault::Fault => FakeAnswer::json(
                500,
                &json!({
                    "Message": "An error has occurred.",
                    "ExceptionMessage": "Object reference not set to an instance of an object.",
                    "ExceptionType": "System.NullReferenceException",
                }),
            ),
        }
    }
}

/// Path segments in lower case: the server's routes know no case, and doubled slashes work.
fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|segment| !segment.is_empty()).map(str::to_lowercase).collect()
}

fn is_token_service(path: &[&str]) -> bool {
    let path = path.strip_prefix(&["auth"]).unwrap_or(path);
    path == ["realms", "sbsip", "protocol", "openid-connect", "token"]
}

/// Ten digits, from either spelling.
fn ten_digits(cpr: &str) -> Option<String> {
    CprNumber::parse(cpr.trim()).ok().map(|cpr| cpr.expose().to_owned())
}

fn hyphenated(cpr: &str) -> String {
    CprNumber::parse(cpr).map_or_else(|_| cpr.to_owned(), |cpr| cpr.expose_hyphenated())
}

fn is_on(row: &CaseRow, quirk: &str) -> bool {
    row.quirks.get(quirk) == Some(&Value::Bool(true))
}

fn unauthorized() -> FakeAnswer {
    message(401, "Authorization has been denied for this request.")
        .with_header("www-authenticate", "Bearer error=\"invalid_token\"")
}

fn forbidden() -> FakeAnswer {
    message(403, "Brugeren har ikke adgang til sagen.")
}

fn not_found() -> FakeAnswer {
    message(404, "No HTTP resource was found that matches the request.")
}

fn message(status: u16, text: &str) -> FakeAnswer {
    FakeAnswer::json(status, &json!({ "Message": text }))
}

/// What is null is left out of every answer.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
