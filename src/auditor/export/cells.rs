//! The columns of an export, their types, and the cell of a look-up in each. CSV and Parquet have the same.

use jiff::Timestamp;

use crate::auditor::LookUp;
use crate::tables::Type;

/// Told in a Parquet file's metadata; raised when a column changes its meaning.
pub const SCHEMA_VERSION: &str = "1";

/// One cell; empty where the look-up does not say.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
    Moment(Option<Timestamp>),
}

/// Every column, in its order.
pub const COLUMNS: [(&str, Type); 34] = [
    ("at", Type::Moment),
    ("ended", Type::Moment),
    ("duration_ms", Type::Number),
    ("attempt", Type::Text),
    ("kind", Type::Text),
    ("state", Type::Text),
    ("route", Type::Text),
    ("employee", Type::Text),
    ("department", Type::Text),
    ("unit", Type::Text),
    ("roles", Type::Text),
    ("client", Type::Text),
    ("citizen", Type::Text),
    ("relation", Type::Text),
    ("purpose", Type::Text),
    ("case_ref", Type::Text),
    ("reason", Type::Text),
    ("emergency_code", Type::Text),
    ("emergency_reason", Type::Text),
    ("protected_reason", Type::Text),
    ("outcome", Type::Text),
    ("status", Type::Number),
    ("error", Type::Text),
    ("flags", Type::Text),
    ("repeats", Type::Number),
    ("items_shown", Type::Number),
    ("classes_shown", Type::Text),
    ("bases", Type::Text),
    ("items_withheld", Type::Number),
    ("sources", Type::Text),
    ("policy_hash", Type::Text),
    ("body_hash", Type::Text),
    ("trace_id", Type::Text),
    ("entries", Type::Text),
];

/// The cells of one look-up, in the order of [`COLUMNS`].
pub(super) fn cells(look_up: &LookUp) -> [Cell; COLUMNS.len()] {
    let text = |text: &Option<String>| Cell::Text(text.clone());
    let word = |word: String| Cell::Text(Some(word));
    let shown = &look_up.shown;
    [
        Cell::Moment(Some(look_up.at)),
        Cell::Moment(look_up.ended),
        Cell::Number(look_up.duration_ms),
        word(look_up.attempt.to_string()),
        word(name(&look_up.kind)),
        word(name(&look_up.state)),
        word(look_up.route.clone()),
        text(&look_up.employee),
        text(&look_up.department),
        text(&look_up.unit),
        list(look_up.roles.iter().cloned()),
        text(&look_up.client),
        text(&look_up.citizen),
        text(&look_up.relation),
        text(&look_up.purpose),
        text(&look_up.case_ref),
        text(&look_up.reason),
        Cell::Text(look_up.emergency.as_ref().map(|emergency| emergency.code.clone())),
        Cell::Text(look_up.emergency.as_ref().map(|emergency| emergency.reason.clone())),
        text(&look_up.protected_reason),
        text(&look_up.outcome),
        Cell::Number(look_up.status.map(i64::from)),
        text(&look_up.error),
        list(look_up.flags.iter().map(|flag| flag.as_str().to_owned())),
        Cell::Number(Some(look_up.repeats.into())),
        Cell::Number(i64::try_from(look_up.items_shown()).ok()),
        distinct(shown.iter().flat_map(|item| item.classes.iter().map(String::as_str))),
        distinct(shown.iter().map(|item| item.basis.as_str())),
        Cell::Number(i64::try_from(look_up.withheld.values().sum::<u64>()).ok()),
        list(look_up.sources.iter().map(|source| format!("{}:{}", source.id, source.state))),
        text(&look_up.policy_hash),
        text(&look_up.body_hash),
        text(&look_up.trace_id),
        list(look_up.entries.iter().map(u64::to_string)),
    ]
}

/// The word of a code, as JSON has it.
fn name(code: &impl serde::Serialize) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn list(words: impl Iterator<Item = String>) -> Cell {
    let words: Vec<String> = words.collect();
    Cell::Text((!words.is_empty()).then(|| words.join(" ")))
}

fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Cell {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.dedup();
    Cell::Text((!words.is_empty()).then(|| words.join(" ")))
}
