//! The alarms and the extracts of the index: rows that follow from the log, with what a person has put on record since.

use std::fmt::Write as _;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, params, params_from_iter};
use uuid::Uuid;

use super::alarm::{AlarmKind, AlarmState};
use super::follow::IndexError;
use super::query::Query;
use super::search::{AuditSearch, Found, moment, uuid};

/// One alarm, and the act that raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The alarm.
    pub id: Uuid,
    /// When the entry that raised it was written.
    pub at: Timestamp,
    /// Why.
    pub kind: AlarmKind,
    /// How many, where something was counted.
    pub count: Option<u32>,
    /// What became of it.
    pub state: AlarmState,
    /// When it was last followed up.
    pub followed: Option<Timestamp>,
    /// The act; `None` once it has expired.
    pub act: Option<Found>,
}

/// Which alarms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmQuery {
    /// Of this kind.
    pub kind: Option<AlarmKind>,
    /// In this state.
    pub state: Option<AlarmState>,
    /// Raised at this moment or later.
    pub from: Option<Timestamp>,
    /// Raised before this moment.
    pub to: Option<Timestamp>,
    /// Behind this alarm, by its moment and id.
    pub after: Option<(Timestamp, Uuid)>,
    /// So many at most; 0 means [`Query::LIMIT_DEFAULT`].
    pub limit: u32,
}

/// An extract that is on record: prepared, perhaps released. It holds no content; that is made from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The extract.
    pub id: Uuid,
    /// The act that put it on record.
    pub act: Found,
    /// It was released.
    pub is_released: bool,
}

impl AuditSearch {
    /// The alarms that fit, newest first.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn alarms(&self, query: &AlarmQuery) -> Result<Vec<Alarm>, IndexError> {
        let mut sql = "SELECT id, at_us, kind, count, state, followed_us, act FROM alarm".to_owned();
        let mut values: Vec<Value> = Vec::new();
        let mut add = |condition: &str, more: Vec<Value>| {
            sql += if values.is_empty() { " WHERE " } else { " AND " };
            sql += condition;
            values.extend(more);
        };
        // A constant, so that the index of what is open is used for it.
        match query.state {
            Some(AlarmState::Open) => add("state = 0 AND state = ?", vec![Value::Integer(0)]),
            Some(state) => add("state = ?", vec![Value::Integer(state.number())]),
            None => {}
        }
        if let Some(kind) = query.kind {
            add("kind = ?", vec![Value::Integer(kind.number())]);
        }
        if let Some(from) = query.from {
            add("at_us >= ?", vec![Value::Integer(from.as_microsecond())]);
        }
        if let Some(to) = query.to {
            add("at_us < ?", vec![Value::Integer(to.as_microsecond())]);
        }
        if let Some((at, id)) = query.after {
            let behind = vec![Value::Integer(at.as_microsecond()), Value::Blob(id.as_bytes().to_vec())];
            add("(at_us, id) < (?, ?)", behind);
        }
        let limit = if query.limit == 0 { Query::LIMIT_DEFAULT } else { query.limit.min(Query::LIMIT_MAX) };
        write!(sql, " ORDER BY at_us DESC, id DESC LIMIT {limit}").expect("writing to memory does not fail");
        let connection = self.connection();
        let mut find = connection.prepare_cached(&sql)?;
        let rows = find.query_map(params_from_iter(values), alarm)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter()
            .map(|(alarm, act)| Ok(Alarm { act: Self::act(&connection, act)?, ..alarm }))
            .collect::<rusqlite::Result<_>>()
            .map_err(IndexError::from)
    }

    /// One alarm.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn alarm(&self, id: Uuid) -> Result<Option<Alarm>, IndexError> {
        let connection = self.connection();
        let sql = "SELECT id, at_us, kind, count, state, followed_us, act FROM alarm WHERE id = ?1";
        let mut find = connection.prepare_cached(sql)?;
        let row = find.query_row(params![id.as_bytes().as_slice()], alarm).optional()?;
        let Some((alarm, act)) = row else { return Ok(None) };
        Ok(Some(Alarm { act: Self::act(&connection, act)?, ..alarm }))
    }

    /// One extract.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn extract(&self, id: Uuid) -> Result<Option<Prepared>, IndexError> {
        let connection = self.connection();
        let mut find = connection.prepare_cached("SELECT act, released IS NOT NULL FROM extract WHERE id = ?1")?;
        let row: Option<(i64, bool)> =
            find.query_row(params![id.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((act, is_released)) = row else { return Ok(None) };
        Ok(Self::act(&connection, act)?.map(|act| Prepared { id, act, is_released }))
    }
}

fn alarm(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Alarm, i64)> {
    let misfit = |column| rusqlite::Error::InvalidColumnType(column, String::new(), rusqlite::types::Type::Integer);
    let alarm = Alarm {
        id: uuid(row, 0)?,
        at: moment(row, 1)?.ok_or_else(|| misfit(1))?,
        kind: AlarmKind::of_number(row.get(2)?).ok_or_else(|| misfit(2))?,
        count: row.get(3)?,
        state: AlarmState::of_number(row.get(4)?).ok_or_else(|| misfit(4))?,
        followed: moment(row, 5)?,
        act: None,
    };
    Ok((alarm, row.get(6)?))
}
