//! `audit expire` and `audit hold`: what is forgotten on its day, and what is not.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use glasplade_adapters::contract::{Clock, CprNumber, SystemClock};
use uuid::Uuid;

use super::{Failure, load_with_key, runtime, say};
use crate::app::audit_settings;
use crate::audit::keys::{Keys, KeysError, MasterKey};
use crate::audit::retention::{Expired, Hold, Holds, Subject, expire};
use crate::audit::{Audit, AuditIndex, AuditLog, PseudonymKey};
use crate::config::{Config, environment};
use crate::random::{Random as _, SystemRandom};

/// Longer is no list of one person's numbers, in bytes.
const NUMBERS_BYTES_MAX: u64 = 1024;
/// Shorter says nothing to whoever asks years later.
const REFERENCE_CHARS: std::ops::RangeInclusive<usize> = 3..=200;

/// Destroys the keys whose day has come, puts holds on record, and lets the index forget.
///
/// A running service does this itself, once a day; this is for a log that no service has open.
#[derive(Debug, Args)]
pub(super) struct ExpireArguments {
    /// Folder of the configuration: where the audit lies, its secrets, and how long entries are kept.
    #[arg(long, default_value = "config")]
    config: PathBuf,
    /// Folder of the audit, instead of the configured one.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Sets, lifts and lists legal holds. [DK] sletteforbud
///
/// A hold counts from now on, also in a running service, which puts it on record within a minute.
#[derive(Debug, Subcommand)]
pub(super) enum HoldVerb {
    /// Keeps the entries about one citizen, or by one employee, beyond their time.
    Set {
        /// Folder of the configuration.
        #[arg(long, default_value = "config")]
        config: PathBuf,
        /// Reads the citizen's CPR numbers from standard input, one a line: the one in force and every former one.
        #[arg(long, conflicts_with = "employee", required_unless_present = "employee")]
        citizen_stdin: bool,
        /// The entries by this employee.
        #[arg(long)]
        employee: Option<String>,
        /// Which matter it belongs to, such as a journal number; never a name or a CPR number.
        #[arg(long)]
        reference: String,
    },
    /// Lets a hold go; what it kept beyond its time is forgotten.
    Lift {
        /// Folder of the configuration.
        #[arg(long, default_value = "config")]
        config: PathBuf,
        /// The hold, as `set` and `list` print it.
        id: Uuid,
    },
    /// Prints every hold: its name, since when, what kind, how many records it has kept, and the matter.
    List {
        /// Folder of the configuration.
        #[arg(long, default_value = "config")]
        config: PathBuf,
    },
}

pub(super) fn run_expire(arguments: &ExpireArguments) -> Result<(), Failure> {
    let (mut config, key) = load_with_key(&arguments.config)?;
    if let Some(dir) = &arguments.dir {
        config.service.audit.dir.clone_from(dir);
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let Expired { keys, kept } = runtime()?.block_on(expire_closed(&config, key, &clock))?;
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    say(&format!("keys destroyed: {} {}; records kept by a hold: {kept}", keys.len(), keys.join(" ")))
}

async fn expire_closed(config: &Config, key: PseudonymKey, clock: &Arc<dyn Clock>) -> Result<Expired, Failure> {
    let settings = audit_settings(&config.service.audit, &environment()).map_err(|error| error.to_string())?;
    let index = settings.directory.join("index.sqlite");
    let log = AuditLog::open(settings, clock);
    let log =
        log.map_err(|error| format!("open the audit: failed to {error} (a running service forgets by itself)"))?;
    let index =
        AuditIndex::open(&index, &log, config.service.audit.index(Arc::new(key))).map_err(|error| error.to_string())?;
    let audit = Audit::new(log, index, Arc::clone(clock), Arc::new(SystemRandom));
    // All rows first: what is not in the index yet would not be forgotten there.
    audit.index().caught_up();
    let expired = expire(&audit, &config.service.audit.retention, clock.now()).await;
    audit.log().close().await;
    expired.map_err(|error| error.to_string())
}

pub(super) fn run_hold(verb: &HoldVerb) -> Result<(), Failure> {
    let now = SystemClock::default().now();
    match verb {
        HoldVerb::Set { config, employee, reference, .. } => {
            let (config, key) = load_with_key(config)?;
            let subject = match employee {
                Some(employee) => Subject::Employee(employee.to_lowercase()),
                None => Subject::Citizen(citizens(&key, &mut io::stdin().lock())?),
            };
            let is_clean = !reference.chars().any(char::is_control) && !crate::access::holds_personal_number(reference);
            if !is_clean || !REFERENCE_CHARS.contains(&reference.chars().count()) {
                return Err("use --reference: 3 to 200 characters that say which matter, and no CPR number".to_owned());
            }
            let hold = Hold::new(SystemRandom.uuid(), subject, reference.clone(), now);
            let id = hold.id;
            change(&config, |holds| holds.push(hold))?;
            say(&id.to_string())
        }
        HoldVerb::Lift { config, id } => {
            let found = change(&load_with_key(config)?.0, |holds| {
                let found = holds.iter_mut().find(|hold| hold.id == *id && hold.lifted_at.is_none());
                found.map(|hold| hold.lifted_at = Some(now)).is_some()
            });
            if found? { Ok(()) } else { Err("find the hold: no such hold is in force".to_owned()) }
        }
        HoldVerb::List { config } => {
            let holds =
                Holds::read(&keys(&load_with_key(config)?.0, Keys::read)?).map_err(|error| error.to_string())?;
            let line = |hold: &Hold| {
                let Hold { id, subject, set_at, reference, .. } = hold;
                format!("{id} {set_at} {} {} {reference}", subject.kind(), hold.kept())
            };
            let lines: Vec<String> = holds.active().map(line).collect();
            if lines.is_empty() { Ok(()) } else { say(&lines.join("\n")) }
        }
    }
}

/// The keys, by [`Keys::open`] where something is to be kept among them, and by [`Keys::read`] otherwise.
fn keys(
    config: &Config,
    open: impl FnOnce(PathBuf, Arc<MasterKey>) -> Result<Keys, KeysError>,
) -> Result<Keys, Failure> {
    let settings = audit_settings(&config.service.audit, &environment()).map_err(|error| error.to_string())?;
    open(settings.keys, settings.master).map_err(|error| error.to_string())
}

fn change<T>(config: &Config, change: impl FnOnce(&mut Vec<Hold>) -> T) -> Result<T, Failure> {
    Holds::change(&keys(config, Keys::open)?, change).map_err(|error| error.to_string())
}

/// The numbers are gone when this returns: what goes on is their pseudonyms.
fn citizens(key: &PseudonymKey, input: &mut dyn Read) -> Result<Vec<crate::audit::Pseudonym>, Failure> {
    let mut text = String::new();
    let read = input.take(NUMBERS_BYTES_MAX).read_to_string(&mut text);
    read.map_err(|error| format!("read standard input: {}", error.kind()))?;
    let numbers = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(CprNumber::parse);
    let numbers = numbers.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    if numbers.is_empty() {
        return Err("read standard input: at least one CPR number is wanted".to_owned());
    }
    Ok(numbers.iter().map(|number| key.of(number)).collect())
}
