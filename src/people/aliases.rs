//! Placeholder until the durable book is merged.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;

/// Which former numbers belong to which number in force, as the register said.
#[derive(Debug, Default)]
pub struct AliasBook(Mutex<HashMap<CprNumber, CprNumber>>);

impl AliasBook {
    /// Learns.
    pub fn learn(&self, former: CprNumber, in_force: CprNumber, _at: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(former, in_force);
    }
    /// Formers.
    pub fn formers(&self, in_force: &CprNumber) -> Vec<CprNumber> {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<CprNumber> = book.iter().filter(|(_, to)| *to == in_force).map(|(from, _)| *from).collect();
        found.sort();
        found
    }
    /// Forgets.
    pub fn forget(&self, former: &CprNumber) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(former);
    }
}
