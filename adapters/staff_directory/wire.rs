//! SF1500 Organisation v6 as it stands on the wire: services, namespaces, and the parts of the answers that we read.
//!
//! `CPR-NummerTekst` has no place here on purpose: an employee's own number is dropped at the border. So have keys and
//! notes, which senders fill with anything. None of these shapes has a `Debug`: they hold names and numbers.

use uuid::Uuid;

use crate::sts::OIO;
use crate::sts::time::{Bound, Effect, Timed};
use crate::transport::xml::Element;

/// Namespaces that are not one service's own.
pub(super) mod ns {
    #[cfg(feature = "fakes")]
    pub(crate) use crate::sts::HEADER;
    pub(crate) use crate::sts::OIO;
    /// `Gyldighed`.
    pub(crate) const ORGANISATION: &str = "http://stoettesystemerne.dk/organisation/6/";
    /// `AdresseTekst`, `CPR-NummerTekst`.
    pub(crate) const TEXTS: &str = "urn:oio:sts:6";
}

/// One of the five services. Each has its own namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Service {
    /// [DK] bruger.
    User,
    /// [DK] person.
    Person,
    /// [DK] adresse: a phone number, a mailbox, a place.
    Address,
    /// [DK] organisationfunktion: a position, among others.
    Function,
    /// [DK] organisationenhed.
    Unit,
}

impl Service {
    /// The namespace of its roots, lists and properties.
    pub(super) const fn namespace(self) -> &'static str {
        match self {
            Self::User => "http://stoettesystemerne.dk/organisation/bruger/6/",
            Self::Person => "http://stoettesystemerne.dk/organisation/person/6/",
            Self::Address => "http://stoettesystemerne.dk/organisation/adresse/6/",
            Self::Function => "http://stoettesystemerne.dk/organisation/organisationfunktion/6/",
            Self::Unit => "http://stoettesystemerne.dk/organisation/organisationenhed/6/",
        }
    }
}

/// `SoegOutput`: UUIDs only, in no order.
pub(super) struct Hits {
    /// `StatusKode`; 20 is good.
    pub(super) code: i64,
    /// `IdListe`, each once.
    pub(super) ids: Vec<Uuid>,
}

/// `ListOutput` of one service.
pub(super) struct Listing<T> {
    /// `StatusKode`; 20 is good.
    pub(super) code: i64,
    /// `FiltreretOejebliksbillede`.
    pub(super) snapshots: Vec<Snapshot<T>>,
    /// Snapshots that do not say whose they are: nobody can join them.
    pub(super) nameless: usize,
}

/// `FiltreretOejebliksbillede`.
pub(super) struct Snapshot<T> {
    /// `ObjektType`.
    pub(super) id: Uuid,
    /// `Registrering`; there may be none.
    pub(super) registrations: Vec<Registration<T>>,
}

/// `Registrering`.
#[derive(PartialEq)]
pub(super) struct Registration<T> {
    /// `Tidspunkt`.
    pub(super) registered: Bound,
    /// `LivscyklusKode`.
    pub(super) lifecycle: Option<String>,
    /// `Gyldighed`; person and address have none.
    pub(super) validity: Vec<Text>,
    /// What the service is about.
    pub(super) object: T,
}

