//! `[target_groups.poll]` of `glasplade.toml` and `[source.listing]` of `sources.toml`: how often, when and how
//! hard the sources are read for it.

use jiff::civil::Time;
use schemars::JsonSchema;
use serde::Deserialize;

use super::load::{Config, ConfigFiles, ConfigProblems};

/// `[target_groups.poll]`. How sources are read into the index.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PollSettings {
    /// Rows asked for at a time, 1–10,000; an adapter asks for less where its source has a limit of its own.
    pub page_rows: usize,
    /// Longest time for one page with all its details, or for one citizen who is asked about singly, in seconds, 1–600.
    pub page_deadline_s: u32,
    /// The reading's share of a source's `concurrency_max`, in percent, 1–90; at least one exchange at a time. Overviews keep the rest.
    pub share_percent: u8,
    /// A source is read whole so many hours after the last time, 1–744.
    pub whole_hours: u16,
    /// A source that tells changes is asked for them so many minutes after the last time; 0 never asks.
    pub changes_minutes: u16,
    /// Changes are asked for from so many minutes before the last reading began: clocks differ.
    pub overlap_minutes: u16,
    /// Pages and single questions to one source begun within a minute at most; 0 for no limit but the share above.
    pub per_minute_max: u32,
    /// The person register is asked about a citizen again after so many days, 1–90.
    pub register_days: u16,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            page_rows: 250,
            page_deadline_s: 60,
            share_percent: 25,
            whole_hours: 24,
            changes_minutes: 60,
            overlap_minutes: 10,
            per_minute_max: 0,
            register_days: 7,
        }
    }
}

/// `[source.listing]`. How one source is read for target groups; what is left out is as `[target_groups.poll]` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListingRow {
    /// It is not read for target groups, although it could be.
    pub off: bool,
    /// [DK] udtræk: its cases come in files alone, by `glasplade targets build`; it is never asked for its list.
    pub extract: bool,
    /// [DK] natvindue: it is read within these times of day alone.
    pub between: Option<NightWindow>,
    /// See [`PollSettings::page_rows`].
    pub page_rows: Option<usize>,
    /// See [`PollSettings::whole_hours`].
    pub whole_hours: Option<u16>,
    /// See [`PollSettings::changes_minutes`].
    pub changes_minutes: Option<u16>,
    /// See [`PollSettings::per_minute_max`].
    pub per_minute_max: Option<u32>,
}

impl ListingRow {
    /// The source itself is asked for its list, where it can tell one.
    pub fn is_asked(&self) -> bool {
        !self.off && !self.extract
    }

    /// Its cases come in files.
    pub fn is_by_extract(&self) -> bool {
        !self.off && self.extract
    }
}

/// Times of day, Danish time; from the first until just before the second, which may be the next day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NightWindow {
    /// `"20:00"`.
    pub from: Time,
    /// `"06:00"`.
    pub to: Time,
}

impl PollSettings {
    /// These settings, with what a source has of its own.
    #[must_use]
    pub fn of(self, row: &ListingRow) -> Self {
        Self {
            page_rows: row.page_rows.unwrap_or(self.page_rows),
            whole_hours: row.whole_hours.unwrap_or(self.whole_hours),
            changes_minutes: row.changes_minutes.unwrap_or(self.changes_minutes),
            per_minute_max: row.per_minute_max.unwrap_or(self.per_minute_max),
            ..self
        }
    }

    /// How many of so many exchanges at once are the reading's.
    pub fn share_of(self, concurrency_max: usize) -> usize {
        (concurrency_max.saturating_mul(usize::from(self.share_percent)) / 100).max(1)
    }
}

impl Config {
    /// The configuration as the reading of sources sees it: its own share of each source, its own time, and no memory of what the
    /// register said.
    #[must_use]
    pub fn for_reading(&self) -> Self {
        let mut config = self.clone();
        let poll = self.service.target_groups.poll;
        let sources = &mut config.sources;
        let rows = sources.source.iter_mut().map(|row| &mut row.connection.limits);
        for limits in rows.chain(sources.person_register.iter_mut().map(|row| &mut row.connection.limits)) {
            limits.concurrency_max = poll.share_of(limits.concurrency_max);
            limits.fetch_timeout_ms = u64::from(poll.page_deadline_s) * 1_000;
        }
        // Nobody waits for the reading: it asks no source twice for being slow.
        for (.., guard) in sources.changeable() {
            guard.hedges_percent = 0;
        }
        if let Some(register) = &mut sources.person_register {
            (register.ages.fresh_s, register.ages.stale_s) = (0, 0);
        }
        config
    }

