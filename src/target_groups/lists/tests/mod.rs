//! That every form tells the same list, whatever stands in it, and that none breaks where it is written to.

mod golden;
mod hostile;
mod opened;
mod reading;
mod same;
mod shelf;

use glasplade_adapters::contract::CprNumber;
use jiff::civil::date;

use super::*;
use crate::target_groups::{Change, Gap, GapKind, ListedCitizen};

/// A report about nobody.
fn empty() -> Report {
    Report {
        run: "0190b0de-0000-7000-8000-000000000001".to_owned(),
        rule: "cross_department".into(),
        name: "Aktive sager i mindst to driftsområder".to_owned(),
        rule_hash: "ab".repeat(32),
        as_of: date(2026, 11, 22),
        made_at: "2026-11-22T04:30:00Z".parse().expect("a moment"),
        legal_basis: "rsl-11a".to_owned(),
        receiver: "UUJ-KOORD".into(),
        citizens: Vec::new(),
        gaps: Vec::new(),
    }
}

/// An invented citizen, `change` by number, with all that a row can have.
fn citizen(number: u32) -> ListedCitizen {
    ListedCitizen {
        pseudonym: format!("{number:08x}{}", "c0ffee".repeat(4)),
        number: None,
        change: Change::ALL[number as usize % Change::ALL.len()],
        reason: "Aktiv sag i JSY siden 2024-03-01 og i UUJ siden 2025-01-15.".to_owned(),
        age_years: Some(22),
        departments: vec!["JSY".into(), "UUJ".into()],
        units: vec!["JSY-YDELSE".into(), "UUJ-KOORD".into()],
        since: Some(date(2024, 3, 1)),
        facts: 2,
    }
}

/// Three citizens: one with everything, one of whom the rule shows nothing, one of whom a source could not tell.
fn small() -> Report {
    let mut report = empty();
    let nothing_shown = ListedCitizen {
        reason: "Opfylder kriterierne.".to_owned(),
        age_years: None,
        departments: Vec::new(),
        units: Vec::new(),
        since: None,
        facts: 0,
        ..citizen(1)
    };
    let unverified = ListedCitizen { reason: "Kan ikke bekræftes: DUBU er ikke læst.".to_owned(), ..citizen(4) };
    report.citizens = vec![citizen(0), nothing_shown, unverified];
    report.gaps = vec![Gap {
        kind: GapKind::SourceIncomplete,
        source: Some("dubu".into()),
        text: "DUBU er ikke læst helt siden 2026-11-20; listen kan mangle børnesager.".to_owned(),
    }];
    report
}

/// The same with numbers: one begins with a zero, one citizen has none.
fn with_numbers() -> Report {
    let mut report = small();
    report.citizens[0].number = CprNumber::parse("0101019999").ok();
    report.citizens[1].number = CprNumber::parse("6102039998").ok();
    report
}

/// Everything that a text can do to a file.
fn hostile() -> Report {
    let texts = [
        "=HYPERLINK(\"https://example.invalid\";\"klik\")",
        "+4500000000",
        "-1",
        "@SUM(A1:A9)",
        "\t=1+1",
        "\r\n=1+1",
        "  =1+1",
        "＝1+1",
        "'=1+1",
        "en \"anden\"; tredje",
        "to\nlinjer, tre\r\nog fire\rslut",
        "æøå ÆØÅ é ß 😀 \u{301}",
        "<r><t>markup</t></r>",
        "<b>&amp;</b> ]]> <!-- -->",
        // Not `_x005F_`: openpyxl drops it from any text.
        "_x000D_ _xZZZZ_ _x",
        "\u{1}\u{1b}[31m\u{7f}\u{85}\u{fffe}\u{ffff}",
        " mellemrum først og sidst ",
        "0123",
        "12345678901234567890",
        "12e45",
        ";;;\"\"\"",
        "\u{feff}BOM",
        "null",
        "",
    ];
    let mut report = with_numbers();
    report.name = "<r>=1+1;\"æøå\"\n</r>".to_owned();
    report.citizens = (0..)
        .zip(texts)
        .map(|(number, text)| ListedCitizen {
            reason: text.to_owned(),
            departments: vec![text.into(), "JSY".into()],
            units: vec![text.into()],
            number: CprNumber::parse("0101019999").ok(),
            ..citizen(number)
        })
        .collect();
    // Pseudonyms that a spreadsheet would make numbers of.
    report.citizens[0].pseudonym = "01234567890123456789012345678901".to_owned();
    report.citizens[1].pseudonym = "1234567890123456789012345678e901".to_owned();
    report.citizens[2].since = Some(date(1899, 12, 31));
    report.citizens[3].since = Some(date(1900, 3, 1));
    report.citizens[4].facts = u32::MAX;
    report.gaps[0].text = "=1+1;\r\n<r></r>".to_owned();
    report
}

/// `rows` citizens with texts that differ.
fn large(rows: u32) -> Report {
    let mut report = empty();
    report.citizens = (0..rows)
        .map(|number| ListedCitizen {
            reason: format!("Aktiv sag i JSY siden 2024-03-01 og i UUJ siden 2025-01-15 ({number})."),
            ..citizen(number)
        })
        .collect();
    report
}

fn bytes_of(report: &Report, format: Format) -> Vec<u8> {
    let mut into = Vec::new();
    write(report, format, &mut into).expect("memory takes it");
    into
}

fn text_of(report: &Report, format: Format) -> String {
    String::from_utf8(bytes_of(report, format)).expect("UTF-8")
}
