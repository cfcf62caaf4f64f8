//! Two pages side by side, line by line, for whoever reads a failure.

use std::fmt::Write as _;

/// Equal lines shown around a difference.
const AROUND: usize = 2;

/// One line of a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Same(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// The lines that differ: `-` was reviewed, `+` is sent now.
pub(super) fn of(reviewed: &str, now: &str) -> String {
    let steps = steps(&reviewed.lines().collect::<Vec<_>>(), &now.lines().collect::<Vec<_>>());
    let is_near = |at: usize| {
        let (from, to) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(steps.len()));
        steps[from..to].iter().any(|step| !matches!(step, Step::Same(_)))
    };
    let (mut out, mut skipped) = (String::new(), false);
    for (at, step) in steps.iter().enumerate() {
        if !is_near(at) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            out.push_str("  …\n");
        }
        let _ = match step {
            Step::Same(line) => writeln!(out, "  {line}"),
            Step::Gone(line) => writeln!(out, "- {line}"),
            Step::New(line) => writeln!(out, "+ {line}"),
        };
    }
    out
}

/// The longest common lines, by the table that textbooks have; a page is a few hundred lines.
fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Step<'a>> {
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (at, line) in old.iter().enumerate().rev() {
        for (place, other) in new.iter().enumerate().rev() {
            common[at][place] = if line == other {
                common[at + 1][place + 1] + 1
            } else {
                common[at + 1][place].max(common[at][place + 1])
            };
        }
    }
    let (mut steps, mut at, mut place) = (Vec::new(), 0, 0);
    while at < old.len() || place < new.len() {
        match (old.get(at), new.get(place)) {
            (Some(line), Some(other)) if line == other => {
                steps.push(Step::Same(line));
                (at, place) = (at + 1, place + 1);
            }
            (Some(line), next) if next.is_none() || common[at + 1][place] >= common[at][place + 1] => {
                steps.push(Step::Gone(line));
                at += 1;
            }
            (_, Some(line)) => {
                steps.push(Step::New(line));
                place += 1;
            }
            _ => break,
        }
    }
    steps
}
