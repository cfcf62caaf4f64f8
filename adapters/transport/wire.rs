//! The seam under the only door out: a request that is ready goes in, an answer whose body is still on its way comes out.
//!
//! Two things can lie below: reqwest over the machine's sockets, or, where the whole service runs in a simulated network, the same
//! client library over that network's streams. Limits, permits, kinds of errors and what is logged stand above, once for both.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::ConnectionSettings;
use super::authorities;
#[cfg(feature = "simulation")]
use super::simulated;
use crate::contract::{ReadOperation, SourceError, Verb};

/// What we call ourselves.
pub(super) const USER_AGENT: &str = concat!("glasplade/", env!("CARGO_PKG_VERSION"));

/// A request, ready to be sent.
pub(super) struct Letter {
    pub(super) verb: Verb,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
}

/// No answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// The other side's certificate is not one that we trust.
    Certificate,
    /// No connection was made.
    Unconnected,
    /// No connection was made in time.
    Late,
    /// The connection broke.
    Broken,
}

/// A body that ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut;

/// What carries a request to one source.
#[derive(Debug, Clone)]
pub(super) enum Wire {
    /// The machine's sockets.
    Sockets(reqwest::Client),
    /// A simulated network.
    #[cfg(feature = "simulation")]
    Simulated(Box<simulated::Client>),
}

/// An answer whose body is still on its way.
pub(super) enum Reply {
    /// From the machine's sockets.
    Sockets(reqwest::Response),
    /// From a simulated network.
    #[cfg(feature = "simulation")]
    Simulated(simulated::Reply),
}

impl Wire {
    /// The wire to the source of these settings.
    ///
    /// # Errors
    /// What is wrong with the certificate authorities, in words.
    #[expect(clippy::disallowed_methods, reason = "the one place where an HTTP client is built")]
    pub(super) fn new(settings: &ConnectionSettings) -> Result<Self, &'static str> {
        #[cfg(feature = "simulation")]
        if simulated::is_here() {
            return Ok(Self::Simulated(Box::new(simulated::Client::new(&settings.limits))));
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .user_agent(USER_AGENT)
            .connect_timeout(Duration::from_millis(settings.limits.connect_timeout_ms))
            .pool_max_idle_per_host(settings.limits.concurrency_max);
        builder = match &settings.ca_file {
            Some(path) => {
                let pem = std::fs::read(path).map_err(|_| "ca_file cannot be read")?;
                let roots = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| "ca_file is not PEM")?;
                builder.tls_certs_only(roots)
            }
            None => builder.tls_backend_preconfigured(authorities::machine()?),
        };
        builder.build().map(Self::Sockets).map_err(|_| "TLS cannot be set up")
    }

    /// Sends a request, and waits for the head of its answer.
    ///
    /// # Errors
    /// [`Lost`].
    #[expect(clippy::disallowed_methods, reason = "the one place from which a request is sent")]
    pub(super) async fn send(&self, letter: Letter) -> Result<Reply, Lost> {
        match self {
            Self::Sockets(client) => {
                let request = match letter.verb {
                    Verb::Get => client.get(letter.url),
                    Verb::Post => client.post(letter.url),
                };
                let request = request.headers(letter.headers);
                let request = match letter.body {
                    Some(body) => request.body(body),
                    None => request,
                };
                request.send().await.map(Reply::Sockets).map_err(|error| Lost::of(&error))
            }
            #[cfg(feature = "simulation")]
            Self::Simulated(client) => client.send(letter).await.map(Reply::Simulated),
        }
    }
}

impl Reply {
    /// HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Sockets(response) => response.status(),
            #[cfg(feature = "simulation")]
            Self::Simulated(reply) => reply.status(),
        }
    }

    /// Headers.
    pub(super) fn headers(&self) -> &HeaderMap {
        match self {
            Self::Sockets(response) => response.headers(),
            #[cfg(feature = "simulation")]
            Self::Simulated(reply) => reply.headers(),
        }
    }

    /// How long the body says that it is, in bytes.
    pub(super) fn content_length(&self) -> Option<u64> {
        match self {
            Self::Sockets(response) => response.content_length(),
            #[cfg(feature = "simulation")]
            Self::Simulated(reply) => reply.content_length(),
        }
    }

    /// The next part of the body; nothing at its end.
    ///
    /// # Errors
    /// [`Cut`] when it ended early.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Cut> {
        match self {
            Self::Sockets(response) => response.chunk().await.map_err(|_| Cut),
            #[cfg(feature = "simulation")]
            Self::Simulated(reply) => reply.chunk().await,
        }
    }
}

impl Lost {
    /// Classifies and drops reqwest's error: its text may hold the URL, and the URL a number.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(current) = cause {
            if current.is::<rustls::Error>() {
                return Self::Certificate;
            }
            // `io::Error` leaves the error inside it out of `source()`, and rustls' errors travel inside one, or inside two.
            cause = match current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
                Some(inner) => Some(inner),
                None => current.source(),
            };
        }
        if error.is_connect() {
            Self::Unconnected
        } else if error.is_timeout() {
            Self::Late
        } else {
            Self::Broken
        }
    }

    /// As the house is told it.
    pub(super) fn told(self, operation: &'static ReadOperation) -> SourceError {
        let detail = match self {
            Self::Certificate => {
                return SourceError::config_invalid(operation.name, "the certificate does not verify");
            }
            Self::Unconnected => "no connection",
            Self::Late => "timeout while connecting",
            Self::Broken => "the connection broke",
        };
        SourceError::unreached(operation.name, detail)
    }
}
