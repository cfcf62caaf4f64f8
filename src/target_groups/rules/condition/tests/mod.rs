//! What conditions mean, what is refused and where, that no text makes the check panic, and that the crate's own interpreter agrees.

mod agrees;
mod any_text;
mod draw;
mod meaning;
mod needs;
mod refusals;

use super::{Condition, Refusal};
use crate::target_groups::rules::tests::build::{benefits, known};

/// Checks a condition against a small configuration.
fn compile(text: &str) -> Result<Condition, Refusal> {
    Condition::compile(text, &known(), &benefits())
}

fn whole(text: &str) -> Condition {
    compile(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}
