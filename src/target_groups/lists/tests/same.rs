//! Every form read back is the table, cell by cell, and has the same checksums.

use super::reading::{Read, checksums, read};
use super::*;

/// What the table says, in plain texts; CSV has its canonical ones.
fn told(report: &Report, format: Format) -> Read {
    let columns = columns_of(report);
    let text = |cell: Cell<'_>| match format {
        Format::Csv => cell.canonical().into_owned(),
        // The one text that a workbook cannot hold as it is.
        Format::Xlsx if super::super::cell::is_markup(&cell.plain()) => cell.canonical().into_owned(),
        _ => cell.plain().into_owned(),
    };
    let row = |citizen: &ListedCitizen| columns.iter().map(|column| text((column.of)(citizen))).collect();
    let names = columns.iter().map(|column| column.code.to_owned()).collect();
    Read { names, rows: report.citizens.iter().map(row).collect() }
}

fn is_the_same_everywhere(report: &Report) {
    let columns = columns_of(report);
    let wanted: Vec<[u8; 32]> = report.citizens.iter().map(|citizen| row_checksum(&columns, citizen)).collect();
    for format in Format::ALL {
        let found = read(format, &bytes_of(report, format));
        assert_eq!(found, told(report, format), "{format:?}");
        assert_eq!(checksums(&found), wanted, "{format:?}");
    }
}

#[test]
fn a_small_list_is_the_same_in_every_form() {
    is_the_same_everywhere(&small());
    is_the_same_everywhere(&with_numbers());
}

#[test]
fn whatever_stands_in_it_is_the_same_in_every_form() {
    is_the_same_everywhere(&hostile());
}

#[test]
fn nobody_is_the_same_in_every_form() {
    is_the_same_everywhere(&empty());
}

#[test]
fn more_rows_than_one_group_are_the_same_in_every_form() {
    let report = large(u32::try_from(crate::tables::GROUP_ROWS).expect("few") + 1);
    let columns = columns_of(&report);
    for format in [Format::Ndjson, Format::Csv, Format::Parquet] {
        let found = read(format, &bytes_of(&report, format));
        assert_eq!(found.rows.len(), report.citizens.len());
        let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for row in checksums(&found) {
            hash.update(&row);
        }
        assert_eq!(crate::hex(hash.finish().as_ref()), list_checksum(&columns, &report.citizens), "{format:?}");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in Format::ALL {
        assert_eq!(bytes_of(&hostile(), format), bytes_of(&hostile(), format), "{format:?}");
    }
}

#[test]
fn one_changed_letter_changes_the_checksum() {
    let (mut report, columns) = (small(), columns_of(&small()));
    let before = list_checksum(&columns, &report.citizens);
    report.citizens[2].reason.push('.');
    assert_ne!(list_checksum(&columns, &report.citizens), before);
    report.citizens[2].reason.pop();
    report.citizens.swap(0, 1);
    assert_ne!(list_checksum(&columns, &report.citizens), before);
    // A text that moves to the next column is another row.
    report.citizens.swap(0, 1);
    report.citizens[0].units = report.citizens[0].departments.split_off(1);
    assert_ne!(list_checksum(&columns, &report.citizens), before);
}
