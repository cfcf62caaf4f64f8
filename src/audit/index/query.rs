//! What an auditor may ask of the index, and the one statement that it becomes.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::flag::{Flag, Kind};
use super::names;
use crate::audit::pseudonym::Pseudonym;

/// Where a page ends: the next begins behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) at_us: i64,
    pub(crate) id: i64,
}

/// What to look for: every part that is set must fit.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// About this citizen, under this number or any other that an entry says is the same person's.
    pub citizen: Option<Pseudonym>,
    /// By this employee.
    pub employee: Option<Pseudonym>,
    /// By somebody of this unit.
    pub unit: Option<String>,
    /// By somebody of this department.
    pub department: Option<String>,
    /// For this purpose.
    pub purpose: Option<String>,
    /// With all of these.
    pub flags: Vec<Flag>,
    /// At least the look-up of this number among those of one citizen by one employee, within the window of the configuration.
    pub repeats: Option<u8>,
    /// Of this kind only.
    pub kind: Option<Kind>,
    /// Only the citizen who was asked for, not the relatives shown with them.
    pub asked_for_only: bool,
    /// Without those that are explained by a case of the caller's own.
    pub without_explained: bool,
    /// Begun at this moment or later, to the microsecond.
    pub from: Option<Timestamp>,
    /// Begun before this moment.
    pub to: Option<Timestamp>,
    /// The oldest first; otherwise the newest.
    pub oldest_first: bool,
    /// Behind this act.
    pub after: Option<Cursor>,
    /// So many at most; 0 means [`Query::LIMIT_DEFAULT`].
    pub limit: u32,
}

impl Query {
    /// The most that one search gives.
    pub const LIMIT_MAX: u32 = 10_000;
    /// What a search gives that does not say how many.
    pub const LIMIT_DEFAULT: u32 = 100;

    /// Everything that was ever looked up.
    pub fn look_ups() -> Self {
        Self { kind: Some(Kind::LookUp), ..Self::default() }
    }
}

/// Names nobody.
impl fmt::Debug for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (flags, limit) = (&self.flags, &self.limit);
        formatter.debug_struct("Query").field("flags", flags).field("limit", limit).finish_non_exhaustive()
    }
}

/// The columns of an act, in the order in which [`super::search::Found`] reads them.
pub(super) const COLUMNS: &str = "id, at_us, ended_us, attempt, kind, state, \
    (SELECT name FROM person WHERE person.id = act.employee), \
    (SELECT text FROM word WHERE word.id = act.unit), \
    (SELECT text FROM word WHERE word.id = act.department), \
    (SELECT text FROM word WHERE word.id = act.purpose), \
    (SELECT name FROM person WHERE person.id = act.citizen), \
    (SELECT text FROM word WHERE word.id = act.outcome), \
    (SELECT text FROM word WHERE word.id = act.relation), \
    status, repeats, emergency, refused, outside_hours, unexplained, listed, abandoned, protected_asked, oneself, \
    household, colleague, household_unknown, protected";

/// The statement, and what stands for its question marks.
pub(super) type Statement = (String, Vec<Value>);

