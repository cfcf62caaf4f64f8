//! `audit search`, `audit sample` and `audit alarms`: what an auditor asks, beside a running service or without one.

use std::io::{self, Read};

use clap::Args;
use clap::builder::PossibleValuesParser;
use glasplade_adapters::contract::{Clock as _, SystemClock};
use jiff::Timestamp;

use super::audit_questions::{Find, Place, print};
use super::{Failure, remark};
use crate::audit::{AlarmKind, AlarmState, Query};
use crate::auditor::alarms::{AlarmView, AlarmsRequest};
use crate::auditor::sample::SampleRequest;
use crate::auditor::{Asked, Auditor, Page};

/// Prints the look-ups that fit, newest first, one JSON object a line.
///
/// Reads the index and the log, also while the service runs and writes them. That somebody searched is left for the service,
/// which puts it on record within a minute, or when it starts. What the index has not taken in yet (a second under load) is
/// not found.
#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    find: Find,
    /// So many at most, the newest.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..i64::from(Query::LIMIT_MAX)))]
    limit: u32,
    /// The page after the one that named this cursor.
    #[arg(long)]
    cursor: Option<String>,
}

pub(super) fn search(arguments: &SearchArguments) -> Result<(), Failure> {
    let opened = arguments.place.open()?;
    let asked = asked(&opened.auditor, arguments, &mut io::stdin().lock())?;
    opened.on_record("audit_searched", asked.query.citizen, asked.facts)?;
    let page = found(&opened.auditor, &asked.query)?;
    print(&page.look_ups)?;
    if let Some(next) = page.next {
        remark(&format!("there is more: --cursor {next}"));
    }
    Ok(())
}

fn asked(auditor: &Auditor, arguments: &SearchArguments, input: &mut dyn Read) -> Result<Asked, Failure> {
    let mut asked = arguments.find.ask(auditor, input, arguments.limit)?;
    if let Some(cursor) = &arguments.cursor {
        asked.query.after = Some(Auditor::cursor(cursor).ok_or("use --cursor: it is what the page before named")?);
    }
    Ok(asked)
}

fn found(auditor: &Auditor, query: &Query) -> Result<Page, Failure> {
    auditor.search(query).map_err(|error| format!("search the audit: failed to {error}"))
}

/// Draws a random sample that anybody can draw again, and prints it by unit: whom to ask to explain what.
///
/// The seed must be a public value that nobody knew when the look-ups were made, and that was agreed on before: the closing
/// index of a later day, a lottery's numbers. The same seed and range give the same sample.
#[derive(Debug, Args)]
pub(super) struct SampleArguments {
    #[command(flatten)]
    place: Place,
    /// Begun at this moment or later, RFC 3339.
    #[arg(long)]
    from: Timestamp,
    /// Begun before this moment, RFC 3339; a minute back at least.
    #[arg(long)]
    to: Timestamp,
    /// How many, or how many of each unit.
    #[arg(long, default_value_t = 20)]
    count: u32,
    /// A public value that became known after `--to`.
    #[arg(long)]
    seed: String,
    /// Leaves out what is explained by a case of the caller's own.
    #[arg(long)]
    exclude_explained: bool,
    /// Draws --count of each unit.
    #[arg(long)]
    per_unit: bool,
}

pub(super) fn sample(arguments: &SampleArguments) -> Result<(), Failure> {
    let opened = arguments.place.open()?;
    let wanted = SampleRequest {
        from: arguments.from,
        to: arguments.to,
        count: arguments.count,
        seed: arguments.seed.clone(),
        exclude_explained: arguments.exclude_explained,
        per_unit: arguments.per_unit,
    };
    wanted.check(SystemClock::default().now()).map_err(|unfit| unfit.to_string())?;
    opened.on_record("audit_sampled", None, wanted.facts())?;
    let sample = opened.auditor.sample(&wanted).map_err(|error| format!("draw the sample: failed to {error}"))?;
    print(&[sample])
}

/// Prints the alarms that fit, newest first, one JSON object a line. They are followed up over HTTP, where it is recorded.
#[derive(Debug, Args)]
pub(super) struct AlarmsArguments {
    #[command(flatten)]
    place: Place,
    /// Of this kind.
    #[arg(long, value_parser = PossibleValuesParser::new(AlarmKind::ALL.map(AlarmKind::as_str)))]
    kind: Option<String>,
    /// In this state; `open` is what nobody has followed up.
    #[arg(long, value_parser = PossibleValuesParser::new(AlarmState::ALL.map(AlarmState::as_str)))]
    state: Option<String>,
    /// Raised at this moment or later, RFC 3339.
    #[arg(long)]
    from: Option<Timestamp>,
    /// Raised before this moment, RFC 3339.
    #[arg(long)]
    to: Option<Timestamp>,
    /// So many at most, the newest.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

pub(super) fn alarms(arguments: &AlarmsArguments) -> Result<(), Failure> {
    let opened = arguments.place.open()?;
    let wanted = wanted(arguments);
    opened.on_record("audit_alarms_searched", None, wanted.facts())?;
    print(&raised(&opened.auditor, &wanted)?)
}

fn wanted(arguments: &AlarmsArguments) -> AlarmsRequest {
    AlarmsRequest {
        kind: arguments.kind.as_deref().and_then(AlarmKind::parse),
        state: arguments.state.as_deref().and_then(AlarmState::parse),
        from: arguments.from,
        to: arguments.to,
        limit: Some(arguments.limit),
        after: None,
    }
}

fn raised(auditor: &Auditor, wanted: &AlarmsRequest) -> Result<Vec<AlarmView>, Failure> {
    let query = wanted.query(Query::LIMIT_MAX - 1).map_err(|unfit| unfit.to_string())?;
    Ok(auditor.alarms(&query).map_err(|error| format!("search the alarms: failed to {error}"))?.alarms)
}

#[cfg(test)]
mod tests;
