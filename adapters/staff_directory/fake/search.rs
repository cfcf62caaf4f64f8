//! What is asked for: the query by example of `soeg`, the UUIDs and the window of time of `laes` and `list`.

use jiff::Timestamp;
use uuid::Uuid;

use super::envelope::Operation;
use super::schema::{self, Invalid};
use super::things::{Entry, Span, Thing};
use crate::staff_directory::wire::{Service, ns};
use crate::transport::xml::Element;

/// A query by example; what is left out fits everything.
pub(super) struct Query {
    /// Hits to be skipped.
    pub(super) first: usize,
    /// Most hits wanted.
    pub(super) most: Option<usize>,
    texts: Vec<(String, String)>,
    states: Vec<String>,
    relations: Vec<(String, Option<String>)>,
}

impl Query {
    /// Reads `SoegInput`.
    ///
    /// # Errors
    /// [`Invalid`] where the schema says so.
    pub(super) fn read(input: Element<'_>, service: Service) -> Result<Self, Invalid> {
        schema::searched(input, service)?;
        let number = |name| match input.child(ns::OIO, name) {
            None => Ok(None),
            Some(found) => {
                let number = found.text().and_then(|text| text.parse::<usize>().ok());
                number.map(Some).ok_or(Invalid("et antal er ikke et tal"))
            }
        };
        let list = |name| input.child(service.namespace(), name).into_iter().flat_map(Element::elements);
        let of_properties = list("AttributListe").flat_map(Element::elements);
        let told = of_properties.filter(|part| part.name() != "Virkning");
        let reference = |relation: Element<'_>| {
            relation.child(ns::OIO, "ReferenceID")?.elements().next()?.text().map(str::to_lowercase)
        };
        Ok(Self {
            first: number("FoersteResultatReference")?.unwrap_or(0),
            most: number("MaksimalAntalKvantitet")?,
            texts: told.filter_map(|part| Some((part.name().to_owned(), part.text()?.to_lowercase()))).collect(),
            states: list("TilstandListe")
                .filter_map(|state| state.child_text(ns::ORGANISATION, "GyldighedStatusKode"))
                .map(str::to_owned)
                .collect(),
            relations: list("RelationListe")
                .map(|relation| (relation.name().to_owned(), reference(relation)))
                .collect(),
        })
    }

    /// Some text that is asked for is this one.
    pub(super) fn names(&self, text: &str) -> bool {
        self.texts.iter().any(|(_, wanted)| wanted == text)
    }

    /// Whether an object fits now. Texts are compared without case; several of one relation must all be there.
    pub(super) fn fits(&self, thing: &Thing, now: Timestamp) -> bool {
        let Some(entry) = thing.newest() else { return false };
        // Who is asked to be active is not passivated either.
        let state = entry.state.filter(|_| entry.lifecycle != "Passiveret").unwrap_or("Inaktiv");
        self.texts.iter().all(|(name, text)| has_text(entry, name, text, now))
            && self.states.iter().all(|wanted| wanted == state)
            && self.relations.iter().all(|(name, target)| has_relation(entry, name, target.as_deref(), now))
    }
}

fn has_text(entry: &Entry, name: &str, wanted: &str, now: Timestamp) -> bool {
    let current = entry.properties.iter().filter(|(span, _)| span.holds(now));
    current.flat_map(|(_, texts)| texts).any(|(of, text)| bare(of) == name && text.to_lowercase() == wanted)
}

fn has_relation(entry: &Entry, name: &str, target: Option<&str>, now: Timestamp) -> bool {
    let current = entry.relations.iter().filter(|relation| relation.span.holds(now) && bare(relation.name) == name);
    let mut targets = current.map(|relation| relation.target.to_string());
    targets.any(|found| target.is_none_or(|wanted| wanted == found))
}

fn bare(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Which effects are told: without a filter what holds now and what has ended, with one what touches its window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Window {
    /// It is told.
    pub(super) fn shows(self, span: Span) -> bool {
        let begins_in_time = span.from.is_none_or(|from| self.to.is_none_or(|to| from <= to));
        begins_in_time && span.to.is_none_or(|to| self.from.is_none_or(|from| from < to))
    }
}

/// Reads `LaesInput` or `ListInput`: each UUID once, and the window.
///
/// # Errors
/// [`Invalid`].
pub(super) fn listed(input: Element<'_>, operation: Operation, now: Timestamp) -> Result<(Vec<Uuid>, Window), Invalid> {
    schema::listed(input, operation == Operation::Read)?;
    let mut ids: Vec<Uuid> = Vec::new();
    for id in input.children(ns::OIO, "UUIDIdentifikator").filter_map(|id| Uuid::try_parse(id.text()?).ok()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let end = |name| input.child(ns::OIO, name).map(schema::moment).transpose();
    let (from, to) = (end("VirkningFraFilter")?, end("VirkningTilFilter")?);
    Ok((ids, Window { from: from.flatten(), to: to.unwrap_or(Some(now)) }))
}
