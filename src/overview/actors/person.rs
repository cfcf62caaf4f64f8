//! Which mentions are one person: employee id, e-mail or the directory's user, never a name alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use glasplade_adapters::contract::{StaffKey, StaffMember};
use uuid::Uuid;

use super::super::Classifier;
use super::super::join::UnionFind;
use super::{Mention, Naming};
use crate::access::EmployeeId;
use crate::staff::Entry;

/// What a mention may be joined on.
#[derive(Default)]
struct Identity {
    employee: Option<String>,
    users: BTreeSet<Uuid>,
    emails: BTreeSet<String>,
}

/// Components over employee id, user, e-mail and the source's own id. The id that a source writes counts before the one
/// that the directory gives a user. An e-mail that two employee ids share is a mailbox, not a person, and so is a unit's;
/// a component with two employee ids falls back to the ids.
pub(super) fn groups(mentions: &[Mention<'_>], naming: Naming<'_>, classifier: &Classifier) -> Vec<Vec<usize>> {
    let identities: Vec<Identity> = mentions.iter().map(|mention| identity(mention, naming, classifier)).collect();
    let ids = |group: &[usize]| {
        let ids: BTreeSet<&str> = group.iter().filter_map(|at| identities[*at].employee.as_deref()).collect();
        ids.len()
    };
    let mut certain = UnionFind::new(mentions.len());
    for same in by(&identities, |_, identity| identity.employee.clone().into_iter().collect()).values() {
        certain.unite(same);
    }
    let native = by(&identities, |at, _| {
        let (source, actor) = (mentions[at].source, mentions[at].actor);
        actor.native_id.iter().map(|id| format!("{source}\u{0}{id}")).collect()
    });
    let user = by(&identities, |_, identity| identity.users.iter().map(Uuid::to_string).collect());
    let email = by(&identities, |_, identity| identity.emails.iter().cloned().collect());
    let mut joined = certain.clone();
    for same in native.values().chain(user.values()).chain(email.values()).filter(|same| ids(same) <= 1) {
        joined.unite(same);
    }
    let mut groups = Vec::new();
    for group in joined.groups() {
        if ids(&group) <= 1 {
            groups.push(group);
            continue;
        }
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in group {
            parts.entry(certain.root(at)).or_default().push(at);
        }
        groups.extend(parts.into_values());
    }
    groups
}

/// Positions by key; in the order of keys, so that the same mentions always give the same groups.
fn by(identities: &[Identity], keys: impl Fn(usize, &Identity) -> Vec<String>) -> BTreeMap<String, Vec<usize>> {
    let mut positions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, identity) in identities.iter().enumerate() {
        for key in keys(at, identity) {
            positions.entry(key).or_default().push(at);
        }
    }
    positions
}

fn identity(mention: &Mention<'_>, naming: Naming<'_>, classifier: &Classifier) -> Identity {
    let written = mention.actor.employee_id.clone();
    let mut identity = Identity { users: mention.user.into_iter().collect(), ..Identity::default() };
    let mut emails: Vec<String> = mention.actor.email.iter().cloned().collect();
    let mut mailboxes: Vec<String> = Vec::new();
    let mut told = None;
    for key in mention.keys() {
        let Entry::Member { member, .. } = naming.known.get(&key) else { continue };
        let id = employee_id(&member);
        // The directory gives the user to somebody else than the source does: what it says of the user is not used.
        if written.is_some() && id.is_some() && id != written && matches!(key, StaffKey::User(_)) {
            identity.users.clear();
            continue;
        }
        identity.users.insert(member.user);
        emails.extend(member.email.clone());
        mailboxes.extend(member.unit.as_ref().and_then(|unit| unit.email.clone()));
        told = told.or(id);
    }
    identity.employee = written.or(told);
    let is_own = |email: &String| !mailboxes.contains(email) && !classifier.is_mailbox(email);
    identity.emails = emails.into_iter().map(|email| email.to_lowercase()).filter(is_own).collect();
    identity
}

/// The member's employee id as keys have it.
pub(super) fn employee_id(member: &Arc<StaffMember>) -> Option<String> {
    member.employee_id.as_deref().and_then(EmployeeId::parse).map(|id| id.as_str().to_owned())
}
