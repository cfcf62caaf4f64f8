use super::*;
use crate::contract::{ActorKind, RecordKind};

const ASKED: &str = "0101019999";
const NOW: &str = "2025-11-22T12:00:00Z";

fn read(class: Class, objects: &[wire::Object], now: &str, settings: &Settings) -> Vec<Record> {
    let asked = CprNumber::parse(ASKED).expect("a number");
    let source = SourceId::new("oio");
    let now = now.parse().expect("a moment");
    let reader = Reader { source: &source, settings, class, now };
    let told = objects.iter().filter_map(|object| match reader.translate(object, &asked) {
        Row::Told(record) => Some(*record),
        Row::MovedOn | Row::Unreadable => None,
    });
    told.collect()
}

fn sag() -> serde_json::Value {
    let whole: serde_json::Value = serde_json::from_str(include_str!("fixtures/sag_known.json")).expect("JSON");
    whole["results"][0][0].clone()
}

fn indsats() -> serde_json::Value {
    let whole: serde_json::Value = serde_json::from_str(include_str!("fixtures/indsats_known.json")).expect("JSON");
    whole["7a2d6a0e-0000-4000-8000-000000000001"][0].clone()
}

fn object(value: serde_json::Value) -> wire::Object {
    serde_json::from_value(value).expect("an object")
}

