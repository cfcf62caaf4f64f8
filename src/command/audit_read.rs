//! `audit read`: the log itself, entry by entry, for programs that count or compare.

use std::io::{self, BufWriter};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::Failure;
use crate::audit::{AuditEntry, Entries};

/// Prints every entry of the log, oldest first, one JSON object a line: its number and the whole entry.
///
/// Reads the segments, not the index, and checks each record against the one before; what follows a flaw is not printed, and
/// the exit code is 1. Beside a service at work the last record may be half there. The reading itself is not written down: only
/// the service may add to the log, so whoever may read this folder must be trusted to read it.
#[derive(Debug, Args)]
pub(super) struct ReadArguments {
    /// Folder of the audit.
    #[arg(long)]
    dir: PathBuf,
    /// From this number on.
    #[arg(long, default_value_t = 1)]
    from_seq: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    entry: &'a AuditEntry,
}

pub(super) fn read(arguments: &ReadArguments) -> Result<(), Failure> {
    match print(arguments, &mut BufWriter::new(io::stdout().lock())) {
        // Whoever read the first lines only (`… | head`) has got what they wanted.
        Ok(()) | Err(Stop::Output(io::ErrorKind::BrokenPipe)) => Ok(()),
        Err(Stop::Output(kind)) => Err(format!("write to standard output: {kind}")),
        Err(Stop::Log(failure)) => Err(failure),
    }
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

fn print(arguments: &ReadArguments, output: &mut dyn io::Write) -> Result<(), Stop> {
    let broken = |broken| Stop::Log(format!("read the audit: failed to {broken}"));
    for read in Entries::of(&arguments.dir).map_err(broken)? {
        // What was read before the flaw is printed.
        let (seq, entry) = match read {
            Ok(read) => read,
            Err(flaw) => {
                output.flush()?;
                return Err(broken(flaw));
            }
        };
        if seq >= arguments.from_seq {
            serde_json::to_writer(&mut *output, &Line { seq, entry: &entry }).map_err(io::Error::from)?;
            output.write_all(b"\n")?;
        }
    }
    Ok(output.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditLog;
    use crate::audit::testing::{self, Scratch};

    #[tokio::test]
    async fn a_line_is_the_number_and_the_whole_entry() {
        let scratch = Scratch::new();
        let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("an empty directory");
        for number in 1..=3 {
            let _ = log.append(testing::full_entry(number)).await.expect("the disk is fine");
        }
        log.close().await;
        let mut printed = Vec::new();
        let arguments = ReadArguments { dir: scratch.log(), from_seq: 2 };
        assert!(print(&arguments, &mut printed).is_ok());
        let lines = String::from_utf8(printed).expect("UTF-8");
        let lines: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["seq"], 2);
        assert_eq!(lines[0]["entry"], serde_json::to_value(testing::full_entry(2)).expect("an entry is JSON"));
    }
}
