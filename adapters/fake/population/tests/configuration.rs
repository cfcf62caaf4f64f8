//! The shipped configuration reads the population's words back: kinds, departments, units.

use crate::fake::population::{KINDS, units};

/// A file of the repository's `config/`, as TOML.
fn config(name: &str) -> toml::Table {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config").join(name);
    std::fs::read_to_string(path).expect("the file is there").parse().expect("it is TOML")
}

fn rows<'a>(file: &'a toml::Table, name: &str) -> Vec<&'a toml::Table> {
    let rows = file.get(name).and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    rows.iter().filter_map(toml::Value::as_table).collect()
}

/// Whether a condition of a rule is absent or names this word.
fn allows(rule: &toml::Table, condition: &str, word: &str) -> bool {
    rule.get(condition).is_none_or(|value| match value {
        toml::Value::Array(any) => any.iter().any(|one| one.as_str() == Some(word)),
        other => other.as_str() == Some(word),
    })
}

#[test]
fn every_word_a_source_uses_for_a_kind_is_read_back_by_the_shipped_rules() {
    let file = config("kinds.toml");
    let (kinds, rules) = (rows(&file, "kind"), rows(&file, "rule"));
    for kind in KINDS {
        assert!(kinds.iter().any(|row| allows(row, "code", kind.code)), "{} is described", kind.code);
        for words in kind.words.iter().filter(|words| words.source != "case_index") {
            let typed =
                |rule: &&&toml::Table| ["type_code", "type_name", "template"].iter().any(|key| rule.contains_key(*key));
            let hit = rules.iter().filter(typed).find(|rule| {
                let code = allows(rule, "type_code", words.code) || allows(rule, "type_code", &words.id().to_string());
                let name = allows(rule, "type_name", words.name) && allows(rule, "template", words.name);
                allows(rule, "source_kind", words.source) && code && name
            });
            assert!(hit.is_some_and(|rule| allows(rule, "kind", kind.code)), "{} in {}", kind.code, words.source);
        }
    }
    for rule in rules {
        assert!(kinds.iter().any(|kind| kind.get("code") == rule.get("kind")), "{rule:?} names a kind");
    }
}

#[test]
fn the_law_that_the_index_writes_leads_to_the_kind_or_to_the_plan_of_its_act() {
    let file = config("kinds.toml");
    let whole = |text: &str, word: &str| {
        let apart = |beside: Option<char>| beside.is_none_or(|beside| !beside.is_alphanumeric());
        text.match_indices(word)
            .any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + word.len()..].chars().next()))
    };
    for kind in KINDS.iter().filter(|kind| !kind.law.is_empty()) {
        let named = |rule: &&&toml::Table| {
            let laws = rule.get("law").and_then(toml::Value::as_array);
            let hit = |law: &toml::Value| {
                law.as_str().is_some_and(|law| whole(&kind.law.to_lowercase(), &law.to_lowercase()))
            };
            !rule.contains_key("opened_until") && laws.is_some_and(|laws| laws.iter().any(hit))
        };
        let rules = rows(&file, "rule");
        let found = rules.iter().find(named).and_then(|rule| rule.get("kind")).and_then(toml::Value::as_str);
        let expected = match kind.code {
            "flex_job" | "resource_course" | "mentor" | "work_practice" => "job_plan",
            // § 22 led to the transition benefit only until it ended.
            "transition_benefit" => "cash_benefit",
            code => code,
        };
        assert_eq!(found, Some(expected));
    }
}

#[test]
fn the_demos_departments_know_every_unit_and_the_shipped_ones_no_id() {
    let (demo, shipped) = (config("demo/departments.toml"), config("departments.toml"));
    for unit in units() {
        let described = |file: &toml::Table| {
            rows(file, "unit")
                .iter()
                .any(|row| allows(row, "code", &unit.code) && allows(row, "department", &unit.department))
        };
        assert!(described(&demo) && described(&shipped), "{}", unit.code);
        for id in [unit.number.to_string(), unit.uuid.to_string()] {
            let matchers = rows(&demo, "match");
            let hit = matchers.iter().find(|row| row.contains_key("unit_id") && allows(row, "unit_id", &id));
            assert!(hit.is_some_and(|row| allows(row, "unit", &unit.code)), "{}", unit.code);
        }
    }
    let codes = |file: &toml::Table| {
        rows(file, "department")
            .iter()
            .filter_map(|row| row.get("code").cloned())
            .filter_map(|code| code.as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&demo), codes(&shipped));
    assert!(rows(&shipped, "match").is_empty());
}
