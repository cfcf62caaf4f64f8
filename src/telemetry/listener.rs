//! `GET /metrics` on the operators' own listener: figures alone, for whoever holds its secret.
//!
//! A listener of its own, because a scraper cannot fetch a caller's token each time, and because what stands here tells
//! outsiders how much is asked: the net, and a secret outside loopback, decide who may read it.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use glasplade_adapters::transport::Secret;
use http::{HeaderMap, StatusCode, header};
use secrecy::ExposeSecret as _;

use super::meters::Meters;
use super::prometheus;
use crate::http::Problem;

/// What the one route needs.
#[derive(Debug, Clone)]
struct Shared {
    meters: Arc<Meters>,
    secret: Option<Secret>,
}

/// The listener's routes.
pub(crate) fn router(meters: Arc<Meters>, secret: Option<Secret>) -> Router {
    let routes = Router::new().route("/metrics", get(metrics)).with_state(Shared { meters, secret });
    crate::http::finished(routes, 0)
}

async fn metrics(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if !may_read(shared.secret.as_ref(), &headers) {
        let problem = Problem::new(
            StatusCode::UNAUTHORIZED,
            "token-missing",
            "No valid secret",
            "Send the secret of the setting `telemetry.listener.secret` as a bearer token.",
        );
        return problem.with_header(header::WWW_AUTHENTICATE, "Bearer").into_response();
    }
    let text = shared.meters.collect().map(|collected| prometheus::text(&collected)).unwrap_or_default();
    ([(header::CONTENT_TYPE, prometheus::CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// A secret that cannot be read opens nothing.
fn may_read(secret: Option<&Secret>, headers: &HeaderMap) -> bool {
    let Some(secret) = secret else { return true };
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(sent), None) = (sent.next(), sent.next()) else { return false };
    let Some(sent) = sent.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")) else { return false };
    secret
        .read()
        .is_ok_and(|secret| verify_slices_are_equal(secret.expose_secret().as_bytes(), sent.trim().as_bytes()).is_ok())
}
