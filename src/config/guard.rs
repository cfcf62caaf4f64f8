//! `guard` of a source: when it is left alone, and how many extra calls it may get.

use glasplade_adapters::contract::SourceId;
use glasplade_adapters::transport::Limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::{ConfigFiles, ConfigProblems};
use super::{Config, SourcesFile};

/// What stands between the house and one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuardSettings {
    /// When the source is left alone.
    pub breaker: BreakerSettings,
    /// Second tries after a connection that was not made or broke, in percent of the calls; 0 makes none.
    pub retries_percent: u8,
    /// Second calls beside one that has received nothing for longer than nineteen of twenty take, in percent of the calls; 0 makes none.
    pub hedges_percent: u8,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self { breaker: BreakerSettings::default(), retries_percent: 10, hedges_percent: 5 }
    }
}

/// [DK] sikring: a source that fails again and again is not asked for a while, then tried with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// Opens when this share of the calls got no answer or none in time, in percent.
    pub failures_percent: u8,
    /// Calls that must have ended within `within_s` before it can open.
    pub calls_min: u32,
    /// The time that is looked back, in seconds.
    pub within_s: u32,
    /// How long the source is left alone before it is tried, in seconds; up to a fifth more, so that not all try at once.
    pub rest_s: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures_percent: 50, calls_min: 20, within_s: 10, rest_s: 5 }
    }
}

/// Everything of one system that can be changed while the service runs.
pub(crate) type Changeable<'a> = (&'static str, usize, &'a SourceId, &'a mut Limits, &'a mut GuardSettings);

impl SourcesFile {
    /// What can be changed of each system while the service runs, with the table and the place where it stands.
    pub(crate) fn changeable(&mut self) -> impl Iterator<Item = Changeable<'_>> {
        let cases = self.source.iter_mut().enumerate();
        let cases = cases.map(|(at, row)| ("source", at, &row.id, &mut row.connection.limits, &mut row.guard));
        let register = self.person_register.iter_mut();
        let register = register.map(|row| ("person_register", 0, &row.id, &mut row.connection.limits, &mut row.guard));
        let directory = self.staff_directory.iter_mut();
        let directory =
            directory.map(|row| ("staff_directory", 0, &row.id, &mut row.connection.limits, &mut row.guard));
        cases.chain(register).chain(directory)
    }
}

/// Longest look back, and longest rest, in seconds: a source that is well again is used within seconds.
const WITHIN_MAX_S: u32 = 300;
const REST_MAX_S: u32 = 60;

/// Numbers with which a source could never be asked, or would always be.
pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const FILE: &str = "sources.toml";
    for (table, at, id, limits, guard) in config.sources.clone().changeable() {
        let line = files.line_of_row(FILE, table, at);
        let breaker = guard.breaker;
        let musts = [
            (limits.concurrency_max > 0, "`limits.concurrency_max` must be at least 1: with 0 nothing is ever asked"),
            (limits.fetch_timeout_ms > 0, "`limits.fetch_timeout_ms` must be above 0: no answer would be in time"),
            (limits.connect_timeout_ms > 0, "`limits.connect_timeout_ms` must be above 0: no connection would be made"),
            ((1..=100).contains(&breaker.failures_percent), "`guard.breaker.failures_percent` must be from 1 to 100"),
            (breaker.calls_min > 0, "`guard.breaker.calls_min` must be at least 1"),
            ((1..=WITHIN_MAX_S).contains(&breaker.within_s), "`guard.breaker.within_s` must be from 1 to 300 seconds"),
            (
                (1..=REST_MAX_S).contains(&breaker.rest_s),
                "`guard.breaker.rest_s` must be from 1 to 60 seconds, so that a source that is well again is soon asked",
            ),
            (guard.retries_percent <= 100, "`guard.retries_percent` is a part of the calls: from 0 to 100"),
            (guard.hedges_percent <= 100, "`guard.hedges_percent` is a part of the calls: from 0 to 100"),
        ];
        for (_, what) in musts.into_iter().filter(|(is_right, _)| !is_right) {
            problems.error(FILE, line, format!("source `{id}`: {what}"));
        }
    }
}
