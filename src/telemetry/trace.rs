//! One trace from the portal to each source: what comes in with a request, and what goes out with a call (W3C trace context;
//! never `baggage`).

use std::sync::Arc;

use glasplade_adapters::contract::TraceContext;
use http::{HeaderMap, Method};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::random::Random;

/// Longer than this, a `tracestate` is not passed on (W3C: at least 512 characters are to be passed on).
const STATE_BYTES_MAX: usize = 512;

/// The headers of a request, as the propagator reads them.
struct Incoming<'a>(&'a HeaderMap);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let mut sent = self.0.get_all(key).iter();
        let (first, second) = (sent.next()?, sent.next());
        // Two of them are none: nobody says which one holds.
        let text = first.to_str().ok().filter(|_| second.is_none())?;
        let is_good = if key == "traceparent" { is_traceparent(text) } else { text.len() <= STATE_BYTES_MAX };
        is_good.then_some(text)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Each field has exactly its digits. The library takes shorter ones and fills them up, and ten digits could be anybody's number.
fn is_traceparent(text: &str) -> bool {
    let is_hex = |field: &str| field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let fields: Vec<&str> = text.split('-').collect();
    let lengths = [2, 32, 16, 2];
    fields.len() >= lengths.len()
        && fields.iter().zip(lengths).all(|(field, length)| field.len() == length && is_hex(field))
}

/// The span around one request, a child of the caller's where the caller names one. It knows the route's pattern, never the
/// path: a path may hold a handle.
pub(crate) fn request_span(method: &Method, route: Option<&str>, headers: &HeaderMap) -> Span {
    let name =
        route.map_or_else(|| known_method(method).to_owned(), |route| format!("{} {route}", known_method(method)));
    let span = tracing::info_span!(
        "http.request",
        otel.name = name,
        otel.kind = "server",
        http.request.method = known_method(method),
        http.route = route,
        url.scheme = "http",
        http.response.status_code = Empty,
        otel.status_code = Empty,
        error.type = Empty,
    );
    if !span.is_disabled() {
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &Incoming(headers));
        // Nobody records this span where there is no such layer; then there is no parent to have either.
        let _ = span.set_parent(parent);
    }
    span
}

/// A method as a label: one of those that exist, so that nobody can invent more labels.
pub(crate) fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "_OTHER",
    }
}

/// The trace that a span belongs to, 32 hexadecimal digits; nothing where nobody records spans.
pub(crate) fn trace_id_of(span: &Span) -> Option<Arc<str>> {
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    context.is_valid().then(|| Arc::from(context.trace_id().to_string()))
}

/// What a call in `span` tells its source: the span, or (where nobody records spans) the request's trace and an id that
/// nobody has.
pub(crate) fn outgoing(span: &Span, trace_id: &Arc<str>, random: &dyn Random) -> TraceContext {
    let context = span.context();
    let current = context.span();
    let known = current.span_context();
    if !known.is_valid() {
        let span_id = Arc::from(crate::hex(&random.bytes16()[..8]));
        return TraceContext { trace_id: Arc::clone(trace_id), span_id, ..TraceContext::default() };
    }
    let state = known.trace_state().header();
    TraceContext {
        trace_id: Arc::from(known.trace_id().to_string()),
        span_id: Arc::from(known.span_id().to_string()),
        sampled: known.is_sampled(),
        state: (!state.is_empty()).then(|| Arc::from(state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_trace_is_none_or_a_number_could_stand_in_it() {
        assert!(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        for text in [
            "",
            "00-0101019999-1-1",
            "00-0101019999-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert!(!is_traceparent(text), "{text}");
        }
    }
}
