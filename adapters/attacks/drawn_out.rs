//! Answers that are drawn out on the wire, from a socket that speaks no better HTTP than it wants to.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::contract::{CallContext, ManualClock, ReadOperation, SourceError, SourceErrorKind, TraceContext, Traffic};
use crate::transport::{Answer, Call, Connection, ConnectionSettings, Limits};

const READS: &[ReadOperation] = &[ReadOperation::get("cases", "/cases")];
/// Several pieces of a body, and few enough chunks of one byte.
const BODY_BYTES_MAX: usize = 256 * 1024;
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

#[expect(clippy::disallowed_methods, reason = "who sets a deadline reads the machine's time")]
fn call() -> CallContext {
    CallContext {
        deadline: tokio::time::Instant::now() + Duration::from_mins(1),
        clock: Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH)),
        trace: TraceContext::default(),
        transaction: uuid::Uuid::nil(),
        traffic: Traffic::default(),
    }
}

async fn listen() -> (TcpListener, Connection) {
    listen_for(BODY_BYTES_MAX).await
}

/// The other side of a connection that takes bodies up to this length.
async fn listen_for(body_bytes_max: usize) -> (TcpListener, Connection) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    let limits = Limits { body_bytes_max, connect_timeout_ms: 60_000, concurrency_max: 1, ..Limits::default() };
    let settings = ConnectionSettings { base_url, ca_file: None, limits };
    (listener, Connection::new(&settings, READS).expect("a connection"))
}

/// The next question, read to its end.
async fn asked(listener: &TcpListener) -> TcpStream {
    let (mut socket, _) = listener.accept().await.expect("a connection");
    let mut question = Vec::new();
    while !question.ends_with(b"\r\n\r\n") {
        socket.read_buf(&mut question).await.expect("a question");
    }
    socket
}

/// Writes `start`, and `more` again and again until the other side has had enough.
async fn write_on(listener: &TcpListener, start: &str, more: &str) {
    let mut socket = asked(listener).await;
    let mut written = socket.write_all(start.as_bytes()).await;
    while written.is_ok() {
        written = socket.write_all(more.as_bytes()).await;
    }
}

async fn exchange(connection: &Connection) -> Result<Answer, SourceError> {
    connection.exchange(&call(), &READS[0], Call::default()).await
}

async fn kind_of(start: &str, more: &str) -> Option<SourceErrorKind> {
    let (listener, connection) = listen().await;
    let (answer, ()) = tokio::join!(exchange(&connection), write_on(&listener, start, more));
    answer.err().map(|error| error.kind)
}

#[tokio::test]
async fn headers_without_end_are_no_answer() {
    let start = "HTTP/1.1 200 OK\r\n";
    assert_eq!(
        kind_of(start, "x-more: of the same, and never the end of it\r\n").await,
        Some(SourceErrorKind::Unavailable)
    );
    assert_eq!(kind_of("HTTP/1.1 200 OK\r\nx-long: ", "x").await, Some(SourceErrorKind::Unavailable));
    assert_eq!(kind_of("HTTP/1.1 200 ", "x").await, Some(SourceErrorKind::Unavailable));
}

#[tokio::test]
async fn chunks_without_end_are_cut_however_small_they_are() {
    let chunked = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
    let chunks = ["1\r\nx\r\n".repeat(4_096), format!("{:x}\r\n{}\r\n", 65_536, "x".repeat(65_536))];
    for chunk in chunks {
        assert_eq!(kind_of(&chunked, &chunk).await, Some(SourceErrorKind::Malformed));
    }
    assert_eq!(kind_of(&chunked, "f").await, Some(SourceErrorKind::Malformed), "a size without end");
}

#[tokio::test]
async fn a_body_shorter_than_announced_ended_early_and_a_longer_one_is_not_read() {
    let (listener, connection) = listen().await;
    let start = format!("{HEAD}content-length: 200000\r\n\r\n[");
    let close = async { asked(&listener).await.write_all(start.as_bytes()).await.expect("written") };
    let (answer, ()) = tokio::join!(exchange(&connection), close);
    assert_eq!(answer.map(drop).map_err(|error| error.kind), Err(SourceErrorKind::Malformed));
    assert_eq!(
        kind_of(&format!("{HEAD}content-length: 99999999999\r\n\r\n"), "x").await,
        Some(SourceErrorKind::Malformed)
    );
}

/// Around the lengths of the pieces in which a body is collected.
#[tokio::test]
async fn a_body_of_any_length_comes_whole_announced_or_in_chunks() {
    const LONGEST: usize = 1_500_000;
    let all: Vec<u8> = (0_u8..=250).cycle().take(LONGEST).collect();
    let (listener, connection) = listen_for(LONGEST).await;
    for length in [0, 1, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289, 589_825, 1_048_577, LONGEST] {
        let body = &all[..length];
        let announced = format!("{HEAD}connection: close\r\ncontent-length: {length}\r\n\r\n").into_bytes();
        let chunked = format!("{HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes();
        let chunks =
            body.chunks(10_007).flat_map(|part| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat());
        let chunked = chunked.into_iter().chain(chunks).chain(*b"0\r\n\r\n").collect::<Vec<u8>>();
        for told in [[&announced, body].concat(), chunked] {
            let answer = async { asked(&listener).await.write_all(&told).await.expect("written") };
            let (answer, ()) = tokio::join!(exchange(&connection), answer);
            assert!(*answer.expect("a whole body").body == *body, "{length} bytes");
        }
    }
}

/// The second is one chunk's size, which hyper reads for as long as it is zero: only the deadline ends it.
#[tokio::test]
async fn a_drip_is_cut_by_the_deadline_and_its_connection_and_permit_with_it() {
    for bytes in ["1\r\n \r\n", "0"] {
        cut_by_the_deadline(bytes).await;
    }
}

async fn cut_by_the_deadline(bytes: &str) {
    let (listener, connection) = listen().await;
    let drip = async {
        let mut socket = asked(&listener).await;
        let mut written = socket.write_all(format!("{HEAD}transfer-encoding: chunked\r\n\r\n").as_bytes()).await;
        let mut pace = tokio::time::interval(Duration::from_millis(1));
        while written.is_ok() {
            pace.tick().await;
            written = socket.write_all(bytes.as_bytes()).await;
        }
    };
    let look_up = async { tokio::time::timeout(Duration::from_millis(80), exchange(&connection)).await.is_err() };
    // The drip ends when its connection does.
    let (is_cut, ()) = tokio::join!(look_up, drip);
    assert!(is_cut);
    let answered = async {
        let mut socket = asked(&listener).await;
        socket.write_all(format!("{HEAD}content-length: 2\r\n\r\n[]").as_bytes()).await.expect("written");
    };
    let (answer, ()) = tokio::join!(exchange(&connection), answered);
    assert_eq!(&*answer.expect("the one permit is free again").body, b"[]");
}
