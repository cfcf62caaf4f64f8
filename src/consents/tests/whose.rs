//! Whose answers make a consent, on the day before and on the day of every border.

use glasplade_adapters::contract::{CustodyHolder, PersonFacts, PersonStatus};
use jiff::civil::{Date, date};

use super::{
    ADULT, FATHER, GUARDIAN, MOTHER, STRANGER, born, citizen, custodian, event, given, guardian, in_custody, midnight,
    noon, of_both, rules, signed, terms, with_guardian,
};
use crate::config::{AgeRuleRow, ConsentRules};
use crate::consents::{AtRecording, Giver, History, Party, State, Wanted, What, Who, WhyNot};
use crate::testing;

/// Who is wanted, in words.
fn wanted(facts: &PersonFacts, day: Date, rules: &ConsentRules) -> String {
    let word = |party: &Party| match party {
        Party::Citizen => "citizen",
        Party::Representative => "representative",
        Party::Guardian(_) => "guardian",
        Party::Custodian(CustodyHolder::Mother, _) => "mother",
        Party::Custodian(CustodyHolder::Father, _) => "father",
        Party::Custodian(CustodyHolder::Other, _) => "other",
    };
    let words = |all: &[Party], between: &str| all.iter().map(word).collect::<Vec<_>>().join(between);
    match citizen(facts).wanted(&["benefit".to_owned()], rules, day) {
        Some(Wanted::Any(any)) => words(&any, " or "),
        Some(Wanted::All(all)) => words(&all, " and "),
        None => "unknown".to_owned(),
    }
}

#[test]
fn the_table_of_ages_holds_on_every_border_day() {
    let child = of_both(born(date(2008, 11, 22)));
    let leap = of_both(born(date(2008, 2, 29)));
    let table = [
        (&child, date(2008, 11, 22), "mother and father"),
        (&child, date(2023, 11, 21), "mother and father"),
        (&child, date(2023, 11, 22), "citizen and mother and father"),
        (&child, date(2026, 11, 21), "citizen and mother and father"),
        (&child, date(2026, 11, 22), "citizen or representative"),
        (&leap, date(2026, 2, 28), "citizen and mother and father"),
        (&leap, date(2026, 3, 1), "citizen or representative"),
        (&leap, date(2024, 2, 29), "citizen and mother and father"),
    ];
    for (facts, day, expected) in table {
        assert_eq!(wanted(facts, day, &rules()), expected, "{day}");
    }
}

#[test]
fn custody_counts_on_the_days_on_which_it_holds() {
    let mut child = of_both(born(date(2015, 2, 17)));
    child.custody[0].until = Some(date(2026, 11, 21));
    child.custody[1].since = Some(date(2026, 11, 20));
    let on = |day| wanted(&child, day, &rules());
    assert_eq!(on(date(2026, 11, 19)), "mother");
    assert_eq!(on(date(2026, 11, 20)), "mother and father");
    assert_eq!(on(date(2026, 11, 21)), "father", "the end is the first day no longer");
    child.custody[1].until = Some(date(2026, 11, 20));
    assert_eq!(wanted(&child, date(2026, 11, 21), &rules()), "", "nobody: it cannot be given");
    assert_eq!(wanted(&with_guardian(child), date(2026, 11, 21), &rules()), "guardian", "an orphan has a guardian");
    let twice = in_custody(born(date(2015, 2, 17)), &[(MOTHER, CustodyHolder::Mother), (MOTHER, CustodyHolder::Other)]);
    assert_eq!(wanted(&twice, date(2026, 11, 21), &rules()), "mother", "one person is asked once");
}

#[test]
fn a_guardian_may_answer_beside_the_grown_up_and_an_unknown_birthday_says_nothing() {
    let day = date(2026, 11, 21);
    assert_eq!(wanted(&with_guardian(born(ADULT)), day, &rules()), "citizen or representative or guardian");
    let nobody = PersonFacts { born: None, ..born(ADULT) };
    assert_eq!(wanted(&nobody, day, &rules()), "unknown");
    for status in [PersonStatus::Replaced, PersonStatus::Unknown] {
        let facts = PersonFacts { status, ..born(ADULT) };
        assert!(crate::consents::Citizen::of(&facts, &testing::pseudonyms()).is_none());
    }
}

