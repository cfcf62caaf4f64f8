//! What a bar leaves of an overview, and that every field of the citizen's block stands in the table.

use std::collections::BTreeSet;

use glasplade_adapters::contract::ActorRole;
use utoipa::PartialSchema as _;

use super::{Desk, items, notices};
use crate::access::{AccessGrant, CallerFacts, Standing};
use crate::audit::Pseudonym;
use crate::overview::view::CitizenView;
use crate::people::Kin;
use crate::testing::{self, Vary as _, citizen, job_caseworker, number, row};

fn pseudonym(last: u16) -> Pseudonym {
    testing::pseudonyms().of(&number(last))
}

/// The standing of a caller with the number 1 to a citizen with these relatives.
fn standing(grant: &AccessGrant, relatives: Option<Vec<Pseudonym>>, is_employee: bool) -> Standing {
    let kin = Kin { own: vec![testing::pseudonyms().of(&citizen())], relatives };
    grant.standing(CallerFacts { person: Some(pseudonym(1)), ..CallerFacts::default() }, &kin, is_employee)
}

/// Items and notices under this bar, of a case of one's own, one of the unit's, and one that is told of.
fn seen(relatives: Option<Vec<Pseudonym>>, is_employee: bool) -> (usize, usize) {
    let caller = job_caseworker();
    let mut desk = Desk::new();
    desk.standing = standing(&testing::grant(&desk.config, &caller, "own_case"), relatives, is_employee);
    let rows = vec![
        row("sbsys", "own").in_unit("301").kle("15.20.00").law("LAB").by(ActorRole::Primary, "az10002"),
        row("sbsys", "unit").in_unit("301").kle("15.20.00").law("LAB"),
        row("sbsys", "told").in_unit("102").law("ungeindsatsloven"),
    ];
    let answer = desk.sees(&caller, rows);
    (items(&answer).len(), notices(&answer).len())
}

#[test]
fn a_bar_leaves_what_one_works_on_in_person_or_nothing_and_no_notice() {
    assert_eq!(seen(Some(Vec::new()), false), (2, 1), "no bar");
    assert_eq!(seen(Some(Vec::new()), true), (1, 0), "a colleague");
    assert_eq!(seen(None, false), (1, 0), "the register is silent");
    assert_eq!(seen(Some(vec![pseudonym(1)]), false), (0, 0), "the household");
}

#[test]
fn every_field_of_the_citizen_stands_in_the_table() {
    let schema = serde_json::to_value(CitizenView::schema()).expect("a schema is JSON");
    let documented: BTreeSet<String> = schema["properties"].as_object().expect("fields").keys().cloned().collect();
    let desk = Desk::new();
    let always = ["name_text", "address_text"].map(str::to_owned);
    let named: BTreeSet<String> = desk.config.visibility.citizen.keys().cloned().chain(always).collect();
    assert_eq!(documented, named);
}
