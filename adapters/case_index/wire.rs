//! SF1470 v6 as it stands on the wire: namespaces, role and type UUIDs, and the parts of the answer that we read.
//!
//! The alternative title (`TitelAlternativTekst`) has no place here on purpose: it is the most sensitive text of a case.
//! None of these shapes has a `Debug`: they hold names and titles.

use jiff::Timestamp;
use uuid::{Uuid, uuid};

use crate::contract::{CprNumber, PersonId};
use crate::sts::time::{Bound, Effect, Timed};
use crate::transport::xml::Element;

/// Namespaces. One follows where a *type* is declared, so it changes at almost every level.
pub(super) mod ns {
    /// The two roots, search expressions, filter, sorting, count, snapshot.
    pub(crate) const INDEX: &str = "urn:oio:sts:sagdok:sagdokumentindeks:6";
    /// The case: registration, lists, properties, relation elements.
    pub(crate) const CASE: &str = "urn:oio:sts:sagdok:sag:6";
    /// Children of relations, extension lists, time of storing.
    pub(crate) const COMMON: &str = "urn:oio:sts:generelledefinitioner:6";
    /// What stands in an extension list.
    pub(crate) const EXTENSION: &str = "urn:oio:sts:sagdok:sagindeks:6";
    /// The search times.
    pub(crate) const OPERATIONS: &str = "urn:oio:sts:generelleoperationer:6";
    /// The request header, as the fake looks for it.
    #[cfg(feature = "fakes")]
    pub(crate) use crate::sts::HEADER;
    /// Identifiers, effects, paging, the standard return.
    pub(crate) use crate::sts::OIO;
}

/// Where the service is below the host.
pub(super) const PATH: &str = "/sagdokumentindeks/6";
/// The SOAP action of the search.
pub(super) const ACTION: &str = "http://kombit.dk/sts/sagdokumentindeks/fremsoeg";
/// Root of the question.
#[cfg(feature = "fakes")]
pub(super) const INPUT: &str = "FremsoegSagDokumentIndeksInput";
/// Root of the answer.
pub(super) const OUTPUT: &str = "FremsoegSagDokumentIndeksOutput";

/// [DK] Ejer: the municipality that owns the case.
pub(super) const OWNER: Uuid = uuid!("9e979b84-b846-4472-8622-58007dc63c7e");
/// [DK] Ansvarlig: the unit that answers for the case.
pub(super) const RESPONSIBLE: Uuid = uuid!("a1263342-d348-44ba-a566-233f37c4cb67");
/// [DK] Primær behandler.
pub(super) const PRIMARY_CASEWORKER: Uuid = uuid!("bf1f93ed-9441-4af4-835b-baeb201f3076");
/// [DK] Primær part.
pub(super) const PRIMARY_PARTY: Uuid = uuid!("d839f26a-d4d1-4441-b2d6-3dbbb12a9404");
/// [DK] Primær klasse: the KLE subject.
pub(super) const PRIMARY_CLASS: Uuid = uuid!("a86c6581-ec85-412d-a655-31a1f1d5b14f");
/// [DK] Handlingsklasse: the KLE facet.
pub(super) const ACTION_CLASS: Uuid = uuid!("05ef7011-11a7-4e4c-a46b-3de6aa457fc3");
/// [DK] Master: the system that owns the case.
pub(super) const MASTER: Uuid = uuid!("251c24fd-57b0-4afc-9d73-b063d1957eb3");
/// [DK] Afsender: the system that sent it to the index.
#[cfg(feature = "fakes")]
pub(super) const SENDER: Uuid = uuid!("1b3c6a6d-e977-4491-9bf8-b41ee6999f39");

/// Type [DK] Organisation.
pub(super) const TYPE_ORGANISATION: Uuid = uuid!("bc6972cd-8f2b-4b9d-8d37-62916d6a71aa");
/// Type [DK] organisationsenhed.
pub(super) const TYPE_UNIT: Uuid = uuid!("c5fc3b3b-5197-49ee-92e6-ae6ba1957174");
/// Type [DK] Bruger.
pub(super) const TYPE_USER: Uuid = uuid!("85d65133-4b00-460d-992e-3984857b5768");
/// Type [DK] it-system.
pub(super) const TYPE_SYSTEM: Uuid = uuid!("29fe1da2-897a-46cd-b635-b9be8e0bffd6");
/// Type Person.
#[cfg(feature = "fakes")]
pub(super) const TYPE_PERSON: Uuid = uuid!("c189ba35-de4b-4363-a8b7-67f1456cf56f");
/// Type [DK] Klasse.
#[cfg(feature = "fakes")]
pub(super) const TYPE_CLASS: Uuid = uuid!("267235ea-526d-4a18-8001-f2a0e563eba1");

