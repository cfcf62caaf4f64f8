//! `targets`: the sources are read, and lists are made.

mod poll;

use clap::Subcommand;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum TargetsVerb {
    Poll(poll::PollArguments),
}

pub(super) fn run(verb: &TargetsVerb) -> Result<(), Failure> {
    match verb {
        TargetsVerb::Poll(arguments) => poll::poll(arguments),
    }
}
