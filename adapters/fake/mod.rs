//! Wire fakes: every source system as a real HTTP server on loopback, in the vendor's own format, from one invented
//! population, with faults that can be switched while it runs. Never part of a shipped build.

pub mod control;
pub mod faults;
pub mod population;
pub mod server;
mod town;

pub use crate::case_index::fake::master_system_uuid;
pub use faults::{Fault, Faults};
pub use population::World;
pub use server::{FakeAnswer, FakeContext, FakeRequest, FakeServer, FakeSystem, Recorded, VendorFault};
pub use town::{StartError, Town, TownSettings};
