//! Cases of invented citizens: overlaps between systems, and now and then one oddity of each kind.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::dice::Dice;
use super::people::YEAR_OF_AGES;
use super::quirks;
use crate::fake::population::draft::{Draft, called, closed, morning};
use crate::fake::population::ids::{Room, stable};
use crate::fake::population::{CaseRow, Party, Person, Progress, RowKind, Staff, StatusStep, kinds, staff};

/// What a citizen of some age may have: source and kind.
type Shelf = &'static [(&'static str, &'static str)];

const CHILD: Shelf = &[
    ("dubu", "child_support"),
    ("dubu", "child_assessment"),
    ("dubu", "child_support"),
    ("dubu", "placement"),
    ("dubu", "child_disability"),
    ("dubu", "child_report"),
    ("sbsys", "child_disability"),
    ("oio", "child_support"),
];

const YOUNG: Shelf = &[
    ("fasit", "job_plan"),
    ("sbsys", "youth_guidance"),
    ("fasit", "youth_guidance"),
    ("case_index", "education_benefit"),
    ("case_index", "cash_benefit"),
    ("dubu", "aftercare"),
    ("oio", "mentor"),
    ("oio", "substance_101"),
    ("sbsys", "substance_101"),
];

const ADULT: Shelf = &[
    ("fasit", "job_plan"),
    ("fasit", "job_plan"),
    ("fasit", "flex_job"),
    ("fasit", "resource_course"),
    ("fasit", "integration_contract"),
    ("case_index", "cash_benefit"),
    ("case_index", "sickness_benefit"),
    ("case_index", "transition_benefit"),
    ("case_index", "unemployment_allowance"),
    ("case_index", "early_pension"),
    ("sbsys", "single_payment"),
    ("sbsys", "support_85"),
    ("sbsys", "housing_first_85a"),
    ("sbsys", "adult_assessment"),
    ("sbsys", "adult_disability_extra"),
    ("oio", "support_85"),
    ("oio", "work_practice"),
    ("oio", "shelter_110"),
    ("oio", "alcohol_141"),
    ("oio", "medical_142"),
    ("oio", "support_contact_99"),
    ("oio", "activity_104"),
    ("oio", "crisis_centre_109"),
];

const OLD: Shelf = &[
    ("sbsys", "guardian_case"),
    ("sbsys", "companion_97"),
    ("sbsys", "enquiry"),
    ("oio", "companion_97"),
    ("sbsys", "residence_108"),
    ("oio", "residence_108"),
];

/// Who writes the rows: a pad of blank rows, and the staff of each unit.
#[derive(Debug)]
pub(super) struct Desk {
    draft: Draft,
    now: Timestamp,
    staff: HashMap<String, Vec<String>>,
}

impl Desk {
    pub(super) fn new(now: Timestamp) -> Self {
        Self::with(&staff::staff(), Room::Invented, 100_000, now)
    }

    /// A desk of these employees, whose rows are numbered from `first`.
    pub(super) fn with(staff: &[Staff], room: Room, first: u64, now: Timestamp) -> Self {
        let mut by_unit: HashMap<String, Vec<String>> = HashMap::new();
        for member in staff.iter().filter(|member| member.works_on_cases()) {
            by_unit.entry(member.unit.clone()).or_default().push(member.id.clone());
        }
        Self { draft: Draft::new(room, first, now), now, staff: by_unit }
    }

    /// A case of a citizen that begins on this day.
    pub(super) fn opening_on(&mut self, person: &Person, day: Date, dice: &mut Dice) -> Option<CaseRow> {
        let (source, code) = dice.one(likely(person))?;
        let row = self.draft.row(source, code, &person.cpr, day);
        let mut row = other_words(row, code, dice);
        self.staffed(&mut row, None, dice);
        Some(row)
    }

    /// Adds the cases of one citizen. How many there are never depends on `now`.
    pub(super) fn cases_of(&mut self, person: &Person, former: Option<&str>, dice: &mut Dice, rows: &mut Vec<CaseRow>) {
        let likely = likely(person);
        let first = rows.len();
        // One caseworker for all the citizen's cases, now and then: one actor, three systems.
        let lead = dice.permille(100).then(|| dice.below(u32::MAX));
        for _ in 0..dice.weighted(&[25, 30, 20, 12, 7, 4, 2]) {
            let Some((source, code)) = dice.one(likely) else { continue };
            let citizen = former.filter(|_| dice.permille(400)).unwrap_or(&person.cpr);
            let opened = self.opening(person.born, dice);
            let row = self.draft.row(source, code, citizen, opened);
            let mut row = other_words(row, code, dice);
            self.staffed(&mut row, lead, dice);
            if row.kind == RowKind::Intervention {
                row.granted_by = granting(&rows[first..], dice);
            }
            let mut row = self.ending(row, dice);
            quirks::strew(&mut row, dice);
            match *source {
                "fasit" => fasit_oddities(&mut row, dice),
                "case_index" => self.index_oddities(&mut row, dice),
                _ => {}
            }
            let seen_twice = match *source {
                "sbsys" => dice.permille(300),
                "dubu" | "fasit" => dice.permille(120),
                _ => false,
            };
            if seen_twice {
                let apart = dice.permille(300);
                let level = kinds::kind(code).map(|kind| kind.level);
                let indexed = if apart { self.draft.indexed_apart(&row) } else { self.draft.indexed(&row) };
                let mut indexed = CaseRow { level, raw_status: None, quirks: BTreeMap::new(), ..indexed };
                self.index_oddities(&mut indexed, dice);
                rows.push(indexed);
            }
            rows.push(row);
        }
    }

