//! What configuration says about tokens: whose we take, for whom, and what the claims are called.

use std::net::IpAddr;
use std::path::PathBuf;

use jsonwebtoken::Algorithm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// The longest leeway between the issuer's clock and ours, in seconds.
const LEEWAY_S_MAX: u32 = 120;

/// The longest time for which a verified token is remembered, in seconds.
const REMEMBERED_S_MAX: u32 = 60;

/// Access tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// The only issuer (`iss`) whose tokens are taken.
    pub issuer: String,
    /// What this service is called in `aud`.
    pub audience: String,
    /// The issuer's key set as a file; read again when it changes. Exactly one of `jwks_file` and `jwks_url`.
    #[serde(default)]
    pub jwks_file: Option<PathBuf>,
    /// The issuer's key set at an `https://` address (`http://` on loopback only), without a query and not ending
    /// in `/`.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// PEM file with the only certificate authorities to trust for `jwks_url`; without it the machine's own.
    #[serde(default)]
    pub jwks_ca_file: Option<PathBuf>,
    /// Longest time for one fetch of the key set, in milliseconds.
    #[serde(default = "default_jwks_timeout_ms")]
    pub jwks_timeout_ms: u32,
    /// Least time between two fetches because of unknown keys, in seconds.
    #[serde(default = "default_jwks_refetch_min_s")]
    pub jwks_refetch_min_s: u32,
    /// Age from which the key set is fetched anew in the background, in seconds: a key that the issuer has withdrawn is
    /// gone by then.
    #[serde(default = "default_jwks_age_max_s")]
    pub jwks_age_max_s: u32,
    /// Signature algorithms that are taken. There are no symmetric ones.
    #[serde(default = "default_algorithms")]
    pub algorithms: Vec<SigningAlgorithm>,
    /// How far the issuer's clock may be from ours, in seconds, at most 120.
    #[serde(default = "default_leeway_s")]
    pub leeway_s: u32,
    /// Longest life of a token, from `iat` (from now, where it has none) to `exp`, in seconds: a stolen one ends by itself.
    #[serde(default = "default_lifetime_max_s")]
    pub lifetime_max_s: u32,
    /// Longest token, in bytes.
    #[serde(default = "default_token_bytes_max")]
    pub token_bytes_max: usize,
    /// How long a verified token's signature is not checked again, in seconds, at most 60; 0 checks every time.
    #[serde(default = "default_remembered_s")]
    pub remembered_s: u32,
    /// Takes `typ: JWT` too, for issuers that do not follow RFC 9068. An identity token may then pass for an access token
    /// if it has the same audience.
    #[serde(default)]
    pub accept_typ_jwt: bool,
    /// What the issuer calls the claims.
    #[serde(default)]
    pub claims: ClaimNames,
}

/// The issuer's names for what we need to know about a caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimNames {
    /// [DK] medarbejder-ident. Must be there.
    pub employee: String,
    /// [DK] forvaltning.
    pub department: String,
    /// [DK] enhed.
    pub unit: String,
    /// [DK] roller, a list or a text with spaces between. Must be there.
    pub roles: String,
    /// [DK] KLE-intervaller, a list or a text with spaces between: `27`, `27.24`, `*`.
    pub kle: String,
    /// [DK] højeste følsomhed, 0–3.
    pub sensitivity_max: String,
    /// The program that asks.
    pub client_id: String,
    /// OAuth scopes, a list or a text with spaces between.
    pub scope: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            employee: "sub".to_owned(),
            department: "department".to_owned(),
            unit: "unit".to_owned(),
            roles: "roles".to_owned(),
            kle: "kle".to_owned(),
            sensitivity_max: "sensitivity_max".to_owned(),
            client_id: "client_id".to_owned(),
            scope: "scope".to_owned(),
        }
    }
}

/// A signature with a public key. A shared secret can't be configured: whoever can check with one can also sign with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384.
    #[serde(rename = "ES384")]
    Es384,
    /// RSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA-PSS with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// RSA-PSS with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// RSA with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSA with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Es256 => Self::ES256,
            SigningAlgorithm::Es384 => Self::ES384,
            SigningAlgorithm::Ps256 => Self::PS256,
            SigningAlgorithm::Ps384 => Self::PS384,
            SigningAlgorithm::Ps512 => Self::PS512,
            SigningAlgorithm::Rs256 => Self::RS256,
            SigningAlgorithm::Rs384 => Self::RS384,
            SigningAlgorithm::Rs512 => Self::RS512,
            SigningAlgorithm::EdDsa => Self::EdDSA,
        }
    }
}

