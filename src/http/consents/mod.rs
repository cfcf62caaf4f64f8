//! `POST /v1/consents…`: what a citizen has said yes and no to is recorded, searched, added to and taken back.
//!
//! Each route is for roles that record consents, about consents of the caller's own unit, and never about the caller or the
//! caller's household. A consent that is not the caller's to know of looks like one that does not exist.

mod act;
mod body;
mod problem;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use act::{Citizen, Session, Turned};
use body::{ConsentRequest, JoinRequest, RevokeRequest, SearchRequest, Whom};

use super::caller::Authenticated;
use super::json::Json;
use super::overviews::private;
use super::request::Wanted;
use super::{AppState, Problem};
use crate::consents::{ConsentView, Recorded, Search};

/// Consents that were found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsentsView {
    /// The newest first.
    consents: Vec<ConsentView>,
}

/// Records what a citizen was asked, or answered.
///
/// The yes, the no, or that the citizen was asked. Read first, record second: a consent that a case system holds is not
/// recorded again. The answer says whether it is in force, who must still say yes, and has a text ready for the journal. With
/// the header `Idempotency-Key` the same request twice is recorded once.
#[utoipa::path(
    post,
    path = "/v1/consents",
    tag = "consents",
    operation_id = "recordConsent",
    params(
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request under the same key is recorded once", max_length = 128),
    ),
    request_body = ConsentRequest,
    responses(
        (status = 201, description = "Recorded", body = ConsentView),
        (status = 200, description = "The same request was recorded before", body = ConsentView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for the caller's roles, or not for the caller in person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such consent or look-up for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "A case system holds a consent of this case, or the key was used for another request", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit, or is no consent", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing can be recorded now", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn record(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    headers: HeaderMap,
    body: Result<Json<ConsentRequest>, Problem>,
) -> Response {
    let session = Session::new(&state, &caller, "POST /v1/consents", trace_id);
    let recorded = async {
        let (wanted, body) = session.begin(wanted, body)?;
        let asked = body.asked()?;
        let key = session.key(&headers, &body)?;
        let whom = session.whom(body.whom(), &wanted).await?;
        if let Some(case) = body.to_look_for() {
            session.look_first(&whom, case, &wanted).await?;
        }
        let done = session.room().record(session.act(&wanted), whom.subject(), &asked, key.as_ref()).await;
        done.map_err(|error| whom.turned(None, error))
    };
    session.answer(recorded.await.map(|recorded| told(&recorded))).await
}

/// Searches the consents of a citizen, or of a case.
///
/// Only those of the caller's own unit: recorded by it, from it or to it. Whoever recorded one is told all of it, whoever gives
/// all but the others who give; whoever gets nothing of it yet, or was refused, that it is there. By `case_ref` that is what
/// everybody is told; the register is not asked. What the register says of the citizen is told by `handle`, where the caller's
/// own look-up has shown something.
#[utoipa::path(
    post,
    path = "/v1/consents/search",
    tag = "consents",
    operation_id = "searchConsents",
    params(("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$")),
    request_body = SearchRequest,
    responses(
        (status = 200, description = "The consents, the newest first; none also where nothing may be told", body = ConsentsView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for the caller's roles", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such look-up for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing can be read now", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn search(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    body: Result<Json<SearchRequest>, Problem>,
) -> Response {
    let session = Session::new(&state, &caller, "POST /v1/consents/search", trace_id);
    let found = async {
        let (wanted, body) = session.begin(wanted, body)?;
        let case_ref = body.case_ref()?;
        let consents = match (body.whom(), case_ref) {
            (Some(whom), None) => match session.whom(whom, &wanted).await {
                Ok(whom) => session.room().search(session.act(&wanted), Search::Of(whom.subject())).await,
                Err(Turned::Barred) => Ok(Vec::new()), // like somebody who has none
                Err(turned) => return Err(turned),
            },
            (None, Some(case_ref)) => {
                session.room().search(session.act(&wanted), Search::Case(case_ref, session.in_person())).await
            }
            _ => return Err(problem::one_of().into()),
        };
        Ok(ConsentsView { consents: consents? })
    };
    session.answer(found.await.map(|view| json(StatusCode::OK, &view))).await
}

/// Adds one more answer: the other custodian's, the young person's.
///
/// A no ends the consent as refused.
#[utoipa::path(
    post,
    path = "/v1/consents/{id}/join",
    tag = "consents",
    operation_id = "joinConsent",
    params(
        ("id" = String, Path, description = "The consent", example = "01938a7e-0000-7000-8000-000000000000"),
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request under the same key is recorded once", max_length = 128),
    ),
    request_body = JoinRequest,
    responses(
        (status = 200, description = "Recorded", body = ConsentView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for the caller's roles, or not for the caller in person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such consent or look-up for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The consent takes no answer any more, or the key was used for another request", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing can be recorded now", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn join(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    headers: HeaderMap,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    body: Result<Json<JoinRequest>, Problem>,
) -> Response {
    let session = Session::new(&state, &caller, "POST /v1/consents/{id}/join", trace_id);
    let joined = async {
        let (wanted, body) = session.begin(wanted, body)?;
        let (asked, id) = (body.asked()?, consent_id(id)?);
        let key = session.key(&headers, &(id, &body))?;
        let whom = session.whom(body.whom(), &wanted).await?;
        let answer = (body.is_yes(), &asked);
        let done = session.room().join(session.act(&wanted), whom.subject(), id, answer, key.as_ref()).await;
        done.map_err(|error| whom.turned(Some(id), error))
    };
    session.answer(joined.await.map(|recorded| json(StatusCode::OK, &recorded.view))).await
}

/// Takes a consent back, or ends it with its case.
///
/// It closes, so that it is as easy as it can be: by id, without a number, also while the register is silent. The next answer
/// and the next part of a running stream no longer rest on it. To take back a refusal opens something: that is for whoever
/// said no, and needs the citizen (`cpr` or `handle`) and `evidence`.
#[utoipa::path(
    post,
    path = "/v1/consents/{id}/revoke",
    tag = "consents",
    operation_id = "revokeConsent",
    params(
        ("id" = String, Path, description = "The consent", example = "01938a7e-0000-7000-8000-000000000000"),
        ("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$"),
    ),
    request_body = RevokeRequest,
    responses(
        (status = 200, description = "Recorded, now or before", body = ConsentView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for the caller's roles, or not for the caller in person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such consent or look-up for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing can be recorded now", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn revoke(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    body: Result<Json<RevokeRequest>, Problem>,
) -> Response {
    let session = Session::new(&state, &caller, "POST /v1/consents/{id}/revoke", trace_id);
    let revoked = async {
        let (wanted, body) = session.begin(wanted, body)?;
        let (withdrawal, id) = (body.withdrawal()?, consent_id(id)?);
        let whom = match body.whom() {
            Some(whom) => Some(session.whom(whom, &wanted).await?),
            None => None,
        };
        let who = (session.in_person(), whom.as_ref().map(Citizen::subject));
        let done = session.room().revoke(session.act(&wanted), id, withdrawal, who).await;
        done.map_err(|error| match &whom {
            Some(whom) => whom.turned(Some(id), error),
            None => error.into(),
        })
    };
    session.answer(revoked.await.map(|recorded: Recorded| json(StatusCode::OK, &recorded.view))).await
}

fn consent_id(id: Result<Path<String>, axum::extract::rejection::PathRejection>) -> Result<Uuid, Turned> {
    let id = id.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
    id.ok_or_else(|| problem::unknown().into())
}

fn told(recorded: &Recorded) -> Response {
    let status = if recorded.is_new { StatusCode::CREATED } else { StatusCode::OK };
    json(status, &recorded.view)
}

fn json(status: StatusCode, view: &impl Serialize) -> Response {
    let body = serde_json::to_vec(view).expect("views hold nothing that JSON cannot");
    let mut headers = HeaderMap::new();
    private(&mut headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, headers, body).into_response()
}
