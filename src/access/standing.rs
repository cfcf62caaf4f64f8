//! Where the caller stands to the citizen: the bars that hold whatever a role or a case would open.
//!
//! Step 1 of the access rules: never oneself or one's own household, and a colleague's case only in person. What the
//! register cannot say closes; it never opens.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::audit::{Bar, Pseudonym};
use crate::config::RoleRow;
use crate::people::Kin;

/// Who the caller is besides the token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallerFacts {
    /// The caller's own number, as a pseudonym, where the staff register knows it.
    pub person: Option<Pseudonym>,
    /// The caller's user UUID in the staff directory, for items that are screened to named users.
    pub user: Option<Uuid>,
    /// The caller gave the register and the sources less time than the house does by itself: what they could not say then opens
    /// nothing, or a short deadline would take a bar or a screening away.
    pub is_hasty: bool,
}

/// Where the caller stands to the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    bars: Vec<Bar>,
    user: Option<Uuid>,
    is_hasty: bool,
}

impl Standing {
    /// Nobody's kin, and no user: for items alone.
    pub const OPEN: Self = Self { bars: Vec::new(), user: None, is_hasty: false };

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
        Self { bars, user: caller.user, is_hasty: caller.is_hasty }
    }

    /// The caller's user in the staff directory.
    pub(super) fn user(&self) -> Option<Uuid> {
        self.user
    }

    /// The bars in the policies' words. `hasty` stands beside them where the caller asked for less time than the house gives.
    pub(super) fn words(&self) -> BTreeSet<String> {
        let hasty = self.is_hasty.then_some("hasty");
        self.bars.iter().map(|bar| bar.as_str()).chain(hasty).map(str::to_owned).collect()
    }

    /// The bars that hold, for the audit.
    pub fn bars(&self) -> &[Bar] {
        &self.bars
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
    fn standing(person: Option<Pseudonym>, kin: &Kin, citizen_is_employee: bool) -> Vec<Bar> {
        let config = config();
        let roles: Vec<&RoleRow> = config.access.role.iter().filter(|row| row.code == "caseworker").collect();
        let standing = Standing::of(&roles, CallerFacts { person, ..CallerFacts::default() }, kin, citizen_is_employee);
        standing.bars().to_vec()
    }

    fn kin(own: Pseudonym, relatives: Option<Vec<Pseudonym>>) -> Kin {
        Kin { own: vec![own], relatives }
    }

    #[test]
    fn nobody_sees_themselves_whatever_the_register_says() {
        for relatives in [None, Some(Vec::new()), Some(vec![other()])] {
            let bars = standing(Some(me()), &kin(me(), relatives), true);
            assert_eq!(bars[0], Bar::Oneself);
            assert!(!bars.contains(&Bar::Colleague), "one is not one's own colleague");
        }
    }

    #[test]
    fn a_former_number_is_oneself_too() {
        let citizen = Kin { own: vec![other(), me()], relatives: Some(Vec::new()) };
        assert_eq!(standing(Some(me()), &citizen, false), [Bar::Oneself]);
    }

    #[test]
    fn whoever_is_close_by_the_register_sees_nothing() {
        let citizen = kin(other(), Some(vec![me()]));
        assert_eq!(standing(Some(me()), &citizen, false), [Bar::Household]);
        assert_eq!(standing(Some(me()), &citizen, true), [Bar::Colleague, Bar::Household]);
    }

    #[test]
    fn a_colleague_is_seen_in_person_only() {
        let citizen = kin(other(), Some(Vec::new()));
        assert_eq!(standing(Some(me()), &citizen, true), [Bar::Colleague]);
        assert_eq!(standing(None, &citizen, true), [Bar::Colleague]);
    }

    #[test]
    fn a_silent_register_closes_for_those_whom_it_could_bar() {
        let citizen = kin(other(), None);
        assert_eq!(standing(Some(me()), &citizen, false), [Bar::HouseholdUnknown]);
        assert_eq!(standing(None, &citizen, false), [], "no register could ever bar this caller");
    }

    #[test]
    fn that_a_caller_leaves_the_register_no_time_is_told_to_the_policies() {
        let config = config();
        let roles: Vec<&RoleRow> = config.access.role.iter().filter(|row| row.code == "caseworker").collect();
        let of = |person, is_hasty, relatives| {
            let caller = CallerFacts { person, is_hasty, user: None };
            Standing::of(&roles, caller, &kin(other(), relatives), false).words().into_iter().collect::<Vec<_>>()
        };
        assert_eq!(of(Some(me()), true, None), ["hasty", "household_unknown"]);
        assert_eq!(of(Some(me()), true, Some(Vec::new())), ["hasty"], "haste alone is no bar");
        assert_eq!(of(None, false, None), [""; 0]);
    }

    #[test]
    fn a_bar_is_lifted_only_when_every_role_of_the_caller_has_it_lifted() {
        let config = config();
        let row = |code: &str| config.access.role.iter().find(|row| row.code == code).cloned().expect("a role");
        let lifted = RoleRow { bars_lifted: vec![Bar::Colleague], ..row("caseworker") };
        let (held, citizen) = (row("coordinator"), kin(other(), Some(Vec::new())));
        let of = |roles: &[&RoleRow]| Standing::of(roles, CallerFacts::default(), &citizen, true).bars().to_vec();
        assert_eq!(of(&[&lifted]), []);
        assert_eq!(of(&[&lifted, &held]), [Bar::Colleague]);
        assert_eq!(of(&[]), [Bar::Colleague]);
    }
}
