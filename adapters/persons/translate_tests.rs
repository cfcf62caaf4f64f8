//! The translation against invented answers that follow the published schema, and against what leaves it.

use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::civil::{Date, date};

use super::fields::Misfit;
use super::settings::AbsentProtection;
use super::wire::{Response, Version};
use super::{READS, translate};
use crate::contract::{
    CivilStatus, CprNumber, Custody, CustodyHolder, Guardianship, PersonFacts, PersonStatus, Protection, RegisterDate,
    RelatedPerson, SourceError, SourceErrorKind,
};
use crate::transport::xml::Document;
use crate::transport::{Answer, xml};

const KNOWN: &str = include_str!("fixtures/known.xml");
const CHILD: &str = include_str!("fixtures/child.xml");
const MISFIT: &str = include_str!("fixtures/misfit.xml");
const UNKNOWN: &str = include_str!("fixtures/unknown.xml");
const FAULT: &str = include_str!("fixtures/fault.xml");
const TODAY: Date = date(2025, 6, 1);

fn number(text: &str) -> CprNumber {
    CprNumber::parse(text).expect("ten digits")
}

fn read_as(text: &str, version: Version, absent: AbsentProtection) -> Result<Option<PersonFacts>, Misfit> {
    translate::person(Response::read(xml::body(text).root(), version)?, TODAY, absent)
}

fn read(text: &str) -> Result<Option<PersonFacts>, Misfit> {
    read_as(text, Version::Five, AbsentProtection::Unknown)
}

fn facts(text: &str) -> PersonFacts {
    read(text).unwrap_or_else(|misfit| panic!("{}", misfit.0)).expect("a person")
}

/// The known answer with one part replaced.
fn with(from: &str, to: &str) -> String {
    assert!(KNOWN.contains(from), "{from}");
    KNOWN.replacen(from, to, 1)
}

const PROTECTION: &str = "<startdato>2024-03-01</startdato><beskyttet>true</beskyttet>";

fn protection(inside: &str) -> Protection {
    facts(&with(PROTECTION, inside)).protection
}

#[test]
fn the_published_sample_becomes_a_person() {
    let person = facts(KNOWN);
    let signe = number("0101019999");
    assert_eq!((person.number, person.in_force), (signe, signe));
    let name = person.name.expect("a name");
    assert_eq!(name.addressing, "Signe Opdigtet Prøve");
    assert_eq!([name.given, name.middle, name.family].map(Option::unwrap), ["Signe", "Opdigtet", "Prøve"]);
    assert!(person.born == Some(RegisterDate { day: date(2001, 1, 1), uncertain: false }));
    assert_eq!((person.status, person.status_since), (PersonStatus::Resident, Some(date(2001, 1, 1))));
    assert_eq!(person.protection, Protection::Protected);
    assert_eq!(person.civil_status, Some(CivilStatus::Married));
    assert!(person.spouse == Some(RelatedPerson::Number(number("0202029999"))));
    assert_eq!(person.children, [number("0303239999")]);
    assert!(person.mother == Some(RelatedPerson::Number(number("0404709999"))));
    let named =
        RelatedPerson::Named { born: Some(date(1969, 5, 5)), name: Some("Opdigtet Udlænding Test".to_owned()) };
    assert!(person.father == Some(named));
    assert!(person.custody.is_empty() && person.guardianship.is_none());
}

#[test]
fn an_address_is_told_so_that_two_can_be_compared() {
    let address = facts(KNOWN).address.expect("an address");
    assert_eq!(address.uuid.map(|uuid| uuid.to_string()).as_deref(), Some("0a3f50b0-0000-4000-8000-00000000abcd"));
    assert_eq!((address.municipality, address.road_code), (Some(751), Some(9899)));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    assert_eq!([&address.house_number, &address.floor, &address.door].map(text), ["12B", "2", "tv"]);
    assert_eq!([&address.postal_code, &address.postal_district].map(text), ["8000", "Aarhus C"]);
    assert_eq!((text(&address.line).as_str(), address.since), ("Opdigtet Allé 12B, 2. tv", Some(date(2023, 8, 1))));
    // Version 4 has no UUID: the same place in the register's other style is still the same.
    let plain = |text: String| {
        let text = text.replace("<AdresseUUID>0a3f50b0-0000-4000-8000-00000000abcd</AdresseUUID>", "");
        facts(&text).address.expect("an address")
    };
    let one = plain(KNOWN.to_owned());
    let other = plain(KNOWN.replace("0751", "751").replace("012b", "12B").replace(">02<", ">2<").replace("TV", "tv"));
    assert_eq!(one.is_same(&other), Some(true));
    assert_eq!(one.is_same(&plain(with("012b", "12C"))), Some(false));
}

