//! Every question, what it finds, and that no question reads the whole index.

use std::fs;

use super::*;
use crate::audit::entry::AuditedDecision;

#[tokio::test]
async fn a_look_up_and_its_answer_are_one_and_every_part_of_a_query_must_fit() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let (one, two, three) = (intended(1, "az1", 1), intended(2, "az2", 2), intended(3, "az1", 2));
    let elsewhere = AuditEntry { purpose: Some("coordination".into()), ..three.clone() };
    append(&log, [one.clone(), two.clone(), completed(&one, None), elsewhere, completed(&two, None)]).await;
    let text = |text: &str| Some(text.to_owned());
    let at = |number| Some(morning() + SignedDuration::from_secs(number));
    for (query, wanted) in [
        (Query::default(), &[4, 2, 1][..]),
        (Query { oldest_first: true, ..Query::default() }, &[1, 2, 4]),
        (Query { limit: 2, ..Query::default() }, &[4, 2]),
        (about(2), &[4, 2]),
        (about(9), &[]),
        (Query { employee: Some(employee("az1")), ..Query::default() }, &[4, 1]),
        (Query { employee: Some(employee("az1")), ..about(1) }, &[1]),
        (Query { employee: Some(employee("az9")), ..Query::default() }, &[]),
        (Query { unit: text("JVS-JOB"), from: at(2), to: at(3), ..Query::default() }, &[2]),
        (Query { department: text("JVS"), ..Query::default() }, &[4, 2, 1]),
        (Query { unit: text("' OR 1=1 --"), ..Query::default() }, &[]),
        (Query { purpose: text("coordination"), ..Query::default() }, &[4]),
        (Query { kind: Some(Kind::Service), ..Query::default() }, &[]),
        (Query { kind: Some(Kind::LookUp), ..Query::default() }, &[4, 2, 1]),
    ] {
        assert_eq!(seqs(&index, &query), wanted, "{query:?}");
    }
    let found = index.search(&about(1)).expect("a search").remove(0);
    assert_eq!((found.state, found.status, found.attempt), (State::Completed, Some(200), one.attempt));
    assert_eq!((found.at, found.ended), (one.at, Some(one.at + SignedDuration::from_secs(1))));
    assert_eq!(found.places.iter().map(|place| place.seq).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(format!("{found:?}"), "Found { kind: LookUp, state: Completed, .. }");
    assert_eq!(index.search(&about(2)).expect("a search")[0].state, State::Open);
}

#[tokio::test]
async fn a_page_begins_where_the_one_before_ended_also_within_one_microsecond() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let same_moment = |number| AuditEntry { at: morning(), ..intended(number, "az1", 1) };
    append(&log, (1..=25).map(same_moment)).await;
    for oldest_first in [false, true] {
        let mut query = Query { limit: 10, oldest_first, ..about(1) };
        let mut seen = Vec::new();
        loop {
            seen.extend(seqs(&index, &query));
            let Some(last) = index.search(&query).expect("a search").pop() else { break };
            query.after = Some(last.cursor());
        }
        if !oldest_first {
            seen.reverse();
        }
        assert_eq!(seen, (1..=25).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_must_be_explained_is_told_from_what_a_case_explains() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let of: Vec<AuditEntry> = (1..=6).map(|number: u16| intended(number.into(), "az1", number)).collect();
    let refused = AuditEntry { phase: Phase::Refused, ..of[4].clone() };
    let event = AuditEntry { phase: Phase::Event, ..completed(&of[5], Some("own_case_person")) };
    let answers = [
        completed(&of[0], Some("own_case_person")),
        completed(&of[1], Some("own_case_unit")),
        completed(&of[2], Some("granting_case")),
        completed(&of[3], None),
    ];
    append(&log, of[..4].iter().cloned().chain(answers).chain([refused, of[5].clone(), event])).await;
    // The stream broke after its first event: what it showed is explained all the same.
    append(&log, [AuditEntry { phase: Phase::Abandoned, ..of[5].clone() }]).await;
    assert_eq!(seqs(&index, &by(Flag::Unexplained)), [4, 3]);
    assert_eq!(seqs(&index, &by(Flag::Refused)), [9]);
    assert_eq!(seqs(&index, &by(Flag::Abandoned)), [10]);
    let rest = Query { without_explained: true, ..Query::look_ups() };
    assert_eq!(seqs(&index, &rest), [9, 4, 3]);
    append(&log, [AuditEntry { phase: Phase::Abandoned, ..of[0].clone() }]).await;
    assert_eq!(seqs(&index, &by(Flag::Abandoned)), [10, 1], "an answer that was recorded and never left");
}

#[tokio::test]
async fn what_was_under_way_when_the_service_died_is_said_to_be_abandoned() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    append(&log, [intended(1, "az1", 1), intended(2, "az1", 2)]).await;
    append(&log, [completed(&intended(2, "az1", 2), None), testing::entry(1)]).await;
    append(&log, [intended(3, "az1", 3)]).await;
    assert_eq!(seqs(&index, &by(Flag::Abandoned)), [1]);
    assert_eq!(index.search(&about(3)).expect("a search")[0].state, State::Open);
}

