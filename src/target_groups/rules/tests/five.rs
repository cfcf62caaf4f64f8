//! The five rules that ship, on households at every border.

use jiff::civil::{Date, date};

use super::build::{TODAY, Vary as _, alone, case, citizen, family, period, person};
use crate::target_groups::rules::{FactAt, Rule};
use crate::target_groups::{BenefitPeriod, Day, Fact, Household, Kinship};
use crate::testing::config;

fn rule(code: &str) -> Rule {
    let config = config();
    let rule = config.target_groups.rule(code).unwrap_or_else(|| panic!("{code} is not shipped"));
    (**rule).clone()
}

fn on_list(code: &str, household: &Household, day: Date) -> bool {
    let rule = rule(code);
    let found = rule.matches(household, Day::of(day));
    assert_eq!(found.is_some(), rule.condition().holds(household, Day::of(day)));
    found.is_some()
}

fn of_facts(facts: Vec<Fact>) -> Household {
    alone(citizen(Some(date(1980, 1, 1)), facts))
}

#[test]
fn all_five_are_there_and_ask_for_what_they_need() {
    let config = config();
    let codes: Vec<&str> = config.target_groups.rules.iter().map(|rule| &**rule.code()).collect();
    assert_eq!(codes, ["cross_department", "family_job_child", "fifty_plus", "long_cash_benefit", "transition"]);
    for rule in &config.target_groups.rules {
        let needs = rule.needs();
        assert!(!needs.closed_facts, "{}: no rule that ships asks for what is over", rule.code());
        assert_eq!(needs.household, &**rule.code() == "family_job_child");
        assert_eq!(needs.benefits, &**rule.code() == "long_cash_benefit");
        assert_eq!(needs.birth, ["fifty_plus", "transition"].contains(&&**rule.code()));
        assert!(!needs.units && !needs.kinds);
    }
    let categories = |code: &str| -> Option<Vec<String>> {
        rule(code).needs().categories.map(|codes| codes.iter().map(ToString::to_string).collect())
    };
    let four = ["employment", "homelessness", "mental_health", "substance_use"].map(str::to_owned).to_vec();
    assert_eq!(categories("fifty_plus"), Some(four));
    assert_eq!(categories("family_job_child"), Some(vec!["child".to_owned(), "employment".to_owned()]));
    assert_eq!(categories("long_cash_benefit"), Some(vec!["benefit".to_owned()]));
    assert_eq!(categories("cross_department"), None);
}

// ----- cross_department

#[test]
fn cross_department_is_two_departments_with_a_running_case_each() {
    let on = |facts| on_list("cross_department", &of_facts(facts), TODAY);
    assert!(on(vec![case("employment").of("UUJ"), case("benefit").of("JSY")]));
    assert!(!on(vec![case("employment").of("UUJ"), case("benefit").of("UUJ")]), "one department twice");
    assert!(!on(vec![]));
}

#[test]
fn cross_department_does_not_count_a_case_that_is_over_or_to_come_or_nobodys() {
    let on = |other| on_list("cross_department", &of_facts(vec![case("employment").of("UUJ"), other]), TODAY);
    assert!(!on(case("benefit").of("JSY").closed_on(date(2026, 11, 20))));
    assert!(!on(case("benefit").of("JSY").to_come()));
    assert!(!on(case("benefit")), "nobody knows whose it is");
    assert!(on(case("benefit").of("JSY")));
}

#[test]
fn cross_department_is_explained_by_the_oldest_case_of_each_department() {
    let facts = vec![
        case("employment").of("UUJ").since(date(2025, 1, 1)),
        case("youth_education").of("UUJ").since(date(2024, 1, 1)),
        case("benefit").of("JSY"),
    ];
    let found = rule("cross_department").matches(&of_facts(facts), Day::of(TODAY)).expect("a match");
    assert_eq!(found.facts, [FactAt { member: 0, fact: 1 }, FactAt { member: 0, fact: 2 }]);
}

// ----- family_job_child

#[test]
fn family_job_child_is_a_parent_in_employment_services_and_a_child_with_a_childs_case() {
    let parent = || citizen(Some(date(1988, 5, 1)), vec![case("employment").of("JVS")]);
    let child = |facts| person(Kinship::Child, Some(date(2015, 5, 1)), facts);
    let on = |household: &Household| on_list("family_job_child", household, TODAY);
    assert!(on(&family(vec![parent(), child(vec![case("child").of("BFF")])])));
    assert!(on(&family(vec![parent(), child(vec![]), child(vec![case("child")])])), "one of two children");
    assert!(!on(&family(vec![parent(), child(vec![case("child").closed_on(TODAY)])])));
    assert!(!on(&family(vec![parent(), child(vec![case("disability")])])));
    assert!(!on(&family(vec![citizen(None, vec![case("employment").closed_on(TODAY)]), child(vec![case("child")])])));
}

