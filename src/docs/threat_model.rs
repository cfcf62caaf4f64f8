//! The threat model in `deploy/trust/` is true as far as a test can tell: every threat names tests, and each of them exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const MODEL: &str = include_str!("../../deploy/trust/trusselsmodel.md");

/// Where tests may stand.
const ROOMS: [&str; 3] = ["src", "adapters", "contract-tests"];

/// What must stand in one of the two tables, covered or confessed: words from the threat's own cell.
const MUST_BE_NAMED: [&str; 20] = [
    "Nysgerrig medarbejder",
    "Tidligere ægtefælle",
    "Kompromitteret portal",
    "Stjålet adgangsbillet",
    "En kilde svarer med en anden borger",
    "Insider med root",
    "Tilbagerulning",
    "Tyveri af sikkerhedskopi",
    "Tabt eller byttet nøgle",
    "To udgaver af tjenesten",
    "XML-bombe",
    "Tomme svar røber noget",
    "Hukommelsen (cache)",
    "strøm, der er i gang",
    "Misbrug af nødadgang",
    "Revisor eller drift",
    "udtræk (artikel 15)",
    "Målgruppeliste",
    "beskyttet navn",
    "dræbt proces",
];

/// The rows of the table under a heading, cell by cell, without its head.
fn rows(text: &str, heading: &str) -> Vec<Vec<String>> {
    let after = text.split_once(heading).map_or("", |(_, after)| after);
    let section = after.split_once("\n## ").map_or(after, |(section, _)| section);
    let lines = section.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    lines.skip(2).map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands between backticks in a cell.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The tests and promises of a source file: names of functions that a test runner or the contract suite calls.
fn tests_in(text: &str) -> BTreeSet<String> {
    let (mut found, mut is_test) = (BTreeSet::new(), false);
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[ignore") {
            is_test = false;
        } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((before, name)) = line.split_once("fn ")
            && matches!(before, "" | "async ")
        {
            let (name, parameters) = name.split_once('(').unwrap_or((name, ""));
            // A promise is no `#[test]`: the suite tries it on each source's bench.
            if is_test || parameters.starts_with("bench: &Bench) -> Outcome") {
                found.insert(name.to_owned());
            }
            is_test = false;
        }
    }
    found
}

fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for file in fs::read_dir(folder).expect("a folder of the source tree") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.extend(tests_in(&fs::read_to_string(&path).expect("source is UTF-8")));
        }
    }
}

/// What is wrong with a model, row by row.
fn faults(model: &str, tests: &BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
    let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut tell = |row: &str, fault: String| faults.entry(row.to_owned()).or_default().push(fault);
    for row in rows(model, "\n## Trusler\n") {
        let [number, .., wanted] = row.as_slice() else {
            tell(&row.concat(), "no row".to_owned());
            continue;
        };
        if row.len() != 6 {
            tell(number, format!("{} cells, not six", row.len()));
        }
        if !seen.insert(number.clone()) {
            tell(number, "the number stands twice".to_owned());
        }
        if row.iter().any(String::is_empty) {
            tell(number, "a cell is empty".to_owned());
        }
        if named(wanted).next().is_none() {
            tell(number, "no test is named".to_owned());
        }
        for test in named(wanted).filter(|test| !tests.contains(*test)) {
            tell(number, format!("`{test}` is no test"));
        }
    }
    faults
}

#[test]
fn every_threat_names_tests_and_each_of_them_exists() {
    let mut tests = BTreeSet::new();
    for room in ROOMS {
        tests_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(room), &mut tests);
    }
    assert!(tests.len() > 500, "the search finds the tests: {}", tests.len());
    assert!(rows(MODEL, "\n## Trusler\n").len() > 20, "the table is read");
    let faults = faults(MODEL, &tests);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_threat_is_forgotten_and_what_is_not_built_names_no_test() {
    let (covered, confessed) = (rows(MODEL, "\n## Trusler\n"), rows(MODEL, "\n## Ikke bygget endnu\n"));
    let threats: Vec<&String> = covered.iter().chain(&confessed).filter_map(|row| row.get(1)).collect();
    for words in MUST_BE_NAMED {
        let is_named = |threat: &&String| threat.to_lowercase().contains(&words.to_lowercase());
        assert!(threats.iter().any(is_named), "`{words}` stands in neither table");
    }
    for row in &confessed {
        assert!(row.len() == 3 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

#[test]
fn a_row_without_a_test_or_with_one_that_is_not_there_is_found() {
    let tests =
        tests_in("#[test]\nfn there() {}\n\n#[test]\n#[ignore = \"later\"]\nfn asleep() {}\n\nfn helper() {}\n");
    assert_eq!(tests.iter().map(String::as_str).collect::<Vec<_>>(), ["there"]);
    let model = |cell: &str| format!("\n## Trusler\n\n| nr. |\n| --- |\n| T1 | a | b | c | d | {cell} |\n\n## Andet\n");
    let told = |cell: &str| faults(&model(cell), &tests).remove("T1");
    assert_eq!(told("`there`"), None);
    assert_eq!(told("ingen endnu"), Some(vec!["no test is named".to_owned()]));
    assert_eq!(told(" | `there`"), Some(vec!["7 cells, not six".to_owned(), "a cell is empty".to_owned()]));
    for missing in ["helper", "asleep", "gone"] {
        assert_eq!(told(&format!("`there`, `{missing}`")), Some(vec![format!("`{missing}` is no test")]));
    }
}
