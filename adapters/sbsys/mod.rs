//! SBSYS: the municipalities' own case and document system, read through its web interface.
//!
//! One look-up is a search by number (all pages), then each case by itself and each caseworker once, side by side.

mod details;
mod fault;
mod list;
mod reads;
mod search;
mod settings;
mod token;
mod translate;
mod wire;

#[cfg(feature = "fakes")]
pub(crate) mod fake;
#[cfg(all(test, feature = "fakes"))]
mod tests;

use futures_util::future::try_join;
use serde::de::IgnoredAny;

use crate::contract::{
    CallContext, Capability, CasePage, CprNumber, Fetched, ListQuestion, Listing, SourceAdapter, SourceError,
    SourceInfo,
};
use crate::register::{self, Build, BuildError, Kind, SourceConfig};
use crate::transport::Call;
use search::{Hits, Searched, search};
use settings::Settings;
use token::Door;

/// SBSYS in the register.
pub(crate) const KIND: Kind = Kind {
    name: "sbsys",
    reads: reads::READS,
    build: Build::Cases(|config| Sbsys::new(config).map(register::share)),
    #[cfg(feature = "fakes")]
    fake: |context| std::sync::Arc::new(fake::FakeSbsys::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: settings::warnings,
};

/// One installation of SBSYS.
#[derive(Debug)]
struct Sbsys {
    info: SourceInfo,
    settings: Settings,
    door: Door,
}

impl Sbsys {
    fn new(config: SourceConfig<'_>) -> Result<Self, BuildError> {
        let settings: Settings = register::settings(config.settings.clone())?;
        settings.check()?;
        let door = Door::new(&config, &settings)?;
        Ok(Self { info: KIND.info(config.id), settings, door })
    }

    async fn hits(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Hits, SourceError> {
        let of = |searched| search(&self.door, ctx, &self.settings, searched, citizen);
        if !self.settings.all_parties {
            return of(Searched::Primary).await;
        }
        let (primary, anyone) = try_join(of(Searched::Primary), of(Searched::Anyone)).await?;
        Ok(primary.and(anyone, self.door.rows_max()))
    }
}

impl SourceAdapter for Sbsys {
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
        let hits = self.hits(ctx, citizen).await?;
        let records = Vec::with_capacity(hits.rows.len());
        let mut fetched = Fetched { unreadable: hits.unreadable, cut_short: hits.cut_short, records };
        let (readings, users) = details::read(&self.door, ctx, &self.settings, hits.rows).await?;
        for reading in readings {
            match reading {
                Some(reading) => {
                    let link = self.settings.case_link.as_deref();
                    fetched.records.push(translate::record(&self.info.id, citizen, reading, &users, link));
                }
                None => fetched.unreadable = fetched.unreadable.saturating_add(1),
            }
        }
        Ok(fetched)
    }

    async fn list_cases(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        list::page(&self.door, ctx, &self.info.id, &self.settings, question).await
    }

    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        let answer = self.door.exchange(ctx, &reads::STATUS_LIST, Call::default).await?;
        fault::checked(answer)?.json::<Vec<IgnoredAny>>().await.map(|_| ())
    }
}
