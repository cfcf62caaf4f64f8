//! A caller on a simulated host: asks, and notes what came and when.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use turmoil::net::TcpStream;

use crate::disk::WorldDisk;
use crate::house::{HOUSE, PORT};
use crate::people::{CALLERS, CITIZENS};

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Which of [`CALLERS`].
    pub(crate) caller: usize,
    /// Which of [`CITIZENS`].
    pub(crate) citizen: usize,
    /// When, since the world began.
    pub(crate) at: Duration,
    /// The deadline that is asked for.
    pub(crate) within: Duration,
    /// As a stream of events.
    pub(crate) streamed: bool,
    /// Asks for what is new.
    pub(crate) no_cache: bool,
    /// What the audit knows the request by.
    pub(crate) trace: String,
}

/// What came of a question.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) ask: Ask,
    /// When it was sent.
    pub(crate) asked: Duration,
    /// When the first byte came.
    pub(crate) first: Duration,
    /// When the last one did; nothing when it was cut.
    pub(crate) ended: Option<Duration>,
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// So many records were safe when the first byte came, and when the last one did.
    pub(crate) safe: (u64, u64),
}

/// What all callers of a world have been told.
pub(crate) type Heard = Rc<RefCell<Vec<Told>>>;

/// A caller waits so much longer than the deadline for anything at all: what came later would be wrong.
const PATIENCE: Duration = Duration::from_millis(800);

impl Ask {
    /// Asks, at its time.
    #[expect(clippy::disallowed_methods, reason = "callers come at moments of simulated time")]
    pub(crate) async fn run(self, disk: WorldDisk, heard: Heard) {
        tokio::time::sleep(self.at.saturating_sub(now())).await;
        // Whoever gets no answer has nothing that could be wrong.
        let patience = self.within + PATIENCE;
        let _ = tokio::time::timeout(patience, self.ask(&disk, &heard)).await;
    }

    async fn ask(self, disk: &WorldDisk, heard: &Heard) -> Option<()> {
        let stream = TcpStream::connect(("service", PORT)).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let driving = tokio::task::spawn_local(connection);
        let _driving = Driving(driving.abort_handle());
        let asked = now();
        let response = sender.send_request(self.request()).await.ok()?;
        let (first, safe) = (now(), disk.records());
        let status = response.status();
        let at = {
            let told = Told { ask: self, asked, first, ended: None, status, body: Bytes::new(), safe: (safe, safe) };
            let mut heard = heard.borrow_mut();
            heard.push(told);
            heard.len() - 1
        };
        let (mut body, mut whole) = (response.into_body(), BytesMut::new());
        let mut is_cut = false;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map(http_body::Frame::into_data) else {
                is_cut = true;
                break;
            };
            whole.extend_from_slice(&data.unwrap_or_default());
            let told = &mut heard.borrow_mut()[at];
            // Whatever has come by now is safe by now.
            (told.body, told.safe.1) = (Bytes::copy_from_slice(&whole), disk.records());
        }
        if !is_cut {
            heard.borrow_mut()[at].ended = Some(now());
        }
        Some(())
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let body = format!(
            r#"{{"cpr":"{}","purpose":"{}","reason":"Samtale om opfundne forhold i dag"}}"#,
            CITIZENS[self.citizen], CALLERS[self.caller].1
        );
        let mut request = Request::post("/v1/overviews")
            .header("host", "service")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", HOUSE.tokens[self.caller]))
            .header("request-timeout-ms", self.within.as_millis().to_string())
            .header("traceparent", format!("00-{}-00000000000000aa-00", self.trace));
        if self.streamed {
            request = request.header("accept", "text/event-stream");
        }
        if self.no_cache {
            request = request.header("cache-control", "no-cache");
        }
        request.body(Full::from(body)).expect("a request")
    }
}

/// A connection that ends with its caller.
struct Driving(tokio::task::AbortHandle);

impl Drop for Driving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Since the world began.
fn now() -> Duration {
    turmoil::sim_elapsed().expect("on a host")
}
