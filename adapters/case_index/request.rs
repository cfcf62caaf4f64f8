//! The question on the wire: `fremsoeg` for one citizen or for one window of time, one page, always with what a clearance
//! decision needs.

use jiff::Timestamp;
use uuid::Uuid;

use super::place::Place;
use super::wire::ns;
use crate::contract::CprNumber;
use crate::sts::request_header;
use crate::transport::soap::{Node, SoapVersion, envelope};

/// What is asked to be shown, one `SagVis` each. Egenskaber, sagsklasse and sikkerhedsprofil decide who may see a case,
/// so they are never left out.
const VIEWS: [&str; 8] =
    ["egenskaber", "fremdrift", "sagsklasse", "sagsaktoer", "sagspart", "sagsrelation", "itsystem", "sikkerhedsprofil"];

/// What a listing is sorted by. The second key is for rows that were stored together.
const SORTED_BY: [&str; 2] = ["StsRegistreringstidspunkt", "BrugervendtNoegle"];

/// The root, with our prefix before [`super::wire::INPUT`].
const ROOT: &str = "i:FremsoegSagDokumentIndeksInput";

/// All cases in which `citizen` is a party: rows `first` and on, at most `most`.
pub(super) fn cases_of(transaction: Uuid, citizen: &CprNumber, first: usize, most: u32) -> String {
    let reference = Node::new("g:ReferenceID").with(Node::text("d:URNIdentifikator", citizen.expose_urn()));
    let case = Node::new("i:SoegSag")
        .with(Node::text("d:FoersteResultatReference", first.to_string()))
        .with(Node::text("d:MaksimalAntalKvantitet", most.to_string()))
        .with(Node::new("a:AttributListe"))
        .with(Node::new("a:TilstandListe"))
        .with(Node::new("a:RelationListe").with(Node::new("a:Sagspart").with(reference)));
    let search = Node::new("i:SoegUdtryk").with(Node::text("i:operation", "AND")).with(case);
    question(transaction, search, None)
}

/// All cases that the index stored within the window of `place`, in that order: from its first row on, at most `most`.
pub(super) fn stored_within(transaction: Uuid, place: &Place, most: usize) -> String {
    let moment = |name, moment: Timestamp| Node::new(name).with(Node::text("d:TidsstempelDatoTid", moment.to_string()));
    let case = Node::new("i:SoegSag")
        .attribute("xmlns:o", ns::OPERATIONS)
        .with(Node::text("d:FoersteResultatReference", place.first.to_string()))
        .with(Node::text("d:MaksimalAntalKvantitet", most.to_string()))
        .with(moment("o:SoegStsFraTidspunkt", place.from))
        .with(moment("o:SoegStsTilTidspunkt", place.until))
        .with(Node::new("a:AttributListe"))
        .with(Node::new("a:TilstandListe"))
        .with(Node::new("a:RelationListe"));
    let key = |(priority, element): (usize, &&'static str)| {
        Node::new("i:SagSortering")
            .with(Node::text("i:Element", *element))
            .with(Node::text("i:Retning", "Stigende"))
            .with(Node::text("i:Prioritet", priority.to_string()))
    };
    let sorting = Node::new("i:Sortering").with_all((1..).zip(&SORTED_BY).map(key));
    question(transaction, Node::new("i:SoegUdtryk").with(case), Some(sorting))
}

/// A case that nobody has: tells whether the index answers and knows us, and concerns no citizen.
pub(super) fn no_case(transaction: Uuid) -> String {
    question(transaction, Node::text("i:SagUuid", Uuid::nil().to_string()), None)
}

fn question(transaction: Uuid, search: Node, sorting: Option<Node>) -> String {
    let view = |name: &&str| Node::new("i:SagVis").with(Node::text("i:Vis", *name));
    let body = Node::new(ROOT)
        .attribute("xmlns:i", ns::INDEX)
        .attribute("xmlns:a", ns::CASE)
        .attribute("xmlns:g", ns::COMMON)
        .attribute("xmlns:d", ns::OIO)
        .with(search)
        .with(Node::new("i:Filter").with_all(VIEWS.iter().map(view)))
        .with_all(sorting);
    envelope(SoapVersion::V11, &[request_header(transaction)], &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_index::settings::Settings;
    use crate::contract::{ListQuestion, PageToken, Since};
    use crate::transport::xml::tree;

    #[test]
    fn the_question_is_the_published_sample() {
        let citizen = CprNumber::parse("0101019999").expect("ten digits");
        let transaction = Uuid::parse_str("44444444-4444-4444-8444-444444444444").expect("a UUID");
        let sample = tree(include_str!("fixtures/request.xml"));
        assert_eq!(tree(&cases_of(transaction, &citizen, 0, 100)), sample);
        assert_ne!(tree(&cases_of(transaction, &citizen, 100, 100)), sample);
    }

    #[test]
    fn the_listing_is_the_published_sample_with_all_views_and_a_second_key() {
        let (one, changes) = (include_str!("fixtures/request.xml"), include_str!("fixtures/request_changes.xml"));
        let filter = |text: &str| {
            let (start, end) = (text.find("<i:Filter>").expect("one"), text.find("</i:Filter>").expect("one"));
            text[start..end].to_owned()
        };
        let first_key = "<i:Prioritet>1</i:Prioritet></i:SagSortering>";
        let second_key = "<i:SagSortering><i:Element>BrugervendtNoegle</i:Element><i:Retning>Stigende</i:Retning><i:Prioritet>2</i:Prioritet></i:SagSortering>";
        let wanted = changes
            .replace(&filter(changes), &filter(one))
            .replace(first_key, &format!("{first_key}{second_key}"))
            .replace("2025-03-30T03:00:00+02:00", "2025-03-30T01:00:00Z")
            .replace("2025-03-31T03:00:00+02:00", "2025-03-31T01:00:00Z");
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let since = Since::Registered { from: at("2025-03-30T01:00:00Z"), until: at("2025-03-31T01:00:00Z") };
        let begin = PageToken::default();
        let question = ListQuestion { since, page: &begin, page_rows: 100 };
        let place = Place::of(&question, &Settings::default(), at("2026-01-01T00:00:00Z")).expect("the first page");
        let transaction = Uuid::parse_str("44444444-4444-4444-8444-444444444444").expect("a UUID");
        let first = wanted.replace("<d:FoersteResultatReference>200<", "<d:FoersteResultatReference>0<");
        assert_eq!(tree(&stored_within(transaction, &place, 100)), tree(&first));
    }

    #[test]
    fn the_probe_names_no_citizen_and_no_search() {
        let text = no_case(Uuid::nil());
        assert!(!text.contains("cpr") && !text.contains("SoegUdtryk"));
        assert!(text.contains("<i:SagUuid>00000000-0000-0000-0000-000000000000</i:SagUuid><i:Filter>"));
    }
}