#[tokio::test]
async fn nights_weekends_emergencies_and_bars_are_found() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let moment = |text: &str| text.parse().expect("a moment");
    let night = AuditEntry { at: moment("2026-11-24T03:00:00+01:00"), ..intended(1, "az1", 1) };
    let weekend = AuditEntry { at: moment("2026-11-22T12:00:00+01:00"), ..intended(2, "az1", 2) };
    let emergency = AuditEntry { purpose: Some("emergency".into()), ..intended(3, "az1", 3) };
    let decided = AuditedDecision { policy_hash: None, outcome: "emergency".into() };
    let as_emergency = AuditEntry { decision: Some(decided), ..intended(4, "az2", 4) };
    let shown_by_it = intended(5, "az2", 5);
    let barred =
        AuditEntry { bars: vec!["colleague".into(), "protected".into()], ..completed(&shown_by_it, Some("emergency")) };
    append(&log, [night, weekend, emergency, as_emergency, shown_by_it, barred]).await;
    assert_eq!(seqs(&index, &by(Flag::OutsideHours)), [1, 2]);
    assert_eq!(seqs(&index, &by(Flag::Emergency)), [5, 4, 3]);
    assert_eq!(seqs(&index, &Query { employee: Some(employee("az1")), ..by(Flag::Emergency) }), [3]);
    assert_eq!(seqs(&index, &by(Flag::Colleague)), [5]);
    assert_eq!(seqs(&index, &Query { flags: vec![Flag::Protected, Flag::Emergency], ..Query::default() }), [5]);
    assert_eq!(seqs(&index, &by(Flag::Oneself)), [] as [u64; 0]);
}

#[tokio::test]
async fn repeats_are_counted_by_number_within_the_window_and_by_one_employee() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index_with(&scratch, &log, |settings| settings.repeats_within = SignedDuration::from_mins(1));
    let by_handle = AuditEntry { criterion: Some(Criterion::Handle), ..intended(4, "az1", 1) };
    let entries = [
        intended(1, "az1", 1),
        intended(2, "az1", 1),
        intended(3, "az2", 1),
        by_handle,
        intended(5, "az1", 1),
        intended(6, "az1", 2),
        intended(120, "az1", 1),
    ];
    append(&log, entries).await;
    assert!(index.caught_up());
    let nth: Vec<u8> = index
        .search(&Query { oldest_first: true, ..Query::default() })
        .expect("a search")
        .iter()
        .map(|one| one.repeats)
        .collect();
    assert_eq!(nth, [1, 2, 1, 0, 3, 1, 1]);
    assert_eq!(seqs(&index, &Query { repeats: Some(2), ..Query::default() }), [5, 2]);
    assert_eq!(seqs(&index, &Query { repeats: Some(3), ..Query::default() }), [5]);
}

#[tokio::test]
async fn who_is_looked_up_all_day_is_counted_up_to_a_bound_and_again_when_the_window_has_passed() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index_with(&scratch, &log, |settings| settings.repeats_within = SignedDuration::from_secs(260));
    let seconds: Vec<u32> = (1..=320).chain([400]).chain(500..=505).chain([900]).collect();
    // One after another: the queue is shorter, and who waits for a place comes in any order.
    for second in &seconds {
        append(&log, [intended(*second, "az1", 1)]).await;
    }
    assert!(index.caught_up());
    let found = index.search(&Query { oldest_first: true, limit: 1_000, ..Query::default() }).expect("a search");
    let nth: Vec<usize> = found.iter().map(|one| one.repeats.into()).collect();
    let within = |at: usize| seconds[..at].iter().filter(|second| **second + 260 > seconds[at]).count() + 1;
    let expected: Vec<usize> = (0..seconds.len()).map(|at| within(at).min(255)).collect();
    assert_eq!(nth, expected);
    assert_eq!((nth[319], nth[320], nth[327]), (255, 181, 1), "as many as are counted, fewer, and the first again");
}

