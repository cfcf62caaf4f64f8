//! `audit extract`: a citizen's insight into who looked, prepared and released on the machine itself.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;
use glasplade_adapters::contract::{Clock, SystemClock};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Failure;
use super::audit_questions::{Opened, Place, number, print};
use crate::access::EmployeeId;
use crate::audit::{
    AuditEntry, AuditError, AuditIndex, AuditLog, AuditedCaller, AuditedEvent, Phase, Pseudonym, fresh_entry_id,
};
use crate::auditor::extract::{Exclusion, Office, PrepareRequest};
use crate::config::Config;

/// Prepares an extract for the citizen whose number stands on standard input, and prints its id and what to look through; with
/// `--release ID --checked-third-parties` prints the extract itself.
///
/// Both are put on record in the log, which only one process may write: while the service runs, use POST /v1/audit/extract.
/// Nothing is kept but the recipe, in the log; what is released is made anew and must be what was prepared.
#[derive(Debug, Args)]
pub(super) struct ExtractArguments {
    #[command(flatten)]
    place: Place,
    /// The employee who prepares or releases it, put on record as such: the extract is a disclosure, and somebody makes it.
    #[arg(long = "as", value_name = "EMPLOYEE")]
    by: String,
    /// Who asked for it.
    #[arg(long, default_value = "citizen", value_parser = PossibleValuesParser::new(["citizen", "parent", "guardian", "representative"]))]
    requested_by: String,
    /// Look-ups from this moment on, RFC 3339.
    #[arg(long)]
    from: Option<Timestamp>,
    /// Look-ups before this moment, RFC 3339.
    #[arg(long)]
    to: Option<Timestamp>,
    /// File with what is left out: a JSON list of `{"attempt": …, "code": "third_party", "reason": …}`.
    #[arg(long)]
    exclude: Option<PathBuf>,
    /// Releases the extract with this id.
    #[arg(long, requires = "checked_third_parties")]
    release: Option<Uuid>,
    /// A person has looked through the list for what concerns others.
    #[arg(long, requires = "release")]
    checked_third_parties: bool,
}

const EXCLUSIONS_BYTES_MAX: u64 = 256 * 1024;

pub(super) fn extract(arguments: &ExtractArguments) -> Result<(), Failure> {
    let by = employee(&arguments.by)?;
    let clock: Arc<dyn Clock> = Arc::<SystemClock>::default();
    // First: an index of another version is made anew here.
    let desk = Recorder::open(arguments, &clock)?;
    let Opened { auditor, config, .. } = arguments.place.open()?;
    let not_given = |error| format!("{error}");
    if let Some(id) = arguments.release {
        let releasing = auditor.release(id).map_err(not_given)?;
        desk.record(&entry(&by, releasing.citizen, releasing.event, clock.now()))?;
        return print(&[releasing.view]);
    }
    let wanted = PrepareRequest {
        cpr: number(&mut io::stdin().lock())?,
        requested_by: word(&arguments.requested_by)?,
        from: arguments.from,
        to: arguments.to,
        exclude: arguments.exclude.as_ref().map(exclusions).transpose()?.unwrap_or_default(),
    };
    let now = clock.now();
    let recipe = wanted.recipe(auditor.key(), now).map_err(|unfit| unfit.to_string())?;
    let preparing = auditor.prepare(&recipe, fresh_entry_id(now), &office(&config)).map_err(not_given)?;
    desk.record(&entry(&by, preparing.citizen, preparing.event, now))?;
    print(&[preparing.view])
}

/// In whose name an extract speaks, and how long it says that look-ups are kept: as long as they are.
pub(crate) fn office(config: &Config) -> Office {
    let audit = &config.service.audit;
    Office { controller: audit.extract.controller.clone(), retention_months: audit.retention.access_months }
}

fn employee(text: &str) -> Result<EmployeeId, Failure> {
    let id = EmployeeId::parse(text.trim());
    id.ok_or_else(|| "use --as: an employee's id has no spaces and is no personal number".to_owned())
}

/// What is put on record: by whom, about whom.
fn entry(by: &EmployeeId, citizen: Pseudonym, event: AuditedEvent, now: Timestamp) -> AuditEntry {
    let id = fresh_entry_id(now);
    let caller = AuditedCaller { employee: by.as_str().to_owned(), ..AuditedCaller::default() };
    AuditEntry {
        caller: Some(caller),
        citizen: Some(citizen),
        event: Some(event),
        ..AuditEntry::new(id, id, Phase::Recorded, now, "glasplade audit extract")
    }
}

fn word<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(&format!("\"{text}\"")).map_err(|_| "read --requested-by".to_owned())
}

fn exclusions(path: &PathBuf) -> Result<Vec<Exclusion>, Failure> {
    let size = fs::metadata(path).map_err(|error| format!("read --exclude: {}", error.kind()))?.len();
    if size > EXCLUSIONS_BYTES_MAX {
        return Err("read --exclude: it is too long".to_owned());
    }
    let text = fs::read(path).map_err(|error| format!("read --exclude: {}", error.kind()))?;
    serde_json::from_slice(&text)
        .map_err(|error| format!("read --exclude: line {} column {}", error.line(), error.column()))
}

/// Holds the log, so that what is done is put on record first.
struct Recorder {
    runtime: tokio::runtime::Runtime,
    log: AuditLog,
    index: AuditIndex,
}

impl Recorder {
    fn open(arguments: &ExtractArguments, clock: &Arc<dyn Clock>) -> Result<Self, Failure> {
        let (config, key) = super::load_with_key(&arguments.place.config)?;
        let dir = &arguments.place.dir;
        let settings = arguments.place.settings(&config)?;
        let log = AuditLog::open(settings, clock).map_err(|error| match error {
            AuditError::Locked => {
                "write to the audit: a service is at work there; use POST /v1/audit/extract".to_owned()
            }
            error => format!("open the audit: failed to {error}"),
        })?;
        let index = AuditIndex::open(&dir.join("index.sqlite"), &log, config.service.audit.index(Arc::new(key)));
        let index = index.map_err(|error| format!("open the audit's index: failed to {error}"))?;
        if !index.caught_up() {
            return Err(format!("follow the log: the index is behind by {} records; run audit verify", index.lag()));
        }
        Ok(Self { runtime: super::runtime()?, log, index })
    }

    /// Durable when this returns, and in the index.
    fn record(&self, entry: &AuditEntry) -> Result<(), Failure> {
        let written = self.runtime.block_on(async {
            let written = self.log.append(entry).await;
            self.log.close().await;
            written
        });
        let _receipt = written.map_err(|error| format!("{error}"))?;
        self.index.caught_up();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::audit::testing;
    use crate::command::Command;

    #[test]
    fn an_extract_says_the_retention_that_the_keys_follow() {
        let mut config = crate::testing::config();
        config.service.audit.retention.access_months = 24;
        assert_eq!(office(&config).retention_months, 24);
    }

    #[test]
    fn nobody_prepares_or_releases_an_extract_without_a_name_on_record() {
        let line = ["glasplade", "audit", "extract", "--dir", "unused"];
        assert!(Command::try_parse_from(line).is_err());
        assert!(Command::try_parse_from(line.into_iter().chain(["--as", "AZ10020"])).is_ok());
        let by = employee(" AZ10020 ").expect("an id");
        let recorded = entry(&by, testing::citizen(1), AuditedEvent::default(), testing::moment());
        assert_eq!(recorded.caller.map(|caller| caller.employee).as_deref(), Some("az10020"));
        let refused = employee("010101-9999").expect_err("no number stands in the log");
        assert!(!refused.contains("9999"), "{refused}");
    }
}
