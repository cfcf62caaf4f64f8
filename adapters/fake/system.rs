//! A fake source system without the network: what it is asked, what it answers, in the vendor's own format.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::World;
use crate::contract::Clock;

/// What a fake is built from.
#[derive(Debug, Clone)]
pub struct FakeContext {
    /// The invented population that all fakes share.
    pub world: Arc<World>,
    /// The world's clock.
    pub clock: Arc<dyn Clock>,
}

/// One request as a fake sees it.
#[derive(Debug)]
pub struct FakeRequest {
    /// Method.
    pub method: Method,
    /// Path, percent-encoding undone, doubled slashes kept.
    pub path: String,
    /// Query pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most 1 MiB.
    pub body: Bytes,
    /// Set while the fault "another citizen" is on: whose data to answer with instead of the citizen's who is asked for.
    pub instead: Option<String>,
}

impl FakeRequest {
    /// The first query value with this name.
    pub fn pair(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whose data to answer with when `asked` is asked for.
    pub fn whose<'a>(&'a self, asked: &'a str) -> &'a str {
        self.instead.as_deref().unwrap_or(asked)
    }

    /// Form fields of the body.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct FakeAnswer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl FakeAnswer {
    /// An answer with a content type.
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers,
            body: body.into(),
        }
    }

    /// JSON.
    pub fn json(status: u16, value: &impl serde::Serialize) -> Self {
        Self::new(status, "application/json; charset=utf-8", serde_json::to_vec(value).unwrap_or_default())
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// Faults that each vendor words in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VendorFault {
    /// The vendor's fault message: a SOAP fault, a problem document, a business error.
    Fault,
    /// The vendor's way to refuse a token or cookie; also at its token endpoint.
    RefusedToken,
}

/// A source system's behaviour, without the network. Everything is in memory, so it answers at once.
pub trait FakeSystem: Send + Sync + 'static {
    /// The kind's name.
    fn name(&self) -> &'static str;
    /// Whom a request is about (ten digits), when it tells; a case id is looked up.
    fn citizen(&self, request: &FakeRequest) -> Option<String>;
    /// The vendor's answer.
    fn answer(&self, request: &FakeRequest) -> FakeAnswer;
    /// The vendor's answer when something is wrong on purpose.
    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer;
}

/// A request as it arrived, for tests and for the snapshots of what we send to a vendor.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Method.
    pub method: Method,
    /// Path and query, as sent.
    pub target: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// When it had arrived whole, on the runtime's clock.
    pub arrived: tokio::time::Instant,
}
