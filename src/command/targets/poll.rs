//! `targets poll`: the sources are read into the index once, while somebody watches.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use glasplade_adapters::contract::{Clock as _, SystemClock};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde::Serialize;

use super::word::{accepts, put_on_record};
use crate::app::{Waiting, alias_book};
use crate::audit::PseudonymKey;
use crate::command::{Failure, load_with_key, runtime, say, stop};
use crate::config::{Config, environment};
use crate::people::AliasFileError;
use crate::random::SystemRandom;
use crate::target_groups::index::TargetIndex;
use crate::target_groups::poll::{Pause as _, Poller, PollerLent, SourceHealth, SourceProgress, Summary, Wish};

/// How often a line is written where nobody watches a bar.
pub(super) const LINE_EVERY: Duration = Duration::from_secs(5);

/// How often the bars move.
const BARS_EVERY: Duration = Duration::from_millis(200);

/// Reads the sources into the index of target groups once; exit code 1 when a source was not read to its end.
///
/// On a terminal bars show how far each source is; otherwise a line of JSON is written every five seconds, and one at the end. The
/// limits and times of day of the configuration count here, too. It may be stopped at any time: the next reading goes on where this
/// one was. Beside a running service it takes turns with it, source by source.
#[derive(Debug, Args)]
pub(in crate::command) struct PollArguments {
    /// Folder of the configuration.
    #[arg(long, default_value = "config")]
    config: PathBuf,
    /// Only this source (or the person register), by its id.
    #[arg(long)]
    source: Option<String>,
    /// Reads everything, also where a source could tell what has changed.
    #[arg(long)]
    whole: bool,
    /// Waits neither for a source's time of day nor for one that fails: what cannot be read now is left.
    #[arg(long)]
    once: bool,
    /// Says that this source may tell so much less than before: what it no longer tells is asked for singly, and goes. It is put on
    /// record in the audit: before this goes on, or by the service at work there within a minute.
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["source", "whole"])]
    accept_shrinking: Option<String>,
    /// The employee who says so, put on record as such.
    #[arg(long = "as", id = "by", value_name = "EMPLOYEE", requires = "accept_shrinking")]
    by: Option<String>,
}

pub(super) fn poll(arguments: &PollArguments) -> Result<(), Failure> {
    let (config, key) = load_with_key(&arguments.config)?;
    let is_watched = io::stderr().is_terminal() && io::stdout().is_terminal();
    if !is_watched {
        // What goes wrong is told in lines of their own; a second telemetry is none of this verb's business.
        let filter = &config.service.service.log_filter;
        let _ = crate::telemetry::start(filter, None, &environment(), &SystemRandom);
    }
    let clock = Arc::new(SystemClock::default());
    let key = Arc::new(key);
    let poller = poller(&config, &key, &clock)?;
    check_source(&poller, arguments)?;
    let wish = Wish { newer_than: Some(clock.now()), whole: arguments.whole };
    let mut only = arguments.source.as_deref();
    let accepts = accepts(arguments.accept_shrinking.as_ref(), arguments.by.as_ref())?;
    if let Some(accepts) = &accepts {
        let source = &accepts.source;
        if !poller.accept_shrinking(accepts).map_err(|error| error.to_string())? {
            return Err(format!("accept that `{source}` tells less: none of its readings waits for that"));
        }
        put_on_record(&config, &key, &clock)?;
        only = Some(source);
    }
    runtime()?.block_on(async {
        let reading = poller.read_now(only, wish, arguments.once, &Waiting);
        let watching = async {
            if is_watched { show_bars(&poller).await } else { write_lines(&poller, &clock).await }
        };
        tokio::select! {
            summary = reading => tell(&poller, &clock, &summary.map_err(|error| error.to_string())?, is_watched),
            failure = watching => Err(failure),
            () = stop() => Err("read every source: it was stopped; the next reading goes on where this one was".to_owned()),
        }
    })
}

fn poller(config: &Config, key: &Arc<PseudonymKey>, clock: &Arc<SystemClock>) -> Result<Poller, Failure> {
    let path = index_path(config)?;
    let index = TargetIndex::open(path).map_err(|error| error.to_string())?;
    let lent = lent(config, key, clock)?;
    Poller::new(config, &environment(), index, lent).map_err(|error| error.to_string())
}

/// Where the index lies.
pub(super) fn index_path(config: &Config) -> Result<&Path, Failure> {
    let path = config.service.target_groups.index.as_deref();
    path.ok_or_else(|| "find the target groups' index: name it with the setting `target_groups.index`".to_owned())
}

