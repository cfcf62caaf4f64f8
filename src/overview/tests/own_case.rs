//! Own cases: by person or unit, within the role's levels, categories and subjects; screening and provenances.

use glasplade_adapters::contract::{ActorRole, CaseStatus, Record, Sensitivity, Status};
use jiff::civil::date;
use uuid::Uuid;

use super::{Desk, SBSYS, items, notices};
use crate::access::Caller;
use crate::testing::{TODAY, Vary as _, job_caseworker, row};

/// A job plan of the caller's unit.
fn plan(id: &str) -> Record {
    row("sbsys", id).in_unit("301").kle("15.20.00").law("LAB")
}

fn support(id: &str) -> Record {
    row("sbsys", id).in_unit("301").kle("27.03.00").law("SEL § 85")
}

/// How many items `caller` sees of these rows, and of none else.
fn seen(caller: &Caller, rows: Vec<Record>) -> usize {
    items(&Desk::new().sees(caller, rows)).len()
}

fn basis(caller: &Caller, record: Record) -> String {
    items(&Desk::new().sees(caller, vec![record]))[0]["basis"]["own"].as_str().expect("a basis").to_owned()
}

#[test]
fn an_own_case_is_the_unit_s_or_the_person_s_never_the_department_s() {
    let caller = job_caseworker();
    assert_eq!(basis(&caller, plan("1")), "unit");
    assert_eq!(basis(&caller, plan("1").in_unit("202").by(ActorRole::Primary, "az10002")), "person");
    let benefits = Caller::invented("az10003", &["caseworker"]).in_unit("JSY", "JSY-YDELSE").with_kle(&["*"]);
    assert_eq!(seen(&benefits, vec![plan("1").in_unit("202")]), 0, "JSY-SYG is another unit of JSY");
    assert_eq!(seen(&Caller::invented("az10003", &["caseworker"]).with_kle(&["*"]), vec![plan("1")]), 0, "no unit");
}

#[test]
fn a_relation_that_has_ended_or_not_begun_or_belongs_to_a_unit_opens_nothing() {
    let caller = job_caseworker();
    let by = |role, since, until| {
        plan("1").in_unit("202").by(role, "az10002").with(|row| {
            (row.actors[0].since, row.actors[0].until) = (since, until);
        })
    };
    assert_eq!(seen(&caller, vec![by(ActorRole::Other, Some(TODAY), Some(date(2026, 11, 22)))]), 1);
    assert_eq!(seen(&caller, vec![by(ActorRole::Primary, None, Some(TODAY))]), 0);
    assert_eq!(seen(&caller, vec![by(ActorRole::Primary, Some(date(2026, 11, 22)), None)]), 0);
    assert_eq!(seen(&caller, vec![by(ActorRole::Responsible, None, None)]), 0);
}

#[test]
fn a_coordinator_is_shown_what_names_the_coordinator_in_person() {
    let caller = Caller::invented("az10001", &["coordinator"]).in_unit("JVS", "JVS-JOB").with_kle(&["*"]);
    let desk = Desk::new();
    let sees = |record| items(&desk.answer(&desk.redact_for(&caller, "coordination", vec![record]))).len();
    assert_eq!(sees(plan("1")), 0);
    assert_eq!(sees(plan("1").by(ActorRole::Coordinator, "az10001")), 1);
}

#[test]
fn a_benefit_officer_is_never_told_of_treatment_children_or_mental_illness() {
    let caller = Caller::invented("az10003", &["benefit_officer"]).in_unit("JSY", "JSY-YDELSE").with_kle(&["*"]);
    let own = |law: &str| row("sbsys", "2").in_unit("201").law(law);
    let benefit = own("LAB").with(|row| row.native_id = "1".into());
    for law in ["SEL § 101", "barnets lov § 32", "barnets lov § 133", "SEL § 109"] {
        let desk = Desk::new();
        let answer = desk.sees(&caller, vec![benefit.clone(), own(law).by(ActorRole::Primary, "az10003")]);
        assert_eq!((items(&answer).len(), notices(&answer).len()), (1, 0), "{law}");
        assert_eq!(answer, desk.sees(&caller, vec![benefit.clone()]), "{law}");
    }
    assert_eq!(seen(&caller, vec![own("sygedagpengeloven")]), 0, "level 2 is above the role's");
}

#[test]
fn only_who_works_with_children_sees_a_report_and_only_an_own_one() {
    let report = || row("dubu", "1").in_unit("501").law("barnets lov § 133");
    let child = Caller::invented("az10006", &["child_caseworker"]).in_unit("BFF", "BFF-MYND").with_kle(&["27", "34"]);
    let plain = Caller::invented("az10006", &["caseworker"]).in_unit("BFF", "BFF-MYND").with_kle(&["*"]);
    assert_eq!(seen(&child, vec![report()]), 1);
    assert_eq!(seen(&child, vec![report().in_unit("502")]), 0);
    assert_eq!(seen(&plain, vec![report()]), 0);
}

#[test]
fn the_token_s_sensitivity_limit_caps_the_role_s() {
    let caller = job_caseworker();
    assert_eq!(seen(&caller, vec![support("1")]), 1);
    assert_eq!(seen(&caller.clone().with_sensitivity_max(1), vec![support("1"), plan("2")]), 1);
    assert_eq!(
        seen(
            &caller.with_sensitivity_max(3),
            vec![plan("1").with(|row| row.sensitivity = Some(Sensitivity::Screened))]
        ),
        0
    );
}

