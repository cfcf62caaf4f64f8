//! The translation against the published sample answer and against what the index is known to hold.

use futures_util::FutureExt as _;
use jiff::Timestamp;
use uuid::Uuid;

use super::settings::Settings;
use super::translate::{Row, Translation};
use super::wire::Output;
use crate::contract::{
    About, ActorKind, ActorRole, CaseStatus, CprNumber, MasterSystem, PartyRole, PersonId, QualityFlag, Record,
    RelationKind, Sensitivity, SourceError, SourceErrorKind, SourceId,
};
use crate::transport::{Answer, xml};

const KNOWN: &str = include_str!("fixtures/known.xml");
const MISFIT: &str = include_str!("fixtures/misfit.xml");
const NOW: &str = "2025-06-01T12:00:00Z";

fn uuid(text: &str) -> Uuid {
    Uuid::parse_str(text).expect("a UUID")
}

fn output(text: &str) -> Output {
    Output::read(xml::body(text).root()).expect("an answer")
}

fn rows(text: &str, now: &str, settings: &Settings) -> Vec<Row> {
    let (source, asked) = (SourceId::new("index"), CprNumber::parse("0101019999").expect("ten digits"));
    let now: Timestamp = now.parse().expect("a moment");
    let translation = Translation { source: &source, settings, now };
    output(text).cases.iter().map(|snapshot| translation.row(snapshot, &asked)).collect()
}

fn record_at(text: &str, now: &str, settings: &Settings) -> Record {
    match rows(text, now, settings).remove(0) {
        Row::Read(record) => *record,
        Row::Deleted | Row::Unreadable => panic!("no record"),
    }
}

fn record(text: &str) -> Record {
    record_at(text, NOW, &Settings::default())
}

#[test]
fn the_published_sample_becomes_a_record() {
    let mut settings = Settings { retired_kle: vec!["27.35.04".to_owned()], ..Settings::default() };
    settings.roles.part_of = Some(uuid("cccccccc-0000-4000-8000-000000000001"));
    let record = record_at(KNOWN, NOW, &settings);
    let id = uuid("bbbbbbbb-0000-4000-8000-000000000001");
    assert_eq!((&*record.native_id, record.keys.uuid), (id.to_string().as_str(), Some(id)));
    assert_eq!(record.about, About::numbers([CprNumber::parse("0101019999").expect("ten digits")]));
    assert_eq!(record.party_role, PartyRole::Primary);
    assert_eq!(record.keys.numbers, ["2024-000123"]);
    let master = uuid("aaaaaaaa-0000-4000-8000-000000000009");
    assert_eq!(
        record.keys.master,
        Some(MasterSystem { id: Some(master), name: Some("Opdigtet Fagsystem".to_owned()) })
    );
    assert_eq!(record.title.as_deref(), Some("Støtte i hjemmet"));
    assert_eq!(record.law.as_deref(), Some("LBK om social service (serviceloven) § 85, Stk. 1"));
    assert_eq!((record.status.normal, record.status.raw.as_str()), (CaseStatus::Informed, "Under udredning"));
    assert_eq!(record.opened.map(|day| day.to_string()).as_deref(), Some("2024-11-04"));
    assert_eq!(record.closed, None);
    assert_eq!(record.last_changed, "2025-03-30T01:15:02.018Z".parse().ok());
    assert_eq!(record.sensitivity, Some(Sensitivity::Sensitive));
    assert_eq!(record.screened_to, [uuid("aaaaaaaa-0000-4000-8000-000000000004")]);
    let kle = record.kle.expect("a subject");
    assert_eq!((kle.subject.as_str(), kle.facet.as_deref(), kle.retired), ("27.35.04", Some("G01"), true));
    assert_eq!(kle.title.as_deref(), Some("Opdigtet emne"));
    assert_eq!(record.relations[0].kind, RelationKind::PartOf);
    assert_eq!(record.relations[0].uuid, Some(uuid("bbbbbbbb-0000-4000-8000-000000000002")));
    assert_eq!((record.link, record.flags), (None, Vec::new()));
}

