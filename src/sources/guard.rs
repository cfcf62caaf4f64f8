//! Asks one source about one citizen, and checks that the answer is about the citizen who was asked for.

use std::sync::Arc;

use glasplade_adapters::contract::{CprNumber, Fetched, SourceError};

use super::line::Pace;
use super::{Slice, Source, Sources};

impl Sources {
    /// Asks one source about one citizen, within the source's own time limit.
    pub(super) async fn look_up(
        &self,
        source: &Source,
        citizen: &CprNumber,
        trace_id: &Arc<str>,
    ) -> Result<Slice, SourceError> {
        let (context, adapter) = (source.line.context(trace_id), source.adapter.now());
        let fetched = source.line.ask(&context, Pace::Waited, |context| adapter.fetch(context, citizen)).await?;
        Ok(self.checked(source, fetched, citizen, self.clock.now()))
    }

    /// Source data is never trusted for identity: a row that names its parties must name the citizen among them.
    fn checked(&self, source: &Source, fetched: Fetched, citizen: &CprNumber, now: jiff::Timestamp) -> Slice {
        let offered = fetched.records.len();
        // Not collected: that would keep the whole of the list that was read, to hold a tenth of it.
        let mut records = Vec::with_capacity(offered);
        for mut record in fetched.records {
            if record.about.may_be(citizen) {
                record.shrink_to_fit();
                records.push(Arc::new(record));
            }
        }
        records.shrink_to_fit();
        let wrong_citizen = u32::try_from(offered - records.len()).unwrap_or(u32::MAX);
        let (mut level, mut unclassified) = (0, 0);
        for record in &records {
            let classified = self.classifier.classify(record);
            level = classified.level(record).max(level);
            unclassified += u64::from(classified.kind.is_none());
        }
        let unassigned = records.iter().filter(|record| self.classifier.owner(record).department.is_none()).count();
        let slice = Slice {
            records,
            as_of: now,
            unreadable: fetched.unreadable,
            wrong_citizen,
            cut_short: fetched.cut_short,
            level,
        };
        source.line.health.answered(&slice, unclassified, unassigned as u64);
        if wrong_citizen > 0 {
            tracing::error!(source.id = %source.id, rows = wrong_citizen, "source answered about another citizen");
        }
        if slice.unreadable > 0 || slice.cut_short {
            tracing::warn!(
                source.id = %source.id, unreadable = slice.unreadable, cut_short = slice.cut_short,
                "source answered in part"
            );
        }
        slice
    }
}
