//! The index on disk: `SQLite`, one row a citizen. What one page of a source brings is one transaction, with the place from which
//! reading goes on: killed at any point, nothing is half known and at most one page is read again.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row::BrokenRow;
use super::{CitizenRow, Codes, FactKey};
use crate::audit::Pseudonym;

/// Raised when tables or rows change their shape. An index of another format is not read: it is built anew from the sources.
const FORMAT: u32 = 1;

/// How long a transaction waits for another process on the same file.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
    CREATE TABLE code (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE citizen (who BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    -- Whose a source's case is: a source that tells changes names a case and not whom it was about before.
    CREATE TABLE holder (key INTEGER NOT NULL, who BLOB NOT NULL, PRIMARY KEY (key, who)) STRICT, WITHOUT ROWID;
    -- What a reading that is under way has seen, page by page: eight bytes a fact.
    CREATE TABLE seen (source TEXT NOT NULL, page INTEGER NOT NULL, keys BLOB NOT NULL, PRIMARY KEY (source, page)) STRICT;
    -- Where each source stands, each rule's last list, objections: by kind and name.
    CREATE TABLE state (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name)) STRICT;
";

/// The index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The folder cannot be made.
    #[error("make the folder of the target groups' index")]
    Folder(#[source] std::io::Error),
    /// `SQLite` refuses. Its own words may hold values, so they are not repeated.
    #[error("use the target groups' index: {}", kind(.0))]
    Database(#[from] rusqlite::Error),
    /// The file was written by another version.
    #[error(
        "use the target groups' index: it has format {found}, this program writes {FORMAT}; remove the file, and the sources are read anew"
    )]
    Format {
        /// What the file has.
        found: u32,
    },
    /// A row or a state is not what was written.
    #[error("use the target groups' index: {0} is damaged; remove the file, and the sources are read anew")]
    Damaged(&'static str),
    /// There is no number left for a code.
    #[error("use the target groups' index: more than 65,536 codes")]
    TooManyCodes,
}

impl From<BrokenRow> for IndexError {
    fn from(_: BrokenRow) -> Self {
        Self::Damaged("a citizen's row")
    }
}

fn kind(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => "the disk is full",
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => "another process holds it",
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen) => "it cannot be opened for writing",
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => "it is damaged",
        _ => "the database refused",
    }
}

/// The index, open for one process's use; several may have it open at once.
#[derive(Debug)]
pub struct TargetIndex {
    connection: Connection,
    codes: Codes,
}

impl TargetIndex {
    /// Opens the file, or makes it. Blocks on the disk, as everything here does.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        if let Some(folder) = path.parent() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(IndexError::Folder)?;
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
        let codes = read_codes(&change)?;
        change.commit()?;
        Ok(Self { connection, codes })
    }

    /// Makes a change: all of it, or none.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn change<T, E: From<IndexError>>(
        &mut self,
        work: impl FnOnce(&mut Changing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(IndexError::from)?;
        // Another process may have added codes since.
        let codes = read_codes(&transaction)?;
        let mut changing = Changing { transaction, codes };
        let done = work(&mut changing)?;
        self.codes = changing.commit()?;
        Ok(done)
    }

    /// Reads at one moment: what another process writes meanwhile is not seen.
    ///
    /// # Errors
    /// The work's own, or [`IndexError`].
    pub fn read<T, E: From<IndexError>>(&mut self, work: impl FnOnce(&Reading<'_>) -> Result<T, E>) -> Result<T, E> {
        let transaction = self.connection.transaction().map_err(IndexError::from)?;
        let codes = read_codes(&transaction)?;
        work(&Reading { transaction, codes })
    }
}

fn read_codes(connection: &Connection) -> Result<Codes, IndexError> {
    let mut statement = connection.prepare_cached("SELECT id, text FROM code ORDER BY id")?;
    let mut texts = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, u16>(0).map(usize::from)? != texts.len() {
            return Err(IndexError::Damaged("the list of codes"));
        }
        texts.push(row.get(1)?);
    }
    Ok(Codes::of(texts))
}

