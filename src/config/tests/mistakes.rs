//! Every mistake is told at once, with file and line, and without a value.

use glasplade_adapters::register::Environment;

use super::{demo_with, root};
use crate::config::{ConfigFiles, ConfigProblem, FILE_NAMES, check_sources};

/// The errors of the demo's configuration after `change`.
fn errors(file: &'static str, change: impl Fn(String) -> String) -> Vec<ConfigProblem> {
    let problems = demo_with(file, change).parse().expect_err("a mistake");
    problems.0.into_iter().filter(|problem| !problem.warning).collect()
}

/// Replaces the first `from`, which must be there; the mistake stands where the text differs first, or at `[[row]]`s.
fn replaced(from: &'static str, to: &'static str) -> impl Fn(String) -> String {
    move |text| {
        assert!(text.contains(from), "{from} is no longer in the file");
        text.replacen(from, to, 1)
    }
}

/// The line of the row `[[table]]` that holds `needle`, or of `needle` itself when no table is named.
fn line_of(file: &str, table: Option<&str>, needle: &str) -> Option<usize> {
    let own = std::fs::read_to_string(root().join("demo").join(file));
    let text = own.or_else(|_| std::fs::read_to_string(root().join(file))).expect("a shipped file");
    let at = text.lines().position(|line| line.contains(needle))?;
    let row = |table: &str| {
        text.lines().take(at).collect::<Vec<_>>().iter().rposition(|line| *line == format!("[[{table}]]"))
    };
    Some(table.map_or(Some(at), row)? + 1)
}

