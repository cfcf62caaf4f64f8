//! The fake as third parties meet it: the published samples, what the schema refuses, and what is never done.

use http::{HeaderMap, Method};
use serde_json::json;

use super::StaffDirectoryFake;
use crate::fake::{FakeAnswer, FakeRequest, FakeSystem, VendorFault};
use crate::staff_directory::tests::{context, id, staff};
use crate::staff_directory::wire::ns;
use crate::transport::soap::SoapVersion;
use crate::transport::xml::{self, Document};

const SAMPLE: &str = include_str!("../fixtures/search.xml");
const MEDIA_TYPE: &str = "application/soap+xml; charset=utf-8";

fn fake() -> StaffDirectoryFake {
    let quirks = json!({"ended_phone": "+45 00 00 99 99"});
    StaffDirectoryFake::new(context([
        staff(1, &json!({"quirks": quirks, "cpr": "0101019999"})),
        staff(2, &json!({})),
        staff(3, &json!({"left": true})),
    ]))
}

fn request(service: &str, body: &str, content_type: &str) -> FakeRequest {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", content_type.parse().expect("a header value"));
    FakeRequest {
        method: Method::POST,
        path: format!("/organisation/{service}/6/"),
        query: Vec::new(),
        headers,
        body: body.to_owned().into(),
        instead: None,
    }
}

fn ask(service: &str, body: &str) -> FakeAnswer {
    fake().answer(&request(service, body, MEDIA_TYPE))
}

fn content(answer: &FakeAnswer) -> Document {
    xml::body(std::str::from_utf8(&answer.body).expect("UTF-8"))
}

fn code(answer: &FakeAnswer) -> String {
    let content = content(answer);
    let content = content.root();
    if content.name() == "Fault" {
        let space = SoapVersion::V12.namespace();
        return content
            .child(space, "Code")
            .and_then(|code| code.child_text(space, "Value"))
            .expect("a code")
            .to_owned();
    }
    let returned = content.child(ns::OIO, "StandardRetur").expect("a standard return");
    returned.child_text(ns::OIO, "StatusKode").expect("a code").to_owned()
}

fn framed(service: &str, root: &str, inside: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>\
         <x:{root} xmlns:x=\"http://stoettesystemerne.dk/organisation/{service}/6/\" xmlns:d=\"urn:oio:sagdok:3.0.0\">\
         {inside}</x:{root}></s:Body></s:Envelope>"
    )
}

fn uuids(numbers: &[u128]) -> String {
    let one = |number: &u128| format!("<d:UUIDIdentifikator>{}</d:UUIDIdentifikator>", id(*number));
    numbers.iter().map(one).collect()
}

fn listed(answer: &FakeAnswer, service: &str) -> Vec<u128> {
    let space = format!("http://stoettesystemerne.dk/organisation/{service}/6/");
    let content = content(answer);
    let content = content.root();
    let ids = content.children(&space, "FiltreretOejebliksbillede").map(|snapshot| {
        let text = snapshot.child(&space, "ObjektType").and_then(|id| id.child_text(ns::OIO, "UUIDIdentifikator"));
        uuid::Uuid::parse_str(text.expect("an id")).expect("a UUID").as_u128() - id(0).as_u128()
    });
    ids.collect()
}

#[test]
fn the_published_search_is_answered_under_its_transaction() {
    let answer = ask("bruger", SAMPLE);
    assert_eq!(code(&answer), "20");
    assert_eq!(answer.headers["content-type"], MEDIA_TYPE);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("<h:TransactionUUID>44444444-4444-4444-8444-444444444444</h:TransactionUUID>"));
    let left = SAMPLE.replace("az00001", "az00003");
    assert_eq!(code(&ask("bruger", &left)), "44", "who is passivated is not active");
    assert_eq!(code(&ask("bruger", &SAMPLE.replace("az00001", "az00077"))), "44");
    assert_eq!(code(&ask("bruger", &SAMPLE.replace(">0<", ">1<"))), "44", "past the end");
}

#[test]
fn a_list_comes_in_another_order_and_without_those_that_nobody_knows() {
    let answer = ask("bruger", &framed("bruger", "ListInput", &uuids(&[1, 77, 2])));
    assert_eq!(listed(&answer, "bruger"), [2, 1]);
    for root in ["LaesInput", "ListInput"] {
        let answer = ask("bruger", &framed("bruger", root, &uuids(&[77])));
        assert_eq!(code(&answer), "44");
        assert!(listed(&answer, "bruger").is_empty());
        assert_eq!(listed(&ask("bruger", &framed("bruger", root, &uuids(&[2]))), "bruger"), [2]);
    }
}

