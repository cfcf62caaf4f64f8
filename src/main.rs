//! The program: reads the command line and does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use glasplade::command::Command;
use mimalloc::MiMalloc;

/// Answers are many small pieces, made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    Command::parse().run()
}
