//! Translation against the fixtures.

use super::*;
use crate::sbsys::search::Hit;

const KNOWN: &str = include_str!("../fixtures/known.json");
const THIN: &str = include_str!("../fixtures/thin.json");
const MISFIT: &str = include_str!("../fixtures/misfit.json");

fn number(text: &str) -> CprNumber {
    CprNumber::parse(text).expect("ten digits")
}

fn reading(text: &str, searched: Searched) -> Reading {
    let row = serde_json::from_str(text).expect("a case");
    Reading { hit: Hit { row, searched }, is_withheld: false, reminders: Vec::new() }
}

fn read(text: &str) -> Record {
    read_for(text, "0101909999")
}

fn read_for(text: &str, asked: &str) -> Record {
    let user: wire::User = serde_json::from_str(include_str!("../fixtures/user.json")).expect("a user");
    let users = Users::from([(user.uuid.expect("an id"), user)]);
    let link = Some("https://sbsys.example.dk/sag/{id}");
    record(&SourceId::new("sbsys"), &number(asked), reading(text, Searched::Anyone), &users, link)
}

#[test]
fn a_whole_case_becomes_a_whole_record() {
    let record = read(KNOWN);
    assert_eq!(&*record.native_id, "3793");
    assert_eq!(record.number.as_deref(), Some("27.27.42-G01-7-25"));
    assert_eq!(record.keys.numbers, ["27.27.42-G01-7-25"]);
    assert!(record.keys.uuid.is_some());
    assert_eq!(record.title.as_deref(), Some("Bostøtte – Ærø Prøve"));
    assert_eq!(record.status, Status::new(CaseStatus::Opened, "Opstået"));
    assert_eq!(record.opened.map(|day| day.to_string()).as_deref(), Some("2025-02-07"));
    assert_eq!(record.closed, None);
    assert_eq!(record.last_changed.map(|at| at.to_string()).as_deref(), Some("2025-06-30T21:30:00.1234567Z"));
    assert_eq!(record.unit, Some(Unit { id: Some("5".into()), name: Some("Voksenhandicap Nord".into()) }));
    let kle = record.kle.expect("a subject");
    assert_eq!((kle.subject.as_str(), kle.facet.as_deref(), kle.retired), ("27.27.42", Some("Ø30"), true));
    let kind = record.case_type;
    assert_eq!((kind.code.as_deref(), kind.name.as_deref()), (Some("77"), Some("BUSag")));
    assert_eq!(kind.template.as_deref(), Some("Bostøtte § 85"));
    assert_eq!(record.sensitivity, None);
    assert_eq!(record.link.as_deref(), Some("https://sbsys.example.dk/sag/3793"));
    assert_eq!(record.flags, []);
}

#[test]
fn parties_are_those_named_and_neither_mothers_nor_placeholders() {
    let record = read(KNOWN);
    assert_eq!(record.about, About::numbers([number("0101909999"), number("0202129997")]));
    assert_eq!(record.party_role, PartyRole::Primary);
    assert_eq!(read_for(KNOWN, "0202129997").party_role, PartyRole::Secondary);
}

#[test]
fn a_caseworkers_numbers_come_from_whichever_field_holds_them() {
    let record = read(KNOWN);
    let [actor] = record.actors.as_slice() else { panic!("one caseworker") };
    assert_eq!(actor.employee_id.as_deref(), Some("az12345"));
    assert_eq!(actor.name.as_deref(), Some("Karen Prøve"));
    assert_eq!(actor.phone.as_deref(), Some("87 00 00 01"));
    assert_eq!(actor.mobile.as_deref(), Some("20 00 00 01"));
    assert_eq!(actor.email.as_deref(), Some("karen.test@example.dk"));
}

#[test]
fn a_search_row_has_its_subject_in_the_number_and_danish_local_time() {
    let record = read_for(THIN, "0202129997");
    let kle = record.kle.expect("a subject");
    assert_eq!((kle.subject.as_str(), kle.facet.as_deref()), ("32.00.00", Some("G01")));
    assert_eq!(record.title.as_deref(), Some("Enkeltydelse"));
    assert_eq!(record.opened.map(|day| day.to_string()).as_deref(), Some("2025-07-07"));
    assert_eq!(record.closed.map(|day| day.to_string()).as_deref(), Some("2025-08-01"));
    assert_eq!(record.status, Status::new(CaseStatus::Closed, "Færdigbehandlet"));
}

