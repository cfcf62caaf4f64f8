//! The OpenAPI document, the page that shows it offline, and the table of who may use which route.

use axum::Router;
use axum::routing::get;
use http::header;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::AppState;
use crate::access::Right;
use crate::overview::PartialView;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "glasplade",
        description = "A read-only glass plate: every existing case and effort around one citizen, as this caller may see it. Texts are Danish; `?lang=en` gives English. Every problem is `application/problem+json` (RFC 9457) with a stable `type`.",
    ),
    components(schemas(PartialView)),
    modifiers(&Bearer),
    tags(
        (name = "overviews", description = "One citizen, one overview"),
        (name = "consents", description = "What a citizen has said yes and no to"),
        (name = "emergencies", description = "Emergency access, judged by the leader and told to the citizen"),
        (name = "operation", description = "How the service does"),
    )
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
        document.components.get_or_insert_default().security_schemes.insert("bearer".to_owned(), scheme.into());
    }
}

/// The document without its paths, which the router adds.
pub(super) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The whole OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    finished(super::documented().into_openapi())
}

/// A parameter that may be left out is not one that may be `null`: an address and a header have no such value.
pub(super) fn finished(mut api: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let operations = api.paths.paths.values_mut().flat_map(|path| [path.get.as_mut(), path.post.as_mut()]).flatten();
    for parameter in operations.filter_map(|operation| operation.parameters.as_mut()).flatten() {
        if let RefOr::T(Parameter { schema: Some(RefOr::T(Schema::Object(schema))), .. }) = parameter
            && let SchemaType::Array(types) = &schema.schema_type
            && let [only] = types.iter().filter(|one| **one != Type::Null).collect::<Vec<_>>()[..]
        {
            schema.schema_type = SchemaType::Type(only.clone());
        }
    }
    api
}

/// Serves the document and its page.
pub(super) fn router(api: &utoipa::openapi::OpenApi) -> Router<AppState> {
    let text = api.to_pretty_json().expect("the document holds nothing that JSON cannot");
    let document = move || {
        let text = text.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], text) }
    };
    let page = SwaggerUi::new("/docs").config(Config::from("/openapi.json"));
    Router::new().route("/openapi.json", get(document)).merge(page)
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody: it tells nothing of a citizen or a source.
    Everybody,
    /// Whoever shows a valid access token; what is shown is decided behind it.
    Authenticated,
    /// Whoever shows a valid access token with a role that has this right.
    Holder(Right),
    /// Whoever shows a valid access token with a role that has one of these rights.
    OneOf(&'static [Right]),
}

/// One route: method, path, who may use it, and whether each use leaves an audit entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Method.
    pub method: &'static str,
    /// Path as the OpenAPI document has it.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// Each use leaves an audit entry.
    pub audited: bool,
}

/// Leaders, and the data protection officer where there is no leader.
const FOLLOWS_EMERGENCIES: &[Right] = &[Right::JudgeEmergencies, Right::Audit];

/// Every route. A test compares it with the OpenAPI document, and asks each route without a token.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/v1/overviews", who: Who::Authenticated, audited: true },
    Route { method: "GET", path: "/v1/overviews/{id}", who: Who::Authenticated, audited: true },
    Route { method: "POST", path: "/v1/consents", who: Who::Holder(Right::RecordConsents), audited: true },
    Route { method: "POST", path: "/v1/consents/search", who: Who::Holder(Right::RecordConsents), audited: true },
    Route { method: "POST", path: "/v1/consents/{id}/join", who: Who::Holder(Right::RecordConsents), audited: true },
    Route { method: "POST", path: "/v1/consents/{id}/revoke", who: Who::Holder(Right::RecordConsents), audited: true },
    Route { method: "POST", path: "/v1/emergencies/search", who: Who::OneOf(FOLLOWS_EMERGENCIES), audited: true },
    Route {
        method: "POST",
        path: "/v1/emergencies/{id}/judgement",
        who: Who::OneOf(FOLLOWS_EMERGENCIES),
        audited: true,
    },
    Route { method: "POST", path: "/v1/emergencies/{id}/notice", who: Who::OneOf(FOLLOWS_EMERGENCIES), audited: true },
    Route { method: "GET", path: "/v1/sources", who: Who::Holder(Right::SeeSourceHealth), audited: true },
    Route { method: "GET", path: "/health/live", who: Who::Everybody, audited: false },
    Route { method: "GET", path: "/health/ready", who: Who::Everybody, audited: false },
];
