//! The proof that the deployed policies never allow more than the legal ceiling, and that the ceiling would notice.
//!
//! `cargo prove` runs it, with `CVC5` naming the solver. Four parts: the policies never fail to evaluate; they imply the
//! ceiling, for every question there is; each policy and each limit can decide something; and every mistake that can be made
//! from them is refuted, by the schema or by a counterexample that Cedar itself confirms.

mod edits;
mod harmless;
mod mistakes;
mod mutant;
mod mutate;
mod proof;
mod prover;
mod rules;
mod say;
mod witness;

use std::process::ExitCode;

use crate::prover::{Prover, block_on};
use crate::rules::Rules;
use crate::say::Said;

fn main() -> ExitCode {
    let mut said = Said::default();
    if let Err(stopped) = run(&mut said) {
        said.failure("beviset kunne ikke føres", &stopped);
    }
    said.close()
}

fn run(said: &mut Said) -> Result<(), String> {
    let rules = Rules::read()?;
    block_on(async {
        let mut prover = Prover::start(&rules)?;
        proof::never_errors(&rules, &mut prover, said).await?;
        proof::ceiling_holds(&rules, &mut prover, said).await
    })?;
    proof::nothing_is_idle(&rules, said);
    mistakes::are_refuted(&rules, said);
    Ok(())
}