#[test]
fn a_replacement_number_of_the_health_sector_is_a_party_and_never_the_one_asked_for() {
    let text = KNOWN.replace("010190-9999", "010190-1AB9").replace("0101909999", "0101901AB9");
    let record = read_for(&text, "0101909999");
    assert!(
        matches!(&record.about, About::Stated(people) if people.contains(&PersonId::parse("0101901AB9").expect("one")))
    );
    assert!(!record.about.may_be(&number("0101909999")));
}

#[test]
fn odd_values_are_left_out_and_flagged() {
    let record = read(MISFIT);
    assert_eq!((record.number, record.title, record.unit, record.kle), (None, None, None, None));
    assert!(record.actors.is_empty());
    assert_eq!((record.opened, record.last_changed), (None, None));
    assert_eq!(record.status, Status::new(CaseStatus::Other, "Sat i bero"));
    assert_eq!(record.about, About::Unstated);
    let flags = [QualityFlag::UnknownStatus, QualityFlag::UnreadableTime, QualityFlag::CitizenNotStated];
    assert_eq!(record.flags, flags);
}

#[test]
fn protected_and_withheld_cases_are_screened() {
    assert_eq!(sensitivity(Some(true), false), Some(Sensitivity::Screened));
    assert_eq!(sensitivity(None, true), Some(Sensitivity::Screened));
    assert_eq!(sensitivity(Some(false), true), None);
    assert_eq!(sensitivity(None, false), None);
}

#[test]
fn times_are_read_with_any_precision_with_and_without_offset() {
    let read = |text| moment(Some(text)).map(|moment| moment.map(|moment| moment.to_string()).unwrap_or_default());
    assert_eq!(read("2025-02-07T14:21:00+01:00").as_deref(), Ok("2025-02-07T13:21:00Z"));
    assert_eq!(read("2025-02-07T14:21:00.6100001+01:00").as_deref(), Ok("2025-02-07T13:21:00.6100001Z"));
    assert_eq!(read("2025-07-07T14:21:00.6").as_deref(), Ok("2025-07-07T12:21:00.6Z"));
    assert_eq!(read("2025-07-07").as_deref(), Ok("2025-07-06T22:00:00Z"));
    assert_eq!(read("2025-10-26T02:30:00").as_deref(), Ok("2025-10-26T00:30:00Z"), "the hour that comes twice");
    assert_eq!(read("2025-03-30T02:30:00").as_deref(), Ok("2025-03-30T01:30:00Z"), "the hour that is left out");
    assert_eq!(read("0001-01-01T00:00:00").as_deref(), Ok(""));
    assert_eq!(read("9999-12-31T23:59:59.9999999").as_deref(), Ok(""));
    for text in ["i går", "2025-02-30T00:00:00", "20250207142100000000000000", "2025-02-07T14:21:00+99:99", "💥"] {
        assert_eq!(read(text), Err(Unreadable), "{text}");
    }
}

#[test]
fn the_next_deadline_is_the_earliest_open_one() {
    let reminder = |text: &str| serde_json::from_str(text).expect("a reminder");
    let reminders = [
        reminder(r#"{"HarDeadline":true,"Deadline":"2025-09-01T10:00:00+02:00","ErAfsluttet":false}"#),
        reminder(r#"{"HarDeadline":true,"Deadline":"2025-08-01T10:00:00+02:00","ErAfsluttet":true}"#),
        reminder(r#"{"HarDeadline":false,"Deadline":"2025-07-01T10:00:00+02:00"}"#),
        reminder(r#"{"Deadline":"2025-10-01"}"#),
        reminder("{}"),
    ];
    assert_eq!(deadline(&reminders).map(|day| day.to_string()).as_deref(), Some("2025-09-01"));
    assert_eq!(deadline(&[]), None);
}

#[test]
fn only_a_real_subject_is_read_out_of_a_number() {
    let subject = |number| kle(None, Some(number)).map(|kle| (kle.subject, kle.facet));
    assert_eq!(subject("27.24.00-G01-12-24"), Some(("27.24.00".into(), Some("G01".into()))));
    assert_eq!(subject("27-Ø30-1"), Some(("27".into(), Some("Ø30".into()))));
    assert_eq!(subject("27.24.00"), Some(("27.24.00".into(), None)));
    for number in ["", "-", "2025-1", "JVS-12", "27.24.00.00-G01", "27..00", "æø.24.00"] {
        assert_eq!(subject(number), None, "{number}");
    }
}
