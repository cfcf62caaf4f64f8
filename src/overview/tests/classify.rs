//! What kind of case a row is, and whose.

use std::collections::BTreeSet;

use glasplade_adapters::contract::{CaseType, Record, RecordKind, Sensitivity, SourceId};
use jiff::civil::date;

use super::{Desk, SBSYS};
use crate::config::{KindRole, MatchRow, RuleRow};
use crate::testing::{Vary as _, row};

fn kind(desk: &Desk, record: &Record) -> Option<(String, KindRole)> {
    let classified = desk.classifier.classify(record);
    classified.kind.map(|kind| (kind.code.clone(), classified.role))
}

fn template(record: Record, name: &str) -> Record {
    record.with(|row| row.case_type = CaseType { template: Some(name.to_owned()), ..CaseType::default() })
}

#[test]
fn the_source_s_own_type_comes_before_the_law_and_the_law_before_kle() {
    let desk = Desk::new();
    let by_kle = row("sbsys", "1").kle("15.17.06");
    let by_law = by_kle.clone().law("SEL § 85");
    let by_type = template(by_law.clone(), "værgemål");
    let code = |record: &Record| kind(&desk, record).map(|(code, _)| code);
    assert_eq!(code(&by_kle).as_deref(), Some("sickness_benefit"));
    assert_eq!(code(&by_law).as_deref(), Some("support_85"));
    assert_eq!(code(&by_type).as_deref(), Some("guardian_case"), "whatever the case of the letters");
    assert_eq!(code(&template(row("oio", "1"), "Værgemål")), None, "a template of SBSYS is SBSYS's");
}

#[test]
fn a_dated_rule_asks_when_the_case_began() {
    let desk = Desk::new();
    let opened = |day| {
        let record = row("case_index", "1").kle("27.24.03").with(|row| row.opened = day);
        kind(&desk, &record).map(|(code, _)| code)
    };
    assert_eq!(opened(Some(date(2023, 12, 31))).as_deref(), Some("child_support"));
    assert_eq!(opened(Some(date(2024, 1, 1))), None);
    assert_eq!(opened(None), None, "an unknown day fits no dated rule");
}

#[test]
fn a_rule_may_name_the_role_and_an_effort_is_the_provider_s() {
    let desk = Desk::new();
    let authority = template(row("sbsys", "1"), "Stofmisbrugsbehandling § 101");
    assert_eq!(kind(&desk, &authority), Some(("substance_101".to_owned(), KindRole::Authority)));
    let effort = row("case_index", "1").law("SEL § 101").with(|row| row.kind = RecordKind::PlannedIntervention);
    assert_eq!(kind(&desk, &effort), Some(("substance_101".to_owned(), KindRole::Provider)));
    let support = row("case_index", "1").law("SEL § 85");
    assert_eq!(kind(&desk, &support), Some(("support_85".to_owned(), KindRole::Authority)));
    let delivered = support.with(|row| row.kind = RecordKind::PlannedIntervention);
    assert_eq!(kind(&desk, &delivered), Some(("support_85".to_owned(), KindRole::Provider)));
}

#[test]
fn what_no_rule_knows_is_unclassified_and_sensitive() {
    let desk = Desk::new();
    let unknown = row("sbsys", "1").law("en ukendt lov");
    assert_eq!(kind(&desk, &unknown), None);
    let classified = desk.classifier.classify(&unknown);
    assert_eq!((classified.role, classified.category.code.as_str()), (KindRole::Unclassified, "unclassified"));
    assert_eq!(desk.classifier.classify(&unknown).level(&unknown), 2);
}

#[test]
fn a_source_may_raise_a_level_and_never_lower_it() {
    let desk = Desk::new();
    let level = |sensitivity| {
        let row = row("sbsys", "1").law("SEL § 85").with(|row| row.sensitivity = sensitivity);
        desk.classifier.classify(&row).level(&row)
    };
    assert_eq!(level(None), 2);
    assert_eq!(level(Some(Sensitivity::NotConfidential)), 2);
    assert_eq!(level(Some(Sensitivity::Screened)), 3);
}