/// The statement of a query; `None` when it names what the index has never heard of, so that nothing can fit.
///
/// Only the parts that are set stand in it, and the index is named: a planner without statistics of fifty million rows must
/// not choose.
pub(super) fn statement(connection: &Connection, query: &Query, columns: &str) -> rusqlite::Result<Option<Statement>> {
    let mut parts: Vec<(String, Vec<Value>)> = Vec::new();
    if let Some(citizen) = &query.citizen {
        let Some(person) = names::person(connection, citizen)? else { return Ok(None) };
        let all = names::same_person(connection, person)?;
        let marks = vec!["?"; all.len()].join(", ");
        let part = if all.len() == 1 { "citizen = ?".to_owned() } else { format!("citizen IN ({marks})") };
        parts.push((part, all.into_iter().map(Value::Integer).collect()));
    }
    if let Some(employee) = &query.employee {
        let Some(person) = names::person(connection, employee)? else { return Ok(None) };
        parts.push(("employee = ?".to_owned(), vec![Value::Integer(person)]));
    }
    for (column, word) in [("unit", &query.unit), ("department", &query.department), ("purpose", &query.purpose)] {
        let Some(word) = word else { continue };
        let Some(word) = names::word(connection, word)? else { return Ok(None) };
        parts.push((format!("{column} = ?"), vec![Value::Integer(word)]));
    }
    parts.extend(query.flags.iter().map(|flag| (format!("{} = 1", flag.as_str()), Vec::new())));
    let mut part = |text: &str, value: Option<i64>| {
        if let Some(value) = value {
            parts.push((text.to_owned(), vec![Value::Integer(value)]));
        }
    };
    part("repeats > 1 AND repeats >= ?", query.repeats.map(i64::from));
    part("kind > 0 AND kind = ?", query.kind.filter(|kind| *kind != Kind::LookUp).map(Kind::number));
    part("kind = ?", query.kind.filter(|kind| *kind == Kind::LookUp).map(Kind::number));
    part("at_us >= ?", query.from.map(Timestamp::as_microsecond));
    part("at_us < ?", query.to.map(Timestamp::as_microsecond));
    if query.asked_for_only {
        parts.push(("relation IS NULL".to_owned(), Vec::new()));
    }
    if query.without_explained {
        parts.push(("explained = 0".to_owned(), Vec::new()));
    }
    let (sign, order) = if query.oldest_first { (">", "ASC") } else { ("<", "DESC") };
    if let Some(cursor) = &query.after {
        let behind = format!("at_us {sign}= ? AND (at_us, id) {sign} (?, ?)");
        parts.push((behind, [cursor.at_us, cursor.at_us, cursor.id].map(Value::Integer).to_vec()));
    }
    let mut sql = format!("SELECT {columns} FROM act INDEXED BY {}", index(query));
    let mut values = Vec::new();
    let words = std::iter::once("WHERE").chain(std::iter::repeat("AND"));
    for (word, (condition, more)) in words.zip(parts) {
        write!(sql, " {word} {condition}").expect("writing to memory does not fail");
        values.extend(more);
    }
    let limit = if query.limit == 0 { Query::LIMIT_DEFAULT } else { query.limit.min(Query::LIMIT_MAX) };
    write!(sql, " ORDER BY at_us {order}, id {order} LIMIT {limit}").expect("writing to memory does not fail");
    Ok(Some((sql, values)))
}

/// The index by which the fewest rows are read: a person first, then what is rare, then what many share.
fn index(query: &Query) -> String {
    let rare = query.flags.iter().find(|flag| !flag.is_common());
    let common = query.flags.first();
    let of_flag = |flag: &Flag| format!("act_{}", flag.as_str());
    let of_kind = query.kind.is_some_and(|kind| kind != Kind::LookUp);
    let named = [
        (query.citizen.is_some(), "act_citizen"),
        (query.employee.is_some() && query.flags.contains(&Flag::Emergency), "act_emergency_employee"),
        (query.employee.is_some(), "act_employee"),
        (of_kind && rare.is_none(), "act_other"),
    ];
    if let Some((_, name)) = named.iter().find(|(applies, _)| *applies) {
        return (*name).to_owned();
    }
    if let Some(flag) = rare {
        return of_flag(flag);
    }
    if query.repeats.is_some() {
        return "act_repeats".to_owned();
    }
    let shared = [
        (query.unit.is_some(), "act_unit"),
        (common.is_some(), ""),
        (query.department.is_some(), "act_department"),
        (query.purpose.is_some(), "act_purpose"),
    ];
    match shared.iter().find(|(applies, _)| *applies) {
        Some((_, "")) => common.map(of_flag).unwrap_or_default(),
        Some((_, name)) => (*name).to_owned(),
        None => "act_at".to_owned(),
    }
}
