//! One answer's questions to the policies: each of the caller's roles, each ground, one field class after the other.

use std::cell::{Cell, OnceCell};

use cedar_policy::{Context, Entities, Entity, EntityUid, Request};

use super::cedar;
use super::input::{AskedInput, CitizenInput, GroundInput, ItemInput, PrincipalInput};
use super::kept::{Inputs, Verdict};
use super::lasting::Lasting;
use super::load::Engine;
use super::slice::Subject;
use crate::access::ClassSet;
use crate::config::FieldClass;

/// What one ground opens to the caller in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Position among the caller's roles.
    pub role: usize,
    /// Position among the grounds.
    pub ground: usize,
    /// The classes; never empty.
    pub classes: ClassSet,
}

/// One answer's questions. What they have in common is put into Cedar's words once, and only if something has to be decided.
#[derive(Debug)]
pub struct Asking<'a> {
    engine: &'a Engine,
    roles: Vec<PrincipalInput>,
    callers: Vec<OnceCell<(EntityUid, Entity)>>,
    asked: AskedInput,
    grounds: Vec<Ground>,
}

#[derive(Debug)]
struct Ground {
    input: GroundInput,
    /// By field class; made when first asked for.
    contexts: [OnceCell<Context>; FieldClass::ALL.len()],
    /// By role; made when first asked for. `None` where each question is decided anew.
    inputs: Vec<[OnceCell<Option<Inputs>>; Subject::ALL.len()]>,
}

/// What a question is about: in Cedar's words, and as the inputs that they are made of.
struct Thing<'a> {
    subject: Subject,
    name: &'a EntityUid,
    entity: &'a dyn Fn() -> Entity,
    inputs: &'a dyn Fn() -> Inputs,
    /// With the caller of the role that is asked for; made when something has to be decided.
    entities: OnceCell<Entities>,
}

impl<'a> Asking<'a> {
    /// Questions of a caller in these roles, on these grounds.
    pub fn new(engine: &'a Engine, roles: Vec<PrincipalInput>, asked: AskedInput, grounds: Vec<GroundInput>) -> Self {
        let callers = roles.iter().map(|_| OnceCell::new()).collect();
        let ground = |input| Ground {
            input,
            contexts: std::array::from_fn(|_| OnceCell::new()),
            inputs: roles.iter().map(|_| Default::default()).collect(),
        };
        let grounds = grounds.into_iter().map(ground).collect();
        Self { engine, roles, callers, asked, grounds }
    }

    /// The caller's roles.
    pub fn roles(&self) -> &[PrincipalInput] {
        &self.roles
    }

    /// The grounds, in the order in which they are asked.
    pub fn grounds(&self) -> impl Iterator<Item = &GroundInput> {
        self.grounds.iter().map(|ground| &ground.input)
    }

    /// The ground at this position.
    pub fn ground(&self, at: usize) -> &GroundInput {
        &self.grounds[at].input
    }

    /// What all questions have in common.
    pub fn asked(&self) -> &AskedInput {
        &self.asked
    }

    /// What the item opens: to each role, on each ground of the asked kinds. What does not open that the item exists opens
    /// nothing of it.
    pub fn item(&self, item: &ItemInput, has_relation: bool, wanted: impl Fn(&GroundInput) -> bool) -> Vec<Opened> {
        let name = &self.engine.names.item;
        let mut opened = Vec::new();
        let made = OnceCell::new();
        for role in 0..self.roles.len() {
            let thing = Thing {
                subject: Subject::Item,
                name,
                entity: &|| item.entity(name.clone()),
                inputs: &|| *made.get_or_init(|| Inputs::of(item)),
                entities: OnceCell::new(),
            };
            for (at, ground) in self.grounds.iter().enumerate().filter(|(_, ground)| wanted(&ground.input)) {
                let classes = self.classes(role, ground, has_relation, &thing);
                if classes != ClassSet::default() {
                    opened.push(Opened { role, ground: at, classes });
                }
            }
        }
        opened
    }

    /// What one role is shown of the citizen's own facts on one ground.
    pub fn citizen(&self, role: usize, ground: usize, citizen: &CitizenInput) -> ClassSet {
        let name = &self.engine.names.citizen;
        let thing = Thing {
            subject: Subject::Citizen,
            name,
            entity: &|| citizen.entity(name.clone()),
            inputs: &|| Inputs::of(citizen),
            entities: OnceCell::new(),
        };
        self.classes(role, &self.grounds[ground], false, &thing)
    }

