//! Each form read back into canonical texts, without the table that wrote it.

use std::io::{Cursor, Read as _};

use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::Field;
use bytes::Bytes;
use jiff::ToSpan as _;
use jiff::civil::date;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;

use super::super::cell::safe;
use super::super::checksum::{add, hash_of};
use super::*;

/// A list as a file has it: the names of its columns, and each row's texts, empty where the cell is.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// The list in `bytes`.
pub(super) fn read(format: Format, bytes: &[u8]) -> Read {
    match format {
        Format::Json => json(bytes),
        Format::Ndjson => ndjson(bytes),
        Format::Csv => csv(bytes),
        Format::Xlsx => workbook(bytes),
        Format::Parquet => parquet(bytes),
    }
}

fn text_in(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(codes) => codes.iter().map(|code| code.as_str().expect("a code")).collect::<Vec<_>>().join(" "),
        number => number.to_string(),
    }
}

fn names_in(head: &Value) -> Vec<String> {
    let columns = head["columns"].as_array().expect("columns");
    columns.iter().map(|column| column["code"].as_str().expect("a code").to_owned()).collect()
}

fn row_in(names: &[String], citizen: &Value) -> Vec<String> {
    let fields = citizen.as_object().expect("an object");
    assert_eq!(fields.keys().filter(|key| *key != "type").count(), names.len());
    names.iter().map(|name| text_in(&fields[name])).collect()
}

fn json(bytes: &[u8]) -> Read {
    let whole: Value = serde_json::from_slice(bytes).expect("JSON");
    let names = names_in(&whole["head"]);
    let rows = whole["citizens"].as_array().expect("citizens").iter().map(|citizen| row_in(&names, citizen)).collect();
    Read { names, rows }
}

fn ndjson(bytes: &[u8]) -> Read {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    assert!(text.ends_with('\n'));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [head, citizens @ .., end] = &lines[..] else { panic!("a head and an end") };
    assert_eq!((&head["type"], &end["type"]), (&Value::from("head"), &Value::from("end")));
    assert_eq!(end["citizens"], citizens.len());
    assert!(citizens.iter().all(|citizen| citizen["type"] == "citizen"));
    let names = names_in(head);
    let rows = citizens.iter().map(|citizen| row_in(&names, citizen)).collect();
    Read { names, rows }
}

/// The codes of Danish headers.
fn codes_of(headers: &[String]) -> Vec<String> {
    let code = |header: &String| COLUMNS.iter().find(|column| column.danish == header).expect("a known header").code;
    headers.iter().map(|header| code(header).to_owned()).collect()
}

fn csv(bytes: &[u8]) -> Read {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
    let mut reader = ::csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(bytes);
    let records = reader.records().map(|record| record.expect("UTF-8 with as many cells as the header"));
    let mut rows: Vec<Vec<String>> = records.map(|record| record.iter().map(str::to_owned).collect()).collect();
    let names = codes_of(&rows.remove(0));
    Read { names, rows }
}

fn parquet(bytes: &[u8]) -> Read {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).expect("a Parquet file");
    let schema = reader.metadata().file_metadata().schema_descr();
    let names = schema.columns().iter().map(|column| column.name().to_owned()).collect();
    let text = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Date(days) => (date(1970, 1, 1) + i64::from(*days).days()).to_string(),
        other => panic!("a column of another kind: {other:?}"),
    };
    let rows = reader.get_row_iter(None).expect("rows");
    let rows = rows.map(|row| row.expect("a row").get_column_iter().map(|(_, field)| text(field)).collect()).collect();
    Read { names, rows }
}

/// One element of a workbook, which has one namespace that counts.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|one| one.expect("an attribute"));
        let pair = |one: quick_xml::events::attributes::Attribute<'_>| {
            let value = one.normalized_value(XmlVersion::Explicit1_0).expect("a value");
            (one.key.local_name().into_inner().to_owned(), value.into_owned())
        };
        let name = start.local_name().into_inner().to_owned();
        Self { name, attributes: attributes.map(pair).collect(), ..Self::default() }
    }

    /// The root of a text that we have written ourselves.
    fn parse(text: &str) -> Self {
        let (mut reader, mut open) = (Reader::from_str(text), vec![Self::default()]);
        loop {
            let event = reader.read_event().expect("XML");
            match &event {
                Event::Start(start) | Event::Empty(start) => open.push(Self::of(start)),
                Event::Text(part) => open.last_mut().expect("an element").text.push_str(part),
                Event::GeneralRef(name) => {
                    let character = name.resolve_char_ref().expect("a reference");
                    let named = || quick_xml::escape::resolve_predefined_entity(name).expect("one of the five");
                    let text = character.map_or_else(|| named().to_owned(), String::from);
                    open.last_mut().expect("an element").text.push_str(&text);
                }
                Event::Eof => return open.pop().and_then(|mut top| top.children.pop()).expect("a root"),
                _ => {}
            }
            if matches!(event, Event::End(_) | Event::Empty(_)) {
                let closed = open.pop().expect("an element");
                open.last_mut().expect("its parent").children.push(closed);
            }
        }
    }

    fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// One part of a workbook.
