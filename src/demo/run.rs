//! Starts the fakes, and the service over them.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use glasplade_adapters::contract::{Clock, SystemClock};
use glasplade_adapters::fake::population::MONTH;
use glasplade_adapters::fake::{Fault, StartError, Town, TownSettings, World};
use jiff::{SignedDuration, Timestamp};

use super::issuer::DemoIssuer;
use super::{DemoArguments, FakesArguments, TokenArguments, WorldArguments, emergencies, state, tryout};
use crate::app::{App, Lent};
use crate::audit::Hand;
use crate::command::{Failure, listen, say, stop};
use crate::config::{Config, ConfigFiles, FILE_NAMES, OtlpSettings, environment};
use crate::random::SystemRandom;
use crate::telemetry::{SetupError, Telemetry};

/// The files of `config/demo/`, and for what it lacks those of `config/`, embedded so that the demo runs anywhere.
const FILES: [(&str, &str); 9] = [
    ("glasplade.toml", include_str!("../../config/demo/glasplade.toml")),
    ("sources.toml", include_str!("../../config/demo/sources.toml")),
    ("departments.toml", include_str!("../../config/demo/departments.toml")),
    ("kinds.toml", include_str!("../../config/kinds.toml")),
    ("access.toml", include_str!("../../config/demo/access.toml")),
    ("visibility.toml", include_str!("../../config/visibility.toml")),
    ("texts.toml", include_str!("../../config/texts.toml")),
    ("access/schema.cedarschema", include_str!("../../config/access/schema.cedarschema")),
    ("access/policies.cedar", include_str!("../../config/access/policies.cedar")),
];

/// The rules, and the invented municipality's approvals.
const TARGET_GROUP_FILES: [(&str, &str); 6] = [
    ("target-groups/approvals.toml", include_str!("../../config/demo/target-groups/approvals.toml")),
    ("target-groups/cross_department.toml", include_str!("../../config/target-groups/cross_department.toml")),
    ("target-groups/family_job_child.toml", include_str!("../../config/target-groups/family_job_child.toml")),
    ("target-groups/fifty_plus.toml", include_str!("../../config/target-groups/fifty_plus.toml")),
    ("target-groups/long_cash_benefit.toml", include_str!("../../config/target-groups/long_cash_benefit.toml")),
    ("target-groups/transition.toml", include_str!("../../config/target-groups/transition.toml")),
];

/// The folder that the demo's files name, replaced by `--state`.
const STATE_IN_FILES: &str = "target/demo";

/// Starts the fakes and the service, prints what to try, and runs until Ctrl-C.
pub(crate) async fn demo(arguments: DemoArguments) -> Result<(), Failure> {
    let (town, world, clock) = start_town(&arguments.world).await?;
    let listener = listen(arguments.listen, "--listen ADDRESS:PORT").await?;
    let auditors = listen(arguments.audit_listen, "--audit-listen ADDRESS:PORT").await?;
    let operators = match arguments.metrics_listen {
        Some(address) if !address.ip().is_loopback() => {
            return Err("read figures outside loopback; change it with --metrics-listen 127.0.0.1:PORT".to_owned());
        }
        Some(address) => Some(listen(address, "--metrics-listen ADDRESS:PORT").await?),
        None => None,
    };
    let told = |error: std::io::Error| format!("read the service's address: {}", error.kind());
    let address = listener.local_addr().map_err(told)?;
    let audit_address = auditors.local_addr().map_err(told)?;
    let figures = operators.as_ref().map(tokio::net::TcpListener::local_addr).transpose().map_err(told)?;
    let in_state = |error: std::io::Error| {
        format!("use the folder {}: {}; change it with --state", arguments.state.display(), error.kind())
    };
    let issuer = prepare(&arguments.state, clock.now(), &world).map_err(in_state)?;
    let config = configuration(&arguments.state, &town, &arguments.world.faults)?;
    // A second telemetry (in a test's process) is none of the demo's business.
    let otlp =
        arguments.otlp.as_deref().map(|endpoint| OtlpSettings { trace_ratio: 1.0, ..OtlpSettings::to(endpoint) });
    let filter = &config.service.service.log_filter;
    let telemetry = match crate::telemetry::start(filter, otlp.as_ref(), &environment(), &SystemRandom) {
        Ok(telemetry) => telemetry,
        Err(SetupError::Twice) => Telemetry::off(),
        Err(error) => return Err(format!("{error}; change it with --otlp URL")),
    };
    let world_time = clock.now();
    let lent = Lent {
        clock,
        token_clock: Arc::new(SystemClock::default()),
        random: Arc::new(SystemRandom),
        hand: Hand::Thread,
    };
    let app = App::build(&config, &environment(), &lent)
        .map_err(|error| format!("{error}; another demo may use the same folder: change it with --state"))?;
    emergencies::seed(&app, &config, world_time).await?;
    let log = app.audit().log();
    let addresses = (address, audit_address, figures);
    say(&tryout::text(addresses, &town, &world, (&issuer, world_time), &arguments.state, log)?)?;
    let app = app.telling(telemetry).with_operators(operators);
    app.serve(listener, Some(auditors), stop()).await.map_err(|error| error.to_string())
}

/// Starts the fakes alone, until Ctrl-C.
pub(crate) async fn fakes(arguments: FakesArguments) -> Result<(), Failure> {
    let (town, world, clock) = start_town(&arguments.world).await?;
    say(&tryout::fakes(&town, &world, clock.now()))?;
    stop().await;
    Ok(())
}

