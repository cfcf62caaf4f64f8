//! Wiring: a configuration becomes a running service. The only file, with its folder, that names every concrete type.

mod chores;
mod limits;
mod observed;
mod policies;
mod rooms;
mod start_error;

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use glasplade_adapters::contract::Clock;
use glasplade_adapters::register::Environment;
use glasplade_adapters::transport::Secret;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;

use crate::access::token::TokenVerifier;
use crate::access::{Access, InForce, Operation, PolicyWatch};
use crate::audit::retention::Retention;
use crate::audit::{self, Audit, Hand, Phase};
use crate::auditor::{LogTree, Transparency};
use crate::config::Config;
use crate::consents::{self, Consents};
use crate::emergencies::Emergencies;
use crate::http::{self, AppState, Handles, Shared};
use crate::overview::{Classifier, Wording};
use crate::pipeline::{Answers, Lists, PathSettings, Pipeline};
use crate::random::Random;
use crate::sources::{Deadline, Sources};
use crate::target_groups::poll::Poller;
use crate::target_groups::run::{self as target_runs, TargetRuns};
use crate::telemetry::{Meters, Telemetry};
pub(crate) use chores::Waiting;
use chores::{keep_house, make_lists, tell_late, wait};
use limits::{Followed, Limits};
use observed::Observed;
use policies::Policies;
pub(crate) use rooms::{alias_book, audit_settings, open_audit};
use rooms::{audit_router, emergencies, people, poller, pseudonym_key, staff, staff_register};
pub use start_error::StartError;

/// A service, wired and not yet listening.
#[derive(Debug)]
pub struct App {
    router: Router,
    /// The auditors' own, where one is configured.
    audit_router: Option<Router>,
    audit: Arc<Audit>,
    emergencies: Arc<Emergencies>,
    consents: Arc<Consents>,
    targets: Arc<TargetRuns>,
    policies: Policies,
    limits: Limits,
    retention: Retention,
    /// What reads sources for target groups, where an index is configured.
    poller: Option<Arc<Poller>>,
    clock: Arc<dyn Clock>,
    drain: Duration,
    /// A stop was asked for.
    is_stopping: Arc<AtomicBool>,
    metrics_router: Router,
    /// Where operators read figures.
    operators: Option<TcpListener>,
    telemetry: Telemetry,
    /// What telemetry is told of, once it is known whether anything is sent.
    observed: Observed,
}

/// What the house lends to its rooms.
#[derive(Debug, Clone)]
pub struct Lent {
    /// The time of cases, caches and the audit (the demo may set it).
    pub clock: Arc<dyn Clock>,
    /// The time of access tokens: always the machine's, since tokens live in the real world.
    pub token_clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who writes the audit.
    pub hand: Hand,
}

impl App {
    /// Wires a service.
    ///
    /// # Errors
    /// [`StartError`], with what to mend.
    pub fn build(config: &Config, environment: &Environment, lent: &Lent) -> Result<Self, StartError> {
        let tree = LogTree::of(&config.service.audit.dir);
        Self::build_with(config, environment, lent, Some(Arc::new(tree)))
    }

