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
    ("leader-duty", "az10045", "VAGT"),
    ("insight-officer", "az10046", "MSB-STAB"),
    ("list-owner-youth", "az10047", "UUJ-SOC"),
    ("list-owner-jobcenter", "az10048", "JVS-JOB"),
    ("list-owner-adult", "az10049", "VJH-MYND"),
];

/// The title of who receives a unit's lists, and works on no case.
const LIST_OWNER: &str = "Målgruppeansvarlig";

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
    ("az10043", "Pia Prøve", "MSB-STAB", "Driftschef"),
    ("az10044", "Tove Test", "MSB-STAB", "Områdeleder"),
    ("az10045", "Ruth Prøve", "VAGT", "Leder"),
    ("az10046", "Vagn Test", "MSB-STAB", "Indsigtsmedarbejder"),
    ("az10047", "Else Prøve", "UUJ-SOC", LIST_OWNER),
    ("az10048", "Bo Test", "JVS-JOB", LIST_OWNER),
    ("az10049", "Nina Prøve", "VJH-MYND", LIST_OWNER),
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

/// AZ-ident, stand-in, leader. Who stands at the top, or alone in another department, has none.
const LINES: &[(&str, Option<&str>, Option<&str>)] = &[
    ("az10001", Some("az10016"), Some("az10040")),
    ("az10002", Some("az10014"), Some("az10010")),
    ("az10003", Some("az10021"), Some("az10010")),
    ("az10004", Some("az10025"), Some("az10041")),
    ("az10005", Some("az10032"), Some("az10010")),
    ("az10006", Some("az10029"), Some("az10042")),
    ("az10007", Some("az10028"), Some("az10044")),
    ("az10009", Some("az10036"), Some("az10045")),
    ("az10010", Some("az10040"), Some("az10043")),
    ("az10011", Some("az10002"), Some("az10010")),
    ("az10012", None, Some("az10043")),
    ("az10013", None, Some("az10043")),
    ("az10014", Some("az10002"), Some("az10010")),
    ("az10015", Some("az10014"), Some("az10010")),
    ("az10016", Some("az10001"), Some("az10040")),
    ("az10017", Some("az10018"), Some("az10040")),
    ("az10018", Some("az10017"), Some("az10040")),
    ("az10019", Some("az10020"), Some("az10040")),
    ("az10020", Some("az10019"), Some("az10040")),
    ("az10021", Some("az10022"), Some("az10010")),
    ("az10022", Some("az10021"), Some("az10010")),
    ("az10023", Some("az10024"), Some("az10010")),
    ("az10024", Some("az10023"), Some("az10010")),
    ("az10025", Some("az10004"), Some("az10041")),
    ("az10026", Some("az10027"), Some("az10044")),
    ("az10027", Some("az10026"), Some("az10044")),
    ("az10028", Some("az10007"), Some("az10044")),
    ("az10029", Some("az10006"), Some("az10042")),
    ("az10030", Some("az10031"), Some("az10042")),
    ("az10031", Some("az10030"), Some("az10042")),
    ("az10032", Some("az10005"), Some("az10010")),
    ("az10033", Some("az10032"), Some("az10010")),
    ("az10034", Some("az10035"), Some("az10035")),
    ("az10035", None, Some("az10043")),
    ("az10036", Some("az10009"), Some("az10045")),
    ("az10037", Some("az10038"), None),
    ("az10038", Some("az10037"), None),
    ("az10040", Some("az10041"), Some("az10043")),
    ("az10041", Some("az10040"), Some("az10043")),
    ("az10042", Some("az10040"), Some("az10043")),
    ("az10044", Some("az10042"), Some("az10043")),
    ("az10045", Some("az10044"), Some("az10043")),
    ("az10046", None, Some("az10043")),
    ("az10047", Some("az10019"), Some("az10040")),
    ("az10048", Some("az10014"), Some("az10010")),
    ("az10049", Some("az10032"), Some("az10010")),
];

/// Without a direct number: every actor has a number or says why not.
const NO_PHONE: &[&str] = &["az10018", "az10024", "az10027", "az10031", "az10033"];

/// With a mobile.
const MOBILE: &[&str] = &["az10001", "az10004", "az10007", "az10009", "az10028", "az10036"];

/// Has left, though cases still name him: passivated in the directory.
const LEFT: &[&str] = &["az10015"];

/// What is odd about somebody in the staff directory: AZ-ident, quirk, value as JSON.
const QUIRKS: &[(&str, &str, &str)] = &[
    ("az10004", "labels", "\"other\""),
    ("az10017", "labels", "\"none\""),
    // UUJ is her first position; the second began later.
    ("az10019", "second_position", "{\"title\":\"Praktikvejleder\",\"unit\":\"UUJ-UU\"}"),
    ("az10021", "ended_phone", "\"+45 00 00 30 21\""),
    ("az10023", "phone_text", "\"Tlf.: +45 00 00 10 23 / +45 00 00 30 23\""),
    ("az10029", "unknown_role", "\"Lokale 2.14\""),
    ("az10037", "no_person", "true"),
    ("az10038", "not_in_directory", "true"),
];

impl Staff {
    /// Whether invented cases can be theirs.
    pub(super) fn works_on_cases(&self) -> bool {
        self.title.as_deref() != Some(LIST_OWNER)
    }
}

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
        stand_in: line.and_then(|(_, stand_in, _)| *stand_in).map(str::to_owned),
        leader: line.and_then(|(.., leader)| *leader).map(str::to_owned),
        quirks: QUIRKS.iter().filter(|(of, ..)| *of == id).map(|(_, name, value)| quirk(name, value)).collect(),
    }
}

fn quirk(name: &str, value: &str) -> (String, serde_json::Value) {
    (name.to_owned(), serde_json::from_str(value).expect("the table above holds JSON"))
}
