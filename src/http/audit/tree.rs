//! `GET /v1/audit/checkpoint`, `/v1/audit/proofs` and `/v1/audit/tiles/{path}`: what an outsider needs to check the log.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::AuditState;
use super::ask::{Asking, json};
use crate::access::Right;
use crate::audit::Request;
use crate::auditor::{Transparency, Unproven};
use crate::http::Problem;
use crate::http::caller::Authenticated;

/// The longest path of a tile, in bytes.
const TILE_PATH_BYTES_MAX: usize = 64;

/// Which proof.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    /// Inclusion of this record …
    seq: Option<u64>,
    /// … in the tree of so many records.
    size: Option<u64>,
    /// Consistency of the tree of so many records …
    from: Option<u64>,
    /// … with the tree of so many.
    to: Option<u64>,
}

impl Wanted {
    /// `None` for anything but these four, each at most once, each a number.
    fn read(query: Option<&str>) -> Option<Self> {
        let mut wanted = Self::default();
        for (name, value) in url::form_urlencoded::parse(query?.as_bytes()) {
            let field = match &*name {
                "seq" => &mut wanted.seq,
                "size" => &mut wanted.size,
                "from" => &mut wanted.from,
                "to" => &mut wanted.to,
                _ => return None,
            };
            if field.replace(value.parse().ok()?).is_some() {
                return None;
            }
        }
        Some(wanted)
    }
}

/// The hashes of a proof.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProofView {
    /// `inclusion` or `consistency`.
    kind: &'static str,
    /// SHA-256 hashes in hexadecimal, in the order of RFC 9162.
    #[schema(value_type = Vec<String>)]
    hashes: Vec<String>,
}

