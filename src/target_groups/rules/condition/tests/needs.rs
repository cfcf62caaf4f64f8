//! What a condition asks for.

use super::super::Needs;
use super::whole;
use crate::target_groups::Code;

fn needs(text: &str) -> Needs {
    whole(text).needs().clone()
}

fn categories(text: &str) -> Option<Vec<String>> {
    needs(text).categories.map(|codes| codes.iter().map(|code: &Code| code.to_string()).collect())
}

#[test]
fn a_count_of_departments_asks_for_running_cases_of_every_category() {
    let found = needs("citizen.departments >= 2");
    assert_eq!(found, Needs { departments: true, ..Needs::default() });
}

#[test]
fn household_birth_benefits_and_columns_are_asked_for_where_they_are_named() {
    let found =
        needs("citizen.age_years > 3 && household.exists(m, m.facts.exists(f, f.is_active && f.unit == \"UUJ-SOC\"))");
    assert!(found.household && found.birth && found.units);
    assert!(!found.benefits && !found.closed_facts && !found.kinds && !found.days && !found.departments);
    let found =
        needs("citizen.benefit_days > 3 && citizen.facts.exists(f, f.opened < as_of || f.kind == \"job_plan\")");
    assert!(found.benefits && found.closed_facts && found.days && found.kinds && !found.household && !found.birth);
    assert!(needs("citizen.facts.exists(f, f.is_active && f.active_days > 3)").days);
    assert!(!needs("citizen.facts.exists(f, f.is_active && as_of > \"2024-01-01\")").days);
}

#[test]
fn cases_that_are_over_are_asked_for_unless_every_way_wants_a_running_one() {
    let closed = |text: &str| needs(text).closed_facts;
    assert!(closed("citizen.facts.exists(f, f.category == \"child\")"));
    assert!(closed("citizen.facts.exists(f, f.is_active || f.category == \"child\")"));
    assert!(closed("citizen.facts.exists(f, !f.is_active)"));
    assert!(closed("citizen.facts.exists(f, f.is_active && citizen.facts.exists(g, g.category != f.category))"));
    assert!(!closed("citizen.facts.exists(f, (f.is_active && f.category == \"child\") || f.is_active == true)"));
    assert!(!closed("citizen.facts.filter(f, f.is_active).exists(g, g.category == \"child\")"));
    assert!(!closed("citizen.facts.exists(f, citizen.facts.exists(g, g.is_active && f.is_active))"));
}

#[test]
fn categories_are_those_that_can_matter() {
    let codes = |all: &[&str]| Some(all.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>());
    assert_eq!(categories("citizen.facts.exists(f, f.category == \"child\")"), codes(&["child"]));
    assert_eq!(categories("citizen.facts.exists(f, f.category != \"child\")"), None);
    assert_eq!(
        categories(
            "citizen.facts.exists(f, f.category in [\"child\", \"benefit\"] && f.category in [\"benefit\", \"employment\"])"
        ),
        codes(&["benefit"])
    );
    assert_eq!(
        categories(
            "citizen.facts.exists(f, f.category == \"child\") && household.exists(m, m.facts.exists(f2, f2.category == \"benefit\"))"
        ),
        codes(&["benefit", "child"])
    );
    assert_eq!(categories("citizen.facts.exists(f, f.category == \"child\" || f.is_active)"), None);
    assert_eq!(categories("citizen.facts.exists(f, f.category == \"child\") || citizen.categories >= 2"), None);
}

#[test]
fn two_rules_together_ask_for_what_either_asks() {
    let both = needs("citizen.departments >= 2").and(needs("citizen.facts.exists(f, f.category == \"child\")"));
    assert_eq!(both, Needs { departments: true, closed_facts: true, ..Needs::default() });
}
