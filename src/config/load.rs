//! Reading a configuration folder: all files, all mistakes, then either a whole [`Config`] or the list of what to mend.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use glasplade_adapters::register;
use glasplade_adapters::transport::Secret;
use serde::de::DeserializeOwned;

use super::{AccessFile, DepartmentsFile, FILE_NAMES, KindsFile, ServiceFile, SourcesFile, Texts, VisibilityFile};

/// The texts of a configuration folder.
#[derive(Debug, Clone, Default)]
pub struct ConfigFiles(Vec<(&'static str, String)>);

/// A whole, checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// `glasplade.toml`.
    pub service: ServiceFile,
    /// `sources.toml`.
    pub sources: SourcesFile,
    /// `departments.toml`.
    pub departments: DepartmentsFile,
    /// `kinds.toml`.
    pub kinds: KindsFile,
    /// `access.toml`.
    pub access: AccessFile,
    /// `visibility.toml`.
    pub visibility: VisibilityFile,
    /// `texts.toml`.
    pub texts: Texts,
    /// SHA-256 over the files that decide access, as hexadecimal text: stands in every audited decision.
    pub policy_hash: String,
}

/// Where a mistake stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File name in the folder.
    pub file: &'static str,
    /// From 1; `None` when the whole file is meant.
    pub line: Option<usize>,
}

/// One mistake, or one thing that is off and should be known (a warning).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Where.
    pub place: Place,
    /// What, and what to do about it. Never quotes a value.
    pub what: String,
    /// The service runs all the same.
    pub warning: bool,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.warning { "warning" } else { "error" };
        match self.place.line {
            Some(line) => write!(formatter, "{kind}: {}:{line}: {}", self.place.file, self.what),
            None => write!(formatter, "{kind}: {}: {}", self.place.file, self.what),
        }
    }
}

/// Every mistake that was found.
#[derive(Debug, Clone, Default, thiserror::Error)]
#[error("use the configuration: {} mistake(s)", .0.iter().filter(|problem| !problem.warning).count())]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl ConfigProblems {
    fn error(&mut self, file: &'static str, line: Option<usize>, what: impl Into<String>) {
        self.0.push(ConfigProblem { place: Place { file, line }, what: what.into(), warning: false });
    }

    fn warning(&mut self, file: &'static str, what: impl Into<String>) {
        self.0.push(ConfigProblem { place: Place { file, line: None }, what: what.into(), warning: true });
    }

    /// At least one is an error.
    pub fn is_fatal(&self) -> bool {
        self.0.iter().any(|problem| !problem.warning)
    }
}

impl ConfigFiles {
    /// Reads the files of `dir`; what is missing there is taken from `defaults` (the folder above a demo's, say).
    ///
    /// # Errors
    /// The names of the files that are in neither.
    pub fn read(dir: &Path, defaults: Option<&Path>) -> Result<Self, ConfigProblems> {
        let mut problems = ConfigProblems::default();
        let mut files = Vec::new();
        for name in FILE_NAMES {
            let candidates = [Some(dir.to_path_buf()), defaults.map(Path::to_path_buf)];
            let text =
                candidates.iter().flatten().find_map(|dir: &PathBuf| std::fs::read_to_string(dir.join(name)).ok());
            match text {
                Some(text) => files.push((name, text)),
                None => problems.error(name, None, "the file is missing or not readable"),
            }
        }
        if problems.0.is_empty() { Ok(Self(files)) } else { Err(problems) }
    }

    /// Files held in memory (the demo's are embedded in its binary).
    pub fn from_texts(texts: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(texts.into_iter().collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(file, _)| *file == name).map_or("", |(_, text)| text.as_str())
    }

    /// Parses and checks everything. Warnings come with a good configuration, too.
    ///
    /// # Errors
    /// Every mistake of every file at once.
    pub fn parse(&self) -> Result<(Config, ConfigProblems), ConfigProblems> {
        let mut problems = ConfigProblems::default();
        let service = self.file::<ServiceFile>("glasplade.toml", &mut problems);
        let sources = self.file::<SourcesFile>("sources.toml", &mut problems);
        let departments = self.file::<DepartmentsFile>("departments.toml", &mut problems);
        let kinds = self.file::<KindsFile>("kinds.toml", &mut problems);
        let access = self.file::<AccessFile>("access.toml", &mut problems);
        let visibility = self.file::<VisibilityFile>("visibility.toml", &mut problems);
        let texts = self.file::<Texts>("texts.toml", &mut problems);
        let (Some(service), Some(sources), Some(departments), Some(kinds), Some(access), Some(visibility), Some(texts)) =
            (service, sources, departments, kinds, access, visibility, texts)
        else {
            return Err(problems);
        };
        let config =
            Config { service, sources, departments, kinds, access, visibility, texts, policy_hash: self.policy_hash() };
        check(&config, &mut problems);
        if problems.is_fatal() { Err(problems) } else { Ok((config, problems)) }
    }

    fn file<T: DeserializeOwned>(&self, name: &'static str, problems: &mut ConfigProblems) -> Option<T> {
        let text = self.text(name);
        match toml::from_str(text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                problems.error(name, line, without_values(error.message()));
                None
            }
        }
    }

    /// What decides access, as one hash.
    fn policy_hash(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        for name in ["access.toml", "kinds.toml", "departments.toml", "visibility.toml"] {
            context.update(name.as_bytes());
            context.update(self.text(name).as_bytes());
        }
        crate::hex(context.finish().as_ref())
    }
}