/// The newest signed checkpoint.
///
/// A signed note (C2SP): the name of the log, its size, the root of its tree. Keep it: with tomorrow's it proves that nothing
/// before today was altered.
#[utoipa::path(
    get,
    path = "/v1/audit/checkpoint",
    tag = "audit",
    operation_id = "readCheckpoint",
    responses(
        (status = 200, description = "The checkpoint", body = String, content_type = "text/plain"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written, or there is no tree", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn checkpoint(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "GET /v1/audit/checkpoint", trace_id } };
    let outcome = ask(&asking, |tree| tree.checkpoint()).await;
    asking.finish(outcome.map(|text| plain("text/plain; charset=utf-8", text))).await
}

/// A proof that a record is in the log, or that the log has only grown.
#[utoipa::path(
    get,
    path = "/v1/audit/proofs",
    tag = "audit",
    operation_id = "readProof",
    params(
        ("seq" = Option<u64>, Query, description = "Inclusion: the record's number, from 1"),
        ("size" = Option<u64>, Query, description = "Inclusion: the size of the tree"),
        ("from" = Option<u64>, Query, description = "Consistency: the smaller size"),
        ("to" = Option<u64>, Query, description = "Consistency: the larger size"),
    ),
    responses(
        (status = 200, description = "The proof", body = ProofView),
        (status = 400, description = "The query cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such record or size", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written, or there is no tree", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn proofs(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    RawQuery(query): RawQuery,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "GET /v1/audit/proofs", trace_id } };
    let outcome = try_prove(&asking, query.as_deref()).await;
    asking.finish(outcome).await
}

async fn try_prove(asking: &Asking, query: Option<&str>) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let (kind, hashes) = match Wanted::read(query).ok_or_else(unreadable)? {
        Wanted { seq: Some(seq), size: Some(size), from: None, to: None } if seq > 0 && seq <= size => {
            ("inclusion", ask(asking, move |tree| tree.inclusion(seq, size)).await?)
        }
        Wanted { seq: None, size: None, from: Some(from), to: Some(to) } if from > 0 && from <= to => {
            ("consistency", ask(asking, move |tree| tree.consistency(from, to)).await?)
        }
        _ => return Err(unreadable()),
    };
    Ok(json(&ProofView { kind, hashes: hashes.iter().map(|hash| crate::hex(hash)).collect() }))
}

/// A tile of the tree.
#[utoipa::path(
    get,
    path = "/v1/audit/tiles/{path}",
    tag = "audit",
    operation_id = "readTile",
    params(("path" = String, Path, description = "As C2SP tlog-tiles names it below `tile/`; slashes stand as they are", example = "0/000")),
    responses(
        (status = 200, description = "The tile", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, description = "No valid access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The caller's roles do not open this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such tile", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The audit cannot be written, or there is no tree", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(in crate::http) async fn tiles(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "GET /v1/audit/tiles/{path}", trace_id } };
    let outcome = try_tile(&asking, path).await;
    asking.finish(outcome).await
}

async fn try_tile(asking: &Asking, path: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let path = path.ok().map(|Path(path)| path).filter(|path| is_tile(path));
    let path = path.ok_or_else(|| Problem::from(Unproven::Unknown))?;
    let tile = ask(asking, move |tree| tree.tile(&path)).await?;
    Ok(plain("application/octet-stream", tile))
}

/// Levels, numbers and widths: `0/000`, `1/x001/234.p/7`, `entries/000`. Nothing that could lead out of the folder.
fn is_tile(path: &str) -> bool {
    let is_part = |part: &str| {
        let digits = part.trim_start_matches('x').trim_end_matches(".p");
        part == "entries" || (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    path.len() <= TILE_PATH_BYTES_MAX && path.contains('/') && path.split('/').all(is_part)
}

/// Asks the tree, when the caller may, and after the use is on record.
async fn ask<T: Send + 'static>(
    asking: &Asking,
    question: impl FnOnce(&dyn Transparency) -> Result<T, Unproven> + Send + 'static,
) -> Result<T, Problem> {
    asking.may(Right::Audit)?;
    let tree = asking.state.0.transparency.clone().ok_or_else(|| Problem::from(Unproven::Unavailable))?;
    asking.state.0.audit.accessed(&asking.request, &asking.caller, 200).await?;
    let asked = tokio::task::spawn_blocking(move || question(Arc::as_ref(&tree)));
    asked.await.unwrap_or(Err(Unproven::Unavailable)).map_err(Problem::from)
}

fn plain(media_type: &'static str, body: impl IntoResponse) -> Response {
    let mut headers = HeaderMap::new();
    crate::http::overviews::private(&mut headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    (headers, body).into_response()
}

fn unreadable() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid-query",
        "The query cannot be read",
        "Send `seq` and `size` for an inclusion proof (1 ≤ seq ≤ size), or `from` and `to` for a consistency proof (1 ≤ from ≤ to).",
    )
}

impl From<Unproven> for Problem {
    fn from(error: Unproven) -> Self {
        match error {
            Unproven::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                "not-in-the-tree",
                "The tree does not have it",
                "The checkpoint says how many records there are.",
            ),
            Unproven::Unavailable => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "tree-unavailable",
                "The tree cannot be read",
                "The log has no tree here, or it cannot be read now. Tell the operator if it lasts.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_four_numbers_are_read() {
        let read = |text| Wanted::read(Some(text));
        assert_eq!(read("seq=3&size=9"), Some(Wanted { seq: Some(3), size: Some(9), ..Wanted::default() }));
        assert_eq!(read("from=1&to=2"), Some(Wanted { from: Some(1), to: Some(2), ..Wanted::default() }));
        for text in ["seq=1&seq=2", "seq=-1", "seq=x", "cpr=0101019999", "seq"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(Wanted::read(None), None);
    }

    #[test]
    fn only_a_tile_s_path_is_one() {
        for path in ["0/000", "1/x001/234.p/7", "entries/000", "0/x001/x234/067"] {
            assert!(is_tile(path), "{path}");
        }
        for path in ["", "0", "../keys", "0/../../keys", "0//000", "0/000/", "a/000", "0/0a0", &"0/".repeat(40)] {
            assert!(!is_tile(path), "{path}");
        }
    }
}
