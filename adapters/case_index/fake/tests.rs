//! The fake as third parties meet it: the published samples, what the schema refuses, and the whole search.

use http::{HeaderMap, Method};

use super::{CaseIndexFake, schema};
use crate::case_index::tests::{CITIZEN, LOOK_ALIKE, context, id, row};
use crate::case_index::wire::ns;
use crate::fake::population::CaseRow;
use crate::fake::{FakeAnswer, FakeRequest, FakeSystem};
use crate::transport::xml::{self, Document, Element};

const SAMPLE: &str = include_str!("../fixtures/request.xml");
const CHANGES: &str = include_str!("../fixtures/request_changes.xml");
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

fn fake() -> CaseIndexFake {
    let other = CaseRow { citizen: LOOK_ALIKE.to_owned(), ..row(3) };
    let boundary = CaseRow { changed: "2025-03-30T01:00:00Z".parse().ok(), ..row(2) };
    CaseIndexFake::new(context([row(1), boundary, other]))
}

fn request(body: &str, headers: &[(&'static str, &str)]) -> FakeRequest {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().expect("a header value"));
    }
    FakeRequest {
        method: Method::POST,
        path: "/sagdokumentindeks/6".to_owned(),
        query: Vec::new(),
        headers: map,
        body: body.to_owned().into(),
        instead: None,
    }
}

fn ask(body: &str) -> FakeAnswer {
    fake().answer(&request(body, &[("content-type", "text/xml; charset=utf-8")]))
}

fn text_of(answer: &FakeAnswer) -> &str {
    std::str::from_utf8(&answer.body).expect("UTF-8")
}

fn output(answer: &FakeAnswer) -> Document {
    xml::body(text_of(answer))
}

/// `StatusKode`, `Antal`, and the last figure of every case's id.
fn told(answer: &FakeAnswer) -> (String, Option<String>, Vec<u128>) {
    let output = output(answer);
    let output = output.root();
    let returned = output.child(ns::OIO, "StandardRetur").expect("a standard return");
    let code = returned.child_text(ns::OIO, "StatusKode").expect("a code").to_owned();
    let count = output.child(ns::INDEX, "Antal").and_then(|count| count.child_text(ns::INDEX, "Antal"));
    let cases = output.children(ns::INDEX, "SagFiltreretOejebliksbillede");
    let number = |case: Element<'_>| {
        let text = case.child(ns::CASE, "ObjektType")?.child_text(ns::OIO, "UUIDIdentifikator")?;
        uuid::Uuid::parse_str(text).ok().map(|found| found.as_u128() - id(0).as_u128())
    };
    (code, count.map(str::to_owned), cases.filter_map(number).collect())
}

fn cases(answer: &FakeAnswer) -> Vec<u128> {
    told(answer).2
}

/// A question with this inside its `SoegUdtryk`.
fn searching(inside: &str) -> FakeAnswer {
    let start = SAMPLE.find("<i:operation>").expect("the sample");
    let end = SAMPLE.find("</i:SoegUdtryk>").expect("the sample");
    ask(&format!("{}{inside}{}", &SAMPLE[..start], &SAMPLE[end..]))
}

fn case_like(attributes: &str, states: &str, relations: &str) -> String {
    format!(
        "<i:SoegSag><a:AttributListe>{attributes}</a:AttributListe><a:TilstandListe>{states}</a:TilstandListe>\
         <a:RelationListe>{relations}</a:RelationListe></i:SoegSag>"
    )
}

fn of(cpr: &str) -> String {
    let party = format!(
        "<a:Sagspart><g:ReferenceID><d:URNIdentifikator>urn:oio:cpr-nr:{cpr}</d:URNIdentifikator></g:ReferenceID></a:Sagspart>"
    );
    case_like("", "", &party)
}

fn fault(answer: &FakeAnswer) -> String {
    assert_eq!(answer.status, 500);
    let fault = output(answer);
    assert_eq!(fault.root().name(), "Fault");
    fault.root().child_text("", "faultcode").expect("a 1.1 fault").to_owned()
}

#[test]
fn the_published_questions_are_answered_under_their_transaction() {
    let answer = ask(SAMPLE);
    assert_eq!(told(&answer), ("20".to_owned(), Some("2".to_owned()), vec![1, 2]));
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("<h:TransactionUUID>44444444-4444-4444-8444-444444444444</h:TransactionUUID>"));
    // The third page of the changes is past the end; the first holds the row on the boundary.
    assert_eq!(told(&ask(CHANGES)), ("20".to_owned(), Some("1".to_owned()), vec![]));
    let first = CHANGES.replace("<d:FoersteResultatReference>200<", "<d:FoersteResultatReference>0<");
    assert_eq!(cases(&ask(&first)), [2]);
}

