//! `[telemetry]` of `glasplade.toml`: where figures are read, and where traces, figures and lines are sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Config, ConfigFiles, ConfigProblems};

/// Telemetry besides the lines on stderr.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetrySettings {
    /// Where operators read figures (`GET /metrics`, Prometheus). Without it nobody can.
    pub listener: Option<MetricsListenerSettings>,
    /// Where traces, figures and lines are sent. Without it nothing is.
    pub otlp: Option<OtlpSettings>,
    /// PEM files of certificates that this process does not use itself, and whose end is watched all the same: the one of
    /// the TLS in front of it.
    pub certificates: Vec<PathBuf>,
    /// Days on which secrets end that do not say so themselves, by the name that the figures give them:
    /// `sbsys.settings.password`.
    #[schemars(with = "BTreeMap<String, String>")]
    pub expires: BTreeMap<String, Date>,
}

/// The operators' own listener.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsListenerSettings {
    /// Where it listens; another address than the service's and the auditors'. Not reachable from outside the operators' net.
    pub listen: SocketAddr,
    /// `file:` or `env:` reference to the secret that a reader sends as `Authorization: Bearer …`, at least 32 characters.
    /// May be left out on loopback alone.
    #[serde(default)]
    pub secret: Option<String>,
}

/// A collector of OpenTelemetry, asked by OTLP over HTTP (protobuf).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtlpSettings {
    /// Base address, `http://127.0.0.1:4318`; `/v1/traces`, `/v1/metrics` and `/v1/logs` are put behind it.
    pub endpoint: String,
    /// PEM file with the only certificate authorities to trust. Without it the machine's own are.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// `file:` or `env:` reference to the value of the header `Authorization`.
    #[serde(default)]
    pub authorization: Option<String>,
    /// Share of traces that begin here and are recorded, 0 to 1. A trace that a caller has begun is recorded when the caller
    /// records it.
    #[serde(default = "trace_ratio")]
    pub trace_ratio: f64,
    /// Spans, and lines, that wait to be sent, at most; one more is dropped and counted.
    #[serde(default = "queue_max")]
    pub queue_max: usize,
    /// Spans, or lines, in one message at most.
    #[serde(default = "batch_max")]
    pub batch_max: usize,
    /// How long spans and lines wait for more of them, in milliseconds.
    #[serde(default = "batch_wait_ms")]
    pub batch_wait_ms: u64,
    /// How often figures are sent, in seconds.
    #[serde(default = "metrics_every_s")]
    pub metrics_every_s: u32,
    /// Longest time for one message, in milliseconds.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

impl OtlpSettings {
    /// A collector at this address, every other setting at its default.
    pub fn to(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            ca_file: None,
            authorization: None,
            trace_ratio: trace_ratio(),
            queue_max: queue_max(),
            batch_max: batch_max(),
            batch_wait_ms: batch_wait_ms(),
            metrics_every_s: metrics_every_s(),
            timeout_ms: timeout_ms(),
        }
    }
}

fn trace_ratio() -> f64 {
    0.1
}

fn queue_max() -> usize {
    4_096
}

fn batch_max() -> usize {
    512
}

fn batch_wait_ms() -> u64 {
    1_000
}

fn metrics_every_s() -> u32 {
    30
}

fn timeout_ms() -> u64 {
    3_000
}

/// What would make figures readable for anybody, or exports that cannot work.
pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const FILE: &str = "glasplade.toml";
    let (service, telemetry) = (&config.service.service, &config.service.telemetry);
    if let Some(listener) = &telemetry.listener {
        let line = files.line_of_row(FILE, "telemetry.listener", 0);
        let auditors = config.service.audit.listener.as_ref().map(|listener| listener.listen);
        if listener.listen.port() != 0 && (listener.listen == service.listen || Some(listener.listen) == auditors) {
            problems.error(
                FILE,
                line,
                "`telemetry.listener.listen` must be an address of its own; choose another port",
            );
        }
        if listener.secret.is_none() && !listener.listen.ip().is_loopback() {
            let what = "`telemetry.listener` outside loopback needs a `secret`: `file:` or `env:` reference to at least \
                32 characters, which the reader sends as a bearer token";
            problems.error(FILE, line, what);
        }
    }
    if let Some(otlp) = &telemetry.otlp {
        let line = files.line_of_row(FILE, "telemetry.otlp", 0);
        if !(0.0..=1.0).contains(&otlp.trace_ratio) {
            problems.error(FILE, line, "`telemetry.otlp.trace_ratio` is a share: write a number from 0 to 1");
        }
        let counts = [otlp.queue_max, otlp.batch_max, otlp.metrics_every_s as usize];
        if counts.contains(&0) || otlp.timeout_ms == 0 || otlp.batch_max > otlp.queue_max {
            let what = "`telemetry.otlp`: every limit is at least 1, and `batch_max` not above `queue_max`";
            problems.error(FILE, line, what);
        }
        if super::checks::is_plain_outside(&otlp.endpoint) {
            problems.error(FILE, line, "`telemetry.otlp.endpoint` must be https:// outside loopback");
        }
    }
}