#[test]
fn family_job_child_lists_the_parent_and_neither_the_child_nor_the_other_parent() {
    let job = || vec![case("employment")];
    let child_case = || vec![case("child")];
    let as_parent = family(vec![citizen(None, job()), person(Kinship::Child, None, child_case())]);
    let as_child = family(vec![citizen(None, child_case()), person(Kinship::Parent, None, job())]);
    let as_other_parent = family(vec![
        citizen(None, vec![]),
        person(Kinship::Spouse, None, job()),
        person(Kinship::Child, None, child_case()),
    ]);
    let as_grown_child = family(vec![citizen(None, job()), person(Kinship::Parent, None, child_case())]);
    assert!(on_list("family_job_child", &as_parent, TODAY));
    for household in [as_child, as_other_parent, as_grown_child] {
        assert!(!on_list("family_job_child", &household, TODAY), "{household:?}");
    }
}

#[test]
fn family_job_child_finds_nobody_while_nobody_knows_the_household() {
    let both = alone(citizen(None, vec![case("employment"), case("child")]));
    assert!(!on_list("family_job_child", &both, TODAY), "their own child's case from former days is not their child's");
}

#[test]
fn family_job_child_is_explained_by_both_cases() {
    let household = family(vec![
        citizen(None, vec![case("benefit"), case("employment")]),
        person(Kinship::Child, None, vec![]),
        person(Kinship::Child, None, vec![case("child")]),
    ]);
    let found = rule("family_job_child").matches(&household, Day::of(TODAY)).expect("a match");
    assert_eq!(found.facts, [FactAt { member: 0, fact: 1 }, FactAt { member: 2, fact: 0 }]);
}

// ----- long_cash_benefit

fn on_benefits(periods: Vec<BenefitPeriod>) -> Household {
    let mut one = citizen(Some(date(1980, 1, 1)), vec![case("benefit").of("JSY")]);
    one.benefits = Some(periods);
    alone(one)
}

#[test]
fn long_cash_benefit_begins_on_the_day_after_eight_years() {
    let since = |from| on_benefits(vec![period("cash_benefit", from, None)]);
    // The day itself counts: 22 November 2018 to 21 November 2026 are eight years.
    assert!(!on_list("long_cash_benefit", &since(date(2018, 11, 22)), TODAY), "exactly 8 years");
    assert!(on_list("long_cash_benefit", &since(date(2018, 11, 21)), TODAY), "8 years and a day");
    assert!(on_list("long_cash_benefit", &since(date(2018, 11, 22)), date(2026, 11, 22)), "the next day");
    assert!(!on_list("long_cash_benefit", &since(date(2018, 11, 23)), TODAY), "a day short");
}

#[test]
fn long_cash_benefit_counts_predecessors_overlaps_once_and_gaps_not() {
    let three_names = vec![
        period("education_benefit", date(2014, 1, 1), Some(date(2017, 12, 31))),
        period("transition_benefit", date(2017, 6, 1), Some(date(2019, 12, 31))),
        period("cash_benefit", date(2024, 11, 21), None),
    ];
    // 2014 to 2019 are 2191 days, and 731 since: 2922, which is eight years.
    assert!(!on_list("long_cash_benefit", &on_benefits(three_names.clone()), TODAY));
    assert!(on_list("long_cash_benefit", &on_benefits(three_names), date(2026, 11, 22)));
    let other = vec![period("early_pension", date(2000, 1, 1), None)];
    assert!(!on_list("long_cash_benefit", &on_benefits(other), TODAY), "another benefit");
    let to_come = vec![
        period("cash_benefit", date(2019, 1, 1), None),
        period("cash_benefit", date(2026, 11, 22), Some(date(2030, 1, 1))),
    ];
    assert!(!on_list("long_cash_benefit", &on_benefits(to_come), TODAY));
}

