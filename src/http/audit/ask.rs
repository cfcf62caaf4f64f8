//! What every question of an auditor goes through: the right, the record that it was asked, and an answer from a thread that
//! may wait for the disk.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::AuditState;
use crate::access::{Caller, Right};
use crate::audit::{AuditedEvent, Pseudonym, Request};
use crate::auditor::{Auditor, Unanswered, Unfit};
use crate::http::Problem;
use crate::http::overviews::{private, turn_away};

/// So long a question waits for the index; under load it is a second behind, while it is made anew minutes.
const BEHIND_MAX: Duration = Duration::from_secs(5);

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

    /// The index holds all that was durable when this was called, or a problem says by how many records it is behind.
    pub(super) async fn caught_up(&self) -> Result<(), Problem> {
        let shared = std::sync::Arc::clone(&self.state.0);
        let waited = tokio::task::spawn_blocking(move || shared.audit.index().caught_up_within(BEHIND_MAX));
        waited.await.map_err(|_| unanswered())?.map_err(behind)
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
        self.caught_up().await?;
        let shared = std::sync::Arc::clone(&self.state.0);
        let asked = tokio::task::spawn_blocking(move || question(&shared.auditor).map_err(Into::into));
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

fn flawed() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "audit-flawed",
        "The log is not what was written",
        "An entry that belongs to the answer was changed, or cannot be read. Nothing is told rather than a part: have the \
         operator keep everything as it is and run `glasplade audit verify`.",
    )
}

/// So many durable records cannot be found yet.
fn behind(records: u64) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "audit-index-behind",
        "The index does not have all of the log yet",
        format!(
            "The index is behind by {records} records, and a part is never told for the whole. Ask again in a while; tell \
             the operator if the number does not fall."
        ),
    )
}

impl From<Unanswered> for Problem {
    fn from(error: Unanswered) -> Self {
        tracing::error!(%error, "an auditor's question was not answered");
        match error {
            Unanswered::Log(_) => flawed(),
            Unanswered::Index(_) | Unanswered::Disk(_) => unanswered(),
        }
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
