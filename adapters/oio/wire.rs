//! `LoRa`'s shapes and names; nowhere else.
//!
//! What is not named here is not read: `journalpost` (notes), `offentlighedundtaget` (the title that is kept from the
//! public), `notetekst` and `aktoerref` of an effect.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// Every 200 of `LoRa`: `{"results": [[…]]}` of a search or of several objects, `{"<uuid>": [{…}]}` of one object.
pub(super) type Envelope = BTreeMap<String, Vec<Box<RawValue>>>;

/// A Sag or an Indsats. The names that differ between the two are aliases, so that both read alike.
#[derive(Debug, Deserialize)]
pub(super) struct Object {
    pub(super) id: Uuid,
    #[serde(rename = "registreringer")]
    pub(super) registrations: Vec<Registration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Registration {
    #[serde(rename = "attributter", default)]
    pub(super) attributes: Attributes,
    #[serde(rename = "tilstande", default)]
    pub(super) states: States,
    #[serde(rename = "relationer", default)]
    pub(super) relations: Relations,
    #[serde(rename = "fratidspunkt")]
    pub(super) from: Option<Stamp>,
    #[serde(rename = "livscykluskode")]
    pub(super) life_cycle: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Stamp {
    #[serde(rename = "tidsstempeldatotid")]
    pub(super) moment: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Attributes {
    #[serde(rename = "sagegenskaber", alias = "indsatsegenskaber", default)]
    pub(super) properties: Vec<Properties>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Properties {
    #[serde(rename = "brugervendtnoegle")]
    pub(super) user_key: Option<String>,
    #[serde(rename = "sagsnummer")]
    pub(super) number: Option<String>,
    #[serde(rename = "titel")]
    pub(super) title: Option<String>,
    #[serde(rename = "beskrivelse")]
    pub(super) description: Option<String>,
    #[serde(rename = "hjemmel")]
    pub(super) law: Option<String>,
    #[serde(rename = "starttidspunkt")]
    pub(super) start: Option<String>,
    #[serde(rename = "sluttidspunkt")]
    pub(super) end: Option<String>,
    #[serde(rename = "virkning")]
    pub(super) effect: Option<Effect>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct States {
    #[serde(rename = "sagfremdrift", alias = "indsatsfremdrift", default)]
    pub(super) progress: Vec<State>,
}

#[derive(Debug, Deserialize)]
pub(super) struct State {
    /// `status` in the oldest releases.
    #[serde(rename = "fremdrift", alias = "status")]
    pub(super) progress: Option<String>,
    #[serde(rename = "virkning")]
    pub(super) effect: Option<Effect>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Relations {
    #[serde(rename = "primaerpart")]
    pub(super) primary_party: Vec<Relation>,
    #[serde(rename = "sekundaerpart")]
    pub(super) secondary_party: Vec<Relation>,
    #[serde(rename = "ydelsesmodtager")]
    pub(super) benefit_recipient: Vec<Relation>,
    #[serde(rename = "ansvarlig")]
    pub(super) responsible: Vec<Relation>,
    #[serde(rename = "primaerbehandler")]
    pub(super) primary_caseworker: Vec<Relation>,
    #[serde(rename = "andrebehandlere")]
    pub(super) other_caseworkers: Vec<Relation>,
    #[serde(rename = "primaerklasse")]
    pub(super) primary_class: Vec<Relation>,
    #[serde(rename = "handlingsklasse")]
    pub(super) action_class: Vec<Relation>,
    #[serde(rename = "foelsomhedsklasse")]
    pub(super) sensitivity_class: Vec<Relation>,
    #[serde(rename = "oversag")]
    pub(super) parent_case: Vec<Relation>,
    #[serde(rename = "andresager")]
    pub(super) other_cases: Vec<Relation>,
    #[serde(rename = "indsatsmodtager")]
    pub(super) recipient: Vec<Relation>,
    #[serde(rename = "indsatstype")]
    pub(super) intervention_type: Vec<Relation>,
    #[serde(rename = "indsatsaktoer")]
    pub(super) intervention_actors: Vec<Relation>,
    #[serde(rename = "indsatssag")]
    pub(super) intervention_case: Vec<Relation>,
    #[serde(rename = "samtykke")]
    pub(super) consents: Vec<Relation>,
}

impl Relations {
    /// Every relation that is read.
    pub(super) fn all(&self) -> impl Iterator<Item = &Relation> {
        [
            &self.primary_party,
            &self.secondary_party,
            &self.benefit_recipient,
            &self.responsible,
            &self.primary_caseworker,
            &self.other_caseworkers,
            &self.primary_class,
            &self.action_class,
            &self.sensitivity_class,
            &self.parent_case,
            &self.other_cases,
            &self.recipient,
            &self.intervention_type,
            &self.intervention_actors,
            &self.intervention_case,
            &self.consents,
        ]
        .into_iter()
        .flatten()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Relation {
    pub(super) uuid: Option<String>,
    pub(super) urn: Option<String>,
    #[serde(rename = "objekttype")]
    pub(super) object_type: Option<String>,
    #[serde(rename = "virkning")]
    pub(super) effect: Option<Effect>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Effect {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) from_included: Option<bool>,
    pub(super) to_included: Option<bool>,
}

/// `LoRa`'s own error text.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) message: String,
}
