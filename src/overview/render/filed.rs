//! Consents that case systems hold: beside the item, and for a registrar who is about to record another.

use super::super::redacted::{Redacted, RedactedItem};
use super::super::view::FiledConsentView;
use super::Wording;
use super::fact::source_text;
use crate::access::{ClassSet, Fields};
use crate::config::{FieldClass, Language};

/// The consents of one item, in words.
pub(super) fn consents(item: &RedactedItem, wording: &Wording, language: Language) -> Vec<FiledConsentView> {
    let filed = item.item.rows.iter().flat_map(|row| row.consents.iter().map(move |consent| (&row.source, consent)));
    filed
        .map(|(source, consent)| {
            let name = wording.source_names.get(source).map_or(source.as_str(), |(name, _)| name.as_str());
            let words = [("kilde", name), ("reference", consent.reference.as_str())];
            FiledConsentView {
                source: source_text(source),
                reference: consent.reference.clone(),
                text: wording.texts.consent_filed.fill(language, &words),
            }
        })
        .collect()
}

impl Redacted {
    /// What is left when only the consents are told that the shown items of this case hold.
    pub(crate) fn only_filed(
        self,
        case_ref: &str,
        wording: &Wording,
        language: Language,
    ) -> (Self, Vec<FiledConsentView>) {
        let is_case = |item: &RedactedItem| {
            let mut numbers = item.item.rows.iter().flat_map(|row| row.number.iter().chain(&row.keys.numbers));
            numbers.any(|number| number.trim() == case_ref)
        };
        let mut filed = Vec::new();
        let mut items = self.items;
        items.retain_mut(|item| {
            let table = &wording.visibility;
            let told = table.cut("consents", item.classes, || Some(consents(item, wording, language)));
            let told = told.filter(|told| !told.is_empty() && is_case(item));
            let only = ClassSet::default().with(FieldClass::Relation);
            let opens = item.fields.opened().iter().find(|(_, classes)| classes.contains(FieldClass::Relation));
            let fields = Fields::of(opens.map(|(basis, _)| (basis.clone(), only)).into_iter().collect());
            item.fields = match item.fields.decided() {
                Some(position) => fields.decided_at(position),
                None => fields,
            };
            item.classes = only;
            let is_told = told.is_some();
            filed.extend(told.into_iter().flatten());
            is_told
        });
        // The audit keeps what was decided, and how much of it is not told.
        (Self { items, decided: self.decided, withheld: self.withheld, ..Self::default() }, filed)
    }
}
