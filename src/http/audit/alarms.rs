//! `POST /v1/audit/alarms/search` and `POST /v1/audit/alarms/{id}/follow-up`.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::AuditState;
use super::ask::{Asking, OnRecord, json};
use super::questions::PAGE_MAX;
use crate::access::Right;
use crate::audit::{AlarmState, Request};
use crate::auditor::alarms::{AlarmsPage, AlarmsRequest, FollowUp};
use crate::http::Problem;
use crate::http::caller::Authenticated;
use crate::http::json::{Fields, Json};

impl Fields for AlarmsRequest {
    const FIELDS: &'static str = "`kind`, `state`, `from`, `to`, `limit`, `after`";
}

impl Fields for FollowUp {
    const FIELDS: &'static str = "`state`, `note`; both must be there";
}

/// What an alarm has become.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Followed {
    /// The alarm.
    id: Uuid,
    /// Its state from now on.
    state: AlarmState,
}

/// Lists alarms.
///
/// Emergencies, look-ups of oneself, of one's household, of colleagues and of listed persons, more distinct citizens within
/// an hour than the unit's norm, too many emergencies by one employee, a source that answered about somebody else.
#[utoipa::path(
    post,
    path = "/v1/audit/alarms/search",
    tag = "audit",
    operation_id = "searchAlarms",
    request_body = AlarmsRequest,
    responses(
        (status = 200, description = "One page of alarms", body = AlarmsPage),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written or read", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn search(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    body: Result<Json<AlarmsRequest>, Problem>,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "POST /v1/audit/alarms/search", trace_id } };
    let outcome = try_search(&asking, body).await;
    asking.finish(outcome).await
}

async fn try_search(asking: &Asking, body: Result<Json<AlarmsRequest>, Problem>) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let Json(wanted) = body?;
    let query = wanted.query(PAGE_MAX)?;
    asking.record(OnRecord::used("audit_alarms_searched", None, wanted.facts())).await?;
    let page: AlarmsPage = asking.answer(move |auditor| auditor.alarms(&query)).await?;
    Ok(json(&page))
}

/// Follows an alarm up.
///
/// The judgement and its note are put on record in the log, and the alarm carries the state from then on. The last one counts;
/// the earlier ones stay in the log.
#[utoipa::path(
    post,
    path = "/v1/audit/alarms/{id}/follow-up",
    tag = "audit",
    operation_id = "followUpAlarm",
    params(("id" = String, Path, description = "The alarm", example = "5b1f0c52-8f0a-8a5e-9c33-0f3b0a1d2c4e")),
    request_body = FollowUp,
    responses(
        (status = 200, description = "On record", body = Followed),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such alarm", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written or read", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn follow_up(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    id: Result<Path<String>, PathRejection>,
    body: Result<Json<FollowUp>, Problem>,
) -> Response {
    let route = "POST /v1/audit/alarms/{id}/follow-up";
    let asking = Asking { state, caller, request: Request { route, trace_id } };
    let outcome = try_follow_up(&asking, id, body).await;
    asking.finish(outcome).await
}

async fn try_follow_up(
    asking: &Asking,
    id: Result<Path<String>, PathRejection>,
    body: Result<Json<FollowUp>, Problem>,
) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let id = id.ok().and_then(|Path(id)| Uuid::parse_str(&id).ok()).ok_or_else(unknown)?;
    let Json(body) = body?;
    let event = body.event(id)?;
    if !asking.answer(move |auditor| auditor.has_alarm(id)).await? {
        return Err(unknown());
    }
    asking.record(OnRecord { citizen: None, event }).await?;
    Ok(json(&Followed { id, state: body.state }))
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "alarm-unknown",
        "No such alarm",
        "The alarm is not known, or has expired. POST /v1/audit/alarms/search lists those that are.",
    )
}
