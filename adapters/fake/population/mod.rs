//! The invented population that all fakes draw from, so that one citizen overlaps across systems.
//!
//! `README.md` beside the fakes documents the file format and lists the named citizens.

mod check_digit;
mod draft;
mod ids;
mod invented;
mod kinds;
mod model;
mod ndjson;
mod register_facts;
mod situations;
mod staff;
mod units;
mod world;

pub use check_digit::LISTED_YEARS;
pub use invented::{Invented, MONTH, invented};
pub use kinds::{CaseKind, KINDS, Words, kind};
pub use model::{
    Alias, CaseRow, Household, Line, Party, Person, Progress, RowKind, Sex, Staff, StatusStep, UnitAbove, UnitRow,
};
pub use register_facts::{GuardianRow, NamedParent, ProtectionRow, RegisterAnswer, RegisterFacts};
pub use situations::*;
pub use staff::{CALLERS, staff};
pub use units::units;
pub use world::{World, WorldError};

#[cfg(test)]
mod tests;
