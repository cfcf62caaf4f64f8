//! The index on disk: `SQLite`, one row a citizen. What one page of a source brings is one transaction, with the place from which
//! reading goes on: killed at any point, nothing is half known and at most one page is read again.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::FORMAT;
use super::tables::TABLES;
use super::{Changing, Codes, FreshIndex, IndexError, Old, Reading};

/// How long a transaction waits for another process on the same file.
const BUSY: Duration = Duration::from_secs(5);

/// The index, open for one process's use; several may have it open at once. Blocks on the disk, as everything here does.
///
/// A fresh index may be put in the place of the file by another process: it is followed at the next change or reading.
#[derive(Debug)]
pub struct TargetIndex {
    connection: Connection,
    wait: Duration,
    /// Where it lies, and which file that was; none in memory.
    place: Option<(PathBuf, FileId)>,
}

/// Device and number of a file.
type FileId = (u64, u64);

/// Which file lies at a path, links followed; `None` where there is none.
fn file_at(path: &Path) -> Option<FileId> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

impl TargetIndex {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        if let Some(folder) = path.parent() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            builder.mode(0o700);
            builder.create(folder).map_err(|error| IndexError::Folder(error.kind()))?;
        }
        loop {
            // There before it is opened, so that it is known which one was opened.
            let made = fs::OpenOptions::new().create(true).append(true).open(path);
            made.map_err(|_| IndexError::Database("it cannot be opened for writing"))?;
            let before = file_at(path);
            let connection = Connection::open(path)?;
            if let Some(id) = before.filter(|before| file_at(path) == Some(*before)) {
                return Ok(Self { connection: prepare(connection)?, wait: BUSY, place: Some((path.to_owned(), id)) });
            }
        }
    }

    /// An index that ends with the process, for tests.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn in_memory() -> Result<Self, IndexError> {
        Ok(Self { connection: prepare(Connection::open_in_memory()?)?, wait: BUSY, place: None })
    }

    /// Waits no longer than this for another process that writes.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn wait_at_most(&mut self, wait: Duration) -> Result<(), IndexError> {
        self.wait = wait;
        Ok(self.connection.busy_timeout(wait)?)
    }

    /// Opens the fresh index that was put in the place of this one.
    fn follow(&mut self) -> Result<(), IndexError> {
        if has_moved(self.place.as_ref()) {
            let path = self.place.as_ref().map(|(path, _)| path.clone()).unwrap_or_default();
            let wait = self.wait;
            *self = Self::open(&path)?;
            self.wait_at_most(wait)?;
        }
        Ok(())
    }

    /// Makes a change: all of it, or none.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn change<T, E: From<IndexError>>(
        &mut self,
        work: impl FnOnce(&mut Changing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.alone(|transaction, codes| {
            let mut changing = Changing::new(transaction, codes);
            let done = work(&mut changing)?;
            changing.commit()?;
            Ok(done)
        })
    }

    /// Works on the file that lies in its place, while nobody else changes it or puts a fresh one there.
    fn alone<T, E: From<IndexError>>(
        &mut self,
        work: impl FnOnce(Transaction<'_>, Codes) -> Result<T, E>,
    ) -> Result<T, E> {
        loop {
            self.follow()?;
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let transaction = transaction.map_err(IndexError::from)?;
            // Whoever puts a fresh one in its place holds this lock meanwhile: who gets it afterwards has the old one.
            if has_moved(self.place.as_ref()) {
                continue;
            }
            // Read anew: another process may have added codes since.
            let codes = read_codes(&transaction)?;
            return work(transaction, codes);
        }
    }

    /// Puts `fresh` in the place of this one, once `work` has written it; nobody else changes this one meanwhile. Killed at any
    /// point, either of the two stands whole. Nothing is put there when `work` fails.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub(in crate::target_groups) fn replace<T, E: From<IndexError>>(
        &mut self,
        mut fresh: FreshIndex,
        work: impl FnOnce(&Old<'_>, &mut FreshIndex) -> Result<T, E>,
    ) -> Result<T, E> {
        let (done, left_over) = self.alone(|transaction, codes| {
            let done = work(&Old { transaction: &transaction, codes }, &mut fresh)?;
            // Nothing was written into the old one.
            Ok::<_, E>((done, fresh.put_in_place()?))
        })?;
        self.follow()?;
        left_over.remove();
        Ok(done)
    }

    /// Reads at one moment: what another process writes meanwhile is not seen.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn read<T, E: From<IndexError>>(&mut self, work: impl FnOnce(&Reading<'_>) -> Result<T, E>) -> Result<T, E> {
        self.follow()?;
        let transaction = self.connection.transaction().map_err(IndexError::from)?;
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
        self.follow()?;
        self.connection.execute_batch("VACUUM")?;
        self.checkpoint()
    }

    /// Brings what was written into the file and empties the log beside it, where what was deleted still stands. Tells whether it
    /// could: it cannot while another process reads.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn checkpoint(&mut self) -> Result<bool, IndexError> {
        let is_held: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(is_held == 0)
    }
}

fn prepare(mut connection: Connection) -> Result<Connection, IndexError> {
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
    Ok(connection)
}

/// Another file lies where this one lay.
fn has_moved(place: Option<&(PathBuf, FileId)>) -> bool {
    place.is_some_and(|(path, id)| file_at(path) != Some(*id))
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