#[test]
fn the_first_matcher_that_fits_says_whose_it_is_and_none_means_nobody_s() {
    let matcher = |unit: &str| MatchRow {
        source: None,
        unit_id: vec!["301".to_owned()],
        master_system: Vec::new(),
        kle: Vec::new(),
        unit: Some(unit.to_owned()),
        department: None,
    };
    let desk = Desk::with(|config| config.departments.matchers = vec![matcher("JSY-RUS"), matcher("JVS-JOB")]);
    let record = row("sbsys", "1").in_unit("301");
    let owner = desk.classifier.owner(&record);
    assert_eq!(owner.unit.map(|unit| unit.code.as_str()), Some("JSY-RUS"));
    assert_eq!(owner.department.map(|row| row.code.as_str()), Some("JSY"), "a unit brings its department");
    let elsewhere = row("sbsys", "1").in_unit("302");
    assert!(desk.classifier.owner(&elsewhere).department.is_none());
}

#[test]
fn every_condition_of_a_matcher_must_hold() {
    let desk = Desk::with(|config| {
        config.departments.matchers = vec![MatchRow {
            source: Some("case_index".to_owned()),
            unit_id: Vec::new(),
            master_system: vec!["Nexus".to_owned()],
            kle: vec!["29".to_owned()],
            unit: None,
            department: Some("MSO".to_owned()),
        }];
    });
    let fits = |record: Record| desk.classifier.owner(&record).department.is_some();
    assert!(fits(row("case_index", "1").master("nexus").kle("29.03.00")));
    assert!(!fits(row("sbsys", "1").master("nexus").kle("29.03.00")));
    assert!(!fits(row("case_index", "1").master("ky").kle("29.03.00")));
    assert!(!fits(row("case_index", "1").master("nexus").kle("27.03.00")));
}

#[test]
fn a_master_system_is_known_by_uuid_or_name_whatever_the_case_of_its_letters() {
    let desk = Desk::with(|config| config.sources.source[0].index_system_ids.push("Sbsys Aarhus".to_owned()));
    let owner = |record: Record| desk.classifier.master_of(&record).map(SourceId::to_string);
    assert_eq!(owner(row("case_index", "1").master(&SBSYS.to_uppercase())).as_deref(), Some("sbsys"));
    assert_eq!(owner(row("case_index", "1").master("SBSYS aarhus")).as_deref(), Some("sbsys"));
    assert_eq!(owner(row("case_index", "1").master("nexus")), None);
}

/// A row made to fit a rule.
fn made_for(rule: &RuleRow) -> Record {
    let first = |texts: &[String]| texts.first().cloned();
    let mut record = row(rule.source_kind.as_deref().unwrap_or("case_index"), "1");
    record.kind = rule.record.unwrap_or(RecordKind::Case);
    record.case_type =
        CaseType { code: first(&rule.type_code), name: first(&rule.type_name), template: first(&rule.template) };
    record.law = first(&rule.law);
    record.opened = rule.opened_from.or(rule.opened_until).or(record.opened);
    match first(&rule.kle) {
        Some(subject) => record.kle(&subject),
        None => record,
    }
}

#[test]
fn every_rule_and_every_kind_of_the_shipped_file_can_be_reached() {
    let desk = Desk::new();
    let rules = &desk.config.kinds.rule;
    let unreachable: Vec<usize> = (0..rules.len())
        .filter(|at| kind(&desk, &made_for(&rules[*at])).is_none_or(|(code, _)| code != rules[*at].kind))
        .map(|at| at + 1)
        .collect();
    assert_eq!(unreachable, [0_usize; 0], "rules (from 1) that an earlier one hides");
    let told: BTreeSet<&str> = rules.iter().map(|rule| rule.kind.as_str()).collect();
    let silent: Vec<&str> =
        desk.config.kinds.kind.iter().map(|kind| kind.code.as_str()).filter(|code| !told.contains(code)).collect();
    assert_eq!(silent, [""; 0], "kinds that no rule tells");
}