#[test]
fn the_samples_actors_are_a_unit_and_a_person_and_not_the_owner() {
    let record = record(KNOWN);
    let [unit, person] = record.actors.as_slice() else { panic!("two actors") };
    assert_eq!((unit.role, unit.kind), (ActorRole::Responsible, ActorKind::Unit));
    assert_eq!(unit.name.as_deref(), Some("Opdigtet Team Nord"));
    assert_eq!(record.unit, unit.unit);
    assert_eq!((person.role, person.kind), (ActorRole::Primary, ActorKind::Person));
    assert_eq!(person.employee_id.as_deref(), Some("az00001"));
    assert_eq!(person.native_id.as_deref(), Some("aaaaaaaa-0000-4000-8000-000000000001"));
    assert_eq!(person.since.map(|day| day.to_string()).as_deref(), Some("2024-11-04"));
    assert_eq!(person.until, None);
}

#[test]
fn the_alternative_title_and_the_system_address_never_come_out() {
    let settings = Settings { case_link: Some("https://index.example/sag/{id}".to_owned()), ..Settings::default() };
    let record = record_at(KNOWN, NOW, &settings);
    assert_eq!(record.link.as_deref(), Some("https://index.example/sag/bbbbbbbb-0000-4000-8000-000000000001"));
    let everything = format!("{record:?}");
    assert!(!everything.contains("vold") && !everything.contains("fagsystem.example"));
}

#[test]
fn the_status_is_the_one_whose_effect_covers_now() {
    let settings = Settings::default();
    let before = record_at(KNOWN, "2024-12-24T12:00:00Z", &settings);
    assert_eq!(before.status.normal, CaseStatus::Opened);
    let too_early = record_at(KNOWN, "2020-01-01T12:00:00Z", &settings);
    assert_eq!(too_early.status.normal, CaseStatus::Opened);
    assert_eq!(too_early.flags, [QualityFlag::NoStatusNow]);
}

#[test]
fn a_relation_that_has_ended_gives_no_kle_unit_or_lock_but_stays_as_a_former_actor() {
    let ended = "<g:Virkning><d:TilTidspunkt><d:TidsstempelDatoTid>2025-01-01T00:00:00</d:TidsstempelDatoTid></d:TilTidspunkt></g:Virkning><g:Rolle>";
    let record = record(&KNOWN.replace("<g:Rolle>", ended));
    assert_eq!((record.kle, record.unit, record.keys.master), (None, None, None));
    assert!(record.screened_to.is_empty() && record.relations.is_empty());
    assert!(matches!(record.about, About::Stated(_)));
    let until = record.actors[0].until.map(|day| day.to_string());
    assert_eq!(until.as_deref(), Some("2025-01-01"));
}

#[test]
fn a_lock_that_cannot_be_read_is_still_a_lock() {
    let lock = "<k:Sikkerhedsprofil><g:Rolle><d:UUIDIdentifikator>cccccccc-0000-4000-8000-000000000003</d:UUIDIdentifikator></g:Rolle><g:Type><d:UUIDIdentifikator>c5fc3b3b-5197-49ee-92e6-ae6ba1957174</d:UUIDIdentifikator></g:Type><g:Indeks>1</g:Indeks><g:ReferenceID><d:UUIDIdentifikator>aaaaaaaa-0000-4000-8000-000000000004";
    assert!(KNOWN.contains(lock));
    let record = record(&KNOWN.replace(lock, &lock.replace("aaaaaaaa-0000-4000-8000-000000000004", "URN:Empty")));
    assert_eq!(record.screened_to, [Uuid::nil()]);
}

#[test]
fn an_unknown_level_is_the_highest_and_a_missing_one_is_none() {
    let with = |text: &str| {
        let level = "<k:Foelsomhed>FOELSOMME_PERSONOPLYSNINGER</k:Foelsomhed>";
        record(&KNOWN.replace(level, text)).sensitivity
    };
    assert_eq!(with("<k:Foelsomhed>NY_HOEJERE</k:Foelsomhed>"), Some(Sensitivity::Screened));
    assert_eq!(with("<k:Foelsomhed>FORTROLIGE_PERSONOPLYSNINGER</k:Foelsomhed>"), Some(Sensitivity::Confidential));
    assert_eq!(with(""), None);
}

#[test]
fn a_party_that_is_no_person_is_skipped_and_no_person_at_all_is_said_so() {
    let company = record(&KNOWN.replace("urn:oio:cpr-nr:0101019999", "urn:oio:cvr-nr:12345678"));
    assert_eq!(company.about, About::Unstated);
    assert_eq!(company.flags, [QualityFlag::CitizenNotStated]);
    let other = record(&KNOWN.replace("urn:oio:cpr-nr:0101019999", "urn:oio:cpr-nr:0202029999"));
    assert_eq!(other.about, About::numbers([CprNumber::parse("0202029999").expect("ten digits")]));
    let replaced = record(&KNOWN.replace("urn:oio:cpr-nr:0101019999", "urn:oio:cpr-nr:0101016AB9"));
    assert_eq!(replaced.about, About::Stated(vec![PersonId::parse("0101016AB9").expect("an eCPR")]));
}

