//! The fake's own strictness: what the contract refuses, it refuses.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use uuid::Uuid;

use super::PersonsFake;
use crate::fake::population::{CLAUS, JENS_A, JENS_B, RUTH_FORMER};
use crate::fake::{FakeContext, FakeRequest, FakeSystem, VendorFault};
use crate::persons::request;
use crate::persons::settings::Settings;
use crate::persons::tests::{clock, settings, town};
use crate::persons::wire::Version;

fn fake() -> PersonsFake {
    PersonsFake::new(FakeContext { world: town(), clock: clock() })
}

fn question(version: Version, number: &str) -> FakeRequest {
    let settings: Settings = serde_json::from_value(settings()).expect("settings");
    let body = request::look_up(&settings, version, Uuid::nil(), number);
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("text/xml; charset=utf-8"));
    headers.insert("soapaction", HeaderValue::from_static(version.action()));
    FakeRequest {
        method: Method::POST,
        path: version.path().to_owned(),
        query: Vec::new(),
        headers,
        body: body.into(),
        instead: None,
    }
}

fn told(request: &FakeRequest) -> (u16, String) {
    let answer = fake().answer(request);
    (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).expect("UTF-8"))
}

fn with(from: &str, to: &str) -> FakeRequest {
    let request = question(Version::Five, CLAUS);
    let body = String::from_utf8(request.body.to_vec()).expect("UTF-8");
    assert!(body.contains(from), "{from} in {body}");
    FakeRequest { body: Bytes::from(body.replacen(from, to, 1)), ..request }
}

#[test]
fn a_question_by_the_contract_is_answered_in_both_versions() {
    for version in [Version::Five, Version::Four] {
        let (status, body) = told(&question(version, CLAUS));
        assert_eq!(status, 200);
        assert!(body.contains(version.namespace()) && body.contains("<personadresseringsnavn>Claus Prøve<"));
        assert_eq!(body.contains("AdresseUUID"), version == Version::Five);
    }
    let (status, body) = told(&question(Version::Five, "0101018888"));
    assert_eq!(status, 500);
    assert!(body.contains("<faultstring>PNR not found</faultstring>") && body.contains(":ErrorText>PNR not found<"));
    assert_eq!(told(&question(Version::Five, "0000000000")).0, 500);
}

#[test]
fn what_the_schema_or_the_policy_forbids_is_a_fault() {
    let authority = "<a:AuthorityContext xmlns:a=\"http://serviceplatformen.dk/xml/schemas/AuthorityContext/1/\"><a:MunicipalityCVR>55133018</a:MunicipalityCVR></a:AuthorityContext>";
    let number = format!("<n:PNR xmlns:n=\"http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/\">{CLAUS}</n:PNR>");
    let (one, two) = (format!("{authority}{number}"), format!("{number}{authority}"));
    for (what, request) in [
        ("eleven characters", with(CLAUS, "140504-9979")),
        ("no number", with(&number, "")),
        ("number in another namespace", with("schemas/cpr/PNR/1/", "schemas/cpr/PNR/2/")),
        ("number twice", with(&number, &format!("{number}{number}"))),
        ("number before authority", {
            let request = with(authority, "");
            let body = String::from_utf8(request.body.to_vec()).expect("UTF-8").replace(&number, &two);
            FakeRequest { body: body.into(), ..request }
        }),
        ("authority twice", with(&number, &one)),
        ("seven digits", with("55133018", "5513301")),
        ("capitals", with("11111111-1111-4111-8111-111111111111", "AAAAAAAA-1111-4111-8111-111111111111")),
        ("no user", with("<i:UserUUID>33333333-3333-4333-8333-333333333333</i:UserUUID>", "")),
        ("another service", with("4925d7a0", "4925d7a1")),
        ("an element more", with("</c:CallContext>", "</c:CallContext><ukendt/>")),
        ("text between", with("</c:CallContext>", "</c:CallContext>tekst")),
        ("a long text", with(&Uuid::nil().to_string(), &"x".repeat(256))),
        ("another operation", with("<p:PersonLookupRequest", "<p:PersonUpdateRequest xmlns:q=\"urn:q\"")),
        ("version 4 in version 5", with("PersonBaseDataExtended/5/", "PersonBaseDataExtended/4/")),
        ("SOAP 1.2", with("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")),
        ("a document type", with("<s:Envelope", "<!DOCTYPE a><s:Envelope")),
    ] {
        let (status, body) = told(&request);
        assert_eq!(status, 500, "{what}");
        assert!(body.contains("s:Fault") && !body.contains(NOT_FOUND), "{what}: {body}");
    }
}

