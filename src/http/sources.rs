//! `GET /v1/sources`: how the source systems do. No citizen in it; still for the operator alone, since its counts tell how
//! much was asked about whom one may not see.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use glasplade_adapters::contract::SourceId;
use http::{HeaderMap, header};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Authenticated;
use super::overviews::{private, turn_away};
use super::request::Wanted;
use super::{AppState, Problem};
use crate::access::Right;
use crate::audit::Request;
use crate::sources::HealthView;
use crate::telemetry::{Expiry, Turn};

/// All configured sources.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SourcesView {
    /// In the order in which an overview lists them.
    sources: Vec<SourceHealthView>,
}

/// One configured source and its health.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SourceHealthView {
    /// Id.
    #[schema(example = "sbsys")]
    id: String,
    /// What caseworkers call it.
    #[schema(example = "SBSYS")]
    name: String,
    /// What is wrong, and whose turn it is, in one sentence.
    #[schema(example = "SBSYS svarer med fejl (status 503 ved `search`): det er leverandørens tur.")]
    text: String,
    /// Whose turn it is.
    turn: Turn,
    /// How it does.
    health: HealthView,
    /// The certificates and secrets that are used towards it.
    credentials: Vec<CredentialView>,
}

/// A certificate or a secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CredentialView {
    /// Where it stands in the configuration.
    #[schema(example = "sbsys.settings.password")]
    name: String,
    /// How it stands with its end; `unknown` is not ok.
    state: Expiry,
    /// When it ends, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends: Option<Timestamp>,
}

/// The states of the source systems, counted since the service started.
///
/// For roles whose row in `access.toml` says `sees_source_health`: as shipped, `operator` alone.
#[utoipa::path(
    get,
    path = "/v1/sources",
    tag = "operation",
    operation_id = "listSources",
    params(("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$")),
    responses(
        (status = 200, description = "All configured sources", body = SourcesView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
) -> Response {
    let request = Request { route: "GET /v1/sources", trace_id };
    // First: whoever may not use the route is told nothing of how it is used.
    let may_see = state.0.operation.may(&caller, Right::SeeSourceHealth);
    let wanted = if may_see { wanted } else { Err(Problem::not_for_role()) };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(problem) => return turn_away(&state, &request, &caller, problem).await,
    };
    if let Err(refusal) = state.0.audit.accessed(&request, &caller, 200).await {
        return Problem::from(refusal).in_trace(&request.trace_id).into_response();
    }
    let credentials = state.0.credentials.now();
    let of = |id: &SourceId| {
        let own = credentials.iter().filter(|one| one.source.as_ref() == Some(id));
        own.map(|one| CredentialView { name: one.name.to_string(), state: one.state, ends: one.ends }).collect()
    };
    let systems = state.0.pipeline.systems().into_iter().map(|system| {
        let told = system.diagnosed(&credentials, wanted.language);
        SourceHealthView {
            id: system.id.to_string(),
            name: system.name,
            text: told.text,
            turn: told.turn,
            health: system.health,
            credentials: of(&system.id),
        }
    });
    let view = SourcesView { sources: systems.collect() };
    let body = serde_json::to_vec(&view).expect("views hold nothing that JSON cannot");
    let mut headers = HeaderMap::new();
    private(&mut headers);
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    (headers, body).into_response()
}
