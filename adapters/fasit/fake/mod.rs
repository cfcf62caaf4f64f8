//! A fake Fasit: the backend of its screen over the invented population.

mod render;
mod search;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::Method;
use http::header::AUTHORIZATION;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{KIND, token};
use crate::contract::{Clock, CprNumber};
use crate::fake::population::CaseRow;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault, World};

/// How long a demo token lives: a working day, so that nobody has to renew it.
const DEMO_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// A bearer token that the fake takes: the shape of a JWT, unsigned, with an `exp` 12 hours after `now`.
pub fn demo_token(now: Timestamp) -> String {
    token_until(now.saturating_add(DEMO_TOKEN_LIFETIME).unwrap_or(Timestamp::MAX))
}

/// A bearer token that the fake takes until `end`.
pub(super) fn token_until(end: Timestamp) -> String {
    let header = base64url(br#"{"alg":"none","typ":"JWT"}"#);
    let claims = json!({"iss": "glasplade-demo", "sub": "glasplade", "exp": end.as_second()}).to_string();
    format!("{header}.{}.", base64url(claims.as_bytes()))
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=chunk.len() {
            let six = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or_default();
            text.push(char::from(LETTERS[six]));
        }
    }
    text
}

/// A citizen whom Fasit knows: it has at least one case under exactly this number.
struct Citizen {
    id: Uuid,
    number: String,
}

/// The fake Fasit.
pub(crate) struct Fasit {
    world: Arc<World>,
    clock: Arc<dyn Clock>,
    citizens: Vec<Citizen>,
    by_id: HashMap<Uuid, usize>,
    by_number: HashMap<String, usize>,
    /// Everybody with the same name and birthday.
    look_alikes: HashMap<(String, Date), Vec<usize>>,
    calls: AtomicU64,
}

/// Why the fake refuses; each becomes a problem document.
enum Refusal {
    /// 400, with what is wrong.
    Wrong(&'static str),
    /// 404.
    NotFound,
}

impl Fasit {
    /// A fake over this population.
    pub(crate) fn new(context: FakeContext) -> Self {
        let FakeContext { world, clock } = context;
        let mut fake = Self {
            world: Arc::clone(&world),
            clock,
            citizens: Vec::new(),
            by_id: HashMap::new(),
            by_number: HashMap::new(),
            look_alikes: HashMap::new(),
            calls: AtomicU64::new(0),
        };
        for row in world.cases().iter().filter(|row| row.source == KIND.name) {
            let at = fake.citizens.len();
            if fake.by_number.contains_key(&row.citizen) {
                continue;
            }
            // Ids count from 1 and hold nothing of the number.
            let id = Uuid::from_u128(0xfa51_7000_0000_4000_8000_0000_0000_0001 + at as u128);
            fake.by_id.insert(id, at);
            fake.by_number.insert(row.citizen.clone(), at);
            if let Some(person) = world.person(&row.citizen) {
                fake.look_alikes.entry((person.full_name(), person.born)).or_default().push(at);
            }
            fake.citizens.push(Citizen { id, number: row.citizen.clone() });
        }
        fake
    }

