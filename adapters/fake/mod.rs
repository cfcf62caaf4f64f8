//! Wire fakes: every source system as a real HTTP server on loopback, in the vendor's own format, from one invented
//! population, with faults that can be switched while it runs. Never part of a shipped build.

pub mod control;
pub mod faults;
pub mod population;
mod scripted_adapter;
mod scripted_directory;
pub mod server;
#[cfg(feature = "simulation")]
mod simulated;
pub mod system;
mod town;

pub use crate::case_index::fake::master_system_uuid;
pub use crate::dubu::fake::DEMO_COOKIE as DUBU_DEMO_COOKIE;
pub use crate::sbsys::fake::credentials as sbsys_credentials;
pub use faults::{Fault, Faults};
pub use population::World;
pub use scripted_adapter::{Scripted, ScriptedAdapter, ScriptedRegister};
pub use scripted_directory::ScriptedDirectory;
pub use server::FakeServer;
#[cfg(feature = "simulation")]
pub use simulated::SimulatedServer;
pub use system::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, Recorded, VendorFault};
pub use town::{PORT_ORDER, StartError, TLS_OFFSET, Town, TownSettings};

/// A bearer token that the fake Fasit takes, for whoever starts the fakes.
pub use crate::fasit::fake::demo_token as fasit_demo_token;

#[cfg(test)]
mod tests;
