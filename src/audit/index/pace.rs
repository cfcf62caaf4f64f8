//! How many distinct citizens each employee has looked up within the last hour, counted as the entries come in.

use std::collections::{HashMap, VecDeque};

/// The window, in microseconds.
pub(super) const HOUR_US: i64 = 3_600_000_000;

/// More employees than this, and those who have been quiet for an hour are let go.
const EMPLOYEES_MAX: usize = 10_000;

/// The look-ups of the last hour, by employee.
#[derive(Debug, Default)]
pub(super) struct Pace(HashMap<i64, Hour>);

#[derive(Debug, Default)]
struct Hour {
    look_ups: VecDeque<(i64, i64)>,
    citizens: HashMap<i64, u32>,
    /// The norm was passed, and the count has not fallen back since.
    over: bool,
}

impl Pace {
    /// Counts one look-up; the number of distinct citizens when it is the one that passes the norm. An alarm is raised once,
    /// and again only after the count has been within the norm.
    pub(super) fn count(&mut self, employee: i64, citizen: i64, at_us: i64, norm: u32) -> Option<u32> {
        if self.0.len() > EMPLOYEES_MAX {
            self.0.retain(|_, hour| hour.look_ups.back().is_some_and(|(last, _)| *last > at_us - HOUR_US));
        }
        let hour = self.0.entry(employee).or_default();
        hour.drop_before(at_us - HOUR_US);
        hour.look_ups.push_back((at_us, citizen));
        *hour.citizens.entry(citizen).or_default() += 1;
        let distinct = u32::try_from(hour.citizens.len()).unwrap_or(u32::MAX);
        let was_over = std::mem::replace(&mut hour.over, distinct > norm);
        (hour.over && !was_over).then_some(distinct)
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Hour {
    fn drop_before(&mut self, limit_us: i64) {
        while let Some((_, citizen)) = self.look_ups.pop_front_if(|(at, _)| *at <= limit_us) {
            if let Some(times) = self.citizens.get_mut(&citizen) {
                *times -= 1;
                if *times == 0 {
                    self.citizens.remove(&citizen);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = HOUR_US / 60;

    #[test]
    fn the_alarm_is_raised_once_for_the_citizen_who_is_one_too_many() {
        let mut pace = Pace::default();
        let told: Vec<_> = (0..6).map(|citizen| pace.count(1, citizen, citizen * MINUTE, 3)).collect();
        assert_eq!(told, [None, None, None, Some(4), None, None]);
        assert_eq!(pace.count(2, 1, 6 * MINUTE, 3), None, "another employee has an hour of their own");
    }

    #[test]
    fn the_same_citizen_again_counts_once_and_an_hour_later_the_count_begins_anew() {
        let mut pace = Pace::default();
        for time in 0..50 {
            assert_eq!(pace.count(1, 7, time, 1), None);
        }
        assert_eq!(pace.count(1, 8, 50, 1), Some(2));
        assert_eq!(pace.count(1, 9, HOUR_US + 60, 1), None, "both are more than an hour ago");
        assert_eq!(pace.count(1, 8, HOUR_US + 61, 1), Some(2));
    }
}
