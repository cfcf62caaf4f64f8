//! What the reading for target groups asks of a source: one page of everybody's cases, or one citizen who was not on any.

use std::sync::Arc;

use glasplade_adapters::contract::{CasePage, CprNumber, ListQuestion, SourceError};

use super::line::Pace;
use super::{Slice, Source, Sources};

impl Sources {
    /// One page of a source's cases, within the source's own time limit.
    pub(crate) async fn list_page(
        &self,
        source: &Source,
        question: ListQuestion<'_>,
        trace_id: &Arc<str>,
    ) -> Result<CasePage, SourceError> {
        let (context, adapter) = (source.line.context(trace_id), source.adapter.now());
        let page = source.line.ask(&context, Pace::Unhurried, |context| adapter.list_cases(context, question)).await?;
        source.line.health.answered_in_part(page.unreadable, self.clock.now());
        if page.unreadable > 0 {
            tracing::warn!(source.id = %source.id, unreadable = page.unreadable, "a page has rows that cannot be read");
        }
        Ok(page)
    }

    /// What a source says about one citizen whom its listing did not tell of; checked as in an overview, and not kept.
    pub(crate) async fn look_up_alone(
        &self,
        source: &Source,
        citizen: &CprNumber,
        trace_id: &Arc<str>,
    ) -> Result<Slice, SourceError> {
        self.look_up(source, citizen, trace_id).await
    }
}
