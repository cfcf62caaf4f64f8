//! DUBU's screen interface as a wire fake: paths, options, shapes and the login page as robots meet them.

mod entities;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use self::entities::{ACTIVITY, CASE, USER};
use crate::contract::CprNumber;
use crate::fake::population::CaseRow;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault};

/// The one session that the fake knows; what the cookie file of a demo holds.
pub const DEMO_COOKIE: &str = "oiosamlSession=demo; oiosamlCookie=demo";

const SOURCE: &str = "dubu";

const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"da\"><head><title>Log ind</title></head><body onload=\"document.forms[0].submit()\"><form method=\"post\" action=\"https://idp.example/runtime/saml2/issue.idp\"><input type=\"hidden\" name=\"SAMLRequest\" value=\"\"><noscript><button>Log ind</button></noscript></form></body></html>";

/// One municipality's DUBU.
#[derive(Debug)]
pub(crate) struct Dubu {
    context: FakeContext,
    /// Where in the world DUBU's cases stand.
    cases: Vec<usize>,
    by_serial: HashMap<u64, usize>,
    /// Cases that the search finds by a number that is not their own (quirk `mentions`).
    mentions: HashMap<String, Vec<usize>>,
    /// DUBU counts its persons itself.
    person_ids: HashMap<String, u64>,
    persons: Vec<String>,
    users: Vec<Value>,
}

const FIRST_PERSON: u64 = 100_001;

impl Dubu {
    /// DUBU as `context`'s world has it.
    pub(crate) fn new(context: FakeContext) -> Self {
        let world = Arc::clone(&context.world);
        let users = world.staff().iter().map(|staff| rows::user(&context, staff)).collect();
        let mut dubu = Self {
            cases: Vec::new(),
            by_serial: HashMap::new(),
            mentions: HashMap::new(),
            person_ids: HashMap::new(),
            persons: Vec::new(),
            users,
            context,
        };
        let ours = world.cases().iter().enumerate().filter(|(_, case)| case.source == SOURCE);
        for (at, case) in ours {
            dubu.cases.push(at);
            dubu.by_serial.insert(case.serial, at);
            let mentioned = case.quirks.get("mentions").and_then(Value::as_array).into_iter().flatten();
            for number in mentioned.filter_map(Value::as_str) {
                dubu.mentions.entry(number.to_owned()).or_default().push(at);
            }
            if !dubu.person_ids.contains_key(&case.citizen) {
                dubu.person_ids.insert(case.citizen.clone(), FIRST_PERSON + dubu.persons.len() as u64);
                dubu.persons.push(case.citizen.clone());
            }
        }
        dubu
    }

    fn row(&self, case: &CaseRow) -> Value {
        rows::case(&self.context, case, self.person_id(&case.citizen))
    }

    fn person_id(&self, cpr: &str) -> u64 {
        self.person_ids.get(cpr).copied().unwrap_or_default()
    }

    fn case_at(&self, at: usize) -> Option<&CaseRow> {
        self.context.world.cases().get(at)
    }

    /// The case with this id, or one of the citizen's whose data is to be answered with instead.
    fn case(&self, request: &FakeRequest, id: &str) -> Option<&CaseRow> {
        let case = self.by_serial.get(&id.parse().ok()?).and_then(|at| self.case_at(*at))?;
        match request.whose(&case.citizen) {
            own if own == case.citizen => Some(case),
            other => self.context.world.cases_of(SOURCE, other).next(),
        }
    }

    fn search(&self, request: &FakeRequest) -> FakeAnswer {
        let Some(number) = searched_number(request) else {
            let all: Vec<Value> =
                self.cases.iter().filter_map(|at| self.case_at(*at)).map(|case| self.row(case)).collect();
            return CASE.answer(&request.query, &all);
        };
        let mentioning = self.mentions.get(number).into_iter().flatten().filter_map(|at| self.case_at(*at));
        let own = self.context.world.cases_of(SOURCE, request.whose(number));
        let rows: Vec<Value> = own.chain(mentioning).map(|case| self.row(case)).collect();
        let rest: Vec<_> = request.query.iter().filter(|(name, _)| name != "search").cloned().collect();
        CASE.answer(&rest, &rows)
    }

    fn details(&self, request: &FakeRequest, id: &str) -> FakeAnswer {
        match self.case(request, id) {
            Some(case) if case.quirks.contains_key("no_details") => server_error(),
            Some(case) => FakeAnswer::json(200, &rows::details(&self.context, case, self.person_id(&case.citizen))),
            None => not_found(),
        }
    }

    fn activities(&self, request: &FakeRequest, id: &str) -> FakeAnswer {
        let activities: Vec<Value> = self.case(request, id).and_then(rows::activity).into_iter().collect();
        ACTIVITY.answer(&request.query, &activities)
    }

