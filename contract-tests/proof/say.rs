//! What the run says: a line for each proof with its time, a counterexample for each mistake, and the count at the end.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

/// The run so far.
#[derive(Debug, Default)]
pub(crate) struct Said {
    proved: usize,
    failures: Vec<String>,
}

impl Said {
    /// A part begins.
    pub(crate) fn part(&self, title: &str) {
        self.line(&format!("\n{title}"));
    }

    /// A proof, and how long it took.
    pub(crate) fn proved(&mut self, what: &str, took: Duration) {
        self.proved += 1;
        self.line(&format!("  bevist   {what} ({} ms)", took.as_millis()));
    }

    /// A mistake that does not come through, and what shows it.
    pub(crate) fn refuted(&mut self, what: &str, lines: &[String], took: Duration) {
        self.proved += 1;
        self.line(&format!("  afvist   {what} ({} ms)", took.as_millis()));
        for line in lines {
            self.line(&format!("           {line}"));
        }
    }

    /// A remark.
    pub(crate) fn remark(&self, what: &str) {
        self.line(&format!("  {what}"));
    }

    /// What does not hold.
    pub(crate) fn failure(&mut self, what: &str, why: &str) {
        self.line(&format!("  FEJL     {what}: {why}"));
        self.failures.push(format!("{what}: {why}"));
    }

    /// The count; the failures once more.
    pub(crate) fn close(self) -> ExitCode {
        for failure in &self.failures {
            self.line(&format!("\nFEJL: {failure}"));
        }
        self.line(&format!("\nproof result: {} proved, {} failed", self.proved, self.failures.len()));
        if self.failures.is_empty() && self.proved > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    #[expect(clippy::unused_self, reason = "everything that is said goes through the run")]
    fn line(&self, text: &str) {
        // A reader that has gone away is no reason to stop: the exit code still tells.
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}