#[test]
fn what_the_schema_forbids_is_a_client_fault() {
    let no_list = SAMPLE.replace("<a:TilstandListe/>", "");
    let wrong_namespace = SAMPLE.replace("<a:AttributListe/>", "<i:AttributListe/>");
    let attribute = SAMPLE.replace("<i:SoegUdtryk><i:operation>AND</i:operation>", "<i:SoegUdtryk operation=\"AND\">");
    let two = SAMPLE.replace("<i:Vis>egenskaber</i:Vis>", "<i:Vis>egenskaber</i:Vis><i:Vis>fremdrift</i:Vis>");
    let bare = CHANGES
        .replace("<d:TidsstempelDatoTid>2025-03-30T03:00:00+02:00</d:TidsstempelDatoTid>", "2025-03-30T03:00:00+02:00");
    let swapped = SAMPLE
        .replace("FoersteResultatReference", "X")
        .replace("MaksimalAntalKvantitet", "FoersteResultatReference")
        .replace("d:X>", "d:MaksimalAntalKvantitet>");
    let other_time = CHANGES.replace("o:SoegSts", "d:SoegSts");
    let unknown_view = SAMPLE.replace("sagsklasse", "alt");
    for wrong in [no_list, wrong_namespace, attribute, two, bare, swapped, other_time, unknown_view] {
        assert!(wrong != SAMPLE && wrong != CHANGES);
        assert_eq!(fault(&ask(&wrong)), "s:Client");
    }
    assert_eq!(fault(&ask("<not-xml")), "s:Client");
}

#[test]
fn expressions_nest_and_negate() {
    assert_eq!(
        cases(&searching(&format!("<i:operation>OR</i:operation>{}{}", of(CITIZEN), of(LOOK_ALIKE)))),
        [1, 2, 3]
    );
    assert_eq!(cases(&searching(&format!("{}{}", of(CITIZEN), of(LOOK_ALIKE)))), Vec::<u128>::new());
    let number = case_like("<a:Egenskaber><a:Sagsnummer>2025-000001</a:Sagsnummer></a:Egenskaber>", "", "");
    assert_eq!(cases(&searching(&number)), [1]);
    assert_eq!(cases(&searching(&format!("{}<i:NOT>{number}</i:NOT>", of(CITIZEN)))), [2]);
    let inner = format!("<i:SoegUdtryk><i:operation>OR</i:operation>{number}{}</i:SoegUdtryk>", of(LOOK_ALIKE));
    assert_eq!(cases(&searching(&format!("{inner}<i:NOT>{}</i:NOT>", of(CITIZEN)))), [3]);
}

#[test]
fn a_case_is_found_by_key_title_state_and_role() {
    let properties = |inside: &str| case_like(&format!("<a:Egenskaber>{inside}</a:Egenskaber>"), "", "");
    assert_eq!(cases(&searching(&properties("<a:BrugervendtNoegle>2025-000003</a:BrugervendtNoegle>"))), [3]);
    assert_eq!(cases(&searching(&properties("<a:Titel>sag 2</a:Titel>"))), [2]);
    let state = |code: &str| {
        let state = format!("<a:Fremdrift><a:FremdriftStatusKode>{code}</a:FremdriftStatusKode></a:Fremdrift>");
        cases(&searching(&case_like("", &state, "")))
    };
    assert_eq!((state("Oplyst"), state("Afsluttet")), (vec![1, 2, 3], vec![]));
    let role = |uuid: &str| {
        let role = format!("<g:Rolle><d:UUIDIdentifikator>{uuid}</d:UUIDIdentifikator></g:Rolle><g:ReferenceID>");
        cases(&searching(&of(CITIZEN).replace("<g:ReferenceID>", &role)))
    };
    assert_eq!(role("D839F26A-D4D1-4441-B2D6-3DBBB12A9404"), [1, 2]);
    assert_eq!(role("cccccccc-0000-4000-8000-000000000010"), Vec::<u128>::new());
    let by_id = SAMPLE.replace("<i:SoegUdtryk>", &format!("<i:SagUuid>{}</i:SagUuid><i:SoegUdtryk>", id(2)));
    assert_eq!(cases(&ask(&by_id)), [2]);
}

