//! Reading a configuration folder: all files, all mistakes, then either a whole [`Config`] or the list of what to mend.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glasplade_adapters::contract::{SourceId, danish_day};
use glasplade_adapters::register;
use glasplade_adapters::transport::Secret;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::deciding::{Deciding, POLICIES, SCHEMA};
use super::{
    AccessFile, DepartmentsFile, FILE_NAMES, KindsFile, ServiceFile, SourcesFile, TARGET_GROUPS, TargetGroups, Texts,
    VisibilityFile,
};
use crate::access::engine::{Engine, EngineError};

/// The texts of a configuration folder.
#[derive(Debug, Clone, Default)]
pub struct ConfigFiles {
    texts: Vec<(Cow<'static, str>, String)>,
    folders: Vec<PathBuf>,
}

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
    /// `target-groups/`: rules and approvals.
    pub target_groups: TargetGroups,
    /// `access/`: the policies, checked against their schema.
    pub engine: Arc<Engine>,
    /// The files that decide access; their hash stands in every audited decision.
    pub deciding: Deciding,
    /// Where the files were read, the first before the second; empty for files held in memory.
    pub folders: Vec<PathBuf>,
}

/// Where a mistake stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File name in the folder.
    pub file: Cow<'static, str>,
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
    pub(super) fn error(&mut self, file: impl Into<Cow<'static, str>>, line: Option<usize>, what: impl Into<String>) {
        let place = Place { file: file.into(), line };
        self.0.push(ConfigProblem { place, what: what.into(), warning: false });
    }

    pub(super) fn warning(&mut self, file: impl Into<Cow<'static, str>>, line: Option<usize>, what: impl Into<String>) {
        let place = Place { file: file.into(), line };
        self.0.push(ConfigProblem { place, what: what.into(), warning: true });
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
            let text = candidates(dir, defaults).iter().find_map(|dir| std::fs::read_to_string(dir.join(name)).ok());
            match text {
                Some(text) => files.push((Cow::Borrowed(name), text)),
                None => problems.error(name, None, "the file is missing or not readable"),
            }
        }
        let folders = candidates(dir, defaults);
        for (name, path) in target_group_paths(&folders) {
            match std::fs::read_to_string(path) {
                Ok(text) => files.push((Cow::Owned(name), text)),
                Err(_) => problems.error(name, None, "the file is not readable"),
            }
        }
        if problems.0.is_empty() { Ok(Self { texts: files, folders }) } else { Err(problems) }
    }

    /// Files held in memory (the demo's are embedded in its binary).
    pub fn from_texts(texts: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let texts = texts.into_iter().map(|(name, text)| (Cow::Borrowed(name), text));
        Self { texts: texts.collect(), folders: Vec::new() }
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(file, _)| *file == name).map_or("", |(_, text)| text.as_str())
    }

    /// The names of all files.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(name, _)| &**name)
    }

    /// The line of the `at`-th row (from 0) of an array of tables, or of the one table of that name.
    pub(super) fn line_of_row(&self, name: &str, table: &str, at: usize) -> Option<usize> {
        let headers = [format!("[[{table}]]"), format!("[{table}]")];
        let rows =
            self.text(name).lines().enumerate().filter(|(_, line)| headers.iter().any(|one| header(line) == one));
        rows.map(|(line, _)| line + 1).nth(at)
    }

    /// Parses and checks everything. Warnings come with a good configuration, too.
    ///
    /// # Errors
    /// Every mistake of every file at once.
    pub fn parse(&self) -> Result<(Config, ConfigProblems), ConfigProblems> {
        match self.parsed() {
            (Some(config), problems) if !problems.is_fatal() => Ok((config, problems)),
            (_, problems) => Err(problems),
        }
    }

    /// Every mistake that can be found on this machine, as of `now`: in the files, in what they say together, in what they
    /// name (secrets, certificates) and in what has passed since. A mistake in one file hides none in another.
    pub fn check_all(&self, environment: &register::Environment, now: Timestamp) -> ConfigProblems {
        let (config, mut problems) = self.parsed();
        if let Some(config) = &config {
            problems.0.extend(self.check_day(config, danish_day(now)).0);
            problems.0.extend(check_built(config, environment, Some(self)).0);
            super::named::check(config, self, environment, now, &mut problems);
        }
        problems
    }

    /// As much of a configuration as can be read, and everything that is wrong with it.
    fn parsed(&self) -> (Option<Config>, ConfigProblems) {
        let mut problems = ConfigProblems::default();
        let service = self.file::<ServiceFile>("glasplade.toml", &mut problems);
        let sources = self.file::<SourcesFile>("sources.toml", &mut problems);
        let departments = self.file::<DepartmentsFile>("departments.toml", &mut problems);
        let kinds = self.file::<KindsFile>("kinds.toml", &mut problems);
        let access = self.file::<AccessFile>("access.toml", &mut problems);
        let visibility = self.file::<VisibilityFile>("visibility.toml", &mut problems);
        let texts = self.file::<Texts>("texts.toml", &mut problems);
        let target_groups = self.target_group_files(&mut problems);
        let engine = self.engine(&mut problems);
        let (
            Some(service),
            Some(sources),
            Some(departments),
            Some(kinds),
            Some(access),
            Some(visibility),
            Some(texts),
            Some(engine),
        ) = (service, sources, departments, kinds, access, visibility, texts, engine)
        else {
            return (None, problems);
        };
        let mut config = Config {
            service,
            sources,
            departments,
            kinds,
            access,
            visibility,
            texts,
            target_groups: TargetGroups::default(),
            engine,
            deciding: Deciding::new(|name| self.text(name).to_owned()),
            folders: self.folders.clone(),
        };
        config.target_groups = self.target_groups(target_groups, &config, &mut problems);
        check(&config, self, &mut problems);
        (Some(config), problems)
    }

    /// The file as far as it can be read: a line with a mistake is told and left out, so that it hides none of the others.
    pub(super) fn file<T: DeserializeOwned>(&self, name: &str, problems: &mut ConfigProblems) -> Option<T> {
        super::mended::read(self.text(name), |line, what| problems.error(name.to_owned(), line, what))
    }

    fn engine(&self, problems: &mut ConfigProblems) -> Option<Arc<Engine>> {
        match Engine::parse(self.text(SCHEMA), self.text(POLICIES)) {
            Ok(engine) => Some(Arc::new(engine)),
            Err(error) => {
                let file = if matches!(error, EngineError::Schema(_)) { SCHEMA } else { POLICIES };
                let what = error.to_string();
                problems.error(file, super::mended::line_told(&what), what);
                // Closed, and only to look for mistakes elsewhere: no service starts with an error.
                Engine::parse(self.text(SCHEMA), "").ok().map(Arc::new)
            }
        }
    }
}

