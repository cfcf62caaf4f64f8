//! Which rules may run on a day, and what a hash holds.

use jiff::civil::{Date, date};

use crate::config::{Config, TargetGroupFile};
use crate::target_groups::rules::{KnownCodes, Off, Rule, standings};
use crate::testing::{TODAY, config};

fn off(config: &Config, code: &str, day: Date) -> Option<Off> {
    let all = standings(config, day);
    let one = all.iter().find(|one| &**one.rule.code() == code).expect("a rule stands somewhere");
    one.approved.as_ref().err().copied()
}

/// The demo's configuration after a change, and why its first rule is off.
fn off_after(change: impl FnOnce(&mut Config)) -> Option<Off> {
    let mut config = config();
    change(&mut config);
    off(&config, "cross_department", TODAY)
}

#[test]
fn every_rule_of_the_demo_is_on_and_none_that_ships() {
    let config = config();
    let all = standings(&config, TODAY);
    assert_eq!(all.len(), 5);
    for one in &all {
        let approved = one.approved.as_ref().unwrap_or_else(|off| panic!("{}: {off}", one.rule.code()));
        assert_eq!(approved.statute.id, format!("target_{}", one.rule.code()));
        assert_eq!(approved.hash.len(), 64);
    }
    assert_eq!(off_after(|config| config.target_groups.approvals.clear()), Some(Off::NotApproved));
}

#[test]
fn an_approval_holds_from_its_first_day_to_its_last() {
    let config = config();
    let on = |day| off(&config, "cross_department", day);
    assert_eq!(on(date(2026, 8, 31)), Some(Off::NotYet));
    assert_eq!((on(date(2026, 9, 1)), on(date(2030, 12, 31))), (None, None));
    assert_eq!(on(date(2031, 1, 1)), Some(Off::Ended));
}

#[test]
fn a_rule_is_off_when_anything_that_it_rests_on_is() {
    let other_text = |config: &mut Config| config.target_groups.approvals[0].approves = "0".repeat(64);
    assert_eq!(off_after(other_text), Some(Off::OtherText));
    let no_unit = |config: &mut Config| config.departments.unit.retain(|unit| unit.code != "UUJ-KOORD");
    assert_eq!(off_after(no_unit), Some(Off::NoReceiver));
    let ended_unit = |config: &mut Config| config.departments.unit[0].valid_to = Some(date(2026, 11, 20));
    assert_eq!(off_after(ended_unit), Some(Off::NoReceiver));
    let statute = |config: &mut Config, change: fn(&mut crate::config::StatuteRow)| {
        change(config.access.statute.iter_mut().find(|row| row.id == "target_cross_department").expect("shipped"));
    };
    assert_eq!(off_after(|config| statute(config, |row| row.confirmation = None)), Some(Off::NoStatute));
    assert_eq!(off_after(|config| statute(config, |row| row.basis = None)), Some(Off::NoStatute));
    assert_eq!(off_after(|config| statute(config, |row| row.to = vec!["JVS".to_owned()])), Some(Off::NotForReceiver));
    assert_eq!(
        off_after(|config| statute(config, |row| row.to = vec!["UUJ".to_owned()])),
        None,
        "the unit's department"
    );
    let purpose = |config: &mut Config| {
        let row = config.access.purpose.iter_mut().find(|row| row.code == "target_group");
        row.expect("shipped").enabled = false;
    };
    assert_eq!(off_after(purpose), Some(Off::NoStatute));
    let basis = |config: &mut Config| config.access.legal_basis.retain(|row| row.id != "demo-lists");
    assert_eq!(off_after(basis), Some(Off::NoStatute));
}

const FILE: &str = "name = \"Prøve\"\nname_en = \"Trial\"\ndescription = \"x\"\nlegal_basis = \"gdpr-6-1-e\"\nrun_by = [\"list_owner\", \"leader\"]\n\
    condition = '''citizen.benefit_days > 3 && citizen.departments >= 2'''\nreveals = [\"dates\", \"departments\"]\n\
    benefits = { codes = [\"cash_benefit\"], predecessors = [\"education_benefit\"], predecessors_count = true }\n";

fn hash(from: &str, to: &str) -> String {
    assert!(FILE.contains(from));
    let file: TargetGroupFile = toml::from_str(&FILE.replacen(from, to, 1)).expect("a rule's file");
    Rule::new("trial", file, &KnownCodes::of(&config())).expect("a rule").hash().to_owned()
}

#[test]
fn a_rule_that_means_the_same_has_the_same_hash_and_no_other() {
    let plain = hash("Prøve", "Prøve");
    for (from, to) in [
        ("Prøve", "Andet navn"),
        ("\"x\"", "\"y\""),
        ("> 3 && citizen", ">  3\n  && citizen"),
        ("\"list_owner\", \"leader\"", "\"leader\", \"list_owner\""),
        ("\"dates\", \"departments\"", "\"departments\", \"dates\""),
        ("reveals", "schedule = { every = \"day\", at_hour = 4 }\nreveals"),
    ] {
        assert_eq!(hash(from, to), plain, "{to}");
    }
    for (from, to) in [
        ("> 3", "> 4"),
        (">= 2'", ">= 3'"),
        ("gdpr-6-1-e", "gdpr-9"),
        (", \"leader\"", ""),
        ("\"dates\", ", ""),
        ("= true", "= false"),
        ("[\"education_benefit\"]", "[\"transition_benefit\"]"),
    ] {
        assert_ne!(hash(from, to), plain, "{to}");
    }
    let file: TargetGroupFile = toml::from_str(FILE).expect("a rule's file");
    assert_ne!(Rule::new("other", file, &KnownCodes::of(&config())).expect("a rule").hash(), plain);
}

#[test]
fn the_hash_of_a_report_changes_with_the_approval() {
    let config = config();
    let hashes = |config: &Config| {
        let all = standings(config, TODAY);
        all[0].approved.as_ref().map(|approved| approved.hash.clone()).expect("on")
    };
    let plain = hashes(&config);
    assert_eq!(hashes(&config), plain);
    let mut other = config.clone();
    other.target_groups.approvals[0].document = "DEMO-2027-1".to_owned();
    assert_ne!(hashes(&other), plain);
}
