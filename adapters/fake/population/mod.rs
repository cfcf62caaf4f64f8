//! The invented population that all fakes draw from, so that one citizen overlaps across systems.

mod model;
mod world;

pub use model::{Alias, CaseRow, Household, Line, Party, Person, Progress, RowKind, Sex, Staff, StatusStep, UnitRow};
pub use world::{World, WorldError};
