//! The columns of an export, their types, and the cell of a look-up in each. CSV and Parquet have the same.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};

use jiff::Timestamp;

use crate::auditor::LookUp;
use crate::tables::Type;

/// Told in a Parquet file's metadata; raised when a column changes its meaning.
pub const SCHEMA_VERSION: &str = "1";

/// One cell; empty where the look-up does not say.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
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
pub(super) fn cells(look_up: &LookUp) -> [Cell<'_>; COLUMNS.len()] {
    fn text(text: Option<&str>) -> Cell<'_> {
        Cell::Text(text.map(Cow::Borrowed))
    }
    let word = |word| Cell::Text(Some(Cow::Borrowed(word)));
    let emergency = look_up.emergency.as_ref();
    let shown = &look_up.shown;
    [
        Cell::Moment(Some(look_up.at)),
        Cell::Moment(look_up.ended),
        Cell::Number(look_up.duration_ms),
        Cell::Text(Some(look_up.attempt.to_string().into())),
        word(look_up.kind.as_str()),
        word(look_up.state.as_str()),
        word(&look_up.route),
        text(look_up.employee.as_deref()),
        text(look_up.department.as_deref()),
        text(look_up.unit.as_deref()),
        list(look_up.roles.iter().map(String::as_str)),
        text(look_up.client.as_deref()),
        text(look_up.citizen.as_deref()),
        text(look_up.relation.as_deref()),
        text(look_up.purpose.as_deref()),
        text(look_up.case_ref.as_deref()),
        text(look_up.reason.as_deref()),
        Cell::Text(emergency.map(|emergency| emergency.code.as_str().into())),
        Cell::Text(emergency.map(|emergency| emergency.reason.as_str().into())),
        text(look_up.protected_reason.as_deref()),
        text(look_up.outcome.as_deref()),
        Cell::Number(look_up.status.map(i64::from)),
        text(look_up.error.as_deref()),
        list(look_up.flags.iter().map(|flag| flag.as_str())),
        Cell::Number(Some(look_up.repeats.into())),
        Cell::Number(i64::try_from(look_up.items_shown()).ok()),
        distinct(shown.iter().flat_map(|item| item.classes.iter().map(String::as_str))),
        distinct(shown.iter().map(|item| item.basis.as_str())),
        Cell::Number(i64::try_from(look_up.withheld.values().sum::<u64>()).ok()),
        list(look_up.sources.iter().map(|source| fmt::from_fn(|into| write!(into, "{}:{}", source.id, source.state)))),
        text(look_up.policy_hash.as_deref()),
        text(look_up.body_hash.as_deref()),
        text(look_up.trace_id.as_deref()),
        list(look_up.entries.iter()),
    ]
}

/// Words with a space between; nothing where there are none.
fn list<'a>(words: impl Iterator<Item = impl Display>) -> Cell<'a> {
    let mut text = String::new();
    for word in words {
        let space = if text.is_empty() { "" } else { " " };
        write!(text, "{space}{word}").expect("writing to memory does not fail");
    }
    Cell::Text((!text.is_empty()).then_some(text.into()))
}

/// Each word once, sorted.
fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Cell<'a> {
    let mut known: Vec<&str> = Vec::with_capacity(16);
    for word in words {
        if let Err(at) = known.binary_search(&word) {
            known.insert(at, word);
        }
    }
    match known[..] {
        [] => Cell::Text(None),
        [only] => Cell::Text(Some(only.into())),
        _ => Cell::Text(Some(known.join(" ").into())),
    }
}