/// A line without the remark behind it.
fn header(line: &str) -> &str {
    line.split_once('#').map_or(line, |(header, _)| header).trim_end()
}

/// The rules and approvals of the folders by file name; a file of an earlier folder stands for one of the same name in a later.
fn target_group_paths(folders: &[PathBuf]) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder.join(TARGET_GROUPS)).into_iter().flatten().filter_map(Result::ok);
        for path in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        {
            if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                found.entry(format!("{TARGET_GROUPS}/{name}")).or_insert(path.clone());
            }
        }
    }
    found
}

fn candidates(dir: &Path, defaults: Option<&Path>) -> Vec<PathBuf> {
    std::iter::once(dir).chain(defaults).map(Path::to_path_buf).collect()
}

fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    check_names(config, files, problems);
    check_source_rows(config, files, problems);
    super::dates::check(config, files, problems);
    super::target_group_check::check(config, files, problems);
    check_retention(config, problems);
    check_shared_view(config, files, problems);
    check_audit(config, problems);
    super::guard::check(config, files, problems);
    super::polling::check(config, files, problems);
    super::reach::check(config, files, problems);
    super::telemetry::check(config, files, problems);
    if config.service.service.deadline_default_ms > config.service.service.deadline_max_ms {
        problems.error("glasplade.toml", None, "`deadline_default_ms` is longer than `deadline_max_ms`");
    }
}

