//! A fake source system on a host of a simulated network.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use turmoil::net::TcpListener;

use super::server::{Shared, serve_connection};
use super::{FakeSystem, Faults, World};

/// A fake for a simulated host. It keeps its switches through a crash of the host; what its system holds, too.
#[derive(Clone)]
pub struct SimulatedServer(Arc<Shared>);

impl std::fmt::Debug for SimulatedServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SimulatedServer").field("name", &self.0.system.name()).finish_non_exhaustive()
    }
}

impl SimulatedServer {
    /// The fake of `system`.
    pub fn new(system: Arc<dyn FakeSystem>, world: Arc<World>) -> Self {
        Self(Arc::new(Shared::new(system, world, Arc::default())))
    }

    /// The switches.
    pub fn faults(&self) -> &Arc<Faults> {
        &self.0.faults
    }

    /// Serves on `port` of the host on which it is awaited, until that host crashes.
    ///
    /// # Errors
    /// When the port is taken.
    #[expect(clippy::disallowed_methods, reason = "one task per connection")]
    pub async fn serve(self, port: u16) -> std::io::Result<()> {
        let listener = TcpListener::bind((IpAddr::V4(Ipv4Addr::UNSPECIFIED), port)).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(serve_connection(stream, Arc::clone(&self.0)));
        }
    }
}
