//! The permit without which nobody reads anything.

use std::collections::HashMap;
use std::sync::Arc;

use glasplade_adapters::contract::{CprNumber, SourceId};
use jiff::civil::Date;

use super::policy::Policy;
use super::question::holds_personal_number;
use super::standing::{CallerFacts, Reach, Standing};
use super::{
    Caller, CitizenAttributes, ClassSet, EMERGENCY_PURPOSE, EmergencyGround, ItemAttributes, OwnRole, Question,
    REASON_CHARACTERS_MIN, Refusal, Shown, StatuteGround,
};
use crate::audit::Pseudonym;
use crate::config::{AccessFile, CaseReference, Config, PurposeRow, RoleRow, Serves, StatuteRow, UnitRow};
use crate::people::{Kin, KnownNumber};

/// The room: configuration, ready to decide.
#[derive(Debug)]
pub struct Access {
    file: AccessFile,
    units: Vec<UnitRow>,
    sources: Vec<SourceScope>,
    policy_hash: Arc<str>,
}

#[derive(Debug)]
struct SourceScope {
    id: SourceId,
    categories: Vec<String>,
    raises_sensitivity: bool,
}

/// The permit to read about one citizen for one purpose.
///
/// **Invariant:** only [`Access::authorize`] makes one. Its fields are private:
///
/// ```compile_fail,E0451
/// # fn forge(caller: glasplade::access::Caller) {
/// let forged = glasplade::access::AccessGrant { caller, citizen: todo!(), pseudonym: todo!(), purpose: todo!(), consulted: todo!(), has_protected_reason: todo!(), emergency: todo!(), room: todo!() };
/// # }
/// ```
#[derive(Debug)]
pub struct AccessGrant {
    caller: Caller,
    citizen: CprNumber,
    pseudonym: Pseudonym,
    purpose: String,
    consulted: Vec<SourceId>,
    has_protected_reason: bool,
    emergency: Option<EmergencyGround>,
    room: Arc<Access>,
}

/// What was decided on a request, before anything is asked.
#[derive(Debug)]
pub struct Decision {
    /// The permit, or why there is none.
    pub outcome: Result<AccessGrant, Refusal>,
    /// Hash of the configuration that decided.
    pub policy_hash: Arc<str>,
}

impl Access {
    /// The room with this configuration.
    pub fn new(config: &Config) -> Arc<Self> {
        let scope = |row: &crate::config::SourceRow| SourceScope {
            id: row.id.clone(),
            categories: row.categories.clone(),
            raises_sensitivity: row.raises_sensitivity,
        };
        Arc::new(Self {
            file: config.access.clone(),
            units: config.departments.unit.clone(),
            sources: config.sources.source.iter().map(scope).collect(),
            policy_hash: Arc::from(config.policy_hash.as_str()),
        })
    }

    /// Hash of the configuration that decides.
    pub fn policy_hash(&self) -> &Arc<str> {
        &self.policy_hash
    }

    /// The statutes that open something under this purpose on this day: confirmed, dated, and with a basis that counts.
    pub fn statutes_for(&self, purpose: &str, today: Date) -> Vec<StatuteGround> {
        let ground = |row: &StatuteRow| StatuteGround {
            id: row.id.clone(),
            from: row.from.clone(),
            to: row.to.clone(),
            categories: row.categories.clone(),
            classes: ClassSet::of(&row.field_classes),
            level_max: row.level_max,
        };
        self.file.statutes_of(purpose, today).map(ground).collect()
    }

    /// Decides on a request. Which sources may be asked depends on caller, purpose and configuration, never on the citizen.
    /// Purposes hold by the day they are stated on.
    pub fn authorize(
        self: &Arc<Self>,
        caller: &Caller,
        question: &Question,
        pseudonym: Pseudonym,
        today: Date,
    ) -> Decision {
        let outcome = self.permit(caller, question, today).map(|purpose| AccessGrant {
            caller: caller.clone(),
            citizen: question.citizen,
            pseudonym,
            purpose: purpose.code.clone(),
            consulted: self.sources_for(caller),
            has_protected_reason: question.protected_reason.is_some(),
            emergency: None,
            room: Arc::clone(self),
        });
        Decision { outcome, policy_hash: Arc::clone(&self.policy_hash) }
    }

    fn permit(&self, caller: &Caller, question: &Question, today: Date) -> Result<&PurposeRow, Refusal> {
        if let Some((field, _)) = question.texts().find(|(_, text)| holds_personal_number(text)) {
            return Err(Refusal::PersonalNumberInText(field));
        }
        let purpose =
            self.file.purpose.iter().find(|row| row.code == question.purpose).ok_or(Refusal::PurposeUnknown)?;
        if question.emergency.is_some() != (purpose.code == EMERGENCY_PURPOSE) {
            return Err(Refusal::EmergencyIncomplete);
        }
        if !purpose.is_on(today) {
            return Err(Refusal::PurposeOff);
        }
        if purpose.serves != Serves::Overview || !purpose.roles.iter().any(|role| caller.has_role(role)) {
            return Err(Refusal::PurposeNotForRole);
        }
        self.permit_emergency(caller, question)?;
        let has_reason = question.reason.as_deref().map(is_long_enough);
        match purpose.case_reference {
            CaseReference::None => Ok(purpose),
            CaseReference::OrReason if question.case_ref.is_some() && has_reason != Some(false) => Ok(purpose),
            CaseReference::OrReason | CaseReference::Reason => match has_reason {
                Some(true) => Ok(purpose),
                Some(false) => Err(Refusal::ReasonTooShort),
                None => Err(Refusal::CaseReferenceMissing),
            },
        }
    }