#[test]
fn a_category_may_let_the_young_person_decide_alone() {
    let row = AgeRuleRow { category: "benefit".to_owned(), party_age: None, alone_from: Some(16) };
    let rules = ConsentRules { age_rule: vec![row], ..rules() };
    let child = of_both(born(date(2010, 11, 22)));
    assert_eq!(wanted(&child, date(2026, 11, 21), &rules), "citizen and mother and father");
    assert_eq!(wanted(&child, date(2026, 11, 22), &rules), "citizen");
}

/// Where a consent stands that these people gave on a day.
fn standing(facts: Option<&PersonFacts>, by: &[Giver], on: Date, now: Date) -> (State, bool, Option<WhyNot>) {
    let events = [event(1, given(by, noon(on)))];
    let known = facts.map(citizen);
    let standing = History(&events).standing(known.as_ref(), &rules(), midnight(now));
    (standing.state, standing.is_in_force(), standing.why_not)
}

const IN_FORCE: (State, bool, Option<WhyNot>) = (State::Given, true, None);
const WAITS: (State, bool, Option<WhyNot>) = (State::Requested, false, None);

const fn lapsed(why_not: WhyNot) -> (State, bool, Option<WhyNot>) {
    (State::Lapsed, false, Some(why_not))
}

#[test]
fn under_fifteen_both_custodians_must_say_yes_and_the_child_alone_says_nothing() {
    let (child, on, now) = (of_both(born(date(2015, 2, 17))), date(2026, 11, 1), date(2026, 11, 21));
    let both = [custodian(MOTHER), custodian(FATHER)];
    assert_eq!(standing(Some(&child), &both, on, now), IN_FORCE);
    assert_eq!(standing(Some(&child), &both[..1], on, now), WAITS);
    assert_eq!(standing(Some(&child), &[Giver::Citizen], on, now), WAITS);
    assert_eq!(
        standing(Some(&child), &[custodian(MOTHER), custodian(STRANGER)], on, now),
        lapsed(WhyNot::CustodyEnded)
    );
}

#[test]
fn the_other_custodian_joins_and_says_who_is_wanted_until_then() {
    let child = of_both(born(date(2015, 2, 17)));
    let (first, now) = (event(1, given(&[custodian(MOTHER)], noon(date(2026, 11, 1)))), midnight(date(2026, 11, 21)));
    let waiting = History(std::slice::from_ref(&first)).standing(Some(&citizen(&child)), &rules(), now);
    assert!(matches!(waiting.still_wanted[..], [Party::Custodian(CustodyHolder::Father, _)]));
    let joined = event(1, What::Joined(signed(&[custodian(FATHER)], noon(date(2026, 11, 5)))));
    let events = [first, joined];
    let whole = History(&events).standing(Some(&citizen(&child)), &rules(), now);
    assert_eq!(whole.in_force_since, Some(noon(date(2026, 11, 5))), "from the last answer");
}

#[test]
fn at_fifteen_the_young_person_must_agree_and_at_eighteen_what_custodians_said_is_gone_at_midnight() {
    let both = [custodian(MOTHER), custodian(FATHER)];
    let young = of_both(born(date(2011, 11, 22)));
    let on = date(2026, 6, 1);
    assert_eq!(standing(Some(&young), &both, on, date(2026, 11, 21)), IN_FORCE);
    assert_eq!(standing(Some(&young), &both, on, date(2026, 11, 22)), WAITS);
    let older = of_both(born(date(2008, 11, 22)));
    let all = [Giver::Citizen, custodian(MOTHER), custodian(FATHER)];
    assert_eq!(standing(Some(&older), &all, on, date(2026, 11, 21)), IN_FORCE);
    assert_eq!(standing(Some(&older), &all, on, date(2026, 11, 22)), lapsed(WhyNot::GrownUp));
    let events = [event(1, given(&all, noon(on)))];
    let second = jiff::SignedDuration::from_secs(1);
    let last = History(&events).standing(Some(&citizen(&older)), &rules(), midnight(date(2026, 11, 22)) - second);
    assert!(last.is_in_force(), "until the very midnight in Denmark");
    assert_eq!(standing(Some(&older), &[Giver::Citizen], date(2026, 11, 22), date(2026, 11, 23)), IN_FORCE);
}

