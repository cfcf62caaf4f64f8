//! The door to a collector of telemetry: one `POST` at a time, bounded in time, whose answer nobody reads.

use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use secrecy::ExposeSecret as _;
use url::Url;

use super::Secret;
use crate::contract::SourceError;

/// Where a collector is.
#[derive(Debug, Clone)]
pub struct CollectorSettings {
    /// Base address; `/v1/traces` and its like are put behind it.
    pub endpoint: String,
    /// PEM file with the only certificate authorities to trust; without it the machine's own.
    pub ca_file: Option<PathBuf>,
    /// Value of the header `Authorization`, read anew at each use.
    pub authorization: Option<Secret>,
    /// Longest time for one `POST`, its connection included.
    pub timeout: Duration,
}

/// A collector did not take what it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// No answer, or one that says "later".
    #[error("reach the collector")]
    Later,
    /// It does not want it: sending it again changes nothing.
    #[error("have the collector take it: status {0}")]
    Refused(u16),
    /// The secret for it cannot be read.
    #[error("read the collector's secret")]
    Secret,
}

/// The door to one collector.
#[derive(Debug, Clone)]
pub struct Collector {
    base: Url,
    client: reqwest::Client,
    authorization: Option<Secret>,
}

impl Collector {
    /// A door to this collector.
    ///
    /// # Errors
    /// `ConfigInvalid` when the address is not http(s) or holds credentials, or the CA file is not readable PEM.
    #[expect(clippy::disallowed_methods, reason = "telemetry goes to no source: it has a door of its own, as bounded")]
    pub fn new(settings: &CollectorSettings) -> Result<Self, SourceError> {
        let wrong = |detail: &'static str| SourceError::config_invalid("collector", detail);
        let base = Url::parse(&settings.endpoint).map_err(|_| wrong("the endpoint is not an address"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong("the endpoint must begin with https:// or http://"));
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(wrong("the endpoint must hold neither credentials nor a query"));
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .user_agent(concat!("glasplade/", env!("CARGO_PKG_VERSION")))
            .timeout(settings.timeout)
            .pool_max_idle_per_host(3);
        if let Some(path) = &settings.ca_file {
            let pem = std::fs::read(path).map_err(|_| wrong("ca_file cannot be read"))?;
            let roots = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| wrong("ca_file is not PEM"))?;
            builder = builder.tls_certs_only(roots);
        }
        let client = builder.build().map_err(|_| wrong("no certificate authorities could be loaded"))?;
        Ok(Self { base, client, authorization: settings.authorization.clone() })
    }

    /// Sends a protobuf message to `path` (`/v1/traces`). The body of the answer is not read: nothing in it would change
    /// what we do.
    ///
    /// # Errors
    /// [`NotTaken`]; [`NotTaken::Later`] alone may be tried again.
    #[expect(clippy::disallowed_methods, reason = "the one place from which telemetry is sent")]
    pub async fn post(&self, path: &str, message: Vec<u8>) -> Result<(), NotTaken> {
        let mut address = self.base.clone();
        address.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let mut request =
            self.client.post(address).header(header::CONTENT_TYPE, "application/x-protobuf").body(message);
        if let Some(secret) = &self.authorization {
            let value = secret.read().map_err(|_| NotTaken::Secret)?;
            let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| NotTaken::Secret)?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        let answer = request.send().await.map_err(|_| NotTaken::Later)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Err(NotTaken::Later),
            status => Err(NotTaken::Refused(status.as_u16())),
        }
    }
}
