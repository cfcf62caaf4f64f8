//! The words of a reason: what the rule reveals, and nothing else.

use jiff::civil::date;

use super::build::{TODAY, Vary as _, alone, case, citizen, family, period, person};
use crate::config::{Config, Language, TargetGroupFile};
use crate::target_groups::rules::{KnownCodes, Names, Rule};
use crate::target_groups::{Day, Fact, Household, Kinship};
use crate::testing::config;

/// The sentence of a rule with this condition that reveals this.
fn said(condition: &str, reveals: &str, household: &Household, language: Language) -> String {
    let config = config();
    let text = format!(
        "name = \"Prøve\"\nname_en = \"Trial\"\ndescription = \"x\"\nlegal_basis = \"gdpr-6-1-e\"\nrun_by = [\"list_owner\"]\n\
         condition = '''{condition}'''\nreveals = [{reveals}]\nbenefits = {{ codes = [\"cash_benefit\"] }}\n"
    );
    let file: TargetGroupFile = toml::from_str(&text).expect("a rule's file");
    let rule = Rule::new("trial", file, &KnownCodes::of(&config)).expect("a rule");
    let found = rule.matches(household, Day::of(TODAY)).expect("a match");
    rule.reason(&found, household, Day::of(TODAY), &Names::of(&config, language))
}

fn two_departments() -> Household {
    let facts = vec![
        case("employment").told_by("fasit").of("UUJ").since(date(2024, 3, 1)),
        case("benefit").of("JSY").since(date(2025, 1, 15)),
    ];
    alone(citizen(Some(date(1990, 5, 1)), facts))
}

const CROSS: &str = "citizen.departments >= 2";

#[test]
fn departments_and_dates_make_the_sentence_of_the_defaults() {
    assert_eq!(
        said(CROSS, "\"departments\", \"dates\"", &two_departments(), Language::Da),
        "Aktiv sag i Unge, Uddannelse og Job siden 1. mar. 2024 og i Job, Sundhed og Ydelse siden 15. jan. 2025."
    );
    assert_eq!(
        said(CROSS, "\"departments\", \"dates\"", &two_departments(), Language::En),
        "Active case in Youth, education and jobs since 1 Mar 2024 and in Jobs, health and benefits since 15 Jan 2025."
    );
}

#[test]
fn nothing_is_said_that_the_rule_does_not_reveal() {
    let said = |reveals: &str| said(CROSS, reveals, &two_departments(), Language::Da);
    assert_eq!(said("\"departments\""), "Aktiv sag i Unge, Uddannelse og Job og i Job, Sundhed og Ydelse.");
    assert_eq!(said("\"dates\""), "Aktiv sag siden 1. mar. 2024 og siden 15. jan. 2025.");
    assert_eq!(said("\"sources\""), "Aktiv sag i Fasit og i SBSYS.");
    assert_eq!(said("\"age\""), "36 år; 2 aktive sager.");
    assert_eq!(said("\"criteria_only\""), "Opfylder kriterierne.");
    assert_eq!(
        said("\"departments\", \"sources\", \"dates\", \"age\""),
        "36 år; aktiv sag i Unge, Uddannelse og Job (Fasit) siden 1. mar. 2024 og i Job, Sundhed og Ydelse (SBSYS) siden 15. jan. 2025."
    );
}

#[test]
fn a_relative_is_named_by_kinship_alone_and_a_case_by_how_it_stands() {
    let household = family(vec![
        citizen(
            None,
            vec![case("employment").of("JVS").closed_on(date(2026, 1, 31)), case("benefit").of("JSY").to_come()],
        ),
        person(Kinship::Child, None, vec![case("child").of("BFF")]),
    ]);
    let condition = "citizen.facts.exists(f, !f.is_active && f.category == \"employment\") && \
                     citizen.facts.exists(f, f.category == \"benefit\") && household.exists(m, m.facts.size() >= 1)";
    assert_eq!(
        said(condition, "\"dates\"", &household, Language::Da),
        "Kommende sag; afsluttet sag til 31. jan. 2026; barn i husstanden: aktiv sag."
    );
    assert_eq!(
        said(condition, "\"dates\"", &household, Language::En),
        "Future case; closed case until 31 Jan 2026; child in the household: active case."
    );
}

#[test]
fn years_on_a_benefit_are_told_in_years_and_months() {
    let on = |from, language| {
        let mut one = citizen(None, vec![case("benefit")]);
        one.benefits = Some(vec![period("cash_benefit", from, None)]);
        let condition = "citizen.benefit_days >= 1 && citizen.facts.exists(f, f.is_active)";
        said(condition, "\"duration\"", &alone(one), language)
    };
    assert_eq!(on(date(2018, 8, 22), Language::Da), "På ydelsen i 8 år og 3 måneder; aktiv sag.");
    assert_eq!(on(date(2018, 11, 22), Language::Da), "På ydelsen i 8 år; aktiv sag.");
    assert_eq!(on(date(2026, 10, 22), Language::Da), "På ydelsen i 1 måned; aktiv sag.");
    assert_eq!(on(date(2025, 10, 22), Language::En), "On the benefit for 1 year and 1 month; active case.");
}

#[test]
fn many_cases_are_named_up_to_four_and_the_same_words_once() {
    let facts: Vec<Fact> = (1..=7).map(|day| case("benefit").of("JSY").since(date(2026, 1, day))).collect();
    let condition = "citizen.facts.size() >= 7";
    let said_of = |reveals: &str| said(condition, reveals, &alone(citizen(None, facts.clone())), Language::Da);
    assert_eq!(
        said_of("\"dates\""),
        "Aktiv sag siden 1. jan. 2026, siden 2. jan. 2026, siden 3. jan. 2026, siden 4. jan. 2026 og 3 til."
    );
    assert_eq!(said_of("\"departments\""), "Aktiv sag i Job, Sundhed og Ydelse.");
}

#[test]
fn a_code_without_a_name_stands_for_itself() {
    let names = Names { language: Language::Da, departments: [].into(), sources: [].into() };
    let config: Config = config();
    let rule = config.target_groups.rule("cross_department").expect("shipped");
    let household = two_departments();
    let found = rule.matches(&household, Day::of(TODAY)).expect("a match");
    let said = rule.reason(&found, &household, Day::of(TODAY), &names);
    assert_eq!(said, "Aktiv sag i UUJ siden 1. mar. 2024 og i JSY siden 15. jan. 2025.");
}
