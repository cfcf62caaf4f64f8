//! `POST /v1/emergencies/…`: what was opened in an emergency, judged by the leader and told to the citizen. [DK] nødadgang.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use glasplade_adapters::contract::PersonId;
use http::{HeaderMap, StatusCode, header};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Authenticated;
use super::json::{Fields, Json};
use super::overviews::{private, turn_away};
use super::request::Wanted;
use super::{AppState, Problem};
use crate::access::{Caller, REASON_CHARACTERS_MIN, Refusal, holds_personal_number};
use crate::audit::Request;
use crate::emergencies::{
    self, Emergencies, HoldBack, Judgement, JudgementState, NotDone, Notice, NoticeForm, NoticeState,
};

mod view;

use view::{EmergencyListView, EmergencyRowView};

const NOTE_CHARACTERS_MAX: usize = 1000;
const LIMIT_MAX: u16 = 200;
const LIMIT_DEFAULT: u16 = 50;

/// Which emergencies are wanted. Without a field, it does not matter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchRequest {
    /// Where the judgement stands.
    state: Option<JudgementState>,
    /// Where the citizen's notice stands.
    notice: Option<NoticeState>,
    /// About the citizen with this number only.
    #[schema(min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: Option<String>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, format = "uuid")]
    before: Option<Uuid>,
    /// So many at most; 50 unless it is said.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A judgement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JudgementRequest {
    /// How. `needs_more` leaves it open, and its working days begin anew.
    judgement: Judgement,
    /// Why, in at least 20 characters; no personal number in it.
    #[schema(min_length = 20, max_length = 1000)]
    note: String,
}

/// What became of the citizen's notice: exactly one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeRequest {
    /// The citizen was told.
    told: Option<ToldRequest>,
    /// A reason stands against telling.
    held_back: Option<HeldBackRequest>,
}

/// When and how the citizen was told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldRequest {
    /// Day, from that of the emergency to today.
    #[schema(value_type = String, format = Date, example = "2026-11-30")]
    on: Date,
    /// How.
    form: NoticeForm,
}

/// Why the citizen is not told, or not yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldBackRequest {
    /// As a code.
    code: HoldBack,
    /// In at least 20 characters; with `other_statute` it names the statute. No personal number in it.
    #[schema(min_length = 20, max_length = 1000)]
    note: String,
    /// Last day of the reason, from today on; the notice is due again after it.
    #[schema(value_type = String, format = Date, example = "2027-01-31")]
    until: Date,
}

impl Fields for SearchRequest {
    const FIELDS: &'static str = "`state` (`open`, `judged`, `overdue`), `notice` (`due`, `overdue`, `told`, `held_back`), `cpr`, `before`, `limit`; none must be there";
}

impl Fields for JudgementRequest {
    const FIELDS: &'static str = "`judgement` (`justified`, `not_justified`, `needs_more`) and `note`";
}

impl Fields for NoticeRequest {
    const FIELDS: &'static str = "either `told` {`on`, `form`: `digital_post`, `letter` or `oral`} or `held_back` {`code`: `child_at_risk`, `investigation`, `third_party` or `other_statute`; `note`, `until`}";
}

fn invalid(code: &str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail)
}

/// A note that can be kept.
fn note(text: &str, field: &'static str) -> Result<String, Problem> {
    let text = text.trim();
    let characters = text.chars().count();
    if holds_personal_number(text) {
        return Err(Refusal::PersonalNumberInText(field).into());
    }
    let is_plain = !text.chars().any(|letter| letter.is_control() && letter != '\n');
    if !(REASON_CHARACTERS_MIN..=NOTE_CHARACTERS_MAX).contains(&characters) || !is_plain {
        let detail = format!(
            "`{field}` must have {REASON_CHARACTERS_MIN} to {NOTE_CHARACTERS_MAX} characters and no control characters."
        );
        return Err(invalid("invalid-text", "A text is too short or too long", detail));
    }
    Ok(text.to_owned())
}

