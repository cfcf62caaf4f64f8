//! From the index' words to ours. Pure: the time and the citizen asked for are given.

use jiff::Timestamp;

use super::actors;
use super::settings::Settings;
use super::wire::{Progress, Properties, Reference, Registration, Relation, Snapshot};
use crate::contract::{
    About, CaseStatus, CaseType, CprNumber, JoinKeys, Kle, MasterSystem, PartyRole, PersonId, QualityFlag, Record,
    RecordKind, RelationKind, Sensitivity, SourceId, Status, Unit,
};
use crate::sts::time::{Bound, Timed, current};
use uuid::Uuid;

/// What one look-up translates by.
pub(super) struct Translation<'a> {
    /// The configured source.
    pub(super) source: &'a SourceId,
    /// Its settings.
    pub(super) settings: &'a Settings,
    /// Whom we asked for; decides whose part in the case is told, never whether the row is kept.
    pub(super) asked: &'a CprNumber,
    /// The time.
    pub(super) now: Timestamp,
}

/// What became of one snapshot.
pub(super) enum Row {
    /// A record.
    Read(Box<Record>),
    /// The index says that the case is deleted.
    Deleted,
    /// No id or nothing registered.
    Unreadable,
}

/// Shown as the status of a case without one.
const NOT_STATED: &str = "ikke oplyst";

