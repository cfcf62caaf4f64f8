//! The population's rows in Fasit's shape.

use jiff::Timestamp;
use jiff::civil::{Date, time};
use serde_json::{Value, json};

use crate::contract::danish_time_zone;
use crate::fake::World;
use crate::fake::population::{CaseRow, Progress};
use crate::fasit::KIND;

/// One case as `getcases` tells it (C).
pub(super) fn case(world: &World, row: &CaseRow, is_primary: bool) -> Value {
    let has = |quirk: &str| row.quirks.get(quirk).is_some_and(|value| *value != Value::Bool(false));
    let person = |id: &str| caseworker(world, id, has("phone"));
    let unit = row.unit.as_deref().and_then(|code| world.unit(code));
    let target_group =
        row.type_code.as_ref().map(|code| json!({"id": row.type_id, "name": row.type_name, "code": code}));
    let mut case = json!({
        "caseId": row.id,
        "caseNumber": row.number,
        "caseStatus": status(row),
        "caseStatusName": status_name(row),
        "isPrimaryCase": is_primary,
        "targetGroup": target_group,
        "caseStartDate": row.opened.and_then(midnight).map(written),
        "caseEndDate": row.closed.and_then(midnight).map(written),
        "createdOn": created(row).map(written),
        "responsibleCaseworker": row.caseworker.as_deref().and_then(person),
        "otherCaseworkers": row.others.iter().filter_map(|id| person(id)).collect::<Vec<_>>(),
        "coordinator": row.coordinator.as_deref().and_then(person),
        "responsibleUnit": unit.map(|unit| json!({"id": unit.uuid, "name": unit.name})),
    });
    if let (Some(since), Some(person)) =
        (row.caseworker_since.and_then(midnight), case["responsibleCaseworker"].as_object_mut())
    {
        person.insert("responsibleSince".to_owned(), json!(written(since)));
    }
    if has("caseworker_missing")
        && let Some(members) = case.as_object_mut()
    {
        members.remove("responsibleCaseworker");
    }
    if has("no_case_id") {
        case["caseId"] = Value::Null;
    }
    case
}

/// Fasit has no phone number beside a case; the quirk `phone` gives one.
fn caseworker(world: &World, id: &str, with_phone: bool) -> Option<Value> {
    let staff = world.staff_member(id)?;
    let phone = staff.phone.as_deref().filter(|_| with_phone);
    let name = world.spelled(staff, KIND.name);
    Some(json!({"id": staff.uuid, "name": name, "initials": staff.id, "phone": phone, "email": staff.email}))
}

/// A number in a string. Only 1 and 3 are publicly known (both active); 2 and 5 are ours (C).
pub(super) fn status(row: &CaseRow) -> &str {
    row.raw_status.as_deref().unwrap_or(match row.progress {
        Progress::Opened | Progress::Informed => "3",
        Progress::Decided | Progress::Active | Progress::Performed => "1",
        Progress::Closed => "2",
        Progress::Void => "5",
    })
}

fn status_name(row: &CaseRow) -> Option<&str> {
    row.status_text.as_deref().or_else(|| match status(row) {
        "1" => Some("Aktiv"),
        "2" => Some("Afsluttet"),
        "3" => Some("Under oprettelse"),
        "5" => Some("Annulleret"),
        _ => None,
    })
}

/// The bulk search's own idea of active.
pub(super) fn is_active(row: &CaseRow) -> bool {
    matches!(status(row), "1" | "3")
}

/// The only moment that Fasit tells: the population's `changed`, or a morning hour of the first day.
pub(super) fn created(row: &CaseRow) -> Option<Timestamp> {
    let first_morning = || row.opened?.to_datetime(time(9, 12, 44, 120_000_000)).to_zoned(zone()).ok();
    row.changed.or_else(|| first_morning().map(|moment| moment.timestamp()))
}

/// Danish midnight, as an instant.
pub(super) fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(zone()).ok().map(|moment| moment.timestamp())
}

/// An instant as the vendor writes it: UTC with milliseconds.
pub(super) fn written(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// `DDMMYY-NNNN`.
pub(super) fn hyphenated(number: &str) -> String {
    match number.split_at_checked(6) {
        Some((day, serial)) => format!("{day}-{serial}"),
        None => number.to_owned(),
    }
}

fn zone() -> jiff::tz::TimeZone {
    danish_time_zone().clone()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_danish_midnight_in_utc_with_milliseconds() {
        let written = |day| midnight(day).map(written);
        assert_eq!(written(date(2025, 9, 4)).as_deref(), Some("2025-09-03T22:00:00.000Z"));
        assert_eq!(written(date(2025, 3, 1)).as_deref(), Some("2025-02-28T23:00:00.000Z"));
    }
}
