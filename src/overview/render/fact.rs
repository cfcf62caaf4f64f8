//! One fact from several rows: the deciding row's value first, everybody who agrees, everybody who does not.

use std::sync::Arc;

use glasplade_adapters::contract::{Record, SourceId};

use super::super::view::{Fact, OtherValue};
use super::Wording;
use crate::config::Language;

/// The fact that `read` finds in the rows, in their order; `None` when no row has it.
pub(super) fn fact<T: PartialEq + Clone>(rows: &[Arc<Record>], read: impl Fn(&Record) -> Option<T>) -> Option<Fact<T>> {
    let mut values: Vec<(T, Vec<Arc<str>>)> = Vec::new();
    for row in rows {
        let Some(value) = read(row) else { continue };
        let source = source_text(&row.source);
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, sources)) if sources.contains(&source) => {}
            Some((_, sources)) => sources.push(source),
            None => values.push((value, vec![source])),
        }
    }
    let mut values = values.into_iter();
    let (value, sources) = values.next()?;
    let others = values.map(|(value, sources)| OtherValue { value, sources }).collect();
    Some(Fact { value, sources, others, disagreement_text: None })
}

/// Adds the sentence that tells of a disagreement.
pub(super) fn with_disagreement<T>(
    fact: Option<Fact<T>>,
    wording: &Wording,
    language: Language,
    word: impl Fn(&T) -> String,
) -> Option<Fact<T>> {
    let mut fact = fact?;
    if let Some(other) = fact.others.first() {
        let name = |sources: &[Arc<str>]| {
            let names = sources.iter().map(|id| {
                wording.source_names.get(&SourceId::new(id)).map_or_else(|| id.to_string(), |(name, _)| name.clone())
            });
            names.collect::<Vec<_>>().join(", ")
        };
        let (first, second) = (name(&fact.sources), name(&other.sources));
        let (a, b) = (word(&fact.value), word(&other.value));
        let values = [("kilde1", first.as_str()), ("a", &a), ("kilde2", &second), ("b", &b)];
        fact.disagreement_text = Some(wording.texts.disagreement.fill(language, &values));
    }
    Some(fact)
}

/// A source's id as the answer shares it.
pub(super) fn source_text(source: &SourceId) -> Arc<str> {
    Arc::from(source.as_str())
}
