//! The bench: one kind's wire fake and its adapter, running, with the switches of both at hand.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Clock, ManualClock, SourceId};
use glasplade_adapters::fake::{FakeContext, FakeServer, Fault, World};
use glasplade_adapters::register::{Environment, Kind, SourceConfig};
use glasplade_adapters::transport::{ConnectionSettings, Limits};

use crate::settings::{Own, SecretsFolder};
use crate::stage::{Mark, Stage};
use crate::subject::{About, Source, Subject, Whom};
use crate::{environment, marks};

/// Small, so that breaking them is quick.
pub(crate) const LIMITS: Limits = Limits {
    body_bytes_max: 4 * 1024 * 1024,
    concurrency_max: 2,
    connect_timeout_ms: 2_000,
    fetch_timeout_ms: 5_000,
    rows_max: 20,
};

/// How long a look-up on the bench may take.
const PATIENCE: Duration = Duration::from_millis(LIMITS.fetch_timeout_ms);

/// Long enough for every exchange that is not on purpose slow, short enough to wait for a few times.
pub(crate) const HANG: Duration = Duration::from_millis(60);

/// One kind on the bench.
#[derive(Debug)]
pub(crate) struct Bench {
    /// The kind.
    pub(crate) kind: &'static Kind,
    /// What is particular about it.
    pub(crate) own: Own,
    /// The population behind the fake.
    pub(crate) world: Arc<World>,
    /// The running fake.
    pub(crate) server: FakeServer,
    /// Its answers.
    pub(crate) stage: Arc<Stage>,
    /// The adapter, with the marked citizen or employee and a stranger.
    pub(crate) subject: Subject,
    _secrets: SecretsFolder,
}

impl Bench {
    /// Starts the fake of `kind` on free ports and builds its adapter.
    ///
    /// # Errors
    /// A sentence that names the kind: no settings file, settings that the adapter refuses, no port.
    pub(crate) async fn start(kind: &'static Kind) -> Result<Self, String> {
        let secrets = SecretsFolder::new(kind.name)?;
        let own = Own::read(kind.name, &secrets.0)?;
        secrets.fill(&own.secrets)?;
        let world = marks::world(kind.name, own.interventions);
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(marks::now()));
        let context = FakeContext { world: Arc::clone(&world), clock: Arc::clone(&clock) };
        let about = About::of(kind);
        let mark: Mark = if about == About::Staff { marks::employees::named_in } else { |_| None };
        let stage = Arc::new(Stage::new((kind.fake)(context), mark));
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = FakeServer::start(stage.clone(), Arc::clone(&world), free, free)
            .await
            .map_err(|error| format!("start the fake {}: {error}", kind.name))?;
        let subject = Subject {
            source: build(kind, &own, server.base_url(), LIMITS)?,
            clock,
            known: marks::known(about)?,
            stranger: Some(marks::stranger(about)?),
            patience: PATIENCE,
        };
        Ok(Self { kind, own, world, server, stage, subject, _secrets: secrets })
    }

    /// Switches every fault off and forgets what was recorded.
    pub(crate) fn clear(&self) {
        self.server.faults().clear_all();
        self.stage.clear();
        self.server.take_recorded();
    }

    /// The same asked through another adapter of the same kind, at another address.
    ///
    /// # Errors
    /// As [`Bench::start`].
    pub(crate) fn another_subject(&self, base_url: String) -> Result<Subject, String> {
        Ok(Subject { source: build(self.kind, &self.own, base_url, LIMITS)?, ..self.subject.clone() })
    }

    /// The same asked through another adapter that takes every row of every citizen.
    ///
    /// # Errors
    /// As [`Bench::start`].
    pub(crate) fn roomy_subject(&self) -> Result<Subject, String> {
        let limits = Limits { rows_max: 1_000, ..LIMITS };
        let source = build(self.kind, &self.own, self.server.base_url(), limits)?;
        Ok(Subject { source, ..self.subject.clone() })
    }

    /// Switches `fault` on for everybody, or for the marked one alone.
    pub(crate) fn switch(&self, fault: Fault, struck: Struck) {
        let marked = match self.subject.known {
            Whom::Citizen(_) => marks::CITIZEN,
            Whom::Employee(_) => marks::employees::EMPLOYEE,
        };
        self.server.faults().clear_all();
        self.server.faults().set((struck == Struck::TheMarked).then_some(marked), fault);
    }
}

/// For whom a fault is on. For everybody it strikes the first call, a token's perhaps; for the marked one alone it strikes
/// the first call that tells who is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Struck {
    /// Every call.
    Everybody,
    /// Calls about the marked citizen or employee.
    TheMarked,
}

impl Struck {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Everybody, Self::TheMarked];
}

/// An adapter under an id that is not the kind's name, so that a mix-up of the two shows.
fn build(kind: &Kind, own: &Own, base_url: String, limits: Limits) -> Result<Source, String> {
    let environment = Environment(Box::new(environment::read));
    let config = SourceConfig {
        id: SourceId::new(&format!("{}-bench", kind.name)),
        connection: ConnectionSettings { base_url, ca_file: None, limits },
        settings: own.settings.clone().into(),
        environment: &environment,
    };
    Source::build(kind, config).map_err(|error| format!("build the adapter {}: {error}", kind.name))
}
