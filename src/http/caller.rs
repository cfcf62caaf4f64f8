//! The caller, from the bearer token. Rejects before the body, with the CPR number in it, is read.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

use super::request::trace_id;
use super::{AppState, Problem};
use crate::access::Caller;
use crate::access::token::{TokenRefused, TokenVerifier};
use crate::audit::Audit;
use crate::random::Random;

/// What every listener has at its door.
pub(super) trait Door: Send + Sync {
    /// Whose tokens are believed here.
    fn verifier(&self) -> &TokenVerifier;
    /// Randomness, for traces.
    fn random(&self) -> &dyn Random;
    /// Where uses are written down.
    fn audit(&self) -> &Arc<Audit>;
    /// Longest request body, in bytes.
    fn body_bytes_max(&self) -> usize;
}

impl Door for AppState {
    fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }

    fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    fn audit(&self) -> &Arc<Audit> {
        &self.0.audit
    }

    fn body_bytes_max(&self) -> usize {
        self.0.limits.body_bytes_max
    }
}

/// Proof that a token was verified.
#[derive(Debug, Clone)]
pub(super) struct Authenticated {
    pub(super) caller: Caller,
    pub(super) trace_id: Arc<str>,
}

impl<D: Door> FromRequestParts<D> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &D) -> Result<Self, Problem> {
        let trace_id = trace_id(parts, state.random());
        let mut sent = parts.headers.get_all(header::AUTHORIZATION).iter();
        let token = match (sent.next(), sent.next()) {
            (Some(value), None) => bearer(value.to_str().unwrap_or_default()),
            _ => None,
        };
        let verified = match token {
            Some(token) => state.verifier().verify(token).await,
            None => Err(TokenRefused::Missing),
        };
        match verified {
            Ok(caller) => Ok(Self { caller, trace_id }),
            Err(refused) => {
                tracing::warn!(trace.id = %trace_id, reason = refused.code(), "access token was not taken");
                Err(Problem::from_token(refused).in_trace(&trace_id))
            }
        }
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
