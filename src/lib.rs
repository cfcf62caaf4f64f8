//! tmp
pub mod audit;
