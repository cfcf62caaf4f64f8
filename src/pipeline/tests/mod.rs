//! The path of a request over scripted sources and a real audit on disk.

mod changed;
mod family;
mod memory;
mod plain;
mod recorded;
mod register;
mod silent;
mod stream;

use std::time::Duration;

use glasplade_adapters::contract::Record;

use crate::testing::{Vary as _, row};

/// The demo's UUID of SBSYS, as the joint index names it.
const SBSYS: &str = "5b5b0001-0000-4000-8000-000000000001";

/// So much time that a test on a busy machine does not run out of it.
const LONG: Duration = Duration::from_mins(10);

/// A job plan of the job caseworker's unit.
fn plan(source: &str, id: &str) -> Record {
    row(source, id).in_unit("301").kle("15.20.00").law("LAB")
}
