//! `audit read`: the log itself, entry by entry, for programs that count or compare.

use std::io::{self, BufWriter, Write};

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::audit_log::LogArguments;
use crate::audit::{AuditEntry, Broken};

/// Prints every entry of the log, oldest first, one JSON object a line: its number and the whole entry, or `null` where its key
/// was destroyed.
///
/// Reads the segments, not the index, and checks each record against its leaf; what follows a flaw is not printed, and the exit
/// code is 1. Beside a service at work the last record may be half there. The reading itself is not written down: only the
/// service may add to the log, so whoever holds the master secret must be trusted to read it.
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

/// Why the reading ended early.
enum Stop {
    Log(Failure),
    Output(io::ErrorKind),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error.kind())
    }
}

pub(super) fn read(arguments: &ReadArguments) -> Result<(), Failure> {
    let entries = arguments.log.open()?.entries()?;
    match print(entries, arguments.from_seq, &mut BufWriter::new(io::stdout().lock())) {
        // Whoever read the first lines only (`… | head`) has got what they wanted.
        Ok(()) | Err(Stop::Output(io::ErrorKind::BrokenPipe)) => Ok(()),
        Err(Stop::Output(kind)) => Err(format!("write to standard output: {kind}")),
        Err(Stop::Log(failure)) => Err(failure),
    }
}

fn print(
    entries: impl Iterator<Item = Result<(u64, Option<AuditEntry>), Broken>>,
    from_seq: u64,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    for read in entries {
        // What was read before the flaw is printed.
        let (seq, entry) = match read {
            Ok(read) => read,
            Err(flaw) => {
                output.flush()?;
                return Err(Stop::Log(format!("read the audit: failed to {flaw}")));
            }
        };
        if seq >= from_seq {
            serde_json::to_writer(&mut *output, &Line { seq, entry: entry.as_ref() }).map_err(io::Error::from)?;
            output.write_all(b"\n")?;
        }
    }
    Ok(output.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing;

    #[test]
    fn a_line_is_the_number_and_the_whole_entry() {
        let entries = [(1, Some(testing::full_entry(1))), (2, Some(testing::full_entry(2))), (3, None)];
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
