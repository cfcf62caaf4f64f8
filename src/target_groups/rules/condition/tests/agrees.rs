//! Against the interpreter of the `cel` crate: the same condition, the same household, the same answer. The numbers that a
//! condition may name are computed here a second time, in another way.

use std::collections::{BTreeSet, HashMap};

use cel::{Context, Program, Value};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use proptest::prelude::*;

use super::draw::{Draw, condition, household};
use crate::target_groups::rules::Condition;
use crate::target_groups::rules::tests::build::{TODAY, benefits, known, today};
use crate::target_groups::{Day, Fact, FactPhase, Household, Kinship, Member};

type Fields = HashMap<String, Value>;

fn date(day: Day) -> Date {
    day.date().expect("a day of the calendar")
}

fn set(fields: &mut Fields, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The day on which so many months are complete.
fn complete(from: Date, months: i64) -> Date {
    let day = from.checked_add(Span::new().months(months)).expect("a day");
    // The month had no such day: the first of the next.
    if day.day() == from.day() { day } else { day.last_of_month().checked_add(1.day()).expect("a day") }
}

fn months(from: Date, to: Date) -> Option<i64> {
    (from <= to)
        .then(|| (0..20_000).take_while(|months| complete(from, *months) <= to).count())?
        .checked_sub(1)?
        .try_into()
        .ok()
}

fn different<'a>(codes: impl Iterator<Item = &'a str>) -> i64 {
    codes.collect::<BTreeSet<_>>().len().try_into().expect("few")
}

fn of_person(member: &Member) -> Fields {
    let mut fields = Fields::new();
    let age = member.born.and_then(|born| months(date(born), TODAY));
    set(&mut fields, "age_months", age);
    set(&mut fields, "age_years", age.map(|months| months / 12));
    let active = || member.facts.iter().filter(|fact| fact.phase == FactPhase::Active);
    set(&mut fields, "departments", Some(different(active().filter_map(|fact| fact.department.as_deref()))));
    set(&mut fields, "categories", Some(different(active().map(|fact| &*fact.category))));
    let facts: Vec<Value> = member.facts.iter().map(|fact| Value::from(of_case(fact))).collect();
    set(&mut fields, "facts", Some(facts));
    fields
}

fn of_citizen(member: &Member) -> Fields {
    let mut fields = of_person(member);
    let days = member.benefits.as_ref().map(|periods| {
        let counted = periods.iter().filter(|period| benefits().contains(&period.benefit));
        let days =
            counted.flat_map(|period| period.from.0..=period.until.map_or(today().0, |until| until.0.min(today().0)));
        days.collect::<BTreeSet<i32>>().len()
    });
    let behind = TODAY.tomorrow().expect("a day");
    let span = days.map(|days| {
        let first = behind.checked_sub(i64::try_from(days).expect("few").days()).expect("a day");
        months(first, behind).expect("the first is before")
    });
    set(&mut fields, "benefit_days", days.map(|days| i64::try_from(days).expect("few")));
    set(&mut fields, "benefit_months", span);
    set(&mut fields, "benefit_years", span.map(|months| months / 12));
    fields
}

fn of_case(fact: &Fact) -> Fields {
    let mut fields = Fields::new();
    set(&mut fields, "source", Some(&*fact.source));
    set(&mut fields, "category", Some(&*fact.category));
    set(&mut fields, "department", fact.department.as_deref());
    set(&mut fields, "unit", fact.unit.as_deref());
    set(&mut fields, "kind", fact.kind.as_deref());
    set(&mut fields, "is_active", Some(fact.phase == FactPhase::Active));
    // ISO days compare as texts.
    set(&mut fields, "opened", fact.opened.map(|day| date(day).to_string()));
    set(&mut fields, "closed", fact.closed.map(|day| date(day).to_string()));
    let last = match fact.phase {
        FactPhase::Active => Some(TODAY),
        FactPhase::Closed => fact.closed.map(|day| date(day).min(TODAY)),
        FactPhase::Future => None,
    };
    let days = last.zip(fact.opened).map(|(last, first)| i64::from(last.since(date(first)).expect("days").get_days()));
    set(&mut fields, "active_days", days.filter(|days| *days >= 0));
    fields
}

