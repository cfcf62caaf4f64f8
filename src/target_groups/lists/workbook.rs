//! A workbook (`.xlsx`): the sheet "Liste" with typed cells, and "Om udsøgningen" with the run, its law, counts and gaps.
//!
//! Built whole in memory and written in one piece, so that a place that takes no more never gets half a workbook from us. Times
//! in it come from the report; the same report gives the same bytes.

use std::io::Write;

use jiff::civil::{Date, date};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::cell::{is_markup, safe};
use super::{Cell, Counts, GapLine, List, Unwritten};

/// The most citizens that a sheet holds below its header.
pub const SHEET_ROWS_MAX: usize = 1_048_575;

/// The longest text that a cell holds, in units of UTF-16.
pub const TEXT_UNITS_MAX: usize = 32_767;

/// Before this day the spreadsheet's calendar is wrong (it has a 29 February 1900); an earlier day is told as text.
const FIRST_DAY: Date = date(1900, 3, 1);

/// The sheets' names.
pub(super) const SHEETS: [&str; 2] = ["Liste", "Om udsøgningen"];

impl From<XlsxError> for Unwritten {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::RowColumnLimitError => Self::TooManyRows,
            XlsxError::MaxStringLengthExceeded => Self::TextTooLong,
            XlsxError::IoError(cause) => Self::Refused(cause),
            _ => Self::Head,
        }
    }
}

/// Whether a sheet can hold so many citizens.
pub(super) fn fits(citizens: usize) -> Result<(), Unwritten> {
    if citizens > SHEET_ROWS_MAX { Err(Unwritten::TooManyRows) } else { Ok(()) }
}

pub(super) fn write(list: &List<'_>, mut into: impl Write) -> Result<(), Unwritten> {
    fits(list.report.citizens.len())?;
    let made_at = ExcelDateTime::from_timestamp(list.report.made_at.as_second())?;
    let mut workbook = Workbook::new();
    let about = DocProperties::new().set_title(list.head.name).set_author("glasplade").set_creation_datetime(&made_at);
    workbook.set_properties(&about);
    citizens(workbook.add_worksheet().set_name(SHEETS[0])?, list)?;
    search(workbook.add_worksheet().set_name(SHEETS[1])?, list)?;
    let bytes = workbook.save_to_buffer()?;
    drop(workbook);
    into.write_all(&bytes)?;
    Ok(into.flush()?)
}

/// The sheet of citizens.
fn citizens(sheet: &mut Worksheet, list: &List<'_>) -> Result<(), Unwritten> {
    let header = Format::new().set_bold();
    let formats = Formats::new();
    let mut end = 0;
    for (at, column) in (0_u16..).zip(&list.columns) {
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(0, at, column.danish, &header)?;
        end = at;
    }
    let mut row = 0;
    for citizen in &list.report.citizens {
        row += 1;
        for (at, column) in (0_u16..).zip(&list.columns) {
            put(sheet, (row, at), &(column.of)(citizen), &formats)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, row, end)?;
    Ok(())
}

/// The sheet about the search.
fn search(sheet: &mut Worksheet, list: &List<'_>) -> Result<(), Unwritten> {
    let formats = Formats::new();
    let head = &list.head;
    let made_at = head.made_at.to_string();
    let told = [
        ("Regel", Cell::text(head.name)),
        ("Regelkode", Cell::text(head.rule)),
        ("Regel og godkendelse (SHA-256)", Cell::text(head.rule_hash)),
        ("Dag", Cell::Date(head.as_of)),
        ("Hjemmel", Cell::text(head.legal_basis)),
        ("Modtager", Cell::text(head.receiver)),
        ("Udsøgning", Cell::text(head.run)),
        ("Lavet (UTC)", Cell::text(&made_at)),
        ("Skema", Cell::text(head.schema)),
        ("Kontrolsum", Cell::text(&head.checksum)),
        ("Borgere i alt", number(head.citizens)),
    ];
    let counts = Counts::of(list.report);
    let by_change = counts.each().map(|(change, count)| (change.danish(), number(count)));
    let mut row = 0;
    for (label, cell) in told.into_iter().chain(by_change) {
        sheet.write_string_with_format(row, 0, label, &formats.label)?;
        put(sheet, (row, 1), &cell, &formats)?;
        row += 1;
    }
    let gaps = GapLine::all(list.report);
    let none = [GapLine { kind: "", source: None, text: "Ingen kendte mangler." }];
    for gap in if gaps.is_empty() { &none[..] } else { &gaps[..] } {
        sheet.write_string_with_format(row, 0, "Mangler", &formats.label)?;
        put(sheet, (row, 1), &Cell::text(gap.text), &formats)?;
        put(sheet, (row, 2), &gap.source.map_or(Cell::Empty, Cell::text), &formats)?;
        row += 1;
    }
    for (at, width) in [(0, 32), (1, 100), (2, 16)] {
        sheet.set_column_width(at, width)?;
    }
    Ok(())
}

fn number(count: usize) -> Cell<'static> {
    u32::try_from(count).map_or(Cell::Empty, Cell::Number)
}

/// How the kinds of cells look.
struct Formats {
    label: Format,
    text: Format,
    number: Format,
    date: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            label: Format::new().set_bold(),
            text: Format::new().set_num_format("@"),
            number: Format::new().set_num_format("0").set_align(FormatAlign::Left),
            date: Format::new().set_num_format("dd-mm-yyyy").set_align(FormatAlign::Left),
        }
    }
}

fn put(sheet: &mut Worksheet, (row, at): (u32, u16), cell: &Cell<'_>, formats: &Formats) -> Result<(), Unwritten> {
    match cell {
        Cell::Empty => {}
        Cell::Number(number) => {
            sheet.write_number_with_format(row, at, *number, &formats.number)?;
        }
        Cell::Date(day) if *day >= FIRST_DAY => {
            let year = u16::try_from(day.year()).map_err(|_| Unwritten::Head)?;
            let day = ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs())?;
            sheet.write_date_with_format(row, at, day, &formats.date)?;
        }
        told => {
            let text = told.plain();
            let text = if is_markup(&text) { safe(text) } else { text };
            sheet.write_string_with_format(row, at, text, &formats.text)?;
        }
    }
    Ok(())
}
