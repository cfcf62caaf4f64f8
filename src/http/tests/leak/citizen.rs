//! A citizen of whom everything is marked: number, names, titles, unit and caseworker.

use glasplade_adapters::fake::World;
use glasplade_adapters::fake::population::{
    CaseRow, Line, Person, RegisterFacts, RowKind, Sex, Staff, situations, staff, units,
};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

/// Nobody's number: it fails modulus 11 on a date that is not listed.
pub(crate) const CPR: &str = "2911839979";

/// Parts of everything marked; each is searched for whatever the case of its letters.
pub(crate) const MARKS: [&str; 8] =
    [CPR, "MÆRKETITEL", "MÆRKEENHED", "Mærkenavn", "HEMMELIGT", "MARKNUM", "291183-9979", "mark.mail"];

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

fn caseworker() -> Staff {
    let like = staff().into_iter().find(|member| member.id == "az10014").expect("a colleague of the demo");
    Staff {
        id: "az19999".to_owned(),
        uuid: Uuid::from_u128(0xfeed),
        number: 9_999,
        name: "Mærkenavn Prøve".to_owned(),
        email: Some("mark.mail@aarhus.example".to_owned()),
        spellings: std::collections::BTreeMap::default(),
        ..like
    }
}

fn person() -> Person {
    Person {
        cpr: CPR.to_owned(),
        given_name: "Mærkenavn".to_owned(),
        family_name: "Test".to_owned(),
        born: date(1983, 11, 29),
        sex: Sex::M,
        died: None,
        protected: Some(true),
        municipality: 751,
        status: 1,
        civil_status: None,
        spouse: None,
        children: Vec::new(),
        custody: Vec::new(),
        register: RegisterFacts::default(),
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
    let staff = staff().into_iter().chain([caseworker()]).map(Line::Staff);
    let marked = rows(now).into_iter().map(|row| Line::Case(Box::new(row)));
    World::from_lines(town.chain(staff).chain(situations(now)).chain([Line::Person(person())]).chain(marked))
}