/// `FremsoegSagDokumentIndeksOutput`. Its default is the answer of an index that knows no cases.
#[derive(Default)]
pub(super) struct Output {
    /// `StatusKode`; 20 is good.
    pub(super) code: i64,
    /// `Antal` of `sager`.
    pub(super) total: Option<usize>,
    /// `SagFiltreretOejebliksbillede`.
    pub(super) cases: Vec<Snapshot>,
}

/// `SagFiltreretOejebliksbillede`.
pub(super) struct Snapshot {
    /// `ObjektType`.
    pub(super) id: Option<Uuid>,
    /// `Registrering`; there may be none.
    pub(super) registrations: Vec<Registration>,
}

/// `Registrering`.
pub(super) struct Registration {
    /// `LivscyklusKode`.
    pub(super) lifecycle: Option<String>,
    /// `Tidspunkt`: when the source system registered it.
    pub(super) registered: Bound,
    /// `StsTidspunkt`: when the index stored it.
    pub(super) stored: Bound,
    /// `SenestAendretTidspunkt` of the attributes.
    pub(super) changed: Bound,
    /// `Egenskaber`.
    pub(super) properties: Vec<Properties>,
    /// `SagIndeksEgenskaber`.
    pub(super) index_properties: Vec<IndexProperties>,
    /// `Fremdrift`.
    pub(super) progress: Vec<Progress>,
    /// `Sagsaktoer`.
    pub(super) actors: Vec<Relation>,
    /// `Sagsklasse`.
    pub(super) classes: Vec<Relation>,
    /// `Sagspart`.
    pub(super) parties: Vec<Relation>,
    /// `Sagsrelation`.
    pub(super) cases: Vec<Relation>,
    /// `Sikkerhedsprofil`.
    pub(super) profiles: Vec<Relation>,
    /// `SagsitsystemRelation`.
    pub(super) systems: Vec<Relation>,
}

/// `Egenskaber`.
pub(super) struct Properties {
    effect: Effect,
    /// `BrugervendtNoegle`.
    pub(super) user_key: Option<String>,
    /// `HjemmelSpecifikation`.
    pub(super) law: Option<String>,
    /// `Sagsnummer`.
    pub(super) number: Option<String>,
    /// `Titel`.
    pub(super) title: Option<String>,
}

/// `SagIndeksEgenskaber`.
pub(super) struct IndexProperties {
    effect: Effect,
    /// `Sagsstatus`: the source system's own text.
    pub(super) status: Option<String>,
    /// `Foelsomhed`.
    pub(super) sensitivity: Option<String>,
    /// `OprettetTidspunkt`.
    pub(super) opened: Bound,
}

/// `Fremdrift`.
pub(super) struct Progress {
    effect: Effect,
    /// `FremdriftStatusKode`.
    pub(super) code: Option<String>,
}

/// Any relation, with what we read of its extension.
pub(super) struct Relation {
    effect: Effect,
    /// `Rolle`.
    pub(super) role: Option<Reference>,
    /// `Type`.
    pub(super) kind: Option<Reference>,
    /// `ReferenceID`; `URN:Empty` is none.
    pub(super) target: Option<Reference>,
    /// `BrugervendtNoegle` of the extension: an AZ-ident, a KLE number.
    pub(super) key: Option<String>,
    /// `FuldtNavn`, `Klassetitel` or `SystemNavn`.
    pub(super) name: Option<String>,
}

/// The choice of `UUIDIdentifikator` and `URNIdentifikator`.
pub(super) enum Reference {
    /// A UUID, in either case.
    Uuid(Uuid),
    /// Anything else, trimmed.
    Urn(String),
}

