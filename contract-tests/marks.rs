//! The marked citizen: a number, names and titles that stand nowhere else, so that a trace of them is a leak.

use std::sync::Arc;

use glasplade_adapters::contract::CprNumber;
use glasplade_adapters::fake::World;
use glasplade_adapters::fake::population::{
    CaseRow, Line, Person, Progress, RegisterFacts, RowKind, Sex, Staff, UnitRow,
};
use glasplade_adapters::register::KINDS;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

/// The marked citizen, whose number begins with a zero.
pub(crate) const CITIZEN: &str = "0902016789";
/// A citizen with more rows than the bench's limit in every source.
pub(crate) const CROWDED: &str = "1003027891";
/// A number that no source knows.
pub(crate) const STRANGER: &str = "0503046781";
/// Stands in every name, title and address around the marked citizen.
pub(crate) const MARK: &str = "Kendemaerke";
/// Stands in the title that the public may not see.
pub(crate) const SECRET_MARK: &str = "Skjultmaerke";
/// The marked caseworker's number.
pub(crate) const PHONE: &str = "99887766";

/// Rows of the marked citizen in each source.
pub(crate) const ROWS: usize = 6;
/// Rows of the crowded citizen in each source.
const CROWD: usize = 24;
const UNIT: &str = "KENDE";
const CASEWORKER: &str = "az99001";
/// Citizens around the marked ones.
const TOWN: usize = 60;

/// When the suite takes place.
pub(crate) fn now() -> Timestamp {
    date(2026, 11, 20)
        .at(9, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |it| it.timestamp())
}

/// A number of this file as the contract has it.
pub(crate) fn number(digits: &str) -> Result<CprNumber, String> {
    CprNumber::parse(digits).map_err(|error| error.to_string())
}

/// The demo's town, small, and the marked citizens in every source; `kind` also has efforts if `interventions` says so.
pub(crate) fn world(kind: &str, interventions: bool) -> Arc<World> {
    let town = World::invent(1, TOWN, now());
    let units = town.units().iter().cloned().map(Line::Unit);
    let staff = town.staff().iter().cloned().map(Line::Staff);
    let persons = town.persons().iter().cloned().map(Line::Person);
    let aliases = town.aliases().iter().cloned().map(Line::Alias);
    let households = town.households().iter().cloned().map(Line::Household);
    let cases = town.cases().iter().cloned().map(|row| Line::Case(Box::new(row)));
    let of_kind = |(at, source): (usize, &'static str)| {
        let efforts = interventions && source == kind;
        let marked = (0..ROWS).map(move |place| row(source, CITIZEN, at * 100 + place, efforts && place % 2 == 1));
        let crowd = (ROWS..ROWS + CROWD).map(move |place| row(source, CROWDED, at * 100 + place, false));
        marked.chain(crowd).map(|row| Line::Case(Box::new(row)))
    };
    let marked = KINDS.iter().map(|kind| kind.name).enumerate().flat_map(of_kind);
    let lines = units.chain([Line::Unit(unit())]).chain(staff).chain([Line::Staff(caseworker())]);
    let people = [person(CITIZEN, MARK, date(2001, 2, 9)), person(CROWDED, "Mylder", date(2002, 3, 10))];
    let lines = lines.chain(persons).chain(people.map(Line::Person)).chain(aliases).chain(households);
    Arc::new(World::from_lines(lines.chain(cases).chain(marked)))
}

fn unit() -> UnitRow {
    UnitRow {
        code: UNIT.to_owned(),
        name: format!("{MARK}-enhed"),
        department: "JVS".to_owned(),
        uuid: id(1),
        number: 9_901,
        phone: None,
        mailbox: None,
        above: Vec::new(),
    }
}

fn caseworker() -> Staff {
    Staff {
        id: CASEWORKER.to_owned(),
        uuid: id(2),
        number: 9_902,
        name: format!("{MARK} Test"),
        spellings: [].into(),
        unit: UNIT.to_owned(),
        title: None,
        email: Some(format!("{MARK}.test@example.dk")),
        phone: Some(PHONE.to_owned()),
        mobile: None,
        left: false,
        cpr: None,
        stand_in: None,
        leader: None,
        quirks: [].into(),
    }
}

fn person(cpr: &str, given_name: &str, born: Date) -> Person {
    Person {
        cpr: cpr.to_owned(),
        given_name: given_name.to_owned(),
        family_name: "Test".to_owned(),
        born,
        sex: Sex::K,
        died: None,
        protected: None,
        municipality: 751,
        status: 1,
        civil_status: None,
        spouse: None,
        children: Vec::new(),
        custody: Vec::new(),
        register: RegisterFacts::default(),
    }
}

/// A row with every fact that some source can tell. The second of each citizen is closed.
fn row(source: &str, citizen: &str, place: usize, is_effort: bool) -> CaseRow {
    let is_closed = place % 100 == 1;
    let serial = 9_900_000 + place as u64;
    CaseRow {
        source: source.to_owned(),
        id: id(1_000 + place as u128),
        serial,
        kind: if is_effort { RowKind::Intervention } else { RowKind::Case },
        citizen: citizen.to_owned(),
        number: Some(format!("27.36.04-G01-{serial}-25")),
        title: Some(format!("{MARK}-sag {place}")),
        secret_title: Some(format!("{SECRET_MARK} {place}")),
        progress: if is_closed { Progress::Closed } else { Progress::Active },
        opened: Some(date(2025, 3, 1)),
        closed: is_closed.then(|| date(2025, 9, 1)),
        changed: "2026-05-04T08:00:00Z".parse().ok(),
        deadline: Some(date(2027, 1, 15)),
        unit: Some(UNIT.to_owned()),
        caseworker: Some(CASEWORKER.to_owned()),
        kle: Some("27.36.04".to_owned()),
        kle_title: Some(format!("{MARK}-emne")),
        facet: Some("G01".to_owned()),
        law: Some("Prøvelov § 1".to_owned()),
        type_code: Some("42".to_owned()),
        type_name: Some(format!("{MARK}-type")),
        type_id: Some(id(3)),
        level: Some(1),
        master: Some("sbsys".to_owned()),
        ..CaseRow::default()
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x6a5b_0099_0000_4000_8000_0000_0000_0000 + number)
}
