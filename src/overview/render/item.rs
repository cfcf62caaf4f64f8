//! One item, field by field: each is written only if its class is shown.

use glasplade_adapters::contract::{ActorRole, CaseStatus, PartyRole, RecordKind, RelationKind};

use super::super::Phase;
use super::super::actors::ActorEntry;
use super::super::redacted::RedactedItem;
use super::super::view::{
    AccessView, BasisView, CodeView, ItemView, KindView, KleView, LawView, OtherValue, PartView, PhaseView,
    ProvenanceView, RelationView, StatusView, UnitView,
};
use super::Wording;
use super::actor::{danish_date, shown_unit, unit_view, without_caseworker};
use super::fact::{fact, source_text, with_disagreement};
use super::{filed, law};
use crate::access::{Basis, ClassSet};
use crate::config::{Language, Text, Texts};

/// Fields that every shown item has; everything else is in `visibility.toml`.
#[cfg(test)]
pub(in crate::overview) const ALWAYS: [&str; 3] = ["id", "access", "basis"];

/// The item as this caller sees it.
pub(super) fn view(item: &RedactedItem, actors: &[ActorEntry], wording: &Wording, language: Language) -> ItemView {
    let (rows, texts, classes) = (&item.item.rows, &wording.texts, item.classes);
    let table = &wording.visibility;
    let day = |day: &jiff::civil::Date| danish_date(*day, language);
    ItemView {
        id: item.id.clone(),
        access: if classes == ClassSet::OF_AN_ITEM { AccessView::Full } else { AccessView::Partial },
        basis: basis(&item.basis, texts, language),
        kind: table.cut("kind", classes, || Some(kind(item, language))),
        category: table.cut("category", classes, || Some(category(item, language))),
        title: table.cut("title", classes, || {
            let fact = fact(rows, |row| row.title.as_deref().map(|title| title.trim().to_owned()));
            with_disagreement(fact, wording, language, Clone::clone)
        }),
        number: table
            .cut("number", classes, || fact(rows, |row| row.number.as_deref().map(|one| one.trim().to_owned()))),
        status: table.cut("status", classes, || status(item, wording, language)),
        phase: table.cut("phase", classes, || Some(phase(item.phase, texts, language))),
        opened: table
            .cut("opened", classes, || with_disagreement(fact(rows, |row| row.opened), wording, language, day)),
        closed: table
            .cut("closed", classes, || with_disagreement(fact(rows, |row| row.closed), wording, language, day)),
        last_changed: table.cut("last_changed", classes, || fact(rows, last_changed)),
        deadline: table.cut("deadline", classes, || fact(rows, |row| row.deadline)),
        department: table.cut("department", classes, || Some(department(item, language))),
        unit: table.cut("unit", classes, || unit(item, texts, language)),
        actors: table.cut("actors", classes, || Some(parts(item, actors))),
        no_caseworker_text: table.cut("no_caseworker_text", classes, || no_caseworker(item, actors, texts, language)),
        kle: table.cut("kle", classes, || fact(rows, |row| row.kle.as_ref().map(kle))),
        law: table.cut("law", classes, || {
            fact(rows, |row| row.law.clone().map(|raw| LawView { parsed: law::parse(&raw), raw }))
        }),
        sensitivity: table.cut("sensitivity", classes, || Some(item.level)),
        party_role: table.cut("party_role", classes, || {
            fact(rows, |row| Some(row.party_role).filter(|role| *role != PartyRole::Unknown))
        }),
        relations: table
            .cut("relations", classes, || Some(relations(item, texts, language)).filter(|all| !all.is_empty())),
        consents: table
            .cut("consents", classes, || Some(filed::consents(item, wording, language)).filter(|all| !all.is_empty())),
        link: table.cut("link", classes, || fact(rows, |row| row.link.clone())),
        provenance: table.cut("provenance", classes, || Some(provenance(item))),
        flags: table.cut("flags", classes, || {
            let mut flags: Vec<_> = rows.iter().flat_map(|row| row.flags.iter().copied()).collect();
            flags.sort_unstable();
            flags.dedup();
            Some(flags).filter(|flags| !flags.is_empty())
        }),
    }
}

/// To the second: sources keep the same moment with 0 to 9 decimals, and that is no disagreement.
fn last_changed(row: &glasplade_adapters::contract::Record) -> Option<jiff::Timestamp> {
    row.last_changed.and_then(|moment| jiff::Timestamp::from_second(moment.as_second()).ok())
}

fn named(code: &str, da: &str, en: &str, language: Language) -> CodeView {
    let name = match language {
        Language::Da => da,
        Language::En => en,
    };
    CodeView { code: code.to_owned(), name: name.to_owned() }
}

fn basis(basis: &Basis, texts: &Texts, language: Language) -> BasisView {
    let text = match basis {
        Basis::OwnPerson => &texts.basis_own_person,
        Basis::OwnUnit => &texts.basis_own_unit,
        Basis::GrantingCase => &texts.basis_granting_case,
        Basis::Law(_) => &texts.basis_law,
        Basis::Consent(_) => &texts.basis_consent,
        Basis::Emergency(_) => &texts.basis_emergency,
        Basis::Category => &texts.basis_category,
    };
    BasisView { code: basis.code().into_owned(), name: text.get(language).to_owned(), own: basis.own() }
}

