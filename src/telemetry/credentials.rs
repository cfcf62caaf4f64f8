//! Every certificate and secret that the service uses towards others, and when each ends. Looked at once a minute at most,
//! when somebody asks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::contract::{Clock, SourceId, danish_time_zone};
use glasplade_adapters::register::Environment;
use glasplade_adapters::transport::Secret;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::expiry::{self, Expiry};
use crate::config::Config;

/// How long what was seen is told again before it is looked at anew.
const SEEN_FOR: SignedDuration = SignedDuration::from_mins(1);

/// One certificate or secret, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// Where it stands in the configuration: `sbsys.settings.password`.
    pub(crate) name: Arc<str>,
    /// `certificates` or `secret`.
    pub(crate) kind: &'static str,
    /// The source that it is used towards.
    pub(crate) source: Option<SourceId>,
    /// When it ends, where that is known.
    pub(crate) ends: Option<Timestamp>,
    /// How it stands now.
    pub(crate) state: Expiry,
}

#[derive(Debug)]
enum Where {
    Certificates(PathBuf),
    /// Nothing, when there is no such variable.
    Secret(Option<Secret>),
}

#[derive(Debug)]
struct Watched {
    name: Arc<str>,
    source: Option<SourceId>,
    at: Where,
    /// The end that the configuration tells.
    told: Option<Timestamp>,
}

/// Every certificate and secret that the service uses towards others.
#[derive(Debug)]
pub(crate) struct Credentials {
    watched: Vec<Watched>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Option<(Timestamp, Vec<Credential>)>>,
}

impl Credentials {
    /// Those of a configuration. The clock is the machine's: certificates end in the real world.
    pub(crate) fn new(config: &Config, environment: &Environment, clock: Arc<dyn Clock>) -> Self {
        let mut found = Found { watched: Vec::new(), expires: &config.service.telemetry.expires, environment };
        let sources = &config.sources;
        for row in &sources.source {
            found.system(&row.id, row.connection.ca_file.as_ref(), &row.settings);
        }
        if let Some(row) = &sources.person_register {
            found.system(&row.id, row.connection.ca_file.as_ref(), &row.settings);
        }
        if let Some(row) = &sources.staff_directory {
            found.system(&row.id, row.connection.ca_file.as_ref(), &row.settings);
        }
        let telemetry = &config.service.telemetry;
        let own = config.service.token.jwks_ca_file.iter().map(|path| ("token.jwks_ca_file".to_owned(), path));
        let otlp = telemetry.otlp.as_ref();
        let collector = otlp.and_then(|otlp| otlp.ca_file.as_ref());
        let own = own.chain(collector.map(|path| ("telemetry.otlp.ca_file".to_owned(), path)));
        let further = telemetry.certificates.iter().enumerate();
        let own = own.chain(further.map(|(at, path)| (format!("telemetry.certificates.{at}"), path)));
        for (name, path) in own.collect::<Vec<_>>() {
            found.add(name, None, Where::Certificates(path.clone()));
        }
        if let Some(reference) = otlp.and_then(|otlp| otlp.authorization.as_deref()) {
            found.secret("telemetry.otlp.authorization".to_owned(), None, reference);
        }
        Self { watched: found.watched, clock, seen: Mutex::new(None) }
    }

    /// Each of them as it stands now.
    pub(crate) fn now(&self) -> Vec<Credential> {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, found)) = &*seen
            && (SignedDuration::ZERO..SEEN_FOR).contains(&now.duration_since(*at))
        {
            return found.clone();
        }
        let found: Vec<Credential> = self.watched.iter().map(|one| one.look(now)).collect();
        *seen = Some((now, found.clone()));
        found
    }

    /// Names that the setting `telemetry.expires` gives a day for, and that nothing here has.
    pub(crate) fn unknown_names<'a>(&self, names: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
        names.filter(|name| !self.watched.iter().any(|one| *one.name == ***name)).collect()
    }
}

impl Watched {
    fn look(&self, now: Timestamp) -> Credential {
        let (kind, itself) = match &self.at {
            Where::Certificates(path) => {
                ("certificates", std::fs::read(path).ok().and_then(|pem| expiry::of_certificates(&pem)))
            }
            Where::Secret(secret) => {
                let text = secret.as_ref().and_then(|secret| secret.read().ok());
                ("secret", text.and_then(|text| expiry::of_secret(text.expose_secret())))
            }
        };
        // What it says itself counts before what somebody wrote down of it.
        let ends = itself.or(self.told);
        Credential {
            name: Arc::clone(&self.name),
            kind,
            source: self.source.clone(),
            ends,
            state: Expiry::of(ends, now),
        }
    }
}

struct Found<'a> {
    watched: Vec<Watched>,
    expires: &'a BTreeMap<String, Date>,
    environment: &'a Environment,
}

impl Found<'_> {
    fn add(&mut self, name: String, source: Option<SourceId>, at: Where) {
        let day = self.expires.get(&name);
        let told = day.and_then(|day| day.to_zoned(danish_time_zone().clone()).ok()).map(|start| start.timestamp());
        self.watched.push(Watched { name: name.into(), source, at, told });
    }

    fn secret(&mut self, name: String, source: Option<&SourceId>, reference: &str) {
        let secret = Secret::from_reference(reference, &*self.environment.0).ok();
        self.add(name, source.cloned(), Where::Secret(secret));
    }

    fn system(&mut self, id: &SourceId, ca_file: Option<&PathBuf>, settings: &Value) {
        if let Some(path) = ca_file {
            self.add(format!("{id}.connection.ca_file"), Some(id.clone()), Where::Certificates(path.clone()));
        }
        self.settings(&format!("{id}.settings"), id, settings);
    }

    /// Every text in a source's own settings that refers to a secret.
    fn settings(&mut self, name: &str, id: &SourceId, value: &Value) {
        match value {
            Value::String(text) if text.starts_with("file:") || text.starts_with("env:") => {
                self.secret(name.to_owned(), Some(id), text);
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(field, value)| self.settings(&format!("{name}.{field}"), id, value));
            }
            Value::Array(all) => {
                all.iter().enumerate().for_each(|(at, value)| self.settings(&format!("{name}.{at}"), id, value));
            }
            _ => {}
        }
    }
}
