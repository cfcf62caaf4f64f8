//! What one item shows to one caller. Closed until named; every attribute comes from configuration or the item.

use uuid::Uuid;

use std::collections::BTreeSet;

use glasplade_adapters::contract::Protection;

use super::Caller;
use super::standing::{Reach, Standing};
use crate::config::{AccessFile, AddressRight, CategoryRow, ExistenceMode, FieldClass, KindRole, OwnCase, RoleRow};

/// A set of field classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClassSet(u16);

impl ClassSet {
    /// What an own case shows: everything about the case, nothing about the citizen's person, household or address.
    pub const OWN_CASE: Self = Self::of(&[
        FieldClass::Existence,
        FieldClass::Contact,
        FieldClass::Core,
        FieldClass::People,
        FieldClass::Subject,
        FieldClass::Deadline,
        FieldClass::Amount,
        FieldClass::Provider,
        FieldClass::Relation,
        FieldClass::Link,
    ]);

    /// What a provider is shown of the case that granted the effort.
    pub const GRANTING_CASE: Self = Self::of(&[FieldClass::Existence, FieldClass::People]);

    /// A set of these classes.
    pub const fn of(classes: &[FieldClass]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < classes.len() {
            bits |= 1 << classes[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// The set with this class in it, too.
    #[must_use]
    pub fn with(self, class: FieldClass) -> Self {
        Self(self.0 | 1 << class as u16)
    }

    /// The set without this class.
    #[must_use]
    pub fn without(self, class: FieldClass) -> Self {
        Self(self.0 & !(1 << class as u16))
    }

    /// The class is in it.
    pub fn contains(self, class: FieldClass) -> bool {
        self.0 & (1 << class as u16) != 0
    }

    /// The classes in it, in order.
    pub fn iter(self) -> impl Iterator<Item = FieldClass> {
        FieldClass::ALL.into_iter().filter(move |class| self.contains(*class))
    }
}

/// As the list of its codes.
impl serde::Serialize for ClassSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for ClassSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<FieldClass>::deserialize(deserializer).map(|classes| Self::of(&classes))
    }
}

/// On what basis an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The caller in person works on the case.
    OwnPerson,
    /// The caller's unit works on the case.
    OwnUnit,
    /// It is the case that granted the caller's own effort.
    GrantingCase,
    /// What its category allows others to be told.
    Category,
}

impl Basis {
    /// The code in the answer and the audit.
    pub fn code(self) -> &'static str {
        match self {
            Self::OwnPerson => "own_case_person",
            Self::OwnUnit => "own_case_unit",
            Self::GrantingCase => "granting_case",
            Self::Category => "category",
        }
    }
}

/// What a caller is shown of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Fields of these classes.
    Fields(ClassSet, Basis),
    /// That something exists, department and switchboard.
    Contact,
    /// That something exists, and the authority.
    Existence,
    /// Nothing, no count, no trace.
    Nothing,
}

/// Everything about an item that a decision rests on. Items with equal attributes get equal decisions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemAttributes<'a> {
    /// Every category that one of the provenances puts it in; all of them must allow.
    pub categories: Vec<&'a str>,
    /// The strictest level of all provenances and categories, 0–3.
    pub level: u8,
    /// Authority, provider, benefit or unclassified.
    pub kind_role: KindRole,
    /// KLE subject.
    pub kle: Option<&'a str>,
    /// Owner unit's code.
    pub owner_unit: Option<&'a str>,
    /// Owner department's code.
    pub owner_department: Option<&'a str>,
    /// [DK] sikkerhedsprofil: when not empty, only these units and users.
    pub screened_to: Vec<Uuid>,
    /// The caller in person is an actor on it today, according to the row that decides.
    pub caller_is_actor: bool,
    /// A row of the system that owns the case decides; without one (an index row alone) access is never widened.
    pub owner_row_decides: bool,
    /// The case is running or about to begin.
    pub is_active: bool,
}

