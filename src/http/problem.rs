//! Every answer that is not an answer: `application/problem+json` (RFC 9457) with a stable type, never an echo.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Refusal;
use crate::access::token::TokenRefused;

/// A problem document. `detail` says what to change; nothing that the caller sent is repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem: `urn:glasplade:problem:invalid-body`.
    #[serde(rename = "type")]
    #[schema(example = "urn:glasplade:problem:invalid-body")]
    pub kind: String,
    /// The kind in words.
    pub title: &'static str,
    /// HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What to change.
    pub detail: String,
    /// The trace that an operator can look up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "urn:trace:4bf92f3577b34da6a3ce929d0e0e4736")]
    pub instance: Option<String>,
    #[serde(skip)]
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

const PROBLEM_JSON: &str = "application/problem+json";

const KIND_PREFIX: &str = "urn:glasplade:problem:";

impl Problem {
    /// A problem of this kind.
    pub fn new(status: StatusCode, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{KIND_PREFIX}{code}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
            headers: Vec::new(),
        }
    }

    /// The last part of the type: `invalid-body`.
    pub fn code(&self) -> &str {
        self.kind.strip_prefix(KIND_PREFIX).unwrap_or(&self.kind)
    }

    /// Names the trace.
    #[must_use]
    pub fn in_trace(mut self, trace_id: &str) -> Self {
        self.instance = Some(format!("urn:trace:{trace_id}"));
        self
    }

    pub(crate) fn with_header(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// Says when to come back, instead of what stood there.
    #[must_use]
    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.retain(|(name, _)| name != header::RETRY_AFTER);
        self.headers.push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// 401: the token is missing or not taken. Whoever calls sees a code; the operator sees why in the log.
    pub fn from_token(refused: TokenRefused) -> Self {
        if refused.is_ours() {
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "keys-unavailable",
                "The issuer's keys cannot be had",
                "Try again in a moment; the service cannot reach the issuer of access tokens.",
            )
            .with_header(header::RETRY_AFTER, "5");
        }
        let challenge = match refused {
            TokenRefused::Missing => "Bearer",
            _ => "Bearer error=\"invalid_token\"",
        };
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "A valid access token is wanted",
            format!("Send `Authorization: Bearer` with an access token for this service ({}).", refused.code()),
        )
        .with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// 403: the caller's roles do not open this route.
    pub fn not_for_role() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not-for-role",
            "The caller's roles do not open this",
            "Ask the municipality's administrator of roles.",
        )
    }

    /// 404: no such handle for this caller.
    pub fn handle_unknown() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "handle-unknown",
            "No such look-up",
            "The handle is not known, has run out after 15 minutes, or belongs to another caller. Look the citizen up anew with POST /v1/overviews.",
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use StatusCode as Status;
        let code = refusal.code();
        match refusal {
            Refusal::PurposeUnknown => Self::new(
                Status::UNPROCESSABLE_ENTITY,
                code,
                "The purpose is not known",
                "`purpose` must be the code of a purpose that the municipality has described, such as `own_case`.",
            ),
            Refusal::PurposeOff => Self::new(
                Status::FORBIDDEN,
                code,
                "The purpose is not switched on",
                "The municipality has not confirmed this purpose. State another, or ask its data protection officer.",
            ),
            Refusal::PurposeNotForRole => Self::new(
                Status::FORBIDDEN,
                code,
                "The purpose is not for the caller's roles",
                "State a purpose that one of the caller's roles may state.",
            ),
            Refusal::CaseReferenceMissing => Self::new(
                Status::UNPROCESSABLE_ENTITY,
                code,
                "A case or a reason is wanted",
                "Send `case_ref` with the caller's own case, or `reason` with at least 20 characters where there is none yet.",
            ),
            Refusal::ReasonTooShort => Self::new(
                Status::UNPROCESSABLE_ENTITY,
                code,
                "The reason is too short",
                "`reason` must have at least 20 characters.",
            ),
            Refusal::PersonalNumberInText(field) => Self::new(
                Status::UNPROCESSABLE_ENTITY,
                code,
                "A personal number stands where none belongs",
                format!("`{field}` is kept in the audit: write it without a personal number."),
            ),
            Refusal::EmergencyIncomplete => Self::new(
                Status::UNPROCESSABLE_ENTITY,
                code,
                "Purpose and emergency go together",
                "Send `purpose` `emergency` together with `emergency` {`code`, `reason`}, or neither of them.",
            ),
            Refusal::EmergencyOneCitizen => Self::new(
                Status::UNPROCESSABLE_ENTITY,
                code,
                "An emergency is about one citizen",
                "Leave `household` out. Ask for each person by number, with a reason of their own.",
            ),
            Refusal::EmergencyNotForRole => Self::new(
                Status::FORBIDDEN,
                code,
                "The caller's roles open no emergency",
                "Call the social duty officer (social døgnvagt), or ask your leader for emergency access.",
            ),
            Refusal::EmergencyOver => Self::new(
                Status::FORBIDDEN,
                code,
                "The emergency is over",
                "An emergency ends by itself. If the danger is still there, open a new one with POST /v1/overviews and a new reason.",
            ),
            Refusal::EmergencyUnavailable => Self::new(
                Status::SERVICE_UNAVAILABLE,
                code,
                "Emergencies cannot be recorded",
                "No emergency access is given while it cannot be followed up. Call the social duty officer (social døgnvagt); tell the operator.",
            )
            .with_header(header::RETRY_AFTER, "5"),
            Refusal::AuditUnavailable => Self::new(
                Status::SERVICE_UNAVAILABLE,
                code,
                "The audit cannot be written",
                "No answer is given while accesses cannot be recorded. Try again; tell the operator if it lasts.",
            )
            .with_header(header::RETRY_AFTER, "5"),
            Refusal::Overloaded => Self::new(
                Status::SERVICE_UNAVAILABLE,
                code,
                "Too many requests are under way",
                "Try again in a moment.",
            )
            .with_header(header::RETRY_AFTER, "1"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

/// 404 for a path that no route has.
pub(super) async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "There is nothing at this address",
        "The routes are described at /openapi.json and /docs.",
    )
}

/// 405 for a method that the path does not take.
pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "The address does not take this method",
        "The routes are described at /openapi.json and /docs.",
    )
}

/// A refusal that a library worded itself, or not at all (a file that the documentation page lacks), becomes a problem.
pub(super) async fn never_bare(response: Response) -> Response {
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == PROBLEM_JSON);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => not_found().await,
        StatusCode::METHOD_NOT_ALLOWED => method_not_allowed().await,
        status => Problem::new(
            status,
            "not-answered",
            "The request cannot be answered",
            "The routes are described at /openapi.json and /docs.",
        ),
    };
    let mut told = problem.into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    told
}

/// A bug of ours: 500 without a word of what it was about.
pub(super) async fn catch_panic(request: Request, next: Next) -> Response {
    if let Ok(response) = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await {
        return response;
    }
    tracing::error!("a request ended in a panic");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The service has made a mistake",
        "Tell the operator when it was.",
    )
    .into_response()
}
