//! What happens to people in a month: a new number, death, emigration, another municipality.

use std::collections::{HashMap, HashSet};

use super::Month;
use crate::fake::population::invented::people::number;
use crate::fake::population::{Alias, Household, Person, World};

/// Where people move to: the neighbours of Aarhus.
const NEIGHBOURS: [u16; 5] = [615, 706, 710, 740, 746];

/// Everybody after the month.
pub(super) struct People {
    pub(super) persons: Vec<Person>,
    pub(super) aliases: Vec<Alias>,
    pub(super) households: Vec<Household>,
    /// Earlier numbers of the month, and the numbers that took their place.
    renumbered: HashMap<String, String>,
}

impl People {
    /// The number in force of somebody who had `cpr` when the month began.
    pub(super) fn number_of<'a>(&'a self, cpr: &'a str) -> &'a str {
        self.renumbered.get(cpr).map_or(cpr, String::as_str)
    }

    /// Somebody got another number in place of this one.
    pub(super) fn is_renumbered(&self, cpr: &str) -> bool {
        self.renumbered.contains_key(cpr)
    }
}

/// Somebody who lives, here or elsewhere in the country.
pub(super) fn is_resident(person: &Person) -> bool {
    person.died.is_none() && matches!(person.status, 1 | 3)
}

/// The people of `world` after the month.
pub(super) fn after(world: &World, month: &Month) -> People {
    let mut taken: HashSet<String> = world.persons().iter().map(|person| person.cpr.clone()).collect();
    taken.extend(world.aliases().iter().map(|alias| alias.former.clone()));
    taken.extend(month.named.iter().map(|cpr| (*cpr).to_owned()));
    let (mut renumbered, mut dead) = (HashMap::new(), HashSet::new());
    let mut persons = world.persons().to_vec();
    for person in &mut persons {
        if month.named.contains(person.cpr.as_str()) || !is_resident(person) {
            continue;
        }
        let mut dice = month.dice("person", &person.cpr);
        let day = month.day(&mut dice);
        match dice.weighted(&[974, 8, 6, 5, 7]) {
            1 => {
                let new = number(&mut dice, &mut taken, person.born, person.sex, false);
                renumbered.insert(person.cpr.clone(), new);
            }
            2 => {
                (person.died, person.status) = (Some(day), 90);
                dead.insert(person.cpr.clone());
            }
            3 => (person.status, person.register.status_since) = (80, Some(day)),
            4 => {
                let others: Vec<u16> =
                    NEIGHBOURS.into_iter().filter(|neighbour| *neighbour != person.municipality).collect();
                person.municipality = dice.one(&others).copied().unwrap_or(person.municipality);
            }
            _ => {}
        }
    }
    let mut people =
        People { persons, aliases: world.aliases().to_vec(), households: world.households().to_vec(), renumbered };
    people.bury(&dead);
    people.renumber();
    people
}

impl People {
    /// Whoever was married to one of the dead is a widow or widower.
    fn bury(&mut self, dead: &HashSet<String>) {
        for person in &mut self.persons {
            if person.spouse.take_if(|spouse| dead.contains(spouse)).is_some() && is_resident(person) {
                person.civil_status = Some("E".to_owned());
            }
        }
    }

    /// The register, and everybody who names somebody in it, know a new number at once; case systems may not.
    fn renumber(&mut self) {
        let Self { persons, aliases, households, renumbered } = self;
        let renew = |cpr: &mut String| {
            if let Some(new) = renumbered.get(cpr) {
                cpr.clone_from(new);
            }
        };
        for person in persons.iter_mut() {
            renew(&mut person.cpr);
            person.spouse.iter_mut().for_each(renew);
            person.children.iter_mut().chain(&mut person.custody).for_each(renew);
            let guardian = person.register.guardian.as_mut();
            guardian.and_then(|guardian| guardian.number.as_mut()).into_iter().for_each(renew);
        }
        households.iter_mut().flat_map(|household| &mut household.members).for_each(renew);
        for alias in aliases.iter_mut() {
            renew(&mut alias.cpr);
        }
        let mut new: Vec<Alias> =
            renumbered.iter().map(|(former, cpr)| Alias { cpr: cpr.clone(), former: former.clone() }).collect();
        // A map has no order, a town has.
        new.sort_by(|one, other| one.former.cmp(&other.former));
        aliases.extend(new);
    }
}