const NOT_FOUND: &str = "PNR not found";

#[test]
fn ten_characters_that_are_no_number_pass_the_schema_and_are_nobodys() {
    for number in ["", "140504-997", "hemmelig"] {
        let (status, body) = told(&with(CLAUS, number));
        assert_eq!(status, 500);
        assert!(body.contains(NOT_FOUND), "{number}");
    }
}

#[test]
fn the_frame_is_checked_before_the_body() {
    let asked = || question(Version::Five, CLAUS);
    let other = |name, value| {
        let mut request = asked();
        request.headers.insert(name, HeaderValue::from_static(value));
        request
    };
    assert_eq!(told(&FakeRequest { path: "/service/CPR/PersonBaseDataExtended/6".to_owned(), ..asked() }).0, 404);
    assert_eq!(told(&FakeRequest { method: Method::GET, ..asked() }).0, 405);
    assert_eq!(told(&other("content-type", "application/soap+xml")).0, 415);
    for action in ["", "\"\"", Version::Four.action(), "PersonLookup"] {
        let (status, body) = told(&other("soapaction", action));
        assert_eq!(status, 500);
        assert!(body.contains("SOAPAction"), "{action}");
    }
    let mut without = asked();
    without.headers.remove("soapaction");
    assert!(told(&without).1.contains("SOAPAction"));
}

#[test]
fn a_token_in_the_header_stands_for_the_contexts() {
    let body = String::from_utf8(question(Version::Five, CLAUS).body.to_vec()).expect("UTF-8");
    let (start, end) = (body.find("<i:Invocation").expect("a context"), body.find("<n:PNR").expect("a number"));
    let bare = format!("{}{}", &body[..start], &body[end..]);
    let security = "<s:Header><w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"/></s:Header><s:Body>";
    let signed = bare.replace("<s:Body>", security);
    let asked = |body: String| told(&FakeRequest { body: body.into(), ..question(Version::Five, CLAUS) });
    assert!(asked(bare).1.contains("InvocationContext mangler"));
    assert_eq!(asked(signed).0, 200);
}

#[test]
fn the_fake_tells_whom_a_question_is_about_and_answers_about_another_when_told_to() {
    let request = question(Version::Five, JENS_A);
    assert_eq!(fake().citizen(&request).as_deref(), Some(JENS_A));
    assert_eq!(fake().citizen(&question(Version::Four, RUTH_FORMER)).as_deref(), Some(RUTH_FORMER));
    assert_eq!(fake().citizen(&question(Version::Five, "0000000000")), None);
    let (_, body) = told(&FakeRequest { instead: Some(JENS_B.to_owned()), ..request });
    assert!(body.contains(JENS_B) && !body.contains(JENS_A));
    let fault = fake().fault(&question(Version::Five, CLAUS), VendorFault::Fault);
    assert!(String::from_utf8_lossy(&fault.body).contains(CLAUS), "a careless text repeats the number");
}

#[test]
fn what_the_register_counts_goes_on_after_death_and_leaves_out_the_gone() {
    let world = town();
    let dead = world.persons().iter().find(|person| person.status == 90).expect("somebody dead");
    let (_, body) = told(&question(Version::Five, &dead.cpr));
    assert!(body.contains("<alder>") && body.contains("<aktuelAdresse/>"));
    let (_, body) = told(&question(Version::Five, crate::fake::population::MAJA));
    assert!(body.contains("<antalBoernUnder18>2</antalBoernUnder18>"));
    let (_, body) = told(&question(Version::Five, crate::fake::population::MIKKEL));
    assert!(
        body.contains("<DeltBopælMarkering>true</DeltBopælMarkering><DeltBopælStartDato>2024-03-01T00:00:00+01:00<")
    );
}
