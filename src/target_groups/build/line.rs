//! One row of an extract: its keys, each once, and what may stand behind them.

use std::borrow::Cow;

use glasplade_adapters::contract::{CaseStatus, PersonId, RecordKind, Sensitivity};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::json::{Cursor, Value, Written};
use super::moment;
use super::trouble::LineTrouble;

#[cfg(test)]
mod tests;

/// A row. It does not print: it is about somebody.
///
/// One is filled again and again, since moving it costs as much as reading it.
pub(super) struct Line<'a> {
    /// There when a row has been read.
    pub(super) citizen: Option<PersonId>,
    pub(super) id: Cow<'a, str>,
    pub(super) kind: RecordKind,
    pub(super) status: CaseStatus,
    pub(super) opened: Option<Date>,
    pub(super) closed: Option<Date>,
    pub(super) last_changed: Option<Timestamp>,
    pub(super) uuid: Option<Uuid>,
    pub(super) numbers: Vec<Cow<'a, str>>,
    pub(super) type_code: Option<Cow<'a, str>>,
    pub(super) type_name: Option<Cow<'a, str>>,
    pub(super) template: Option<Cow<'a, str>>,
    pub(super) law: Option<Cow<'a, str>>,
    pub(super) kle: Option<Cow<'a, str>>,
    pub(super) unit: Option<Cow<'a, str>>,
    pub(super) master_id: Option<Uuid>,
    pub(super) master_name: Option<Cow<'a, str>>,
    pub(super) sensitivity: Option<Sensitivity>,
    pub(super) is_screened: bool,
}

impl Default for Line<'_> {
    fn default() -> Self {
        Self {
            citizen: None,
            id: Cow::Borrowed(""),
            kind: RecordKind::Case,
            status: CaseStatus::Other,
            opened: None,
            closed: None,
            last_changed: None,
            uuid: None,
            numbers: Vec::new(),
            type_code: None,
            type_name: None,
            template: None,
            law: None,
            kle: None,
            unit: None,
            master_id: None,
            master_name: None,
            sensitivity: None,
            is_screened: false,
        }
    }
}

/// Which key stood behind which in the rows before: the rows of a file have theirs in one order.
pub(super) struct Order([usize; KEYS.len() + 1]);

impl Order {
    /// As the table of keys has them.
    pub(super) fn new() -> Self {
        let mut next: [usize; KEYS.len() + 1] = std::array::from_fn(|at| (at + 1) % KEYS.len());
        next[BEGIN] = 0;
        Self(next)
    }
}

/// Before the first key.
const BEGIN: usize = KEYS.len();

/// The keys of a row.
const KEYS: [&str; 19] = [
    "citizen",
    "id",
    "kind",
    "status",
    "opened",
    "closed",
    "last_changed",
    "numbers",
    "is_screened",
    "uuid",
    "master_id",
    "sensitivity",
    "type_code",
    "type_name",
    "template",
    "law",
    "kle",
    "unit",
    "master_name",
];

/// The same, as programs write them.
const WRITTEN: [Written; KEYS.len()] = {
    let mut written = [const { Written::new("") }; KEYS.len()];
    let mut at = 0;
    while at < KEYS.len() {
        written[at] = Written::new(KEYS[at]);
        at += 1;
    }
    written
};

/// The keys that every row has are the first four.
const WANTED: u32 = 0b1111;

/// Reads a row into `line`.
///
/// # Errors
/// The first thing that is not as it must be; `line` is no row then.
pub(super) fn read<'a>(text: &'a str, order: &mut Order, line: &mut Line<'a>) -> Result<(), LineTrouble> {
    line.clear();
    let mut cursor = Cursor::new(text);
    let (mut seen, mut known, mut before) = (0_u32, 0_u32, BEGIN);
    let mut is_more = cursor.begin()?;
    while is_more {
        let expected = order.0[before];
        let place = if cursor.takes(&WRITTEN[expected]) { Some(expected) } else { place(&cursor.key()?) };
        // A key that is unknown or repeated is told when its value is one.
        let new = place.filter(|place| seen & (1 << place) == 0);
        let is_known = match new {
            Some(place) if line.takes(place, &mut cursor)? => true,
            _ => {
                let value = cursor.value(&mut line.numbers)?;
                place.ok_or(LineTrouble::UnknownKey)?;
                line.take(new.ok_or(LineTrouble::RepeatedKey)?, value)?
            }
        };
        let place = new.ok_or(LineTrouble::RepeatedKey)?;
        seen |= 1 << place;
        known |= u32::from(is_known) << place;
        order.0[before] = place;
        before = place;
        is_more = cursor.goes_on()?;
    }
    if known & WANTED == WANTED { Ok(()) } else { Err(LineTrouble::MissingKey) }
}

impl<'a> Line<'a> {
    /// Nothing of the row before stays.
    fn clear(&mut self) {
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.clear();
        *self = Self { numbers, ..Self::default() };
    }

    /// Takes the key's value as most rows have it. Where it stands in another way, or is another, nothing is taken.
    #[inline]
    fn takes(&mut self, place: usize, cursor: &mut Cursor<'a>) -> Result<bool, LineTrouble> {
        match place {
            0 => self.citizen = cursor.plain_of(10, |text| citizen(text).ok()),
            4 => self.opened = cursor.plain_of(10, |text| day(text).ok()),
            5 => self.closed = cursor.plain_of(10, |text| day(text).ok()),
            6 => self.last_changed = cursor.plain_of(moment::LENGTH, moment::in_utc),
            7 | 8 => return Ok(false),
            9 => self.uuid = cursor.plain_of(36, |text| uuid(text).ok()),
            10 => self.master_id = cursor.plain_of(36, |text| uuid(text).ok()),
            place => {
                return match cursor.plain() {
                    Some("") => Err(LineTrouble::WrongType),
                    Some(text) => self.take_text(place, Cow::Borrowed(text)).map(|()| true),
                    None => Ok(false),
                };
            }
        }
        Ok(match place {
            0 => self.citizen.is_some(),
            4 => self.opened.is_some(),
            5 => self.closed.is_some(),
            6 => self.last_changed.is_some(),
            9 => self.uuid.is_some(),
            _ => self.master_id.is_some(),
        })
    }