    /// The configuration as overviews see it: where sources are read for target groups, that share is not theirs.
    #[must_use]
    pub fn beside_reading(&self) -> Self {
        let mut config = self.clone();
        if self.service.target_groups.index.is_none() {
            return config;
        }
        let poll = self.service.target_groups.poll;
        let sources = &mut config.sources;
        let rows = sources.source.iter_mut().filter(|row| row.listing.is_asked()).map(|row| &mut row.connection.limits);
        for limits in rows.chain(sources.person_register.iter_mut().map(|row| &mut row.connection.limits)) {
            limits.concurrency_max =
                limits.concurrency_max.saturating_sub(poll.share_of(limits.concurrency_max)).max(1);
        }
        config
    }
}

/// What the numbers must be.
pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const SERVICE: &str = "glasplade.toml";
    const SOURCES: &str = "sources.toml";
    let poll = config.service.target_groups.poll;
    let line = files.line_of_row(SERVICE, "target_groups.poll", 0);
    let mut must = |is_right: bool, what: &str| {
        if !is_right {
            problems.error(SERVICE, line, format!("`target_groups.poll.{what}"));
        }
    };
    must((1..=10_000).contains(&poll.page_rows), "page_rows`: write from 1 to 10000 rows");
    must((1..=600).contains(&poll.page_deadline_s), "page_deadline_s`: write from 1 to 600 seconds");
    must((1..=90).contains(&poll.share_percent), "share_percent`: write from 1 to 90; overviews need the rest");
    must((1..=744).contains(&poll.whole_hours), "whole_hours`: write from 1 to 744 hours");
    must(poll.overlap_minutes <= 1_440, "overlap_minutes`: write at most 1440 minutes");
    must((1..=90).contains(&poll.register_days), "register_days`: write from 1 to 90 days");
    for (at, row) in config.sources.source.iter().enumerate() {
        let line = files.line_of_row(SOURCES, "source", at);
        let (listing, id) = (&row.listing, &row.id);
        if listing.page_rows.is_some_and(|rows| !(1..=10_000).contains(&rows)) {
            problems.error(SOURCES, line, format!("source `{id}`: `listing.page_rows`: write from 1 to 10000 rows"));
        }
        if listing.whole_hours.is_some_and(|hours| !(1..=744).contains(&hours)) {
            problems.error(SOURCES, line, format!("source `{id}`: `listing.whole_hours`: write from 1 to 744 hours"));
        }
    }
    let register = config.sources.person_register.iter().map(|row| ("person_register", 0, row.between));
    let rows = config.sources.source.iter().enumerate().map(|(at, row)| ("source", at, row.listing.between));
    for (table, at, _) in rows.chain(register).filter(|(_, _, window)| window.is_some_and(|one| one.from == one.to)) {
        let what = "`between` begins when it ends: leave it out to read at any time";
        problems.error(SOURCES, files.line_of_row(SOURCES, table, at), what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn overviews_and_the_reading_share_what_a_source_allows() {
        let mut config = testing::config();
        config.service.target_groups.index = Some("index.sqlite".into());
        for (allowed, share) in [(16, 4), (4, 1), (3, 1), (2, 1), (1, 1)] {
            config.sources.source[0].connection.limits.concurrency_max = allowed;
            let of = |config: &Config| config.sources.source[0].connection.limits.concurrency_max;
            assert_eq!(of(&config.for_reading()), share);
            assert_eq!(of(&config.beside_reading()), (allowed - share).max(1), "{allowed}");
        }
        config.sources.source[0].connection.limits.concurrency_max = 16;
        config.sources.source[0].listing.off = true;
        assert_eq!(config.beside_reading().sources.source[0].connection.limits.concurrency_max, 16);
        config.service.target_groups.index = None;
        assert_eq!(config.beside_reading().sources.source[1].connection.limits.concurrency_max, 16);
    }
}
