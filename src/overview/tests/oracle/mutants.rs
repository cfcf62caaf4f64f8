//! The test of the test: each of these policies is wrong in one way, and the worlds must find it.
//!
//! A condition that no answer can show is not among them: that a role opens emergencies, and has an own case, is also asked before
//! the policies are. Those are held by the examples and by the proof.

use std::path::Path;
use std::sync::Arc;

use super::compare::{Tally, compare};
use super::draw;
use super::real::Towns;
use crate::access::engine::Engine;
use crate::config::{CategoryRow, Config, ExistenceMode, OwnCase, RoleRow};

/// The most worlds that it may take to find one.
const WORLDS_MAX: u64 = 6_000;

/// Other worlds than the parts look at.
const SEED: u64 = 1 << 40;

/// In the policy with this id, these words become those.
struct Mutant {
    policy: &'static str,
    cut: &'static str,
    put: &'static str,
}

const fn mutant(policy: &'static str, cut: &'static str, put: &'static str) -> Mutant {
    Mutant { policy, cut, put }
}

const FORBIDS_DROPPED: [Mutant; 10] = [
    mutant("never_oneself", "context.bars.contains(\"oneself\") || ", ""),
    mutant("never_oneself", " || context.bars.contains(\"household\")", ""),
    mutant("colleague_in_person", "context.bars.contains(\"colleague\") || ", ""),
    mutant("colleague_in_person", " || context.bars.contains(\"household_unknown\")", ""),
    mutant("never_in_haste", "context.bars.contains(\"hasty\")", "context.bars.contains(\"nothing\")"),
    mutant("strictness_unknown", "resource.strictness_unknown", "resource.level > 9"),
    mutant("strictness_unknown_in_haste", "resource.strictness_unknown", "resource.level > 9"),
    mutant("never_as_party", "resource.caller_is_party", "resource.caller_is_party && resource.level > 9"),
    mutant("screened", "resource.is_screened &&", "resource.is_screened && resource.level > 9 &&"),
    mutant(
        "never_for_role",
        "principal.never.containsAny(resource.categories)",
        "principal.never.contains(\"nothing\")",
    ),
];

const LEVELS_WIDENED: [Mutant; 11] = [
    mutant("own_case", "resource.level <= principal.sensitivity_max &&", ""),
    mutant(
        "own_case",
        "(resource.level == 2 && principal.own_at_level_2",
        "(resource.level == 2 && principal.own_at_level_1",
    ),
    mutant("law", "resource.level <= context.statute.level_max &&", ""),
    mutant("law", "resource.level <= principal.consent_level_max && ", ""),
    mutant("law", "&& resource.level <= principal.sensitivity_max &&", "&&"),
    mutant("consent", "resource.level <= principal.consent_level_max", "resource.level <= 3"),
    mutant("consent", "&& resource.level <= principal.sensitivity_max &&", "&&"),
    mutant("emergency", "(resource.level <= 2 ||", "(resource.level <= 3 ||"),
    mutant(
        "emergency",
        "[\"violence\"].containsAll(resource.categories) && principal.emergency_beyond.containsAll(resource.categories)",
        "resource.level <= 2",
    ),
    mutant("granting_case", "resource.level < 3 &&", ""),
    mutant("told_of_existence", "resource.level < 3 &&", ""),
];

const UNITS_SWAPPED: [Mutant; 8] = [
    mutant("own_case", "resource.owner_unit == principal.unit", "resource.owner_unit != principal.unit"),
    mutant("own_case", "principal.own_by_unit && principal has unit", "principal has unit"),
    mutant("law", "context.statute.to.contains(principal.unit)", "context.statute.from.contains(principal.unit)"),
    mutant(
        "law",
        "context.statute.from.contains(resource.owner_department)",
        "context.statute.to.contains(resource.owner_department)",
    ),
    mutant("consent", "context.consent.to.contains(principal.unit)", "context.consent.from.contains(principal.unit)"),
    mutant(
        "consent",
        "context.consent.to.contains(principal.department)",
        "context.consent.from.contains(principal.department)",
    ),
    mutant(
        "consent",
        "context.consent.from.contains(resource.owner_unit)",
        "context.consent.to.contains(resource.owner_unit)",
    ),
    mutant(
        "consent",
        "context.consent.from.contains(resource.owner_department)",
        "context.consent.to.contains(resource.owner_department)",
    ),
];

