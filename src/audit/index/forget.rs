//! Forgetting: when the key of a day and class is destroyed, the rows that rest on it go, and pseudonyms that nothing else
//! names go with them. `secure_delete` overwrites what they held.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use rusqlite::{Connection, params};

use super::names;
use super::store::Store;
use crate::audit::keys::RetentionClass;

/// A Danish day as the index keeps it: counted from 1 January 1970.
pub(super) fn day_number(day: Date) -> i64 {
    i64::from(date(1970, 1, 1).until(day).map_or(0, |span| span.get_days()))
}

/// The acts whose first entry was sealed under a key of this class before this day, but for those of which a record is held.
const ACTS: &str = "(SELECT id FROM act WHERE key_day < ?1 AND key_class = ?2 \
    AND id NOT IN (SELECT act FROM entry WHERE seq IN (SELECT seq FROM held)))";

impl Store {
    /// Deletes every act whose first entry was sealed under a key of this class before this day; how many there were.
    /// `held` are the numbers of records that a legal hold keeps: their acts stay.
    pub(super) fn forget_before(
        &mut self,
        before: Date,
        class: RetentionClass,
        held: &[u64],
    ) -> rusqlite::Result<usize> {
        // A number of a deleted person or word may be given to another one.
        self.names.forget();
        self.often.forget();
        let transaction = self.connection.transaction()?;
        let Some(class) = names::word(&transaction, class.as_str())? else { return Ok(0) };
        let before = day_number(before);
        transaction
            .execute_batch("CREATE TEMP TABLE IF NOT EXISTS held (seq INTEGER PRIMARY KEY); DELETE FROM held")?;
        for seq in held {
            transaction.execute("INSERT OR IGNORE INTO held VALUES (?1)", params![seq.cast_signed()])?;
        }
        let people = people(&transaction, before, class)?;
        // Found once: the entries, which say what is held, go with the acts.
        transaction.execute_batch("CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY); DELETE FROM gone")?;
        transaction
            .execute(&format!("INSERT INTO gone SELECT id FROM act WHERE id IN {ACTS}"), params![before, class])?;
        for table in ["entry", "alarm", "extract"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE act IN (SELECT id FROM gone)"), [])?;
        }
        let gone = transaction.execute("DELETE FROM act WHERE id IN (SELECT id FROM gone)", [])?;
        for person in people {
            forget_if_alone(&transaction, person)?;
        }
        transaction.commit()?;
        // What was overwritten in the log of the database must not wait for its next turn.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(gone)
    }
}

fn people(connection: &Connection, before: i64, class: i64) -> rusqlite::Result<BTreeSet<i64>> {
    let sql = format!("SELECT citizen, employee FROM act WHERE id IN {ACTS}");
    let mut find = connection.prepare(&sql)?;
    let mut rows = find.query(params![before, class])?;
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
