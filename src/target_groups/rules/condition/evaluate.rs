//! Whether a condition holds for a household on a day, without allocation; and which cases made it hold.

use super::plan::{DayOf, LOOPS_MAX, List, Slot, Test, Who};
use super::vocabulary::{COUNT_MAX, CodeOf, Number};
use crate::target_groups::rules::benefits::{days_on, months_of};
use crate::target_groups::rules::days::age_months;
use crate::target_groups::{Code, Day, Fact, FactPhase, Household, Member};

/// A case of a household, by its places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactAt {
    /// Place among the members; 0 is the citizen.
    pub member: usize,
    /// Place among the member's cases.
    pub fact: usize,
}

/// What a condition is held against, and where its loops are.
pub(super) struct Scene<'a> {
    household: &'a Household,
    as_of: Day,
    benefits: &'a [Code],
    at: [FactAt; LOOPS_MAX],
}

impl<'a> Scene<'a> {
    /// `None` for a household without its citizen.
    pub(super) fn new(household: &'a Household, as_of: Day, benefits: &'a [Code]) -> Option<Self> {
        let citizen = FactAt { member: 0, fact: 0 };
        (!household.members.is_empty()).then_some(Self { household, as_of, benefits, at: [citizen; LOOPS_MAX] })
    }

    fn member(&self, slot: Slot) -> &'a Member {
        &self.household.members[self.at[slot].member]
    }

    fn fact(&self, slot: Slot) -> &'a Fact {
        &self.member(slot).facts[self.at[slot].fact]
    }

    /// The places of a list: of whom, and how many.
    fn places(&self, list: List) -> (Option<usize>, usize) {
        let facts_of = |member: usize| (Some(member), self.household.members[member].facts.len());
        match list {
            List::CitizenFacts => facts_of(0),
            List::MemberFacts(slot) => facts_of(self.at[slot].member),
            List::Household => (None, self.household.members.len() - 1),
        }
    }

    fn go(&mut self, slot: Slot, of: Option<usize>, place: usize) {
        self.at[slot] = match of {
            Some(member) => FactAt { member, fact: place },
            // The citizen stands before the others.
            None => FactAt { member: place + 1, fact: 0 },
        };
    }

    fn whose(&self, who: Who) -> usize {
        match who {
            Who::Citizen => 0,
            Who::At(slot) => self.at[slot].member,
        }
    }

    fn number(&self, who: Who, number: Number) -> Option<i64> {
        let member = &self.household.members[self.whose(who)];
        match number {
            Number::AgeYears => Some(age_months(member.born?, self.as_of)? / 12),
            Number::AgeMonths => age_months(member.born?, self.as_of),
            Number::Departments | Number::Categories => i64::try_from(counted(member, number).1).ok(),
            Number::BenefitDays => self.benefit_days(member),
            Number::BenefitMonths => Some(months_of(self.benefit_days(member)?, self.as_of)),
            Number::BenefitYears => Some(months_of(self.benefit_days(member)?, self.as_of) / 12),
            Number::ActiveDays => match who {
                Who::At(slot) => active_days(self.fact(slot), self.as_of),
                Who::Citizen => None,
            },
        }
    }

    fn benefit_days(&self, member: &Member) -> Option<i64> {
        Some(days_on(member.benefits.as_ref()?, self.benefits, self.as_of))
    }

    fn code(&self, slot: Slot, of: CodeOf) -> Option<&'a Code> {
        let fact = self.fact(slot);
        match of {
            CodeOf::Source => Some(&fact.source),
            CodeOf::Category => Some(&fact.category),
            CodeOf::Department => fact.department.as_ref(),
            CodeOf::Unit => fact.unit.as_ref(),
            CodeOf::Kind => fact.kind.as_ref(),
            CodeOf::Kinship => None,
        }
    }

    fn day(&self, day: DayOf) -> Option<Day> {
        match day {
            DayOf::AsOf => Some(self.as_of),
            DayOf::Written(day) => Some(day),
            DayOf::Opened(slot) => self.fact(slot).opened,
            DayOf::Closed(slot) => self.fact(slot).closed,
        }
    }
}

/// Days since a case began, 0 on its first; of one that is over those to its last. Not known before it begins, and where a day that
/// it takes is not known.
pub(super) fn active_days(fact: &Fact, as_of: Day) -> Option<i64> {
    let last = match fact.phase {
        FactPhase::Active => as_of,
        FactPhase::Closed => fact.closed?.min(as_of),
        FactPhase::Future => return None,
    };
    Some(i64::from(last.0) - i64::from(fact.opened?.0)).filter(|days| *days >= 0)
}

