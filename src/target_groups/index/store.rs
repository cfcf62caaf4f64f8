//! The index on disk: `SQLite`, one row a citizen. What one page of a source brings is one transaction, with the place from which
//! reading goes on: killed at any point, nothing is half known and at most one page is read again.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::error::FORMAT;
use super::tables::TABLES;
use super::{Changing, Codes, IndexError, Reading};

/// How long a transaction waits for another process on the same file.
const BUSY: Duration = Duration::from_secs(5);

/// The index, open for one process's use; several may have it open at once. Blocks on the disk, as everything here does.
#[derive(Debug)]
pub struct TargetIndex(Connection);

impl TargetIndex {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        if let Some(folder) = path.parent() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(|error| IndexError::Folder(error.kind()))?;
        }
        Self::prepare(Connection::open(path)?)
    }

    /// An index that ends with the process, for tests.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn in_memory() -> Result<Self, IndexError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, IndexError> {
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A power cut may take the last pages back; the place from which reading goes on goes back with them.
        connection.pragma_update(None, "synchronous", "normal")?;
        // A deleted citizen is overwritten, not only unlinked.
        connection.pragma_update(None, "secure_delete", true)?;
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: u32 = change.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match found {
            0 => {
                change.execute_batch(TABLES)?;
                change.pragma_update(None, "user_version", FORMAT)?;
            }
            FORMAT => {}
            found => return Err(IndexError::Format { found }),
        }
        change.commit()?;
        Ok(Self(connection))
    }

    /// Waits no longer than this for another process that writes.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn wait_at_most(&mut self, wait: Duration) -> Result<(), IndexError> {
        Ok(self.0.busy_timeout(wait)?)
    }

    /// Makes a change: all of it, or none.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn change<T, E: From<IndexError>>(
        &mut self,
        work: impl FnOnce(&mut Changing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate).map_err(IndexError::from)?;
        // Read anew: another process may have added codes since.
        let codes = read_codes(&transaction)?;
        let mut changing = Changing::new(transaction, codes);
        let done = work(&mut changing)?;
        changing.commit()?;
        Ok(done)
    }

    /// Reads at one moment: what another process writes meanwhile is not seen.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn read<T, E: From<IndexError>>(&mut self, work: impl FnOnce(&Reading<'_>) -> Result<T, E>) -> Result<T, E> {
        let transaction = self.0.transaction().map_err(IndexError::from)?;
        let codes = read_codes(&transaction)?;
        work(&Reading::new(transaction, codes))
    }

    /// Writes the whole file anew, so that nothing is left of what was deleted: rows that the database moved within the file leave
    /// copies where they stood, and those are not overwritten when the row is. Takes as long as writing the file does. Tells whether
    /// the log beside it is empty, too.
    ///
    /// # Errors
    /// [`IndexError`]; [`IndexError::Busy`] while another process writes.
    pub fn erase(&mut self) -> Result<bool, IndexError> {
        self.0.execute_batch("VACUUM")?;
        self.checkpoint()
    }

    /// Brings what was written into the file and empties the log beside it, where what was deleted still stands. Tells whether it
    /// could: it cannot while another process reads.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn checkpoint(&mut self) -> Result<bool, IndexError> {
        let is_held: i64 = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(is_held == 0)
    }
}

fn read_codes(connection: &Connection) -> Result<Codes, IndexError> {
    let mut statement = connection.prepare_cached("SELECT id, text FROM code ORDER BY id")?;
    let mut texts = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if usize::try_from(row.get::<_, i64>(0)?) != Ok(texts.len()) {
            return Err(IndexError::Damaged("the list of codes"));
        }
        texts.push(row.get(1)?);
    }
    Ok(Codes::of(texts))
}
