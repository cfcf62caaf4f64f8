//! `targets`: sources are read, rules run, counts over time, and objections, on the machine itself. [DK] målgrupper.

mod build;
mod history;
mod objections;
mod poll;
mod run;
mod word;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use glasplade_adapters::contract::SystemClock;

use super::{Failure, load, told};
use crate::access::EmployeeId;
use crate::app::{App, Lent, StartError};
use crate::audit::{AuditError, Hand};
use crate::config::{Config, environment};
use crate::random::SystemRandom;

#[derive(Debug, Subcommand)]
pub(super) enum TargetsVerb {
    Poll(poll::PollArguments),
    Build(build::BuildArguments),
    Run(run::RunArguments),
    History(history::HistoryArguments),
    /// Who objects to being on lists (GDPR art. 21). The citizen's number is read from standard input.
    #[command(subcommand)]
    Objections(objections::ObjectionsVerb),
}

pub(super) fn targets(verb: &TargetsVerb) -> Result<(), Failure> {
    match verb {
        TargetsVerb::Poll(arguments) => poll::poll(arguments),
        TargetsVerb::Build(arguments) => build::build(arguments),
        TargetsVerb::Run(arguments) => run::run(arguments),
        TargetsVerb::History(arguments) => history::history(arguments),
        TargetsVerb::Objections(verb) => objections::objections(verb),
    }
}

/// Where the configuration lies.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// Folder of the configuration.
    #[arg(long, default_value = "config")]
    pub(super) config: PathBuf,
}

/// The house, wired and not serving: it holds the audit, which only one process may write.
struct House {
    runtime: tokio::runtime::Runtime,
    app: App,
    config: Config,
}

impl House {
    fn open(dir: &Path, route: &str) -> Result<Self, Failure> {
        let (config, _warnings) =
            load(dir).map_err(|problems| format!("read the configuration:\n{}", told(&problems)))?;
        let runtime = super::runtime()?;
        let clock: Arc<SystemClock> = Arc::default();
        let lent =
            Lent { clock: clock.clone(), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
        let app = runtime.block_on(async { App::build(&config, &environment(), &lent) });
        let app = app.map_err(|error| match error {
            StartError::Audit(AuditError::Locked) => {
                format!("write to the audit: a service is at work there; use {route}")
            }
            error => error.to_string(),
        })?;
        Ok(Self { runtime, app, config })
    }

    /// What was put on record is durable and signed when this returns.
    fn close(self) {
        self.runtime.block_on(self.app.audit().log().close());
    }
}

fn employee(text: &str) -> Result<EmployeeId, Failure> {
    let id = EmployeeId::parse(text.trim());
    id.ok_or_else(|| "use --as: an employee's id has no spaces and is no personal number".to_owned())
}
