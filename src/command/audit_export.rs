//! `audit export`: what was found, written to standard output in a form that other programs read.

use std::io::{self, BufWriter, Write as _};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::Failure;
use super::audit_questions::{Find, Place};
use crate::auditor::export::Format;

/// Writes every look-up that fits to standard output, the oldest first.
///
/// CSV has semicolons and no cell that a spreadsheet would take for a formula; Parquet has typed columns; `fhir` is one FHIR
/// R4 `AuditEvent` a line. Citizens are pseudonyms in all of them. Like a search it is left for the log.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    find: Find,
    /// In which form.
    #[arg(long, default_value = "csv", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::as_str)))]
    format: String,
    /// CSV begins with a byte order mark.
    #[arg(long)]
    bom: bool,
}

pub(super) fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let opened = arguments.place.open()?;
    let mut asked = arguments.find.ask(&opened.auditor, &mut io::stdin().lock(), 0)?;
    let format = Format::parse(&arguments.format).ok_or("read --format: it is csv, parquet or fhir")?;
    let mut into = BufWriter::with_capacity(256 * 1024, io::stdout());
    asked.facts.insert("format".to_owned(), format.as_str().to_owned());
    opened.on_record("audit_exported", asked.query.citizen, asked.facts)?;
    let written = opened.auditor.export(&asked.query, (format, arguments.bom), &mut into);
    written.map_err(|error| format!("export the audit: failed to {error}"))?;
    into.flush().map_err(|error| format!("write to standard output: {}", error.kind()))
}
