//! The text forms, byte for byte.

use super::*;

const CHECKSUM: &str = "c559947ba2e35340b9bc456b9dd5b4bdd3269f7a8214ab05ff1bd73744872db2";

const CSV: &str = "\u{feff}Pseudonym;CPR-nummer;Ændringskode;Ændring;Begrundelse;Alder;Afdelinger;Enheder;Siden;Antal sager og indsatser\r\n\
00000000c0ffeec0ffeec0ffeec0ffee;010101-9999;new;ny;Aktiv sag i JSY siden 2024-03-01 og i UUJ siden 2025-01-15.;22;JSY UUJ;JSY-YDELSE UUJ-KOORD;2024-03-01;2\r\n\
00000001c0ffeec0ffeec0ffeec0ffee;610203-9998;still;uændret;Opfylder kriterierne.;;;;;\r\n\
00000004c0ffeec0ffeec0ffeec0ffee;;unverified;ikke bekræftet;Kan ikke bekræftes: DUBU er ikke læst.;22;JSY UUJ;JSY-YDELSE UUJ-KOORD;2024-03-01;2\r\n";

const HEAD: &str = r#""schema":"1","run":"0190b0de-0000-7000-8000-000000000001","rule":"cross_department","name":"Aktive sager i mindst to driftsområder","rule_hash":"abababababababababababababababababababababababababababababababab","as_of":"2026-11-22","made_at":"2026-11-22T04:30:00Z","legal_basis":"rsl-11a","receiver":"UUJ-KOORD","columns":[{"code":"pseudonym","kind":"text","danish":"Pseudonym","english":"Pseudonym"},{"code":"cpr","kind":"text","danish":"CPR-nummer","english":"CPR number"},{"code":"change","kind":"text","danish":"Ændringskode","english":"Change code"},{"code":"change_text","kind":"text","danish":"Ændring","english":"Change (Danish)"},{"code":"reason","kind":"text","danish":"Begrundelse","english":"Reason (Danish)"},{"code":"age_years","kind":"number","danish":"Alder","english":"Age in years"},{"code":"departments","kind":"codes","danish":"Afdelinger","english":"Departments"},{"code":"units","kind":"codes","danish":"Enheder","english":"Units"},{"code":"since","kind":"date","danish":"Siden","english":"Since"},{"code":"facts","kind":"number","danish":"Antal sager og indsatser","english":"Cases and efforts"}],"citizens":3,"checksum":"#;

const COUNTS: &str = r#"{"new":1,"still":1,"changed":0,"ended":0,"unverified":1}"#;

const GAPS: &str = r#"[{"kind":"source_incomplete","source":"dubu","text":"DUBU er ikke læst helt siden 2026-11-20; listen kan mangle børnesager."}]"#;

const ROWS: [&str; 3] = [
    r#""pseudonym":"00000000c0ffeec0ffeec0ffeec0ffee","cpr":"010101-9999","change":"new","change_text":"ny","reason":"Aktiv sag i JSY siden 2024-03-01 og i UUJ siden 2025-01-15.","age_years":22,"departments":["JSY","UUJ"],"units":["JSY-YDELSE","UUJ-KOORD"],"since":"2024-03-01","facts":2}"#,
    r#""pseudonym":"00000001c0ffeec0ffeec0ffeec0ffee","cpr":"610203-9998","change":"still","change_text":"uændret","reason":"Opfylder kriterierne.","age_years":null,"departments":null,"units":null,"since":null,"facts":null}"#,
    r#""pseudonym":"00000004c0ffeec0ffeec0ffeec0ffee","cpr":null,"change":"unverified","change_text":"ikke bekræftet","reason":"Kan ikke bekræftes: DUBU er ikke læst.","age_years":22,"departments":["JSY","UUJ"],"units":["JSY-YDELSE","UUJ-KOORD"],"since":"2024-03-01","facts":2}"#,
];

#[test]
fn csv_is_what_a_danish_spreadsheet_reads() {
    assert_eq!(text_of(&with_numbers(), Format::Csv), CSV);
}

#[test]
fn json_is_one_document() {
    let [first, second, third] = ROWS;
    let whole = format!(
        "{{\"head\":{{{HEAD}\"{CHECKSUM}\"}},\n\"counts\":{COUNTS},\n\"citizens\":[\n{{{first},\n{{{second},\n{{{third}],\n\"gaps\":{GAPS}}}\n"
    );
    assert_eq!(text_of(&with_numbers(), Format::Json), whole);
    serde_json::from_str::<serde_json::Value>(&whole).expect("JSON");
}

#[test]
fn ndjson_has_a_head_a_line_a_citizen_and_an_end() {
    let mut whole = format!("{{\"type\":\"head\",{HEAD}\"{CHECKSUM}\"}}\n");
    whole.extend(ROWS.map(|row| format!("{{\"type\":\"citizen\",{row}\n")));
    whole.extend([format!("{{\"type\":\"end\",\"citizens\":3,\"counts\":{COUNTS},\"gaps\":{GAPS}}}\n")]);
    assert_eq!(text_of(&with_numbers(), Format::Ndjson), whole);
}

/// The texts that the checksum of the first row is made of, so that another program can be held against them.
#[test]
fn a_row_s_checksum_is_made_of_these_texts() {
    let report = with_numbers();
    let texts = "pseudonym=32:00000000c0ffeec0ffeec0ffeec0ffee\ncpr=11:010101-9999\nchange=3:new\nchange_text=2:ny\n\
        reason=59:Aktiv sag i JSY siden 2024-03-01 og i UUJ siden 2025-01-15.\nage_years=2:22\ndepartments=7:JSY UUJ\n\
        units=20:JSY-YDELSE UUJ-KOORD\nsince=10:2024-03-01\nfacts=1:2\n";
    let by_hand = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, texts.as_bytes());
    assert_eq!(row_checksum(&columns_of(&report), &report.citizens[0]), by_hand.as_ref());
}