#[test]
fn a_subject_outside_the_caller_s_ranges_is_not_the_caller_s_own() {
    let caller =
        |ranges: &[&str]| Caller::invented("az10002", &["caseworker"]).in_unit("JVS", "JVS-JOB").with_kle(ranges);
    assert_eq!(seen(&caller(&["15"]), vec![plan("1"), support("2")]), 1);
    assert_eq!(seen(&caller(&["27.03"]), vec![plan("1"), support("2")]), 1);
    assert_eq!(seen(&caller(&[]), vec![plan("1"), support("2")]), 0);
    let without = || support("3").with(|row| row.kle = None);
    assert_eq!(seen(&caller(&["27"]), vec![without()]), 1, "the category's main group stands for it");
    assert_eq!(seen(&caller(&["15"]), vec![without()]), 0);
    let unclassified = || row("sbsys", "4").in_unit("301");
    assert_eq!(seen(&caller(&["15"]), vec![unclassified()]), 0, "no main group stands for the unknown");
}

#[test]
fn an_index_row_never_widens_what_the_owning_system_says() {
    let caller = job_caseworker();
    let index = || row("case_index", "i1").in_unit("301").law("LAB").kle("15.20.00").uuid(1).master(SBSYS);
    let owned = || plan("1").in_unit("202").uuid(1);
    assert_eq!(seen(&caller, vec![index()]), 0, "alone");
    assert_eq!(seen(&caller, vec![index().by(ActorRole::Primary, "az10002"), owned()]), 0, "against the owner's row");
    assert_eq!(seen(&caller, vec![index().in_unit("202"), owned().in_unit("301")]), 1, "the owner's row decides");
}

#[test]
fn a_screened_case_is_open_to_the_named_unit_only() {
    let unit = Uuid::parse_str("6a5b0000-0001-4000-8000-000000000007").expect("JVS-JOB");
    let screened = |to: Vec<Uuid>| plan("1").with(|row| row.screened_to = to);
    let caller = job_caseworker();
    assert_eq!(seen(&caller, vec![screened(vec![unit, Uuid::from_u128(9)])]), 1);
    let desk = Desk::new();
    let closed = desk.sees(&caller, vec![screened(vec![Uuid::from_u128(9)]), plan("2")]);
    assert_eq!(closed, desk.sees(&caller, vec![plan("2")]), "not even that it exists");
    assert_eq!(seen(&caller, vec![screened(vec![Uuid::from_u128(9)]).by(ActorRole::Primary, "az10002")]), 0);
}

#[test]
fn two_screening_lists_with_nobody_in_common_are_open_to_nobody() {
    let unit = Uuid::parse_str("6a5b0000-0001-4000-8000-000000000007").expect("JVS-JOB");
    let with = |record: Record, to: Vec<Uuid>| record.uuid(1).with(|row| row.screened_to = to);
    let index = || row("case_index", "i1").master(SBSYS);
    let caller = job_caseworker();
    assert_eq!(seen(&caller, vec![with(plan("1"), vec![unit]), with(index(), vec![unit])]), 1);
    assert_eq!(seen(&caller, vec![with(plan("1"), vec![unit]), with(index(), vec![Uuid::from_u128(9)])]), 0);
    assert_eq!(seen(&caller, vec![with(plan("1"), Vec::new()), with(index(), vec![Uuid::from_u128(9)])]), 0);
}

#[test]
fn the_strictest_level_and_every_category_of_all_provenances_count() {
    let caller = job_caseworker();
    let index = || row("case_index", "i1").uuid(1).master(SBSYS);
    let raised = index().with(|row| row.sensitivity = Some(Sensitivity::Screened));
    assert_eq!(seen(&caller, vec![plan("1").uuid(1), raised]), 0);
    let benefits = Caller::invented("az10003", &["benefit_officer"]).in_unit("JVS", "JVS-JOB").with_kle(&["*"]);
    assert_eq!(seen(&benefits, vec![plan("1").uuid(1), index()]), 1, "a provenance that says nothing raises nothing");
    assert_eq!(seen(&benefits, vec![plan("1").uuid(1), index().law("SEL § 101")]), 0);
}

#[test]
fn a_cancelled_case_is_never_shown_as_closed_and_one_that_begins_later_is_no_running_one() {
    let desk = Desk::new();
    let phase = |record: Record| items(&desk.sees(&job_caseworker(), vec![record]))[0]["phase"]["code"].clone();
    let void = plan("1").with(|row| (row.status, row.closed) = (Status::new(CaseStatus::Void, "Fejl"), Some(TODAY)));
    assert_eq!(phase(void), "void");
    assert_eq!(phase(plan("1").with(|row| row.opened = Some(date(2026, 12, 1)))), "future");
    assert_eq!(phase(plan("1").with(|row| row.closed = Some(date(2026, 11, 20)))), "closed");
    assert_eq!(phase(plan("1").with(|row| row.closed = Some(date(2026, 12, 1)))), "active");
    let backwards = plan("1").with(|row| (row.opened, row.closed) = (Some(date(2026, 3, 1)), Some(date(2026, 2, 1))));
    assert_eq!(phase(backwards), "active", "an end before the beginning is no end");
    assert_eq!(phase(plan("1").with(|row| row.status = Status::new(CaseStatus::Other, "?"))), "active");
}
