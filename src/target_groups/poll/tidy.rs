//! What is over goes: cases whose last day has passed, citizens without a running case, sources that are no longer read.

use glasplade_adapters::contract::SourceId;

use super::reading::KIND;
use super::turn::Begun;
use super::{Poller, SourceReading, Taking, Turn};
use crate::audit::Pseudonym;
use crate::sources::Source;
use crate::target_groups::Day;
use crate::target_groups::index::{Changing, CitizenRow, CodeId, IndexError, IndexedFact, Reading};

/// Rows in one change, before others get the index.
const ROWS_A_CHANGE: usize = 500;

impl Poller {
    /// The last step of a whole reading.
    pub(super) async fn tidy(&self, source: &Source, taking: &Taking, begun: Begun) -> Result<Turn, IndexError> {
        let today = Day::of(taking.today());
        let sources = self.kept_ids();
        let mut facts = 0_u64;
        let mut after = None;
        loop {
            let (seen, last) = self.change(|change| {
                let others = sources.iter().filter(|other| **other != source.id);
                let is_rest_read = Self::are_read(change, others.map(SourceId::as_str), taking)?;
                let code = change.codes().known(source.id.as_str());
                let rows = change.citizens_after(after.as_ref(), ROWS_A_CHANGE)?;
                for (who, row) in &rows {
                    let mut row = row.clone();
                    let is_over =
                        |fact: &IndexedFact| Some(fact.source) == code && !fact.is_open(today) && !taking.closed();
                    let mut is_changed = change.drop_facts(who, &mut row, is_over)?;
                    // Only when every source has been read is it known that nothing of the citizen runs.
                    if is_rest_read && !row.facts.iter().any(|fact| fact.is_open(today)) {
                        is_changed |= change.drop_facts(who, &mut row, |_| true)?;
                    }
                    // Nobody can say any more what has become of them.
                    is_changed |= row.facts.is_empty() && self.people.id().is_none();
                    if is_changed {
                        change.put_citizen(who, &row)?;
                    }
                    facts += row.facts.iter().filter(|fact| Some(fact.source) == code).count() as u64;
                }
                Ok((rows.len(), rows.last().map(|(who, _)| *who)))
            })?;
            after = last;
            if seen < ROWS_A_CHANGE {
                break;
            }
            tokio::task::yield_now().await;
        }
        let now = self.clock.now();
        let turn = self.keep(source, |change| {
            let state = SourceReading { facts, ..begun.state };
            self.complete(change, source, state, now)
        })?;
        self.forget_told(source);
        self.erase_daily()?;
        Ok(turn)
    }

    pub(super) fn are_read<'s>(
        change: &Changing<'_>,
        mut sources: impl Iterator<Item = &'s str>,
        taking: &Taking,
    ) -> Result<bool, IndexError> {
        sources.try_fold(true, |all, source| {
            let state: SourceReading = change.state(KIND, source)?.unwrap_or_default();
            Ok(all && state.complete_as_of(taking).is_some())
        })
    }

    /// No rule is approved: nobody's cases are kept.
    pub(super) async fn empty(&self) -> Result<(), IndexError> {
        let count = |reading: &Reading<'_>| reading.count();
        if self.read(count)? == 0 {
            return Ok(());
        }
        tracing::warn!("no rule for target groups is approved: their index is emptied");
        loop {
            let count = self.change(|change| {
                let rows = change.citizens_after(None, ROWS_A_CHANGE)?;
                for (who, _) in &rows {
                    change.forget_citizen(who)?;
                }
                for name in change.names(KIND)? {
                    change.clear_seen(&name)?;
                    change.drop_state(KIND, &name)?;
                }
                Ok(rows.len())
            })?;
            if count < ROWS_A_CHANGE {
                return self.erase();
            }
            tokio::task::yield_now().await;
        }
    }

    /// Facts of sources that are no longer read for target groups: nobody would ever say that they ended.
    ///
    /// # Errors
    /// [`IndexError`].
    pub async fn drop_unread_sources(&self) -> Result<(), IndexError> {
        let sources = self.kept_ids();
        let is_read = |name: &String| sources.iter().any(|source| source.as_str() == name);
        let unread: Vec<String> =
            self.change(|change| Ok(change.names(KIND)?.into_iter().filter(|name| !is_read(name)).collect()))?;
        for name in unread {
            tracing::warn!(source.id = name, "a source is no longer read for target groups: its facts go");
            self.drop_source(&name).await?;
        }
        Ok(())
    }

    async fn drop_source(&self, name: &str) -> Result<(), IndexError> {
        let mut after = None;
        loop {
            let rows = self.change(|change| {
                let code = change.codes().known(name);
                let rows = change.citizens_after(after.as_ref(), ROWS_A_CHANGE)?;
                rows.iter().try_for_each(|(who, row)| drop_facts_of(change, who, row, code))?;
                Ok(rows)
            })?;
            after = rows.last().map(|(who, _)| *who);
            if rows.len() < ROWS_A_CHANGE {
                break;
            }
            tokio::task::yield_now().await;
        }
        self.change(|change| {
            change.clear_seen(name)?;
            change.drop_state(KIND, name).map(drop)
        })?;
        self.erase()
    }
}

fn drop_facts_of(
    change: &Changing<'_>,
    who: &Pseudonym,
    row: &CitizenRow,
    source: Option<CodeId>,
) -> Result<(), IndexError> {
    let mut row = row.clone();
    if change.drop_facts(who, &mut row, |fact| Some(fact.source) == source)? {
        change.put_citizen(who, &row)?;
    }
    Ok(())
}
