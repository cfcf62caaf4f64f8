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
        let reach = bars.iter().map(|bar| reach_under(*bar)).min().unwrap_or(Reach::All);
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

fn reach_under(bar: Bar) -> Reach {
    match bar {
        Bar::Oneself | Bar::Household => Reach::Nothing,
        Bar::Colleague | Bar::HouseholdUnknown => Reach::InPerson,
        // Hides a name and an address, not a case.
        Bar::Protected => Reach::All,
    }
}
