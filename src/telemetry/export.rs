//! Sends what waits. A collector that is dead, slow or full costs a place in a queue, and nothing else.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use glasplade_adapters::transport::{Collector, NotTaken};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use tokio::sync::{mpsc, watch};

use super::meters::Meters;
use super::otlp;
use super::queue::{Fate, Line};

/// A message that was not taken is sent once more after this.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How much goes at once, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// In one message at most.
    pub(super) batch_max: usize,
    /// How long the first one waits for more.
    pub(super) batch_wait: Duration,
    /// How often figures are sent.
    pub(super) figures_every: Duration,
}

/// The way to the collector, for one kind of signal.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) collector: Collector,
    pub(super) path: &'static str,
    pub(super) fate: Arc<Fate>,
    pub(super) pace: Pace,
    /// Becomes true when the service stops.
    pub(super) stopping: watch::Receiver<bool>,
}

impl Sender {
    /// Sends spans until the queue is closed and empty.
    pub(super) async fn send_spans(mut self, mut waiting: mpsc::Receiver<SpanData>, resource: Resource) {
        while let Some(batch) = self.next(&mut waiting).await {
            let count = batch.len();
            self.send(otlp::spans(batch, &resource), count).await;
        }
    }

    /// Sends lines until the queue is closed and empty.
    pub(super) async fn send_lines(mut self, mut waiting: mpsc::Receiver<Line>, resource: Resource) {
        while let Some(batch) = self.next(&mut waiting).await {
            self.send(otlp::lines(&batch, &resource), batch.len()).await;
        }
    }

    /// Sends figures at their pace, and once more at the end.
    pub(super) async fn send_figures(mut self, meters: Arc<Meters>) {
        let mut is_last = false;
        while !is_last {
            is_last = self.stops_within(self.pace.figures_every).await;
            if let Some(collected) = meters.collect() {
                self.send(otlp::figures(&collected), 1).await;
            }
        }
    }

    /// The next batch: as many as are there, after a short wait for more. A stop closes the queue, so that what is in it is
    /// the last.
    async fn next<T>(&mut self, waiting: &mut mpsc::Receiver<T>) -> Option<Vec<T>> {
        let mut batch = Vec::new();
        let max = self.pace.batch_max;
        tokio::select! {
            _ = self.stopping.wait_for(|stops| *stops), if !waiting.is_closed() => waiting.close(),
            got = waiting.recv_many(&mut batch, max) => if got == 0 { return None },
        }
        if !waiting.is_closed() && batch.len() < max {
            let more = async { while batch.len() < max && waiting.recv_many(&mut batch, 1).await > 0 {} };
            tokio::select! {
                () = more => {}
                _ = tokio::time::timeout(self.pace.batch_wait, self.stopping.wait_for(|stops| *stops)) => {}
            }
        } else if batch.is_empty() {
            waiting.recv_many(&mut batch, max).await;
        }
        (!batch.is_empty()).then_some(batch)
    }

    /// Sends one message, once more after a while if the collector may take it later, and counts what became of it.
    async fn send(&mut self, message: Vec<u8>, count: usize) {
        let mut outcome = self.collector.post(self.path, message.clone()).await;
        if outcome == Err(NotTaken::Later) && !self.stops_within(AGAIN_AFTER).await {
            outcome = self.collector.post(self.path, message).await;
        }
        let counter: &AtomicU64 = match outcome {
            Ok(()) => &self.fate.sent,
            Err(error) => {
                tracing::debug!(%error, path = self.path, count, "telemetry was not taken");
                &self.fate.not_taken
            }
        };
        Fate::add(counter, count);
    }

    /// Lets so much time pass, or less when the service stops; whether it does.
    async fn stops_within(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.stopping.wait_for(|stops| *stops)).await.is_ok()
    }
}
