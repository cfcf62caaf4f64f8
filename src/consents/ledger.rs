//! The file of consents: one row an event, only ever added, read anew for each answer.

use std::path::Path;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params_from_iter};
use uuid::Uuid;

use super::Event;
use super::proved::LedgerRow;
use crate::audit::Pseudonym;
use crate::store::{Format, Ledger, LedgerError};

const FORMAT: Format = Format {
    version: 1,
    tables: "
        CREATE TABLE consent_event (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            consent TEXT NOT NULL,
            citizen TEXT NOT NULL,
            -- Of the first event alone.
            case_ref TEXT,
            -- MACs of the client's key and of the whole request: the same request twice is one event.
            request_key TEXT UNIQUE,
            request TEXT,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX consent_event_citizen ON consent_event (citizen);
        CREATE INDEX consent_event_consent ON consent_event (consent);
        CREATE INDEX consent_event_case ON consent_event (case_ref) WHERE case_ref IS NOT NULL;",
    append_only: &["consent_event"],
};

/// Consents of one case at most, the newest: a case serves one citizen's consents, or a family's.
const CASE_CONSENTS_MAX: usize = 300;

/// The client's key of one request, and the request itself; both as MACs, since either may hold what is no name of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestKey {
    pub(super) key: String,
    pub(super) request: String,
}

/// Two connections on one file: an answer never waits for a commit of its own process.
#[derive(Debug)]
pub(super) struct ConsentLedger {
    reads: Ledger,
    writes: Ledger,
}

