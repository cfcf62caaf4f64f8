//! One actor from all mentions: what the directory says of the person, and what the sources say.

use std::collections::BTreeSet;
use std::sync::Arc;

use glasplade_adapters::contract::{Actor, ActorKind, ActorRole, SourceId, StaffKey, StaffMember, Unit};
use jiff::Timestamp;

use super::super::redact::Setting;
use super::super::redacted::RedactedItem;
use super::number::{self, Told};
use super::person::employee_id;
use super::{ActorEntry, Mention, Naming, Number, Part, Presence, ShownUnit, unit};
use crate::staff::Entry;

/// [DK] stedfortræder.
#[derive(Debug, Clone)]
pub(in crate::overview) struct StandIn {
    /// Name, once the directory has said it.
    pub(in crate::overview) name: Option<String>,
    /// Direct number.
    pub(in crate::overview) phone: Option<String>,
    /// Mobile number.
    pub(in crate::overview) mobile: Option<String>,
    /// The stand-in's unit.
    pub(in crate::overview) unit: Option<ShownUnit>,
    /// The directory has still to say who it is.
    pub(in crate::overview) is_pending: bool,
}

/// What the directory says of an actor.
struct Found {
    member: Arc<StaffMember>,
    read_at: Timestamp,
}

/// The actor whom all of `mentions` mean.
pub(super) fn entry(
    mut mentions: Vec<&Mention<'_>>,
    items: &[RedactedItem],
    naming: Naming<'_>,
    setting: Setting<'_>,
) -> ActorEntry {
    let rank = |mention: &Mention<'_>| setting.sources.iter().position(|source| source == mention.source);
    mentions.sort_by_key(|mention| rank(mention));
    let mut keys: Vec<StaffKey> = mentions.iter().flat_map(|mention| mention.keys()).collect();
    keys.sort();
    keys.dedup();
    let (presence, found) = presence(&keys, &mentions, naming);
    let member = found.as_ref().map(|found| &found.member);
    let employed = member.filter(|member| member.employed);
    let first_text =
        |field: fn(&Actor) -> &Option<String>| mentions.iter().find_map(|mention| field(mention.actor).clone());
    let unit = own_unit(&mentions, employed, items, setting);
    let mut entry = ActorEntry {
        id: String::new(),
        kind: mentions[0].actor.kind,
        name: member.and_then(|member| member.name.clone()).or_else(|| first_text(|actor| &actor.name)),
        also_spelled: Vec::new(),
        employee_id: first_text(|actor| &actor.employee_id).or_else(|| member.and_then(employee_id)),
        // A title can tell as much as the unit's name does.
        title: employed
            .and_then(|member| member.title.clone())
            .filter(|_| matches!(unit, Some(ShownUnit::Named { .. }))),
        email: employed.and_then(|member| member.email.clone()).or_else(|| first_text(|actor| &actor.email)),
        phone: own_number(&mentions, |actor| &actor.phone, found.as_ref(), |member| &member.phone, naming),
        mobile: own_number(&mentions, |actor| &actor.mobile, found.as_ref(), |member| &member.mobile, naming),
        unit,
        presence,
        stand_in: member.and_then(|member| stand_in(member, items, naming, setting)),
        sources: sources(&mentions),
        parts: parts(&mentions),
        keys,
    };
    entry.also_spelled = other_spellings(&mentions, entry.name.as_deref());
    if presence == Presence::Left {
        // Nobody is there to answer: only the name is shown, and whom to call instead.
        (entry.email, entry.phone, entry.mobile, entry.title) = (None, None, None, None);
    }
    if entry.kind == ActorKind::Unit {
        name_unit(&mut entry);
    }
    entry
}

/// A unit that is an actor has one name, and it tells as much as any unit's.
fn name_unit(entry: &mut ActorEntry) {
    match &entry.unit {
        Some(ShownUnit::Named { name, .. }) => entry.name = Some(name.clone()),
        Some(ShownUnit::Neutral(_)) | None => {
            (entry.name, entry.email, entry.phone, entry.mobile) = (None, None, None, None);
            entry.also_spelled.clear();
        }
    }
}

