//! One answer's questions to the policies: each of the caller's roles, each ground, one field class after the other.

use std::cell::OnceCell;

use cedar_policy::{Context, Entity, EntityUid, Request};

use super::input::{AskedInput, CitizenInput, GroundInput, ItemInput, PrincipalInput};
use super::load::Engine;
use super::slice::Subject;
use super::{cedar, load};
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

/// One answer's questions. What they have in common is put into Cedar's words once.
#[derive(Debug)]
pub struct Asking<'a> {
    engine: &'a Engine,
    roles: Vec<PrincipalInput>,
    callers: Vec<(EntityUid, Entity)>,
    asked: AskedInput,
    grounds: Vec<Ground>,
}

#[derive(Debug)]
struct Ground {
    input: GroundInput,
    /// By field class; made when first asked for.
    contexts: [OnceCell<Context>; FieldClass::ALL.len()],
}

impl<'a> Asking<'a> {
    /// Questions of a caller in these roles, on these grounds.
    pub fn new(engine: &'a Engine, roles: Vec<PrincipalInput>, asked: AskedInput, grounds: Vec<GroundInput>) -> Self {
        let caller = |role: &PrincipalInput| {
            let name = engine.names.caller(&role.role);
            (name.clone(), role.entity(name))
        };
        let callers = roles.iter().map(caller).collect();
        let ground = |input| Ground { input, contexts: std::array::from_fn(|_| OnceCell::new()) };
        Self { engine, callers, roles, asked, grounds: grounds.into_iter().map(ground).collect() }
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
        let resource = item.entity(self.engine.names.item.clone());
        let mut opened = Vec::new();
        for (role, (name, caller)) in self.callers.iter().enumerate() {
            let entities = load::Engine::entities(caller.clone(), resource.clone());
            for (at, ground) in self.grounds.iter().enumerate().filter(|(_, ground)| wanted(&ground.input)) {
                let permits = |class: FieldClass| {
                    let context = self.context(ground, class, has_relation);
                    let request = self.request(name, &self.engine.names.item, context);
                    self.engine.permits(Subject::Item, &ground.input, &request, &entities)
                };
                if !permits(FieldClass::Existence) {
                    continue;
                }
                let others = of_an_item(&ground.input).iter().copied().filter(|class| permits(*class));
                let classes = others.fold(ClassSet::of(&[FieldClass::Existence]), ClassSet::with);
                opened.push(Opened { role, ground: at, classes });
            }
        }
        opened
    }

    /// What one role is shown of the citizen's own facts on one ground.
    pub fn citizen(&self, role: usize, ground: usize, citizen: &CitizenInput) -> ClassSet {
        let (name, caller) = &self.callers[role];
        let resource = citizen.entity(self.engine.names.citizen.clone());
        let entities = load::Engine::entities(caller.clone(), resource);
        let permits = |class: &FieldClass| {
            let ground = &self.grounds[ground];
            let request = self.request(name, &self.engine.names.citizen, self.context(ground, *class, false));
            self.engine.permits(Subject::Citizen, &ground.input, &request, &entities)
        };
        let open = [FieldClass::Person, FieldClass::Household, FieldClass::Address].into_iter().filter(permits);
        open.fold(ClassSet::default(), ClassSet::with)
    }

    fn request(&self, caller: &EntityUid, resource: &EntityUid, context: Context) -> Request {
        let view = self.engine.names.view.clone();
        Request::new(caller.clone(), view, resource.clone(), context, None)
            .expect("no schema is asked, so none refuses")
    }

    /// Only what a category tells rests on the relation, and it is asked last: there nothing is kept.
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
