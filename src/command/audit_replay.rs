//! `audit replay`: every recorded decision made again, under the policies and consents of its day.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use glasplade_adapters::contract::{Clock as _, SystemClock, danish_day};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use super::audit_log::{LogArguments, OpenLog, nothing_opened};
use super::{Failure, complain};
use crate::audit::keys::KeyId;
use crate::audit::retention::{Retention, kept_from};
use crate::audit::{Broken, Finding, Record, Replay};
use crate::consents::{ConsentsOfThen, LoggedConsents};

/// Makes each recorded decision again and prints every difference, one JSON object a line; last a line with the count.
///
/// The policies are those that were in force, kept beside the log under their hash; what a decision rested on stands in its
/// entry; each consent is looked up as it stood then; and the ledger of consents is held against the log, event by event. Exit
/// code 0 when nothing differs, 1 when something does, 2 when it could not be read. Entries whose key was destroyed on its day are
/// counted, not replayed; one whose key is gone before that day (by the configured retention, or 13 and 60 months without a
/// configuration) is a difference. That it was replayed is left for the log.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<Uuid>,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// What was replayed, and what could not be.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Counted {
    /// Records of the time that was asked for.
    records: u64,
    /// Answers among them.
    entries: u64,
    decisions: u64,
    differences: u64,
    forgotten: u64,
    consents_checked: bool,
}

/// Which records, and from which day on none may be forgotten.
#[derive(Debug)]
struct Wanted {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    today: Date,
    retention: Retention,
}

impl Wanted {
    fn has(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }

    /// The entry does not open, and its key must still be there.
    fn misses(&self, key: KeyId) -> bool {
        key.day >= kept_from(self.today, &self.retention, key.class)
    }
}

/// Exit code when something differs.
const DIFFERENT: u8 = 1;
/// Exit code when the log, its keys or the consents could not be read.
const UNREADABLE: u8 = 2;

pub(super) fn replay(arguments: &ReplayArguments) -> ExitCode {
    let (text, code) = match try_replay(arguments) {
        Ok(Counted { differences: 0, .. }) => return ExitCode::SUCCESS,
        Ok(counted) => (format!("find each decision as it was recorded: {} differ", counted.differences), DIFFERENT),
        Err(failure) => (failure, UNREADABLE),
    };
    complain(&text);
    ExitCode::from(code)
}

fn try_replay(arguments: &ReplayArguments) -> Result<Counted, Failure> {
    let open = arguments.log.open()?;
    open.on_record("audit_replayed")?;
    let consents = consents(arguments, &open)?;
    let (from, to) = (arguments.from, arguments.to);
    let today = danish_day(SystemClock::default().now());
    let wanted = Wanted { from, to, today, retention: open.retention() };
    print(&wanted, open.entries()?, Replay::new(&open.dir, consents), &mut BufWriter::new(io::stdout().lock()))
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
    wanted: &Wanted,
    entries: impl Iterator<Item = Result<Record, Broken>>,
    mut replay: Replay<ConsentsOfThen>,
    output: &mut dyn Write,
) -> Result<Counted, Failure> {
    let mut counted = Counted { consents_checked: replay.consents().is_checked(), ..Counted::default() };
    let mut logged = LoggedConsents::default();
    let unwritable = |error: io::Error| format!("write to standard output: {}", error.kind());
    let mut all = 0;
    for read in entries {
        let Record { seq, at, key, entry } = read.map_err(|flaw| format!("read the audit: failed to {flaw}"))?;
        all += 1;
        // The ledger is held against the whole log, whatever time is asked for.
        logged.take(entry.as_ref());
        if !wanted.has(at) {
            continue;
        }
        counted.records += 1;
        let (attempt, findings) = match &entry {
            Some(entry) => (Some(entry.attempt), replay.entry(entry)),
            None if wanted.misses(key) => (None, vec![Finding::KeyMissing { key: key.to_string() }]),
            None => (None, Vec::new()),
        };
        counted.forgotten += u64::from(entry.is_none());
        for finding in &findings {
            counted.differences += 1;
            let line = serde_json::to_vec(&Line { seq, at, attempt, finding }).expect("codes and numbers are JSON");
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
    if all == 0 || (counted.records > 0 && counted.forgotten == counted.records) {
        return Err(nothing_opened(counted.records));
    }
    Ok(counted)
}

#[cfg(test)]
mod tests;
