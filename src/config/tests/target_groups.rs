//! Rules and approvals: what is off is listed, what cannot be is told with file, line and column, and the demo's rights are the
//! shipped ones but for what its municipality has confirmed.

use jiff::civil::date;
use toml::Table;

use super::{FILE_NAMES, root, shipped};
use crate::config::{APPROVALS, ConfigFiles, ConfigProblem};
use crate::testing::TODAY;

const CROSS: &str = "target-groups/cross_department.toml";
const LONG: &str = "target-groups/long_cash_benefit.toml";

fn text(name: &str) -> String {
    let of_demo = std::fs::read_to_string(root().join("demo").join(name));
    of_demo.or_else(|_| std::fs::read_to_string(root().join(name))).expect("a shipped file")
}

/// The demo's files with two of its rules and the approvals of these, one of them changed.
fn demo_with(file: &str, change: impl Fn(String) -> String) -> ConfigFiles {
    let approvals = text(APPROVALS);
    let kept =
        approvals.split("\n\n").filter(|row| row.contains("cross_") || row.contains("long_")).collect::<Vec<_>>();
    let groups = [(APPROVALS, kept.join("\n\n")), (CROSS, text(CROSS)), (LONG, text(LONG))];
    let all = FILE_NAMES.map(|name| (name, text(name))).into_iter().chain(groups);
    ConfigFiles::from_texts(all.map(|(name, text)| (name, if name == file { change(text) } else { text })))
}

fn replaced(file: &str, from: &str, to: &str) -> ConfigFiles {
    demo_with(file, |text| {
        assert!(text.contains(from), "{from} is no longer in {file}");
        text.replacen(from, to, 1)
    })
}

fn problems(files: &ConfigFiles) -> Vec<ConfigProblem> {
    match files.parse() {
        Ok((_, problems)) | Err(problems) => problems.0,
    }
}

#[test]
fn two_rules_of_the_demo_are_whole_and_on() {
    let files = demo_with("", |text| text);
    let (config, _) = files.parse().unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!((config.target_groups.rules.len(), config.target_groups.approvals.len()), (2, 2));
    let told = problems(&files).into_iter().filter(|problem| problem.place.file.starts_with("target-groups"));
    assert_eq!(told.count(), 0);
    assert_eq!(files.check_day(&config, TODAY).0, []);
}

#[test]
fn a_rule_that_ships_is_off_and_is_listed_with_what_an_approval_must_name() {
    let (config, problems) = shipped().parse().expect("a whole configuration");
    assert_eq!((config.target_groups.rules.len(), config.target_groups.approvals.len()), (5, 0));
    for rule in &config.target_groups.rules {
        let file = format!("target-groups/{}.toml", rule.code());
        let told = problems.0.iter().find(|problem| problem.place.file == file).expect("it is listed");
        assert!(told.warning && told.what.contains("is off: nobody has approved it"), "{told}");
        assert!(told.what.contains(rule.hash()), "{told}");
    }
}

