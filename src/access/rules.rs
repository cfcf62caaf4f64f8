//! From configuration, token and facts to what the policies may rest on. Nothing is decided here.

use std::collections::BTreeSet;

use glasplade_adapters::contract::{Protection, SourceId};
use uuid::Uuid;

use super::engine::{ItemInput, PrincipalInput};
use super::standing::Standing;
use super::{Access, Caller};
use crate::config::{AddressRight, CategoryRow, ExistenceMode, KindRole, OwnCase, PurposeRow, RoleRow};

/// Everything about an item that a decision rests on, as the overview found it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any may go with any other")]
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
    /// A provenance screens it.
    pub is_screened: bool,
    /// [DK] sikkerhedsprofil: the units and users whom every screening provenance names.
    pub screened_to: Vec<Uuid>,
    /// The caller in person is an actor on it today, according to the row that decides.
    pub caller_is_actor: bool,
    /// It names the caller among those whom it is about.
    pub caller_is_party: bool,
    /// A row of the system that owns the case decides; without one (an index row alone) access is never widened.
    pub owner_row_decides: bool,
    /// The case is running or about to begin.
    pub is_active: bool,
    /// It granted an effort of the caller's own.
    pub grants_own_effort: bool,
    /// A source that could make it stricter was asked and did not answer usably.
    pub strictness_unknown: bool,
}

/// A role by which a case with the citizen is the caller's own now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnRole {
    /// Position among the caller's roles.
    pub(super) role: usize,
    /// The caller in person works on the case, not the unit alone.
    pub(super) in_person: bool,
}

/// Everything about the citizen that a decision on the citizen's own facts rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenAttributes {
    /// The roles by which running cases with the citizen are the caller's own.
    pub own: BTreeSet<OwnRole>,
    /// Role and ground of items that are shown on something else.
    pub shown_on: BTreeSet<(usize, usize)>,
    /// [DK] navne- og adressebeskyttelse, the strictest of everybody whom the answer would tell the address of.
    pub protection: Protection,
}

impl Access {
    /// The caller in each of their roles; a role without a row opens nothing.
    pub(super) fn principals(&self, caller: &Caller, standing: &Standing) -> Vec<PrincipalInput> {
        let unit = self.units.iter().find(|row| Some(row.code.as_str()) == caller.unit());
        let unit_id = unit.and_then(|row| row.org_uuid);
        let screened_ids = unit_id.into_iter().chain(standing.user()).map(|id| id.to_string()).collect();
        let template = PrincipalInput {
            unit: caller.unit().map(str::to_owned),
            department: caller.department().map(str::to_owned),
            sensitivity_max: caller.sensitivity_max().map_or(3, |claimed| claimed.min(3)),
            screened_ids,
            ..PrincipalInput::default()
        };
        self.roles_of(caller).into_iter().map(|row| self.principal(row, &template)).collect()
    }

    pub(super) fn principal(&self, row: &RoleRow, template: &PrincipalInput) -> PrincipalInput {
        let codes = self.file.category.iter().map(|category| category.code.as_str());
        let at = |level: u8| codes.clone().filter(|code| level_max(row, code) >= level).map(str::to_owned).collect();
        PrincipalInput {
            role: row.code.clone(),
            own_by_person: row.own_case != OwnCase::Never,
            own_by_unit: row.own_case == OwnCase::PersonOrUnit,
            own_at_level: [at(0), at(1), at(2), at(3)],
            own_kind_roles: row.kind_roles.iter().map(|kind| kind.code().to_owned()).collect(),
            never: row.categories_never.iter().cloned().collect(),
            sees_granting_case: row.sees_granting_case,
            told_of_existence: row.told_of_existence,
            relation_required: row.relation_required,
            consent_level_max: row.consent_level_max.map_or(-1, |level| i8::try_from(level.min(3)).unwrap_or(-1)),
            opens_emergencies: row.opens_emergencies,
            emergency_beyond: row.emergency_beyond.iter().cloned().collect(),
            citizen: row.citizen.iter().map(|class| class.code().to_owned()).collect(),
            address: match row.address {
                AddressRight::Never => "never",
                AddressRight::Unprotected => "unprotected",
                AddressRight::Protected => "protected",
            }
            .to_owned(),
            ..template.clone()
        }
    }

