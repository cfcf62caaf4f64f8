//! From the directory's words to ours. Pure: it reads what the book holds at the time it is given.

use jiff::Timestamp;
use uuid::Uuid;

use super::book::{Book, Known};
use super::choose::{addresses_of, held_since, is_in_force, targets, text_last, text_now};
use super::settings::{Role, Settings};
use super::texts;
use super::wire::{AddressLink, Function, Link, Registration, User};
use crate::contract::{CprNumber, StaffMember, StaffUnit};
use crate::sts::time::{Bound, Timed};

/// How far up from a unit is looked.
pub(super) const ABOVE_MAX: usize = 8;

/// Reads one book.
pub(super) struct Translation<'a> {
    /// What was said.
    pub(super) book: &'a Book,
    /// The configured roles and kinds.
    pub(super) settings: &'a Settings,
    /// The time.
    pub(super) now: Timestamp,
}

/// What became of one key.
pub(super) enum Outcome<T> {
    /// This.
    Found(T),
    /// The directory does not know the key.
    Unknown,
    /// It contradicts itself, or cannot be read.
    Unreadable,
}

impl Translation<'_> {
    /// The one user with this AZ-ident among the hits of a search: compared again, the current one before former ones.
    pub(super) fn user_named(&self, ident: &str, hits: &[Uuid]) -> Outcome<Uuid> {
        let ident = ident.to_lowercase();
        let (mut current, mut former, mut has_unreadable) = (Vec::new(), Vec::new(), false);
        for id in hits {
            match self.book.users.get(*id) {
                Known::Now(user) if is_readable(user) => {
                    if text_last(&user.object.names, self.now).is_some_and(|name| name.to_lowercase() == ident) {
                        if is_in_force(user, self.now) { &mut current } else { &mut former }.push(*id);
                    }
                }
                Known::Now(_) | Known::Contradiction => has_unreadable = true,
                Known::Nothing | Known::Bare => {}
            }
        }
        match (current.as_slice(), former.as_slice()) {
            ([user], _) | ([], [user]) => Outcome::Found(*user),
            ([], []) if !has_unreadable => Outcome::Unknown,
            _ => Outcome::Unreadable,
        }
    }

    /// The employee behind `user`.
    pub(super) fn member(&self, user: Uuid) -> Outcome<StaffMember> {
        let registration = match self.book.users.get(user) {
            Known::Nothing => return Outcome::Unknown,
            Known::Bare => return Outcome::Found(nobody(user)),
            Known::Contradiction => return Outcome::Unreadable,
            Known::Now(registration) => registration,
        };
        let person = self.person(user);
        let units = [self.unit_of(user), self.boss_unit(user)];
        let subjects = [Some(user), person].into_iter().chain(units).flatten();
        let person_known = person.map(|person| self.book.persons.get(person));
        let is_broken = subjects.into_iter().any(|subject| self.book.broken.contains(&subject));
        if is_broken || !is_readable(registration) || matches!(person_known, Some(Known::Contradiction)) {
            return Outcome::Unreadable;
        }
        let name = person_known.and_then(Known::now).and_then(|person| text_last(&person.object.names, self.now));
        let ident = text_last(&registration.object.names, self.now).map(str::to_lowercase);
        let left = StaffMember {
            // Some systems use the civil registration number as user name.
            employee_id: ident.and_then(|ident| texts::name(&ident)).filter(|ident| CprNumber::parse(ident).is_err()),
            name: name.and_then(texts::name),
            changed: registration.registered.moment(),
            // Whoever has left is no longer called; who has their cases is.
            stand_in: self.stand_in(user),
            ..nobody(user)
        };
        if !is_in_force(registration, self.now) {
            return Outcome::Found(left);
        }
        let roles = &self.settings.roles;
        let contact = |role: &Role, read| self.contact(&registration.object.addresses, role, read);
        let position = self.position(user);
        Outcome::Found(StaffMember {
            title: position.and_then(|one| text_now(&one.object.names, self.now)).and_then(texts::name),
            email: contact(&roles.user_email, texts::email),
            phone: contact(&roles.user_landline, texts::phone),
            mobile: contact(&roles.user_mobile, texts::phone),
            unit: self.unit_of(user).map(|unit| self.unit(unit)),
            leader: self.leader(user),
            employed: true,
            ..left
        })
    }

    /// The user is there and employed.
    pub(super) fn employed(&self, user: Uuid) -> Option<&Registration<User>> {
        self.book.users.get(user).now().filter(|user| is_in_force(user, self.now))
    }

    /// The user's person: the first that holds now. Of somebody who has left the first that ever did, since the link ends
    /// with the employment; a user in force whose link has ended has no person, because the user may be another's now.
    pub(super) fn person(&self, user: Uuid) -> Option<Uuid> {
        let registration = self.book.users.get(user).now()?;
        let persons = &registration.object.persons;
        let ever = || persons.iter().find_map(|link| link.target).filter(|_| !is_in_force(registration, self.now));
        targets(persons, self.now).next().or_else(ever)
    }

    /// All addresses that the user's number and mailbox may be in.
    pub(super) fn user_addresses(&self, user: Uuid) -> Vec<Uuid> {
        let roles = &self.settings.roles;
        let Some(user) = self.employed(user) else { return Vec::new() };
        let wanted = [&roles.user_email, &roles.user_mobile, &roles.user_landline];
        wanted.into_iter().flat_map(|role| addresses_of(&user.object.addresses, role, roles, self.now)).collect()
    }

    /// All addresses that the unit's number and mailbox may be in.
    pub(super) fn unit_addresses(&self, unit: Uuid) -> Vec<Uuid> {
        let roles = &self.settings.roles;
        let Some(unit) = self.book.units.get(unit).now() else { return Vec::new() };
        let wanted = [&roles.unit_email, &roles.unit_phone, &roles.unit_landline];
        wanted.into_iter().flat_map(|role| addresses_of(&unit.object.addresses, role, roles, self.now)).collect()
    }

    fn contact(&self, links: &[AddressLink], role: &Role, read: fn(&str) -> Option<String>) -> Option<String> {
        let addresses = addresses_of(links, role, &self.settings.roles, self.now);
        let known = addresses.into_iter().filter_map(|address| self.book.addresses.get(address).now());
        let mut texts = known.filter_map(|address| text_now(&address.object.texts, self.now));
        texts.find_map(read)
    }

    /// The user's first position: the one held longest, since searches tell no order.
    fn position(&self, user: Uuid) -> Option<&Registration<Function>> {
        let found = self.book.positions.get(&user).map(Vec::as_slice).unwrap_or_default();
        self.first_held(found, self.settings.functions.position, |function| &function.users, user)
    }

    fn first_held(
        &self,
        found: &[Uuid],
        kind: Uuid,
        links: fn(&Function) -> &[Link],
        target: Uuid,
    ) -> Option<&Registration<Function>> {
        let functions = found.iter().filter_map(|id| Some((*id, self.book.functions.get(*id).now()?)));
        let held = functions
            .filter_map(|(id, function)| Some(((held_since(function, kind, links, target, self.now)?, id), function)));
        held.min_by_key(|(first, _)| *first).map(|(_, function)| function)
    }

    /// The unit of the user's first position.
    pub(super) fn unit_of(&self, user: Uuid) -> Option<Uuid> {
        self.employed(user)?;
        targets(&self.position(user)?.object.units, self.now).next()
    }

    /// The unit right above.
    pub(super) fn above(&self, unit: Uuid) -> Option<Uuid> {
        targets(&self.book.units.get(unit).now()?.object.above, self.now).next()
    }

    fn unit(&self, uuid: Uuid) -> StaffUnit {
        let mut above: Vec<Uuid> = Vec::new();
        while above.len() < ABOVE_MAX
            && let Some(next) = self.above(*above.last().unwrap_or(&uuid))
            && next != uuid
            && !above.contains(&next)
        {
            above.push(next);
        }
        let unit = self.book.units.get(uuid).now().map(|unit| &unit.object);
        let roles = &self.settings.roles;
        let contact = |role: &Role, read| unit.and_then(|unit| self.contact(&unit.addresses, role, read));
        StaffUnit {
            uuid,
            name: unit.and_then(|unit| text_now(&unit.names, self.now)).and_then(texts::name),
            above,
            phone: contact(&roles.unit_phone, texts::phone).or_else(|| contact(&roles.unit_landline, texts::phone)),
            email: contact(&roles.unit_email, texts::email),
        }
    }

    /// The unit's manager.
    fn manager(&self, unit: Uuid) -> Option<Uuid> {
        let found = self.book.managers.get(&unit)?;
        let function = self.first_held(found, self.settings.functions.manager, |function| &function.units, unit)?;
        targets(&function.object.users, self.now).next()
    }

    /// The unit in which the user's leader is looked for when the user's own unit has the user as its manager.
    pub(super) fn boss_unit(&self, user: Uuid) -> Option<Uuid> {
        let unit = self.unit_of(user)?;
        if self.manager(unit) == Some(user) { self.above(unit) } else { None }
    }

    fn leader(&self, user: Uuid) -> Option<Uuid> {
        let manager = self.manager(self.boss_unit(user).or_else(|| self.unit_of(user))?);
        manager.filter(|manager| *manager != user)
    }

    fn stand_in(&self, user: Uuid) -> Option<Uuid> {
        let person = self.person(user)?;
        let function = self.first_held(
            self.book.stand_ins.get(&person)?,
            self.settings.functions.stand_in?,
            |function| &function.persons,
            person,
        )?;
        targets(&function.object.users, self.now).find(|stand_in| *stand_in != user)
    }
}

/// Who is there without a registration, or as good as: somebody of whom nothing may be shown.
fn nobody(user: Uuid) -> StaffMember {
    StaffMember {
        user,
        employee_id: None,
        name: None,
        title: None,
        email: None,
        phone: None,
        mobile: None,
        unit: None,
        stand_in: None,
        leader: None,
        employed: false,
        changed: None,
    }
}

/// When it was registered and whose name it is can be read.
fn is_readable(user: &Registration<User>) -> bool {
    user.registered != Bound::Unreadable && !user.object.names.iter().any(|name| name.effect().is_unreadable())
}
