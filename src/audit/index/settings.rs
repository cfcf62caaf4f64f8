//! What the index must know to compute what it keeps: the key of the pseudonyms, the hours, the norms.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;

use super::hours::OfficeHours;
use crate::audit::pseudonym::PseudonymKey;

/// When somebody must hear of how often something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Norms {
    /// Distinct citizens that one employee looks up within an hour, where the unit has no norm of its own.
    pub distinct_citizens: u32,
    /// The same, by unit.
    pub distinct_citizens_of_unit: BTreeMap<String, u32>,
    /// Emergencies that one employee opens within [`Norms::emergencies_within`] without an alarm.
    pub emergencies: u32,
    /// The window in which emergencies are counted.
    pub emergencies_within: SignedDuration,
}

impl Default for Norms {
    fn default() -> Self {
        Self {
            distinct_citizens: 40,
            distinct_citizens_of_unit: BTreeMap::new(),
            emergencies: 3,
            emergencies_within: SignedDuration::from_hours(30 * 24),
        }
    }
}

impl Norms {
    pub(super) fn of_unit(&self, unit: Option<&str>) -> u32 {
        let own = unit.and_then(|unit| self.distinct_citizens_of_unit.get(unit));
        own.copied().unwrap_or(self.distinct_citizens)
    }
}

/// What the index must know.
#[derive(Debug, Clone)]
pub struct IndexSettings {
    /// The key under which employees are named; citizens come named out of the log.
    pub key: Arc<PseudonymKey>,
    /// The hours of a working day.
    pub office_hours: OfficeHours,
    /// The window in which look-ups of one citizen by one employee are counted as repeats.
    pub repeats_within: SignedDuration,
    /// When an alarm is raised.
    pub norms: Norms,
    /// The file of listed persons.
    pub listed_persons: Option<PathBuf>,
}

impl IndexSettings {
    /// The usual: 8 to 16 on weekdays, repeats within 30 days, nobody listed.
    pub fn new(key: Arc<PseudonymKey>) -> Self {
        Self {
            key,
            office_hours: OfficeHours::default(),
            repeats_within: SignedDuration::from_hours(30 * 24),
            norms: Norms::default(),
            listed_persons: None,
        }
    }
}
