//! Whom to call now.

use glasplade_adapters::contract::{Actor, ActorRole, Record, RecordKind};
use jiff::civil::{Date, date};
use serde_json::Value;

use super::Desk;
use crate::testing::{TODAY, Vary as _, job_caseworker, row};

/// An own authority case, opened on this day.
fn case(id: &str, opened: Date) -> Record {
    row("sbsys", id).in_unit("301").kle("15.20.00").law("LAB").with(|row| row.opened = Some(opened))
}

fn actor(role: ActorRole, name: &str, since: Option<Date>) -> Actor {
    Actor { name: Some(name.to_owned()), since, ..Actor::person(role) }
}

fn first(rows: Vec<Record>) -> Value {
    Desk::new().sees(&job_caseworker(), rows)["call_first"].clone()
}

#[test]
fn the_coordinator_is_called_before_any_caseworker() {
    let newest =
        case("1", date(2026, 10, 1)).with(|row| row.actors.push(actor(ActorRole::Primary, "Peter Prøve", None)));
    let coordinator =
        Actor { phone: Some("+45 00 00 01 01".to_owned()), ..actor(ActorRole::Coordinator, "Karen Prøve", None) };
    let oldest = case("2", date(2024, 1, 1)).with(|row| row.actors.push(coordinator));
    let found = first(vec![newest, oldest]);
    assert_eq!((&found["why"], &found["name"]), (&"coordinator".into(), &"Karen Prøve".into()));
    assert_eq!(found["text"], "Koordinator: Karen Prøve, +45 00 00 01 01. Kontakt koordinatoren først.");
}

#[test]
fn a_coordinator_of_a_closed_case_or_of_next_month_is_not_called() {
    let primary = || actor(ActorRole::Primary, "Peter Prøve", None);
    let running = || case("1", date(2026, 1, 1)).with(|row| row.actors.push(primary()));
    let closed = case("2", date(2026, 1, 1))
        .closed(date(2026, 11, 1))
        .with(|row| row.actors.push(actor(ActorRole::Coordinator, "Karen Prøve", None)));
    assert_eq!(first(vec![running(), closed])["why"], "primary_caseworker");
    let later =
        running().with(|row| row.actors.push(actor(ActorRole::Coordinator, "Karen Prøve", Some(date(2026, 12, 1)))));
    assert_eq!(first(vec![later])["why"], "primary_caseworker");
}

#[test]
fn without_a_coordinator_it_is_who_is_primary_on_the_newest_running_authority_case() {
    let with = |row: Record, name: &str| row.with(|row| row.actors.push(actor(ActorRole::Primary, name, None)));
    let effort = case("3", date(2026, 11, 1)).with(|row| row.kind = RecordKind::PlannedIntervention);
    let benefit = row("sbsys", "4").in_unit("301").kle("32.24.04").law("sygedagpengeloven");
    let rows = vec![
        with(case("1", date(2026, 1, 1)), "Old Test"),
        with(case("2", date(2026, 5, 1)), "New Prøve"),
        with(effort, "Provider Test"),
        with(benefit.with(|row| row.opened = Some(date(2026, 9, 1))), "Benefit Test"),
        with(case("5", date(2026, 6, 1)).closed(date(2026, 11, 1)), "Closed Test"),
        with(case("6", date(2026, 12, 1)), "Future Test"),
    ];
    assert_eq!(first(rows)["name"], "New Prøve");
}

#[test]
fn a_case_without_a_caseworker_names_its_unit() {
    let found = first(vec![case("1", date(2026, 1, 1))]);
    assert_eq!((&found["actor"], &found["why"]), (&Value::Null, &"unit_without_caseworker".into()));
    assert_eq!(found["text"], "Ingen primær sagsbehandler er angivet. Enhed: Jobrådgivning, +45 00 00 07 00.");
}

#[test]
fn nothing_shown_means_nobody_to_call() {
    assert_eq!(first(Vec::new()), Value::Null);
}

#[test]
fn a_caseworker_is_new_for_the_configured_days_and_not_a_day_longer() {
    let since = |day: Date| {
        let row = case("1", date(2026, 1, 1))
            .with(|row| row.actors.push(actor(ActorRole::Primary, "Peter Prøve", Some(day))));
        first(vec![row])
    };
    let today = since(TODAY);
    assert_eq!(today["is_new"], true);
    assert_eq!(today["text"], "Ny sagsbehandler siden 21. nov. 2026: Peter Prøve, +45 00 00 07 00.");
    assert_eq!(since(date(2026, 10, 22))["is_new"], true, "thirty days ago");
    assert_eq!(since(date(2026, 10, 21))["is_new"], false, "thirty-one days ago");
    assert_eq!(since(date(2026, 11, 22))["is_new"], false, "not yet");
}
