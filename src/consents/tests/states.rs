//! What events add up to, in any order: nothing that was taken back comes back, nothing is open outside its time.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::{ADULT, FATHER, MOTHER, born, citizen, custodian, event, given, of_both, rules, signed, terms};
use crate::consents::{Citizen, Event, Form, Giver, History, State, What, Who, Withdrawal};
use crate::testing::now;

fn withdrawn() -> What {
    What::Withdrawn(Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None })
}

fn state(events: &[Event], known: Option<&Citizen>, at: Timestamp) -> State {
    History(events).standing(known, &rules(), at).state
}

#[test]
fn each_event_alone_gives_its_state() {
    let adult = citizen(&born(ADULT));
    let yes = event(1, given(&[Giver::Citizen], now()));
    let one = |what: What| state(&[yes.clone(), event(1, what)], Some(&adult), now());
    assert_eq!(state(std::slice::from_ref(&yes), Some(&adult), now()), State::Given);
    assert_eq!(one(withdrawn()), State::Withdrawn);
    assert_eq!(one(What::Superseded { by: Uuid::from_u128(2) }), State::Superseded);
    assert_eq!(one(What::CaseEnded), State::Lapsed);
    assert_eq!(one(What::Declined(signed(&[Giver::Citizen], now()))), State::Refused);
    let asked = event(1, What::Requested(Box::new(terms(&[], now()))));
    assert_eq!(state(std::slice::from_ref(&asked), Some(&adult), now()), State::Requested);
    let refused = event(1, What::Refused(Box::new(terms(&[Giver::Citizen], now()))));
    assert_eq!(state(&[refused], Some(&adult), now()), State::Refused);
    let answered = [asked, event(1, What::Joined(signed(&[Giver::Citizen], now())))];
    assert_eq!(state(&answered, Some(&adult), now()), State::Given, "a question that was answered");
}

#[test]
fn it_runs_out_at_the_first_moment_after_its_last_day() {
    let (adult, events) = (citizen(&born(ADULT)), [event(1, given(&[Giver::Citizen], now()))]);
    let end = History(&events).terms().expect("terms").valid_to;
    let nanosecond = SignedDuration::from_nanos(1);
    assert_eq!(state(&events, Some(&adult), end - nanosecond), State::Given);
    assert_eq!(state(&events, Some(&adult), end), State::Expired);
    let before = History(&events).standing(Some(&adult), &rules(), now() - nanosecond);
    assert!(!before.is_in_force(), "not before it was given");
}

/// Any event that can follow the first.
fn later() -> impl Strategy<Value = What> {
    let giver = prop_oneof![Just(Giver::Citizen), Just(custodian(MOTHER)), Just(custodian(FATHER))];
    let answer =
        (giver, -500_i64..500).prop_map(|(giver, hours)| signed(&[giver], now() + SignedDuration::from_hours(hours)));
    prop_oneof![
        3 => answer.clone().prop_map(What::Joined),
        1 => answer.prop_map(What::Declined),
        1 => Just(withdrawn()),
        1 => Just(What::CaseEnded),
        1 => Just(What::Superseded { by: Uuid::from_u128(9) }),
    ]
}

fn first() -> impl Strategy<Value = What> {
    let givers = prop::sample::subsequence(vec![Giver::Citizen, custodian(MOTHER), custodian(FATHER)], 0..=3);
    (givers, 0..3_u8).prop_map(|(givers, kind)| {
        let terms = Box::new(terms(&givers, now()));
        match kind {
            0 => What::Requested(terms),
            1 => What::Refused(terms),
            _ => What::Given(terms),
        }
    })
}

fn people() -> impl Strategy<Value = Option<Citizen>> {
    prop_oneof![
        Just(None),
        (1985_i16..2026).prop_map(|year| Some(citizen(&of_both(born(jiff::civil::date(year, 11, 22)))))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_of_events_changes_nothing(
        first in first(), rest in prop::collection::vec(later(), 0..6), known in people(), hours in -100_i64..20_000, turn in 0_usize..6,
    ) {
        let mut events: Vec<Event> = std::iter::once(first).chain(rest).map(|what| event(1, what)).collect();
        let at = now() + SignedDuration::from_hours(hours);
        let before = History(&events).standing(known.as_ref(), &rules(), at);
        let turn = turn % events.len();
        events.rotate_left(turn);
        prop_assert_eq!(&before, &History(&events).standing(known.as_ref(), &rules(), at));
        events.reverse();
        prop_assert_eq!(before, History(&events).standing(known.as_ref(), &rules(), at));
    }

    #[test]
    fn what_was_taken_back_never_comes_back(
        first in first(), rest in prop::collection::vec(later(), 0..6), known in people(), hours in -100_i64..20_000, at in 0_usize..6,
    ) {
        let mut events: Vec<Event> = std::iter::once(first).chain(rest).map(|what| event(1, what)).collect();
        let place = at % (events.len() + 1);
        events.insert(place, event(1, withdrawn()));
        let standing = History(&events).standing(known.as_ref(), &rules(), now() + SignedDuration::from_hours(hours));
        prop_assert_eq!(standing.state, State::Withdrawn);
        prop_assert!(!standing.is_in_force());
    }

    #[test]
    fn nothing_is_in_force_outside_its_time_or_without_a_yes(
        first in first(), rest in prop::collection::vec(later(), 0..6), known in people(), hours in -600_i64..20_000,
    ) {
        let events: Vec<Event> = std::iter::once(first).chain(rest).map(|what| event(1, what)).collect();
        let (history, at) = (History(&events), now() + SignedDuration::from_hours(hours));
        let standing = history.standing(known.as_ref(), &rules(), at);
        if let Some(since) = standing.in_force_since {
            let end = history.terms().expect("terms").valid_to;
            prop_assert!(since <= at && at < end);
            prop_assert!(history.yes().next().is_some() && history.no().next().is_none());
            prop_assert_eq!(standing.state, State::Given);
            prop_assert!(standing.still_wanted.is_empty() && standing.why_not.is_none());
        }
    }

    #[test]
    fn one_more_event_that_is_no_yes_never_opens(
        first in first(), rest in prop::collection::vec(later(), 0..5), more in later(), known in people(), hours in -600_i64..20_000,
    ) {
        let mut events: Vec<Event> = std::iter::once(first).chain(rest).map(|what| event(1, what)).collect();
        let at = now() + SignedDuration::from_hours(hours);
        let before = History(&events).standing(known.as_ref(), &rules(), at).is_in_force();
        prop_assume!(!more.is_yes());
        events.push(event(1, more));
        let after = History(&events).standing(known.as_ref(), &rules(), at).is_in_force();
        prop_assert!(before || !after);
    }
}
