//! A client that looks people up, one after the other, until the service is gone, and keeps every byte that it received.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use aws_lc_rs::digest::{SHA256, digest};
use glasplade_adapters::fake::population::NAMED;
use serde_json::json;

use crate::dice::Dice;
use crate::service::Tokens;

/// Who looks people up, and for what.
const ERRANDS: [(&str, &str); 6] = [
    ("coordinator-youth", "coordination"),
    ("caseworker-jobcenter", "own_case"),
    ("benefit-officer", "own_case"),
    ("caseworker-adult", "own_case"),
    ("caseworker-child", "own_case"),
    ("provider-support", "own_case"),
];

/// The callers of [`ERRANDS`].
pub(crate) const CALLERS: [&str; 6] = [
    "coordinator-youth",
    "caseworker-jobcenter",
    "benefit-officer",
    "caseworker-adult",
    "caseworker-child",
    "provider-support",
];

/// A number that nobody has.
const NOBODY: &str = "0101019999";

/// What a client saw of one answer.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The trace that the request carried: its records carry it, too.
    pub(crate) trace: String,
    pub(crate) streamed: bool,
    /// It ended before anybody touched the service.
    pub(crate) in_peace: bool,
    bytes: Vec<u8>,
}

/// One part of a stream, as far as it came.
#[derive(Debug)]
pub(crate) struct SeenEvent<'a> {
    pub(crate) name: &'a str,
    /// SHA-256 of its data, when all of it came.
    pub(crate) hash: Option<String>,
}

pub(crate) struct Client {
    address: SocketAddr,
    tokens: Tokens,
    dice: Dice,
    piece: Sender<()>,
    killing: Arc<AtomicBool>,
}

impl Client {
    pub(crate) fn new(
        address: SocketAddr,
        tokens: Tokens,
        dice: Dice,
        piece: Sender<()>,
        killing: &Arc<AtomicBool>,
    ) -> Self {
        Self { address, tokens, dice, piece, killing: Arc::clone(killing) }
    }

    /// Works until nobody listens any more.
    pub(crate) fn work(&mut self) -> Vec<Seen> {
        let mut all = Vec::new();
        while let Some(seen) = self.ask() {
            all.push(seen);
        }
        all
    }

    /// One request; `None` when it could not be sent.
    fn ask(&mut self) -> Option<Seen> {
        let trace = format!("{:016x}{:016x}", self.dice.next() | 1, self.dice.next());
        let streamed = self.dice.below(2) == 0;
        let request = self.request(&trace, streamed);
        let mut connection = TcpStream::connect(self.address).ok()?;
        connection.write_all(request.as_bytes()).ok()?;
        let mut seen = Seen { trace, streamed, in_peace: false, bytes: Vec::new() };
        let mut piece = [0; 2048];
        // An error is the end of what came, like the end itself.
        while let Ok(read @ 1..) = connection.read(&mut piece) {
            seen.bytes.extend_from_slice(&piece[..read]);
            // Nobody counts any more once the service is about to be killed.
            let _ = self.piece.send(());
        }
        seen.in_peace = !self.killing.load(Ordering::SeqCst);
        Some(seen)
    }

    /// HTTP/1.0, so that the end of the connection is the end of the answer and no frame stands between its bytes.
    fn request(&mut self, trace: &str, streamed: bool) -> String {
        let (caller, purpose) = *self.dice.one(&ERRANDS);
        let cpr = if self.dice.below(8) == 0 { NOBODY } else { self.dice.one(NAMED).1 };
        let household = self.dice.below(4) == 0;
        let body = json!({"cpr": cpr, "purpose": purpose, "case_ref": "KILL-1", "household": household}).to_string();
        let accept = if streamed { "text/event-stream" } else { "application/json" };
        let fresh = if self.dice.below(2) == 0 { "Cache-Control: no-cache\r\n" } else { "" };
        format!(
            "POST /v1/overviews HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nAccept: {accept}\r\n{fresh}traceparent: 00-{trace}-00f067aa0ba902b7-01\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.tokens[caller],
            body.len()
        )
    }
}

impl Seen {
    /// Not a single byte came.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.bytes.is_empty()
    }

    /// All of it came.
    pub(crate) fn is_whole(&self) -> bool {
        if self.streamed {
            self.parts().last().is_some_and(|event| event.name == "overview" && event.hash.is_some())
        } else {
            self.body_hash().is_some()
        }
    }

    /// How many parts of a stream began to come.
    pub(crate) fn events(&self) -> usize {
        self.parts().len()
    }

    /// The head, when all of it came.
    fn head(&self) -> Option<(&str, &[u8])> {
        let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&self.bytes[..end]).expect("a head is ASCII");
        assert!(head.lines().next().is_some_and(|status| status.contains(" 200 ")), "{head}");
        Some((head, &self.bytes[end + 4..]))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.head()?;
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// What a plain answer's head says that its body is: the hash that must stand in the log.
    pub(crate) fn entity_tag(&self) -> Option<&str> {
        self.header("etag").map(|etag| etag.trim_matches('"'))
    }

    /// SHA-256 of a plain answer's body, when all of it came.
    pub(crate) fn body_hash(&self) -> Option<String> {
        let length: usize = self.header("content-length")?.parse().expect("a length");
        let (_, body) = self.head()?;
        (body.len() == length).then(|| hash(body))
    }

    /// The parts of a stream, the last perhaps in part.
    pub(crate) fn parts(&self) -> Vec<SeenEvent<'_>> {
        let Some((_, body)) = self.head().filter(|_| self.streamed) else { return Vec::new() };
        let (mut rest, mut parts) = (body, Vec::new());
        while !rest.is_empty() {
            let end = rest.windows(2).position(|window| window == b"\n\n");
            let part = &rest[..end.unwrap_or(rest.len())];
            let line = |prefix: &[u8]| part.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(prefix));
            let name = line(b"event: ").map_or("", |name| std::str::from_utf8(name).expect("a name is ASCII"));
            let hash = end.and_then(|_| line(b"data: ")).map(hash);
            parts.push(SeenEvent { name, hash });
            rest = end.map_or(&[], |end| &rest[end + 2..]);
        }
        parts
    }
}

fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, bytes).as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
