//! What is kept between runs, in a file of its own that every replica opens: the counts of each run, each list's last
//! pseudonyms, who is at work on one, and who has objected. The index may be removed and read anew; this may not.

use std::path::Path;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use super::objection::Event;
use crate::store::{Format, Ledger, LedgerError};
use crate::target_groups::diff::{Kept, NotKept};
use crate::target_groups::history::Counted;

const FORMAT: Format = Format {
    version: 1,
    tables: "
        -- One row a run that was handed over: counts and no citizen.
        CREATE TABLE target_run (
            seq INTEGER PRIMARY KEY,
            run TEXT NOT NULL UNIQUE,
            rule TEXT NOT NULL,
            receiver TEXT NOT NULL,
            made_us INTEGER NOT NULL,
            -- The day of the schedule that it was made for.
            slot TEXT,
            counted TEXT NOT NULL
        ) STRICT;
        CREATE INDEX target_run_of ON target_run (rule, receiver, seq);
        CREATE UNIQUE INDEX target_run_slot ON target_run (rule, receiver, slot) WHERE slot IS NOT NULL;
        -- What the next run compares itself with: pseudonyms and marks of reasons. The next run takes its place.
        CREATE TABLE target_list (
            rule TEXT NOT NULL,
            receiver TEXT NOT NULL,
            made_us INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (rule, receiver)
        ) STRICT;
        -- Who is at work on which list.
        CREATE TABLE target_work (
            rule TEXT NOT NULL,
            receiver TEXT NOT NULL,
            run TEXT NOT NULL,
            until_us INTEGER NOT NULL,
            PRIMARY KEY (rule, receiver)
        ) STRICT;
        CREATE TABLE target_objection (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            body TEXT NOT NULL
        ) STRICT;",
    append_only: &["target_run", "target_objection"],
};

/// Whoever is at work on a list and dies holds it for so long.
const WORK: SignedDuration = SignedDuration::from_mins(15);

/// Which list: a rule and its receiver.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListName {
    /// Code of the rule.
    pub rule: String,
    /// Code of the receiving unit.
    pub receiver: String,
}

/// A run that is to be kept.
#[derive(Debug)]
pub struct RunRow {
    /// Its id.
    pub run: Uuid,
    /// When it was made.
    pub made_at: Timestamp,
    /// The day of the schedule, where it was not asked for.
    pub slot: Option<Date>,
    /// True counts.
    pub counted: Counted,
    /// For the next run.
    pub kept: Kept,
}

/// A run is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The file cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Another process has the list, or has taken it over.
    #[error("make the list: another process is at work on it")]
    Busy,
}

impl From<rusqlite::Error> for NotTaken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Ledger(error.into())
    }
}

/// The file.
#[derive(Debug)]
pub struct RunLedger(Ledger);