impl ConsentLedger {
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        Ok(Self { writes: Ledger::open(path, FORMAT)?, reads: Ledger::open(path, FORMAT)? })
    }

    /// Adds events in one transaction: all of them are on disk when this returns, or none. None where `instead` finds a
    /// consent in what is on record of these numbers at that moment; it is returned.
    pub(super) fn append(
        &self,
        events: &[Event],
        request: Option<&RequestKey>,
        numbers: &[Pseudonym],
        instead: impl Fn(&[Event]) -> Option<Uuid>,
    ) -> Result<Option<Uuid>, LedgerError> {
        let mut connection = self.writes.connection();
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(other) = instead(&of_citizen(&change, numbers)?.0) {
            return Ok(Some(other));
        }
        for (at, event) in events.iter().enumerate() {
            let body =
                serde_json::to_string(event).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            let request = request.filter(|_| at == 0);
            let mut insert = change.prepare(
                "INSERT INTO consent_event (id, consent, citizen, case_ref, request_key, request, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            insert.execute((
                event.id.to_string(),
                event.consent.to_string(),
                event.citizen.to_string(),
                event.what.terms().map(|terms| terms.case_ref.as_str()),
                request.map(|request| request.key.as_str()),
                request.map(|request| request.request.as_str()),
                body,
            ))?;
        }
        change.commit()?;
        Ok(None)
    }

    /// The consent that an earlier request with this key made, and that request's MAC.
    pub(super) fn of_request(&self, key: &str) -> Result<Option<(Uuid, String)>, LedgerError> {
        let connection = self.reads.connection();
        let mut find = connection.prepare("SELECT consent, request FROM consent_event WHERE request_key = ?1")?;
        let found = find.query_row([key], |row| Ok((read_uuid(row, 0)?, row.get(1)?))).optional()?;
        Ok(found)
    }

    /// Every event about whoever has these numbers, as they were recorded, and the place of the last.
    pub(super) fn of_citizen(&self, numbers: &[Pseudonym]) -> Result<(Vec<Event>, u64), LedgerError> {
        of_citizen(&self.reads.connection(), numbers)
    }

    /// The events about whoever has these numbers up to this place, as they were recorded.
    pub(super) fn of_citizen_until(&self, numbers: &[Pseudonym], place: u64) -> Result<Vec<Event>, LedgerError> {
        let query = format!(
            "SELECT body FROM consent_event WHERE citizen IN ({}) AND seq <= {} ORDER BY seq",
            places(numbers.len()),
            i64::try_from(place).unwrap_or(i64::MAX)
        );
        let connection = self.reads.connection();
        let mut find = connection.prepare(&query)?;
        let rows = find.query_map(params_from_iter(numbers.iter().map(ToString::to_string)), read_event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The place of the last event about whoever has these numbers; 0 without any.
    pub(super) fn revision(&self, numbers: &[Pseudonym]) -> Result<u64, LedgerError> {
        let query =
            format!("SELECT coalesce(max(seq), 0) FROM consent_event WHERE citizen IN ({})", places(numbers.len()));
        let connection = self.reads.connection();
        let mut find = connection.prepare_cached(&query)?;
        Ok(find.query_row(params_from_iter(numbers.iter().map(ToString::to_string)), |row| read_place(row, 0))?)
    }

    /// The events of one consent; empty where there is no such one.
    pub(super) fn of_consent(&self, consent: Uuid) -> Result<Vec<Event>, LedgerError> {
        self.read("SELECT body FROM consent_event WHERE consent = ?1 ORDER BY seq", &consent.to_string())
    }

    /// The events of the consents that serve a case, each consent with all of them: what was withdrawn late is withdrawn.
    pub(super) fn of_case(&self, case_ref: &str) -> Result<Vec<Event>, LedgerError> {
        let query = format!(
            "SELECT body FROM consent_event WHERE consent IN (
                 SELECT consent FROM consent_event WHERE case_ref = ?1 ORDER BY seq DESC LIMIT {CASE_CONSENTS_MAX}
             ) ORDER BY seq"
        );
        self.read(&query, case_ref)
    }

    fn read(&self, query: &str, value: &str) -> Result<Vec<Event>, LedgerError> {
        let connection = self.reads.connection();
        let mut find = connection.prepare(query)?;
        let rows = find.query_map([value], read_event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every row, as it was recorded.
    pub(super) fn rows(&self) -> Result<Vec<LedgerRow>, LedgerError> {
        let connection = self.reads.connection();
        let mut all =
            connection.prepare("SELECT body, seq, id, consent, citizen, case_ref FROM consent_event ORDER BY seq")?;
        let rows = all.query_map([], |row| {
            let (id, consent): (String, String) = (row.get(2)?, row.get(3)?);
            let (citizen, case_ref): (String, Option<String>) = (row.get(4)?, row.get(5)?);
            let is_found_by_itself = |event: &Event| {
                let case = event.what.terms().map(|terms| terms.case_ref.as_str());
                (event.id.to_string(), event.consent.to_string()) == (id.clone(), consent.clone())
                    && event.citizen.to_string() == citizen
                    && case == case_ref.as_deref()
            };
            let event = read_event(row).ok().filter(is_found_by_itself);
            Ok(LedgerRow { place: read_place(row, 1)?, id: id.parse().ok(), event })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Nothing was ever recorded.
    #[cfg(any(test, feature = "fakes"))]
    pub(super) fn is_empty(&self) -> Result<bool, LedgerError> {
        let connection = self.reads.connection();
        Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM consent_event)", [], |row| row.get(0))?)
    }
}

fn of_citizen(connection: &Connection, numbers: &[Pseudonym]) -> Result<(Vec<Event>, u64), LedgerError> {
    let query =
        format!("SELECT body, seq FROM consent_event WHERE citizen IN ({}) ORDER BY seq", places(numbers.len()));
    let mut find = connection.prepare_cached(&query)?;
    let rows = find.query_map(params_from_iter(numbers.iter().map(ToString::to_string)), |row| {
        Ok((read_event(row)?, read_place(row, 1)?))
    })?;
    let rows: Vec<(Event, u64)> = rows.collect::<Result<_, _>>()?;
    let last = rows.last().map_or(0, |(_, seq)| *seq);
    Ok((rows.into_iter().map(|(event, _)| event).collect(), last))
}

fn places(count: usize) -> String {
    vec!["?"; count].join(",")
}

/// A row that cannot be read fails the answer: what was withdrawn in it would be open otherwise.
fn read_event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let body: String = row.get(0)?;
    serde_json::from_str(&body).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}

/// `SQLite` counts rows in signed numbers, from one.
fn read_place(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(|seq| u64::try_from(seq).unwrap_or_default())
}

fn read_uuid(row: &Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    let text: String = row.get(at)?;
    text.parse().map_err(|error: uuid::Error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, error.into()))
}
