//! A unit behind a category of level 2 or 3 shows only the neutral name and number; so does a unit that nobody has described.

use glasplade_adapters::contract::{Actor, ActorKind, ActorRole, StaffMember, StaffUnit, Unit};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;
use super::staff::{actors, answer, case, knows, member, named, unit};
use crate::access::{Caller, ClassSet, ConsentGround, Grounds};
use crate::config::{Config, FieldClass};
use crate::staff::Known;
use crate::testing::{Vary as _, job_caseworker, row};

const NEUTRAL: &str = "Magistratsafdelingen for Sociale Forhold og Beskæftigelse";

/// Nadia of JSY-RUS, on a case of the job centre.
fn nadia(of: StaffUnit) -> StaffMember {
    let title = Some("Rusmiddelbehandler".to_owned());
    StaffMember { unit: Some(of), title, phone: None, ..member("az10004", "Nadia Test") }
}

fn found(of: StaffUnit) -> Value {
    answer(vec![case("sbsys", "1", vec![named("az10004", "Nadia Test")])], &knows([nadia(of)]))["actors"][0].clone()
}

#[test]
fn a_sensitive_unit_has_its_department_s_neutral_name_and_number_and_no_title() {
    let told = StaffUnit { phone: Some("+45 00 00 06 00".to_owned()), ..unit(6) };
    let actor = found(told);
    assert_eq!(actor["unit"], json!({ "name": NEUTRAL, "phone": "+45 00 00 90 01" }));
    assert_eq!((&actor["call"]["number"], &actor["call"]["kind"]), (&json!("+45 00 00 90 01"), &json!("department")));
    let text = actor.to_string();
    for telling in ["Rusmiddel", "JSY-RUS", "Katalogets", "00 06 00", "rusmiddelcenter@"] {
        assert!(!text.contains(telling), "{telling} in {text}");
    }
}

#[test]
fn a_unit_that_is_not_sensitive_is_named_and_configuration_spells_it() {
    let told = StaffUnit { phone: Some("+45 00 00 99 99".to_owned()), ..unit(2) };
    let actor = found(told);
    assert_eq!((&actor["unit"]["code"], &actor["unit"]["name"]), (&json!("UUJ-UU"), &json!("Ungdomsvejledning")));
    assert_eq!((&actor["unit"]["phone"], &actor["title"]), (&json!("+45 00 00 02 00"), &json!("Rusmiddelbehandler")));
}

#[test]
fn a_unit_that_nobody_has_described_is_neutral_under_the_nearest_unit_above_it_or_the_case_s_department() {
    let stranger = StaffUnit { uuid: Uuid::from_u128(99), name: Some("Rusteam Nord".to_owned()), ..unit(0) };
    let below_school = StaffUnit { above: vec![Uuid::from_u128(98), unit(16).uuid], ..stranger.clone() };
    assert_eq!(found(below_school)["unit"]["phone"], "+45 00 00 90 02", "MBU's number");
    let alone = found(stranger.clone());
    assert_eq!(alone["unit"], json!({ "name": NEUTRAL, "phone": "+45 00 00 90 01" }));
    let undescribed = Desk::with(|config| config.departments.unit.iter_mut().for_each(|unit| unit.categories = None));
    let rows = vec![case("sbsys", "1", vec![named("az10004", "Nadia Test")])];
    let known = knows([nadia(unit(2))]);
    let closed = undescribed.sees_with(&job_caseworker(), rows, &known, super::staff::read_at());
    assert_eq!(closed["actors"][0]["unit"]["name"], NEUTRAL, "what has not said what it works with");
}

#[test]
fn who_sees_an_own_case_of_that_very_unit_sees_its_name() {
    let treatment = Caller::invented("az10004", &["caseworker"]).in_unit("JSY", "JSY-RUS").with_kle(&["*"]);
    let own = row("sbsys", "1").in_unit("203").law("SEL § 101").with(|row| {
        row.actors = vec![named("az10025", "Rikke Prøve")];
    });
    let rikke = StaffMember { unit: Some(unit(6)), ..member("az10025", "Rikke Prøve") };
    let seen = Desk::new().sees_with(&treatment, vec![own], &knows([rikke]), super::staff::read_at());
    assert_eq!(seen["actors"][0]["unit"]["code"], "JSY-RUS");
    assert_eq!(seen["actors"][0]["title"], "Jobrådgiver");
    // One that configuration does not name, too, by the id that the source gives both the case and the actor.
    let elsewhere = Unit { id: Some("999".to_owned()), name: Some("Rusteam Nord".to_owned()) };
    let actor = Actor { unit: Some(elsewhere), ..named("az10002", "Michael Test") };
    let by_person = case("sbsys", "1", vec![actor.clone()]).in_unit("999");
    assert_eq!(actors(vec![by_person], &Known::unconfigured())[0]["unit"]["name"], "Rusteam Nord");
    let of_another = case("sbsys", "1", vec![actor]);
    assert_eq!(actors(vec![of_another], &Known::unconfigured())[0]["unit"]["name"], NEUTRAL);
}

