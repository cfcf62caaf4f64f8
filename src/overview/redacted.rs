//! What is left after the cut, and what the audit is told of it.

use glasplade_adapters::contract::{Protection, RelationKind};
use uuid::Uuid;

use super::actors::{ActorEntry, ShownUnit, may_be_named};
use super::call_first::CallFirst;
use super::citizen::RedactedCitizen;
use super::redact::Setting;
use super::{MergedItem, Phase};
use crate::access::{AccessGrant, Basis, ClassSet, DecidedAnswer, DecidedRecord, Fields};
use crate::config::{DepartmentRow, GroupCode, KindRole, KindRow, UnitRow};
use crate::consents::Refused;

/// What one caller may see. It has no way out but through the audit.
#[derive(Debug, Default)]
pub struct Redacted {
    pub(super) items: Vec<RedactedItem>,
    pub(super) notices: Vec<Notice>,
    pub(super) actors: Vec<ActorEntry>,
    pub(super) call_first: Option<CallFirst>,
    pub(super) hidden_by_window: usize,
    pub(super) withheld: usize,
    pub(super) citizen: Option<RedactedCitizen>,
    pub(super) decided: DecidedRecord,
    pub(super) refusals: Vec<Refused>,
    pub(super) on_lists: Vec<OnList>,
}

/// A list of the caller's unit on which the citizen stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnList {
    /// Code of the rule.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// Id of the statute on which the unit was told.
    pub statute: String,
}

/// An item of which fields are shown.
#[derive(Debug)]
pub(super) struct RedactedItem {
    pub(super) id: String,
    pub(super) item: MergedItem,
    pub(super) fields: Fields,
    pub(super) classes: ClassSet,
    pub(super) basis: Basis,
    pub(super) phase: Phase,
    pub(super) group: GroupCode,
    pub(super) kind: Option<KindRow>,
    pub(super) role: KindRole,
    pub(super) category: (String, String, String),
    pub(super) level: u8,
    pub(super) unit: Option<UnitRow>,
    /// The unit as far as this caller may be told its name: whom to call where the item names nobody.
    pub(super) shown_unit: Option<ShownUnit>,
    pub(super) department: Option<DepartmentRow>,
    pub(super) relations: Vec<RedactedRelation>,
}

/// A relation to another item: its id when the caller sees it, nothing about it when not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RedactedRelation {
    pub(super) kind: RelationKind,
    pub(super) item: Option<String>,
}

/// That something exists which the caller may not see. Notices of one kind are told once, so that they cannot be counted.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    pub(super) group: GroupCode,
    pub(super) with_contact: bool,
    /// The neutral name stands for the department: its own would tell the category.
    pub(super) neutral: bool,
    pub(super) department: Option<DepartmentRow>,
}

impl RedactedItem {
    /// The unit behind it is told by its own name.
    pub(super) fn names_unit(&self) -> bool {
        may_be_named(self.level, self.classes, &self.basis)
    }
}

impl Redacted {
    /// Something of the citizen's own facts is shown.
    pub(crate) fn shows_citizen(&self) -> bool {
        self.citizen.is_some()
    }

    /// The citizen's address was asked for and would open if nobody at home is protected.
    pub(crate) fn asks_for_address(&self) -> bool {
        self.citizen.as_ref().is_some_and(RedactedCitizen::asks_for_address)
    }

    /// Opens the address, if it may be with the strictest protection of those who may live there.
    pub(crate) fn open_address(&mut self, grant: &AccessGrant, at_home: Protection, setting: Setting<'_>) {
        if let Some(citizen) = &mut self.citizen {
            let mut policy = grant.item_policy(setting.standing, setting.grounds, setting.now);
            citizen.open_address(&mut policy, at_home, setting.identity);
            let mut citizen = self.decided.citizen.clone();
            citizen.extend(policy.into_record().citizen);
            self.decided = DecidedAnswer { citizen, ..DecidedAnswer::clone(&self.decided) }.into();
        }
    }

    /// Nothing at all is shown.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.notices.is_empty()
    }

    /// What is shown, for the audit: opaque item id, for each basis the classes that it alone opens, and the position in
    /// [`Redacted::decided`] of the decision that did.
    pub fn shown(&self) -> impl Iterator<Item = (&str, &Basis, ClassSet, Option<usize>)> {
        self.items.iter().flat_map(|item| {
            let (id, decided) = (item.id.as_str(), item.fields.decided());
            item.fields.opened().iter().map(move |(basis, classes)| (id, basis, *classes, decided))
        })
    }

    /// What is shown of the citizen's own block, for the audit: each basis with the classes that it alone opens. Nothing
    /// without a block, and where the register has told nothing to show in it.
    pub fn citizen_shown(&self) -> impl Iterator<Item = (&'static str, &Basis, ClassSet, Option<usize>)> {
        let citizen = self.citizen.iter().filter(|citizen| citizen.is_known);
        citizen.flat_map(RedactedCitizen::shown).map(|(basis, classes)| ("citizen", basis, classes, None))
    }

    /// Adds what the citizen has refused to share with the caller's unit, so that nobody asks again and again.
    pub fn tell_refusals(&mut self, refusals: Vec<Refused>) {
        self.refusals = refusals;
    }

    /// The refusals that are told, for the audit.
    pub fn refusals(&self) -> impl Iterator<Item = Uuid> {
        self.refusals.iter().map(|refused| refused.id)
    }

    /// Adds the lists of the caller's unit on which the citizen stands. Whoever is shown nothing of the citizen is told of none.
    pub fn tell_lists(&mut self, lists: Vec<OnList>) {
        self.on_lists = if self.items.is_empty() { Vec::new() } else { lists };
    }

    /// The lists that are told, for the audit.
    pub fn on_lists(&self) -> &[OnList] {
        &self.on_lists
    }

    /// Everything that was decided, and on what.
    pub fn decided(&self) -> &DecidedRecord {
        &self.decided
    }

    /// How many items are told of without being shown, and how many are not told of; for the audit, never in an answer.
    pub fn withheld(&self) -> (usize, usize) {
        (self.notices.len(), self.withheld)
    }
}
