//! Cases, their parties and reminders as the fake writes them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::stamp::Stamp;
use super::{FakeSbsys, NAME, hyphenated, is_on, without_nulls};
use crate::fake::population::{CaseRow, Party, Person, Progress};

/// This installation's own statuses: id, name, state, order.
const STATUSES: &[(u32, &str, &str, u32)] = &[
    (6, "Opstået", "Aktiv", 1),
    (7, "Aktiv", "Aktiv", 2),
    (9, "Afsluttet", "Afsluttet", 3),
    (10, "Annulleret", "Afsluttet", 4),
];

/// What only a case by itself has, not its row in a search.
const DETAIL_ONLY: &[&str] = &["SagsNummer", "Fagomraade", "SecuritySetId", "SagsNummerId", "BevaringId", "Oprettet"];

fn status(progress: Progress) -> (u32, &'static str, &'static str, u32) {
    STATUSES[match progress {
        Progress::Opened => 0,
        Progress::Informed | Progress::Decided | Progress::Active | Progress::Performed => 1,
        Progress::Closed => 2,
        Progress::Void => 3,
    }]
}

pub(super) fn status_id(row: &CaseRow) -> u32 {
    status(row.progress).0
}

pub(super) fn is_closed(row: &CaseRow) -> bool {
    status(row.progress).2 == "Afsluttet"
}

pub(super) fn status_list() -> Vec<Value> {
    let entry = |(id, name, state, order): &(u32, &str, &str, u32)| json!({"Id": id, "Navn": name, "SagsTilstand": state, "RequireComments": *state == "Afsluttet", "Orden": order});
    STATUSES.iter().map(entry).collect()
}

pub(super) fn reminder_types() -> Value {
    json!([{"Id": 1, "Navn": "Frist"}])
}

/// Name of the case's type, and its id in this installation.
pub(super) fn case_type(row: &CaseRow) -> (u32, &str) {
    match row.quirks.get("sags_type").and_then(Value::as_str) {
        None | Some("EmneSag") => (1, "EmneSag"),
        Some("BUSag") => (5, "BUSag"),
        Some(name) => (9, name),
    }
}

pub(super) fn template_id(row: &CaseRow) -> Option<u64> {
    row.type_code.as_deref().and_then(|code| code.parse().ok())
}

fn stamp(row: &CaseRow) -> Stamp {
    let wanted = row.quirks.get("fraction_digits").and_then(Value::as_u64);
    let digits = usize::try_from(wanted.unwrap_or(row.serial % 8)).unwrap_or(0);
    Stamp { digits, has_offset: !is_on(row, "no_offset") }
}

impl FakeSbsys {
    /// `GET /api/sag/{id}`.
    pub(super) fn whole_case(&self, row: &CaseRow) -> Value {
        let stamp = stamp(row);
        let day = |day: Option<jiff::civil::Date>| day.and_then(|day| stamp.day(day));
        let title = if is_on(row, "titel") { "Titel" } else { "SagsTitel" };
        let (type_id, type_name) = case_type(row);
        let mut case = json!({
            "Id": row.serial,
            "SagIdentity": row.id,
            "Nummer": row.number,
            title: row.title,
            "SagsTyper": [{"Id": type_id, "Navn": type_name}],
            "Opstaaet": day(row.opened),
            "Oprettet": day(row.opened),
            "SenestAendret": row.changed.map(|changed| stamp.moment(changed)),
            "SenesteStatusAendring": day(row.closed.filter(|_| is_closed(row)).or(row.opened)),
            "ErBeskyttet": row.level == Some(3),
            "ErBesluttet": false,
            "SecuritySetId": 12,
            "BevaringId": 3,
            "SagsNummerId": row.serial,
            "Firmaer": [],
            "Fagomraade": {"Id": 3, "Navn": "Voksne"},
            "Ansaettelsessted": row.unit.as_deref().and_then(|unit| self.unit(unit)),
            "Behandler": row.caseworker.as_deref().and_then(|staff| self.caseworker(staff)),
            "SagsStatus": state(row),
            "SagsNummer": number_parts(row),
        });
        if is_on(row, "template_identity") {
            case["SagSkabelonIdentity"] = json!(row.type_id);
        } else if let Some(id) = template_id(row) {
            case["SagSkabelon"] = json!({"Id": id, "Uuid": row.type_id, "Navn": row.type_name});
        }
        if !is_on(row, "no_parties") {
            let mother = row.quirks.get("mor_cpr").and_then(Value::as_str).unwrap_or("000000-0000");
            let primary = primary(row);
            let persons = primary.iter().filter(|primary| **primary != row.citizen).copied().chain([&*row.citizen]);
            case["Personer"] = persons.map(|cpr| self.person(cpr, mother)).collect();
            case["PrimaryPart"] = primary.map(|cpr| self.part(cpr)).unwrap_or_default();
        }
        case
    }

