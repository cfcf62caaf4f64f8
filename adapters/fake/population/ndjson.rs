//! Population files: one JSON object a line, every reference checked. An error names line and field, never a value.

use std::io::{BufRead, Write};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Alias, CaseRow, Household, Line, Person, Staff, UnitRow, World, WorldError};
use crate::contract::CprNumber;
use crate::register::KINDS;

impl World {
    /// Reads a population file. Empty lines are skipped.
    ///
    /// # Errors
    /// [`WorldError`] for the first line that is not one of the seven kinds of lines, has a field that its kind does not
    /// have, or names a unit, member of staff, citizen or source that nobody has described.
    pub fn read(mut file: impl BufRead) -> Result<Self, WorldError> {
        let (mut world, mut text, mut promises) = (Self::default(), String::new(), Vec::new());
        for at in 1.. {
            text.clear();
            let read =
                file.read_line(&mut text).map_err(|error| WorldError::File { line: at, reason: error.kind() })?;
            if read == 0 {
                break;
            }
            if text.trim().is_empty() {
                continue;
            }
            let line = serde_json::from_str(&text).map_err(|_| unreadable(at, what_is_wrong(&text)))?;
            check(&world, &line).map_err(|wrong| wrong.on(at))?;
            if let Line::Staff(staff) = &line {
                promises.push((at, staff.id.clone()));
            }
            world.add(line);
        }
        for (at, id) in promises {
            keep_promises(&world, &id).map_err(|wrong| wrong.on(at))?;
        }
        Ok(world)
    }

    /// Writes a population file that [`World::read`] reads back: units, staff, citizens, earlier numbers, households,
    /// cases. Absent fields and empty lists are left out.
    ///
    /// # Errors
    /// [`WorldError::File`] when the file does not take it.
    pub fn write(&self, mut file: impl Write) -> Result<(), WorldError> {
        for (at, line) in (1..).zip(self.lines()) {
            let written = to_json(&line).map_err(std::io::Error::from).and_then(|json| writeln!(file, "{json}"));
            written.map_err(|error| WorldError::File { line: at, reason: error.kind() })?;
        }
        file.flush().map_err(|error| WorldError::File { line: 0, reason: error.kind() })
    }

    /// All lines, in an order in which they can be read back.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        let units = self.units().iter().cloned().map(Line::Unit);
        let staff = self.staff().iter().cloned().map(Line::Staff);
        let people = self.persons().iter().cloned().map(Line::Person);
        let aliases = self.aliases().iter().cloned().map(Line::Alias);
        let households = self.households().iter().cloned().map(Line::Household);
        let cases = self.cases().iter().cloned().map(|row| Line::Case(Box::new(row)));
        units.chain(staff).chain(people).chain(aliases).chain(households).chain(cases)
    }
}

fn to_json(line: &Line) -> serde_json::Result<Value> {
    let mut value = serde_json::to_value(line)?;
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, field| match field {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(entries) => !entries.is_empty(),
            _ => true,
        });
    }
    Ok(value)
}

fn unreadable(line: usize, what: String) -> WorldError {
    WorldError::Unreadable { line, what }
}