impl RunLedger {
    /// Opens the file, or makes it. Blocks on the disk, as everything here does.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        Self::prepare(Ledger::open(path, FORMAT)?)
    }

    /// A file that ends with the process, for tests.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn in_memory() -> Result<Self, LedgerError> {
        Self::prepare(Ledger::in_memory(FORMAT)?)
    }

    fn prepare(ledger: Ledger) -> Result<Self, LedgerError> {
        // A list that is deleted is overwritten, not only unlinked.
        ledger.connection().pragma_update(None, "secure_delete", true)?;
        Ok(Self(ledger))
    }

    /// Begins a run: nobody else makes this list until it is kept or let go of.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn begin(&self, list: &ListName, run: Uuid, now: Timestamp) -> Result<(), NotTaken> {
        self.change(|change| {
            let until = now.saturating_add(WORK).unwrap_or(Timestamp::MAX).as_microsecond();
            let taken = change.execute(
                "INSERT INTO target_work (rule, receiver, run, until_us) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (rule, receiver) DO UPDATE SET run = ?3, until_us = ?4 WHERE until_us < ?5",
                params![list.rule, list.receiver, run.to_string(), until, now.as_microsecond()],
            )?;
            if taken == 1 { Ok(()) } else { Err(NotTaken::Busy) }
        })
    }

    /// Lets go of a list without keeping the run.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn let_go(&self, list: &ListName, run: Uuid) -> Result<(), LedgerError> {
        let delete = "DELETE FROM target_work WHERE rule = ?1 AND receiver = ?2 AND run = ?3";
        self.0.connection().execute(delete, params![list.rule, list.receiver, run.to_string()])?;
        Ok(())
    }

    /// Keeps a run in one transaction, and lets go of the list: killed before, the next run compares itself with the one before
    /// this, and tells again what was new.
    ///
    /// # Errors
    /// [`NotTaken::Busy`] when the list is another's by now.
    pub fn keep(&self, list: &ListName, row: &RunRow) -> Result<(), NotTaken> {
        self.change(|change| {
            let run = row.run.to_string();
            let delete = "DELETE FROM target_work WHERE rule = ?1 AND receiver = ?2 AND run = ?3";
            if change.execute(delete, params![list.rule, list.receiver, run])? == 0 {
                return Err(NotTaken::Busy);
            }
            let counted = serde_json::to_string(&row.counted).map_err(unwritable)?;
            let (made, slot) = (row.made_at.as_microsecond(), row.slot.map(|day| day.to_string()));
            change.execute(
                "INSERT INTO target_run (run, rule, receiver, made_us, slot, counted) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![run, list.rule, list.receiver, made, slot, counted],
            )?;
            change.execute(
                "INSERT OR REPLACE INTO target_list (rule, receiver, made_us, body) VALUES (?1, ?2, ?3, ?4)",
                params![list.rule, list.receiver, made, row.kept.to_bytes()],
            )?;
            Ok(())
        })
    }

    /// What is kept of the run before, and why it cannot be read where it cannot: then everybody is new.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn before(&self, list: &ListName) -> Result<Option<Result<Kept, NotKept>>, LedgerError> {
        let connection = self.0.connection();
        let mut find = connection.prepare("SELECT body FROM target_list WHERE rule = ?1 AND receiver = ?2")?;
        let body: Option<Vec<u8>> = find.query_row(params![list.rule, list.receiver], |row| row.get(0)).optional()?;
        Ok(body.map(|body| Kept::parse(&body)))
    }

    /// When the list was made that the next run compares itself with.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn made(&self, list: &ListName) -> Result<Option<i64>, LedgerError> {
        let connection = self.0.connection();
        let mut find =
            connection.prepare_cached("SELECT made_us FROM target_list WHERE rule = ?1 AND receiver = ?2")?;
        Ok(find.query_row(params![list.rule, list.receiver], |row| row.get(0)).optional()?)
    }

    /// The counts of every run of a list, the oldest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn counts(&self, list: &ListName) -> Result<Vec<Counted>, LedgerError> {
        let connection = self.0.connection();
        let mut all =
            connection.prepare("SELECT counted FROM target_run WHERE rule = ?1 AND receiver = ?2 ORDER BY seq")?;
        let rows = all.query_map(params![list.rule, list.receiver], |row| {
            let text: String = row.get(0)?;
            serde_json::from_str(&text).map_err(unreadable)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last day of the schedule for which this list was made.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn last_slot(&self, list: &ListName) -> Result<Option<Date>, LedgerError> {
        let connection = self.0.connection();
        let mut find = connection.prepare("SELECT max(slot) FROM target_run WHERE rule = ?1 AND receiver = ?2")?;
        let slot: Option<String> = find.query_row(params![list.rule, list.receiver], |row| row.get(0))?;
        Ok(slot.and_then(|text| text.parse().ok()))
    }

    /// Forgets the pseudonyms of lists that were made before this; the counts stay. Tells how many lists.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn forget_lists(&self, before: Timestamp) -> Result<usize, LedgerError> {
        let delete = "DELETE FROM target_list WHERE made_us < ?1";
        Ok(self.0.connection().execute(delete, params![before.as_microsecond()])?)
    }

    /// Adds what happened to an objection; on disk when this returns.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn add_objection(&self, event: &Event) -> Result<(), LedgerError> {
        let body = serde_json::to_string(event).map_err(unwritable)?;
        let insert = "INSERT INTO target_objection (id, body) VALUES (?1, ?2)";
        self.0.connection().execute(insert, params![event.id.to_string(), body])?;
        Ok(())
    }

    /// Everything that happened to objections, in order. One that cannot be read fails the run: whoever has objected would be
    /// on a list otherwise.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn objections(&self) -> Result<Vec<Event>, LedgerError> {
        let connection = self.0.connection();
        let mut all = connection.prepare("SELECT body FROM target_objection ORDER BY seq")?;
        let rows = all.query_map([], |row| {
            let text: String = row.get(0)?;
            serde_json::from_str(&text).map_err(unreadable)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn change<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, NotTaken>) -> Result<T, NotTaken> {
        let mut connection = self.0.connection();
        let connection: &mut Connection = &mut connection;
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&change)?;
        change.commit()?;
        Ok(done)
    }
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
}
