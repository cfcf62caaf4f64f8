//! A check that cannot fail says nothing: for each rule, a world in which it is broken, and a look whether it is found.

use std::time::Duration;

use bytes::Bytes;
use glasplade::audit::{AuditEntry, Phase};

use crate::calm::CALM;
use crate::checks::{Answer, wrong};
use crate::people::{CALLERS, CITIZENS, mark};
use crate::plan::{Event, Plan};
use crate::trace::sha256;
use crate::world::{Exchange, Planted, Seen, run};

fn rules(seen: &Seen) -> Vec<&'static str> {
    let mut rules: Vec<_> = wrong(seen, &CALM).into_iter().map(|wrong| wrong.rule).collect();
    rules.dedup();
    rules
}

/// The place of the first answer that shows a case.
fn with_a_case(seen: &Seen) -> usize {
    let marked = seen.told.iter().position(|told| String::from_utf8_lossy(&told.body).contains("[borger "));
    marked.expect("a calm world shows cases")
}

/// Another text in the body of one answer; what is on record is changed with it.
fn rewritten(seen: &mut Seen, at: usize, rewrite: impl FnOnce(String) -> String) {
    let body = rewrite(String::from_utf8(seen.told[at].body.to_vec()).expect("text"));
    let hash = sha256(body.as_bytes());
    let trace = seen.told[at].ask.trace.clone();
    let of_it = |entry: &&mut (u64, AuditEntry)| {
        entry.1.phase == Phase::Completed && entry.1.trace_id.as_deref() == Some(&*trace)
    };
    seen.entries.iter_mut().find(of_it).expect("on record").1.body_hash = Some(hash);
    seen.told[at].body = Bytes::from(body);
}

/// What is changed in a calm world, the rule that must find it, and how.
type Plant = (&'static str, &'static str, fn(&mut Seen));

const PLANTS: [Plant; 9] = [
    ("another citizen's title", "no mix-up between citizens", |seen| {
        let at = with_a_case(seen);
        let asked = seen.told[at].ask.citizen;
        let other = (asked + 1) % CITIZENS.len();
        rewritten(seen, at, |body| body.replacen(&mark(asked, 0), &mark(other, 0), 1));
    }),
    ("an answer that is not on record", "no unlogged answer", |seen| {
        seen.entries.retain(|(_, entry)| entry.phase != Phase::Completed);
    }),
    ("an answer that is on record too late", "no unlogged answer", |seen| seen.told[0].safe = (0, 0)),
    ("an answer on record as somebody else's", "no unlogged answer", |seen| {
        let at = seen.told.iter().position(|told| told.ask.caller == 0).expect("everybody asks");
        seen.told[at].ask.caller = 1;
    }),
    ("an answer after the deadline", "no answer after the deadline", |seen| {
        let told = &mut seen.told[0];
        told.first = told.asked + told.ask.within + Duration::from_millis(200);
    }),
    ("a double call", "no double call", |seen| {
        let again: Vec<_> = seen.exchanges.iter().filter(|call| call.host == "sbsys").cloned().collect();
        seen.exchanges.extend(again);
    }),
    ("an old answer that is called fresh", "no unlabelled stale", |seen| {
        let at = with_a_case(seen);
        // Five minutes before the world began.
        rewritten(seen, at, |body| body.replace("\"as_of\":\"2026-11-23T08:00:0", "\"as_of\":\"2026-11-23T07:55:0"));
    }),
    ("another edition than the sources had", "no unlabelled stale", |seen| {
        let at = with_a_case(seen);
        let asked = seen.told[at].ask.citizen;
        rewritten(seen, at, |body| body.replace(&mark(asked, 0), &mark(asked, 1)));
    }),
    ("a log that does not verify", "the log verifies", |seen| seen.broken = Some("a planted flaw".to_owned())),
];

#[test]
fn every_broken_rule_is_found() {
    for (what, rule, change) in PLANTS {
        let mut seen = run(&Plan::calm(0), Planted::Nothing);
        assert_eq!(wrong(&seen, &CALM), [], "before the change");
        change(&mut seen);
        let found = rules(&seen);
        assert!(found.contains(&rule), "{what}: {found:?}");
    }
}

/// Two look-ups, one of before the clock was set and one of after it, fail together and are tried again.
#[test]
fn two_second_tries_are_no_double_call_and_a_third_is() {
    let seen = run(&Plan::calm(0), Planted::Nothing);
    let one = seen.exchanges.iter().find(|call| call.host == "oio" && call.target.contains("primaerpart"));
    let one = one.expect("everybody is asked about").clone();
    let moment = |milliseconds| Duration::from_secs(10) + Duration::from_millis(milliseconds);
    let doubled = |clock_is_set: bool, calls: &[(u64, u64)]| {
        let mut seen = run(&Plan::calm(0), Planted::Nothing);
        if clock_is_set {
            seen.plan.events.push((moment(100), Event::SetClock(400)));
        }
        let calls = calls.iter().map(|(began, ended)| (moment(*began), Some(moment(*ended))));
        seen.exchanges.extend(calls.map(|(began, ended)| Exchange { began, ended, ..one.clone() }));
        rules(&seen).contains(&"no double call")
    };
    let both = [(0, 500), (200, 500), (520, 540), (525, 545)];
    assert!(!doubled(true, &both) && doubled(false, &both));
    assert!(doubled(true, &[(0, 500), (200, 500), (520, 540), (525, 545), (530, 550)]), "one more than were tried");
    assert!(doubled(true, &[(0, 300), (200, 500), (520, 540), (525, 545)]), "one that had no reason to be tried again");
    assert!(doubled(true, &[(0, 500), (200, 500), (620, 640), (625, 645)]), "two that began too late for a second try");
}

#[test]
fn what_another_caller_may_see_is_found() {
    let mut is_found = 0;
    let seen = run(&Plan::calm(0), Planted::Nothing);
    for at in 0..seen.told.len() {
        let whose = &seen.told[at].ask;
        let others = (0..CALLERS.len()).filter(|caller| *caller != whose.caller);
        let known = |caller| CALM.answers(caller, whose.citizen).collect::<Vec<_>>();
        for other in others.filter(|other| known(*other) != known(whose.caller)) {
            let other = seen.told.iter().find(|told| (told.ask.caller, told.ask.citizen) == (other, whose.citizen));
            let body = other.expect("everybody asks about everybody").body.clone();
            let mut told = seen.told[at].clone();
            told.body = body;
            let answer = Answer::of(&told).expect("an overview");
            assert!(crate::checks::is_another_callers(&answer, &CALM), "{}", answer.name());
            is_found += 1;
        }
    }
    assert!(is_found >= CITIZENS.len(), "callers see different things of most citizens: {is_found}");
}

#[test]
fn a_disk_that_only_says_that_it_has_written_is_found() {
    let seen = run(&Plan::of(3), Planted::LyingDisk);
    assert!(!seen.told.is_empty(), "somebody was answered");
    let found = rules(&seen);
    assert!(found.contains(&"no unlogged answer"), "{found:?}");
}
