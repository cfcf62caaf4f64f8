//! Asks the index. Also one that another process writes.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, params, params_from_iter};
use uuid::Uuid;

use super::flag::{Flag, Flags, Kind, State};
use super::follow::IndexError;
use super::place::Place;
use super::query::{COLUMNS, Cursor, Query, statement};
use crate::audit::pseudonym::Pseudonym;
use crate::audit::segment::SegmentName;

/// How long a reader waits for the writer; in WAL mode it hardly ever does.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// One act that fits: a citizen in one attempt, or something that is not about one.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// Its number in the index, for the next page.
    pub(super) id: i64,
    /// When it began, to the microsecond.
    pub at: Timestamp,
    /// When its last entry was written.
    pub ended: Option<Timestamp>,
    /// The request that it belongs to.
    pub attempt: Uuid,
    /// What it is.
    pub kind: Kind,
    /// How it ended.
    pub state: State,
    /// Who asked.
    pub employee: Option<Pseudonym>,
    /// Of which unit.
    pub unit: Option<String>,
    /// Of which department.
    pub department: Option<String>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// About whom.
    pub citizen: Option<Pseudonym>,
    /// What was decided, or put on record.
    pub outcome: Option<String>,
    /// What the citizen is to the one who was asked for, when it is a further person.
    pub relation: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// Which look-up of this citizen by this employee it is within the window; 0 where that is not counted.
    pub repeats: u8,
    /// What else is said of it.
    pub flags: Flags,
    /// Where its entries lie, oldest first; filled by [`AuditSearch::search`].
    pub places: Vec<Place>,
}

/// Names nobody.
impl fmt::Debug for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, state) = (&self.kind, &self.state);
        formatter.debug_struct("Found").field("kind", kind).field("state", state).finish_non_exhaustive()
    }
}

impl Found {
    /// Where the next page begins, when this is the last of its page.
    pub fn cursor(&self) -> Cursor {
        Cursor { at_us: self.at.as_microsecond(), id: self.id }
    }
}

/// A statement keeps the plan that it was prepared with. `SQLite` would otherwise prepare it anew for each value, in case another
/// plan suits that value better; ours name their index, so there is no other.
pub(super) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
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
        let connection = Connection::open_with_flags(
            path,
            // Our own mutex is around it.
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY_MAX)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        keep_plans(&connection)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// The number of the last record that the index holds; 0 when it is empty.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn indexed(&self) -> Result<u64, IndexError> {
        let seq: Option<i64> = self.connection().query_row("SELECT max(seq) FROM mark", [], |row| row.get(0))?;
        Ok(seq.unwrap_or_default().cast_unsigned())
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The acts that fit, with the places of their entries.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn search(&self, query: &Query) -> Result<Vec<Found>, IndexError> {
        let mut connection = self.connection();
        // One moment for all of it, and one lock of the file.
        let connection = connection.transaction()?;
        let Some((sql, values)) = statement(&connection, query, COLUMNS)? else { return Ok(Vec::new()) };
        let mut statement = connection.prepare_cached(&sql)?;
        let mut found = statement.query_map(params_from_iter(values), found)?.collect::<Result<Vec<_>, _>>()?;
        for one in &mut found {
            one.places = places(&connection, one.id)?;
        }
        Ok(found)
    }

    /// Goes through everything that fits, without a limit and without the places, for a sample.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn walk(&self, query: &Query, mut each: impl FnMut(Uuid, Option<String>)) -> Result<(), IndexError> {
        let connection = self.connection();
        let columns = "attempt, (SELECT text FROM word WHERE word.id = act.unit)";
        let Some((sql, values)) = statement(&connection, query, columns)? else { return Ok(()) };
        // All of them, in the order in which they lie.
        let sql = sql.split(" ORDER BY ").next().unwrap_or_default();
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            each(uuid(row, 0)?, row.get(1)?);
        }
        Ok(())
    }

    /// Every act of these attempts, whole.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn attempts(&self, attempts: &[Uuid]) -> Result<Vec<Found>, IndexError> {
        let connection = self.connection();
        let sql = format!("SELECT {COLUMNS} FROM act INDEXED BY act_attempt WHERE attempt = ?1 ORDER BY id");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut all = Vec::new();
        for attempt in attempts {
            let rows = statement.query_map(params![attempt.as_bytes().as_slice()], found)?;
            all.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        for one in &mut all {
            one.places = places(&connection, one.id)?;
        }
        Ok(all)
    }

    /// One act by the index's number.
    pub(super) fn act(connection: &Connection, id: i64) -> rusqlite::Result<Option<Found>> {
        let sql = format!("SELECT {COLUMNS} FROM act WHERE id = ?1");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query_map(params![id], found)?;
        let Some(mut one) = rows.next().transpose()? else { return Ok(None) };
        one.places = places(connection, id)?;
        Ok(Some(one))
    }

    /// Where every entry lies, in the order of the log, behind the record `seq`.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn places_after(&self, seq: u64) -> Result<Vec<Place>, IndexError> {
        let connection = self.connection();
        let sql = "SELECT seq, segment, start FROM entry WHERE seq > ?1 ORDER BY seq";
        let mut statement = connection.prepare(sql)?;
        let places = statement.query_map(params![seq.cast_signed()], place)?;
        Ok(places.collect::<Result<_, _>>()?)
    }

    /// How `SQLite` would go about it.
    #[cfg(test)]
    pub(super) fn plan(&self, query: &Query) -> Vec<String> {
        let connection = self.connection();
        let (sql, values) = statement(&connection, query, COLUMNS).expect("a statement").expect("known names");
        explain(&connection, (&sql, &values)).expect("a plan")
    }
}

