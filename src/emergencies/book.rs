//! The ledger of emergencies on disk: openings and events, only ever added. Two processes may share the file.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{Emergency, Event, LeaderThen, What};
use super::seal::Seal;
use crate::access::EmergencyCode;
use crate::audit::{Pseudonym, PseudonymKey};
use crate::store::{Format, Ledger, LedgerError};

/// Codes and times in the open, so that they can be searched by; what people wrote is sealed.
const FORMAT: Format = Format {
    version: 1,
    tables: "
        CREATE TABLE opened (
            id BLOB NOT NULL PRIMARY KEY, employee TEXT NOT NULL, opened_ms INTEGER NOT NULL, ends_ms INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX opened_by ON opened (employee, opened_ms);
        CREATE TABLE number (
            pseudonym TEXT NOT NULL, emergency BLOB NOT NULL REFERENCES opened (id), PRIMARY KEY (pseudonym, emergency)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX number_of ON number (emergency);
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY, emergency BLOB NOT NULL REFERENCES opened (id), what TEXT NOT NULL,
            is_final INTEGER NOT NULL, body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX event_of ON event (emergency, what, is_final);
    ",
    append_only: &["opened", "number", "event"],
};

/// The file cannot be used, or holds something that this service has not written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Sealed under another key, or damaged.
    #[error("read the ledger of emergencies: a row was sealed under another pseudonym key, or is damaged")]
    Unreadable,
}

impl From<rusqlite::Error> for BookError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Ledger(error.into())
    }
}

/// What became of an opening.
#[derive(Debug)]
pub(super) enum Opening {
    /// It stands; the employee has opened so many within the time asked about, this one counted.
    Opened {
        /// Openings of the employee.
        recent: u64,
    },
    /// Another process was faster: this one is running already.
    Running(Box<Emergency>),
}

/// What may follow what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Appended<C> {
    /// It stands.
    Yes,
    /// What is there stands against it.
    Refused(C),
}

/// Which emergencies a list holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Selection {
    /// With a final judgement, or without.
    pub(super) judged: Option<bool>,
    /// With a notice that was given, or without.
    pub(super) told: Option<bool>,
    /// About the citizen with this number.
    pub(super) citizen: Option<Pseudonym>,
    /// Older than this one.
    pub(super) before: Option<Uuid>,
    /// So many at most.
    pub(super) limit: usize,
}

/// The open ledger.
#[derive(Debug)]
pub(super) struct Book {
    ledger: Ledger,
    seal: Seal,
}

/// What is sealed of an opening.
#[derive(Serialize, Deserialize)]
struct Body {
    department: Option<String>,
    unit: Option<String>,
    leader: Option<LeaderThen>,
    code: EmergencyCode,
    reason: String,
    after_refusal: bool,
    opened_at: Timestamp,
    ends_at: Timestamp,
    judge_by: Timestamp,
    tell_by: Timestamp,
}

/// What is sealed of an event.
#[derive(Serialize, Deserialize)]
struct EventBody {
    at: Timestamp,
    by: Option<String>,
    #[serde(flatten)]
    what: What,
}

