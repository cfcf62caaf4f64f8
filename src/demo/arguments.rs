//! What the demo's verbs take.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

/// The invented world, the same for `demo` and `fakes`.
#[derive(Debug, Clone, Args)]
pub struct WorldArguments {
    /// How many citizens the invented population has, the twelve named situations among them.
    #[arg(long, default_value_t = 2_000)]
    pub(super) citizens: usize,
    /// The same seed gives the same population.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Reads the population from this file instead (one JSON object a line; adapters/fake/README.md).
    #[arg(long)]
    pub(super) population: Option<PathBuf>,
    /// The world's time at start, RFC 3339: 2026-11-24T09:00:00+01:00. Without it, now.
    #[arg(long)]
    pub(super) now: Option<Timestamp>,
    /// The town after a month of changes drawn from this seed, which ends now: with --now a month after that of another start,
    /// its people and cases are that start's, and what has happened to them since. 30 days are a month.
    #[arg(long, value_name = "SEED")]
    pub(super) month_later: Option<u64>,
    /// Switches a fault on: sbsys=hang, case_index=soap-fault, fasit=latency:300 … May be given several times.
    #[arg(long = "fault", value_name = "SOURCE=FAULT")]
    pub(super) faults: Vec<String>,
    /// Port of the first fake; the others follow it, their TLS twins lie 100 above. 0 takes free ports.
    #[arg(long, default_value_t = 9101)]
    pub(super) first_port: u16,
    /// Port where faults are switched while it runs. 0 takes a free port.
    #[arg(long, default_value_t = 9100)]
    pub(super) control_port: u16,
}

/// `demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArguments {
    #[command(flatten)]
    pub(super) world: WorldArguments,
    /// Where the service listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// Where auditors ask; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub(super) audit_listen: SocketAddr,
    /// Where operators read figures (`GET /metrics`), on loopback; port 0 takes a free one. Without it nobody can.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) metrics_listen: Option<SocketAddr>,
    /// A collector to which every trace, figure and line is sent by OTLP (HTTP): `http://127.0.0.1:4318`.
    #[arg(long, value_name = "URL")]
    pub(super) otlp: Option<String>,
    /// Folder of the demo's keys, secrets and audit.
    #[arg(long, default_value = "target/demo")]
    pub(super) state: PathBuf,
}

/// `fakes`.
#[derive(Debug, Clone, Args)]
pub struct FakesArguments {
    #[command(flatten)]
    pub(super) world: WorldArguments,
}

/// `token`.
#[derive(Debug, Clone, Args)]
pub struct TokenArguments {
    /// The caller: coordinator-youth, caseworker-jobcenter, benefit-officer …
    #[arg(long = "as", value_name = "CALLER")]
    pub(super) caller: String,
    /// Folder of the demo's keys.
    #[arg(long, default_value = "target/demo")]
    pub(super) state: PathBuf,
    /// How long it is valid, in hours.
    #[arg(long, default_value_t = 12)]
    pub(super) hours: u32,
}