impl Translation<'_> {
    /// One case. Of several registrations the newest counts.
    pub(super) fn row(&self, snapshot: &Snapshot) -> Row {
        let newest = snapshot.registrations.iter().max_by_key(|registration| {
            let times = [registration.stored, registration.registered];
            times.into_iter().find_map(Bound::moment).unwrap_or(Timestamp::MIN)
        });
        match (snapshot.id, newest) {
            (Some(_), Some(deleted)) if deleted.lifecycle.as_deref() == Some("Slettet") => Row::Deleted,
            (Some(id), Some(registration)) => Row::Read(Box::new(self.record(id, registration))),
            _ => Row::Unreadable,
        }
    }

    fn record(&self, id: Uuid, registration: &Registration) -> Record {
        let properties = current(&registration.properties, self.now).map(|(properties, _)| properties);
        let (status, mut flags) = self.status(registration);
        let (about, party_role) = self.about(&registration.parties);
        if about == About::Unstated {
            flags.push(QualityFlag::CitizenNotStated);
        }
        if has_unreadable_time(registration) {
            flags.push(QualityFlag::UnreadableTime);
        }
        let (opened, closed) = (self.opened(registration), self.closed(registration));
        if let (Some(opened), Some(closed)) = (opened, closed)
            && closed < opened
        {
            flags.push(QualityFlag::EndsBeforeStart);
        }
        let number = |pick: fn(&Properties) -> &Option<String>| properties.and_then(|found| pick(found).clone());
        let (case_number, user_key) = (number(|found| &found.number), number(|found| &found.user_key));
        let changed = [registration.stored, registration.changed, registration.registered];
        Record {
            source: self.source.clone(),
            native_id: id.to_string().into(),
            kind: RecordKind::Case,
            about,
            party_role,
            number: case_number.clone().or_else(|| user_key.clone()),
            keys: JoinKeys {
                uuid: Some(id),
                numbers: distinct(case_number.into_iter().chain(user_key)),
                master: self.master(&registration.systems),
            },
            title: properties.and_then(|found| found.title.clone()),
            law: properties.and_then(|found| found.law.clone()),
            status,
            opened,
            closed,
            last_changed: changed.into_iter().find_map(Bound::moment),
            deadline: None,
            unit: self.unit(&registration.actors),
            actors: actors::actors(&registration.actors, &self.settings.roles),
            kle: self.kle(&registration.classes),
            case_type: CaseType::default(),
            sensitivity: self.sensitivity(registration),
            screened_to: self.screened_to(&registration.profiles),
            relations: self.relations(&registration.cases),
            consents: Vec::new(),
            link: self.settings.case_link.as_ref().map(|link| link.replace("{id}", &id.to_string())),
            flags,
        }
    }

    fn status(&self, registration: &Registration) -> (Status, Vec<QualityFlag>) {
        let mut flags = Vec::new();
        let found = current(&registration.progress, self.now);
        if !found.is_some_and(|(_, holds)| holds) {
            flags.push(QualityFlag::NoStatusNow);
        }
        let code = found.and_then(|(progress, _)| progress.code.as_deref());
        let normal = normal(code);
        if normal == CaseStatus::Other {
            flags.push(QualityFlag::UnknownStatus);
        }
        let local = current(&registration.index_properties, self.now).and_then(|(found, _)| found.status.as_deref());
        (Status::new(normal, local.or(code).unwrap_or(NOT_STATED)), flags)
    }

    fn opened(&self, registration: &Registration) -> Option<jiff::civil::Date> {
        let created = current(&registration.index_properties, self.now).and_then(|(found, _)| found.opened.day());
        let earliest = || registration.progress.iter().filter_map(|progress| progress.effect().from.moment()).min();
        created.or_else(|| earliest().map(crate::contract::danish_day))
    }

    /// The start of the closed state that holds now or is announced; none for a case that was opened again.
    fn closed(&self, registration: &Registration) -> Option<jiff::civil::Date> {
        let is_closed = |progress: &&Progress| normal(progress.code.as_deref()) == CaseStatus::Closed;
        let now = current(&registration.progress, self.now).map(|(progress, _)| progress).filter(is_closed);
        let announced = || {
            let closed = registration.progress.iter().filter(is_closed);
            closed.filter(|progress| !progress.effect().begun(self.now)).min_by_key(|next| next.effect().starts())
        };
        now.or_else(announced).and_then(|progress| progress.effect().from.day())
    }

    /// Everybody whom the case names as a party, and the asked citizen's part in it. An ended party is named too: the
    /// index found the case by it.
    fn about(&self, parties: &[Relation]) -> (About, PartyRole) {
        let citizen = |party: &Relation| party.target.as_ref().and_then(Reference::citizen);
        let stated = distinct(parties.iter().filter_map(citizen));
        let Some(first) = stated.first() else { return (About::Unstated, PartyRole::Unknown) };
        let asked = PersonId::Cpr(*self.asked);
        let whose = if stated.contains(&asked) { &asked } else { first };
        let parts = parties.iter().filter(|party| citizen(party).as_ref() == Some(whose));
        // A part that holds now before one that has ended, the primary before the others.
        let part = parts.map(|party| (!party.effect().covers(self.now), self.party_role(party))).min();
        (About::Stated(stated), part.map_or(PartyRole::Unknown, |(_, role)| role))
    }

    fn party_role(&self, party: &Relation) -> PartyRole {
        let roles = &self.settings.roles;
        if party.plays(roles.primary_party) {
            PartyRole::Primary
        } else if party.plays(roles.secondary_party) {
            PartyRole::Secondary
        } else if party.plays(roles.benefit_recipient) {
            PartyRole::BenefitRecipient
        } else {
            PartyRole::Unknown
        }
    }

    fn unit(&self, actors: &[Relation]) -> Option<Unit> {
        let role = self.settings.roles.responsible;
        self.holding(actors)
            .filter(|actor| actor.plays(role))
            .max_by_key(|actor| actor.effect().starts())
            .map(|actor| Unit { id: actor.target.as_ref().and_then(Reference::id), name: actor.name.clone() })
    }

    /// Subject and facet have the same type on the wire; only the role tells them apart.
    fn kle(&self, classes: &[Relation]) -> Option<Kle> {
        let number = |class: &Relation| {
            class.key.clone().or_else(|| class.target.as_ref()?.after("urn:oio:kle:").map(str::to_owned))
        };
        let in_role = |role| {
            let holding = self.holding(classes).filter(move |class| class.plays(role));
            holding.max_by_key(|class| class.effect().starts())
        };
        let subject = in_role(self.settings.roles.primary_class)?;
        let (title, subject) = (subject.name.clone(), number(subject)?);
        Some(Kle {
            retired: self.settings.retired_kle.contains(&subject),
            facet: in_role(self.settings.roles.action_class).and_then(number),
            title,
            subject,
        })
    }

    /// The strictest that holds; a level that we do not know is the highest.
    fn sensitivity(&self, registration: &Registration) -> Option<Sensitivity> {
        let all = &registration.index_properties;
        let holding = all.iter().filter(|properties| properties.effect().covers(self.now));
        let fallback = current(all, self.now).map(|(properties, _)| properties);
        holding.chain(fallback).filter_map(|properties| properties.sensitivity.as_deref()).map(level).max()
    }

    /// The units and users that alone may see the case. A profile that points to nothing we can match still closes the
    /// case, by an id that nobody has: an unreadable lock is a lock.
    fn screened_to(&self, profiles: &[Relation]) -> Vec<Uuid> {
        distinct(self.holding(profiles).map(|profile| profile.target_uuid().unwrap_or(Uuid::nil())))
    }

    fn master(&self, systems: &[Relation]) -> Option<MasterSystem> {
        let role = self.settings.roles.master;
        let master =
            self.holding(systems).filter(|system| system.plays(role)).max_by_key(|one| one.effect().starts())?;
        Some(MasterSystem { id: master.target_uuid(), name: master.name.clone() })
    }

    fn relations(&self, cases: &[Relation]) -> Vec<crate::contract::Relation> {
        let roles = &self.settings.roles;
        let kind = |case: &Relation| {
            if case.plays(roles.part_of) {
                RelationKind::PartOf
            } else if case.plays(roles.granted_by) {
                RelationKind::GrantedBy
            } else {
                RelationKind::Related
            }
        };
        self.holding(cases)
            .filter_map(|case| {
                let uuid = Some(case.target_uuid()?);
                Some(crate::contract::Relation { kind: kind(case), uuid, number: None })
            })
            .collect()
    }

    fn holding<'a>(&self, relations: &'a [Relation]) -> impl Iterator<Item = &'a Relation> + use<'a> {
        let now = self.now;
        relations.iter().filter(move |relation| relation.effect().covers(now))
    }
}