#[test]
fn each_mistake_is_told_with_file_and_line() {
    let planted: [(&str, &str, &str, bool, &str); 31] = [
        (CROSS, "run_by", "run_buy", true, "unknown field `run_buy`"),
        (CROSS, "\"list_owner\"", "\"list_owners\"", true, "at least one [[role]]"),
        (CROSS, "[\"list_owner\"]", "[]", true, "at least one [[role]]"),
        (CROSS, "gdpr-6-1-e", "gdpr-6-1-x", true, "name a [[legal_basis]]"),
        (CROSS, "\"Aktive sager i mindst to driftsområder\"", "\" \"", true, "people see it"),
        (CROSS, "[\"departments\", \"dates\"]", "[]", true, "name what the list tells"),
        (CROSS, "\"departments\", \"dates\"", "\"dates\", \"dates\"", true, "each once"),
        (CROSS, "\"departments\", \"dates\"", "\"dates\", \"criteria_only\"", true, "stand alone"),
        (CROSS, "\"departments\", \"dates\"", "\"duration\"", true, "take `duration` away"),
        (CROSS, "at_hour = 5", "at_hour = 24", true, "from 0 to 23"),
        (CROSS, "at_hour = 5 }", "at_hour = 5 }\nsources_must_be_within_hours = 0", true, "from 1 to 744"),
        (
            CROSS,
            "at_hour = 5 }",
            "at_hour = 5 }\nbenefits = { codes = [\"cash_benefit\"] }",
            false,
            "take [benefits] away",
        ),
        (LONG, "codes = [\"cash_benefit\"]", "codes = [\"cash_benefits\"]", true, "must name kinds"),
        (LONG, "codes = [\"cash_benefit\"]", "codes = []", true, "must name kinds"),
        (LONG, "\"education_benefit\"", "\"educations_benefit\"", true, "must name kinds"),
        (LONG, "[benefits]", "[benefit]", true, "unknown field `benefit`"),
        (
            APPROVALS,
            "rule = \"cross_department\"",
            "rule = \"cross_departments\"",
            true,
            "a rule that is not described",
        ),
        (APPROVALS, "\"UUJ-KOORD\"", "\"UUJ-KORD\"", true, "a receiving unit that departments.toml lacks"),
        (APPROVALS, "\"UUJ-KOORD\"", "\"JVS-JOB\"", true, "that its statute does not name"),
        (APPROVALS, "\"target_cross_department\"", "\"target_cross\"", true, "a statute that access.toml lacks"),
        (APPROVALS, "\"target_cross_department\"", "\"child_protection\"", true, "not for the purpose `target_group`"),
        (APPROVALS, "\"DEMO-KA-1\"", "\"\"", true, "the number of the impact assessment"),
        (APPROVALS, "\"DEMO-2026-0901\"", "\" \"", true, "and the document"),
        (APPROVALS, "\"2030-12-31\"", "\"2026-08-31\"", true, "ends before it begins"),
        (APPROVALS, "approves = \"", "approves = \"g", true, "64 hexadecimal digits"),
        (APPROVALS, "statute =", "statutes =", true, "unknown field `statutes`"),
        (
            "access.toml",
            "id = \"target_cross_department\"",
            "id = \"target_crossing\"",
            true,
            "a statute that access.toml lacks",
        ),
        (CROSS, "citizen.departments >= 2", "citizen.departments >= 3", true, "what was approved is another text"),
        (CROSS, "citizen.departments >= 2", "citizen.departments == 2", true, "a case that is not there"),
        (CROSS, "citizen.departments", "citizen.departement", true, "write a field that the citizen has"),
        (APPROVALS, "\"cross_department\"\n", "\"long_cash_benefit\"\n", true, "is off: nobody has approved it"),
    ];
    for (file, from, to, has_line, what) in planted {
        let told = problems(&replaced(file, from, to));
        let found = told.iter().find(|problem| problem.what.contains(what));
        let found = found.unwrap_or_else(|| panic!("{to}: {what}: not in {told:?}"));
        let is_listed = what.contains("[benefits] away");
        assert!(found.place.file.starts_with("target-groups/"), "{found}");
        assert_eq!(found.place.line.is_some(), has_line && !is_listed, "{found}");
    }
}

#[test]
fn a_mistake_in_a_condition_is_told_at_its_line_and_column_in_the_file() {
    let at = |to: &str| {
        let text = text(CROSS);
        let from = "condition = '''\ncitizen.departments >= 2\n'''";
        assert!(text.contains(from));
        let line = text[..text.find(from).expect("it is there")].matches('\n').count() + 1;
        let told = problems(&replaced(CROSS, from, to));
        let found = told.iter().find(|problem| problem.what.starts_with("condition, column")).expect(to);
        assert_eq!((found.warning, &*found.place.file), (false, CROSS));
        let column: usize =
            found.what["condition, column ".len()..].split(':').next().expect("a column").parse().expect(to);
        (found.place.line.expect("a line") - line, column)
    };
    assert_eq!(at("condition = '''\ncitizen.departments >= 2 &&\n  citizen.departments < 9\n'''"), (2, 23));
    assert_eq!(at("condition = '''citizen.departments < 9'''"), (0, 36));
    assert_eq!(at("condition = 'citizen.departments < 9'"), (0, 34));
    assert_eq!(at("condition = \"citizen.departments < 9\""), (0, 34));
    assert_eq!(at("condition = \"\"\"\r\ncitizen.departments < 9\"\"\""), (1, 21));
    // Escapes move the text: the line of the value, and the column in the condition.
    assert_eq!(at("condition = \"citizen.facts.exists(f, f.category == \\\"childs\\\")\""), (0, 39));
    assert_eq!(at("condition = ''"), (0, 14));
}

