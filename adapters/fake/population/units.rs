//! The units of the demo: Aarhus' departments with invented units, numbers and mailboxes.

use super::ids::{Room, stable};
use super::{UnitAbove, UnitRow};

/// Code, name, department, number (SBSYS and DUBU), mailbox. The order is part of the UUIDs: append, never insert.
const UNITS: &[(&str, &str, &str, u32, &str)] = &[
    ("UUJ-KOORD", "Ungekoordinering", "UUJ", 101, "ungekoordinering"),
    ("UUJ-UU", "Ungdomsvejledning", "UUJ", 102, "ungdomsvejledning"),
    ("UUJ-SOC", "Social myndighed, unge", "UUJ", 103, "social-unge"),
    ("JSY-YDELSE", "Ydelse", "JSY", 201, "ydelse"),
    ("JSY-SYG", "Sygedagpenge", "JSY", 202, "sygedagpenge"),
    ("JSY-RUS", "Rusmiddelcenter", "JSY", 203, "rusmiddelcenter"),
    ("JVS-JOB", "Jobrådgivning", "JVS", 301, "jobraadgivning"),
    ("SUV-FORSORG", "Forsorgshjem", "SUV", 401, "forsorgshjem"),
    ("SUV-STOETTE", "Bostøtte", "SUV", 402, "bostoette"),
    ("BFF-MYND", "Børnemyndighed", "BFF", 501, "boernemyndighed"),
    ("BFF-FAM", "Familiebehandling", "BFF", 502, "familiebehandling"),
    ("VJH-MYND", "Voksenmyndighed", "VJH", 601, "voksenmyndighed"),
    ("VJH-KRISE", "Krisecenter", "VJH", 602, "krisecenter"),
    ("VAGT", "Social døgnvagt", "MSB", 701, "doegnvagt"),
    ("MSO-SUND", "Sundhedsenhed", "MSO", 801, "sundhedsenhed"),
    ("MBU-SKOLE", "Skole", "MBU", 901, "skole"),
    // Not in the list of situations, but two callers must sit somewhere: reception, and the auditor and operator.
    ("MKB-BORG", "Borgerservice", "MKB", 911, "borgerservice"),
    ("MSB-STAB", "Stab", "MSB", 912, "stab"),
];

/// Department, its name in the staff directory, the department above it. The order is part of the UUIDs: append.
const ABOVE: &[(&str, &str, Option<&str>)] = &[
    ("MSB", "Sociale Forhold og Beskæftigelse", None),
    ("UUJ", "Unge, Uddannelse og Job", Some("MSB")),
    ("JSY", "Job, Sundhed og Ydelse", Some("MSB")),
    ("SUV", "Socialpsykiatri og Udsatte Voksne", Some("MSB")),
    ("JVS", "Job og Virksomhedsservice", Some("MSB")),
    ("BFF", "Børn, Familier og Fællesskaber", Some("MSB")),
    ("VJH", "Voksne, Job og Handicap", Some("MSB")),
    ("MSO", "Sundhed og Omsorg", None),
    ("MBU", "Børn og Unge", None),
    ("MKB", "Kultur og Borgerservice", None),
];

/// The chain above a unit of `department`, nearest first.
fn above(department: &str) -> Vec<UnitAbove> {
    let mut chain = Vec::new();
    let mut next = Some(department);
    while let Some(code) = next {
        let Some(((_, name, higher), at)) = ABOVE.iter().zip(1..).find(|((of, ..), _)| *of == code) else { break };
        chain.push(UnitAbove { uuid: stable(Room::Above, at), name: (*name).to_owned() });
        next = *higher;
    }
    chain
}

/// All units of the demo, in the order in which they were added.
pub fn units() -> Vec<UnitRow> {
    let row = |(at, (code, name, department, number, mailbox)): (u64, &(&str, &str, &str, u32, &str))| UnitRow {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        department: (*department).to_owned(),
        uuid: stable(Room::Unit, at),
        number: *number,
        phone: Some(format!("+45 00 00 {at:02} 00")),
        mailbox: Some(format!("{mailbox}@aarhus.example")),
        above: above(department),
    };
    (1..).zip(UNITS).map(row).collect()
}
