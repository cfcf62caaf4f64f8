//! [DK] videregivelse som liste: the permit to make one list for one receiving unit, and what that unit may be told.
//!
//! Nobody sits behind it: the receiver is a unit, in the roles that read its lists, and the only ground is the statute that
//! the municipality has approved for them. What one of the roles may not be told is not told.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::engine::{AskedInput, Asking, CitizenInput, GroundInput, ItemInput, Opened, PrincipalInput};
use super::{Access, ClassSet, DecidedAnswer, DecidedCitizen, DecidedItem, ItemAttributes, Refusal, StatuteGround};
use crate::audit::Bar;
use crate::config::{RoleRow, Serves};

/// The permit to make one list.
///
/// **Invariant:** only [`Access::permit_list`] makes one, for a purpose that serves lists and is on, and a statute that is, too.
#[derive(Debug)]
pub struct ListPermit {
    room: Arc<Access>,
    purpose: String,
    roles: Vec<String>,
    unit: String,
    department: String,
    statute: StatuteGround,
}

/// One decision: its place among the list's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListDecision(usize);

/// Decides for one list: each distinct set of attributes once.
#[derive(Debug)]
pub struct ListPolicy<'a> {
    asking: Asking<'a>,
    decided: Vec<(ItemInput, Vec<Opened>, ClassSet)>,
    known: HashMap<ItemInput, usize>,
    citizen: Option<(Vec<DecidedCitizen>, ClassSet)>,
}

impl Access {
    /// The permit to make a list for the unit `receiver` under this purpose on this statute, to be read in the roles of
    /// `read_by` that may state the purpose.
    ///
    /// # Errors
    /// A [`Refusal`] about the purpose: an approval that rests on a statute or a unit that is not there is off, too.
    pub fn permit_list(
        self: &Arc<Self>,
        purpose: &str,
        read_by: &[String],
        (receiver, statute): (&str, &str),
        today: Date,
    ) -> Result<ListPermit, Refusal> {
        let row = self.file.purpose.iter().find(|row| row.code == purpose).ok_or(Refusal::PurposeUnknown)?;
        if row.serves != Serves::Lists || !self.file.is_purpose_on(row, today) {
            return Err(Refusal::PurposeOff);
        }
        let roles: Vec<String> = read_by.iter().filter(|role| row.roles.contains(role)).cloned().collect();
        if roles.is_empty() {
            return Err(Refusal::PurposeNotForRole);
        }
        let unit = self.units.iter().find(|unit| unit.code == receiver).ok_or(Refusal::PurposeOff)?;
        let statute = self.statutes_for(purpose, today).into_iter().find(|known| &*known.id == statute);
        Ok(ListPermit {
            room: Arc::clone(self),
            purpose: purpose.to_owned(),
            roles,
            unit: unit.code.clone(),
            department: unit.department.clone(),
            statute: statute.ok_or(Refusal::PurposeOff)?,
        })
    }
}

impl ListPermit {
    /// Hash of the configuration that decides.
    pub fn policy_hash(&self) -> &Arc<str> {
        self.room.policy_hash()
    }

    /// The statute, as the audit names it.
    pub fn basis(&self) -> String {
        format!("law:{}", self.statute.id)
    }

    /// Decides at this moment, about citizens who work here or about the others.
    pub fn policy(&self, now: Timestamp, citizen_is_employee: bool) -> ListPolicy<'_> {
        let bars = citizen_is_employee.then(|| Bar::Colleague.as_str().to_owned()).into_iter().collect();
        let asked = AskedInput {
            now: now.as_second(),
            purpose: self.purpose.clone(),
            case_ref: None,
            opens: self.room.opens(&self.purpose),
            bars,
            has_protected_reason: false,
        };
        let template = PrincipalInput {
            unit: Some(self.unit.clone()),
            department: Some(self.department.clone()),
            sensitivity_max: 3,
            ..PrincipalInput::default()
        };
        let rows = self.room.file.role.iter().filter(|row| self.roles.contains(&row.code));
        // What a role may have of a list is a limit of its own: it opens no overview, whatever other role goes with it.
        let level = |row: &RoleRow| row.list_level_max.map_or(-1, |level| i8::try_from(level.min(3)).unwrap_or(-1));
        let principal = |row| PrincipalInput { consent_level_max: level(row), ..self.room.principal(row, &template) };
        let principals = rows.map(principal).collect();
        let grounds = vec![GroundInput::Law(self.statute.clone())];
        ListPolicy {
            asking: Asking::new(self.room.engine(), principals, asked, grounds),
            decided: Vec::new(),
            known: HashMap::new(),
            citizen: None,
        }
    }
}

