//! Around every route: a span in the caller's trace, and how long it took. Neither holds a path, a query or a body.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use tracing::Instrument as _;

use super::request::TraceId;
use crate::sources::Deadline;
use crate::telemetry::{Meters, known_method, request_span, trace_id_of};

/// The routes, measured.
pub(super) fn measured<S: Clone + Send + Sync + 'static>(routes: Router<S>, meters: Arc<Meters>) -> Router<S> {
    routes.layer(middleware::from_fn_with_state(meters, measure))
}

async fn measure(State(meters): State<Arc<Meters>>, mut request: Request, next: Next) -> Response {
    let begun = Deadline::after(Duration::ZERO);
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let span = request_span(request.method(), route, request.headers());
    // What is audited, told in a problem and sent to the sources is one trace.
    if let Some(trace_id) = trace_id_of(&span) {
        request.extensions_mut().insert(TraceId(trace_id));
    }
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR").record("error.type", status.as_str());
    }
    meters.answered(method, route, status.as_u16(), begun.passed());
    response
}