    /// The case as a search has it: with fewer properties, and with the persons only when asked for.
    pub(super) fn thin_case(&self, row: &CaseRow, has_persons: bool) -> Value {
        let mut case = self.whole_case(row);
        if let Some(fields) = case.as_object_mut() {
            fields.retain(|name, _| !DETAIL_ONLY.contains(&name.as_str()) && (has_persons || name != "Personer"));
        }
        if is_on(row, "unreadable") {
            case["Id"] = json!(format!("S-{}", row.serial));
        }
        without_nulls(case)
    }

    /// `GET /api/sag/{id}/part`.
    pub(super) fn parts(&self, row: &CaseRow) -> Value {
        let primary = primary(row);
        let others = primary.is_none_or(|primary| primary != row.citizen).then_some(&*row.citizen);
        primary.into_iter().chain(others).map(|cpr| self.part(cpr)).collect()
    }

    fn part(&self, cpr: &str) -> Value {
        json!({
            "Id": self.person_number(cpr),
            "PartId": self.person_number(cpr),
            "PartType": "Person",
            "CPRnummer": hyphenated(cpr),
            "Navn": self.world.person(cpr).map(Person::full_name),
        })
    }

    /// `GET /api/sagsskabelon`.
    pub(super) fn templates(&self) -> Vec<Value> {
        let mut templates = BTreeMap::new();
        for row in self.world.cases().iter().filter(|row| row.source == NAME) {
            if let Some(id) = template_id(row) {
                templates.entry(id).or_insert_with(|| {
                    without_nulls(
                        json!({"Id": id, "SagSkabelonIdentity": row.type_id, "Navn": row.type_name, "Aktiv": true}),
                    )
                });
            }
        }
        templates.into_values().collect()
    }
}

/// The primary part's number: the citizen's, unless the row says that it is somebody else.
pub(super) fn primary(row: &CaseRow) -> Option<&str> {
    let other = row.quirks.get("primary_cpr").and_then(Value::as_str);
    other.or_else(|| (row.party != Party::Secondary).then_some(&*row.citizen))
}

/// `GET /api/erindring/sag/{id}`.
pub(super) fn reminders(row: &CaseRow) -> Value {
    let reminder = |deadline| {
        json!({
            "Id": row.serial, "SagId": row.serial, "Navn": "Frist", "HarDeadline": true, "Deadline": deadline,
            "ErAfsluttet": false, "ErindringType": {"Id": 1, "Navn": "Frist"},
        })
    };
    row.deadline.and_then(|day| stamp(row).day(day)).into_iter().map(reminder).collect()
}

fn state(row: &CaseRow) -> Value {
    let (id, name, state, order) = status(row.progress);
    json!({
        "Id": id,
        "Navn": row.raw_status.as_deref().unwrap_or(name),
        "Orden": order,
        "SagsTilstand": row.quirks.get("tilstand").cloned().unwrap_or_else(|| json!(state)),
        "RequireComments": state == "Afsluttet",
        "SagsStatusKommentar": row.status_text,
    })
}

fn number_parts(row: &CaseRow) -> Option<Value> {
    let subject = row.kle.as_ref()?;
    Some(json!({
        "EmneplanNummer": {
            "Nummer": subject,
            "Navn": row.kle_title,
            "Niveau": subject.split('.').count(),
            "ErUdgaaet": row.kle_retired,
        },
        "Facet": row.facet.as_ref().map(|facet| json!({ "Nummer": facet })),
        "Aarstal": row.opened.map(jiff::civil::Date::year),
        "SekvensNummer": row.serial,
    }))
}
