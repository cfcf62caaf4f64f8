//! The world's rows in DUBU's shapes.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::SOURCE;
use crate::contract::{danish_day, danish_time_zone};
use crate::fake::FakeContext;
use crate::fake::population::{CaseRow, Progress, Staff};

/// A row of the case list with all its navigations; the options of the request cut it down.
pub(super) fn case(context: &FakeContext, case: &CaseRow, person_id: u64) -> Value {
    let staff = case.caseworker.as_deref().and_then(|id| context.world.staff_member(id));
    let others: Vec<&str> = case.others.iter().map(|id| spelled(context, id)).collect();
    let deadline = case.deadline.map(|day| {
        let instant = case.quirks.contains_key("deadline_as_instant");
        json!({ "id": case.serial * 10 + 1, "fristDato": if instant { danish_midnight(day) } else { day.to_string() } })
    });
    json!({
        "id": case.serial,
        "sagsnummer": case.number,
        "titel": case.title,
        "sagstype": case_type(case),
        "status": status(case),
        "isSensitive": case.level.is_some_and(|level| level >= 3),
        "tvang": case.coercion,
        "sekundaerBehandlerNavne": others.join(", "),
        "primaerPerson": person(context, case, person_id),
        "primaerBehandler": staff.map(|staff| json!({
            "id": staff.number,
            "navn": context.world.spelled(staff, SOURCE),
            "email": staff.email,
        })),
        "foerstkommendeFrist": deadline,
        "afdeling": department(context, case.unit.as_deref()),
    })
}

fn spelled<'a>(context: &'a FakeContext, id: &'a str) -> &'a str {
    context.world.staff_member(id).map_or(id, |staff| context.world.spelled(staff, SOURCE))
}

fn case_type(case: &CaseRow) -> Value {
    match (&case.type_code, &case.type_name) {
        (None, None) => Value::Null,
        (_, Some(name)) if case.quirks.contains_key("type_as_text") => json!(name),
        (code, name) => json!({ "titel": name.as_ref().or(code.as_ref()), "brugervendtNoegle": code }),
    }
}

/// Only "`SagStatus1` is active" and "2, 5, 6, 7 are not" are known; the titles of the latter are invented.
fn status(case: &CaseRow) -> Value {
    let usual = match case.progress {
        Progress::Closed => "SagStatus2",
        Progress::Void => "SagStatus7",
        _ => "SagStatus1",
    };
    let key = case.raw_status.as_deref().unwrap_or(usual);
    let title = case.status_text.as_deref().unwrap_or(match key {
        "SagStatus1" => "Aktiv",
        "SagStatus2" => "Afsluttet",
        "SagStatus5" => "Arkiveret",
        "SagStatus6" => "Overdraget",
        "SagStatus7" => "Annulleret",
        other => other,
    });
    json!({ "titel": title, "brugervendtNoegle": key })
}

fn person(context: &FakeContext, case: &CaseRow, id: u64) -> Value {
    let mut person = person_by_number(context, &case.citizen, id);
    if case.quirks.contains_key("no_cpr") {
        person["cprnr"] = Value::Null;
    }
    person
}

fn person_by_number(context: &FakeContext, cpr: &str, id: u64) -> Value {
    let Some(person) = context.world.person(cpr) else {
        return json!({ "id": id, "cprnr": cpr, "navn": null, "fuldeNavn": null, "organisationsnavn": null });
    };
    let (first, middle) = person.given_name.split_once(' ').unwrap_or((&person.given_name, ""));
    let today = danish_day(context.clock.now());
    let had_no_birthday = (today.month(), today.day()) < (person.born.month(), person.born.day());
    json!({
        "id": id,
        "cprnr": cpr,
        "fornavn": first,
        "mellemnavn": (!middle.is_empty()).then_some(middle),
        "efternavn": person.family_name,
        "navn": person.full_name(),
        "fuldeNavn": person.full_name(),
        "organisationsnavn": null,
        "alder": today.year() - person.born.year() - i16::from(had_no_birthday),
    })
}

fn department(context: &FakeContext, code: Option<&str>) -> Value {
    let unit = code.and_then(|code| context.world.unit(code));
    unit.map_or(Value::Null, |unit| json!({ "orgEnhedId": unit.number, "navn": unit.name }))
}

