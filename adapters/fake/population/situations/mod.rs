//! The twelve named situations of the demo: fixed numbers, fixed cases, each line there for a reason.

mod adults;
mod archive;
mod families;
mod numbers;
mod people;
mod protected;
mod register_only;
mod youth;

use jiff::Timestamp;

use super::{CaseRow, Line};

pub use self::numbers::*;

/// All lines of the twelve situations: people, earlier numbers and households first, then the cases.
///
/// The numbers are fixed; the dates follow `now` where the situation does (a caseworker since last Monday, a shelter in
/// three weeks).
pub fn situations(now: Timestamp) -> Vec<Line> {
    let mut lines = people::lines();
    lines.extend(register_only::lines());
    let rows = [
        youth::claus(now),
        families::amina(now),
        adults::bent(now),
        families::signe(now),
        families::siblings(now),
        protected::lone(now),
        protected::henrik(now),
        adults::yusuf(now),
        adults::look_alikes(now),
        adults::kirsten(now),
        adults::tom(now),
        archive::ole(now),
        archive::ingrid(now),
    ];
    lines.extend(rows.into_iter().flatten().map(|row: CaseRow| Line::Case(Box::new(row))));
    lines
}

/// Every number that a named citizen has or has had.
pub(super) fn numbers() -> impl Iterator<Item = &'static str> {
    let others = [SIGNE_MOTHER, SIGNE_FATHER, MAJA, RASMUS, MICHAEL, YUSUF_FORMER];
    NAMED.iter().map(|(_, cpr, _)| *cpr).chain(others).chain(REGISTER_ONLY.iter().copied())
}
