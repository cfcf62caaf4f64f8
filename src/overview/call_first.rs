//! Whom to call now: the coordinator where there is one, else who is primary on the newest running authority case.

use glasplade_adapters::contract::ActorRole;
use jiff::civil::Date;

use super::Phase;
use super::actors::{ActorEntry, Part};
use super::redact::{RedactedItem, Setting};
use crate::config::{FieldClass, KindRole, UnitRow};

/// Whom to call first.
#[derive(Debug, Clone)]
pub(super) struct CallFirst {
    /// Position in the list of actors; `None` when the case has no caseworker and its unit is to be called.
    pub(super) actor: Option<usize>,
    /// Why this one.
    pub(super) why: Why,
    /// The unit of the case, where the caller may know it.
    pub(super) unit: Option<UnitRow>,
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

fn coordinator(items: &[RedactedItem], actors: &[ActorEntry], setting: Setting<'_>) -> Option<CallFirst> {
    let is_active = |id: &str| items.iter().any(|item| item.id == id && item.phase == Phase::Active);
    let has_begun = |part: &Part| part.since.is_none_or(|since| since <= setting.today);
    let found = actors.iter().enumerate().flat_map(|(at, actor)| {
        let coordinates = actor.parts.iter().filter(|part| part.role == ActorRole::Coordinator);
        let parts = coordinates.filter(|part| is_active(&part.item) && has_begun(part));
        parts.map(move |part| (part.since, std::cmp::Reverse(at)))
    });
    let (since, std::cmp::Reverse(at)) = found.max()?;
    let is_new = is_new(since, setting);
    Some(CallFirst { actor: Some(at), why: Why::Coordinator, unit: actors[at].unit.clone(), since, is_new })
}

fn newest_authority_case(items: &[RedactedItem], actors: &[ActorEntry], setting: Setting<'_>) -> Option<CallFirst> {
    let item = items
        .iter()
        .filter(|item| item.phase == Phase::Active && item.classes.contains(FieldClass::People))
        .filter(|item| matches!(item.role, KindRole::Authority | KindRole::Benefit))
        .max_by_key(|item| {
            (item.role == KindRole::Authority, item.item.deciding().opened, std::cmp::Reverse(&item.id))
        })?;
    let unit = item.classes.contains(FieldClass::Contact).then(|| item.unit.clone()).flatten();
    let primary = actors.iter().enumerate().find_map(|(at, actor)| {
        let part = actor.parts.iter().find(|part| part.item == item.id && part.role == ActorRole::Primary)?;
        Some((at, part.since))
    });
    Some(match primary {
        Some((at, since)) => {
            CallFirst { actor: Some(at), why: Why::PrimaryCaseworker, unit, since, is_new: is_new(since, setting) }
        }
        None => CallFirst { actor: None, why: Why::UnitWithoutCaseworker, unit, since: None, is_new: false },
    })
}

fn is_new(since: Option<Date>, setting: Setting<'_>) -> bool {
    let oldest = setting.today.saturating_sub(jiff::Span::new().days(setting.new_caseworker_days));
    since.is_some_and(|since| since >= oldest && since <= setting.today)
}