/// `/api/sager/details/{id}` and `/api/sager/{id}`.
pub(super) fn details(context: &FakeContext, case: &CaseRow, person_id: u64) -> Value {
    let kle = case.kle.as_ref().map(|kle| json!({ "brugervendtNoegle": kle, "titel": case.kle_title }));
    let local = |day: Date| format!("{day}T00:00:00");
    json!({
        "id": case.serial,
        "sagUuid": case.id,
        "sagsnummer": case.number,
        "titel": case.title,
        "oprettetDato": case.opened.map(local),
        "afsluttetDato": case.closed.map(local),
        "senestAendret": case.changed.map(|moment| moment.to_string()),
        "afdeling": department(context, case.unit.as_deref()),
        "kleEmne": kle,
        "sagReference": { "personId": person_id, "sagId": case.serial },
    })
}

/// The one activity that a case's deadline stands on.
pub(super) fn activity(case: &CaseRow) -> Option<Value> {
    let day = case.deadline?;
    Some(json!({
        "id": case.serial * 10 + 1,
        "sagId": case.serial,
        "titel": "Opfølgning",
        "fristDato": day.to_string(),
        "status": ACTIVITY_STATES.first().map(code),
        "prioritet": PRIORITIES.first().map(code),
        "lovgrundlag": case.law,
    }))
}

/// A user of the municipality. Windows writes user names in capitals.
pub(super) fn user(context: &FakeContext, staff: &Staff) -> Value {
    let memberships: Vec<Value> =
        Some(department(context, Some(&staff.unit))).into_iter().filter(|unit| !unit.is_null()).collect();
    json!({
        "id": staff.number,
        "email": staff.email,
        "telefon": staff.phone,
        "mobiltelefon": staff.mobile,
        "gyldigTil": if staff.left { "2020-12-31T00:00:00" } else { "9999-12-31T00:00:00" },
        "fuldeNavn": context.world.spelled(staff, SOURCE),
        "brugernavn": staff.id.to_uppercase(),
        "medlemsskaber": memberships,
    })
}

/// `/api/parter/borger/getBorgerAndRelationToSag/{personId}?sagId=`.
pub(super) fn party(context: &FakeContext, cpr: &str, id: u64, case: Option<&str>) -> Value {
    let relation = case.map(|case| json!({ "sagId": case.parse::<u64>().ok(), "titel": "Primær part" }));
    json!({ "borger": person_by_number(context, cpr, id), "relation": relation })
}

/// `/api/organisation/bruger/currentuser`.
pub(super) fn current_user() -> Value {
    json!({ "id": 1, "brugernavn": "GLASPLADE", "fuldeNavn": "Glasplade Prøve", "kommune": { "kommunekode": "0751" } })
}

type Code = (&'static str, &'static str);

const ACTIVITY_STATES: &[Code] = &[("AktivitetStatus1", "Åben"), ("AktivitetStatus2", "Udført")];
const PRIORITIES: &[Code] = &[("AktivitetPrioritet2", "Normal"), ("AktivitetPrioritet1", "Høj")];
const ACTIVITY_TYPES: &[Code] =
    &[("Opfoelgning", "Opfølgning"), ("BoernefagligUndersoegelse", "Børnefaglig undersøgelse")];

/// `/api/klassifikation/{list}`.
pub(super) fn codes(list: &str) -> Option<Vec<Value>> {
    let codes = match list {
        "aktivitetstatuser" => ACTIVITY_STATES,
        "aktivitetPrioriteter" => PRIORITIES,
        "aktivitetTypeKlasseRelationResult" => ACTIVITY_TYPES,
        _ => return None,
    };
    Some(codes.iter().map(code).collect())
}

fn code((key, title): &Code) -> Value {
    json!({ "titel": title, "brugervendtNoegle": key })
}

/// The first moment of a Danish day, written in UTC.
fn danish_midnight(day: Date) -> String {
    let midnight = day.to_zoned(danish_time_zone().clone()).or_else(|_| day.to_zoned(TimeZone::UTC));
    midnight.map_or_else(|_| day.to_string(), |midnight| midnight.timestamp().to_string())
}
