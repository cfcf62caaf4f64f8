//! The five rules that ship, on an index made by hand: who is on each list, and the sentence that says why.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::{Citizen, Town, citizen, told, who};
use crate::target_groups::{GapKind, Kinship};

fn town() -> Town {
    let job = || told("fasit", "job", "employment", "JVS");
    Town::new([
        (1, citizen(vec![job(), told("sbsys", "1b", "benefit", "JSY").since(date(2025, 1, 15))])),
        (2, citizen(vec![job()]).born(date(1970, 1, 1))),
        (3, citizen(vec![job()]).kin(&[(Kinship::Child, 4), (Kinship::Spouse, 5), (Kinship::Child, 99)])),
        (4, citizen(vec![told("dubu", "4", "child", "BFF")]).born(date(2014, 5, 1)).kin(&[(Kinship::Parent, 3)])),
        (5, citizen(vec![told("sbsys", "5", "benefit", "JSY")]).born(date(1985, 5, 1))),
        (
            6,
            citizen(vec![told("oio", "6a", "substance_use", "JSY"), told("oio", "6b", "homelessness", "SUV")])
                .born(date(1969, 6, 1)),
        ),
        (
            7,
            citizen(vec![job().since(date(2025, 11, 21)), told("oio", "7", "homelessness", "SUV")])
                .born(date(1976, 11, 21)),
        ),
        (
            8,
            citizen(vec![job().since(date(2025, 11, 22)), told("oio", "8", "homelessness", "SUV")])
                .born(date(1960, 1, 1)),
        ),
        (9, citizen(vec![told("dubu", "9", "child", "BFF")]).born(date(2010, 1, 1))),
        (10, citizen(vec![told("dubu", "10", "child", "BFF")]).born(date(2009, 5, 21))),
        (11, citizen(vec![told("dubu", "11", "child", "BFF")]).born(date(2009, 5, 22))),
        (12, citizen(vec![told("dubu", "12", "child", "BFF")]).born(date(2008, 11, 21))),
    ])
}

fn list(of: &[(u16, &str)]) -> BTreeMap<u16, String> {
    of.iter().map(|(citizen, reason)| (*citizen, (*reason).to_owned())).collect()
}

#[test]
fn two_departments_are_told_with_their_names_and_days() {
    let reason = "Aktiv sag i Job, Sundhed og Ydelse siden 15. jan. 2025 og i";
    let found = town().list("cross_department");
    assert_eq!(
        found.keys().copied().collect::<Vec<_>>(),
        [1, 7, 8],
        "substance treatment is none of the list's business"
    );
    let parts = &found[&1];
    assert!(parts.contains("siden 1. mar. 2024") && parts.contains("siden 15. jan. 2025"), "{parts} {reason}");
    assert!(parts.starts_with("Aktiv sag i ") && parts.ends_with('.'), "{parts}");
}

#[test]
fn a_parent_with_a_job_case_is_listed_for_the_child_s_case_and_the_child_is_not() {
    let found = town().list("family_job_child");
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [3]);
    assert!(found[&3].contains("barn i husstanden: aktiv sag i "), "{}", found[&3]);
}

#[test]
fn fifty_or_older_with_two_of_four_is_told_by_the_criteria_alone() {
    let criteria = "Opfylder kriterierne.";
    assert_eq!(town().list("fifty_plus"), list(&[(6, criteria), (7, criteria)]));
}

#[test]
fn sixteen_and_seventeen_and_a_half_with_a_case_are_told_by_age() {
    let found = town().list("transition");
    assert_eq!(found, list(&[(9, "16 år; aktiv sag."), (10, "17 år; aktiv sag.")]));
}

#[test]
fn eight_years_on_a_benefit_find_nobody_while_no_source_tells_and_the_list_says_so() {
    let found = town().run("long_cash_benefit", None);
    assert!(found.report.citizens.is_empty());
    let gaps: Vec<_> = found.report.gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!(gaps, [GapKind::FactWithoutSource]);
}

#[test]
fn a_row_tells_what_its_rule_reveals_and_no_more() {
    let found = town().run("cross_department", None).report;
    let row = found.citizens.iter().find(|row| row.pseudonym == who(1).to_string()).expect("on the list");
    let departments: Vec<&str> = row.departments.iter().map(|code| &**code).collect();
    assert_eq!(departments, ["JSY", "JVS"]);
    assert_eq!((row.since, row.facts, row.age_years), (Some(date(2024, 3, 1)), 2, None));
    assert!(row.units.is_empty() && row.number.is_none());
    let row = town().run("fifty_plus", None).report.citizens.remove(0);
    assert!(row.departments.is_empty() && row.since.is_none() && row.facts == 0 && row.age_years.is_none());
    let row = town().run("transition", None).report.citizens;
    assert_eq!(
        row.iter().map(|row| row.age_years).collect::<std::collections::BTreeSet<_>>(),
        [Some(16), Some(17)].into()
    );
}

#[test]
fn numbers_are_told_only_when_they_are_asked_for() {
    let mut town = town();
    town.with_numbers = true;
    let found = town.run("cross_department", None).report;
    let told: Vec<_> = found.citizens.iter().filter_map(|row| row.number).collect();
    assert_eq!(told.len(), 3);
    assert!(told.contains(&crate::testing::number(1)));
}

#[test]
fn the_counts_for_management_have_departments_that_the_list_does_not_reveal() {
    let counted = town().run("fifty_plus", None).counted;
    assert_eq!(counted.total, 2);
    let departments: Vec<(&str, u32)> = counted.departments.iter().map(|(code, count)| (&**code, *count)).collect();
    assert_eq!(departments, [("JSY", 1), ("JVS", 1), ("SUV", 2)]);
}

#[test]
fn whoever_stands_behind_another_s_place_has_an_entry_too() {
    let entries = town().run("family_job_child", None).entries;
    let of: Vec<_> = entries.iter().map(|entry| (entry.citizen, entry.relation.clone())).collect();
    assert_eq!(of, [(who(3), None), (who(4), Some("child".to_owned()))]);
    for entry in &entries {
        assert_eq!(entry.shown.len(), 1);
        assert_eq!(entry.shown[0].basis, "law:target_family_job_child");
        assert_eq!(entry.shown[0].classes, ["existence", "core"]);
        assert_eq!(entry.decided.items.len(), 1);
        let engine = crate::testing::config().engine;
        assert!(entry.decided.replay(&engine).is_empty(), "decided again, it comes out the same");
    }
    assert!(Citizen::default().told.is_empty());
}