fn kind(item: &RedactedItem, language: Language) -> KindView {
    let fallback = ("unclassified", "Ikke klassificeret", "Not classified");
    let (code, da, en) = item.kind.as_ref().map_or(fallback, |kind| (&kind.code, &kind.name, &kind.name_en));
    let CodeView { code, name } = named(code, da, en, language);
    KindView { code, name, role: item.role }
}

fn category(item: &RedactedItem, language: Language) -> CodeView {
    let (code, da, en) = &item.category;
    named(code, da, en, language)
}

fn department(item: &RedactedItem, language: Language) -> CodeView {
    item.department.as_ref().map_or_else(
        || named("unassigned", "Ikke tildelt", "Not assigned", language),
        |row| named(&row.code, &row.name, &row.name_en, language),
    )
}

fn status(item: &RedactedItem, wording: &Wording, language: Language) -> Option<super::super::view::Fact<StatusView>> {
    let texts = &wording.texts;
    let read = |row: &glasplade_adapters::contract::Record| {
        let status = &row.status;
        let text = status_text(status.normal, texts).get(language).to_owned();
        Some(StatusView { normal: status.normal, text, raw: status.raw.clone() })
    };
    let mut found = fact(&item.item.rows, read)?;
    // Two systems word the same state in their own ways; only open against closed is a disagreement worth a sentence.
    let differs = |other: &OtherValue<StatusView>| other.value.normal.is_active() != found.value.normal.is_active();
    if let Some(at) = found.others.iter().position(differs) {
        found.others.swap(0, at);
        return with_disagreement(Some(found), wording, language, |status| status.text.clone());
    }
    Some(found)
}

fn status_text(status: CaseStatus, texts: &Texts) -> &Text {
    match status {
        CaseStatus::Opened => &texts.status_opened,
        CaseStatus::Informed => &texts.status_informed,
        CaseStatus::Decided => &texts.status_decided,
        CaseStatus::Running => &texts.status_running,
        CaseStatus::Performed => &texts.status_performed,
        CaseStatus::Closed => &texts.status_closed,
        CaseStatus::Void => &texts.status_void,
        CaseStatus::Other => &texts.status_other,
    }
}

fn phase(phase: Phase, texts: &Texts, language: Language) -> PhaseView {
    let text = match phase {
        Phase::Active => &texts.phase_active,
        Phase::Future => &texts.phase_future,
        Phase::Closed => &texts.phase_closed,
        Phase::Void => &texts.phase_void,
    };
    PhaseView { code: phase, name: text.get(language).to_owned() }
}

/// The unit by its configured name, and what the sources call it where that differs; or neutral, where its name would tell.
fn unit(item: &RedactedItem, texts: &Texts, language: Language) -> Option<UnitView> {
    if !item.names_unit() {
        return item.shown_unit.as_ref().map(|unit| shown_unit(unit, texts, language));
    }
    let told = fact(&item.item.rows, |row| row.unit.as_ref().and_then(|unit| unit.name.clone()));
    let Some(known) = &item.unit else {
        let told = told?;
        return Some(UnitView { code: None, name: told.value, phone: None, mailbox: None, source_names: told.others });
    };
    let names = told
        .into_iter()
        .flat_map(|told| std::iter::once(OtherValue { value: told.value, sources: told.sources }).chain(told.others));
    let mut view = unit_view(known);
    view.source_names = names.filter(|name| name.value != known.name).collect();
    Some(view)
}

fn parts(item: &RedactedItem, actors: &[ActorEntry]) -> Vec<PartView> {
    let of_item = actors.iter().flat_map(|entry| entry.parts.iter().map(move |part| (entry, part)));
    let mut parts: Vec<PartView> = of_item
        .filter(|(_, part)| part.item == item.id)
        .map(|(entry, part)| PartView {
            actor: entry.id.clone(),
            role: part.role,
            since: part.since,
            source: source_text(&part.source),
        })
        .collect();
    parts.sort_by_key(|part| part.role);
    parts
}

fn no_caseworker(item: &RedactedItem, actors: &[ActorEntry], texts: &Texts, language: Language) -> Option<String> {
    let is_effort = item.item.deciding().kind == RecordKind::PlannedIntervention;
    let is_worked_on = actors.iter().flat_map(|entry| &entry.parts).any(|part| {
        part.item == item.id && (part.role == ActorRole::Primary || (is_effort && part.role == ActorRole::Provider))
    });
    if is_worked_on || !item.phase.is_active() {
        return None;
    }
    Some(without_caseworker(item.shown_unit.as_ref(), texts, language))
}

fn kle(kle: &glasplade_adapters::contract::Kle) -> KleView {
    KleView { subject: kle.subject.clone(), title: kle.title.clone(), facet: kle.facet.clone(), retired: kle.retired }
}

fn relations(item: &RedactedItem, texts: &Texts, language: Language) -> Vec<RelationView> {
    let missing = |kind| kind == RelationKind::GrantedBy;
    item.relations
        .iter()
        .map(|relation| RelationView {
            kind: relation.kind,
            item: relation.item.clone(),
            text: (relation.item.is_none() && missing(relation.kind))
                .then(|| texts.granting_case_not_visible.get(language).to_owned()),
        })
        .collect()
}

fn provenance(item: &RedactedItem) -> Vec<ProvenanceView> {
    let rows = item.item.rows.iter().enumerate();
    rows.map(|(at, row)| ProvenanceView {
        source: source_text(&row.source),
        id: row.native_id.clone(),
        decides: at == 0 && item.item.owner_row_decides,
    })
    .collect()
}