/// TOML and serde texts may quote a value between `"`; field names stand in backticks and are kept.
fn without_values(text: &str) -> String {
    text.split('"').step_by(2).collect::<Vec<_>>().join("…")
}

fn check(config: &Config, problems: &mut ConfigProblems) {
    check_names(config, problems);
    check_source_rows(config, problems);
    check_confirmations(config, problems);
    if config.service.service.deadline_default_ms > config.service.service.deadline_max_ms {
        problems.error("glasplade.toml", None, "`deadline_default_ms` is longer than `deadline_max_ms`");
    }
}

/// Every name that points somewhere points to something that exists.
fn check_names(config: &Config, problems: &mut ConfigProblems) {
    let categories: BTreeSet<&str> = config.access.category.iter().map(|row| row.code.as_str()).collect();
    let kinds: BTreeSet<&str> = config.kinds.kind.iter().map(|row| row.code.as_str()).collect();
    let departments: BTreeSet<&str> = config.departments.department.iter().map(|row| row.code.as_str()).collect();
    let units: BTreeSet<&str> = config.departments.unit.iter().map(|row| row.code.as_str()).collect();
    let roles: BTreeSet<&str> = config.access.role.iter().map(|row| row.code.as_str()).collect();
    if !categories.contains("unclassified") {
        problems.error("access.toml", None, "the category `unclassified` is missing");
    }
    for kind in &config.kinds.kind {
        if !categories.contains(kind.category.as_str()) {
            problems.error("kinds.toml", None, format!("kind `{}` names a category that access.toml lacks", kind.code));
        }
    }
    for (at, rule) in (1..).zip(&config.kinds.rule) {
        if !kinds.contains(rule.kind.as_str()) {
            problems.error("kinds.toml", None, format!("rule {at} names a kind that is not described"));
        }
    }
    for unit in &config.departments.unit {
        if !departments.contains(unit.department.as_str()) {
            let what = format!("unit `{}` names a department that is not described", unit.code);
            problems.error("departments.toml", None, what);
        }
    }
    for (at, row) in (1..).zip(&config.departments.matchers) {
        let unit_is_known = row.unit.as_deref().is_none_or(|unit| units.contains(unit));
        let department_is_known = row.department.as_deref().is_none_or(|code| departments.contains(code));
        if !unit_is_known || !department_is_known || (row.unit.is_none() && row.department.is_none()) {
            let what = format!("match {at} must name a unit or department that is described");
            problems.error("departments.toml", None, what);
        }
        let unconditional =
            row.source.is_none() && row.unit_id.is_empty() && row.master_system.is_empty() && row.kle.is_empty();
        if unconditional && at < config.departments.matchers.len() {
            problems.error(
                "departments.toml",
                None,
                format!("match {at} fits every row: what follows is never reached"),
            );
        }
    }
    for purpose in &config.access.purpose {
        for role in purpose.roles.iter().filter(|role| !roles.contains(role.as_str())) {
            let what = format!("purpose `{}` names the role `{role}`, which is not described", purpose.code);
            problems.error("access.toml", None, what);
        }
    }
    for source in &config.sources.source {
        for category in source.categories.iter().filter(|code| !categories.contains(code.as_str())) {
            let what = format!("source `{}` names the category `{category}`, which access.toml lacks", source.id);
            problems.error("sources.toml", None, what);
        }
    }
}

/// Builds every source as the service would, and tells every mistake.
pub fn check_sources(config: &Config, environment: &register::Environment) -> ConfigProblems {
    let mut problems = ConfigProblems::default();
    for row in &config.sources.source {
        if let Err(error) = crate::sources::build(row, environment) {
            problems.error("sources.toml", None, format!("source `{}`: failed to {error}", row.id));
        }
    }
    for problem in config.service.token.problems() {
        problems.error("glasplade.toml", None, format!("`token`: {problem}"));
    }
    let key = Secret::from_reference(&config.service.privacy.pseudonym_key, &*environment.0).and_then(|key| key.read());
    if let Err(error) = key {
        problems.error("glasplade.toml", None, format!("`privacy.pseudonym_key`: failed to {error}"));
    }
    problems
}

fn check_source_rows(config: &Config, problems: &mut ConfigProblems) {
    let mut seen = BTreeSet::new();
    for source in &config.sources.source {
        if !seen.insert(&source.id) {
            problems.error("sources.toml", None, format!("source `{}` stands twice", source.id));
        }
        match register::kind(&source.kind) {
            Ok(kind) => {
                for warning in (kind.warnings)(&source.settings) {
                    problems.warning("sources.toml", format!("source `{}`: {warning}", source.id));
                }
            }
            Err(error) => problems.error("sources.toml", None, format!("source `{}`: failed to {error}", source.id)),
        }
        let is_loopback = ["http://127.", "http://localhost", "http://[::1]"]
            .iter()
            .any(|prefix| source.connection.base_url.starts_with(prefix));
        if source.connection.base_url.starts_with("http://") && !is_loopback {
            let what = format!("source `{}`: `base_url` must be https:// outside this machine", source.id);
            problems.error("sources.toml", None, what);
        }
    }
}

/// Unconfirmed means off, and is listed.
fn check_confirmations(config: &Config, problems: &mut ConfigProblems) {
    for purpose in config.access.purpose.iter().filter(|row| row.needs_confirmation && row.confirmation.is_none()) {
        let what = format!("purpose `{}` is off: nobody has confirmed it (by, on, document)", purpose.code);
        problems.warning("access.toml", what);
    }
}
