//! The index at one moment: what runs read.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::de::DeserializeOwned;

use super::{CitizenRow, Codes, IndexError};
use crate::audit::Pseudonym;

/// The index at one moment.
#[derive(Debug)]
pub struct Reading<'a> {
    transaction: Transaction<'a>,
    codes: Codes,
}

impl<'a> Reading<'a> {
    pub(super) fn new(transaction: Transaction<'a>, codes: Codes) -> Self {
        Self { transaction, codes }
    }

    /// The codes.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Every citizen, by pseudonym.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn citizens<E: From<IndexError>>(
        &self,
        mut each: impl FnMut(Pseudonym, CitizenRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT who, body FROM citizen ORDER BY who";
        let mut statement = self.transaction.prepare_cached(sql).map_err(IndexError::from)?;
        let mut rows = statement.query([]).map_err(IndexError::from)?;
        while let Some(row) = rows.next().map_err(IndexError::from)? {
            let (who, row) = citizen_of(row)?;
            each(who, row)?;
        }
        Ok(())
    }

    /// The citizens after this one, by pseudonym: at most so many.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn citizens_after(
        &self,
        after: Option<&Pseudonym>,
        count: usize,
    ) -> Result<Vec<(Pseudonym, CitizenRow)>, IndexError> {
        citizens_after(&self.transaction, after, count)
    }

    /// A citizen's row.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn citizen(&self, who: &Pseudonym) -> Result<Option<CitizenRow>, IndexError> {
        read_citizen(&self.transaction, who)
    }

    /// How many citizens there are.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn count(&self) -> Result<u64, IndexError> {
        let count: i64 =
            self.transaction.prepare_cached("SELECT count(*) FROM citizen")?.query_row([], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// Whose each former number is, of those who are in the index.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(in crate::target_groups) fn formers(&self) -> Result<HashMap<Pseudonym, Pseudonym>, IndexError> {
        let sql = "SELECT former, who FROM former WHERE who IN (SELECT who FROM citizen)";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut found = HashMap::new();
        while let Some(row) = rows.next()? {
            let read = |at| row.get_ref(at).ok()?.as_blob().ok().and_then(Pseudonym::from_bytes);
            let (former, who) = read(0).zip(read(1)).ok_or(IndexError::Damaged("a former number"))?;
            found.insert(former, who);
        }
        Ok(found)
    }

    /// A state.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn state<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, IndexError> {
        read_state(&self.transaction, kind, name)
    }

    /// Names of all states of a kind, in order.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn names(&self, kind: &str) -> Result<Vec<String>, IndexError> {
        names(&self.transaction, kind)
    }
}

pub(super) fn read_citizen(connection: &Connection, who: &Pseudonym) -> Result<Option<CitizenRow>, IndexError> {
    let mut statement = connection.prepare_cached("SELECT body FROM citizen WHERE who = ?1")?;
    let mut rows = statement.query([who.bytes().as_slice()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let body = row.get_ref(0)?.as_blob().map_err(|_| broken())?;
    Ok(Some(CitizenRow::read(body)?))
}

pub(super) fn citizens_after(
    connection: &Connection,
    after: Option<&Pseudonym>,
    count: usize,
) -> Result<Vec<(Pseudonym, CitizenRow)>, IndexError> {
    let mut statement =
        connection.prepare_cached("SELECT who, body FROM citizen WHERE who > ?1 ORDER BY who LIMIT ?2")?;
    let after: &[u8] = after.map_or(&[], |who| who.bytes().as_slice());
    let mut rows = statement.query(params![after, at_most(count)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(citizen_of(row)?);
    }
    Ok(found)
}

/// A number of rows, as `SQLite` takes it.
pub(super) fn at_most(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A row of pseudonym and body.
pub(super) fn citizen_of(row: &rusqlite::Row<'_>) -> Result<(Pseudonym, CitizenRow), IndexError> {
    let who = row.get_ref(0)?.as_blob().ok().and_then(Pseudonym::from_bytes).ok_or_else(broken)?;
    let body = row.get_ref(1)?.as_blob().map_err(|_| broken())?;
    Ok((who, CitizenRow::read(body)?))
}

fn broken() -> IndexError {
    IndexError::Damaged("a citizen's row")
}

pub(super) fn read_state<T: DeserializeOwned>(
    connection: &Connection,
    kind: &str,
    name: &str,
) -> Result<Option<T>, IndexError> {
    let mut statement = connection.prepare_cached("SELECT body FROM state WHERE kind = ?1 AND name = ?2")?;
    let body: Option<Vec<u8>> = statement.query_row([kind, name], |row| row.get(0)).optional()?;
    body.map(|body| serde_json::from_slice(&body).map_err(|_| IndexError::Damaged("a state"))).transpose()
}

pub(super) fn names(connection: &Connection, kind: &str) -> Result<Vec<String>, IndexError> {
    let mut statement = connection.prepare_cached("SELECT name FROM state WHERE kind = ?1 ORDER BY name")?;
    let names = statement.query_map([kind], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}