/// Objects of one service.
pub(super) trait Object: PartialEq + Sized {
    /// Which one.
    const SERVICE: Service;
    /// Reads what stands in `AttributListe` and `RelationListe`.
    fn read(lists: &Lists<'_>) -> Self;
}

/// [DK] bruger.
#[derive(PartialEq)]
pub(super) struct User {
    /// `BrugerNavn`: the AZ-ident.
    pub(super) names: Vec<Text>,
    /// `Adresser`.
    pub(super) addresses: Vec<AddressLink>,
    /// `TilknyttedePersoner`.
    pub(super) persons: Vec<Link>,
}

/// [DK] person.
#[derive(PartialEq)]
pub(super) struct Person {
    /// `NavnTekst`.
    pub(super) names: Vec<Text>,
}

/// [DK] adresse.
#[derive(PartialEq)]
pub(super) struct Address {
    /// `AdresseTekst`: free text.
    pub(super) texts: Vec<Text>,
}

/// [DK] organisationfunktion.
#[derive(PartialEq)]
pub(super) struct Function {
    /// `FunktionNavn`: of a position, the job title.
    pub(super) names: Vec<Text>,
    /// `Funktionstype`.
    pub(super) kinds: Vec<Link>,
    /// `TilknyttedeBrugere`.
    pub(super) users: Vec<Link>,
    /// `TilknyttedeEnheder`.
    pub(super) units: Vec<Link>,
    /// `TilknyttedePersoner`.
    pub(super) persons: Vec<Link>,
}

/// [DK] organisationenhed.
#[derive(PartialEq)]
pub(super) struct Unit {
    /// `EnhedNavn`.
    pub(super) names: Vec<Text>,
    /// `Adresser`.
    pub(super) addresses: Vec<AddressLink>,
    /// `Overordnet`.
    pub(super) above: Vec<Link>,
}

/// A text with its effect.
#[derive(PartialEq)]
pub(super) struct Text {
    effect: Effect,
    /// The text, trimmed.
    pub(super) text: Option<String>,
}

/// A relation.
#[derive(PartialEq)]
pub(super) struct Link {
    effect: Effect,
    /// `ReferenceID`; a URN is none.
    pub(super) target: Option<Uuid>,
}

/// A relation of `Adresser`.
#[derive(PartialEq)]
pub(super) struct AddressLink {
    /// The relation itself.
    pub(super) link: Link,
    /// `Rolle`, when it is a UUID.
    pub(super) role: Option<Uuid>,
    /// `Label` of the role.
    pub(super) label: Option<String>,
    /// `Indeks`; what is no number comes last.
    pub(super) index: u32,
}

impl Timed for Text {
    fn effect(&self) -> &Effect {
        &self.effect
    }
}

impl Timed for Link {
    fn effect(&self) -> &Effect {
        &self.effect
    }
}

impl Timed for AddressLink {
    fn effect(&self) -> &Effect {
        &self.link.effect
    }
}

impl Hits {
    /// Reads the answer to a search in `service`; `None` when it is something else.
    pub(super) fn read(body: Element<'_>, service: Service) -> Option<Self> {
        let code = code(body, service, "SoegOutput")?;
        let list = body.child(OIO, "IdListe");
        let ids = list.into_iter().flat_map(|list| list.children(OIO, "UUIDIdentifikator"));
        let mut ids: Vec<Uuid> = ids.filter_map(|id| Uuid::try_parse(id.text()?).ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        Some(Self { code, ids })
    }
}

impl<T: Object> Listing<T> {
    /// Reads the answer to a list; `None` when it is something else.
    pub(super) fn read(body: Element<'_>) -> Option<Self> {
        let space = T::SERVICE.namespace();
        let code = code(body, T::SERVICE, "ListOutput")?;
        let mut listing = Self { code, snapshots: Vec::new(), nameless: 0 };
        for element in body.children(space, "FiltreretOejebliksbillede") {
            match element.child(space, "ObjektType").and_then(reference) {
                Some(id) => {
                    let registrations = element.children(space, "Registrering").map(Registration::read).collect();
                    listing.snapshots.push(Snapshot { id, registrations });
                }
                None => listing.nameless += 1,
            }
        }
        Some(listing)
    }
}

fn code(body: Element<'_>, service: Service, root: &str) -> Option<i64> {
    let is_answer = body.is(service.namespace(), root);
    is_answer.then(|| body.child(OIO, "StandardRetur")?.child_text(OIO, "StatusKode")?.parse().ok())?
}

impl<T: Object> Registration<T> {
    fn read(element: Element<'_>) -> Self {
        let space = T::SERVICE.namespace();
        let states = element.child(space, "TilstandListe");
        let validity = states.into_iter().flat_map(|states| states.children(ns::ORGANISATION, "Gyldighed"));
        Self {
            registered: Bound::bare(element, OIO, "Tidspunkt"),
            lifecycle: element.child_text(OIO, "LivscyklusKode").map(str::to_owned),
            validity: validity.map(|state| Text::read(state, ns::ORGANISATION, "GyldighedStatusKode")).collect(),
            object: T::read(&Lists {
                space,
                attributes: element.child(space, "AttributListe"),
                relations: element.child(space, "RelationListe"),
            }),
        }
    }
}

/// The two lists of a registration that differ from service to service.
pub(super) struct Lists<'a> {
    space: &'static str,
    attributes: Option<Element<'a>>,
    relations: Option<Element<'a>>,
}

impl Lists<'_> {
    fn texts(&self, namespace: &str, name: &str) -> Vec<Text> {
        let properties = self.attributes.into_iter().flat_map(|list| list.children(self.space, "Egenskab"));
        properties.map(|property| Text::read(property, namespace, name)).collect()
    }

