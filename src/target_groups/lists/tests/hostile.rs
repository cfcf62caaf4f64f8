//! Lists that are long, and places that take no more.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A place that takes so many bytes, then fails.
struct Place {
    left: usize,
}

impl Place {
    fn of(bytes: usize) -> Self {
        Self { left: bytes }
    }
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.left {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.left -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.left == 0 { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }
}

#[test]
fn a_place_that_fails_half_way_is_a_typed_error_wherever_it_fails() {
    let report = hostile();
    for format in Format::ALL {
        let whole = bytes_of(&report, format).len();
        for taken in [0, 1, 3, whole / 3, whole / 2, whole - 1] {
            let result = write(&report, format, Place::of(taken));
            assert!(matches!(result, Err(Unwritten::Refused(_))), "{format:?} after {taken} of {whole}: {result:?}");
        }
        write(&report, format, Place::of(whole + 1)).expect("there is room");
    }
}

#[test]
fn an_error_tells_nothing_of_a_citizen() {
    for format in Format::ALL {
        let error = write(&with_numbers(), format, Place::of(0)).expect_err("no room");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("c0ffee") && !told.contains("0101") && told.contains("write the list"), "{told}");
    }
}

/// A place that takes everything and keeps nothing.
struct Sieve<'a> {
    largest: &'a AtomicUsize,
    taken: &'a AtomicUsize,
}

impl Write for Sieve<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.largest.fetch_max(bytes.len(), Ordering::Relaxed);
        self.taken.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_hundred_thousand_rows_are_written_in_pieces() {
    let report = large(100_000);
    for format in [Format::Json, Format::Ndjson, Format::Csv, Format::Parquet] {
        let (largest, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        write(&report, format, Sieve { largest: &largest, taken: &taken }).expect("it takes everything");
        let (largest, taken) = (largest.into_inner(), taken.into_inner());
        // Parquet hands over a page at a time (one MiB, and what a row more makes of it).
        let most = if format == Format::Parquet { 2 << 20 } else { BUFFER_BYTES };
        assert!(largest <= most, "{format:?}: {largest} of {taken} bytes at once");
        assert!(taken > 5_000_000, "{format:?}: {taken}");
    }
}

/// Ten thousand, since a hundred thousand take most of a minute without optimisation (and 180 MiB; by hand they are whole, too).
#[test]
fn a_workbook_of_many_rows_is_whole() {
    let bytes = bytes_of(&large(10_000), Format::Xlsx);
    let mut archive = zip::ZipArchive::new(io::Cursor::new(&bytes)).expect("an archive");
    let mut sheet = String::new();
    let mut part = archive.by_name("xl/worksheets/sheet1.xml").expect("a sheet");
    io::Read::read_to_string(&mut part, &mut sheet).expect("deflated");
    assert_eq!(sheet.matches("<row ").count(), 10_001);
    assert!(sheet.contains("<autoFilter ref=\"A1:I10001\""));
}

#[test]
fn what_a_workbook_cannot_hold_is_said_and_the_other_forms_hold_it() {
    let mut report = small();
    report.citizens[0].reason = "å".repeat(TEXT_UNITS_MAX + 1);
    assert!(matches!(write(&report, Format::Xlsx, Vec::new()), Err(Unwritten::TextTooLong)));
    report.citizens[0].reason.pop();
    report.citizens[0].reason.pop();
    report.citizens[0].reason.push('å');
    write(&report, Format::Xlsx, Vec::new()).expect("just as long as may be");
    report.citizens[0].reason = "å".repeat(TEXT_UNITS_MAX + 1);
    for format in [Format::Json, Format::Ndjson, Format::Csv, Format::Parquet] {
        write(&report, format, Vec::new()).expect("it has no such limit");
    }
    let mut old = small();
    old.made_at = "1800-01-01T00:00:00Z".parse().expect("a moment");
    assert!(matches!(write(&old, Format::Xlsx, Vec::new()), Err(Unwritten::Head)));
}

#[test]
fn more_rows_than_a_sheet_has_are_said_before_anything_is_built() {
    use super::super::workbook::fits;
    assert!(fits(SHEET_ROWS_MAX).is_ok() && fits(0).is_ok());
    assert!(matches!(fits(SHEET_ROWS_MAX + 1), Err(Unwritten::TooManyRows)));
}
