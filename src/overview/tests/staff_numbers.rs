//! A number of the source's own and the directory's: the newer counts, and the other is kept.

use glasplade_adapters::contract::{Actor, Record, StaffMember};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Desk;
use super::staff::{actors, case, knows, member, named, read_at};
use crate::staff::Known;
use crate::testing::job_caseworker;

fn with_phone(phone: &str) -> Record {
    case("sbsys", "1", vec![Actor { phone: Some(phone.to_owned()), ..named("az10014", "Anne-Mette Prøve") }])
}

fn call(rows: Vec<Record>, known: &Known, read_later_s: i64) -> Value {
    let moment = read_at().saturating_add(SignedDuration::from_secs(read_later_s)).expect("a moment");
    Desk::new().sees_with(&job_caseworker(), rows, known, moment)["actors"][0]["call"].clone()
}

#[test]
fn a_source_s_own_number_is_preferred_when_it_was_read_later() {
    let known = knows([member("az10014", "Anne-Mette Prøve")]);
    let (own, directory) = ("+45 00 00 00 99", "+45 00 010014");
    let newer = json!({ "number": own, "kind": "direct", "others": [{ "value": directory, "sources": ["staff"] }] });
    assert_eq!(call(vec![with_phone(own)], &known, 1), newer);
    let older = json!({ "number": directory, "kind": "direct", "others": [{ "value": own, "sources": ["sbsys"] }] });
    assert_eq!(call(vec![with_phone(own)], &known, 0), older);
    assert_eq!(call(vec![with_phone(own)], &Known::unconfigured(), 0), json!({ "number": own, "kind": "direct" }));
}

#[test]
fn one_number_in_two_spellings_is_no_disagreement() {
    let known = knows([StaffMember { phone: Some("00000099".to_owned()), ..member("az10014", "Anne-Mette Prøve") }]);
    let found = call(vec![with_phone("+45 00 00 00 99")], &known, 1);
    assert_eq!(found, json!({ "number": "+45 00 00 00 99", "kind": "direct" }));
}

#[test]
fn a_mobile_stands_beside_the_direct_number_and_for_it_where_there_is_none() {
    let mobile = Some("+45 00 00 20 14".to_owned());
    let both = StaffMember { mobile: mobile.clone(), ..member("az10014", "Anne-Mette Prøve") };
    let only = StaffMember { phone: None, ..both.clone() };
    let row = || case("sbsys", "1", vec![named("az10014", "Anne-Mette Prøve")]);
    let found = |member| actors(vec![row()], &knows([member]))[0].clone();
    assert_eq!((&found(both.clone())["mobile"], &found(both)["call"]["kind"]), (&json!(mobile), &json!("direct")));
    assert_eq!(found(only)["call"], json!({ "number": mobile, "kind": "mobile" }));
}

#[test]
fn a_source_s_own_number_stands_while_the_directory_is_silent() {
    use crate::staff::Entry;
    for entry in [Entry::Pending, Entry::Unavailable] {
        let known = super::staff::says("az10014", entry);
        assert_eq!(call(vec![with_phone("+45 00 00 00 99")], &known, 0)["number"], "+45 00 00 00 99");
    }
}
