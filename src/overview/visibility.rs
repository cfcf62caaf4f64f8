//! Which class a field belongs to. A field that is not named is hidden.

use std::collections::BTreeMap;

use crate::access::ClassSet;
use crate::config::FieldClass;

/// A table of `visibility.toml`, ready to be asked.
#[derive(Debug, Clone)]
pub struct VisibilityTable(BTreeMap<String, FieldClass>);

impl VisibilityTable {
    /// One table of a configuration.
    pub fn new(table: &BTreeMap<String, FieldClass>) -> Self {
        Self(table.clone())
    }

    /// The table without these fields.
    pub(super) fn without(mut self, fields: &[String]) -> Self {
        self.0.retain(|field, _| !fields.contains(field));
        self
    }

    /// The field may be written when `classes` are shown.
    pub(super) fn shows(&self, field: &str, classes: ClassSet) -> bool {
        self.0.get(field).is_some_and(|class| classes.contains(*class))
    }

    /// Writes a field's value, if it may be.
    pub(super) fn cut<T>(&self, field: &str, classes: ClassSet, value: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.shows(field, classes) { value() } else { None }
    }
}
