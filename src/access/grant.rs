//! The permit without which nobody reads anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use glasplade_adapters::contract::{CprNumber, SourceId, danish_time_zone};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::engine::Engine;
use super::question::holds_personal_number;
use super::standing::{CallerFacts, Standing};
use super::{
    Caller, ClassSet, EMERGENCY_PURPOSE, EmergencyGround, Grounds, ItemPolicy, Question, REASON_CHARACTERS_MIN,
    Refusal, StatuteGround,
};
use crate::audit::Pseudonym;
use crate::config::{AccessFile, CaseReference, Config, Deciding, PurposeRow, Serves, StatuteRow, UnitRow};
use crate::people::{Kin, KnownNumber};

/// The room: configuration, ready to decide.
#[derive(Debug, Clone)]
pub struct Access {
    pub(super) file: AccessFile,
    pub(super) units: Vec<UnitRow>,
    pub(super) sources: Vec<SourceScope>,
    engine: Arc<Engine>,
    deciding: Deciding,
}

#[derive(Debug, Clone)]
pub(super) struct SourceScope {
    pub(super) id: SourceId,
    pub(super) categories: Vec<String>,
    pub(super) raises_sensitivity: bool,
}

/// The permit to read about one citizen for one purpose.
///
/// **Invariant:** only [`Access::authorize`] makes one. Its fields are private:
///
/// ```compile_fail,E0451
/// # fn forge(caller: glasplade::access::Caller) {
/// let forged = glasplade::access::AccessGrant { caller, citizen: todo!(), pseudonym: todo!(), purpose: todo!(), case_ref: todo!(), consulted: todo!(), has_protected_reason: todo!(), emergency: todo!(), room: todo!() };
/// # }
/// ```
#[derive(Debug)]
pub struct AccessGrant {
    caller: Caller,
    citizen: CprNumber,
    pseudonym: Pseudonym,
    purpose: String,
    case_ref: Option<String>,
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
            engine: Arc::clone(&config.engine),
            deciding: config.deciding.clone(),
        })
    }

    /// Hash of the configuration that decides.
    pub fn policy_hash(&self) -> &Arc<str> {
        self.deciding.hash()
    }

    /// The files that decide.
    pub fn deciding(&self) -> &Deciding {
        &self.deciding
    }

    /// The same rules under these policies.
    pub(super) fn under(&self, engine: Engine, deciding: Deciding) -> Self {
        Self { engine: Arc::new(engine), deciding, ..self.clone() }
    }

    /// The policies.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Grounds that a purpose opens.
    pub(super) fn opens(&self, purpose: &str) -> BTreeSet<String> {
        let row = self.file.purpose.iter().find(|row| row.code == purpose);
        row.map(|row| row.opens.iter().cloned().collect()).unwrap_or_default()
    }

    /// The statutes that open something under this purpose on this day: confirmed, dated, and with a basis that counts.
    pub fn statutes_for(&self, purpose: &str, today: Date) -> Vec<StatuteGround> {
        self.file.statutes_of(purpose, today).map(|row| statute_ground(&self.file, row)).collect()
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
            case_ref: question.case_ref.clone(),
            consulted: self.sources_for(caller, purpose),
            has_protected_reason: question.protected_reason.is_some(),
            emergency: None,
            room: Arc::clone(self),
        });
        Decision { outcome, policy_hash: Arc::clone(self.deciding.hash()) }
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
        if !self.file.is_purpose_on(purpose, today) {
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
}

/// A statute as the policies read it, from the latest of its first days to the earliest of its last ones.
fn statute_ground(file: &AccessFile, row: &StatuteRow) -> StatuteGround {
    let basis = file.legal_basis.iter().find(|basis| Some(&basis.id) == row.basis.as_ref());
    let confirmed = row.confirmation.as_ref().map(|confirmation| confirmation.on);
    let first = [row.valid_from, confirmed, basis.and_then(|basis| basis.valid_from)].into_iter().flatten().max();
    let last = [row.valid_to, basis.and_then(|basis| basis.valid_to)].into_iter().flatten().min();
    StatuteGround {
        id: Arc::from(row.id.as_str()),
        purposes: row.purposes.clone(),
        from: row.from.clone(),
        to: row.to.clone(),
        categories: row.categories.clone(),
        classes: ClassSet::of(&row.field_classes),
        level_max: row.level_max,
        valid_from: first.map_or(Timestamp::MIN, danish_midnight),
        valid_to: last.map_or(Timestamp::MAX, |last| danish_midnight(last.saturating_add(1.day()))),
    }
}

/// The first moment of a day, in Danish time.
fn danish_midnight(day: Date) -> Timestamp {
    day.to_zoned(danish_time_zone().clone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn is_long_enough(reason: &str) -> bool {
    reason.trim().chars().count() >= REASON_CHARACTERS_MIN
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

    /// Hash of the configuration that it was given by.
    pub fn policy_hash(&self) -> &Arc<str> {
        self.room.policy_hash()
    }

    /// Given by the very same rules.
    pub fn has_rules_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.room, &other.room)
    }

    /// For what.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The caller's own case, as the request names it.
    pub fn case_ref(&self) -> Option<&str> {
        self.case_ref.as_deref()
    }

    /// At least one source may be asked; then the register is, too.
    pub fn may_consult_any(&self) -> bool {
        !self.consulted.is_empty()
    }

    /// Protected facts are asked for, with a reason.
    pub fn has_protected_reason(&self) -> bool {
        self.has_protected_reason
    }

    /// Statutes that open something under its purpose on this day.
    pub fn statutes(&self, today: Date) -> Vec<StatuteGround> {
        self.room.statutes_for(&self.purpose, today)
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
            case_ref: self.case_ref.clone(),
            consulted: self.consulted.clone(),
            has_protected_reason: self.has_protected_reason,
            emergency: self.emergency.clone(),
            room: Arc::clone(&self.room),
        }
    }

    /// Decides on the same caller's question about somebody else, under the rules that this permit was given by: one answer is
    /// decided by one set of rules.
    pub fn authorize(&self, question: &Question, pseudonym: Pseudonym, today: Date) -> Decision {
        self.room.authorize(&self.caller, question, pseudonym, today)
    }

    /// Where the caller stands to this citizen.
    pub fn standing(&self, caller: CallerFacts, kin: &Kin, citizen_is_employee: bool) -> Standing {
        Standing::of(&self.room.roles_of(&self.caller), caller, kin, citizen_is_employee)
    }

    /// The source may be asked.
    pub fn may_consult(&self, source: &SourceId) -> bool {
        self.consulted.contains(source)
    }

    /// Decides the items of one answer, at this moment and on these grounds.
    pub fn item_policy<'a>(&'a self, standing: &Standing, grounds: &Grounds, now: Timestamp) -> ItemPolicy<'a> {
        ItemPolicy::new(&self.room, self, standing, grounds, now.as_second())
    }
}
