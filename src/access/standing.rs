//! Where the caller stands to the citizen: the bars that hold whatever a role or a case would open.
//!
//! Step 1 of the access rules: never oneself or one's own household, and a colleague's case only in person. What the
//! register cannot say closes; it never opens.

use uuid::Uuid;

use crate::audit::{Bar, Pseudonym};
use crate::config::RoleRow;
use crate::people::Kin;

/// How far a caller may see, before any item is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing of this citizen.
    Nothing,
    /// Only items on which the caller in person is an actor.
    InPerson,
    /// No bar holds.
    All,
}

/// Who the caller is besides the token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallerFacts {
    /// The caller's own number, as a pseudonym, where the staff register knows it.
    pub person: Option<Pseudonym>,
    /// The caller's user UUID in the staff directory, for items that are screened to named users.
    pub user: Option<Uuid>,
    /// The caller gave the register less time than the house does by itself: what it could not say then opens nothing, or
    /// a short deadline would take a bar away.
    pub is_hasty: bool,
}

/// Where the caller stands to the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    reach: Reach,
    bars: Vec<Bar>,
    pub(super) user: Option<Uuid>,
}

impl Standing {
    /// Nobody's kin, and no user: for items alone.
    pub const OPEN: Self = Self { reach: Reach::All, bars: Vec::new(), user: None };

    pub(super) fn of(roles: &[&RoleRow], caller: CallerFacts, kin: &Kin, citizen_is_employee: bool) -> Self {
        let is = |them: &[Pseudonym]| caller.person.is_some_and(|person| them.contains(&person));
        let mut bars = Vec::new();
        if is(&kin.own) {
            bars.push(Bar::Oneself);
        } else if citizen_is_employee {
            bars.push(Bar::Colleague);
        }
        match &kin.relatives {
            Some(relatives) if is(relatives) => bars.push(Bar::Household),
            // Who the caller is must be known for the register to matter.
            None if caller.person.is_some() => bars.push(Bar::HouseholdUnknown),
            Some(_) | None => {}
        }
        // A bar is lifted only when every role of the caller has it lifted: a role more never opens what one role closes.
        bars.retain(|bar| roles.is_empty() || !roles.iter().all(|role| role.bars_lifted.contains(bar)));
        let reach = bars.iter().map(|bar| reach_under(*bar, caller.is_hasty)).min().unwrap_or(Reach::All);
        Self { reach, bars, user: caller.user }
    }

    /// How far the caller may see.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The bars that hold, for the audit.
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }
}

fn reach_under(bar: Bar, is_hasty: bool) -> Reach {
    match bar {
        Bar::HouseholdUnknown if is_hasty => Reach::Nothing,
        Bar::Oneself | Bar::Household => Reach::Nothing,
        Bar::Colleague | Bar::HouseholdUnknown => Reach::InPerson,
        // Hides a name and an address, not a case.
        Bar::Protected => Reach::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{config, number, pseudonyms};

    fn me() -> Pseudonym {
        pseudonyms().of(&number(1))
    }

    fn other() -> Pseudonym {
        pseudonyms().of(&number(2))
    }

    /// The standing of a caseworker whose own number is (not) known.
    fn standing(person: Option<Pseudonym>, kin: &Kin, citizen_is_employee: bool) -> (Reach, Vec<Bar>) {
        let config = config();
        let roles: Vec<&RoleRow> = config.access.role.iter().filter(|row| row.code == "caseworker").collect();
        let standing = Standing::of(&roles, CallerFacts { person, ..CallerFacts::default() }, kin, citizen_is_employee);
        (standing.reach(), standing.bars().to_vec())
    }

    fn kin(own: Pseudonym, relatives: Option<Vec<Pseudonym>>) -> Kin {
        Kin { own: vec![own], relatives }
    }

    #[test]
    fn nobody_sees_themselves_whatever_the_register_says() {
        for relatives in [None, Some(Vec::new()), Some(vec![other()])] {
            let (reach, bars) = standing(Some(me()), &kin(me(), relatives), true);
            assert_eq!((reach, bars[0]), (Reach::Nothing, Bar::Oneself));
            assert!(!bars.contains(&Bar::Colleague), "one is not one's own colleague");
        }
    }

    #[test]
    fn a_former_number_is_oneself_too() {
        let citizen = Kin { own: vec![other(), me()], relatives: Some(Vec::new()) };
        assert_eq!(standing(Some(me()), &citizen, false), (Reach::Nothing, vec![Bar::Oneself]));
    }

    #[test]
    fn whoever_is_close_by_the_register_sees_nothing() {
        let citizen = kin(other(), Some(vec![me()]));
        assert_eq!(standing(Some(me()), &citizen, false), (Reach::Nothing, vec![Bar::Household]));
        assert_eq!(standing(Some(me()), &citizen, true).0, Reach::Nothing, "the strictest of two bars holds");
    }

    #[test]
    fn a_colleague_is_seen_in_person_only() {
        let citizen = kin(other(), Some(Vec::new()));
        assert_eq!(standing(Some(me()), &citizen, true), (Reach::InPerson, vec![Bar::Colleague]));
        assert_eq!(standing(None, &citizen, true), (Reach::InPerson, vec![Bar::Colleague]));
    }

    #[test]
    fn a_silent_register_closes_for_those_whom_it_could_bar() {
        let citizen = kin(other(), None);
        assert_eq!(standing(Some(me()), &citizen, false), (Reach::InPerson, vec![Bar::HouseholdUnknown]));
        assert_eq!(standing(None, &citizen, false), (Reach::All, Vec::new()), "no register could ever bar this caller");
    }

    #[test]
    fn a_caller_who_leaves_the_register_no_time_sees_nothing() {
        let config = config();
        let roles: Vec<&RoleRow> = config.access.role.iter().filter(|row| row.code == "caseworker").collect();
        let of = |person, is_hasty, relatives| {
            let caller = CallerFacts { person, is_hasty, user: None };
            Standing::of(&roles, caller, &kin(other(), relatives), false).reach()
        };
        assert_eq!(of(Some(me()), true, None), Reach::Nothing);
        assert_eq!(of(Some(me()), true, Some(Vec::new())), Reach::All, "haste alone bars nobody");
        assert_eq!(of(None, true, None), Reach::All);
    }

    #[test]
    fn a_bar_is_lifted_only_when_every_role_of_the_caller_has_it_lifted() {
        let config = config();
        let row = |code: &str| config.access.role.iter().find(|row| row.code == code).cloned().expect("a role");
        let lifted = RoleRow { bars_lifted: vec![Bar::Colleague], ..row("caseworker") };
        let (held, citizen) = (row("coordinator"), kin(other(), Some(Vec::new())));
        let of = |roles: &[&RoleRow]| Standing::of(roles, CallerFacts::default(), &citizen, true).reach();
        assert_eq!(of(&[&lifted]), Reach::All);
        assert_eq!(of(&[&lifted, &held]), Reach::InPerson);
        assert_eq!(of(&[]), Reach::InPerson);
    }
}
