//! The room's own tests: the five rules that ship, the words of reasons, and approvals.

mod approvals;
pub(super) mod build;
mod five;
mod reasons;