impl ListPolicy<'_> {
    /// Asks what the receiver may be told of a case with these attributes.
    pub fn decide(&mut self, item: &ItemAttributes<'_>) -> ListDecision {
        let input = input(item);
        if let Some(at) = self.known.get(&input) {
            return ListDecision(*at);
        }
        let opened = self.asking.item(&input, false, |_| true);
        let classes = self.of_all_roles(|role| {
            let of_role = opened.iter().filter(|one| one.role == role);
            of_role.fold(ClassSet::default(), |all, one| all.and(one.classes))
        });
        let at = self.decided.len();
        self.known.insert(input.clone(), at);
        self.decided.push((input, opened, classes));
        ListDecision(at)
    }

    /// The classes that it opened, to every role that reads the list.
    pub fn told(&self, decision: ListDecision) -> ClassSet {
        self.decided[decision.0].2
    }

    /// What the receiver may be told of a citizen, without protection, of whom it is told a case.
    pub fn citizen(&mut self) -> ClassSet {
        if let Some((_, classes)) = &self.citizen {
            return *classes;
        }
        let input = CitizenInput { has_item: true, ..CitizenInput::default() };
        let roles = 0..self.asking.roles().len();
        let of_role = |role| {
            let classes = self.asking.citizen(role, 0, &input);
            DecidedCitizen { role, ground: 0, input: input.clone(), classes }
        };
        let decided: Vec<DecidedCitizen> = roles.map(of_role).collect();
        let classes = self.of_all_roles(|role| decided[role].classes);
        self.citizen = Some((decided, classes));
        classes
    }

    fn of_all_roles(&self, classes: impl Fn(usize) -> ClassSet) -> ClassSet {
        let common = |left: ClassSet, right: ClassSet| left.beyond(left.beyond(right));
        (0..self.asking.roles().len()).map(classes).reduce(common).unwrap_or_default()
    }

    /// Everything that was decided and on what, for the audit.
    pub fn record(&self) -> DecidedAnswer {
        self.recorded((0..self.decided.len()).map(ListDecision), true)
    }

    /// These decisions alone, in this order: for the entry about one citizen.
    pub fn record_of(&self, decisions: &[ListDecision], of_citizen: bool) -> DecidedAnswer {
        self.recorded(decisions.iter().copied(), of_citizen)
    }

    fn recorded(&self, decisions: impl Iterator<Item = ListDecision>, of_citizen: bool) -> DecidedAnswer {
        let items = decisions.map(|decision| {
            let (input, opened, _) = &self.decided[decision.0];
            let opened = opened.iter().map(|one| (one.role, one.ground, one.classes)).collect();
            DecidedItem { input: input.clone(), opened, told: None }
        });
        let citizen = self.citizen.as_ref().filter(|_| of_citizen);
        DecidedAnswer {
            asked: self.asking.asked().clone(),
            roles: self.asking.roles().to_vec(),
            grounds: self.asking.grounds().cloned().collect(),
            has_relation: false,
            items: items.collect(),
            citizen: citizen.map(|(decided, _)| decided.clone()).unwrap_or_default(),
            consents_at: 0,
        }
    }
}

