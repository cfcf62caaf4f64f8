//! One source's connection: an HTTP client that follows no redirect, reads no more than the limit and sends only reads.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use url::Url;

use super::Limits;
use super::wire::{Cut, Letter, Reply, Wire};
use crate::contract::{CallContext, ReadOperation, SourceError, SourceErrorKind, Traffic};

/// Where a source is and how much it may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSettings {
    /// Base address, `https://…`; the adapter's paths are put behind it.
    pub base_url: String,
    /// PEM file with the only certificate authorities to trust (vendors with an incomplete chain need their
    /// intermediate here). Without it the machine's own authorities are trusted. There is no "verify off".
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Limits.
    #[serde(default)]
    pub limits: Limits,
}

/// What goes with a call.
#[derive(Debug, Default)]
pub struct Call {
    /// Values for the placeholders of the operation's path; each is percent-encoded.
    pub segments: Vec<(&'static str, String)>,
    /// Query pairs, percent-encoded in order. A value may be personal where the vendor forces it; it is never logged.
    pub query: Vec<(String, String)>,
    /// Headers beyond the ones that every call has.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

impl Call {
    /// Adds a header; a value with forbidden characters is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a header whose value must not be shown by any `Debug` (a token, a cookie).
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }

    /// Fills a placeholder of the operation's path.
    #[must_use]
    pub fn segment(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.segments.push((name, value.into()));
        self
    }

    /// Adds a query pair.
    #[must_use]
    pub fn pair(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
}

/// A request body in the form that the vendor wants.
#[derive(Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// `application/json`.
    Json(Vec<u8>),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(&'static str, String)>),
    /// Any other content type.
    Text(Cow<'static, str>, String),
}

impl std::fmt::Debug for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Body(…)")
    }
}

impl Body {
    /// `value` as JSON.
    ///
    /// # Errors
    /// Never for the wire shapes of an adapter; a map with keys that are not text would be one.
    pub fn json(operation: &'static ReadOperation, value: &impl Serialize) -> Result<Self, SourceError> {
        serde_json::to_vec(value)
            .map(Self::Json)
            .map_err(|_| SourceError::config_invalid(operation.name, "the request could not be written as JSON"))
    }
}

/// An answer, read whole within the limit. `Debug` shows no body and no header.
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most `body_bytes_max` long.
    pub body: Bytes,
    /// The operation that it answers, for error texts.
    pub operation: &'static ReadOperation,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The media type without parameters, lower case; empty when the source sent none.
    pub fn media_type(&self) -> String {
        self.content_type().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The whole content type header.
    pub fn content_type(&self) -> &str {
        self.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body is a web page: what a login page or a proxy's error page looks like, whatever its status says.
    pub fn is_html(&self) -> bool {
        let start = self.body.iter().position(|byte| !byte.is_ascii_whitespace() && !byte.is_ascii_control());
        let head = start.map(|at| &self.body[at..self.body.len().min(at + 256)]).unwrap_or_default();
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let head = head.trim_start_matches('\u{feff}');
        self.media_type() == "text/html" || head.starts_with("<!doctype html") || head.starts_with("<html")
    }

    /// The answer, if its status is a success; otherwise the error that most vendors mean by that status.
    ///
    /// # Errors
    /// 401 `Unauthorized`, 403 `Forbidden`, 404/405/410 `ConfigInvalid` (the path is not there), 408/429/5xx
    /// `Unavailable`, a redirect or anything else `Malformed`. An adapter whose vendor means something else looks at
    /// `status` first.
    pub fn success(self) -> Result<Self, SourceError> {
        let status = self.status;
        let kind = match status.as_u16() {
            200..=299 => return Ok(self),
            401 => SourceErrorKind::Unauthorized,
            403 => SourceErrorKind::Forbidden,
            404 | 405 | 410 => SourceErrorKind::ConfigInvalid,
            408 | 429 | 500..=599 => SourceErrorKind::Unavailable,
            _ => SourceErrorKind::Malformed,
        };
        Err(SourceError::new(kind, self.operation.name, format!("status {}", status.as_u16())))
    }
}

/// The only door out to one source.
#[derive(Debug, Clone)]
pub struct Connection {
    base: Url,
    wire: Wire,
    limits: Limits,
    permits: Arc<Semaphore>,
    reads: &'static [ReadOperation],
}

const OPENING: &str = "connect";

impl Connection {
    /// A connection that can make exactly the calls in `reads`.
    ///
    /// # Errors
    /// `ConfigInvalid` when the address is not http(s), holds credentials or a query, or the CA file is not readable PEM.
    pub fn new(settings: &ConnectionSettings, reads: &'static [ReadOperation]) -> Result<Self, SourceError> {
        let wrong = |detail: &'static str| SourceError::config_invalid(OPENING, detail);
        let base = Url::parse(&settings.base_url).map_err(|_| wrong("base_url is not an address"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong("base_url must begin with https:// (or http:// on loopback)"));
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(wrong("base_url must hold neither credentials nor a query"));
        }
        let wire = Wire::new(settings).map_err(wrong)?;
        let permits = Arc::new(Semaphore::new(settings.limits.concurrency_max.max(1)));
        Ok(Self { base, wire, limits: settings.limits, permits, reads })
    }

    /// The limits that this connection keeps.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Makes one call and reads its whole answer, whatever its status.
    ///
    /// The permit is per exchange, so that an adapter which makes several calls at once stays within the agreed number.
    /// There is no timeout here: the house cuts the whole look-up at its deadline.
    ///
    /// # Errors
    /// `Unavailable` when no answer came, `ConfigInvalid` when the certificate does not verify, `Malformed` when the body
    /// is longer than the limit or ends early.
    pub async fn exchange(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        call: Call,
    ) -> Result<Answer, SourceError> {
        if !self.reads.contains(operation) {
            return Err(SourceError::config_invalid(operation.name, "not on the adapter's list of reads"));
        }
        let url = self.address(operation, &call)?;
        let _permit = self
            .permits
            .acquire()
            .await
            .map_err(|_| SourceError::unavailable(operation.name, "the connection is closed"))?;
        let mut headers = call.headers;
        append(&mut headers, TRACEPARENT, &ctx.trace.traceparent());
        if let Some(state) = &ctx.trace.state {
            append(&mut headers, TRACESTATE, state);
        }
        let mut packed = |content_type: &str, body: Vec<u8>| {
            append(&mut headers, CONTENT_TYPE, content_type);
            Some(body)
        };
        let body = match call.body {
            Body::Empty => None,
            Body::Json(bytes) => packed("application/json", bytes),
            Body::Form(pairs) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())));
                packed("application/x-www-form-urlencoded", form.finish().into_bytes())
            }
            Body::Text(content_type, text) => packed(&content_type, text.into_bytes()),
        };
        let letter = Letter { verb: operation.verb, url, headers, body };
        let reply = self.wire.send(letter).await.map_err(|error| error.told(operation))?;
        let (status, headers) = (reply.status(), reply.headers().clone());
        // We ask for none, so that no answer can be small on the wire and huge here.
        let is_packed = |encoding: &HeaderValue| !encoding.as_bytes().eq_ignore_ascii_case(b"identity");
        if headers.get_all(http::header::CONTENT_ENCODING).iter().any(is_packed) {
            return Err(SourceError::malformed(operation.name, "a packed body, which nobody asked for"));
        }
        let body = capped_body(operation, reply, self.limits.body_bytes_max, &ctx.traffic).await?;
        Ok(Answer { status, headers, body, operation })
    }

    fn address(&self, operation: &'static ReadOperation, call: &Call) -> Result<Url, SourceError> {
        let mut path = self.base.path().trim_end_matches('/').to_owned();
        let mut rest = operation.path;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').map_or(rest.len(), |at| open + at);
            let name = &rest[open + 1..close];
            let value = call.segments.iter().find(|(segment, _)| *segment == name).map(|(_, value)| value);
            let Some(value) = value else {
                return Err(SourceError::config_invalid(operation.name, "a part of the path has no value"));
            };
            path.push_str(&rest[..open]);
            path.push_str(&encode_segment(value));
            rest = rest.get(close + 1..).unwrap_or_default();
        }
        path.push_str(rest);
        let mut url = self.base.clone();
        url.set_path(&path);
        if !call.query.is_empty() {
            let query = call.query.iter().fold(String::new(), |mut query, (name, value)| {
                if !query.is_empty() {
                    query.push('&');
                }
                query.push_str(&encode_query(name));
                query.push('=');
                query.push_str(&encode_query(value));
                query
            });
            url.set_query(Some(&query));
        }
        Ok(url)
    }
}

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Adds a header; a value with forbidden characters is left out.
fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}