/// What a line gets wrong, before its place is known.
enum Wrong {
    /// Names something that nobody has described.
    Unknown(&'static str),
    /// Says something that cannot be.
    Field(&'static str),
}

impl Wrong {
    fn on(self, line: usize) -> WorldError {
        match self {
            Self::Unknown(what) => WorldError::Unknown { line, what },
            Self::Field(what) => unreadable(line, what.to_owned()),
        }
    }
}

/// Checks a line against those before it.
fn check(world: &World, line: &Line) -> Result<(), Wrong> {
    match line {
        Line::Unit(UnitRow { code, .. }) => {
            refuse(world.unit(code).is_some(), "field `code` stands on an earlier line")
        }
        Line::Staff(staff) => {
            refuse(world.staff_member(&staff.id).is_some(), "field `id` stands on an earlier line")?;
            refuse(staff.id != staff.id.trim().to_lowercase(), "field `id` is not lower case")?;
            known(world.unit(&staff.unit).is_some(), "`unit`")
        }
        Line::Person(Person { cpr, .. }) => {
            personal_number(cpr, "field `cpr` is not a personal number")?;
            refuse(world.person(cpr).is_some(), "field `cpr` stands on an earlier line")
        }
        Line::Alias(Alias { cpr, former }) => {
            personal_number(former, "field `former` is not a personal number")?;
            refuse(world.person(former).is_some(), "field `former` stands on an earlier line")?;
            known(world.person(cpr).is_some(), "`cpr`")
        }
        Line::Household(Household { members, .. }) => {
            known(members.iter().all(|member| world.person(member).is_some()), "`members`")
        }
        Line::Case(row) => check_case(world, row),
    }
}

fn check_case(world: &World, row: &CaseRow) -> Result<(), Wrong> {
    let unit = |code: &Option<String>| code.as_ref().is_none_or(|code| world.unit(code).is_some());
    let employee = |id: &Option<String>| id.as_ref().is_none_or(|id| world.staff_member(id).is_some());
    refuse(!KINDS.iter().any(|kind| kind.name == row.source), "field `source` is not a kind of source")?;
    known(world.person(&row.citizen).is_some(), "`citizen`")?;
    known(unit(&row.unit), "`unit`")?;
    known(unit(&row.caseworker_unit), "`caseworker_unit`")?;
    known(employee(&row.caseworker), "`caseworker`")?;
    known(employee(&row.coordinator), "`coordinator`")?;
    known(row.others.iter().all(|id| world.staff_member(id).is_some()), "`others`")?;
    refuse(row.level.is_some_and(|level| level > 3), "field `level` is above 3")
}

/// Employees may name people and colleagues of later lines: checked when the whole file is read.
fn keep_promises(world: &World, id: &str) -> Result<(), Wrong> {
    let Some(staff) = world.staff_member(id) else { return Ok(()) };
    let employee = |id: &Option<String>| id.as_ref().is_none_or(|id| world.staff_member(id).is_some());
    known(employee(&staff.stand_in), "`stand_in`")?;
    known(employee(&staff.leader), "`leader`")?;
    known(staff.cpr.as_ref().is_none_or(|cpr| world.person(cpr).is_some()), "`cpr`")
}

fn known(is: bool, what: &'static str) -> Result<(), Wrong> {
    if is { Ok(()) } else { Err(Wrong::Unknown(what)) }
}

fn refuse(wrong: bool, what: &'static str) -> Result<(), Wrong> {
    if wrong { Err(Wrong::Field(what)) } else { Ok(()) }
}

fn personal_number(text: &str, what: &'static str) -> Result<(), Wrong> {
    refuse(text.len() != 10 || CprNumber::parse(text).is_err(), what)
}

/// Which field a line gets wrong. serde's own text may quote a value, so it is never passed on.
fn what_is_wrong(text: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else { return "not a JSON object".to_owned() };
    let Some(Value::String(kind)) = fields.remove("type") else { return "field `type` is missing".to_owned() };
    match kind.as_str() {
        "unit" => first_wrong_field::<UnitRow>(fields),
        "staff" => first_wrong_field::<Staff>(fields),
        "person" => first_wrong_field::<Person>(fields),
        "alias" => first_wrong_field::<Alias>(fields),
        "household" => first_wrong_field::<Household>(fields),
        "case" => first_wrong_field::<CaseRow>(fields),
        _ => "field `type` is not unit, staff, person, alias, household or case".to_owned(),
    }
}

/// Reads the fields one more at a time: the one after which more is wrong than a missing field is the culprit.
fn first_wrong_field<T: DeserializeOwned>(fields: Map<String, Value>) -> String {
    let mut so_far = Map::new();
    for (name, value) in fields {
        so_far.insert(name.clone(), value);
        let Err(error) = serde_json::from_value::<T>(Value::Object(so_far.clone())) else { continue };
        let text = error.to_string();
        if text.starts_with("unknown field") {
            return format!("field `{}` is not known", printable(&name));
        }
        if !text.starts_with("missing field") {
            return format!("field `{}` has another form than it should", printable(&name));
        }
    }
    match serde_json::from_value::<T>(Value::Object(so_far)).err().map(|error| error.to_string()) {
        // "missing field `x`": the name is ours, from the struct.
        Some(text) if text.starts_with("missing field") => text.lines().next().unwrap_or_default().to_owned(),
        _ => "not a line of its type".to_owned(),
    }
}

/// A field's name, unless somebody hid a value in it.
fn printable(name: &str) -> &str {
    let plain = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain { name } else { "…" }
}
