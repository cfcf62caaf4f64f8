//! Objects as XML, in the order and the namespaces of the published schemas.

use jiff::Timestamp;
use uuid::Uuid;

use super::envelope::Asked;
use super::search::Window;
use super::things::{Entry, Relation, Span, Thing};
use crate::contract::danish_time_zone;
use crate::staff_directory::wire::ns;
use crate::transport::soap::Node;

/// An answer with its `StandardRetur` and what follows it.
pub(super) fn output(asked: &Asked, code: &str, text: Option<&str>, rest: Vec<Node>) -> Node {
    let returned = Node::new("d:StandardRetur")
        .with(Node::text("d:StatusKode", code))
        .with_all(text.map(|text| Node::text("d:FejlbeskedTekst", text)));
    Node::new(asked.operation.output())
        .attribute("xmlns:x", asked.service.namespace())
        .attribute("xmlns:o", ns::ORGANISATION)
        .attribute("xmlns:d", ns::OIO)
        .attribute("xmlns:t", ns::TEXTS)
        .with(returned)
        .with_all(rest)
}

/// The answer to a search: UUIDs only.
pub(super) fn hits(asked: &Asked, page: &[&Thing]) -> Node {
    let list = Node::new("d:IdListe").with_all(page.iter().map(|thing| id(thing.id)));
    output(asked, "20", None, vec![list])
}

/// `FiltreretOejebliksbillede`.
pub(super) fn snapshot(thing: &Thing, window: Window) -> Node {
    Node::new("x:FiltreretOejebliksbillede")
        .with(Node::new("x:ObjektType").with(id(thing.id)))
        .with_all(thing.registrations.iter().map(|entry| registration(entry, window)))
}

fn registration(entry: &Entry, window: Window) -> Node {
    let properties = entry.properties.iter().filter(|(span, _)| window.shows(*span)).map(|(span, texts)| {
        let texts = texts.iter().map(|(name, text)| Node::text(name, text.clone()));
        Node::new("x:Egenskab").with_all(effect(*span)).with_all(texts)
    });
    let state = entry.state.map(|state| Node::new("o:Gyldighed").with(Node::text("o:GyldighedStatusKode", state)));
    let relations = entry.relations.iter().filter(|relation| window.shows(relation.span)).map(relation);
    Node::new("x:Registrering")
        .with(Node::text("d:Tidspunkt", moment(entry.registered)))
        .with(Node::text("d:LivscyklusKode", entry.lifecycle))
        .with(Node::new("x:AttributListe").with_all(properties))
        // Person and address have neither states nor relations, and the lists all the same.
        .with(Node::new("x:TilstandListe").with_all(state))
        .with(Node::new("x:RelationListe").with_all(relations))
}

fn relation(relation: &Relation) -> Node {
    let node = Node::new(relation.name)
        .with_all(effect(relation.span))
        .with(Node::new("d:ReferenceID").with(id(relation.target)));
    let Some(address) = &relation.address else { return node };
    let role = Node::new("d:Rolle").with(id(address.role));
    node.with(role.with_all(address.label.map(|label| Node::text("d:Label", label))))
        .with(Node::new("d:Type").with(id(address.kind)))
        .with(Node::text("d:Indeks", address.index.to_string()))
}

fn effect(span: Span) -> Option<Node> {
    let stamp = |moment_| Node::text("d:TidsstempelDatoTid", moment(moment_));
    let to = span.to.map_or_else(|| Node::text("d:GraenseIndikator", "true"), stamp);
    let effect = Node::new("d:Virkning")
        .with_all(span.from.map(|from| Node::new("d:FraTidspunkt").with(stamp(from))))
        .with(Node::new("d:TilTidspunkt").with(to));
    span.told.then_some(effect)
}

/// A UUID, in upper case now and then, as the directory is seen to write it.
fn id(uuid: Uuid) -> Node {
    let text = uuid.to_string();
    Node::text("d:UUIDIdentifikator", if uuid.as_u128().is_multiple_of(3) { text.to_uppercase() } else { text })
}

fn moment(moment: Timestamp) -> String {
    moment.to_zoned(danish_time_zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
