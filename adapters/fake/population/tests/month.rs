//! A month in the town: deterministic, everything happens, and nobody refers to nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::{november, written};
use crate::contract::CprNumber;
use crate::fake::population::check_digit::fits_modulus_11;
use crate::fake::population::situations::numbers;
use crate::fake::population::{CaseRow, MONTH, Progress, World};

fn december() -> Timestamp {
    november() + MONTH
}

fn town() -> World {
    World::invent(1, 2_000, november())
}

/// Rows by source and id.
fn rows(world: &World) -> BTreeMap<(&str, uuid::Uuid), &CaseRow> {
    world.cases().iter().map(|row| ((row.source.as_str(), row.id), row)).collect()
}

fn is_active(row: &CaseRow) -> bool {
    !matches!(row.progress, Progress::Closed | Progress::Void)
}

/// How often each thing happened between two towns.
fn happened(before: &World, after: &World) -> HashMap<&'static str, usize> {
    let mut counts = HashMap::new();
    let mut count = |what, has_happened: bool| *counts.entry(what).or_default() += usize::from(has_happened);
    let (were, are) = (rows(before), rows(after));
    for (key, was) in &were {
        let Some(is) = are.get(key) else {
            count("vanished", true);
            continue;
        };
        let owner = |world: &World, row: &CaseRow| world.person(&row.citizen).map(|person| person.cpr.clone());
        let renumbered = after.person(&was.citizen).map(|person| person.cpr.clone());
        count("closed", is_active(was) && is.progress == Progress::Closed);
        count("status", is_active(was) && is_active(is) && was.progress != is.progress);
        count("unit", was.unit != is.unit);
        count("caseworker", was.caseworker != is.caseworker && was.unit == is.unit);
        count("transferred", renumbered != owner(after, is));
        count("filed under a new number", was.citizen != is.citizen && renumbered == owner(after, is));
        let is_alias = after.aliases().iter().any(|alias| alias.former == is.citizen);
        count(
            "left under the former number",
            was.citizen == is.citizen
                && is_alias
                && before.person(&is.citizen).is_some_and(|person| person.cpr == is.citizen),
        );
    }
    count("opened", false);
    are.keys().filter(|key| !were.contains_key(*key)).for_each(|_| count("opened", true));
    for was in before.persons() {
        let is = after.person(&was.cpr).expect("nobody is lost");
        count("renumbered", is.cpr != was.cpr);
        count("died", was.died.is_none() && is.died.is_some() && is.status == 90);
        count("emigrated", was.status != 80 && is.status == 80 && is.register.status_since.is_some());
        count("moved", was.municipality != is.municipality);
        count("widowed", was.civil_status.as_deref() == Some("G") && is.civil_status.as_deref() == Some("E"));
    }
    counts
}

#[test]
fn in_a_month_everything_happens_and_one_case_changes_its_citizen() {
    let before = town();
    for seed in 1..=4 {
        let counts = happened(&before, &before.a_month_later(seed, december()));
        let missing: Vec<_> = counts.iter().filter(|(_, count)| **count == 0).map(|(what, _)| *what).collect();
        // Whether somebody who dies was married is chance.
        assert!(missing.iter().all(|what| *what == "widowed"), "seed {seed}: {missing:?}");
        let transferred = counts["transferred"];
        assert!((1..=2).contains(&transferred), "one case, in one or two systems: {transferred}");
        let changed: usize = ["closed", "status", "unit", "caseworker"].iter().map(|what| counts[what]).sum();
        assert!(changed * 5 < before.cases().len(), "{changed} of {} rows", before.cases().len());
    }
}

#[test]
fn a_month_is_the_same_for_the_same_seed_and_leaves_the_town_before_it_alone() {
    let (before, text) = (town(), written(&town()));
    let after = before.a_month_later(7, december());
    assert_eq!(written(&before), text);
    assert_eq!(written(&after), written(&before.a_month_later(7, december())));
    assert_ne!(written(&after), written(&before.a_month_later(8, december())));
}

#[test]
fn a_month_later_the_file_reads_back_and_so_it_does_after_two() {
    let first = town().a_month_later(1, december());
    for world in [first.a_month_later(2, december() + MONTH), first] {
        let text = written(&world);
        let again = World::read(text.as_bytes()).expect("every reference resolves");
        assert!(world.lines().eq(again.lines()));
        let known: HashSet<&str> = world.persons().iter().map(|person| person.cpr.as_str()).collect();
        for person in world.persons() {
            let mut others = person.spouse.iter().chain(&person.children).chain(&person.custody);
            assert!(others.all(|other| known.contains(other.as_str())), "{}", person.cpr);
        }
        let mut seen = HashSet::new();
        assert!(world.cases().iter().all(|row| seen.insert((row.source.as_str(), row.id))));
        let mut serials = HashSet::new();
        assert!(world.cases().iter().all(|row| serials.insert((row.source.as_str(), row.serial))));
    }
}

#[test]
fn what_changed_says_when_and_what_did_not_is_told_to_the_letter() {
    let before = town();
    let after = before.a_month_later(3, december());
    let were = rows(&before);
    for (key, is) in rows(&after) {
        let moment = is.changed.expect("every row of the town tells its last change");
        let is_within = november() < moment && moment <= december();
        match were.get(&key) {
            Some(was) if **was == *is => {}
            Some(_) => assert!(is_within, "{key:?} changed at {moment}"),
            None => assert!(is_within && is_active(is), "{key:?} began at {moment}"),
        }
    }
}

#[test]
fn the_named_citizens_stay_as_they_are() {
    let before = town();
    let after = before.a_month_later(3, december());
    let named: HashSet<&str> = numbers().collect();
    let theirs = |world: &World| -> Vec<CaseRow> {
        world.cases().iter().filter(|row| named.contains(row.citizen.as_str())).cloned().collect()
    };
    assert_eq!(theirs(&before), theirs(&after));
    for cpr in &named {
        assert_eq!(before.person(cpr), after.person(cpr));
    }
}

#[test]
fn new_numbers_belong_to_nobody_and_both_numbers_lead_to_one_citizen() {
    let before = town();
    let after = before.a_month_later(5, december());
    let new: Vec<_> = after.aliases().iter().filter(|alias| before.person(&alias.cpr).is_none()).collect();
    assert!(!new.is_empty());
    for alias in new {
        assert!(CprNumber::parse(&alias.cpr).is_ok() && !fits_modulus_11(&alias.cpr));
        let (was, is) = (before.person(&alias.former).expect("known"), after.person(&alias.former).expect("known"));
        assert_eq!((is.cpr.as_str(), &is.given_name, is.born), (alias.cpr.as_str(), &was.given_name, was.born));
        assert!(before.household_of(&was.cpr).is_none() || after.household_of(&is.cpr).is_some());
    }
}
