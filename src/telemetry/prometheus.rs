//! Figures as Prometheus reads them (text format 0.0.4). Pure.

use std::fmt::{Display, Write as _};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics, ScopeMetrics};

use super::figures::{prometheus_label, prometheus_name};

/// The content type of the text.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All figures as text.
pub(super) fn text(collected: &ResourceMetrics) -> String {
    let mut out = String::with_capacity(16 * 1024);
    for metric in collected.scope_metrics().flat_map(ScopeMetrics::metrics) {
        match metric.data() {
            AggregatedMetrics::F64(data) => write_metric(&mut out, metric, data),
            AggregatedMetrics::U64(data) => write_metric(&mut out, metric, data),
            AggregatedMetrics::I64(data) => write_metric(&mut out, metric, data),
        }
    }
    out
}

fn write_metric<T: Display + Copy>(out: &mut String, metric: &Metric, data: &MetricData<T>) {
    let is_counter = matches!(data, MetricData::Sum(sum) if sum.is_monotonic());
    let name = prometheus_name(metric.name(), metric.unit(), is_counter);
    let kind = match data {
        MetricData::Sum(_) if is_counter => "counter",
        MetricData::Sum(_) | MetricData::Gauge(_) => "gauge",
        MetricData::Histogram(_) => "histogram",
        // None is made; its buckets have no place in this format.
        MetricData::ExponentialHistogram(_) => return,
    };
    let _ = writeln!(out, "# HELP {name} {}", metric.description().replace('\\', "\\\\").replace('\n', "\\n"));
    let _ = writeln!(out, "# TYPE {name} {kind}");
    match data {
        MetricData::Gauge(gauge) => {
            gauge.data_points().for_each(|point| line(out, &name, point.attributes(), None, point.value()));
        }
        MetricData::Sum(sum) => {
            sum.data_points().for_each(|point| line(out, &name, point.attributes(), None, point.value()));
        }
        MetricData::Histogram(histogram) => {
            for point in histogram.data_points() {
                let mut below = 0;
                let bounds = point.bounds().map(|bound| bound.to_string()).chain(["+Inf".to_owned()]);
                for (bound, count) in bounds.zip(point.bucket_counts()) {
                    below += count;
                    line(out, &format!("{name}_bucket"), point.attributes(), Some(&bound), below);
                }
                line(out, &format!("{name}_sum"), point.attributes(), None, point.sum());
                line(out, &format!("{name}_count"), point.attributes(), None, point.count());
            }
        }
        MetricData::ExponentialHistogram(_) => {}
    }
}

fn line<'a>(
    out: &mut String,
    name: &str,
    labels: impl Iterator<Item = &'a KeyValue>,
    bound: Option<&str>,
    value: impl Display,
) {
    let labels = labels.map(|label| (prometheus_label(label.key.as_str()), escaped(&label.value.as_str())));
    let labels = labels.chain(bound.map(|bound| ("le".to_owned(), bound.to_owned())));
    let labels: Vec<String> = labels.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    let _ = match labels.as_slice() {
        [] => writeln!(out, "{name} {value}"),
        labels => writeln!(out, "{name}{{{}}} {value}", labels.join(",")),
    };
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