/// A field that is to be left out and is misspelt would be shown.
fn check_shared_view(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let (visibility, shared) = (&config.visibility, &config.visibility.shared);
    let of_item = shared.leaves_out_of_item.iter().map(|field| visibility.item.contains_key(field));
    let of_citizen = shared.leaves_out_of_citizen.iter().map(|field| visibility.citizen.contains_key(field));
    for _ in of_item.chain(of_citizen).filter(|is_known| !is_known) {
        let line = files.line_of_row("visibility.toml", "shared", 0);
        problems.error(
            "visibility.toml",
            line,
            "a field that the shared view leaves out is not one of the fields above",
        );
    }
}

/// Every name that points somewhere points to something that exists.
fn check_names(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let categories: BTreeSet<&str> = config.access.category.iter().map(|row| row.code.as_str()).collect();
    let kinds: BTreeSet<&str> = config.kinds.kind.iter().map(|row| row.code.as_str()).collect();
    let roles: BTreeSet<&str> = config.access.role.iter().map(|row| row.code.as_str()).collect();
    if !categories.contains("unclassified") {
        problems.error("access.toml", None, "the category `unclassified` is missing");
    }
    for (at, kind) in config.kinds.kind.iter().enumerate() {
        if !categories.contains(kind.category.as_str()) {
            let what = format!("kind `{}` names a category that access.toml lacks", kind.code);
            problems.error("kinds.toml", files.line_of_row("kinds.toml", "kind", at), what);
        }
    }
    for (at, rule) in config.kinds.rule.iter().enumerate() {
        if !kinds.contains(rule.kind.as_str()) {
            let what = format!("rule {} names a kind that is not described", at + 1);
            problems.error("kinds.toml", files.line_of_row("kinds.toml", "rule", at), what);
        }
    }
    for (at, purpose) in config.access.purpose.iter().enumerate() {
        for role in purpose.roles.iter().filter(|role| !roles.contains(role.as_str())) {
            let what = format!("purpose `{}` names the role `{role}`, which is not described", purpose.code);
            problems.error("access.toml", files.line_of_row("access.toml", "purpose", at), what);
        }
    }
    for (at, source) in config.sources.source.iter().enumerate() {
        for category in source.categories.iter().filter(|code| !categories.contains(code.as_str())) {
            let what = format!("source `{}` names the category `{category}`, which access.toml lacks", source.id);
            problems.error("sources.toml", files.line_of_row("sources.toml", "source", at), what);
        }
    }
    check_consents(config, files, &categories, problems);
    check_departments(config, files, problems);
}

fn check_consents(config: &Config, files: &ConfigFiles, categories: &BTreeSet<&str>, problems: &mut ConfigProblems) {
    const FILE: &str = "access.toml";
    let rules = &config.access.consents;
    let line = files.line_of_row(FILE, "consents", 0);
    for code in rules.purposes.iter().filter(|code| !config.access.purpose.iter().any(|row| row.code == **code)) {
        problems.error(FILE, line, format!("consents name the purpose `{code}`, which is not described"));
    }
    for (at, row) in rules.age_rule.iter().enumerate() {
        if !categories.contains(row.category.as_str()) {
            let what = format!("an age rule names the category `{}`, which is not described", row.category);
            problems.error(FILE, files.line_of_row(FILE, "consents.age_rule", at), what);
        }
    }
    let alone = rules.age_rule.iter().filter_map(|row| row.alone_from).min().unwrap_or(rules.own_voice_age);
    if rules.own_voice_age > rules.adult_age || alone < rules.own_voice_age {
        let what = "nobody decides alone before `own_voice_age`, nor has a voice only after `adult_age`";
        problems.error(FILE, line, what);
    }
    if config.service.consents.file.is_none() {
        problems.warning(
            "glasplade.toml",
            None,
            "no `consents.file`: no consent can be recorded, and none opens anything",
        );
    }
}

