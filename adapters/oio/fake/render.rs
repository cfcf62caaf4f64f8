//! A row of the population as `LoRa` stores it: one registration of a Sag or an Indsats with every effect.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::contract::{CprNumber, danish_time_zone};
use crate::fake::FakeContext;
use crate::fake::population::{CaseRow, Party, Progress, RowKind};

/// How much earlier than its newest registration the one before was made.
const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// The row was found, and is gone when it is read: `deleted` or `removed`.
pub(super) fn gone(row: &CaseRow) -> Option<&str> {
    row.quirks.get("gone").and_then(Value::as_str)
}

/// Who was the party until yesterday's party took over.
pub(super) fn former_party(row: &CaseRow) -> Option<&str> {
    row.quirks.get("former_party").and_then(Value::as_str)
}

/// How many registrations a read shows.
pub(super) fn registrations(row: &CaseRow) -> u64 {
    row.quirks.get("registrations").and_then(Value::as_u64).unwrap_or(1)
}

/// The newest registration.
pub(super) fn registration(row: &CaseRow, context: &FakeContext) -> Value {
    let effect = effect(row.opened.map(midnight), None);
    let (attributes, states, relations) = match row.kind {
        RowKind::Case => (case_attributes(row, &effect), case_states(row, context), case_relations(row, context)),
        RowKind::Intervention => (
            intervention_attributes(row, &effect),
            intervention_states(row, &effect, context),
            intervention_relations(row, context),
        ),
    };
    let life_cycle = if row.progress == Progress::Void { "Passiveret" } else { "Rettet" };
    let mut registration = json!({
        "brugerref": "42c432e8-9c4a-11e6-9f62-873cf34a735f",
        "livscykluskode": life_cycle,
        "fratidspunkt": { "tidsstempeldatotid": iso(registered(row)), "graenseindikator": true },
        "tiltidspunkt": { "tidsstempeldatotid": "infinity" },
        "attributter": attributes,
        "relationer": relations,
    });
    if !row.quirks.contains_key("omit_state") {
        registration["tilstande"] = states;
    }
    registration
}

/// The registration before: another title, made a day earlier and ended when the newer one was made.
pub(super) fn older(mut newest: Value) -> Value {
    let made = newest["fratidspunkt"]["tidsstempeldatotid"].clone();
    let before = made.as_str().and_then(|made| made.parse::<Timestamp>().ok());
    let before = before.map(|made| made - DAY);
    newest["tiltidspunkt"]["tidsstempeldatotid"] = made;
    newest["fratidspunkt"]["tidsstempeldatotid"] = before.map(iso).into();
    newest["livscykluskode"] = "Importeret".into();
    for group in ["sagegenskaber", "indsatsegenskaber"] {
        let properties = newest["attributter"].get_mut(group).and_then(|facts| facts.get_mut(0));
        if let Some(properties) = properties {
            for name in ["titel", "beskrivelse"] {
                if let Some(text) = properties.get_mut(name) {
                    *text = "Tidligere registrering".into();
                }
            }
        }
    }
    newest
}

/// When the first of a row's registrations was made.
pub(super) fn first_registered(row: &CaseRow) -> Timestamp {
    if registrations(row) > 1 { registered(row) - DAY } else { registered(row) }
}

