//! Dated and confirmed rows: what is off is listed with its line, and what cannot be is an error.

use jiff::civil::date;

use super::{demo_with, root, shipped};
use crate::access::Access;
use crate::config::ConfigProblem;
use crate::testing::TODAY;

const CONFIRMED: &str =
    "confirmation = { by = \"Databeskyttelsesrådgiveren\", on = \"2026-11-01\", document = \"2026-001234\" }";

/// The errors of the demo's configuration with this change in `file`.
fn errors(file: &'static str, from: &str, to: &str) -> Vec<ConfigProblem> {
    let change = |text: String| {
        assert!(text.contains(from), "{from} is no longer in the file");
        text.replacen(from, to, 1)
    };
    let problems = demo_with(file, change).parse().expect_err("a mistake");
    problems.0.into_iter().filter(|problem| !problem.warning).collect()
}

#[test]
fn every_purpose_and_statute_that_is_off_for_want_of_a_confirmation_is_listed_with_its_line() {
    let (config, problems) = shipped().parse().expect("a whole configuration");
    let text = std::fs::read_to_string(root().join("access.toml")).expect("a shipped file");
    let listed = |table: &str, code: &str| {
        let what = format!("{table} `{code}` is off: nobody has confirmed it");
        let found = problems.0.iter().find(|problem| problem.what.starts_with(&what));
        let found = found.unwrap_or_else(|| panic!("{what}: not in {problems:?}"));
        for word in ["who", "when", "document"] {
            assert!(found.what.contains(word), "{}", found.what);
        }
        let key = if table == "statute" { "id" } else { "code" };
        let row = format!("[[{table}]]\n{key} = \"{code}\"");
        let at = text.find(&row).map(|at| text[..at].matches('\n').count() + 1);
        assert_eq!((found.warning, found.place.line), (true, at), "{what}");
    };
    for purpose in config.access.purpose.iter().filter(|row| row.needs_confirmation) {
        listed("purpose", &purpose.code);
    }
    assert_eq!(config.access.statute.len(), 8);
    for statute in &config.access.statute {
        listed("statute", &statute.id);
        assert!(!statute.is_on(TODAY), "none ships on");
    }
}

#[test]
fn every_row_of_the_shipped_bases_is_named_in_danish_and_english_and_none_is_consent() {
    let (config, _) = shipped().parse().expect("a whole configuration");
    let bases = &config.access.legal_basis;
    assert_eq!(bases.len(), 22, "the twenty-one of the defaults, and the law of the case itself");
    assert!(bases.iter().all(|row| !row.name.is_empty() && !row.name_en.is_empty() && !row.carries.is_empty()));
    assert!(bases.iter().all(|row| row.id != "gdpr-6-1-a"));
    for purpose in &config.access.purpose {
        assert_eq!(config.access.bases_of(purpose).count(), purpose.basis.len(), "{}", purpose.code);
    }
}

