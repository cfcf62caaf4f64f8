//! Situations 6 and 7: people who are protected, and people who are colleagues.

use jiff::Timestamp;
use jiff::civil::date;

use super::numbers::{HENRIK, LONE};
use crate::fake::population::CaseRow;
use crate::fake::population::draft::{Draft, by};
use crate::fake::population::ids::{Room, stable};

/// Situation 6.
pub(super) fn lone(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 6_000, now);

    // The stay at the crisis centre: level 3, screened, open to the on-call team in an emergency about violence only.
    let crisis = draft.row("oio", "crisis_centre_109", LONE, draft.ago(80));
    let crisis = CaseRow { level: Some(3), caseworker: by("az10034"), ..crisis };

    // An employment case outside the unit of her former husband, so that only his marriage speaks against him.
    let plan = draft.row("fasit", "job_plan", LONE, date(2024, 11, 11));
    let plan = CaseRow { unit: Some("JSY-SYG".to_owned()), caseworker: by("az10023"), ..plan };

    // SBSYS shows an ordinary case; the index marks the same UUID as screened: the strictest counts, also in a stream.
    let adult = draft.row("sbsys", "adult_assessment", LONE, draft.ago(75));
    let adult = CaseRow { title: Some("Voksensag".to_owned()), caseworker: by("az10005"), ..adult };
    let adult_indexed = CaseRow {
        level: Some(3),
        title: Some("Skærmet sag".to_owned()),
        secret_title: Some("Ophold efter vold fra tidligere ægtefælle".to_owned()),
        screened_to: vec![stable(Room::Staff, 5), stable(Room::Staff, 35)],
        ..draft.indexed(&adult)
    };
    vec![crisis, plan, adult, adult_indexed]
}

/// Situation 7.
pub(super) fn henrik(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 7_000, now);

    // A colleague's sickness benefit: screened to one employee and one unit.
    let sickness = draft.row("case_index", "sickness_benefit", HENRIK, draft.ago(50));
    let sickness = CaseRow {
        level: Some(3),
        caseworker: by("az10023"),
        screened_to: vec![stable(Room::Unit, 5), stable(Room::Staff, 23)],
        deadline: Some(draft.ago(-10)),
        ..sickness
    };

    // The follow-up in Fasit, which screens nothing: own-case bar and colleague alarm must hold without the index.
    let follow_up = draft.row("fasit", "job_plan", HENRIK, draft.ago(44));
    let follow_up = CaseRow {
        title: Some("Sygeopfølgning".to_owned()),
        unit: Some("JSY-SYG".to_owned()),
        caseworker: by("az10023"),
        ..follow_up
    };
    vec![sickness, follow_up]
}