#[test]
fn a_child_tells_who_has_custody_and_an_empty_father_is_no_father() {
    let child = facts(CHILD);
    assert!(child.born == Some(RegisterDate { day: date(2023, 3, 3), uncertain: true }));
    assert!(child.name.is_none() && child.address.is_none() && child.father.is_none());
    let custody = |holder, person, since, until| Custody { holder, person, since, until };
    let (mother, other) = (Some(number("0101019999")), Some(number("0202029999")));
    let expected = [
        custody(CustodyHolder::Mother, mother, Some(date(2023, 3, 3)), None),
        custody(CustodyHolder::Father, None, None, Some(date(2024, 6, 1))),
        custody(CustodyHolder::Other, other, Some(date(2024, 6, 1)), None),
    ];
    assert_eq!(child.custody, expected);
    assert_eq!(child.custody.iter().map(|custody| custody.holds(TODAY)).collect::<Vec<_>>(), [true, false, true]);
    let guardian = Some(number("0909099999"));
    let guardianship = Guardianship { guardian, full: Some(false), since: Some(date(2024, 2, 1)), until: None };
    assert_eq!(child.guardianship, Some(guardianship));
    assert_eq!((child.status, child.status_since), (PersonStatus::Emigrated, Some(date(2025, 1, 1))));
}

#[test]
fn protection_follows_the_flag_and_without_it_the_days() {
    for (inside, wanted) in [
        ("<beskyttet>true</beskyttet>", Protection::Protected),
        ("<beskyttet>1</beskyttet>", Protection::Protected),
        ("<slutdato>2024-01-01</slutdato><beskyttet>true</beskyttet>", Protection::Protected),
        ("<startdato>2024-03-01</startdato><beskyttet>false</beskyttet>", Protection::Open),
        ("<startdato>2025-06-01</startdato>", Protection::Protected),
        ("<startdato>2025-06-02</startdato>", Protection::Open),
        ("<startdato>2024-03-01</startdato><slutdato>2025-06-02</slutdato>", Protection::Protected),
        ("<startdato>2024-03-01</startdato><slutdato>2025-06-01</slutdato>", Protection::Open),
        ("<startdato>2024-03-01+01:00</startdato><slutdato>9999-12-31</slutdato>", Protection::Protected),
        ("<slutdato>2025-06-01</slutdato>", Protection::Open),
        ("<slutdato>2025-06-02</slutdato>", Protection::Unknown),
        ("", Protection::Unknown),
        ("<beskyttet/>", Protection::Unknown),
    ] {
        assert_eq!(protection(inside), wanted, "{inside}");
    }
}

#[test]
fn no_word_about_protection_is_unknown_unless_configured_and_the_two_others_are_no_word_about_it() {
    let element = format!("<adressebeskyttelse>{PROTECTION}</adressebeskyttelse>");
    let others = "<vejviserbeskyttelse><beskyttet>true</beskyttet></vejviserbeskyttelse>\
                  <markedsfoeringsbeskyttelse><beskyttet>true</beskyttet></markedsfoeringsbeskyttelse>";
    for text in [with(&element, ""), with(&element, others)] {
        assert_eq!(facts(&text).protection, Protection::Unknown);
        let open = read_as(&text, Version::Five, AbsentProtection::Open).expect("fits").expect("a person");
        assert_eq!(open.protection, Protection::Open);
    }
    assert!(Protection::Unknown.hides());
}