    /// Takes the key's value. Tells whether it has one.
    fn take(&mut self, place: usize, value: Value<'a>) -> Result<bool, LineTrouble> {
        match (place, value) {
            (_, Value::Null) => return Ok(false),
            (7, Value::List) if self.numbers.iter().all(|one| !one.is_empty()) => {}
            (8, Value::Bool(value)) => self.is_screened = value,
            (7 | 8, _) => return Err(LineTrouble::WrongType),
            (place, Value::Text(text)) if !text.is_empty() => self.take_text(place, text)?,
            _ => return Err(LineTrouble::WrongType),
        }
        Ok(true)
    }

    fn take_text(&mut self, place: usize, text: Cow<'a, str>) -> Result<(), LineTrouble> {
        match place {
            0 => self.citizen = Some(citizen(&text)?),
            1 => self.id = text,
            2 => self.kind = kind(&text)?,
            3 => self.status = status(&text)?,
            4 => self.opened = Some(day(&text)?),
            5 => self.closed = Some(day(&text)?),
            6 => self.last_changed = Some(moment::read(&text).ok_or(LineTrouble::WrongTime)?),
            9 => self.uuid = Some(uuid(&text)?),
            10 => self.master_id = Some(uuid(&text)?),
            11 => self.sensitivity = Some(sensitivity(&text)?),
            12 => self.type_code = Some(text),
            13 => self.type_name = Some(text),
            14 => self.template = Some(text),
            15 => self.law = Some(text),
            16 => self.kle = Some(text),
            17 => self.unit = Some(text),
            _ => self.master_name = Some(text),
        }
        Ok(())
    }
}

/// Length and three bytes tell the known keys apart; then one comparison says whether it is that one.
fn place(key: &str) -> Option<usize> {
    let bytes = key.as_bytes();
    let at = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let place = match (bytes.len(), at(0), at(1), at(5)) {
        (7, b'c', ..) => 0,
        (2, ..) => 1,
        (4, b'k', ..) => 2,
        (6, b's', ..) => 3,
        (6, b'o', ..) => 4,
        (6, b'c', ..) => 5,
        (12, ..) => 6,
        (7, b'n', ..) => 7,
        (11, b'i', ..) => 8,
        (4, b'u', b'u', _) => 9,
        (9, b'm', ..) => 10,
        (11, b's', ..) => 11,
        (9, b't', _, b'c') => 12,
        (9, b't', _, b'n') => 13,
        (8, ..) => 14,
        (3, b'l', ..) => 15,
        (3, b'k', ..) => 16,
        (4, b'u', b'n', _) => 17,
        (11, b'm', ..) => 18,
        _ => return None,
    };
    (key == KEYS[place]).then_some(place)
}

/// Ten characters: the other spelling has a hyphen, and two spellings of one key are one too many.
fn citizen(text: &str) -> Result<PersonId, LineTrouble> {
    let person = (text.len() == 10).then(|| PersonId::parse(text).ok()).flatten();
    person.ok_or(LineTrouble::WrongCitizen)
}

fn kind(text: &str) -> Result<RecordKind, LineTrouble> {
    match text {
        "case" => Ok(RecordKind::Case),
        "planned_intervention" => Ok(RecordKind::PlannedIntervention),
        _ => Err(LineTrouble::WrongWord),
    }
}

fn status(text: &str) -> Result<CaseStatus, LineTrouble> {
    Ok(match text {
        "opened" => CaseStatus::Opened,
        "informed" => CaseStatus::Informed,
        "decided" => CaseStatus::Decided,
        "running" => CaseStatus::Running,
        "performed" => CaseStatus::Performed,
        "closed" => CaseStatus::Closed,
        "void" => CaseStatus::Void,
        "other" => CaseStatus::Other,
        _ => return Err(LineTrouble::WrongWord),
    })
}

fn sensitivity(text: &str) -> Result<Sensitivity, LineTrouble> {
    Ok(match text {
        "not_confidential" => Sensitivity::NotConfidential,
        "confidential" => Sensitivity::Confidential,
        "sensitive" => Sensitivity::Sensitive,
        "screened" => Sensitivity::Screened,
        _ => return Err(LineTrouble::WrongWord),
    })
}

fn uuid(text: &str) -> Result<Uuid, LineTrouble> {
    let uuid = (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten();
    uuid.ok_or(LineTrouble::WrongWord)
}

/// `2026-11-22`, and nothing else.
fn day(text: &str) -> Result<Date, LineTrouble> {
    let date = match text.as_bytes() {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
            let digit = |byte: &u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
            let two = |tens, ones| Some(digit(tens)? * 10 + digit(ones)?);
            let year = two(y1, y2).zip(two(y3, y4)).map(|(century, year)| century * 100 + year);
            year.zip(two(m1, m2)).zip(two(d1, d2)).and_then(|((year, month), day)| {
                Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
            })
        }
        _ => None,
    };
    date.ok_or(LineTrouble::WrongTime)
}
