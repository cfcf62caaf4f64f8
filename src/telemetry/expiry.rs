//! When a certificate or a secret ends, read from itself. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use x509_parser::pem::Pem;

/// Less than this, and it ends soon.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How it stands with the end of a certificate or a secret. *Unknown is not ok*: what nobody knows the end of stops one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// It ends in more than 30 days.
    Ok,
    /// Nobody knows.
    Unknown,
    /// It ends within 30 days.
    ExpiringSoon,
    /// It has ended.
    Expired,
}

impl Expiry {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Unknown, Self::ExpiringSoon, Self::Expired];

    /// How something that ends at `ends` stands at `now`.
    pub fn of(ends: Option<Timestamp>, now: Timestamp) -> Self {
        match ends {
            None => Self::Unknown,
            Some(ends) if ends <= now => Self::Expired,
            Some(ends) if ends.duration_since(now) < SOON => Self::ExpiringSoon,
            Some(_) => Self::Ok,
        }
    }

    /// The state as a code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::ExpiringSoon => "expiring_soon",
            Self::Expired => "expired",
        }
    }
}

/// When the first of the certificates in a PEM text ends. Nothing when it has none, or one that cannot be read: a chain
/// holds as long as its weakest part.
pub(super) fn of_certificates(pem: &[u8]) -> Option<Timestamp> {
    let mut first = None;
    for block in Pem::iter_from_buffer(pem) {
        let block = block.ok()?;
        if block.label != "CERTIFICATE" {
            continue;
        }
        let ends = block.parse_x509().ok()?.validity().not_after.timestamp();
        let ends = Timestamp::from_second(ends).ok()?;
        first = Some(first.map_or(ends, |known: Timestamp| known.min(ends)));
    }
    first
}

/// The part of a token's claims that matters here.
#[derive(Deserialize)]
struct Claims {
    exp: serde_json::Number,
}

/// When a secret ends, if it says so: the `exp` of a token (JWT), the end of a certificate.
pub(super) fn of_secret(secret: &str) -> Option<Timestamp> {
    if secret.contains("-----BEGIN CERTIFICATE-----") {
        return of_certificates(secret.as_bytes());
    }
    let mut parts = secret.trim().split('.');
    let (_, claims, Some(_), None) = (parts.next()?, parts.next()?, parts.next(), parts.next()) else { return None };
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    // A moment may have a fraction, which changes nothing here.
    let exp = claims.exp.to_string();
    let seconds = exp.split_once('.').map_or(&*exp, |(whole, _)| whole).parse().ok()?;
    Timestamp::from_second(seconds).ok().filter(|ends| *ends >= Timestamp::UNIX_EPOCH)
}
