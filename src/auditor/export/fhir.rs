//! FHIR R4 `AuditEvent`, one a line, after the patterns of IHE BALP: `PatientQuery` for a look-up, `PrivacyDisclosure` at the
//! source for an extract that was released. Codes and systems are those of BALP 1.1, HL7 terminology and DICOM.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Sink;
use crate::audit::State;
use crate::audit::index::EXTRACT_RELEASED;
use crate::auditor::LookUp;

pub(super) struct Fhir<W: Write>(W);

impl<W: Write> Fhir<W> {
    pub(super) fn new(into: W) -> Self {
        Self(into)
    }
}

impl<W: Write> Sink for Fhir<W> {
    fn take(&mut self, look_up: &LookUp) -> io::Result<()> {
        let mut line = serde_json::to_vec(&event(look_up))?;
        line.push(b'\n');
        self.0.write_all(&line)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

const BALP: &str = "https://profiles.ihe.net/ITI/BALP/";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ENTITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
/// Our own names: what a code, a pseudonym, an employee and a role are called outside this service.
const OURS: &str = "urn:glasplade:";

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

/// One look-up as an `AuditEvent`.
pub(super) fn event(look_up: &LookUp) -> Value {
    let is_disclosure = look_up.event.as_ref().is_some_and(|event| event.what == EXTRACT_RELEASED);
    let (profile, kind, subtype, action) = if is_disclosure {
        let disclose = coding(LIFECYCLE, "disclose", "Disclose Record Lifecycle Event");
        ("IHE.BasicAudit.PrivacyDisclosure.Source", coding(DICOM, "110106", "Export"), disclose, "R")
    } else {
        let search = coding(INTERACTION, "search", "search");
        ("IHE.BasicAudit.PatientQuery", coding(EVENT_TYPE, "rest", "Restful Operation"), search, "E")
    };
    let (outcome, words) = outcome(look_up);
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": look_up.entries.first().map_or_else(|| look_up.attempt.to_string(), |seq| format!("{}-{seq}", look_up.attempt)),
        "meta": { "profile": [format!("{BALP}StructureDefinition/{profile}")] },
        "type": kind,
        "subtype": [subtype],
        "action": action,
        "period": { "start": look_up.at, "end": look_up.ended.unwrap_or(look_up.at) },
        "recorded": look_up.ended.unwrap_or(look_up.at),
        "outcome": outcome,
        "outcomeDesc": words,
        "agent": agents(look_up, is_disclosure),
        "source": {
            "site": "glasplade",
            "observer": { "display": "glasplade" },
            "type": [coding(SOURCE_TYPE, "4", "Application Server")],
        },
        "entity": entities(look_up, is_disclosure),
    });
    if let Some(purpose) = &look_up.purpose {
        let coding = json!([{ "system": format!("{OURS}purpose"), "code": purpose }]);
        event["purposeOfEvent"] = json!([{ "coding": coding }]);
    }
    event
}

/// 0 success, 4 turned away or gone, 8 a fault of ours.
fn outcome(look_up: &LookUp) -> (&'static str, String) {
    let words = look_up.error.clone().or_else(|| look_up.outcome.clone()).unwrap_or_default();
    match look_up.state {
        State::Completed | State::Open => ("0", words),
        State::Refused if look_up.status.is_some_and(|status| status >= 500) => ("8", words),
        State::Refused | State::Abandoned => ("4", words),
    }
}

fn agents(look_up: &LookUp, is_disclosure: bool) -> Vec<Value> {
    let agent = |code: &str, display: &str, who: Value, requestor: bool| {
        let kind = json!({ "coding": [coding(DICOM, code, display)] });
        // BALP wants a network address; the log keeps the portal, not a caseworker's machine.
        json!({ "type": kind, "who": who, "requestor": requestor, "network": { "address": "glasplade", "type": "1" } })
    };
    let named =
        |kind: &str, value: &str| json!({ "identifier": { "system": format!("{OURS}{kind}"), "value": value } });
    let service = json!({ "display": "glasplade" });
    let client = named("client", look_up.client.as_deref().unwrap_or("unknown"));
    let mut agents = if is_disclosure {
        let recipient = json!({ "display": "the citizen, through the insight officer" });
        vec![
            agent("110153", "Source Role ID", service, false),
            agent("110152", "Destination Role ID", recipient, false),
        ]
    } else {
        vec![agent("110153", "Source Role ID", client, false), agent("110152", "Destination Role ID", service, false)]
    };
    if let Some(employee) = &look_up.employee {
        let roles: Vec<Value> = look_up
            .roles
            .iter()
            .map(|role| json!({ "coding": [{ "system": format!("{OURS}role"), "code": role }] }))
            .collect();
        let mut user = json!({
            "type": { "coding": [coding(PARTICIPATION, "IRCP", "information recipient")] },
            "who": named("employee", employee),
            "requestor": true,
        });
        if !roles.is_empty() {
            user["role"] = json!(roles);
        }
        agents.push(user);
    }
    if let Some(unit) = look_up.unit.as_ref().or(look_up.department.as_ref()) {
        agents.push(json!({
            "type": { "coding": [coding(PARTICIPATION, "CST", "custodian")] },
            "who": named("unit", unit),
            "requestor": false,
        }));
    }
    agents
}

fn entities(look_up: &LookUp, is_disclosure: bool) -> Vec<Value> {
    let mut entities = Vec::new();
    if let Some(citizen) = &look_up.citizen {
        entities.push(json!({
            "what": { "identifier": { "system": format!("{OURS}citizen"), "value": citizen } },
            "type": coding(ENTITY_TYPE, "1", "Person"),
            "role": coding(ENTITY_ROLE, "1", "Patient"),
        }));
    }
    if is_disclosure {
        let id = look_up.event.as_ref().and_then(|event| event.id).unwrap_or_default();
        entities.push(json!({
            "what": { "identifier": { "system": format!("{OURS}extract"), "value": id } },
            "type": coding(ENTITY_TYPE, "2", "System Object"),
            "role": coding(ENTITY_ROLE, "4", "Domain Resource"),
        }));
    } else {
        // The raw query holds the citizen's number and is nowhere kept; what is told is the route and the criterion.
        let query = format!("{} criterion={}", look_up.route, look_up.criterion.unwrap_or("none"));
        let mut entity = json!({
            "type": coding(ENTITY_TYPE, "2", "System Object"),
            "role": coding(ENTITY_ROLE, "24", "Query"),
            "query": STANDARD.encode(&query),
            "description": query,
        });
        if let Some(emergency) = &look_up.emergency {
            entity["detail"] = json!([
                { "type": "emergency_code", "valueString": emergency.code },
                { "type": "emergency_reason", "valueString": emergency.reason },
            ]);
        }
        entities.push(entity);
    }
    for item in &look_up.shown {
        entities.push(json!({
            "what": { "identifier": { "system": format!("{OURS}item"), "value": item.item } },
            "type": coding(ENTITY_TYPE, "2", "System Object"),
            "role": coding(ENTITY_ROLE, "4", "Domain Resource"),
            "detail": [
                { "type": "basis", "valueString": item.basis },
                { "type": "classes", "valueString": item.classes.join(" ") },
            ],
        }));
    }
    if let Some(trace) = &look_up.trace_id {
        entities.push(json!({
            "what": { "identifier": { "value": trace } },
            "type": coding(&format!("{BALP}CodeSystem/BasicAuditEntityType"), "XrequestId", "X-Request-Id"),
        }));
    }
    entities
}