/// The settings contradict themselves or are out of bounds. Says which, and what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenSettingsError {
    /// Neither or both origins of keys.
    #[error("find the issuer's keys: set exactly one of `jwks_file` and `jwks_url`")]
    KeyOrigin,
    /// The address cannot be used.
    #[error("use `jwks_url`: write an https:// address (http:// on loopback only) without a query, not ending in `/`")]
    KeyAddress,
    /// The certificate authorities cannot be used.
    #[error("use `jwks_ca_file`: it cannot be read, or is not PEM")]
    KeyAuthorities,
    /// Nothing would be accepted.
    #[error("use `{0}`: it is empty")]
    Empty(&'static str),
    /// A number is too high.
    #[error("use `{0}`: the highest is {1}")]
    TooHigh(&'static str, u32),
}

impl TokenSettings {
    /// Settings for this issuer and audience, everything else at its default, without any origin of keys yet.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            jwks_file: None,
            jwks_url: None,
            jwks_ca_file: None,
            jwks_timeout_ms: default_jwks_timeout_ms(),
            jwks_refetch_min_s: default_jwks_refetch_min_s(),
            jwks_age_max_s: default_jwks_age_max_s(),
            algorithms: default_algorithms(),
            leeway_s: default_leeway_s(),
            lifetime_max_s: default_lifetime_max_s(),
            token_bytes_max: default_token_bytes_max(),
            remembered_s: default_remembered_s(),
            accept_typ_jwt: false,
            claims: ClaimNames::default(),
        }
    }

    /// Everything that is wrong with the settings, without opening a file or a connection.
    pub fn problems(&self) -> Vec<TokenSettingsError> {
        let mut problems = Vec::new();
        if self.jwks_file.is_some() == self.jwks_url.is_some() {
            problems.push(TokenSettingsError::KeyOrigin);
        }
        if self.jwks_url.as_deref().is_some_and(|address| !is_usable(address)) {
            problems.push(TokenSettingsError::KeyAddress);
        }
        let empty = [
            ("issuer", self.issuer.is_empty()),
            ("audience", self.audience.is_empty()),
            ("algorithms", self.algorithms.is_empty()),
            ("claims.employee", self.claims.employee.is_empty()),
            ("claims.roles", self.claims.roles.is_empty()),
        ];
        problems
            .extend(empty.iter().filter(|(_, is_empty)| *is_empty).map(|(name, _)| TokenSettingsError::Empty(name)));
        let limits = [("leeway_s", self.leeway_s, LEEWAY_S_MAX), ("remembered_s", self.remembered_s, REMEMBERED_S_MAX)];
        let too_high = limits.iter().filter(|(_, value, highest)| value > highest);
        problems.extend(too_high.map(|(name, _, highest)| TokenSettingsError::TooHigh(name, *highest)));
        problems
    }
}

/// Keys decide who is believed, so they travel encrypted; on loopback there is no way to travel.
fn is_usable(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (url.scheme() == "https" || (url.scheme() == "http" && is_loopback)) && is_plain && !address.ends_with('/')
}

fn default_jwks_timeout_ms() -> u32 {
    2_000
}

fn default_jwks_refetch_min_s() -> u32 {
    30
}

fn default_jwks_age_max_s() -> u32 {
    900
}

fn default_algorithms() -> Vec<SigningAlgorithm> {
    vec![SigningAlgorithm::Es256, SigningAlgorithm::Ps256, SigningAlgorithm::Rs256, SigningAlgorithm::EdDsa]
}

fn default_leeway_s() -> u32 {
    30
}

/// A day: longer than any working day, and a token that is meant for machines is renewed more often.
fn default_lifetime_max_s() -> u32 {
    86_400
}

fn default_token_bytes_max() -> usize {
    8_192
}

fn default_remembered_s() -> u32 {
    60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<TokenSettings, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn three_lines_are_enough_and_the_rest_has_defaults() {
        let settings = read("issuer = 'https://issuer.example'\naudience = 'glasplade'\njwks_file = 'jwks.json'");
        let mut expected = TokenSettings::new("https://issuer.example", "glasplade");
        expected.jwks_file = Some(PathBuf::from("jwks.json"));
        assert_eq!(settings.expect("settings"), expected);
        assert_eq!(expected.problems(), []);
    }

    #[test]
    fn a_shared_secret_algorithm_and_none_cannot_be_configured() {
        for algorithm in ["HS256", "HS512", "none", "es256"] {
            assert!(read(&format!("issuer = 'i'\naudience = 'a'\nalgorithms = ['{algorithm}']")).is_err());
        }
        assert!(read("issuer = 'i'\naudience = 'a'\nalgorithm = ['ES256']").is_err(), "unknown fields are refused");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut settings = TokenSettings::new("", "glasplade");
        settings.leeway_s = 121;
        settings.remembered_s = 61;
        settings.algorithms.clear();
        let expected = [
            TokenSettingsError::KeyOrigin,
            TokenSettingsError::Empty("issuer"),
            TokenSettingsError::Empty("algorithms"),
            TokenSettingsError::TooHigh("leeway_s", 120),
            TokenSettingsError::TooHigh("remembered_s", 60),
        ];
        assert_eq!(settings.problems(), expected);
    }

    #[test]
    fn keys_travel_encrypted_or_not_at_all() {
        for address in ["https://issuer.example/keys", "http://127.0.0.1:1/k", "http://[::1]:1/k", "http://localhost/k"]
        {
            assert!(is_usable(address), "{address}");
        }
        for address in [
            "http://issuer.example/keys",
            "https://issuer.example/keys/",
            "https://i.example/k?a=1",
            "file:///keys",
            "keys",
            "",
        ] {
            assert!(!is_usable(address), "{address}");
        }
    }
}
