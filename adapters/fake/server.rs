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
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::{FakeAnswer, FakeRequest, FakeSystem, Fault, Faults, Recorded, VendorFault, World};
use crate::contract::{Clock as _, SystemClock};

const RECORDED_MAX: usize = 512;
const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Turns that the runtime gets between half an answer and the break, so that the half is sent.
const FLUSH_YIELDS: usize = 16;
/// Between two bytes of an answer that drips.
const DRIP_MS: u64 = 100;
/// So many connections may wait to be taken.
const BACKLOG: u32 = 1024;
const ENDLESS_CHUNK: &[u8] = &[b' '; 16 * 1024];

/// What the connections of one fake share.
pub(super) struct Shared {
    pub(super) system: Arc<dyn FakeSystem>,
    world: Arc<World>,
    pub(super) faults: Arc<Faults>,
    recorded: Mutex<VecDeque<Recorded>>,
}

impl Shared {
    pub(super) fn new(system: Arc<dyn FakeSystem>, world: Arc<World>, faults: Arc<Faults>) -> Self {
        Self { system, world, faults, recorded: Mutex::default() }
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
    pub async fn start(
        system: Arc<dyn FakeSystem>,
        world: Arc<World>,
        address: SocketAddr,
        tls_address: SocketAddr,
    ) -> std::io::Result<Self> {
        Self::start_with(system, world, Arc::default(), (address, tls_address)).await
    }

    /// [`FakeServer::start`] with switches that the system's clock knows, too.
    #[expect(clippy::disallowed_methods, reason = "a server is a task; it is aborted when the handle is dropped")]
    pub(super) async fn start_with(
        system: Arc<dyn FakeSystem>,
        world: Arc<World>,
        faults: Arc<Faults>,
        (address, tls_address): (SocketAddr, SocketAddr),
    ) -> std::io::Result<Self> {
        let plain = TcpListener::bind(address).await?;
        let twin = TcpListener::bind(tls_address).await?;
        let (address, tls_address) = (plain.local_addr()?, twin.local_addr()?);
        let shared = Arc::new(Shared::new(system, world, faults));
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

async fn serve_plain(listener: TcpListener, shared: Arc<Shared>) {
    serve_port(listener, shared, |mut socket, shared| async move {
        let _ = socket.set_nodelay(true);
        if shared.faults.active(None) == Some(Fault::Tls) {
            // What a TLS server says to a client that speaks plain HTTP: an alert record, then the end.
            let mut hello = [0_u8; 1024];
            let _ = socket.read(&mut hello).await;
            let _ = socket.write_all(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]).await;
            return;
        }
        if let (socket, Some(Broken::Reset)) = serve_connection(socket, shared).await {
            // Closed without a farewell: the kernel sends a reset.
            let _ = socket.set_zero_linger();
        }
    })
    .await;
}

async fn serve_tls(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    serve_port(listener, shared, move |socket, shared| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(socket).await {
                serve_connection(stream, shared).await;
            }
        }
    })
    .await;
}

/// Serves each connection that comes to a port. While [`Fault::Down`] is on, nobody listens there.
async fn serve_port<F>(mut listener: TcpListener, shared: Arc<Shared>, serve: impl Fn(TcpStream, Arc<Shared>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Ok(address) = listener.local_addr() else { return };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((socket, _)) = accepted else { return };
                connections.spawn(serve(socket, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
            () = shared.faults.until_down(true) => {
                drop(listener);
                // Bound, and not listening: whoever connects is refused, and nobody else is given the port meanwhile.
                let Ok(kept) = bound(address) else { return };
                connections.shutdown().await;
                shared.faults.until_down(false).await;
                let Ok(again) = kept.listen(BACKLOG) else { return };
                listener = again;
            }
        }
    }
}

fn bound(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections of a moment ago may still be there.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Answers on one connection until it ends; gives it back, and says how it was broken, if a fault broke it.
pub(super) async fn serve_connection<S>(stream: S, shared: Arc<Shared>) -> (S, Option<Broken>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { respond(request, &shared).await }
    });
    let mut connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // Any other error is a client that went away.
    let broken = (&mut connection).await.err().and_then(|error| {
        let source = std::error::Error::source(&error)?;
        source.downcast_ref::<Broken>().copied()
    });
    (connection.into_parts().io.into_inner(), broken)
}

/// The connection ends without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// It is closed.
    #[error("broken on purpose")]
    Closed,
    /// It is reset.
    #[error("reset on purpose")]
    Reset,
}

type Chunks = StreamBody<BoxStream<'static, Result<Frame<Bytes>, std::io::Error>>>;

/// The answer, or how the connection is broken.
async fn respond(request: Request<Incoming>, shared: &Shared) -> Result<Response<Chunks>, Broken> {
    let (parts, body) = request.into_parts();
    let body = http_body_util::Limited::new(body, REQUEST_BYTES_MAX).collect().await;
    let Ok(body) = body.map(http_body_util::Collected::to_bytes) else {
        return Ok(whole(FakeAnswer::new(413, "text/plain", "too long")));
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
    Ok(match fault {
        // A connection that was open before the port began to speak TLS, or nobody listened, breaks; so does one citizen's.
        Some(Fault::Tls | Fault::Down) => return Err(Broken::Closed),
        Some(Fault::Reset) => return Err(Broken::Reset),
        None | Some(Fault::AnotherCitizen) => whole(shared.system.answer(&request)),
        Some(Fault::Skew(_)) => whole(dated(shared.system.answer(&request), shared)),
        Some(Fault::Drip) => dripping(shared.system.answer(&request)),
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

#[expect(clippy::disallowed_methods, reason = "it is told when a call came, and nothing here depends on it")]
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
        arrived: tokio::time::Instant::now(),
    });
}

fn whole(answer: FakeAnswer) -> Response<Chunks> {
    let length = answer.body.len();
    let body: BoxStream<'static, _> = Box::pin(stream::once(async move { Ok(Frame::data(answer.body)) }));
    respond_with(answer.status, answer.headers, Some(length), body)
}

/// The same answer with the time that the system believes it is.
fn dated(answer: FakeAnswer, shared: &Shared) -> FakeAnswer {
    let now = SystemClock::default().now();
    let wrong = now.saturating_add(shared.faults.skew()).unwrap_or(now);
    answer.with_header("date", &wrong.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

fn dripping(answer: FakeAnswer) -> Response<Chunks> {
    let length = answer.body.len();
    let drops = futures_util::StreamExt::then(stream::iter(0..length), move |at| {
        let drop = answer.body.slice(at..=at);
        async move {
            wait(DRIP_MS).await;
            Ok(Frame::data(drop))
        }
    });
    respond_with(answer.status, answer.headers, Some(length), Box::pin(drops))
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
