//! The unit behind an actor, as far as its name may be told: behind a category of level 2 or 3 the name alone tells what the
//! case is about, so the department's neutral name and number stand for it.

use glasplade_adapters::contract::{SourceId, StaffUnit, Unit};

use super::super::redact::Setting;
use super::super::redacted::RedactedItem;
use crate::access::{Basis, ClassSet};
use crate::config::{DepartmentRow, FieldClass, UnitRow};

/// A unit as it may be shown.
#[derive(Debug, Clone)]
pub(in crate::overview) enum ShownUnit {
    /// Under its own name.
    Named {
        /// Our code, where configuration knows the unit.
        code: Option<String>,
        /// Name.
        name: String,
        /// Unit number.
        phone: Option<String>,
        /// Shared mailbox.
        mailbox: Option<String>,
    },
    /// Under its department's neutral name.
    Neutral(Neutral),
}

/// [DK] neutral afdeling: the authority that a unit belongs to, which tells nothing of the category.
#[derive(Debug, Clone)]
pub(in crate::overview) struct Neutral {
    /// The authority, or the department where the authority is not described.
    pub(in crate::overview) department: DepartmentRow,
    /// Its own name is neutral: it is an authority.
    pub(in crate::overview) is_authority: bool,
}

/// The unit behind an item may be told by its own name to somebody who is shown this much of it. At level 2 and 3 the name
/// tells what the case is about: whoever may only know where to call, and whose own case it is not, is told the neutral name.
pub(in crate::overview) fn may_be_named(level: u8, classes: ClassSet, basis: &Basis) -> bool {
    let knows_what = level < 2 || basis.is_own() || classes.contains(FieldClass::Core);
    classes.contains(FieldClass::Contact) && knows_what
}

/// The unit of the directory's entry.
pub(super) fn of_directory(
    unit: &StaffUnit,
    on: &[&RedactedItem],
    items: &[RedactedItem],
    setting: Setting<'_>,
) -> Option<ShownUnit> {
    let classifier = setting.classifier;
    if let Some(row) = classifier.unit_by_org_uuid(unit.uuid) {
        let mut shown = configured(row, items, setting)?;
        if let ShownUnit::Named { phone, mailbox, .. } = &mut shown {
            // What configuration leaves out, the directory may know.
            *phone = phone.take().or_else(|| unit.phone.clone());
            *mailbox = mailbox.take().or_else(|| unit.email.clone());
        }
        return Some(shown);
    }
    let uuid = unit.uuid.to_string();
    let is_it = |told: &Unit| told.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(&uuid));
    let is_seen =
        items.iter().filter(|item| item.names_unit()).any(|item| item.item.deciding().unit.as_ref().is_some_and(is_it));
    if let Some(name) = unit.name.clone().filter(|_| is_seen) {
        let (phone, mailbox) = (unit.phone.clone(), unit.email.clone());
        return Some(ShownUnit::Named { code: None, name, phone, mailbox });
    }
    let above = unit.above.iter().find_map(|uuid| classifier.unit_by_org_uuid(*uuid));
    let department = above.and_then(|row| classifier.department(&row.department));
    neutral(department.or_else(|| department_of(on)), setting)
}

/// The unit that a source gives an actor.
pub(super) fn of_source(
    unit: &Unit,
    source: &SourceId,
    on: &[&RedactedItem],
    items: &[RedactedItem],
    setting: Setting<'_>,
) -> Option<ShownUnit> {
    if let Some(row) = unit.id.as_deref().and_then(|id| setting.classifier.unit_by_source_id(source, id)) {
        return configured(row, items, setting);
    }
    if unit.id.is_none() && unit.name.is_none() {
        return None;
    }
    let is_it = |item: &&RedactedItem| {
        let row = item.item.deciding();
        let same_id = row.unit.as_ref().is_some_and(|told| told.id.is_some() && told.id == unit.id);
        row.source == *source && same_id && item.names_unit()
    };
    match unit.name.clone().filter(|_| items.iter().any(|item| is_it(&item))) {
        Some(name) => Some(ShownUnit::Named { code: None, name, phone: None, mailbox: None }),
        None => neutral(department_of(on), setting),
    }
}

/// The unit that an item belongs to: by its name where that may be told, else neutral.
pub(in crate::overview) fn of_item(
    unit: Option<&UnitRow>,
    department: Option<&DepartmentRow>,
    may_be_named: bool,
    setting: Setting<'_>,
) -> Option<ShownUnit> {
    if may_be_named { unit.map(named) } else { neutral(department, setting) }
}

/// A configured unit: by its name where it stands behind no sensitive category, or where an item names that very unit.
fn configured(row: &UnitRow, items: &[RedactedItem], setting: Setting<'_>) -> Option<ShownUnit> {
    let is_it = |item: &RedactedItem| item.unit.as_ref().is_some_and(|unit| unit.code == row.code);
    let is_seen = items.iter().any(|item| item.names_unit() && is_it(item));
    if is_seen || !setting.classifier.is_sensitive(row) {
        return Some(named(row));
    }
    neutral(setting.classifier.department(&row.department), setting)
}

fn named(row: &UnitRow) -> ShownUnit {
    ShownUnit::Named {
        code: Some(row.code.clone()),
        name: row.name.clone(),
        phone: row.phone.clone(),
        mailbox: row.mailbox.clone(),
    }
}

/// The authority above `department`; nothing where no department is known.
fn neutral(department: Option<&DepartmentRow>, setting: Setting<'_>) -> Option<ShownUnit> {
    let department = department?;
    let authority = setting.classifier.department(&department.authority).unwrap_or(department);
    let is_authority = authority.code == authority.authority;
    Some(ShownUnit::Neutral(Neutral { department: authority.clone(), is_authority }))
}

/// The department of the first item that somebody works on, which every shown item names.
fn department_of<'a>(on: &[&'a RedactedItem]) -> Option<&'a DepartmentRow> {
    on.iter().find_map(|item| item.department.as_ref())
}
