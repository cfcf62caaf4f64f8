//! Codes of the configuration as small numbers: a department stands in a million facts as two bytes.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::Code;

/// A code's number within one index. It never changes meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeId(pub u16);

/// Every code that an index knows, both ways.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    texts: Vec<Code>,
    ids: HashMap<Code, CodeId>,
    /// Codes up to here are on disk.
    kept: usize,
}

impl Codes {
    /// Codes in the order of their numbers, as they lie on disk.
    pub(super) fn of(texts: Vec<String>) -> Self {
        let texts: Vec<Code> = texts.into_iter().map(Arc::from).collect();
        let numbered =
            texts.iter().enumerate().filter_map(|(at, text)| Some((Arc::clone(text), CodeId(u16::try_from(at).ok()?))));
        Self { ids: numbered.collect(), kept: texts.len(), texts }
    }

    /// The code's number; a new one if there is none yet. `None` when there is no number left: configuration has a few hundred
    /// codes, so 65,536 are a mistake somewhere, and a fact without its code is not taken.
    pub fn id(&mut self, text: &str) -> Option<CodeId> {
        if let Some(id) = self.ids.get(text) {
            return Some(*id);
        }
        let id = CodeId(u16::try_from(self.texts.len()).ok()?);
        let text: Code = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        Some(id)
    }

    /// The number of a code that is there already.
    pub fn known(&self, text: &str) -> Option<CodeId> {
        self.ids.get(text).copied()
    }

    /// The code with this number.
    pub fn text(&self, id: CodeId) -> Option<&Code> {
        self.texts.get(usize::from(id.0))
    }

    /// All, with their numbers.
    pub(in crate::target_groups) fn all(&self) -> impl Iterator<Item = (CodeId, &Code)> {
        let numbered = self.texts.iter().enumerate();
        numbered.filter_map(|(at, text)| Some((CodeId(u16::try_from(at).ok()?), text)))
    }

    /// Codes that are not on disk yet, with their numbers.
    pub(super) fn unkept(&self) -> impl Iterator<Item = (CodeId, &Code)> {
        let numbered = self.texts.iter().enumerate().skip(self.kept);
        numbered.filter_map(|(at, text)| Some((CodeId(u16::try_from(at).ok()?), text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_keeps_its_number() {
        let mut codes = Codes::of(vec!["sbsys".to_owned(), "fasit".to_owned()]);
        assert_eq!(codes.id("fasit"), Some(CodeId(1)));
        assert_eq!(codes.id("dubu"), Some(CodeId(2)));
        assert_eq!(codes.id("dubu"), Some(CodeId(2)));
        assert_eq!(codes.unkept().map(|(id, text)| (id.0, &**text)).collect::<Vec<_>>(), [(2, "dubu")]);
        assert_eq!(codes.text(CodeId(1)).map(|text| &**text), Some("fasit"));
        assert_eq!(codes.known("oio"), None);
    }

    #[test]
    fn numbers_run_out_without_being_used_twice() {
        let mut codes = Codes::of((0..=u16::MAX).map(|at| at.to_string()).collect());
        assert_eq!(codes.id("65535"), Some(CodeId(u16::MAX)));
        assert_eq!(codes.id("one more"), None);
    }
}