#[test]
fn ended_entries_stand_beside_the_current_unless_a_window_leaves_them_out() {
    let phones = |filter: &str| {
        let answer = ask("bruger", &framed("bruger", "LaesInput", &format!("{}{filter}", uuids(&[1]))));
        String::from_utf8_lossy(&answer.body).matches("<d:Adresser>").count()
    };
    assert_eq!(phones(""), 3);
    let from = "<d:VirkningFraFilter><d:TidsstempelDatoTid>2025-01-01T00:00:00+01:00</d:TidsstempelDatoTid></d:VirkningFraFilter>";
    let to = "<d:VirkningTilFilter><d:GraenseIndikator>true</d:GraenseIndikator></d:VirkningTilFilter>";
    assert_eq!(phones(&format!("{from}{to}")), 2);
}

#[test]
fn the_three_lists_are_there_for_persons_and_addresses_too() {
    let users = ask("bruger", &framed("bruger", "ListInput", &uuids(&[1])));
    let text = String::from_utf8_lossy(&users.body).into_owned();
    let person = text.split("<d:TilknyttedePersoner>").nth(1).and_then(|rest| {
        let rest = rest.split("<d:ReferenceID><d:UUIDIdentifikator>").nth(1)?;
        rest.split('<').next()
    });
    let person = person.expect("a person");
    let inside = format!("<d:UUIDIdentifikator>{person}</d:UUIDIdentifikator>");
    let answer = ask("person", &framed("person", "LaesInput", &inside));
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("<x:TilstandListe/><x:RelationListe/>"));
    // It is there for the adapter to drop.
    assert!(text.contains("<t:CPR-NummerTekst>0101019999</t:CPR-NummerTekst><x:NavnTekst>Ove 1 Test</x:NavnTekst>"));
}

#[test]
fn what_the_schema_forbids_is_a_sender_fault() {
    let wrong = [
        SAMPLE.replace("<x:RelationListe/>", ""),
        SAMPLE.replace("<x:RelationListe/>", "<d:RelationListe/>"),
        SAMPLE.replace("d:BrugerNavn", "x:BrugerNavn"),
        SAMPLE.replace(">Aktiv<", ">aktiv<"),
        SAMPLE.replace("<x:RelationListe/>", "<x:RelationListe><d:Funktionstype/></x:RelationListe>"),
        SAMPLE.replace("<x:RelationListe/>", "<x:RelationListe><d:Adresser/></x:RelationListe>"),
        SAMPLE.replace(">0<", ">nul<"),
        framed("bruger", "ListInput", ""),
        framed("bruger", "LaesInput", &uuids(&[1, 2])),
        framed("bruger", "ListInput", "<d:UUIDIdentifikator>1</d:UUIDIdentifikator>"),
        framed("person", "ListInput", &uuids(&[1])),
        framed("bruger", "HentInput", ""),
    ];
    for body in wrong {
        let answer = ask("bruger", &body);
        assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (500, "s:Sender"), "{body}");
    }
    let soap_11 =
        SAMPLE.replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/");
    assert_eq!(code(&ask("bruger", &soap_11)), "s:VersionMismatch");
}

#[test]
fn nothing_that_writes_is_done() {
    for root in ["OpretInput", "ImportInput", "RetInput", "PassiverInput", "SletInput"] {
        let answer = ask("bruger", &framed("bruger", root, &uuids(&[1])));
        assert!(String::from_utf8_lossy(&answer.body).contains("ikke tilladt"), "{root}");
    }
    for (verb, text) in [("passiver", "ikke tilladt"), ("list", "Ukendt action")] {
        let content_type = format!("{MEDIA_TYPE}; action=\"http://kombit.dk/sts/organisation/bruger/{verb}\"");
        let answer = fake().answer(&request("bruger", SAMPLE, &content_type));
        assert!(String::from_utf8_lossy(&answer.body).contains(text), "{verb}");
    }
}

#[test]
fn the_frame_is_the_services_own() {
    let status =
        |service: &str, content_type: &str| fake().answer(&request(service, SAMPLE, content_type)).status.as_u16();
    assert_eq!(status("bruger", "text/xml"), 415);
    assert_eq!(status("organisationsenhed", MEDIA_TYPE), 404);
    let mut get = request("bruger", SAMPLE, MEDIA_TYPE);
    get.method = Method::GET;
    assert_eq!(fake().answer(&get).status, 405);
    assert_eq!(fake().citizen(&request("bruger", SAMPLE, MEDIA_TYPE)), None);
}

#[test]
fn errors_and_faults_are_in_the_directorys_words() {
    let mut asked = request("bruger", SAMPLE, MEDIA_TYPE);
    asked.headers.insert("x-fake-status", "40".parse().expect("a header value"));
    let answer = fake().answer(&asked);
    assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (200, "40"));
    assert_eq!(code(&fake().fault(&asked, VendorFault::RefusedToken)), "s:Sender");
    assert_eq!(code(&fake().fault(&asked, VendorFault::Fault)), "s:Receiver");
}
