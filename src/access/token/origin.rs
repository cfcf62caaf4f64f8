//! Where the issuer's key set comes from: a file, or an address that is asked through the only door out.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use glasplade_adapters::contract::{CallContext, Clock, ReadOperation, TraceContext, Traffic};
use glasplade_adapters::transport::{Answer, Call, Connection, ConnectionSettings, Limits};
use uuid::Uuid;

use super::{TokenSettings, TokenSettingsError};

/// Longest key set that is read, in bytes; 32 keys with certificates stay well below.
const KEY_SET_BYTES_MAX: usize = 256 * 1024;

/// The one call to an issuer. Its path is the configured address itself.
static KEY_SET: [ReadOperation; 1] = [ReadOperation::get("key set", "")];

/// A file or an address.
#[derive(Debug)]
pub(super) enum Origin {
    /// A file on this machine.
    File(PathBuf),
    /// The issuer's own address.
    Address { connection: Connection, timeout: Duration },
}

/// What tells one version of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileStamp {
    changed: SystemTime,
    bytes: u64,
}

/// The key set could not be had. In our own words; never what the other side wrote.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotFetched(String);

impl Origin {
    /// The origin that the settings name.
    pub(super) fn new(settings: &TokenSettings) -> Result<Self, TokenSettingsError> {
        match (&settings.jwks_file, &settings.jwks_url) {
            (Some(path), None) => Ok(Self::File(path.clone())),
            (None, Some(address)) => {
                let connection = ConnectionSettings {
                    base_url: address.clone(),
                    ca_file: settings.jwks_ca_file.clone(),
                    limits: Limits { body_bytes_max: KEY_SET_BYTES_MAX, concurrency_max: 1, ..Limits::default() },
                };
                let connection =
                    Connection::new(&connection, &KEY_SET).map_err(|_| TokenSettingsError::KeyAuthorities)?;
                let timeout = Duration::from_millis(settings.jwks_timeout_ms.into());
                Ok(Self::Address { connection, timeout })
            }
            _ => Err(TokenSettingsError::KeyOrigin),
        }
    }

    /// The file's version now; `None` for an address, and for a file that is not there.
    pub(super) fn stamp(&self) -> Option<FileStamp> {
        match self {
            Self::File(path) => stamp(&path.metadata().ok()?),
            Self::Address { .. } => None,
        }
    }

    /// The key set's text, at most 256 KiB.
    pub(super) async fn read(&self, clock: &Arc<dyn Clock>) -> Result<Bytes, NotFetched> {
        match self {
            Self::File(path) => read_file(path),
            Self::Address { connection, timeout } => {
                let exchange = ask(connection, clock, *timeout);
                tokio::time::timeout(*timeout, exchange).await.unwrap_or_else(|_| Err(not_fetched("no answer in time")))
            }
        }
    }
}

fn stamp(metadata: &std::fs::Metadata) -> Option<FileStamp> {
    Some(FileStamp { changed: metadata.modified().ok()?, bytes: metadata.len() })
}

/// A small local file, read seldom: not worth a thread of its own.
fn read_file(path: &Path) -> Result<Bytes, NotFetched> {
    let file = File::open(path).map_err(|_| not_fetched("the file cannot be opened"))?;
    let mut text = Vec::new();
    let read = file.take(KEY_SET_BYTES_MAX as u64 + 1).read_to_end(&mut text);
    read.map_err(|_| not_fetched("the file cannot be read"))?;
    if text.len() > KEY_SET_BYTES_MAX { Err(not_fetched("the file is too long")) } else { Ok(Bytes::from(text)) }
}

async fn ask(connection: &Connection, clock: &Arc<dyn Clock>, timeout: Duration) -> Result<Bytes, NotFetched> {
    let ctx = context(clock, timeout)?;
    let answer = connection.exchange(&ctx, &KEY_SET[0], Call::default()).await.and_then(Answer::success);
    // Our own words: the transport has dropped what the other side or a library wrote.
    answer.map(|answer| answer.body).map_err(|error| NotFetched(error.to_string()))
}

/// A call that belongs to no request: its trace begins here.
fn context(clock: &Arc<dyn Clock>, timeout: Duration) -> Result<CallContext, NotFetched> {
    let (trace, span, transaction) = (random_id()?, random_id()?, random_id()?);
    let span_id = &span.as_simple().to_string()[..16];
    Ok(CallContext {
        deadline: deadline(timeout),
        clock: Arc::clone(clock),
        trace: TraceContext {
            trace_id: trace.as_simple().to_string().into(),
            span_id: span_id.into(),
            ..TraceContext::default()
        },
        transaction,
        traffic: Traffic::default(),
    })
}

fn random_id() -> Result<Uuid, NotFetched> {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| not_fetched("the machine gives no random numbers"))?;
    Ok(uuid::Builder::from_random_bytes(random).into_uuid())
}

#[expect(clippy::disallowed_methods, reason = "a deadline is counted on the runtime's clock, as every call's is")]
fn deadline(timeout: Duration) -> tokio::time::Instant {
    tokio::time::Instant::now() + timeout
}

fn not_fetched(what: &str) -> NotFetched {
    NotFetched(format!("read key set: {what}"))
}
