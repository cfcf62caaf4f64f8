//! What a source that could make a case stricter takes away by its silence, and what it does not.

use glasplade_adapters::contract::{Record, RecordKind, Relation, RelationKind, SourceId};
use serde_json::Value;
use uuid::Uuid;

use super::{Desk, SBSYS, items, notices};
use crate::access::{Caller, CallerFacts};
use crate::people::Kin;
use crate::testing::{self, Vary as _, citizen, job_caseworker, pseudonyms, row};

fn own() -> Record {
    row("sbsys", "own").in_unit("301").kle("15.20.00").law("LAB")
}

/// A case of another unit whose category lets others know of it.
fn foreign(source: &str, id: &str) -> Record {
    row(source, id).in_unit("102").law("ungeindsatsloven")
}

/// The demo, in which these sources were asked and did not answer usably.
fn desk(silent: &[&str]) -> Desk {
    Desk { silent: silent.iter().map(|id| SourceId::new(id)).collect(), ..Desk::new() }
}

fn told(desk: &Desk, rows: &[Record]) -> (usize, usize) {
    let answer: Value = desk.sees(&job_caseworker(), rows.to_vec());
    (items(&answer).len(), notices(&answer).len())
}

#[test]
fn while_the_index_is_silent_own_cases_are_shown_and_nothing_is_told_of_others() {
    let rows = [own(), foreign("sbsys", "1")];
    assert_eq!(told(&desk(&[]), &rows), (1, 1));
    assert_eq!(told(&desk(&["case_index"]), &rows), (1, 0));
    assert_eq!(told(&desk(&["dubu"]), &rows), (1, 1), "another owner's silence says nothing of these");
}

#[test]
fn an_index_that_told_of_the_case_itself_leaves_nothing_open_of_it() {
    let index = row("case_index", "i").uuid(7).master(SBSYS);
    let rows = [own(), foreign("sbsys", "1").uuid(7), index];
    assert_eq!(told(&desk(&["case_index"]), &rows), (1, 1), "what it could not tell was about others");
}

#[test]
fn an_index_row_whose_owner_is_silent_tells_nothing() {
    let rows = [own(), foreign("case_index", "i").master(SBSYS)];
    assert_eq!(told(&desk(&[]), &rows), (1, 1));
    assert_eq!(told(&desk(&["sbsys"]), &rows), (1, 0));
    let elsewhere = [own(), foreign("case_index", "i").master("ky")];
    assert_eq!(told(&desk(&["sbsys"]), &elsewhere), (1, 1), "no system of ours could make it stricter");
}

#[test]
fn a_granting_case_is_not_named_while_the_index_is_silent() {
    let worker = Caller::invented("az10007", &["provider_worker"]).in_unit("JSY", "JSY-RUS").with_kle(&["*"]);
    let granting = row("sbsys", "g").uuid(7).in_unit("601").law("SEL § 85");
    let effort = row("oio", "e").uuid(8).in_unit("203").law("SEL § 101").with(|row| {
        row.kind = RecordKind::PlannedIntervention;
        let uuid = Some(Uuid::from_u128(7));
        row.relations = vec![Relation { kind: RelationKind::GrantedBy, uuid, number: None }];
    });
    let rows = || vec![effort.clone(), granting.clone()];
    assert_eq!(items(&desk(&[]).sees(&worker, rows())).len(), 2);
    assert_eq!(items(&desk(&["case_index"]).sees(&worker, rows())).len(), 1);
}

#[test]
fn whoever_left_the_index_no_time_sees_not_even_their_own_cases_of_it() {
    let mut desk = desk(&["case_index"]);
    let kin = Kin { own: vec![pseudonyms().of(&citizen())], relatives: Some(Vec::new()) };
    let hasty = CallerFacts { is_hasty: true, ..CallerFacts::default() };
    desk.standing = testing::grant(&desk.config, &job_caseworker(), "own_case").standing(hasty, &kin, false);
    assert_eq!(told(&desk, &[own(), foreign("sbsys", "1")]), (0, 0));
    desk.silent.clear();
    assert_eq!(told(&desk, &[own(), foreign("sbsys", "1")]), (1, 1), "haste alone closes nothing");
}
