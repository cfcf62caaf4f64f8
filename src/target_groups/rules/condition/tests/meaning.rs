//! What the words mean at their borders, and what is not known.

use jiff::civil::{Date, date};

use super::whole;
use crate::target_groups::rules::FactAt;
use crate::target_groups::rules::tests::build::{TODAY, Vary as _, alone, case, citizen, family, period, person};
use crate::target_groups::{Day, Household, Kinship};

fn holds(text: &str, household: &Household, day: Date) -> bool {
    whole(text).holds(household, Day::of(day))
}

fn of_age(born: Option<Date>, test: &str, day: Date) -> bool {
    let household = alone(citizen(born, vec![case("child")]));
    holds(&format!("{test} && citizen.facts.size() >= 1"), &household, day)
}

#[test]
fn a_year_is_complete_on_the_birthday_and_for_who_is_born_on_29_february_on_1_march() {
    let born = Some(date(2010, 11, 21));
    assert!(!of_age(born, "citizen.age_years >= 16", date(2026, 11, 20)));
    assert!(of_age(born, "citizen.age_years >= 16", date(2026, 11, 21)));
    assert!(of_age(born, "citizen.age_years == 15", date(2026, 11, 20)));
    let leap = Some(date(2008, 2, 29));
    assert!(!of_age(leap, "citizen.age_years >= 18", date(2026, 2, 28)));
    assert!(of_age(leap, "citizen.age_years >= 18", date(2026, 3, 1)));
    assert!(of_age(leap, "citizen.age_years >= 20", date(2028, 2, 29)));
}

#[test]
fn months_are_completed_ones() {
    let born = Some(date(2009, 5, 21));
    assert!(!of_age(born, "citizen.age_months >= 210", date(2026, 11, 20)));
    assert!(of_age(born, "citizen.age_months >= 210", date(2026, 11, 21)));
    let last = Some(date(2009, 5, 31));
    assert!(!of_age(last, "citizen.age_months >= 210", date(2026, 11, 30)));
    assert!(of_age(last, "citizen.age_months >= 210", date(2026, 12, 1)));
}

#[test]
fn what_is_not_known_is_neither_this_nor_that() {
    for test in ["< 16", ">= 16", "== 16", "!= 16"] {
        assert!(!of_age(None, &format!("citizen.age_years {test}"), TODAY));
        assert!(!of_age(Some(date(2026, 11, 22)), &format!("citizen.age_years {test}"), TODAY), "not born yet");
    }
    let household = alone(citizen(None, vec![case("child")]));
    for test in [
        "f.department == \"UUJ\"",
        "f.department != \"UUJ\"",
        "f.opened < \"2024-01-01\"",
        "f.opened >= \"2024-01-01\"",
    ] {
        assert!(!holds(&format!("citizen.facts.exists(f, {test})"), &household, TODAY), "{test}");
    }
    for test in [
        "f.opened != as_of",
        "f.active_days >= 0",
        "f.closed != as_of",
        "f.unit in [\"UUJ-SOC\"]",
        "f.kind != \"job_plan\"",
    ] {
        assert!(!holds(&format!("citizen.facts.exists(f, {test})"), &household, TODAY), "{test}");
    }
    assert!(!holds("citizen.benefit_days >= 1 && citizen.facts.size() >= 1", &household, TODAY));
    assert!(!holds("household.exists(m, m.facts.size() >= 1)", &household, TODAY), "nobody knows the household");
    assert!(!holds("citizen.departments >= 1", &household, TODAY), "the department is not known");
}

#[test]
fn days_of_a_case_run_from_0_on_its_first() {
    let began = date(2025, 11, 21);
    let days = |fact, test: &str| {
        let household = alone(citizen(None, vec![fact]));
        holds(&format!("citizen.facts.exists(f, f.active_days {test})"), &household, TODAY)
    };
    assert!(days(case("child").since(began), "== 365"));
    assert!(days(case("child").since(TODAY), "== 0"));
    assert!(!days(case("child").since(date(2026, 11, 22)), ">= 0"), "it says it runs, and begins tomorrow");
    assert!(!days(case("child").since(date(2026, 11, 22)).to_come(), ">= 0"));
    assert!(days(case("child").since(began).closed_on(date(2025, 11, 23)), "== 2"));
    assert!(days(case("child").since(began).closed_on(date(2027, 1, 1)), "== 365"), "not beyond the day");
}

