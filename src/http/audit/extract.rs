//! `POST /v1/audit/extract`: a citizen's insight, prepared, and released by a person.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AuditState;
use super::ask::{Asking, OnRecord, json};
use crate::access::Right;
use crate::audit::{Request, entry_id};
use crate::auditor::Unfit;
use crate::auditor::extract::{NotGiven, PrepareRequest, PreparedView, ReleaseRequest, ReleasedView};
use crate::http::Problem;
use crate::http::caller::Authenticated;
use crate::http::json::{Fields, Json};

/// One of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtractRequest {
    /// Prepares an extract; the answer is what to look through, and never for the citizen.
    #[serde(default)]
    prepare: Option<PrepareRequest>,
    /// Releases what was prepared; the answer holds the document for the citizen.
    #[serde(default)]
    release: Option<ReleaseRequest>,
}

impl Fields for ExtractRequest {
    const FIELDS: &'static str =
        "`prepare` {`cpr`, `requested_by`, `from`, `to`, `exclude`} or `release` {`id`, `checked_third_parties`}";
}

/// Prepared or released.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ExtractView {
    /// What to look through before the release.
    Prepared(PreparedView),
    /// What the citizen gets.
    Released(ReleasedView),
}

/// Prepares or releases what a citizen is told of the look-ups about them (GDPR art. 15).
///
/// A prepared extract is held: the document comes with the release alone, by a person who has looked through the list for
/// what concerns others. Staff are left out of it, what is excluded is left out by code and reason, and both steps are in the
/// log.
#[utoipa::path(
    post,
    path = "/v1/audit/extract",
    tag = "audit",
    operation_id = "extractForCitizen",
    request_body = ExtractRequest,
    responses(
        (status = 200, description = "Prepared, or released", body = ExtractView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such extract was prepared", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The log no longer gives what was prepared", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written or read", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn extract(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    body: Result<Json<ExtractRequest>, Problem>,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "POST /v1/audit/extract", trace_id } };
    let outcome = try_extract(&asking, body).await;
    asking.finish(outcome).await
}

async fn try_extract(asking: &Asking, body: Result<Json<ExtractRequest>, Problem>) -> Result<Response, Problem> {
    asking.may(Right::ReleaseInsight)?;
    let Json(body) = body?;
    let view = match (body.prepare, body.release) {
        (Some(wanted), None) => ExtractView::Prepared(prepare(asking, wanted).await?),
        (None, Some(wanted)) => ExtractView::Released(release(asking, wanted).await?),
        _ => return Err(Unfit { field: "prepare", what: "send either this or `release`" }.into()),
    };
    Ok(json(&view))
}

async fn prepare(asking: &Asking, wanted: PrepareRequest) -> Result<PreparedView, Problem> {
    let shared = &asking.state.0;
    let now = shared.clock.now();
    let mut random = [0; 10];
    shared.random.fill(&mut random);
    let (id, office) = (entry_id(now, random), shared.office.clone());
    let recipe = wanted.recipe(shared.auditor.key(), now)?;
    let preparing = asking.answer(move |auditor| auditor.prepare(&recipe, id, &office)).await?;
    asking.record(OnRecord { citizen: Some(preparing.citizen), event: preparing.event }).await?;
    Ok(preparing.view)
}

async fn release(asking: &Asking, wanted: ReleaseRequest) -> Result<ReleasedView, Problem> {
    if !wanted.checked_third_parties {
        let what = "a person must have looked through the list for what concerns others before it is released";
        return Err(Unfit { field: "checked_third_parties", what }.into());
    }
    let releasing = asking.answer(move |auditor| auditor.release(wanted.id)).await?;
    asking.record(OnRecord { citizen: Some(releasing.citizen), event: releasing.event }).await?;
    Ok(releasing.view)
}

impl From<NotGiven> for Problem {
    fn from(error: NotGiven) -> Self {
        match error {
            NotGiven::Unanswered(error) => error.into(),
            NotGiven::TooMany => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "extract-too-long",
                "There are too many look-ups",
                "One extract holds at most 20,000 look-ups. Ask for a shorter time with `from` and `to`.",
            ),
            NotGiven::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                "extract-unknown",
                "No such extract was prepared",
                "Prepare it with `prepare`; the answer has its `id`.",
            ),
            NotGiven::Changed => Self::new(
                StatusCode::CONFLICT,
                "extract-changed",
                "The log no longer gives what was prepared",
                "Something has expired since. Prepare the extract anew.",
            ),
        }
    }
}
