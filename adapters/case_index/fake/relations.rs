//! Everything that one row of the population points to, as the index' relations.

use jiff::Timestamp;
use uuid::Uuid;

use super::moments::{Moments, midnight};
use super::systems::{self, class_uuid, master_system_uuid, system_name};
use super::tree::{Space, Tag};
use crate::case_index::wire;
use crate::contract::CprNumber;
use crate::fake::World;
use crate::fake::population::{CaseRow, Party, Staff, UnitRow};

/// One relation, for searching by it and for writing it.
pub(super) struct RelationRow {
    /// `Sagsaktoer`, `Sagspart` …
    pub(super) element: &'static str,
    /// `Rolle`.
    pub(super) role: Uuid,
    /// `Type`.
    pub(super) kind: Uuid,
    /// `ReferenceID`: a UUID or a URN.
    pub(super) target: String,
    index: Option<usize>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    extension: Option<Tag>,
    own: Vec<Tag>,
}

/// What a relation points to, as text.
struct Target(String);

impl From<Uuid> for Target {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl From<String> for Target {
    fn from(urn: String) -> Self {
        Self(urn)
    }
}

impl RelationRow {
    fn new(element: &'static str, role: Uuid, kind: Uuid, target: impl Into<Target>) -> Self {
        let Target(target) = target.into();
        Self { element, role, kind, target, index: None, from: None, to: None, extension: None, own: Vec::new() }
    }

    fn described(mut self, extension: Tag) -> Self {
        self.extension = Some(extension);
        self
    }

    fn indexed(mut self, index: usize) -> Self {
        self.index = Some(index);
        self
    }

