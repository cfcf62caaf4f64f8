//! A collector that keeps what it is sent.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use http::Uri;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

type Sent = (String, Bytes);

pub(crate) struct Collector {
    address: std::net::SocketAddr,
    sent: mpsc::UnboundedReceiver<Sent>,
    _serving: JoinSet<()>,
}

/// What a collector was sent.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) spans: Vec<Span>,
    pub(crate) figures: Vec<String>,
    pub(crate) lines: usize,
    /// All of it, as it came.
    pub(crate) bytes: Vec<u8>,
}

async fn keep(State(to): State<mpsc::UnboundedSender<Sent>>, uri: Uri, body: Bytes) {
    let _ = to.send((uri.path().to_owned(), body));
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (to, sent) = mpsc::unbounded_channel();
        let routes = Router::new().route("/v1/{signal}", post(keep)).layer(DefaultBodyLimit::disable()).with_state(to);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await.expect("a server") });
        Self { address, sent, _serving: serving }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that came by now.
    pub(crate) fn received(&mut self) -> Told {
        let mut told = Told::default();
        while let Ok((path, body)) = self.sent.try_recv() {
            told.bytes.extend_from_slice(&body);
            match path.as_str() {
                "/v1/traces" => {
                    let message = ExportTraceServiceRequest::decode(body).expect("spans");
                    let scopes = message.resource_spans.into_iter().flat_map(|one| one.scope_spans);
                    told.spans.extend(scopes.flat_map(|scope| scope.spans));
                }
                "/v1/metrics" => {
                    let message = ExportMetricsServiceRequest::decode(body).expect("figures");
                    let scopes = message.resource_metrics.into_iter().flat_map(|one| one.scope_metrics);
                    told.figures.extend(scopes.flat_map(|scope| scope.metrics).map(|metric| metric.name));
                }
                "/v1/logs" => {
                    let message = ExportLogsServiceRequest::decode(body).expect("lines");
                    let scopes = message.resource_logs.into_iter().flat_map(|one| one.scope_logs);
                    told.lines += scopes.map(|scope| scope.log_records.len()).sum::<usize>();
                }
                other => panic!("{other} is no path of a collector"),
            }
        }
        told
    }
}

/// The text of an attribute.
pub(crate) fn text_of<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let value = attributes.iter().find(|one| one.key == key)?.value.as_ref()?;
    match value.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}