fn one(class: Class, value: serde_json::Value, now: &str) -> Record {
    read(class, &[object(value)], now, &Settings::default()).pop().expect("a record")
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

#[test]
fn a_case_is_read_as_it_holds_now() {
    let settings = Settings {
        sensitivity_levels: [("CCCCCCCC-0000-4000-8000-000000000002".to_owned(), 2)].into(),
        case_link: Some("https://sager.example/sag/{id}".to_owned()),
        ..Settings::default()
    };
    let record = read(Class::Case, &[object(sag())], NOW, &settings).pop().expect("a record");
    assert_eq!(record.kind, RecordKind::Case);
    assert_eq!(record.number.as_deref(), Some("27-2025-0001"));
    assert_eq!(record.keys.numbers, ["27-2025-0001"]);
    assert_eq!(record.keys.uuid.map(|uuid| uuid.to_string()).as_deref(), Some(&*record.native_id));
    assert_eq!(record.title.as_deref(), Some("Støtte i hjemmet"));
    assert_eq!(record.law.as_deref(), Some("SEL § 85"));
    assert_eq!(record.status, Status::new(CaseStatus::Decided, "Afgjort"));
    assert_eq!((record.opened, record.closed), (day("2025-03-01"), None), "UTC midnight is a Danish day");
    assert_eq!(record.last_changed.map(|at| at.to_string()).as_deref(), Some("2025-06-02T07:10:11.123456Z"));
    assert_eq!(record.unit.and_then(|unit| unit.id).as_deref(), Some("aaaaaaaa-0000-4000-8000-000000000001"));
    assert_eq!(record.case_type.code.as_deref(), Some("urn:oio:kle:27.36.04"));
    let kle = record.kle.expect("a KLE number");
    assert_eq!((kle.subject.as_str(), kle.facet.as_deref()), ("27.36.04", Some("G01")));
    assert_eq!(record.sensitivity, Some(Sensitivity::Sensitive));
    assert_eq!(record.link.as_deref(), Some("https://sager.example/sag/6f1d6a0e-0000-4000-8000-000000000001"));
    assert_eq!(record.relations.len(), 1, "the ended relation is not one");
    assert_eq!(record.relations[0].kind, RelationKind::PartOf);
    assert_eq!(record.flags, []);
}

#[test]
fn both_parties_are_stated_and_the_citizens_own_part_is_told() {
    let record = one(Class::Case, sag(), NOW);
    let people = ["0101019999", "0202029999"].map(|number| CprNumber::parse(number).expect("a number"));
    assert_eq!(record.about, About::numbers(people));
    assert_eq!(record.party_role, PartyRole::Primary);
}

#[test]
fn an_earlier_caseworker_keeps_the_day_of_the_end() {
    let actors = one(Class::Case, sag(), NOW).actors;
    assert_eq!(actors.len(), 3);
    assert_eq!((actors[0].role, actors[0].employee_id.as_deref()), (ActorRole::Primary, Some("az10001")));
    assert_eq!((actors[0].since, actors[0].until), (day("2025-03-01"), day("2025-06-01")));
    assert_eq!(actors[1].native_id.as_deref(), Some("bbbbbbbb-0000-4000-8000-000000000001"));
    assert_eq!((actors[1].since, actors[1].until), (day("2025-06-01"), None));
    assert_eq!((actors[2].role, actors[2].kind), (ActorRole::Other, ActorKind::Unit));
}

#[test]
fn neither_the_secret_title_nor_a_note_gets_in() {
    assert!(!format!("{:?}", object(sag())).contains("CANARY"));
    assert!(!format!("{:?}", one(Class::Case, sag(), NOW)).contains("CANARY"));
}

#[test]
fn an_effort_that_begins_next_year_is_told_already() {
    let record = one(Class::Intervention, indsats(), NOW);
    assert_eq!(record.kind, RecordKind::PlannedIntervention);
    assert_eq!(record.title.as_deref(), Some("Bostøtte, 4 timer om ugen"));
    assert_eq!(record.number.as_deref(), Some("BOSTOETTE-17"));
    assert_eq!(record.status, Status::new(CaseStatus::Decided, "Visiteret"));
    assert_eq!((record.opened, record.closed), (day("2026-01-01"), day("2026-06-30")));
    assert_eq!(record.case_type.code.as_deref(), Some("urn:oio:indsatstype:bostoette"));
    assert_eq!(record.about, About::numbers([CprNumber::parse(ASKED).expect("a number")]));
    assert_eq!(record.unit.and_then(|unit| unit.id).as_deref(), Some("aaaaaaaa-0000-4000-8000-000000000003"));
    assert_eq!(record.actors.len(), 2);
    assert!(record.actors.iter().all(|actor| actor.role == ActorRole::Provider && actor.since == day("2026-01-01")));
    assert_eq!(record.actors[0].employee_id.as_deref(), Some("az20001"));
    assert_eq!(record.relations[0].kind, RelationKind::GrantedBy);
    let consents: Vec<&str> = record.consents.iter().map(|consent| consent.reference.as_str()).collect();
    assert_eq!(consents, ["dddddddd-0000-4000-8000-000000000001"]);
    assert_eq!(record.flags, [QualityFlag::NoStatusNow]);
}

#[test]
fn an_effort_goes_through_its_states_and_is_closed_when_its_end_has_passed() {
    let status = |now| one(Class::Intervention, indsats(), now).status;
    assert_eq!(status("2026-01-15T00:00:00Z"), Status::new(CaseStatus::Decided, "Visiteret"));
    assert_eq!(status("2026-06-30T20:00:00Z"), Status::new(CaseStatus::Running, "Leveret"));
    assert_eq!(status("2026-06-30T22:00:00Z"), Status::new(CaseStatus::Closed, "Leveret"));
}

#[test]
fn every_state_of_both_classes_is_known() {
    let told = |class, mut value: serde_json::Value, state: &str, word: &str| {
        value["registreringer"][0]["tilstande"] = serde_json::json!({ state: [{ "fremdrift": word }] });
        one(class, value, NOW).status.normal
    };
    for (word, normal) in [
        ("Opstaaet", CaseStatus::Opened),
        ("Oplyst", CaseStatus::Informed),
        ("Afgjort", CaseStatus::Decided),
        ("Bestilt", CaseStatus::Running),
        ("Udfoert", CaseStatus::Performed),
        ("Afsluttet", CaseStatus::Closed),
        ("Nyt ord", CaseStatus::Other),
    ] {
        assert_eq!(told(Class::Case, sag(), "sagfremdrift", word), normal);
    }
    for (word, normal) in [
        ("Uoplyst", CaseStatus::Opened),
        ("Visiteret", CaseStatus::Decided),
        ("Disponeret", CaseStatus::Running),
        ("Leveret", CaseStatus::Running),
        ("Vurderet", CaseStatus::Performed),
        ("Afsluttet", CaseStatus::Other),
    ] {
        assert_eq!(told(Class::Intervention, indsats(), "indsatsfremdrift", word), normal);
    }
}

#[test]
fn an_unknown_or_missing_state_is_shown_and_flagged() {
    let mut value = sag();
    value["registreringer"][0]["tilstande"]["sagfremdrift"][1]["fremdrift"] = "Hvilende".into();
    let record = one(Class::Case, value.clone(), NOW);
    assert_eq!(record.status, Status::new(CaseStatus::Other, "Hvilende"));
    assert_eq!(record.flags, [QualityFlag::UnknownStatus]);
    value["registreringer"][0]["tilstande"] = serde_json::json!({});
    let record = one(Class::Case, value, NOW);
    assert_eq!(record.status, Status::new(CaseStatus::Other, ""));
    assert_eq!(record.flags, [QualityFlag::NoStatusNow]);
}

#[test]
fn a_withdrawn_registration_is_void_not_closed() {
    for code in ["Passiveret", "Slettet"] {
        let mut value = sag();
        value["registreringer"][0]["livscykluskode"] = code.into();
        assert_eq!(one(Class::Case, value, NOW).status, Status::new(CaseStatus::Void, code));
    }
}

#[test]
fn the_newest_registration_counts_wherever_it_stands() {
    let mut value = sag();
    let mut older = value["registreringer"][0].clone();
    older["fratidspunkt"]["tidsstempeldatotid"] = "2024-01-01T00:00:00+01:00".into();
    older["attributter"]["sagegenskaber"][0]["titel"] = "Gammel titel".into();
    value["registreringer"].as_array_mut().expect("a list").push(older);
    assert_eq!(one(Class::Case, value, NOW).title.as_deref(), Some("Støtte i hjemmet"));
}

#[test]
fn a_case_that_has_moved_to_another_citizen_is_not_this_ones() {
    let mut value = sag();
    value["registreringer"][0]["relationer"]["primaerpart"] = serde_json::json!([
        { "urn": "urn:oio:cpr-nr:0101019999", "virkning": { "from": "2025-01-01 00:00:00+01", "to": "2025-05-01 00:00:00+02" } },
        { "urn": "urn:oio:cpr-nr:0303039999", "virkning": { "from": "2025-05-01 00:00:00+02", "to": "infinity" } },
    ]);
    assert!(read(Class::Case, &[object(value)], NOW, &Settings::default()).is_empty());
}

#[test]
fn a_party_whose_part_ended_with_the_case_is_still_its_party() {
    let mut value = sag();
    value["registreringer"][0]["relationer"]["primaerpart"][0]["virkning"]["to"] = "2025-05-01 00:00:00+02".into();
    let record = one(Class::Case, value, NOW);
    assert_eq!(record.party_role, PartyRole::Primary);
}

#[test]
fn an_object_about_another_person_says_so() {
    let mut value = sag();
    value["registreringer"][0]["relationer"]["primaerpart"][0]["urn"] = "urn:oio:cpr-nr:0404049999".into();
    let record = one(Class::Case, value, NOW);
    assert!(!record.about.may_be(&CprNumber::parse(ASKED).expect("a number")));
    assert_eq!(record.party_role, PartyRole::Unknown);
}

#[test]
fn a_replacement_number_of_the_health_sector_is_somebody_else() {
    for number in ["0101011AB9", "0101010AB9"] {
        let mut value = sag();
        value["registreringer"][0]["relationer"]["primaerpart"][0]["urn"] = format!("urn:oio:cpr-nr:{number}").into();
        value["registreringer"][0]["relationer"]["sekundaerpart"] = serde_json::json!([]);
        let record = one(Class::Case, value, NOW);
        assert_eq!(record.about, About::Stated(vec![PersonId::parse(number).expect("an eCPR")]));
        assert!(!record.about.may_be(&CprNumber::parse(ASKED).expect("a number")));
    }
}

#[test]
fn an_object_without_a_personal_number_is_unstated_and_flagged() {
    let record = one(
        Class::Case,
        serde_json::json!({
            "id": "6f1d6a0e-0000-4000-8000-00000000000c",
            "registreringer": [{
                "livscykluskode": "Opstaaet",
                "relationer": { "primaerpart": [{ "uuid": "eeeeeeee-0000-4000-8000-000000000001" }] }
            }]
        }),
        NOW,
    );
    assert_eq!(record.about, About::Unstated);
    assert!(record.flags.contains(&QualityFlag::CitizenNotStated));
    assert_eq!((record.number, record.title, record.unit, record.opened), (None, None, None, None));
}

#[test]
fn consents_are_read_by_reference_while_they_hold_and_never_by_a_personal_number() {
    let mut value = indsats();
    let until = |to: &str| serde_json::json!({ "from": "2025-01-01 00:00:00+01", "to": to });
    value["registreringer"][0]["relationer"]["samtykke"] = serde_json::json!([
        { "urn": "urn:sag:samtykke:17", "virkning": until("infinity") },
        { "uuid": "DDDDDDDD-0000-4000-8000-000000000002", "virkning": until("infinity") },
        { "uuid": "dddddddd-0000-4000-8000-000000000002", "indeks": 2, "virkning": until("infinity") },
        { "uuid": "dddddddd-0000-4000-8000-000000000003", "virkning": until("2025-06-01 00:00:00+02") },
        { "urn": "urn:oio:cpr-nr:0101019999", "virkning": until("infinity") },
        { "urn": "x".repeat(201), "virkning": until("infinity") },
        { "virkning": until("infinity") }
    ]);
    let record = one(Class::Intervention, value, NOW);
    let consents: Vec<&str> = record.consents.iter().map(|consent| consent.reference.as_str()).collect();
    assert_eq!(consents, ["dddddddd-0000-4000-8000-000000000002", "urn:sag:samtykke:17"]);
    assert!(one(Class::Case, sag(), NOW).consents.is_empty());
}

#[test]
fn times_that_cannot_be_read_and_ends_before_the_start_are_flagged() {
    let mut value = indsats();
    value["registreringer"][0]["attributter"]["indsatsegenskaber"][0]["sluttidspunkt"] =
        "2025-06-30 00:00:00+02".into();
    value["registreringer"][0]["relationer"]["indsatssag"][0]["virkning"]["from"] = "engang".into();
    let record = one(Class::Intervention, value, NOW);
    assert!(record.flags.contains(&QualityFlag::EndsBeforeStart));
    assert!(record.flags.contains(&QualityFlag::UnreadableTime));
    assert_eq!(record.relations.len(), 1);
}

#[test]
fn a_closed_case_has_its_last_day_unless_it_was_opened_again() {
    let mut value = sag();
    let mut states = vec![
        serde_json::json!({ "fremdrift": "Bestilt", "virkning": { "from": "2025-03-01 00:00:00+01", "to": "2025-07-01 00:00:00+02" } }),
        serde_json::json!({ "fremdrift": "Afsluttet", "virkning": { "from": "2025-07-01 00:00:00+02", "to": "infinity" } }),
    ];
    value["registreringer"][0]["tilstande"]["sagfremdrift"] = states.clone().into();
    let record = one(Class::Case, value.clone(), NOW);
    assert_eq!((record.status.normal, record.closed), (CaseStatus::Closed, day("2025-07-01")));
    states[1]["virkning"]["to"] = "2025-09-01 00:00:00+02".into();
    states.push(serde_json::json!({ "fremdrift": "Oplyst", "virkning": { "from": "2025-09-01 00:00:00+02", "to": "infinity" } }));
    value["registreringer"][0]["tilstande"]["sagfremdrift"] = states.into();
    let record = one(Class::Case, value, NOW);
    assert_eq!((record.status.normal, record.closed), (CaseStatus::Informed, None));
}
