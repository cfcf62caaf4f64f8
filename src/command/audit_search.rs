//! `audit search`: what an auditor asks of the index, beside a running service or without one.

use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::{Failure, load_with_key, say};
use crate::audit::{AuditSearch, Bar, Found, Pseudonym, PseudonymKey, Query};

/// Prints the entries that fit, newest first, one JSON object a line.
///
/// Reads the index beside the log, also while the service runs and writes it. The search itself is not written down: only
/// the service may add to the log, so whoever may read this folder must be trusted to search. What the index has not taken in
/// yet (a second under load) is not found.
#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// Folder of the audit.
    #[arg(long)]
    dir: PathBuf,
    /// Reads one CPR number from standard input (never from the command line, which others on the machine can see) and finds
    /// the entries about this citizen, under every number that the register said is theirs. Needs --config.
    #[arg(long, requires = "config")]
    citizen_stdin: bool,
    /// Folder of the configuration, for the key of the pseudonyms.
    #[arg(long)]
    config: Option<PathBuf>,
    /// By this employee.
    #[arg(long)]
    employee: Option<String>,
    /// With this bar; `colleague` gives the look-ups of staff.
    #[arg(long, value_parser = PossibleValuesParser::new(Bar::ALL.map(Bar::as_str)))]
    bar: Option<String>,
    /// At this moment or later, RFC 3339.
    #[arg(long)]
    from: Option<Timestamp>,
    /// Before this moment, RFC 3339.
    #[arg(long)]
    to: Option<Timestamp>,
    /// So many at most, the newest.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(Query::LIMIT_MAX)))]
    limit: u32,
}

/// One record as it is printed.
#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    at: Timestamp,
    phase: &'static str,
    attempt: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    employee: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    roles: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case_ref: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citizen: Option<Pseudonym>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    bars: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    protected_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    household: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
}

pub(super) fn search(arguments: &SearchArguments) -> Result<(), Failure> {
    let found = found(arguments, &mut io::stdin().lock())?;
    if found.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = found.iter().map(line).collect();
    say(&lines.join("\n"))
}

fn found(arguments: &SearchArguments, input: &mut dyn Read) -> Result<Vec<Found>, Failure> {
    let citizen = match &arguments.config {
        Some(config) if arguments.citizen_stdin => Some(citizen(&load_with_key(config)?.1, input)?),
        _ => None,
    };
    let query = Query {
        citizen,
        employee: arguments.employee.as_ref().map(|employee| employee.to_lowercase()),
        bar: arguments.bar.as_deref().and_then(Bar::parse),
        from: arguments.from,
        to: arguments.to,
        limit: arguments.limit,
        ..Query::default()
    };
    let index = AuditSearch::open(&arguments.dir.join("index.sqlite"));
    index.and_then(|index| index.search(&query)).map_err(|error| format!("search the audit: failed to {error}"))
}

/// The number is gone when this returns: what goes on is its pseudonym.
fn citizen(key: &PseudonymKey, input: &mut dyn Read) -> Result<Pseudonym, Failure> {
    let mut text = String::new();
    let read = input.take(64).read_to_string(&mut text);
    read.map_err(|error| format!("read standard input: {}", error.kind()))?;
    let number = CprNumber::parse(text.trim()).map_err(|error| error.to_string())?;
    Ok(key.of(&number))
}

fn line(found: &Found) -> String {
    let line = Line {
        seq: found.seq,
        at: found.at,
        phase: found.phase.as_str(),
        attempt: found.attempt,
        employee: found.employee.as_deref(),
        unit: found.unit.as_deref(),
        department: found.department.as_deref(),
        roles: &found.roles,
        purpose: found.purpose.as_deref(),
        case_ref: found.case_ref.as_deref(),
        citizen: found.citizen,
        relation: found.relation.as_deref(),
        bars: &found.bars,
        protected_reason: found.protected_reason.as_deref(),
        household: found.household,
        outcome: found.outcome.as_deref(),
        status: found.status,
        trace_id: found.trace_id.as_deref(),
    };
    serde_json::to_string(&line).expect("texts and numbers are JSON")
}

#[cfg(test)]
mod tests;
