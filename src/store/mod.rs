//! What the house itself must remember: events in an `SQLite` file that are only ever added. [DK] register over hændelser.
//!
//! Consents and emergency look-ups are read on every answer from here, never from a copy in memory: a withdrawal by another
//! process is seen by the next answer. Nothing is changed or removed: triggers in the file itself refuse it.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The folder cannot be made.
    #[error("make the folder of the ledger")]
    Folder(#[source] std::io::Error),
    /// `SQLite` refuses. Its own words may hold values, so they are not repeated.
    #[error("use the ledger: {}", kind(.0))]
    Database(#[from] rusqlite::Error),
    /// The file was written by another version of the service.
    #[error("use the ledger: it has format {found}, this service writes {wanted}")]
    Format {
        /// What this service writes.
        wanted: u32,
        /// What the file has.
        found: u32,
    },
}

fn kind(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => "the disk is full",
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => "another process holds it",
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen) => "it cannot be opened for writing",
        Some(rusqlite::ErrorCode::ConstraintViolation) => "what was to be written contradicts what is there",
        _ => "the database refused",
    }
}

/// How one kind of ledger lies on disk.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Raised when the tables change.
    pub version: u32,
    /// Creates tables and indexes in an empty file.
    pub tables: &'static str,
    /// Tables whose rows are never changed or removed.
    pub append_only: &'static [&'static str],
}

/// One file of events. A commit is on disk when it returns.
#[derive(Debug)]
pub struct Ledger(Mutex<Connection>);

/// How long a commit waits for another process on the same file.
const BUSY: Duration = Duration::from_millis(500);

impl Ledger {
    /// Opens the file, or makes it. Blocks on the disk.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn open(path: &Path, format: Format) -> Result<Self, LedgerError> {
        if let Some(folder) = path.parent() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(LedgerError::Folder)?;
        }
        Self::prepare(Connection::open(path)?, format)
    }

    /// A ledger that ends with the process, for tests.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn in_memory(format: Format) -> Result<Self, LedgerError> {
        Self::prepare(Connection::open_in_memory()?, format)
    }

    fn prepare(mut connection: Connection, format: Format) -> Result<Self, LedgerError> {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A commit that returned survives a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Without it `INSERT OR REPLACE` removes a row and no trigger hears of it.
        connection.pragma_update(None, "recursive_triggers", true)?;
        let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let found: u32 = change.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match found {
            0 => {
                change.execute_batch(format.tables)?;
                for table in format.append_only {
                    change.execute_batch(&refuse_changes(table))?;
                }
                change.pragma_update(None, "user_version", format.version)?;
            }
            found if found == format.version => {}
            found => return Err(LedgerError::Format { wanted: format.version, found }),
        }
        change.commit()?;
        Ok(Self(Mutex::new(connection)))
    }

    /// The connection, for one read or one transaction. Short: every answer waits here.
    pub fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse_changes(table: &str) -> String {
    let refuse = |verb: &str| {
        format!(
            "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'only ever added'); END;"
        )
    };
    refuse("update") + &refuse("delete")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: Format = Format {
        version: 3,
        tables: "CREATE TABLE event (id INTEGER PRIMARY KEY, what TEXT);",
        append_only: &["event"],
    };

    #[test]
    fn what_was_written_is_never_changed_or_removed() {
        let ledger = Ledger::in_memory(FORMAT).expect("a ledger");
        let connection = ledger.connection();
        connection.execute("INSERT INTO event (what) VALUES ('given')", []).expect("a first event");
        assert!(connection.execute("UPDATE event SET what = 'refused'", []).is_err());
        assert!(connection.execute("DELETE FROM event", []).is_err());
        for verb in ["INSERT OR REPLACE", "REPLACE"] {
            let replace = format!("{verb} INTO event (id, what) VALUES (1, 'refused')");
            assert!(connection.execute(&replace, []).is_err(), "{verb} is a change");
        }
        let what: String = connection.query_row("SELECT what FROM event", [], |row| row.get(0)).expect("still there");
        assert_eq!(what, "given");
    }

    #[test]
    fn a_file_of_another_format_is_not_touched() {
        let folder = std::env::temp_dir().join(format!("glasplade-ledger-{}", std::process::id()));
        let path = folder.join("events.db");
        drop(Ledger::open(&path, FORMAT).expect("a new file"));
        drop(Ledger::open(&path, FORMAT).expect("the same file again"));
        let other = Ledger::open(&path, Format { version: 4, ..FORMAT });
        assert!(matches!(other, Err(LedgerError::Format { wanted: 4, found: 3 })));
        fs::remove_dir_all(folder).expect("the test's own folder");
    }
}
