//! The staff of the demo: the people behind the callers' handles, and a few colleagues in each unit.

use std::collections::BTreeMap;

use super::Staff;
use super::ids::{Room, stable};
use super::situations::{HENRIK, MICHAEL};

/// The callers of the demo: role handle (`token --as …`), AZ-ident, unit code.
pub const CALLERS: &[(&str, &str, &str)] = &[
    ("coordinator-youth", "az10001", "UUJ-KOORD"),
    ("caseworker-jobcenter", "az10002", "JVS-JOB"),
    ("benefit-officer", "az10003", "JSY-YDELSE"),
    ("provider-substance", "az10004", "JSY-RUS"),
    ("caseworker-adult", "az10005", "VJH-MYND"),
    ("caseworker-child", "az10006", "BFF-MYND"),
    ("provider-support", "az10007", "SUV-STOETTE"),
    ("reception", "az10008", "MKB-BORG"),
    ("on-call", "az10009", "VAGT"),
    ("leader-jobcenter", "az10010", "JVS-JOB"),
    ("list-owner", "az10011", "JVS-JOB"),
    ("auditor", "az10012", "MSB-STAB"),
    ("operator", "az10013", "MSB-STAB"),
];

/// AZ-ident, name, unit, title. The last digits give UUID, number and phone: idents are never reused.
const STAFF: &[(&str, &str, &str, &str)] = &[
    ("az10001", "Karen Prøve", "UUJ-KOORD", "Koordinator"),
    ("az10002", "Michael Test", "JVS-JOB", "Jobrådgiver"),
    ("az10003", "Henrik Prøve", "JSY-YDELSE", "Ydelsesmedarbejder"),
    ("az10004", "Nadia Test", "JSY-RUS", "Behandler"),
    ("az10005", "Peter Prøve", "VJH-MYND", "Socialrådgiver"),
    ("az10006", "Birgitte Test", "BFF-MYND", "Børne- og ungerådgiver"),
    ("az10007", "Jonas Prøve", "SUV-STOETTE", "Bostøtte"),
    ("az10008", "Susanne Test", "MKB-BORG", "Borgerservicemedarbejder"),
    ("az10009", "Emil Prøve", "VAGT", "Vagthavende"),
    ("az10010", "Hanne Test", "JVS-JOB", "Leder"),
    ("az10011", "Lars Prøve", "JVS-JOB", "Visitator"),
    ("az10012", "Inger Test", "MSB-STAB", "Revisor"),
    ("az10013", "Ali Prøve", "MSB-STAB", "Driftsansvarlig"),
    ("az10014", "Anne-Mette Prøve", "JVS-JOB", "Jobrådgiver"),
    ("az10015", "Torben Test", "JVS-JOB", "Jobrådgiver"),
    ("az10016", "Camilla Test", "UUJ-KOORD", "Koordinator"),
    ("az10017", "Ida Prøve", "UUJ-UU", "Ungdomsvejleder"),
    ("az10018", "Mads Test", "UUJ-UU", "Ungdomsvejleder"),
    ("az10019", "Lotte Prøve", "UUJ-SOC", "Socialrådgiver"),
    ("az10020", "Simon Test", "UUJ-SOC", "Socialrådgiver"),
    ("az10021", "Gitte Prøve", "JSY-YDELSE", "Ydelsesmedarbejder"),
    ("az10022", "Ahmed Test", "JSY-YDELSE", "Ydelsesmedarbejder"),
    ("az10023", "Charlotte Prøve", "JSY-SYG", "Sygedagpengerådgiver"),
    ("az10024", "Niels Test", "JSY-SYG", "Sygedagpengerådgiver"),
    ("az10025", "Rikke Prøve", "JSY-RUS", "Behandler"),
    ("az10026", "Palle Test", "SUV-FORSORG", "Socialpædagog"),
    ("az10027", "Vibeke Prøve", "SUV-FORSORG", "Socialpædagog"),
    ("az10028", "Trine Test", "SUV-STOETTE", "Støtte- og kontaktperson"),
    ("az10029", "Dorthe Prøve", "BFF-MYND", "Børne- og ungerådgiver"),
    ("az10030", "Kasper Test", "BFF-FAM", "Familiebehandler"),
    ("az10031", "Louise Prøve", "BFF-FAM", "Familiebehandler"),
    ("az10032", "Søren Test", "VJH-MYND", "Socialrådgiver"),
    ("az10033", "Mette Prøve", "VJH-MYND", "Socialrådgiver"),
    ("az10034", "Aase Test", "VJH-KRISE", "Socialpædagog"),
    ("az10035", "Bodil Prøve", "VJH-KRISE", "Leder"),
    ("az10036", "Fatima Test", "VAGT", "Vagthavende"),
    ("az10037", "Grethe Prøve", "MSO-SUND", "Sygeplejerske"),
    ("az10038", "Ulrik Test", "MSO-SUND", "Visitator"),
    ("az10039", "Ellen Prøve", "MBU-SKOLE", "Skoleleder"),
    ("az10040", "Jytte Test", "UUJ-SOC", "Leder"),
    ("az10041", "Steen Prøve", "JSY-RUS", "Leder"),
    ("az10042", "Kaj Test", "BFF-MYND", "Leder"),
];