#[test]
fn the_misfit_answer_is_read_as_far_as_it_goes() {
    let rows = rows(MISFIT, NOW, &Settings::default());
    let [Row::Read(odd), Row::Unreadable, Row::Deleted, Row::Unreadable] = rows.as_slice() else {
        panic!("one odd case, one without registration, one deleted, one without id");
    };
    assert_eq!((odd.status.normal, odd.status.raw.as_str()), (CaseStatus::Other, "Genoptaget"));
    assert_eq!(odd.title.as_deref(), Some("Den nye titel"));
    assert_eq!(odd.keys.numbers, ["A-1", "B-2"]);
    assert_eq!(odd.party_role, PartyRole::Unknown);
    let [urn, unit, stranger] = odd.actors.as_slice() else { panic!("three actors") };
    assert_eq!((urn.role, urn.native_id.as_deref()), (ActorRole::Primary, Some("urn:oio:opdigtet:brugerid:az00002")));
    assert_eq!((unit.role, unit.kind), (ActorRole::Primary, ActorKind::Unit));
    assert_eq!((stranger.role, stranger.name.as_deref()), (ActorRole::Other, Some("Ida Prøve")));
    assert_eq!(stranger.native_id, None);
    assert_eq!(odd.flags, [QualityFlag::UnknownStatus, QualityFlag::UnreadableTime]);
    assert!(odd.relations.is_empty());
}

/// How many cases an answer holds, or why it holds none.
fn answered(status: u16, content_type: &str, body: &'static str) -> Result<Option<usize>, SourceError> {
    let headers = [(http::header::CONTENT_TYPE, content_type.parse().expect("a header value"))].into_iter().collect();
    let status = http::StatusCode::from_u16(status).expect("a status");
    let answer = Answer { status, headers, body: body.into(), operation: &super::READS[0] };
    let output = super::output(answer).now_or_never().expect("a short answer is read at once");
    output.map(|output| output.map(|output| output.cases.len()))
}

#[test]
fn the_published_answers_are_told_apart() {
    let soap = |status, body| answered(status, "text/xml; charset=utf-8", body);
    assert_eq!(soap(200, KNOWN), Ok(Some(1)));
    assert_eq!(soap(200, include_str!("fixtures/unknown.xml")), Ok(Some(0)));
    let refused = soap(200, include_str!("fixtures/refused.xml")).expect_err("refused");
    assert_eq!((refused.kind, &*refused.detail), (SourceErrorKind::Malformed, "status code 40"));
    let fault = soap(500, include_str!("fixtures/fault.xml")).expect_err("a fault");
    assert_eq!((fault.kind, &*fault.detail), (SourceErrorKind::Unauthorized, "SOAP fault: token refused"));
}

#[test]
fn what_is_no_answer_is_named_by_status_first() {
    let kind = |status, content_type, body| answered(status, content_type, body).map_err(|error| error.kind);
    assert_eq!(kind(200, "text/html", "<!DOCTYPE html><html></html>"), Err(SourceErrorKind::Malformed));
    assert_eq!(kind(503, "text/html", "<html></html>"), Err(SourceErrorKind::Unavailable));
    assert_eq!(kind(401, "text/plain", ""), Err(SourceErrorKind::Unauthorized));
    assert_eq!(kind(404, "text/xml", ""), Err(SourceErrorKind::ConfigInvalid));
    let request = include_str!("fixtures/request.xml");
    assert_eq!(kind(200, "text/xml", request), Err(SourceErrorKind::Malformed));
}

#[test]
fn a_persons_number_is_never_an_actors_id() {
    let by_uuid = "aaaaaaaa-0000-4000-8000-000000000001</d:UUIDIdentifikator></g:ReferenceID>";
    assert!(KNOWN.contains(by_uuid));
    let record = record(&KNOWN.replace(by_uuid, "urn:oio:cpr-nr:0303039999</d:UUIDIdentifikator></g:ReferenceID>"));
    assert_eq!((record.actors[1].role, record.actors[1].native_id.as_deref()), (ActorRole::Primary, None));
    assert!(!format!("{record:?}").contains("0303039999"));
}
