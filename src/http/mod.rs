//! The front door. The router is the table of contents.

pub mod audit;

mod admission;
mod caller;
mod consents;
mod docs;
mod emergencies;
mod handles;
mod health;
mod json;
mod measured;
mod overviews;
mod problem;
mod request;
mod sources;
mod stream;
mod target_groups;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use admission::Admission;
pub use docs::{Listener, ROUTES, Route, Who, audit_openapi, openapi};
pub use handles::Handles;
pub use problem::Problem;

use crate::access::Operation;
use crate::access::token::TokenVerifier;
use crate::audit::Audit;
use crate::consents::Consents;
use crate::pipeline::Pipeline;
use crate::random::Random;
use crate::sources::Sources;
use crate::target_groups::run::TargetRuns;
use crate::telemetry::{Credentials, Meters};

/// What the routes share.
#[derive(Debug, Clone)]
pub struct AppState(pub Arc<Shared>);

/// What the routes share.
#[derive(Debug)]
pub struct Shared {
    /// The path of an overview.
    pub pipeline: Arc<Pipeline>,
    /// Whose tokens are believed.
    pub verifier: TokenVerifier,
    /// Who sees how the service does.
    pub operation: Operation,
    /// What citizens have said yes and no to.
    pub consents: Arc<Consents>,
    /// Lists, and what is kept of them.
    pub targets: Arc<TargetRuns>,
    /// Handles of earlier look-ups.
    pub handles: Handles,
    /// The sources, for their states.
    pub sources: Arc<Sources>,
    /// The audit, for routes that show no citizen.
    pub audit: Arc<Audit>,
    /// Randomness, for handles and traces.
    pub random: Arc<dyn Random>,
    /// What is measured.
    pub meters: Arc<Meters>,
    /// Certificates and secrets, and when each ends.
    pub(crate) credentials: Arc<Credentials>,
    /// Room for overviews.
    pub admission: Arc<Admission>,
    /// A stop was asked for: nobody new is to be sent here.
    pub is_stopping: Arc<AtomicBool>,
    /// Limits.
    pub limits: Limits,
}

/// Limits of the front door.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest request body, in bytes.
    pub body_bytes_max: usize,
    /// Time for one overview unless the caller says otherwise.
    pub deadline_default: Duration,
    /// Longest time that a caller may ask for.
    pub deadline_max: Duration,
    /// An overview that shows nothing is not sent before this.
    pub empty_answer: Duration,
}

/// The service's routes.
pub fn router(state: AppState) -> Router {
    let (limit, meters) = (state.0.limits.body_bytes_max, Arc::clone(&state.0.meters));
    let (routes, api) = documented().split_for_parts();
    measured::measured(finished(routes.merge(docs::router(&docs::finished(api))), limit), meters).with_state(state)
}

/// What every listener does around its routes.
pub(crate) fn finished<S: Clone + Send + Sync + 'static>(routes: Router<S>, body_bytes_max: usize) -> Router<S> {
    routes
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(middleware::map_response(problem::never_bare)) // outside every route: also what no handler of ours has worded
        .layer(middleware::from_fn(problem::catch_panic))
}

/// The routes that the OpenAPI document describes.
fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(docs::document())
        .routes(routes!(overviews::create))
        .routes(routes!(overviews::read))
        .routes(routes!(consents::record))
        .routes(routes!(consents::search))
        .routes(routes!(consents::join))
        .routes(routes!(consents::revoke))
        .routes(routes!(emergencies::search))
        .routes(routes!(emergencies::judge))
        .routes(routes!(emergencies::notice))
        .routes(routes!(target_groups::list))
        .routes(routes!(target_groups::run))
        .routes(routes!(target_groups::history))
        .routes(routes!(target_groups::object))
        .routes(routes!(sources::list))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}
