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

/// One form at work. Rows are made by several hands, each its own part of them, and written by one.
trait Form {
    /// Rows as they will lie in the file.
    type Rows: Default + Send;

    /// Adds one look-up to the rows.
    fn add(rows: &mut Self::Rows, look_up: &LookUp) -> io::Result<()>;

    /// Writes rows behind those that were written before.
    fn write(&mut self, rows: Self::Rows) -> io::Result<()>;

    /// Writes what is left.
    fn finish(self) -> io::Result<()>;
}

/// One row as CSV, with its header.
#[cfg(test)]
pub(super) fn csv_of(look_up: &LookUp) -> String {
    let mut into = Vec::new();
    one(csv::Csv::new(&mut into, false).expect("memory takes it"), look_up);
    String::from_utf8(into).expect("UTF-8")
}

/// One row as FHIR.
#[cfg(test)]
pub(super) fn fhir_of(look_up: &LookUp) -> String {
    let mut into = Vec::new();
    one(fhir::Fhir::new(&mut into), look_up);
    String::from_utf8(into).expect("UTF-8")
}

#[cfg(test)]
fn one<F: Form>(mut form: F, look_up: &LookUp) {
    let mut rows = F::Rows::default();
    F::add(&mut rows, look_up).and_then(|()| form.write(rows)).and_then(|()| form.finish()).expect("memory takes it");
}

/// So many look-ups are found at once.
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
        match format {
            Format::Csv => self.export_as(query, csv::Csv::new(into, bom)?),
            Format::Parquet => self.export_as(query, parquet::Parquet::new(into)?),
            Format::Fhir => self.export_as(query, fhir::Fhir::new(into)),
        }
    }

    fn export_as<F: Form>(&self, query: &Query, mut form: F) -> Result<u64, Unanswered> {
        let mut query = Query { oldest_first: true, limit: BATCH_ROWS, after: None, ..query.clone() };
        let mut readers: Vec<EntryReader> = (0..READERS).map(|_| self.reader()).collect();
        let (mut found, mut count) = (self.search.search(&query)?, 0);
        while !found.is_empty() {
            query.after = found.last().map(Found::cursor);
            count += found.len() as u64;
            let (made, next) = thread::scope(|scope| {
                let parts = found.chunks(found.len().div_ceil(READERS)).zip(&mut readers);
                let parts: Vec<_> = parts.map(|(part, reader)| scope.spawn(move || rows::<F>(reader, part))).collect();
                let is_last = found.len() < BATCH_ROWS as usize;
                let next = if is_last { Ok(Vec::new()) } else { self.search.search(&query) };
                let made = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
                (made.collect::<Result<Vec<_>, _>>(), next)
            });
            for rows in made? {
                form.write(rows)?;
            }
            found = next?;
        }
        form.finish()?;
        Ok(count)
    }
}

fn rows<F: Form>(reader: &mut EntryReader, found: &[Found]) -> Result<F::Rows, Unanswered> {
    let mut rows = F::Rows::default();
    for one in found {
        F::add(&mut rows, &tell(reader, one)?)?;
    }
    Ok(rows)
}