#[test]
fn a_rule_with_a_mistake_does_not_hide_those_of_another_nor_its_approval() {
    let files = demo_with(CROSS, |text| text.replace("departments >= 2", "departments >= 0"));
    let told: Vec<String> =
        problems(&files).into_iter().filter(|one| !one.warning).map(|one| one.to_string()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("cross_department.toml") && told[1].contains("approvals.toml"), "{told:?}");
}

#[test]
fn two_approvals_for_one_receiver_at_one_time_are_a_mistake_and_two_in_turn_are_none() {
    let twice = |from: &str| {
        demo_with(APPROVALS, |text| {
            let row = text.split("\n\n").find(|row| row.contains("cross_")).expect("a row");
            let next = row.replace("approved_on = \"2026-09-01\"", &format!("approved_on = \"{from}\""));
            format!("{text}\n\n{}\n", next.replace("until = \"2030-12-31\"", "until = \"2035-12-31\""))
        })
    };
    let is_told = |files: &ConfigFiles| problems(files).iter().any(|problem| problem.what.contains("stands twice"));
    assert!(is_told(&twice("2030-12-31")));
    assert!(!is_told(&twice("2031-01-01")));
}

#[test]
fn a_file_is_named_after_its_rule() {
    let all = FILE_NAMES.map(|name| (name, text(name)));
    let files = ConfigFiles::from_texts(all.into_iter().chain([("target-groups/Cross Department.toml", text(CROSS))]));
    assert!(problems(&files).iter().any(|problem| !problem.warning && problem.what.contains("name the file after")));
}

#[test]
fn what_depends_on_the_day_is_told_on_the_day() {
    let files = demo_with("", |text| text);
    let (config, _) = files.parse().expect("a whole configuration");
    let on = |day| files.check_day(&config, day).0;
    assert!(on(date(2026, 8, 31)).iter().any(|one| !one.warning && one.what.contains("of a day that has not come")));
    assert_eq!((on(date(2026, 9, 1)), on(date(2030, 12, 31))), (vec![], vec![]));
    let ended = on(date(2031, 1, 1));
    assert!(ended.len() == 2 && ended.iter().all(|one| one.warning && one.place.line.is_some()), "{ended:?}");
    assert!(ended[0].what.contains("`cross_department` is off: its approval has ended"), "{ended:?}");
    let unconfirmed = replaced("access.toml", "id = \"demo-lists\"", "id = \"demo-lists\"\nvalid_to = \"2026-11-20\"");
    let (config, _) = unconfirmed.parse().expect("a whole configuration");
    assert!(unconfirmed.check_day(&config, TODAY).0[0].what.contains("is not on"));
}

/// The rows of a table of `access.toml`.
fn rows<'a>(file: &'a mut Table, table: &str) -> &'a mut Vec<toml::Value> {
    file.get_mut(table).and_then(toml::Value::as_array_mut).expect("a table of rows")
}

#[test]
fn the_demo_s_rights_are_the_shipped_ones_but_for_its_lists() {
    let read = |dir: &str| {
        let text = std::fs::read_to_string(root().join(dir).join("access.toml")).expect("a shipped file");
        text.parse::<Table>().expect("a file of rows")
    };
    let (mut demo, mut ships) = (read("demo"), read(""));
    let is = |row: &toml::Value, key: &str, code: &str| row.get(key).and_then(toml::Value::as_str) == Some(code);
    let before = rows(&mut demo, "legal_basis").len();
    rows(&mut demo, "legal_basis").retain(|row| !is(row, "id", "demo-lists"));
    assert_eq!(rows(&mut demo, "legal_basis").len() + 1, before);
    let for_lists = |row: &toml::Value| {
        let purposes = row.get("purposes").and_then(toml::Value::as_array).expect("purposes");
        purposes.len() == 1 && purposes[0].as_str() == Some("target_group")
    };
    for row in rows(&mut demo, "statute").iter_mut().filter(|row| for_lists(row)) {
        let row = row.as_table_mut().expect("a row");
        assert_eq!(
            row.remove("basis").and_then(|basis| basis.as_str().map(str::to_owned)).as_deref(),
            Some("demo-lists")
        );
        assert!(row.remove("confirmation").is_some());
    }
    for file in [&mut demo, &mut ships] {
        for row in rows(file, "purpose").iter_mut().filter(|row| is(row, "code", "target_group")) {
            let row = row.as_table_mut().expect("a row");
            for key in ["basis", "roles", "enabled", "confirmation"] {
                row.remove(key);
            }
        }
    }
    assert_eq!(demo, ships);
}