/// A household as the interpreter sees it.
pub(super) fn context(household: &Household) -> Context<'static, 'static> {
    let mut context = Context::default();
    let others: Vec<Value> = household.members[1..]
        .iter()
        .map(|member| {
            let mut fields = of_person(member);
            let kinship = match member.kinship {
                Kinship::Oneself => "oneself",
                Kinship::Spouse => "spouse",
                Kinship::Child => "child",
                Kinship::Parent => "parent",
            };
            set(&mut fields, "kinship", Some(kinship));
            Value::from(fields)
        })
        .collect();
    context.add_variable_from_value("as_of", TODAY.to_string());
    context.add_variable_from_value("citizen", of_citizen(&household.members[0]));
    context.add_variable_from_value("household", others);
    context
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_means_what_the_crate_s_interpreter_says(seed in any::<u64>()) {
        let mut draw = Draw(seed);
        let both = condition(&mut draw);
        let ours = match Condition::compile(&both.ours, &known(), &benefits()) {
            Ok(ours) => ours,
            // The draw may go beyond a limit; it may not draw anything else that is refused.
            Err(refusal) => {
                let limits = ["make the condition shorter", "shorten the condition", "brackets inside", "expression shorter"];
                prop_assert!(limits.iter().any(|limit| refusal.what.contains(limit)), "{}: {}", both.ours, refusal);
                return Ok(());
            }
        };
        let (plain, unguarded) = (Program::compile(&both.plain), Program::compile(&both.ours));
        let (plain, unguarded) = (plain.expect("valid CEL"), unguarded.expect("valid CEL"));
        for _ in 0..8 {
            let household = household(&mut draw);
            let (scene, holds) = (context(&household), ours.holds(&household, today()));
            let said = plain.execute(&scene);
            prop_assert_eq!(&said, &Ok(Value::Bool(holds)), "{} on {:?}", both.ours, household);
            // Without asking first, what is not known is an error there; where it is none, the answer is the same.
            if let Ok(said) = unguarded.execute(&scene) {
                prop_assert_eq!(said, Value::Bool(holds), "{} on {:?}", both.ours, household);
            }
            let found = ours.matches(&household, today());
            prop_assert_eq!(found.is_some(), holds);
        }
    }

    #[test]
    fn the_cases_behind_a_match_are_enough_for_it_and_one_case_more_takes_nobody_off(seed in any::<u64>()) {
        let mut draw = Draw(seed);
        let both = condition(&mut draw);
        let Ok(ours) = Condition::compile(&both.ours, &known(), &benefits()) else { return Ok(()) };
        for _ in 0..8 {
            let whole = household(&mut draw);
            let Some(found) = ours.matches(&whole, today()) else { continue };
            prop_assert!(!found.facts.is_empty(), "{}", both.ours);
            prop_assert!(found.facts.is_sorted_by(|left, right| left < right));
            let mut only = whole.clone();
            for (at, member) in only.members.iter_mut().enumerate() {
                let mut place = 0..;
                member.facts.retain(|_| {
                    let fact = place.next().expect("without end");
                    found.facts.iter().any(|one| (one.member, one.fact) == (at, fact))
                });
            }
            prop_assert!(ours.holds(&only, today()), "{}: {:?} does not explain {:?}", both.ours, found, whole);
            let mut more = whole.clone();
            let stranger = household(&mut draw);
            for (member, other) in more.members.iter_mut().zip(&stranger.members) {
                member.facts.extend(other.facts.iter().cloned());
            }
            more.members.extend(stranger.members.into_iter().skip(1));
            prop_assert!(ours.holds(&more, today()), "{}: a further case takes {:?} off", both.ours, whole);
        }
    }
}