    fn rows<'a>(&'a self, number: &str) -> impl Iterator<Item = &'a CaseRow> {
        self.world.cases_of(KIND.name, number)
    }

    /// [DK] primær sag: the first active case, or else the first.
    fn primary(&self, number: &str) -> Option<&CaseRow> {
        self.rows(number).find(|row| render::is_active(row)).or_else(|| self.rows(number).next())
    }

    fn correlation(&self) -> String {
        let call = u128::from(self.calls.fetch_add(1, Ordering::Relaxed));
        Uuid::from_u128(0xc0ff_ee00_abcd_4abc_8abc_abcd_ef00_0000 + (call & 0xff_ffff)).to_string()
    }

    fn found(&self, mut body: Value) -> FakeAnswer {
        let correlation = self.correlation();
        body["correlationIdentifier"] = json!(correlation);
        FakeAnswer::json(200, &body).with_header("x-correlationidentifier", &correlation)
    }

    fn problem(&self, status: u16, title: &str, detail: &str) -> FakeAnswer {
        let correlation = self.correlation();
        let body = json!({"title": title, "status": status, "detail": detail, "messageTitle": "Der opstod en fejl",
            "correlationIdentifier": correlation});
        FakeAnswer::new(status, "application/problem+json; charset=utf-8", body.to_string())
            .with_header("x-correlationidentifier", &correlation)
    }

    fn unauthorized(&self) -> FakeAnswer {
        self.problem(401, "Unauthorized", "Adgangstokenet mangler, er udløbet eller er ugyldigt.")
    }

    /// Any token of a JWT's shape whose end lies ahead.
    fn knows(&self, request: &FakeRequest) -> bool {
        let header = request.header(AUTHORIZATION.as_str()).unwrap_or_default();
        let bearer = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        bearer.and_then(|(_, text)| token::expiry(text.trim())).is_some_and(|end| end > self.clock.now())
    }

    fn dispatch(&self, request: &FakeRequest) -> Result<Value, Refusal> {
        let path = path_of(request);
        if request.method == Method::GET {
            let is_groups = path.ends_with("/persongroup/queries/getpersongroups");
            return if is_groups { Ok(json!({ "personGroups": [] })) } else { Err(Refusal::NotFound) };
        }
        let body = body_of(request).ok_or(Refusal::Wrong("Forespørgslen er ikke et JSON-objekt."))?;
        if path == "/api/search" {
            // Rows tell whose they are, so another citizen's tell theirs.
            let body = request.instead.iter().fold(body, |body, number| search::mistaken(body, number));
            return search::bulk(self, &body).map_err(Refusal::Wrong);
        }
        if path == "/api/search/queries/rankedsearchquery" {
            return Ok(self.ranked(&body));
        }
        let citizen = self.named_by(&body).ok_or(Refusal::NotFound)?;
        // The fault "another citizen" strikes here and not in the ranked search: swapping twice could swap back.
        let whose = request.whose(&citizen.number);
        match path.as_str() {
            "/api/citizen/queries/getauthoritycitizencontext" => self.context(whose),
            "/api/citizen/case/queries/getcases" => Ok(self.cases(whose)),
            "/api/citizen/citizentask/queries/getcitizentasksmetadata" => Ok(json!({ "tasks": [] })),
            "/api/citizen/journal/queries/getjournalnotesforcitizenid" => Ok(json!({ "journalNotes": [] })),
            _ if path.ends_with("/getpersongroupmarkingsforcitizen") => Ok(json!({ "personGroupMarkings": [] })),
            _ if path.ends_with("/citizencore/queries/getnotesforcitizen") => {
                Ok(json!({"notes": {"importantNote1": null, "importantNote2": null}}))
            }
            _ => Err(Refusal::NotFound),
        }
    }

    /// Numbers match whole (with or without the hyphen), names in part. Whoever shares a found citizen's name and birthday
    /// comes along: the search ranks by likeness.
    fn ranked(&self, body: &Value) -> Value {
        let wants_citizens = body["documentTypes"].as_array().is_none_or(|types| types.contains(&json!("citizen")));
        let is_first_page = body["page"].as_u64().unwrap_or_default() == 0;
        let query = body["queryString"].as_str().unwrap_or_default().trim();
        let mut found = Vec::new();
        if wants_citizens && is_first_page {
            if let Ok(number) = CprNumber::parse(query) {
                found = self.by_number.get(number.expose()).map(|at| self.with_look_alikes(*at)).unwrap_or_default();
            } else if query.chars().filter(|letter| letter.is_alphabetic()).count() >= 2 {
                found = self.with_name(&query.to_lowercase());
            }
        }
        let hits: Vec<Value> = found
            .into_iter()
            .map(|at| json!({"documentType": "citizen", "documentId": self.citizens[at].id}))
            .collect();
        json!({ "rankedSearchResult": hits })
    }

    fn with_look_alikes(&self, at: usize) -> Vec<usize> {
        let person = |at: usize| self.world.person(&self.citizens[at].number);
        let Some(found) = person(at) else { return vec![at] };
        let alike = self.look_alikes.get(&(found.full_name(), found.born)).into_iter().flatten();
        // An earlier number of the same person is no look-alike.
        let others = alike.filter(|other| person(**other).is_some_and(|other| other.cpr != found.cpr));
        std::iter::once(at).chain(others.copied()).collect()
    }

    fn with_name(&self, part: &str) -> Vec<usize> {
        const RANKED_MAX: usize = 10;
        let matches = |at: &usize| {
            let person = self.world.person(&self.citizens[*at].number);
            person.is_some_and(|person| person.full_name().to_lowercase().contains(part))
        };
        (0..self.citizens.len()).filter(matches).take(RANKED_MAX).collect()
    }

    fn named_by(&self, body: &Value) -> Option<&Citizen> {
        let id = Uuid::try_parse(body["citizenId"].as_str()?.trim()).ok()?;
        self.by_id.get(&id).map(|at| &self.citizens[*at])
    }

    fn context(&self, number: &str) -> Result<Value, Refusal> {
        let id = self.by_number.get(number).map(|at| self.citizens[*at].id);
        let quirk = self.rows(number).find_map(|row| row.quirks.get("context").and_then(Value::as_str));
        match quirk {
            Some("missing") => Err(Refusal::NotFound),
            Some("silent") => Ok(json!({ "citizenId": id })),
            Some("formatted") => Ok(json!({"citizenId": id, "citizenCprFormatted": render::hyphenated(number)})),
            _ => Ok(json!({"citizenId": id, "cprNumber": number})),
        }
    }

    fn cases(&self, number: &str) -> Value {
        let primary = self.primary(number).map(|row| row.id);
        let cases = self.rows(number).map(|row| render::case(&self.world, row, Some(row.id) == primary));
        json!({ "cases": cases.collect::<Vec<_>>() })
    }
}

impl FakeSystem for Fasit {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let body = body_of(request)?;
        let asked = body["queryString"].as_str().and_then(|query| CprNumber::parse(query.trim()).ok());
        asked
            .map(|number| number.expose().to_owned())
            .or_else(|| search::asked_for(&body))
            .or_else(|| self.named_by(&body).map(|citizen| citizen.number.clone()))
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        if !self.knows(request) {
            return self.unauthorized();
        }
        if request.header("x-tenant").is_none_or(|tenant| tenant.trim().is_empty()) {
            return self.problem(400, "Bad Request", "X-Tenant mangler.");
        }
        match self.dispatch(request) {
            Ok(body) => self.found(body),
            Err(Refusal::Wrong(what)) => self.problem(400, "Bad Request", what),
            Err(Refusal::NotFound) => self.problem(404, "Not Found", "Det efterspurgte findes ikke."),
        }
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        match fault {
            VendorFault::RefusedToken => self.unauthorized(),
            VendorFault::Fault => {
                // Vendors do repeat what was asked for; nobody downstream may.
                let asked = self.citizen(request).unwrap_or_default();
                self.problem(500, "Internal Server Error", &format!("Uventet fejl ved opslag på {asked}."))
            }
        }
    }
}

fn path_of(request: &FakeRequest) -> String {
    request.path.trim_end_matches('/').to_ascii_lowercase()
}

fn body_of(request: &FakeRequest) -> Option<Value> {
    serde_json::from_slice(&request.body).ok().filter(Value::is_object)
}