impl Book {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path, key: &PseudonymKey) -> Result<Self, BookError> {
        Ok(Self { ledger: Ledger::open(path, FORMAT)?, seal: Seal::new(key) })
    }

    /// Nothing was ever opened.
    #[cfg(any(test, feature = "fakes"))]
    pub(super) fn is_empty(&self) -> Result<bool, BookError> {
        let any = self.ledger.connection().query_row("SELECT EXISTS (SELECT 1 FROM opened)", [], |row| row.get(0));
        Ok(!any.map(|any: bool| any)?)
    }

    /// The emergency of this employee about this citizen that is running at `now`.
    pub(super) fn running(
        &self,
        employee: &str,
        numbers: &[Pseudonym],
        now: Timestamp,
    ) -> Result<Option<Emergency>, BookError> {
        self.running_on(&self.ledger.connection(), employee, numbers, now)
    }

    fn running_on(
        &self,
        connection: &Connection,
        employee: &str,
        numbers: &[Pseudonym],
        now: Timestamp,
    ) -> Result<Option<Emergency>, BookError> {
        for number in numbers {
            let mut find = connection.prepare(
                "SELECT opened.id, opened.employee, opened.body FROM number JOIN opened ON opened.id = number.emergency
                 WHERE number.pseudonym = ?1 AND opened.employee = ?2 AND opened.ends_ms >= ?3 ORDER BY opened.id DESC",
            )?;
            let found = find.query_map(params![number.to_string(), employee, now.as_millisecond()], raw)?;
            for row in found.collect::<Result<Vec<_>, _>>()? {
                let emergency = self.whole(connection, &row)?;
                if now < emergency.ends_at {
                    return Ok(Some(emergency));
                }
            }
        }
        Ok(None)
    }

    /// Adds an opening, unless one of the same employee about the same citizen is running. `since`: from when the
    /// employee's openings are counted.
    pub(super) fn add(&self, new: &Emergency, since: Timestamp) -> Result<Opening, BookError> {
        let mut connection = self.ledger.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(running) = self.running_on(&change, &new.employee, &new.citizen, new.opened_at)? {
            return Ok(Opening::Running(Box::new(running)));
        }
        let body = Body {
            department: new.department.clone(),
            unit: new.unit.clone(),
            leader: new.leader.clone(),
            code: new.code,
            reason: new.reason.clone(),
            after_refusal: new.after_refusal,
            opened_at: new.opened_at,
            ends_at: new.ends_at,
            judge_by: new.judge_by,
            tell_by: new.tell_by,
        };
        let (opened, ends) = (new.opened_at.as_millisecond(), new.ends_at.as_millisecond());
        change.execute(
            "INSERT INTO opened (id, employee, opened_ms, ends_ms, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![new.id.as_bytes(), new.employee, opened, ends, self.seal.close(new.id, &body)],
        )?;
        add_numbers(&change, new.id, &new.citizen)?;
        for event in &new.events {
            self.add_event(&change, new.id, event)?;
        }
        let recent: i64 = change.query_row(
            "SELECT count(*) FROM opened WHERE employee = ?1 AND opened_ms > ?2",
            params![new.employee, since.as_millisecond()],
            |row| row.get(0),
        )?;
        change.commit()?;
        Ok(Opening::Opened { recent: recent.unsigned_abs() })
    }

    /// The citizen has these numbers, too.
    pub(super) fn know_as(&self, id: Uuid, numbers: &[Pseudonym]) -> Result<(), BookError> {
        let mut connection = self.ledger.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        add_numbers(&change, id, numbers)?;
        Ok(change.commit()?)
    }

    /// Adds an event if `may` has nothing against it, given what is there at that moment.
    pub(super) fn append<C>(
        &self,
        id: Uuid,
        event: &Event,
        may: impl FnOnce(&Emergency) -> Result<(), C>,
    ) -> Result<Option<Appended<C>>, BookError> {
        let mut connection = self.ledger.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(emergency) = self.find_on(&change, id)? else { return Ok(None) };
        if let Err(conflict) = may(&emergency) {
            return Ok(Some(Appended::Refused(conflict)));
        }
        self.add_event(&change, id, event)?;
        change.commit()?;
        Ok(Some(Appended::Yes))
    }

    fn add_event(&self, change: &Connection, id: Uuid, event: &Event) -> Result<(), BookError> {
        let body = EventBody { at: event.at, by: event.by.clone(), what: event.what.clone() };
        change.execute(
            "INSERT INTO event (emergency, what, is_final, body) VALUES (?1, ?2, ?3, ?4)",
            params![id.as_bytes(), event.what.word(), event.what.is_final(), self.seal.close(id, &body)],
        )?;
        Ok(())
    }

    /// One emergency.
    pub(super) fn find(&self, id: Uuid) -> Result<Option<Emergency>, BookError> {
        self.find_on(&self.ledger.connection(), id)
    }

    fn find_on(&self, connection: &Connection, id: Uuid) -> Result<Option<Emergency>, BookError> {
        let row = connection
            .prepare("SELECT id, employee, body FROM opened WHERE id = ?1")?
            .query_row([id.as_bytes()], raw)
            .optional()?;
        row.map(|row| self.whole(connection, &row)).transpose()
    }

    /// A list, newest first.
    pub(super) fn list(&self, selection: &Selection) -> Result<Vec<Emergency>, BookError> {
        let connection = self.ledger.connection();
        let mut list = connection.prepare(
            "SELECT id, employee, body FROM opened
             WHERE (?1 IS NULL OR ?1 = EXISTS (SELECT 1 FROM event
                    WHERE event.emergency = opened.id AND what = 'judged' AND is_final = 1))
               AND (?2 IS NULL OR ?2 = EXISTS (SELECT 1 FROM event
                    WHERE event.emergency = opened.id AND what = 'told' AND is_final = 1))
               AND (?3 IS NULL OR id IN (SELECT emergency FROM number WHERE pseudonym = ?3))
               AND (?4 IS NULL OR id < ?4)
             ORDER BY id DESC LIMIT ?5",
        )?;
        let citizen = selection.citizen.map(|citizen| citizen.to_string());
        let before = selection.before.map(Uuid::into_bytes);
        let limit = i64::try_from(selection.limit).unwrap_or(i64::MAX);
        let rows = list.query_map(params![selection.judged, selection.told, citizen, before, limit], raw)?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        rows.iter().map(|row| self.whole(&connection, row)).collect()
    }

    /// The opening with its numbers and events.
    fn whole(&self, connection: &Connection, row: &Raw) -> Result<Emergency, BookError> {
        let body: Body = self.seal.open(row.id, &row.body).map_err(|_| BookError::Unreadable)?;
        let mut numbers = connection.prepare("SELECT pseudonym FROM number WHERE emergency = ?1 ORDER BY pseudonym")?;
        let numbers =
            numbers.query_map([row.id.as_bytes()], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        let citizen = numbers.iter().map(|text| Pseudonym::parse(text).map_err(|_| BookError::Unreadable));
        let mut events = connection.prepare("SELECT body FROM event WHERE emergency = ?1 ORDER BY seq")?;
        let events =
            events.query_map([row.id.as_bytes()], |row| row.get::<_, Vec<u8>>(0))?.collect::<Result<Vec<_>, _>>()?;
        let event = |sealed: &Vec<u8>| {
            let body: EventBody = self.seal.open(row.id, sealed).map_err(|_| BookError::Unreadable)?;
            Ok(Event { at: body.at, by: body.by, what: body.what })
        };
        Ok(Emergency {
            id: row.id,
            citizen: citizen.collect::<Result<_, BookError>>()?,
            employee: row.employee.clone(),
            department: body.department,
            unit: body.unit,
            leader: body.leader,
            code: body.code,
            reason: body.reason,
            after_refusal: body.after_refusal,
            opened_at: body.opened_at,
            ends_at: body.ends_at,
            judge_by: body.judge_by,
            tell_by: body.tell_by,
            events: events.iter().map(event).collect::<Result<_, BookError>>()?,
        })
    }
}

struct Raw {
    id: Uuid,
    employee: String,
    body: Vec<u8>,
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw { id: Uuid::from_bytes(row.get(0)?), employee: row.get(1)?, body: row.get(2)? })
}

fn add_numbers(change: &Connection, id: Uuid, numbers: &[Pseudonym]) -> Result<(), BookError> {
    let mut add = change.prepare("INSERT OR IGNORE INTO number (pseudonym, emergency) VALUES (?1, ?2)")?;
    for number in numbers {
        add.execute(params![number.to_string(), id.as_bytes()])?;
    }
    Ok(())
}