    /// As decided before with the same inputs, or anew. Only what a category tells rests on the relation.
    fn classes(&self, role: usize, ground: &Ground, has_relation: bool, thing: &Thing<'_>) -> ClassSet {
        let has_relation = has_relation && ground.input == GroundInput::Category;
        let decide = || self.decide(role, ground, has_relation, thing);
        match self.inputs(role, ground, has_relation, thing.subject) {
            Some(inputs) => self.engine.kept.or_else((inputs, (thing.inputs)()), decide),
            None => decide().classes,
        }
    }

    /// Asks the policies.
    fn decide(&self, role: usize, ground: &Ground, has_relation: bool, thing: &Thing<'_>) -> Verdict {
        let (caller, entity) = self.caller(role);
        let entities = thing.entities.get_or_init(|| Engine::entities(entity.clone(), (thing.entity)()));
        let has_failed = Cell::new(false);
        let permits = |class: &FieldClass| {
            let (view, context) = (self.engine.names.view.clone(), self.context(ground, *class, has_relation));
            let request = Request::new(caller.clone(), view, thing.name.clone(), context, None)
                .expect("no schema is asked, so none refuses");
            let answer = self.engine.answer(thing.subject, &ground.input, &request, entities);
            has_failed.set(has_failed.get() || answer.is_none());
            answer == Some(true)
        };
        let classes = match thing.subject {
            Subject::Item if !permits(&FieldClass::Existence) => ClassSet::default(),
            Subject::Item => {
                let others = of_an_item(&ground.input).iter().copied().filter(permits);
                others.fold(ClassSet::of(&[FieldClass::Existence]), ClassSet::with)
            }
            Subject::Citizen => {
                let all = [FieldClass::Person, FieldClass::Household, FieldClass::Address];
                all.into_iter().filter(permits).fold(ClassSet::default(), ClassSet::with)
            }
        };
        Verdict { classes, has_failed: has_failed.get() }
    }

    /// Everything that a decision rests on beside what it is about; `None` where it holds for no other question.
    fn inputs(&self, role: usize, ground: &Ground, has_relation: bool, subject: Subject) -> Option<Inputs> {
        let make = || {
            let Lasting::Alike(moments) = self.engine.lasting(subject, &ground.input) else { return None };
            let moments = moments.stand(self.asked.now, &ground.input)?;
            // What is missing of it, the case and the moment, no policy reads on a ground like this.
            let AskedInput { now: _, case_ref: _, purpose, opens, bars, has_protected_reason } = &self.asked;
            let asked = (purpose, opens, bars, has_protected_reason, has_relation);
            Some(Inputs::of(&(subject as u8, &self.roles[role], &ground.input, asked, moments)))
        };
        match ground.input {
            GroundInput::Category => make(),
            _ => *ground.inputs[role][subject as usize].get_or_init(make),
        }
    }

    fn caller(&self, role: usize) -> &(EntityUid, Entity) {
        self.callers[role].get_or_init(|| {
            let name = self.engine.names.caller(&self.roles[role].role);
            (name.clone(), self.roles[role].entity(name))
        })
    }

    /// What a category tells is asked last and with another relation, so nothing is kept there.
    fn context(&self, ground: &Ground, class: FieldClass, has_relation: bool) -> Context {
        let make = || cedar::context(&self.asked, has_relation, &ground.input, class);
        match ground.input {
            GroundInput::Category => make(),
            _ => ground.contexts[class as usize].get_or_init(make).clone(),
        }
    }
}

/// The classes of an item beside that it exists, as far as the ground could open them.
fn of_an_item(ground: &GroundInput) -> &'static [FieldClass] {
    match ground {
        GroundInput::Category => &[FieldClass::Contact],
        _ => &[
            FieldClass::Contact,
            FieldClass::Core,
            FieldClass::People,
            FieldClass::Subject,
            FieldClass::Deadline,
            FieldClass::Amount,
            FieldClass::Provider,
            FieldClass::Relation,
            FieldClass::Link,
        ],
    }
}
