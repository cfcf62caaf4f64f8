//! Around each look-up, outermost first: span, one retry on "unavailable", time limit; then the check that the answer is
//! about the citizen who was asked for.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{
    CallContext, CprNumber, Fetched, Record, SourceError, SourceErrorKind, TraceContext,
};
use tracing::Instrument as _;

use super::{Deadline, Slice, Source, Sources};

/// A second try begins after at most this.
const RETRY_JITTER_MAX: Duration = Duration::from_millis(50);

impl Sources {
    /// Asks one source about one citizen, within the source's own time limit.
    pub(super) async fn look_up(
        &self,
        source: &Source,
        citizen: &CprNumber,
        trace_id: Arc<str>,
    ) -> Result<Slice, SourceError> {
        let context = CallContext {
            deadline: Deadline::after(source.fetch_timeout).instant(),
            clock: Arc::clone(&self.clock),
            trace: TraceContext { trace_id, span_id: Arc::from(crate::hex(&self.random.bytes16()[..8])) },
            transaction: self.random.uuid(),
        };
        let span =
            tracing::info_span!("source.fetch", source.id = %source.id, source.kind = source.adapter.info().kind);
        source.health.asked();
        let answer = self.try_twice(source, &context, citizen).instrument(span).await;
        let now = self.clock.now();
        match answer {
            Ok(fetched) => Ok(self.checked(source, fetched, citizen, now)),
            Err(error) => {
                source.health.failed(&error, now);
                tracing::warn!(
                    source.id = %source.id, kind = ?error.kind, operation = error.operation, detail = %error.detail,
                    "source did not answer"
                );
                Err(error)
            }
        }
    }

    /// The time limit lies inside the retry: an outer one would cut the second try without a word. What is left of the
    /// deadline bounds both.
    async fn try_twice(
        &self,
        source: &Source,
        context: &CallContext,
        citizen: &CprNumber,
    ) -> Result<Fetched, SourceError> {
        let first = once(source, context, citizen).await;
        match first {
            Err(error) if error.kind.is_transient() => {
                source.health.retried();
                self.jitter().await;
                // The second try tells more than the first only when it succeeds or fails otherwise.
                once(source, context, citizen).await
            }
            other => other,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one retry waits a little, so that callers do not return in step"
    )]
    async fn jitter(&self) {
        let mut byte = [0_u8; 1];
        self.random.fill(&mut byte);
        tokio::time::sleep(RETRY_JITTER_MAX * u32::from(byte[0]) / 255).await;
    }

    /// Source data is never trusted for identity: a row that names its parties must name the citizen among them.
    fn checked(&self, source: &Source, fetched: Fetched, citizen: &CprNumber, now: jiff::Timestamp) -> Slice {
        let offered = fetched.records.len();
        let is_about = |record: &Record| record.about.may_be(citizen);
        let records: Vec<Arc<Record>> =
            fetched.records.into_iter().filter(|record| is_about(record)).map(Arc::new).collect();
        let wrong_citizen = u32::try_from(offered - records.len()).unwrap_or(u32::MAX);
        let level = records.iter().map(|record| self.classifier.level(record)).max().unwrap_or(0);
        let unclassified = records.iter().filter(|record| self.classifier.classify(record).kind.is_none()).count();
        let unassigned = records.iter().filter(|record| self.classifier.owner(record).department.is_none()).count();
        let slice = Slice {
            records,
            as_of: now,
            unreadable: fetched.unreadable,
            wrong_citizen,
            cut_short: fetched.cut_short,
            level,
        };
        source.health.answered(&slice, unclassified as u64, unassigned as u64);
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

async fn once(source: &Source, context: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
    match tokio::time::timeout_at(context.deadline, source.adapter.fetch(context, citizen)).await {
        Ok(answer) => answer,
        Err(_) => Err(SourceError::new(SourceErrorKind::TimedOut, "fetch", "no answer within the source's time limit")),
    }
}