#[tokio::test]
async fn a_citizen_is_found_by_every_number_in_both_directions_and_again_after_a_rebuild() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let first = index(&scratch, &log);
    let with = |number, citizen, others: &[u16]| {
        let others = others.iter().copied().map(testing::citizen).collect();
        AuditEntry { also_known_as: others, ..intended(number, "az1", citizen) }
    };
    // 1 became 2, 2 became 3; what was looked up before anybody knew is found, too. 5 is somebody else.
    append(&log, [with(1, 1, &[]), with(2, 2, &[1]), with(3, 3, &[2]), with(4, 5, &[]), with(5, 3, &[])]).await;
    for number in [1, 2, 3] {
        assert_eq!(seqs(&first, &about(number)), [5, 3, 2, 1], "by number {number}");
    }
    assert_eq!(seqs(&first, &about(5)), [4]);
    drop(first);
    fs::remove_file(scratch.index()).expect("the index is there");
    let rebuilt = index(&scratch, &log);
    for number in [1, 2, 3] {
        assert_eq!(seqs(&rebuilt, &about(number)), [5, 3, 2, 1], "by number {number}, rebuilt");
    }
}

#[tokio::test]
async fn every_question_is_answered_by_an_index_in_its_order_and_none_by_reading_everything() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    append(&log, [intended(1, "az1", 1), recorded(2, "az1", "consent_given")]).await;
    assert!(index.caught_up());
    let text = |text: &str| Some(text.to_owned());
    let range = |query: Query| Query { from: Some(morning()), to: Some(Timestamp::MAX), ..query };
    let mut questions = vec![
        Query::look_ups(),
        Query { kind: Some(Kind::Record), ..Query::default() },
        about(1),
        Query { employee: Some(employee("az1")), ..Query::default() },
        Query { unit: text("JVS-JOB"), ..Query::default() },
        Query { department: text("JVS"), ..Query::default() },
        Query { purpose: text("own_case"), ..Query::default() },
        Query { unit: text("JVS-JOB"), ..by(Flag::OutsideHours) },
        Query { employee: Some(employee("az1")), ..by(Flag::Emergency) },
        Query { repeats: Some(3), ..Query::default() },
        Query { unit: text("JVS-JOB"), purpose: text("own_case"), ..by(Flag::Unexplained) },
    ];
    questions.extend(Flag::ALL.map(by));
    let after = Some(Cursor { at_us: morning().as_microsecond(), id: 1 });
    let pages: Vec<_> =
        questions.iter().map(|query| Query { after, kind: Some(Kind::LookUp), ..query.clone() }).collect();
    let ranges: Vec<_> = questions.iter().cloned().map(range).collect();
    let backwards: Vec<_> = questions.iter().map(|query| Query { oldest_first: true, ..query.clone() }).collect();
    for query in questions.iter().chain(&pages).chain(&ranges).chain(&backwards) {
        let plan = index.reader().plan(query);
        assert!(
            plan[0].contains("act USING INDEX act_") || plan[0].contains("act USING COVERING INDEX act_"),
            "{plan:?}"
        );
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{query:?}: {plan:?}");
        let scans = plan.iter().filter(|step| step.starts_with("SCAN ")).count();
        let is_rare_alone = query.from.is_none() && query.after.is_none();
        assert!(
            scans == 0 || (is_rare_alone && scans == 1),
            "an index of the rare alone is read from its end: {plan:?}"
        );
    }
}

#[tokio::test]
async fn nobody_and_no_word_of_theirs_stands_in_the_file_in_clear() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let mut entry = testing::full_entry(1);
    let event = AuditedEvent {
        what: "alarm_followed_up".into(),
        id: Some(Uuid::nil()),
        facts: [("note".to_owned(), "Hemmelig note".to_owned())].into(),
    };
    let recorded = AuditEntry { event: Some(event), phase: Phase::Recorded, ..testing::full_entry(2) };
    entry.trace_id = Some("4bf92f3577b34da6a3ce929d0e0e4736".into());
    append(&log, [entry, recorded]).await;
    assert!(index.caught_up());
    drop(index);
    let mut bytes = fs::read(scratch.index()).expect("the file is there");
    for beside in ["-wal", "-shm"] {
        let mut path = scratch.index().into_os_string();
        path.push(beside);
        bytes.extend(fs::read(path).unwrap_or_default());
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("JSY-RUS") && holds("job_plan"), "codes are there, so that a search of the file finds them");
    for secret in ["az12345", "Samtale", "Brev i dag", "2026-17", "Hemmelig", "4bf92f35", "9999", "portal"] {
        assert!(!holds(secret), "{secret}");
    }
    assert!(!holds(&testing::citizen(9999).to_string()), "a pseudonym lies there as bytes, once");
}