/// What whoever writes the index is lent, beside a running service or not.
pub(super) fn lent(config: &Config, key: &Arc<PseudonymKey>, clock: &Arc<SystemClock>) -> Result<PollerLent, Failure> {
    let mut without_file = config.clone();
    without_file.service.privacy.alias_file = None;
    let aliases = match alias_book(config, key) {
        // The running service has it; the index has a memory of its own.
        Err(AliasFileError::Locked) => alias_book(&without_file, key),
        other => other,
    };
    Ok(PollerLent {
        pseudonyms: Arc::clone(key),
        aliases: Arc::new(aliases.map_err(|error| error.to_string())?),
        clock: Arc::<SystemClock>::clone(clock),
        random: Arc::new(SystemRandom),
    })
}

fn check_source(poller: &Poller, arguments: &PollArguments) -> Result<(), Failure> {
    let mut known: Vec<String> = poller.source_ids().iter().map(ToString::to_string).collect();
    let is_known = |wanted: &Option<String>| wanted.as_ref().is_none_or(|wanted| known.contains(wanted));
    let accepts = is_known(&arguments.accept_shrinking);
    known.extend(poller.register_id().map(ToString::to_string));
    let is_read = arguments.source.as_ref().is_none_or(|wanted| known.contains(wanted));
    if accepts && is_read {
        return Ok(());
    }
    Err(format!("find the source: one of {} is read for target groups", known.join(", ")))
}

/// A line for programs.
#[derive(Debug, Serialize)]
struct Line<'a> {
    at: Timestamp,
    is_done: bool,
    sources: Vec<SourceProgress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<HashMap<&'a str, &'static str>>,
}

fn line(poller: &Poller, clock: &SystemClock, summary: Option<&Summary>) -> Result<(), Failure> {
    let left = summary.map(|summary| summary.left.iter().map(|(source, why)| (source.as_str(), *why)).collect());
    let sources = poller.progress().map_err(|error| error.to_string())?;
    let line = Line { at: clock.now(), is_done: summary.is_some(), sources, left };
    say(&serde_json::to_string(&line).map_err(|_| "write a line of JSON")?)
}

/// Ends only when nobody reads the lines any more.
async fn write_lines(poller: &Poller, clock: &SystemClock) -> Failure {
    loop {
        Waiting.pause(LINE_EVERY).await;
        if let Err(failure) = line(poller, clock, None) {
            return failure;
        }
    }
}

/// One bar a source.
async fn show_bars(poller: &Poller) -> Failure {
    let all = MultiProgress::new();
    let mut bars: HashMap<String, ProgressBar> = HashMap::new();
    let style =
        |template: &str| ProgressStyle::with_template(template).map_err(|error| format!("show progress: {error}"));
    let styles = style("{prefix:16} {bar:30} {pos}/{len} {msg}")
        .and_then(|known| Ok((known, style("{prefix:16} {spinner} {pos} {msg}")?)));
    let (known, unknown) = match styles {
        Ok(styles) => styles,
        Err(failure) => return failure,
    };
    loop {
        let progress = match poller.progress() {
            Ok(progress) => progress,
            Err(error) => return error.to_string(),
        };
        for one in progress {
            let bar = bars.entry(one.source.clone()).or_insert_with(|| {
                // With its style before it is drawn: until then it is a bar across the whole line.
                all.add(ProgressBar::new(0).with_style(unknown.clone()).with_prefix(one.source.clone()))
            });
            bar.set_style(if one.rows_total.is_some() { known.clone() } else { unknown.clone() });
            bar.set_length(one.rows_total.unwrap_or(one.rows).max(one.rows));
            bar.set_position(one.rows);
            bar.set_message(message(&one));
        }
        Waiting.pause(BARS_EVERY).await;
    }
}

fn message(one: &SourceProgress) -> String {
    let health = match one.health {
        SourceHealth::NotYet => "not read yet",
        SourceHealth::Reading => "reading",
        SourceHealth::Checking => "asking about what was not told",
        SourceHealth::Complete => "complete",
        SourceHealth::Failing => "failing",
        SourceHealth::Shrank => "told far less than before",
    };
    let rate = one.rows_per_s.map(|rate| format!(", {rate} rows/s")).unwrap_or_default();
    let remaining = one.remaining_s.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
    let trouble = one.trouble.map(|trouble| format!(" ({trouble})")).unwrap_or_default();
    format!("{health}{trouble}{rate}{remaining}")
}

fn tell(poller: &Poller, clock: &SystemClock, summary: &Summary, is_watched: bool) -> Result<(), Failure> {
    if is_watched {
        for one in poller.progress().map_err(|error| error.to_string())? {
            let troubled: u64 = one.troubled_rows.values().sum();
            say(&format!(
                "{}: {}, {} facts, {troubled} rows not taken as they are",
                one.source,
                message(&one),
                one.facts
            ))?;
        }
    } else {
        line(poller, clock, Some(summary))?;
    }
    if summary.left.is_empty() {
        return Ok(());
    }
    let left: Vec<String> = summary.left.iter().map(|(source, why)| format!("{source}: {why}")).collect();
    Err(format!("read every source: {}", left.join("; ")))
}