fn check_departments(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const FILE: &str = "departments.toml";
    let departments: BTreeSet<&str> = config.departments.department.iter().map(|row| row.code.as_str()).collect();
    let units: BTreeSet<&str> = config.departments.unit.iter().map(|row| row.code.as_str()).collect();
    for (at, unit) in config.departments.unit.iter().enumerate() {
        if !departments.contains(unit.department.as_str()) {
            let what = format!("unit `{}` names a department that is not described", unit.code);
            problems.error(FILE, files.line_of_row(FILE, "unit", at), what);
        }
        let named = unit.categories.iter().flatten();
        for _ in named.filter(|code| !config.access.category.iter().any(|row| row.code == **code)) {
            let what = format!("unit `{}` names a category that access.toml lacks", unit.code);
            problems.error(FILE, files.line_of_row(FILE, "unit", at), what);
        }
    }
    for (at, row) in config.departments.matchers.iter().enumerate() {
        let unit_is_known = row.unit.as_deref().is_none_or(|unit| units.contains(unit));
        let department_is_known = row.department.as_deref().is_none_or(|code| departments.contains(code));
        if !unit_is_known || !department_is_known || (row.unit.is_none() && row.department.is_none()) {
            let what = format!("match {} must name a unit or department that is described", at + 1);
            problems.error(FILE, files.line_of_row(FILE, "match", at), what);
        }
        let unconditional =
            row.source.is_none() && row.unit_id.is_empty() && row.master_system.is_empty() && row.kle.is_empty();
        if unconditional && at + 1 < config.departments.matchers.len() {
            let what = format!("match {} fits every row: what follows is never reached", at + 1);
            problems.error(FILE, files.line_of_row(FILE, "match", at), what);
        }
    }
}

/// Builds every source as the service would, and tells every mistake.
pub fn check_sources(config: &Config, environment: &register::Environment) -> ConfigProblems {
    check_built(config, environment, None)
}

/// The same, with the lines where `files` are at hand.
fn check_built(config: &Config, environment: &register::Environment, files: Option<&ConfigFiles>) -> ConfigProblems {
    const SERVICE: &str = "glasplade.toml";
    let mut problems = ConfigProblems::default();
    let row_line = |table, at| files.and_then(|files| files.line_of_row("sources.toml", table, at));
    let key_line = |key| files.and_then(|files| files.line_of_key(SERVICE, key));
    for (at, row) in config.sources.source.iter().enumerate() {
        if let Err(error) = crate::sources::build(row, environment) {
            let what = format!("source `{}`: failed to {error}", row.id);
            problems.error("sources.toml", row_line("source", at), what);
        }
    }
    let directory = config.sources.staff_directory.as_ref();
    if let Some((id, Err(error))) = directory.map(|row| (&row.id, crate::staff::build(row, environment))) {
        let what = format!("staff directory `{id}`: failed to {error}");
        problems.error("sources.toml", row_line("staff_directory", 0), what);
    }
    let register = config.sources.person_register.as_ref();
    if let Some((id, Err(error))) = register.map(|row| (&row.id, crate::people::build(row, environment))) {
        let what = format!("person register `{id}`: failed to {error}");
        problems.error("sources.toml", row_line("person_register", 0), what);
    }
    for problem in config.service.token.problems() {
        let line = files.and_then(|files| files.line_of_row(SERVICE, "token", 0));
        problems.error(SERVICE, line, format!("`token`: {problem}"));
    }
    let key = Secret::from_reference(&config.service.privacy.pseudonym_key, &*environment.0).and_then(|key| key.read());
    if let Err(error) = key {
        let what = format!("`privacy.pseudonym_key`: failed to {error}; put it there, or name where it is");
        problems.error(SERVICE, key_line("pseudonym_key"), what);
    }
    if let Err(error) = crate::app::audit_settings(&config.service.audit, environment) {
        let what = format!("`audit`: failed to {error}");
        let key = ["master_key", "checkpoint_key", "origin"].into_iter().find(|key| what.contains(key));
        problems.error(SERVICE, key.and_then(key_line), what);
    }
    problems
}