#[test]
fn every_status_has_its_meaning_and_disappeared_is_not_dead() {
    let status = |code: &str| facts(&with("<status>1</status>", &format!("<status>{code}</status>"))).status;
    for (code, wanted) in [
        ("1", PersonStatus::Resident),
        ("03", PersonStatus::Resident),
        ("5", PersonStatus::ResidentGreenland),
        ("7", PersonStatus::ResidentGreenland),
        ("20", PersonStatus::NoResidence),
        ("30", PersonStatus::Replaced),
        ("50", PersonStatus::Replaced),
        ("60", PersonStatus::Replaced),
        ("70", PersonStatus::Disappeared),
        ("80", PersonStatus::Emigrated),
        ("90", PersonStatus::Dead),
        ("2", PersonStatus::Unknown),
        ("X", PersonStatus::Unknown),
        ("", PersonStatus::Unknown),
    ] {
        assert_eq!(status(code), wanted, "{code}");
    }
    let gone =
        with("<status><status>1</status><statusdato><dato>2001-01-01T12:00:00+01:00</dato></statusdato></status>", "")
            .replace(
                "<adressebeskyttelse>",
                "<forsvindingsdato><dato>2024-05-01T00:00:00</dato></forsvindingsdato><adressebeskyttelse>",
            );
    let gone = facts(&gone);
    assert_eq!((gone.status, gone.status_since), (PersonStatus::Disappeared, Some(date(2024, 5, 1))));
}

#[test]
fn civil_status_is_read_by_its_letter() {
    let civil = |code: &str| {
        facts(&with("<civilstand>G</civilstand>", &format!("<civilstand>{code}</civilstand>"))).civil_status
    };
    for (code, wanted) in [
        ("U", CivilStatus::Unmarried),
        ("F", CivilStatus::Divorced),
        ("E", CivilStatus::Widowed),
        ("P", CivilStatus::RegisteredPartner),
        ("O", CivilStatus::PartnershipDissolved),
        ("L", CivilStatus::SurvivingPartner),
        ("D", CivilStatus::Other),
        ("Z", CivilStatus::Other),
    ] {
        assert_eq!(civil(code), Some(wanted), "{code}");
    }
    assert_eq!(civil(""), None);
}

#[test]
fn a_replaced_number_names_the_one_in_force() {
    let replaced = with("<gaeldendePersonnummer>0101019999", "<gaeldendePersonnummer>0707079999");
    let person = facts(&replaced);
    assert_eq!((person.number, person.in_force), (number("0101019999"), number("0707079999")));
    for same in ["<gaeldendePersonnummer/>", "<gaeldendePersonnummer>0000000000</gaeldendePersonnummer>", ""] {
        let person = facts(&with("<gaeldendePersonnummer>0101019999</gaeldendePersonnummer>", same));
        assert_eq!(person.in_force, person.number);
    }
}

#[test]
fn an_empty_answer_is_nobody_and_an_answer_about_nobody_in_particular_is_refused() {
    let root =
        "<PersonLookupResponse xmlns=\"http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/\">";
    let envelope = |inside: &str| {
        let open = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>";
        format!("{open}{root}{inside}</PersonLookupResponse></s:Body></s:Envelope>")
    };
    assert!(matches!(read(&envelope("")), Ok(None)));
    assert!(matches!(read(&envelope("<adresse/>")), Err(Misfit(_))));
    assert!(matches!(read(&envelope("<persondata/>")), Err(Misfit(_))));
    assert!(matches!(read(MISFIT), Err(Misfit(_))));
    // The numbers alone are a person of whom the register says nothing.
    let thin =
        "<persondata><personnummer>0101019999</personnummer><antalBoernUnder18>0</antalBoernUnder18></persondata>";
    let thin = facts(&envelope(thin));
    assert_eq!((thin.status, thin.protection), (PersonStatus::Unknown, Protection::Unknown));
    assert!(thin.name.is_none() && thin.address.is_none() && thin.born.is_none() && thin.children.is_empty());
}

