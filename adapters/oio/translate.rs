//! From `LoRa`'s objects to records. Pure: the time, and the citizen where one was asked for, are given.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::class::Class;
use super::effect::{Effective, Moment, are_in_force, in_force};
use super::reference::{self, Reference, Usually};
use super::settings::Settings;
use super::wire;
use crate::contract::{
    About, Actor, ActorRole, CaseStatus, CaseType, ConsentRef, CprNumber, JoinKeys, Kle, PartyRole, PersonId,
    QualityFlag, Record, Relation, RelationKind, Sensitivity, SourceId, Status, Unit,
};

/// The longest id of a consent that is taken, in bytes.
const CONSENT_REFERENCE_BYTES_MAX: usize = 200;

/// What became of an object.
#[derive(Debug)]
pub(super) enum Row {
    /// A record.
    Told(Box<Record>),
    /// The citizen was its party once and is not any more: it is somebody else's.
    MovedOn,
    /// It has no registration.
    Unreadable,
}

/// What became of an object of a listing.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// One record for each citizen who is its party.
    pub(super) records: Vec<Record>,
    /// It was withdrawn.
    pub(super) is_gone: bool,
    /// It has no registration, names nobody, or somebody whose number cannot be read.
    pub(super) is_unreadable: bool,
}

/// What is known beside the object itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    /// The configured source.
    pub(super) source: &'a SourceId,
    /// Its settings.
    pub(super) settings: &'a Settings,
    /// What kind of object it is.
    pub(super) class: Class,
    /// The time.
    pub(super) now: Timestamp,
}