const CONDITIONS_DROPPED: [Mutant; 15] = [
    mutant("own_case", "resource.owner_row_decides &&", ""),
    mutant("own_case", "resource.subjects_covered.containsAll(resource.categories) &&", ""),
    mutant(
        "own_case",
        "(principal.own_kind_roles.isEmpty() || principal.own_kind_roles.contains(resource.kind_role)) &&",
        "",
    ),
    mutant("law", "resource.owner_row_decides &&", ""),
    mutant("law", "context.statute.categories.containsAll(resource.categories) &&", ""),
    mutant("law", "context.statute.purposes.contains(context.purpose) &&", ""),
    mutant("consent", "resource.owner_row_decides &&", ""),
    mutant("consent", "context.consent.purpose == context.purpose &&", ""),
    mutant("consent", "context has case_ref && context.consent.case_ref == context.case_ref &&", ""),
    mutant("consent", "context.consent.categories.containsAll(resource.categories) &&", ""),
    mutant("consent", "context.consent.classes.contains(context.class)", "context.class != \"link\""),
    mutant("emergency", "resource.owner_row_decides &&", ""),
    mutant("granting_case", "principal.sees_granting_case &&", ""),
    mutant("granting_case", "!resource.is_screened &&", ""),
    mutant("told_of_existence", "principal.told_of_existence &&", ""),
];

const CLOCKS_MOVED: [Mutant; 6] = [
    mutant("law", "context.statute.valid_from <= context.now", "context.statute.valid_from < context.now"),
    mutant("law", "context.now < context.statute.valid_to", "context.now <= context.statute.valid_to"),
    mutant("consent", "context.consent.valid_from <= context.now", "context.consent.valid_from < context.now"),
    mutant("consent", "context.now < context.consent.valid_to", "context.now <= context.consent.valid_to"),
    mutant("emergency", "context.emergency.opened_at <= context.now", "context.emergency.opened_at < context.now"),
    mutant(
        "emergency",
        "context.now < context.emergency.ends_at && context.now - context.emergency.opened_at < 3600",
        "context.now <= context.emergency.ends_at",
    ),
];

const TOLD_TOO_MUCH: [Mutant; 12] = [
    mutant(
        "told_of_existence",
        "context.has_relation || !principal.relation_required",
        "true || !principal.relation_required",
    ),
    mutant("told_of_existence", "!resource.is_screened &&", ""),
    mutant("told_of_existence", "&& resource.is_active &&", "&&"),
    mutant("told_of_existence", " && resource.told_contact)", ")"),
    mutant("citizen_by_own_case", "&& principal.citizen.contains(context.class)", ""),
    mutant("citizen_address", "context.has_protected_reason &&", ""),
    mutant(
        "citizen_address",
        "principal.address == \"unprotected\" && !resource.is_protected",
        "principal.address == \"unprotected\"",
    ),
    mutant("citizen_address", "(!resource.is_protected || resource.works_in_person)", "resource.has_own_case"),
    mutant("citizen_by_consent", "context.consent.classes.contains(context.class) &&", ""),
    mutant("citizen_by_law", "context.statute.classes.contains(context.class) &&", ""),
    mutant("citizen_by_emergency", "context.class == \"person\"", "context.class != \"address\""),
    mutant(
        "own_case",
        "context.ground == \"own_case\" && context.opens.contains(\"own_case\") &&\n    resource.owner_row_decides &&",
        "principal.sensitivity_max > 9 ||",
    ),
];

/// The wrong policies, as text.
fn text(mutant: &Mutant, policies: &str) -> String {
    let from = policies.find(&format!("@id(\"{}\")", mutant.policy)).expect("a policy with this id");
    let to = policies[from + 1..].find("@id(").map_or(policies.len(), |at| from + 1 + at);
    let (before, policy, after) = (&policies[..from], &policies[from..to], &policies[to..]);
    assert!(policy.contains(mutant.cut), "{}: the policy no longer says {:?}", mutant.policy, mutant.cut);
    format!("{before}{}{after}", policy.replacen(mutant.cut, mutant.put, 1))
}

