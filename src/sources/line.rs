//! The line to one outside system, outermost first: span, breaker, one retry, a second call beside a slow one, time limit.
//! Health is counted here.
//!
//! The breaker lies outside the retry and inside the span: what it spares the source is seen, and a retry asks it again. The
//! second call lies inside the retry, so that each is paid for by itself.

mod breaker;
mod budget;
mod limits;
mod times;
mod window;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, Either, select};
use glasplade_adapters::contract::{CallContext, Clock, SourceError, SourceErrorKind, SourceId, Traffic};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::{Deadline, Health, HealthView};
use crate::random::Random;
use crate::telemetry;

pub use breaker::BreakerState;
use breaker::{Breaker, Change, Pass};
use budget::Budget;
pub(crate) use limits::{Current, LineLimits, Swap};
use times::Times;
pub(crate) use window::Window;

/// A second try begins after at most this.
const RETRY_JITTER_MAX: Duration = Duration::from_millis(50);

/// Second tries that a source which was not asked yet may get.
const FIRST_RETRIES: u32 = 3;

/// The line to one outside system.
#[derive(Debug)]
pub(crate) struct Line {
    id: SourceId,
    kind: &'static str,
    limits: Current<LineLimits>,
    breaker: Breaker,
    retries: Budget,
    hedges: Budget,
    times: Times,
    /// Calls under way, second ones with them.
    under_way: AtomicUsize,
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

/// Whether a call that takes long may get a second one beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Somebody waits.
    Waited,
    /// Nobody does: a page of a listing.
    Unhurried,
}

impl Line {
    /// A line within these limits.
    pub(crate) fn new(
        id: SourceId,
        kind: &'static str,
        limits: LineLimits,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            id,
            kind,
            limits: Current::new(limits),
            breaker: Breaker::new(),
            retries: Budget::with(FIRST_RETRIES),
            hedges: Budget::with(0),
            times: Times::default(),
            under_way: AtomicUsize::new(0),
            clock,
            random,
            health: Health::default(),
        }
    }

    /// From now on these limits hold; a call that has begun keeps its own.
    pub(crate) fn limit(&self, limits: LineLimits) {
        let has_other_breaker = self.limits.now().guard.breaker != limits.guard.breaker;
        self.limits.replace(limits);
        if has_other_breaker {
            self.breaker.limits_changed();
        }
    }

    /// Exchanges under way at once, at least 1.
    pub(crate) fn concurrency_max(&self) -> usize {
        self.limits.now().concurrency_max.max(1)
    }

    /// Nineteen of twenty answers come within this; `None` before a hundred have come.
    pub(crate) fn usual_longest(&self) -> Option<Duration> {
        self.times.p95()
    }

    /// How the system does, for the operator.
    pub(crate) fn view(&self) -> HealthView {
        HealthView { breaker: self.breaker.state(), ..self.health.view() }
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
            deadline: Deadline::after(self.limits.now().timeout).instant(),
            clock: Arc::clone(&self.clock),
            trace: telemetry::outgoing(&span, trace_id, self.random.as_ref()),
            transaction: self.random.uuid(),
            traffic: Traffic::default(),
        };
        Call { context, span }
    }

    /// Calls, and counts. The time limit lies inside the retry: an outer one would cut the second try without a word. The
    /// context's deadline bounds all of it.
    pub(crate) async fn ask<'c, T>(
        &self,
        begun: &'c Call,
        pace: Pace,
        call: impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let Call { context, span } = begun;
        let limits = self.limits.now();
        let Some(pass) = self.breaker.admit(limits.guard.breaker, now()) else {
            self.health.spared();
            span.record("source.outcome", code(SourceErrorKind::Resting)).record("otel.status_code", "ERROR");
            return Err(SourceError::new(SourceErrorKind::Resting, "fetch", "the breaker is open"));
        };
        self.health.asked();
        self.retries.pay_in(limits.guard.retries_percent);
        self.hedges.pay_in(limits.guard.hedges_percent);
        let since = Deadline::after(Duration::ZERO);
        let tries = Tries { line: self, limits: &limits, context, pace };
        let answer = tries.until_answered(pass, call).instrument(span.clone()).await;
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

    /// A part of `longest`, at random.
    fn jitter(&self, longest: Duration) -> Duration {
        let mut byte = [0_u8; 1];
        self.random.fill(&mut byte);
        longest * u32::from(byte[0]) / 255
    }
}

/// The tries of one call.
struct Tries<'l, 'c> {
    line: &'l Line,
    limits: &'l LineLimits,
    context: &'c CallContext,
    pace: Pace,
}