/// How single sources spell a name: AZ-ident, source, spelling.
const SPELLINGS: &[(&str, &str, &str)] = &[
    // One colleague, three systems, three spellings: she must still be one actor.
    ("az10014", "sbsys", "Anne Mette Prøve"),
    ("az10014", "fasit", "Prøve, Anne-Mette"),
    ("az10014", "case_index", "A.M. Prøve"),
    ("az10001", "fasit", "Prøve, Karen"),
    ("az10032", "case_index", "Soeren Test"),
    ("az10006", "dubu", "Birgitte  Test"),
];

/// AZ-ident, stand-in, leader.
const LINES: &[(&str, &str, &str)] = &[
    ("az10001", "az10016", "az10040"),
    ("az10002", "az10014", "az10010"),
    ("az10003", "az10021", "az10010"),
    ("az10004", "az10025", "az10041"),
    ("az10005", "az10032", "az10010"),
    ("az10006", "az10029", "az10042"),
    ("az10009", "az10036", "az10010"),
    ("az10014", "az10002", "az10010"),
    ("az10015", "az10014", "az10010"),
];

/// Without a direct number: every actor has a number or says why not.
const NO_PHONE: &[&str] = &["az10018", "az10024", "az10027", "az10031", "az10033"];

/// With a mobile.
const MOBILE: &[&str] = &["az10001", "az10004", "az10007", "az10009", "az10028", "az10036"];

/// No longer in the directory, though cases still name him.
const LEFT: &[&str] = &["az10015"];

/// All staff of the demo.
pub fn staff() -> Vec<Staff> {
    (1..).zip(STAFF).map(|(at, (id, name, unit, title))| member(at, id, name, unit, title)).collect()
}

fn member(at: u32, id: &str, name: &str, unit: &str, title: &str) -> Staff {
    let line = LINES.iter().find(|(of, ..)| *of == id);
    let left = LEFT.contains(&id);
    let spelled = |(of, source, spelling): &(&str, &str, &str)| {
        (*of == id).then(|| ((*source).to_owned(), (*spelling).to_owned()))
    };
    Staff {
        id: id.to_owned(),
        uuid: stable(Room::Staff, u64::from(at)),
        number: 200 + at,
        name: name.to_owned(),
        spellings: SPELLINGS.iter().filter_map(spelled).collect::<BTreeMap<_, _>>(),
        unit: unit.to_owned(),
        title: Some(title.to_owned()),
        email: (!left).then(|| format!("{id}@aarhus.example")),
        phone: (!left && !NO_PHONE.contains(&id)).then(|| format!("+45 00 00 10 {at:02}")),
        mobile: MOBILE.contains(&id).then(|| format!("+45 00 00 20 {at:02}")),
        left,
        cpr: match id {
            "az10002" => Some(MICHAEL.to_owned()),
            "az10003" => Some(HENRIK.to_owned()),
            _ => None,
        },
        stand_in: line.map(|(_, stand_in, _)| (*stand_in).to_owned()),
        leader: line.map(|(.., leader)| (*leader).to_owned()),
    }
}