fn normal(code: Option<&str>) -> CaseStatus {
    match code {
        Some("Opstaaet") => CaseStatus::Opened,
        Some("Oplyst") => CaseStatus::Informed,
        Some("Afgjort") => CaseStatus::Decided,
        Some("Afsluttet") => CaseStatus::Closed,
        _ => CaseStatus::Other,
    }
}

fn level(text: &str) -> Sensitivity {
    match text {
        "IKKE_FORTROLIGE_DATA" => Sensitivity::NotConfidential,
        "FORTROLIGE_PERSONOPLYSNINGER" => Sensitivity::Confidential,
        "FOELSOMME_PERSONOPLYSNINGER" => Sensitivity::Sensitive,
        _ => Sensitivity::Screened,
    }
}

fn has_unreadable_time(registration: &Registration) -> bool {
    fn any(facts: &[impl Timed]) -> bool {
        facts.iter().any(|fact| fact.effect().is_unreadable())
    }
    let relations = [
        &registration.actors,
        &registration.classes,
        &registration.parties,
        &registration.cases,
        &registration.profiles,
        &registration.systems,
    ];
    let opened = registration.index_properties.iter().map(|properties| properties.opened);
    let bare = [registration.stored, registration.registered, registration.changed];
    bare.into_iter().chain(opened).any(|time| time == Bound::Unreadable)
        || any(&registration.properties)
        || any(&registration.index_properties)
        || any(&registration.progress)
        || relations.into_iter().any(|relations| any(relations))
}

fn distinct<T: PartialEq>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().fold(Vec::new(), |mut seen, value| {
        if !seen.contains(&value) {
            seen.push(value);
        }
        seen
    })
}
