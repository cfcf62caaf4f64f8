//! Persons, users and units as the fake writes them.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{FakeSbsys, NAME, hyphenated, message, ten_digits, without_nulls};
use crate::fake::population::{Person, Sex, Staff};
use crate::fake::{FakeAnswer, FakeRequest};

/// The first half of an invented person's UUID; the second is the row number.
const PERSON_UUID_SPACE: u64 = 0x5b53_5953_0000_4000;

/// Row numbers of persons whom the population does not describe.
const UNKNOWN_PERSON: u64 = 999_999_999;

#[derive(Debug, Deserialize)]
struct PersonSearch {
    #[serde(rename = "CprNummer")]
    cpr: Option<String>,
}

#[derive(Debug, Deserialize)]
struct UserSearch {
    #[serde(rename = "LogonId")]
    logon: Option<String>,
    #[serde(rename = "Navn")]
    name: Option<String>,
}

/// Whom a person search is about.
pub(super) fn citizen(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<PersonSearch>(body).ok()?.cpr.as_deref().and_then(ten_digits)
}

/// `GET /api/bruger/me`.
pub(super) fn service_user() -> Value {
    json!({"Id": 1, "Brugernavn": super::credentials::USERNAME, "LogonId": super::credentials::USERNAME, "Navn": "Glasplade"})
}

impl FakeSbsys {
    pub(super) fn person_number(&self, cpr: &str) -> u64 {
        self.person_by_cpr.get(cpr).map_or(UNKNOWN_PERSON, |at| *at as u64 + 1)
    }

    pub(super) fn person(&self, cpr: &str, mother: &str) -> Value {
        let number = self.person_number(cpr);
        let person = self.world.person(cpr);
        let home = self.home_by_cpr.get(cpr).map(|at| &self.world.households()[*at]);
        json!({
            "Id": number,
            "Uuid": Uuid::from_u64_pair(PERSON_UUID_SPACE, number),
            "CprNummer": hyphenated(cpr),
            "Navn": person.map(Person::full_name),
            "FoedeDato": person.map(|person| format!("{}T00:00:00", person.born)),
            "Koen": person.map(|person| if person.sex == Sex::K { "Kvinde" } else { "Mand" }),
            "MorCPR": mother,
            "TilmeldtDigitalPost": true,
            "Adresse": home.map(|home| json!({
                "Adresse1": home.road,
                "HusNummer": home.house_number,
                "Etage": home.floor,
                "DoerBetegnelse": home.door,
                "PostNummer": home.postal_code.parse::<u32>().ok(),
                "PostDistrikt": home.town,
                "ErBeskyttet": person.and_then(|person| person.protected).unwrap_or(false),
            })),
        })
    }

    /// `POST /api/person/search`: a bare list.
    pub(super) fn search_persons(&self, request: &FakeRequest) -> FakeAnswer {
        let Ok(search) = serde_json::from_slice::<PersonSearch>(&request.body) else { return bad_request() };
        let asked = search.cpr.filter(|cpr| cpr.contains('-')).as_deref().and_then(ten_digits);
        let found = asked.map(|asked| request.whose(&asked).to_owned()).filter(|cpr| self.world.person(cpr).is_some());
        let persons: Vec<Value> = found.iter().map(|cpr| without_nulls(self.person(cpr, "      -    "))).collect();
        FakeAnswer::json(200, &persons)
    }

    /// `GET /api/bruger/{uuid}`: contact data in field names that are a guess (see the README).
    pub(super) fn user(&self, id: &str) -> Option<Value> {
        let at = self.user_by_uuid.get(&Uuid::parse_str(id).ok()?)?;
        let staff = &self.world.staff()[*at];
        let mut user = self.named(staff);
        user["Brugernavn"] = json!(staff.id);
        user["Titel"] = json!(staff.title);
        if !staff.left {
            user["Telefon"] = json!(staff.phone);
            user["Mobil"] = json!(staff.mobile);
            user["Email"] = json!(staff.email);
        }
        user["Ansaettelsessted"] = self.unit(&staff.unit).unwrap_or_default();
        Some(without_nulls(user))
    }

    /// The `Behandler` of a case.
    pub(super) fn caseworker(&self, id: &str) -> Option<Value> {
        self.world.staff_member(id).map(|staff| self.named(staff))
    }

    fn named(&self, staff: &Staff) -> Value {
        json!({"Id": staff.number, "Uuid": staff.uuid, "LogonId": staff.id, "Navn": self.world.spelled(staff, NAME)})
    }

    /// `POST /api/bruger/search`: a bare list.
    pub(super) fn search_users(&self, request: &FakeRequest) -> FakeAnswer {
        let Ok(search) = serde_json::from_slice::<UserSearch>(&request.body) else { return bad_request() };
        let matches = |staff: &&Staff| {
            let logon = search.logon.as_ref().is_none_or(|logon| logon.eq_ignore_ascii_case(&staff.id));
            let name = self.world.spelled(staff, NAME).to_lowercase();
            logon && search.name.as_ref().is_none_or(|wanted| name.contains(&wanted.to_lowercase()))
        };
        let users: Vec<Value> = self.world.staff().iter().filter(matches).map(|staff| self.named(staff)).collect();
        FakeAnswer::json(200, &users)
    }

    /// The `Ansaettelsessted` of a case or user.
    pub(super) fn unit(&self, code: &str) -> Option<Value> {
        let unit = self.world.unit(code)?;
        Some(json!({"Id": unit.number, "Uuid": unit.uuid, "Navn": unit.name}))
    }

    /// `GET /api/ansaettelsessted/alle`.
    pub(super) fn units(&self) -> Vec<Value> {
        self.world.units().iter().filter_map(|unit| self.unit(&unit.code)).collect()
    }
}

pub(super) fn bad_request() -> FakeAnswer {
    message(400, "The request is invalid.")
}
