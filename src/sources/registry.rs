//! The configured sources, in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use glasplade_adapters::contract::{Adapter, Clock, Listing, SourceId};
use glasplade_adapters::register::{self, BuildError, Environment, SourceConfig};

use super::HealthView;
use super::cache::SliceCache;
use super::line::{Current, Line, LineLimits, Swap};
use crate::access::AccessGrant;
use crate::config::{Config, SourceRow};
use crate::overview::Classifier;
use crate::random::Random;
use crate::telemetry::Meters;

/// One configured source.
#[derive(Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What caseworkers call it.
    pub name: String,
    /// It may tell that another source's case is more sensitive.
    pub raises_sensitivity: bool,
    pub(super) line: Line,
    pub(super) adapter: Current<Adapter>,
}

impl Source {
    /// How it does.
    pub fn health(&self) -> HealthView {
        self.line.view()
    }

    /// How the cases of the whole population can be listed.
    pub fn listing(&self) -> Listing {
        self.adapter.now().capability().listing
    }

    /// Exchanges with it under way at once, at least 1.
    pub fn concurrency_max(&self) -> usize {
        self.line.concurrency_max()
    }
}

/// All sources and what they said lately.
#[derive(Debug)]
pub struct Sources {
    pub(super) configured: Vec<Arc<Source>>,
    pub(super) cache: SliceCache,
    pub(super) classifier: Arc<Classifier>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Sources {
    /// The sources of a configuration.
    ///
    /// # Errors
    /// The first source that cannot be built, with its id.
    pub fn new(
        config: &Config,
        environment: &Environment,
        classifier: Arc<Classifier>,
        clock: Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Result<Self, (SourceId, BuildError)> {
        let adapters = config.sources.source.iter().map(|row| {
            let adapter = build(row, environment).map_err(|error| (row.id.clone(), error))?;
            Ok((row, adapter))
        });
        let adapters: Vec<(&SourceRow, Adapter)> = adapters.collect::<Result<_, _>>()?;
        Ok(Self::with_adapters(config, adapters, classifier, clock, random))
    }

    /// The sources of a configuration with adapters of the caller's choice (scripted ones, in tests).
    pub fn with_adapters(
        config: &Config,
        adapters: Vec<(&SourceRow, Adapter)>,
        classifier: Arc<Classifier>,
        clock: Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Self {
        let source = |(row, adapter): (&SourceRow, Adapter)| {
            let limits = LineLimits::of(&row.connection.limits, row.guard);
            let (clock, random) = (Arc::clone(&clock), Arc::clone(random));
            Arc::new(Source {
                id: row.id.clone(),
                name: row.name.clone(),
                raises_sensitivity: row.raises_sensitivity,
                line: Line::new(row.id.clone(), adapter.info().kind, limits, clock, random),
                adapter: Current::new(adapter),
            })
        };
        let cache = SliceCache::new(&config.service.cache);
        let configured = adapters.into_iter().map(source).collect();
        Self { configured, cache, classifier, clock }
    }

    /// Makes ready what `rows` say otherwise of the limits; nothing has changed before a swap is called. A source whose connection
    /// has other limits is built anew: its calls under way end on the old one, so that for as long as one call takes, both are in use.
    ///
    /// # Errors
    /// The first source that cannot be built under its new limits, with its id.
    pub(crate) fn relimited(
        self: &Arc<Self>,
        (running, rows): (&[SourceRow], &[SourceRow]),
        build: impl Fn(&SourceRow) -> Result<Adapter, BuildError>,
    ) -> Result<Vec<Swap>, (SourceId, BuildError)> {
        let changed = self.configured.iter().filter_map(|source| {
            let of = |rows: &'_ [SourceRow]| rows.iter().position(|row| row.id == source.id);
            let (old, new) = (running.get(of(running)?)?, rows.get(of(rows)?)?);
            (old.connection.limits != new.connection.limits || old.guard != new.guard).then_some((source, old, new))
        });
        let swap = |(source, old, new): (&Arc<Source>, &SourceRow, &SourceRow)| {
            let source = Arc::clone(source);
            let limits = LineLimits::of(&new.connection.limits, new.guard);
            let adapter = (old.connection.limits != new.connection.limits).then(|| build(new)).transpose();
            let adapter = adapter.map_err(|error| (new.id.clone(), error))?;
            Ok(Box::new(move || {
                if let Some(adapter) = adapter {
                    source.adapter.replace(adapter);
                }
                source.line.limit(limits);
            }) as Swap)
        };
        changed.map(swap).collect()
    }

    /// An answer was made from what is remembered of the sources that this grant may consult.
    pub(crate) fn told_from_memory(&self, grant: &AccessGrant) {
        let consulted = self.configured.iter().filter(|source| grant.may_consult(&source.id));
        consulted.for_each(|source| source.line.health.told_cached());
    }

    /// Times are measured from now on.
    pub(crate) fn measured_by(&self, meters: &Meters) {
        self.configured.iter().for_each(|source| source.line.health.measured_by(meters.source(source.id.as_str())));
    }

    /// The sources, in the order in which the answer lists them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.configured.iter()
    }

    /// Ids of those that can be listed, as codes.
    pub fn listed(&self) -> BTreeSet<Arc<str>> {
        let listed = self.configured.iter().filter(|source| source.listing() != Listing::None);
        listed.map(|source| Arc::from(source.id.as_str())).collect()
    }

    /// Their ids, in order.
    pub fn ids(&self) -> Vec<SourceId> {
        self.configured.iter().map(|source| source.id.clone()).collect()
    }
}

/// Makes one source's adapter; `config check` does the same.
///
/// # Errors
/// What is wrong with its settings.
pub fn build(row: &SourceRow, environment: &Environment) -> Result<Adapter, BuildError> {
    let kind = register::kind(&row.kind)?;
    kind.cases(SourceConfig {
        id: row.id.clone(),
        connection: row.connection.clone(),
        settings: row.settings.clone(),
        environment,
    })
}
