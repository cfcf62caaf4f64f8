//! Forgetting: when the key of a day and class is destroyed, the rows that rest on it go, and pseudonyms that nothing else
//! names go with them. `secure_delete` overwrites what they held.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::names;
use super::store::{KeyId, Store};

impl Store {
    /// Deletes every act whose first entry was sealed under this key; how many there were.
    pub(super) fn forget(&mut self, key: &KeyId) -> rusqlite::Result<usize> {
        // A number of a deleted person or word may be given to another one.
        self.names.forget();
        let transaction = self.connection.transaction()?;
        let Some(class) = names::word(&transaction, &key.class)? else { return Ok(0) };
        let acts = "(SELECT id FROM act WHERE key_day = ?1 AND key_class = ?2)";
        let people = people(&transaction, acts, key.day, class)?;
        for table in ["entry", "alarm", "extract"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE act IN {acts}"), params![key.day, class])?;
        }
        let gone = transaction.execute(&format!("DELETE FROM act WHERE id IN {acts}"), params![key.day, class])?;
        for person in people {
            forget_if_alone(&transaction, person)?;
        }
        transaction.commit()?;
        // What was overwritten in the log of the database must not wait for its next turn.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(gone)
    }
}

fn people(connection: &Connection, acts: &str, day: i64, class: i64) -> rusqlite::Result<BTreeSet<i64>> {
    let sql = format!("SELECT citizen, employee FROM act WHERE id IN {acts}");
    let mut find = connection.prepare(&sql)?;
    let mut rows = find.query(params![day, class])?;
    let mut people = BTreeSet::new();
    while let Some(row) = rows.next()? {
        people.extend([row.get::<_, Option<i64>>(0)?, row.get(1)?].into_iter().flatten());
    }
    Ok(people)
}

/// A person goes with all of their numbers, when no act is left about any of them or by them.
fn forget_if_alone(connection: &Connection, person: i64) -> rusqlite::Result<()> {
    let all = names::same_person(connection, person)?;
    let mut named = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM act WHERE citizen = ?1) OR EXISTS (SELECT 1 FROM act WHERE employee = ?1) \
         OR EXISTS (SELECT 1 FROM alarm WHERE followed_by = ?1)",
    )?;
    for one in &all {
        if named.query_row(params![one], |row| row.get(0))? {
            return Ok(());
        }
    }
    for one in all {
        connection.prepare_cached("DELETE FROM same_person WHERE one = ?1 OR other = ?1")?.execute(params![one])?;
        connection.prepare_cached("DELETE FROM person WHERE id = ?1")?.execute(params![one])?;
    }
    Ok(())
}
