//! [DK] sagsaktører: who works on a case, by role and type; their order on the wire means nothing.

use super::settings::Roles;
use super::wire::{self, Reference, Relation};
use crate::contract::{Actor, ActorKind, ActorRole, Unit};
use crate::sts::time::{Bound, Timed};

/// Everybody who works, worked or will work on the case. The owner (the municipality) and IT systems are nobody to call.
pub(super) fn actors(relations: &[Relation], roles: &Roles) -> Vec<Actor> {
    relations
        .iter()
        .filter(|relation| !relation.plays(roles.owner) && !relation.is_a(wire::TYPE_SYSTEM))
        // Without a readable end nobody knows whether the relation still holds, and a role may open a case: left out,
        // with a flag on the record.
        .filter(|relation| relation.effect().to != Bound::Unreadable)
        .filter_map(|relation| actor(relation, roles))
        .collect()
}

fn actor(relation: &Relation, roles: &Roles) -> Option<Actor> {
    let role = if relation.plays(roles.primary_caseworker) {
        ActorRole::Primary
    } else if relation.plays(roles.responsible) {
        ActorRole::Responsible
    } else {
        ActorRole::Other
    };
    let native_id = relation.target.as_ref().and_then(Reference::id);
    if native_id.is_none() && relation.name.is_none() && relation.key.is_none() {
        return None;
    }
    let described = match kind(relation, role) {
        ActorKind::Unit => {
            let unit = Unit { id: native_id.clone(), name: relation.name.clone() };
            Actor { native_id, ..Actor::unit(role, unit) }
        }
        ActorKind::Person => {
            let key = relation.key.as_ref().filter(|_| relation.is_a(wire::TYPE_USER));
            let employee_id = key.map(|key| key.to_lowercase());
            Actor { native_id, employee_id, name: relation.name.clone(), ..Actor::person(role) }
        }
    };
    let effect = relation.effect();
    Some(Actor { since: effect.from.day(), until: effect.to.day(), ..described })
}

/// The type decides; where it is left out, only the responsible is known to be a unit.
fn kind(relation: &Relation, role: ActorRole) -> ActorKind {
    let is_unit = relation.is_a(wire::TYPE_UNIT) || relation.is_a(wire::TYPE_ORGANISATION);
    let untyped_unit = relation.kind.is_none() && role == ActorRole::Responsible;
    if is_unit || untyped_unit { ActorKind::Unit } else { ActorKind::Person }
}