    fn party(&self, request: &FakeRequest, id: &str) -> FakeAnswer {
        let Some(cpr) = self.person(id) else { return not_found() };
        let cpr = request.whose(cpr);
        FakeAnswer::json(200, &rows::party(&self.context, cpr, self.person_id(cpr), request.pair("sagId")))
    }

    fn person(&self, id: &str) -> Option<&str> {
        let at = id.parse::<u64>().ok()?.checked_sub(FIRST_PERSON)?;
        self.persons.get(usize::try_from(at).ok()?).map(String::as_str)
    }

    fn user(&self, id: &str) -> FakeAnswer {
        let user = id.parse::<u64>().ok().and_then(|id| self.users.iter().find(|user| user["id"] == id));
        user.map_or_else(not_found, |user| FakeAnswer::json(200, user))
    }
}

impl FakeSystem for Dubu {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let id_of = |id: &str| self.by_serial.get(&id.parse().ok()?).and_then(|at| self.case_at(*at));
        match Asked::read(&request.path) {
            Asked::Cases => searched_number(request).map(str::to_owned),
            Asked::Details(id) | Asked::Case(id) | Asked::Activities(id) => id_of(id).map(|case| case.citizen.clone()),
            Asked::Party(id) => self.person(id).map(str::to_owned),
            _ => None,
        }
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        if !is_logged_in(request) {
            return login_page();
        }
        if request.method != http::Method::GET {
            return FakeAnswer::json(
                405,
                &json!({ "message": "The requested resource does not support this method." }),
            );
        }
        match Asked::read(&request.path) {
            Asked::Cases => self.search(request),
            Asked::Details(id) | Asked::Case(id) => self.details(request, id),
            Asked::Activities(id) => self.activities(request, id),
            Asked::Users => USER.answer(&request.query, &self.users),
            Asked::User(id) => self.user(id),
            Asked::Party(id) => self.party(request, id),
            Asked::CurrentUser => FakeAnswer::json(200, &rows::current_user()),
            Asked::Codes(list) => rows::codes(list).map_or_else(not_found, |codes| FakeAnswer::json(200, &codes)),
            Asked::Nothing => not_found(),
        }
    }

    fn fault(&self, _request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        match fault {
            VendorFault::Fault => server_error(),
            VendorFault::RefusedToken => login_page(),
        }
    }
}

/// What a path asks for.
enum Asked<'a> {
    Cases,
    Details(&'a str),
    Case(&'a str),
    Activities(&'a str),
    Users,
    User(&'a str),
    Party(&'a str),
    CurrentUser,
    Codes(&'a str),
    Nothing,
}

impl<'a> Asked<'a> {
    fn read(path: &'a str) -> Self {
        let after = |start: &str| path.strip_prefix(start);
        match path {
            "/odata/Sag" => Self::Cases,
            "/odata/OrgBruger/Default.GetByKommune" | "/odata/OrgBruger/Default.GetByKommune()" => Self::Users,
            "/api/organisation/bruger/currentuser" => Self::CurrentUser,
            _ => None
                .or_else(|| after("/api/sager/details/").map(Self::Details))
                .or_else(|| after("/api/sager/").map(Self::Case))
                .or_else(|| after("/odata/Aktivitet/Default.GetBySag(Id=")?.strip_suffix(')').map(Self::Activities))
                .or_else(|| after("/api/parter/borger/getBorgerAndRelationToSag/").map(Self::Party))
                .or_else(|| {
                    after("/api/administration/bruger/orgBruger/").map(|id| Self::User(id.trim_start_matches('/')))
                })
                .or_else(|| after("/api/klassifikation/").map(Self::Codes))
                .unwrap_or(Self::Nothing),
        }
    }
}

/// A search for exactly one personal number, ten digits without a hyphen; anything else is a search in texts.
fn searched_number(request: &FakeRequest) -> Option<&str> {
    request.pair("search").map(str::trim).filter(|text| text.len() == 10 && CprNumber::parse(text).is_ok())
}

fn is_logged_in(request: &FakeRequest) -> bool {
    let headers = request.headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let shown: Vec<&str> = headers.flat_map(|header| header.split(';')).map(str::trim).collect();
    DEMO_COOKIE.split("; ").all(|cookie| shown.contains(&cookie))
}

fn login_page() -> FakeAnswer {
    FakeAnswer::new(200, "text/html; charset=utf-8", LOGIN_PAGE)
}

fn not_found() -> FakeAnswer {
    FakeAnswer::json(404, &json!({ "message": "Not found" }))
}

fn server_error() -> FakeAnswer {
    FakeAnswer::new(500, "application/json; charset=utf-8", include_str!("../fixtures/fault.json"))
}