#[cfg(test)]
fn explain(
    connection: &Connection,
    (sql, values): (&str, &Vec<rusqlite::types::Value>),
) -> rusqlite::Result<Vec<String>> {
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    plan.query_map(params_from_iter(values), |row| row.get(3))?.collect()
}

fn places(connection: &Connection, act: i64) -> rusqlite::Result<Vec<Place>> {
    let sql = "SELECT seq, segment, start FROM entry WHERE act = ?1 ORDER BY seq";
    connection.prepare_cached(sql)?.query_map(params![act], place)?.collect()
}

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Place { seq: number(0)?, segment: SegmentName { first_seq: number(1)? }, start: number(2)? })
}

fn misfit(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, String::new(), rusqlite::types::Type::Blob)
}

pub(super) fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    let bytes: Vec<u8> = row.get(column)?;
    Uuid::from_slice(&bytes).map_err(|_| misfit(column))
}

pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let at: Option<i64> = row.get(column)?;
    at.map(|at| Timestamp::from_microsecond(at).map_err(|_| misfit(column))).transpose()
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let name = |column| {
        let bytes: Option<Vec<u8>> = row.get(column)?;
        bytes.map(|bytes| Pseudonym::from_bytes(&bytes).ok_or_else(|| misfit(column))).transpose()
    };
    let mut flags = Flags::default();
    for (column, flag) in (15..).zip(Flag::ALL) {
        flags.set(flag, row.get(column)?);
    }
    Ok(Found {
        id: row.get(0)?,
        at: moment(row, 1)?.ok_or_else(|| misfit(1))?,
        ended: moment(row, 2)?,
        attempt: uuid(row, 3)?,
        kind: Kind::of_number(row.get(4)?).ok_or_else(|| misfit(4))?,
        state: State::of_number(row.get(5)?).ok_or_else(|| misfit(5))?,
        employee: name(6)?,
        unit: row.get(7)?,
        department: row.get(8)?,
        purpose: row.get(9)?,
        citizen: name(10)?,
        outcome: row.get(11)?,
        relation: row.get(12)?,
        status: row.get(13)?,
        repeats: row.get(14)?,
        flags,
        places: Vec::new(),
    })
}
