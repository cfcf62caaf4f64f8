//! One request about consents: whether the caller may, who the citizen is, and what is written down when it comes to nothing.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use glasplade_adapters::contract::CprNumber;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use uuid::Uuid;

use super::{Whom, problem};
use crate::access::{Caller, Criterion, Question, Refusal, Right, Standing};
use crate::audit::{AuditedEvent, Bar, Pseudonym, Request};
use crate::consents::{Act, ConsentKey, Consents, NotRecorded, Subject};
use crate::http::json::Json;
use crate::http::overviews::turn_away;
use crate::http::request::Wanted;
use crate::http::{AppState, Problem};
use crate::people::Identity;
use crate::pipeline::Registered;
use crate::sources::Wish;

const KEY: &str = "idempotency-key";
const KEY_BYTES_MAX: usize = 128;

/// One request.
pub(super) struct Session<'a> {
    state: &'a AppState,
    caller: &'a Caller,
    request: Request,
}

/// Why it came to nothing.
pub(super) enum Turned {
    /// Before it was clear about whom.
    Away(Box<Problem>),
    /// The caller is the citizen, or close to them, or nobody knows; already written down.
    Barred,
    /// About this citizen.
    About(Pseudonym, Option<Uuid>, Box<Problem>),
}

/// The citizen of a request.
pub(super) struct Citizen {
    number: CprNumber,
    identity: Identity,
    numbers: Vec<Pseudonym>,
    /// The caller's own look-up has shown something of them.
    is_seen: bool,
}

impl Citizen {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            number: *self.identity.in_force(),
            numbers: &self.numbers,
            facts: self.identity.facts(),
            is_seen: self.is_seen,
        }
    }
}

impl Citizen {
    /// What came to nothing about this citizen.
    pub(super) fn turned(&self, consent: Option<Uuid>, error: NotRecorded) -> Turned {
        Turned::About(*self.identity.in_force(), consent, Box::new(problem::of(error)))
    }
}

impl From<Problem> for Turned {
    fn from(problem: Problem) -> Self {
        Self::Away(Box::new(problem))
    }
}

impl From<NotRecorded> for Turned {
    fn from(error: NotRecorded) -> Self {
        problem::of(error).into()
    }
}

impl From<Refusal> for Turned {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl<'a> Session<'a> {
    pub(super) fn new(state: &'a AppState, caller: &'a Caller, route: &'static str, trace_id: Arc<str>) -> Self {
        Self { state, caller, request: Request { route, trace_id } }
    }

    pub(super) fn room(&self) -> &'a Consents {
        &self.state.0.consents
    }