    /// Most were opened in the last ten years; some open in the coming weeks.
    fn opening(&self, born: Date, dice: &mut Dice) -> Date {
        let ahead = dice.permille(30);
        let days = if ahead { -dice.between(1, 60) } else { dice.between(0, 3_650) };
        self.draft.ago(days).max(born)
    }

    fn staffed(&self, row: &mut CaseRow, lead: Option<u32>, dice: &mut Dice) {
        let members = row.unit.as_ref().and_then(|unit| self.staff.get(unit));
        let pick = |hit: u32| {
            let members = members?;
            let at = hit as usize % members.len();
            members.get(at).cloned()
        };
        let (hit, other) = (dice.below(u32::MAX), dice.below(u32::MAX));
        // A missing primary caseworker is no rarity.
        row.caseworker = if dice.permille(60) { None } else { pick(lead.unwrap_or(hit)) };
        if dice.permille(150) {
            row.others.extend(pick(other).filter(|id| row.caseworker.as_ref() != Some(id)));
        }
        let since = dice.between(0, 400);
        if row.source != "case_index" && row.caseworker.is_some() && dice.permille(300) {
            row.caseworker_since = Some(self.draft.ago(since)).max(row.opened);
        }
        let days = dice.between(1, 90);
        if dice.permille(200) {
            row.deadline = Some(self.draft.ago(-days));
        }
    }

    fn ending(&self, row: CaseRow, dice: &mut Dice) -> CaseRow {
        let (how, days) = (dice.weighted(&[560, 380, 30, 20, 10]), dice.between(30, 900));
        let opened = row.opened.unwrap_or_else(|| self.draft.today());
        let after = |days: i32| opened.saturating_add(Span::new().days(days));
        match how {
            1 if opened < self.draft.today() => closed(row, after(days).min(self.draft.today())),
            2 => CaseRow { progress: Progress::Void, closed: Some(opened), ..row },
            // Ends in the future.
            3 => CaseRow { closed: Some(self.draft.ago(-days)), ..row },
            // Ends before it begins.
            4 => CaseRow { closed: Some(after(-days)), ..row },
            _ => row,
        }
    }

    /// What the rulebook of the index allows or fails to forbid.
    fn index_oddities(&self, row: &mut CaseRow, dice: &mut Dice) {
        let unit_acts = dice.permille(30);
        if unit_acts {
            row.caseworker_unit.clone_from(&row.unit);
            row.caseworker = None;
        }
        if dice.permille(30) {
            row.secret_title = Some("Titel undtaget fra offentlighed".to_owned());
        }
        if dice.permille(10) {
            row.level = Some(3);
            row.screened_to = (0..=dice.below(2)).map(|at| stable(Room::Staff, u64::from(1 + at * 4))).collect();
        } else if dice.permille(50) {
            row.level = dice.one(&[None, Some(0), Some(2)]).copied().flatten();
        }
        row.kle_retired |= dice.permille(15);
        if dice.permille(20) {
            row.facet = None;
        }
        if dice.permille(20) {
            row.user_key = row.number.as_ref().map(|number| format!("{number}/1"));
        }
        if dice.permille(200) {
            row.status_text = Some("Under behandling".to_owned());
        }
        if dice.permille(10) {
            row.related = Some(stable(Room::Nowhere, row.serial));
        }
        row.party = match dice.weighted(&[900, 60, 40]) {
            1 => Party::BenefitRecipient,
            2 => Party::Secondary,
            _ => Party::Primary,
        };
        if row.history.is_empty() && dice.permille(150) {
            row.history = self.history(row);
        }
    }

    /// Four states, unsorted, one of them in the future.
    fn history(&self, row: &CaseRow) -> Vec<StatusStep> {
        let Some(opened) = row.opened.filter(|opened| *opened < self.draft.today()) else { return Vec::new() };
        let soon = morning(self.draft.ago(-30));
        let (begun, informed) = (morning(opened), self.now.min(morning(opened.saturating_add(Span::new().days(20)))));
        vec![
            StatusStep { progress: Progress::Closed, from: soon, to: None },
            StatusStep { progress: Progress::Opened, from: begun, to: Some(informed) },
            StatusStep { progress: row.progress, from: informed, to: Some(soon) },
        ]
    }
}

/// What somebody of this age may have.
fn likely(person: &Person) -> Shelf {
    match YEAR_OF_AGES - i32::from(person.born.year()) {
        ..15 => CHILD,
        15..30 => YOUNG,
        30..67 => ADULT,
        _ => OLD,
    }
}

/// A kind may have several names in one source.
fn other_words(row: CaseRow, code: &str, dice: &mut Dice) -> CaseRow {
    let words = kinds::kind(code).into_iter().flat_map(|kind| kind.words);
    let names: Vec<_> = words.filter(|words| words.source == row.source).collect();
    match dice.one(&names) {
        Some(words) => called(row, code, words.code),
        None => row,
    }
}

/// The authority case that granted an effort: one of the citizen's own, one that is gone, or none.
fn granting(rows: &[CaseRow], dice: &mut Dice) -> Option<uuid::Uuid> {
    let (gone, known) = (dice.permille(40), dice.permille(700));
    if gone {
        return Some(stable(Room::Nowhere, u64::from(dice.below(u32::MAX))));
    }
    rows.iter().find(|row| row.kind == RowKind::Case && row.source != "case_index").filter(|_| known).map(|row| row.id)
}

/// Statuses nobody told us about, and cases without a target group.
fn fasit_oddities(row: &mut CaseRow, dice: &mut Dice) {
    if dice.permille(8) {
        row.raw_status = Some("7".to_owned());
    }
    if dice.permille(15) {
        row.type_code = None;
        row.type_name = None;
        row.type_id = None;
    }
}
