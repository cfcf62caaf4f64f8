//! What only the demo has: fake source systems, an issuer of tokens, and lines to try. Never part of a shipped build.

mod arguments;
mod consents;
mod emergencies;
pub mod handles;
pub mod issuer;
mod run;
mod state;
mod tryout;

pub use arguments::{DemoArguments, FakesArguments, TokenArguments, WorldArguments};
pub use run::{configuration, prepare, unhurried, unpointed};
pub(crate) use run::{demo, fakes, token};
