//! How long somebody has been on named benefits: the union of the periods, overlaps once, gaps not.

use super::days::months_between;
use crate::target_groups::{BenefitPeriod, Code, Day};

/// Days on any of these benefits up to and with `as_of`. A running period counts to that day, one to come not at all, and one that
/// ends before it begins is none.
pub(super) fn days_on(periods: &[BenefitPeriod], benefits: &[Code], as_of: Day) -> i64 {
    let end_of_all = i64::from(as_of.0) + 1;
    // First day, and the day after the last.
    let counted = periods.iter().filter(|period| benefits.contains(&period.benefit)).map(|period| {
        let behind = period.until.map_or(end_of_all, |until| i64::from(until.0) + 1);
        (i64::from(period.from.0), behind.min(end_of_all))
    });
    let (mut days, mut covered_to) = (0, i64::MIN);
    // Few periods: a look at all of them for each stretch costs less than sorting them.
    loop {
        let open = counted.clone().filter(|(from, behind)| from < behind && *behind > covered_to);
        let Some((from, behind)) = open.map(|(from, behind)| (from.max(covered_to), behind)).min() else {
            return days;
        };
        days += behind - from;
        covered_to = behind;
    }
}

/// Completed months that so many days make when they end with `as_of`, as if there had been no gap between them: for one running
/// period those since its first day, the last day included.
pub(super) fn months_of(days: i64, as_of: Day) -> i64 {
    let behind = i64::from(as_of.0) + 1;
    months_between(behind - days, behind)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::*;

    fn period(benefit: &str, from: Date, until: Option<Date>) -> BenefitPeriod {
        BenefitPeriod { benefit: benefit.into(), from: Day::of(from), until: until.map(Day::of) }
    }

    const TODAY: Date = date(2026, 11, 21);

    fn counted(periods: &[BenefitPeriod], benefits: &[&str]) -> (i64, i64) {
        let benefits: Vec<Code> = benefits.iter().map(|code| Code::from(*code)).collect();
        let days = days_on(periods, &benefits, Day::of(TODAY));
        (days, months_of(days, Day::of(TODAY)))
    }

    #[test]
    fn a_running_period_counts_to_the_day_and_with_it() {
        assert_eq!(counted(&[period("a", TODAY, None)], &["a"]), (1, 0));
        assert_eq!(
            counted(&[period("a", date(2018, 11, 22), None)], &["a"]),
            (2922, 96),
            "eight years, the last day too"
        );
        assert_eq!(counted(&[period("a", date(2018, 11, 23), None)], &["a"]), (2921, 95));
        assert_eq!(counted(&[period("a", date(2018, 11, 21), None)], &["a"]), (2923, 96), "and a day");
    }

    #[test]
    fn overlaps_count_once_and_gaps_not() {
        let first = period("a", date(2020, 1, 1), Some(date(2020, 1, 10)));
        let inside = period("b", date(2020, 1, 3), Some(date(2020, 1, 4)));
        let across = period("b", date(2020, 1, 8), Some(date(2020, 1, 12)));
        let later = period("a", date(2020, 2, 1), Some(date(2020, 2, 1)));
        let all = [later, across, first, inside];
        assert_eq!(counted(&all, &["a", "b"]).0, 13);
        assert_eq!(counted(&all, &["a"]).0, 11);
        assert_eq!(counted(&all, &["b"]).0, 7);
        assert_eq!(counted(&all, &["c"]).0, 0);
    }

    #[test]
    fn a_period_to_come_and_one_that_ends_before_it_begins_are_none() {
        let to_come = period("a", date(2026, 11, 22), None);
        let backwards = period("a", date(2020, 1, 2), Some(date(2020, 1, 1)));
        let beyond = period("a", date(2026, 11, 20), Some(date(2030, 1, 1)));
        assert_eq!(counted(&[to_come, backwards], &["a"]), (0, 0));
        assert_eq!(counted(&[beyond], &["a"]).0, 2, "not beyond the day");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_as_many_days_as_there_are_in_any_of_the_periods(
            drawn in prop::collection::vec((0..60_i32, prop::option::of(0..70_i32), prop::bool::ANY), 0..8),
            as_of in 0..60_i32,
        ) {
            let code = |counts: bool| Code::from(if counts { "a" } else { "b" });
            let periods: Vec<BenefitPeriod> = drawn.iter()
                .map(|(from, until, counts)| BenefitPeriod { benefit: code(*counts), from: Day(*from), until: until.map(Day) })
                .collect();
            let of_period = |(from, until, _): &(i32, Option<i32>, bool)| *from..=until.unwrap_or(as_of).min(as_of);
            let days: BTreeSet<i32> = drawn.iter().filter(|one| one.2).flat_map(of_period).collect();
            let found = days_on(&periods, &[code(true)], Day(as_of));
            prop_assert_eq!(found, i64::try_from(days.len()).expect("few"));
        }
    }
}
