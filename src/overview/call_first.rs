//! Whom to call now: the coordinator where there is one, else who is primary on the newest running authority case.

use std::cmp::Reverse;

use glasplade_adapters::contract::ActorRole;
use jiff::civil::Date;

use super::Phase;
use super::actors::{ActorEntry, Part, Presence, ShownUnit};
use super::redact::Setting;
use super::redacted::RedactedItem;
use crate::config::{FieldClass, KindRole};

/// Whom to call first.
#[derive(Debug, Clone)]
pub(super) struct CallFirst {
    /// Position in the list of actors; `None` when the case has no caseworker and its unit is to be called.
    pub(super) actor: Option<usize>,
    /// Why this one.
    pub(super) why: Why,
    /// The unit of the case, as far as its name may be told.
    pub(super) unit: Option<ShownUnit>,
    /// First day in the role.
    pub(super) since: Option<Date>,
    /// Took over within the configured days.
    pub(super) is_new: bool,
}

/// Why somebody is to be called first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Coordinator,
    PrimaryCaseworker,
    UnitWithoutCaseworker,
}

/// Chooses among what the caller sees.
pub(super) fn choose(items: &[RedactedItem], actors: &[ActorEntry], setting: Setting<'_>) -> Option<CallFirst> {
    coordinator(items, actors, setting).or_else(|| newest_authority_case(items, actors, setting))
}

/// Who coordinates by role, or is primary on a running case of a unit that coordinates, according to the row that decides.
/// Who is still there comes before who has left, the role before the unit, the newest before the oldest.
fn coordinator(items: &[RedactedItem], actors: &[ActorEntry], setting: Setting<'_>) -> Option<CallFirst> {
    let active = |id: &str| items.iter().find(|item| item.id == id && item.phase == Phase::Active);
    let found = actors.iter().enumerate().flat_map(|(at, actor)| {
        let parts = actor.parts.iter().filter(|part| has_begun(part, setting));
        parts.filter_map(move |part| {
            let item = active(&part.item)?;
            let by_role = part.role == ActorRole::Coordinator;
            let of_unit = item.unit.as_ref().is_some_and(|unit| unit.coordinates);
            let by_unit = of_unit && part.role == ActorRole::Primary && part.decides;
            (by_role || by_unit).then_some((is_there(actor), by_role, part.since, Reverse(at)))
        })
    });
    let (.., since, Reverse(at)) = found.max()?;
    let is_new = is_new(since, setting);
    Some(CallFirst { actor: Some(at), why: Why::Coordinator, unit: actors[at].unit.clone(), since, is_new })
}

fn newest_authority_case(items: &[RedactedItem], actors: &[ActorEntry], setting: Setting<'_>) -> Option<CallFirst> {
    let item = items
        .iter()
        .filter(|item| item.phase == Phase::Active && item.classes.contains(FieldClass::People))
        .filter(|item| matches!(item.role, KindRole::Authority | KindRole::Benefit))
        .max_by_key(|item| (item.role == KindRole::Authority, item.item.deciding().opened, Reverse(&item.id)))?;
    // The row that decides names the caseworker of today; an index may still name the one before.
    let primaries = actors.iter().enumerate().flat_map(|(at, actor)| {
        let parts = actor.parts.iter().filter(|part| part.item == item.id && part.role == ActorRole::Primary);
        parts.map(move |part| (part.decides, has_begun(part, setting), is_there(actor), part.since, Reverse(at)))
    });
    let unit = item.shown_unit.clone();
    Some(match primaries.max() {
        Some((.., since, Reverse(at))) => {
            let is_new = is_new(since, setting);
            CallFirst { actor: Some(at), why: Why::PrimaryCaseworker, unit, since, is_new }
        }
        None => CallFirst { actor: None, why: Why::UnitWithoutCaseworker, unit, since: None, is_new: false },
    })
}

fn has_begun(part: &Part, setting: Setting<'_>) -> bool {
    part.since.is_none_or(|since| since <= setting.today)
}

fn is_there(actor: &ActorEntry) -> bool {
    actor.presence != Presence::Left
}

fn is_new(since: Option<Date>, setting: Setting<'_>) -> bool {
    let oldest = setting.today.saturating_sub(jiff::Span::new().days(setting.new_caseworker_days));
    since.is_some_and(|since| since >= oldest && since <= setting.today)
}
