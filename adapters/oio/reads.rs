//! The calls to `LoRa`: a search by the citizen or of all, reads by UUID, with the token where there is one.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::class::Class;
use super::fault::{self, Told};
use super::settings::Settings;
use super::wire;
use crate::contract::{CallContext, CprNumber, ReadOperation, SourceError, SourceErrorKind};
use crate::transport::{Answer, Call, Connection, Held, Secret, Session};

/// A search or read is for all time: without these, `LoRa` leaves out what does not hold now.
fn all_time() -> [(&'static str, String); 2] {
    [("virkningFra", "-infinity".to_owned()), ("virkningTil", "infinity".to_owned())]
}

/// The UUIDs of one class, each once, in the order of the source.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Readable ones.
    pub(super) ids: Vec<Uuid>,
    /// Those that are no UUID.
    pub(super) unreadable: u32,
    /// There were more.
    pub(super) cut_short: bool,
}

impl Found {
    /// One list of several searches' UUIDs, at most `rows_max` long.
    pub(super) fn join(searches: Vec<Self>, rows_max: usize) -> Self {
        let mut seen = HashSet::new();
        let mut joined = Self::default();
        for found in searches {
            joined.ids.extend(found.ids.into_iter().filter(|id| seen.insert(*id)));
            joined.unreadable += found.unreadable;
        }
        joined.cut_short = joined.ids.len() > rows_max;
        joined.ids.truncate(rows_max);
        joined
    }
}

/// What a read brought.
#[derive(Debug, Default)]
pub(super) struct ReadBack {
    /// The objects, each still as text, so that one misfit costs one row.
    pub(super) objects: Vec<Box<RawValue>>,
    /// Those of which `LoRa` itself says that they are not there any more.
    pub(super) gone: Vec<Uuid>,
}

impl From<Vec<Box<RawValue>>> for ReadBack {
    fn from(objects: Vec<Box<RawValue>>) -> Self {
        Self { objects, ..Self::default() }
    }
}

/// Everything that a call needs.
#[derive(Debug)]
pub(super) struct Reads {
    /// The door out.
    pub(super) connection: Connection,
    /// The token as it was read last.
    pub(super) session: Session<SecretString>,
    /// Where the token is.
    pub(super) token: Option<Secret>,
    /// Paths, parts and sizes.
    pub(super) settings: Settings,
}

impl Reads {
    /// Pages through the UUIDs of objects in which the citizen has this part, up to one more than the limit of rows.
    pub(super) async fn search(
        &self,
        ctx: &CallContext,
        class: Class,
        parameter: &'static str,
        citizen: &CprNumber,
    ) -> Result<Found, SourceError> {
        let (page, rows_max) = (self.settings.search_page, self.connection.limits().rows_max);
        let mut found = Found::default();
        let mut seen = HashSet::new();
        loop {
            let about = vec![(parameter, citizen.expose_urn())];
            let texts = self.search_page(ctx, class, about, seen.len(), page).await?;
            let before = seen.len();
            for text in &texts {
                if seen.insert(text.clone()) {
                    match Uuid::try_parse(text) {
                        Ok(id) => found.ids.push(id),
                        Err(_) => found.unreadable += 1,
                    }
                }
            }
            // The second: a source that ignores the paging gives the same page again.
            if texts.len() < page || seen.len() == before || found.ids.len() > rows_max {
                return Ok(found);
            }
        }
    }

    /// One page of the UUIDs of everybody's objects, of which a registration was in force between two times (the second not
    /// included). `LoRa` keeps every registration, so such a list stays as it is while it is read, whatever is registered
    /// meanwhile.
    pub(super) async fn list(
        &self,
        ctx: &CallContext,
        class: Class,
        (from, to): (Timestamp, Timestamp),
        first: usize,
        most: usize,
    ) -> Result<Vec<String>, SourceError> {
        let registered = vec![("registreretFra", from.to_string()), ("registreretTil", to.to_string())];
        self.search_page(ctx, class, registered, first, most).await
    }