#[test]
fn each_planted_mistake_is_told_with_file_and_line() {
    type Planted = (&'static str, &'static str, &'static str, Option<&'static str>, &'static str);
    let planted: [Planted; 13] = [
        ("glasplade.toml", "log_filter", "log_fliter", None, "unknown field `log_fliter`"),
        ("sources.toml", "contact =", "contcat =", None, "unknown field `contcat`"),
        ("kinds.toml", "category = \"employment\"", "category = \"emplyment\"", Some("kind"), "names a category"),
        ("kinds.toml", "kind = \"job_plan\"", "kind = \"job_plam\"", Some("rule"), "rule 1 names a kind"),
        ("departments.toml", "department = \"UUJ\"", "department = \"UJU\"", Some("unit"), "names a department"),
        (
            "departments.toml",
            "categories = [\"employment\", \"youth_education\"]",
            "categories = [\"emplyment\"]",
            Some("unit"),
            "unit `UUJ-KOORD` names a category",
        ),
        ("departments.toml", "unit = \"UUJ-KOORD\"", "unit = \"UUJ\"", Some("match"), "match 1 must name a unit"),
        (
            "departments.toml",
            "unit_id = [\"101\", \"6a5b0000-0001-4000-8000-000000000001\"]",
            "",
            Some("match"),
            "match 1 fits every row",
        ),
        (
            "access.toml",
            "roles = [\"caseworker\",",
            "roles = [\"casewroker\",",
            Some("purpose"),
            "which is not described",
        ),
        (
            "access.toml",
            "category = \"child\"",
            "category = \"chlid\"",
            Some("consents.age_rule"),
            "an age rule names the category",
        ),
        ("sources.toml", "http://127.0.0.1:9101", "http://10.0.0.1", Some("source"), "must be https://"),
        ("sources.toml", "id = \"fasit\"", "id = \"sbsys\"", Some("source"), "stands twice"),
        ("sources.toml", "kind = \"dubu\"", "kind = \"dobu\"", Some("source"), "find an adapter for this kind"),
    ];
    for (file, from, to, table, what) in planted {
        let told = errors(file, replaced(from, to));
        let found = told.iter().find(|problem| problem.what.contains(what));
        let found = found.unwrap_or_else(|| panic!("{what}: not in {told:?}"));
        assert_eq!((&*found.place.file, found.place.line), (file, line_of(file, table, from)), "{what}");
    }
}

#[test]
fn a_missing_text_a_missing_category_and_a_broken_file_are_told() {
    let missing = errors("texts.toml", |text| text.replacen("[closing]", "[closed]", 1));
    assert!(missing[0].what.contains("closed") || missing[0].what.contains("closing"), "{missing:?}");
    let only_danish = errors("texts.toml", replaced("en = \"We found no cases that you can see.\"", ""));
    assert!(only_danish[0].what.contains("`en`") && only_danish[0].place.line.is_some(), "{only_danish:?}");
    let unclassified = errors("access.toml", |text| text.replace("code = \"unclassified\"", "code = \"other\""));
    assert!(unclassified.iter().any(|problem| problem.what.contains("`unclassified` is missing")));
    let broken = errors("kinds.toml", |text| format!("{text}\n[[kind\n"));
    assert_eq!(broken[0].place.file, "kinds.toml");
    assert!(broken[0].place.line.is_some());
}

#[test]
fn rules_of_consents_name_purposes_that_exist_and_ages_in_their_order() {
    let told = |from, to| errors("access.toml", replaced(from, to)).into_iter().map(|one| one.what).collect::<Vec<_>>();
    assert!(
        told("\"holistic_plan\", \"transition_18\"]", "\"transition_81\"]")
            .iter()
            .any(|what| what.contains("consents name the purpose"))
    );
    assert!(told("own_voice_age = 15", "own_voice_age = 19")[0].contains("`own_voice_age`"));
    assert!(told("party_age = 10", "party_age = 10\nalone_from = 14")[0].contains("`own_voice_age`"));
    let files = demo_with("glasplade.toml", replaced("file = \"target/demo/consents.db\"", ""));
    let (_, warnings) = files.parse().expect("a service without consents runs");
    assert!(warnings.0.iter().any(|problem| problem.warning && problem.what.contains("no consent can be recorded")));
}

#[test]
fn an_address_that_only_begins_like_loopback_is_outside() {
    let to = [
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "HTTP://sbsys.example",
        "http://127.evil.example",
    ];
    for address in to {
        let told = errors("sources.toml", |text| text.replacen("http://127.0.0.1:9101", address, 1));
        assert!(told.iter().any(|problem| problem.what.contains("must be https://")), "{address}: {told:?}");
    }
    for address in ["http://127.1.2.3:9101", "http://localhost:9101", "http://[::1]:9101", "https://sbsys.example"] {
        let files = demo_with("sources.toml", |text| text.replacen("http://127.0.0.1:9101", address, 1));
        assert!(files.parse().is_ok(), "{address}");
    }
}

#[test]
fn no_problem_quotes_a_value() {
    let planted: [(&'static str, &'static str, &'static str); 7] = [
        ("glasplade.toml", "\"file:target/demo/pseudonym.key\"", "[\"hemmelig\"]"),
        ("glasplade.toml", "\"file:target/demo/pseudonym.key\"", "4711471147"),
        ("glasplade.toml", "\"127.0.0.1:8080\"", "\"hemmelig\""),
        ("access.toml", "own_case = \"person_or_unit\"", "own_case = \"hemmelig\""),
        ("visibility.toml", "\"core\"", "\"hemmelig\""),
        ("sources.toml", "groups = [\"authority\"]", "groups = [\"a\\\"b hemmelig\"]"),
        ("departments.toml", "valid_from = \"2019-08-01\"", "valid_from = \"hemmelig\""),
    ];
    for (file, from, to) in planted {
        let told = errors(file, replaced(from, to));
        let text: String = told.iter().map(ToString::to_string).collect();
        assert!(!text.contains("hemmelig") && !text.contains("4711"), "{text}");
        assert!(text.starts_with(&format!("error: {file}:")), "{text}");
    }
}

#[test]
fn a_secret_that_stands_in_the_file_is_refused_and_not_repeated() {
    let environment = Environment(Box::new(|_| None));
    let told = |file: &'static str, from: &'static str, to: &'static str| {
        let (config, _) = demo_with(file, replaced(from, to)).parse().expect("the shape is right");
        check_sources(&config, &environment).0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let secret = told("sources.toml", "file:target/demo/sbsys-password", "hemmelig");
    assert!(secret.contains("source `sbsys`") && !secret.contains("hemmelig"), "{secret}");
    let number = told("sources.toml", "\"file:target/demo/sbsys-password\"", "47114711");
    assert!(number.contains("source `sbsys`") && !number.contains("4711"), "{number}");
    let key = told("glasplade.toml", "file:target/demo/pseudonym.key", "hemmelig");
    assert!(key.contains("privacy.pseudonym_key") && !key.contains("hemmelig"), "{key}");
}

#[test]
fn all_mistakes_of_all_files_come_at_once() {
    let files = demo_with("sources.toml", |text| {
        text.replacen("http://127.0.0.1:9101", "http://10.0.0.1", 1).replacen("kind = \"dubu\"", "kind = \"dobu\"", 1)
    });
    let problems = files.parse().expect_err("two mistakes");
    assert_eq!(problems.0.iter().filter(|problem| !problem.warning).count(), 2);
    assert_eq!(problems.to_string(), "use the configuration: 2 mistake(s)");
}

#[test]
fn what_explains_a_look_up_is_not_forgotten_before_it_and_nothing_at_once() {
    for (retention, is_good) in [
        ("access_months = 0", false),
        ("service_months = 0", false),
        ("access_months = 24, event_months = 13", false),
        ("access_months = 24, event_months = 24", true),
    ] {
        let origin = "origin = \"glasplade.demo.example/audit\"";
        let files = demo_with("glasplade.toml", |text| {
            text.replacen(origin, &format!("{origin}\nretention = {{ {retention} }}"), 1)
        });
        assert_eq!(files.parse().is_ok(), is_good, "{retention}");
    }
}

#[test]
fn missing_files_are_named() {
    let nowhere = root().join("nowhere");
    let problems = ConfigFiles::read(&nowhere, None).expect_err("nothing is there");
    assert_eq!(problems.0.len(), FILE_NAMES.len());
    assert_eq!(problems.0[0].to_string(), "error: glasplade.toml: the file is missing or not readable");
}

#[test]
fn a_staff_directory_that_cannot_be_built_is_told() {
    let (mut config, _) = demo_with("sources.toml", |text| text).parse().expect("a whole configuration");
    let directory = config.sources.staff_directory.as_mut().expect("the demo has one");
    directory.kind = "sbsys".to_owned();
    let environment = Environment(Box::new(|_| Some("an invented secret of more than 32 characters".to_owned())));
    let problems = check_sources(&config, &environment);
    let told = problems.0.iter().find(|problem| problem.what.contains("staff directory `staff_directory`"));
    assert!(told.is_some_and(|problem| problem.what.contains("[staff_directory] has employees")), "{problems:?}");
}

#[test]
fn limits_with_which_a_source_is_never_asked_or_never_left_alone_are_told() {
    const ADDRESS: &str = "connection = { base_url = \"http://127.0.0.1:9101\" }";
    for (wrong, what) in [
        ("limits = { concurrency_max = 0 }", "concurrency_max"),
        ("limits = { fetch_timeout_ms = 0 }", "fetch_timeout_ms"),
        ("limits = { connect_timeout_ms = 0 }", "connect_timeout_ms"),
        ("breaker = { failures_percent = 0 }", "failures_percent"),
        ("breaker = { failures_percent = 101 }", "failures_percent"),
        ("breaker = { calls_min = 0 }", "calls_min"),
        ("breaker = { within_s = 0 }", "within_s"),
        ("breaker = { rest_s = 0 }", "rest_s"),
        ("breaker = { rest_s = 61 }", "rest_s"),
        ("retries_percent = 101", "retries_percent"),
        ("hedges_percent = 101", "hedges_percent"),
    ] {
        let text = if wrong.starts_with("limits") {
            ADDRESS.replace(" }", &format!(", {wrong} }}"))
        } else {
            format!("{ADDRESS}\nguard = {{ {wrong} }}")
        };
        let problems = errors("sources.toml", |file| file.replacen(ADDRESS, &text, 1));
        let [problem] = problems.as_slice() else { panic!("{wrong}: {problems:?}") };
        assert!(problem.what.contains(what) && problem.what.contains("`sbsys`"), "{problem}");
        assert_eq!(problem.place.line, line_of("sources.toml", Some("source"), "id = \"sbsys\""), "{wrong}");
    }
}
