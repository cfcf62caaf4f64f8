//! One row of an extract: its keys, each once, and what may stand behind them.

use std::borrow::Cow;

use glasplade_adapters::contract::{CaseStatus, PersonId, RecordKind, Sensitivity};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::json::{Cursor, Value};
use super::trouble::LineTrouble;

/// A row. It does not print: it is about somebody.
pub(super) struct Line<'a> {
    pub(super) citizen: PersonId,
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

/// What has been read so far.
#[derive(Default)]
struct Read<'a> {
    seen: u32,
    citizen: Option<PersonId>,
    id: Option<Cow<'a, str>>,
    kind: Option<RecordKind>,
    status: Option<CaseStatus>,
    opened: Option<Date>,
    closed: Option<Date>,
    last_changed: Option<Timestamp>,
    uuid: Option<Uuid>,
    numbers: Vec<Cow<'a, str>>,
    texts: [Option<Cow<'a, str>>; 7],
    master_id: Option<Uuid>,
    sensitivity: Option<Sensitivity>,
    is_screened: bool,
}

/// Reads a row.
///
/// # Errors
/// The first thing that is not as it must be.
pub(super) fn read(text: &str) -> Result<Line<'_>, LineTrouble> {
    let mut read = Read::default();
    Cursor::new(text).object(|key, value| read.take(key, value))?;
    let missing = LineTrouble::MissingKey;
    let [type_code, type_name, template, law, kle, unit, master_name] = read.texts;
    Ok(Line {
        citizen: read.citizen.ok_or(missing)?,
        id: read.id.ok_or(missing)?,
        kind: read.kind.ok_or(missing)?,
        status: read.status.ok_or(missing)?,
        opened: read.opened,
        closed: read.closed,
        last_changed: read.last_changed,
        uuid: read.uuid,
        numbers: read.numbers,
        type_code,
        type_name,
        template,
        law,
        kle,
        unit,
        master_id: read.master_id,
        master_name,
        sensitivity: read.sensitivity,
        is_screened: read.is_screened,
    })
}

impl<'a> Read<'a> {
    fn take(&mut self, key: &str, value: Value<'a>) -> Result<(), LineTrouble> {
        let place = place(key).ok_or(LineTrouble::UnknownKey)?;
        if self.seen & (1 << place) != 0 {
            return Err(LineTrouble::RepeatedKey);
        }
        self.seen |= 1 << place;
        let value = match value {
            Value::Null => return Ok(()),
            value => value,
        };
        match (place, value) {
            (7, Value::List(list)) if list.iter().all(|one| !one.is_empty()) => self.numbers = list,
            (8, Value::Bool(value)) => self.is_screened = value,
            (7 | 8, _) => return Err(LineTrouble::WrongType),
            (place, Value::Text(text)) if !text.is_empty() => self.take_text(place, text)?,
            _ => return Err(LineTrouble::WrongType),
        }
        Ok(())
    }

    fn take_text(&mut self, place: usize, text: Cow<'a, str>) -> Result<(), LineTrouble> {
        match place {
            0 => self.citizen = Some(citizen(&text)?),
            1 => self.id = Some(text),
            2 => self.kind = Some(kind(&text)?),
            3 => self.status = Some(status(&text)?),
            4 => self.opened = Some(day(&text)?),
            5 => self.closed = Some(day(&text)?),
            6 => self.last_changed = Some(text.parse().map_err(|_| LineTrouble::WrongTime)?),
            9 => self.uuid = Some(uuid(&text)?),
            10 => self.master_id = Some(uuid(&text)?),
            11 => self.sensitivity = Some(sensitivity(&text)?),
            place => self.texts[place - TEXTS] = Some(text),
        }
        Ok(())
    }
}

/// The first key whose value is any text.
const TEXTS: usize = 12;

/// Length and three bytes tell the known keys apart; then one comparison says whether it is that one.
fn place(key: &str) -> Option<usize> {
    let bytes = key.as_bytes();
    let at = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let (place, known) = match (bytes.len(), at(0), at(1), at(5)) {
        (7, b'c', ..) => (0, "citizen"),
        (2, ..) => (1, "id"),
        (4, b'k', ..) => (2, "kind"),
        (6, b's', ..) => (3, "status"),
        (6, b'o', ..) => (4, "opened"),
        (6, b'c', ..) => (5, "closed"),
        (12, ..) => (6, "last_changed"),
        (7, b'n', ..) => (7, "numbers"),
        (11, b'i', ..) => (8, "is_screened"),
        (4, b'u', b'u', _) => (9, "uuid"),
        (9, b'm', ..) => (10, "master_id"),
        (11, b's', ..) => (11, "sensitivity"),
        (9, b't', _, b'c') => (TEXTS, "type_code"),
        (9, b't', _, b'n') => (TEXTS + 1, "type_name"),
        (8, ..) => (TEXTS + 2, "template"),
        (3, b'l', ..) => (TEXTS + 3, "law"),
        (3, b'k', ..) => (TEXTS + 4, "kle"),
        (4, b'u', b'n', _) => (TEXTS + 5, "unit"),
        (11, b'm', ..) => (TEXTS + 6, "master_name"),
        _ => return None,
    };
    (key == known).then_some(place)
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
