//! What the fake holds: objects of the five services with their registrations, before they are written as XML.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::staff_directory::wire::Service;

/// From when until when something holds; open ends are left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First moment.
    pub(super) from: Option<Timestamp>,
    /// First moment no longer.
    pub(super) to: Option<Timestamp>,
    /// It is written out, even when it never ends.
    pub(super) told: bool,
}

impl Span {
    /// For ever, without a word.
    pub(super) const UNTOLD: Self = Self { from: None, to: None, told: false };

    /// From a moment on.
    pub(super) const fn since(from: Timestamp) -> Self {
        Self { from: Some(from), to: None, told: true }
    }

    /// It holds at `now`.
    pub(super) fn holds(self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.to.is_none_or(|to| now < to)
    }
}

/// One object.
pub(super) struct Thing {
    /// Of which service.
    pub(super) service: Service,
    /// Its UUID.
    pub(super) id: Uuid,
    /// `Registrering`, in no order.
    pub(super) registrations: Vec<Entry>,
}

/// One registration.
#[derive(Clone)]
pub(super) struct Entry {
    /// `Tidspunkt`.
    pub(super) registered: Timestamp,
    /// `LivscyklusKode`.
    pub(super) lifecycle: &'static str,
    /// `GyldighedStatusKode`; person and address have none.
    pub(super) state: Option<&'static str>,
    /// `Egenskab`: its effect, and its children with prefix.
    pub(super) properties: Vec<(Span, Vec<(&'static str, String)>)>,
    /// The relations, in the schema's order.
    pub(super) relations: Vec<Relation>,
}

/// One relation.
#[derive(Clone)]
pub(super) struct Relation {
    /// With prefix: `d:Adresser`.
    pub(super) name: &'static str,
    /// `ReferenceID`.
    pub(super) target: Uuid,
    /// `Virkning`.
    pub(super) span: Span,
    /// What `Adresser` adds.
    pub(super) address: Option<AddressRole>,
}

/// `Rolle`, its `Label`, `Type` and `Indeks`.
#[derive(Clone)]
pub(super) struct AddressRole {
    /// `Rolle`.
    pub(super) role: Uuid,
    /// `Label`.
    pub(super) label: Option<&'static str>,
    /// `Type`.
    pub(super) kind: Uuid,
    /// `Indeks`.
    pub(super) index: usize,
}

impl Thing {
    /// The newest registration.
    pub(super) fn newest(&self) -> Option<&Entry> {
        self.registrations.iter().max_by_key(|entry| entry.registered)
    }
}

/// All objects, in the order in which they were made.
#[derive(Default)]
pub(super) struct Directory {
    things: Vec<Thing>,
    places: HashMap<(Service, Uuid), usize>,
}

impl Directory {
    /// Adds an object.
    pub(super) fn add(&mut self, thing: Thing) {
        self.places.insert((thing.service, thing.id), self.things.len());
        self.things.push(thing);
    }

    /// All objects of one service.
    pub(super) fn of(&self, service: Service) -> impl Iterator<Item = &Thing> {
        self.things.iter().filter(move |thing| thing.service == service)
    }

    /// One object.
    pub(super) fn get(&self, service: Service, id: Uuid) -> Option<&Thing> {
        self.places.get(&(service, id)).map(|at| &self.things[*at])
    }
}
