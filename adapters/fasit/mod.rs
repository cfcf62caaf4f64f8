//! [DK] Fasit (Schultz): the employment system. Reads a citizen's cases through the backend of its own screen.
//!
//! `reads` is the transport, `translate` the meaning; neither knows the other, so that an agreed integration can replace
//! the first without touching the second.

mod confirm;
mod fault;
mod list;
mod reads;
mod settings;
mod token;
mod translate;
mod wire;

#[cfg(feature = "fakes")]
pub(crate) mod fake;
#[cfg(all(test, feature = "fakes"))]
mod tests;

use std::collections::HashSet;

use futures_util::future;
use serde::Deserialize;
use serde_json::Value;

use self::reads::{Backend, READS};
use self::settings::Settings;
use self::translate::Frame;
use crate::contract::{
    About, Adapter, CallContext, Capability, CasePage, CprNumber, Fetched, ListQuestion, Listing, PersonId,
    SourceAdapter, SourceError, SourceInfo,
};
use crate::register::{self, Build, BuildError, Kind, SourceConfig};
use crate::transport::{Connection, Secret, Session};

/// Fasit, as the register lists it.
pub(crate) const KIND: Kind = Kind {
    name: "fasit",
    reads: READS,
    build: Build::Cases(build),
    #[cfg(feature = "fakes")]
    fake: |context| std::sync::Arc::new(fake::Fasit::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: settings::warnings,
};

/// Most results of the ranked search that are looked into; a number that resembles more people than this is cut short.
const CANDIDATES_MAX: usize = 5;

/// A number that nobody has: the probe asks for it.
const NOBODY: &str = "0000000000";

fn build(config: SourceConfig<'_>) -> Result<Adapter, BuildError> {
    let settings: Settings = register::settings(config.settings)?;
    let token = Secret::from_reference(&settings.token, &*config.environment.0)
        .map_err(|error| BuildError::Secret(error, "token"))?;
    let backend = Backend {
        connection: Connection::new(&config.connection, READS)?,
        session: Session::default(),
        token,
        tenant: settings.tenant.clone(),
        origin: settings.origin()?,
    };
    Ok(register::share(Fasit { info: KIND.info(config.id), settings, backend }))
}

/// One Fasit installation.
#[derive(Debug)]
struct Fasit {
    info: SourceInfo,
    settings: Settings,
    backend: Backend,
}

/// A result of the ranked search, looked into: its internal id, whom its context names, and its cases unread.
struct Candidate {
    id: String,
    named: Option<PersonId>,
    cases: Vec<Value>,
}

impl SourceAdapter for Fasit {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn capability(&self) -> Capability {
        Capability { cases: true, interventions: false, states_citizen: true, phone: false, listing: Listing::Sweep }
    }

    async fn fetch(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        let witness =
            async { if self.settings.confirm_cases { self.witness(ctx, citizen).await.map(Some) } else { Ok(None) } };
        // Side by side: the second witness costs a call and no time.
        let ((found, candidates), witness) = future::try_join(self.found(ctx, citizen), witness).await?;
        let is_alone = found.ids.len() == 1 && found.without_id == 0;
        let mut fetched =
            Fetched { unreadable: found.without_id, cut_short: found.ids.len() > CANDIDATES_MAX, ..Fetched::default() };
        // Nothing but others: then the search does not resemble, it is wrong, and the house must hear of it.
        let asked = PersonId::Cpr(*citizen);
        let only_others = candidates.iter().all(|candidate| candidate.named.is_some_and(|number| number != asked));
        for candidate in candidates {
            let about = match candidate.named {
                Some(number) if number != asked && (is_alone || only_others) => About::Stated(vec![number]),
                // Several were found because they resemble each other: this one is simply not who was asked for.
                Some(number) if number != asked => continue,
                named => {
                    let is_theirs = named.is_some() || is_alone;
                    if let Some(witness) = &witness {
                        self.add_confirmed(&mut fetched, ctx, witness, candidate, is_theirs);
                        continue;
                    }
                    if !is_theirs {
                        // One, however many: how many cases an unconfirmed person has is nobody's business.
                        fetched.unreadable += u32::from(!candidate.cases.is_empty());
                        continue;
                    }
                    named.map_or(About::Unstated, |number| About::Stated(vec![number]))
                }
            };
            self.add(&mut fetched, ctx, candidate.cases, &about);
        }
        if let Some(witness) = witness {
            self.add_others(&mut fetched, ctx, witness);
        }
        Ok(fetched)
    }

    async fn list_cases(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        self.page(ctx, question).await
    }

    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        self.backend.search(ctx, NOBODY).await.map(drop)
    }
}

impl Fasit {
    /// Whom the ranked search finds, and each of them looked into.
    async fn found(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<(Found, Vec<Candidate>), SourceError> {
        let found = citizens(self.backend.search(ctx, citizen.expose()).await?);
        let candidates = found.ids.iter().take(CANDIDATES_MAX).map(|id| self.look_into(ctx, id));
        let candidates = future::try_join_all(candidates).await?;
        Ok((found, candidates))
    }

    /// The search is fuzzy, so an id alone says nothing of who it is: the context does, and is asked beside the cases.
    async fn look_into(&self, ctx: &CallContext, id: &str) -> Result<Candidate, SourceError> {
        let (context, cases) = future::try_join(self.backend.context(ctx, id), self.backend.cases(ctx, id)).await?;
        let named = context.as_ref().map(translate::who).transpose()?.flatten();
        Ok(Candidate { id: id.to_owned(), named, cases })
    }

    fn frame(&self, ctx: &CallContext) -> Frame<'_> {
        Frame { source: &self.info.id, settings: &self.settings, now: ctx.clock.now() }
    }

    /// Adds the cases of one citizen, as far as the limit of rows allows.
    fn add(&self, fetched: &mut Fetched, ctx: &CallContext, cases: Vec<Value>, about: &About) {
        let room = self.backend.connection.limits().rows_max.saturating_sub(fetched.records.len());
        fetched.cut_short |= cases.len() > room;
        let frame = self.frame(ctx);
        for case in cases.into_iter().take(room) {
            let case = wire::Case::deserialize(case).ok();
            match case.and_then(|case| translate::record(case, about, frame)) {
                Some(record) => fetched.records.push(record),
                None => fetched.unreadable += 1,
            }
        }
    }
}

/// What a ranked search found of citizens.
struct Found {
    ids: Vec<String>,
    without_id: u32,
}

/// The citizens among the hits, each once, in the order of the search. A hit that does not tell its type is taken for
/// what was asked for.
fn citizens(hits: Vec<wire::Hit>) -> Found {
    let mut found = Found { ids: Vec::new(), without_id: 0 };
    let mut seen = HashSet::new();
    for hit in hits {
        if hit.document_type.is_some_and(|document| !document.eq_ignore_ascii_case(wire::CITIZEN)) {
            continue;
        }
        match hit.document_id {
            Some(id) if seen.insert(id.clone()) => found.ids.push(id),
            Some(_) => {}
            None => found.without_id += 1,
        }
    }
    found
}
