//! The shape of an `AuditEvent`, as far as a look-up fills it, lent from the look-up.

use std::borrow::Cow;
use std::fmt::{Display, Formatter};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::audit::State;
use crate::audit::index::EXTRACT_RELEASED;
use crate::auditor::{LookUp, Shown};

const BALP_PROFILES: [&str; 2] = [
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientQuery",
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source",
];
const BALP_ENTITY: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ENTITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";

/// Our own names: what a code, a pseudonym, an employee and a role are called outside this service.
mod ours {
    pub(super) const PURPOSE: &str = "urn:glasplade:purpose";
    pub(super) const CLIENT: &str = "urn:glasplade:client";
    pub(super) const EMPLOYEE: &str = "urn:glasplade:employee";
    pub(super) const ROLE: &str = "urn:glasplade:role";
    pub(super) const UNIT: &str = "urn:glasplade:unit";
    pub(super) const CITIZEN: &str = "urn:glasplade:citizen";
    pub(super) const EXTRACT: &str = "urn:glasplade:extract";
    pub(super) const ITEM: &str = "urn:glasplade:item";
}

/// One look-up as an `AuditEvent`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditEvent<'a> {
    resource_type: &'static str,
    id: Words<EventId<'a>>,
    meta: Meta,
    #[serde(rename = "type")]
    kind: Coding<'a>,
    subtype: [Coding<'a>; 1],
    action: &'static str,
    period: Period,
    recorded: Timestamp,
    outcome: &'static str,
    outcome_desc: &'a str,
    agent: Vec<Agent<'a>>,
    source: Source,
    entity: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose_of_event: Option<[Concept<'a>; 1]>,
}

/// Serialised as its own words.
struct Words<T>(T);

impl<T: Display> Serialize for Words<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct EventId<'a>(&'a LookUp);

impl Display for EventId<'_> {
    fn fmt(&self, into: &mut Formatter<'_>) -> std::fmt::Result {
        let Self(LookUp { attempt, entries, .. }) = self;
        match entries.first() {
            Some(seq) => write!(into, "{attempt}-{seq}"),
            None => write!(into, "{attempt}"),
        }
    }
}

#[derive(Serialize)]
struct Meta {
    profile: [&'static str; 1],
}

#[derive(Serialize)]
struct Period {
    start: Timestamp,
    end: Timestamp,
}

#[derive(Serialize)]
struct Source {
    site: &'static str,
    observer: Reference<'static>,
    #[serde(rename = "type")]
    kind: [Coding<'static>; 1],
}

#[derive(Serialize)]
struct Coding<'a> {
    system: &'static str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'static str>,
}

#[derive(Serialize)]
struct Concept<'a> {
    coding: [Coding<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Reference<'a> {
    Display(&'static str),
    Identifier {
        #[serde(skip_serializing_if = "Option::is_none")]
        system: Option<&'static str>,
        value: Cow<'a, str>,
    },
}

#[derive(Serialize)]
struct Agent<'a> {
    #[serde(rename = "type")]
    kind: Concept<'a>,
    who: Reference<'a>,
    requestor: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<Network>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    role: Vec<Concept<'a>>,
}

#[derive(Serialize)]
struct Network {
    address: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Entity<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<Reference<'a>>,
    #[serde(rename = "type")]
    kind: Coding<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Coding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<[Detail<'a>; 2]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    value_string: Cow<'a, str>,
}

fn coding(system: &'static str, code: &'static str, display: &'static str) -> Coding<'static> {
    Coding { system, code, display: Some(display) }
}

fn code<'a>(system: &'static str, code: &'a str) -> Concept<'a> {
    Concept { coding: [Coding { system, code, display: None }] }
}

fn named<'a>(system: &'static str, value: &'a str) -> Reference<'a> {
    Reference::Identifier { system: Some(system), value: value.into() }
}

/// The `AuditEvent` of this look-up.
pub(super) fn of(look_up: &LookUp) -> AuditEvent<'_> {
    let is_disclosure = look_up.event.as_ref().is_some_and(|event| event.what == EXTRACT_RELEASED);
    let (kind, subtype, action) = if is_disclosure {
        let disclose = coding(LIFECYCLE, "disclose", "Disclose Record Lifecycle Event");
        (coding(DICOM, "110106", "Export"), disclose, "R")
    } else {
        let search = coding(INTERACTION, "search", "search");
        (coding(EVENT_TYPE, "rest", "Restful Operation"), search, "E")
    };
    let ended = look_up.ended.unwrap_or(look_up.at);
    AuditEvent {
        resource_type: "AuditEvent",
        id: Words(EventId(look_up)),
        meta: Meta { profile: [BALP_PROFILES[usize::from(is_disclosure)]] },
        kind,
        subtype: [subtype],
        action,
        period: Period { start: look_up.at, end: ended },
        recorded: ended,
        outcome: outcome(look_up),
        outcome_desc: look_up.error.as_deref().or(look_up.outcome.as_deref()).unwrap_or_default(),
        agent: agents(look_up, is_disclosure),
        source: Source {
            site: "glasplade",
            observer: Reference::Display("glasplade"),
            kind: [coding(SOURCE_TYPE, "4", "Application Server")],
        },
        entity: entities(look_up, is_disclosure),
        purpose_of_event: look_up.purpose.as_deref().map(|purpose| [code(ours::PURPOSE, purpose)]),
    }
}

/// 0 success, 4 turned away or gone, 8 a fault of ours.
fn outcome(look_up: &LookUp) -> &'static str {
    match look_up.state {
        State::Completed | State::Open => "0",
        State::Refused if look_up.status.is_some_and(|status| status >= 500) => "8",
        State::Refused | State::Abandoned => "4",
    }
}

fn agents(look_up: &LookUp, is_disclosure: bool) -> Vec<Agent<'_>> {
    // BALP wants a network address; the log keeps the portal, not a caseworker's machine.
    let network = || Some(Network { address: "glasplade", kind: "1" });
    let role_id = |number, display, who| {
        let kind = Concept { coding: [coding(DICOM, number, display)] };
        Agent { kind, who, requestor: false, network: network(), role: Vec::new() }
    };
    let participation = |code, display| Concept { coding: [coding(PARTICIPATION, code, display)] };
    let service = Reference::Display("glasplade");
    let (from, to) = if is_disclosure {
        (service, Reference::Display("the citizen, through the insight officer"))
    } else {
        (named(ours::CLIENT, look_up.client.as_deref().unwrap_or("unknown")), service)
    };
    let mut agents = Vec::with_capacity(4);
    agents.push(role_id("110153", "Source Role ID", from));
    agents.push(role_id("110152", "Destination Role ID", to));
    if let Some(employee) = &look_up.employee {
        agents.push(Agent {
            kind: participation("IRCP", "information recipient"),
            who: named(ours::EMPLOYEE, employee),
            requestor: true,
            network: None,
            role: look_up.roles.iter().map(|role| code(ours::ROLE, role)).collect(),
        });
    }
    if let Some(unit) = look_up.unit.as_ref().or(look_up.department.as_ref()) {
        agents.push(Agent {
            kind: participation("CST", "custodian"),
            who: named(ours::UNIT, unit),
            requestor: false,
            network: None,
            role: Vec::new(),
        });
    }
    agents
}