/// The different departments (or categories) of running cases, each with the place of the case that stands for it, and how many
/// there are; at most [`COUNT_MAX`] are told apart. The case that began first stands for its code; of several the first of the list.
pub(super) fn counted(member: &Member, number: Number) -> ([usize; COUNT_MAX], usize) {
    let (mut places, mut found) = ([0; COUNT_MAX], 0);
    let began = |fact: &Fact| (fact.opened.is_none(), fact.opened);
    for (place, fact) in member.facts.iter().enumerate() {
        let Some(code) = counted_code(fact, number) else { continue };
        let known = places[..found].iter().position(|at| counted_code(&member.facts[*at], number) == Some(code));
        match known {
            Some(at) if began(fact) < began(&member.facts[places[at]]) => places[at] = place,
            None if found < COUNT_MAX => {
                places[found] = place;
                found += 1;
            }
            Some(_) | None => {}
        }
    }
    (places, found)
}

/// What a case counts as; `None` for one that does not run.
fn counted_code(fact: &Fact, number: Number) -> Option<&Code> {
    let code = if number == Number::Departments { fact.department.as_ref() } else { Some(&fact.category) };
    code.filter(|_| fact.phase == FactPhase::Active)
}

impl Test {
    /// Whether it holds.
    pub(super) fn holds(&self, scene: &mut Scene<'_>) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(scene)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(scene)),
            Self::AtLeast { list, slot, least, test } => {
                let (of, places) = scene.places(*list);
                let mut missing = *least;
                for place in 0..places {
                    scene.go(*slot, of, place);
                    if test.holds(scene) {
                        missing -= 1;
                        if missing == 0 {
                            return true;
                        }
                    }
                }
                false
            }
            alone => alone.holds_alone(scene),
        }
    }

    /// A test without others in it.
    fn holds_alone(&self, scene: &Scene<'_>) -> bool {
        match self {
            Self::Number { of, number, order, than } => {
                scene.number(*of, *number).is_some_and(|known| order.holds(&known, than))
            }
            Self::Code { slot, of, is, codes } => {
                scene.code(*slot, *of).is_some_and(|known| codes.contains(known) == *is)
            }
            Self::Kinship { slot, is, one_of } => one_of.contains(&scene.member(*slot).kinship) == *is,
            Self::SameCode { left, right, of, is } => {
                let codes = scene.code(*left, *of).zip(scene.code(*right, *of));
                codes.is_some_and(|(left, right)| (left == right) == *is)
            }
            Self::Day { left, order, right } => {
                let days = scene.day(*left).zip(scene.day(*right));
                days.is_some_and(|(left, right)| order.holds(&left, &right))
            }
            Self::IsActive { slot, is } => (scene.fact(*slot).phase == FactPhase::Active) == *is,
            Self::All(_) | Self::Any(_) | Self::AtLeast { .. } => false,
        }
    }

    /// Whether it holds, and the cases that made it: of alternatives the first that holds, of a list as many as are asked for, of a
    /// number of departments or categories one case for each of them. Nothing is added where it does not hold.
    pub(super) fn explain(&self, scene: &mut Scene<'_>, into: &mut Vec<FactAt>) -> bool {
        let before = into.len();
        let holds = match self {
            Self::All(tests) => tests.iter().all(|test| test.explain(scene, into)),
            Self::Any(tests) => tests.iter().any(|test| test.explain(scene, into)),
            Self::AtLeast { list, slot, least, test } => {
                let (of, places) = scene.places(*list);
                let mut missing = *least;
                for place in 0..places {
                    if missing == 0 {
                        break;
                    }
                    scene.go(*slot, of, place);
                    if test.explain(scene, into) {
                        missing -= 1;
                        into.extend(of.map(|member| FactAt { member, fact: place }));
                    }
                }
                missing == 0
            }
            alone => alone.holds_alone(scene),
        };
        match self {
            _ if !holds => into.truncate(before),
            Self::Number { of, number: number @ (Number::Departments | Number::Categories), .. } => {
                let member = scene.whose(*of);
                let (places, found) = counted(&scene.household.members[member], *number);
                into.extend(places[..found].iter().map(|fact| FactAt { member, fact: *fact }));
            }
            _ => {}
        }
        holds
    }
}
