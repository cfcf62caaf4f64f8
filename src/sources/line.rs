//! The line to one outside system, outermost first: span, one retry on "unavailable", time limit. Health is counted here.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use glasplade_adapters::contract::{CallContext, Clock, SourceError, SourceErrorKind, SourceId, Traffic};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::{Deadline, Health};
use crate::random::Random;
use crate::telemetry;

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

/// One call: what the house lends for it, and the span around it.
#[derive(Debug)]
pub(crate) struct Call {
    context: CallContext,
    span: Span,
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
    pub(crate) fn context(&self, trace_id: &Arc<str>) -> Call {
        let span = tracing::info_span!(
            "source.fetch",
            otel.name = format!("source {}", self.id),
            otel.kind = "client",
            otel.status_code = Empty,
            source.id = %self.id,
            source.kind = self.kind,
            source.outcome = Empty,
            source.received_bytes = Empty,
        );
        let context = CallContext {
            deadline: Deadline::after(self.timeout).instant(),
            clock: Arc::clone(&self.clock),
            trace: telemetry::outgoing(&span, trace_id, self.random.as_ref()),
            transaction: self.random.uuid(),
            traffic: Traffic::default(),
        };
        Call { context, span }
    }

    /// Calls, once more after "unavailable", and counts. The time limit lies inside the retry: an outer one would cut the
    /// second try without a word. The context's deadline bounds both.
    pub(crate) async fn ask<'c, T>(
        &self,
        begun: &'c Call,
        call: impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let Call { context, span } = begun;
        self.health.asked();
        let since = Deadline::after(Duration::ZERO);
        let answer = self.try_twice(context, call).instrument(span.clone()).await;
        let (outcome, bytes) =
            (answer.as_ref().map_or_else(|error| code(error.kind), |_| "answered"), context.traffic.bytes());
        self.health.took(since.passed(), bytes, outcome);
        span.record("source.outcome", outcome).record("source.received_bytes", bytes);
        if let Err(error) = &answer {
            span.record("otel.status_code", "ERROR");
            span.in_scope(|| self.failed(error));
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

/// The kind of an error as a label.
fn code(kind: SourceErrorKind) -> &'static str {
    match kind {
        SourceErrorKind::Unavailable => "unavailable",
        SourceErrorKind::TimedOut => "timed_out",
        SourceErrorKind::Unauthorized => "unauthorized",
        SourceErrorKind::Forbidden => "forbidden",
        SourceErrorKind::ConfigInvalid => "config_invalid",
        SourceErrorKind::Malformed => "malformed",
        SourceErrorKind::WrongCitizen => "wrong_citizen",
        SourceErrorKind::Unsupported => "unsupported",
    }
}

async fn once<T>(context: &CallContext, call: BoxFuture<'_, Result<T, SourceError>>) -> Result<T, SourceError> {
    match tokio::time::timeout_at(context.deadline, call).await {
        Ok(answer) => answer,
        Err(_) => Err(SourceError::new(SourceErrorKind::TimedOut, "fetch", "no answer within the source's time limit")),
    }
}
