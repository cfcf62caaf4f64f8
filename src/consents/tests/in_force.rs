//! What a citizen's consents open and close together.

use glasplade_adapters::contract::PersonFacts;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::{ADULT, FATHER, MOTHER, born, citizen, custodian, event, given, noon, of_both, rules, signed, terms};
use crate::consents::in_force::{Basis, in_force};
use crate::consents::{Codes, Event, Form, Giver, InForce, Terms, What, Who, Withdrawal};
use crate::testing::{config, now};

fn at(facts: Option<&PersonFacts>, events: &[Event], moment: Timestamp) -> InForce {
    let (rules, codes, known) = (rules(), Codes::new(&config().departments), facts.map(citizen));
    in_force(events, 7, Basis { citizen: known.as_ref(), rules: &rules, codes: &codes, now: moment })
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn codes(all: &[&str]) -> Vec<String> {
    all.iter().map(|code| (*code).to_owned()).collect()
}

/// Several kinds of facts, to several units.
fn wide(by: &[Giver], moment: Timestamp) -> Terms {
    Terms {
        from: codes(&["JSY-YDELSE", "BFF-MYND"]),
        to: codes(&["UUJ-KOORD", "JVS-JOB"]),
        categories: codes(&["benefit", "employment", "child"]),
        ..terms(by, moment)
    }
}

fn refused(by: &[Giver], moment: Timestamp, to: &[&str], categories: &[&str]) -> What {
    let terms = Terms { to: codes(to), categories: codes(categories), ..wide(by, moment) };
    What::Refused(Box::new(terms))
}

#[test]
fn a_consent_that_is_in_force_is_a_ground_with_its_own_limits() {
    let (adult, yes) = (born(ADULT), event(1, given(&[Giver::Citizen], now() - days(10))));
    let found = at(Some(&adult), std::slice::from_ref(&yes), now());
    let [ground] = &found.grounds[..] else { panic!("one ground: {found:?}") };
    assert_eq!((ground.id, ground.purpose.as_str(), ground.case_ref.as_str()), (yes.consent, "coordination", "2026-1"));
    assert_eq!((ground.valid_from, ground.valid_to), (now() - days(10), now() + days(355)));
    assert_eq!((found.revision, found.refusals.len(), found.vetoes.len()), (7, 0, 0));
    assert_eq!(found.until, "2026-11-21T23:00:00Z".parse().expect("the next midnight in Denmark"));
    let taken_back = event(1, What::Withdrawn(Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None }));
    assert_eq!(at(Some(&adult), &[yes, taken_back], now()).grounds, []);
}

#[test]
fn a_later_no_closes_what_it_names_and_nothing_else() {
    let adult = born(ADULT);
    let yes = event(1, What::Given(Box::new(wide(&[Giver::Citizen], now() - days(10)))));
    let no = event(2, refused(&[Giver::Citizen], now() - days(5), &["JVS-JOB"], &["benefit"]));
    let found = at(Some(&adult), &[yes.clone(), no], now());
    let told: Vec<_> = found.grounds.iter().map(|ground| (ground.to.join(" "), ground.categories.join(" "))).collect();
    let left = |to: &str, categories: &str| (to.to_owned(), categories.to_owned());
    assert_eq!(told, [left("UUJ-KOORD", "benefit employment child"), left("JVS-JOB", "employment child")]);
    assert!(
        found.refusals[0].is_told_to(Some("JVS-JOB"), None) && !found.refusals[0].is_told_to(Some("UUJ-KOORD"), None)
    );
    let earlier = event(3, refused(&[Giver::Citizen], now() - days(20), &["JVS-JOB"], &["benefit"]));
    let answered = at(Some(&adult), &[yes, earlier], now());
    assert_eq!((answered.grounds.len(), answered.refusals.len()), (1, 0), "a later yes to all of it stands alone");
    let wider = event(3, refused(&[Giver::Citizen], now() - days(20), &["JVS-JOB"], &["benefit", "housing"]));
    let half = at(Some(&adult), &[event(1, What::Given(Box::new(wide(&[Giver::Citizen], now())))), wider], now());
    assert_eq!((half.grounds.len(), half.refusals.len()), (1, 1), "about housing the no still stands");
}

#[test]
fn a_no_to_a_department_is_a_no_to_its_units() {
    let adult = born(ADULT);
    let yes = event(1, What::Given(Box::new(wide(&[Giver::Citizen], now() - days(10)))));
    let no = event(2, refused(&[Giver::Citizen], now() - days(5), &["JVS"], &["benefit", "employment", "child"]));
    let found = at(Some(&adult), &[yes, no], now());
    assert_eq!(found.grounds.iter().map(|ground| ground.to.join(" ")).collect::<Vec<_>>(), ["UUJ-KOORD"]);
    assert!(found.refusals[0].is_told_to(Some("JVS-JOB"), Some("JVS")));
}

#[test]
fn a_no_that_a_later_yes_answers_in_whole_is_told_no_more() {
    let adult = born(ADULT);
    let no = event(1, refused(&[Giver::Citizen], now() - days(20), &["JVS-JOB"], &["benefit"]));
    assert_eq!(at(Some(&adult), std::slice::from_ref(&no), now()).refusals.len(), 1);
    let yes = event(2, What::Given(Box::new(wide(&[Giver::Citizen], now() - days(10)))));
    let found = at(Some(&adult), &[no.clone(), yes], now());
    assert_eq!((found.grounds.len(), found.refusals.len()), (1, 0));
    let taken_back = event(1, What::Withdrawn(Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None }));
    assert_eq!(at(Some(&adult), &[no, taken_back], now()).refusals, []);
}

