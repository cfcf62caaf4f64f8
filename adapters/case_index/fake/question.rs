//! The question, read from its XML after the schema has had its say.

use jiff::Timestamp;

use super::schema::{self, Invalid};
use crate::case_index::wire::ns;
use crate::contract::CprNumber;
use crate::transport::xml::Element;

/// A `fremsoeg`.
#[derive(Debug, Default)]
pub(super) struct Question {
    /// `SagUuid`, lower case.
    pub(super) ids: Vec<String>,
    /// `SoegUdtryk`.
    pub(super) search: Option<Expression>,
    /// First row wanted.
    pub(super) first: i64,
    /// Most rows wanted.
    pub(super) most: Option<i64>,
    /// `Vis` of every `SagVis`.
    pub(super) views: Vec<String>,
    /// `SagSortering`: element and whether it falls, by priority.
    pub(super) sorting: Vec<(String, bool)>,
}

/// A search expression.
#[derive(Debug)]
pub(super) enum Expression {
    /// AND.
    All(Vec<Expression>),
    /// OR.
    One(Vec<Expression>),
    /// NOT: none of them.
    Not(Box<Expression>),
    /// A case like this.
    Case(Box<Example>),
    /// Documents, of which this fake has none.
    Nothing,
}

/// A case by example; what is left out fits every case.
#[derive(Debug, Default)]
pub(super) struct Example {
    /// `BrugervendtNoegle`.
    pub(super) user_key: Option<String>,
    /// `Sagsnummer`.
    pub(super) number: Option<String>,
    /// `Titel`.
    pub(super) title: Option<String>,
    /// `FremdriftStatusKode` now.
    pub(super) status: Option<String>,
    /// Stored at or after.
    pub(super) from: Option<Timestamp>,
    /// Stored at or before.
    pub(super) to: Option<Timestamp>,
    /// Relations that it has.
    pub(super) relations: Vec<RelationExample>,
    /// It asks for something that this fake does not look at.
    pub(super) beyond: bool,
}

/// A relation by example. References are lower-case text.
#[derive(Debug)]
pub(super) struct RelationExample {
    /// `Sagspart` and its like.
    pub(super) element: String,
    /// `Rolle`.
    pub(super) role: Option<String>,
    /// `Type`.
    pub(super) kind: Option<String>,
    /// `ReferenceID`.
    pub(super) target: Option<String>,
}

const VIEWS: [&str; 11] = [
    "egenskaber",
    "fremdrift",
    "sagsklasse",
    "sagsaktoer",
    "sagspart",
    "sagsrelation",
    "sagsgenstand",
    "journalpost",
    "journalpost-journalnote",
    "itsystem",
    "sikkerhedsprofil",
];

impl Question {
    /// Reads the root element.
    ///
    /// # Errors
    /// [`Invalid`] where the schema says so.
    pub(super) fn read(root: Element<'_>) -> Result<Self, Invalid> {
        schema::sequence(root, schema::INPUT)?;
        let mut question = Self {
            ids: root.children(ns::INDEX, "SagUuid").filter_map(Element::text).map(str::to_lowercase).collect(),
            ..Self::default()
        };
        if let Some(search) = root.child(ns::INDEX, "SoegUdtryk") {
            question.search = Some(question.expression(search)?);
        }
        for part in root.child(ns::INDEX, "Filter").into_iter().flat_map(Element::elements) {
            question.view(part)?;
        }
        if let Some(sorting) = root.child(ns::INDEX, "Sortering") {
            question.sorting = sorted_by(sorting)?;
        }
        Ok(question)
    }

    fn view(&mut self, part: Element<'_>) -> Result<(), Invalid> {
        let is_view = part.is(ns::INDEX, "SagVis");
        if is_view || part.is(ns::INDEX, "DokumentVis") {
            schema::sequence(part, schema::VIEW)?;
            let name = part.child_text(ns::INDEX, "Vis").unwrap_or_default();
            if is_view && !VIEWS.contains(&name) {
                return Err(Invalid("en Vis er ikke blandt de kendte"));
            }
            if is_view {
                self.views.push(name.to_owned());
            }
            return Ok(());
        }
        let includes = part.is(ns::INDEX, "SagInkluder") || part.is(ns::INDEX, "DokumentInkluder");
        if includes { Ok(()) } else { Err(Invalid("Filter har et ukendt element")) }
    }

    fn expression(&mut self, element: Element<'_>) -> Result<Expression, Invalid> {
        schema::no_attributes(element)?;
        let mut parts = element.elements().peekable();
        let operation = match parts.next_if(|first| first.is(ns::INDEX, "operation")) {
            Some(operation) => operation.text(),
            None => Some("AND"),
        };
        let parts = parts.map(|part| self.part(part)).collect::<Result<Vec<_>, _>>()?;
        match operation {
            Some("AND") => Ok(Expression::All(parts)),
            Some("OR") => Ok(Expression::One(parts)),
            _ => Err(Invalid("operation er AND eller OR")),
        }
    }