/// How many worlds it took.
fn worlds_until_found(policies: &str, schema: &str) -> Option<u64> {
    let engine = Engine::parse(schema, policies).expect("a wrong policy still fits the schema");
    first_difference(&Towns::with(|config| config.engine = Arc::new(engine)))
}

fn first_difference(towns: &Towns) -> Option<u64> {
    (0..WORLDS_MAX).find(|at| compare(towns, &draw::world(SEED + at), &mut Tally::new()).is_some())
}

fn files() -> (String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/access");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the policies are there");
    (read("policies.cedar"), read("schema.cedarschema"))
}

fn all_are_found(mutants: &[Mutant]) {
    let (policies, schema) = files();
    let is_missed = |one: &&Mutant| worlds_until_found(&text(one, &policies), &schema).is_none();
    let missed: Vec<String> = mutants
        .iter()
        .filter(is_missed)
        .map(|one| format!("{}: {:?} instead of {:?}", one.policy, one.put, one.cut))
        .collect();
    assert!(missed.is_empty(), "nobody noticed {missed:#?}");
}

/// One mistake in the configuration.
type Change = fn(&mut Config);

/// The configuration wrong in one way.
const TABLES_CHANGED: [(&str, Change); 8] = [
    ("a caseworker sees level 3", |config| role(config, "caseworker").level_max = 3),
    ("a benefit officer sees level 2", |config| role(config, "benefit_officer").level_max = 2),
    ("a coordinator owns by unit", |config| role(config, "coordinator").own_case = OwnCase::PersonOrUnit),
    ("reception is not told", |config| role(config, "reception").told_of_existence = false),
    ("adult support is only known to exist", |config| {
        category(config, "adult_support").existence = ExistenceMode::Existence;
    }),
    ("a child's case is told to nobody", |config| category(config, "child").existence_to.clear()),
    ("homelessness is not sensitive", |config| category(config, "homelessness").level = 1),
    ("the children's unit is another department's", |config| {
        let unit = config.departments.unit.iter_mut().find(|row| row.code == "BFF-MYND").expect("a unit");
        unit.department = "UUJ".to_owned();
    }),
];

fn role<'a>(config: &'a mut Config, code: &str) -> &'a mut RoleRow {
    config.access.role.iter_mut().find(|row| row.code == code).expect("a role")
}

fn category<'a>(config: &'a mut Config, code: &str) -> &'a mut CategoryRow {
    config.access.category.iter_mut().find(|row| row.code == code).expect("a category")
}

#[test]
fn a_table_that_says_something_else_than_the_design_is_found() {
    let is_missed = |(_, change): &(&str, Change)| first_difference(&Towns::with(*change)).is_none();
    let missed: Vec<&str> = TABLES_CHANGED.into_iter().filter(is_missed).map(|(what, _)| what).collect();
    assert!(missed.is_empty(), "nobody noticed {missed:#?}");
}

/// Otherwise every mistake below would be "found".
#[test]
fn what_is_right_differs_in_none_of_these_worlds() {
    assert_eq!(first_difference(&Towns::shipped()), None);
}

#[test]
fn a_permit_for_all_is_found() {
    let (policies, schema) = files();
    let all = format!("{policies}\n@id(\"all\") permit (principal, action, resource);\n");
    assert!(worlds_until_found(&all, &schema).is_some());
}

#[test]
fn a_forbid_that_is_dropped_is_found() {
    all_are_found(&FORBIDS_DROPPED);
}

#[test]
fn a_level_that_is_widened_or_narrowed_is_found() {
    all_are_found(&LEVELS_WIDENED);
}

#[test]
fn units_that_are_swapped_are_found() {
    all_are_found(&UNITS_SWAPPED);
}

#[test]
fn a_condition_that_is_dropped_is_found() {
    all_are_found(&CONDITIONS_DROPPED);
}

#[test]
fn a_clock_that_is_a_second_off_is_found() {
    all_are_found(&CLOCKS_MOVED);
}

#[test]
fn what_tells_too_much_of_a_citizen_or_of_what_exists_is_found() {
    all_are_found(&TOLD_TOO_MUCH);
}
