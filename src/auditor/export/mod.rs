//! The auditor's export: what was found, as CSV, as Parquet or as FHIR `AuditEvent`, row by row and never whole in memory.

mod cells;
mod csv;
mod fhir;
mod parquet;

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::thread;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::criteria::Criteria;
use super::desk::tell;
use super::{Auditor, LookUp, Unanswered};
use crate::audit::{EntryReader, Found, Query};

pub use cells::{COLUMNS, SCHEMA_VERSION};

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// UTF-8, semicolons, one header.
    Csv,
    /// Typed columns.
    Parquet,
    /// FHIR R4 `AuditEvent`, one JSON object a line, after the patterns of IHE BALP.
    Fhir,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Parquet, Self::Fhir];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Fhir => "fhir",
        }
    }

    /// The form of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// As HTTP names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Fhir => "application/fhir+ndjson",
        }
    }
}

/// What to export.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// In which form.
    pub format: Format,
    /// What to look for.
    #[serde(default)]
    pub find: Criteria,
    /// CSV begins with a byte order mark, for a spreadsheet that would take it for another encoding.
    #[serde(default)]
    pub bom: bool,
}

/// One form at work.
trait Sink {
    /// Takes one row.
    fn take(&mut self, look_up: &LookUp) -> io::Result<()>;
    /// Writes what is left.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// One row as CSV, with its header.
#[cfg(test)]
pub(super) fn csv_of(look_up: &LookUp) -> String {
    let mut into = Vec::new();
    let mut sink = Box::new(csv::Csv::new(&mut into, false).expect("memory takes it"));
    sink.take(look_up).and_then(|()| sink.finish()).expect("memory takes it");
    String::from_utf8(into).expect("UTF-8")
}

/// One row as FHIR.
#[cfg(test)]
pub(super) fn fhir_of(look_up: &LookUp) -> String {
    fhir::event(look_up).to_string()
}

/// So many rows are read at once.
const BATCH_ROWS: u32 = 5_000;

/// So many hands open the entries of a batch. More would take the machine from those who look citizens up.
const READERS: usize = 2;

impl Auditor {
    /// Writes everything that fits, the oldest first; how many rows there were.
    ///
    /// # Errors
    /// [`Unanswered`]; also when `into` does not take it.
    pub fn export(
        &self,
        query: &Query,
        (format, bom): (Format, bool),
        into: &mut (dyn Write + Send),
    ) -> Result<u64, Unanswered> {
        let mut sink: Box<dyn Sink + '_> = match format {
            Format::Csv => Box::new(csv::Csv::new(into, bom)?),
            Format::Parquet => Box::new(parquet::Parquet::new(into)?),
            Format::Fhir => Box::new(fhir::Fhir::new(into)),
        };
        let mut query = Query { oldest_first: true, limit: BATCH_ROWS, after: None, ..query.clone() };
        let mut readers: Vec<EntryReader> = (0..READERS).map(|_| self.reader()).collect();
        let (mut found, mut rows) = (self.search.search(&query)?, 0);
        while !found.is_empty() {
            query.after = found.last().map(Found::cursor);
            let (told, next) = thread::scope(|scope| {
                let parts = found.chunks(found.len().div_ceil(READERS)).zip(&mut readers);
                let parts: Vec<_> = parts.map(|(part, reader)| scope.spawn(move || tell_all(reader, part))).collect();
                let is_last = found.len() < BATCH_ROWS as usize;
                let next = if is_last { Ok(Vec::new()) } else { self.search.search(&query) };
                let told = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
                (told.collect::<Result<Vec<_>, _>>(), next)
            });
            for look_up in told?.iter().flatten() {
                sink.take(look_up)?;
                rows += 1;
            }
            found = next?;
        }
        sink.finish()?;
        Ok(rows)
    }
}

fn tell_all(reader: &mut EntryReader, found: &[Found]) -> Result<Vec<LookUp>, Unanswered> {
    found.iter().map(|one| tell(reader, one)).collect()
}
