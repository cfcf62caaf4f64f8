//! OIO REST as `LoRa` speaks it ([DK] rammearkitektur): cases (Sag) and the provider's efforts (Indsats), read by UUID after a
//! search by the citizen's part.
//!
//! `LoRa` keeps when each fact holds and answers for *now* unless told otherwise. Every call here asks for all time, so that an
//! effort which begins next month is found; [`translate`] takes what holds now.

mod class;
mod effect;
#[cfg(feature = "fakes")]
mod fake;
mod fault;
mod listing;
#[cfg(all(test, feature = "fakes"))]
mod listing_tests;
mod place;
mod reads;
mod reference;
mod settings;
#[cfg(all(test, feature = "fakes"))]
mod tests;
mod translate;
mod wire;

use std::collections::HashSet;
#[cfg(feature = "fakes")]
use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};
use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use self::class::{Class, READS};
use self::reads::{Found, Reads};
use self::settings::Settings;
use self::translate::{Reader, Row};
use crate::contract::{
    Adapter, CallContext, Capability, CasePage, CprNumber, Fetched, ListQuestion, Listing, SourceAdapter, SourceError,
    SourceInfo,
};
use crate::register::{self, Build, BuildError, Kind, SourceConfig};
use crate::transport::{Connection, Secret, Session};

/// OIO REST (`LoRa`).
pub(crate) const KIND: Kind = Kind {
    name: "oio",
    reads: READS,
    build: Build::Cases(build),
    #[cfg(feature = "fakes")]
    fake: |context| Arc::new(fake::Lora::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: |value| register::settings::<Settings>(value.clone()).map(|own| own.warnings()).unwrap_or_default(),
};

fn build(config: SourceConfig<'_>) -> Result<Adapter, BuildError> {
    let mut settings: Settings = register::settings(config.settings)?;
    settings.read_chunk = settings.read_chunk.clamp(1, 200);
    settings.search_page = settings.search_page.clamp(1, 5_000);
    let secret = |reference: &String| {
        Secret::from_reference(reference, &*config.environment.0).map_err(|error| BuildError::Secret(error, "token"))
    };
    let token = settings.token.as_ref().map(secret).transpose()?;
    let connection = Connection::new(&config.connection, READS)?;
    let info = KIND.info(config.id);
    Ok(register::share(Oio { info, reads: Reads { connection, session: Session::default(), token, settings } }))
}

/// One `LoRa`.
#[derive(Debug)]
struct Oio {
    info: SourceInfo,
    reads: Reads,
}

impl SourceAdapter for Oio {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn capability(&self) -> Capability {
        Capability {
            cases: self.reads.settings.sag,
            interventions: self.reads.settings.indsats,
            states_citizen: true,
            phone: false,
            listing: Listing::Changes,
        }
    }

    async fn fetch(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        let look_ups =
            try_join(self.look_up(ctx, Class::Case, citizen), self.look_up(ctx, Class::Intervention, citizen));
        let (mut cases, interventions) = look_ups.await?;
        cases.records.extend(interventions.records);
        let rows_max = self.reads.connection.limits().rows_max;
        Ok(Fetched {
            unreadable: cases.unreadable.saturating_add(interventions.unreadable),
            cut_short: cases.cut_short || interventions.cut_short || cases.records.len() > rows_max,
            records: cases.records.into_iter().take(rows_max).collect(),
        })
    }

    async fn list_cases(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        self.page(ctx, &question).await
    }

    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        let class = if self.reads.settings.sag { Class::Case } else { Class::Intervention };
        self.reads.probe(ctx, class).await
    }
}

impl Oio {
    fn reader(&self, ctx: &CallContext, class: Class) -> Reader<'_> {
        Reader { source: &self.info.id, settings: &self.reads.settings, class, now: ctx.clock.now() }
    }

    async fn look_up(&self, ctx: &CallContext, class: Class, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        if !self.reads.settings.asks_for(class) {
            return Ok(Fetched::default());
        }
        let parameters = class.party_parameters(&self.reads.settings);
        let searches = parameters.iter().map(|parameter| self.reads.search(ctx, class, parameter, citizen));
        let found = Found::join(try_join_all(searches).await?, self.reads.connection.limits().rows_max);
        let reads: Vec<_> =
            found.ids.chunks(self.reads.settings.read_chunk).map(|ids| self.reads.read(ctx, class, ids)).collect();
        let chunks: Vec<_> =
            stream::iter(reads).buffered(self.reads.connection.limits().concurrency_max.max(1)).try_collect().await?;
        let reader = self.reader(ctx, class);
        let mut missing: HashSet<Uuid> = found.ids.iter().copied().collect();
        let mut fetched = Fetched { cut_short: found.cut_short, unreadable: found.unreadable, ..Fetched::default() };
        let objects = chunks.iter().flat_map(|chunk| &chunk.objects);
        for object in objects.filter_map(|row| serde_json::from_str::<wire::Object>(row.get()).ok()) {
            // A row that was not asked for, or twice, is not taken: only what the search led to is this citizen's.
            if !missing.contains(&object.id) {
                continue;
            }
            match reader.translate(&object, citizen) {
                Row::Told(record) => fetched.records.push(*record),
                Row::MovedOn => {}
                Row::Unreadable => continue,
            }
            missing.remove(&object.id);
        }
        let missing = u32::try_from(missing.len()).unwrap_or(u32::MAX);
        fetched.unreadable = fetched.unreadable.saturating_add(missing);
        Ok(fetched)
    }
}
