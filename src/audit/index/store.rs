//! The `SQLite` file of the index: its table, and the mark that says how far it has come.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::follow::IndexError;
use crate::audit::entry::{AuditEntry, Phase};
use crate::audit::keys::RetentionClass;
use crate::audit::segment::SegmentName;

/// How long a change waits for the one under way.
const BUSY: Duration = Duration::from_secs(10);

/// Another number here, and the file is made anew from the log.
const VERSION: i64 = 4;

/// `SQLite`'s word for whose file it is: "glas".
const APPLICATION: i32 = i32::from_be_bytes(*b"glas");

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS record (
        seq        INTEGER PRIMARY KEY,
        at_us      INTEGER NOT NULL,
        phase      TEXT NOT NULL,
        attempt    TEXT NOT NULL,
        employee   TEXT,
        unit       TEXT,
        department TEXT,
        role       TEXT,
        purpose    TEXT,
        citizen    TEXT,
        case_ref   TEXT,
        trace_id   TEXT,
        outcome    TEXT,
        status     INTEGER,
        segment    INTEGER NOT NULL,
        start      INTEGER NOT NULL,
        relation   TEXT,
        bars       TEXT,
        protected  TEXT,
        household  INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS record_citizen ON record (citizen, seq) WHERE citizen IS NOT NULL;
    CREATE INDEX IF NOT EXISTS record_employee ON record (employee, seq) WHERE employee IS NOT NULL;
    CREATE INDEX IF NOT EXISTS record_unit ON record (unit, seq) WHERE unit IS NOT NULL;
    CREATE INDEX IF NOT EXISTS record_at ON record (at_us);
    CREATE TABLE IF NOT EXISTS bar (
        bar        TEXT NOT NULL,
        seq        INTEGER NOT NULL,
        PRIMARY KEY (bar, seq)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS same_person (
        one        TEXT NOT NULL,
        other      TEXT NOT NULL,
        PRIMARY KEY (one, other)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS mark (
        only    INTEGER PRIMARY KEY CHECK (only = 1),
        seq     INTEGER NOT NULL,
        hash    TEXT NOT NULL,
        segment INTEGER NOT NULL,
        start   INTEGER NOT NULL
    );
";

const ADD: &str =
    "INSERT OR REPLACE INTO record VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20)";

const ADD_BAR: &str = "INSERT OR IGNORE INTO bar VALUES (?1, ?2)";

/// Both ways, so that a search can begin at either number.
const ADD_NAME: &str = "INSERT OR IGNORE INTO same_person VALUES (?1, ?2), (?2, ?1)";

/// The last record that the index holds, and where it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub seq: u64,
    pub hash: String,
    pub segment: SegmentName,
    pub start: u64,
}

/// One record on its way into the index; `None` when its key is gone, or its entry could not be read.
pub(super) type Row = (Mark, Option<AuditEntry>);

/// The one connection that writes.
#[derive(Debug)]
pub(super) struct Store(Connection);

impl Store {
    /// Opens the file. One of another version is removed and begun anew, because the log has it all; one that is not ours
    /// is left alone, whatever the configuration says.
    pub(super) fn open(path: &Path) -> Result<Self, IndexError> {
        if !is_ours_or_new(path)? {
            return Err(IndexError::NotOurs);
        }
        if let Some(store) = Self::open_as_is(path)? {
            return Ok(store);
        }
        remove(path)?;
        Self::open_as_is(path)?.ok_or(IndexError::NotOurs)
    }

    fn open_as_is(path: &Path) -> rusqlite::Result<Option<Self>> {
        let connection = Connection::open(path)?;
        // Before the WAL: it must stand in the file itself, where the next start looks for it.
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?; // what a power cut takes is indexed again
        connection.pragma_update(None, "secure_delete", true)?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version != 0 && version != VERSION {
            return Ok(None);
        }
        connection.busy_timeout(BUSY)?;
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", VERSION)?;
        Ok(Some(Self(connection)))
    }

    /// How far the index has come; `None` when it is empty.
    pub(super) fn mark(&self) -> rusqlite::Result<Option<Mark>> {
        let sql = "SELECT seq, hash, segment, start FROM mark";
        let mark = self.0.query_row(sql, [], |row| {
            Ok(Mark {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                hash: row.get(1)?,
                segment: SegmentName { first_seq: row.get::<_, i64>(2)?.cast_unsigned() },
                start: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        });
        mark.optional()
    }

    /// Removes what is known of entries of this class from before this moment, but for the records that are held. The bytes
    /// are overwritten.
    pub(super) fn forget_before(
        &mut self,
        before: Timestamp,
        class: RetentionClass,
        held: &[u64],
    ) -> rusqlite::Result<()> {
        let transaction = self.0.transaction()?;
        transaction
            .execute_batch("CREATE TEMP TABLE IF NOT EXISTS held (seq INTEGER PRIMARY KEY); DELETE FROM held")?;
        for seq in held {
            transaction.execute("INSERT OR IGNORE INTO held VALUES (?1)", params![seq.cast_signed()])?;
        }
        for phase in Phase::ALL.into_iter().filter(|phase| RetentionClass::of(*phase) == class) {
            for table in [
                "DELETE FROM bar WHERE seq IN (SELECT seq FROM record WHERE at_us < ?1 AND phase = ?2 \
                 AND seq NOT IN (SELECT seq FROM held))",
                "DELETE FROM record WHERE at_us < ?1 AND phase = ?2 AND seq NOT IN (SELECT seq FROM held)",
            ] {
                transaction.execute(table, params![before.as_microsecond(), phase.as_str()])?;
            }
        }
        // Two numbers of one person, when nothing is left about either.
        let known = "(SELECT citizen FROM record WHERE citizen IS NOT NULL)";
        let gone = format!("DELETE FROM same_person WHERE one NOT IN {known} AND other NOT IN {known}");
        transaction.execute(&gone, [])?;
        transaction.commit()?;
        // The journal beside the file holds the old pages until it is begun anew; a reader at work puts that off to the next run.
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// Empties the index.
    pub(super) fn forget(&self) -> rusqlite::Result<()> {
        self.0.execute_batch(
            "BEGIN; DELETE FROM record; DELETE FROM bar; DELETE FROM same_person; DELETE FROM mark; COMMIT",
        )
    }

    /// Adds the rows and moves the mark, both or neither.
    pub(super) fn add(&mut self, rows: &[Row]) -> rusqlite::Result<()> {
        let Some((last, _)) = rows.last() else { return Ok(()) };
        let transaction = self.0.transaction()?;
        {
            let mut add = transaction.prepare(ADD)?;
            let mut add_bar = transaction.prepare(ADD_BAR)?;
            let mut add_name = transaction.prepare(ADD_NAME)?;
            for (place, entry) in rows {
                let Some(entry) = entry else { continue };
                let caller = entry.caller.as_ref();
                add.execute(params![
                    place.seq.cast_signed(),
                    entry.at.as_microsecond(),
                    entry.phase.as_str(),
                    entry.attempt.to_string(),
                    caller.map(|caller| &caller.employee),
                    caller.and_then(|caller| caller.unit.as_deref()),
                    caller.and_then(|caller| caller.department.as_deref()),
                    caller.map(|caller| caller.roles.join(" ")),
                    entry.purpose,
                    entry.citizen.map(|citizen| citizen.to_string()),
                    entry.case_ref,
                    entry.trace_id,
                    entry.decision.as_ref().map(|decision| &decision.outcome),
                    entry.status,
                    place.segment.first_seq.cast_signed(),
                    place.start.cast_signed(),
                    entry.relation,
                    (!entry.bars.is_empty()).then(|| entry.bars.join(" ")),
                    entry.protected_reason,
                    entry.household,
                ])?;
                for bar in &entry.bars {
                    add_bar.execute(params![bar, place.seq.cast_signed()])?;
                }
                let citizen = entry.citizen.map(|citizen| citizen.to_string());
                for (citizen, name) in
                    citizen.iter().flat_map(|one| entry.also_known_as.iter().map(move |name| (one, name)))
                {
                    add_name.execute(params![citizen, name.to_string()])?;
                }
            }
        }
        transaction.execute(
            "INSERT OR REPLACE INTO mark VALUES (1, ?1, ?2, ?3, ?4)",
            params![last.seq.cast_signed(), last.hash, last.segment.first_seq.cast_signed(), last.start.cast_signed()],
        )?;
        transaction.commit()
    }
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