impl NoticeRequest {
    fn notice(self) -> Result<Notice, Problem> {
        match (self.told, self.held_back) {
            (Some(told), None) => Ok(Notice::Told { on: told.on, form: told.form }),
            (None, Some(held)) => {
                let note = note(&held.note, "held_back.note")?;
                Ok(Notice::HeldBack { code: held.code, note, until: held.until })
            }
            _ => Err(invalid("invalid-body", "The body does not fit", format!("The fields are: {}.", Self::FIELDS))),
        }
    }
}

impl SearchRequest {
    fn wanted(self, state: &AppState) -> Result<emergencies::Wanted, Problem> {
        let pseudonym = |text: String| match PersonId::parse(text.trim()) {
            Ok(PersonId::Cpr(number)) => Ok(state.0.pipeline.pseudonyms.of(&number)),
            _ => Err(invalid(
                "invalid-cpr",
                "The number cannot be one",
                "`cpr` must be ten digits that begin with a day and a month.",
            )),
        };
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(invalid("invalid-limit", "The page is too long", format!("`limit` must be 1 to {LIMIT_MAX}.")));
        }
        Ok(emergencies::Wanted {
            judgement: self.state,
            notice: self.notice,
            citizen: self.cpr.map(pseudonym).transpose()?,
            before: self.before,
            limit: limit.into(),
        })
    }
}

impl From<NotDone> for Problem {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                "emergency-unknown",
                "No such emergency for this caller",
                "An emergency is judged by the leader of who opened it, or by the leader's stand-in. Search with POST /v1/emergencies/search.",
            ),
            NotDone::Own => Self::new(
                StatusCode::FORBIDDEN,
                "emergency-own",
                "Nobody judges their own emergency",
                "It is judged by the caller's own leader.",
            ),
            NotDone::AlreadyJudged => Self::new(
                StatusCode::CONFLICT,
                "emergency-judged",
                "The emergency is judged",
                "A judgement is never changed; only `needs_more` is followed by another.",
            ),
            NotDone::AlreadyTold => Self::new(
                StatusCode::CONFLICT,
                "emergency-told",
                "The citizen was told",
                "What is on record is never changed.",
            ),
            NotDone::Day(field) => invalid(
                "invalid-day",
                "A day cannot be",
                format!(
                    "`{field}`: a notice is given from the day of the emergency to today; a reason against it ends today or later, and within a year."
                ),
            ),
            NotDone::Refused(refusal) => refusal.into(),
        }
    }
}