    async fn search_page(
        &self,
        ctx: &CallContext,
        class: Class,
        mut query: Vec<(&'static str, String)>,
        first: usize,
        most: usize,
    ) -> Result<Vec<String>, SourceError> {
        query.push(("maximalantalresultater", most.to_string()));
        query.push(("foersteresultat", first.to_string()));
        query.extend(all_time());
        uuids(&self.answer(ctx, class.many(&self.settings), None, &query).await?).await
    }

    /// Reads the objects: one alone by its own address, several in one call. `LoRa` refuses the whole call when one of them
    /// was deleted meanwhile; then each is read alone.
    pub(super) async fn read(&self, ctx: &CallContext, class: Class, ids: &[Uuid]) -> Result<ReadBack, SourceError> {
        if let [id] = ids {
            return self.read_one(ctx, class, *id).await;
        }
        let mut query: Vec<_> = ids.iter().map(|id| ("uuid", id.to_string())).collect();
        query.extend(all_time());
        match self.ask(ctx, class.many(&self.settings), None, &query).await? {
            Told::Answer(answer) => objects(&answer).await.map(ReadBack::from),
            Told::Gone => self.read_alone(ctx, class, ids).await,
        }
    }

    /// Reads each object by its own address.
    pub(super) async fn read_alone(
        &self,
        ctx: &CallContext,
        class: Class,
        ids: &[Uuid],
    ) -> Result<ReadBack, SourceError> {
        let alone: Vec<_> = ids.iter().map(|id| self.read_one(ctx, class, *id)).collect();
        let mut alone = stream::iter(alone).buffered(self.connection.limits().concurrency_max.max(1));
        let mut back = ReadBack::default();
        while let Some(one) = alone.try_next().await? {
            back.objects.extend(one.objects);
            back.gone.extend(one.gone);
        }
        Ok(back)
    }

    async fn read_one(&self, ctx: &CallContext, class: Class, id: Uuid) -> Result<ReadBack, SourceError> {
        match self.ask(ctx, class.one(&self.settings), Some(id), &all_time()).await? {
            Told::Answer(answer) => objects(&answer).await.map(ReadBack::from),
            Told::Gone => Ok(ReadBack { gone: vec![id], ..ReadBack::default() }),
        }
    }

    /// Searches for a user key that nobody has.
    pub(super) async fn probe(&self, ctx: &CallContext, class: Class) -> Result<(), SourceError> {
        let query = [("brugervendtnoegle", "glasplade-probe"), ("maximalantalresultater", "1")];
        let query = query.map(|(name, value)| (name, value.to_owned()));
        let answer = self.answer(ctx, class.many(&self.settings), None, &query).await?;
        uuids(&answer).await.map(drop)
    }

    /// As [`Reads::ask`], where nothing can be gone.
    async fn answer(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        id: Option<Uuid>,
        query: &[(&'static str, String)],
    ) -> Result<Answer, SourceError> {
        match self.ask(ctx, operation, id, query).await? {
            Told::Answer(answer) => Ok(answer),
            Told::Gone => Err(SourceError::config_invalid(operation.name, "the source has no such path")),
        }
    }

    /// Makes one call, with the token where there is one. A refused token is read anew once: its file may have been renewed.
    async fn ask(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        id: Option<Uuid>,
        query: &[(&'static str, String)],
    ) -> Result<Told, SourceError> {
        let Some(token) = &self.token else {
            return self.send(ctx, operation, id, query, None).await;
        };
        let first = self.token(ctx, operation, token).await?;
        match self.send(ctx, operation, id, query, Some(&first.value)).await {
            Err(error) if error.kind == SourceErrorKind::Unauthorized => {
                self.session.forget(&first).await;
                let second = self.token(ctx, operation, token).await?;
                self.send(ctx, operation, id, query, Some(&second.value)).await
            }
            told => told,
        }
    }

    async fn token(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        token: &Secret,
    ) -> Result<Arc<Held<SecretString>>, SourceError> {
        let read = async move || {
            let value = token.read();
            let value = value.map_err(|_| SourceError::config_invalid(operation.name, "the token cannot be read"))?;
            Ok(Held { value, expires: None })
        };
        self.session.current(ctx, read).await
    }

    async fn send(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        id: Option<Uuid>,
        query: &[(&'static str, String)],
        token: Option<&SecretString>,
    ) -> Result<Told, SourceError> {
        let mut call = Call::default().header(http::header::ACCEPT, "application/json");
        if let Some(id) = id {
            call = call.segment("uuid", id.to_string());
        }
        if let Some(token) = token {
            call = call.secret_header(http::header::AUTHORIZATION, &format!("Bearer {}", token.expose_secret()));
        }
        call.query = query.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        fault::sort(self.connection.exchange(ctx, operation, call).await?)
    }
}

/// The UUIDs of a search, as text: `{"results": [["…"]]}`, without a hit `{"results": [[]]}`.
async fn uuids(answer: &Answer) -> Result<Vec<String>, SourceError> {
    let not_a_list = || SourceError::malformed(answer.operation.name, "the search's results are not a list of lists");
    let mut envelope: wire::Envelope = answer.json().await?;
    let lists = envelope.remove("results").ok_or_else(not_a_list)?;
    let lists = lists.iter().map(|list| serde_json::from_str::<Vec<String>>(list.get()).map_err(|_| not_a_list()));
    Ok(lists.collect::<Result<Vec<_>, _>>()?.concat())
}

/// The objects of any of the three answers, each still as text, so that one misfit costs one row.
async fn objects(answer: &Answer) -> Result<Vec<Box<RawValue>>, SourceError> {
    let envelope: wire::Envelope = answer.json().await?;
    let mut rows = Vec::new();
    for part in envelope.into_values().flatten() {
        if part.get().starts_with('[') {
            let list = serde_json::from_str::<Vec<Box<RawValue>>>(part.get());
            rows.extend(list.map_err(|_| SourceError::malformed(answer.operation.name, "the results are not a list"))?);
        } else {
            rows.push(part);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::SourceErrorKind;

    const OPERATION: ReadOperation = ReadOperation::get("cases", "/sag/sag");

    fn answer(status: u16, body: &'static str) -> Answer {
        let status = http::StatusCode::from_u16(status).expect("a status");
        Answer { status, headers: http::HeaderMap::new(), body: body.into(), operation: &OPERATION }
    }

    #[tokio::test]
    async fn all_three_answers_are_taken_apart() {
        let count = async |body| objects(&answer(200, body)).await.expect("objects").len();
        assert_eq!(count(include_str!("fixtures/sag_known.json")).await, 1);
        assert_eq!(count(include_str!("fixtures/indsats_known.json")).await, 1);
        assert_eq!(count(include_str!("fixtures/misfit.json")).await, 4);
        assert_eq!(count(include_str!("fixtures/unknown.json")).await, 0);
        assert_eq!(count(r#"{"results": []}"#).await, 0);
    }

    #[tokio::test]
    async fn a_misfit_row_costs_only_itself() {
        let rows = objects(&answer(200, include_str!("fixtures/misfit.json"))).await.expect("objects");
        let read = rows.iter().map(|row| serde_json::from_str::<wire::Object>(row.get()).is_ok());
        assert_eq!(read.collect::<Vec<_>>(), [false, true, false, true]);
    }

    #[tokio::test]
    async fn a_search_without_a_hit_is_empty_and_another_shape_is_malformed() {
        assert_eq!(uuids(&answer(200, include_str!("fixtures/unknown.json"))).await, Ok(Vec::new()));
        for body in ["{}", "[]", r#"{"results": [[1]]}"#, r#"{"results": ["a"]}"#, r#"{"message": "a"}"#, "<html>"] {
            let error = uuids(&answer(200, body)).await.expect_err("malformed");
            assert_eq!(error.kind, SourceErrorKind::Malformed, "{body}");
        }
    }

    #[test]
    fn a_refusal_is_sorted_by_what_the_source_means() {
        let kind = |status, body| match fault::sort(answer(status, body)) {
            Ok(Told::Gone) => None,
            Ok(Told::Answer(_)) => panic!("not an answer"),
            Err(error) => Some(error.kind),
        };
        assert_eq!(kind(400, include_str!("fixtures/fault.json")), Some(SourceErrorKind::ConfigInvalid));
        assert_eq!(kind(400, r#"{"message": "invalid input syntax"}"#), Some(SourceErrorKind::Malformed));
        assert_eq!(kind(404, r#"{"message": "No Sag with ID x found in service Sag"}"#), None);
        assert_eq!(kind(410, r#"{"message": "This object has been deleted."}"#), None);
        assert_eq!(kind(404, r#"{"error": 404, "text": "404 Not Found"}"#), Some(SourceErrorKind::ConfigInvalid));
        assert_eq!(kind(401, r#"{"message": "no"}"#), Some(SourceErrorKind::Unauthorized));
    }
}
