//! What is refused, with line, column and what to change.

use super::{Condition, compile, known, whole};
use crate::target_groups::rules::condition::scan::TEXT_BYTES_MAX;

/// Text, line, column, and words of the sentence.
const REFUSED: [(&str, usize, usize, &str); 77] = [
    // Names.
    ("citizn.departments >= 2", 1, 1, "`citizen`, `household`, `as_of`"),
    ("citizen.departmnts >= 2", 1, 9, "age_years, age_months, departments"),
    ("citizen . departmnts >= 2", 1, 11, "a field that the citizen has"),
    ("citizen.kinship == \"child\"", 1, 9, "a field that the citizen has"),
    ("citizen.facts.exists(f, g.is_active)", 1, 25, "`as_of`, `f`: this name"),
    ("citizen.facts.exists(f, f.is_activ)", 1, 27, "a field that a case has: source, department"),
    ("household.exists(m, m.benefit_years >= 1)", 1, 23, "a field that a member of the household has"),
    (".citizen.departments >= 2", 1, 2, "this name is not known"),
    ("citizen.facts.exists(citizen, citizen.is_active)", 1, 15, "this one is taken"),
    ("citizen.facts.exists(f, household.exists(f, f.age_years > 1))", 1, 35, "this one is taken"),
    ("citizen.facts.any(f, f.is_active)", 1, 15, "there is no other function"),
    ("matches(citizen.facts, \"x\")", 1, 1, "there is no other function"),
    ("citizen.facts.exists(f, f.category.startsWith(\"c\"))", 1, 36, "there is no other function"),
    ("citizen.facts.exists(f.category, true)", 1, 23, "mend the condition"),
    // Types.
    ("citizen.departments >= \"2\"", 1, 21, "compare this number with a whole number"),
    ("citizen.departments >= 2.0", 1, 24, "write a whole number"),
    ("citizen.departments >= 2u", 1, 24, "write a whole number"),
    ("citizen.departments >= citizen.categories", 1, 21, "with a whole number that is written out"),
    ("citizen.departments", 1, 9, "compare this number"),
    ("citizen", 1, 1, "name a field of it"),
    ("citizen.facts", 1, 9, "`exists(x, …)`"),
    ("citizen.facts == 1", 1, 15, "`exists(x, …)`"),
    ("citizen.facts.is_active", 1, 15, "`exists(x, …)`"),
    ("citizen.facts[0].is_active", 1, 14, "the place of a case means nothing"),
    ("as_of.year >= 2", 1, 7, "only the citizen, a member and a case"),
    ("citizen.exists(f, f.is_active)", 1, 1, "name a list here"),
    ("citizen.facts.exists(f, f.category)", 1, 27, "compare this code"),
    ("citizen.facts.exists(f, f.category == 1)", 1, 36, "compare this code"),
    ("citizen.facts.exists(f, f.category < \"child\")", 1, 36, "`==` or `!=`"),
    ("citizen.facts.exists(f, f.category == f.kind)", 1, 36, "the same code of another case"),
    ("citizen.facts.exists(f, f.is_active == 1)", 1, 37, "`is_active` alone"),
    ("citizen.facts.exists(f, f.is_active > true)", 1, 37, "`==` or `!=`"),
    ("citizen.facts.exists(f, f.opened > 5)", 1, 34, "compare this day"),
    ("citizen.facts.exists(f, 1 == 1)", 1, 27, "both are written out"),
    ("citizen.facts.exists(f, true)", 1, 25, "it says nothing about anybody"),
    ("true", 1, 1, "it says nothing about anybody"),
    ("null", 1, 1, "take `null` away"),
    ("citizen.facts.exists(f, (f.is_active == true) == true)", 1, 38, "they are not compared"),
    ("citizen.facts.exists(f, f.is_active) == true", 1, 15, "they are not compared"),
    ("citizen.facts.size", 1, 15, "look through this list"),
    ("citizen.facts.size(1) >= 1", 1, 15, "take the size of one list"),
    ("citizen.facts.filter(f, f.is_active)", 1, 15, "write `exists` here"),
    ("citizen.facts.exists(f)", 1, 15, "give this a name and a condition"),
    // Codes and days that are not there.
    ("citizen.facts.exists(f, f.category == \"childs\")", 1, 39, "a category of access.toml"),
    ("citizen.facts.exists(f, \"childs\" != f.category)", 1, 25, "a category of access.toml"),
    ("citizen.facts.exists(f, f.category in [\"child\", \"childs\"])", 1, 49, "a category of access.toml"),
    ("citizen.facts.exists(f, f.department == \"UJU\")", 1, 41, "a department of departments.toml"),
    ("citizen.facts.exists(f, f.unit == \"UUJ\")", 1, 35, "a unit of departments.toml"),
    ("citizen.facts.exists(f, f.kind == \"job\")", 1, 35, "a kind of kinds.toml"),
    ("citizen.facts.exists(f, f.source == \"Fasit\")", 1, 37, "a source of sources.toml"),
    ("household.exists(m, m.kinship == \"sibling\")", 1, 34, "\"spouse\", \"child\" and \"parent\""),
    ("citizen.facts.exists(f, f.opened > \"2023-02-29\")", 1, 36, "a day of the calendar"),
    ("citizen.facts.exists(f, f.opened > \"2023-2-9\")", 1, 36, "a day of the calendar"),
    ("citizen.facts.exists(f, f.category in [])", 1, 39, "from 1 to 64 codes"),
    ("citizen.facts.exists(f, f.category in \"child\")", 1, 39, "a list of codes behind `in`"),
    ("citizen.facts.exists(f, \"child\" in [\"child\"])", 1, 25, "a code before `in`"),
    // What a further fact could make false.
    ("!citizen.facts.exists(f, f.is_active)", 1, 1, "not there"),
    ("citizen.facts.exists(f, !(f.category == \"child\"))", 1, 25, "not there"),
    ("citizen.facts.all(f, f.is_active)", 1, 15, "write `exists` instead of `all`"),
    ("citizen.facts.exists_one(f, f.is_active)", 1, 15, "write `exists` instead of `exists_one`"),
    ("citizen.facts.size() == 0", 1, 22, "write `>=` or `>` here: a rule must not conclude"),
    ("citizen.facts.filter(f, f.is_active).size() < 2", 1, 45, "not there"),
    ("3 > citizen.facts.size()", 1, 3, "not there"),
    ("citizen.departments == 2", 1, 21, "not there"),
    ("citizen.categories != 2", 1, 20, "not there"),
    ("citizen.benefit_months <= 2", 1, 24, "not there"),
    ("citizen.departments >= 2 ? citizen.age_years > 3 : citizen.age_years > 4", 1, 26, "instead of `? :`"),
    ("citizen.facts.map(f, f.category).size() >= 1", 1, 15, "there is no other function"),
    ("has(citizen.age_years)", 1, 1, "take `has` away"),
    ("citizen.departments >= 0", 1, 24, "at least 1"),
    ("citizen.departments > -1", 1, 24, "at least 1"),
    // Numbers and sizes.
    ("citizen.departments >= 17", 1, 24, "at most 16"),
    ("citizen.age_years >= 8 + 8", 1, 24, "does not calculate"),
    ("citizen.age_years >= 9223372036854775808", 1, 22, "mend the condition"),
    ("citizen.age_years >= 151 && citizen.departments >= 2", 1, 22, "from 0 to 150"),
    // Who would be listed without a case.
    ("citizen.age_years >= 50", 1, 19, "name a case beside this"),
    ("citizen.departments >= 2 || household.exists(m, m.age_years < 3)", 1, 61, "name a case beside this"),
];

