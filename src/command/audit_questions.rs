//! What the auditor's verbs share: where the audit lies, what to look for, and how a row is printed.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::Timestamp;
use serde::Serialize;

use super::at_machine::{Facts, leave};
use super::{Failure, load_with_key, remark, say};
use crate::app::audit_settings;
use crate::audit::keys::Keys;
use crate::audit::{AuditSettings, Flag, Kind, Pseudonym, Query};
use crate::auditor::{Asked, Auditor, Criteria};
use crate::config::{Config, environment};

/// Where the audit lies.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// Folder of the audit.
    #[arg(long)]
    pub(super) dir: PathBuf,
    /// Folder of the configuration, for the key of the pseudonyms and the names of codes.
    #[arg(long, default_value = "config")]
    pub(super) config: PathBuf,
}

impl Place {
    /// The log in this folder, with the secrets of the configuration.
    pub(super) fn settings(&self, config: &Config) -> Result<AuditSettings, Failure> {
        let settings = audit_settings(&config.service.audit, &environment()).map_err(|error| error.to_string())?;
        let keys = config.service.audit.keys_dir.clone().unwrap_or_else(|| self.dir.join("keys"));
        Ok(AuditSettings { directory: self.dir.clone(), keys, ..settings })
    }

    /// Whoever answers, beside a running service or without one.
    pub(super) fn open(&self) -> Result<Opened, Failure> {
        let (config, key) = load_with_key(&self.config)?;
        let index = self.dir.join("index.sqlite");
        let settings = self.settings(&config)?;
        let keys = Keys::read(settings.keys, settings.master).map_err(|error| format!("open the keys: {error}"))?;
        let keys = Arc::new(keys);
        let auditor = Auditor::open(&index, (&self.dir, Arc::clone(&keys)), Arc::new(key), &config);
        let auditor = auditor.map_err(|error| format!("{error}: there is no index in this folder"))?;
        // Never a part for the whole without a word.
        let behind = auditor.behind().map_err(|error| format!("ask the index: failed to {error}"))?;
        if behind > 0 {
            remark(&format!("the index is behind by {behind} records; what is told now is told without them"));
        }
        Ok(Opened { auditor, config, keys })
    }
}

/// Whoever answers, and where the question is left for the log.
pub(super) struct Opened {
    pub(super) auditor: Auditor,
    pub(super) config: Config,
    keys: Arc<Keys>,
}

impl Opened {
    /// Leaves the question for the log, as it would stand there over HTTP; before anything is told.
    pub(super) fn on_record(&self, what: &str, citizen: Option<Pseudonym>, facts: Facts) -> Result<(), Failure> {
        leave(&self.keys, what, citizen, facts)
    }
}

/// What to look for: every part that is given must fit.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Find {
    /// Reads one CPR number from standard input (never from the command line, which others on the machine can see) and finds
    /// what is about this citizen, under every number that the register said is theirs.
    #[arg(long)]
    pub(super) citizen_stdin: bool,
    /// By this employee.
    #[arg(long)]
    pub(super) employee: Option<String>,
    /// By somebody of this unit.
    #[arg(long)]
    pub(super) unit: Option<String>,
    /// By somebody of this department.
    #[arg(long)]
    pub(super) department: Option<String>,
    /// For this purpose.
    #[arg(long)]
    pub(super) purpose: Option<String>,
    /// With this flag; may be given several times, and all must fit. `colleague` gives the look-ups of staff, `unexplained`
    /// those that no case of the caller's own explains.
    #[arg(long = "flag", value_parser = PossibleValuesParser::new(Flag::ALL.map(Flag::as_str)))]
    pub(super) flags: Vec<String>,
    /// Of this kind, instead of look-ups.
    #[arg(long, value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)))]
    pub(super) kind: Option<String>,
    /// At least so many look-ups of one citizen by one employee.
    #[arg(long, value_parser = clap::value_parser!(u8).range(2..))]
    pub(super) repeats: Option<u8>,
    /// At this moment or later, RFC 3339.
    #[arg(long)]
    pub(super) from: Option<Timestamp>,
    /// Before this moment, RFC 3339.
    #[arg(long)]
    pub(super) to: Option<Timestamp>,
}

impl Find {
    /// The question; the number is gone when this returns: what goes on is its pseudonym.
    pub(super) fn ask(&self, auditor: &Auditor, input: &mut dyn Read, limit: u32) -> Result<Asked, Failure> {
        let criteria = Criteria {
            cpr: if self.citizen_stdin { Some(number(input)?) } else { None },
            employee: self.employee.clone(),
            unit: self.unit.clone(),
            department: self.department.clone(),
            purpose: self.purpose.clone(),
            flags: self.flags.iter().filter_map(|word| Flag::parse(word)).collect(),
            repeats: self.repeats,
            kind: self.kind.as_deref().and_then(Kind::parse),
            from: self.from,
            to: self.to,
        };
        criteria.ask(auditor.key(), limit.min(Query::LIMIT_MAX)).map_err(|unfit| unfit.to_string())
    }
}

/// One number from standard input; whether it is one is looked at by who asks.
pub(super) fn number(input: &mut dyn Read) -> Result<String, Failure> {
    let mut text = String::new();
    let read = input.take(64).read_to_string(&mut text);
    read.map_err(|error| format!("read standard input: {}", error.kind()))?;
    Ok(text.trim().to_owned())
}

/// One JSON object a line.
pub(super) fn print(rows: &[impl Serialize]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> =
        rows.iter().map(|row| serde_json::to_string(row).expect("texts and numbers are JSON")).collect();
    say(&lines.join("\n"))
}
