//! What is measured while it happens. What can be looked up is looked up when somebody asks: see `observed.rs`.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Temporality};

use super::figures::{BUILD, Figure, REQUEST_DURATION, SHED, SOURCE_DURATION, SOURCE_STALE_AGE};
use super::otlp;
use crate::random::Random;

/// Bounds of times, in seconds: from a cached answer to the longest deadline, and from a minute to a day.
const TIMES: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0];
const AGES: [f64; 8] = [60.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 86_400.0];

/// Figures of one service. Nothing is global: two services in one process count for themselves.
pub struct Meters {
    provider: SdkMeterProvider,
    reader: Reader,
    requests: Histogram<f64>,
    shed: Counter<u64>,
    sources: Histogram<f64>,
    stale: Histogram<f64>,
}

impl fmt::Debug for Meters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Meters")
    }
}

/// A reader that the provider has and we keep.
#[derive(Debug, Clone, Default)]
struct Reader(Arc<ManualReader>);

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, into: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(into)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

fn times(meter: &Meter, figure: &Figure, bounds: &[f64]) -> Histogram<f64> {
    let histogram = meter.f64_histogram(figure.name).with_unit(figure.unit).with_description(figure.what);
    histogram.with_boundaries(bounds.to_vec()).build()
}

impl Meters {
    /// Figures that are all zero.
    pub fn new(random: &dyn Random) -> Arc<Self> {
        let reader = Reader::default();
        let resource = otlp::resource(&random.uuid().to_string());
        let provider = SdkMeterProvider::builder().with_resource(resource).with_reader(reader.clone()).build();
        let meter = provider.meter("glasplade");
        let shed = meter.u64_counter(SHED.name).with_description(SHED.what).build();
        shed.add(0, &[]);
        let version = meter.u64_gauge(BUILD.name).with_description(BUILD.what).build();
        version.record(1, &[KeyValue::new("version", env!("CARGO_PKG_VERSION"))]);
        Arc::new(Self {
            requests: times(&meter, &REQUEST_DURATION, &TIMES),
            sources: times(&meter, &SOURCE_DURATION, &TIMES),
            stale: times(&meter, &SOURCE_STALE_AGE, &AGES),
            shed,
            provider,
            reader,
        })
    }

    /// For figures that are looked up when somebody asks.
    pub(super) fn meter(&self) -> Meter {
        self.provider.meter("glasplade")
    }

    /// All figures as they are now.
    pub(super) fn collect(&self) -> Option<ResourceMetrics> {
        let mut collected = ResourceMetrics::default();
        self.reader.collect(&mut collected).ok().map(|()| collected)
    }

    /// A request was answered. A path that no route has counts without a route.
    pub(crate) fn answered(&self, method: &'static str, route: Option<&str>, status: u16, took: Duration) {
        let mut labels = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("url.scheme", "http"),
        ];
        labels.extend(route.map(|route| KeyValue::new("http.route", route.to_owned())));
        self.requests.record(took.as_secs_f64(), &labels);
    }

    /// An overview was turned away.
    pub(crate) fn shed(&self) {
        self.shed.add(1, &[]);
    }

    /// What measures one source.
    pub(crate) fn source(&self, id: &str) -> SourceMeter {
        let id = KeyValue::new("source.id", id.to_owned());
        SourceMeter { duration: self.sources.clone(), stale: self.stale.clone(), id }
    }
}

/// What measures one source.
pub(crate) struct SourceMeter {
    duration: Histogram<f64>,
    stale: Histogram<f64>,
    id: KeyValue,
}

impl fmt::Debug for SourceMeter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SourceMeter")
    }
}

impl SourceMeter {
    /// A look-up took so long and ended so: `answered`, or the kind of its error.
    pub(crate) fn took(&self, time: Duration, outcome: &'static str) {
        self.duration.record(time.as_secs_f64(), &[self.id.clone(), KeyValue::new("outcome", outcome)]);
    }

    /// Something this old was shown, the source not answering.
    pub(crate) fn stale(&self, age: Duration) {
        self.stale.record(age.as_secs_f64(), std::slice::from_ref(&self.id));
    }
}
