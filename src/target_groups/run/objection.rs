//! [DK] indsigelse (databeskyttelsesforordningen art. 21): who is not to be on a list, or on any. Events that are only ever added.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::household::in_force;
use crate::audit::Pseudonym;

/// What happened to the objections of one citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// This event (UUID version 7).
    pub id: Uuid,
    /// Whose it is, by the number in force when it was recorded.
    pub citizen: Pseudonym,
    /// Code of the rule; every rule where there is none.
    pub rule: Option<String>,
    /// What happened.
    pub what: What,
    /// When it was recorded.
    pub at: Timestamp,
    /// The employee who recorded it; none where the service did.
    pub by: Option<String>,
    /// [DK] journalnummer: where it is filed.
    pub document: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The citizen objects.
    Added,
    /// The citizen has taken it back.
    Withdrawn,
    /// The citizen has another number now; all that stands under the one before stands under this one.
    Moved {
        /// The pseudonym of the other number.
        to: Pseudonym,
    },
}

impl What {
    /// The word in the audit.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "target_objection_added",
            Self::Withdrawn => "target_objection_withdrawn",
            Self::Moved { .. } => "target_objection_moved",
        }
    }
}

/// Objections that stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objections {
    standing: BTreeMap<(Pseudonym, Option<String>), Timestamp>,
    /// Pseudonyms that were recorded and are not in force, with those that are: not yet on record.
    moved: BTreeMap<Pseudonym, Pseudonym>,
}

impl Objections {
    /// What stands after these events. `aliases` are former pseudonyms and those in force, as far as the register has said.
    pub fn of(events: &[Event], aliases: &BTreeMap<Pseudonym, Pseudonym>) -> Self {
        // What was once on record stays, whatever a memory of the register's answers has forgotten since.
        let mut known = aliases.clone();
        for event in events {
            if let What::Moved { to } = event.what {
                known.entry(event.citizen).or_insert(to);
            }
        }
        let recorded = |from: &Pseudonym, to: &Pseudonym| {
            events.iter().any(|event| event.citizen == *from && event.what == What::Moved { to: *to })
        };
        let mut objections = Self::default();
        for event in events {
            let citizen = in_force(&known, event.citizen);
            if citizen != event.citizen && !recorded(&event.citizen, &citizen) {
                objections.moved.insert(event.citizen, citizen);
            }
            let key = (citizen, event.rule.clone());
            match event.what {
                What::Added => {
                    objections.standing.entry(key).or_insert(event.at);
                }
                What::Withdrawn => {
                    objections.standing.remove(&key);
                }
                What::Moved { .. } => {}
            }
        }
        objections
    }

    /// Who is not to be on the list of this rule.
    pub fn against(&self, rule: &str) -> BTreeSet<Pseudonym> {
        let counts = |of: &Option<String>| of.as_deref().is_none_or(|of| of == rule);
        self.standing.keys().filter(|(_, of)| counts(of)).map(|(citizen, _)| *citizen).collect()
    }

    /// The objections of whoever has one of these numbers: the rule, or every rule, and since when.
    pub fn of_citizen(&self, numbers: &[Pseudonym]) -> Vec<(Option<String>, Timestamp)> {
        let theirs = self.standing.iter().filter(|((citizen, _), _)| numbers.contains(citizen));
        theirs.map(|((_, rule), since)| (rule.clone(), *since)).collect()
    }

    /// Numbers that changed since they were recorded: to be put on record, so that they outlive every memory.
    pub fn moved(&self) -> impl Iterator<Item = (Pseudonym, Pseudonym)> {
        self.moved.iter().map(|(from, to)| (*from, *to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{now, number, pseudonyms};

    fn who(last: u16) -> Pseudonym {
        pseudonyms().of(&number(last))
    }

    fn event(citizen: u16, rule: Option<&str>, what: What) -> Event {
        Event {
            id: Uuid::nil(),
            citizen: who(citizen),
            rule: rule.map(str::to_owned),
            what,
            at: now(),
            by: None,
            document: None,
        }
    }

    #[test]
    fn one_for_all_rules_and_one_for_one_rule_stand_apart() {
        let events = [
            event(1, None, What::Added),
            event(2, Some("transition"), What::Added),
            event(3, Some("transition"), What::Added),
            event(3, Some("transition"), What::Withdrawn),
            event(1, Some("transition"), What::Withdrawn),
        ];
        let objections = Objections::of(&events, &BTreeMap::new());
        assert_eq!(objections.against("transition"), BTreeSet::from([who(1), who(2)]));
        assert_eq!(objections.against("fifty_plus"), BTreeSet::from([who(1)]), "what was said of all stands");
        assert_eq!(objections.of_citizen(&[who(2)]), [(Some("transition".to_owned()), now())]);
        assert_eq!(objections.of_citizen(&[who(3)]), []);
    }

    #[test]
    fn an_objection_survives_a_new_number_and_the_memory_of_it() {
        let mut events = vec![event(1, None, What::Added)];
        let aliases = BTreeMap::from([(who(1), who(2)), (who(2), who(3))]);
        let first = Objections::of(&events, &aliases);
        assert_eq!(first.against("any"), BTreeSet::from([who(3)]));
        assert_eq!(first.moved().collect::<Vec<_>>(), [(who(1), who(3))]);
        events.push(event(1, None, What::Moved { to: who(3) }));
        let later = Objections::of(&events, &BTreeMap::new());
        assert_eq!(later.against("any"), BTreeSet::from([who(3)]), "the memory is gone, the record is not");
        assert_eq!(later.moved().count(), 0);
        events.push(event(3, None, What::Withdrawn));
        assert!(Objections::of(&events, &aliases).against("any").is_empty());
    }
}
