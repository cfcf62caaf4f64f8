//! However a row is written, it is the same row; and what reading remembers of rows before changes nothing.

use glasplade_adapters::contract::CprNumber;
use serde_json::{Value as Json, json};

use super::*;

/// All that a row says, in words.
fn told(line: &Line<'_>) -> String {
    let texts = [&line.type_code, &line.type_name, &line.template, &line.law, &line.kle, &line.unit, &line.master_name];
    let days = (line.opened, line.closed, line.last_changed);
    let ids = (line.uuid, line.master_id, line.sensitivity, line.is_screened);
    let citizen = line.citizen.as_ref().and_then(PersonId::as_cpr).map(CprNumber::expose);
    format!("{citizen:?} {} {:?} {:?} {days:?} {ids:?} {:?} {texts:?}", line.id, line.kind, line.status, line.numbers)
}

fn read_new(text: &str) -> Result<String, LineTrouble> {
    let mut line = Line::default();
    read(text, &mut Order::new(), &mut line).map(|()| told(&line))
}

/// Rows that have every key, with texts of every length around eight bytes.
fn rows() -> Vec<Vec<(&'static str, Json)>> {
    let row = |at: usize| {
        let text = |from: usize| "æ\u{7f}bcdefghijklmnopqrstuvw".chars().skip(from).take(1 + at).collect::<String>();
        vec![
            ("citizen", json!(format!("010199{at:04}"))),
            ("id", json!(text(0))),
            ("kind", json!(["case", "planned_intervention"][at % 2])),
            ("status", json!(["running", "other", "void"][at % 3])),
            ("opened", json!("2024-02-29")),
            ("closed", if at.is_multiple_of(2) { Json::Null } else { json!("2026-12-31") }),
            ("last_changed", json!(["2026-11-22T00:15:00Z", "2026-11-22T01:15:00+01:00"][at % 2])),
            ("numbers", json!((0..at % 4).map(text).collect::<Vec<_>>())),
            ("is_screened", json!(at.is_multiple_of(5))),
            ("uuid", json!(Uuid::from_u128(at as u128))),
            ("master_id", json!(Uuid::from_u128(7))),
            ("sensitivity", json!("screened")),
            ("type_code", json!(text(1))),
            ("type_name", json!(text(2))),
            ("template", json!("\"\\\u{1}/")),
            ("law", json!(text(0))),
            ("kle", json!("27.24.03")),
            ("unit", json!(text(3))),
            ("master_name", json!("a master")),
        ]
    };
    (0..24).map(row).collect()
}

/// As programs write it.
fn plain(row: &[(&str, Json)]) -> String {
    let pairs: Vec<String> = row.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", pairs.join(","))
}

/// The same with spaces wherever they may be, and every text escaped letter by letter.
fn odd(row: &[(&str, Json)]) -> String {
    let escaped = |text: &str| {
        let letters: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{}\"", letters.concat())
    };
    let value = |value: &Json| match value {
        Json::String(text) => escaped(text),
        Json::Array(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| escaped(text.as_str().expect("a text"))).collect();
            format!("[ {} ]", texts.join(" , "))
        }
        other => other.to_string(),
    };
    let pairs: Vec<String> = row.iter().map(|(key, of)| format!("\t{} : {}", escaped(key), value(of))).collect();
    format!(" {{{} }} \r", pairs.join(" ,"))
}

#[test]
fn however_a_row_is_written_it_is_the_same_row() {
    // One memory for all: each row finds what the one before, which was written in another way and order, has left.
    let (mut order, mut line) = (Order::new(), Line::default());
    for (at, mut row) in rows().into_iter().enumerate() {
        let wanted = read_new(&plain(&row)).expect("a row");
        row.rotate_left(at % 19);
        if at.is_multiple_of(3) {
            row.reverse();
        }
        for text in [plain(&row), odd(&row), plain(&row)] {
            assert_eq!(read_new(&text), Ok(wanted.clone()), "{at}");
            // The text must live as long as the memory.
            read(text.leak(), &mut order, &mut line).expect("a row");
            assert_eq!(told(&line), wanted, "{at}");
        }
    }
}

#[test]
fn nothing_of_the_row_before_stays() {
    let (mut order, mut line) = (Order::new(), Line::default());
    let rows = rows();
    let whole = plain(&rows[7]);
    let short = plain(&rows[3][..4]);
    read(&whole, &mut order, &mut line).expect("a row");
    read(&short, &mut order, &mut line).expect("a row");
    assert_eq!(Ok(told(&line)), read_new(&short));
    read(&whole, &mut order, &mut line).expect("a row");
    let without = plain(&rows[3][1..]);
    assert_eq!(read(&without, &mut order, &mut line), Err(LineTrouble::MissingKey), "nobody is who was before");
}

#[test]
fn a_row_cut_off_or_changed_anywhere_is_told_alike_with_and_without_a_memory() {
    let rows = rows();
    let text = plain(&rows[5]);
    let mut order = Order::new();
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        let (before, after) = text.split_at(at);
        let next = after.chars().next().map_or(0, char::len_utf8);
        let mut changed: Vec<String> = ["\"", "\\", "\n", "}", ",", "{", "0", "x", " "]
            .map(|byte| format!("{before}{byte}{}", &after[next..]))
            .into();
        changed.push(before.to_owned());
        for changed in changed {
            let mut line = Line::default();
            let remembered = read(&changed, &mut order, &mut line).map(|()| told(&line));
            assert_eq!(remembered, read_new(&changed), "{at}");
            // What the library does not read is no row.
            let is_json = serde_json::from_str::<Json>(&changed).is_ok();
            assert!(is_json || remembered.is_err(), "{at}");
        }
        assert!(read_new(before).is_err(), "{at}");
    }
}