#[test]
fn what_does_not_fit_its_type_is_refused_without_a_word_of_it() {
    for (from, to) in [
        ("<personnummer>0101019999</personnummer>", "<personnummer>hemmelig</personnummer>"),
        ("<personnummer>0101019999</personnummer>", "<personnummer>010101-999</personnummer>"),
        ("<barn><personnummer>0303239999", "<barn><personnummer>9999999999"),
        ("<dato>2001-01-01</dato>", "<dato>hemmelig</dato>"),
        ("<dato>2001-01-01</dato>", "<dato>2001-00-00</dato>"),
        ("<startdato>2024-03-01</startdato>", "<startdato>hemmelig</startdato>"),
        ("<beskyttet>true</beskyttet>", "<beskyttet>hemmelig</beskyttet>"),
        ("<kommunekode>0751", "<kommunekode>hemmelig"),
        ("<vejkode>9899", "<vejkode>99999999999999999999"),
        ("<AdresseUUID>0a3f50b0", "<AdresseUUID>hemmelig"),
        ("<koen>K</koen>", "<navn><personadresseringsnavn>hemmelig</personadresseringsnavn></navn>"),
        ("PersonBaseDataExtended/5/", "PersonBaseDataExtended/4/"),
    ] {
        match read(&with(from, to)) {
            Err(Misfit(detail)) => assert!(!detail.contains("hemmelig"), "{detail}"),
            Ok(_) => panic!("taken: {to}"),
        }
    }
}

#[test]
fn two_flags_that_contradict_each_other_are_refused() {
    let second = format!(
        "<adressebeskyttelse>{PROTECTION}</adressebeskyttelse><adressebeskyttelse><beskyttet>false</beskyttet></adressebeskyttelse>"
    );
    let first = format!("<adressebeskyttelse>{PROTECTION}</adressebeskyttelse>");
    assert!(read(&with(&first, &second)).is_err());
    assert!(
        read(&with("<beskyttet>true</beskyttet>", "<beskyttet>false</beskyttet><beskyttet>true</beskyttet>")).is_err()
    );
    assert!(read(&with("<koen>K</koen>", "<status><status>1</status></status><koen>K</koen>")).is_err());
    // What a later release adds is passed over, as is anything in another namespace.
    assert!(read(&with("<koen>K</koen>", "<koen>K</koen><nytElement>1</nytElement>")).is_ok());
    assert!(read(&with("<koen>K</koen>", "<koen>K</koen><personnummer xmlns=\"urn:andet\">x</personnummer>")).is_ok());
}

#[test]
fn version_4_is_the_same_tree_in_its_own_namespace() {
    let text =
        KNOWN.replace("/5/", "/4/").replace("<AdresseUUID>0a3f50b0-0000-4000-8000-00000000abcd</AdresseUUID>", "");
    let person = read_as(&text, Version::Four, AbsentProtection::Unknown).expect("fits").expect("a person");
    assert!(person.address.as_ref().is_some_and(|address| address.uuid.is_none()));
    assert_eq!(person.number, number("0101019999"));
}

fn answer(status: u16, text: &'static str) -> Answer {
    let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("text/xml"))]);
    let status = StatusCode::from_u16(status).expect("a status");
    Answer { status, headers, body: text.into(), operation: &READS[0] }
}

fn content(answer: Answer) -> Result<Option<Document>, SourceError> {
    super::content(answer).now_or_never().expect("a short answer is read at once")
}

#[test]
fn only_the_fault_of_an_unknown_number_is_nobody() {
    assert_eq!(content(answer(500, UNKNOWN)).map(|body| body.is_none()), Ok(true));
    assert_eq!(content(answer(200, KNOWN)).map(|body| body.is_some()), Ok(true));
    for (status, text, kind) in [
        (200, UNKNOWN, SourceErrorKind::Malformed),
        (503, UNKNOWN, SourceErrorKind::Unavailable),
        (401, UNKNOWN, SourceErrorKind::Unauthorized),
        (500, FAULT, SourceErrorKind::Unavailable),
        (500, KNOWN, SourceErrorKind::Unavailable),
        (500, "", SourceErrorKind::Unavailable),
        (200, "", SourceErrorKind::Malformed),
        (200, "<!DOCTYPE a><a/>", SourceErrorKind::Malformed),
    ] {
        let error = content(answer(status, text)).expect_err("refused");
        assert_eq!(error.kind, kind, "{status}");
        assert!(!format!("{error} {error:?}").contains("0101019999"));
    }
}

#[test]
fn no_fact_of_a_person_is_printed() {
    let (known, child) = (facts(KNOWN), facts(CHILD));
    let printed = format!("{known:?} {child:?} {:?} {:?}", child.custody, child.guardianship);
    for secret in ["0101019999", "0202029999", "0909099999", "Signe", "Opdigtet", "Allé"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}