    pub(super) fn act(&self, wanted: &Wanted) -> Act<'_> {
        Act { caller: self.caller, request: &self.request, language: wanted.language }
    }

    /// First whether the caller may use the route at all: whoever may not is told nothing of how it is used.
    pub(super) fn begin<T>(
        &self,
        wanted: Result<Wanted, Problem>,
        body: Result<Json<T>, Problem>,
    ) -> Result<(Wanted, T), Turned> {
        if !self.state.0.operation.may(self.caller, Right::RecordConsents) {
            return Err(Problem::not_for_role().into());
        }
        if !self.room().is_configured() {
            return Err(NotRecorded::NotConfigured.into());
        }
        let (wanted, Json(body)) = (wanted?, body?);
        Ok((wanted, body))
    }

    /// The client's key, if it sent one.
    pub(super) fn key(&self, headers: &HeaderMap, body: &impl Serialize) -> Result<Option<ConsentKey>, Turned> {
        let Some(key) = headers.get(KEY) else { return Ok(None) };
        let is_fit = |key: &&str| !key.is_empty() && key.len() <= KEY_BYTES_MAX;
        let key = key.to_str().ok().filter(is_fit).ok_or_else(problem::key)?;
        let body = serde_json::to_vec(body).expect("a body that was JSON is JSON again");
        Ok(Some(self.room().request_key(self.caller, self.request.route, key, &body)))
    }

    /// The caller's own pseudonym, where the staff register knows it.
    pub(super) fn in_person(&self) -> Option<Pseudonym> {
        self.state.0.pipeline.staff_register.list().person_of(self.caller.employee()).copied()
    }

    /// Who the citizen is, by the register, and that the caller is nobody close to them.
    pub(super) async fn whom(&self, whom: Whom<'_>, wanted: &Wanted) -> Result<Citizen, Turned> {
        let pipeline = &self.state.0.pipeline;
        let (number, is_seen): (CprNumber, bool) = match whom {
            Whom::Number(number) => (number?, false),
            Whom::Unclear => return Err(problem::one_of().into()),
            Whom::Handle(handle) => {
                let handles = &self.state.0.handles;
                let found = handles.question(handle, self.caller).ok_or_else(Problem::handle_unknown)?;
                (found.1.citizen, handles.has_shown(handle, self.caller))
            }
        };
        let _room = self.state.0.admission.enter().ok_or(Refusal::Overloaded)?;
        let asked = pipeline.pseudonyms.of(&number);
        let permit =
            pipeline.access.now().permit_record(self.caller, number, asked).ok_or_else(Problem::not_for_role)?;
        // On record before the register hears of the citizen, as a look-up is.
        let event = AuditedEvent { what: "consent_intended".to_owned(), ..AuditedEvent::default() };
        self.state.0.audit.record(&self.request, Some(self.caller), Some(&asked), event).await?;
        let Registered { identity, standing } = pipeline.who_is(&permit, &self.wish(wanted)).await;
        if is_barred(&standing) {
            self.barred(&identity, &standing).await?;
            return Err(Turned::Barred);
        }
        let numbers = identity.kin().own.clone();
        Ok(Citizen { number, identity, numbers, is_seen })
    }

    /// Read first, record second: a consent of this case that a case system holds, as far as the registrar may see the case.
    pub(super) async fn look_first(
        &self,
        whom: &Citizen,
        (purpose, case_ref): (&str, &str),
        wanted: &Wanted,
    ) -> Result<(), Turned> {
        let question = Question {
            citizen: whom.number,
            purpose: purpose.to_owned(),
            case_ref: Some(case_ref.to_owned()),
            reason: None,
            emergency: None,
            protected_reason: None,
            household: false,
            criterion: Criterion::Cpr,
        };
        let pipeline = &self.state.0.pipeline;
        let wish = self.wish(wanted);
        let filed = pipeline.filed_consents(&self.request, self.caller, &question, &wish, wanted.language).await?;
        match filed.as_deref() {
            Some([first, ..]) => {
                Err(Turned::About(*whom.identity.in_force(), None, Box::new(problem::already_held(&first.text))))
            }
            _ => Ok(()),
        }
    }

    fn wish(&self, wanted: &Wanted) -> Wish {
        let trace_id = Arc::clone(&self.request.trace_id);
        let (deadline, is_hasty) = (wanted.deadline, wanted.is_hasty);
        Wish { no_cache: wanted.no_cache, trace_id, deadline, is_hasty, from_memory: false }
    }

    async fn barred(&self, identity: &Identity, standing: &Standing) -> Result<(), Refusal> {
        let bars = standing.bars().iter().map(|bar| bar.as_str()).collect::<Vec<_>>().join(" ");
        tracing::warn!(audit.bars = bars, "a request about a consent should be looked at");
        let event =
            AuditedEvent { what: "consent_barred".to_owned(), id: None, facts: [("bars".to_owned(), bars)].into() };
        self.state.0.audit.record(&self.request, Some(self.caller), Some(identity.in_force()), event).await
    }

    /// The answer; what came to nothing is written down first.
    pub(super) async fn answer(&self, outcome: Result<Response, Turned>) -> Response {
        let problem = match outcome {
            Ok(response) => return response,
            Err(Turned::Away(problem)) => return turn_away(self.state, &self.request, self.caller, *problem).await,
            Err(Turned::Barred) => problem::barred(),
            Err(Turned::About(citizen, id, problem)) => {
                let facts = [("code".to_owned(), problem.code().to_owned())];
                let event = AuditedEvent { what: "consent_turned_away".to_owned(), id, facts: facts.into() };
                let recorded = self.state.0.audit.record(&self.request, Some(self.caller), Some(&citizen), event).await;
                recorded.map_or_else(Problem::from, |()| *problem)
            }
        };
        problem.in_trace(&self.request.trace_id).into_response()
    }
}

/// Nobody records about themselves or their household; who cannot know whether it is theirs does not either.
fn is_barred(standing: &Standing) -> bool {
    standing.bars().iter().any(|bar| matches!(bar, Bar::Oneself | Bar::Household | Bar::HouseholdUnknown))
}

impl Turned {
    /// A status of a problem that is told before anything else is done.
    pub(super) fn invalid(code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail).into()
    }
}
