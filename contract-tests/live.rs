//! The same promises about answers, against a vendor's test environment. Without one, each kind is named as not run.
//!
//! `contract-tests/live.toml`, or the file that `GLASPLADE_LIVE` names; `README.md` shows one. Neither credentials nor
//! numbers stand in it: settings refer to them as in production, citizens as `env:NAME`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{CprNumber, SourceId, SystemClock};
use glasplade_adapters::register::{self, Environment, SourceConfig};
use glasplade_adapters::transport::{ConnectionSettings, Limits};
use serde::Deserialize;

use crate::arguments::Arguments;
use crate::environment;
use crate::promise::Trial;
use crate::promises::answers;
use crate::report::Line;
use crate::settings::package;
use crate::subject::Subject;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "source")]
    sources: Vec<Source>,
}

/// One test environment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    kind: String,
    base_url: String,
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// Reference to a test citizen whom the source knows: `env:NAME`.
    citizen: String,
    /// Reference to a test citizen whom the source does not know.
    #[serde(default)]
    stranger: Option<String>,
    #[serde(default)]
    settings: serde_json::Map<String, serde_json::Value>,
}

/// A promise that needs nothing of the bench.
type LiveTrial = fn(&Subject) -> Trial<'_>;

const PROMISES: &[(&str, LiveTrial)] = &[
    ("the_probe_is_answered", |subject| Box::pin(answers::probed(subject))),
    ("a_known_citizen_has_records", |subject| Box::pin(answers::known(subject))),
    ("an_unknown_citizen_is_empty", |subject| Box::pin(answers::unknown(subject))),
    ("every_row_names_its_source", |subject| Box::pin(answers::named(subject))),
    ("a_second_answer_is_the_same", |subject| Box::pin(answers::stable(subject))),
    ("capabilities_are_true", |subject| Box::pin(answers::capable(subject))),
];

/// A look-up may take this long: test environments are slow.
const PATIENCE: Duration = Duration::from_secs(15);

/// What there is to run.
#[derive(Debug)]
pub(crate) struct Sources(Result<Vec<Source>, String>);

/// One promise of one source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selected<'a> {
    source: &'a Source,
    name: &'static str,
    trial: LiveTrial,
}

impl Selected<'_> {
    /// `live::sbsys::answers::the_probe_is_answered`.
    pub(crate) fn name(&self) -> String {
        format!("live::{}::answers::{}", self.source.kind, self.name)
    }
}

impl Sources {
    /// Reads the configuration. No file is no sources; a file that cannot be read is a failure when it is run.
    pub(crate) fn read() -> Self {
        let named = environment::read(environment::LIVE).map(PathBuf::from);
        let path = named.clone().unwrap_or_else(|| package().join("live.toml"));
        if named.is_none() && !path.exists() {
            return Self(Ok(Vec::new()));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("read the live configuration: {error}"));
        // The parser's own text may quote a value; where it stands is enough.
        let file = text.and_then(|text| {
            toml::from_str::<File>(&text).map_err(|error| format!("read the live configuration: {}", error.message()))
        });
        Self(file.map(|file| file.sources))
    }

    /// The promises that are wanted, source by source.
    pub(crate) fn selected(&self, arguments: &Arguments) -> Vec<Selected<'_>> {
        let sources = self.0.as_deref().unwrap_or_default().iter();
        let all = sources
            .flat_map(|source| PROMISES.iter().map(move |(name, trial)| Selected { source, name, trial: *trial }));
        all.filter(|selected| arguments.wants(&selected.name())).collect()
    }

    /// Tries them.
    pub(crate) fn run(&self, selected: &[Selected<'_>]) -> Vec<Line> {
        if let Err(reason) = &self.0 {
            return vec![Line::broken("live".to_owned(), reason.clone())];
        }
        if selected.is_empty() {
            return Vec::new();
        }
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return vec![Line::broken("live".to_owned(), format!("start a runtime: {error}"))],
        };
        let run = |one: &Selected<'_>| {
            let outcome = one.source.subject().and_then(|subject| runtime.block_on((one.trial)(&subject)));
            Line::of(one.name(), outcome)
        };
        selected.iter().map(run).collect()
    }

    /// A sentence for each kind that no source is given for.
    pub(crate) fn not_run(&self, kinds: impl Iterator<Item = &'static str>) -> impl Iterator<Item = String> {
        let given: Vec<&str> = self.0.as_deref().unwrap_or_default().iter().map(|source| &*source.kind).collect();
        kinds.filter(move |kind| !given.contains(kind)).map(|kind| format!("live {kind}: not run (no credentials)"))
    }
}

impl Source {
    fn subject(&self) -> Result<Subject, String> {
        let kind = register::kind(&self.kind).map_err(|error| error.to_string())?;
        let environment = Environment(Box::new(environment::read));
        let limits = Limits { connect_timeout_ms: 5_000, ..Limits::default() };
        let connection = ConnectionSettings { base_url: self.base_url.clone(), ca_file: self.ca_file.clone(), limits };
        let settings = self.settings.clone().into();
        let id = SourceId::new(&format!("{}-live", kind.name));
        let config = SourceConfig { id, connection, settings, environment: &environment };
        Ok(Subject {
            adapter: kind.cases(config).map_err(|error| error.to_string())?,
            clock: Arc::new(SystemClock::default()),
            citizen: number(&self.citizen)?,
            stranger: self.stranger.as_deref().map(number).transpose()?,
            patience: PATIENCE,
        })
    }
}

/// A citizen's number behind `env:NAME`. The error repeats the name, never the number.
fn number(reference: &str) -> Result<CprNumber, String> {
    let name = reference.strip_prefix("env:").ok_or("a citizen is given as env:NAME, never as a number")?;
    let digits = environment::read(name).ok_or_else(|| format!("{name} is not set"))?;
    CprNumber::parse(digits.trim()).map_err(|error| format!("{name}: {error}"))
}
