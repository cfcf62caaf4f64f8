//! `relationer`: spouse, children, parents, and who has custody.

use super::answer::{Told, uncertain_day};
use crate::fake::population::{NamedParent, Person, Sex};
use crate::transport::soap::Node;

/// Other custodians than mother and father have two places in the code list.
const OTHER_HOLDERS: [&str; 2] = ["5", "6"];

/// `relationer`; nothing when nobody is known.
pub(super) fn relations(told: &Told<'_>) -> Option<Node> {
    let person = told.person;
    let parents = Parents::of(told);
    let numbered = |name, number: &str| Node::new(name).with(Node::text("personnummer", number));
    let parent = |name, known: Option<&Person>, named: Option<&NamedParent>| {
        known.map(|parent| numbered(name, &parent.cpr)).or_else(|| named.map(|named| named_parent(name, named)))
    };
    let spouse = person.spouse.as_ref().map(|spouse| numbered("aegtefaelle", spouse));
    let children = person.children.iter().map(|child| numbered("barn", child));
    let mother = parent("mor", parents.mother, person.register.mother.as_ref());
    let father = parent("far", parents.father, person.register.father.as_ref());
    let parts: Vec<Node> =
        spouse.into_iter().chain(children).chain(mother).chain(father).chain(custody(person, &parents)).collect();
    (!parts.is_empty()).then(|| Node::new("relationer").with_all(parts))
}

/// Mother and father, where they are people of the town.
struct Parents<'a> {
    mother: Option<&'a Person>,
    father: Option<&'a Person>,
}

impl<'a> Parents<'a> {
    /// The first woman is the mother; the other parent, man or woman ([DK] medmor), the father.
    fn of(told: &Told<'a>) -> Self {
        let mut all = told.world.parents_of(&told.person.cpr).collect::<Vec<_>>();
        let mother = all.iter().position(|parent| parent.sex == Sex::K).map(|at| all.remove(at));
        Self { mother, father: all.first().copied() }
    }
}

fn named_parent(name: &'static str, parent: &NamedParent) -> Node {
    Node::new(name)
        .with_all(parent.born.map(|day| uncertain_day("foedselsdato", day, false)))
        .with_all(parent.name.as_ref().map(|name| Node::text("navn", name.as_str())))
}

/// One entry per custodian. Mother and father are not repeated by number: clients take them from `mor` and `far`.
fn custody(person: &Person, parents: &Parents<'_>) -> Vec<Node> {
    let mut others = OTHER_HOLDERS.into_iter();
    let is = |parent: Option<&Person>, number: &str| parent.is_some_and(|parent| parent.cpr == number);
    let entry = |number: &String| {
        let (kind, told_number) = match number.as_str() {
            number if is(parents.mother, number) => ("3", None),
            number if is(parents.father, number) => ("4", None),
            number => (others.next()?, Some(number)),
        };
        Some(
            Node::new("foraeldremyndighed")
                .with(Node::text("foraeldremyndighedtype", kind))
                .with(uncertain_day("foraeldremyndighedStartdato", person.born, false))
                .with_all(told_number.map(|number| Node::text("relationPersonnummer", number))),
        )
    };
    person.custody.iter().filter_map(entry).collect()
}
