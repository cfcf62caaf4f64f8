//! Reading a configuration folder: all files, all mistakes, then either a whole [`Config`] or the list of what to mend.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glasplade_adapters::contract::danish_day;
use glasplade_adapters::register;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::deciding::{Deciding, POLICIES, SCHEMA};
use super::{
    AccessFile, DepartmentsFile, FILE_NAMES, KindsFile, ServiceFile, SourcesFile, TARGET_GROUPS, TargetGroups, Texts,
    VisibilityFile, checks,
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
            problems.0.extend(checks::check_built(config, environment, Some(self)).0);
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
        checks::check(&config, self, &mut problems);
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
