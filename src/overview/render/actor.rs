//! Actors in words: a name, a number or why there is none.

use glasplade_adapters::contract::ActorKind;

use super::super::actors::ActorEntry;
use super::super::call_first::{CallFirst, Why};
use super::super::view::{ActorPartView, ActorView, CallFirstView, CallView, NumberKind, UnitView};
use super::fact::source_text;
use crate::config::{Language, Text, Texts, UnitRow};

/// The row in `actors`.
pub(super) fn view(entry: &ActorEntry, texts: &Texts, language: Language) -> ActorView {
    ActorView {
        id: entry.id.clone(),
        kind: entry.kind,
        name: entry.name.clone(),
        also_spelled: entry.also_spelled.clone(),
        employee_id: entry.employee_id.clone(),
        email: entry.email.clone(),
        unit: unit(entry),
        call: call(entry, texts, language),
        items: entry
            .parts
            .iter()
            .map(|part| ActorPartView { item: part.item.clone(), role: part.role, since: part.since })
            .collect(),
        sources: entry.sources.iter().map(source_text).collect(),
    }
}

fn unit(entry: &ActorEntry) -> Option<UnitView> {
    let known = entry.unit.as_ref().map(unit_view);
    known.or_else(|| {
        let name = entry.unit_name.clone()?;
        Some(UnitView { code: None, name, phone: None, mailbox: None, source_names: Vec::new() })
    })
}

/// A configured unit.
pub(super) fn unit_view(unit: &UnitRow) -> UnitView {
    UnitView {
        code: Some(unit.code.clone()),
        name: unit.name.clone(),
        phone: unit.phone.clone(),
        mailbox: unit.mailbox.clone(),
        source_names: Vec::new(),
    }
}

/// Direct number, else mobile, else the unit's, else why there is none.
fn call(entry: &ActorEntry, texts: &Texts, language: Language) -> CallView {
    let own = if entry.kind == ActorKind::Person { NumberKind::Direct } else { NumberKind::Unit };
    if let Some(number) = &entry.phone {
        return CallView { number: Some(number.clone()), kind: Some(own), reason: None };
    }
    if let Some(number) = &entry.mobile {
        return CallView { number: Some(number.clone()), kind: Some(NumberKind::Mobile), reason: None };
    }
    unit_call(entry.unit.as_ref(), texts, language)
}

fn unit_call(unit: Option<&UnitRow>, texts: &Texts, language: Language) -> CallView {
    let reason = |text: &Text| Some(text.get(language).to_owned());
    match unit.and_then(|unit| unit.phone.clone()) {
        Some(number) => {
            CallView { number: Some(number), kind: Some(NumberKind::Unit), reason: reason(&texts.number_of_unit) }
        }
        None => CallView { number: None, kind: None, reason: reason(&texts.number_unknown) },
    }
}

/// Whom to call first, in words.
pub(super) fn call_first(first: &CallFirst, actors: &[ActorEntry], texts: &Texts, language: Language) -> CallFirstView {
    let entry = first.actor.and_then(|at| actors.get(at));
    let call =
        entry.map_or_else(|| unit_call(first.unit.as_ref(), texts, language), |entry| call(entry, texts, language));
    let name = entry.and_then(|entry| entry.name.clone().or_else(|| entry.employee_id.clone()));
    let shown_name = name.clone().unwrap_or_default();
    let unit = first.unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default();
    let number = call.number.clone().unwrap_or_default();
    let since = first.since.map(|day| danish_date(day, language)).unwrap_or_default();
    let values = [
        ("navn", shown_name.as_str()),
        ("telefon", number.as_str()),
        ("enhed", unit.as_str()),
        ("dato", since.as_str()),
    ];
    let (why, text) = match first.why {
        Why::Coordinator if call.number.is_none() => ("coordinator", &texts.coordinator_without_number),
        Why::Coordinator => ("coordinator", &texts.coordinator),
        Why::PrimaryCaseworker if call.number.is_none() => {
            ("primary_caseworker", &texts.primary_caseworker_without_number)
        }
        Why::PrimaryCaseworker if first.is_new => ("primary_caseworker", &texts.new_caseworker),
        Why::PrimaryCaseworker => ("primary_caseworker", &texts.primary_caseworker),
        Why::UnitWithoutCaseworker if call.number.is_some() => ("unit_without_caseworker", &texts.no_caseworker),
        Why::UnitWithoutCaseworker => ("unit_without_caseworker", &texts.nobody_to_call),
    };
    CallFirstView {
        actor: entry.map(|entry| entry.id.clone()),
        name,
        call,
        why,
        since: first.since,
        is_new: first.is_new,
        text: text.fill(language, &values),
    }
}

/// `21. nov. 2026`.
pub(super) fn danish_date(day: jiff::civil::Date, language: Language) -> String {
    const DANISH: [&str; 12] =
        ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."];
    const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = usize::try_from(day.month() - 1).unwrap_or(0);
    match language {
        Language::Da => format!("{}. {} {}", day.day(), DANISH[at], day.year()),
        Language::En => format!("{} {} {}", day.day(), ENGLISH[at], day.year()),
    }
}
