//! The marked citizen and the marked employee: numbers, names and titles that stand nowhere else, so that a trace of them
//! is a leak.

pub(crate) mod employees;
pub(crate) mod people;

use std::sync::Arc;

use glasplade_adapters::contract::CprNumber;
use glasplade_adapters::fake::World;
use glasplade_adapters::fake::population::{CaseRow, Line, Progress, RowKind};
use glasplade_adapters::register::{Build, KINDS};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use employees::{EMPLOYEE, UNIT};

use crate::subject::{About, Whom};

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
/// The marked employee's phone number.
pub(crate) const PHONE: &str = "99887766";

/// Rows of the marked citizen in each source.
pub(crate) const ROWS: usize = 6;
/// Rows of the crowded citizen in each source.
const CROWD: usize = 24;
/// Citizens around the marked ones.
const TOWN: usize = 60;

/// When the suite takes place.
pub(crate) fn now() -> Timestamp {
    date(2026, 11, 20)
        .at(9, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |it| it.timestamp())
}

/// When all rows of the marked and the crowded citizen were changed last.
pub(crate) fn changed() -> Timestamp {
    date(2026, 5, 4).at(8, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |it| it.timestamp())
}

/// A number of this file as the contract has it.
pub(crate) fn number(digits: &str) -> Result<CprNumber, String> {
    CprNumber::parse(digits).map_err(|error| error.to_string())
}

/// The marked one whom a source knows.
pub(crate) fn known(about: About) -> Result<Whom, String> {
    match about {
        About::Cases | About::Persons => number(CITIZEN).map(Whom::Citizen),
        About::Staff => Ok(Whom::Employee(employees::key(EMPLOYEE))),
    }
}

/// Somebody whom no source knows.
pub(crate) fn stranger(about: About) -> Result<Whom, String> {
    match about {
        About::Cases | About::Persons => number(STRANGER).map(Whom::Citizen),
        About::Staff => Ok(Whom::Employee(employees::key(employees::STRANGER))),
    }
}

/// The demo's town, small, and the marked ones in every source; `kind` also has efforts if `interventions` says so.
///
/// The marked ones come first, so that what a fake counts of them does not depend on the town.
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
    let sources = KINDS.iter().filter(|kind| matches!(kind.build, Build::Cases(_))).map(|kind| kind.name);
    let marked = sources.enumerate().flat_map(of_kind);
    let lines = employees::lines().into_iter().chain(units).chain(staff);
    let lines = lines.chain(people::lines()).chain(persons).chain(aliases).chain(households);
    Arc::new(World::from_lines(lines.chain(marked).chain(cases)))
}

/// Every number, name and id around the marked ones, by what it is: none of it may be where it does not belong.
pub(crate) fn personal() -> impl Iterator<Item = (&'static str, String)> {
    let hyphenated = |digits: &str| format!("{}-{}", &digits[..6], &digits[6..]);
    let numbers = people::NUMBERS.iter().chain(&employees::NUMBERS);
    let spelled =
        numbers.flat_map(move |digits| [("a number", (*digits).to_owned()), ("a number", hyphenated(digits))]);
    let others = [
        ("a name or title", MARK.to_owned()),
        ("a secret title", SECRET_MARK.to_owned()),
        ("a phone number", PHONE.to_owned()),
        ("an employee's user name", EMPLOYEE.to_owned()),
        ("an employee's id", employees::uuid().to_string()),
    ];
    spelled.chain(others)
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
        changed: Some(changed()),
        deadline: Some(date(2027, 1, 15)),
        unit: Some(UNIT.to_owned()),
        caseworker: Some(EMPLOYEE.to_owned()),
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
