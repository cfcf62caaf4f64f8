//! Actors are people, not rows.

use glasplade_adapters::contract::{Actor, ActorRole, Record, Unit};
use jiff::civil::date;
use serde_json::Value;

use super::Desk;
use crate::testing::{TODAY, Vary as _, job_caseworker, row};

fn person(name: &str) -> Actor {
    Actor { name: Some(name.to_owned()), ..Actor::person(ActorRole::Primary) }
}

/// An own case of `source` with these actors.
fn case(source: &str, id: &str, actors: Vec<Actor>) -> Record {
    row(source, id).in_unit("301").kle("15.20.00").law("LAB").with(|row| row.actors = actors)
}

fn actors(rows: Vec<Record>) -> Vec<Value> {
    Desk::new().sees(&job_caseworker(), rows)["actors"].as_array().expect("actors").clone()
}

#[test]
fn three_spellings_in_three_systems_are_one_actor_with_three_cases() {
    let by_both = Actor {
        employee_id: Some("az10014".to_owned()),
        email: Some("amp@aarhus.example".to_owned()),
        ..person("Anne-Mette Prøve")
    };
    let by_id = Actor { employee_id: Some("az10014".to_owned()), ..person("Anne Mette Prøve") };
    let by_email = Actor {
        email: Some("amp@aarhus.example".to_owned()),
        phone: Some("+45 00 00 07 14".to_owned()),
        ..person("A.M. Prøve")
    };
    let found = actors(vec![
        case("sbsys", "1", vec![by_both]),
        case("fasit", "2", vec![by_id]),
        case("oio", "3", vec![by_email]),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["name"], "Anne-Mette Prøve");
    assert_eq!(found[0]["also_spelled"], serde_json::json!(["A.M. Prøve", "Anne Mette Prøve"]));
    assert_eq!(found[0]["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(found[0]["sources"], serde_json::json!(["sbsys", "fasit", "oio"]));
    assert_eq!(found[0]["call"]["number"], "+45 00 00 07 14");
}

#[test]
fn spellings_that_differ_in_blanks_or_case_only_are_one() {
    let spelled = |name: &str| Actor { employee_id: Some("az10006".to_owned()), ..person(name) };
    let rows = |names: [&str; 4]| {
        let [first, second, third, fourth] = names.map(|name| vec![spelled(name)]);
        vec![case("sbsys", "1", first), case("fasit", "2", second), case("dubu", "3", third), case("oio", "4", fourth)]
    };
    let same =
        actors(rows(["Birgitte Ærø Test", "Birgitte  Ærø Test", " BIRGITTE ÆRØ TEST", "birgitte ærø\u{a0}test "]));
    assert_eq!((same.len(), &same[0]["name"]), (1, &"Birgitte Ærø Test".into()));
    assert_eq!(same[0]["also_spelled"], Value::Null, "{}", same[0]);
    let other = actors(rows(["Birgitte Test", "Test,  Birgitte", "TEST, BIRGITTE", "Birgit Test"]));
    assert_eq!(other[0]["also_spelled"], serde_json::json!(["Birgit Test", "Test, Birgitte"]));
}

#[test]
fn a_mailbox_that_two_employees_share_joins_nobody() {
    let mailbox = Some("jobraadgivning@aarhus.example".to_owned());
    let one = Actor { employee_id: Some("az10014".to_owned()), email: mailbox.clone(), ..person("Anne-Mette Prøve") };
    let two = Actor { employee_id: Some("az10015".to_owned()), email: mailbox.clone(), ..person("Torben Test") };
    let neither = Actor { email: mailbox, ..person("Torben Test") };
    let found =
        actors(vec![case("sbsys", "1", vec![one]), case("sbsys", "2", vec![two]), case("oio", "3", vec![neither])]);
    assert_eq!(found.len(), 3);
}

#[test]
fn a_name_alone_never_joins() {
    let found =
        actors(vec![case("sbsys", "1", vec![person("Torben Test")]), case("fasit", "2", vec![person("Torben Test")])]);
    assert_eq!(found.len(), 2);
}

#[test]
fn one_source_s_own_id_joins_within_that_source_only() {
    let with_id = || Actor { native_id: Some("17".to_owned()), ..person("Torben Test") };
    let within = actors(vec![case("sbsys", "1", vec![with_id()]), case("sbsys", "2", vec![with_id()])]);
    let across = actors(vec![case("sbsys", "1", vec![with_id()]), case("fasit", "2", vec![with_id()])]);
    assert_eq!((within.len(), across.len()), (1, 2));
}

#[test]
fn who_has_left_a_case_is_left_out_and_who_leaves_tomorrow_is_not() {
    let until = |name, until| Actor { until: Some(until), ..person(name) };
    let found = actors(vec![case(
        "sbsys",
        "1",
        vec![
            until("Gone Test", date(2026, 3, 1)),
            until("Today Test", TODAY),
            until("Tomorrow Test", date(2026, 11, 22)),
        ],
    )]);
    assert_eq!(found.iter().map(|actor| actor["name"].clone()).collect::<Vec<_>>(), ["Tomorrow Test"]);
}

#[test]
fn a_number_is_the_direct_one_then_the_mobile_then_the_unit_s_or_the_reason_why_not() {
    let call =
        |actor: Actor, unit: &str| actors(vec![case("sbsys", "1", vec![actor]).in_unit(unit)])[0]["call"].clone();
    let all = Actor { phone: Some("1".to_owned()), mobile: Some("2".to_owned()), ..person("Torben Test") };
    assert_eq!(call(all.clone(), "301"), serde_json::json!({ "number": "1", "kind": "direct" }));
    let mobile = Actor { phone: None, ..all };
    assert_eq!(call(mobile, "301"), serde_json::json!({ "number": "2", "kind": "mobile" }));
    let of_unit = call(person("Torben Test"), "301");
    assert_eq!((&of_unit["number"], &of_unit["kind"]), (&"+45 00 00 07 00".into(), &"unit".into()));
    assert_eq!(of_unit["reason"], "Det er enhedens nummer. Der står intet direkte nummer i kilderne.");
    // Its own unit comes before the case's, and nobody has said what this one works with.
    let elsewhere = Unit { id: Some("999".to_owned()), name: Some("En anden enhed".to_owned()) };
    let unknown = call(Actor { unit: Some(elsewhere), ..person("Torben Test") }, "301");
    assert_eq!((&unknown["number"], &unknown["kind"]), (&"+45 00 00 90 01".into(), &"department".into()));
    assert_eq!(unknown["reason"], "Det er forvaltningens nummer. Der står intet direkte nummer i kilderne.");
    let nobody_s = Actor { employee_id: Some("az10002".to_owned()), ..person("Torben Test") };
    let nowhere = call(nobody_s, "999");
    assert_eq!((&nowhere["number"], &nowhere["kind"]), (&Value::Null, &Value::Null));
    assert_eq!(nowhere["reason"], "Der står intet telefonnummer i kilderne.");
}

#[test]
fn the_coordinator_comes_first_then_who_has_most_cases() {
    let named = |role, name: &str, id: &str| Actor { role, employee_id: Some(id.to_owned()), ..person(name) };
    let busy = named(ActorRole::Primary, "Busy Test", "az10002");
    let other = named(ActorRole::Primary, "Calm Prøve", "az10014");
    let coordinator = named(ActorRole::Coordinator, "Karen Prøve", "az10001");
    let found =
        actors(vec![case("sbsys", "1", vec![other, busy.clone()]), case("sbsys", "2", vec![busy, coordinator])]);
    let in_order: Vec<&Value> = found.iter().map(|actor| &actor["name"]).collect();
    assert_eq!(in_order, ["Karen Prøve", "Busy Test", "Calm Prøve"]);
    assert_eq!(found[0]["id"], "a1");
}
