//! A citizen of whom everything is marked: number, names, titles, unit and caseworker.

use glasplade_adapters::fake::World;
use glasplade_adapters::fake::population::{CaseRow, Line, RowKind, situations, staff, units};
use jiff::Timestamp;
use uuid::Uuid;

use crate::people::{CHILD, FORMER, SPOUSE, childs_case, colleagues, family};

/// Nobody's number: it fails modulus 11 on a date that is not listed.
pub(crate) const CPR: &str = "2911839979";

/// Parts of everything marked; each is searched for whatever the case of its letters.
pub(crate) const MARKS: [&str; 21] = [
    CPR,
    "MÆRKETITEL",
    "MÆRKEENHED",
    "Mærkenavn",
    "HEMMELIGT",
    "MARKNUM",
    "291183-9979",
    "mark.mail",
    FORMER,
    CHILD,
    "291111-9979",
    SPOUSE,
    "291180-9980",
    "Mærkeborger",
    "Mærkebarn",
    "Mærkefælle",
    "Mærkevej",
    "Mærkestræde",
    "Mærkeafløser",
    "00 00 77 7",
    "+45000077",
];

/// The unit that the demo's matchers call `JVS-JOB`, under a marked name.
const UNIT: &str = "JVS-JOB";

fn marked_unit(line: Line) -> Line {
    match line {
        Line::Unit(mut unit) if unit.code == UNIT => {
            "MÆRKEENHED".clone_into(&mut unit.name);
            unit.mailbox = Some("mark.mail@aarhus.example".to_owned());
            Line::Unit(unit)
        }
        other => other,
    }
}

/// A row in every source, in the words of one that the source has already.
fn rows(now: Timestamp) -> Vec<CaseRow> {
    let known: Vec<CaseRow> = situations(now)
        .into_iter()
        .filter_map(|line| match line {
            Line::Case(row) => Some(*row),
            _ => None,
        })
        .collect();
    let like = |source: &str| known.iter().find(|row| row.source == source && row.closed.is_none()).cloned();
    let sources = ["sbsys", "fasit", "dubu", "case_index", "oio"];
    sources
        .into_iter()
        .zip(90_000..)
        .map(|(source, serial)| CaseRow {
            id: Uuid::from_u128(u128::from(serial)),
            serial,
            citizen: CPR.to_owned(),
            number: Some(format!("MARKNUM-{serial}")),
            title: Some("MÆRKETITEL".to_owned()),
            secret_title: (source == "case_index").then(|| "HEMMELIGT".to_owned()),
            unit: Some(UNIT.to_owned()),
            caseworker: Some("az19999".to_owned()),
            others: Vec::new(),
            coordinator: None,
            granted_by: None,
            kle: Some("15.91.01".to_owned()),
            kind: if source == "oio" { RowKind::Intervention } else { RowKind::Case },
            ..like(source).expect("every source has a row")
        })
        .collect()
}

/// The demo's town with the marked citizen in it.
pub(crate) fn world(now: Timestamp) -> World {
    let town = units().into_iter().map(Line::Unit).map(marked_unit);
    let staff = staff().into_iter().chain(colleagues()).map(Line::Staff);
    let rows = rows(now);
    let of_child = rows.iter().find(|row| row.source == "fasit").map(childs_case);
    let marked = rows.into_iter().map(|row| Line::Case(Box::new(row)));
    World::from_lines(town.chain(staff).chain(situations(now)).chain(family()).chain(marked).chain(of_child))
}