fn registered(row: &CaseRow) -> Timestamp {
    row.changed.or_else(|| row.opened.map(midnight)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn case_attributes(row: &CaseRow, effect: &Value) -> Value {
    let mut properties = fields([
        ("brugervendtnoegle", row.user_key.as_ref().or(row.number.as_ref())),
        ("sagsnummer", row.number.as_ref()),
        ("titel", row.title.as_ref()),
        ("hjemmel", row.law.as_ref()),
    ]);
    properties.insert("kassationskode".to_owned(), "B".into());
    if let Some(secret) = &row.secret_title {
        properties
            .insert("offentlighedundtaget".to_owned(), json!({ "alternativtitel": secret, "hjemmel": "Fvl. § 27" }));
    }
    properties.insert("virkning".to_owned(), effect.clone());
    json!({ "sagegenskaber": [properties] })
}

fn intervention_attributes(row: &CaseRow, effect: &Value) -> Value {
    let mut properties = fields([
        ("brugervendtnoegle", row.user_key.as_ref().or(row.number.as_ref())),
        ("beskrivelse", row.title.as_ref()),
    ]);
    if let Some(opened) = row.opened {
        properties.insert("starttidspunkt".to_owned(), iso(midnight(opened)).into());
    }
    if let Some(closed) = row.closed {
        properties.insert("sluttidspunkt".to_owned(), iso(last_second(closed)).into());
    }
    properties.insert("virkning".to_owned(), effect.clone());
    json!({ "indsatsegenskaber": [properties] })
}

/// The history as it stands, or one made of the state, the first and the last day.
fn case_states(row: &CaseRow, context: &FakeContext) -> Value {
    let word = |progress: Progress| match progress {
        Progress::Opened | Progress::Void => "Opstaaet",
        Progress::Informed => "Oplyst",
        Progress::Decided => "Afgjort",
        Progress::Active => "Bestilt",
        Progress::Performed => "Udfoert",
        Progress::Closed => "Afsluttet",
    };
    let step = |word: &str, from, to| json!({ "fremdrift": word, "virkning": effect(from, to) });
    let now = context.clock.now();
    let mut steps: Vec<Value> = row
        .history
        .iter()
        .map(|own| {
            let is_now = own.from <= now && own.to.is_none_or(|to| now < to);
            let raw = row.raw_status.as_deref().filter(|_| is_now);
            step(raw.unwrap_or(word(own.progress)), Some(own.from), own.to)
        })
        .collect();
    if steps.is_empty() {
        let (opened, closed) = (row.opened.map(midnight), row.closed.map(midnight));
        let own = row.raw_status.as_deref().unwrap_or(word(row.progress));
        let before = if row.progress == Progress::Closed { "Opstaaet" } else { own };
        match closed {
            Some(_) if closed == opened => steps.push(step("Afsluttet", closed, None)),
            Some(_) => steps.extend([step(before, opened, closed), step("Afsluttet", closed, None)]),
            None => steps.push(step(own, opened, None)),
        }
    }
    json!({ "sagfremdrift": steps })
}

fn intervention_states(row: &CaseRow, effect: &Value, context: &FakeContext) -> Value {
    let begins_later = row.opened.is_some_and(|opened| midnight(opened) > context.clock.now());
    let word = match row.progress {
        Progress::Opened | Progress::Informed | Progress::Void => "Uoplyst",
        Progress::Decided => "Visiteret",
        Progress::Active if begins_later => "Disponeret",
        Progress::Active => "Leveret",
        Progress::Performed | Progress::Closed => "Vurderet",
    };
    let published = row.quirks.get("publication").and_then(Value::as_str).unwrap_or("Normal");
    json!({
        "indsatsfremdrift": [{ "fremdrift": row.raw_status.as_deref().unwrap_or(word), "virkning": effect }],
        "indsatspubliceret": [{ "publiceret": published, "virkning": effect }],
    })
}

fn case_relations(row: &CaseRow, context: &FakeContext) -> Value {
    let mut relations = Relations::new(row);
    let party = match row.party {
        Party::Primary => "primaerpart",
        Party::Secondary => "sekundaerpart",
        Party::BenefitRecipient => "ydelsesmodtager",
    };
    relations.party(row, party);
    relations.unit("ansvarlig", row.unit.as_deref(), context);
    relations.employee("primaerbehandler", row.caseworker.as_deref(), row.caseworker_since);
    relations.unit("primaerbehandler", row.caseworker_unit.as_deref(), context);
    for other in &row.others {
        relations.employee("andrebehandlere", Some(other), None);
    }
    match (row.type_id, &row.kle, &row.type_code) {
        (Some(id), _, _) => relations.add("primaerklasse", json!({ "uuid": id, "objekttype": "Klasse" })),
        (None, Some(kle), _) => relations.urn("primaerklasse", &format!("urn:oio:kle:{kle}")),
        (None, None, Some(code)) => relations.urn("primaerklasse", &format!("urn:oio:klasse:{code}")),
        (None, None, None) => {}
    }
    if let Some(facet) = &row.facet {
        relations.urn("handlingsklasse", &format!("urn:oio:kle:{facet}"));
    }
    if let Some(level) = row.level {
        relations.urn("foelsomhedsklasse", &format!("urn:oio:foelsomhed:{level}"));
    }
    if let Some(id) = row.part_of {
        relations.add("oversag", json!({ "uuid": id, "objekttype": "Sag" }));
    }
    if let Some(id) = row.related {
        relations.add("andresager", json!({ "uuid": id, "objekttype": "Sag" }));
    }
    relations.finish()
}

fn intervention_relations(row: &CaseRow, context: &FakeContext) -> Value {
    let mut relations = Relations::new(row);
    relations.party(row, "indsatsmodtager");
    relations.employee("indsatsaktoer", row.caseworker.as_deref(), row.caseworker_since);
    relations.unit("indsatsaktoer", row.unit.as_deref(), context);
    for other in &row.others {
        relations.employee("indsatsaktoer", Some(other), None);
    }
    match (row.type_id, &row.type_code) {
        (Some(id), _) => relations.add("indsatstype", json!({ "uuid": id, "objekttype": "Klasse" })),
        (None, Some(code)) => relations.urn("indsatstype", &format!("urn:oio:indsatstype:{code}")),
        (None, None) => {}
    }
    if let Some(id) = row.granted_by {
        relations.add("indsatssag", json!({ "uuid": id, "objekttype": "Sag" }));
    }
    for id in &row.consents {
        relations.add("samtykke", json!({ "uuid": id }));
    }
    relations.finish()
}

/// The relations of one registration while they are gathered.
struct Relations {
    opened: Option<Timestamp>,
    gathered: Map<String, Value>,
}

impl Relations {
    /// Relations that `LoRa` keeps at most one of at a time; the others are counted by `indeks`.
    const AT_MOST_ONE: [&'static str; 10] = [
        "primaerpart",
        "ydelsesmodtager",
        "ansvarlig",
        "primaerbehandler",
        "primaerklasse",
        "handlingsklasse",
        "foelsomhedsklasse",
        "oversag",
        "indsatsmodtager",
        "indsatstype",
    ];

    fn new(row: &CaseRow) -> Self {
        Self { opened: row.opened.map(midnight), gathered: Map::new() }
    }

    fn add(&mut self, name: &str, relation: Value) {
        self.add_in(name, relation, effect(self.opened, None));
    }

    fn add_in(&mut self, name: &str, mut relation: Value, effect: Value) {
        let facts = self.gathered.entry(name).or_insert_with(|| json!([]));
        let Some(facts) = facts.as_array_mut() else { return };
        if !Self::AT_MOST_ONE.contains(&name) {
            relation["indeks"] = (facts.len() + 1).into();
        }
        relation["virkning"] = effect;
        facts.push(relation);
    }

    fn urn(&mut self, name: &str, urn: &str) {
        self.add(name, json!({ "urn": urn }));
    }

    /// The citizen; with the quirk `former_party` somebody else until the last change.
    fn party(&mut self, row: &CaseRow, name: &str) {
        let person = |number: &str| json!({ "urn": format!("{}{number}", CprNumber::URN_PREFIX) });
        match former_party(row) {
            None => self.add(name, person(&row.citizen)),
            Some(former) => {
                let changed = Some(registered(row));
                self.add_in(name, person(former), effect(self.opened, changed));
                self.add_in(name, person(&row.citizen), effect(changed, None));
            }
        }
    }

    fn employee(&mut self, name: &str, id: Option<&str>, since: Option<Date>) {
        let Some(id) = id else { return };
        let relation = json!({ "urn": format!("urn:oio:medarbejder:{}", id.to_uppercase()), "objekttype": "Bruger" });
        self.add_in(name, relation, effect(since.map(midnight).or(self.opened), None));
    }

    fn unit(&mut self, name: &str, code: Option<&str>, context: &FakeContext) {
        if let Some(unit) = code.and_then(|code| context.world.unit(code)) {
            self.add(name, json!({ "uuid": unit.uuid, "objekttype": "OrganisationEnhed" }));
        }
    }

    fn finish(self) -> Value {
        Value::Object(self.gathered)
    }
}

fn fields<const N: usize>(pairs: [(&str, Option<&String>); N]) -> Map<String, Value> {
    let filled = pairs.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?.as_str()))));
    filled.collect()
}

fn effect(from: Option<Timestamp>, to: Option<Timestamp>) -> Value {
    json!({
        "from": from.map_or("-infinity".to_owned(), stored),
        "to": to.map_or("infinity".to_owned(), stored),
        "from_included": from.is_some(),
        "to_included": false,
    })
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(danish_time_zone().clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn last_second(day: Date) -> Timestamp {
    let evening = day.to_datetime(Time::constant(23, 59, 59, 0)).to_zoned(danish_time_zone().clone());
    evening.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// A moment of an effect, as the database prints it: `2025-03-01 00:00:00+00`.
fn stored(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S%.f+00").to_string()
}

/// A moment of a registration or an effort's start, as the database writes JSON.
fn iso(moment: Timestamp) -> String {
    moment.to_zoned(danish_time_zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}
