//! The front door in process: the whole service over the running fakes, asked without a network in between.

mod answers;
mod auditor;
mod consents;
mod emergencies;
mod faults;
mod figures;
mod house;
mod matrix;
mod problems;
mod routes;
mod shipped_rules;
mod situations;
mod target_groups;
mod told;
