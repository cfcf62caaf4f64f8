//! That each alarm is raised once, by what raises it, and carries what a person has said about it.

use std::fs;

use super::*;
use crate::audit::entry::AuditedSource;

fn raised(index: &AuditIndex) -> Vec<AlarmKind> {
    assert!(index.caught_up());
    let alarms = index.reader().alarms(&AlarmQuery { limit: 1000, ..AlarmQuery::default() }).expect("a search");
    alarms.iter().rev().map(|alarm| alarm.kind).collect()
}

fn ids(index: &AuditIndex) -> Vec<Uuid> {
    assert!(index.caught_up());
    let alarms = index.reader().alarms(&AlarmQuery::default()).expect("a search");
    alarms.iter().map(|alarm| alarm.id).collect()
}

#[tokio::test]
async fn a_bar_raises_one_alarm_a_look_up_however_many_entries_tell_of_it() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let (one, two) = (intended(1, "az1", 1), intended(2, "az1", 1));
    let barred = |entry: AuditEntry, bars: &[&str]| AuditEntry {
        bars: bars.iter().map(|bar| (*bar).to_owned()).collect(),
        ..entry
    };
    let event = AuditEntry { phase: Phase::Event, ..completed(&one, None) };
    append(
        &log,
        [one.clone(), barred(event, &["colleague"]), barred(completed(&one, None), &["colleague", "protected"])],
    )
    .await;
    append(&log, [two.clone(), barred(completed(&two, None), &["household", "oneself", "household_unknown"])]).await;
    let mut kinds = raised(&index);
    kinds.sort_unstable();
    assert_eq!(kinds, [AlarmKind::Oneself, AlarmKind::Household, AlarmKind::Colleague]);
}

#[tokio::test]
async fn more_citizens_within_an_hour_than_the_unit_s_norm_are_told_of_once_also_across_a_restart() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let norm = |settings: &mut IndexSettings| {
        settings.norms.distinct_citizens = 100;
        settings.norms.distinct_citizens_of_unit.insert("JVS-JOB".into(), 3);
    };
    let first = index_with(&scratch, &log, norm);
    append(&log, (1..=3).map(|number| intended(number.into(), "az1", number))).await;
    append(&log, [intended(4, "az1", 1), intended(5, "az2", 9)]).await;
    assert_eq!(raised(&first), []);
    drop(first);
    let second = index_with(&scratch, &log, norm);
    append(&log, (6..=9).map(|number| intended(number.into(), "az1", number))).await;
    assert_eq!(raised(&second), [AlarmKind::DistinctCitizens]);
    let alarm = second.reader().alarms(&AlarmQuery::default()).expect("a search").remove(0);
    assert_eq!((alarm.count, alarm.state), (Some(4), AlarmState::Open));
    assert_eq!(alarm.act.expect("the act").places[0].seq, 6, "the one that was one too many");
}

#[tokio::test]
async fn emergencies_wrong_citizens_and_listed_persons_are_told_of() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let list = scratch.path().join("listed");
    write_listed(&[testing::citizen(7)], &key(), &list).expect("a list");
    let index = index_with(&scratch, &log, |settings| settings.listed_persons = Some(list));
    append(&log, (1..=4).map(|number| recorded(number, "az1", "emergency_opened"))).await;
    let mut kinds = raised(&index);
    kinds.sort_unstable();
    assert_eq!(kinds[..4], [AlarmKind::Emergency; 4]);
    assert_eq!(kinds[4..], [AlarmKind::ManyEmergencies], "the fourth is one too many");
    let wrong =
        AuditedSource { id: "oio".into(), state: "invalid".into(), wrong_citizen: 2, ..AuditedSource::default() };
    let look_up = intended(10, "az2", 2);
    append(&log, [look_up.clone(), AuditEntry { sources: vec![wrong], ..completed(&look_up, None) }]).await;
    append(&log, [intended(11, "az2", 7), completed(&intended(11, "az2", 7), None)]).await;
    let alias = AuditEntry { also_known_as: vec![testing::citizen(7)], ..completed(&intended(12, "az2", 8), None) };
    append(&log, [intended(12, "az2", 8), alias]).await;
    assert_eq!(raised(&index)[5..], [AlarmKind::WrongCitizen, AlarmKind::Listed, AlarmKind::Listed]);
    assert_eq!(seqs(&index, &by(Flag::Listed)).len(), 2, "by either number");
}

#[tokio::test]
async fn an_index_made_anew_has_the_same_alarms_with_what_was_said_about_them() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let first = index(&scratch, &log);
    append(&log, (1..=4).map(|number| recorded(number, "az1", "emergency_opened"))).await;
    let before = ids(&first);
    assert_eq!(before.len(), 5);
    let event = AuditedEvent {
        what: ALARM_FOLLOWED_UP.into(),
        id: Some(before[2]),
        facts: [("state".to_owned(), "not_justified".to_owned()), ("note".to_owned(), "Ingen fare.".to_owned())].into(),
    };
    append(&log, [AuditEntry { event: Some(event), ..recorded(9, "az9", "x") }]).await;
    let unknown = AuditedEvent { what: ALARM_FOLLOWED_UP.into(), id: Some(Uuid::nil()), ..AuditedEvent::default() };
    append(&log, [AuditEntry { event: Some(unknown), ..recorded(10, "az9", "x") }]).await;
    assert!(first.caught_up());
    drop(first);
    fs::remove_file(scratch.index()).expect("the index is there");
    let again = index(&scratch, &log);
    assert_eq!(ids(&again), before);
    let alarm = again.reader().alarm(before[2]).expect("a search").expect("the alarm");
    assert_eq!((alarm.state, alarm.followed), (AlarmState::NotJustified, Some(recorded(9, "az9", "x").at)));
    let open = AlarmQuery { state: Some(AlarmState::Open), ..AlarmQuery::default() };
    assert_eq!(again.reader().alarms(&open).expect("a search").len(), 4);
    let later = AlarmQuery { after: Some((alarm.at, alarm.id)), ..AlarmQuery::default() };
    assert_eq!(again.reader().alarms(&later).expect("a search").len(), 2);
    assert_eq!(again.reader().alarm(Uuid::nil()).expect("a search"), None);
}