#[test]
fn long_cash_benefit_wants_a_running_benefit_case_and_known_periods() {
    let periods = || vec![period("cash_benefit", date(2010, 1, 1), None)];
    let mut household = on_benefits(periods());
    assert!(on_list("long_cash_benefit", &household, TODAY));
    household.members[0].facts = vec![case("benefit").closed_on(TODAY), case("employment")];
    assert!(!on_list("long_cash_benefit", &household, TODAY));
    let mut unknown = on_benefits(periods());
    unknown.members[0].benefits = None;
    assert!(!on_list("long_cash_benefit", &unknown, TODAY), "no source tells of periods");
}

// ----- transition

#[test]
fn transition_is_the_year_of_16_and_from_17_and_a_half_to_18() {
    let born = date(2010, 11, 21);
    let on = |day| on_list("transition", &alone(citizen(Some(born), vec![case("child")])), day);
    for (day, is_on) in [
        (date(2026, 11, 20), false), // the day before the 16th birthday
        (date(2026, 11, 21), true),
        (date(2027, 11, 20), true), // the last day of 16
        (date(2027, 11, 21), false),
        (date(2028, 5, 20), false), // the day before 17½
        (date(2028, 5, 21), true),
        (date(2028, 11, 20), true), // the last day before 18
        (date(2028, 11, 21), false),
    ] {
        assert_eq!(on(day), is_on, "{day}");
    }
}

#[test]
fn transition_of_who_is_born_at_the_end_of_a_month_or_on_the_leap_day() {
    let on = |born, day| on_list("transition", &alone(citizen(Some(born), vec![case("child")])), day);
    assert!(
        !on(date(2008, 8, 31), date(2026, 2, 28)) && on(date(2008, 8, 31), date(2026, 3, 1)),
        "17½, no 31 February"
    );
    assert!(
        !on(date(2012, 2, 29), date(2028, 2, 28)) && on(date(2012, 2, 29), date(2028, 2, 29)),
        "16 on the leap day"
    );
    assert!(on(date(2008, 2, 29), date(2026, 2, 28)) && !on(date(2008, 2, 29), date(2026, 3, 1)), "18 on 1 March");
}

#[test]
fn transition_wants_a_running_case_and_a_known_birthday() {
    let on = |born, facts| on_list("transition", &alone(citizen(born, facts)), TODAY);
    let born = Some(date(2010, 6, 1));
    assert!(on(born, vec![case("youth_education")]));
    assert!(!on(born, vec![case("child").closed_on(TODAY)]) && !on(born, vec![case("child").to_come()]));
    assert!(!on(born, vec![]) && !on(None, vec![case("child")]));
}

// ----- fifty_plus

fn fifty(facts: Vec<Fact>) -> Household {
    alone(citizen(Some(date(1976, 11, 21)), facts))
}

#[test]
fn fifty_plus_is_two_different_of_four() {
    let on = |facts| on_list("fifty_plus", &fifty(facts), TODAY);
    let long_unemployed = || case("employment").since(date(2025, 11, 21));
    assert!(on(vec![case("substance_use"), case("homelessness")]));
    assert!(on(vec![case("mental_health"), long_unemployed()]));
    assert!(!on(vec![case("substance_use"), case("substance_use")]), "the same twice");
    assert!(!on(vec![long_unemployed(), long_unemployed()]), "the same twice");
    assert!(!on(vec![case("substance_use"), case("benefit")]), "one of four");
    assert!(!on(vec![case("substance_use"), case("homelessness").closed_on(TODAY)]));
    assert!(on(vec![case("substance_use"), case("substance_use"), case("benefit"), case("mental_health")]));
}

#[test]
fn fifty_plus_begins_on_the_fiftieth_birthday_and_long_unemployment_after_365_days() {
    let two = || vec![case("substance_use"), case("homelessness")];
    assert!(on_list("fifty_plus", &fifty(two()), TODAY));
    assert!(!on_list("fifty_plus", &fifty(two()), date(2026, 11, 20)), "49");
    assert!(!on_list("fifty_plus", &alone(citizen(None, two())), TODAY), "nobody knows how old");
    let with_job_since = |day| fifty(vec![case("substance_use"), case("employment").since(day)]);
    assert!(on_list("fifty_plus", &with_job_since(date(2025, 11, 21)), TODAY), "365 days");
    assert!(!on_list("fifty_plus", &with_job_since(date(2025, 11, 22)), TODAY), "364 days");
    assert!(
        !on_list("fifty_plus", &fifty(vec![case("substance_use"), case("employment")]), TODAY),
        "since when is not known"
    );
}
