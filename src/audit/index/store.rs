//! The one hand that writes the index, and the mark that says how far it has come.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::alarm::Raised;
use super::fold::Folding;
use super::follow::IndexError;
use super::listed::Listed;
use super::names::Names;
use super::often::Often;
use super::pace::{HOUR_US, Pace};
use super::search::keep_plans;
use super::settings::IndexSettings;
use super::tables::{EMPTY, INDEXES, TABLES, VERSION};
use crate::audit::entry::{IndexedEntry, Phase};
use crate::audit::keys::KeyId;
use crate::audit::segment::SegmentName;

/// `SQLite`'s word for whose file it is: "glas".
const APPLICATION: i32 = i32::from_be_bytes(*b"glas");

/// So much that is being changed lies in memory before some of it is written: more than a batch has. Not in pages: `SQLite` takes
/// the lowest eight bits of a number of pages for yes or no, and 16,384 would be no.
const SPILL_KIB: i64 = 64 * 1024;

/// So many pages of changes gather beside the file: 16 MiB.
const WAL_PAGES: i64 = 4096;

/// How much of the index lies in the service's own memory.
const CACHE_KIB: i64 = 8 * 1024;

/// How long the writer waits for somebody else's hand on the file.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// The last record that the index holds, and where it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub seq: u64,
    pub hash: String,
    pub segment: SegmentName,
    pub start: u64,
}

/// One record on its way into the index.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub mark: Mark,
    /// The key that sealed it.
    pub key: Option<KeyId>,
    /// `None` when its entry could not be read.
    pub entry: Option<IndexedEntry>,
}

/// The one connection that writes.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: Connection,
    pub(super) names: Names,
    pub(super) often: Often,
    pace: Pace,
    listed: Listed,
    settings: IndexSettings,
}

impl Store {
    /// Opens the file. One of another version is removed and begun anew, because the log has it all; one that is not ours
    /// is left alone, whatever the configuration says.
    pub(super) fn open(path: &Path, settings: IndexSettings) -> Result<Self, IndexError> {
        if !is_ours_or_new(path)? {
            return Err(IndexError::NotOurs);
        }
        let connection = if let Some(connection) = open_as_is(path)? {
            connection
        } else {
            remove(path)?;
            open_as_is(path)?.ok_or(IndexError::NotOurs)?
        };
        let listed = Listed::open(settings.listed_persons.as_deref(), &settings.key)?;
        let (names, often, pace) = (Names::default(), Often::default(), Pace::default());
        let mut store = Self { connection, names, often, pace, listed, settings };
        store.remember_the_hour()?;
        Ok(store)
    }

    /// How far the index has come; `None` when it is empty.
    pub(super) fn mark(&self) -> rusqlite::Result<Option<Mark>> {
        let sql = "SELECT seq, hash, segment, start FROM mark";
        let mark = self.connection.query_row(sql, [], |row| {
            Ok(Mark {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                hash: row.get(1)?,
                segment: SegmentName { first_seq: row.get::<_, i64>(2)?.cast_unsigned() },
                start: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        });
        mark.optional()
    }

    /// Empties the index.
    pub(super) fn empty(&mut self) -> rusqlite::Result<()> {
        self.names.forget();
        self.often.forget();
        self.pace.forget();
        self.connection.execute_batch(EMPTY)
    }

    /// Adds the rows and moves the mark, both or neither; the alarms that are new.
    pub(super) fn add(&mut self, rows: &[Row]) -> rusqlite::Result<Vec<Raised>> {
        let added = self.try_add(rows);
        if added.is_err() {
            // What was remembered may not have been written.
            self.names.forget();
            self.often.forget();
            self.remember_the_hour()?;
        }
        added
    }

    fn try_add(&mut self, rows: &[Row]) -> rusqlite::Result<Vec<Raised>> {
        let Some(Row { mark, .. }) = rows.last() else { return Ok(Vec::new()) };
        self.listed.look_again();
        let transaction = self.connection.transaction()?;
        let mut folding = Folding {
            transaction: &transaction,
            names: &mut self.names,
            pace: &mut self.pace,
            often: &mut self.often,
            listed: &self.listed,
            settings: &self.settings,
            raised: Vec::new(),
        };
        let mut rest = rows.iter().peekable();
        while let Some(row) = rest.next() {
            let Some(entry) = &row.entry else { continue };
            let end = rest.next_if(|next| next.entry.as_ref().is_some_and(|last| ends(entry, last)));
            match end.and_then(|end| Some((&end.mark, end.entry.as_ref()?))) {
                Some(end) => folding.take_whole(row.key.as_ref(), (&row.mark, entry), end)?,
                None => folding.take(&row.mark, row.key.as_ref(), entry)?,
            }
        }
        let raised = folding.raised;
        transaction.execute(
            "INSERT OR REPLACE INTO mark VALUES (1, ?1, ?2, ?3, ?4)",
            params![mark.seq.cast_signed(), mark.hash, mark.segment.first_seq.cast_signed(), mark.start.cast_signed()],
        )?;
        transaction.commit()?;
        Ok(raised)
    }

    /// Counts the look-ups of the last hour anew, as they came in: after a restart the count goes on.
    fn remember_the_hour(&mut self) -> rusqlite::Result<()> {
        self.pace.forget();
        let last: Option<i64> = self.connection.query_row("SELECT max(at_us) FROM act", [], |row| row.get(0))?;
        let Some(last) = last else { return Ok(()) };
        let sql = "SELECT employee, citizen, at_us, (SELECT text FROM word WHERE word.id = act.unit) FROM act \
            WHERE at_us > ?1 AND repeats > 0 AND employee IS NOT NULL AND citizen IS NOT NULL ORDER BY at_us";
        let mut hour = self.connection.prepare(sql)?;
        let mut rows = hour.query(params![last - HOUR_US])?;
        while let Some(row) = rows.next()? {
            let unit: Option<String> = row.get(3)?;
            let norm = self.settings.norms.of_unit(unit.as_deref());
            self.pace.count(row.get(0)?, row.get(1)?, row.get(2)?, norm);
        }
        Ok(())
    }
}

/// The second entry is the end of what the first one begins.
fn ends(first: &IndexedEntry, last: &IndexedEntry) -> bool {
    (first.phase, last.phase) == (Phase::Intended, Phase::Completed)
        && (first.attempt, first.citizen) == (last.attempt, last.citizen)
}

fn open_as_is(path: &Path) -> rusqlite::Result<Option<Connection>> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_MAX)?;
    // Before the WAL: it must stand in the file itself, where the next start looks for it.
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?; // what a power cut takes is indexed again
    connection.pragma_update(None, "secure_delete", true)?; // what is forgotten is overwritten
    // Between two batches; the system keeps the file's pages, too. While it writes, a batch holds what it changes, and a year
    // that is forgotten no more than that.
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "cache_spill", -SPILL_KIB)?;
    // Pages: what many batches changed is put into its place once.
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    connection.set_prepared_statement_cache_capacity(64);
    keep_plans(&connection)?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version != 0 && version != VERSION {
        return Ok(None);
    }
    connection.execute_batch(TABLES)?;
    connection.execute_batch(INDEXES)?;
    connection.pragma_update(None, "user_version", VERSION)?;
    Ok(Some(connection))
}

/// Whether the file is missing, empty, or says in its first bytes that it is an index of ours.
fn is_ours_or_new(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(72).read_to_end(&mut head)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(head.is_empty() || (head.starts_with(b"SQLite format 3\0") && head.ends_with(&APPLICATION.to_be_bytes())))
}

/// Removes the file and what `SQLite` keeps beside it.
fn remove(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