impl Reader<'_> {
    /// Reads one object of the citizen asked for by its newest registration.
    pub(super) fn translate(&self, object: &wire::Object, asked: &CprNumber) -> Row {
        let Some(registration) = newest(&object.registrations) else { return Row::Unreadable };
        let parties = self.parties(&registration.relations);
        let asked = PersonId::Cpr(*asked);
        if !parties.now.contains(&asked) && parties.former.contains(&asked) {
            return Row::MovedOn;
        }
        let role = parties.role(&asked);
        let about = if parties.now.is_empty() { About::Unstated } else { About::Stated(parties.now) };
        Row::Told(Box::new(self.record(object, registration, about, role)))
    }

    /// Reads one object of everybody who is its party, if its newest registration was made within `made` (both ends are
    /// inclusive). One that was made at an unreadable time is told rather than lost.
    pub(super) fn listed(&self, object: &wire::Object, made: Option<&RangeInclusive<Timestamp>>) -> Listed {
        let Some(registration) = newest(&object.registrations) else {
            return Listed { is_unreadable: true, ..Listed::default() };
        };
        let at = registered(registration).and_then(Moment::timestamp);
        if made.zip(at).is_some_and(|(made, at)| !made.contains(&at)) {
            return Listed::default();
        }
        if withdrawn(registration).is_some() {
            return Listed { is_gone: true, ..Listed::default() };
        }
        let parties = self.parties(&registration.relations);
        let record =
            |person: &PersonId| self.record(object, registration, About::Stated(vec![*person]), parties.role(person));
        let records: Vec<Record> = parties.now.iter().map(record).collect();
        let named = || self.party_relations(&registration.relations).into_iter().flat_map(|(_, named)| named);
        let names_nobody = records.is_empty() && !(named().next().is_some() && named().all(reference::is_company));
        let is_lost = |party: &wire::Relation| {
            reference::is_citizen(party) && party.urn.as_deref().and_then(PersonId::from_urn).is_none()
        };
        Listed { is_unreadable: names_nobody || named().any(is_lost), is_gone: false, records }
    }

    fn record(
        &self,
        object: &wire::Object,
        registration: &wire::Registration,
        about: About,
        party_role: PartyRole,
    ) -> Record {
        let relations = &registration.relations;
        let properties = in_force(&registration.attributes.properties, self.now);
        let text = |pick: fn(&wire::Properties) -> Option<&String>| filled(properties.and_then(pick));
        let (number, user_key) = (text(|own| own.number.as_ref()), text(|own| own.user_key.as_ref()));
        let (opened, closed) = self.days(registration, properties);
        let mut flags = Vec::new();
        let status = self.status(registration, properties, &mut flags);
        if about == About::Unstated {
            flags.push(QualityFlag::CitizenNotStated);
        }
        if opened.zip(closed).is_some_and(|(opened, closed)| closed < opened) {
            flags.push(QualityFlag::EndsBeforeStart);
        }
        if has_unreadable_time(registration) {
            flags.push(QualityFlag::UnreadableTime);
        }
        let mut numbers: Vec<String> = [number.clone(), user_key.clone()].into_iter().flatten().collect();
        numbers.dedup();
        let id = object.id.to_string();
        Record {
            source: self.source.clone(),
            native_id: Arc::from(id.as_str()),
            kind: self.class.record_kind(),
            party_role,
            about,
            keys: JoinKeys { uuid: Some(object.id), numbers, master: None },
            number: number.or(user_key),
            title: match self.class {
                Class::Case => text(|own| own.title.as_ref()),
                Class::Intervention => text(|own| own.description.as_ref()),
            },
            status,
            opened,
            closed,
            last_changed: registered(registration).and_then(Moment::timestamp),
            deadline: None,
            unit: self.unit(relations),
            actors: self.actors(relations),
            kle: self.kle(relations),
            law: text(|own| own.law.as_ref()),
            case_type: self.case_type(relations),
            sensitivity: self.sensitivity(relations),
            screened_to: Vec::new(),
            relations: self.relations(relations),
            consents: self.consents(relations),
            link: self.settings.case_link.as_ref().map(|link| link.replace("{id}", &id)),
            flags,
        }
    }

    /// The relations that name parties, and the role of each.
    fn party_relations<'a>(&self, relations: &'a wire::Relations) -> Vec<(PartyRole, &'a [wire::Relation])> {
        match self.class {
            Class::Case => vec![
                (PartyRole::Primary, relations.primary_party.as_slice()),
                (PartyRole::Secondary, relations.secondary_party.as_slice()),
                (PartyRole::BenefitRecipient, relations.benefit_recipient.as_slice()),
            ],
            Class::Intervention => vec![(PartyRole::Primary, relations.recipient.as_slice())],
        }
    }

    fn parties(&self, relations: &wire::Relations) -> Parties {
        let mut parties = Parties { now: Vec::new(), former: Vec::new(), roles: Vec::new() };
        for (role, all) in self.party_relations(relations) {
            let is_in_force = are_in_force(all, self.now);
            for relation in all {
                let Some(person) = relation.urn.as_deref().and_then(PersonId::from_urn) else { continue };
                let is_party = is_in_force(relation);
                let list = if is_party { &mut parties.now } else { &mut parties.former };
                if !list.contains(&person) {
                    list.push(person);
                }
                if is_party {
                    parties.roles.push((person, role));
                }
            }
        }
        parties
    }

    /// The state, in this order: a registration that was withdrawn, an effort whose end has passed, the progress in force.
    fn status(
        &self,
        registration: &wire::Registration,
        properties: Option<&wire::Properties>,
        flags: &mut Vec<QualityFlag>,
    ) -> Status {
        if let Some(code) = withdrawn(registration) {
            return Status::new(CaseStatus::Void, code);
        }
        let state = in_force(&registration.states.progress, self.now);
        if !state.is_some_and(|state| state.effect().covers(self.now)) {
            flags.push(QualityFlag::NoStatusNow);
        }
        let raw = state.and_then(|state| state.progress.as_deref()).unwrap_or_default();
        let end = properties.and_then(|own| own.end.as_deref()).and_then(Moment::read);
        let normal = match (self.class, raw) {
            (Class::Intervention, _) if end.is_some_and(|end| end <= Moment::At(self.now)) => CaseStatus::Closed,
            (Class::Case, "Opstaaet") | (Class::Intervention, "Uoplyst") => CaseStatus::Opened,
            (Class::Case, "Oplyst") => CaseStatus::Informed,
            (Class::Case, "Afgjort") | (Class::Intervention, "Visiteret") => CaseStatus::Decided,
            (Class::Case, "Bestilt") | (Class::Intervention, "Disponeret" | "Leveret") => CaseStatus::Running,
            (Class::Case, "Udfoert") | (Class::Intervention, "Vurderet") => CaseStatus::Performed,
            (Class::Case, "Afsluttet") => CaseStatus::Closed,
            (_, "") => CaseStatus::Other,
            _ => {
                flags.push(QualityFlag::UnknownStatus);
                CaseStatus::Other
            }
        };
        Status::new(normal, raw)
    }

    /// First and last day: an effort states both, a case has them in its history of states.
    fn days(
        &self,
        registration: &wire::Registration,
        properties: Option<&wire::Properties>,
    ) -> (Option<Date>, Option<Date>) {
        let day = |text: Option<&String>| text.and_then(|text| Moment::read(text)).and_then(Moment::day);
        let states = &registration.states.progress;
        let begun = states.iter().map(|state| state.effect().from).min();
        let begun = begun.or_else(|| registration.attributes.properties.iter().map(|own| own.effect().from).min());
        let begun = begun.and_then(Moment::day);
        match self.class {
            Class::Intervention => {
                let start = day(properties.and_then(|own| own.start.as_ref()));
                (start.or(begun), day(properties.and_then(|own| own.end.as_ref())))
            }
            Class::Case => {
                let is_end = |state: &&wire::State| state.progress.as_deref() == Some("Afsluttet");
                // A case that was opened again has an end in its past that does not count.
                let ends = states.iter().filter(is_end).map(Effective::effect);
                let end = ends.filter(|effect| !effect.has_ended(self.now)).map(|effect| effect.from).min();
                (begun, end.and_then(Moment::day))
            }
        }
    }

    fn unit(&self, relations: &wire::Relations) -> Option<Unit> {
        let (facts, unless_said) = match self.class {
            Class::Case => (&relations.responsible, Usually::Units),
            Class::Intervention => (&relations.intervention_actors, Usually::People),
        };
        let is_in_force = are_in_force(facts, self.now);
        let mut references =
            facts.iter().filter(|fact| is_in_force(fact)).map(|fact| self.reference(fact, unless_said));
        references.find_map(|reference| match reference {
            Some(Reference::Unit(id)) => Some(Unit { id: Some(id), name: None }),
            _ => None,
        })
    }

    /// Everybody who works, has worked or will work on it, each with first and last day.
    fn actors(&self, relations: &wire::Relations) -> Vec<Actor> {
        let roles = [
            (ActorRole::Primary, &relations.primary_caseworker),
            (ActorRole::Other, &relations.other_caseworkers),
            (ActorRole::Provider, &relations.intervention_actors),
        ];
        let responsible = relations.responsible.iter().filter_map(|relation| {
            // A responsible unit is the record's unit; only a responsible person is an actor.
            let reference = self.reference(relation, Usually::Units)?;
            (!matches!(reference, Reference::Unit(_))).then(|| actor(ActorRole::Responsible, reference, relation))
        });
        let working = roles.iter().flat_map(|(role, all)| {
            all.iter().filter_map(|relation| Some(actor(*role, self.reference(relation, Usually::People)?, relation)))
        });
        working.chain(responsible).collect()
    }

    fn kle(&self, relations: &wire::Relations) -> Option<Kle> {
        let number = |facts: &[wire::Relation]| {
            let urn = in_force(facts, self.now)?.urn.as_deref()?.trim();
            Some(urn.strip_prefix(self.settings.kle_urn_prefix.as_str())?.trim().to_owned())
        };
        let subject = number(&relations.primary_class).filter(|subject| is_kle_subject(subject))?;
        let facet = number(&relations.action_class).filter(|facet| !facet.is_empty());
        Some(Kle { subject, title: None, facet, retired: false })
    }

    fn case_type(&self, relations: &wire::Relations) -> CaseType {
        let facts = match self.class {
            Class::Case => &relations.primary_class,
            Class::Intervention => &relations.intervention_type,
        };
        CaseType { code: in_force(facts, self.now).and_then(reference::id), ..CaseType::default() }
    }

    fn sensitivity(&self, relations: &wire::Relations) -> Option<Sensitivity> {
        let class = in_force(&relations.sensitivity_class, self.now).and_then(reference::id)?;
        let level = self.settings.sensitivity_levels.iter().find(|(known, _)| known.eq_ignore_ascii_case(&class));
        level.map(|(_, level)| Sensitivity::from_level(*level))
    }

    fn relations(&self, relations: &wire::Relations) -> Vec<Relation> {
        let kinds = [
            (RelationKind::GrantedBy, &relations.intervention_case),
            (RelationKind::PartOf, &relations.parent_case),
            (RelationKind::Related, &relations.other_cases),
        ];
        let lasting = kinds.iter().flat_map(|(kind, all)| {
            let lasting = all.iter().filter(|relation| !relation.effect().has_ended(self.now));
            lasting.filter_map(|relation| {
                let uuid = uuid::Uuid::try_parse(relation.uuid.as_deref()?.trim()).ok()?;
                Some(Relation { kind: *kind, uuid: Some(uuid), number: None })
            })
        });
        lasting.collect()
    }

    /// Whatever is still to hold. A personal number is nobody's consent, and neither is a reference without an end.
    fn consents(&self, relations: &wire::Relations) -> Vec<ConsentRef> {
        let lasting = relations.consents.iter().filter(|relation| !relation.effect().has_ended(self.now));
        let mut references: Vec<ConsentRef> = lasting
            .filter_map(reference::id)
            .filter(|reference| reference.len() <= CONSENT_REFERENCE_BYTES_MAX)
            .map(|reference| ConsentRef { reference })
            .collect();
        references.sort();
        references.dedup();
        references
    }

    fn reference(&self, relation: &wire::Relation, unless_said: Usually) -> Option<Reference> {
        Reference::read(relation, &self.settings.employee_urn_prefix, unless_said)
    }
}

