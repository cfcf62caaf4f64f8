//! `POST /v1/target-groups/objections`: a citizen objects to being on lists (GDPR art. 21), or takes it back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use glasplade_adapters::contract::CprNumber;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{finish, json, problem};
use crate::access::{Caller, Refusal, Right, holds_personal_number};
use crate::audit::{AuditedEvent, Bar, Request};
use crate::http::caller::Authenticated;
use crate::http::json::{Fields, Json};
use crate::http::request::Wanted;
use crate::http::{AppState, Problem};
use crate::pipeline::Registered;
use crate::sources::Wish;
use crate::target_groups::run::{ObjectionAsked, ObjectionWhat, ObjectionsView};

const TEXT_CHARACTERS_MAX: usize = 128;

/// What a citizen has said about lists.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ObjectionRequest {
    /// The citizen's number; or `handle`.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: Option<String>,
    /// The handle of the caller's own look-up of the citizen.
    handle: Option<String>,
    /// What is said.
    action: Action,
    /// Code of the rule; without it every rule, also those to come.
    #[schema(example = "fifty_plus", max_length = 128)]
    rule: Option<String>,
    /// Where it is filed.
    #[schema(max_length = 128)]
    document: Option<String>,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ObjectionAction)]
pub(in crate::http) enum Action {
    /// The citizen objects.
    Add,
    /// The citizen takes the objection back.
    Withdraw,
    /// Nothing: what stands is asked for.
    List,
}

impl Fields for ObjectionRequest {
    const FIELDS: &'static str =
        "`cpr` or `handle`, `action` (`add`, `withdraw` or `list`), `rule`, `document`; the first two must be there";
}

/// Records an objection, or that it is taken back, and tells what stands.
///
/// From then on the citizen is on no list of the rule, or on none at all, and leaves without a word: "ended" would tell the receiver
/// something. It follows the citizen to a new number.
#[utoipa::path(
    post,
    path = "/v1/target-groups/objections",
    tag = "target-groups",
    operation_id = "objectToTargetGroups",
    params(("lang" = Option<String>, Query, description = "Language of the texts: `da` (default) or `en`", pattern = "^(da|en)$")),
    request_body = ObjectionRequest,
    responses(
        (status = 200, description = "What stands now", body = ObjectionsView),
        (status = 400, description = "The request cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for the caller's roles, or not for the caller in person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such rule, or no such look-up for this caller", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing can be recorded now", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(in crate::http) async fn object(
    State(state): State<AppState>,
    Authenticated { caller, trace_id }: Authenticated,
    wanted: Result<Wanted, Problem>,
    body: Result<Json<ObjectionRequest>, Problem>,
) -> Response {
    let request = Request { route: "POST /v1/target-groups/objections", trace_id };
    let told = async {
        if !state.0.operation.may(&caller, Right::RecordConsents) {
            return Err(Problem::not_for_role());
        }
        let (wanted, Json(body)) = (wanted?, body?);
        recorded(&state, &request, &caller, &wanted, body).await
    };
    finish(&state, &request, &caller, told.await).await
}

async fn recorded(
    state: &AppState,
    request: &Request,
    caller: &Caller,
    wanted: &Wanted,
    body: ObjectionRequest,
) -> Result<Response, Problem> {
    let texts = [("rule", &body.rule), ("document", &body.document)];
    for (field, text) in texts.into_iter().filter_map(|(field, text)| text.as_deref().map(|text| (field, text))) {
        if holds_personal_number(text) {
            return Err(Refusal::PersonalNumberInText(field).into());
        }
        if text.trim().is_empty() || text.chars().count() > TEXT_CHARACTERS_MAX || text.chars().any(char::is_control) {
            let detail =
                format!("`{field}` must have 1 to {TEXT_CHARACTERS_MAX} characters and no control characters.");
            return Err(invalid("invalid-text", "A text is too short or too long", detail));
        }
    }
    let number = citizen(state, caller, &body)?;
    let pipeline = &state.0.pipeline;
    let asked = pipeline.pseudonyms.of(&number);
    let permit = pipeline.access.now().permit_record(caller, number, asked).ok_or_else(Problem::not_for_role)?;
    // On record before the register hears of the citizen, as a look-up is.
    let event = AuditedEvent { what: "target_objection_intended".to_owned(), ..AuditedEvent::default() };
    state.0.audit.record(request, Some(caller), Some(&asked), event).await?;
    let _room = state.0.admission.enter().ok_or(Refusal::Overloaded)?;
    let trace_id = Arc::clone(&request.trace_id);
    let wish = Wish {
        no_cache: wanted.no_cache,
        trace_id,
        deadline: wanted.deadline,
        is_hasty: wanted.is_hasty,
        from_memory: false,
    };
    let Registered { identity, standing } = pipeline.who_is(&permit, &wish).await;
    // To object closes, and must be easy: also while the register is silent. What opens again waits for it.
    let is_barred = |bar: &Bar| match bar {
        Bar::Oneself | Bar::Household => true,
        Bar::HouseholdUnknown => body.action != Action::Add,
        Bar::Colleague | Bar::Protected => false,
    };
    if standing.bars().iter().any(is_barred) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "not-in-person",
            "Not for the caller in person",
            "Nobody records about themselves or their household, or while nobody knows whether it is theirs. Ask a colleague.",
        ));
    }
    let objection = ObjectionAsked {
        citizen: *identity.in_force(),
        numbers: identity.kin().own.clone(),
        rule: body.rule,
        what: match body.action {
            Action::Add => Some(ObjectionWhat::Added),
            Action::Withdraw => Some(ObjectionWhat::Withdrawn),
            Action::List => None,
        },
        document: body.document,
    };
    let told: ObjectionsView =
        state.0.targets.object(request, Some(caller.into()), &objection).await.map_err(problem::of)?;
    Ok(json(&told))
}

fn citizen(state: &AppState, caller: &Caller, body: &ObjectionRequest) -> Result<CprNumber, Problem> {
    match (&body.cpr, &body.handle) {
        (Some(text), None) => CprNumber::parse(text.trim()).map_err(|_| {
            invalid(
                "invalid-cpr",
                "The number cannot be one",
                "`cpr` must be ten digits that begin with a day and a month.",
            )
        }),
        (None, Some(handle)) => {
            let found = state.0.handles.question(handle, caller).ok_or_else(Problem::handle_unknown)?;
            Ok(found.1.citizen)
        }
        _ => Err(invalid("invalid-body", "The body does not fit", "Name the citizen once: `cpr`, or `handle`.")),
    }
}

fn invalid(code: &str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail)
}
