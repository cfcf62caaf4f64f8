//! Callers that cost little: bytes go out as they are, and of an answer only its status and its length are read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use glasplade_adapters::fake::{FakeServer, Recorded};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The very question that the service put, to be put again by nobody but us.
pub(crate) fn put_again(asked: &Recorded) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", asked.method, asked.target).into_bytes();
    for (name, value) in &asked.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&asked.body);
    bytes
}

/// Where this server of the fakes listens.
pub(crate) fn address(server: &FakeServer) -> SocketAddr {
    server.base_url().trim_start_matches("http://").split('/').next().unwrap().parse().unwrap()
}

/// One connection that stays open.
pub(crate) struct Caller {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Caller {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, bytes: Vec::with_capacity(64 * 1_024) }
    }

    /// Asks, and waits for the whole answer; its body.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).await.unwrap();
        self.bytes.clear();
        let (head, length) = loop {
            self.more().await;
            if let Some(end) = self.bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.bytes[..end]).unwrap();
                assert!(head.starts_with("HTTP/1.1 200"), "{head}");
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                break (end + 4, length.expect("a length").1.parse::<usize>().unwrap());
            }
        };
        while self.bytes.len() < head + length {
            self.more().await;
        }
        &self.bytes[head..]
    }

    async fn more(&mut self) {
        assert!(self.stream.read_buf(&mut self.bytes).await.unwrap() > 0, "the other side has hung up");
    }
}

/// What each caller waited, in milliseconds: so many connections, each asking again when it has its answer, until all requests have
/// been made `times`.
pub(crate) async fn ask_all(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    (connections, times): (usize, usize),
) -> Vec<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let callers = (0..connections).map(|_| {
        let (requests, next) = (Arc::clone(requests), Arc::clone(&next));
        tokio::spawn(async move {
            let (mut caller, mut waits) = (Caller::to(address).await, Vec::new());
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= requests.len() * times {
                    return waits;
                }
                let begun = Instant::now();
                caller.ask(&requests[at % requests.len()]).await;
                waits.push(begun.elapsed().as_secs_f64() * 1_000.0);
            }
        })
    });
    futures_util::future::join_all(callers).await.into_iter().flat_map(Result::unwrap).collect()
}
