//! What a collector reads: spans, lines and figures as OTLP messages. Pure.

use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{LogBatch, SdkLogRecord};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::trace::SpanData;
use prost::Message as _;

use super::queue::Line;

/// Who tells: the service, its version, and this process (`instance`, random).
pub(super) fn resource(instance: &str) -> Resource {
    Resource::builder_empty()
        .with_service_name("glasplade")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", instance.to_owned()))
        .build()
}

/// `POST /v1/traces`.
pub(super) fn spans(batch: Vec<SpanData>, resource: &Resource) -> Vec<u8> {
    let resource = ResourceAttributesWithSchema::from(resource);
    ExportTraceServiceRequest { resource_spans: group_spans_by_resource_and_scope(batch, &resource) }.encode_to_vec()
}

/// `POST /v1/logs`.
pub(super) fn lines(batch: &[Line], resource: &Resource) -> Vec<u8> {
    let resource = ResourceAttributesWithSchema::from(resource);
    let lent: Vec<(&SdkLogRecord, &InstrumentationScope)> = batch.iter().map(|(line, scope)| (line, scope)).collect();
    let resource_logs = group_logs_by_resource_and_scope(&LogBatch::new(&lent), &resource);
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}

/// `POST /v1/metrics`.
pub(super) fn figures(collected: &ResourceMetrics) -> Vec<u8> {
    ExportMetricsServiceRequest::from(collected).encode_to_vec()
}
