//! A collector that takes connections and never says a word: the service answers as if it were not there, counts what got
//! lost, and stops in its time. The real program, from outside.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_glasplade");

/// How long the program may take to start on a busy machine.
const START_MAX: Duration = Duration::from_mins(1);
/// How long a stop waits for what is under way: the demo's `drain_ms`.
const DRAIN: Duration = Duration::from_secs(10);

struct StateDir(PathBuf);

impl Drop for StateDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The running program; stopped with the test, whatever becomes of it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes every connection, reads nothing and says nothing; keeps them open.
fn silent() -> (SocketAddr, mpsc::Receiver<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (taken, seen) = mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for connection in listener.incoming() {
            kept.push(connection);
            let _ = taken.send(());
        }
    });
    (address, seen)
}

/// Starts the demo on ports that it takes itself; where it serves, and where its figures are, as it prints them.
fn start(state: &StateDir, collector: SocketAddr) -> (Running, SocketAddr, SocketAddr) {
    let mut command = Command::new(PROGRAM);
    command.args(["demo", "--listen", "127.0.0.1:0", "--audit-listen", "127.0.0.1:0", "--first-port", "0"]);
    command.args(["--control-port", "0", "--citizens", "50", "--metrics-listen", "127.0.0.1:0"]);
    command.args(["--otlp", &format!("http://{collector}"), "--state"]).arg(&state.0);
    command.stdout(Stdio::piped());
    let mut running = Running(command.spawn().expect("the program"));
    let printed = running.0.stdout.take().expect("its standard output");
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(printed).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut listening = HashMap::new();
    loop {
        let line = lines.recv_timeout(START_MAX).expect("the demo says when it is ready");
        if line.ends_with("Ctrl-C stops it.") {
            break;
        }
        if let Some((who, rest)) = line.split_once(" http://") {
            let address = rest.split(['/', ' ']).next().and_then(|address| address.parse::<SocketAddr>().ok());
            listening.extend(address.map(|address| (who.trim().to_owned(), address)));
        }
    }
    (running, listening["The service"], listening["For operators"])
}

/// `GET` on a connection of its own; status and body.
fn get(at: SocketAddr, path: &str, within: Duration) -> (u16, String) {
    let mut connection = TcpStream::connect(at).expect("the service listens");
    connection.set_read_timeout(Some(within)).expect("a time limit");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer in time");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

fn figure(text: &str, start: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start} is not in\n{text}"));
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}

#[test]
fn a_collector_that_never_answers_costs_no_answer_and_no_stop() {
    let state = StateDir(std::env::temp_dir().join(format!("glasplade-silent-{}", std::process::id())));
    let (collector, taken) = silent();
    let (mut running, service, figures) = start(&state, collector);

    // More spans than the queue of 4,096 holds, each answered at once: none waits for the collector's three seconds.
    for _ in 0..5_200 {
        let (status, _) = get(service, "/health/live", Duration::from_secs(2));
        assert_eq!(status, 200);
    }
    taken.recv_timeout(Duration::from_secs(30)).expect("the collector was called");
    let (status, text) = get(figures, "/metrics", Duration::from_secs(2));
    assert_eq!(status, 200);
    let answered = "http_server_request_duration_seconds_count{http_request_method=\"GET\"";
    assert!(figure(&text, answered) >= 5_200.0, "{text}");
    assert!(figure(&text, "glasplade_telemetry_sent_total{signal=\"traces\"}") < 1.0);
    let lost = ["queue_full", "not_taken"].map(|reason| {
        let labels = [("reason", reason), ("signal", "traces")];
        let is_it = |line: &&str| {
            line.starts_with("glasplade_telemetry_dropped_total")
                && labels.iter().all(|(name, value)| line.contains(&format!("{name}=\"{value}\"")))
        };
        let line = text.lines().find(is_it).unwrap_or_else(|| panic!("{reason} is not counted:\n{text}"));
        line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok()).expect("a number")
    });
    assert!(lost.iter().sum::<f64>() > 0.0, "what was lost is counted: {lost:?}");

    let pid = running.0.id();
    let killed = Command::new("sh").arg("-c").arg(format!("kill -TERM {pid}")).status().expect("a shell");
    assert!(killed.success());
    let (step, mut left) = (Duration::from_millis(50), DRAIN);
    while running.0.try_wait().expect("the state of a child").is_none() {
        assert!(!left.is_zero(), "it stops within {DRAIN:?}, silent collector or not");
        std::thread::park_timeout(step);
        left = left.saturating_sub(step);
    }
    // Nothing was under way but the collector's silence, and that has a second.
    assert!(left > DRAIN / 2, "it waited for the collector: {left:?} of {DRAIN:?} left");
}