    /// Wires a service whose log has this tree.
    ///
    /// # Errors
    /// As [`App::build`].
    pub fn build_with(
        config: &Config,
        environment: &Environment,
        lent: &Lent,
        tree: Option<Arc<dyn Transparency>>,
    ) -> Result<Self, StartError> {
        TokenVerifier::self_test()?;
        let classifier = Arc::new(Classifier::new(config));
        let live = config.beside_reading();
        let sources = Sources::new(&live, environment, Arc::clone(&classifier), Arc::clone(&lent.clock), &lent.random);
        let sources = Arc::new(sources.map_err(|(id, error)| StartError::Source(id, error))?);
        let (service, overview) = (&config.service.service, &config.service.overview);
        let pseudonyms = Arc::new(pseudonym_key(config, environment)?);
        let people = Arc::new(people(&live, environment, &pseudonyms, lent)?);
        let poller = poller(config, environment, &pseudonyms, people.aliases(), lent)?;
        let staff_register = Arc::new(staff_register(config, &pseudonyms, lent)?);
        let verifier = TokenVerifier::new(config.service.token.clone(), Arc::clone(&lent.token_clock))?;
        let audit = open_audit(config, environment, &pseudonyms, lent)?;
        let consents = Consents::open(
            config,
            consents::Lent {
                pseudonyms: Arc::clone(&pseudonyms),
                audit: Arc::clone(&audit),
                clock: Arc::clone(&lent.clock),
                random: Arc::clone(&lent.random),
            },
        )?;
        let staff = Arc::new(staff(config, environment, lent)?);
        let emergencies = emergencies(config, &pseudonyms, (&staff, &staff_register), &audit, lent)?;
        // Kept before anything is decided by them.
        audit::archive(&config.service.audit.dir, &config.deciding)?;
        let in_force = Arc::new(InForce::new(Access::new(config)));
        let to_lists = target_runs::Lent {
            access: Arc::clone(&in_force),
            audit: Arc::clone(&audit),
            pseudonyms: Arc::clone(&pseudonyms),
            people: Arc::clone(&people),
            staff_register: Arc::clone(&staff_register),
            listed: sources.listed(),
            clock: Arc::clone(&lent.clock),
            random: Arc::clone(&lent.random),
        };
        let targets = TargetRuns::open(config, to_lists).map_err(StartError::TargetRuns)?;
        let pipeline = Arc::new(Pipeline {
            access: Arc::clone(&in_force),
            audit: Arc::clone(&audit),
            sources: Arc::clone(&sources),
            people,
            staff,
            consents: Arc::clone(&consents),
            emergencies: Arc::clone(&emergencies),
            staff_register,
            lists: overview.on_lists.then(|| Arc::<TargetRuns>::clone(&targets) as Arc<dyn Lists>),
            classifier,
            wording: Arc::new(Wording::new(config)),
            shared_wording: Arc::new(Wording::shared(config)),
            pseudonyms,
            clock: Arc::clone(&lent.clock),
            answers: Answers::new(config.service.cache.answers_bytes_max),
            settings: path_settings(config, &sources),
        });
        let observed = Observed::new(config, environment, lent, &pipeline);
        let audit_router = audit_router(config, &audit, &pipeline.pseudonyms, lent, tree, &observed.meters)?;
        let handle_valid = SignedDuration::from_secs(overview.handle_valid_s.into());
        let kept_consents = Arc::clone(&consents);
        let followed = Followed::of(&pipeline, poller.as_ref());
        let is_stopping = Arc::new(AtomicBool::new(false));
        let shared = Shared {
            pipeline,
            verifier,
            operation: Operation::new(config),
            consents,
            targets: Arc::clone(&targets),
            handles: Handles::new(lent.random.as_ref(), Arc::clone(&lent.clock), handle_valid, overview.handles_max),
            sources,
            audit: Arc::clone(&audit),
            random: Arc::clone(&lent.random),
            meters: Arc::clone(&observed.meters),
            credentials: Arc::clone(&observed.credentials),
            admission: Arc::clone(&observed.admission),
            is_stopping: Arc::clone(&is_stopping),
            limits: limits(config),
        };
        Ok(Self {
            emergencies,
            consents: kept_consents,
            targets,
            router: http::router(AppState(Arc::new(shared))),
            audit_router,
            audit,
            policies: policies(config, in_force),
            limits: Limits::new(config, followed),
            retention: config.service.audit.retention,
            poller,
            clock: Arc::clone(&lent.clock),
            drain: Duration::from_millis(service.drain_ms),
            is_stopping,
            metrics_router: observed.router(metrics_secret(config, environment)?),
            operators: None,
            telemetry: Telemetry::off(),
            observed,
        })
    }

    /// Sends traces, figures and lines with this.
    #[must_use]
    pub fn telling(mut self, telemetry: Telemetry) -> Self {
        self.telemetry = telemetry;
        self
    }

    /// Lets operators read figures here.
    #[must_use]
    pub fn with_operators(mut self, listener: Option<TcpListener>) -> Self {
        self.operators = listener;
        self
    }

    /// The operators' routes. What is looked up for them is there from now on; for tests in process.
    pub fn metrics_router(&self) -> Router {
        self.observe();
        self.metrics_router.clone()
    }

    /// What is measured; for tests in process.
    pub fn meters(&self) -> &Arc<Meters> {
        &self.observed.meters
    }

    fn observe(&self) {
        self.observed.begin(self.telemetry.fates());
    }

