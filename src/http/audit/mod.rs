//! The auditors' own listener: the room `auditor` over HTTP. Tokens of another audience, a document of its own, and no route
//! of the service. Each question is put on record before it is answered.

mod alarms;
mod ask;
mod export;
mod extract;
mod questions;
pub(super) mod tree;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use glasplade_adapters::contract::Clock;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Door;
use super::measured::measured;
use super::{docs, finished};
use crate::access::Operation;
use crate::access::token::TokenVerifier;
use crate::audit::Audit;
use crate::auditor::extract::Office;
use crate::auditor::{Auditor, Transparency};
use crate::random::Random;
use crate::telemetry::Meters;

/// What the auditors' routes share.
#[derive(Debug, Clone)]
pub struct AuditState(pub Arc<AuditShared>);

/// What the auditors' routes share.
#[derive(Debug)]
pub struct AuditShared {
    /// Whose tokens are believed here.
    pub verifier: TokenVerifier,
    /// Who may ask.
    pub operation: Operation,
    /// Where each question is put on record.
    pub audit: Arc<Audit>,
    /// Who answers.
    pub auditor: Arc<Auditor>,
    /// In whose name an extract speaks.
    pub office: Office,
    /// The tree over the log; none where the log has none.
    pub transparency: Option<Arc<dyn Transparency>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for traces and extracts.
    pub random: Arc<dyn Random>,
    /// What is measured.
    pub meters: Arc<Meters>,
    /// Longest request body, in bytes.
    pub body_bytes_max: usize,
}

impl Door for AuditState {
    fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }

    fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    fn audit(&self) -> &Arc<Audit> {
        &self.0.audit
    }

    fn body_bytes_max(&self) -> usize {
        self.0.body_bytes_max
    }
}

/// The auditors' routes.
pub fn router(state: AuditState) -> Router {
    let limit = state.0.body_bytes_max;
    let (routes, api) = documented().split_for_parts();
    // Its path holds slashes, which the document cannot say.
    let routes = routes.route("/v1/audit/tiles/{*path}", get(tree::tiles));
    let meters = Arc::clone(&state.0.meters);
    measured(finished(routes.merge(docs::router(&docs::finished(api))), limit), meters).with_state(state)
}

/// The routes that the auditors' OpenAPI document describes.
pub(super) fn documented() -> OpenApiRouter<AuditState> {
    OpenApiRouter::with_openapi(docs::audit_document())
        .routes(routes!(questions::search))
        .routes(routes!(questions::sample))
        .routes(routes!(export::export))
        .routes(routes!(extract::extract))
        .routes(routes!(alarms::search))
        .routes(routes!(alarms::follow_up))
        .routes(routes!(tree::checkpoint))
        .routes(routes!(tree::proofs))
}
