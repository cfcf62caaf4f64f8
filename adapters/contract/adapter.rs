//! What an adapter is: something that reads about one citizen, and nothing else.

use std::fmt::{self, Debug};
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Capability, CasePage, Clock, CprNumber, ListQuestion, ReadOperation, Record, SourceError, SourceErrorKind,
};

/// [DK] fagsystem: the id of one configured source, `sbsys` or `sbsys-health`. Shared, so that a clone costs nothing.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct SourceId(Arc<str>);

impl SourceId {
    /// Wraps a configured id.
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Who a source is. Immutable; whose case a row is stands in configuration, since one source holds many departments' cases.
#[derive(Debug, Clone)]
pub struct SourceInfo {
    /// The configured instance.
    pub id: SourceId,
    /// The adapter that reads it.
    pub kind: &'static str,
    /// Every call the adapter can make.
    pub reads: &'static [ReadOperation],
}

/// W3C trace context that every call carries: one trace from portal to source. It holds no personal data.
#[derive(Debug, Clone, Default)]
pub struct TraceContext {
    /// 32 hexadecimal digits.
    pub trace_id: Arc<str>,
    /// 16 hexadecimal digits: our span around the call to this source.
    pub span_id: Arc<str>,
    /// Somebody before us, or we ourselves, record this trace.
    pub sampled: bool,
    /// `tracestate` as it came from the caller; it is theirs, and goes on as it is.
    pub state: Option<Arc<str>>,
}

impl TraceContext {
    /// The `traceparent` header, version 00.
    pub fn traceparent(&self) -> String {
        format!("00-{}-{}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

/// What one call has cost on the wire, counted by the transport for whoever measures. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Traffic(Arc<AtomicU64>);

impl Traffic {
    /// So many more bytes of a body have been read.
    pub(crate) fn received(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes of bodies that were read, those of refused answers included.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the house lends for one call.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// When the answer is no longer wanted. Absolute: each step takes what is left of it.
    pub deadline: Instant,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The trace that the call belongs to.
    pub trace: TraceContext,
    /// An id for this call, for vendors that want one. Random, not derived from the citizen.
    pub transaction: Uuid,
    /// What it costs on the wire.
    pub traffic: Traffic,
}

/// What a source told about one citizen. Nothing is left out silently.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fetched {
    /// The rows that could be read. Empty for a citizen whom the source does not know.
    pub records: Vec<Record>,
    /// Rows that were there and could not be read.
    pub unreadable: u32,
    /// The source had more rows than the limit allows.
    pub cut_short: bool,
}

impl From<Vec<Record>> for Fetched {
    fn from(records: Vec<Record>) -> Self {
        Self { records, ..Self::default() }
    }
}

/// Reads one source system. Authors write `async fn`.
///
/// An adapter does not retry, sleep, spawn, log payloads, cache or read any clock but the one in the context; the house
/// does that around it, once for all.
pub trait SourceAdapter: Send + Sync + Debug + 'static {
    /// Who it is.
    fn info(&self) -> &SourceInfo;

    /// What it can answer.
    fn capability(&self) -> Capability;

    /// Everything that the source tells about `citizen`. An unknown citizen is no records, not an error.
    ///
    /// # Errors
    /// By kind, see [`SourceError`]; never with a value from the wire in it.
    fn fetch(
        &self,
        ctx: &CallContext,
        citizen: &CprNumber,
    ) -> impl Future<Output = Result<Fetched, SourceError>> + Send;

    /// One page of the whole population's cases, if [`Capability::listing`] says that it can.
    ///
    /// Same question, same source, same answer: a page may be asked for again after a failure or a restart.
    ///
    /// # Errors
    /// As [`SourceAdapter::fetch`]; [`SourceErrorKind::Unsupported`] where the source cannot be listed in this way.
    fn list_cases(
        &self,
        ctx: &CallContext,
        question: ListQuestion<'_>,
    ) -> impl Future<Output = Result<CasePage, SourceError>> + Send {
        let _ = (ctx, question);
        ready(Err(SourceError::new(SourceErrorKind::Unsupported, "list", "the source cannot be listed")))
    }

    /// Asks the source for something that concerns no citizen, to see whether it answers and knows us.
    ///
    /// # Errors
    /// As [`SourceAdapter::fetch`].
    fn probe(&self, ctx: &CallContext) -> impl Future<Output = Result<(), SourceError>> + Send;
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`SourceAdapter`] behind a pointer; every adapter has it by itself.
pub trait DynSourceAdapter: Send + Sync + Debug + 'static {
    /// See [`SourceAdapter::info`].
    fn info(&self) -> &SourceInfo;
    /// See [`SourceAdapter::capability`].
    fn capability(&self) -> Capability;
    /// See [`SourceAdapter::fetch`].
    fn fetch<'a>(&'a self, ctx: &'a CallContext, citizen: &'a CprNumber) -> Boxed<'a, Result<Fetched, SourceError>>;
    /// See [`SourceAdapter::list_cases`].
    fn list_cases<'a>(
        &'a self,
        ctx: &'a CallContext,
        question: ListQuestion<'a>,
    ) -> Boxed<'a, Result<CasePage, SourceError>>;
    /// See [`SourceAdapter::probe`].
    fn probe<'a>(&'a self, ctx: &'a CallContext) -> Boxed<'a, Result<(), SourceError>>;
}

impl<A: SourceAdapter> DynSourceAdapter for A {
    fn info(&self) -> &SourceInfo {
        SourceAdapter::info(self)
    }
    fn capability(&self) -> Capability {
        SourceAdapter::capability(self)
    }
    fn fetch<'a>(&'a self, ctx: &'a CallContext, citizen: &'a CprNumber) -> Boxed<'a, Result<Fetched, SourceError>> {
        Box::pin(SourceAdapter::fetch(self, ctx, citizen))
    }
    fn list_cases<'a>(
        &'a self,
        ctx: &'a CallContext,
        question: ListQuestion<'a>,
    ) -> Boxed<'a, Result<CasePage, SourceError>> {
        Box::pin(SourceAdapter::list_cases(self, ctx, question))
    }
    fn probe<'a>(&'a self, ctx: &'a CallContext) -> Boxed<'a, Result<(), SourceError>> {
        Box::pin(SourceAdapter::probe(self, ctx))
    }
}

/// Any adapter, shared.
pub type Adapter = Arc<dyn DynSourceAdapter>;
