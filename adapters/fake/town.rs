//! All fakes of one town, started together: each on its own port, their TLS twins beside them, one control endpoint.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::control::Control;
use super::faults::SourceClock;
use super::{FakeContext, FakeServer, Faults, World};
use crate::contract::Clock;
use crate::register::KINDS;

/// Where the fakes listen.
#[derive(Debug, Clone, Copy)]
pub struct TownSettings {
    /// The first source's port; the next ones follow in the order of [`PORT_ORDER`]. 0 takes free ports.
    pub first_port: u16,
    /// Where the control endpoint listens; 0 takes a free port.
    pub control_port: u16,
}

impl TownSettings {
    /// Free ports everywhere, for tests.
    pub const FREE: Self = Self { first_port: 0, control_port: 0 };
}

impl Default for TownSettings {
    fn default() -> Self {
        Self { first_port: 9101, control_port: 9100 }
    }
}

/// The order of the ports: 9101 sbsys, 9102 fasit, 9103 dubu, 9104 `case_index`, 9105 oio, 9106 persons, 9107
/// `staff_directory`.
pub const PORT_ORDER: &[&str] = &["sbsys", "fasit", "dubu", "case_index", "oio", "persons", "staff_directory"];

/// A TLS twin's port lies this much above its fake's.
pub const TLS_OFFSET: u16 = 100;

/// A port could not be taken.
#[derive(Debug, thiserror::Error)]
#[error("listen on 127.0.0.1:{port} for {what}: {reason}")]
pub struct StartError {
    /// The port.
    pub port: u16,
    /// Which fake wanted it.
    pub what: &'static str,
    /// The machine's reason, in words.
    pub reason: std::io::ErrorKind,
}

/// All running fakes.
#[derive(Debug)]
pub struct Town {
    /// One per kind, in the order of [`PORT_ORDER`].
    pub servers: Vec<FakeServer>,
    /// The control endpoint.
    pub control: FakeServer,
}

impl Town {
    /// Starts every fake on loopback.
    ///
    /// # Errors
    /// [`StartError`] for the first port that cannot be taken.
    pub async fn start(world: Arc<World>, clock: Arc<dyn Clock>, settings: TownSettings) -> Result<Self, StartError> {
        let mut servers = Vec::with_capacity(KINDS.len());
        // A kind that nobody has given a place yet comes behind the others.
        let named = PORT_ORDER.iter().filter_map(|name| KINDS.iter().find(|kind| kind.name == *name));
        let unnamed = KINDS.iter().filter(|kind| !PORT_ORDER.contains(&kind.name));
        for (at, kind) in (0_u16..).zip(named.chain(unnamed)) {
            let faults: Arc<Faults> = Arc::default();
            let clock = Arc::new(SourceClock { lent: Arc::clone(&clock), faults: Arc::clone(&faults) });
            let context = FakeContext { world: Arc::clone(&world), clock };
            let port = if settings.first_port == 0 { 0 } else { settings.first_port + at };
            let tls_port = if port == 0 { 0 } else { port + TLS_OFFSET };
            let system = (kind.fake)(context);
            let ports = (loopback(port), loopback(tls_port));
            let server = FakeServer::start_with(system, Arc::clone(&world), faults, ports).await;
            servers.push(server.map_err(|error| StartError { port, what: kind.name, reason: error.kind() })?);
        }
        let faults = servers.iter().map(|server| (server.name(), Arc::clone(server.faults()))).collect();
        let (port, system) = (settings.control_port, Arc::new(Control::new(faults)));
        let control = FakeServer::start(system, world, loopback(port), loopback(0)).await;
        let control = control.map_err(|error| StartError { port, what: "control", reason: error.kind() })?;
        Ok(Self { servers, control })
    }

    /// The fake of this kind.
    pub fn server(&self, kind: &str) -> Option<&FakeServer> {
        self.servers.iter().find(|server| server.name() == kind)
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
