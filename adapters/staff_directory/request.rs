//! The questions on the wire: searches by example and lists by UUID, each in its service's namespace.

use uuid::Uuid;

use super::wire::{Service, ns};
use crate::sts::request_header;
use crate::transport::soap::{Node, SoapVersion, envelope};

/// Most hits that one search asks for. A search with more is too wide to be about one employee or one unit.
pub(super) const HITS_MAX: usize = 100;

/// Users with this name. Inactive ones too: that somebody has left is worth knowing.
pub(super) fn users_named(transaction: Uuid, organisation: Option<Uuid>, name: &str) -> String {
    let property = Node::new("x:Egenskab").with(Node::text("d:BrugerNavn", name));
    let relations = organisation.map(|organisation| relation("d:Tilhoerer", organisation));
    search(transaction, Service::User, Some(property), relations)
}

/// By what functions are searched.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// `TilknyttedeBrugere`.
    User(Uuid),
    /// `TilknyttedeEnheder`.
    Unit(Uuid),
    /// `TilknyttedePersoner`.
    Person(Uuid),
}

impl Of {
    /// Of whom or what.
    pub(super) fn uuid(self) -> Uuid {
        match self {
            Self::User(uuid) | Self::Unit(uuid) | Self::Person(uuid) => uuid,
        }
    }
}

/// Functions of this kind.
pub(super) fn functions(transaction: Uuid, organisation: Option<Uuid>, kind: Uuid, of: Of) -> String {
    let organisation = organisation.map(|organisation| relation("d:TilknyttedeOrganisationer", organisation));
    // The order is the schema's: kind, users, units, organisations, persons.
    let (before, after) = match of {
        Of::User(user) => (Some(relation("d:TilknyttedeBrugere", user)), None),
        Of::Unit(unit) => (Some(relation("d:TilknyttedeEnheder", unit)), None),
        Of::Person(person) => (None, Some(relation("d:TilknyttedePersoner", person))),
    };
    let relations = [Some(relation("d:Funktionstype", kind)), before, organisation, after];
    search(transaction, Service::Function, None, relations.into_iter().flatten())
}

/// The objects with these UUIDs, of which there must be one.
pub(super) fn list(transaction: Uuid, service: Service, ids: &[Uuid]) -> String {
    let ids = ids.iter().map(|id| Node::text("d:UUIDIdentifikator", id.to_string()));
    frame(transaction, Node::new("x:ListInput").attribute("xmlns:x", service.namespace()), ids)
}

fn search(
    transaction: Uuid,
    service: Service,
    property: Option<Node>,
    relations: impl IntoIterator<Item = Node>,
) -> String {
    // The three lists are mandatory, even when empty.
    let parts = [
        Node::text("d:FoersteResultatReference", "0"),
        Node::text("d:MaksimalAntalKvantitet", HITS_MAX.to_string()),
        Node::new("x:AttributListe").with_all(property),
        Node::new("x:TilstandListe"),
        Node::new("x:RelationListe").with_all(relations),
    ];
    frame(transaction, Node::new("x:SoegInput").attribute("xmlns:x", service.namespace()), parts)
}

fn relation(name: &'static str, target: Uuid) -> Node {
    Node::new(name).with(Node::new("d:ReferenceID").with(Node::text("d:UUIDIdentifikator", target.to_string())))
}

fn frame(transaction: Uuid, root: Node, parts: impl IntoIterator<Item = Node>) -> String {
    envelope(SoapVersion::V12, &[request_header(transaction)], &root.attribute("xmlns:d", ns::OIO).with_all(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::xml::{body, tree};

    #[test]
    fn the_search_by_name_is_the_published_sample_but_for_page_and_state() {
        let transaction = Uuid::parse_str("44444444-4444-4444-8444-444444444444").expect("a UUID");
        let sample = include_str!("fixtures/search.xml")
            .replace(">2</d:MaksimalAntalKvantitet>", ">100</d:MaksimalAntalKvantitet>")
            .replace("<o:Gyldighed><o:GyldighedStatusKode>Aktiv</o:GyldighedStatusKode></o:Gyldighed>", "");
        assert_eq!(tree(&users_named(transaction, None, "az00001")), tree(&sample));
    }

    #[test]
    fn one_municipality_only_is_another_relation_for_users_than_for_functions() {
        let (organisation, kind) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(users_named(Uuid::nil(), Some(organisation), "az00001").contains("<d:Tilhoerer>"));
        let names = |of| {
            let text = functions(Uuid::nil(), Some(organisation), kind, of);
            let body = body(&text);
            let relations = body.root().elements().find(|list| list.name() == "RelationListe").expect("a list");
            relations.elements().map(|relation| relation.name().to_owned()).collect::<Vec<_>>()
        };
        let one = Uuid::from_u128(3);
        assert_eq!(names(Of::User(one)), ["Funktionstype", "TilknyttedeBrugere", "TilknyttedeOrganisationer"]);
        assert_eq!(names(Of::Unit(one)), ["Funktionstype", "TilknyttedeEnheder", "TilknyttedeOrganisationer"]);
        assert_eq!(names(Of::Person(one)), ["Funktionstype", "TilknyttedeOrganisationer", "TilknyttedePersoner"]);
    }

    #[test]
    fn a_list_names_its_service_and_every_object() {
        let text = list(Uuid::nil(), Service::Unit, &[Uuid::from_u128(1), Uuid::from_u128(2)]);
        assert!(
            text.contains("<x:ListInput xmlns:x=\"http://stoettesystemerne.dk/organisation/organisationenhed/6/\"")
        );
        assert_eq!(text.matches("<d:UUIDIdentifikator>").count(), 2);
    }
}
