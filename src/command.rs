//! The command line: what each verb does, and what it prints. Nothing here is the service itself.

mod at_machine;
mod audit_export;
mod audit_extract;
mod audit_keep;
mod audit_list_persons;
mod audit_log;
mod audit_questions;
mod audit_read;
mod audit_replay;
mod audit_search;
mod audit_tree;
mod audit_verify;
mod staff;
mod targets;

pub(crate) use audit_extract::office;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use glasplade_adapters::contract::{Clock as _, SystemClock, danish_day};
use glasplade_adapters::transport::Secret;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;

use crate::app::{App, Lent};
use crate::audit::{Hand, PseudonymKey};
use crate::config::{Config, ConfigFiles, ConfigProblems, environment};
use crate::random::SystemRandom;

/// glasplade: one citizen, one overview.
#[derive(Debug, Parser)]
#[command(name = "glasplade", version, about, propagate_version = true)]
pub struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serves overviews; exit code 2 when the configuration has a mistake.
    Serve {
        /// Folder of the configuration.
        #[arg(long, default_value = "config")]
        config: PathBuf,
    },
    /// Looks at the configuration.
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Looks at the audit.
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Keeps the register of which employee is which citizen.
    #[command(subcommand)]
    Staff(StaffVerb),
    /// Finds citizens by reviewed rules, and reads the sources for it.
    #[command(subcommand)]
    Targets(targets::TargetsVerb),
    /// Starts the fake source systems and the service, and prints what to try.
    #[cfg(feature = "fakes")]
    Demo(crate::demo::DemoArguments),
    /// Starts the fake source systems alone.
    #[cfg(feature = "fakes")]
    Fakes(crate::demo::FakesArguments),
    /// Prints an access token for one of the demo's callers.
    #[cfg(feature = "fakes")]
    Token(crate::demo::TokenArguments),
}

#[derive(Debug, Subcommand)]
enum ConfigVerb {
    /// Tells every mistake at once; exit code 2 when there is one.
    Check {
        /// Folder of the configuration.
        #[arg(long, default_value = "config")]
        config: PathBuf,
    },
    /// Prints the JSON Schema of the configuration files, for editors.
    Schema,
}

#[derive(Debug, Subcommand)]
enum AuditVerb {
    Verify(audit_verify::VerifyArguments),
    Checkpoint(audit_tree::CheckpointArguments),
    Proof(audit_tree::ProofArguments),
    Search(audit_search::SearchArguments),
    Read(audit_read::ReadArguments),
    Replay(audit_replay::ReplayArguments),
    Expire(audit_keep::ExpireArguments),
    #[command(subcommand)]
    Hold(audit_keep::HoldVerb),
    Sample(audit_search::SampleArguments),
    Alarms(audit_search::AlarmsArguments),
    Extract(audit_extract::ExtractArguments),
    Export(audit_export::ExportArguments),
    ListPersons(audit_list_persons::ListArguments),
}

#[derive(Debug, Subcommand)]
enum StaffVerb {
    Import(staff::ImportArguments),
}

/// Exit code of a configuration with a mistake in it: starting again changes nothing.
const CONFIGURATION_INVALID: u8 = 2;

/// A verb failed; the sentence is printed.
pub(crate) type Failure = String;

impl Command {
    /// Does what was asked.
    pub fn run(self) -> ExitCode {
        let outcome = match self.verb {
            Verb::Serve { config } => match load(&config) {
                Ok((config, _warnings)) => serve(&config),
                Err(problems) => {
                    complain(&format!("read the configuration:\n{}", told(&problems)));
                    return ExitCode::from(CONFIGURATION_INVALID);
                }
            },
            Verb::Config(ConfigVerb::Check { config }) => return check(&config),
            Verb::Config(ConfigVerb::Schema) => say(&crate::config::schema()),
            Verb::Audit(AuditVerb::Verify(arguments)) => return audit_verify::verify(&arguments),
            Verb::Audit(AuditVerb::Checkpoint(arguments)) => audit_tree::checkpoint(&arguments),
            Verb::Audit(AuditVerb::Proof(arguments)) => audit_tree::proof(&arguments),
            Verb::Audit(AuditVerb::Search(arguments)) => audit_search::search(&arguments),
            Verb::Audit(AuditVerb::Read(arguments)) => return audit_read::read(&arguments),
            Verb::Audit(AuditVerb::Replay(arguments)) => return audit_replay::replay(&arguments),
            Verb::Audit(AuditVerb::Expire(arguments)) => audit_keep::run_expire(&arguments),
            Verb::Audit(AuditVerb::Hold(verb)) => audit_keep::run_hold(&verb),
            Verb::Audit(AuditVerb::Sample(arguments)) => audit_search::sample(&arguments),
            Verb::Audit(AuditVerb::Alarms(arguments)) => audit_search::alarms(&arguments),
            Verb::Audit(AuditVerb::Extract(arguments)) => audit_extract::extract(&arguments),
            Verb::Audit(AuditVerb::Export(arguments)) => audit_export::export(&arguments),
            Verb::Audit(AuditVerb::ListPersons(arguments)) => audit_list_persons::list(&arguments),
            Verb::Staff(StaffVerb::Import(arguments)) => staff::import(&arguments),
            Verb::Targets(verb) => targets::targets(&verb),
            #[cfg(feature = "fakes")]
            Verb::Demo(arguments) => runtime().and_then(|runtime| runtime.block_on(crate::demo::demo(arguments))),
            #[cfg(feature = "fakes")]
            Verb::Fakes(arguments) => runtime().and_then(|runtime| runtime.block_on(crate::demo::fakes(arguments))),
            #[cfg(feature = "fakes")]
            Verb::Token(arguments) => crate::demo::token(&arguments).and_then(|token| say(&token)),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                complain(&failure);
                ExitCode::FAILURE
            }
        }
    }
}