    fn relations<'e>(&'e self, name: &'e str) -> impl Iterator<Item = Element<'e>> {
        self.relations.into_iter().flat_map(move |list| list.children(OIO, name))
    }

    fn links(&self, name: &str) -> Vec<Link> {
        self.relations(name).map(Link::read).collect()
    }

    fn addresses(&self) -> Vec<AddressLink> {
        self.relations("Adresser").map(AddressLink::read).collect()
    }
}

impl Text {
    fn read(element: Element<'_>, namespace: &str, name: &str) -> Self {
        Self {
            effect: Effect::read(element.child(OIO, "Virkning")),
            text: element.child_text(namespace, name).map(str::to_owned),
        }
    }
}

impl Link {
    fn read(element: Element<'_>) -> Self {
        Self {
            effect: Effect::read(element.child(OIO, "Virkning")),
            target: element.child(OIO, "ReferenceID").and_then(reference),
        }
    }
}

impl AddressLink {
    fn read(element: Element<'_>) -> Self {
        let role = element.child(OIO, "Rolle");
        Self {
            link: Link::read(element),
            role: role.and_then(reference),
            label: role.and_then(|role| role.child_text(OIO, "Label")).map(str::to_owned),
            index: element.child_text(OIO, "Indeks").and_then(|index| index.parse().ok()).unwrap_or(u32::MAX),
        }
    }
}

/// The UUID of a reference, in either case.
fn reference(element: Element<'_>) -> Option<Uuid> {
    Uuid::try_parse(element.child_text(OIO, "UUIDIdentifikator")?).ok()
}

impl Object for User {
    const SERVICE: Service = Service::User;

    fn read(lists: &Lists<'_>) -> Self {
        Self {
            names: lists.texts(OIO, "BrugerNavn"),
            addresses: lists.addresses(),
            persons: lists.links("TilknyttedePersoner"),
        }
    }
}

impl Object for Person {
    const SERVICE: Service = Service::Person;

    fn read(lists: &Lists<'_>) -> Self {
        // The name is in the service's own namespace, unlike every other name.
        Self { names: lists.texts(Self::SERVICE.namespace(), "NavnTekst") }
    }
}

impl Object for Address {
    const SERVICE: Service = Service::Address;

    fn read(lists: &Lists<'_>) -> Self {
        Self { texts: lists.texts(ns::TEXTS, "AdresseTekst") }
    }
}

impl Object for Function {
    const SERVICE: Service = Service::Function;

    fn read(lists: &Lists<'_>) -> Self {
        Self {
            names: lists.texts(OIO, "FunktionNavn"),
            kinds: lists.links("Funktionstype"),
            users: lists.links("TilknyttedeBrugere"),
            units: lists.links("TilknyttedeEnheder"),
            persons: lists.links("TilknyttedePersoner"),
        }
    }
}

impl Object for Unit {
    const SERVICE: Service = Service::Unit;

    fn read(lists: &Lists<'_>) -> Self {
        Self { names: lists.texts(OIO, "EnhedNavn"), addresses: lists.addresses(), above: lists.links("Overordnet") }
    }
}
