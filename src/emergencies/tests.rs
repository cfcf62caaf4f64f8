//! The room over a real audit and a ledger on disk: boundaries of time, two processes on one file, and what breaks half-way.

use std::sync::Arc;
use std::time::Duration;

use futures_util::poll;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::{
    BookError, Emergencies, Judgement, JudgementState, LentToEmergencies, NotDone, Notice, NoticeForm, Occasion, Wanted,
};
use crate::access::{Caller, EmergencyAsked, EmergencyCode, EmergencyGround, Refusal};
use crate::audit::{Pseudonym, Request};
use crate::config::Config;
use crate::random::SystemRandom;
use crate::sources::Deadline;
use crate::staff_register::StaffRegister;
use crate::testing::house::House;
use crate::testing::{citizen, pseudonyms, stranger};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A process on the house's ledger.
fn replica(house: &House) -> Result<Emergencies, BookError> {
    replica_with(house, |_| {})
}

/// A process whose staff register knows that this employee is this citizen.
fn replica_knowing(house: &House, employee: &str, person: Pseudonym) -> Emergencies {
    let ledger = house.scripted.config.service.emergency.file.clone().expect("the house has one");
    let path = ledger.with_file_name("staff.jsonl");
    let line = format!("{{\"employee\":\"{employee}\",\"person\":\"{person}\"}}\n");
    std::fs::write(&path, line).expect("a file of our own");
    let clock = Arc::clone(&house.pipeline.clock);
    let register = StaffRegister::open(&path, &pseudonyms(), clock).expect("a register");
    let room = replica(house).expect("a ledger");
    Emergencies { staff_register: Arc::new(register), ..room }
}

fn replica_with(house: &House, change: impl FnOnce(&mut Config)) -> Result<Emergencies, BookError> {
    let mut config = house.scripted.config.clone();
    change(&mut config);
    let lent = LentToEmergencies {
        pseudonyms: Arc::new(pseudonyms()),
        staff: Arc::clone(&house.pipeline.staff),
        staff_register: Arc::clone(&house.pipeline.staff_register),
        audit: Arc::clone(&house.pipeline.audit),
        clock: Arc::clone(&house.pipeline.clock),
        random: Arc::new(SystemRandom),
    };
    Emergencies::open(&config, lent)
}

fn request() -> Request {
    Request { route: "emergencies", trace_id: Arc::from("4bf92f3577b34da6a3ce929d0e0e4736") }
}

fn on_call() -> Caller {
    Caller::invented("az10009", &["on_call"]).in_unit("MSB", "VAGT")
}

fn officer() -> Caller {
    Caller::invented("az10012", &["auditor"])
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(5))
}

fn asked() -> EmergencyAsked {
    EmergencyAsked { code: EmergencyCode::Life, reason: "Borgeren har truet med at springe".to_owned() }
}

async fn ask(
    room: &Emergencies,
    caller: &Caller,
    numbers: &[Pseudonym],
    is_repeat: bool,
) -> Result<EmergencyGround, Refusal> {
    let (asked, request) = (asked(), request());
    let occasion = Occasion {
        caller,
        citizen: numbers,
        asked: &asked,
        is_repeat,
        after_refusal: false,
        request: &request,
        deadline: soon(),
    };
    room.open_or_continue(&occasion).await
}

async fn open(room: &Emergencies, numbers: &[Pseudonym]) -> EmergencyGround {
    ask(room, &on_call(), numbers, false).await.expect("an emergency")
}

fn one() -> Vec<Pseudonym> {
    vec![pseudonyms().of(&citizen())]
}

fn other() -> Vec<Pseudonym> {
    vec![pseudonyms().of(&stranger())]
}

/// What was put on record, in order.
fn recorded(house: &House) -> Vec<String> {
    house.entries().into_iter().filter_map(|entry| Some(entry.event?.what)).collect()
}