/// The people in an object.
#[derive(Debug)]
struct Parties {
    /// Its parties now; where nobody is, the last ones or the first to come.
    now: Vec<PersonId>,
    /// Those who were, and those who will be after them.
    former: Vec<PersonId>,
    roles: Vec<(PersonId, PartyRole)>,
}

impl Parties {
    fn role(&self, person: &PersonId) -> PartyRole {
        self.roles.iter().find(|(known, _)| known == person).map_or(PartyRole::Unknown, |(_, role)| *role)
    }
}

fn actor(role: ActorRole, reference: Reference, relation: &wire::Relation) -> Actor {
    let effect = relation.effect();
    let whoever = match reference {
        Reference::Unit(id) => {
            Actor { native_id: Some(id.clone()), ..Actor::unit(role, Unit { id: Some(id), name: None }) }
        }
        Reference::Employee(id) => Actor { employee_id: Some(id), ..Actor::person(role) },
        Reference::Person(id) => Actor { native_id: Some(id), ..Actor::person(role) },
    };
    // The day on which a role ends is already none of it, whatever the hour: less access, not more.
    Actor { since: effect.from.day(), until: effect.to.day(), ..whoever }
}

/// The registration that was made last. `LoRa` answers with one unless it is asked for more.
fn newest(registrations: &[wire::Registration]) -> Option<&wire::Registration> {
    registrations.iter().max_by_key(|registration| registered(registration))
}

