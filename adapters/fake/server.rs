//! A fake source system as a real HTTP server: the vendor's answers from [`FakeSystem`], the faults from here.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::{FakeAnswer, FakeRequest, FakeSystem, Fault, Faults, Recorded, VendorFault, World};

const RECORDED_MAX: usize = 512;
const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Turns that the runtime gets between half an answer and the break, so that the half is sent.
const FLUSH_YIELDS: usize = 16;
const ENDLESS_CHUNK: &[u8] = &[b' '; 16 * 1024];

/// What the connections of one fake share.
pub(super) struct Shared {
    pub(super) system: Arc<dyn FakeSystem>,
    world: Arc<World>,
    pub(super) faults: Arc<Faults>,
    recorded: Mutex<VecDeque<Recorded>>,
}

impl Shared {
    pub(super) fn new(system: Arc<dyn FakeSystem>, world: Arc<World>) -> Self {
        Self { system, world, faults: Arc::default(), recorded: Mutex::default() }
    }
}

/// A running fake; it stops when dropped.
pub struct FakeServer {
    /// Where it listens in plain HTTP.
    pub address: SocketAddr,
    /// Where it listens with a certificate that does not verify.
    pub tls_address: SocketAddr,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for FakeServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FakeServer")
            .field("name", &self.name())
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl FakeServer {
    /// Starts `system` on `address` and its TLS twin on `tls_address`; port 0 takes a free one.
    ///
    /// # Errors
    /// When a port is in use or the twin's certificate cannot be made.
    #[expect(clippy::disallowed_methods, reason = "a server is a task; it is aborted when the handle is dropped")]
    pub async fn start(
        system: Arc<dyn FakeSystem>,
        world: Arc<World>,
        address: SocketAddr,
        tls_address: SocketAddr,
    ) -> std::io::Result<Self> {
        let plain = TcpListener::bind(address).await?;
        let twin = TcpListener::bind(tls_address).await?;
        let (address, tls_address) = (plain.local_addr()?, twin.local_addr()?);
        let shared = Arc::new(Shared::new(system, world));
        let acceptor = self_signed()?;
        let tasks = vec![
            tokio::spawn(serve_plain(plain, Arc::clone(&shared))),
            tokio::spawn(serve_tls(twin, acceptor, Arc::clone(&shared))),
        ];
        Ok(Self { address, tls_address, shared, tasks })
    }

    /// The kind's name.
    pub fn name(&self) -> &'static str {
        self.shared.system.name()
    }

    /// Base address in plain HTTP.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Base address of the twin whose certificate does not verify.
    pub fn tls_base_url(&self) -> String {
        format!("https://{}", self.tls_address)
    }

    /// The switches.
    pub fn faults(&self) -> &Arc<Faults> {
        &self.shared.faults
    }

    /// The requests that came since the last call, oldest first (at most 512 are kept).
    pub fn take_recorded(&self) -> Vec<Recorded> {
        self.shared.recorded.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}

/// A certificate that nobody has signed, for a name that is not ours: what "invalid TLS" looks like.
fn self_signed() -> std::io::Result<TlsAcceptor> {
    let made = rcgen::generate_simple_self_signed(vec!["wrong.example".to_owned()]).map_err(std::io::Error::other)?;
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .map_err(std::io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[expect(clippy::disallowed_methods, reason = "one task per connection")]
async fn serve_plain(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((mut socket, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _ = socket.set_nodelay(true);
            if shared.faults.active(None) == Some(Fault::Tls) {
                // What a TLS server says to a client that speaks plain HTTP: an alert record, then the end.
                let mut hello = [0_u8; 1024];
                let _ = socket.read(&mut hello).await;
                let _ = socket.write_all(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]).await;
                return;
            }
            serve_connection(socket, shared).await;
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "one task per connection")]
async fn serve_tls(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    while let Ok((socket, _)) = listener.accept().await {
        let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(socket).await {
                serve_connection(stream, shared).await;
            }
        });
    }
}

/// Answers on one connection until it ends.
pub(super) async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    shared: Arc<Shared>,
) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { respond(request, &shared).await.ok_or(Broken) }
    });
    // An error here is a client that went away, or the break that a fault wants.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("broken on purpose")]
struct Broken;

type Chunks = StreamBody<BoxStream<'static, Result<Frame<Bytes>, std::io::Error>>>;