#[tokio::test]
async fn it_lasts_sixty_minutes_for_this_caller_and_this_citizen_and_no_longer() {
    let house = House::new();
    let (room, clock) = (replica(&house).expect("a ledger"), &house.scripted.clock);
    let first = open(&room, &one()).await;
    assert_eq!(first.ends_at.duration_since(first.opened_at), 60 * MINUTE);
    assert_eq!(first.reason, "life");
    assert_ne!(open(&room, &other()).await.id, first.id, "another citizen");
    let colleague = Caller::invented("az10036", &["on_call"]);
    assert_ne!(ask(&room, &colleague, &one(), false).await.expect("an emergency").id, first.id, "another caller");
    clock.advance(60 * MINUTE - SignedDuration::from_nanos(1));
    assert_eq!(open(&room, &one()).await, first);
    assert_eq!(ask(&room, &on_call(), &one(), true).await, Ok(first.clone()));
    clock.advance(SignedDuration::from_nanos(1));
    assert_eq!(ask(&room, &on_call(), &one(), true).await, Err(Refusal::EmergencyOver), "a handle opens nothing");
    assert_ne!(open(&room, &one()).await.id, first.id);
}

#[tokio::test]
async fn another_number_of_the_citizen_is_the_same_emergency_once_it_is_known() {
    let house = House::new();
    let room = replica(&house).expect("a ledger");
    let first = open(&room, &one()).await;
    room.know_as(&first, &other(), &[]);
    room.know_as(&first, &other(), &[]);
    assert_eq!(open(&room, &other()).await, first);
    let both = [one(), other()].concat();
    assert_eq!(open(&room, &both).await, first);
}

#[tokio::test]
async fn two_processes_on_one_ledger_agree_on_what_runs_and_on_who_was_first() {
    let house = House::new();
    let (here, there) = (replica(&house).expect("a ledger"), replica(&house).expect("the same ledger"));
    let first = open(&here, &one()).await;
    assert_eq!(open(&there, &one()).await, first, "read anew, not from a copy in memory");
    // Both open at once: the later one to commit goes on with the other's.
    let numbers = other();
    let (one_of, two_of) = tokio::join!(open(&here, &numbers), open(&there, &numbers));
    assert_eq!(one_of.id, two_of.id);
    let of_both = recorded(&house);
    let count = |what: &str| of_both.iter().filter(|one| *one == what).count();
    assert_eq!(count("emergency_opened") - count("emergency_not_opened"), 2, "{of_both:?}");
    // Both judge at once: one word stands, the other is told so.
    let (officer, asked) = (officer(), request());
    let note = || "Der var ikke grund til at tro på fare".to_owned();
    let (a, b) = tokio::join!(
        here.judge((&officer, &asked), first.id, Judgement::Justified, note(), soon()),
        there.judge((&officer, &asked), first.id, Judgement::NotJustified, note(), soon())
    );
    let outcomes = [a.map(drop), b.map(drop)];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.contains(&Err(NotDone::AlreadyJudged)), "{outcomes:?}");
}

