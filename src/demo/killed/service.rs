//! The real program over the fakes, as a process that can be killed, and its folder, which stays.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use glasplade::demo::issuer::DemoIssuer;
use glasplade::random::{Random as _, SystemRandom};
use glasplade_adapters::contract::{Clock as _, SystemClock};
use jiff::SignedDuration;

use crate::client::CALLERS;

const PROGRAM: &str = env!("CARGO_BIN_EXE_glasplade");
const LAST_LINE: &str = "Ctrl-C stops it.";

/// How long the program may take to start on a busy machine.
const START_MAX: Duration = Duration::from_mins(1);

/// Tokens by caller.
pub(crate) type Tokens = Arc<HashMap<&'static str, String>>;

/// The folder of keys and audit that outlives every process; gone with the test.
pub(crate) struct State {
    dir: PathBuf,
    tokens: Tokens,
}

impl State {
    pub(crate) fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("glasplade-killed-{}", SystemRandom.uuid().simple()));
        let issuer = DemoIssuer::open(&dir).expect("a folder of our own");
        let now = SystemClock::default().now();
        let token = |caller: &&'static str| {
            (*caller, issuer.token(caller, now, SignedDuration::from_hours(12)).expect("a caller of the demo"))
        };
        Self { tokens: Arc::new(CALLERS.iter().map(token).collect()), dir }
    }

    pub(crate) fn tokens(&self) -> Tokens {
        Arc::clone(&self.tokens)
    }

    pub(crate) fn audit(&self) -> PathBuf {
        self.dir.join("audit")
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // Of a test that fails, the log is the evidence.
        if !thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// A running service; killed with the test, whatever becomes of it.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(state: &Path) -> (Child, mpsc::Receiver<String>) {
    let mut child = Command::new(PROGRAM)
        .args(["demo", "--listen", "127.0.0.1:0", "--first-port", "0", "--control-port", "0", "--citizens", "0"])
        // Sources that answer one after the other: streams come in several parts.
        .args(["--fault", "fasit=latency:15", "--fault", "dubu=latency:40"])
        .arg("--state")
        .arg(state)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let printed = child.stdout.take().expect("its standard output");
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(printed).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (child, lines)
}

impl Service {
    /// Starts the service and waits until it answers, which it does after its first record is durable.
    pub(crate) fn start(state: &State) -> Self {
        let (child, lines) = spawn(&state.dir);
        let mut service = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        loop {
            let line = lines.recv_timeout(START_MAX).expect("the service starts over what is left");
            if let Some(address) = line.strip_prefix("The service      http://") {
                let address = address.split_whitespace().next().expect("an address");
                service.address = address.parse().expect("an address and a port");
            }
            if line.ends_with(LAST_LINE) {
                break;
            }
        }
        let mut asked = TcpStream::connect(service.address).expect("it listens");
        asked.write_all(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        asked.read_to_string(&mut answer).expect("it answers");
        assert!(answer.lines().next().is_some_and(|status| status.contains(" 200")), "it is ready: {answer}");
        service
    }

    /// Starts the service and kills it after `moment`, wherever it is by then.
    pub(crate) fn start_and_kill(state: &State, moment: Duration) {
        let (child, _lines) = spawn(&state.dir);
        let mut service = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        thread::park_timeout(moment);
        service.kill();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// SIGKILL: nothing of the process runs any more when this returns.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The product's own proof, beside the service, which is at rest.
    #[expect(clippy::unused_self, reason = "the service has made the end of its log whole: it must be running")]
    pub(crate) fn verify(&self, state: &State) {
        let run = Command::new(PROGRAM).args(["audit", "verify", "--dir"]).arg(state.audit()).output();
        let run = run.expect("the program");
        assert!(run.status.success(), "{}{}", text(&run.stdout), text(&run.stderr));
    }
}

/// What the log says, by the product's own command: a JSON object a line.
pub(crate) fn read_log(state: &State) -> String {
    let master = format!("file:{}", state.dir.join("audit-master.key").display());
    let mut command = Command::new(PROGRAM);
    command.args(["audit", "read", "--master-key", &master, "--keys"]).arg(state.dir.join("audit-keys"));
    let run = command.arg("--dir").arg(state.audit()).output();
    let run = run.expect("the program");
    assert!(run.status.success(), "{}", text(&run.stderr));
    String::from_utf8(run.stdout).expect("UTF-8")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