/// A token for one of the demo's callers.
pub(crate) fn token(arguments: &TokenArguments) -> Result<String, Failure> {
    let issuer = DemoIssuer::open(&arguments.state)
        .map_err(|error| format!("use the folder {}: {}", arguments.state.display(), error.kind()))?;
    let valid = SignedDuration::from_hours(arguments.hours.into());
    issuer.token(&arguments.caller, SystemClock::default().now(), valid).map_err(|error| error.to_string())
}

async fn start_town(arguments: &WorldArguments) -> Result<(Town, Arc<World>, Arc<dyn Clock>), Failure> {
    let clock = arguments.now.map_or_else(SystemClock::default, SystemClock::starting_at);
    let now = whole_second(clock.now());
    // The town of a month ago is invented as of then, or its dates would be others than they were.
    let invented_at = if arguments.month_later.is_some() { now - MONTH } else { now };
    let world = match &arguments.population {
        Some(path) => {
            let file = File::open(path).map_err(|error| format!("open the population file: {}", error.kind()))?;
            World::read(BufReader::new(file)).map_err(|error| error.to_string())?
        }
        None => World::invent(arguments.seed, arguments.citizens, invented_at),
    };
    let world = match arguments.month_later {
        Some(seed) => world.a_month_later(seed, now),
        None => world,
    };
    let (world, clock): (Arc<World>, Arc<dyn Clock>) = (Arc::new(world), Arc::new(clock));
    let settings = TownSettings { first_port: arguments.first_port, control_port: arguments.control_port };
    let town = Town::start(Arc::clone(&world), Arc::clone(&clock), settings).await;
    let town = town.map_err(|error| match &error {
        StartError { what: "control", .. } => format!("{error}; change it with --control-port PORT"),
        StartError { .. } => format!("{error}; change it with --first-port PORT"),
    })?;
    for (source, fault) in faults(&arguments.faults)? {
        let server = town.server(&source).ok_or_else(|| format!("find the source `{source}` named by --fault"))?;
        server.faults().set(None, fault);
    }
    Ok((town, world, clock))
}

/// The same `--now` gives the same town, however long the start took.
fn whole_second(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn faults(texts: &[String]) -> Result<Vec<(String, Fault)>, Failure> {
    texts
        .iter()
        .map(|text| {
            let (source, fault) = text.split_once('=').ok_or("read --fault: write SOURCE=FAULT, such as sbsys=hang")?;
            Ok((
                source.to_owned(),
                fault.parse().map_err(|error: glasplade_adapters::fake::faults::UnknownFault| error.to_string())?,
            ))
        })
        .collect()
}

/// Makes the folder that the demo's configuration refers to: secrets that open nothing but the fakes, the register of the
/// town's staff, and an issuer's key.
///
/// # Errors
/// When the folder cannot be written.
pub fn prepare(state: &Path, now: Timestamp, world: &World) -> std::io::Result<DemoIssuer> {
    state::prepare(state, now, world, &SystemRandom)?;
    DemoIssuer::open(state)
}

/// The demo's configuration over its folder, pointed at the ports that fakes have as a rule.
///
/// # Errors
/// A sentence about the configuration file that cannot be read.
pub fn unpointed(state: &Path) -> Result<Config, Failure> {
    let state = state.display().to_string();
    let texts = FILES.iter().zip(FILE_NAMES).map(|((file, text), name)| {
        debug_assert_eq!(*file, name, "the demo holds every file, in the order in which they are read");
        (name, text.replace(STATE_IN_FILES, &state))
    });
    let texts = texts.chain(TARGET_GROUP_FILES.iter().map(|(name, text)| (*name, (*text).to_owned())));
    let told = |problems: crate::config::ConfigProblems| format!("read the demo's configuration: {:?}", problems.0);
    Ok(ConfigFiles::from_texts(texts).parse().map_err(told)?.0)
}

/// The demo's configuration, pointed at the running fakes. A source with the fault `tls` is asked at its twin, whose
/// certificate does not verify.
///
/// # Errors
/// A sentence about the fault, or the configuration file, that cannot be read.
pub fn configuration(state: &Path, town: &Town, fault_texts: &[String]) -> Result<Config, Failure> {
    let mut config = unpointed(state)?;
    let with_bad_tls: Vec<String> =
        faults(fault_texts)?.into_iter().filter(|(_, fault)| *fault == Fault::Tls).map(|(source, _)| source).collect();
    let sources = &mut config.sources;
    let cases = sources.source.iter_mut().map(|row| (&row.kind, &mut row.connection));
    let register = sources.person_register.iter_mut().map(|row| (&row.kind, &mut row.connection));
    let directory = sources.staff_directory.iter_mut().map(|row| (&row.kind, &mut row.connection));
    for (kind, connection) in cases.chain(register).chain(directory) {
        if let Some(server) = town.server(kind) {
            let bad_tls = with_bad_tls.iter().any(|source| source == server.name());
            connection.base_url = if bad_tls { server.tls_base_url() } else { server.base_url() };
        }
    }
    Ok(config)
}

/// Every system, and every caller, has so much time, and nothing waits for the floor of empty answers: for tests of a service on a
/// machine that may be busy.
pub fn unhurried(config: &mut Config, time_ms: u64) {
    config.service.overview.empty_answer_ms = 0;
    config.service.service.deadline_default_ms = time_ms;
    config.service.service.deadline_max_ms = time_ms;
    let sources = &mut config.sources;
    let cases = sources.source.iter_mut().map(|row| &mut row.connection);
    let register = sources.person_register.iter_mut().map(|row| &mut row.connection);
    let directory = sources.staff_directory.iter_mut().map(|row| {
        row.wait_ms = time_ms;
        &mut row.connection
    });
    cases.chain(register).chain(directory).for_each(|connection| connection.limits.fetch_timeout_ms = time_ms);
}
