//! The decisions of one answer: each distinct set of attributes once.

use std::collections::HashMap;
use std::sync::Arc;

use glasplade_adapters::contract::Protection;

use super::engine::{AskedInput, Asking, CitizenInput, GroundInput, ItemInput, Opened};
use super::standing::Standing;
use super::{
    Access, AccessGrant, Basis, Caller, CitizenAttributes, ClassSet, DecidedAnswer, DecidedCitizen, DecidedItem,
    Fields, Grounds, ItemAttributes, OwnRole, Shown,
};
use crate::config::FieldClass;

/// Decides items for one answer.
#[derive(Debug)]
pub struct ItemPolicy<'a> {
    room: &'a Access,
    caller: &'a Caller,
    asking: Asking<'a>,
    /// By attributes, in the order of their first question.
    decided: Vec<(ItemInput, Vec<Opened>)>,
    known: HashMap<ItemInput, usize>,
    told: HashMap<usize, Shown>,
    has_relation: bool,
    citizen: Vec<DecidedCitizen>,
    consents_at: u64,
}

/// One item's decision: its place among the answer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided(usize);

impl<'a> ItemPolicy<'a> {
    pub(super) fn new(
        room: &'a Access,
        grant: &'a AccessGrant,
        standing: &Standing,
        grounds: &Grounds,
        now: i64,
    ) -> Self {
        let asked = AskedInput {
            now,
            purpose: grant.purpose().to_owned(),
            case_ref: grant.case_ref().map(str::to_owned),
            opens: room.opens(grant.purpose()),
            bars: standing.words(),
            has_protected_reason: grant.has_protected_reason(),
        };
        let principals = room.principals(grant.caller(), standing);
        let asking = Asking::new(room.engine(), principals, asked, grounds_of(grounds));
        Self {
            room,
            caller: grant.caller(),
            asking,
            decided: Vec::new(),
            known: HashMap::new(),
            told: HashMap::new(),
            has_relation: false,
            citizen: Vec::new(),
            consents_at: grounds.consents_at,
        }
    }

    /// Asks what an item with these attributes opens, beside what its category lets others know.
    pub fn decide(&mut self, item: &ItemAttributes<'_>) -> Decided {
        let input = self.room.item_input(self.caller, item);
        if let Some(at) = self.known.get(&input) {
            return Decided(*at);
        }
        let granted = input.grants_own_effort;
        let opened = self.asking.item(&input, false, |ground| match ground {
            GroundInput::Category => false,
            GroundInput::GrantingCase => granted,
            _ => true,
        });
        let at = self.decided.len();
        self.known.insert(input.clone(), at);
        self.decided.push((input, opened));
        Decided(at)
    }

    /// What is opened of the item.
    pub fn fields(&self, decided: Decided) -> Fields {
        let (input, opened) = &self.decided[decided.0];
        Fields::of(opened.iter().map(|one| (self.basis(input, *one), one.classes)).collect()).decided_at(decided.0)
    }

    fn basis(&self, input: &ItemInput, opened: Opened) -> Basis {
        match self.asking.ground(opened.ground) {
            GroundInput::OwnCase if input.caller_is_actor && self.asking.roles()[opened.role].own_by_person => {
                Basis::OwnPerson
            }
            GroundInput::OwnCase => Basis::OwnUnit,
            GroundInput::GrantingCase => Basis::GrantingCase,
            GroundInput::Law(law) => Basis::Law(Arc::clone(&law.id)),
            GroundInput::Consent(given) => Basis::Consent(given.id),
            GroundInput::Emergency(opened) => Basis::Emergency(opened.id),
            GroundInput::Category => Basis::Category,
        }
    }

    /// Says whether the caller has to do with the citizen at all, before anything is asked that rests on it.
    pub fn relate(&mut self, has_relation: bool) {
        self.has_relation = has_relation;
        self.told.clear();
    }

    /// What is told of an item of which nothing is opened.
    pub fn told(&mut self, decided: Decided) -> Shown {
        if let Some(shown) = self.told.get(&decided.0) {
            return shown.clone();
        }
        let (input, _) = &self.decided[decided.0];
        let is_category = |ground: &GroundInput| *ground == GroundInput::Category;
        let opened = self.asking.item(input, self.has_relation, is_category);
        let classes = opened.iter().fold(ClassSet::default(), |all, one| all.and(one.classes));
        let shown = match (classes.contains(FieldClass::Existence), classes.contains(FieldClass::Contact)) {
            (true, true) => Shown::Contact,
            (true, false) => Shown::Existence,
            (false, _) => Shown::Nothing,
        };
        self.told.insert(decided.0, shown.clone());
        shown
    }

