//! A bounded queue between those who record and the one who sends: putting something in never waits.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::{Context, InstrumentationScope};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord};
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What became of the spans, lines or figures that were recorded.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    /// The collector took them.
    pub(super) sent: AtomicU64,
    /// There was no room for them.
    pub(super) queue_full: AtomicU64,
    /// The collector did not take them, twice or for good.
    pub(super) not_taken: AtomicU64,
}

impl Fate {
    pub(super) fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// The end of a queue where things go in.
#[derive(Debug, Clone)]
pub(super) struct Intake<T> {
    sender: mpsc::Sender<T>,
    fate: Arc<Fate>,
}

/// A queue of at most `max`.
pub(super) fn queue<T>(max: usize, fate: &Arc<Fate>) -> (Intake<T>, mpsc::Receiver<T>) {
    let (sender, receiver) = mpsc::channel(max.max(1));
    (Intake { sender, fate: Arc::clone(fate) }, receiver)
}

impl<T> Intake<T> {
    pub(super) fn offer(&self, one: T) {
        if self.sender.try_send(one).is_err() {
            Fate::add(&self.fate.queue_full, 1);
        }
    }
}

impl SpanProcessor for Intake<SpanData> {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            self.offer(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// A line as it waits.
pub(super) type Line = (SdkLogRecord, InstrumentationScope);

impl LogProcessor for Intake<Line> {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        self.offer((record.clone(), scope.clone()));
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
