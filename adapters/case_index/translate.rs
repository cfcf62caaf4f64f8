//! From the index' words to ours. Pure: the time, and the citizen where one was asked for, are given.

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

/// What one look-up or listing translates by.
pub(super) struct Translation<'a> {
    /// The configured source.
    pub(super) source: &'a SourceId,
    /// Its settings.
    pub(super) settings: &'a Settings,
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

/// What became of one snapshot of a listing.
#[derive(Default)]
pub(super) struct Listed {
    /// One record for each citizen who is a party.
    pub(super) records: Vec<Record>,
    /// The index says that this case is deleted.
    pub(super) gone: Option<Uuid>,
    /// It names nobody, or somebody whose number cannot be read.
    pub(super) is_unreadable: bool,
}

/// A citizen's part in a case.
struct Part {
    citizen: PersonId,
    holds: bool,
    role: PartyRole,
}

/// Shown as the status of a case without one.
const NOT_STATED: &str = "ikke oplyst";

impl Translation<'_> {
    /// One case of the citizen asked for, who decides whose part in it is told, never whether the row is kept.
    pub(super) fn row(&self, snapshot: &Snapshot, asked: &CprNumber) -> Row {
        match (snapshot.id, newest(snapshot)) {
            (Some(_), Some(deleted)) if is_deleted(deleted) => Row::Deleted,
            (Some(id), Some(registration)) => {
                let (about, role) = self.about(&registration.parties, asked);
                Row::Read(Box::new(self.record(id, registration, about, role)))
            }
            _ => Row::Unreadable,
        }
    }

    /// One case of everybody who is a party now; of everybody who was, where nobody is any more.
    pub(super) fn listed(&self, snapshot: &Snapshot) -> Listed {
        let (Some(id), Some(registration)) = (snapshot.id, newest(snapshot)) else {
            return Listed { is_unreadable: true, ..Listed::default() };
        };
        if is_deleted(registration) {
            return Listed { gone: Some(id), ..Listed::default() };
        }
        let parts = self.parts(&registration.parties);
        let any_holds = parts.iter().any(|part| part.holds);
        let whose = parts.iter().filter(|part| part.holds || !any_holds);
        let record = |part: &Part| self.record(id, registration, About::Stated(vec![part.citizen]), part.role);
        let records: Vec<Record> = whose.map(record).collect();
        let mut targets = registration.parties.iter().map(|party| party.target.as_ref());
        let is_company = |target: Option<&Reference>| target.is_some_and(Reference::is_company);
        let names_nobody = records.is_empty() && (registration.parties.is_empty() || !targets.clone().all(is_company));
        let is_lost =
            |target: Option<&Reference>| target.is_some_and(|target| target.is_citizen() && target.citizen().is_none());
        Listed { is_unreadable: names_nobody || targets.any(is_lost), gone: None, records }
    }

    fn record(&self, id: Uuid, registration: &Registration, about: About, party_role: PartyRole) -> Record {
        let properties = current(&registration.properties, self.now).map(|(properties, _)| properties);
        let (status, mut flags) = self.status(registration);
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
    fn about(&self, parties: &[Relation], asked: &CprNumber) -> (About, PartyRole) {
        let parts = self.parts(parties);
        let Some(first) = parts.first() else { return (About::Unstated, PartyRole::Unknown) };
        let asked = PersonId::Cpr(*asked);
        let role = parts.iter().find(|part| part.citizen == asked).unwrap_or(first).role;
        (About::Stated(parts.iter().map(|part| part.citizen).collect()), role)
    }

    /// The citizens of a case, each once: a part that holds now before one that has ended, the primary before the others.
    fn parts(&self, parties: &[Relation]) -> Vec<Part> {
        let citizen = |party: &Relation| party.target.as_ref().and_then(Reference::citizen);
        let part = |whose: PersonId| {
            let theirs = parties.iter().filter(|party| citizen(party) == Some(whose));
            let best = theirs.map(|party| (!party.effect().covers(self.now), self.party_role(party))).min();
            let (is_over, role) = best.unwrap_or((true, PartyRole::Unknown));
            Part { citizen: whose, holds: !is_over, role }
        };
        distinct(parties.iter().filter_map(citizen)).into_iter().map(part).collect()
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

/// Of several registrations the newest counts.
fn newest(snapshot: &Snapshot) -> Option<&Registration> {
    snapshot.registrations.iter().max_by_key(|registration| {
        let times = [registration.stored, registration.registered];
        times.into_iter().find_map(Bound::moment).unwrap_or(Timestamp::MIN)
    })
}

fn is_deleted(registration: &Registration) -> bool {
    registration.lifecycle.as_deref() == Some("Slettet")
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
