//! Why a condition is not taken: one sentence that says what to change, and where.

/// What must be changed, and where in the condition's text. Repeats names of fields and functions, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct Refusal {
    /// From 1, in the condition's text.
    pub line: usize,
    /// From 1, in bytes; a condition is ASCII where it can be read at all.
    pub column: usize,
    /// From 0, in bytes.
    pub offset: usize,
    /// One English sentence.
    pub what: String,
}

/// The same before its line is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }

    /// With the place counted in `text`.
    pub(super) fn in_text(self, text: &str) -> Refusal {
        let offset = self.at.min(text.len());
        let before = &text.as_bytes()[..offset];
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        Refusal { line, column, offset, what: self.what }
    }
}
