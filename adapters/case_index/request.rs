//! The question on the wire: `fremsoeg` for one citizen, one page, always with what a clearance decision needs.

use uuid::Uuid;

use super::wire::ns;
use crate::contract::CprNumber;
use crate::sts::request_header;
use crate::transport::soap::{Node, SoapVersion, envelope};

/// What is asked to be shown, one `SagVis` each. Egenskaber, sagsklasse and sikkerhedsprofil decide who may see a case,
/// so they are never left out.
const VIEWS: [&str; 8] =
    ["egenskaber", "fremdrift", "sagsklasse", "sagsaktoer", "sagspart", "sagsrelation", "itsystem", "sikkerhedsprofil"];

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
    question(transaction, search)
}

/// A case that nobody has: tells whether the index answers and knows us, and concerns no citizen.
pub(super) fn no_case(transaction: Uuid) -> String {
    question(transaction, Node::text("i:SagUuid", Uuid::nil().to_string()))
}

fn question(transaction: Uuid, search: Node) -> String {
    let view = |name: &&str| Node::new("i:SagVis").with(Node::text("i:Vis", *name));
    let body = Node::new(ROOT)
        .attribute("xmlns:i", ns::INDEX)
        .attribute("xmlns:a", ns::CASE)
        .attribute("xmlns:g", ns::COMMON)
        .attribute("xmlns:d", ns::OIO)
        .with(search)
        .with(Node::new("i:Filter").with_all(VIEWS.iter().map(view)));
    envelope(SoapVersion::V11, &[request_header(transaction)], &body)
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn the_probe_names_no_citizen_and_no_search() {
        let text = no_case(Uuid::nil());
        assert!(!text.contains("cpr") && !text.contains("SoegUdtryk"));
        assert!(text.contains("<i:SagUuid>00000000-0000-0000-0000-000000000000</i:SagUuid><i:Filter>"));
    }
}
