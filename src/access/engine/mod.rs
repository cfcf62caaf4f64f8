//! The policies at work: what one caller, in one role, is shown of one thing, on one ground. Pure: the same question has the
//! same answer, today and when the audit replays it.
//!
//! Reading order: [`PrincipalInput`], [`ItemInput`], [`CitizenInput`], [`AskedInput`] (everything that a decision may rest
//! on), [`Engine`] (the policies), [`Asking`] (one answer's questions).

mod ask;
mod cedar;
mod input;
mod kept;
mod lasting;
mod load;
mod slice;
#[cfg(test)]
mod tests;

pub use ask::{Asking, Opened};
pub use input::{AskedInput, CitizenInput, GroundInput, ItemInput, PrincipalInput};
pub use load::{Engine, EngineError};