fn read_state<T: DeserializeOwned>(connection: &Connection, kind: &str, name: &str) -> Result<Option<T>, IndexError> {
    let mut statement = connection.prepare_cached("SELECT body FROM state WHERE kind = ?1 AND name = ?2")?;
    let body: Option<Vec<u8>> = statement.query_row([kind, name], |row| row.get(0)).optional()?;
    body.map(|body| serde_json::from_slice(&body).map_err(|_| IndexError::Damaged("a state"))).transpose()
}

/// The index at one moment.
#[derive(Debug)]
pub struct Reading<'a> {
    transaction: Transaction<'a>,
    codes: Codes,
}

impl Reading<'_> {
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
        let every = |each: &mut dyn FnMut(&[u8], &[u8]) -> Result<(), E>| -> Result<(), E> {
            let mut statement = self
                .transaction
                .prepare_cached("SELECT who, body FROM citizen ORDER BY who")
                .map_err(IndexError::from)?;
            let mut rows = statement.query([]).map_err(IndexError::from)?;
            while let Some(row) = rows.next().map_err(IndexError::from)? {
                let bytes = |at| {
                    row.get_ref(at)
                        .map_err(IndexError::from)?
                        .as_blob()
                        .map_err(|_| IndexError::Damaged("a citizen's row"))
                };
                each(bytes(0)?, bytes(1)?)?;
            }
            Ok(())
        };
        every(&mut |who, body| {
            let who = Pseudonym::from_bytes(who).ok_or(IndexError::Damaged("a citizen's row"))?;
            each(who, CitizenRow::read(body).map_err(IndexError::from)?)
        })
    }

    /// A state.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn state<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, IndexError> {
        read_state(&self.transaction, kind, name)
    }
}

/// One change under way.
#[derive(Debug)]
pub struct Changing<'a> {
    transaction: Transaction<'a>,
    codes: Codes,
}

