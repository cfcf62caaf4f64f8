//! `targets build`: the index is built from the files that source systems write by night.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use clap::Args;
use glasplade_adapters::contract::{Clock as _, SystemClock};
use jiff::Timestamp;
use serde::Serialize;

use super::poll::{LINE_EVERY, index_path, lent};
use super::word::{accepts, put_on_record};
use crate::app::Waiting;
use crate::command::{Failure, load_with_key, runtime, say, stop};
use crate::config::environment;
use crate::target_groups::build::{BuildProgress, BuildReport, BuildStep, Builder};
use crate::target_groups::index::TargetIndex;
use crate::target_groups::poll::{Pause as _, Poller};

/// Builds the index of target groups from extracts; exit code 1 when an extract replaced nothing.
///
/// Reads every `.ndjson` file of the folder: each says in its first line which source it is of, and in its last how many rows it has.
/// Sources with `listing.extract = true` are replaced by theirs; the others stay as they are, and so does one whose extract is not
/// whole. The fresh index is written beside the one in use and takes its place at once: until then, and when this is stopped, the old
/// one stands. A running service goes on with the fresh one by itself; what it would write waits while the fresh one is written. A line
/// of JSON is written every five seconds, and one at the end.
#[derive(Debug, Args)]
pub(in crate::command) struct BuildArguments {
    /// Folder of the configuration.
    #[arg(long, default_value = "config")]
    config: PathBuf,
    /// Folder of the extracts.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Threads that read and sort; as many as there are cores.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
    /// Says that this source may tell so much less than before: what it no longer tells goes. Where it does, that is put on record in
    /// the audit: at the end, or by the service at work there within a minute.
    #[arg(long, value_name = "SOURCE")]
    accept_shrinking: Option<String>,
    /// The employee who says so, put on record as such.
    #[arg(long = "as", id = "by", value_name = "EMPLOYEE", requires = "accept_shrinking")]
    by: Option<String>,
}

/// How far it is, for programs.
#[derive(Debug, Serialize)]
struct Line<'a> {
    at: Timestamp,
    is_done: bool,
    step: BuildStep,
    bytes: u64,
    bytes_total: u64,
    rows: u64,
    citizens: u64,
    /// Rows read a second, since the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_per_s: Option<u64>,
    /// Seconds until everything is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    reading_remaining_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a BuildReport>,
}

pub(super) fn build(arguments: &BuildArguments) -> Result<(), Failure> {
    let (config, key) = load_with_key(&arguments.config)?;
    let key = Arc::new(key);
    let clock = Arc::new(SystemClock::default());
    let index = index_path(&config)?;
    let lent = lent(&config, &key, &clock)?;
    let opened = TargetIndex::open(index).map_err(|error| error.to_string())?;
    // It knows which of the others can be read.
    let poller = Poller::new(&config, &environment(), opened, lent.clone()).map_err(|error| error.to_string())?;
    let threads = arguments.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let builder = Builder::new(&config, index, poller.kept_ids(), lent, threads);
    drop(poller);
    let accepts = accepts(arguments.accept_shrinking.as_ref(), arguments.by.as_ref())?;
    let is_word_given = accepts.is_some();
    let progress = Arc::new(BuildProgress::default());
    let begun = clock.now();
    let report = runtime()?.block_on(async {
        let folder = arguments.from.clone();
        let seen = Arc::clone(&progress);
        let work = tokio::task::spawn_blocking(move || builder.build(&folder, accepts.as_ref(), &seen));
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done.map_err(|_| "build the target groups' index: it broke off".to_owned()),
                () = Waiting.pause(LINE_EVERY) => line(&progress, &clock, begun, None)?,
                () = stop() => progress.stop(),
            }
        }
    })?;
    let report = report.map_err(|error| error.to_string())?;
    if is_word_given {
        put_on_record(&config, &key, &clock)?;
    }
    line(&progress, &clock, begun, Some(&report))?;
    outcome(&report)
}

/// Whether every extract that was looked for stands in the index.
fn outcome(report: &BuildReport) -> Result<(), Failure> {
    if report.sources.is_empty() {
        return Err("find a source that comes in files: set `listing = { extract = true }` in sources.toml".to_owned());
    }
    let unread = report.sources.iter().filter_map(|source| Some((source, source.left?)));
    let unread: Vec<String> = unread.map(|(source, why)| format!("{}: {}", source.source, why.words())).collect();
    if unread.is_empty() { Ok(()) } else { Err(format!("build from every extract: {}", unread.join("; "))) }
}

fn line(
    progress: &BuildProgress,
    clock: &SystemClock,
    begun: Timestamp,
    report: Option<&BuildReport>,
) -> Result<(), Failure> {
    let (at, (bytes, bytes_total), rows) = (clock.now(), progress.bytes(), progress.rows());
    let seconds = u64::try_from(at.duration_since(begun).as_secs()).ok().filter(|seconds| *seconds > 0);
    let is_reading = progress.step() == BuildStep::Reading && report.is_none();
    let rate = |amount: u64| seconds.filter(|_| is_reading).map(|seconds| amount / seconds);
    let left = |rate: u64| bytes_total.saturating_sub(bytes).checked_div(rate);
    let line = Line {
        at,
        is_done: report.is_some(),
        step: progress.step(),
        bytes,
        bytes_total,
        rows,
        citizens: progress.citizens(),
        rows_per_s: rate(rows),
        reading_remaining_s: rate(bytes).and_then(left),
        report,
    };
    say(&serde_json::to_string(&line).map_err(|_| "write a line of JSON")?)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::command::Command;

    #[test]
    fn a_folder_that_nobody_looks_into_is_told_with_what_to_set() {
        let report = BuildReport { is_replaced: false, citizens: 0, sources: Vec::new(), files_of_nobody: 1 };
        assert!(outcome(&report).is_err_and(|said| said.contains("extract = true")));
    }

    #[test]
    fn a_build_needs_a_folder_and_at_least_one_thread() {
        let line = ["glasplade", "targets", "build"];
        assert!(Command::try_parse_from(line).is_err());
        assert!(Command::try_parse_from(line.into_iter().chain(["--from", "extracts"])).is_ok());
        assert!(Command::try_parse_from(line.into_iter().chain(["--from", "extracts", "--threads", "0"])).is_err());
    }
}
