//! Which of several facts holds now. Pure; what stands in no order on the wire is put in one by time and UUID.

use std::cmp::Reverse;

use jiff::Timestamp;
use uuid::Uuid;

use super::settings::{Role, Roles};
use super::wire::{AddressLink, Function, Link, Registration, Text};
use crate::sts::time::Timed;

/// Most addresses of one role that are looked up for one user or unit.
const ADDRESSES_MAX: usize = 4;

/// It holds at `now`. What has an end that cannot be read might be over, so it does not.
fn holds(fact: &impl Timed, now: Timestamp) -> bool {
    fact.effect().covers(now) && !fact.effect().is_unreadable()
}

/// The object is neither passivated nor deleted nor inactive. Without any state it is what its life cycle says.
pub(super) fn is_in_force<T>(registration: &Registration<T>, now: Timestamp) -> bool {
    let gone = ["Passiveret", "Slettet"];
    if registration.lifecycle.as_deref().is_some_and(|code| gone.contains(&code)) {
        return false;
    }
    let states: Vec<_> = registration.validity.iter().filter(|state| holds(*state, now)).collect();
    let all_active = states.iter().all(|state| state.text.as_deref() == Some("Aktiv"));
    registration.validity.is_empty() || (!states.is_empty() && all_active)
}

/// The text that holds now; of several the latest begun.
pub(super) fn text_now(texts: &[Text], now: Timestamp) -> Option<&str> {
    latest(texts.iter().filter(|text| holds(*text, now)))
}

/// The text that holds now, else the latest begun one that has ended: what somebody who has left was called.
pub(super) fn text_last(texts: &[Text], now: Timestamp) -> Option<&str> {
    text_now(texts, now).or_else(|| latest(texts.iter().filter(|text| text.effect().begun(now))))
}

fn latest<'a>(texts: impl Iterator<Item = &'a Text>) -> Option<&'a str> {
    let told = texts.filter(|text| text.text.is_some());
    // Of two that began together the smaller text, since the order on the wire promises nothing.
    told.min_by_key(|text| (Reverse(text.effect().starts()), text.text.as_deref()))?.text.as_deref()
}

/// What the links that hold now point to, in the wire's order.
pub(super) fn targets(links: &[Link], now: Timestamp) -> impl Iterator<Item = Uuid> {
    links.iter().filter(move |link| holds(*link, now)).filter_map(|link| link.target)
}

/// The addresses of one role that hold now, by `Indeks`.
pub(super) fn addresses_of(links: &[AddressLink], role: &Role, roles: &Roles, now: Timestamp) -> Vec<Uuid> {
    let mut fitting: Vec<_> = links.iter().filter(|link| holds(*link, now) && plays(link, role, roles)).collect();
    fitting.sort_by_key(|link| link.index);
    fitting.into_iter().filter_map(|link| link.link.target).take(ADDRESSES_MAX).collect()
}

/// The UUID decides. A label counts only where the UUID says nothing to us.
fn plays(link: &AddressLink, role: &Role, roles: &Roles) -> bool {
    if let Some(uuid) = link.role.filter(|uuid| roles.knows(*uuid)) {
        return uuid == role.uuid;
    }
    let Some(label) = &link.label else { return false };
    role.labels.iter().any(|known| known.to_lowercase() == label.trim().to_lowercase())
}

/// A function that is in force, of this kind, and tied to `target` by one of its `links`: since when. The search is
/// compared again, because how exact it is is not public.
pub(super) fn held_since(
    function: &Registration<Function>,
    kind: Uuid,
    links: impl Fn(&Function) -> &[Link],
    target: Uuid,
    now: Timestamp,
) -> Option<Timestamp> {
    let is_of_kind = targets(&function.object.kinds, now).any(|found| found == kind);
    if !is_of_kind || !is_in_force(function, now) {
        return None;
    }
    let links = links(&function.object).iter();
    let fitting = links.filter(|link| holds(*link, now) && link.target == Some(target));
    fitting.map(|link| link.effect().starts()).min()
}
