//! `/v1/target-groups…`: rules and how they stand, a run, counts over time, objections. [DK] målgrupper.
//!
//! A list is a disclosure to the unit that the rule's approval names: whoever gets its bytes sits there. Each citizen on it has an
//! entry in the audit before the first byte leaves.

mod body;
mod objections;
mod problem;

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use body::RunRequest;

pub(super) use objections::{__path_object, object};

use super::caller::Authenticated;
use super::json::Json;
use super::overviews::{private, turn_away};
use super::request::Wanted;
use super::{AppState, Problem};
use crate::access::{Caller, Right};
use crate::audit::Request;
use crate::target_groups::history::History;
use crate::target_groups::run::{By, DryRunView, Keeping, Ran, RulesView};

/// So many bytes of a list are handed on at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Rights of whom the rules and their counts are for.
const READERS: [Right; 2] = [Right::RunTargetGroups, Right::SeeTargetGroupCounts];

/// The rules, and whether each may run today.
///
/// A rule is approved for a unit, or off with the reason why.
#[utoipa::path(
    get,
    path = "/v1/target-groups",
    tag = "target-groups",
    operation_id = "listTargetGroups",
    params(("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$")),
    responses(
        (status = 200, description = "Every rule", body = RulesView),
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
    let request = Request { route: "GET /v1/target-groups", trace_id };
    let told = async {
        may_read(&state, &caller)?;
        let rules = state.0.targets.rules(wanted?.language);
        state.0.audit.accessed(&request, &caller, 200).await?;
        Ok(json(&rules))
    };
    finish(&state, &request, &caller, told.await).await
}

/// Runs a rule.
///
/// The list of the citizens whom the rule fits by what its receiver may be told, against the run before: new, still, changed, ended,
/// or unverified where a source was not read whole. For somebody of the receiving unit. `dry_run` tells counts alone, rounded, to
/// whoever may run the rule. The form is `format`, or what `Accept` names; a list that breaks off has its connection cut. The next run
/// compares itself with this one once the last byte was taken.
#[utoipa::path(
    post,
    path = "/v1/target-groups/{rule}/runs",
    tag = "target-groups",
    operation_id = "runTargetGroup",
    params(
        ("rule" = String, Path, description = "Code of the rule", example = "cross_department"),
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
    ),
    request_body = RunRequest,
    responses(
        (status = 200, description = "The list, or the counts of a dry run", content((DryRunView = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/vnd.apache.parquet")),
            headers(("Content-Disposition" = String, description = "Name of a file"), ("Glasplade-Run" = String, description = "The run's id"))),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for the caller, or the rule is off", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such rule", body = Problem, content_type = "application/problem+json"),
        (status = 406, description = "None of the forms of a list is accepted", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another process makes this list now", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written, or the index cannot be read", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn run(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    rule: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Result<Json<RunRequest>, Problem>,
) -> Response {
    let request = Request { route: "POST /v1/target-groups/{rule}/runs", trace_id };
    let ran = async {
        if !state.0.operation.may(&caller, Right::RunTargetGroups) {
            return Err(Problem::not_for_role());
        }
        let (_, Json(body)) = (wanted?, body?);
        let asked = body.asked(rule_of(rule)?, headers.get(header::ACCEPT))?;
        let ran = state.0.targets.run(&request, By::Caller(&caller), &asked).await;
        ran.map(|ran| handed_over(ran, asked.dry_run)).map_err(problem::of)
    };
    finish(&state, &request, &caller, ran.await).await
}

/// How many were on a rule's list, run by run.
///
/// By department and unit, for management. No number below five, and all rounded to five; of the list for the caller's own unit where
/// it is a receiver, otherwise of the first that is approved.
#[utoipa::path(
    get,
    path = "/v1/target-groups/{rule}/history",
    tag = "target-groups",
    operation_id = "readTargetGroupHistory",
    params(("rule" = String, Path, description = "Code of the rule", example = "cross_department")),
    responses(
        (status = 200, description = "The counts, the oldest first", body = History),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such rule", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written, or the runs cannot be read", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn history(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    rule: Result<Path<String>, PathRejection>,
) -> Response {
    let request = Request { route: "GET /v1/target-groups/{rule}/history", trace_id };
    let told = async {
        may_read(&state, &caller)?;
        let rule = rule_of(rule)?;
        let (targets, unit) = (Arc::clone(&state.0.targets), caller.unit().map(str::to_owned));
        let counted = tokio::task::spawn_blocking(move || targets.history(&rule, unit.as_deref())).await;
        let history = counted.map_err(|_| problem::broken())?.map_err(problem::of)?;
        state.0.audit.accessed(&request, &caller, 200).await?;
        Ok(json(&history))
    };
    finish(&state, &request, &caller, told.await).await
}

fn may_read(state: &AppState, caller: &Caller) -> Result<(), Problem> {
    let may = READERS.iter().any(|right| state.0.operation.may(caller, *right));
    if may { Ok(()) } else { Err(Problem::not_for_role()) }
}

fn rule_of(rule: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    rule.map(|Path(rule)| rule).map_err(|_| problem::unknown_rule())
}

/// The answer; what came to nothing is written down first.
async fn finish(state: &AppState, request: &Request, caller: &Caller, told: Result<Response, Problem>) -> Response {
    match told {
        Ok(response) => response,
        Err(problem) => turn_away(state, request, caller, problem).await,
    }
}

fn json(view: &impl Serialize) -> Response {
    let body = serde_json::to_vec(view).expect("views hold nothing that JSON cannot");
    let mut headers = HeaderMap::new();
    private(&mut headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (headers, body).into_response()
}

/// The list, in parts; the run is kept when the last of them was taken, and never before.
fn handed_over(ran: Ran, is_dry: bool) -> Response {
    let (body, _, _) = ran.disclosure.into_parts();
    let parts = stream::unfold((body, ran.keeping), |(mut rest, keeping)| async move {
        if rest.is_empty() {
            return finished(keeping).await.err().map(|error| (Err(error), (rest, None)));
        }
        let part: Bytes = rest.split_to(rest.len().min(CHUNK_BYTES));
        Some((Ok::<Bytes, io::Error>(part), (rest, keeping)))
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    private(headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ran.media_type));
    if let Ok(run) = HeaderValue::from_str(&ran.run.to_string()) {
        headers.insert("glasplade-run", run);
    }
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", ran.file_name));
    if let Some(attachment) = attachment.ok().filter(|_| !is_dry) {
        headers.insert(header::CONTENT_DISPOSITION, attachment);
    }
    response
}

/// A run that cannot be kept is told again by the next one, which the receiver must know: the list is cut.
async fn finished(keeping: Option<Keeping>) -> io::Result<()> {
    let Some(keeping) = keeping else { return Ok(()) };
    let kept = tokio::task::spawn_blocking(move || keeping.keep()).await;
    match kept {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "a run was handed over and not kept");
            Err(io::Error::other("the run is not kept"))
        }
        Err(_) => Err(io::Error::other("the run is not kept")),
    }
}