    /// The item in the policies' words.
    pub(super) fn item_input(&self, caller: &Caller, item: &ItemAttributes<'_>) -> ItemInput {
        let covered = item.categories.iter().filter(|code| self.covers_subject(caller, item.kle, code));
        let told = item.categories.iter().map(|code| self.existence(caller, code, item.owner_department)).min();
        let told = told.unwrap_or(ExistenceMode::Nothing);
        ItemInput {
            categories: item.categories.iter().map(|code| (*code).to_owned()).collect(),
            level: item.level,
            kind_role: item.kind_role.code().to_owned(),
            subjects_covered: covered.map(|code| (*code).to_owned()).collect(),
            owner_unit: item.owner_unit.map(str::to_owned),
            owner_department: item.owner_department.map(str::to_owned),
            is_screened: item.is_screened,
            screened_to: item.screened_to.iter().copied().collect(),
            owner_row_decides: item.owner_row_decides,
            caller_is_actor: item.caller_is_actor,
            caller_is_party: item.caller_is_party,
            is_active: item.is_active,
            grants_own_effort: item.grants_own_effort,
            told_existence: told >= ExistenceMode::Existence,
            told_contact: told >= ExistenceMode::Contact,
            strictness_unknown: item.strictness_unknown,
        }
    }

    /// The item's own KLE counts; where the source gives none, the category's main groups do.
    fn covers_subject(&self, caller: &Caller, kle: Option<&str>, category: &str) -> bool {
        match kle {
            Some(subject) => caller.covers_kle(subject),
            None => self.category(category).is_some_and(|row| row.kle.iter().any(|kle| caller.covers_kle(kle))),
        }
    }

    /// What configuration lets the caller's unit know of an item in this category, from this owner.
    fn existence(&self, caller: &Caller, code: &str, owner: Option<&str>) -> ExistenceMode {
        let Some(category) = self.category(code) else { return ExistenceMode::Nothing };
        if owner.is_none_or(|owner| category.nothing_from.iter().any(|code| code == owner)) {
            return ExistenceMode::Nothing;
        }
        let is_caller =
            |code: &String| Some(code.as_str()) == caller.unit() || Some(code.as_str()) == caller.department();
        let is_named = category.existence_to.iter().any(is_caller);
        if is_named { category.existence.max(ExistenceMode::Existence) } else { category.existence }
    }

    fn category(&self, code: &str) -> Option<&CategoryRow> {
        self.file.category.iter().find(|row| row.code == code)
    }

    pub(super) fn roles_of(&self, caller: &Caller) -> Vec<&RoleRow> {
        self.file.role.iter().filter(|row| caller.has_role(&row.code)).collect()
    }

    /// A source that can hold nothing this caller may see for this purpose is not asked. A source that may raise another's
    /// sensitivity is asked whenever any is.
    pub(super) fn sources_for(&self, caller: &Caller, purpose: &PurposeRow) -> Vec<SourceId> {
        let roles = self.roles_of(caller);
        let could_show = |categories: &[String]| {
            categories.iter().any(|code| roles.iter().any(|role| self.could_show(caller, role, purpose, code)))
        };
        if !self.sources.iter().any(|source| could_show(&source.categories)) {
            return Vec::new();
        }
        let asked = self.sources.iter().filter(|source| source.raises_sensitivity || could_show(&source.categories));
        asked.map(|source| source.id.clone()).collect()
    }

    /// Some ground of the purpose could show the role an item in this category.
    fn could_show(&self, caller: &Caller, role: &RoleRow, purpose: &PurposeRow, code: &str) -> bool {
        let Some(category) = self.category(code) else { return false };
        let opens = |ground: &str| purpose.opens.iter().any(|opened| opened == ground);
        let claimed = caller.sensitivity_max().unwrap_or(3);
        let may_own = role.own_case != OwnCase::Never && category.level <= level_max(role, code).min(claimed);
        // A statute, too, opens no more than the role may have opened.
        let by_consent = role.consent_level_max.is_some_and(|level| category.level <= level.min(claimed));
        let by_emergency = category.level <= 2 || role.emergency_beyond.iter().any(|beyond| beyond == code);
        let is_told =
            category.level < 3 && (category.existence > ExistenceMode::Nothing || !category.existence_to.is_empty());
        let is_never = role.categories_never.iter().any(|never| never == code);
        !is_never
            && ((opens("own_case") && may_own)
                || (opens("consent") && by_consent)
                || (opens("law") && by_consent)
                || (opens("emergency") && role.opens_emergencies && by_emergency)
                || (opens("category") && role.told_of_existence && is_told))
    }
}

fn level_max(role: &RoleRow, category: &str) -> u8 {
    role.category_level_max.get(category).copied().unwrap_or(role.level_max)
}