#[test]
fn each_is_told_with_line_and_column_and_what_to_change() {
    let mut wrong = Vec::new();
    for (text, line, column, what) in REFUSED {
        match compile(text) {
            Err(refusal) if (refusal.line, refusal.column) == (line, column) && refusal.what.contains(what) => {}
            Err(refusal) => wrong.push(format!("{text}: {refusal}, expected {line}:{column} {what}")),
            Ok(_) => wrong.push(format!("{text}: taken")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_cel_is_told_where_it_is_broken() {
    for (text, line, column, what) in [
        ("", 1, 1, "write a condition"),
        (" \n ", 1, 1, "write a condition"),
        ("citizen.departments = 2", 1, 21, "write `==`"),
        ("citizen.departments >= 2 and citizen.categories >= 2", 1, 26, "write `&&` here"),
        ("citizen.departments >= 2 eller citizen.categories >= 2", 1, 26, "write `||` here"),
        ("citizen.departments >= 2 & citizen.categories >= 2", 1, 26, "two signs"),
        ("citizen.departments >=", 1, 23, "ends too early"),
        ("citizen.departments >= 2)", 1, 25, "it closes nothing"),
        ("(citizen.departments >= 2", 1, 1, "close this bracket"),
        ("citizen.facts.exists(f, f.is_active]", 1, 36, "it closes nothing"),
        ("citizen.departments >= 2 // two\n", 1, 26, "behind a `#`"),
        ("citizen.facts.exists(f,\n  f.category == \"child)", 2, 17, "close this text"),
        ("citizen.facts.exists(f,\n  f.category == 'child\n')", 2, 17, "close this text"),
        ("citizen.facts.exists(f, f.category == \"ch\\x69ld\")", 1, 42, "backslash"),
        ("citizen.facts.exists(f, f.category == r\"child\")", 1, 39, "before the quotes"),
        ("citizen.facts.exists(f, f.category == '''child''')", 1, 41, "one pair of quotes"),
        ("citizen.facts.exists(f, f.category == \"rådgivning\")", 1, 41, "plain letters"),
        ("citizen.facts.exists(f,\n\tf.opened >= \"2024-01-01\" &&\n\tf.closed < 5)", 3, 11, "compare this day"),
    ] {
        let refusal = compile(text).expect_err(text);
        assert_eq!((refusal.line, refusal.column), (line, column), "{text}: {refusal}");
        assert!(refusal.what.contains(what), "{text}: {refusal}");
    }
}

#[test]
fn texts_have_limits() {
    let told = |text: &str| compile(text).expect_err("too much").what;
    let long = format!("citizen.departments >= 2{}", " ".repeat(TEXT_BYTES_MAX));
    assert!(told(&long).contains("4096 bytes"));
    assert!(told(&format!("{}1{}", "(".repeat(13), ")".repeat(13))).contains("12 brackets"));
    assert!(told(&format!("citizen{} >= 1", ".facts".repeat(13))).contains("make this expression shorter"));
    assert!(told(&format!("{}citizen.departments >= 1", "!".repeat(13))).contains("make this expression shorter"));
    assert!(told(&["citizen.departments >= 2"; 140].join(" || ")).contains("two rules of it"));
    whole(&["citizen.departments >= 2"; 110].join(" || "));
    let codes = |number: usize| {
        compile(&format!("citizen.facts.exists(f, f.category in [{}])", vec!["\"child\""; number].join(", ")))
    };
    assert!(codes(64).is_ok() && codes(65).expect_err("too many").what.contains("from 1 to 64"));
    let deep = "household.exists(m, m.facts.exists(f, f.is_active && citizen.facts.exists(g, g.is_active";
    whole(&format!("{deep})))"));
    let deeper = format!("{deep} && household.exists(n, n.age_years > 3))))");
    assert!(told(&deeper).contains("at most 3 lists"));
    let three = "citizen.facts.exists(f, citizen.facts.exists(g, citizen.facts.exists(h, h.is_active)))";
    assert!(told(three).contains("2 of them lists of cases"));
    assert!(told("citizen.facts.size() >= 101").contains("at most 100"));
}

#[test]
fn a_rule_without_benefits_counts_none() {
    let refusal = Condition::compile("citizen.benefit_years >= 8 && citizen.departments >= 1", &known(), &[]);
    let refusal = refusal.expect_err("no benefits are named");
    assert!(refusal.column == 9 && refusal.what.contains("[benefits]"), "{refusal}");
}

#[test]
fn no_refusal_repeats_a_value() {
    for text in [
        "citizen.facts.exists(f, f.category == \"0101019999\")",
        "citizen.facts.exists(f, f.opened > \"0101019999\")",
        "citizen.age_years >= 101019999",
        "citizen.facts.exists(f, f.source in [\"0101019999\"])",
        "0101019999 0101019999",
    ] {
        assert!(!compile(text).expect_err(text).to_string().contains("10101"), "{text}");
    }
}
