//! Writes rows in the words of their source, so that a situation only says what is particular about a case.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use uuid::Uuid;

use super::ids::{Room, stable};
use super::kinds::{self, Words};
use super::{CaseRow, Progress, RowKind, StatusStep};
use crate::contract::{danish_day, danish_time_zone};

/// A pad of blank rows with running numbers.
#[derive(Debug)]
pub(super) struct Draft {
    now: Timestamp,
    today: Date,
    room: Room,
    next: u64,
}

impl Draft {
    /// A pad whose rows are numbered from `first`.
    pub(super) fn new(room: Room, first: u64, now: Timestamp) -> Self {
        Self { now, today: danish_day(now), room, next: first }
    }

    /// Today in Denmark.
    pub(super) fn today(&self) -> Date {
        self.today
    }

    /// The day so many days before today (after today, when negative).
    pub(super) fn ago(&self, days: i32) -> Date {
        self.today.saturating_sub(Span::new().days(days))
    }

    /// The last Monday before today.
    pub(super) fn last_monday(&self) -> Date {
        let days = self.today.weekday().to_monday_zero_offset();
        self.ago(if days == 0 { 7 } else { i32::from(days) })
    }

    /// A row of the kind `code` in `source`, opened on a day, active, in the kind's usual unit.
    ///
    /// A kind or source that the table of kinds does not have leaves its words out.
    pub(super) fn row(&mut self, source: &str, code: &str, citizen: &str, opened: Date) -> CaseRow {
        let serial = self.next;
        self.next += 1;
        let kind = kinds::kind(code);
        let words = kind.and_then(|kind| kind.words_of(source).or(kind.words.first()));
        let text = |text: &'static str| (!text.is_empty()).then(|| text.to_owned());
        let mut row = CaseRow {
            source: source.to_owned(),
            id: stable(self.room, serial),
            serial,
            kind: if source == "oio" { RowKind::Intervention } else { RowKind::Case },
            citizen: citizen.to_owned(),
            title: kind.and_then(|kind| text(kind.title)),
            opened: Some(opened),
            changed: Some(self.touched(serial, opened)),
            unit: words.map(|words| words.unit.to_owned()),
            kle: kind.map(|kind| kind.kle.to_owned()),
            kle_title: kind.map(|kind| kind.kle_title.to_owned()),
            facet: Some("G01".to_owned()),
            law: kind.and_then(|kind| text(kind.law)),
            ..CaseRow::default()
        };
        if let Some(words) = words {
            speak(&mut row, words);
        }
        if source == "case_index" {
            row.level = kind.map(|kind| kind.level);
        }
        row.number = Some(number(&row, serial, opened));
        row
    }

    /// The same case as the joint index holds it, under the same UUID.
    pub(super) fn indexed(&mut self, row: &CaseRow) -> CaseRow {
        let serial = self.next;
        self.next += 1;
        CaseRow {
            source: "case_index".to_owned(),
            serial,
            kind: RowKind::Case,
            master: Some(row.source.clone()),
            level: row.level.or(Some(1)),
            caseworker_since: None,
            coordinator: None,
            type_code: None,
            type_name: None,
            type_id: None,
            ..row.clone()
        }
    }

    /// The same case in the index under a UUID of its own: only number and master system join the two.
    pub(super) fn indexed_apart(&mut self, row: &CaseRow) -> CaseRow {
        let id = stable(self.room, self.next);
        CaseRow { id, ..self.indexed(row) }
    }

    /// A moment not before `opened` and not after now, spread by `serial`.
    fn touched(&self, serial: u64, opened: Date) -> Timestamp {
        let since = morning(opened);
        let back = i64::try_from(serial % 61).unwrap_or(0) * 86_400 + 3_600;
        let moment = self.now.saturating_sub(jiff::SignedDuration::from_secs(back)).unwrap_or(since);
        if since > self.now { moment } else { moment.max(since) }
    }
}

/// Puts a source's own words on a row.
fn speak(row: &mut CaseRow, words: &Words) {
    match row.source.as_str() {
        "case_index" => {
            let master = if words.source == "case_index" { words.code } else { words.source };
            row.master = Some(master.to_owned());
        }
        source => {
            row.type_code = Some(words.code.to_owned());
            row.type_name = Some(words.name.to_owned());
            row.type_id = matches!(source, "fasit" | "oio").then(|| words.id());
        }
    }
}

/// `row` under another of the names that its source has for the kind, in the unit that goes with it.
pub(super) fn called(row: CaseRow, kind: &str, type_code: &str) -> CaseRow {
    let mut words = kinds::kind(kind).into_iter().flat_map(|kind| kind.words);
    let Some(words) = words.find(|words| words.source == row.source && words.code == type_code) else {
        return row;
    };
    let mut row = CaseRow { unit: Some(words.unit.to_owned()), ..row };
    speak(&mut row, words);
    row
}

/// A case number in the manner of the system that owns the case.
fn number(row: &CaseRow, serial: u64, opened: Date) -> String {
    let (year, owner) = (opened.year(), row.master.as_deref().unwrap_or(&row.source));
    match owner {
        "sbsys" => {
            let (kle, facet) = (row.kle.as_deref().unwrap_or("00.00.00"), row.facet.as_deref().unwrap_or("A00"));
            format!("{kle}-{facet}-{serial}-{:02}", year.rem_euclid(100))
        }
        "fasit" => format!("{year}-{serial:06}"),
        "dubu" => format!("B{year}-{serial:05}"),
        "oio" => format!("IND-{year}-{serial}"),
        other => format!("{}-{year}-{serial}", other.to_uppercase()),
    }
}

/// Nine o'clock in Denmark.
pub(super) fn morning(day: Date) -> Timestamp {
    day.at(9, 0, 0, 0).to_zoned(danish_time_zone().clone()).map_or(Timestamp::UNIX_EPOCH, |moment| moment.timestamp())
}

/// `row`, closed on a day, with the history that the index keeps.
pub(super) fn closed(row: CaseRow, on: Date) -> CaseRow {
    let ended = morning(on);
    let history = match row.opened {
        Some(opened) if row.source == "case_index" => vec![
            // Unsorted, as the index gives it.
            StatusStep { progress: Progress::Closed, from: ended, to: None },
            StatusStep { progress: Progress::Opened, from: morning(opened), to: Some(ended) },
        ],
        _ => Vec::new(),
    };
    CaseRow { progress: Progress::Closed, closed: Some(on), changed: Some(ended), history, ..row }
}

/// A caseworker of a row.
#[expect(clippy::unnecessary_wraps, reason = "the field it fills is an option")]
pub(super) fn by(id: &str) -> Option<String> {
    Some(id.to_owned())
}

/// The granting case of an effort.
#[expect(clippy::unnecessary_wraps, reason = "the field it fills is an option")]
pub(super) fn granted(case: &CaseRow) -> Option<Uuid> {
    Some(case.id)
}
