//! The program: reads the command line and does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use glasplade::command::Command;

fn main() -> ExitCode {
    Command::parse().run()
}
