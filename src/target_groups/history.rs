//! [DK] udvikling over tid: how many are on a list by department and unit, run by run, for management. Pure.
//!
//! # What is promised
//!
//! 1. **No small number.** A total, or a department's or unit's count, of 1–4 is not shown: `null`. A department or unit in which
//!    nobody on the list has a case has no row in that run.
//! 2. **No subtraction within a run.** Where a row is hidden, so are others beside it, the smallest first, until what is hidden is
//!    at least two groups with at least five citizens between them; citizens who have no department or unit to stand in count
//!    as such a group. A row that all but 1–4 of the citizens above it stand in is hidden, too. Under a hidden department all
//!    units are hidden. So no sum and no difference of true numbers of the rows that are shown gives a group of 1–4.
//! 3. **No small change.** What is shown is rounded to the nearest five. So two shown numbers, of one run or of two, of one question
//!    or of many, differ by nothing or by at least five, and a change of fewer than five cannot be computed. Each run is
//!    rounded and hidden by itself: whichever span of time is asked for, a run shows the same.
//!
//! # What is not
//!
//! A change that carries a number over a border of the rounding (22 to 23) is seen to have happened, not how large it was. Who knows the list itself
//! (its receiver) knows more. Two rules over the same citizens can be compared, to the same five. And a group of five may all have
//! the same thing in common: that is what a count by department says.

mod hide;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Code, Report};

use hide::{Above, hidden};

/// The smallest number that is shown, and the step of the rounding.
pub const SHOWN_MIN: u32 = 5;

/// What is kept of a run for management: true counts, and nothing about any one citizen. Never shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The day of the run.
    pub as_of: Date,
    /// Whether nothing was missing. A run that lacked a source has a dip that is none.
    pub is_complete: bool,
    /// How many were found: new, still or changed. Who is unverified was not found.
    pub total: u32,
    /// Of them, how many in each department. A citizen in two departments counts in both.
    pub departments: BTreeMap<Code, u32>,
    /// The same by unit.
    pub units: BTreeMap<Code, u32>,
}

impl Counted {
    /// The counts of this report.
    pub fn of(report: &Report) -> Self {
        let mut counted = Self {
            as_of: report.as_of,
            is_complete: report.gaps.is_empty(),
            total: 0,
            departments: BTreeMap::new(),
            units: BTreeMap::new(),
        };
        let is_found = |change| matches!(change, Change::New | Change::Still | Change::Changed);
        for citizen in report.citizens.iter().filter(|citizen| is_found(citizen.change)) {
            counted.total += 1;
            count_each(&mut counted.departments, &citizen.departments);
            count_each(&mut counted.units, &citizen.units);
        }
        counted
    }
}

/// Counts each code once, however often the citizen has it.
fn count_each(counts: &mut BTreeMap<Code, u32>, codes: &[Code]) {
    for (place, code) in codes.iter().enumerate() {
        if !codes[..place].contains(code) {
            *counts.entry(Code::clone(code)).or_default() += 1;
        }
    }
}

/// Names of departments and units, and whose each unit is. A unit that is not here is counted nowhere.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Danish name by code.
    pub departments: BTreeMap<Code, String>,
    /// Name and department by code.
    pub units: BTreeMap<Code, (String, Code)>,
}

/// How many are on a rule's list, run by run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupHistory)]
pub struct History {
    /// Code of the rule.
    #[schema(value_type = String, example = "cross_department")]
    pub rule: Code,
    /// Numbers below this are not shown, and all others are rounded to a multiple of it.
    #[schema(example = 5)]
    pub rounded_to: u32,
    /// The oldest first.
    pub runs: Vec<HistoryRun>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupHistoryRun)]
pub struct HistoryRun {
    /// The day of the run.
    #[schema(value_type = String, format = Date, example = "2026-11-22")]
    pub as_of: Date,
    /// Whether nothing was missing. A run that lacked a source may have found too few.
    pub is_complete: bool,
    /// How many citizens; `null` where they are too few.
    #[schema(example = 120)]
    pub total: Option<u32>,
    /// By department, by code. A citizen in two departments counts in both.
    pub departments: Vec<HistoryCount>,
    /// By unit, by code.
    pub units: Vec<HistoryCount>,
}

/// How many in one department or unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupHistoryCount)]
pub struct HistoryCount {
    /// Its code.
    #[schema(value_type = String, example = "JSY")]
    pub code: Code,
    /// Its Danish name; the code, where nobody has named it.
    #[schema(example = "Job, Sundhed og Ydelse")]
    pub name: String,
    /// How many citizens; `null` where they are too few, or where the number would give away another.
    #[schema(example = 45)]
    pub count: Option<u32>,
}

impl History {
    /// What may be shown of these runs. Runs of one day stay in their order.
    pub fn of(rule: Code, runs: &[Counted], places: &Places) -> Self {
        let mut runs: Vec<&Counted> = runs.iter().collect();
        runs.sort_by_key(|run| run.as_of);
        let runs = runs.into_iter().map(|run| shown(run, places)).collect();
        Self { rule, rounded_to: SHOWN_MIN, runs }
    }
}

/// What may be shown of one run.
fn shown(run: &Counted, places: &Places) -> HistoryRun {
    let department_of = |unit: &Code| places.units.get(unit).map(|(_, department)| department);
    let hidden = hidden(run, &Above::of(run, department_of));
    let count = |is_hidden: bool, count: u32| (!is_hidden).then(|| rounded(count));
    let departments = run.departments.iter().filter(|(_, citizens)| **citizens > 0);
    let departments = departments.map(|(code, citizens)| HistoryCount {
        code: Code::clone(code),
        name: places.departments.get(code).cloned().unwrap_or_else(|| code.to_string()),
        count: count(hidden.departments.contains(code), *citizens),
    });
    let units = run.units.iter().filter_map(|(code, citizens)| {
        let (name, _) = places.units.get(code).filter(|_| *citizens > 0)?;
        let count = count(hidden.units.contains(code), *citizens);
        Some(HistoryCount { code: Code::clone(code), name: name.clone(), count })
    });
    HistoryRun {
        as_of: run.as_of,
        is_complete: run.is_complete,
        total: count(hidden.total, run.total),
        departments: departments.collect(),
        units: units.collect(),
    }
}

/// To the nearest five. Nobody at all is shown as nobody.
fn rounded(count: u32) -> u32 {
    count.saturating_add(SHOWN_MIN / 2) / SHOWN_MIN * SHOWN_MIN
}
