//! `POST /v1/audit/search` and `POST /v1/audit/sample`.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::AuditState;
use super::ask::{Asking, OnRecord, json};
use crate::access::Right;
use crate::audit::Request;
use crate::auditor::sample::{Sample, SampleRequest};
use crate::auditor::{Auditor, Criteria, Page, Unfit};
use crate::http::Problem;
use crate::http::caller::Authenticated;
use crate::http::json::{Fields, Json};

/// The longest page, in look-ups.
pub(super) const PAGE_MAX: u32 = 1_000;

/// What to look for, and how much at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchRequest {
    /// What to look for; without it, everything.
    #[serde(default)]
    find: Criteria,
    /// So many look-ups on one page.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// What the page before gave as `next`.
    #[serde(default)]
    #[schema(max_length = 64)]
    after: Option<String>,
}

impl Fields for SearchRequest {
    const FIELDS: &'static str = "`find` {`cpr`, `employee`, `unit`, `department`, `purpose`, `flags`, `repeats`, `kind`, `from`, `to`}, `limit`, `after`";
}

impl Fields for SampleRequest {
    const FIELDS: &'static str =
        "`from`, `to`, `count`, `seed`, `exclude_explained`, `per_unit`; the first four must be there";
}

/// Searches the audit.
///
/// One row per look-up, with its entries folded: who, whom (a pseudonym), when, why, what was decided, what was shown and
/// withheld, which sources were asked. Newest first; `next` leads to the next page.
#[utoipa::path(
    post,
    path = "/v1/audit/search",
    tag = "audit",
    operation_id = "searchAudit",
    request_body = SearchRequest,
    responses(
        (status = 200, description = "One page of look-ups", body = Page),
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
    body: Result<Json<SearchRequest>, Problem>,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "POST /v1/audit/search", trace_id } };
    let outcome = try_search(&asking, body).await;
    asking.finish(outcome).await
}

async fn try_search(asking: &Asking, body: Result<Json<SearchRequest>, Problem>) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let Json(body) = body?;
    let limit = body.limit.unwrap_or(100);
    if limit == 0 || limit > PAGE_MAX {
        return Err(Unfit { field: "limit", what: "it must be 1 to 1,000" }.into());
    }
    let mut asked = body.find.ask(asking.state.0.auditor.key(), limit)?;
    if let Some(after) = body.after {
        let cursor = Auditor::cursor(&after).ok_or(Unfit { field: "after", what: "it is what `next` said" })?;
        asked.query.after = Some(cursor);
    }
    asking.record(OnRecord::used("audit_searched", asked.query.citizen, asked.facts)).await?;
    let page: Page = asking.answer(move |auditor| auditor.search(&asked.query)).await?;
    Ok(json(&page))
}

/// Draws a random sample.
///
/// The order is SHA-256 over `seed`, the range and the attempt, so that anybody can draw again, and nobody could predict it
/// before the seed was known. The answer lists, by unit, what to ask to be explained.
#[utoipa::path(
    post,
    path = "/v1/audit/sample",
    tag = "audit",
    operation_id = "sampleAudit",
    request_body = SampleRequest,
    responses(
        (status = 200, description = "What was drawn, by unit", body = Sample),
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
pub(super) async fn sample(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    body: Result<Json<SampleRequest>, Problem>,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "POST /v1/audit/sample", trace_id } };
    let outcome = try_sample(&asking, body).await;
    asking.finish(outcome).await
}

async fn try_sample(asking: &Asking, body: Result<Json<SampleRequest>, Problem>) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let Json(wanted) = body?;
    wanted.check(asking.state.0.clock.now())?;
    asking.record(OnRecord::used("audit_sampled", None, wanted.facts())).await?;
    let sample: Sample = asking.answer(move |auditor| auditor.sample(&wanted)).await?;
    Ok(json(&sample))
}