#[test]
fn custody_that_ends_takes_the_consent_along_and_new_custody_must_agree() {
    let on = date(2026, 6, 1);
    let mut child = of_both(born(date(2015, 2, 17)));
    child.custody[1].until = Some(date(2026, 11, 21));
    let both = [custodian(MOTHER), custodian(FATHER)];
    assert_eq!(standing(Some(&child), &both, on, date(2026, 11, 20)), IN_FORCE);
    assert_eq!(standing(Some(&child), &both, on, date(2026, 11, 21)), lapsed(WhyNot::CustodyEnded));
    let mut other = of_both(born(date(2015, 2, 17)));
    other.custody[1].since = Some(date(2026, 11, 21));
    assert_eq!(standing(Some(&other), &both[..1], on, date(2026, 11, 20)), IN_FORCE);
    assert_eq!(standing(Some(&other), &both[..1], on, date(2026, 11, 21)), WAITS);
    assert_eq!(
        standing(Some(&other), &both, on, date(2026, 11, 21)),
        WAITS,
        "who answered before having custody did not"
    );
}

#[test]
fn a_guardian_answers_within_the_scope_and_as_long_as_there_is_one() {
    let (on, now) = (date(2026, 6, 1), date(2026, 11, 21));
    let adult = with_guardian(born(ADULT));
    assert_eq!(standing(Some(&adult), &[guardian(GUARDIAN, &["benefit"])], on, now), IN_FORCE);
    assert_eq!(standing(Some(&adult), &[guardian(GUARDIAN, &["housing"])], on, now), WAITS);
    assert_eq!(standing(Some(&adult), &[Giver::Citizen], on, now), IN_FORCE);
    let mut over = adult.clone();
    over.guardianship.as_mut().expect("one").until = Some(now);
    assert_eq!(standing(Some(&over), &[guardian(GUARDIAN, &["benefit"])], on, now), lapsed(WhyNot::GuardianshipEnded));
    assert_eq!(standing(Some(&over), &[Giver::Citizen, guardian(GUARDIAN, &["benefit"])], on, now), IN_FORCE);
}

#[test]
fn a_silent_register_keeps_the_grown_up_s_own_word_alone() {
    let (on, now) = (date(2026, 6, 1), date(2026, 11, 21));
    let silent = (State::Given, false, Some(WhyNot::RegisterSilent));
    assert_eq!(standing(None, &[Giver::Citizen], on, now), silent, "it was not known to be a grown-up's");
    let known = |by: &[Giver]| {
        let at_recording = AtRecording { was_adult: Some(true), lived_here: Some(true) };
        let terms = crate::consents::Terms { at_recording, ..terms(by, noon(on)) };
        let events = [event(1, What::Given(Box::new(terms)))];
        let standing = History(&events).standing(None, &rules(), midnight(now));
        (standing.state, standing.is_in_force(), standing.why_not)
    };
    assert_eq!(known(&[Giver::Citizen]), IN_FORCE);
    assert_eq!(known(&[guardian(GUARDIAN, &["benefit"])]), silent);
    assert_eq!(known(&[Giver::Representative { document: "FM-1".to_owned() }]), IN_FORCE);
}

#[test]
fn death_and_a_move_end_it_and_whoever_never_lived_here_has_not_moved() {
    let (on, now) = (date(2026, 6, 1), date(2026, 11, 21));
    let adult = born(ADULT);
    let given = |facts: &PersonFacts| standing(Some(facts), &[Giver::Citizen], on, now);
    for (status, why_not) in [
        (PersonStatus::Dead, WhyNot::Dead),
        (PersonStatus::Emigrated, WhyNot::MovedAway),
        (PersonStatus::ResidentGreenland, WhyNot::MovedAway),
    ] {
        assert_eq!(given(&PersonFacts { status, ..adult.clone() }), lapsed(why_not));
    }
    let mut elsewhere = adult.clone();
    elsewhere.address.as_mut().expect("one").municipality = Some(615);
    assert_eq!(given(&elsewhere), lapsed(WhyNot::MovedAway));
    assert_eq!(
        given(&PersonFacts { address: None, ..adult }),
        IN_FORCE,
        "an address that is not told tells of no move"
    );
    let acting = AtRecording { was_adult: Some(true), lived_here: Some(false) };
    let terms = crate::consents::Terms { at_recording: acting, ..terms(&[Giver::Citizen], noon(on)) };
    let events = [event(1, What::Given(Box::new(terms)))];
    assert!(History(&events).standing(Some(&citizen(&elsewhere)), &rules(), midnight(now)).is_in_force());
    assert_eq!(Who::Citizen.as_str(), "citizen");
}