    /// A stop was asked for: `/health/ready` says so from now on. A stop of [`App::serve`] does this by itself; for tests in process.
    pub fn announce_stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
    }

    /// The routes, for tests in process.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The auditors' routes, where a listener of theirs is configured; for tests in process.
    pub fn audit_router(&self) -> Option<Router> {
        self.audit_router.clone()
    }

    /// The audit, for tests.
    pub fn audit(&self) -> &Arc<Audit> {
        &self.audit
    }

    /// The consents, for the demo.
    pub fn consents(&self) -> &Arc<Consents> {
        &self.consents
    }

    /// What reads sources for target groups, where an index is configured.
    pub fn poller(&self) -> Option<&Arc<Poller>> {
        self.poller.as_ref()
    }

    /// The lists, for tests.
    pub fn targets(&self) -> &Arc<TargetRuns> {
        &self.targets
    }

    /// The emergencies, for the demo and for tests.
    pub fn emergencies(&self) -> &Arc<Emergencies> {
        &self.emergencies
    }

    /// Serves until `stop` resolves, then lets the requests under way finish, within the setting `drain_ms`. Auditors are
    /// answered on `auditors`, where there is one.
    ///
    /// # Errors
    /// [`StartError::FirstEntry`] or [`StartError::Serve`].
    pub async fn serve<L>(
        mut self,
        listener: L,
        auditors: Option<TcpListener>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StartError>
    where
        L: Listener,
        L::Addr: Debug,
    {
        let first = self.audit.service(Phase::Started, self.policies.in_force.now().policy_hash()).await;
        first.map_err(|_| StartError::FirstEntry)?;
        tracing::info!(vkey = %self.audit.log().verifier(), "the audit's public key");
        self.observe();
        let exporting = std::mem::replace(&mut self.telemetry, Telemetry::off()).begin(&self.observed.meters);
        let (stopping, mut stopped) = tokio::sync::watch::channel(false);
        let (mut told, mut told_operators) = (stopped.clone(), stopped.clone());
        let ends = Arc::new(OnceLock::new());
        let (drain, ending, is_stopping) = (self.drain, Arc::clone(&ends), Arc::clone(&self.is_stopping));
        let stop = async move {
            stop.await;
            // First, so that nobody new is sent here; then nobody new is let in.
            is_stopping.store(true, Ordering::Release);
            let _ = ending.set(Deadline::after(drain));
            let _ = stopping.send(true);
        };
        let service = axum::serve(listener, self.router).with_graceful_shutdown(stop);
        let auditors = async {
            let Some((listener, router)) = auditors.zip(self.audit_router) else { return Ok(()) };
            let stop = async move {
                let _ = told.wait_for(|stopped| *stopped).await;
            };
            axum::serve(listener, router).with_graceful_shutdown(stop).await
        };
        let operators = async {
            let Some(listener) = self.operators else { return Ok(()) };
            let stop = async move {
                let _ = told_operators.wait_for(|stopped| *stopped).await;
            };
            axum::serve(listener, self.metrics_router).with_graceful_shutdown(stop).await
        };
        let server = async { tokio::try_join!(service.into_future(), auditors, operators).map(|_| ()) };
        let housekeeping = keep_house(&self.audit, &self.retention, self.clock.as_ref());
        // A task of its own, so that the index' disk stops nobody's answer; it ends with the service, between two changes.
        let mut reading = tokio::task::JoinSet::new();
        if let Some(poller) = self.poller {
            reading.spawn(async move { poller.keep_reading(&Waiting).await });
        }
        let drained = async {
            let _ = stopped.wait_for(|stopped| *stopped).await;
            wait(self.drain).await;
        };
        tokio::select! {
            outcome = server => outcome.map_err(StartError::Serve)?,
            () = self.policies.follow(&self.audit) => {}
            () = self.limits.follow() => {}
            () = drained => tracing::warn!("requests were still under way when the drain time ran out"),
            () = housekeeping => {}
            () = tell_late(&self.emergencies) => {}
            () = make_lists(&self.targets) => {}
        }
        reading.shutdown().await;
        exporting.end(ends.get().map_or(drain, |end| end.left())).await;
        // A log that cannot take the last entry has said so; the stop goes on.
        let _ = self.audit.service(Phase::Stopped, self.policies.in_force.now().policy_hash()).await;
        self.audit.log().close().await;
        Ok(())
    }
}

/// The reader's secret; one that is too short to be one is refused.
fn metrics_secret(config: &Config, environment: &Environment) -> Result<Option<Secret>, StartError> {
    let listener = config.service.telemetry.listener.as_ref();
    let Some(reference) = listener.and_then(|listener| listener.secret.as_deref()) else { return Ok(None) };
    let read = || {
        let secret = Secret::from_reference(reference, &*environment.0)?;
        let is_long = secret.read()?.expose_secret().len() >= METRICS_SECRET_MIN;
        Ok((secret, is_long))
    };
    match read().map_err(StartError::MetricsSecret)? {
        (secret, true) => Ok(Some(secret)),
        (_, false) => Err(StartError::ShortMetricsSecret),
    }
}

/// Shortest secret of a reader of figures, in bytes.
const METRICS_SECRET_MIN: usize = 32;

fn policies(config: &Config, in_force: Arc<InForce>) -> Policies {
    let service = &config.service.service;
    Policies {
        in_force,
        watch: PolicyWatch::new(config.folders.clone(), &config.deciding),
        archive: config.service.audit.dir.clone(),
        every: (service.policies_check_s > 0).then(|| Duration::from_secs(service.policies_check_s.into())),
    }
}

fn limits(config: &Config) -> http::Limits {
    let (service, overview) = (&config.service.service, &config.service.overview);
    http::Limits {
        body_bytes_max: service.body_bytes_max,
        deadline_default: Duration::from_millis(service.deadline_default_ms),
        deadline_max: Duration::from_millis(service.deadline_max_ms),
        empty_answer: Duration::from_millis(overview.empty_answer_ms),
    }
}

fn path_settings(config: &Config, sources: &Sources) -> PathSettings {
    let overview = &config.service.overview;
    PathSettings {
        empty_answer: Duration::from_millis(overview.empty_answer_ms),
        home_authority: overview.home_authority.clone(),
        new_caseworker_days: overview.new_caseworker_days,
        household_max: overview.household_max,
        windows: config.sources.source.iter().map(|row| (row.id.clone(), row.closed_window_days)).collect(),
        order: sources.ids(),
    }
}
