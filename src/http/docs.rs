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
        (name = "target-groups", description = "Who is on which list, for the unit that a rule is approved for"),
        (name = "operation", description = "How the service does"),
    )
)]
struct Document;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "glasplade audit",
        description = "What an auditor asks: who looked at whom, why, what was shown, what must be explained, and whether the log is whole. A listener of its own, with tokens of its own audience. Every question is itself written down before it is answered. Whom a look-up is about is told as a keyed pseudonym; a CPR number stands in a request's body only, and in no answer.",
    ),
    paths(super::audit::tree::tiles),
    modifiers(&Bearer),
    tags((name = "audit", description = "The auditor's questions"))
)]
struct AuditDocument;

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

/// The document of the auditors' listener without its paths.
pub(super) fn audit_document() -> utoipa::openapi::OpenApi {
    AuditDocument::openapi()
}

/// The whole OpenAPI document of the auditors' listener.
pub fn audit_openapi() -> utoipa::openapi::OpenApi {
    finished(super::audit::documented().into_openapi())
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
pub(super) fn router<S: Clone + Send + Sync + 'static>(api: &utoipa::openapi::OpenApi) -> Router<S> {
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

/// Where a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// The service's own.
    Service,
    /// The auditors'.
    Audit,
}

/// One route: listener, method, path, who may use it, and whether each use leaves an audit entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The listener that has it; the other one knows nothing of it.
    pub listener: Listener,
    /// Method.
    pub method: &'static str,
    /// Path as the OpenAPI document has it.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// Each use leaves an audit entry.
    pub audited: bool,
}

const fn route(listener: Listener, method: &'static str, path: &'static str, who: Who, audited: bool) -> Route {
    Route { listener, method, path, who, audited }
}

/// Leaders, and the data protection officer where there is no leader.
const FOLLOWS_EMERGENCIES: Who = Who::OneOf(&[Right::JudgeEmergencies, Right::Audit]);

/// Whoever runs rules, and management.
const READS_TARGET_GROUPS: Who = Who::OneOf(&[Right::RunTargetGroups, Right::SeeTargetGroupCounts]);

const CONSENTS: Who = Who::Holder(Right::RecordConsents);

const AUDIT: Who = Who::Holder(Right::Audit);

/// Every route. A test compares it with the OpenAPI documents, and asks each route without a token and with every role.
pub const ROUTES: &[Route] = &[
    route(Listener::Service, "POST", "/v1/overviews", Who::Authenticated, true),
    route(Listener::Service, "GET", "/v1/overviews/{id}", Who::Authenticated, true),
    route(Listener::Service, "POST", "/v1/consents", CONSENTS, true),
    route(Listener::Service, "POST", "/v1/consents/search", CONSENTS, true),
    route(Listener::Service, "POST", "/v1/consents/{id}/join", CONSENTS, true),
    route(Listener::Service, "POST", "/v1/consents/{id}/revoke", CONSENTS, true),
    route(Listener::Service, "POST", "/v1/emergencies/search", FOLLOWS_EMERGENCIES, true),
    route(Listener::Service, "POST", "/v1/emergencies/{id}/judgement", FOLLOWS_EMERGENCIES, true),
    route(Listener::Service, "POST", "/v1/emergencies/{id}/notice", FOLLOWS_EMERGENCIES, true),
    route(Listener::Service, "GET", "/v1/target-groups", READS_TARGET_GROUPS, true),
    route(Listener::Service, "POST", "/v1/target-groups/{rule}/runs", Who::Holder(Right::RunTargetGroups), true),
    route(Listener::Service, "GET", "/v1/target-groups/{rule}/history", READS_TARGET_GROUPS, true),
    route(Listener::Service, "POST", "/v1/target-groups/objections", CONSENTS, true),
    route(Listener::Service, "GET", "/v1/sources", Who::Holder(Right::SeeSourceHealth), true),
    route(Listener::Service, "GET", "/health/live", Who::Everybody, false),
    route(Listener::Service, "GET", "/health/ready", Who::Everybody, false),
    route(Listener::Audit, "POST", "/v1/audit/search", AUDIT, true),
    route(Listener::Audit, "POST", "/v1/audit/sample", AUDIT, true),
    route(Listener::Audit, "POST", "/v1/audit/export", AUDIT, true),
    route(Listener::Audit, "POST", "/v1/audit/extract", Who::Holder(Right::ReleaseInsight), true),
    route(Listener::Audit, "POST", "/v1/audit/alarms/search", AUDIT, true),
    route(Listener::Audit, "POST", "/v1/audit/alarms/{id}/follow-up", AUDIT, true),
    route(Listener::Audit, "GET", "/v1/audit/checkpoint", AUDIT, true),
    route(Listener::Audit, "GET", "/v1/audit/proofs", AUDIT, true),
    route(Listener::Audit, "GET", "/v1/audit/tiles/{path}", AUDIT, true),
];