/// Percent-encodes everything but the unreserved characters, so that a value can be only one segment.
fn encode_segment(value: &str) -> String {
    encode(value, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// As [`encode_segment`], but leaves what OData queries are readable by: `$ ( ) , ; ' / = : @`.
fn encode_query(value: &str) -> String {
    encode(value, |byte| byte.is_ascii_alphanumeric() || b"-._~$(),;'/=:@".contains(&byte))
}

fn encode(value: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Reads a body up to `limit` bytes. An endless or longer one is cut, and the connection is dropped with it.
///
/// What it takes in memory depends on what has come, not on what was announced, and is never more than twice the body: a
/// buffer that grows would take three times, and small chunks kept as they come any number of times.
async fn capped_body(
    operation: &'static ReadOperation,
    mut reply: Reply,
    limit: usize,
    traffic: &Traffic,
) -> Result<Bytes, SourceError> {
    let too_long = || SourceError::malformed(operation.name, format!("body is longer than {limit} bytes"));
    let promised = usize::try_from(reply.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if promised > limit {
        return Err(too_long());
    }
    // What is promised is laid out, but no more than a source may have that keeps no promise.
    let segment_bytes = promised.clamp(SEGMENT_BYTES, PROMISED_BYTES_MAX);
    let room = |length: usize| BytesMut::with_capacity(promised.saturating_sub(length).min(segment_bytes));
    let mut full: Vec<BytesMut> = Vec::new();
    let (mut segment, mut length) = (BytesMut::new(), 0);
    loop {
        let chunk = reply.chunk().await;
        let mut chunk = match chunk {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(Cut) => return Err(SourceError::malformed(operation.name, "the body ended early")),
        };
        traffic.received(chunk.len());
        if length == 0 {
            segment = room(0);
        }
        while !chunk.is_empty() {
            if segment.len() == segment_bytes {
                full.push(std::mem::replace(&mut segment, room(length)));
            }
            let part = chunk.split_to(chunk.len().min(segment_bytes - segment.len()));
            segment.extend_from_slice(&part);
            length += part.len();
            if length > limit {
                return Err(too_long());
            }
        }
    }
    if full.is_empty() {
        return Ok(segment.freeze());
    }
    let mut body = Vec::with_capacity(length);
    full.into_iter().chain([segment]).for_each(|segment| body.extend_from_slice(&segment));
    Ok(body.into())
}

/// Piece by piece a body is collected that does not say how long it is, in bytes.
const SEGMENT_BYTES: usize = 64 * 1024;
/// For a body that says so, so many bytes are laid out at once at most.
const PROMISED_BYTES_MAX: usize = 512 * 1024;