pub(super) fn part(bytes: &[u8], name: &str) -> Element {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("deflated");
    Element::parse(&text)
}

/// One cell of a sheet: its type as the file has it, and its text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    Text(String),
    Number(f64),
    Day(f64),
}

/// The cells of a sheet, by row and column.
pub(super) fn sheet(bytes: &[u8], number: usize) -> Vec<Vec<Option<Found>>> {
    let strings = part(bytes, "xl/sharedStrings.xml");
    let strings: Vec<String> =
        strings.children.iter().map(|item| unescaped(&item.child("t").expect("a text").text)).collect();
    let days = day_styles(&part(bytes, "xl/styles.xml"));
    let sheet = part(bytes, &format!("xl/worksheets/sheet{number}.xml"));
    let mut rows: Vec<Vec<Option<Found>>> = Vec::new();
    for row in sheet.child("sheetData").expect("rows").children("row") {
        let at: usize = row.attribute("r").expect("a row's number").parse().expect("a number");
        rows.resize(at, Vec::new());
        for cell in row.children("c") {
            let place = cell.attribute("r").expect("a place");
            let column = usize::from(place.as_bytes()[0] - b'A');
            let Some(Element { text: value, .. }) = cell.child("v") else { continue };
            let style: usize = cell.attribute("s").map_or(0, |style| style.parse().expect("a style"));
            let found = match cell.attribute("t") {
                Some("s") => Found::Text(strings[value.parse::<usize>().expect("an index")].clone()),
                None if days.contains(&style) => Found::Day(value.parse().expect("a number")),
                None => Found::Number(value.parse().expect("a number")),
                Some(other) => panic!("a cell of another type: {other}"),
            };
            let row = &mut rows[at - 1];
            row.resize(row.len().max(column + 1), None);
            row[column] = Some(found);
        }
    }
    rows
}

/// The styles whose number format is a day's.
fn day_styles(styles: &Element) -> Vec<usize> {
    let formats = styles.child("numFmts").map_or(&[][..], |formats| &formats.children);
    let is_day = |id: Option<&str>| {
        let format = formats.iter().find(|format| format.attribute("numFmtId") == id);
        format.and_then(|format| format.attribute("formatCode")).is_some_and(|code| code.contains("yyyy"))
    };
    let cells = styles.child("cellXfs").expect("styles of cells");
    (0..).zip(&cells.children).filter(|(_, style)| is_day(style.attribute("numFmtId"))).map(|(at, _)| at).collect()
}

/// `_x000D_` is how a workbook writes what XML cannot.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.get(2..6).filter(|_| rest.as_bytes().get(6) == Some(&b'_'));
        if let Some(letter) = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            out.push(letter);
            rest = &rest[7..];
        } else {
            out.push_str("_x");
            rest = &rest[2..];
        }
    }
    out.push_str(rest);
    out
}

pub(super) fn plain(found: &Found) -> String {
    match found {
        Found::Text(text) => text.clone(),
        Found::Number(number) => number.to_string(),
        #[expect(clippy::cast_possible_truncation, reason = "a day's number is whole")]
        Found::Day(day) => (date(1899, 12, 30) + (*day as i64).days()).to_string(),
    }
}

fn workbook(bytes: &[u8]) -> Read {
    let mut rows = sheet(bytes, 1).into_iter();
    let header: Vec<String> = rows.next().expect("a header").iter().flatten().map(plain).collect();
    let names = codes_of(&header);
    let rows = rows.map(|row| {
        let mut texts: Vec<String> = row.iter().map(|cell| cell.as_ref().map(plain).unwrap_or_default()).collect();
        texts.resize(names.len(), String::new());
        texts
    });
    let rows = rows.collect();
    Read { names, rows }
}

/// The checksums of what was read.
pub(super) fn checksums(read: &Read) -> Vec<[u8; 32]> {
    let is_text = |name: &str| {
        let column = COLUMNS.iter().find(|column| column.code == name).expect("a known column");
        matches!(column.kind, Kind::Text | Kind::Codes)
    };
    let text = |name: &str, text: &str| if is_text(name) { safe(text.into()).into_owned() } else { text.to_owned() };
    let row = |cells: &Vec<String>| {
        let mut row = String::new();
        for (name, cell) in read.names.iter().zip(cells) {
            add(&mut row, name, &text(name, cell));
        }
        hash_of(&row)
    };
    read.rows.iter().map(row).collect()
}