    /// What an emergency must bring, whoever the citizen is.
    fn permit_emergency(&self, caller: &Caller, question: &Question) -> Result<(), Refusal> {
        let Some(asked) = &question.emergency else { return Ok(()) };
        if !is_long_enough(&asked.reason) {
            return Err(Refusal::ReasonTooShort);
        }
        if question.household {
            return Err(Refusal::EmergencyOneCitizen);
        }
        let opens = self.roles_of(caller).iter().any(|role| role.opens_emergencies);
        if opens { Ok(()) } else { Err(Refusal::EmergencyNotForRole) }
    }

    fn roles_of(&self, caller: &Caller) -> Vec<&RoleRow> {
        self.file.role.iter().filter(|row| caller.has_role(&row.code)).collect()
    }

    fn policy<'a>(&'a self, caller: &'a Caller, standing: &'a Standing) -> Policy<'a> {
        let unit = self.units.iter().find(|row| Some(row.code.as_str()) == caller.unit());
        let unit_uuid = unit.and_then(|row| row.org_uuid);
        Policy { caller, standing, roles: self.roles_of(caller), unit_uuid, file: &self.file }
    }

    /// A source that can hold nothing this caller may see is not asked. A source that may raise another's sensitivity is
    /// asked whenever any is.
    fn sources_for(&self, caller: &Caller) -> Vec<SourceId> {
        let standing = Standing::OPEN;
        let policy = self.policy(caller, &standing);
        let could_show = |source: &&SourceScope| policy.could_show(&source.categories);
        if !self.sources.iter().any(|source| could_show(&source)) {
            return Vec::new();
        }
        let asked = self.sources.iter().filter(|source| source.raises_sensitivity || could_show(source));
        asked.map(|source| source.id.clone()).collect()
    }
}

fn is_long_enough(reason: &str) -> bool {
    reason.trim().chars().count() >= REASON_CHARACTERS_MIN
}

/// Decides items for one answer: each distinct set of attributes once.
#[derive(Debug)]
pub struct ItemPolicy<'a> {
    policy: Policy<'a>,
    has_protected_reason: bool,
    decided: HashMap<ItemAttributes<'a>, Shown>,
}

impl<'a> ItemPolicy<'a> {
    /// What the caller is shown of an item with these attributes.
    pub fn decide(&mut self, item: ItemAttributes<'a>) -> Shown {
        if let Some(shown) = self.decided.get(&item) {
            return *shown;
        }
        let shown = self.policy.decide(&item);
        self.decided.insert(item, shown);
        shown
    }

    /// What the caller is shown of the citizen's own facts.
    pub fn decide_citizen(&self, citizen: &CitizenAttributes) -> ClassSet {
        self.policy.decide_citizen(citizen, self.has_protected_reason)
    }

    /// The roles by which an item with these attributes is the caller's own.
    pub fn own_roles(&self, item: &ItemAttributes<'_>) -> Vec<OwnRole> {
        self.policy.own_roles(item).collect()
    }

    /// One of the caller's roles is shown the case that granted an own effort, and no bar allows own work only.
    pub fn sees_granting_case(&self) -> bool {
        self.policy.standing.reach() == Reach::All && self.policy.roles.iter().any(|role| role.sees_granting_case)
    }

    /// Nothing is told of a citizen with whom the caller has no case.
    pub fn requires_relation(&self) -> bool {
        self.policy.roles.iter().all(|role| role.relation_required)
    }

    /// The role never sees this category, not even that it exists.
    pub fn never(&self, category: &str) -> bool {
        self.policy.roles.iter().all(|role| role.categories_never.iter().any(|never| never == category))
    }
}

impl AccessGrant {
    /// Whom it is about. The number goes to the sources, nowhere else.
    pub fn citizen(&self) -> &CprNumber {
        &self.citizen
    }

    /// The citizen's pseudonym, for cache keys and the audit.
    pub fn pseudonym(&self) -> &Pseudonym {
        &self.pseudonym
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// For what.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// At least one source may be asked; then the register is, too.
    pub fn may_consult_any(&self) -> bool {
        !self.consulted.is_empty()
    }

    /// Protected facts are asked for, with a reason.
    pub fn has_protected_reason(&self) -> bool {
        self.has_protected_reason
    }

    /// The same permit in this emergency, which is on record.
    #[must_use]
    pub fn in_emergency(self, ground: EmergencyGround) -> Self {
        Self { emergency: Some(ground), ..self }
    }

    /// [DK] nødadgang: the emergency under which it was given.
    pub fn emergency(&self) -> Option<&EmergencyGround> {
        self.emergency.as_ref()
    }

    /// The same permit under another number of the same citizen. The register has said that it is theirs.
    #[must_use]
    pub fn under(&self, number: &KnownNumber) -> Self {
        Self {
            caller: self.caller.clone(),
            citizen: *number.number(),
            pseudonym: *number.pseudonym(),
            purpose: self.purpose.clone(),
            consulted: self.consulted.clone(),
            has_protected_reason: self.has_protected_reason,
            emergency: self.emergency.clone(),
            room: Arc::clone(&self.room),
        }
    }

    /// Where the caller stands to this citizen.
    pub fn standing(&self, caller: CallerFacts, kin: &Kin, citizen_is_employee: bool) -> Standing {
        Standing::of(&self.room.roles_of(&self.caller), caller, kin, citizen_is_employee)
    }

    /// The source may be asked.
    pub fn may_consult(&self, source: &SourceId) -> bool {
        self.consulted.contains(source)
    }

    /// Decides the items of one answer.
    pub fn item_policy<'a>(&'a self, standing: &'a Standing) -> ItemPolicy<'a> {
        let policy = self.room.policy(&self.caller, standing);
        ItemPolicy { policy, has_protected_reason: self.has_protected_reason, decided: HashMap::new() }
    }
}
