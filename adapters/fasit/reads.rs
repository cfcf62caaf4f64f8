//! The calls to Fasit's backend: which ones there are, what goes with each, and the token that opens them.
//!
//! An agreed integration may one day replace this file; what the answers mean stands in `translate`.

use std::future::ready;

use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, ORIGIN, REFERER};
use http::{HeaderName, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::{fault, token, wire};
use crate::contract::{CallContext, ReadOperation, SourceError};
use crate::transport::{Answer, Body, Call, Connection, Held, Secret, Session};

/// Number → internal ids.
pub(super) const SEARCH: ReadOperation = ReadOperation::post("search", "/api/search/queries/rankedsearchquery");
/// Internal id → who it is.
pub(super) const CONTEXT: ReadOperation =
    ReadOperation::post("citizen", "/api/citizen/queries/getauthoritycitizencontext");
/// Internal id → cases.
pub(super) const CASES: ReadOperation = ReadOperation::post("cases", "/api/citizen/case/queries/getcases");

/// Cases by rules, a search by POST: those of all citizens, or those of one, to hear whose each is.
pub(super) const LIST: ReadOperation = ReadOperation::post("list", "/api/search");

/// Every call that leaves the house for Fasit.
pub(super) const READS: &[ReadOperation] = &[SEARCH, CONTEXT, CASES, LIST];

const TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// Fasit's backend, as its own screen uses it.
#[derive(Debug)]
pub(super) struct Backend {
    /// The door out.
    pub(super) connection: Connection,
    /// The token in use.
    pub(super) session: Session<SecretString>,
    /// Where the next token comes from.
    pub(super) token: Secret,
    /// The municipality.
    pub(super) tenant: String,
    /// The municipality's site, scheme and host.
    pub(super) origin: String,
}

impl Backend {
    /// The first page of what resembles `query`.
    pub(super) async fn search(&self, ctx: &CallContext, query: &str) -> Result<Vec<wire::Hit>, SourceError> {
        let answer = self.ask(ctx, &SEARCH, &wire::RankedSearch::citizens(query)).await?;
        Ok(fault::checked(answer)?.json::<wire::Ranked>().await?.results)
    }

    /// Who `citizen_id` is; `None` when Fasit has no context for the id.
    pub(super) async fn context(
        &self,
        ctx: &CallContext,
        citizen_id: &str,
    ) -> Result<Option<wire::CitizenContext>, SourceError> {
        let answer = self.ask(ctx, &CONTEXT, &wire::OfCitizen { citizen_id }).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        fault::checked(answer)?.json().await.map(Some)
    }

    /// The cases of `citizen_id`.
    pub(super) async fn cases(
        &self,
        ctx: &CallContext,
        citizen_id: &str,
    ) -> Result<Vec<serde_json::Value>, SourceError> {
        let answer = self.ask(ctx, &CASES, &wire::OfCitizen { citizen_id }).await?;
        Ok(fault::checked(answer)?.json::<wire::Cases>().await?.cases)
    }

    /// One page of the cases that a search by rules finds.
    pub(super) async fn list(
        &self,
        ctx: &CallContext,
        question: &wire::BulkSearch<'_>,
    ) -> Result<wire::BulkResult, SourceError> {
        let answer = self.ask(ctx, &LIST, question).await?;
        Ok(fault::checked(answer)?.json::<wire::Bulk>().await?.result)
    }

    /// One exchange; a refused token is read anew and the exchange made once more. The answer may still be a refusal.
    async fn ask<Q: Serialize + Sync>(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        question: &Q,
    ) -> Result<Answer, SourceError> {
        let first = self.session.current(ctx, || ready(self.open(ctx, operation))).await?;
        let answer = self.show(ctx, operation, question, &first.value).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.session.forget(&first).await;
        let second = self.session.current(ctx, || ready(self.open(ctx, operation))).await?;
        self.show(ctx, operation, question, &second.value).await
    }

    /// One exchange with this token.
    async fn show<Q: Serialize + Sync>(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        question: &Q,
        token: &SecretString,
    ) -> Result<Answer, SourceError> {
        let call = self.call(token).body(Body::json(operation, question)?);
        self.connection.exchange(ctx, operation, call).await
    }

    fn open(&self, ctx: &CallContext, operation: &ReadOperation) -> Result<Held<SecretString>, SourceError> {
        let token = self
            .token
            .read()
            .map_err(|error| SourceError::config_invalid(operation.name, format!("open the session: {error}")))?;
        Ok(token::hold(token, ctx.clock.now()))
    }

    fn call(&self, token: &SecretString) -> Call {
        Call::default()
            .secret_header(AUTHORIZATION, &format!("Bearer {}", token.expose_secret()))
            .header(TENANT, &self.tenant)
            .header(ORIGIN, &self.origin)
            .header(REFERER, &format!("{}/", self.origin))
            .header(ACCEPT_LANGUAGE, "da")
    }
}
