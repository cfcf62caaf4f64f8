//! What the tests of several rooms share: the demo's configuration, an invented citizen, and rows to vary.

#[cfg(feature = "fakes")]
pub(crate) mod house;

use std::path::Path;
use std::sync::Arc;

use glasplade_adapters::contract::{
    About, Actor, ActorRole, Address, CaseStatus, CaseType, CprNumber, JoinKeys, Kle, MasterSystem, PartyRole,
    PersonFacts, PersonName, PersonStatus, Protection, Record, RecordKind, RegisterDate, SourceId, Status, Unit,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::access::{Access, AccessGrant, Caller, Criterion, Question};
use crate::audit::PseudonymKey;
use crate::config::{Config, ConfigFiles};
use crate::people::Identity;

/// The day of the tests, in Denmark.
pub(crate) const TODAY: Date = date(2026, 11, 21);

/// A moment of that day.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().expect("a moment")
}

/// The demo's configuration over the shipped one.
pub(crate) fn config() -> Config {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let files = ConfigFiles::read(&root.join("demo"), Some(&root)).expect("the demo's files are there");
    files.parse().unwrap_or_else(|problems| panic!("{problems:?}")).0
}

/// An invented citizen.
pub(crate) fn citizen() -> CprNumber {
    CprNumber::parse("0101019999").expect("ten digits")
}

/// Another one.
pub(crate) fn stranger() -> CprNumber {
    CprNumber::parse("0202029999").expect("ten digits")
}

/// The key of the tests' pseudonyms.
pub(crate) fn pseudonyms() -> PseudonymKey {
    PseudonymKey::new(&[7; 32]).expect("32 bytes")
}

/// A question on an own case.
pub(crate) fn question() -> Question {
    Question {
        citizen: citizen(),
        purpose: "own_case".to_owned(),
        case_ref: Some("2026-4711".to_owned()),
        reason: None,
        emergency: None,
        protected_reason: None,
        household: false,
        criterion: Criterion::Cpr,
    }
}

/// The tests' citizen as somebody of whom the register says nothing.
pub(crate) fn nobody_known() -> Identity {
    Identity::unknown(pseudonyms().of(&citizen()))
}

/// An adult in Denmark without protection, relatives or address, as the register tells it.
pub(crate) fn person(number: CprNumber) -> PersonFacts {
    PersonFacts {
        number,
        in_force: number,
        name: Some(PersonName {
            addressing: "Opdigtet Prøve".to_owned(),
            given: Some("Opdigtet".to_owned()),
            middle: None,
            family: Some("Prøve".to_owned()),
        }),
        born: Some(RegisterDate { day: date(1988, 3, 9), uncertain: false }),
        status: PersonStatus::Resident,
        status_since: None,
        protection: Protection::Open,
        address: None,
        civil_status: None,
        spouse: None,
        children: Vec::new(),
        mother: None,
        father: None,
        custody: Vec::new(),
        guardianship: None,
    }
}

/// An invented address, the same for the same house number.
pub(crate) fn address(house_number: &str) -> Address {
    Address {
        uuid: None,
        municipality: Some(751),
        road_code: Some(4_711),
        house_number: Some(house_number.to_owned()),
        floor: None,
        door: None,
        care_of: None,
        postal_code: Some("8000".to_owned()),
        postal_district: Some("Aarhus C".to_owned()),
        line: Some(format!("Prøvevej {house_number}")),
        since: None,
    }
}

/// A number that ends in these four digits.
pub(crate) fn number(last: u16) -> CprNumber {
    CprNumber::parse(&format!("030399{last:04}")).expect("ten digits")
}

/// A permit for `caller` to read about the tests' citizen.
pub(crate) fn grant(config: &Config, caller: &Caller, purpose: &str) -> AccessGrant {
    let question = Question { purpose: purpose.to_owned(), ..question() };
    let decision = Access::new(config).authorize(caller, &question, pseudonyms().of(&citizen()), TODAY);
    decision.outcome.expect("the tests' callers are permitted")
}

/// A caseworker of the job centre whose work covers everything.
pub(crate) fn job_caseworker() -> Caller {
    Caller::invented("az10002", &["caseworker"]).in_unit("JVS", "JVS-JOB").with_kle(&["*"])
}

/// A running case of `source` about the citizen, without anything else to go by.
pub(crate) fn row(source: &str, id: &str) -> Record {
    Record {
        source: SourceId::new(source),
        native_id: Arc::from(id),
        kind: RecordKind::Case,
        about: About::numbers([citizen()]),
        party_role: PartyRole::Primary,
        keys: JoinKeys::default(),
        number: None,
        title: None,
        status: Status::new(CaseStatus::Running, "Aktiv"),
        opened: Some(date(2026, 1, 1)),
        closed: None,
        last_changed: None,
        deadline: None,
        unit: None,
        actors: Vec::new(),
        kle: None,
        law: None,
        case_type: CaseType::default(),
        sensitivity: None,
        screened_to: Vec::new(),
        relations: Vec::new(),
        consents: Vec::new(),
        link: None,
        flags: Vec::new(),
    }
}

/// Small changes to a row, in the order of a sentence.
pub(crate) trait Vary: Sized {
    /// Changes it.
    fn with(self, change: impl FnOnce(&mut Record)) -> Self;

    /// In the unit that the source calls `id` (the demo's matchers: 301 is JVS-JOB, 203 JSY-RUS, 201 JSY-YDELSE …).
    fn in_unit(self, id: &str) -> Self {
        self.with(|row| row.unit = Some(Unit { id: Some(id.to_owned()), name: Some(format!("Enhed {id}")) }))
    }

    /// By law text.
    fn law(self, text: &str) -> Self {
        self.with(|row| row.law = Some(text.to_owned()))
    }

    /// With this UUID.
    fn uuid(self, number: u128) -> Self {
        self.with(|row| row.keys.uuid = Some(Uuid::from_u128(number)))
    }

    /// With this case number.
    fn number(self, number: &str) -> Self {
        self.with(|row| {
            row.number = Some(number.to_owned());
            row.keys.numbers.push(number.to_owned());
        })
    }

    /// With a master system of this id or name.
    fn master(self, system: &str) -> Self {
        let (id, name) = (Uuid::parse_str(system).ok(), system.to_owned());
        self.with(|row| row.keys.master = Some(MasterSystem { id, name: id.is_none().then_some(name) }))
    }

    /// With this KLE subject.
    fn kle(self, subject: &str) -> Self {
        let kle = Kle { subject: subject.to_owned(), title: None, facet: None, retired: false };
        self.with(|row| row.kle = Some(kle))
    }

    /// Closed on this day.
    fn closed(self, day: Date) -> Self {
        self.with(|row| {
            row.opened = row.opened.min(Some(day));
            (row.status, row.closed) = (Status::new(CaseStatus::Closed, "Lukket"), Some(day));
        })
    }

    /// Worked on by this employee.
    fn by(self, role: ActorRole, employee: &str) -> Self {
        self.with(|row| {
            row.actors.push(Actor { employee_id: Some(employee.to_owned()), ..Actor::person(role) });
        })
    }
}

impl Vary for Record {
    fn with(mut self, change: impl FnOnce(&mut Record)) -> Self {
        change(&mut self);
        self
    }
}
