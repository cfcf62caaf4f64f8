//! `audit read`: the log itself, entry by entry, for programs that count or compare.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::audit_log::{LogArguments, nothing_opened};
use super::{Failure, complain};
use crate::audit::{AuditEntry, Broken, Flaw, Record};

/// Prints every entry of the log, oldest first, one JSON object a line: its number and the whole entry, or `null` where its key
/// was destroyed.
///
/// Reads the segments, not the index, and checks each record against its leaf; what follows a flaw is not printed. Exit code 1:
/// the log is not what was written; 2: it, or not one of its entries, could be read. A record that a service is writing now is
/// not there yet. With `--config` it is left for the log that it was read; of a copy, opened by its secret alone, nobody hears.
#[derive(Debug, Args)]
pub(super) struct ReadArguments {
    #[command(flatten)]
    log: LogArguments,
    /// From this number on.
    #[arg(long, default_value_t = 1)]
    from_seq: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    entry: Option<&'a AuditEntry>,
}

/// Exit code of a log that is not what was written.
const BROKEN: u8 = 1;
/// Exit code when the log, or not one of its entries, could be read.
const UNREADABLE: u8 = 2;

/// Why the reading ended early, or gave nothing.
#[derive(Debug)]
enum Stop {
    Log(Broken),
    Nothing(Failure),
    Output(io::ErrorKind),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error.kind())
    }
}

pub(super) fn read(arguments: &ReadArguments) -> ExitCode {
    let (text, code) = match try_read(arguments) {
        // Whoever read the first lines only (`… | head`) has got what they wanted.
        Ok(()) | Err(Stop::Output(io::ErrorKind::BrokenPipe)) => return ExitCode::SUCCESS,
        Err(Stop::Output(kind)) => (format!("write to standard output: {kind}"), UNREADABLE),
        Err(Stop::Nothing(failure)) => (failure, UNREADABLE),
        Err(Stop::Log(broken)) => {
            let code = if matches!(broken.what, Flaw::Unreadable(_)) { UNREADABLE } else { BROKEN };
            (format!("read the audit: failed to {broken}"), code)
        }
    };
    complain(&text);
    ExitCode::from(code)
}

fn try_read(arguments: &ReadArguments) -> Result<(), Stop> {
    let open = arguments.log.open().map_err(Stop::Nothing)?;
    open.on_record("audit_read").map_err(Stop::Nothing)?;
    let entries = open.entries().map_err(Stop::Nothing)?;
    print(entries, arguments.from_seq, &mut BufWriter::new(io::stdout().lock()))
}

fn print(
    entries: impl Iterator<Item = Result<Record, Broken>>,
    from_seq: u64,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    let (mut records, mut opened) = (0_u64, 0_u64);
    for read in entries {
        // What was read before the flaw is printed.
        let Record { seq, entry, .. } = match read {
            Ok(read) => read,
            Err(flaw) => {
                output.flush()?;
                return Err(Stop::Log(flaw));
            }
        };
        records += 1;
        opened += u64::from(entry.is_some());
        if seq >= from_seq {
            serde_json::to_writer(&mut *output, &Line { seq, entry: entry.as_ref() }).map_err(io::Error::from)?;
            output.write_all(b"\n")?;
        }
    }
    output.flush()?;
    if opened == 0 { Err(Stop::Nothing(nothing_opened(records))) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::keys::{KeyId, RetentionClass};
    use crate::audit::testing;
    use glasplade_adapters::contract::danish_day;

    fn record(seq: u64, opens: bool) -> Record {
        let entry = testing::full_entry(seq);
        let key = KeyId { day: danish_day(entry.at), class: RetentionClass::Access };
        Record { seq, at: entry.at, key, entry: opens.then_some(entry) }
    }

    #[test]
    fn a_reading_that_opened_nothing_is_no_success() {
        let none = print([record(1, false), record(2, false)].into_iter().map(Ok), 1, &mut Vec::new());
        assert!(matches!(none, Err(Stop::Nothing(why)) if why.contains("none of the 2 records")));
        assert!(matches!(print(std::iter::empty(), 1, &mut Vec::new()), Err(Stop::Nothing(_))));
    }

    #[test]
    fn a_line_is_the_number_and_the_whole_entry() {
        let entries = [record(1, true), record(2, true), record(3, false)];
        let mut printed = Vec::new();
        assert!(print(entries.into_iter().map(Ok), 2, &mut printed).is_ok());
        let lines = String::from_utf8(printed).expect("UTF-8");
        let lines: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["seq"], 2);
        assert_eq!(lines[0]["entry"], serde_json::to_value(testing::full_entry(2)).expect("an entry is JSON"));
        assert!(lines[1]["entry"].is_null(), "its key was destroyed");
    }
}