/// The answer; `None` breaks the connection.
async fn respond(request: Request<Incoming>, shared: &Shared) -> Option<Response<Chunks>> {
    let (parts, body) = request.into_parts();
    let body = http_body_util::Limited::new(body, REQUEST_BYTES_MAX).collect().await;
    let Ok(body) = body.map(http_body_util::Collected::to_bytes) else {
        return Some(whole(FakeAnswer::new(413, "text/plain", "too long")));
    };
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut request = FakeRequest {
        method: parts.method,
        path: percent_decode(parts.uri.path()),
        query: url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        headers: parts.headers,
        body,
        instead: None,
    };
    record(shared, &request, target);
    let citizen = shared.system.citizen(&request);
    let fault = shared.faults.active(citizen.as_deref());
    if fault == Some(Fault::AnotherCitizen)
        && let Some(asked) = &citizen
    {
        request.instead = shared.world.somebody_else(asked, shared.system.name()).map(str::to_owned);
    }
    // A connection that was open before the port began to speak TLS breaks; a new one meets the alert.
    if fault == Some(Fault::Tls) {
        return None;
    }
    Some(match fault {
        None | Some(Fault::AnotherCitizen | Fault::Tls) => whole(shared.system.answer(&request)),
        Some(Fault::Latency(milliseconds)) => {
            wait(milliseconds).await;
            whole(shared.system.answer(&request))
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Status(status)) => whole(FakeAnswer::new(status, "text/plain", "")),
        Some(Fault::VendorFault) => whole(shared.system.fault(&request, VendorFault::Fault)),
        Some(Fault::RefusedToken) => whole(shared.system.fault(&request, VendorFault::RefusedToken)),
        Some(Fault::Html) => whole(FakeAnswer::new(200, "text/html; charset=utf-8", LOGIN_PAGE)),
        Some(Fault::Truncated) => truncated(shared.system.answer(&request)),
        Some(Fault::Endless) => endless(shared.system.answer(&request)),
    })
}

const LOGIN_PAGE: &str = "<!DOCTYPE html><html lang=\"da\"><head><title>Log ind</title></head><body><form method=\"post\" action=\"/login\"><input name=\"SAMLRequest\" type=\"hidden\"></form></body></html>";

#[expect(
    clippy::disallowed_methods,
    reason = "the fault is to be late; tests use it with bounds, never to wait for something"
)]
async fn wait(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

fn record(shared: &Shared, request: &FakeRequest, target: String) {
    let mut recorded = shared.recorded.lock().unwrap_or_else(PoisonError::into_inner);
    if recorded.len() == RECORDED_MAX {
        recorded.pop_front();
    }
    recorded.push_back(Recorded {
        method: request.method.clone(),
        target,
        headers: request.headers.clone(),
        body: request.body.clone(),
    });
}

fn whole(answer: FakeAnswer) -> Response<Chunks> {
    let length = answer.body.len();
    let body: BoxStream<'static, _> = Box::pin(stream::once(async move { Ok(Frame::data(answer.body)) }));
    respond_with(answer.status, answer.headers, Some(length), body)
}

fn truncated(answer: FakeAnswer) -> Response<Chunks> {
    let length = answer.body.len();
    let half = answer.body.slice(..length / 2);
    // hyper writes when the body has nothing ready: without the waits it would break before the head is on its way.
    let broken = stream::once(async {
        for _ in 0..FLUSH_YIELDS {
            tokio::task::yield_now().await;
        }
        Err(std::io::Error::other("broken on purpose"))
    });
    let start = stream::once(async move { Ok(Frame::data(half)) });
    let body: BoxStream<'static, _> = Box::pin(futures_util::StreamExt::chain(start, broken));
    respond_with(answer.status, answer.headers, Some(length), body)
}

fn endless(answer: FakeAnswer) -> Response<Chunks> {
    let start = stream::once(async move { Ok(Frame::data(answer.body)) });
    let rest = stream::repeat_with(|| Ok(Frame::data(Bytes::from_static(ENDLESS_CHUNK))));
    let body: BoxStream<'static, _> = Box::pin(futures_util::StreamExt::chain(start, rest));
    respond_with(answer.status, answer.headers, None, body)
}

fn respond_with(
    status: StatusCode,
    headers: HeaderMap,
    length: Option<usize>,
    body: BoxStream<'static, Result<Frame<Bytes>, std::io::Error>>,
) -> Response<Chunks> {
    let mut response = Response::new(StreamBody::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(length) = length {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn percent_decode(path: &str) -> String {
    let mut out = Vec::with_capacity(path.len());
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