    /// The roles by which an item with this decision is the caller's own.
    pub fn own_roles(&self, decided: Decided) -> impl Iterator<Item = OwnRole> {
        let (input, opened) = &self.decided[decided.0];
        let own = opened.iter().filter(|one| *self.asking.ground(one.ground) == GroundInput::OwnCase);
        own.map(|one| {
            let in_person = input.caller_is_actor && self.asking.roles()[one.role].own_by_person;
            OwnRole { role: one.role, in_person }
        })
    }

    /// Role and ground on which an item with this decision is shown although it is not the caller's own.
    pub fn other_grounds(&self, decided: Decided) -> impl Iterator<Item = (usize, usize)> {
        let (_, opened) = &self.decided[decided.0];
        let is_other = |one: &&Opened| {
            matches!(
                self.asking.ground(one.ground),
                GroundInput::Law(_) | GroundInput::Consent(_) | GroundInput::Emergency(_)
            )
        };
        opened.iter().filter(is_other).map(|one| (one.role, one.ground))
    }

    /// What the caller is shown of the citizen's own facts, and on what basis.
    pub fn decide_citizen(&mut self, citizen: &CitizenAttributes) -> Fields {
        let is_protected = citizen.protection != Protection::Open;
        let mut opened = Vec::new();
        let own_case = self.asking.grounds().position(|ground| *ground == GroundInput::OwnCase);
        let own_roles: std::collections::BTreeSet<usize> = citizen.own.iter().map(|own| own.role).collect();
        for role in own_roles {
            let works_in_person = citizen.own.contains(&OwnRole { role, in_person: true });
            let input = CitizenInput { has_own_case: true, works_in_person, has_item: false, is_protected };
            let basis = if works_in_person { Basis::OwnPerson } else { Basis::OwnUnit };
            opened.extend(own_case.map(|ground| (basis, self.ask_citizen(role, ground, input))));
        }
        for (role, ground) in &citizen.shown_on {
            let input = CitizenInput { has_item: true, is_protected, ..CitizenInput::default() };
            let classes = self.ask_citizen(*role, *ground, input);
            opened.push((self.basis(&ItemInput::default(), Opened { role: *role, ground: *ground, classes }), classes));
        }
        Fields::of(opened)
    }

    fn ask_citizen(&mut self, role: usize, ground: usize, input: CitizenInput) -> ClassSet {
        let classes = self.asking.citizen(role, ground, &input);
        self.citizen.push(DecidedCitizen { role, ground, input, classes });
        classes
    }

    /// Everything that was decided and on what, for the audit.
    pub fn into_record(self) -> DecidedAnswer {
        let told = self.told;
        let items = self.decided.into_iter().enumerate().map(|(at, (input, opened))| {
            let opened = opened.iter().map(|one| (one.role, one.ground, one.classes)).collect();
            let told = told.get(&at).and_then(|shown| match shown {
                Shown::Contact => Some(ClassSet::of(&[FieldClass::Existence, FieldClass::Contact])),
                Shown::Existence => Some(ClassSet::of(&[FieldClass::Existence])),
                Shown::Nothing => Some(ClassSet::default()),
                Shown::Fields(_) => None,
            });
            DecidedItem { input, opened, told }
        });
        DecidedAnswer {
            asked: self.asking.asked().clone(),
            roles: self.asking.roles().to_vec(),
            grounds: self.asking.grounds().cloned().collect(),
            has_relation: self.has_relation,
            items: items.collect(),
            citizen: self.citizen,
            consents_at: self.consents_at,
        }
    }
}

/// In the order of their strength.
fn grounds_of(grounds: &Grounds) -> Vec<GroundInput> {
    let statutes = grounds.statutes.iter().cloned().map(GroundInput::Law);
    let consents = grounds.consents.iter().cloned().map(GroundInput::Consent);
    let emergency = grounds.emergency.iter().cloned().map(GroundInput::Emergency);
    [GroundInput::OwnCase, GroundInput::GrantingCase]
        .into_iter()
        .chain(statutes)
        .chain(consents)
        .chain(emergency)
        .chain([GroundInput::Category])
        .collect()
}