/// The emergencies that this caller follows.
///
/// Leaders see those of their own staff, as soon as they are opened; the auditor sees all; nobody sees their own. A portal
/// polls it with `state` `open`. `text` of `notice` is ready to send to the citizen.
#[utoipa::path(
    post,
    path = "/v1/emergencies/search",
    tag = "emergencies",
    operation_id = "searchEmergencies",
    params(("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$")),
    request_body = SearchRequest,
    responses(
        (status = 200, description = "Newest first", body = EmergencyListView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit or the ledger cannot be used", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn search(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    body: Result<Json<SearchRequest>, Problem>,
) -> Response {
    let request = Request { route: "POST /v1/emergencies/search", trace_id };
    let asked = allowed(&state, &caller).and(wanted);
    let asked = asked.and_then(|wanted| Ok((wanted, body.and_then(|Json(body)| body.wanted(&state))?)));
    let (wanted, search) = match asked {
        Ok(asked) => asked,
        Err(problem) => return turn_away(&state, &request, &caller, problem).await,
    };
    match room(&state).list((&caller, &request), &search, wanted.deadline).await {
        Ok(page) => respond(&EmergencyListView::new(&page, state.0.pipeline.wording.texts(), wanted.language)),
        Err(refusal) => Problem::from(refusal).in_trace(&request.trace_id).into_response(),
    }
}

/// Judges an emergency.
///
/// For the leader of who opened it, or the leader's stand-in; where there is no leader, for the data protection officer.
/// A judgement is never changed.
#[utoipa::path(
    post,
    path = "/v1/emergencies/{id}/judgement",
    tag = "emergencies",
    operation_id = "judgeEmergency",
    params(
        ("id" = String, Path, description = "The emergency"),
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
    ),
    request_body = JudgementRequest,
    responses(
        (status = 200, description = "The emergency as it stands now", body = EmergencyRowView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this, or it is the caller's own", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such emergency for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is judged", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit or the ledger cannot be used", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn judge(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    id: Result<Path<Uuid>, PathRejection>,
    body: Result<Json<JudgementRequest>, Problem>,
) -> Response {
    let request = Request { route: "POST /v1/emergencies/{id}/judgement", trace_id };
    let asked = allowed(&state, &caller).and(wanted).and_then(|wanted| {
        let body = body.map(|Json(body)| body)?;
        Ok((wanted, emergency(id)?, body.judgement, note(&body.note, "note")?))
    });
    let (wanted, id, judgement, note) = match asked {
        Ok(asked) => asked,
        Err(problem) => return turn_away(&state, &request, &caller, problem).await,
    };
    let judged = room(&state).judge((&caller, &request), id, judgement, note, wanted.deadline).await;
    answer(&state, &request, &caller, &wanted, judged).await
}

/// Puts on record that the citizen was told, or what stands against it.
///
/// For whoever judges the emergency. A citizen who was told stays told; a reason against it runs out on its last day.
#[utoipa::path(
    post,
    path = "/v1/emergencies/{id}/notice",
    tag = "emergencies",
    operation_id = "recordEmergencyNotice",
    params(
        ("id" = String, Path, description = "The emergency"),
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
    ),
    request_body = NoticeRequest,
    responses(
        (status = 200, description = "The emergency as it stands now", body = EmergencyRowView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this, or it is the caller's own", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such emergency for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The citizen was told", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit or the ledger cannot be used", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn notice(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    id: Result<Path<Uuid>, PathRejection>,
    body: Result<Json<NoticeRequest>, Problem>,
) -> Response {
    let request = Request { route: "POST /v1/emergencies/{id}/notice", trace_id };
    let asked = allowed(&state, &caller).and(wanted).and_then(|wanted| {
        let notice = body.and_then(|Json(body)| body.notice())?;
        Ok((wanted, emergency(id)?, notice))
    });
    let (wanted, id, notice) = match asked {
        Ok(asked) => asked,
        Err(problem) => return turn_away(&state, &request, &caller, problem).await,
    };
    let told = room(&state).notice((&caller, &request), id, notice, wanted.deadline).await;
    answer(&state, &request, &caller, &wanted, told).await
}

fn room(state: &AppState) -> &Emergencies {
    &state.0.pipeline.emergencies
}

/// First: whoever may not use the routes is told nothing of how they are used.
fn allowed(state: &AppState, caller: &Caller) -> Result<(), Problem> {
    if room(state).may_use(caller) { Ok(()) } else { Err(Problem::not_for_role()) }
}

/// What is no id of ours is an id that nobody has.
fn emergency(id: Result<Path<Uuid>, PathRejection>) -> Result<Uuid, Problem> {
    id.map(|Path(id)| id).map_err(|_| NotDone::Unknown.into())
}

async fn answer(
    state: &AppState,
    request: &Request,
    caller: &Caller,
    wanted: &Wanted,
    outcome: Result<emergencies::Listed, NotDone>,
) -> Response {
    match outcome {
        Ok(listed) => respond(&EmergencyRowView::new(&listed, state.0.pipeline.wording.texts(), wanted.language)),
        Err(NotDone::Refused(refusal)) => Problem::from(refusal).in_trace(&request.trace_id).into_response(),
        Err(not_done) => turn_away(state, request, caller, not_done.into()).await,
    }
}

fn respond(view: &impl Serialize) -> Response {
    let body = serde_json::to_vec(view).expect("views hold nothing that JSON cannot");
    let mut headers = HeaderMap::new();
    private(&mut headers);
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    (headers, body).into_response()
}
