//! What the faults of a connection look like to whoever connects.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::faults::{FAULT_NAMES, SourceClock};
use super::*;
use crate::contract::{Clock as _, ManualClock};

/// Says one thing to everybody.
struct Parrot;

const SAID: &str = "right";

impl FakeSystem for Parrot {
    fn name(&self) -> &'static str {
        "parrot"
    }

    fn citizen(&self, _request: &FakeRequest) -> Option<String> {
        None
    }

    fn answer(&self, _request: &FakeRequest) -> FakeAnswer {
        FakeAnswer::new(200, "text/plain", SAID)
    }

    fn fault(&self, request: &FakeRequest, _fault: VendorFault) -> FakeAnswer {
        self.answer(request)
    }
}

async fn parrot() -> FakeServer {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    FakeServer::start(Arc::new(Parrot), Arc::new(World::default()), free, free).await.expect("free ports")
}

async fn connected(server: &FakeServer) -> TcpStream {
    TcpStream::connect(server.address).await.expect("somebody listens")
}

async fn asked(connection: &mut TcpStream, ending: &str) -> std::io::Result<String> {
    connection.write_all(format!("GET / HTTP/1.1\r\nHost: parrot\r\n{ending}\r\n").as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn answer(server: &FakeServer) -> std::io::Result<String> {
    asked(&mut connected(server).await, "Connection: close\r\n").await
}

#[tokio::test]
async fn where_nobody_listens_connections_are_refused_and_open_ones_end_and_then_it_is_the_same_port() {
    let server = parrot().await;
    let mut open = connected(&server).await;
    // It was taken: a connection that waits to be is reset with the port.
    open.write_all(b"GET / HTTP/1.1\r\nHost: parrot\r\n\r\n").await.expect("open");
    open.readable().await.expect("answered");
    server.faults().set(None, Fault::Down);
    let mut rest = Vec::new();
    open.read_to_end(&mut rest).await.expect("it ends in good order");
    let refused = TcpStream::connect(server.address).await.expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    server.faults().clear(None);
    let again = async {
        loop {
            match TcpStream::connect(server.address).await {
                Ok(connection) => return connection,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    let said = asked(&mut again.await, "Connection: close\r\n").await.expect("an answer");
    assert!(said.ends_with(SAID), "{said}");
}

#[tokio::test]
async fn a_reset_is_one() {
    let server = parrot().await;
    server.faults().set(None, Fault::Reset);
    assert_eq!(answer(&server).await.expect_err("no answer").kind(), ErrorKind::ConnectionReset);
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "paused time, to see how much of it passed")]
async fn what_drips_is_right_and_late() {
    let server = parrot().await;
    server.faults().set(None, Fault::Drip);
    let begun = Instant::now();
    assert!(answer(&server).await.expect("an answer").ends_with(SAID));
    assert!(begun.elapsed() >= Duration::from_millis(100) * u32::try_from(SAID.len()).expect("short"));
}

#[tokio::test]
async fn a_system_whose_clock_is_wrong_says_so_in_its_date_and_lives_by_it() {
    let server = parrot().await;
    let date = |answer: String| {
        let line = answer.lines().find_map(|line| line.strip_prefix("date: ")).expect("a date").to_owned();
        jiff::fmt::rfc2822::parse(&line).expect("a moment").timestamp()
    };
    let right = date(answer(&server).await.expect("an answer"));
    server.faults().set(None, Fault::Skew(-86_400));
    let wrong = date(answer(&server).await.expect("an answer"));
    assert!(wrong < right, "{wrong} {right}");
    let lent = Arc::new(ManualClock::at(right));
    let clock = SourceClock { lent: lent.clone(), faults: Arc::clone(server.faults()) };
    assert_eq!(clock.now().duration_since(lent.now()), SignedDuration::from_hours(-24));
}

#[test]
fn every_fault_is_read_as_it_is_written() {
    for name in FAULT_NAMES.split(", ") {
        let name = name.replace("<ms>", "300").replace("<seconds>", "-60");
        let fault: Fault = name.parse().expect("a fault");
        assert_eq!(fault.to_string(), name);
    }
}