/// The life cycle code of a registration that withdraws its object.
fn withdrawn(registration: &wire::Registration) -> Option<&str> {
    registration.life_cycle.as_deref().filter(|code| matches!(*code, "Slettet" | "Passiveret"))
}

fn registered(registration: &wire::Registration) -> Option<Moment> {
    registration.from.as_ref().and_then(|stamp| stamp.moment.as_deref()).and_then(Moment::read)
}

fn has_unreadable_time(registration: &wire::Registration) -> bool {
    let properties = &registration.attributes.properties;
    let mut effects = (properties.iter().map(Effective::effect))
        .chain(registration.states.progress.iter().map(Effective::effect))
        .chain(registration.relations.all().map(Effective::effect));
    let stamp = registration.from.iter().filter_map(|stamp| stamp.moment.as_ref());
    let mut texts = properties.iter().flat_map(|own| [&own.start, &own.end]).flatten().chain(stamp);
    effects.any(|effect| !effect.readable) || texts.any(|text| Moment::read(text).is_none())
}

fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// `NN`, `NN.NN` or `NN.NN.NN`.
fn is_kle_subject(text: &str) -> bool {
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() <= 3 && text.split('.').all(is_pair)
}

#[cfg(test)]
#[path = "translate_tests.rs"]
mod tests;
