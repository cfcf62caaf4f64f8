//! `audit replay`: every recorded decision made again, under the policies and consents of its day.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::Failure;
use super::audit_log::{LogArguments, OpenLog};
use crate::audit::{AuditEntry, Broken, Finding, Replay};
use crate::consents::{ConsentsOfThen, LoggedConsents};

/// Makes each recorded decision again and prints every difference, one JSON object a line; last a line with the count.
///
/// The policies are those that were in force, kept beside the log under their hash; what a decision rested on stands in its
/// entry; each consent is looked up as it stood then; and the ledger of consents is held against the log, event by event. Exit code 0 when nothing differs, 1 when something does. Entries whose key
/// was destroyed are counted, not replayed. The replay itself is not written down.
#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    #[command(flatten)]
    log: LogArguments,
    /// File of the consents, instead of the configured one.
    #[arg(long)]
    consents: Option<PathBuf>,
    /// Entries of this moment or later, RFC 3339.
    #[arg(long)]
    from: Option<Timestamp>,
    /// Entries before this moment, RFC 3339.
    #[arg(long)]
    to: Option<Timestamp>,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    at: Timestamp,
    attempt: Uuid,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// What was replayed, and what could not be.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Counted {
    entries: u64,
    decisions: u64,
    differences: u64,
    forgotten: u64,
    consents_checked: bool,
}

pub(super) fn replay(arguments: &ReplayArguments) -> Result<(), Failure> {
    let open = arguments.log.open()?;
    let consents = consents(arguments, &open)?;
    let counted = print(arguments, open.entries()?, &open, consents, &mut BufWriter::new(io::stdout().lock()))?;
    match counted.differences {
        0 => Ok(()),
        some => Err(format!("find each decision as it was recorded: {some} differ")),
    }
}

fn consents(arguments: &ReplayArguments, open: &OpenLog) -> Result<ConsentsOfThen, Failure> {
    let configured = open.config.as_ref().and_then(|config| config.service.consents.file.clone());
    let Some(path) = arguments.consents.clone().or(configured) else { return Ok(ConsentsOfThen::unchecked()) };
    if !path.exists() {
        return Err("read the consents: there is no such file".to_owned());
    }
    ConsentsOfThen::open(&path).map_err(|error| format!("read the consents: failed to {error}"))
}

fn print(
    arguments: &ReplayArguments,
    entries: impl Iterator<Item = Result<(u64, Option<AuditEntry>), Broken>>,
    open: &OpenLog,
    consents: ConsentsOfThen,
    output: &mut dyn Write,
) -> Result<Counted, Failure> {
    let mut counted = Counted { consents_checked: consents.is_checked(), ..Counted::default() };
    let mut replay = Replay::new(&open.dir, consents);
    let mut logged = LoggedConsents::default();
    let unwritable = |error: io::Error| format!("write to standard output: {}", error.kind());
    for read in entries {
        let (seq, entry) = read.map_err(|flaw| format!("read the audit: failed to {flaw}"))?;
        logged.take(entry.as_ref());
        let Some(entry) = entry else {
            counted.forgotten += 1;
            continue;
        };
        let is_wanted =
            arguments.from.is_none_or(|from| entry.at >= from) && arguments.to.is_none_or(|to| entry.at < to);
        for finding in replay.entry(&entry).iter().filter(|_| is_wanted) {
            counted.differences += 1;
            let line = Line { seq, at: entry.at, attempt: entry.attempt, finding };
            let line = serde_json::to_vec(&line).expect("codes and numbers are JSON");
            output.write_all(&line).and_then(|()| output.write_all(b"\n")).map_err(unwritable)?;
        }
    }
    let of_ledger = logged.compare(replay.consents());
    for finding in of_ledger.map_err(|error| format!("read the consents: failed to {error}"))? {
        counted.differences += 1;
        let line = serde_json::to_vec(&finding).expect("codes and numbers are JSON");
        output.write_all(&line).and_then(|()| output.write_all(b"\n")).map_err(unwritable)?;
    }
    (counted.entries, counted.decisions) = (replay.entries, replay.decisions);
    let line = serde_json::to_vec(&counted).expect("numbers are JSON");
    output.write_all(&line).and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush()).map_err(unwritable)?;
    Ok(counted)
}