impl Reference {
    fn read(element: Element<'_>) -> Option<Self> {
        let text = element
            .child_text(ns::OIO, "UUIDIdentifikator")
            .or_else(|| element.child_text(ns::OIO, "URNIdentifikator"))?;
        if text.eq_ignore_ascii_case("URN:Empty") {
            return None;
        }
        Some(Uuid::try_parse(text).map_or_else(|_| Self::Urn(text.to_owned()), Self::Uuid))
    }

    /// The UUID, also of `urn:oio:it-system-uuid:<uuid>`.
    pub(super) fn uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid(uuid) => Some(*uuid),
            Self::Urn(urn) => Uuid::try_parse(after(urn, "urn:oio:it-system-uuid:")?).ok(),
        }
    }

    /// The person, when it is one.
    pub(super) fn citizen(&self) -> Option<PersonId> {
        match self {
            Self::Uuid(_) => None,
            Self::Urn(urn) => PersonId::parse(after(urn, CprNumber::URN_PREFIX)?).ok(),
        }
    }

    /// It names somebody by a personal number, readable or not.
    pub(super) fn is_citizen(&self) -> bool {
        self.after(CprNumber::URN_PREFIX).is_some()
    }

    /// [DK] virksomhed, produktionsenhed.
    pub(super) fn is_company(&self) -> bool {
        self.after("urn:oio:cvr-nr:").or_else(|| self.after("urn:oio:pnr:")).is_some()
    }

    /// What stands behind `prefix`, whose case does not count.
    pub(super) fn after(&self, prefix: &str) -> Option<&str> {
        match self {
            Self::Uuid(_) => None,
            Self::Urn(urn) => after(urn, prefix),
        }
    }

    /// As an id of ours: a UUID in lower case or a URN as it stands. A person's number is no id.
    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Uuid(uuid) => Some(uuid.to_string()),
            Self::Urn(urn) => after(urn, CprNumber::URN_PREFIX).is_none().then(|| urn.clone()),
        }
    }
}

fn after<'a>(urn: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = urn.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| tail.trim())
}

impl Relation {
    /// It has this role.
    pub(super) fn plays(&self, role: impl Into<Option<Uuid>>) -> bool {
        role.into().is_some_and(|role| self.role.as_ref().and_then(Reference::uuid) == Some(role))
    }

    /// What it points to has this type.
    pub(super) fn is_a(&self, kind: Uuid) -> bool {
        self.kind.as_ref().and_then(Reference::uuid) == Some(kind)
    }

    /// The UUID of what it points to.
    pub(super) fn target_uuid(&self) -> Option<Uuid> {
        self.target.as_ref().and_then(Reference::uuid)
    }

    fn read(element: Element<'_>) -> Self {
        let reference = |name| element.child(ns::COMMON, name).and_then(Reference::read);
        let extensions = || {
            let list = element.child(ns::COMMON, "LokalUdvidelseListe");
            list.into_iter().flat_map(Element::elements).filter(|child| child.namespace() == ns::EXTENSION)
        };
        let extension = |name: &str| extensions().find_map(|extension| text(extension, ns::EXTENSION, name));
        Self {
            effect: Effect::read(element.child(ns::COMMON, "Virkning")),
            role: reference("Rolle"),
            kind: reference("Type"),
            target: reference("ReferenceID"),
            key: extension("BrugervendtNoegle"),
            name: extension("FuldtNavn")
                .or_else(|| extension("Klassetitel"))
                .or_else(|| text(element, ns::EXTENSION, "SystemNavn")),
        }
    }
}

impl Timed for Properties {
    fn effect(&self) -> &Effect {
        &self.effect
    }
}

impl Timed for IndexProperties {
    fn effect(&self) -> &Effect {
        &self.effect
    }
}

impl Timed for Progress {
    fn effect(&self) -> &Effect {
        &self.effect
    }
}

impl Timed for Relation {
    fn effect(&self) -> &Effect {
        &self.effect
    }
}

impl Output {
    /// Reads the body of an answer; `None` when it is something else.
    pub(super) fn read(body: Element<'_>) -> Option<Self> {
        if !body.is(ns::INDEX, OUTPUT) {
            return None;
        }
        let code = body.child(ns::OIO, "StandardRetur")?.child_text(ns::OIO, "StatusKode")?.parse().ok()?;
        let of_cases = |count: &Element<'_>| count.child_text(ns::INDEX, "Element") == Some("sager");
        let count = body.children(ns::INDEX, "Antal").find(of_cases);
        let total = count.and_then(|count| count.child_text(ns::INDEX, "Antal")?.parse().ok());
        let cases = body.children(ns::INDEX, "SagFiltreretOejebliksbillede").map(Snapshot::read).collect();
        Some(Self { code, total, cases })
    }
}

