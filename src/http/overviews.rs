//! `POST /v1/overviews` and `GET /v1/overviews/{id}`: one citizen, as this caller may see it now.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use glasplade_adapters::contract::PersonId;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;

use super::admission::Arrival;
use super::caller::{Authenticated, Door};
use super::json::{Fields, Json};
use super::request::Wanted;
use super::{AppState, Problem, stream};
use crate::access::{Caller, Criterion, EmergencyAsked, EmergencyCode, Question, Refusal};
use crate::audit::{Disclosure, Request};
use crate::overview::view::OverviewView;
use crate::pipeline::{Errand, HandleOpener};

/// Whom, for what, and on which case of the caller's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OverviewRequest {
    /// The citizen's number, ten digits, with or without the hyphen. It stands in the body so that no log keeps it.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: String,
    /// Code of the purpose: `own_case`, `coordination` …
    #[schema(example = "own_case", min_length = 1, max_length = 64)]
    purpose: String,
    /// The caller's own case. A purpose says whether it is required; where there is none yet, `reason` stands for it.
    #[schema(example = "2025-004711", max_length = 128)]
    case_ref: Option<String>,
    /// Why, in at least 20 characters, where there is no case yet. Kept in the audit; no personal number in it.
    #[schema(max_length = 1000)]
    reason: Option<String>,
    /// [DK] nødadgang: asks for emergency access, an hour about one citizen. Goes with `purpose` `emergency`, and only with it;
    /// the caller's leader sees it at once, and the citizen is told as a rule.
    emergency: Option<EmergencyRequest>,
    /// Asks for the citizen's address, and for a protected name.
    protected: Option<Reason>,
    /// Asks for the family, too: each relative whom the civil register names, under that person's own access.
    #[serde(default)]
    household: bool,
}

/// A written reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// At least 20 characters.
    #[schema(min_length = 20, max_length = 1000)]
    reason: String,
}

/// Why there is an emergency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmergencyRequest {
    /// As a code.
    code: EmergencyCode,
    /// In words, at least 20 characters; kept for the leader. No personal number in it.
    #[schema(min_length = 20, max_length = 1000)]
    reason: String,
}

impl Fields for OverviewRequest {
    const FIELDS: &'static str = "`cpr`, `purpose`, `case_ref`, `reason`, `emergency` {`code`: `life`, `child_danger`, `violence` or `other`; `reason`}, `protected` {`reason`}, `household`; the first two must be there";
}

const TEXT_CHARACTERS_MAX: usize = 1000;
const CODE_CHARACTERS_MAX: usize = 128;

