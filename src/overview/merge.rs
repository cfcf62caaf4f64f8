//! Rows of several sources become one citizen's items: the same rows in any order give the same items.

use std::sync::Arc;

use glasplade_adapters::contract::{CprNumber, Record, SourceId};

use super::join;
use super::{Classifier, Merged, MergedItem};

/// Joins the rows about one citizen, who has these `numbers`. Never fails; nothing is dropped but what names another citizen or anonymous treatment,
/// and that is counted.
///
/// `sources` is the configured order, which makes the order of provenances stable.
pub fn merge(numbers: &[CprNumber], rows: Vec<Arc<Record>>, classifier: &Classifier, sources: &[SourceId]) -> Merged {
    let offered = rows.len();
    let is_about = |row: &Record| numbers.iter().any(|number| row.about.may_be(number));
    let mut rows: Vec<Arc<Record>> = rows.into_iter().filter(|row| is_about(row)).collect();
    let strangers_dropped = offered - rows.len();
    let known = rows.len();
    rows.retain(|row| !classifier.is_anonymous_treatment(row));
    let anonymous_dropped = known - rows.len();
    rows.sort();
    rows.dedup();
    let mut items: Vec<MergedItem> = join::groups_of(&rows, classifier)
        .into_iter()
        .map(|group| item(group.into_iter().map(|at| Arc::clone(&rows[at])).collect(), classifier, sources))
        .collect();
    items.sort_by(|a, b| key(a).cmp(&key(b)));
    Merged { items, anonymous_dropped, strangers_dropped }
}

fn key(item: &MergedItem) -> (&SourceId, &str) {
    (&item.deciding().source, &item.deciding().native_id)
}

/// The row of the system that owns the case stands first and decides.
fn item(mut rows: Vec<Arc<Record>>, classifier: &Classifier, sources: &[SourceId]) -> MergedItem {
    let named_owner = rows.iter().find_map(|row| classifier.master_of(row)).cloned();
    let rank = |row: &Record| {
        let configured = sources.iter().position(|source| *source == row.source).unwrap_or(usize::MAX);
        (Some(&row.source) != named_owner.as_ref(), classifier.is_index(&row.source), configured)
    };
    rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    let first = &rows[0];
    // An index row decides alone only where it names an owning system that we do not read.
    let is_owned_elsewhere = first.keys.master.is_some() && classifier.master_of(first).is_none();
    let owner_row_decides = !classifier.is_index(&first.source) || is_owned_elsewhere;
    MergedItem { rows, owner_row_decides }
}