    fn during(mut self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// The element, in the schema's order.
    pub(super) fn tag(&self, row: &CaseRow) -> Tag {
        let is_extended = matches!(self.element, "Sikkerhedsprofil" | "SagsitsystemRelation");
        let space = if is_extended { Space::Extension } else { Space::Case };
        let opened = row.opened.and_then(midnight);
        let reference = |name, text: &str| {
            let is_urn = text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("urn:"));
            let choice = if is_urn { "URNIdentifikator" } else { "UUIDIdentifikator" };
            Tag::new(Space::Common, name).add(Tag::text(Space::Oio, choice, text))
        };
        let extension = self.extension.clone().filter(|_| !row.quirks.contains_key("no_extension"));
        let foreign = row.quirks.contains_key("foreign").then(|| {
            Tag::new(Space::Foreign, "Ukendt").add(Tag::text(Space::Extension, "FuldtNavn", "Skal springes over"))
        });
        let list = extension.map(|known| Tag::new(Space::Common, "LokalUdvidelseListe").with(foreign).add(known));
        Tag::new(space, self.element)
            .add(Moments::of(row).effect(Space::Common, self.from.or(opened), self.to))
            .add(reference("Rolle", &self.role.to_string()))
            .add(reference("Type", &self.kind.to_string()))
            .with(self.index.map(|index| Tag::text(Space::Common, "Indeks", index.to_string())))
            .add(reference("ReferenceID", &self.target))
            .with(list)
            .with(self.own.iter().cloned())
    }
}

/// All relations of a row, in the schema's order.
pub(super) fn relations(row: &CaseRow, world: &World) -> Vec<RelationRow> {
    let mut all = actors(row, world);
    all.extend(classes(row));
    all.extend(parties(row, world));
    all.extend(cases(row));
    if row.quirks.contains_key("journal_empty") {
        all.push(RelationRow::new("Journalpost", systems::RELATED, systems::TYPE_CASE, "URN:Empty".to_owned()));
    }
    all.extend((1..).zip(&row.screened_to).map(|(index, who)| {
        let is_unit = world.units().iter().any(|unit| unit.uuid == *who);
        let kind = if is_unit { wire::TYPE_UNIT } else { wire::TYPE_USER };
        RelationRow::new("Sikkerhedsprofil", systems::ACCESS, kind, *who).indexed(index)
    }));
    all.extend(master(row));
    all
}

fn extension(name: &'static str, fields: &[(&'static str, Option<&str>)]) -> Tag {
    let field = |(name, text): &(&'static str, Option<&str>)| text.map(|text| Tag::text(Space::Extension, name, text));
    Tag::new(Space::Extension, name).with(fields.iter().filter_map(field))
}

fn actor_names(key: Option<&str>, name: &str) -> Tag {
    let fields = [("BrugervendtNoegle", key), ("FuldtNavn", Some(name)), ("CVR-Nummer", Some("12345678"))];
    extension("SagsaktoerLokalUdvidelse", &fields)
}

fn actors(row: &CaseRow, world: &World) -> Vec<RelationRow> {
    let unit = |role, unit: &UnitRow| {
        RelationRow::new("Sagsaktoer", role, wire::TYPE_UNIT, unit.uuid).described(actor_names(None, &unit.name))
    };
    let person = |role, staff: &Staff| {
        let target = match row.quirks.get("actor_urn") {
            Some(_) => format!("urn:oio:opdigtet:brugerid:{}", staff.id),
            None => staff.uuid.to_string(),
        };
        let names = actor_names(Some(&staff.id), world.spelled(staff, "case_index"));
        RelationRow::new("Sagsaktoer", role, wire::TYPE_USER, target).described(names)
    };
    let staff = |id: &str| world.staff_member(id);
    let owner = RelationRow::new("Sagsaktoer", wire::OWNER, wire::TYPE_ORGANISATION, systems::MUNICIPALITY)
        .described(actor_names(None, "Opdigtet Kommune"));
    let mut all = vec![owner];
    let named_unit = |code: &Option<String>| code.as_deref().and_then(|code| world.unit(code));
    all.extend(named_unit(&row.unit).map(|found| unit(wire::RESPONSIBLE, found)));
    let since = row.caseworker_since.and_then(midnight);
    if let Some(former) = row.quirks.get("former_caseworker").and_then(|id| staff(id.as_str()?)) {
        all.push(person(wire::PRIMARY_CASEWORKER, former).during(None, since));
    }
    let caseworker = row.caseworker.as_deref().and_then(staff);
    all.extend(caseworker.map(|staff| person(wire::PRIMARY_CASEWORKER, staff).during(since, None)));
    all.extend(named_unit(&row.caseworker_unit).map(|found| unit(wire::PRIMARY_CASEWORKER, found)));
    let others = row.others.iter().chain(&row.coordinator).filter_map(|id| staff(id));
    all.extend((1..).zip(others).map(|(index, staff)| person(systems::OTHER_CASEWORKER, staff).indexed(index)));
    all
}

fn classes(row: &CaseRow) -> impl Iterator<Item = RelationRow> {
    let class = |role, number: &str, plan, title: Option<&str>| {
        let fields = [("Facettitel", Some(plan)), ("Klassetitel", title), ("BrugervendtNoegle", Some(number))];
        RelationRow::new("Sagsklasse", role, wire::TYPE_CLASS, class_uuid(number))
            .described(extension("SagsklasseLokalUdvidelse", &fields))
    };
    let facet = row.facet.as_deref().map(|facet| class(wire::ACTION_CLASS, facet, "KLE - handlingsfacet", None));
    let title = row.kle_title.as_deref();
    let subject = row.kle.as_deref().map(|kle| class(wire::PRIMARY_CLASS, kle, "KLE Emneplan", title));
    // The facet first: position tells nothing.
    facet.into_iter().chain(subject)
}

fn parties(row: &CaseRow, world: &World) -> Vec<RelationRow> {
    let role = match row.party {
        Party::Primary => wire::PRIMARY_PARTY,
        Party::Secondary => systems::SECONDARY_PARTY,
        Party::BenefitRecipient => systems::BENEFIT_RECIPIENT,
    };
    let party = |role, target: String, name: Option<&str>| {
        RelationRow::new("Sagspart", role, wire::TYPE_PERSON, target)
            .described(extension("SagspartLokalUdvidelse", &[("FuldtNavn", name)]))
    };
    let name = |cpr: &str| world.person(cpr).map(crate::fake::population::Person::full_name);
    let quirk = |name: &str| row.quirks.get(name).and_then(|value| value.as_str());
    let own_name = name(&row.citizen);
    let own = match quirk("party_as") {
        Some("fuldtnavn") => Some(format!("urn:oio:fuldtnavn:{}", own_name.as_deref().unwrap_or("Test"))),
        Some("personid") => Some("urn:oio:us:personid:1234567".to_owned()),
        Some("none") => None,
        _ => Some(format!("{}{}", CprNumber::URN_PREFIX, row.citizen)),
    };
    let mut all: Vec<RelationRow> = own.into_iter().map(|target| party(role, target, own_name.as_deref())).collect();
    if let Some(cpr) = quirk("also_party") {
        let target = format!("{}{cpr}", CprNumber::URN_PREFIX);
        all.push(party(systems::SECONDARY_PARTY, target, name(cpr).as_deref()).indexed(2));
    }
    if let Some(company) = quirk("company_party") {
        let target = format!("urn:oio:cvr-nr:{company}");
        let company = RelationRow::new("Sagspart", systems::SECONDARY_PARTY, wire::TYPE_ORGANISATION, target);
        all.push(company.indexed(3));
    }
    all
}

fn cases(row: &CaseRow) -> impl Iterator<Item = RelationRow> {
    let roles =
        [(systems::PART_OF, row.part_of), (systems::GRANTED_BY, row.granted_by), (systems::RELATED, row.related)];
    let other = |(role, case): (Uuid, Option<Uuid>)| {
        case.map(|case| RelationRow::new("Sagsrelation", role, systems::TYPE_CASE, case))
    };
    roles.into_iter().filter_map(other)
}

fn master(row: &CaseRow) -> Vec<RelationRow> {
    let Some(master) = row.master.as_deref() else { return Vec::new() };
    let sender = row.quirks.get("sender").and_then(|name| name.as_str()).unwrap_or(master);
    let address = row.quirks.get("system_uri").and_then(|address| address.as_str());
    let system = |role, name: &str, address: Option<&str>| {
        let id = master_system_uuid(name);
        let mut relation = RelationRow::new("SagsitsystemRelation", role, wire::TYPE_SYSTEM, id);
        relation.own.push(Tag::text(Space::Extension, "SystemNavn", system_name(name)));
        relation.own.extend(address.map(|address| Tag::text(Space::Extension, "SystemURI", address)));
        relation
    };
    vec![system(wire::SENDER, sender, None), system(wire::MASTER, master, address)]
}
