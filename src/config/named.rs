//! What the configuration names outside itself, as it is on this machine now: certificates and secrets that have ended.

use std::sync::Arc;

use glasplade_adapters::contract::ManualClock;
use glasplade_adapters::register::Environment;
use jiff::Timestamp;

use super::{Config, ConfigFiles, ConfigProblems};
use crate::telemetry::{Credential, Credentials, Expiry};

pub(super) fn check(
    config: &Config,
    files: &ConfigFiles,
    environment: &Environment,
    now: Timestamp,
    problems: &mut ConfigProblems,
) {
    const SERVICE: &str = "glasplade.toml";
    let credentials = Credentials::new(config, environment, Arc::new(ManualClock::at(now)));
    let mut unknown = Vec::new();
    for one in credentials.now() {
        let (file, line) = place(&one, config, files);
        let ends = one.ends.map(|ends| ends.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
        match one.state {
            Expiry::Ok => {}
            Expiry::Unknown => unknown.push(format!("`{}`", one.name)),
            Expiry::ExpiringSoon => {
                problems.warning(file, line, format!("`{}` ends on {ends}: renew it before", one.name));
            }
            Expiry::Expired => problems.error(file, line, format!("`{}` ended on {ends}: renew it", one.name)),
        }
    }
    let line = files.line_of_row(SERVICE, "telemetry", 0);
    if !unknown.is_empty() {
        let what = format!("nobody knows when {} end: write the days under `telemetry.expires`", unknown.join(", "));
        problems.warning(SERVICE, line, what);
    }
    for name in credentials.unknown_names(config.service.telemetry.expires.keys()) {
        let what = format!("`telemetry.expires` has a day for `{name}`, and nothing has that name; take it away");
        problems.error(SERVICE, line, what);
    }
}

/// Where the certificate or secret is named.
fn place(one: &Credential, config: &Config, files: &ConfigFiles) -> (&'static str, Option<usize>) {
    const SOURCES: &str = "sources.toml";
    let Some(id) = &one.source else {
        let key = one.name.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
        return ("glasplade.toml", files.line_of_key("glasplade.toml", key));
    };
    let sources = &config.sources;
    let line = match sources.source.iter().position(|row| row.id == *id) {
        Some(at) => files.line_of_row(SOURCES, "source", at),
        None if sources.person_register.as_ref().is_some_and(|row| row.id == *id) => {
            files.line_of_row(SOURCES, "person_register", 0)
        }
        None => files.line_of_row(SOURCES, "staff_directory", 0),
    };
    (SOURCES, line)
}
