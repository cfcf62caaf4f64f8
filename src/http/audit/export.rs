//! `POST /v1/audit/export`: everything that fits, in a form that other programs read, as it is read.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderValue, header};
use tokio::sync::mpsc;

use super::AuditState;
use super::ask::{Asking, OnRecord};
use crate::access::Right;
use crate::audit::Request;
use crate::auditor::export::ExportRequest;
use crate::http::Problem;
use crate::http::caller::Authenticated;
use crate::http::json::{Fields, Json};
use crate::http::overviews::private;

impl Fields for ExportRequest {
    const FIELDS: &'static str = "`format`, `find` {`cpr`, `employee`, `unit`, `department`, `purpose`, `flags`, `repeats`, `kind`, `from`, `to`}, `bom`; the first must be there";
}

/// So many bytes are handed on at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// So many chunks wait for a slow reader.
const CHUNKS_WAITING: usize = 4;

/// Exports look-ups.
///
/// Oldest first, as a stream: `csv` (UTF-8, semicolons), `parquet` (typed columns, version of the columns in the metadata) or
/// `fhir` (R4 `AuditEvent` after IHE BALP, one a line). An export that breaks off has ended early: its connection is cut, never
/// closed in good order.
#[utoipa::path(
    post,
    path = "/v1/audit/export",
    tag = "audit",
    operation_id = "exportAudit",
    request_body = ExportRequest,
    responses(
        (status = 200, description = "The export", content((String = "text/csv"), (String = "application/vnd.apache.parquet"), (String = "application/fhir+ndjson"))),
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
pub(super) async fn export(
    State(state): State<AuditState>,
    Authenticated { caller, trace_id }: Authenticated,
    body: Result<Json<ExportRequest>, Problem>,
) -> Response {
    let asking = Asking { state, caller, request: Request { route: "POST /v1/audit/export", trace_id } };
    let outcome = try_export(&asking, body).await;
    asking.finish(outcome).await
}

async fn try_export(asking: &Asking, body: Result<Json<ExportRequest>, Problem>) -> Result<Response, Problem> {
    asking.may(Right::Audit)?;
    let Json(wanted) = body?;
    let mut asked = wanted.find.ask(asking.state.0.auditor.key(), 0)?;
    asked.facts.insert("format".to_owned(), wanted.format.as_str().to_owned());
    asking.record(OnRecord::used("audit_exported", asked.query.citizen, asked.facts)).await?;
    // Before the first byte: an export that has begun cannot say that it is not whole.
    asking.caught_up().await?;
    let (sender, chunks) = mpsc::channel(CHUNKS_WAITING);
    let shared = std::sync::Arc::clone(&asking.state.0);
    let form = (wanted.format, wanted.bom);
    // It ends with the last row, or when the reader has gone; nobody waits for it but the reader.
    drop(tokio::task::spawn_blocking(move || {
        let mut into = Chunks { sender, waiting: Vec::with_capacity(CHUNK_BYTES) };
        let written = shared.auditor.export(&asked.query, form, &mut into);
        if let Err(error) = written.map_err(io::Error::other).and_then(|_| into.hand_on()) {
            tracing::warn!("an export ended early");
            let _ = into.sender.blocking_send(Err(error));
        }
    }));
    let body = stream::unfold(chunks, |mut chunks| async move { Some((chunks.recv().await?, chunks)) });
    let mut response = Body::from_stream(body).into_response();
    private(response.headers_mut());
    let media_type = HeaderValue::from_static(wanted.format.media_type());
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    Ok(response)
}

/// What is written goes on in chunks; a reader who has gone stops the writer.
struct Chunks {
    sender: mpsc::Sender<io::Result<Bytes>>,
    waiting: Vec<u8>,
}

impl Chunks {
    fn hand_on(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK_BYTES));
        self.sender.blocking_send(Ok(chunk.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK_BYTES {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()
    }
}
