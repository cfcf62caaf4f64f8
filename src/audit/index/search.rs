//! What an auditor may ask of the index, and what comes back.

use std::fmt::{self, Write as _};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use uuid::Uuid;

use super::follow::IndexError;
use crate::audit::circumstances::Bar;
use crate::audit::entry::{AuditEntry, Phase};
use crate::audit::keys::Keys;
use crate::audit::pseudonym::Pseudonym;
use crate::audit::segment::{SegmentName, record_at};

/// What to look for: every part that is set must fit.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    /// About this citizen, under this number or any other that an entry says is the same person's.
    pub citizen: Option<Pseudonym>,
    /// By this employee.
    pub employee: Option<String>,
    /// By somebody of this unit.
    pub unit: Option<String>,
    /// For this purpose.
    pub purpose: Option<String>,
    /// Decided so; an emergency is an outcome.
    pub outcome: Option<String>,
    /// With this bar: `colleague` gives the look-ups of staff.
    pub bar: Option<Bar>,
    /// Of this phase.
    pub phase: Option<Phase>,
    /// At this moment or later, to the microsecond.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// So many at most; never more than [`Query::LIMIT_MAX`].
    pub limit: u32,
}

impl Query {
    /// The most that one search gives.
    pub const LIMIT_MAX: u32 = 10_000;
}

impl Default for Query {
    /// Everything, the newest hundred.
    fn default() -> Self {
        Self {
            citizen: None,
            employee: None,
            unit: None,
            purpose: None,
            outcome: None,
            bar: None,
            phase: None,
            from: None,
            to: None,
            limit: 100,
        }
    }
}

/// Names nobody.
impl fmt::Debug for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = &self.phase;
        formatter.debug_struct("Query").field("phase", phase).field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// One record that fits.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// Its number in the log.
    pub seq: u64,
    /// When it was written, to the microsecond.
    pub at: Timestamp,
    /// What it tells of.
    pub phase: Phase,
    /// The request that it belongs to.
    pub attempt: Uuid,
    /// Who asked.
    pub employee: Option<String>,
    /// Of which unit.
    pub unit: Option<String>,
    /// Of which department.
    pub department: Option<String>,
    /// With which roles.
    pub roles: Vec<String>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// About whom.
    pub citizen: Option<Pseudonym>,
    /// On which case of the caller's own.
    pub case_ref: Option<String>,
    /// Which trace the calls to the sources carried.
    pub trace_id: Option<String>,
    /// What was decided.
    pub outcome: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// What the citizen is to the one who was asked for, when it is a further person.
    pub relation: Option<String>,
    /// What stood in the way.
    pub bars: Vec<String>,
    /// Why the address, or a protected name, was asked for.
    pub protected_reason: Option<String>,
    /// The family was asked for, too.
    pub household: bool,
    segment: SegmentName,
    start: u64,
}

/// Names nobody.
impl fmt::Debug for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = &self.seq;
        formatter.debug_struct("Found").field("seq", seq).field("phase", &self.phase).finish_non_exhaustive()
    }
}

impl Found {
    /// The whole entry, read from the log in `directory`; `None` when the log has another one there, or its key is gone.
    ///
    /// # Errors
    /// When the segment or the folder of keys cannot be read.
    pub fn entry(&self, directory: &Path, keys: &Keys) -> io::Result<Option<AuditEntry>> {
        let entry = record_at(directory, self.segment, self.start, self.seq, keys)?;
        Ok(entry.and_then(|entry| serde_json::from_slice(&entry).ok()))
    }
}

/// Searches an index, also one that another process writes. Blocks on the disk.
#[derive(Debug)]
pub struct AuditSearch(Mutex<Connection>);

impl AuditSearch {
    /// Opens the index for reading.
    ///
    /// # Errors
    /// [`IndexError::Database`] when there is none.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        // SQLite itself must be able to write beside the file: its readers take part in the WAL.
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// The records that fit, newest first.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn search(&self, query: &Query) -> Result<Vec<Found>, IndexError> {
        let (sql, values) = statement(query);
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare(&sql)?;
        let found = statement.query_map(params_from_iter(values), found)?.collect::<Result<_, _>>()?;
        Ok(found)
    }
}

/// About the citizen by any number that leads to the one asked for, over as many entries as it takes.
const SAME_PERSON: &str = "citizen IN (WITH RECURSIVE known (name) AS \
    (VALUES (?) UNION SELECT other FROM same_person JOIN known ON one = name) SELECT name FROM known)";

/// Only the parts that are set stand in the statement, so that `SQLite` can choose its index by them.
fn statement(query: &Query) -> (String, Vec<Value>) {
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let moment = |moment: Option<Timestamp>| moment.map(|moment| Value::Integer(moment.as_microsecond()));
    let parts = [
        (SAME_PERSON, query.citizen.map(|citizen| Value::Text(citizen.to_string()))),
        ("employee = ?", text(&query.employee)),
        ("unit = ?", text(&query.unit)),
        ("purpose = ?", text(&query.purpose)),
        ("outcome = ?", text(&query.outcome)),
        ("seq IN (SELECT seq FROM bar WHERE bar = ?)", query.bar.map(|bar| Value::Text(bar.as_str().to_owned()))),
        ("phase = ?", query.phase.map(|phase| Value::Text(phase.as_str().to_owned()))),
        ("at_us >= ?", moment(query.from)),
        ("at_us < ?", moment(query.to)),
    ];
    let mut sql = "SELECT seq, at_us, phase, attempt, employee, unit, department, role, purpose, citizen, case_ref, \
        trace_id, outcome, status, segment, start, relation, bars, protected, household FROM record"
        .to_owned();
    let mut values = Vec::new();
    for (condition, value) in parts {
        let Some(value) = value else { continue };
        let word = if values.is_empty() { "WHERE" } else { "AND" };
        values.push(value);
        let condition = condition.replace('?', &format!("?{}", values.len()));
        write!(sql, " {word} {condition}").expect("writing to memory does not fail");
    }
    values.push(Value::Integer(query.limit.min(Query::LIMIT_MAX).into()));
    write!(sql, " ORDER BY seq DESC LIMIT ?{}", values.len()).expect("writing to memory does not fail");
    (sql, values)
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let text = |column| row.get::<_, Option<String>>(column);
    let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let misfit = |column| rusqlite::Error::InvalidColumnType(column, String::new(), rusqlite::types::Type::Text);
    Ok(Found {
        seq: number(0)?,
        at: Timestamp::from_microsecond(row.get(1)?).map_err(|_| misfit(1))?,
        phase: text(2)?.as_deref().and_then(Phase::parse).ok_or_else(|| misfit(2))?,
        attempt: text(3)?.and_then(|attempt| Uuid::parse_str(&attempt).ok()).ok_or_else(|| misfit(3))?,
        employee: text(4)?,
        unit: text(5)?,
        department: text(6)?,
        roles: text(7)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        purpose: text(8)?,
        citizen: text(9)?.and_then(|citizen| Pseudonym::parse(&citizen).ok()),
        case_ref: text(10)?,
        trace_id: text(11)?,
        outcome: text(12)?,
        status: row.get(13)?,
        segment: SegmentName { first_seq: number(14)? },
        start: number(15)?,
        relation: text(16)?,
        bars: text(17)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        protected_reason: text(18)?,
        household: row.get(19)?,
    })
}