#[test]
fn a_child_s_own_no_closes_what_custodians_open_in_a_child_s_case_only() {
    let (both, moment) = ([custodian(MOTHER), custodian(FATHER)], now() - days(10));
    let yes = event(1, What::Given(Box::new(wide(&both, moment))));
    let no =
        |category: &str| event(2, refused(&[Giver::Citizen], now() - days(30), &["UUJ-KOORD", "JVS-JOB"], &[category]));
    let (ten, nine) = (of_both(born(date(2016, 10, 1))), of_both(born(date(2016, 11, 1))));
    let found = at(Some(&ten), &[yes.clone(), no("child")], now());
    assert_eq!((found.vetoes.len(), found.refusals.len()), (1, 0));
    assert!(
        found.grounds.iter().all(|ground| ground.categories == ["benefit", "employment"]),
        "also though the yes came later"
    );
    let found = at(Some(&nine), &[yes.clone(), no("child")], now());
    assert_eq!((found.vetoes.len(), found.grounds[0].categories.len()), (0, 3), "not yet ten on the day of the no");
    let found = at(Some(&ten), &[yes.clone(), no("benefit")], now());
    assert_eq!(
        (found.vetoes.len(), found.grounds[0].categories.len()),
        (0, 3),
        "barnets lov alone makes a party of ten"
    );
    let agreed = event(1, What::Joined(signed(&[Giver::Citizen], now() - days(1))));
    let found = at(Some(&ten), &[yes, no("child"), agreed], now());
    assert_eq!((found.vetoes.len(), found.grounds[0].categories.len()), (0, 3), "the child agreed later");
}

#[test]
fn one_custodian_s_no_counts_while_there_is_custody() {
    let no = event(1, refused(&[custodian(FATHER)], noon(date(2026, 6, 1)), &["JVS-JOB"], &["benefit"]));
    let mut child = of_both(born(date(2015, 2, 17)));
    assert_eq!(at(Some(&child), std::slice::from_ref(&no), now()).refusals.len(), 1);
    assert_eq!(at(None, std::slice::from_ref(&no), now()).refusals.len(), 1, "a silent register opens nothing");
    child.custody[1].until = Some(date(2026, 11, 21));
    assert_eq!(at(Some(&child), std::slice::from_ref(&no), now()).refusals, []);
    assert_eq!(at(Some(&of_both(born(ADULT))), &[no], now()).refusals, [], "a grown-up answers alone");
}

#[test]
fn a_consent_follows_a_department_only_where_configuration_says_so() {
    let mut departments = config().departments;
    let old = |follows: bool| {
        let mut file = departments.clone();
        let row = file.department.iter_mut().find(|row| row.code == "JU").expect("a department that has ended");
        row.consents_follow = follows;
        Codes::new(&file).followed(&codes(&["JU"]))
    };
    assert_eq!(old(false), ["JU"]);
    assert_eq!(old(true), ["JU", "UUJ"]);
    let known = Codes::new(&departments);
    assert!(!known.is_in_force("JU", date(2019, 8, 1)) && known.is_in_force("JU", date(2019, 7, 31)));
    assert!(known.is_in_force("UUJ-KOORD", date(2019, 8, 1)) && !known.is_in_force("UUJ-KOORD", date(2019, 7, 31)));
    assert!(known.is_umbrella("MSB") && !known.is_umbrella("MSO") && !known.is_in_force("XYZ", date(2026, 1, 1)));
    // A ring of successors ends.
    for row in departments.department.iter_mut().filter(|row| ["JU", "UUJ"].contains(&row.code.as_str())) {
        let next = if row.code == "JU" { "UUJ" } else { "JU" };
        (row.succeeded_by, row.consents_follow) = (Some(next.to_owned()), true);
    }
    assert_eq!(Codes::new(&departments).followed(&codes(&["UUJ"])), ["UUJ", "JU"]);
}

#[test]
fn a_unit_lives_within_its_own_days_and_its_department_s_and_is_followed_where_its_row_says_so() {
    let mut departments = config().departments;
    let row = departments.unit.iter_mut().find(|row| row.code == "UUJ-KOORD").expect("a unit");
    (row.valid_from, row.valid_to) = (Some(date(2010, 1, 1)), Some(date(2025, 12, 31)));
    (row.succeeded_by, row.consents_follow) = (Some("UUJ-UU".to_owned()), true);
    let known = Codes::new(&departments);
    assert!(!known.is_in_force("UUJ-KOORD", date(2019, 7, 31)), "the department began later");
    assert!(known.is_in_force("UUJ-KOORD", date(2025, 12, 31)) && !known.is_in_force("UUJ-KOORD", date(2026, 1, 1)));
    assert_eq!(known.followed(&codes(&["UUJ-KOORD"])), ["UUJ-KOORD", "UUJ-UU"]);
    let row = departments.unit.iter_mut().find(|row| row.code == "UUJ-KOORD").expect("a unit");
    row.consents_follow = false;
    assert_eq!(Codes::new(&departments).followed(&codes(&["UUJ-KOORD"])), ["UUJ-KOORD"]);
}
