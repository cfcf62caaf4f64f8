//! The line to one outside system, outermost first: span, one retry on "unavailable", time limit. Health is counted here.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use glasplade_adapters::contract::{CallContext, Clock, SourceError, SourceErrorKind, SourceId, TraceContext};
use tracing::Instrument as _;

use super::{Deadline, Health};
use crate::random::Random;

/// A second try begins after at most this.
const RETRY_JITTER_MAX: Duration = Duration::from_millis(50);

/// The line to one outside system.
#[derive(Debug)]
pub(crate) struct Line {
    id: SourceId,
    kind: &'static str,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// How the system does.
    pub(crate) health: Health,
}

impl Line {
    /// A line on which one call takes at most `timeout`.
    pub(crate) fn new(
        id: SourceId,
        kind: &'static str,
        timeout: Duration,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self { id, kind, timeout, clock, random, health: Health::default() }
    }

    /// What the house lends for one call that begins now.
    pub(crate) fn context(&self, trace_id: &Arc<str>) -> CallContext {
        CallContext {
            deadline: Deadline::after(self.timeout).instant(),
            clock: Arc::clone(&self.clock),
            trace: TraceContext {
                trace_id: Arc::clone(trace_id),
                span_id: Arc::from(crate::hex(&self.random.bytes16()[..8])),
            },
            transaction: self.random.uuid(),
        }
    }

    /// Calls, once more after "unavailable", and counts. The time limit lies inside the retry: an outer one would cut the
    /// second try without a word. The context's deadline bounds both.
    pub(crate) async fn ask<'c, T>(
        &self,
        context: &'c CallContext,
        call: impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let span = tracing::info_span!("source.fetch", source.id = %self.id, source.kind = self.kind);
        self.health.asked();
        let answer = self.try_twice(context, call).instrument(span).await;
        if let Err(error) = &answer {
            self.failed(error);
        }
        answer
    }

    /// A call that gave nothing is counted and said once, here.
    fn failed(&self, error: &SourceError) {
        self.health.failed(error, self.clock.now());
        tracing::warn!(
            source.id = %self.id, kind = ?error.kind, operation = error.operation, detail = %error.detail,
            "source did not answer"
        );
    }

    /// A panic in an adapter is a bug of ours; the source shows as malformed.
    pub(crate) fn broke_off(&self) -> SourceErrorKind {
        let error = SourceError::malformed("fetch", "the adapter broke off");
        self.health.failed(&error, self.clock.now());
        tracing::error!(source.id = %self.id, "an adapter broke off");
        error.kind
    }

    async fn try_twice<'c, T>(
        &self,
        context: &'c CallContext,
        call: impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let first = once(context, call(context)).await;
        match first {
            Err(error) if error.kind.is_transient() => {
                self.health.retried();
                self.jitter().await;
                // The second try tells more than the first only when it succeeds or fails otherwise.
                once(context, call(context)).await
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
}

async fn once<T>(context: &CallContext, call: BoxFuture<'_, Result<T, SourceError>>) -> Result<T, SourceError> {
    match tokio::time::timeout_at(context.deadline, call).await {
        Ok(answer) => answer,
        Err(_) => Err(SourceError::new(SourceErrorKind::TimedOut, "fetch", "no answer within the source's time limit")),
    }
}