impl<'c> Tries<'_, 'c> {
    /// Calls, and once more where nothing was answered at all.
    async fn until_answered<T>(
        &self,
        pass: Pass<'_>,
        call: impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let first = self.with_a_second_beside(pass, &call).await;
        let Err(error) = first else { return first };
        match self.again(&error).await {
            Some(pass) => {
                self.line.health.retried();
                // The second try tells more than the first only when it succeeds or fails otherwise.
                self.once(pass, &call).await
            }
            None => Err(error),
        }
    }

    /// The permit for a second try, after a little while: where it can help, is paid for, the breaker is closed, and there is time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one retry waits a little, so that callers do not return in step"
    )]
    async fn again(&self, error: &SourceError) -> Option<Pass<'_>> {
        let line = self.line;
        let may_help = error.may_be_asked_again() && line.breaker.is_closed();
        if !may_help || !line.retries.take() {
            return None;
        }
        tokio::time::sleep(line.jitter(RETRY_JITTER_MAX)).await;
        let now = now();
        if now >= self.context.deadline || !line.breaker.is_closed() {
            return None;
        }
        line.breaker.admit(self.limits.guard.breaker, now)
    }

    /// Calls, and once more beside it when nothing has come for longer than nineteen of twenty calls take. The first good answer counts,
    /// the other call is dropped.
    ///
    /// A call that goes on receiving is not slow but long: the citizen has hundreds of cases, and a second call would have as much to
    /// fetch, and the source as much more to do.
    async fn with_a_second_beside<T>(
        &self,
        pass: Pass<'_>,
        call: &impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let line = self.line;
        let slow = line.times.p95().filter(|_| self.pace == Pace::Waited && !pass.is_trial());
        let since = Deadline::after(Duration::ZERO);
        let mut first = pin!(self.once(pass, call));
        let early = match slow {
            Some(slow) => self.while_it_receives(slow, first.as_mut()).await,
            None => Some(first.as_mut().await),
        };
        let answer = match early {
            Some(answer) => answer,
            None => match self.second() {
                None => first.await,
                Some(pass) => {
                    line.health.hedged();
                    match select(first, pin!(self.once(pass, call))).await {
                        Either::Left((Err(_), other)) | Either::Right((Err(_), other)) => other.await,
                        Either::Left((answer, _)) | Either::Right((answer, _)) => answer,
                    }
                }
            },
        };
        if answer.is_ok() {
            line.times.took(since.passed());
        }
        answer
    }

    /// The answer, unless nothing is received for so long. Ends with the call, which has its own time limit.
    async fn while_it_receives<T>(&self, silence: Duration, mut call: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        let mut heard = self.context.traffic.bytes();
        loop {
            if let Ok(answer) = tokio::time::timeout(silence, call.as_mut()).await {
                return Some(answer);
            }
            let now = self.context.traffic.bytes();
            if now == heard {
                return None;
            }
            heard = now;
        }
    }

    /// The permit for a second call: never more at once than the source was promised, only while the breaker is closed, and paid
    /// for.
    fn second(&self) -> Option<Pass<'_>> {
        let line = self.line;
        let has_room = line.under_way.load(Ordering::Relaxed) < self.limits.concurrency_max;
        let may = has_room && line.breaker.is_closed() && line.hedges.take();
        may.then(|| line.breaker.admit(self.limits.guard.breaker, now()))?
    }

    async fn once<T>(
        &self,
        pass: Pass<'_>,
        call: &impl Fn(&'c CallContext) -> BoxFuture<'c, Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let line = self.line;
        let under_way = UnderWay::one_more(&line.under_way);
        let answer = tokio::time::timeout_at(self.context.deadline, call(self.context)).await.unwrap_or_else(|_| {
            Err(SourceError::new(SourceErrorKind::TimedOut, "fetch", "no answer within the source's time limit"))
        });
        drop(under_way);
        let has_failed = answer.as_ref().is_err_and(|error| error.kind.is_outage());
        let rest = Duration::from_secs(self.limits.guard.breaker.rest_s.into());
        match pass.end(has_failed, now(), || rest + line.jitter(rest / 5)) {
            Some(Change::Opened) => {
                tracing::warn!(source.id = %line.id, "a source fails too often and is left alone for a while");
            }
            Some(Change::Closed) => tracing::info!(source.id = %line.id, "a source answers again"),
            None => {}
        }
        answer
    }
}

/// A call under way; none any more when it ends or is dropped.
struct UnderWay<'l>(&'l AtomicUsize);

impl<'l> UnderWay<'l> {
    fn one_more(count: &'l AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn now() -> tokio::time::Instant {
    Deadline::after(Duration::ZERO).instant()
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
        SourceErrorKind::Resting => "resting",
    }
}