impl Changing<'_> {
    fn commit(mut self) -> Result<Codes, IndexError> {
        {
            let mut statement = self.transaction.prepare_cached("INSERT INTO code (id, text) VALUES (?1, ?2)")?;
            for (id, text) in self.codes.unkept() {
                statement.execute(params![id.0, &**text])?;
            }
        }
        self.transaction.commit()?;
        self.codes.kept();
        Ok(self.codes)
    }

    /// The codes, to find numbers and to give new ones.
    pub fn codes(&mut self) -> &mut Codes {
        &mut self.codes
    }

    /// A citizen's row.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn citizen(&self, who: &Pseudonym) -> Result<Option<CitizenRow>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT body FROM citizen WHERE who = ?1")?;
        let mut rows = statement.query([who.bytes().as_slice()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let body = row.get_ref(0)?.as_blob().map_err(|_| IndexError::Damaged("a citizen's row"))?;
        Ok(Some(CitizenRow::read(body)?))
    }

    /// Writes a citizen's row. One without facts is deleted: the index holds citizens with a case, and nobody else.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_citizen(&self, who: &Pseudonym, row: &CitizenRow) -> Result<(), IndexError> {
        if row.facts.is_empty() {
            return self.forget_citizen(who).map(drop);
        }
        let mut statement =
            self.transaction.prepare_cached("INSERT OR REPLACE INTO citizen (who, body) VALUES (?1, ?2)")?;
        statement.execute(params![who.bytes().as_slice(), row.bytes()])?;
        Ok(())
    }

    /// Deletes a citizen: the row, and what names them. Tells whether there was one.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn forget_citizen(&self, who: &Pseudonym) -> Result<bool, IndexError> {
        let who = who.bytes().as_slice();
        self.transaction.prepare_cached("DELETE FROM holder WHERE who = ?1")?.execute([who])?;
        Ok(self.transaction.prepare_cached("DELETE FROM citizen WHERE who = ?1")?.execute([who])? > 0)
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
        let mut statement =
            self.transaction.prepare_cached("SELECT who, body FROM citizen WHERE who > ?1 ORDER BY who LIMIT ?2")?;
        let after: &[u8] = after.map_or(&[], |who| who.bytes().as_slice());
        let mut rows = statement.query(params![after, i64::try_from(count).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let who = row.get_ref(0)?.as_blob().ok().and_then(Pseudonym::from_bytes);
            let body = row.get_ref(1)?.as_blob().map_err(|_| IndexError::Damaged("a citizen's row"))?;
            found.push((who.ok_or(IndexError::Damaged("a citizen's row"))?, CitizenRow::read(body)?));
        }
        Ok(found)
    }

    /// Whose this case is known to be, where its source tells changes.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn holders(&self, key: FactKey) -> Result<Vec<Pseudonym>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT who FROM holder WHERE key = ?1")?;
        let rows = statement.query_map([key.0.cast_signed()], |row| row.get::<_, Vec<u8>>(0))?;
        let holders = rows.map(|row| Pseudonym::from_bytes(&row?).ok_or(IndexError::Damaged("a holder of a case")));
        holders.collect()
    }

    /// Remembers whose this case is.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn hold(&self, key: FactKey, who: &Pseudonym) -> Result<(), IndexError> {
        let mut statement =
            self.transaction.prepare_cached("INSERT OR IGNORE INTO holder (key, who) VALUES (?1, ?2)")?;
        statement.execute(params![key.0.cast_signed(), who.bytes().as_slice()])?;
        Ok(())
    }

    /// This case is no longer theirs.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn release(&self, key: FactKey, who: &Pseudonym) -> Result<(), IndexError> {
        let mut statement = self.transaction.prepare_cached("DELETE FROM holder WHERE key = ?1 AND who = ?2")?;
        statement.execute(params![key.0.cast_signed(), who.bytes().as_slice()])?;
        Ok(())
    }

    /// Remembers what one page of a whole reading has told.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_seen(&self, source: &str, page: u32, keys: &[u64]) -> Result<(), IndexError> {
        let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
        let mut statement =
            self.transaction.prepare_cached("INSERT OR REPLACE INTO seen (source, page, keys) VALUES (?1, ?2, ?3)")?;
        statement.execute(params![source, page, bytes])?;
        Ok(())
    }

    /// Everything that the reading under way has told, sorted: eight bytes a fact.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn seen(&self, source: &str) -> Result<Vec<u64>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT keys FROM seen WHERE source = ?1 ORDER BY page")?;
        let mut rows = statement.query([source])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().map_err(|_| IndexError::Damaged("a page of a reading"))?;
            let (words, rest) = bytes.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(IndexError::Damaged("a page of a reading"));
            }
            keys.extend(words.iter().map(|word| u64::from_be_bytes(*word)));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// Forgets what readings of the source have told: the next one begins.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn clear_seen(&self, source: &str) -> Result<(), IndexError> {
        self.transaction.prepare_cached("DELETE FROM seen WHERE source = ?1")?.execute([source])?;
        Ok(())
    }

    /// A state.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn state<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, IndexError> {
        read_state(&self.transaction, kind, name)
    }

    /// Writes a state.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_state<T: Serialize>(&self, kind: &str, name: &str, state: &T) -> Result<(), IndexError> {
        let body = serde_json::to_vec(state).map_err(|_| IndexError::Damaged("a state"))?;
        let mut statement =
            self.transaction.prepare_cached("INSERT OR REPLACE INTO state (kind, name, body) VALUES (?1, ?2, ?3)")?;
        statement.execute(params![kind, name, body])?;
        Ok(())
    }

    /// Drops a state. Tells whether there was one.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn drop_state(&self, kind: &str, name: &str) -> Result<bool, IndexError> {
        Ok(self.transaction.prepare_cached("DELETE FROM state WHERE kind = ?1 AND name = ?2")?.execute([kind, name])?
            > 0)
    }

    /// Names of all states of a kind, in order.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn names(&self, kind: &str) -> Result<Vec<String>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT name FROM state WHERE kind = ?1 ORDER BY name")?;
        let names = statement.query_map([kind], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }
}
