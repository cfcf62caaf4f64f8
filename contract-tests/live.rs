//! The same promises about answers, against a vendor's test environment. Without one, each kind is named as not run.
//!
//! `contract-tests/live.toml`, or the file that `GLASPLADE_LIVE` names; `README.md` shows one. Neither credentials nor
//! numbers stand in it: settings refer to them as in production, citizens as `env:NAME`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{CprNumber, SourceId, StaffKey, SystemClock};
use glasplade_adapters::register::{self, Environment, KINDS, SourceConfig};
use glasplade_adapters::transport::{ConnectionSettings, Limits};
use serde::Deserialize;

use crate::arguments::Arguments;
use crate::environment;
use crate::promise::{ALL, CASES, Trial};
use crate::promises::{answers, cases};
use crate::report::Line;
use crate::settings::package;
use crate::subject::{About, Source as Adapter, Subject, Whom};

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
    /// Reference to somebody whom the source knows: `env:NAME`. A test citizen's number; for a staff directory a user name.
    known: String,
    /// Reference to somebody whom the source does not know.
    #[serde(default)]
    stranger: Option<String>,
    #[serde(default)]
    settings: serde_json::Map<String, serde_json::Value>,
}

/// A promise that needs nothing of the bench.
type LiveTrial = fn(&Subject) -> Trial<'_>;

/// A promise with its room and name, and the sources that it says something about.
struct LivePromise {
    room: &'static str,
    name: &'static str,
    of: &'static [About],
    trial: LiveTrial,
}

const fn promise(room: &'static str, name: &'static str, of: &'static [About], trial: LiveTrial) -> LivePromise {
    LivePromise { room, name, of, trial }
}

const PROMISES: &[LivePromise] = &[
    promise("answers", "the_probe_is_answered", ALL, |subject| Box::pin(answers::probed(subject))),
    promise("answers", "whoever_is_known_is_told", ALL, |subject| Box::pin(answers::known(subject))),
    promise("answers", "whoever_is_unknown_is_nobody", ALL, |subject| Box::pin(answers::unknown(subject))),
    promise("answers", "a_second_answer_is_the_same", ALL, |subject| Box::pin(answers::stable(subject))),
    promise("cases", "a_known_citizen_has_records", CASES, |subject| Box::pin(cases::known(subject))),
    promise("cases", "every_row_names_its_source", CASES, |subject| Box::pin(cases::named(subject))),
    promise("cases", "capabilities_are_true", CASES, |subject| Box::pin(cases::capable(subject))),
];

/// A look-up may take this long: test environments are slow.
const PATIENCE: Duration = Duration::from_secs(15);

/// What there is to run.
#[derive(Debug)]
pub(crate) struct Sources(Result<Vec<Source>, String>);

/// One promise of one source.
#[derive(Clone, Copy)]
pub(crate) struct Selected<'a> {
    source: &'a Source,
    promise: &'static LivePromise,
}

impl Selected<'_> {
    /// `live::sbsys::answers::the_probe_is_answered`.
    pub(crate) fn name(&self) -> String {
        format!("live::{}::{}::{}", self.source.kind, self.promise.room, self.promise.name)
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
        let all = sources.flat_map(|source| {
            let kind = KINDS.iter().find(|kind| kind.name == source.kind);
            // A kind that nobody knows is asked for all the same, and fails by name.
            let of_it = move |promise: &&LivePromise| kind.is_none_or(|kind| promise.of.contains(&About::of(kind)));
            PROMISES.iter().filter(of_it).map(move |promise| Selected { source, promise })
        });
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
            let outcome = one.source.subject().and_then(|subject| runtime.block_on((one.promise.trial)(&subject)));
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
            source: Adapter::build(kind, config).map_err(|error| error.to_string())?,
            clock: Arc::new(SystemClock::default()),
            known: whom(About::of(kind), &self.known)?,
            stranger: self.stranger.as_deref().map(|reference| whom(About::of(kind), reference)).transpose()?,
            patience: PATIENCE,
        })
    }
}

/// Who stands behind `env:NAME`. The error repeats the name, never what is behind it.
fn whom(about: About, reference: &str) -> Result<Whom, String> {
    let name =
        reference.strip_prefix("env:").ok_or("people are given as env:NAME, never as a number or a user name")?;
    let text = environment::read(name).ok_or_else(|| format!("{name} is not set"))?;
    match about {
        About::Cases | About::Persons => {
            CprNumber::parse(text.trim()).map(Whom::Citizen).map_err(|error| format!("{name}: {error}"))
        }
        About::Staff => Ok(Whom::Employee(StaffKey::Employee(text.trim().to_lowercase().into()))),
    }
}
