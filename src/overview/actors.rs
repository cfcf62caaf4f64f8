//! Actors are people, not rows: one caseworker in three systems is one actor with three cases.

mod entry;
mod number;
mod person;
mod unit;

use std::collections::{BTreeSet, HashMap};

use glasplade_adapters::contract::{Actor, ActorKind, ActorRole, SourceId, StaffKey};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::call_first;
use super::redact::Setting;
use super::redacted::{Redacted, RedactedItem};
use crate::access::EmployeeId;
use crate::config::FieldClass;
use crate::staff::Known;

pub(super) use entry::StandIn;
pub(super) use number::Number;
pub(super) use unit::{Neutral, ShownUnit, may_be_named, of_item as unit_of_item};

/// A person or unit who works with the citizen, on items that the caller sees people of.
#[derive(Debug, Clone)]
pub(super) struct ActorEntry {
    pub(super) id: String,
    pub(super) kind: ActorKind,
    pub(super) name: Option<String>,
    pub(super) also_spelled: Vec<String>,
    pub(super) employee_id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<Number>,
    pub(super) mobile: Option<Number>,
    pub(super) unit: Option<ShownUnit>,
    pub(super) presence: Presence,
    pub(super) stand_in: Option<StandIn>,
    pub(super) sources: Vec<SourceId>,
    pub(super) parts: Vec<Part>,
    /// By what the directory is asked for the actor.
    keys: Vec<StaffKey>,
}

impl ActorEntry {
    /// The directory has still to say something of the actor or of who stands in.
    pub(super) fn is_pending(&self) -> bool {
        self.presence == Presence::Pending || self.stand_in.as_ref().is_some_and(|stand_in| stand_in.is_pending)
    }
}

/// How an actor stands in the staff directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// The directory says nothing: there is none, or nothing to look the actor up by.
    Unknown,
    /// Employed.
    Employed,
    /// The directory does not know the actor: an external, another municipality's, one under another kind of id. That is
    /// no word about having left, so what the sources say stands.
    NotInDirectory,
    /// No longer employed, as the directory says itself, though a source still names the actor.
    Left,
    /// Being read.
    Pending,
    /// The directory cannot be read.
    Unavailable,
}

/// What an actor does on one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) item: String,
    pub(super) role: ActorRole,
    pub(super) since: Option<Date>,
    pub(super) source: SourceId,
    /// The row that decides says so.
    pub(super) decides: bool,
}

/// What is known of employees besides the rows.
#[derive(Clone, Copy)]
pub(super) struct Naming<'a> {
    /// What the directory says.
    pub(super) known: &'a Known,
    /// When each source's rows were read.
    pub(super) as_of: &'a HashMap<SourceId, Timestamp>,
}

struct Mention<'a> {
    item: &'a RedactedItem,
    source: &'a SourceId,
    actor: &'a Actor,
    decides: bool,
    /// The user in the directory, where the source names users by it.
    user: Option<Uuid>,
}

impl Redacted {
    /// By what the staff directory is to be asked for the people of what is shown: nothing of what is not.
    pub fn staff_keys(&self) -> Vec<StaffKey> {
        let keys: BTreeSet<&StaffKey> = self.actors.iter().flat_map(|entry| &entry.keys).collect();
        keys.into_iter().cloned().collect()
    }

    /// Works out who the actors are, and whom to call first, with what the directory says. `as_of` is when the rows of
    /// each source were read: a number that a source gives itself counts when it is newer than the directory's.
    pub fn name_actors(&mut self, known: &Known, as_of: &HashMap<SourceId, Timestamp>, setting: Setting<'_>) {
        self.actors = collect(&self.items, Naming { known, as_of }, setting);
        self.call_first = call_first::choose(&self.items, &self.actors, setting);
    }
}

/// The actors of what is shown, joined on employee id or e-mail, never on a name alone.
fn collect(items: &[RedactedItem], naming: Naming<'_>, setting: Setting<'_>) -> Vec<ActorEntry> {
    let mentions = mentions(items, setting);
    let groups = person::groups(&mentions, naming, setting.classifier);
    let mut entries: Vec<ActorEntry> = groups
        .into_iter()
        .map(|group| {
            let of_one: Vec<&Mention<'_>> = group.iter().map(|at| &mentions[*at]).collect();
            entry::entry(of_one, items, naming, setting)
        })
        .collect();
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
    let user = |source: &SourceId, actor: &Actor| {
        let names_users = actor.kind == ActorKind::Person && setting.classifier.names_directory_users(source);
        actor.native_id.as_deref().filter(|_| names_users).and_then(|id| Uuid::try_parse(id).ok())
    };
    items
        .iter()
        .filter(|item| item.classes.contains(FieldClass::People))
        .flat_map(|item| item.item.rows.iter().enumerate().map(move |(at, row)| (item, at, row)))
        .flat_map(|(item, at, row)| row.actors.iter().map(move |actor| (item, at, row, actor)))
        .map(|(item, at, row, actor)| {
            let user = user(&row.source, actor);
            Mention { item, source: &row.source, actor, decides: at == 0, user }
        })
        .filter(|mention| is_current(mention.actor) && (is_somebody(mention.actor) || mention.user.is_some()))
        .collect()
}

impl Mention<'_> {
    /// The employee id that the source writes, if it can be one: a personal number in its place is never asked for.
    fn employee_key(&self) -> Option<StaffKey> {
        let id = self.actor.employee_id.as_deref().filter(|_| self.actor.kind == ActorKind::Person)?;
        EmployeeId::parse(id).map(|id| StaffKey::Employee(id.as_str().into()))
    }

    fn keys(&self) -> impl Iterator<Item = StaffKey> {
        self.employee_key().into_iter().chain(self.user.map(StaffKey::User))
    }
}

/// The coordinator first, then who is primary, then by the number of cases.
fn sort_key(entry: &ActorEntry) -> (ActorRole, std::cmp::Reverse<usize>, Option<&str>, Option<&str>) {
    let role = entry.parts.iter().map(|part| part.role).min().unwrap_or(ActorRole::Other);
    (role, std::cmp::Reverse(entry.parts.len()), entry.name.as_deref(), entry.employee_id.as_deref())
}
