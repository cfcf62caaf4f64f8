//! The limits of the systems that are asked while the service runs: a changed `sources.toml` is checked as a whole, and its limits
//! are taken all at once or not at all.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::SourceId;
use glasplade_adapters::register::{BuildError, Environment};

use crate::config::{Config, ConfigFiles, ConfigProblems, SourceRow, SourcesFile, environment};
use crate::people::People;
use crate::pipeline::Pipeline;
use crate::sources::{Sources, Swap};
use crate::staff::Staff;
use crate::target_groups::poll::Poller;

const FILE: &str = "sources.toml";

/// The rooms that ask.
#[derive(Debug)]
pub(super) struct Followed {
    sources: Arc<Sources>,
    people: Arc<People>,
    staff: Arc<Staff>,
    poller: Option<Arc<Poller>>,
}

impl Followed {
    pub(super) fn of(pipeline: &Pipeline, poller: Option<&Arc<Poller>>) -> Self {
        Self {
            sources: Arc::clone(&pipeline.sources),
            people: Arc::clone(&pipeline.people),
            staff: Arc::clone(&pipeline.staff),
            poller: poller.cloned(),
        }
    }
}

/// The limits while the service runs.
#[derive(Debug)]
pub(super) struct Limits {
    /// As they are now; everything but the limits is as at the start.
    running: Box<Config>,
    watch: FileWatch,
    followed: Followed,
    every: Option<Duration>,
}

/// What a changed file asks for.
#[derive(Debug)]
struct Asked {
    /// The running configuration under the file's limits.
    next: Box<Config>,
    /// The file says something else, too.
    needs_restart: bool,
}

impl Limits {
    pub(super) fn new(config: &Config, followed: Followed) -> Self {
        let seconds = config.service.service.limits_check_s;
        let is_on_disk = !config.folders.is_empty();
        Self {
            running: Box::new(config.clone()),
            watch: FileWatch::new(config.folders.clone()),
            followed,
            every: (seconds > 0 && is_on_disk).then(|| Duration::from_secs(seconds.into())),
        }
    }

    /// Looks for changed limits for as long as the service runs.
    pub(super) async fn follow(&mut self) {
        let Some(every) = self.every else { return std::future::pending().await };
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.watch.has_changed() {
                self.take(&environment());
            }
        }
    }

    fn take(&mut self, environment: &Environment) {
        let found = match self.watch.parsed() {
            Ok(found) => found,
            Err(problems) => {
                for problem in problems.0.iter().filter(|problem| !problem.warning) {
                    tracing::error!(%problem, "a changed configuration is not taken; the running limits stay");
                }
                return;
            }
        };
        let Asked { next, needs_restart } = asked(&self.running, found.sources);
        let swaps = match self.swaps(&next, environment) {
            Ok(swaps) => swaps,
            Err((id, error)) => {
                tracing::error!(source.id = %id, %error, "changed limits are not taken; the running ones stay");
                return;
            }
        };
        if !swaps.is_empty() {
            let changed = swaps.len();
            // Each is made ready: none of them can fail, and nothing waits between them.
            for swap in swaps {
                swap();
            }
            self.running = next;
            tracing::info!(changed, "changed limits of sources are in force");
        }
        if needs_restart {
            tracing::warn!("sources.toml has changed in more than its limits; that needs a restart");
        }
    }

    /// What is to be done, made ready.
    fn swaps(&self, next: &Config, environment: &Environment) -> Result<Vec<Swap>, (SourceId, BuildError)> {
        let Followed { sources, people, staff, poller } = &self.followed;
        let (old, new) = (self.running.beside_reading().sources, next.beside_reading().sources);
        let build = |row: &SourceRow| crate::sources::build(row, environment);
        let mut swaps = sources.relimited((&old.source, &new.source), build)?;
        if let Some(rows) = old.person_register.as_ref().zip(new.person_register.as_ref()) {
            swaps.extend(people.relimited(rows, environment)?);
        }
        if let Some(rows) = old.staff_directory.as_ref().zip(new.staff_directory.as_ref()) {
            swaps.extend(staff.relimited(rows, environment)?);
        }
        if let Some(poller) = poller {
            swaps.extend(poller.relimited((&self.running, next), environment)?);
        }
        Ok(swaps)
    }
}

/// The limits of `found`, and whether it says something else than `running` besides.
fn asked(running: &Config, mut found: SourcesFile) -> Asked {
    let mut next = Box::new(running.clone());
    for (table, _, id, limits, guard) in next.sources.changeable() {
        let same = found.changeable().find(|(other_table, _, other, ..)| *other_table == table && *other == id);
        if let Some((_, _, _, found_limits, found_guard)) = same {
            (*limits, *guard) = (*found_limits, *found_guard);
        }
    }
    let needs_restart = next.sources != found;
    Asked { next, needs_restart }
}

/// Looks for a changed file. One that is being written is half there: a change counts when two looks find the same.
#[derive(Debug)]
struct FileWatch {
    folders: Vec<PathBuf>,
    /// In force, or tried and refused.
    known: Option<String>,
    seen: Option<String>,
}

impl FileWatch {
    fn new(folders: Vec<PathBuf>) -> Self {
        let mut watch = Self { folders, known: None, seen: None };
        watch.known = watch.text();
        watch
    }

    /// Blocks on the disk. A file that cannot be read is no change.
    fn has_changed(&mut self) -> bool {
        let Some(found) = self.text().filter(|found| self.known.as_ref() != Some(found)) else {
            self.seen = None;
            return false;
        };
        if self.seen.as_ref() == Some(&found) {
            (self.known, self.seen) = (Some(found), None);
            return true;
        }
        self.seen = Some(found);
        false
    }

    fn text(&self) -> Option<String> {
        self.folders.iter().find_map(|dir| std::fs::read_to_string(dir.join(FILE)).ok())
    }

    /// The whole configuration as it lies there now, checked.
    fn parsed(&self) -> Result<Config, ConfigProblems> {
        let mut folders = self.folders.iter().map(PathBuf::as_path);
        let files = ConfigFiles::read(folders.next().unwrap_or_else(|| std::path::Path::new("")), folders.next())?;
        files.parse().map(|(config, _)| config)
    }
}

#[cfg(test)]
mod tests;
