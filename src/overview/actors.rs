//! Actors are people, not rows: one caseworker in three systems is one actor with three cases.

use std::collections::HashMap;

use glasplade_adapters::contract::{Actor, ActorKind, ActorRole, SourceId};
use jiff::civil::Date;

use super::join::UnionFind;
use super::redact::{RedactedItem, Setting};
use crate::config::{FieldClass, UnitRow};

/// A person or unit who works with the citizen, on items that the caller sees people of.
#[derive(Debug, Clone)]
pub(super) struct ActorEntry {
    pub(super) id: String,
    pub(super) kind: ActorKind,
    pub(super) name: Option<String>,
    pub(super) also_spelled: Vec<String>,
    pub(super) employee_id: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) mobile: Option<String>,
    pub(super) unit: Option<UnitRow>,
    pub(super) unit_name: Option<String>,
    pub(super) sources: Vec<SourceId>,
    pub(super) parts: Vec<Part>,
}

/// What an actor does on one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) item: String,
    pub(super) role: ActorRole,
    pub(super) since: Option<Date>,
    pub(super) source: SourceId,
}

struct Mention<'a> {
    item: &'a RedactedItem,
    source: &'a SourceId,
    actor: &'a Actor,
}

/// The actors of what is shown, joined on employee id or e-mail, never on a name alone.
pub(super) fn collect(items: &[RedactedItem], setting: Setting<'_>) -> Vec<ActorEntry> {
    let mentions = mentions(items, setting);
    let mut entries: Vec<ActorEntry> =
        groups(&mentions).into_iter().map(|group| entry(&group, &mentions, setting)).collect();
    entries.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    for (number, entry) in (1..).zip(&mut entries) {
        entry.id = format!("a{number}");
    }
    entries
}

/// Whoever works on a shown item today, or will; in the order of items and of configured sources.
fn mentions<'a>(items: &'a [RedactedItem], setting: Setting<'_>) -> Vec<Mention<'a>> {
    let is_current =
        |actor: &Actor| actor.role != ActorRole::Responsible && actor.until.is_none_or(|until| until > setting.today);
    let is_somebody = |actor: &Actor| actor.name.is_some() || actor.employee_id.is_some() || actor.email.is_some();
    items
        .iter()
        .filter(|item| item.classes.contains(FieldClass::People))
        .flat_map(|item| item.item.rows.iter().map(move |row| (item, row)))
        .flat_map(|(item, row)| row.actors.iter().map(move |actor| Mention { item, source: &row.source, actor }))
        .filter(|mention| is_current(mention.actor) && is_somebody(mention.actor))
        .collect()
}

/// Components over employee id, e-mail and the source's own id. An e-mail that two employee ids share is a mailbox, not a
/// person; a component with two employee ids falls back to the ids.
fn groups(mentions: &[Mention<'_>]) -> Vec<Vec<usize>> {
    let by = |key: &dyn Fn(&Mention<'_>) -> Option<String>| {
        let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, mention) in mentions.iter().enumerate() {
            if let Some(key) = key(mention) {
                positions.entry(key).or_default().push(at);
            }
        }
        positions
    };
    let ids = |group: &[usize]| {
        let mut ids: Vec<&str> = group.iter().filter_map(|at| mentions[*at].actor.employee_id.as_deref()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let mut certain = UnionFind::new(mentions.len());
    for same in by(&|mention| mention.actor.employee_id.clone()).values() {
        certain.unite(same);
    }
    let native = by(&|mention| mention.actor.native_id.as_ref().map(|id| format!("{}\u{0}{id}", mention.source)));
    let email = by(&|mention| mention.actor.email.clone());
    let mut joined = certain.clone();
    for same in native.values().chain(email.values()).filter(|same| ids(same) <= 1) {
        joined.unite(same);
    }
    let mut groups = Vec::new();
    for group in joined.groups() {
        if ids(&group) <= 1 {
            groups.push(group);
            continue;
        }
        let mut parts: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in group {
            parts.entry(certain.root(at)).or_default().push(at);
        }
        groups.extend(parts.into_values());
    }
    groups
}

fn entry(group: &[usize], mentions: &[Mention<'_>], setting: Setting<'_>) -> ActorEntry {
    let rank = |mention: &Mention<'_>| setting.sources.iter().position(|source| source == mention.source);
    let mut ordered: Vec<&Mention<'_>> = group.iter().map(|at| &mentions[*at]).collect();
    ordered.sort_by_key(|mention| rank(mention));
    let first_text =
        |field: fn(&Actor) -> &Option<String>| ordered.iter().find_map(|mention| field(mention.actor).clone());
    let name = first_text(|actor| &actor.name);
    let mut also_spelled: Vec<String> = ordered.iter().filter_map(|mention| mention.actor.name.clone()).collect();
    also_spelled.retain(|spelled| Some(spelled) != name.as_ref());
    also_spelled.sort();
    also_spelled.dedup();
    let mut sources: Vec<SourceId> = ordered.iter().map(|mention| mention.source.clone()).collect();
    sources.dedup();
    let (unit, unit_name) = unit(&ordered, setting);
    ActorEntry {
        id: String::new(),
        kind: ordered[0].actor.kind,
        name,
        also_spelled,
        employee_id: first_text(|actor| &actor.employee_id),
        email: first_text(|actor| &actor.email),
        phone: first_text(|actor| &actor.phone),
        mobile: first_text(|actor| &actor.mobile),
        unit,
        unit_name,
        sources,
        parts: parts(&ordered),
    }
}

/// The actor's own unit where a source tells it, else the unit of an item that the actor is primary on; only where the
/// caller may know the item's unit.
fn unit(ordered: &[&Mention<'_>], setting: Setting<'_>) -> (Option<UnitRow>, Option<String>) {
    let may_know = |mention: &&&Mention<'_>| mention.item.classes.contains(FieldClass::Contact);
    let own = ordered.iter().filter(may_know).find_map(|mention| {
        let unit = mention.actor.unit.as_ref()?;
        let known = unit.id.as_deref().and_then(|id| setting.classifier.unit_by_source_id(mention.source, id)).cloned();
        (known.is_some() || unit.name.is_some()).then(|| (known, unit.name.clone()))
    });
    let of_item = || {
        ordered
            .iter()
            .filter(may_know)
            .find(|mention| mention.actor.role == ActorRole::Primary && mention.item.unit.is_some())
            .map(|mention| (mention.item.unit.clone(), None))
    };
    own.or_else(of_item).unwrap_or_default()
}

fn parts(ordered: &[&Mention<'_>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for mention in ordered {
        let known = parts.iter_mut().find(|part| part.item == mention.item.id && part.role == mention.actor.role);
        match known {
            Some(part) => part.since = part.since.or(mention.actor.since),
            None => parts.push(Part {
                item: mention.item.id.clone(),
                role: mention.actor.role,
                since: mention.actor.since,
                source: mention.source.clone(),
            }),
        }
    }
    parts
}

/// The coordinator first, then who is primary, then by the number of cases.
fn sort_key(entry: &ActorEntry) -> (ActorRole, std::cmp::Reverse<usize>, Option<&str>, Option<&str>) {
    let role = entry.parts.iter().map(|part| part.role).min().unwrap_or(ActorRole::Other);
    (role, std::cmp::Reverse(entry.parts.len()), entry.name.as_deref(), entry.employee_id.as_deref())
}
