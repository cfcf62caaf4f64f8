//! The fake's token service: a Keycloak realm with one client and one user.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::credentials::{CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME};
use crate::fake::{FakeAnswer, FakeRequest};

/// How long a token lives.
const LIFETIME: SignedDuration = SignedDuration::from_secs(300);

/// Tokens tell their own end, so that none is stored; a new generation ends all earlier ones.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    generation: AtomicU64,
}

impl Tokens {
    /// Answers a token request in either grant.
    pub(super) fn issue(&self, request: &FakeRequest, now: Timestamp) -> FakeAnswer {
        let form = request.form();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        if field("client_id") != CLIENT_ID || field("client_secret") != CLIENT_SECRET {
            return refused("invalid_client", "Invalid client or Invalid client credentials");
        }
        match field("grant_type") {
            "password" if field("username") != USERNAME || field("password") != PASSWORD => {
                refused("invalid_grant", "Invalid user credentials")
            }
            "password" | "client_credentials" => {
                let end = now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX).as_second();
                let generation = self.generation.load(Ordering::Relaxed);
                FakeAnswer::json(
                    200,
                    &json!({
                        "access_token": format!("fake-sbsys.{generation}.{end}"),
                        "expires_in": LIFETIME.as_secs(),
                        "refresh_expires_in": 0,
                        "token_type": "Bearer",
                        "not-before-policy": 0,
                        "scope": "profile email",
                    }),
                )
            }
            _ => FakeAnswer::json(
                400,
                &json!({"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}),
            ),
        }
    }

    /// The request shows a token that is still good.
    pub(super) fn admits(&self, request: &FakeRequest, now: Timestamp) -> bool {
        let Some((scheme, token)) = request.header("authorization").and_then(|value| value.split_once(' ')) else {
            return false;
        };
        let mut parts = token.trim().split('.');
        let is_ours = scheme.eq_ignore_ascii_case("bearer") && parts.next() == Some("fake-sbsys");
        let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
        let (generation, end) = (number(), number());
        let current = i64::try_from(self.generation.load(Ordering::Relaxed)).ok();
        is_ours && generation == current && end.is_some_and(|end| now.as_second() < end)
    }

    /// Ends every token before its time, as a restart of the realm does.
    #[cfg(test)]
    pub(super) fn end_all(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }
}

/// A refusal of the token service.
pub(super) fn refused(code: &str, description: &str) -> FakeAnswer {
    FakeAnswer::json(401, &json!({"error": code, "error_description": description}))
}