#[test]
fn pages_sorting_and_filter_do_what_they_say() {
    let page = |first: u32, most: u32| {
        let paged = SAMPLE
            .replace("<d:FoersteResultatReference>0<", &format!("<d:FoersteResultatReference>{first}<"))
            .replace("<d:MaksimalAntalKvantitet>100<", &format!("<d:MaksimalAntalKvantitet>{most}<"));
        cases(&ask(&paged))
    };
    assert_eq!((page(0, 1), page(1, 1), page(2, 1)), (vec![1], vec![2], vec![]));
    let sorted = |element: &str, direction: &str| {
        let sorting = format!(
            "</i:Filter><i:Sortering><i:SagSortering><i:Element>{element}</i:Element><i:Retning>{direction}</i:Retning><i:Prioritet>1</i:Prioritet></i:SagSortering></i:Sortering>"
        );
        cases(&ask(&SAMPLE.replace("</i:Filter>", &sorting)))
    };
    assert_eq!(sorted("StsRegistreringstidspunkt", "Stigende"), [2, 1]);
    assert_eq!(sorted("Titel", "Faldende"), [2, 1]);
    let filter = |inside: &str| {
        let (start, end) = (SAMPLE.find("<i:Filter>").expect("one"), SAMPLE.find("</i:Filter>").expect("one"));
        ask(&format!("{}<i:Filter>{inside}{}", &SAMPLE[..start], &SAMPLE[end..]))
    };
    assert_eq!(told(&filter("")), ("20".to_owned(), Some("2".to_owned()), vec![]));
    let only = filter("<i:SagVis><i:Vis>sagspart</i:Vis></i:SagVis>");
    let text = String::from_utf8_lossy(&only.body).into_owned();
    assert!(text.contains("<a:AttributListe/><a:TilstandListe/><a:RelationListe><a:Sagspart>"));
    assert!(!text.contains("Sagsaktoer"));
}

#[test]
fn nobody_and_nonsense_have_their_codes() {
    let nobody = SAMPLE.replace(CITIZEN, "0303039999");
    assert_eq!(told(&ask(&nobody)), ("20".to_owned(), None, vec![]));
    let answer = fake().answer(&request(&nobody, &[("x-fake-no-hit", "44")]));
    assert_eq!(told(&answer).0, "44");
    assert_eq!(told(&searching("")).0, "40");
    let careless = fake().answer(&request(SAMPLE, &[("x-fake-status", "49")]));
    assert_eq!(told(&careless).0, "49");
    assert!(String::from_utf8_lossy(&careless.body).contains(CITIZEN));
}

#[test]
fn both_envelopes_both_media_types_and_a_last_slash_are_taken() {
    let newer = SAMPLE.replace("http://schemas.xmlsoap.org/soap/envelope/", SOAP_12);
    for (body, content_type) in [
        (SAMPLE, "application/soap+xml; charset=utf-8"),
        (&newer, "application/soap+xml; action=\"http://kombit.dk/sts/sagdokumentindeks/fremsoeg\""),
    ] {
        let mut asked = request(body, &[("content-type", content_type)]);
        asked.path.push('/');
        let answer = fake().answer(&asked);
        assert_eq!(cases(&answer), [1, 2]);
        assert_eq!(xml::tree(text_of(&answer)).root().namespace(), xml::tree(body).root().namespace());
    }
    assert_eq!(fake().answer(&request(SAMPLE, &[("content-type", "application/json")])).status, 415);
}

#[test]
fn writing_is_not_allowed_and_another_action_is_refused() {
    let action = |name: &str| {
        let action = format!("\"http://kombit.dk/sts/sagdokumentindeks/{name}\"");
        fake().answer(&request(SAMPLE, &[("soapaction", &action)]))
    };
    assert_eq!(cases(&action("fremsoeg")), [1, 2]);
    for name in ["importer", "opdater", "fjern", "laes"] {
        assert_eq!(fault(&action(name)), "s:Client");
    }
    let import = SAMPLE.replace("FremsoegSagDokumentIndeksInput", "ImporterSagDokumentIndeksInput");
    assert!(String::from_utf8_lossy(&ask(&import).body).contains("ikke tilladt"));
}

#[test]
fn answers_keep_the_order_of_their_schema() {
    let rich = CaseRow {
        secret_title: Some("Hemmelig".to_owned()),
        law: Some("SEL § 85".to_owned()),
        caseworker: Some("az00001".to_owned()),
        unit: Some("NORD".to_owned()),
        kle: Some("27.35.04".to_owned()),
        facet: Some("G01".to_owned()),
        related: Some(id(9)),
        master: Some("ky".to_owned()),
        screened_to: vec![id(9001)],
        ..row(1)
    };
    let fake = CaseIndexFake::new(context([rich]));
    let output = output(&fake.answer(&request(SAMPLE, &[])));
    let case = output.root().child(ns::INDEX, "SagFiltreretOejebliksbillede").expect("a case");
    let registration = case.child(ns::CASE, "Registrering").expect("a registration");
    // The three lists of an answer have the types of the three lists of a question.
    assert_eq!(schema::lists(registration), Ok(()));
    let names: Vec<&str> = registration.elements().map(Element::name).collect();
    assert_eq!(
        names,
        ["Tidspunkt", "LivscyklusKode", "BrugerRef", "StsTidspunkt", "AttributListe", "TilstandListe", "RelationListe"]
    );
}