#[tokio::test]
async fn killed_between_audit_and_ledger_nothing_runs_and_the_next_look_up_opens_anew() {
    let house = House::new();
    let room = replica(&house).expect("a ledger");
    let (caller, numbers) = (on_call(), one());
    {
        let mut attempt = std::pin::pin!(ask(&room, &caller, &numbers, false));
        assert!(poll!(attempt.as_mut()).is_pending(), "it waits for the audit");
    }
    // The audit's next entry is behind the one of the look-up that died.
    let after = Request { route: "after", ..request() };
    house.pipeline.audit.accessed(&after, &caller, 200).await.expect("the audit takes entries");
    assert_eq!(recorded(&house), ["emergency_opened"]);
    let restarted = replica(&house).expect("the ledger");
    assert_eq!(ask(&restarted, &caller, &numbers, true).await, Err(Refusal::EmergencyOver), "it never began");
    let next = open(&restarted, &numbers).await;
    assert_eq!(recorded(&house), ["emergency_opened", "emergency_opened", "emergency_escalated"]);
    assert_eq!(open(&room, &numbers).await, next);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_gives_no_emergency_and_the_audit_says_so() {
    let house = House::new();
    let room = replica(&house).expect("a ledger");
    let file = house.scripted.config.service.emergency.file.clone().expect("the house has one");
    let rival = Connection::open(file).expect("the same file");
    rival.execute_batch("BEGIN IMMEDIATE").expect("another process holds it");
    assert_eq!(ask(&room, &on_call(), &one(), false).await, Err(Refusal::EmergencyUnavailable));
    assert_eq!(recorded(&house), ["emergency_opened", "emergency_not_opened"]);
    rival.execute_batch("COMMIT").expect("and lets go");
    open(&room, &one()).await;
}

#[tokio::test]
async fn without_a_ledger_or_an_audit_there_is_no_emergency() {
    let house = House::new();
    let without = replica_with(&house, |config| config.service.emergency.file = None).expect("a room");
    assert_eq!(ask(&without, &on_call(), &one(), false).await, Err(Refusal::EmergencyUnavailable));
    assert_eq!(without.list((&officer(), &request()), &all(), soon()).await.err(), Some(Refusal::EmergencyUnavailable));
    let room = replica(&house).expect("a ledger");
    house.pipeline.audit.log().close().await;
    assert_eq!(ask(&room, &on_call(), &one(), false).await, Err(Refusal::AuditUnavailable));
}

fn all() -> Wanted {
    Wanted { limit: 50, ..Wanted::default() }
}

async fn listed(room: &Emergencies, viewer: &Caller, wanted: &Wanted) -> Vec<(uuid::Uuid, JudgementState)> {
    let page = room.list((viewer, &request()), wanted, soon()).await.expect("a list");
    page.listed.iter().map(|one| (one.emergency.id, one.judgement)).collect()
}

#[tokio::test]
async fn what_nobody_judges_in_two_working_days_is_overdue_and_goes_on_record_once() {
    let house = House::new();
    let (room, clock) = (replica(&house).expect("a ledger"), &house.scripted.clock);
    // A Saturday: Monday and Tuesday, in Danish time.
    let opened = open(&room, &one()).await;
    assert_eq!(opened.opened_at, crate::testing::now());
    let late: Timestamp = "2026-11-25T00:00:00+01:00".parse().expect("a moment");
    clock.advance(late.duration_since(opened.opened_at) - SignedDuration::from_nanos(1));
    assert_eq!(listed(&room, &officer(), &all()).await, [(opened.id, JudgementState::Open)]);
    clock.advance(SignedDuration::from_nanos(1));
    for _ in 0..2 {
        room.escalate_overdue().await.expect("the house's minute");
        assert_eq!(listed(&room, &officer(), &all()).await, [(opened.id, JudgementState::Overdue)]);
    }
    let overdue = Wanted { judgement: Some(JudgementState::Overdue), ..all() };
    assert_eq!(listed(&room, &officer(), &overdue).await.len(), 1);
    let escalated = recorded(&house).iter().filter(|what| *what == "emergency_escalated").count();
    assert_eq!(escalated, 2, "for want of a leader, and for the time");
}

#[tokio::test]
async fn a_call_for_more_begins_two_working_days_anew() {
    let house = House::new();
    let (room, clock) = (replica(&house).expect("a ledger"), &house.scripted.clock);
    let id = open(&room, &one()).await.id;
    clock.advance(SignedDuration::from_hours(72)); // Tuesday
    let (viewer, asked) = (officer(), request());
    let judge = |judgement| room.judge((&viewer, &asked), id, judgement, "Ring til mig om den nat".to_owned(), soon());
    let more = judge(Judgement::NeedsMore).await.expect("a judgement");
    assert_eq!(more.judgement, JudgementState::Open);
    assert_eq!(more.emergency.judge_by().to_string(), "2026-11-26T23:00:00Z", "the end of Thursday");
    let last = judge(Judgement::NotJustified).await.expect("a judgement");
    assert_eq!((last.judgement, last.emergency.events.len()), (JudgementState::Judged, 3));
    assert_eq!(judge(Judgement::Justified).await.map(drop), Err(NotDone::AlreadyJudged));
}

#[tokio::test]
async fn nobody_sees_or_judges_their_own_not_even_as_the_officer() {
    let house = House::new();
    let room = replica(&house).expect("a ledger");
    let both = Caller::invented("az10009", &["on_call", "auditor", "leader"]);
    let id = ask(&room, &both, &one(), false).await.expect("an emergency").id;
    assert_eq!(listed(&room, &both, &all()).await, []);
    let note = "Det var mig selv, og det var i orden".to_owned();
    let own = room.judge((&both, &request()), id, Judgement::Justified, note.clone(), soon()).await;
    assert_eq!(own.map(drop), Err(NotDone::Own));
    let stranger = Caller::invented("az10010", &["leader"]);
    let unknown = room.judge((&stranger, &request()), id, Judgement::Justified, note, soon()).await;
    assert_eq!(unknown.map(drop), Err(NotDone::Unknown));
    assert_eq!(listed(&room, &stranger, &all()).await, []);
}

#[tokio::test]
async fn a_notice_is_given_on_a_day_that_can_be_and_once() {
    let house = House::new();
    let (room, viewer, asked) = (replica(&house).expect("a ledger"), officer(), request());
    let id = open(&room, &one()).await.id;
    let told = |day: &str| {
        let notice = Notice::Told { on: day.parse().expect("a day"), form: NoticeForm::Letter };
        room.notice((&viewer, &asked), id, notice, soon())
    };
    for day in ["2026-11-20", "2026-11-22"] {
        assert_eq!(told(day).await.map(drop), Err(NotDone::Day("told.on")), "{day}");
    }
    assert!(told("2026-11-21").await.is_ok());
    assert_eq!(told("2026-11-21").await.map(drop), Err(NotDone::AlreadyTold));
}

#[tokio::test]
async fn the_fourth_in_thirty_days_by_one_person_raises_an_alarm() {
    let house = House::new();
    let (room, clock) = (replica(&house).expect("a ledger"), &house.scripted.clock);
    let alarms = || recorded(&house).iter().filter(|what| *what == "alarm_raised").count();
    for _ in 0..3 {
        open(&room, &one()).await;
        clock.advance(SignedDuration::from_hours(10 * 24));
    }
    // The first was thirty days ago to the moment: three within the time, and no alarm.
    open(&room, &one()).await;
    assert_eq!(alarms(), 0);
    open(&room, &other()).await;
    assert_eq!(alarms(), 1);
    let entries = house.entries();
    let alarm = entries.iter().filter_map(|entry| entry.event.as_ref()).find(|event| event.what == "alarm_raised");
    let facts = &alarm.expect("the alarm").facts;
    assert_eq!((facts["kind"].as_str(), facts["count"].as_str()), ("emergency_repeated", "4"));
}

#[tokio::test]
async fn the_file_holds_no_word_of_what_was_written_and_opens_under_its_own_key_only() {
    let house = House::new();
    let (room, viewer, asked) = (replica(&house).expect("a ledger"), officer(), request());
    let id = open(&room, &one()).await.id;
    let note = "Borgeren var ved broen den nat".to_owned();
    room.judge((&viewer, &asked), id, Judgement::Justified, note, soon()).await.expect("a judgement");
    let file = house.scripted.config.service.emergency.file.clone().expect("the house has one");
    let mut bytes = std::fs::read(&file).expect("the ledger");
    bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("az10009"), "who opened it is searched by");
    assert!(!text.contains("springe") && !text.contains("broen"));
    let audit = format!("{:?}", house.entries().iter().map(|entry| entry.event.clone()).collect::<Vec<_>>());
    assert!(!audit.contains("springe") && !audit.contains("broen"), "{audit}");
}

#[tokio::test]
async fn an_emergency_about_the_officer_or_their_family_is_not_there_for_them() {
    for of_relative in [true, false] {
        let house = House::new();
        let person = if of_relative { other()[0] } else { one()[0] };
        let room = replica_knowing(&house, "az10012", person);
        let ground = open(&room, &one()).await;
        room.know_as(&ground, &[], &other());
        room.know_as(&ground, &[], &other());
        assert_eq!(listed(&room, &officer(), &all()).await, []);
        let note = "Der var ikke grund til at tro på fare".to_owned();
        let judged = room.judge((&officer(), &request()), ground.id, Judgement::Justified, note.clone(), soon()).await;
        assert_eq!(judged.map(drop), Err(NotDone::Unknown));
        assert_eq!(recorded(&house).iter().filter(|what| *what == "emergency_barred").count(), 2);
        let colleague = Caller::invented("az10013", &["auditor"]);
        assert_eq!(listed(&room, &colleague, &all()).await.len(), 1);
        let judged = room.judge((&colleague, &request()), ground.id, Judgement::Justified, note, soon()).await;
        assert_eq!(judged.expect("the other officer's").emergency.events.len(), 3, "kept once");
    }
}