#[test]
fn departments_and_categories_are_those_of_running_cases_and_each_counts_once() {
    let facts = vec![
        case("child").of("UUJ"),
        case("benefit").of("UUJ"),
        case("child"),
        case("employment").of("JSY").closed_on(TODAY),
        case("homelessness").of("BFF").to_come(),
    ];
    let household = alone(citizen(None, facts));
    assert!(
        holds("citizen.departments >= 1", &household, TODAY) && !holds("citizen.departments > 1", &household, TODAY)
    );
    assert!(
        holds("citizen.categories >= 2", &household, TODAY) && !holds("citizen.categories >= 3", &household, TODAY)
    );
}

#[test]
fn more_than_sixteen_departments_are_sixteen() {
    let facts = (0..40).map(|at| case("child").of(&format!("D{at}"))).collect();
    assert!(holds("citizen.departments >= 16", &alone(citizen(None, facts)), TODAY));
}

#[test]
fn the_first_alternative_and_the_first_case_explain_and_a_count_as_many_as_it_asks_for() {
    let facts = vec![
        case("child").of("UUJ").since(date(2025, 1, 15)),
        case("benefit").of("JSY").since(date(2024, 3, 1)),
        case("benefit").of("JSY").since(date(2023, 3, 1)),
        case("benefit").of("JSY"),
        case("child").of("BFF").since(date(2020, 1, 1)).closed_on(TODAY),
    ];
    let household =
        family(vec![citizen(None, facts), person(Kinship::Child, None, vec![case("employment"), case("child")])]);
    let explained = |text: &str| {
        let found = whole(text).matches(&household, Day::of(TODAY)).expect(text);
        found.facts.iter().map(|FactAt { member, fact }| (*member, *fact)).collect::<Vec<_>>()
    };
    assert_eq!(explained("citizen.facts.exists(f, f.category == \"benefit\")"), [(0, 1)]);
    assert_eq!(explained("citizen.facts.filter(f, f.category == \"benefit\").size() >= 2"), [(0, 1), (0, 2)]);
    assert_eq!(explained("citizen.departments >= 2"), [(0, 0), (0, 2)], "the oldest of each");
    assert_eq!(
        explained(
            "citizen.facts.exists(f, f.category == \"employment\") || citizen.facts.exists(f, !f.is_active) || citizen.departments >= 1"
        ),
        [(0, 4)]
    );
    assert_eq!(
        explained("household.exists(m, m.facts.exists(f, f.category == \"child\")) && citizen.facts.size() >= 1"),
        [(0, 0), (1, 1)]
    );
    assert_eq!(
        explained("citizen.facts.exists(a, a.category == \"benefit\" && citizen.facts.exists(b, b.opened < a.opened))"),
        [(0, 1), (0, 2)]
    );
    assert_eq!(explained("household.exists(m, m.categories >= 2)"), [(1, 0), (1, 1)]);
}

#[test]
fn a_failed_way_leaves_no_reason_behind() {
    let facts = vec![case("child"), case("benefit")];
    let household = alone(citizen(None, facts));
    let text = "(citizen.facts.exists(f, f.category == \"child\") && citizen.facts.size() >= 3) || citizen.facts.exists(f, f.category == \"benefit\")";
    let found = whole(text).matches(&household, Day::of(TODAY)).expect("the second way");
    assert_eq!(found.facts, [FactAt { member: 0, fact: 1 }]);
}

#[test]
fn numbers_may_stand_on_either_side_and_white_space_means_nothing() {
    let household = alone(citizen(Some(date(1990, 1, 1)), vec![case("child").of("UUJ")]));
    for text in ["1 <= citizen.departments", "0 < citizen.departments", "citizen\n.departments\n>=\r\n1"] {
        assert!(holds(text, &household, TODAY), "{text}");
    }
    assert_eq!(whole(" citizen.departments\n  >=   1\n").normal(), "citizen.departments >= 1");
    assert_eq!(
        whole("citizen.facts.exists(f,  f.category == 'child')").normal(),
        "citizen.facts.exists(f, f.category == 'child')"
    );
}

#[test]
fn a_household_without_its_citizen_and_days_at_the_end_of_time_are_no_panic() {
    let condition =
        whole("citizen.benefit_months >= 1 && citizen.age_years > 3 && citizen.facts.exists(f, f.active_days > 3)");
    assert!(!condition.holds(&Household { members: Vec::new(), is_known: false }, Day(0)));
    for (born, as_of) in [(i32::MIN, i32::MAX), (i32::MAX, i32::MIN), (i32::MIN, i32::MIN), (0, i32::MAX)] {
        let mut one = citizen(None, vec![case("child")]);
        (one.born, one.facts[0].opened) = (Some(Day(born)), Some(Day(born)));
        one.benefits = Some(vec![period("cash_benefit", TODAY, None)]);
        one.benefits.as_mut().expect("set")[0].from = Day(born);
        assert_eq!(condition.holds(&alone(one), Day(as_of)), born < as_of, "{born} {as_of}");
    }
}
