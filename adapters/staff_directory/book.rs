//! What the directory has said so far in one look-up: objects by UUID, and the answers to searches.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::wire::{Address, Function, Person, Registration, Snapshot, Unit, User};

/// Everything that was said.
#[derive(Default)]
pub(super) struct Book {
    /// [DK] brugere.
    pub(super) users: Shelf<User>,
    /// [DK] personer.
    pub(super) persons: Shelf<Person>,
    /// [DK] adresser.
    pub(super) addresses: Shelf<Address>,
    /// [DK] organisationfunktioner.
    pub(super) functions: Shelf<Function>,
    /// [DK] organisationenheder.
    pub(super) units: Shelf<Unit>,
    /// Positions found, by user.
    pub(super) positions: HashMap<Uuid, Vec<Uuid>>,
    /// Stand-in functions found, by the person stood in for.
    pub(super) stand_ins: HashMap<Uuid, Vec<Uuid>>,
    /// Manager functions found, by unit.
    pub(super) managers: HashMap<Uuid, Vec<Uuid>>,
    /// Users, persons and units about whom a search could not be read.
    pub(super) broken: HashSet<Uuid>,
}

/// Objects of one service.
pub(super) struct Shelf<T> {
    asked: HashSet<Uuid>,
    found: HashMap<Uuid, Snapshot<T>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { asked: HashSet::new(), found: HashMap::new() }
    }
}

/// What is known of one object.
pub(super) enum Known<'a, T> {
    /// Nothing: it was not in the answer.
    Nothing,
    /// It is there, without a registration.
    Bare,
    /// Its newest registration.
    Now(&'a Registration<T>),
    /// Two registrations are the newest, and differ.
    Contradiction,
}

impl<'a, T> Known<'a, T> {
    /// The newest registration, if there is one.
    pub(super) fn now(self) -> Option<&'a Registration<T>> {
        match self {
            Self::Now(registration) => Some(registration),
            Self::Nothing | Self::Bare | Self::Contradiction => None,
        }
    }
}

impl<T: PartialEq> Shelf<T> {
    /// Those of `ids` that were not asked for before; from now on they were.
    pub(super) fn ask(&mut self, ids: impl IntoIterator<Item = Uuid>) -> BTreeSet<Uuid> {
        ids.into_iter().filter(|id| self.asked.insert(*id)).collect()
    }

    /// Takes what came. What nobody asked for is dropped; what comes twice is one object with all its registrations.
    pub(super) fn put(&mut self, snapshots: Vec<Snapshot<T>>) {
        for snapshot in snapshots.into_iter().filter(|snapshot| self.asked.contains(&snapshot.id)) {
            match self.found.get_mut(&snapshot.id) {
                Some(before) => before.registrations.extend(snapshot.registrations),
                None => drop(self.found.insert(snapshot.id, snapshot)),
            }
        }
    }

    /// What is known of `id`: of several registrations the newest `Tidspunkt` wins.
    pub(super) fn get(&self, id: Uuid) -> Known<'_, T> {
        let Some(snapshot) = self.found.get(&id) else { return Known::Nothing };
        let when = |registration: &Registration<T>| registration.registered.moment().unwrap_or(Timestamp::MIN);
        let Some(newest) = snapshot.registrations.iter().max_by_key(|one| when(one)) else { return Known::Bare };
        let mut rivals = snapshot.registrations.iter().filter(|one| when(one) == when(newest));
        if rivals.all(|rival| rival == newest) { Known::Now(newest) } else { Known::Contradiction }
    }
}
