//! Situation 12: a citizen with very many cases, and one whom only another authority knows.

use jiff::civil::date;
use jiff::{Span, Timestamp};

use super::numbers::{INGRID, OLE};
use crate::fake::population::draft::{Draft, by, closed};
use crate::fake::population::ids::Room;
use crate::fake::population::{CaseRow, Progress};

/// How many different cases Ole has; every seventh of those in SBSYS stands in the index too.
const OLES_CASES: i32 = 872;

/// Kind and source, taken in turn: nearly all in SBSYS.
const OLES_KINDS: &[(&str, &str)] = &[
    ("sbsys", "single_payment"),
    ("sbsys", "enquiry"),
    ("sbsys", "support_85"),
    ("sbsys", "single_payment"),
    ("sbsys", "companion_97"),
    ("case_index", "cash_benefit"),
    ("sbsys", "adult_assessment"),
    ("sbsys", "single_payment"),
    ("fasit", "job_plan"),
    ("sbsys", "enquiry"),
    ("sbsys", "adult_disability_extra"),
];

pub(super) fn ole(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 12_000, now);
    let mut rows = Vec::new();
    for (at, (source, code)) in (0..OLES_CASES).zip(OLES_KINDS.iter().cycle()) {
        let opened = date(1995, 6, 5).saturating_add(Span::new().days(at * 13)).min(draft.today());
        let ended = opened.saturating_add(Span::new().days(150)).min(draft.today());
        let row = draft.row(source, code, OLE, opened);
        let row = CaseRow { caseworker: by(if at % 2 == 0 { "az10032" } else { "az10021" }), ..row };
        let row = match at {
            // The newest ones are open.
            862.. => row,
            // One with a number that has left the register.
            400 => closed(CaseRow { kle: Some("27.24.09".to_owned()), kle_retired: true, ..row }, ended),
            // Some were opened by mistake: void, not closed.
            _ if at % 97 == 4 => CaseRow { progress: Progress::Void, closed: Some(opened), ..row },
            _ => closed(row, ended),
        };
        if *source == "sbsys" && at % 7 == 0 {
            rows.push(draft.indexed(&row));
        }
        rows.push(row);
    }
    rows
}

pub(super) fn ingrid(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 14_000, now);
    // Health and care only, through the index: for an MSB caller she must look like an unknown number.
    let nexus = |row: CaseRow, title: &str, number: &str, law: &str, by_whom: &str| CaseRow {
        title: Some(title.to_owned()),
        number: Some(number.to_owned()),
        unit: Some("MSO-SUND".to_owned()),
        master: Some("nexus".to_owned()),
        level: Some(2),
        kle: Some("29.91.01".to_owned()),
        kle_title: Some("Hjemmesygepleje".to_owned()),
        law: Some(law.to_owned()),
        caseworker: by(by_whom),
        ..row
    };
    let nursing = draft.row("case_index", "", INGRID, date(2023, 10, 2));
    let home_help = draft.row("case_index", "", INGRID, date(2025, 7, 7));
    vec![
        nexus(nursing, "Hjemmesygepleje", "NEXUS-2023-4411", "LBK om sundhed (sundhedsloven) § 138", "az10037"),
        nexus(home_help, "Personlig pleje", "NEXUS-2025-1207", "Ældreloven § 9", "az10038"),
    ]
}