impl Snapshot {
    /// When the index stored the case first, of the registrations that are told.
    pub(super) fn stored_first(&self) -> Option<Timestamp> {
        self.registrations.iter().filter_map(|registration| registration.stored.moment()).min()
    }

    /// When the index stored the case last.
    pub(super) fn stored_last(&self) -> Option<Timestamp> {
        self.registrations.iter().filter_map(|registration| registration.stored.moment()).max()
    }

    fn read(element: Element<'_>) -> Self {
        let id = element.child(ns::CASE, "ObjektType").and_then(Reference::read).and_then(|id| id.uuid());
        Self { id, registrations: element.children(ns::CASE, "Registrering").map(Registration::read).collect() }
    }
}

impl Registration {
    fn read(element: Element<'_>) -> Self {
        let list = |name| element.child(ns::CASE, name);
        let (attributes, states, relations) = (list("AttributListe"), list("TilstandListe"), list("RelationListe"));
        let relation = |name| all(relations, ns::CASE, name).map(Relation::read).collect();
        let of_attributes = attributes.and_then(|list| list.child(ns::COMMON, "LokalUdvidelseListe"));
        let of_relations = relations.and_then(|list| list.child(ns::COMMON, "LokalUdvidelseListe"));
        let extended = |name| all(of_relations, ns::EXTENSION, name).map(Relation::read).collect();
        Self {
            lifecycle: text(element, ns::OIO, "LivscyklusKode"),
            registered: Bound::bare(element, ns::OIO, "Tidspunkt"),
            stored: Bound::bare(element, ns::COMMON, "StsTidspunkt"),
            changed: of_attributes.map_or(Bound::Open, |list| Bound::bare(list, ns::COMMON, "SenestAendretTidspunkt")),
            properties: all(attributes, ns::CASE, "Egenskaber").map(Properties::read).collect(),
            index_properties: all(of_attributes, ns::EXTENSION, "SagIndeksEgenskaber")
                .map(IndexProperties::read)
                .collect(),
            progress: all(states, ns::CASE, "Fremdrift").map(Progress::read).collect(),
            actors: relation("Sagsaktoer"),
            classes: relation("Sagsklasse"),
            parties: relation("Sagspart"),
            cases: relation("Sagsrelation"),
            profiles: extended("Sikkerhedsprofil"),
            systems: extended("SagsitsystemRelation"),
        }
    }
}

impl Properties {
    fn read(element: Element<'_>) -> Self {
        Self {
            effect: Effect::read(element.child(ns::CASE, "Virkning")),
            user_key: text(element, ns::CASE, "BrugervendtNoegle"),
            law: text(element, ns::CASE, "HjemmelSpecifikation"),
            number: text(element, ns::CASE, "Sagsnummer"),
            title: text(element, ns::CASE, "Titel"),
        }
    }
}

impl IndexProperties {
    fn read(element: Element<'_>) -> Self {
        Self {
            effect: Effect::read(element.child(ns::COMMON, "Virkning")),
            status: text(element, ns::EXTENSION, "Sagsstatus"),
            sensitivity: text(element, ns::EXTENSION, "Foelsomhed"),
            opened: Bound::bare(element, ns::EXTENSION, "OprettetTidspunkt"),
        }
    }
}

impl Progress {
    fn read(element: Element<'_>) -> Self {
        Self {
            effect: Effect::read(element.child(ns::CASE, "Virkning")),
            code: text(element, ns::CASE, "FremdriftStatusKode"),
        }
    }
}

fn text(element: Element<'_>, namespace: &str, name: &str) -> Option<String> {
    element.child_text(namespace, name).map(str::to_owned)
}

fn all<'a>(list: Option<Element<'a>>, namespace: &'a str, name: &'a str) -> impl Iterator<Item = Element<'a>> {
    list.into_iter().flat_map(move |list| list.children(namespace, name))
}
