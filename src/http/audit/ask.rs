//! What every question of an auditor goes through: the right, the record that it was asked, and an answer from a thread that
//! may wait for the disk.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::AuditState;
use crate::access::{Caller, Right};
use crate::audit::{AuditedEvent, Pseudonym, Request};
use crate::auditor::{Auditor, Unanswered, Unfit};
use crate::http::Problem;
use crate::http::overviews::{private, turn_away};

/// One question at the door.
pub(super) struct Asking {
    pub state: AuditState,
    pub caller: Caller,
    pub request: Request,
}

/// What is put on record of a question.
pub(super) struct OnRecord {
    pub citizen: Option<Pseudonym>,
    pub event: AuditedEvent,
}

impl OnRecord {
    /// `what` begins with `audit_`: it is a use of the audit, not something that happened to a citizen.
    pub(super) fn used(what: &str, citizen: Option<Pseudonym>, facts: BTreeMap<String, String>) -> Self {
        Self { citizen, event: AuditedEvent { what: what.to_owned(), id: None, facts } }
    }
}

impl Asking {
    /// The caller may ask this at all. Comes before anything that was sent is looked at.
    pub(super) fn may(&self, right: Right) -> Result<(), Problem> {
        if self.state.0.operation.may(&self.caller, right) { Ok(()) } else { Err(Problem::not_for_role()) }
    }

    /// Put on record, durable, before the answer.
    pub(super) async fn record(&self, record: OnRecord) -> Result<(), Problem> {
        let OnRecord { citizen, event } = record;
        let audit = &self.state.0.audit;
        audit.record(&self.request, Some(&self.caller), citizen.as_ref(), event).await.map_err(Problem::from)
    }

    /// Runs a question where waiting for the disk keeps nobody else waiting, once the index holds all that is durable.
    pub(super) async fn answer<T, E>(
        &self,
        question: impl FnOnce(&Auditor) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let shared = std::sync::Arc::clone(&self.state.0);
        let asked = tokio::task::spawn_blocking(move || {
            shared.audit.index().caught_up();
            question(&shared.auditor).map_err(Into::into)
        });
        asked.await.unwrap_or_else(|_| Err(unanswered()))
    }

    /// The answer, or the problem, which is put on record, too.
    pub(super) async fn finish(self, outcome: Result<Response, Problem>) -> Response {
        match outcome {
            Ok(response) => response,
            Err(problem) => turn_away(&self.state, &self.request, &self.caller, problem).await,
        }
    }
}

/// A view as JSON that nobody between us and the caller keeps.
pub(super) fn json(view: &impl Serialize) -> Response {
    let body = serde_json::to_vec(view).expect("views hold nothing that JSON cannot");
    let mut headers = HeaderMap::new();
    private(&mut headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (headers, body).into_response()
}

fn unanswered() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "audit-unanswered",
        "The audit cannot be read",
        "The index or the log does not answer. Try again; tell the operator if it lasts.",
    )
}

impl From<Unanswered> for Problem {
    fn from(error: Unanswered) -> Self {
        tracing::error!(%error, "an auditor's question was not answered");
        unanswered()
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-body",
            "The body does not fit",
            format!("`{}`: {}.", unfit.field, unfit.what),
        )
    }
}
