//! Which keys must go: pure.

use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::audit::keys::{KeyId, RetentionClass};

/// How long the entries of each class are kept, in months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Who looked at whom, and who was refused.
    pub access_months: u16,
    /// Consents, emergencies, alarms, holds and deletions: longer than the look-ups that they explain.
    pub event_months: u16,
    /// When the service started and stopped.
    pub service_months: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self { access_months: 13, event_months: 60, service_months: 60 }
    }
}

impl Retention {
    /// How long this class is kept, in months.
    pub fn months(&self, class: RetentionClass) -> u16 {
        match class {
            RetentionClass::Access => self.access_months,
            RetentionClass::Event => self.event_months,
            RetentionClass::Service => self.service_months,
        }
    }
}

/// The oldest day whose entries of this class are kept today. A day goes when as many months have passed since as are
/// configured; the last day of a short month stands for those that it lacks.
pub fn kept_from(today: Date, retention: &Retention, class: RetentionClass) -> Date {
    today.saturating_sub(i32::from(retention.months(class)).months())
}

/// The keys that must be destroyed today, oldest first.
pub fn due(today: Date, retention: &Retention, keys: &[KeyId]) -> Vec<KeyId> {
    let mut due: Vec<KeyId> =
        keys.iter().copied().filter(|key| key.day < kept_from(today, retention, key.class)).collect();
    due.sort_unstable();
    due
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn access(day: Date) -> KeyId {
        KeyId { day, class: RetentionClass::Access }
    }

    #[test]
    fn a_day_goes_when_thirteen_months_have_passed_and_not_before() {
        let retention = Retention::default();
        let keys = [access(date(2025, 10, 22)), access(date(2025, 10, 21)), access(date(2025, 10, 23))];
        assert_eq!(due(date(2026, 11, 21), &retention, &keys), []);
        assert_eq!(due(date(2026, 11, 22), &retention, &keys), [access(date(2025, 10, 21))]);
        assert_eq!(
            due(date(2026, 11, 23), &retention, &keys),
            [access(date(2025, 10, 21)), access(date(2025, 10, 22))]
        );
    }

    #[test]
    fn a_short_month_keeps_longer_rather_than_shorter() {
        let retention = Retention { access_months: 1, ..Retention::default() };
        assert_eq!(kept_from(date(2026, 3, 31), &retention, RetentionClass::Access), date(2026, 2, 28));
        assert_eq!(due(date(2026, 3, 31), &retention, &[access(date(2026, 2, 28))]), []);
    }

    #[test]
    fn what_explains_outlives_what_it_explains() {
        let day = date(2025, 10, 21);
        let keys = RetentionClass::ALL.map(|class| KeyId { day, class });
        assert_eq!(due(date(2026, 11, 22), &Retention::default(), &keys), [access(day)]);
        assert_eq!(due(date(2030, 10, 22), &Retention::default(), &keys), keys);
    }
}
