//! DUBU, the municipalities' system for vulnerable children and young people, read over its own screen interface.

#[cfg(feature = "fakes")]
pub(crate) mod fake;
mod list;
mod reads;
mod settings;
#[cfg(all(test, feature = "fakes"))]
mod tests;
mod translate;
mod wire;

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::Value;
use tokio::time::timeout_at;

use self::reads::{CURRENT_USER, DETAILS, READS, SEARCH, USERS};
use self::settings::Settings;
use self::translate::Directory;
use self::wire::VOCABULARY;
use crate::contract::{
    Adapter, CallContext, Capability, CasePage, CprNumber, Fetched, ListQuestion, Listing, Record, SourceAdapter,
    SourceError, SourceInfo, danish_day,
};
use crate::odata::{CookieSession, Query, any_of};
use crate::register::{Build, BuildError, Kind, SourceConfig, settings, share};
use crate::transport::{Call, Connection, Secret};

/// How DUBU is registered.
pub(crate) const KIND: Kind = Kind {
    name: "dubu",
    reads: READS,
    build: Build::Cases(build),
    #[cfg(feature = "fakes")]
    fake: |context| std::sync::Arc::new(fake::Dubu::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: settings::warnings,
};

/// How long before the deadline we stop waiting for what only adorns a case, so that the cases themselves get out.
const ADORNMENT_MARGIN: Duration = Duration::from_millis(150);

/// E-mails in one question about users: the question stands in the address, and addresses have a limit.
const EMAILS_MAX: usize = 20;

#[derive(Debug)]
struct Dubu {
    info: SourceInfo,
    session: CookieSession,
    settings: Settings,
}

fn build(config: SourceConfig<'_>) -> Result<Adapter, BuildError> {
    let settings: Settings = settings(config.settings)?;
    let cookie = Secret::from_reference(&settings.cookie, &*config.environment.0)
        .map_err(|error| BuildError::Secret(error, "cookie"))?;
    let session = CookieSession::new(Connection::new(&config.connection, READS)?, cookie);
    Ok(share(Dubu { info: KIND.info(config.id), session, settings }))
}

impl SourceAdapter for Dubu {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn capability(&self) -> Capability {
        Capability {
            cases: true,
            interventions: false,
            states_citizen: true,
            phone: self.settings.contacts,
            listing: Listing::Sweep,
        }
    }

    async fn fetch(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        let mut fetched = self.cases(ctx, citizen).await?;
        // The search is free text and brings rows about other people; the house drops them, and we look up no more.
        let wanted: Vec<&Record> = fetched.records.iter().filter(|record| record.about.may_be(citizen)).collect();
        let (details, (directory, unanswered)) = join(self.details(ctx, &wanted), self.directory(ctx, &wanted)).await;
        // What did not come may be what says whose case it is: the answer is told as not whole, and is not kept.
        let missing: u32 = details.iter().map(|detail| u32::from(detail.is_none())).sum();
        fetched.unreadable = fetched.unreadable.saturating_add(missing).saturating_add(unanswered);
        let mut details = details.into_iter();
        for record in fetched.records.iter_mut().filter(|record| record.about.may_be(citizen)) {
            if let Some(detail) = details.next().flatten() {
                translate::complete(record, detail);
            }
            directory.fill(record);
        }
        Ok(fetched)
    }

    async fn list_cases(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        self.page(ctx, question).await
    }

    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        let answer = self.session.read(ctx, &CURRENT_USER, Call::default).await?;
        answer.json::<Value>().await.map(drop)
    }
}

impl Dubu {
    async fn cases(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        let mut query = VOCABULARY.cases_with(citizen.expose());
        if self.settings.active_only {
            query = query.filter(VOCABULARY.active_filter());
        }
        let page_rows = usize::from(self.settings.page_rows.get());
        let found = self.session.pages(ctx, &SEARCH, &query, page_rows).await?;
        let mut fetched = Fetched { cut_short: found.cut_short, ..Fetched::default() };
        let mut seen = HashSet::new();
        for row in &found.rows {
            match VOCABULARY.record(&self.info.id, row) {
                // A case that is opened while we page moves a row onto two pages.
                Ok(record) if !seen.insert(record.native_id.clone()) => {}
                Ok(record) => fetched.records.push(Record { link: self.link(&record.native_id), ..record }),
                Err(_) => fetched.unreadable += 1,
            }
        }
        Ok(fetched)
    }

    /// The id needs no escaping: only letters, digits and hyphens come through [`crate::odata::Vocabulary::record`].
    fn link(&self, id: &str) -> Option<String> {
        self.settings.case_link.as_ref().map(|link| link.replace("{id}", id))
    }

    async fn details(&self, ctx: &CallContext, records: &[&Record]) -> Vec<Option<wire::Detail>> {
        if !self.settings.details {
            return Vec::new();
        }
        join_all(records.iter().map(|record| self.adornment(ctx, self.detail(ctx, &record.native_id)))).await
    }

    async fn detail(&self, ctx: &CallContext, id: &str) -> Result<wire::Detail, SourceError> {
        self.session.read(ctx, &DETAILS, || Call::default().segment("id", id)).await?.json().await
    }

    /// The caseworkers, and how many of the questions about them were not answered.
    async fn directory(&self, ctx: &CallContext, records: &[&Record]) -> (Directory, u32) {
        let emails = if self.settings.contacts { translate::emails(records.iter().copied()) } else { Vec::new() };
        let questions = emails.chunks(EMAILS_MAX).filter_map(|emails| any_of(wire::USER_EMAIL, emails.iter().copied()));
        let calls = questions.map(|filter| {
            self.adornment(ctx, async move {
                self.session.list(ctx, &USERS, &Query::select(wire::USER_FIELDS).filter(filter)).await
            })
        });
        let answers = join_all(calls).await;
        let unanswered = answers.iter().map(|answer| u32::from(answer.is_none())).sum();
        let users = answers.into_iter().flatten().flatten().collect();
        (Directory::read(users, danish_day(ctx.clock.now())), unanswered)
    }

    /// What a call gives in time. A case without its details or its caseworker's number is still a case.
    async fn adornment<T>(&self, ctx: &CallContext, call: impl Future<Output = Result<T, SourceError>>) -> Option<T> {
        let until = ctx.deadline.checked_sub(ADORNMENT_MARGIN).unwrap_or(ctx.deadline);
        match timeout_at(until, call).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                let (operation, kind) = (error.operation, error.kind);
                tracing::warn!(source.id = %self.info.id, operation, ?kind, "cases are shown without what a call adds");
                None
            }
            Err(_) => {
                tracing::warn!(source.id = %self.info.id, "cases are shown without what did not come in time");
                None
            }
        }
    }
}
