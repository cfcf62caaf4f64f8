//! Mistakes that open nothing beyond the ceiling: each by name, with the reason. One that the ceiling refutes after all, or
//! that is no mutant any more, fails the run: the list cannot grow old.

/// Name and reason.
pub(crate) const HARMLESS: &[(&str, &str)] = &[];