fn entities(look_up: &LookUp, is_disclosure: bool) -> Vec<Entity<'_>> {
    let mut entities = Vec::with_capacity(look_up.shown.len() + 3);
    if let Some(citizen) = &look_up.citizen {
        entities.push(Entity {
            kind: coding(ENTITY_TYPE, "1", "Person"),
            ..entity(named(ours::CITIZEN, citizen), Some(coding(ENTITY_ROLE, "1", "Patient")))
        });
    }
    if is_disclosure {
        entities.push(resource(extract(look_up)));
    } else {
        entities.push(query(look_up));
    }
    entities.extend(look_up.shown.iter().map(shown));
    if let Some(trace) = &look_up.trace_id {
        entities.push(Entity {
            kind: coding(BALP_ENTITY, "XrequestId", "X-Request-Id"),
            ..entity(Reference::Identifier { system: None, value: trace.into() }, None)
        });
    }
    entities
}

fn entity<'a>(what: Reference<'a>, role: Option<Coding<'a>>) -> Entity<'a> {
    let kind = coding(ENTITY_TYPE, "2", "System Object");
    Entity { what: Some(what), kind, role, query: None, description: None, detail: None }
}

fn resource(what: Reference<'_>) -> Entity<'_> {
    entity(what, Some(coding(ENTITY_ROLE, "4", "Domain Resource")))
}

fn extract(look_up: &LookUp) -> Reference<'_> {
    let id: Uuid = look_up.event.as_ref().and_then(|event| event.id).unwrap_or_default();
    Reference::Identifier { system: Some(ours::EXTRACT), value: id.to_string().into() }
}

/// The raw query holds the citizen's number and is nowhere kept; what is told is the route and the criterion.
fn query(look_up: &LookUp) -> Entity<'_> {
    let description = format!("{} criterion={}", look_up.route, look_up.criterion.unwrap_or("none"));
    let query = Base64Display::new(description.as_bytes(), &STANDARD).to_string();
    let detail = look_up.emergency.as_ref().map(|emergency| {
        [detail("emergency_code", emergency.code.as_str()), detail("emergency_reason", emergency.reason.as_str())]
    });
    Entity {
        what: None,
        kind: coding(ENTITY_TYPE, "2", "System Object"),
        role: Some(coding(ENTITY_ROLE, "24", "Query")),
        query: Some(query),
        description: Some(description),
        detail,
    }
}

fn shown(item: &Shown) -> Entity<'_> {
    let classes = match &item.classes[..] {
        [only] => Cow::Borrowed(only.as_str()),
        classes => classes.join(" ").into(),
    };
    let detail = [detail("basis", item.basis.as_str()), detail("classes", classes)];
    Entity { detail: Some(detail), ..resource(named(ours::ITEM, &item.item)) }
}

fn detail<'a>(kind: &'static str, value: impl Into<Cow<'a, str>>) -> Detail<'a> {
    Detail { kind, value_string: value.into() }
}
