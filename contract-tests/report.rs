//! What the run says: one line for each promise, what went wrong, and the count that others read.

use std::io::Write as _;
use std::process::ExitCode;

use crate::promise::{Outcome, Verdict};

/// One promise, kept or not.
#[derive(Debug)]
pub(crate) struct Line {
    name: String,
    outcome: Outcome,
}

impl Line {
    /// How it went.
    pub(crate) fn of(name: String, outcome: Outcome) -> Self {
        Self { name, outcome }
    }

    /// Not kept, for this reason.
    pub(crate) fn broken(name: String, reason: String) -> Self {
        Self { name, outcome: Err(reason) }
    }
}

/// The run so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: usize,
    failures: Vec<(String, String)>,
}

impl Report {
    /// Names what would run, in the runner's own form. The terse list is for nextest, which starts a process for each
    /// name: it gets the rooms, since a bench costs more than a room full of promises.
    pub(crate) fn list(&self, names: impl Iterator<Item = String>, terse: bool) {
        let room = |name: String| name.rsplit_once("::").map(|(room, _)| room.to_owned()).unwrap_or(name);
        let mut names: Vec<String> = if terse { names.map(room).collect() } else { names.collect() };
        names.dedup();
        for name in &names {
            self.say(&format!("{name}: test"));
        }
        if !terse {
            self.say(&format!("\n{} tests, 0 benchmarks", names.len()));
        }
    }

    /// Counts a promise and says how it went. What does not apply to a source is said and not counted.
    pub(crate) fn add(&mut self, line: Line) {
        let Line { name, outcome } = line;
        match outcome {
            Ok(Verdict::Kept) => {
                self.passed += 1;
                self.say(&format!("test {name} ... ok"));
            }
            Ok(Verdict::NotApplicable(why)) => self.say(&format!("test {name} ... not applicable ({why})")),
            Err(reason) => {
                self.say(&format!("test {name} ... FAILED"));
                self.failures.push((name, reason));
            }
        }
    }

    /// Says a sentence of its own.
    #[expect(clippy::unused_self, reason = "everything that is said goes through the report")]
    pub(crate) fn say(&self, sentence: &str) {
        // A reader who has closed the pipe has seen enough; the exit code still tells.
        let _ = writeln!(std::io::stdout().lock(), "{sentence}");
    }

    /// Says why promises were broken, and the count; the run's exit code.
    pub(crate) fn close(&self) -> ExitCode {
        for (name, reason) in &self.failures {
            self.say(&format!("\n---- {name}\n{reason}"));
        }
        self.say(&format!("\n{} passed, {} failed", self.passed, self.failures.len()));
        if self.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
