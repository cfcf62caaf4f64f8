//! `/health/live` and `/health/ready`: is the process there, and can it answer anything. Open to everybody, tells nothing.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AppState, Problem};

/// Up.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HealthState {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// The process is there.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "operation",
    operation_id = "live",
    responses((status = 200, description = "The process is there", body = HealthState))
)]
pub(super) async fn live() -> Json<HealthState> {
    Json(HealthState { status: "ok" })
}

/// The service can answer: the issuer's keys are there, the audit can be written, and no stop was asked for.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "operation",
    operation_id = "ready",
    responses(
        (status = 200, description = "The service can answer", body = HealthState),
        (status = 503, description = "It cannot", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ready(State(state): State<AppState>) -> Result<Json<HealthState>, Problem> {
    if state.0.is_stopping.load(Ordering::Acquire) {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "The service stops",
            "It finishes what is under way and takes nothing new. Ask another instance, or try again in a moment.",
        ));
    }
    if state.0.verifier.load_keys().await.is_err() {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "keys-unavailable",
            "The issuer's keys cannot be had",
            "The service cannot check access tokens. Look at the setting `token`.",
        ));
    }
    if !state.0.audit.is_writable().await {
        return Err(crate::access::Refusal::AuditUnavailable.into());
    }
    Ok(Json(HealthState { status: "ok" }))
}
