//! The whole service on a simulated host: as it is shipped, but for what lies under its doors.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::serve::Listener;
use glasplade::app::{App, Lent};
use glasplade::audit::Hand;
use glasplade::config::Config;
use glasplade::random::Random;
use glasplade_adapters::contract::Clock;
use glasplade_adapters::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, SimulatedServer, VendorFault};
use glasplade_adapters::register::{Environment, KINDS};
use turmoil::net::{TcpListener, TcpStream};

use crate::clock::WorldClock;
use crate::dice::Dice;
use crate::disk::WorldDisk;
use crate::house::{HOUSE, PORT};
use crate::people::TOWNS;

/// Random numbers that follow from the seed.
#[derive(Debug)]
pub(crate) struct Seeded(Mutex<Dice>);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Dice::new(seed)))
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for part in bytes.chunks_mut(8) {
            let drawn = dice.next().to_ne_bytes();
            part.copy_from_slice(&drawn[..part.len()]);
        }
    }
}

/// What the service of one world is started with, each time.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) folder: PathBuf,
    pub(crate) clock: Arc<WorldClock>,
    pub(crate) disk: WorldDisk,
    pub(crate) random: Arc<Seeded>,
    /// Changes the configuration.
    pub(crate) change: fn(&mut Config),
}

impl Service {
    /// Starts and serves, until the host crashes.
    pub(crate) async fn run(self) -> turmoil::Result {
        let mut config = HOUSE.config(&self.folder);
        (self.change)(&mut config);
        let clock: Arc<dyn Clock> = self.clock;
        let lent = Lent {
            clock: Arc::clone(&clock),
            token_clock: clock,
            random: self.random,
            hand: Hand::Task(Arc::new(self.disk)),
        };
        let app = App::build(&config, &Environment(Box::new(|_| None)), &lent)?;
        let listener = TcpListener::bind((IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT)).await?;
        app.serve(Simulated(listener), None, std::future::pending()).await?;
        Ok(())
    }
}

/// A listener of the simulated network, for the service's own server.
struct Simulated(TcpListener);

impl Listener for Simulated {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            if let Ok(accepted) = self.0.accept().await {
                return accepted;
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// The fake of this kind, in the edition that `edition` says.
pub(crate) fn source(name: &str, clock: &Arc<WorldClock>, edition: &Arc<AtomicUsize>) -> SimulatedServer {
    let kind = KINDS.iter().find(|kind| kind.name == name).expect("a kind that exists");
    let editions = TOWNS.iter().map(|town| {
        (kind.fake)(FakeContext { world: Arc::clone(town), clock: Arc::<WorldClock>::clone(clock) as Arc<dyn Clock> })
    });
    let editions = Editions { editions: editions.collect(), now: Arc::clone(edition) };
    SimulatedServer::new(Arc::new(editions), Arc::clone(&TOWNS[0]))
}

/// One source system that comes to say something else.
struct Editions {
    editions: Vec<Arc<dyn FakeSystem>>,
    now: Arc<AtomicUsize>,
}

impl Editions {
    fn now(&self) -> &dyn FakeSystem {
        &*self.editions[self.now.load(Ordering::Relaxed)]
    }
}

impl FakeSystem for Editions {
    fn name(&self) -> &'static str {
        self.editions[0].name()
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        self.now().citizen(request)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        self.now().answer(request)
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.now().fault(request, fault)
    }
}
