//! Oracle against product: the same world to both, the answers side by side, and the smallest world that still differs.

use std::collections::BTreeMap;

use super::real::{Seen, Towns};
use super::verdict::{Answer, Expected, Ground, Told, expected};
use super::world::{Kin, Relative, World};

/// How often each expectation and each sentence came.
pub(super) type Tally = BTreeMap<&'static str, usize>;

/// Puts the world to both and counts.
pub(super) fn compare(towns: &Towns, world: &World, tally: &mut Tally) -> Option<Difference> {
    let expected = expected(world);
    count(&expected, tally);
    let wanted = expected.answer.map(|answer| seen_of(&answer));
    let found = towns.answer(world);
    (wanted != found).then_some(Difference { wanted, found })
}

/// What the oracle says, and what the product does.
#[derive(Debug)]
pub(super) struct Difference {
    wanted: Option<Seen>,
    found: Option<Seen>,
}

impl Difference {
    /// What differs first, in few words, so that a hundred differences of one cause are one.
    pub(super) fn kind(&self) -> String {
        let (Some(wanted), Some(found)) = (&self.wanted, &self.found) else { return "refusal".to_owned() };
        if wanted.in_force != found.in_force {
            return "consents in force".to_owned();
        }
        if let Some((wanted, found)) = wanted.items.iter().zip(&found.items).find(|(wanted, found)| wanted != found) {
            return format!("item on {:?} instead of {:?}", names(found.as_ref()), names(wanted.as_ref()));
        }
        match () {
            () if wanted.notices != found.notices => "notices".to_owned(),
            () if wanted.citizen != found.citizen => {
                format!("citizen {:#b} instead of {:#b}", found.citizen, wanted.citizen)
            }
            () if wanted.has_name != found.has_name => "name".to_owned(),
            () => "counts".to_owned(),
        }
    }
}

fn names(grounds: Option<&BTreeMap<Ground, u16>>) -> Vec<&'static str> {
    let name = |ground: &Ground| match ground {
        Ground::InPerson => "own (person)",
        Ground::ByUnit => "own (unit)",
        Ground::Granting => "granting",
        Ground::Law(_) => "law",
        Ground::Consent(_) => "consent",
        Ground::Emergency => "emergency",
    };
    grounds.into_iter().flat_map(|grounds| grounds.keys().map(name)).collect()
}

/// Whether they still differ in this, for the search of the smallest world.
fn differ(towns: &Towns, world: &World, kind: &str) -> bool {
    compare(towns, world, &mut Tally::new()).is_some_and(|difference| difference.kind() == kind)
}

/// The expectation in the shape of what can be seen: each class stands with its strongest ground.
fn seen_of(answer: &Answer) -> Seen {
    let items = answer.items.iter().map(|told| match told {
        Told::Shown(grounds) => Some(strongest(grounds)),
        Told::PastWindow { .. } | Told::Contact | Told::Existence | Told::Nothing => None,
    });
    let times = |wanted: &Told| answer.items.iter().filter(|told| *told == wanted).count();
    Seen {
        items: items.collect(),
        notices: answer.notices.clone(),
        hidden: times(&Told::PastWindow { counted: true }),
        withheld: times(&Told::Nothing) + times(&Told::PastWindow { counted: false }),
        citizen: answer.citizen,
        has_name: answer.has_name,
        in_force: answer.in_force.clone(),
    }
}

fn strongest(grounds: &BTreeMap<Ground, u16>) -> BTreeMap<Ground, u16> {
    let mut known = 0;
    let mut left = BTreeMap::new();
    for (ground, classes) in grounds {
        let new = classes & !known;
        known |= classes;
        if new != 0 {
            left.insert(*ground, new);
        }
    }
    left
}

fn count(expected: &Expected, tally: &mut Tally) {
    let mut one = |what: &'static str| *tally.entry(what).or_default() += 1;
    one("worlds");
    expected.why.iter().for_each(|why| one(why));
    for told in expected.answer.iter().flat_map(|answer| &answer.items) {
        one(match told {
            Told::Shown(_) => "item: shown",
            Told::PastWindow { counted: true } => "item: past its window, counted",
            Told::PastWindow { counted: false } => "item: past its window, not counted",
            Told::Contact => "item: existence and contact",
            Told::Existence => "item: existence",
            Told::Nothing => "item: nothing",
        });
    }
}

/// The world with everything taken out that the difference does not need.
pub(super) fn smallest(towns: &Towns, world: &World, kind: &str) -> World {
    let mut smallest = world.clone();
    loop {
        let next = smaller(&smallest).into_iter().find(|world| differ(towns, world, kind));
        match next {
            Some(next) => smallest = next,
            None => return smallest,
        }
    }
}

/// Each with one thing less.
fn smaller(world: &World) -> Vec<World> {
    let mut all = Vec::new();
    let mut less = |change: &dyn Fn(&mut World)| {
        let mut next = world.clone();
        change(&mut next);
        all.push(next);
    };
    for at in 0..world.items.len() {
        less(&|world| without_item(world, at));
    }
    for at in 0..world.consents.len() {
        less(&|world| {
            world.consents.remove(at);
        });
    }
    for at in 0..world.statutes.len() {
        less(&|world| {
            world.statutes.remove(at);
        });
    }
    for at in 0..world.caller.roles.len() {
        less(&|world| {
            world.caller.roles.remove(at);
        });
    }
    if world.emergency.is_some() {
        less(&|world| world.emergency = None);
    }
    if world.silent.index {
        less(&|world| world.silent.index = false);
    }
    if world.silent.master {
        less(&|world| world.silent.master = false);
    }
    if world.asks_address {
        less(&|world| world.asks_address = false);
    }
    let nobody = Kin {
        caller_is: Relative::Nobody,
        is_caller_known: false,
        is_silent: false,
        is_hasty: false,
        is_colleague: false,
    };
    if world.kin != nobody {
        less(&|world| world.kin = nobody);
    }
    for at in 0..world.items.len() {
        let item = &world.items[at];
        if item.screened.is_some() {
            less(&|world| world.items[at].screened = None);
        }
        if item.index_screened.is_some() {
            less(&|world| world.items[at].index_screened = None);
        }
        if item.index_kind.is_some() {
            less(&|world| world.items[at].index_kind = None);
        }
        if item.sensitivity.is_some() {
            less(&|world| world.items[at].sensitivity = None);
        }
        if item.index_sensitivity.is_some() {
            less(&|world| world.items[at].index_sensitivity = None);
        }
        if item.granted_by.is_some() {
            less(&|world| world.items[at].granted_by = None);
        }
        for one in 0..item.actors.len() {
            less(&|world| {
                world.items[at].actors.remove(one);
            });
        }
    }
    all
}

fn without_item(world: &mut World, at: usize) {
    world.items.remove(at);
    for item in &mut world.items {
        item.granted_by = match item.granted_by {
            Some(by) if by == at => None,
            Some(by) if by > at => Some(by - 1),
            by => by,
        };
    }
}
