//! Where telemetry goes: lines to stderr, and everything to a collector where one is configured.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::SourceError;
use glasplade_adapters::register::Environment;
use glasplade_adapters::transport::{Collector, CollectorSettings, Secret, SecretError};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

use super::export::{Pace, Sender};
use super::meters::Meters;
use super::otlp;
use super::queue::{Fate, Line, queue};
use crate::config::OtlpSettings;
use crate::random::Random;

/// At the end of the service, what waits gets this much time at most to leave.
const LAST_WORDS_MAX: Duration = Duration::from_secs(1);

/// Telemetry could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The filter is not one.
    #[error("read the setting `service.log_filter`")]
    Filter,
    /// Something else writes already.
    #[error("start telemetry twice")]
    Twice,
    /// The collector's address or authorities cannot be used.
    #[error("use `telemetry.otlp`: {}", .0.detail)]
    Collector(SourceError),
    /// The collector's secret cannot be read.
    #[error("use `telemetry.otlp.authorization`: failed to {0}")]
    Secret(#[from] SecretError),
}

/// What waits for the collector, and the way to it.
#[derive(Debug)]
pub struct Telemetry(Option<Export>);

#[derive(Debug)]
struct Export {
    collector: Collector,
    pace: Pace,
    resource: Resource,
    spans: mpsc::Receiver<SpanData>,
    lines: mpsc::Receiver<Line>,
    fates: Fates,
    stop: watch::Sender<bool>,
}

/// What became of each kind of signal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fates {
    pub(crate) spans: Arc<Fate>,
    pub(crate) lines: Arc<Fate>,
    pub(crate) figures: Arc<Fate>,
}

/// Writes every event that `filter` lets through to stderr, as JSON, and begins to record what goes to the collector.
///
/// # Errors
/// [`SetupError`].
pub fn start(
    filter: &str,
    otlp: Option<&OtlpSettings>,
    environment: &Environment,
    random: &dyn Random,
) -> Result<Telemetry, SetupError> {
    let filter = EnvFilter::try_new(filter).map_err(|_| SetupError::Filter)?;
    let stderr = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(std::io::stderr)
        .with_current_span(true)
        .with_span_list(false)
        .with_filter(filter);
    let (layers, telemetry) = recording(otlp, environment, random)?;
    Registry::default().with(layers).with(stderr).try_init().map_err(|_| SetupError::Twice)?;
    Ok(telemetry)
}

/// What records for the collector.
pub type Recording<S> = Option<Box<dyn Layer<S> + Send + Sync>>;

/// The layers that record for the collector, and the way to it; nothing where none is configured. [`start`] puts them where
/// everything is told; a test that listens itself puts them beside its own.
///
/// # Errors
/// [`SetupError::Collector`] or [`SetupError::Secret`].
pub fn recording<S>(
    otlp: Option<&OtlpSettings>,
    environment: &Environment,
    random: &dyn Random,
) -> Result<(Recording<S>, Telemetry), SetupError>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let Some(settings) = otlp else { return Ok((None, Telemetry(None))) };
    let secret = settings.authorization.as_deref().map(|text| Secret::from_reference(text, &*environment.0));
    let collector = Collector::new(&CollectorSettings {
        endpoint: settings.endpoint.clone(),
        ca_file: settings.ca_file.clone(),
        authorization: secret.transpose()?,
        timeout: Duration::from_millis(settings.timeout_ms),
    });
    let collector = collector.map_err(SetupError::Collector)?;
    let resource = otlp::resource(&random.uuid().to_string());
    let fates = Fates::default();
    let (spans_in, spans) = queue(settings.queue_max, &fates.spans);
    let (lines_in, lines) = queue(settings.queue_max, &fates.lines);
    let tracer = SdkTracerProvider::builder()
        .with_span_processor(spans_in)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.trace_ratio))))
        .with_resource(resource.clone())
        .build()
        .tracer("glasplade");
    let logger = SdkLoggerProvider::builder().with_log_processor(lines_in).with_resource(resource.clone()).build();
    let ours = |metadata: &Metadata<'_>| metadata.target().starts_with("glasplade");
    // Spans alone: a line has a record of its own, which names its span.
    let spans_of_ours = filter_fn(move |metadata| metadata.is_span() && ours(metadata));
    let lines_of_ours = filter_fn(move |metadata| metadata.is_event() && ours(metadata));
    let to_spans = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(spans_of_ours.with_max_level_hint(LevelFilter::DEBUG));
    let to_lines = OpenTelemetryTracingBridge::new(&logger)
        .with_filter(lines_of_ours.with_max_level_hint(LevelFilter::INFO).and(LevelFilter::INFO));
    let pace = Pace {
        batch_max: settings.batch_max,
        batch_wait: Duration::from_millis(settings.batch_wait_ms),
        figures_every: Duration::from_secs(settings.metrics_every_s.into()),
    };
    let (stop, _) = watch::channel(false);
    let export = Export { collector, pace, resource, spans, lines, fates, stop };
    Ok((Some(Box::new(to_spans.and_then(to_lines))), Telemetry(Some(export))))
}

/// What sends while the service runs.
#[derive(Debug, Default)]
pub struct Exporting {
    senders: JoinSet<()>,
    stop: Option<watch::Sender<bool>>,
}

impl Telemetry {
    /// Nothing is sent anywhere.
    pub fn off() -> Self {
        Self(None)
    }

    /// What became of what was recorded, where it is sent anywhere.
    pub(crate) fn fates(&self) -> Option<Fates> {
        self.0.as_ref().map(|export| export.fates.clone())
    }

    /// Begins to send. The senders are tasks of their own: nothing that answers waits for them.
    pub fn begin(self, meters: &Arc<Meters>) -> Exporting {
        let Some(export) = self.0 else { return Exporting::default() };
        let Export { collector, pace, resource, spans, lines, fates, stop } = export;
        let sender = |path, fate: &Arc<Fate>| Sender {
            collector: collector.clone(),
            path,
            fate: Arc::clone(fate),
            pace,
            stopping: stop.subscribe(),
        };
        let mut senders = JoinSet::new();
        senders.spawn(sender("/v1/traces", &fates.spans).send_spans(spans, resource.clone()));
        senders.spawn(sender("/v1/logs", &fates.lines).send_lines(lines, resource));
        senders.spawn(sender("/v1/metrics", &fates.figures).send_figures(Arc::clone(meters)));
        Exporting { senders, stop: Some(stop) }
    }
}

impl Exporting {
    /// Sends what still waits, within `left` and a second at most; what has not left by then is lost.
    pub async fn end(mut self, left: Duration) {
        let Some(stop) = self.stop.take() else { return };
        let _ = stop.send(true);
        let all = async { while self.senders.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(left.min(LAST_WORDS_MAX), all).await;
        self.senders.abort_all();
    }
}