/// The item in the policies' words. Nothing is the receiver's own case here, and no category tells it anything.
fn input(item: &ItemAttributes<'_>) -> ItemInput {
    ItemInput {
        categories: item.categories.iter().map(|code| (*code).to_owned()).collect(),
        level: item.level,
        kind_role: item.kind_role.code().to_owned(),
        owner_unit: item.owner_unit.map(str::to_owned),
        owner_department: item.owner_department.map(str::to_owned),
        is_screened: item.is_screened,
        screened_to: item.screened_to.iter().copied().collect(),
        owner_row_decides: item.owner_row_decides,
        is_active: item.is_active,
        strictness_unknown: item.strictness_unknown,
        ..ItemInput::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{FieldClass, KindRole};
    use crate::testing::{TODAY, config, now};

    fn item<'a>(category: &'a str, department: &'a str) -> ItemAttributes<'a> {
        ItemAttributes {
            categories: vec![category],
            level: 1,
            kind_role: KindRole::Authority,
            kle: None,
            owner_unit: None,
            owner_department: Some(department),
            is_screened: false,
            screened_to: Vec::new(),
            caller_is_actor: false,
            caller_is_party: false,
            owner_row_decides: true,
            is_active: true,
            grants_own_effort: false,
            strictness_unknown: false,
        }
    }

    fn permit() -> Result<ListPermit, Refusal> {
        let read_by = ["list_owner".to_owned()];
        Access::new(&config()).permit_list("target_group", &read_by, ("UUJ-KOORD", "target_cross_department"), TODAY)
    }

    #[test]
    fn the_receiver_is_told_what_the_statute_names_and_nothing_else() {
        let permit = permit().expect("the demo's list is approved");
        let mut policy = permit.policy(now(), false);
        let mut told = |item: &ItemAttributes<'_>| {
            let decision = policy.decide(item);
            policy.told(decision)
        };
        let core = ClassSet::of(&[FieldClass::Existence, FieldClass::Core]);
        assert_eq!(told(&item("employment", "JVS")), core);
        let nothing = ClassSet::default();
        assert_eq!(told(&item("substance_use", "JSY")), nothing, "no such category");
        assert_eq!(told(&item("employment", "BFF")), nothing, "no such giver");
        assert_eq!(told(&ItemAttributes { level: 3, ..item("employment", "JVS") }), nothing);
        assert_eq!(told(&ItemAttributes { is_screened: true, ..item("employment", "JVS") }), nothing);
        assert_eq!(told(&ItemAttributes { strictness_unknown: true, ..item("employment", "JVS") }), nothing);
        assert_eq!(told(&ItemAttributes { owner_row_decides: false, ..item("employment", "JVS") }), nothing);
        assert_eq!(policy.citizen(), nothing, "the statute names no fact of the citizen");
        assert!(policy.record().replay(Access::new(&config()).engine()).is_empty(), "the same decisions again");
    }

    #[test]
    fn nothing_is_told_of_who_works_here() {
        let permit = permit().expect("the demo's list is approved");
        let mut policy = permit.policy(now(), true);
        let decision = policy.decide(&item("employment", "JVS"));
        assert!(policy.told(decision).is_empty());
    }

    #[test]
    fn there_is_no_permit_for_another_purpose_or_another_role() {
        let access = Access::new(&config());
        let wanted = ("UUJ-KOORD", "target_cross_department");
        let refused = |purpose: &str, role: &str| {
            access.permit_list(purpose, &[role.to_owned()], wanted, TODAY).expect_err("no permit")
        };
        assert_eq!(refused("own_case", "list_owner"), Refusal::PurposeOff);
        assert_eq!(refused("nothing", "list_owner"), Refusal::PurposeUnknown);
        assert_eq!(refused("target_group", "leader"), Refusal::PurposeNotForRole);
    }

    #[test]
    fn a_role_is_told_by_a_list_what_its_row_says_of_lists_and_nothing_by_a_consent() {
        let mut config = config();
        let row = row_of(&mut config).clone();
        assert_eq!(
            (row.consent_level_max, row.list_level_max),
            (None, Some(2)),
            "beside another role it opens no overview"
        );
        let told = |config: &crate::config::Config| {
            let read_by = ["list_owner".to_owned()];
            let wanted = ("UUJ-KOORD", "target_cross_department");
            let permit = Access::new(config).permit_list("target_group", &read_by, wanted, TODAY).expect("a permit");
            let mut policy = permit.policy(now(), false);
            let decision = policy.decide(&item("employment", "JVS"));
            !policy.told(decision).is_empty()
        };
        assert!(told(&config));
        let row = row_of(&mut config);
        (row.list_level_max, row.consent_level_max) = (Some(0), Some(3));
        assert!(!told(&config));
        row_of(&mut config).list_level_max = None;
        assert!(!told(&config), "closed until named");
    }

    fn row_of(config: &mut crate::config::Config) -> &mut RoleRow {
        config.access.role.iter_mut().find(|row| row.code == "list_owner").expect("the demo's role")
    }
}