#[test]
fn a_row_that_cannot_be_is_told_with_what_is_wrong() {
    let access = "access.toml";
    let planted = [
        (
            access,
            "basis = [\"gdpr-6-1-e\", \"fvl-32\"",
            "basis = [\"gdpr-6-1-x\", \"fvl-32\"",
            "a legal basis that is not",
        ),
        (access, "id = \"gdpr-6-1-e\"", "id = \"gdpr-6-1-a\"", "consent is no ground"),
        (
            access,
            "name = \"Databeskyttelsesforordningen art. 6, stk. 1, litra e\"",
            "name = \"Art. 6, stk. 1, litra a\"",
            "consent is no ground",
        ),
        (access, "basis = \"rsl-11c\"", "basis = \"rsl-11x\"", "names a legal basis that is not described"),
        (access, "purposes = [\"transition_18\"]", "purposes = [\"transition_19\"]", "names a purpose"),
        (access, "to = [\"BFF-MYND\", \"UUJ-SOC\"]", "to = [\"BFF-MYND\", \"UUJ-SAC\"]", "a department or unit that"),
        (access, "categories = [\"child\", \"school_day_care\"]", "categories = [\"childs\"]", "names a category"),
        (access, "categories = [\"child\", \"school_day_care\"]", "categories = []", "closed until named"),
        (access, "level_max = 2\n\n# Mødet", "level_max = 4\n\n# Mødet", "a level above 3"),
        (
            access,
            "purposes = [\"transition_18\"]",
            "purposes = [\"transition_18\"]\nconfirmation = { by = \"A\", on = \"2026-01-01\", document = \"1\" }",
            "is confirmed and names no legal basis",
        ),
        (
            access,
            "purposes = [\"child_protection\"]",
            "purposes = [\"child_protection\"]\nconfirmation = { by = \"A\", on = \"2026-01-01\", document = \" \" }",
            "without an office or a document",
        ),
        (
            access,
            "code = \"integration\"",
            "code = \"integration\"\nvalid_from = \"2026-02-01\"\nvalid_to = \"2026-01-31\"",
            "ends before it begins",
        ),
        (
            access,
            "code = \"integration\"",
            "code = \"integration\"\nsucceeded_by = \"housing\"",
            "a successor and no last day",
        ),
        (access, "code = \"integration\"", "code = \"employment\"", "stands twice"),
        (
            "departments.toml",
            "succeeded_by = \"UUJ\"",
            "succeeded_by = \"UJU\"",
            "names a successor that is not described",
        ),
        (
            "departments.toml",
            "code = \"UUJ-UU\"",
            "code = \"UUJ-UU\"\nvalid_to = \"2026-01-31\"\nsucceeded_by = \"UUJ-UU\"",
            "names a successor",
        ),
    ];
    for (file, from, to, what) in planted {
        let told = errors(file, from, to);
        let found = told.iter().find(|problem| problem.what.contains(what));
        let found = found.unwrap_or_else(|| panic!("{what}: not in {told:?}"));
        assert!(found.place.file == file && found.place.line.is_some(), "{found:?}");
    }
}

#[test]
fn a_confirmation_of_a_day_that_has_not_come_is_an_error_and_opens_nothing() {
    let from = "purposes = [\"child_protection\"]";
    let files = demo_with("access.toml", |text| text.replacen(from, &format!("{from}\n{CONFIRMED}"), 1));
    let (config, _) = files.parse().expect("a whole configuration");
    let (before, day) = (date(2026, 10, 31), date(2026, 11, 1));
    assert_eq!(files.check_day(&config, day).0, []);
    let told = files.check_day(&config, before).0;
    assert!(told[0].what.contains("a day that has not come") && told[0].place.line.is_some(), "{told:?}");
    let statute = &config.access.statute[0];
    assert!(statute.is_on(day) && !statute.is_on(before));
}

#[test]
fn a_statute_opens_something_when_it_its_purpose_and_its_basis_are_on_that_day() {
    let statute = "purposes = [\"child_protection\"]";
    // The first row of these lines is the purpose `child_protection`.
    let purpose = "opens = [\"own_case\", \"law\", \"category\"]\ncase_reference = \"reason\"\nenabled = true\nneeds_confirmation = true";
    let grounds = |with_statute: bool, with_purpose: bool, ends: &str| {
        let files = demo_with("access.toml", |text| {
            assert!(text.contains(statute) && text.contains(purpose));
            let text = if with_statute { text.replacen(statute, &format!("{statute}\n{CONFIRMED}"), 1) } else { text };
            let text = if with_purpose { text.replacen(purpose, &format!("{purpose}\n{CONFIRMED}"), 1) } else { text };
            text.replacen("id = \"rsl-11c\"", &format!("id = \"rsl-11c\"\n{ends}"), 1)
        });
        let (config, _) = files.parse().unwrap_or_else(|problems| panic!("{problems:?}"));
        Access::new(&config).statutes_for("child_protection", TODAY)
    };
    let whole = grounds(true, true, "");
    assert_eq!(whole.len(), 1);
    assert_eq!((&*whole[0].id, whole[0].level_max, whole[0].classes.iter().count()), ("child_protection", 2, 4));
    assert_eq!(whole[0].to, ["BFF-MYND", "UUJ-SOC"]);
    assert_eq!(grounds(false, true, ""), []);
    assert_eq!(grounds(true, false, ""), []);
    assert_eq!(grounds(true, true, "valid_to = \"2026-11-20\""), [], "the day before");
    assert_eq!(grounds(true, true, "valid_to = \"2026-11-21\"").len(), 1, "its last day");
}
