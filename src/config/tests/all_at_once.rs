//! A mistake of every kind at once: each is told in one run, with file, line, cause and what to do.

use glasplade_adapters::register::Environment;

use super::root;
use crate::config::{ConfigFiles, FILE_NAMES};

/// After the end of the certificate beside the tests of telemetry, and before the approvals' own ends.
const NOW: &str = "2026-12-01T09:00:00+01:00";

/// What stands in the demo's file, and what is planted instead.
type Planted = (&'static str, &'static str, String);

/// File, what the planted line has, what is told, and what is said to do.
type Wanted = (&'static str, &'static str, &'static str, &'static str);

const WANTED: [Wanted; 14] = [
    ("glasplade.toml", "log_fliter", "unknown field `log_fliter`", "write `log_filter`"),
    ("glasplade.toml", "drain_ms", "invalid type", "`drain_ms` is a whole number of milliseconds"),
    ("glasplade.toml", "pseudonym_key", "failed to read the secret's file", "put it there, or name where it is"),
    ("glasplade.toml", "master_key", "`audit`: failed to read `audit.master_key`", "file"),
    ("glasplade.toml", "[telemetry]", "nothing has that name", "take it away"),
    ("glasplade.toml", "[telemetry.listener]", "outside loopback", "needs a `secret`"),
    ("sources.toml", "id = \"sbsys\"", "ended on 2026-11-27", "renew it"),
    ("sources.toml", "id = \"sbsys\"", "source `sbsys`: failed to", "never the secret itself"),
    ("sources.toml", "id = \"fasit\" # twice", "stands twice", "`fasit`"),
    ("sources.toml", "id = \"fasit\" # twice", "`base_url` must be https://", "https://"),
    ("departments.toml", "# unreachable", "is never reached", "move it up, or take it away"),
    ("kinds.toml", "code = \"job_plan\"", "names a category that access.toml lacks", "kind `"),
    ("access/policies.cedar", "permit (principal", "the policies cannot be read", "unexpected"),
    ("target-groups/fifty_plus.toml", "condition", "is off", "an approval of the text as it stands says"),
];

fn planted() -> Vec<Planted> {
    let certificate = root().join("../src/telemetry/tests/ends_2026_11_27.pem");
    let broken = format!("base_url = \"http://127.0.0.1:9101\", ca_file = \"{}\"", certificate.display());
    let text = str::to_owned;
    vec![
        ("glasplade.toml", "log_filter = \"warn\"", text("log_fliter = \"warn\"\ndrain_ms = \"10 s\"")),
        ("glasplade.toml", "file:target/demo/pseudonym.key", text("file:/nowhere/pseudonym.key")),
        ("glasplade.toml", "file:target/demo/audit-master.key", text("file:/nowhere/master.key")),
        ("glasplade.toml", "[token]", text("[telemetry.listener]\nlisten = \"0.0.0.0:9464\"\n\n[token]")),
        ("glasplade.toml", "expires = {", text("expires = { \"nobody.settings.token\" = \"2027-01-01\",")),
        ("sources.toml", "base_url = \"http://127.0.0.1:9101\"", broken),
        ("sources.toml", "password = \"file:target/demo/sbsys-password\"", text("password = \"hemmelig\"")),
        ("sources.toml", "id = \"dubu\"", text("id = \"fasit\" # twice")),
        ("sources.toml", "http://127.0.0.1:9103", text("http://10.0.0.1")),
        ("kinds.toml", "category = \"employment\"", text("category = \"emplyment\"")),
    ]
}

fn files() -> ConfigFiles {
    let read = |name: &str| {
        let of_demo = std::fs::read_to_string(root().join("demo").join(name));
        of_demo.or_else(|_| std::fs::read_to_string(root().join(name))).expect("a shipped file")
    };
    let changed = |name: &'static str| {
        let mut text = read(name);
        for (_, from, to) in planted().iter().filter(|(file, ..)| *file == name) {
            assert!(text.contains(from), "{from} is no longer in {name}");
            text = text.replacen(from, to, 1);
        }
        match name {
            "departments.toml" => {
                text.push_str("\n[[match]] # unreachable\nunit_id = [\"101\"]\nunit = \"UUJ-KOORD\"\n");
            }
            "access/policies.cedar" => text.push_str("\npermit (principal action);\n"),
            _ => {}
        }
        (name, text)
    };
    let rule = "target-groups/fifty_plus.toml";
    ConfigFiles::from_texts(FILE_NAMES.into_iter().map(changed).chain([(rule, read(rule))]))
}

#[test]
fn a_mistake_of_every_kind_is_told_in_one_run_with_file_line_cause_and_remedy() {
    let files = files();
    let environment = Environment(Box::new(|_| None));
    let problems = files.check_all(&environment, NOW.parse().expect("a moment"));
    assert!(problems.is_fatal());
    let told: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
    for (file, on_line, cause, remedy) in WANTED {
        let found = problems.0.iter().find(|one| one.place.file == file && one.what.contains(cause));
        let found = found.unwrap_or_else(|| panic!("`{cause}` in {file} is not told:\n{}", told.join("\n")));
        assert!(found.what.contains(remedy), "{found} does not say what to do");
        let line = found.place.line.unwrap_or_else(|| panic!("{found} has no line"));
        let around = files.text(file).lines().skip(line - 1).take(3).collect::<Vec<_>>().join("\n");
        assert!(around.contains(on_line), "{found} points at\n{around}");
    }
    assert!(!told.join("\n").contains("hemmelig"), "no value is quoted");
}

#[test]
fn what_follows_from_a_misspelt_key_is_no_mistake_of_its_own() {
    let files = super::demo_with("sources.toml", |text| text.replacen("contact =", "contcat =", 1));
    let problems = files.parse().expect_err("a mistake");
    let errors: Vec<_> = problems.0.iter().filter(|problem| !problem.warning).map(ToString::to_string).collect();
    assert!(errors.len() == 1 && errors[0].contains("write `contact`"), "{errors:?}");
}

#[test]
fn the_shipped_configuration_has_no_matcher_or_rule_that_is_never_reached() {
    for files in [super::demo_with("", |text| text), super::shipped()] {
        let problems = files.parse().map_or_else(|problems| problems, |(_, warnings)| warnings);
        assert!(problems.0.iter().all(|problem| !problem.what.contains("never reached")), "{problems:?}");
    }
}
