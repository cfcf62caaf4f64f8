//! What happens to cases in a month: they begin, move on, change hands, close, and now and then disappear at their source.

use jiff::civil::Date;

use super::Month;
use super::people::{People, is_resident};
use crate::fake::population::draft::closed;
use crate::fake::population::ids::Room;
use crate::fake::population::invented::cases::Desk;
use crate::fake::population::invented::dice::Dice;
use crate::fake::population::{CaseRow, Progress, Staff, World};

/// The cases of `world` after the month: those that were there, in their order, then those that began.
pub(super) fn after(world: &World, people: &People, month: &Month) -> Vec<CaseRow> {
    let transfer = Transfer::draw(world, people, month);
    let news = News { world, people, month, transfer };
    let mut rows: Vec<CaseRow> = world.cases().iter().filter_map(|row| news.of(row)).collect();
    let first = world.cases().iter().map(|row| row.serial).max().unwrap_or_default() + 1;
    let mut desk = Desk::with(world.staff(), Room::Later, first, month.now);
    for person in people.persons.iter().filter(|person| is_resident(person)) {
        let mut dice = month.dice("opening", &person.cpr);
        if month.named.contains(person.cpr.as_str()) || !dice.permille(30) {
            continue;
        }
        let day = month.day(&mut dice);
        rows.extend(desk.opening_on(person, day, &mut dice).map(|row| within(world, row)));
    }
    rows
}

/// A population of one's own may lack the demo's units.
fn within(world: &World, row: CaseRow) -> CaseRow {
    let unit = row.unit.filter(|code| world.unit(code).is_some());
    CaseRow { unit, ..row }
}

/// What joins a case in one system with the same case in another.
fn key(row: &CaseRow) -> String {
    row.number.clone().unwrap_or_else(|| row.id.to_string())
}

fn is_active(row: &CaseRow) -> bool {
    !matches!(row.progress, Progress::Closed | Progress::Void)
}

/// The one case that was filed under the wrong citizen, and whose it is.
struct Transfer {
    key: String,
    from: String,
    to: String,
}

impl Transfer {
    fn draw(world: &World, people: &People, month: &Month) -> Option<Self> {
        let mut dice = month.dice("transfer", "");
        let is_free = |cpr: &str| !month.named.contains(cpr) && !people.is_renumbered(cpr);
        let is_plain = |row: &&CaseRow| is_active(row) && row.quirks.is_empty() && is_free(&row.citizen);
        let rows: Vec<&CaseRow> = world.cases().iter().filter(is_plain).collect();
        let row = *dice.one(&rows)?;
        let own = world.person(&row.citizen)?;
        let others: Vec<_> = people
            .persons
            .iter()
            .filter(|other| other.cpr != own.cpr && is_resident(other) && is_free(&other.cpr))
            // Somebody of much the same age: the case still makes sense.
            .filter(|other| other.born.year().abs_diff(own.born.year()) <= 10)
            .collect();
        Some(Self { key: key(row), from: row.citizen.clone(), to: dice.one(&others)?.cpr.clone() })
    }
}

struct News<'a> {
    world: &'a World,
    people: &'a People,
    month: &'a Month,
    transfer: Option<Transfer>,
}

impl News<'_> {
    /// The row after the month; none when it is no longer at its source.
    fn of(&self, row: &CaseRow) -> Option<CaseRow> {
        if self.month.named.contains(row.citizen.as_str()) {
            return Some(row.clone());
        }
        let mut dice = self.month.dice("row", &format!("{}/{}", row.source, row.id));
        let day = self.month.day(&mut dice);
        let moment = self.month.moment(day, &mut dice);
        if let Some(transfer) = self.transfer.as_ref().filter(|one| one.from == row.citizen && one.key == key(row)) {
            let mut row = CaseRow { citizen: transfer.to.clone(), changed: Some(moment), ..row.clone() };
            if row.source == "oio" {
                row.quirks.insert("former_party".to_owned(), transfer.from.as_str().into());
            }
            return Some(row);
        }
        if dice.permille(8) {
            return None;
        }
        // Case systems learn of a new number one by one, and some never do.
        let row = if self.people.is_renumbered(&row.citizen) && dice.permille(600) {
            let citizen = self.people.number_of(&row.citizen).to_owned();
            CaseRow { citizen, changed: Some(moment), ..row.clone() }
        } else {
            row.clone()
        };
        Some(if is_active(&row) { self.moved_on(row) } else { row })
    }

    /// The same happens to a case in its own system and in the index.
    fn moved_on(&self, row: CaseRow) -> CaseRow {
        let mut dice = self.month.dice("case", &key(&row));
        let day = self.month.day(&mut dice);
        let moment = self.month.moment(day, &mut dice);
        let what = dice.weighted(&[850, 55, 40, 25, 30]);
        let has_begun = row.opened.is_some_and(|opened| opened < day);
        let moved = match what {
            1 if has_begun => return closed(CaseRow { raw_status: None, ..row }, day),
            1 | 2 => with_next_status(row.clone()),
            3 => self.in_another_unit(row.clone(), day, &mut dice),
            4 => self.in_other_hands(row.clone(), day, &mut dice),
            _ => return row,
        };
        if moved == row { row } else { CaseRow { changed: Some(moment), ..moved } }
    }

    fn in_another_unit(&self, row: CaseRow, day: Date, dice: &mut Dice) -> CaseRow {
        let has_staff = |code: &str| self.world.staff().iter().any(|staff| staff.unit == code && !staff.left);
        let codes = self.world.units().iter().map(|unit| unit.code.as_str());
        let others: Vec<&str> = codes.filter(|code| row.unit.as_deref() != Some(code) && has_staff(code)).collect();
        let Some(unit) = dice.one(&others) else { return row };
        let unit = Some((*unit).to_owned());
        let caseworker_unit = row.caseworker_unit.as_ref().and(unit.clone());
        let had_caseworker = row.caseworker.is_some();
        let row = CaseRow { unit, caseworker_unit, ..row };
        if had_caseworker { self.in_other_hands(row, day, dice) } else { row }
    }

    fn in_other_hands(&self, row: CaseRow, day: Date, dice: &mut Dice) -> CaseRow {
        let colleague = |staff: &&Staff| {
            staff.works_on_cases()
                && !staff.left
                && row.unit.as_ref() == Some(&staff.unit)
                && row.caseworker.as_ref() != Some(&staff.id)
        };
        let colleagues: Vec<&Staff> = self.world.staff().iter().filter(colleague).collect();
        let Some(new) = dice.one(&colleagues) else { return row };
        let id = new.id.clone();
        let since = if row.source == "case_index" { row.caseworker_since } else { Some(day).max(row.opened) };
        let others = row.others.iter().filter(|other| **other != id).cloned().collect();
        CaseRow { caseworker: Some(id), caseworker_since: since, caseworker_unit: None, others, ..row }
    }
}

/// One state on. The index keeps a history; a new state has one of its own.
fn with_next_status(row: CaseRow) -> CaseRow {
    let progress = match row.progress {
        Progress::Opened => Progress::Informed,
        Progress::Informed => Progress::Decided,
        Progress::Decided | Progress::Performed => Progress::Active,
        Progress::Active => Progress::Performed,
        Progress::Closed | Progress::Void => return row,
    };
    CaseRow { progress, raw_status: None, history: Vec::new(), ..row }
}