/// One configured system, whatever it answers about.
struct Configured<'a> {
    table: &'static str,
    at: usize,
    id: &'a SourceId,
    kind: &'a str,
    settings: &'a serde_json::Value,
    base_url: &'a str,
}

/// Everything that sources.toml names: case systems, the register, the directory.
fn configured(config: &Config) -> impl Iterator<Item = Configured<'_>> {
    let sources = &config.sources;
    let cases = sources.source.iter().enumerate();
    let cases = cases.map(|(at, row)| ("source", at, &row.id, &row.kind, &row.settings, &row.connection));
    let register = sources.person_register.iter();
    let register = register.map(|row| ("person_register", 0, &row.id, &row.kind, &row.settings, &row.connection));
    let directory = sources.staff_directory.iter();
    let directory = directory.map(|row| ("staff_directory", 0, &row.id, &row.kind, &row.settings, &row.connection));
    cases.chain(register).chain(directory).map(|(table, at, id, kind, settings, connection)| Configured {
        table,
        at,
        id,
        kind,
        settings,
        base_url: &connection.base_url,
    })
}

fn check_source_rows(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const FILE: &str = "sources.toml";
    let mut seen = BTreeSet::new();
    for one in configured(config) {
        let line = files.line_of_row(FILE, one.table, one.at);
        if !seen.insert(one.id) {
            problems.error(FILE, line, format!("source `{}` stands twice", one.id));
        }
        match register::kind(one.kind) {
            Ok(kind) if kind.build.table() != one.table => {
                let what = format!("source `{}`: its kind belongs under [{}]", one.id, kind.build.table());
                problems.error(FILE, line, what);
            }
            Ok(kind) => {
                for warning in (kind.warnings)(one.settings) {
                    problems.warning(FILE, line, format!("source `{}`: {warning}", one.id));
                }
            }
            Err(error) => problems.error(FILE, line, format!("source `{}`: failed to {error}", one.id)),
        }
        if is_plain_outside(one.base_url) {
            let what = format!("source `{}`: `base_url` must be https:// outside this machine", one.id);
            problems.error(FILE, line, what);
        }
    }
    if config.sources.person_register.is_none() {
        problems.warning(
            FILE,
            None,
            "no [person_register]: no name is shown, every protection flag is unknown, and nobody's household is known",
        );
    }
    if config.sources.staff_directory.is_none() {
        problems.warning(FILE, None, "no [staff_directory]: a number is shown only where a case system gives one");
    }
}

/// An `http://` address that is not on loopback. What is no address at all is told when the source is built.
pub(super) fn is_plain_outside(address: &str) -> bool {
    let Ok(address) = address.parse::<http::Uri>() else { return false };
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    address.scheme() == Some(&http::uri::Scheme::HTTP) && !is_loopback
}

/// What the auditors' listener must not share with the service, and hours that are none.
fn check_audit(config: &Config, problems: &mut ConfigProblems) {
    const FILE: &str = "glasplade.toml";
    let (service, audit) = (&config.service.service, &config.service.audit);
    if let Some(listener) = &audit.listener {
        if listener.listen == service.listen && listener.listen.port() != 0 {
            problems.error(FILE, None, "`audit.listener.listen` must be another address than `service.listen`");
        }
        if listener.audience.is_empty() || listener.audience == config.service.token.audience {
            problems.error(FILE, None, "`audit.listener.audience` must be another name than `token.audience`");
        }
    }
    let hours = &audit.office_hours;
    if hours.from_hour >= hours.to_hour || hours.to_hour > 24 {
        problems.error(FILE, None, "`audit.office_hours` must begin before they end, within 0 and 24");
    }
}

/// What explains a look-up must not be forgotten before it.
fn check_retention(config: &Config, problems: &mut ConfigProblems) {
    let kept = &config.service.audit.retention;
    if kept.access_months == 0 || kept.service_months == 0 || kept.event_months < kept.access_months {
        let what = "`audit.retention`: every class is kept for a month at least, and `event_months` not shorter than \
            `access_months`";
        problems.error("glasplade.toml", None, what);
    }
}
