//! The wire through a simulated network: the client below reqwest, with its pool, over `turmoil`'s streams in plain HTTP.
//!
//! Only in tests of the whole service, and only where [`turmoil::in_simulation`] says so.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use turmoil::net::TcpStream;

use super::Limits;
use super::wire::{Cut, Letter, Lost, USER_AGENT as OURS};
use crate::contract::Verb;

/// Whoever asks runs on a host of a simulated network.
pub fn is_here() -> bool {
    turmoil::in_simulation()
}

/// A call as it was seen at the seam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The source's host.
    pub host: String,
    /// Method, path and query.
    pub target: String,
    /// The body.
    pub body: Vec<u8>,
    /// When it began, since the simulation did.
    pub began: Duration,
    /// When its answer had come, or it was given up; nothing while it is under way.
    pub ended: Option<Duration>,
}

thread_local! {
    static EXCHANGES: RefCell<Vec<Exchange>> = const { RefCell::new(Vec::new()) };
}

/// The calls of this thread's simulation since the last time that this was asked, in the order in which they began.
pub fn take_exchanges() -> Vec<Exchange> {
    EXCHANGES.take()
}

/// Ends its exchange when the answer has come whole, or nobody waits for it any more.
struct UnderWay(usize);

impl UnderWay {
    fn begin(letter: &Letter) -> Self {
        let verb = match letter.verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
        };
        let url = &letter.url;
        let exchange = Exchange {
            host: url.host_str().unwrap_or_default().to_owned(),
            target: format!("{verb} {}?{}", url.path(), url.query().unwrap_or_default()),
            body: letter.body.clone().unwrap_or_default(),
            began: now(),
            ended: None,
        };
        Self(EXCHANGES.with_borrow_mut(|exchanges| {
            exchanges.push(exchange);
            exchanges.len() - 1
        }))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let ended = now();
        // Taken meanwhile, when the simulation is over.
        EXCHANGES.with_borrow_mut(|exchanges| {
            if let Some(exchange) = exchanges.get_mut(self.0) {
                exchange.ended = Some(ended);
            }
        });
    }
}

fn now() -> Duration {
    turmoil::sim_elapsed().unwrap_or(Duration::MAX)
}

/// The client of one source.
#[derive(Debug, Clone)]
pub(super) struct Client(legacy::Client<Connector, Full<Bytes>>);

impl Client {
    pub(super) fn new(limits: &Limits) -> Self {
        let connector = Connector { timeout: Duration::from_millis(limits.connect_timeout_ms) };
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        Self(builder.pool_max_idle_per_host(limits.concurrency_max).build(connector))
    }

    pub(super) async fn send(&self, letter: Letter) -> Result<Reply, Lost> {
        let under_way = UnderWay::begin(&letter);
        let mut request = Request::new(Full::from(letter.body.unwrap_or_default()));
        *request.method_mut() = match letter.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
        };
        *request.uri_mut() = letter.url.as_str().parse().map_err(|_| Lost::Broken)?;
        *request.headers_mut() = letter.headers;
        for (name, value) in [(ACCEPT, "*/*"), (USER_AGENT, OURS)] {
            request.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        let response = self.0.request(request).await;
        let response = response.map_err(|error| if error.is_connect() { Lost::Unconnected } else { Lost::Broken })?;
        let (head, body) = response.into_parts();
        Ok(Reply { head, body, _under_way: under_way })
    }
}

/// An answer whose body is still on its way.
pub(super) struct Reply {
    head: http::response::Parts,
    body: Incoming,
    _under_way: UnderWay,
}

impl Reply {
    pub(super) fn status(&self) -> StatusCode {
        self.head.status
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    pub(super) fn content_length(&self) -> Option<u64> {
        let told = self.head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        told.or_else(|| self.body.size_hint().exact())
    }

    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Cut> {
        while let Some(frame) = self.body.frame().await {
            if let Ok(data) = frame.map_err(|_| Cut)?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}

/// Makes connections to the hosts of the simulation.
#[derive(Debug, Clone)]
struct Connector {
    timeout: Duration,
}

impl tower_service::Service<Uri> for Connector {
    type Response = Line;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Line>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let timeout = self.timeout;
        Box::pin(async move {
            let host = uri.host().unwrap_or_default().to_owned();
            let connecting = TcpStream::connect((host, uri.port_u16().unwrap_or(80)));
            let connected = tokio::time::timeout(timeout, connecting).await;
            Ok(Line(TokioIo::new(connected.map_err(|_| io::ErrorKind::TimedOut)??)))
        })
    }
}

/// A stream of the simulated network.
struct Line(TokioIo<TcpStream>);

impl Connection for Line {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Line {
    fn poll_read(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, to: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(ctx, to)
    }
}

impl Write for Line {
    fn poll_write(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(ctx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(ctx)
    }
}
