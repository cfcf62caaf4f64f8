//! Which numbers of one run are hidden: the small ones, and so many beside them that none can be computed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Counted, SHOWN_MIN};
use crate::target_groups::Code;

/// So many groups are hidden under one number, or none.
const GROUPS_MIN: usize = 2;

/// What is not shown of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) total: bool,
    pub(super) departments: BTreeSet<Code>,
    pub(super) units: BTreeSet<Code>,
}

/// The units of each department. Those that nobody has a department for stand apart, and are hidden.
pub(super) struct Above<'a> {
    units_of: BTreeMap<&'a Code, Vec<(&'a Code, u32)>>,
    without: Vec<&'a Code>,
}

impl<'a> Above<'a> {
    pub(super) fn of(run: &'a Counted, department_of: impl Fn(&Code) -> Option<&'a Code>) -> Self {
        let mut above = Self { units_of: BTreeMap::new(), without: Vec::new() };
        for (unit, citizens) in run.units.iter().filter(|(_, citizens)| **citizens > 0) {
            match department_of(unit).filter(|department| run.departments.contains_key(*department)) {
                Some(department) => above.units_of.entry(department).or_default().push((unit, *citizens)),
                None => above.without.push(unit),
            }
        }
        above
    }
}

/// What of this run is not shown.
pub(super) fn hidden(run: &Counted, above: &Above<'_>) -> Hidden {
    let mut hidden = Hidden { total: is_small(run.total), ..Hidden::default() };
    let departments: Vec<(&Code, u32)> = run.departments.iter().map(|(code, citizens)| (code, *citizens)).collect();
    hidden.departments = hidden_in_row(run.total, &departments);
    hidden.units = above.without.iter().map(|unit| Code::clone(unit)).collect();
    for (department, units) in &above.units_of {
        let citizens = run.departments.get(*department).copied().unwrap_or_default();
        if hidden.departments.contains(*department) {
            hidden.units.extend(units.iter().map(|(unit, _)| Code::clone(unit)));
        } else {
            hidden.units.extend(hidden_in_row(citizens, units));
        }
    }
    hidden
}

fn is_small(citizens: u32) -> bool {
    (1..SHOWN_MIN).contains(&citizens)
}

/// Which of the rows that stand under one number are hidden, by that number and theirs.
fn hidden_in_row(above: u32, rows: &[(&Code, u32)]) -> BTreeSet<Code> {
    let rows: Vec<(&Code, u32)> = rows.iter().copied().filter(|(_, citizens)| *citizens > 0).collect();
    // Who stands in no row, if nobody stands in two: a group that is never shown.
    let in_none = above.saturating_sub(rows.iter().map(|(_, citizens)| citizens).sum());
    let must = |citizens: u32| is_small(citizens) || is_small(above.saturating_sub(citizens));
    let (hidden, mut shown): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, citizens)| must(*citizens));
    // The smallest goes first; of two alike, the one whose code comes first.
    shown.sort_unstable_by_key(|(code, citizens)| (std::cmp::Reverse(*citizens), std::cmp::Reverse(*code)));
    let mut groups = hidden.len() + usize::from(in_none > 0);
    let mut citizens: u32 = in_none.saturating_add(hidden.iter().map(|(_, citizens)| citizens).sum());
    let mut hidden: BTreeSet<Code> = hidden.into_iter().map(|(code, _)| Code::clone(code)).collect();
    let hides_some = !hidden.is_empty() || is_small(in_none);
    while hides_some && (groups < GROUPS_MIN || citizens < SHOWN_MIN) {
        let Some((code, more)) = shown.pop() else { break };
        hidden.insert(Code::clone(code));
        groups += 1;
        citizens = citizens.saturating_add(more);
    }
    hidden
}