#[test]
fn a_unit_that_works_on_a_case_is_named_like_any_unit() {
    let as_actor = |id: &str, name: &str| {
        let unit = Unit { id: Some(id.to_owned()), name: Some(name.to_owned()) };
        let phone = Some("+45 00 00 06 00".to_owned());
        vec![case("sbsys", "1", vec![Actor { phone, ..Actor::unit(ActorRole::Primary, unit) }])]
    };
    let sensitive = &actors(as_actor("203", "Rusmiddelcenter"), &Known::unconfigured())[0];
    assert_eq!((&sensitive["kind"], &sensitive["name"]), (&json!(ActorKind::Unit), &json!(NEUTRAL)));
    assert!(!sensitive.to_string().contains("Rusmiddel") && !sensitive.to_string().contains("00 06 00"), "{sensitive}");
    let open = &actors(as_actor("102", "Team 7"), &Known::unconfigured())[0];
    assert_eq!((&open["name"], &open["call"]["kind"]), (&json!("Ungdomsvejledning"), &json!("unit")));
}

#[test]
fn a_case_whose_unit_may_not_be_seen_does_not_tell_it_for_want_of_a_caseworker() {
    let provider = Caller::invented("az10007", &["provider_worker"]).in_unit("SUV", "SUV-STOETTE").with_kle(&["*"]);
    let (effort, granting) = super::provider::effort_and_granting();
    let without = granting.with(|row| row.actors.clear());
    let answer = Desk::new().sees(&provider, vec![effort.clone(), without.clone()]);
    let seen = answer.to_string();
    assert!(!seen.contains("Voksenmyndighed") && !seen.contains("00 12 00"), "{seen}");
    // The item and the answer's first line say the same: the department, by its neutral name.
    let told = format!("Ingen primær sagsbehandler er angivet. Enhed: {NEUTRAL}, +45 00 00 90 01.");
    let granting = &answer["groups"]["authority"]["items"][0];
    assert_eq!((&granting["access"], &granting["unit"]), (&json!("partial"), &Value::Null));
    assert_eq!((&granting["no_caseworker_text"], &answer["call_first"]["text"]), (&json!(told), &json!(told)));
    // A department that can only be written to has no number in either.
    let by_mail = Desk::with(|config| {
        config.departments.department.iter_mut().for_each(|row| row.contact = Some("msb@aarhus.example".to_owned()));
    });
    let answer = by_mail.sees(&provider, vec![effort, without]);
    let text = &answer["groups"]["authority"]["items"][0]["no_caseworker_text"];
    assert_eq!(text, &answer["call_first"]["text"]);
    assert!(text.as_str().is_some_and(|text| text.ends_with("Ring til kommunens hovednummer.")), "{text}");
}

#[test]
fn a_category_that_is_raised_closes_the_units_behind_it() {
    let raise = |config: &mut Config| {
        let row = config.access.category.iter_mut().find(|row| row.code == "youth_education").expect("it ships");
        row.level = 2;
    };
    let rows = vec![case("sbsys", "1", vec![named("az10004", "Nadia Test")])];
    let known = knows([nadia(unit(2))]);
    let seen = Desk::with(raise).sees_with(&job_caseworker(), rows, &known, super::staff::read_at());
    assert_eq!(seen["actors"][0]["unit"]["name"], NEUTRAL);
}

/// The demo, where the citizen has said yes to these facts of the treatment.
fn with_consent(classes: &[FieldClass]) -> Desk {
    let consent = ConsentGround {
        id: Uuid::from_u128(1),
        purpose: "coordination".to_owned(),
        case_ref: "2026-4711".to_owned(),
        from: vec!["JSY-RUS".to_owned()],
        to: vec!["JVS-JOB".to_owned()],
        categories: vec!["substance_use".to_owned(), "benefit".to_owned()],
        classes: ClassSet::of(classes),
        valid_from: Timestamp::UNIX_EPOCH,
        valid_to: Timestamp::MAX,
    };
    Desk { grounds: Grounds { consents: vec![consent], ..Grounds::default() }, ..Desk::new() }
}

/// The treatment, with its caseworker in the unit that the source and the directory name.
fn seen_by_consent(classes: &[FieldClass], law: &str) -> (Value, String) {
    let desk = with_consent(classes);
    let there = Unit { id: Some("203".to_owned()), name: Some("Rusteam Nord".to_owned()) };
    let rikke = Actor { unit: Some(there.clone()), ..named("az10025", "Rikke Prøve") };
    let case = row("sbsys", "1").law(law).with(|row| (row.unit, row.actors) = (Some(there), vec![rikke]));
    let mut redacted = desk.redact_for(&job_caseworker(), "coordination", vec![case]);
    let known = knows([StaffMember { unit: Some(unit(6)), ..member("az10025", "Rikke Prøve") }]);
    redacted.name_actors(&known, &std::collections::HashMap::new(), desk.setting());
    let answer = desk.answer(&redacted);
    (super::items(&answer)[0].clone(), answer.to_string())
}

#[test]
fn a_consent_to_the_contact_alone_does_not_name_the_unit_of_a_sensitive_case() {
    use FieldClass::{Contact, Core, Existence, People};
    let (item, text) = seen_by_consent(&[Existence, Contact, People], "SEL § 101");
    assert_eq!(item["unit"], json!({ "name": NEUTRAL, "phone": "+45 00 00 90 01" }));
    for telling in ["Rusmiddel", "Rusteam", "JSY-RUS", "Katalogets", "rusmiddelcenter@"] {
        assert!(!text.contains(telling), "{telling} in {text}");
    }
    let (item, _) = seen_by_consent(&[Existence, Contact, People, Core], "SEL § 101");
    assert_eq!(item["unit"]["code"], "JSY-RUS", "whoever sees what it is about sees whose it is");
    let (item, _) = seen_by_consent(&[Existence, Contact], "aktivloven § 11");
    assert_eq!(item["unit"]["code"], "JSY-RUS", "the case itself is not sensitive");
}
