//! What a form is to whoever opens it: types, sheets, metadata; and what is never in it.

use ::parquet::basic::{LogicalType, Type as PhysicalType};
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};

use super::reading::{Found, part, plain, sheet};
use super::*;

#[test]
fn the_number_is_there_only_when_it_was_asked_for_and_keeps_its_zero() {
    for format in Format::ALL {
        let (without, with) = (bytes_of(&small(), format), bytes_of(&with_numbers(), format));
        let names = super::reading::read(format, &without).names;
        assert!(!names.contains(&"cpr".to_owned()) && names.contains(&"pseudonym".to_owned()), "{format:?}");
        let found = super::reading::read(format, &with);
        assert_eq!((found.names[1].as_str(), found.rows[0][1].as_str()), ("cpr", "010101-9999"), "{format:?}");
        assert_eq!(found.rows[2][1], "");
    }
}

/// A report has no address, no name and no title; a column for one is a decision that this test asks for.
#[test]
fn no_column_could_hold_an_address_or_a_name() {
    let codes: Vec<&str> = COLUMNS.iter().map(|column| column.code).collect();
    let known =
        ["pseudonym", "cpr", "change", "change_text", "reason", "age_years", "departments", "units", "since", "facts"];
    assert_eq!(codes, known);
    for column in &COLUMNS {
        for word in ["adress", "address", "navn", "name", "post", "vej", "street", "phone", "telefon"] {
            let names = [column.code, column.danish, column.english].map(str::to_lowercase);
            assert!(names.iter().all(|name| !name.contains(word)), "{}", column.code);
        }
    }
}

#[test]
fn a_workbook_has_typed_cells_a_filter_and_a_fixed_header() {
    let bytes = bytes_of(&with_numbers(), Format::Xlsx);
    let rows = sheet(&bytes, 1);
    let row = &rows[1];
    let text = |text: &str| Some(Found::Text(text.to_owned()));
    assert_eq!((&row[0], &row[1]), (&text("00000000c0ffeec0ffeec0ffeec0ffee"), &text("010101-9999")));
    assert_eq!((&row[5], &row[9]), (&Some(Found::Number(22.0)), &Some(Found::Number(2.0))));
    assert!(matches!(row[8], Some(Found::Day(_))), "{row:?}");
    let list = format!("{:?}", part(&bytes, "xl/worksheets/sheet1.xml"));
    for word in ["autoFilter", "A1:J4", "frozen", "ySplit", "customWidth"] {
        assert!(list.contains(word), "{word}");
    }
}

#[test]
fn a_workbook_tells_the_run_its_law_its_receiver_its_counts_and_its_gaps() {
    let bytes = bytes_of(&small(), Format::Xlsx);
    let book = format!("{:?}", part(&bytes, "xl/workbook.xml"));
    assert!(book.contains("\"Liste\"") && book.contains("\"Om udsøgningen\""), "{book}");
    let told: Vec<(String, String)> = sheet(&bytes, 2)
        .iter()
        .map(|row| {
            let text = |at: usize| row.get(at).and_then(Option::as_ref).map(plain).unwrap_or_default();
            (text(0), text(1))
        })
        .collect();
    let checksum = list_checksum(&columns_of(&small()), &small().citizens);
    for (label, value) in [
        ("Regel", "Aktive sager i mindst to driftsområder"),
        ("Dag", "2026-11-22"),
        ("Hjemmel", "rsl-11a"),
        ("Modtager", "UUJ-KOORD"),
        ("Kontrolsum", checksum.as_str()),
        ("Borgere i alt", "3"),
        ("ny", "1"),
        ("ophørt", "0"),
        ("ikke bekræftet", "1"),
        ("Mangler", "DUBU er ikke læst helt siden 2026-11-20; listen kan mangle børnesager."),
    ] {
        assert!(told.contains(&(label.to_owned(), value.to_owned())), "{label}: {told:?}");
    }
    let core = format!("{:?}", part(&bytes, "docProps/core.xml"));
    assert!(core.contains("2026-11-22T04:30:00Z"), "{core}");
    let none = sheet(&bytes_of(&empty(), Format::Xlsx), 2);
    assert_eq!(none.last().and_then(|row| row[1].as_ref()).map(plain).as_deref(), Some("Ingen kendte mangler."));
}

#[test]
fn parquet_has_typed_columns_and_carries_its_head_and_its_gaps() {
    let bytes = bytes::Bytes::from(bytes_of(&with_numbers(), Format::Parquet));
    let reader = SerializedFileReader::new(bytes).expect("a Parquet file");
    let file = reader.metadata().file_metadata();
    let told = |key: &str| {
        let entry = file.key_value_metadata().expect("metadata").iter().find(|one| one.key == key).expect("a key");
        entry.value.clone().expect("a value")
    };
    assert_eq!(told("glasplade.list.schema"), SCHEMA_VERSION);
    let head: serde_json::Value = serde_json::from_str(&told("glasplade.list.head")).expect("JSON");
    assert_eq!((&head["rule"], &head["legal_basis"]), (&"cross_department".into(), &"rsl-11a".into()));
    assert!(told("glasplade.list.gaps").contains("DUBU") && told("glasplade.list.counts").contains("\"new\":1"));
    let kinds: Vec<_> = file.schema_descr().columns().iter().map(|column| column.physical_type()).collect();
    let (text, number, day) = (PhysicalType::BYTE_ARRAY, PhysicalType::INT64, PhysicalType::INT32);
    assert_eq!(kinds, [text, text, text, text, text, number, text, text, day, number]);
    assert_eq!(file.schema_descr().column(8).logical_type_ref(), Some(&LogicalType::Date));
}

#[test]
fn words_of_forms_are_their_own() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.as_str()), Some(format));
        assert_eq!(serde_json::to_value(format).expect("a word"), format.as_str());
        assert!(format.media_type().contains('/'));
    }
    assert_eq!(Format::parse("xls"), None);
}
