//! The files that ship.

use std::collections::BTreeSet;
use std::path::Path;

use glasplade_adapters::register::Environment;

use super::{demo_with, root};
use crate::config::{ConfigFiles, FILE_NAMES, TARGET_GROUPS, check_sources};

/// An environment in which every variable is a secret that is long enough.
fn environment() -> Environment {
    // Long enough for a key, and hexadecimal, so that it is a seed, too.
    Environment(Box::new(|_| Some("2a".repeat(32))))
}

#[test]
fn the_shipped_files_and_the_demo_s_over_them_are_whole() {
    for (dir, defaults) in [(root(), None), (root().join("demo"), Some(root()))] {
        let files = ConfigFiles::read(&dir, defaults.as_deref()).expect("every file is there");
        let (config, problems) = files.parse().unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(!problems.is_fatal());
        assert_eq!((config.sources.source.len(), config.deciding.hash().len()), (5, 64));
    }
}

#[test]
fn every_file_in_the_folders_is_one_that_is_read() {
    for dir in [root(), root().join("demo")] {
        let names = std::fs::read_dir(&dir).expect("the folder").filter_map(Result::ok);
        let files =
            names.filter(|entry| entry.path().is_file()).map(|entry| entry.file_name().to_string_lossy().into_owned());
        let unknown: Vec<String> =
            files.filter(|name| !FILE_NAMES.contains(&name.as_str()) && name != "schema.json").collect();
        assert_eq!(unknown, [""; 0]);
    }
}

#[test]
fn every_file_of_the_target_groups_is_a_rule_or_the_approvals_or_says_how_to_write_them() {
    for dir in [root(), root().join("demo")] {
        let names = std::fs::read_dir(dir.join(TARGET_GROUPS)).expect("the folder").filter_map(Result::ok);
        let is_read =
            |name: &str| name == "README.md" || Path::new(name).extension().is_some_and(|kind| kind == "toml");
        let unknown: Vec<String> =
            names.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| !is_read(name)).collect();
        assert_eq!(unknown, [""; 0]);
    }
}

#[test]
fn every_source_of_both_can_be_built_once_its_secrets_are_there() {
    let by_variable = |text: String| {
        let parts: Vec<&str> = text.split("\"file:").collect();
        let rest = parts[1..].iter().map(|part| part.split_once('"').map_or("", |(_, behind)| behind));
        rest.fold(parts[0].to_owned(), |text, behind| format!("{text}\"env:INVENTED\"{behind}"))
    };
    for dir in [root(), root().join("demo")] {
        let text = |name: &str| {
            let own = std::fs::read_to_string(dir.join(name));
            own.or_else(|_| std::fs::read_to_string(root().join(name))).expect("a shipped file")
        };
        let secret = ["sources.toml", "glasplade.toml"];
        let files = ConfigFiles::from_texts(
            FILE_NAMES.map(|name| (name, if secret.contains(&name) { by_variable(text(name)) } else { text(name) })),
        );
        let (config, _) = files.parse().unwrap_or_else(|problems| panic!("{problems:?}"));
        let problems = check_sources(&config, &environment());
        let told: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
        assert_eq!(told, [""; 0]);
    }
}

#[test]
fn what_nobody_has_confirmed_is_off_and_is_listed() {
    let (config, problems) = demo_with("", |text| text).parse().expect("a whole configuration");
    let off: BTreeSet<&str> = config
        .access
        .purpose
        .iter()
        .filter(|row| !row.is_on(crate::testing::TODAY))
        .map(|row| row.code.as_str())
        .collect();
    assert!(off.contains("find_colleague") && off.contains("child_protection") && !off.contains("own_case"));
    let warned: Vec<&str> = problems
        .0
        .iter()
        .filter(|problem| problem.place.file == "access.toml")
        .map(|problem| problem.what.as_str())
        .collect();
    for code in off {
        assert!(warned.iter().any(|what| what.contains(&format!("`{code}`"))), "{code} is off without a word");
    }
}

#[test]
fn the_policy_hash_changes_with_what_decides_and_with_nothing_else() {
    let hash = |file: &str| {
        let files =
            demo_with(file, |text| format!("{text}\n{} a word\n", if file.ends_with("toml") { "#" } else { "//" }));
        files.parse().expect("a whole configuration").0.deciding.hash().clone()
    };
    let plain = hash("");
    for file in FILE_NAMES {
        let decides = !["glasplade.toml", "sources.toml", "texts.toml"].contains(&file);
        assert_eq!(hash(file) != plain, decides, "{file}");
    }
}
