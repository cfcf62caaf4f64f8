//! How far the reading is, for whoever watches: numbers, and no citizen.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::Serialize;

use super::poller::Sight;
use super::reading::Step;
use super::{Poller, SourceReading, Trouble};
use crate::target_groups::index::IndexError;

/// How a source does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceHealth {
    /// It has never been read to the end.
    NotYet,
    /// Its pages are being read.
    Reading,
    /// What its pages did not tell is being asked for.
    Checking,
    /// Everything that it tells is in the index.
    Complete,
    /// It fails; what it told before stays.
    Failing,
    /// Its listing told far less than before: an operator must say whether that is right.
    Shrank,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceProgress {
    /// Id.
    pub source: String,
    /// How it does.
    pub health: SourceHealth,
    /// What is the matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<&'static str>,
    /// Pages of the reading under way.
    pub pages: u32,
    /// Rows of the reading under way, or of the last whole one.
    pub rows: u64,
    /// Rows of the reading under way on all pages together, where the source tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_total: Option<u64>,
    /// Rows a second since this process first saw the reading under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_per_s: Option<f64>,
    /// Seconds until its last page, where the source tells how many rows there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_s: Option<u64>,
    /// Rows that are not in the index as they stand at the source, by kind.
    pub troubled_rows: BTreeMap<&'static str, u64>,
    /// Facts in the index after the last whole reading.
    pub facts: u64,
    /// Everything that the source told until then is in the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_as_of: Option<Timestamp>,
    /// Since when it is not as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete_since: Option<Timestamp>,
}

impl Poller {
    /// How far each source is, in the configured order.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn progress(&self) -> Result<Vec<SourceProgress>, IndexError> {
        let now = self.clock.now();
        let taking = self.taking(now);
        let sources = self.kept_ids();
        self.read(|reading| {
            let state = |source: &str| SourceReading::of(reading, source);
            let progress = sources.iter().map(|source| {
                let state = state(source.as_str())?;
                let complete_as_of = state.complete_as_of(&taking);
                let sight = self.sight(source.as_str(), &state, now);
                Ok(SourceProgress { complete_as_of, ..of(source.as_str(), &state, sight, now) })
            });
            progress.collect()
        })
    }

    /// The reading as this process first saw it: what another one did before says nothing of how fast it goes.
    fn sight(&self, source: &str, state: &SourceReading, now: Timestamp) -> Option<Sight> {
        let reading = state.under_way.as_ref()?;
        let mut sights = self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        let first = Sight { begun: reading.begun, at: now, rows: reading.rows.rows };
        let known = sights.get(source).copied().filter(|known| known.begun == reading.begun);
        Some(known.unwrap_or_else(|| {
            sights.insert(source.to_owned(), first);
            first
        }))
    }
}

fn of(source: &str, state: &SourceReading, sight: Option<Sight>, now: Timestamp) -> SourceProgress {
    let reading = state.under_way.as_ref();
    let counts = reading.map_or(state.rows, |reading| reading.rows);
    let health = match (state.trouble, reading.map(|reading| reading.step)) {
        (Some(Trouble::Shrank), None) => SourceHealth::Shrank,
        (Some(trouble), _) if trouble != Trouble::Shrank => SourceHealth::Failing,
        (_, Some(Step::Listing)) => SourceHealth::Reading,
        (_, Some(Step::Counting | Step::Asking { .. } | Step::Tidying)) => SourceHealth::Checking,
        (_, None) if state.whole.is_some() => SourceHealth::Complete,
        (_, None) => SourceHealth::NotYet,
    };
    let seen = sight.map(|sight| (now.duration_since(sight.at).as_secs_f64(), counts.rows.saturating_sub(sight.rows)));
    #[expect(clippy::cast_precision_loss, reason = "a rate is told in tenths of rows, and there are fewer than 2^52")]
    let rows_per_s =
        seen.filter(|(seconds, _)| *seconds > 0.0).map(|(seconds, rows)| (rows as f64 / seconds * 10.0).round() / 10.0);
    let rows_total = reading.and_then(|reading| reading.total);
    let left = rows_total.map(|total| total.saturating_sub(counts.rows));
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some seconds, and a rate above zero"
    )]
    let remaining_s =
        left.zip(rows_per_s).filter(|(_, rate)| *rate > 0.0).map(|(left, rate)| (left as f64 / rate).ceil() as u64);
    SourceProgress {
        source: source.to_owned(),
        health,
        trouble: state.trouble.map(Trouble::code),
        pages: reading.map_or(0, |reading| reading.pages),
        rows: counts.rows,
        rows_total,
        rows_per_s,
        remaining_s,
        troubled_rows: counts.troubled().map(|(trouble, rows)| (trouble.code(), rows)).collect(),
        facts: state.facts,
        complete_as_of: None,
        incomplete_since: state.incomplete_since,
    }
}