/// A role by which a case with the citizen is the caller's own now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnRole {
    /// Position among the caller's roles.
    role: usize,
    /// The caller in person works on the case, not the unit alone.
    in_person: bool,
}

/// Everything about the citizen that a decision on the citizen's own facts rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenAttributes {
    /// The roles by which running cases with the citizen are the caller's own. No other role opens anything.
    pub own: BTreeSet<OwnRole>,
    /// [DK] navne- og adressebeskyttelse, the strictest of everybody whom the answer would tell the address of.
    pub protection: Protection,
}

/// The part of the configuration that decides, with the caller's roles and unit looked up once per request.
#[derive(Debug)]
pub(super) struct Policy<'a> {
    pub(super) caller: &'a Caller,
    pub(super) standing: &'a Standing,
    pub(super) roles: Vec<&'a RoleRow>,
    pub(super) unit_uuid: Option<Uuid>,
    pub(super) file: &'a AccessFile,
}

impl Policy<'_> {
    /// What the caller is shown of an item with these attributes.
    pub(super) fn decide(&self, item: &ItemAttributes<'_>) -> Shown {
        let reach = self.standing.reach();
        match self.own_case(item) {
            _ if reach == Reach::Nothing => return Shown::Nothing,
            Some(basis) if reach == Reach::All || basis == Basis::OwnPerson => {
                return Shown::Fields(ClassSet::OWN_CASE, basis);
            }
            _ if reach == Reach::InPerson => return Shown::Nothing,
            _ => {}
        }
        match self.existence(item) {
            ExistenceMode::Contact => Shown::Contact,
            ExistenceMode::Existence => Shown::Existence,
            ExistenceMode::Nothing => Shown::Nothing,
        }
    }

    /// What the caller is shown of the citizen's own facts: nothing without a case with the citizen. An address and a
    /// protected name are asked for with a reason, by a role that may.
    pub(super) fn decide_citizen(&self, citizen: &CitizenAttributes, has_reason: bool) -> ClassSet {
        if self.standing.reach() == Reach::Nothing {
            return ClassSet::default();
        }
        let own = || citizen.own.iter().filter_map(|own| Some((self.roles.get(own.role)?, own.in_person)));
        let classes = own().flat_map(|(role, _)| &role.citizen).filter(|class| **class != FieldClass::Address);
        let classes = classes.fold(ClassSet::default(), |shown, class| shown.with(*class));
        let may_see_address = |right: AddressRight, in_person: bool| match right {
            AddressRight::Never => false,
            AddressRight::Unprotected => !citizen.protection.hides(),
            AddressRight::Protected => !citizen.protection.hides() || in_person,
        };
        let opens = has_reason && own().any(|(role, in_person)| may_see_address(role.address, in_person));
        if opens && classes.contains(FieldClass::Person) { classes.with(FieldClass::Address) } else { classes }
    }

    /// The roles by which an item is the caller's own.
    pub(super) fn own_roles(&self, item: &ItemAttributes<'_>) -> impl Iterator<Item = OwnRole> {
        let is_possible = item.owner_row_decides && self.passes_screening(item);
        let roles = self.roles.iter().enumerate().filter(move |_| is_possible);
        roles.filter_map(|(at, role)| {
            let in_person = self.own_by(role, item)? == Basis::OwnPerson;
            Some(OwnRole { role: at, in_person })
        })
    }

    /// Step 2: the caller, or the caller's unit, is an actor now, and one role covers subject and sensitivity.
    fn own_case(&self, item: &ItemAttributes<'_>) -> Option<Basis> {
        if !item.owner_row_decides || !self.passes_screening(item) {
            return None;
        }
        self.roles.iter().find_map(|role| self.own_by(role, item))
    }

    /// On what basis the item is the caller's own by this role.
    fn own_by(&self, role: &RoleRow, item: &ItemAttributes<'_>) -> Option<Basis> {
        let in_unit = item.owner_unit.is_some() && item.owner_unit == self.caller.unit();
        let basis = match role.own_case {
            OwnCase::PersonOrUnit | OwnCase::Person if item.caller_is_actor => Basis::OwnPerson,
            OwnCase::PersonOrUnit if in_unit => Basis::OwnUnit,
            OwnCase::PersonOrUnit | OwnCase::Person | OwnCase::Never => return None,
        };
        self.covers(role, item).then_some(basis)
    }

    /// A screened item is for the units and users that it names. Which user the caller is, the staff directory says; where
    /// it does not, a profile that names users only stays closed.
    fn passes_screening(&self, item: &ItemAttributes<'_>) -> bool {
        let mut known = self.unit_uuid.into_iter().chain(self.standing.user);
        item.screened_to.is_empty() || known.any(|one| item.screened_to.contains(&one))
    }

    fn covers(&self, role: &RoleRow, item: &ItemAttributes<'_>) -> bool {
        (role.kind_roles.is_empty() || role.kind_roles.contains(&item.kind_role))
            && item.categories.iter().all(|category| {
                !role.categories_never.iter().any(|never| never == category)
                    && item.level <= self.level_max(role, category)
                    && self.covers_subject(item.kle, category)
            })
    }

    fn level_max(&self, role: &RoleRow, category: &str) -> u8 {
        let of_role = role.category_level_max.get(category).copied().unwrap_or(role.level_max);
        self.caller.sensitivity_max().map_or(of_role, |claimed| of_role.min(claimed))
    }

    /// The item's own KLE counts; where the source gives none, the category's main groups do.
    fn covers_subject(&self, kle: Option<&str>, category: &str) -> bool {
        match kle {
            Some(subject) => self.caller.covers_kle(subject),
            None => self.category(category).is_some_and(|row| row.kle.iter().any(|kle| self.caller.covers_kle(kle))),
        }
    }

    /// Step 6: what the categories allow others to be told; the narrowest of them counts.
    fn existence(&self, item: &ItemAttributes<'_>) -> ExistenceMode {
        if item.level >= 3 || !item.screened_to.is_empty() || !item.is_active {
            return ExistenceMode::Nothing;
        }
        item.categories.iter().map(|code| self.category_existence(code, item)).min().unwrap_or(ExistenceMode::Nothing)
    }

    fn category_existence(&self, code: &str, item: &ItemAttributes<'_>) -> ExistenceMode {
        let Some(category) = self.category(code) else { return ExistenceMode::Nothing };
        let is_never = self.roles.iter().all(|role| role.categories_never.iter().any(|never| never == code));
        let narrowed = item.owner_department.is_none_or(|owner| category.nothing_from.iter().any(|code| code == owner));
        if is_never || narrowed {
            return ExistenceMode::Nothing;
        }
        let is_named = category
            .existence_to
            .iter()
            .any(|code| Some(code.as_str()) == self.caller.unit() || Some(code.as_str()) == self.caller.department());
        if is_named { category.existence.max(ExistenceMode::Existence) } else { category.existence }
    }

    fn category(&self, code: &str) -> Option<&CategoryRow> {
        self.file.category.iter().find(|row| row.code == code)
    }

    /// A source that holds these categories could show this caller something.
    pub(super) fn could_show(&self, categories: &[String]) -> bool {
        categories.iter().any(|code| {
            let Some(category) = self.category(code) else { return false };
            let may_be_told = category.level < 3
                && (category.existence > ExistenceMode::Nothing || !category.existence_to.is_empty());
            self.roles.iter().any(|role| {
                let is_never = role.categories_never.iter().any(|never| never == code);
                let may_own = role.own_case != OwnCase::Never && category.level <= self.level_max(role, code);
                !is_never && (may_own || may_be_told)
            })
        })
    }
}
