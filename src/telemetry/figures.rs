//! Every figure that the service tells, in one table: what is measured, the registry of names, and what the dashboard and the
//! alerts are checked against.
//!
//! A label is a code of ours or of the configuration, never a value from a request or from a source: no citizen, no
//! pseudonym, no path, no employee.

/// What kind of figure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from the start of the service.
    Counter,
    /// As it is now.
    Gauge,
    /// How often, in which range.
    Histogram,
}

/// One figure.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name by OpenTelemetry's conventions.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// `s`, `By`, or nothing for a count.
    pub unit: &'static str,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub what: &'static str,
}

const fn figure(
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    labels: &'static [&'static str],
    what: &'static str,
) -> Figure {
    Figure { name, kind, unit, labels, what }
}

pub(super) const REQUEST_DURATION: Figure = figure(
    "http.server.request.duration",
    Kind::Histogram,
    "s",
    &["http.request.method", "http.route", "http.response.status_code", "url.scheme"],
    "How long requests took, by the pattern of their route",
);
pub(super) const UNDER_WAY: Figure =
    figure("glasplade.overviews.under_way", Kind::Gauge, "", &[], "Overviews under way");
pub(super) const UNDER_WAY_MAX: Figure =
    figure("glasplade.overviews.under_way_max", Kind::Gauge, "", &[], "Overviews that may be under way at once");
pub(super) const SHED: Figure = figure(
    "glasplade.overviews.shed",
    Kind::Counter,
    "",
    &[],
    "Overviews that were turned away, too many being under way",
);
pub(super) const FROM_MEMORY: Figure = figure(
    "glasplade.overviews.from_memory",
    Kind::Counter,
    "",
    &["how"],
    "Overviews for which nobody was asked: made anew, or given again as they were",
);
pub(super) const SOURCE_DURATION: Figure = figure(
    "glasplade.source.duration",
    Kind::Histogram,
    "s",
    &["source.id", "outcome"],
    "How long look-ups at a source took, by what came of them",
);
pub(super) const SOURCE_STATE: Figure = figure(
    "glasplade.source.state",
    Kind::Gauge,
    "",
    &["source.id", "state"],
    "How a source answered last: 1 at its state, 0 at the others",
);
pub(super) const SOURCE_TURN: Figure = figure(
    "glasplade.source.turn",
    Kind::Gauge,
    "",
    &["source.id", "turn"],
    "Whose turn it is about a source: 1 at who it is, 0 at the others",
);
pub(super) const SOURCE_ANSWERS: Figure = figure(
    "glasplade.source.answers",
    Kind::Counter,
    "",
    &["source.id", "state"],
    "What overviews got from a source: fresh, cached, stale, or nothing",
);
pub(super) const SOURCE_STALE_AGE: Figure = figure(
    "glasplade.source.stale.age",
    Kind::Histogram,
    "s",
    &["source.id"],
    "How old what was shown of a source that does not answer was",
);
pub(super) const SOURCE_RETRIES: Figure =
    figure("glasplade.source.retries", Kind::Counter, "", &["source.id"], "Second tries at a source");
pub(super) const SOURCE_HEDGES: Figure = figure(
    "glasplade.source.hedges",
    Kind::Counter,
    "",
    &["source.id"],
    "Second calls beside one that took longer than nineteen of twenty",
);
pub(super) const SOURCE_SPARED: Figure = figure(
    "glasplade.source.spared",
    Kind::Counter,
    "",
    &["source.id"],
    "Look-ups that were not made, since the source's breaker was open",
);
pub(super) const SOURCE_BREAKER: Figure = figure(
    "glasplade.source.breaker.state",
    Kind::Gauge,
    "",
    &["source.id", "state"],
    "A source's breaker: 1 at closed, open or half_open, 0 at the others",
);
pub(super) const SOURCE_RECEIVED: Figure =
    figure("glasplade.source.received", Kind::Counter, "By", &["source.id"], "Bytes of bodies read from a source");
pub(super) const SOURCE_ROWS: Figure = figure(
    "glasplade.source.odd_rows",
    Kind::Counter,
    "",
    &["source.id", "oddity"],
    "Rows that could not be read, are about another citizen, or that no rule or matcher knows",
);
pub(super) const AUDIT_DURABLE: Figure =
    figure("glasplade.audit.durable", Kind::Gauge, "", &[], "Number of the last record that is durable");
pub(super) const AUDIT_UNSIGNED: Figure =
    figure("glasplade.audit.unsigned", Kind::Gauge, "", &[], "Durable records that no checkpoint signs yet");
pub(super) const AUDIT_LAG: Figure =
    figure("glasplade.audit.index_lag", Kind::Gauge, "", &[], "Durable records that the index does not hold yet");
pub(super) const CREDENTIAL_STATE: Figure = figure(
    "glasplade.credential.state",
    Kind::Gauge,
    "",
    &["credential", "kind", "state"],
    "When a certificate or a secret ends: 1 at unknown, ok, expiring_soon (30 days) or expired, 0 at the others",
);
pub(super) const CREDENTIAL_ENDS: Figure = figure(
    "glasplade.credential.ends",
    Kind::Gauge,
    "s",
    &["credential", "kind"],
    "The moment at which it ends, seconds since 1970, where it is known",
);
pub(super) const TELEMETRY_SENT: Figure = figure(
    "glasplade.telemetry.sent",
    Kind::Counter,
    "",
    &["signal"],
    "Spans, lines and messages of figures that a collector took",
);
pub(super) const TELEMETRY_DROPPED: Figure = figure(
    "glasplade.telemetry.dropped",
    Kind::Counter,
    "",
    &["signal", "reason"],
    "Spans, lines and messages of figures that no collector got",
);
pub(super) const BUILD: Figure =
    figure("glasplade.build", Kind::Gauge, "", &["version"], "1, at the version that runs");

/// Every figure.
pub const FIGURES: [Figure; 24] = [
    REQUEST_DURATION,
    UNDER_WAY,
    UNDER_WAY_MAX,
    SHED,
    FROM_MEMORY,
    SOURCE_DURATION,
    SOURCE_STATE,
    SOURCE_TURN,
    SOURCE_ANSWERS,
    SOURCE_STALE_AGE,
    SOURCE_RETRIES,
    SOURCE_HEDGES,
    SOURCE_SPARED,
    SOURCE_BREAKER,
    SOURCE_RECEIVED,
    SOURCE_ROWS,
    AUDIT_DURABLE,
    AUDIT_UNSIGNED,
    AUDIT_LAG,
    CREDENTIAL_STATE,
    CREDENTIAL_ENDS,
    TELEMETRY_SENT,
    TELEMETRY_DROPPED,
    BUILD,
];

impl Figure {
    /// Its name as Prometheus has it: the unit and, for a counter, `total` behind it.
    pub fn prometheus(&self) -> String {
        prometheus_name(self.name, self.unit, self.kind == Kind::Counter)
    }
}

/// A name as Prometheus has it.
pub(super) fn prometheus_name(name: &str, unit: &str, is_counter: bool) -> String {
    let unit = match unit {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };
    format!("{}{unit}{}", prometheus_label(name), if is_counter { "_total" } else { "" })
}

/// A label's name as Prometheus has it.
pub(super) fn prometheus_label(name: &str) -> String {
    name.replace('.', "_")
}