/// How the person stands in the directory. Employed under one key is employed; only where every key is answered for can
/// somebody have left or be unknown. Only the entry of somebody who is not employed says that they have left.
fn presence(keys: &[StaffKey], mentions: &[&Mention<'_>], naming: Naming<'_>) -> (Presence, Option<Found>) {
    let written = mentions.iter().find_map(|mention| mention.actor.employee_id.clone());
    let mut presence = Presence::Unknown;
    let mut former: Option<Found> = None;
    for key in keys {
        let next = match naming.known.get(key) {
            Entry::Member { member, read_at, .. } => {
                let id = employee_id(&member);
                if written.is_some() && id.is_some() && id != written {
                    continue; // the directory gives the user to somebody else than the sources do
                }
                let found = Found { member, read_at };
                if found.member.employed {
                    return (Presence::Employed, Some(found));
                }
                former.get_or_insert(found);
                Presence::Left
            }
            Entry::NotInDirectory => Presence::NotInDirectory,
            Entry::Pending => Presence::Pending,
            Entry::Unavailable => Presence::Unavailable,
            Entry::Unconfigured => Presence::Unknown,
        };
        presence = match (presence, next) {
            (Presence::Unknown | Presence::NotInDirectory, next) if next != Presence::Unknown => next,
            (Presence::Left, next @ (Presence::Pending | Presence::Unavailable)) => next,
            (presence, _) => presence,
        };
    }
    (presence, former)
}

/// The sources' own numbers beside the directory's.
fn own_number(
    mentions: &[&Mention<'_>],
    of_actor: fn(&Actor) -> &Option<String>,
    found: Option<&Found>,
    of_member: fn(&StaffMember) -> &Option<String>,
    naming: Naming<'_>,
) -> Option<Number> {
    let sources: Vec<Told<'_>> = mentions
        .iter()
        .filter_map(|mention| {
            let value = of_actor(mention.actor).as_deref()?;
            Some(Told { value, by: mention.source, read_at: naming.as_of.get(mention.source).copied() })
        })
        .collect();
    let directory = found.zip(naming.known.directory()).and_then(|(found, by)| {
        let value = of_member(&found.member).as_deref()?;
        Some(Told { value, by, read_at: Some(found.read_at) })
    });
    number::choose(&sources, directory.as_ref())
}

/// The directory's unit, else the one that a source gives the actor, else the unit of an item that the actor carries.
fn own_unit(
    mentions: &[&Mention<'_>],
    member: Option<&Arc<StaffMember>>,
    items: &[RedactedItem],
    setting: Setting<'_>,
) -> Option<ShownUnit> {
    let on: Vec<&RedactedItem> = mentions.iter().map(|mention| mention.item).collect();
    let of_directory =
        member.and_then(|member| member.unit.as_ref()).and_then(|one| unit::of_directory(one, &on, items, setting));
    let of_source = || {
        mentions.iter().find_map(|mention| {
            let own = own_unit_in_source(mention.actor)?;
            unit::of_source(&own, mention.source, &[mention.item], items, setting)
        })
    };
    if mentions[0].actor.kind == ActorKind::Unit {
        return of_source();
    }
    let of_item = || {
        mentions
            .iter()
            .filter(|mention| mention.actor.role != ActorRole::Other)
            .find_map(|mention| mention.item.shown_unit.clone())
    };
    of_directory.or_else(of_source).or_else(of_item)
}

/// A unit that is an actor is its own unit.
fn own_unit_in_source(actor: &Actor) -> Option<Unit> {
    let itself = || Unit { id: actor.native_id.clone(), name: actor.name.clone() };
    actor.unit.clone().or_else(|| (actor.kind == ActorKind::Unit).then(itself))
}

/// Told of who has left, too: that is when it is needed.
fn stand_in(member: &StaffMember, items: &[RedactedItem], naming: Naming<'_>, setting: Setting<'_>) -> Option<StandIn> {
    let user = member.stand_in.filter(|user| *user != member.user)?;
    match naming.known.get(&StaffKey::User(user)) {
        Entry::Member { member, .. } if member.employed => Some(StandIn {
            name: member.name.clone(),
            phone: member.phone.clone(),
            mobile: member.mobile.clone(),
            unit: member.unit.as_ref().and_then(|one| unit::of_directory(one, &[], items, setting)),
            is_pending: false,
        }),
        Entry::Pending => Some(StandIn { name: None, phone: None, mobile: None, unit: None, is_pending: true }),
        Entry::Member { .. } | Entry::NotInDirectory | Entry::Unavailable | Entry::Unconfigured => None,
    }
}

/// What sources call the actor besides `name`: of spellings that differ in blanks or case only, the first source's.
fn other_spellings(mentions: &[&Mention<'_>], name: Option<&str>) -> Vec<String> {
    let mut seen: BTreeSet<String> = name.map(spelling).into_iter().collect();
    let names = mentions.iter().filter_map(|mention| mention.actor.name.as_deref());
    let mut spelled: Vec<String> = names.filter(|name| seen.insert(spelling(name))).map(one_blank).collect();
    spelled.sort();
    spelled
}

/// The name without what people do not read as another spelling: blanks and case.
fn spelling(name: &str) -> String {
    one_blank(name).to_lowercase()
}

fn one_blank(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sources(mentions: &[&Mention<'_>]) -> Vec<SourceId> {
    let mut sources: Vec<SourceId> = mentions.iter().map(|mention| mention.source.clone()).collect();
    sources.dedup();
    sources
}

/// What the row that decides says of a part stands before what others say.
fn parts(mentions: &[&Mention<'_>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for mention in mentions {
        let (since, decides) = (mention.actor.since, mention.decides);
        match parts.iter_mut().find(|part| part.item == mention.item.id && part.role == mention.actor.role) {
            Some(part) if decides && !part.decides => {
                (part.since, part.source, part.decides) = (since.or(part.since), mention.source.clone(), true);
            }
            Some(part) => part.since = part.since.or(since),
            None => parts.push(Part {
                item: mention.item.id.clone(),
                role: mention.actor.role,
                since,
                source: mention.source.clone(),
                decides,
            }),
        }
    }
    parts
}