    fn part(&mut self, part: Element<'_>) -> Result<Expression, Invalid> {
        if part.namespace() != ns::INDEX {
            return Err(Invalid("SoegUdtryk har et element i forkert navnerum"));
        }
        match part.name() {
            "SoegUdtryk" => self.expression(part),
            "NOT" => Ok(Expression::Not(Box::new(self.expression(part)?))),
            "SoegSag" => {
                schema::searched_case(part)?;
                self.paging(part)?;
                Example::read(part).map(|example| Expression::Case(Box::new(example)))
            }
            "SoegDokument" | "SoegSagsloeseDokumenter" => Ok(Expression::Nothing),
            _ => Err(Invalid("SoegUdtryk har et ukendt element")),
        }
    }

    /// Whether paging counts per `SoegSag` or in all is not public: here the first one that pages counts for all.
    fn paging(&mut self, case: Element<'_>) -> Result<(), Invalid> {
        let number = |name| match case.child(ns::OIO, name).map(Element::text) {
            None => Ok(None),
            Some(text) => {
                let number = text.and_then(|text| text.parse::<i32>().ok());
                number.map(|number| Some(i64::from(number))).ok_or(Invalid("et antal er ikke et heltal"))
            }
        };
        let (first, most) = (number("FoersteResultatReference")?, number("MaksimalAntalKvantitet")?);
        if self.first == 0 && self.most.is_none() {
            (self.first, self.most) = (first.unwrap_or(0), most);
        }
        Ok(())
    }

    /// The first person asked for, ten digits.
    pub(super) fn citizen(&self) -> Option<String> {
        let mut found = None;
        if let Some(search) = &self.search {
            search.each_case(&mut |example| {
                let mut persons = example.relations.iter().filter_map(|relation| relation.target.as_deref());
                let person = persons.find_map(|target| target.strip_prefix(CprNumber::URN_PREFIX));
                found = found.take().or_else(|| person.map(str::to_owned));
            });
        }
        found
    }
}

fn sorted_by(sorting: Element<'_>) -> Result<Vec<(String, bool)>, Invalid> {
    let mut keys = Vec::new();
    for key in sorting.elements() {
        if !key.is(ns::INDEX, "SagSortering") && !key.is(ns::INDEX, "DokumentSortering") {
            return Err(Invalid("Sortering har et ukendt element"));
        }
        schema::sequence(key, schema::SORTING)?;
        let text = |name| key.child_text(ns::INDEX, name).unwrap_or_default();
        let falls = match text("Retning") {
            "Stigende" => false,
            "Faldende" => true,
            _ => return Err(Invalid("Retning er Stigende eller Faldende")),
        };
        let priority: i32 = text("Prioritet").parse().map_err(|_| Invalid("Prioritet er ikke et heltal"))?;
        keys.push((priority, text("Element").to_owned(), falls));
    }
    keys.sort_by_key(|(priority, _, _)| *priority);
    Ok(keys.into_iter().map(|(_, element, falls)| (element, falls)).collect())
}

impl Expression {
    /// Visits every example.
    pub(super) fn each_case(&self, visit: &mut impl FnMut(&Example)) {
        match self {
            Self::All(parts) | Self::One(parts) => parts.iter().for_each(|part| part.each_case(visit)),
            Self::Not(part) => part.each_case(visit),
            Self::Case(example) => visit(example),
            Self::Nothing => {}
        }
    }

    /// It says nothing at all: `<SoegUdtryk/>`.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::All(parts) | Self::One(parts) if parts.is_empty())
    }
}

impl Example {
    fn read(case: Element<'_>) -> Result<Self, Invalid> {
        let list = |name| case.child(ns::CASE, name);
        let properties = list("AttributListe").and_then(|list| list.child(ns::CASE, "Egenskaber"));
        let text = |name| properties.and_then(|found| found.child_text(ns::CASE, name)).map(str::to_owned);
        let state = list("TilstandListe").and_then(|list| list.child(ns::CASE, "Fremdrift"));
        let end = |name| case.child(ns::OPERATIONS, name).map_or(Ok(None), schema::moment);
        let relations = list("RelationListe");
        let extended = relations.and_then(|list| list.child(ns::COMMON, "LokalUdvidelseListe"));
        let in_extension = extended.into_iter().flat_map(Element::elements);
        let in_list = relations.into_iter().flat_map(Element::elements).filter(|one| one.namespace() == ns::CASE);
        Ok(Self {
            user_key: text("BrugervendtNoegle"),
            number: text("Sagsnummer"),
            title: text("Titel"),
            status: state.and_then(|state| state.child_text(ns::CASE, "FremdriftStatusKode")).map(str::to_owned),
            from: end("SoegStsFraTidspunkt")?,
            to: end("SoegStsTilTidspunkt")?,
            relations: in_list.chain(in_extension).map(RelationExample::read).collect(),
            beyond: list("AttributListe").is_some_and(|list| list.child(ns::COMMON, "LokalUdvidelseListe").is_some())
                || properties.is_some_and(|found| found.child(ns::CASE, "HjemmelSpecifikation").is_some()),
        })
    }
}

impl RelationExample {
    fn read(relation: Element<'_>) -> Self {
        let reference = |name| {
            let choice = relation.child(ns::COMMON, name)?.elements().next()?;
            choice.text().map(str::to_lowercase)
        };
        Self {
            element: relation.name().to_owned(),
            role: reference("Rolle"),
            kind: reference("Type"),
            target: reference("ReferenceID"),
        }
    }
}