impl OverviewRequest {
    fn question(self) -> Result<Question, Problem> {
        let citizen = match PersonId::parse(self.cpr.trim()) {
            Ok(PersonId::Cpr(number)) => number,
            Ok(PersonId::XEcpr(_) | PersonId::DEcpr(_)) => {
                return Err(invalid(
                    "replacement-number",
                    "The number is a replacement from the health sector (eCPR)",
                    "No source system here knows a citizen by an eCPR. Use the number in the civil register; when there \
                     is none yet, use the municipality's own replacement number (day + 60).",
                ));
            }
            Err(_) => {
                return Err(invalid(
                    "invalid-cpr",
                    "The number cannot be one",
                    "`cpr` must be ten digits that begin with a day and a month.",
                ));
            }
        };
        let question = Question {
            citizen,
            purpose: self.purpose,
            case_ref: filled(self.case_ref),
            reason: filled(self.reason),
            emergency: self.emergency.map(|asked| EmergencyAsked { code: asked.code, reason: asked.reason }),
            protected_reason: self.protected.map(|asked| asked.reason),
            household: self.household,
            criterion: Criterion::Cpr,
        };
        for (field, text) in question.texts().chain([("purpose", question.purpose.as_str())]) {
            let limit = if matches!(field, "case_ref" | "purpose") { CODE_CHARACTERS_MAX } else { TEXT_CHARACTERS_MAX };
            if text.chars().count() > limit || text.chars().any(|letter| letter.is_control() && letter != '\n') {
                let detail = format!("`{field}` must have at most {limit} characters and no control characters.");
                return Err(invalid("invalid-text", "A text is too long", detail));
            }
        }
        let is_short = |text: &str| text.trim().chars().count() < crate::access::REASON_CHARACTERS_MIN;
        let emergency = question.emergency.as_ref().map(|asked| asked.reason.as_str());
        if [emergency, question.protected_reason.as_deref()].into_iter().flatten().any(is_short) {
            return Err(Refusal::ReasonTooShort.into());
        }
        Ok(question)
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn invalid(code: &str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail)
}

/// Looks a citizen up.
///
/// Reads every source that may hold something for this caller, within the deadline, and answers with what the caller may
/// see. A source that fails is named in `sources`; it never fails the answer. A citizen who is unknown, who has no cases,
/// or about whom nothing may be told gets the same empty overview. With `Accept: text/event-stream` the answer comes in
/// parts: `items` events as cases are decided, then one `overview` event that equals the plain answer.
#[utoipa::path(
    post,
    path = "/v1/overviews",
    tag = "overviews",
    operation_id = "createOverview",
    params(
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
        ("view" = Option<String>, Query, description = "`shared` leaves out third persons and remarks, so that the screen can be turned to the citizen; default `full`", pattern = "^(full|shared)$"),
        ("Request-Timeout-Ms" = Option<u32>, Header, description = "Deadline in milliseconds; default 1000, at most 2500", minimum = 1),
        ("traceparent" = Option<String>, Header, description = "W3C trace context; sent on to the sources"),
    ),
    request_body = OverviewRequest,
    responses(
        (status = 200, description = "The overview, or a stream of events", content((OverviewView = "application/json"), (String = "text/event-stream")),
            headers(("ETag" = String, description = "SHA-256 of the exact body"), ("Content-Location" = String, description = "`/v1/overviews/{id}`"))),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The purpose is not for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit or the ledger of emergencies cannot be written, or too many requests are under way", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    arrival: Arrival,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    body: Result<Json<OverviewRequest>, Problem>,
) -> Response {
    let request = Request { route: "POST /v1/overviews", trace_id };
    if arrival.is_too_many {
        let question = body.and_then(|Json(body)| body.question());
        return shed(&state, &caller, question.ok().as_ref(), &request);
    }
    let asked = wanted.and_then(|wanted| Ok((wanted, body.and_then(|Json(body)| body.question())?)));
    match asked {
        Ok((wanted, question)) => {
            let handle = state.0.handles.open(state.0.random.as_ref(), &caller, &question);
            answer(&state, caller, question, handle, wanted, request).await
        }
        Err(problem) => turn_away(&state, &request, &caller, problem).await,
    }
}

/// Repeats a look-up by its handle.
///
/// Runs the whole path again: rights, sources and audit as they are now. With `If-None-Match` a caller who has these very
/// bytes gets 304; that is recorded, too.
#[utoipa::path(
    get,
    path = "/v1/overviews/{id}",
    tag = "overviews",
    operation_id = "readOverview",
    params(
        ("id" = String, Path, description = "The handle of an earlier answer", example = "3f0c6d1e9a2b4c5d8e7f60718293a4b5"),
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
        ("view" = Option<String>, Query, description = "`shared` leaves out third persons and remarks, so that the screen can be turned to the citizen; default `full`", pattern = "^(full|shared)$"),
        ("Request-Timeout-Ms" = Option<u32>, Header, description = "Deadline in milliseconds; default 1000, at most 2500", minimum = 1),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the caller has"),
        ("traceparent" = Option<String>, Header, description = "W3C trace context; sent on to the sources"),
    ),
    responses(
        (status = 200, description = "The overview, or a stream of events", content((OverviewView = "application/json"), (String = "text/event-stream")),
            headers(("ETag" = String, description = "SHA-256 of the exact body"))),
        (status = 304, description = "The caller has these very bytes"),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The purpose is not for this caller any more, or the emergency is over", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such handle for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit or the ledger of emergencies cannot be written, or too many requests are under way", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn read(
    State(state): State<AppState>,
    arrival: Arrival,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Response {
    let request = Request { route: "GET /v1/overviews/{id}", trace_id };
    let found = id.ok().and_then(|Path(id)| state.0.handles.question(&id, &caller)).ok_or_else(Problem::handle_unknown);
    if arrival.is_too_many {
        return shed(&state, &caller, found.ok().as_ref().map(|(_, question)| question), &request);
    }
    match wanted.and_then(|wanted| Ok((wanted, found?))) {
        Ok((wanted, (handle, question))) => answer(&state, caller, question, handle, wanted, request).await,
        Err(problem) => turn_away(&state, &request, &caller, problem).await,
    }
}

/// A known caller who gets a problem before it is clear whom they ask about leaves an entry, too: who guesses at numbers or
/// at other people's handles is seen.
pub(super) async fn turn_away(door: &impl Door, request: &Request, caller: &Caller, problem: Problem) -> Response {
    let recorded = door.audit().turned_away(request, caller, problem.status, problem.code()).await;
    let problem = recorded.map_or_else(Problem::from, |()| problem);
    problem.in_trace(&request.trace_id).into_response()
}

/// Turns one away for whom there is no room: on record, where the record takes it at once, with who asked and, if that could be
/// read, about whom.
fn shed(state: &AppState, caller: &Caller, question: Option<&Question>, request: &Request) -> Response {
    let shared = &state.0;
    shared.meters.shed();
    let citizen = question.map(|question| (shared.pipeline.pseudonyms.of(&question.citizen), question.criterion));
    shared.audit.overloaded(request, caller, citizen, StatusCode::SERVICE_UNAVAILABLE.as_u16());
    let problem = Problem::from(Refusal::Overloaded).retry_after(shared.admission.retry_after_s());
    problem.in_trace(&request.trace_id).into_response()
}

async fn answer(
    state: &AppState,
    caller: Caller,
    question: Question,
    handle: Arc<str>,
    wanted: Wanted,
    request: Request,
) -> Response {
    let trace_id = Arc::clone(&request.trace_id);
    let answer = try_answer(state, caller, question, handle, wanted, request).await;
    answer.unwrap_or_else(|refusal| Problem::from(refusal).in_trace(&trace_id).into_response())
}

async fn try_answer(
    state: &AppState,
    caller: Caller,
    question: Question,
    handle: Arc<str>,
    wanted: Wanted,
    request: Request,
) -> Result<Response, Refusal> {
    let shared = &state.0;
    // Others may have come while this one was read.
    let Some(room) = shared.admission.enter() else { return Ok(shed(state, &caller, Some(&question), &request)) };
    let handles = {
        let (state, caller, parent) = (Arc::clone(shared), caller.clone(), Arc::clone(&handle));
        let (also, own) = (Arc::clone(shared), Arc::clone(&handle));
        HandleOpener::new(
            move |question| state.handles.open_relative(&parent, &caller, question),
            move || also.handles.shown(&own),
        )
    };
    let errand = Errand {
        caller,
        question,
        handle: Arc::clone(&handle),
        handles,
        request,
        language: wanted.language,
        is_shared: wanted.is_shared,
        if_none_match: wanted.if_none_match,
        no_cache: wanted.no_cache,
        deadline: wanted.deadline,
        is_hasty: wanted.is_hasty,
        not_before: wanted.not_before,
    };
    if wanted.stream {
        let events = shared.pipeline.stream(errand).await?;
        return Ok(stream::response(events, room));
    }
    let disclosure = shared.pipeline.overview(&errand).await?;
    drop(room);
    Ok(respond(disclosure, &handle, wanted.language.tag()))
}

fn respond(disclosure: Disclosure, handle: &str, language: &'static str) -> Response {
    let (body, etag, not_modified) = disclosure.into_parts();
    let status = if not_modified { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if !not_modified {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
    }
    private(headers);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/overviews/{handle}")) {
        headers.insert(header::CONTENT_LOCATION, location);
    }
    response
}

/// Nobody between us and the caller keeps it.
pub(super) fn private(headers: &mut http::HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
