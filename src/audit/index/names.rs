//! Words and pseudonyms by number, each written once. The numbers are the index's own and mean nothing outside it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::audit::pseudonym::Pseudonym;

/// So many are remembered; more, and the memory begins anew.
const REMEMBERED_MAX: usize = 200_000;

/// What the writer remembers of the two tables.
///
/// **Invariant:** only numbers of what is committed, or is about to be by the transaction at work; whoever rolls back calls
/// [`Names::forget`].
#[derive(Debug, Default)]
pub(super) struct Names {
    words: HashMap<String, i64>,
    people: HashMap<Pseudonym, i64>,
}

impl Names {
    pub(super) fn forget(&mut self) {
        self.words.clear();
        self.people.clear();
    }

    pub(super) fn word(&mut self, connection: &Connection, text: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.words.get(text) {
            return Ok(*id);
        }
        let id = if let Some(id) = word(connection, text)? {
            id
        } else {
            connection.prepare_cached("INSERT INTO word (text) VALUES (?1)")?.execute(params![text])?;
            connection.last_insert_rowid()
        };
        if self.words.len() >= REMEMBERED_MAX {
            self.words.clear();
        }
        self.words.insert(text.to_owned(), id);
        Ok(id)
    }

    pub(super) fn person(&mut self, connection: &Connection, name: &Pseudonym) -> rusqlite::Result<i64> {
        if let Some(id) = self.people.get(name) {
            return Ok(*id);
        }
        let id = if let Some(id) = person(connection, name)? {
            id
        } else {
            let bytes = name.bytes().as_slice();
            connection.prepare_cached("INSERT INTO person (name) VALUES (?1)")?.execute(params![bytes])?;
            connection.last_insert_rowid()
        };
        if self.people.len() >= REMEMBERED_MAX {
            self.people.clear();
        }
        self.people.insert(*name, id);
        Ok(id)
    }
}

/// The number of a word that is known.
pub(super) fn word(connection: &Connection, text: &str) -> rusqlite::Result<Option<i64>> {
    let mut find = connection.prepare_cached("SELECT id FROM word WHERE text = ?1")?;
    find.query_row(params![text], |row| row.get(0)).optional()
}

/// The number of a pseudonym that is known.
pub(super) fn person(connection: &Connection, name: &Pseudonym) -> rusqlite::Result<Option<i64>> {
    let mut find = connection.prepare_cached("SELECT id FROM person WHERE name = ?1")?;
    find.query_row(params![name.bytes().as_slice()], |row| row.get(0)).optional()
}

/// Every number by which this citizen is known: its own, and those that entries say are the same person's, over as many
/// entries as it takes.
pub(super) fn same_person(connection: &Connection, person: i64) -> rusqlite::Result<Vec<i64>> {
    let mut find = connection.prepare_cached(
        "WITH RECURSIVE known (name) AS (VALUES (?1) UNION SELECT other FROM same_person JOIN known ON one = name) \
         SELECT name FROM known",
    )?;
    find.query_map(params![person], |row| row.get(0))?.collect()
}