pub(crate) fn say(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{text}") {
        // Whoever read the first lines only (`… | head`) has got what they wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| format!("write to standard output: {}", error.kind())),
    }
}

/// Says something beside the answer, where it does not stand in the way of a program that reads the answer.
fn remark(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "glasplade: {text}");
}

fn complain(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "glasplade: failed to {text}");
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("start the runtime: {}", error.kind()))
}

fn load(dir: &Path) -> Result<(Config, ConfigProblems), ConfigProblems> {
    // A folder inside another configuration folder (the demo's) takes from it what it does not have itself.
    let files = ConfigFiles::read(dir, dir.parent().filter(|parent| !parent.as_os_str().is_empty()))?;
    let (config, mut problems) = files.parse()?;
    problems.0.extend(files.check_day(&config, danish_day(SystemClock::default().now())).0);
    if problems.is_fatal() { Err(problems) } else { Ok((config, problems)) }
}

/// The configuration and its pseudonym key, for verbs that turn numbers into pseudonyms.
fn load_with_key(dir: &Path) -> Result<(Config, PseudonymKey), Failure> {
    let (config, _warnings) = load(dir).map_err(|problems| format!("read the configuration:\n{}", told(&problems)))?;
    let read = || Secret::from_reference(&config.service.privacy.pseudonym_key, &*environment().0)?.read();
    let secret = read().map_err(|error| format!("read `privacy.pseudonym_key`: failed to {error}"))?;
    let key = PseudonymKey::new(secret.expose_secret().as_bytes());
    let key = key.map_err(|error| format!("use `privacy.pseudonym_key`: failed to {error}"))?;
    Ok((config, key))
}

fn told(problems: &ConfigProblems) -> String {
    problems.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn check(dir: &Path) -> ExitCode {
    // As `load` reads them.
    let files = ConfigFiles::read(dir, dir.parent().filter(|parent| !parent.as_os_str().is_empty()));
    let found = files.map(|files| files.check_all(&environment(), SystemClock::default().now()));
    let problems = found.unwrap_or_else(|unreadable| unreadable);
    let text = if problems.0.is_empty() { "the configuration is good".to_owned() } else { told(&problems) };
    let _ = say(&text);
    if problems.is_fatal() { ExitCode::from(CONFIGURATION_INVALID) } else { ExitCode::SUCCESS }
}

fn serve(config: &Config) -> Result<(), Failure> {
    let settings = &config.service.telemetry;
    let filter = &config.service.service.log_filter;
    let telemetry = crate::telemetry::start(filter, settings.otlp.as_ref(), &environment(), &SystemRandom);
    let telemetry = telemetry.map_err(|error| error.to_string())?;
    runtime()?.block_on(async {
        let address = config.service.service.listen;
        let listener = listen(address, "the setting `service.listen`").await?;
        let auditors = match &config.service.audit.listener {
            Some(auditors) => Some(listen(auditors.listen, "the setting `audit.listener.listen`").await?),
            None => None,
        };
        let operators = match &settings.listener {
            Some(operators) => Some(listen(operators.listen, "the setting `telemetry.listener.listen`").await?),
            None => None,
        };
        let clock: Arc<SystemClock> = Arc::default();
        let lent =
            Lent { clock: clock.clone(), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
        let app = App::build(config, &environment(), &lent).map_err(|error| error.to_string())?;
        let app = app.telling(telemetry).with_operators(operators);
        // Where it is, not where it was asked to be: port 0 takes a free one.
        let address = listener.local_addr().map_err(|error| format!("read the service's address: {}", error.kind()))?;
        tracing::info!(%address, "glasplade serves");
        app.serve(listener, auditors, stop()).await.map_err(|error| error.to_string())
    })
}

/// Listens, or says which port is taken and what changes it.
pub(crate) async fn listen(address: std::net::SocketAddr, remedy: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let what = match error.kind() {
            io::ErrorKind::AddrInUse => "the port is in use".to_owned(),
            kind => kind.to_string(),
        };
        format!("listen on {address}: {what}; change it with {remedy}")
    })
}

/// Resolves on Ctrl-C or SIGTERM.
pub(crate) async fn stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
