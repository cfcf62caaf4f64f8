//! The room: the audit before the ledger, the same request once, the own unit's consents only.

use std::sync::Arc;

use glasplade_adapters::contract::{Clock, ManualClock, PersonFacts};
use jiff::SignedDuration;

use super::asked::asked;
use super::{ADULT, born, me};
use crate::access::Caller;
use crate::audit::testing::Scratch;
use crate::audit::{Audit, AuditEntry, AuditIndex, AuditLog, Request};
use crate::config::Language;
use crate::consents::{
    Act, Consents, Form, Lent, NotRecorded, Recorded, Search, State, Subject, Unfit, Who, Withdrawal,
};
use crate::random::{CountingRandom, SystemRandom};
use crate::testing::{config, now, pseudonyms};

struct House {
    consents: Arc<Consents>,
    audit: Arc<Audit>,
    clock: Arc<ManualClock>,
    scratch: Scratch,
    request: Request,
    caller: Caller,
}

fn registrar(unit: &str) -> Caller {
    let department = unit.split('-').next().expect("a department");
    Caller::invented("az10001", &["consent_registrar"]).in_unit(department, unit)
}

impl House {
    fn new() -> Self {
        let (scratch, clock) = (Scratch::new(), Arc::new(ManualClock::at(now())));
        let lent: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let log = AuditLog::open(scratch.settings(), &lent).expect("a log of its own");
        let index = AuditIndex::open(
            &scratch.index(),
            &log,
            crate::audit::IndexSettings::new(Arc::new(crate::testing::pseudonyms())),
        )
        .expect("an index of its own");
        let audit = Audit::new(log, index, Arc::clone(&lent), Arc::new(CountingRandom::default()));
        let house = Self {
            consents: Self::room(&scratch, &audit, &lent),
            audit,
            clock,
            scratch,
            request: Request { route: "POST /v1/consents", trace_id: Arc::from("4bf92f3577b34da6a3ce929d0e0e4736") },
            caller: registrar("UUJ-KOORD"),
        };
        assert!(house.consents.is_configured());
        house
    }

    fn room(scratch: &Scratch, audit: &Arc<Audit>, clock: &Arc<dyn Clock>) -> Arc<Consents> {
        let mut config = config();
        config.service.consents.file = Some(scratch.path().join("consents.db"));
        let (pseudonyms, audit, clock) = (Arc::new(pseudonyms()), Arc::clone(audit), Arc::clone(clock));
        Consents::open(&config, Lent { pseudonyms, audit, clock, random: Arc::new(SystemRandom) }).expect("a ledger")
    }

    /// Another process on the same file.
    fn replica(&self) -> Arc<Consents> {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        Self::room(&self.scratch, &self.audit, &clock)
    }

    fn act(&self) -> Act<'_> {
        Act { caller: &self.caller, request: &self.request, language: Language::Da }
    }

    async fn record(
        &self,
        key: Option<&str>,
        change: impl FnOnce(&mut crate::consents::Asked),
    ) -> Result<Recorded, NotRecorded> {
        let (mut body, facts, numbers) = (asked(), born(ADULT), [me()]);
        change(&mut body);
        let bytes = format!("{body:?}");
        let key = key.map(|key| self.consents.request_key(&self.caller, self.request.route, key, bytes.as_bytes()));
        self.consents.record(self.act(), subject(&facts, &numbers), &body, key.as_ref()).await
    }

    fn recorded(&self) -> Vec<String> {
        assert!(self.audit.index().caught_up(), "the index follows the log");
        let log = self.audit.log();
        let mut reader = crate::audit::EntryReader::new(log.directory(), Arc::clone(log.keys()));
        let places = self.audit.index().reader().places_after(0).expect("a search");
        let entries = places.iter().map(|place| reader.read(place).expect("a readable segment").expect("the entry"));
        let what = |entry: AuditEntry| entry.event.map(|event| event.what);
        entries.filter_map(what).collect()
    }
}

fn subject<'a>(facts: &'a PersonFacts, numbers: &'a [crate::audit::Pseudonym]) -> Subject<'a> {
    Subject { number: numbers[0], numbers, facts: Some(facts) }
}

fn by_voice() -> Withdrawal {
    Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None }
}

#[tokio::test]
async fn a_yes_opens_and_its_withdrawal_closes_the_next_answer_of_every_process() {
    let (house, facts) = (House::new(), born(ADULT));
    let replica = house.replica();
    let grounds = |room: &Consents| room.in_force(&[me()], Some(&facts), house.clock.now()).expect("readable").grounds;
    assert!(grounds(&replica).is_empty());
    let recorded = house.record(None, |_| {}).await.expect("it fits");
    assert_eq!((recorded.view.state, recorded.view.in_force, recorded.is_new), (State::Given, true, true));
    assert_eq!((grounds(&replica).len(), replica.revision(&[me()]).expect("readable")), (1, 1));
    house.clock.advance(SignedDuration::from_mins(1));
    let before = house.clock.now();
    house.clock.advance(SignedDuration::from_mins(1));
    let taken_back = replica.revoke(house.act(), recorded.view.id, Some(by_voice()), None).await.expect("it is theirs");
    assert_eq!((taken_back.view.state, taken_back.is_new), (State::Withdrawn, true));
    assert!(grounds(&house.consents).is_empty());
    let twice =
        house.consents.revoke(house.act(), recorded.view.id, Some(by_voice()), None).await.expect("twice is once");
    assert_eq!((twice.is_new, twice.view.history.len()), (false, 2));
    assert_eq!(house.recorded(), ["consent_given", "consent_withdrawn", "consent_repeated"]);
    let then = house.consents.in_force_then(&[me()], Some(&facts), before).expect("readable");
    assert_eq!(then.grounds.len(), 1, "a decision of that minute is made again as it was");
}

#[tokio::test]
async fn the_same_request_twice_is_one_event_and_another_under_its_key_is_none() {
    let house = House::new();
    let first = house.record(Some("k1"), |_| {}).await.expect("it fits");
    let second = house.record(Some("k1"), |_| {}).await.expect("the same again");
    assert_eq!((first.view.id, first.is_new, second.is_new), (second.view.id, true, false));
    let other = house.record(Some("k1"), |asked| asked.categories.truncate(1)).await;
    assert!(matches!(other, Err(NotRecorded::KeyUsedOtherwise)));
    assert!(house.record(Some("k2"), |_| {}).await.expect("another key").is_new);
    assert_eq!(house.recorded(), ["consent_given", "consent_repeated", "consent_given"]);
}

#[tokio::test]
async fn an_entry_whose_event_did_not_come_about_is_followed_by_one_that_says_so() {
    let house = House::new();
    let holder = rusqlite::Connection::open(house.scratch.path().join("consents.db")).expect("another process");
    holder.execute_batch("BEGIN IMMEDIATE").expect("it holds the file");
    assert!(matches!(house.record(None, |_| {}).await, Err(NotRecorded::Ledger(_))));
    holder.execute_batch("ROLLBACK").expect("it lets go");
    assert_eq!(house.recorded(), ["consent_given", "consent_not_recorded"]);
    assert_eq!(house.consents.revision(&[me()]).expect("readable"), 0);
    assert!(house.record(None, |_| {}).await.is_ok());
}

#[tokio::test]
async fn a_consent_of_another_unit_looks_like_one_that_does_not_exist() {
    let (mut house, facts, numbers) = (House::new(), born(ADULT), [me()]);
    let id = house.record(None, |_| {}).await.expect("it fits").view.id;
    house.caller = registrar("VJH-MYND");
    let unknown = |outcome: Result<Recorded, NotRecorded>| matches!(outcome, Err(NotRecorded::Unknown));
    assert!(unknown(house.consents.revoke(house.act(), id, Some(by_voice()), None).await));
    assert!(unknown(house.consents.revoke(house.act(), uuid::Uuid::from_u128(1), Some(by_voice()), None).await));
    let found = |search| house.consents.search(house.act(), search);
    assert!(found(Search::Of(subject(&facts, &numbers))).await.expect("readable").is_empty());
    assert!(found(Search::Case("2026-001234", None)).await.expect("readable").is_empty());
    house.caller = registrar("JVS-JOB");
    let found = |search| house.consents.search(house.act(), search);
    assert_eq!(found(Search::Of(subject(&facts, &numbers))).await.expect("readable").len(), 1, "one of those who give");
    assert_eq!(found(Search::Case("2026-001234", None)).await.expect("readable").len(), 1);
    assert!(found(Search::Case("2026-001234", Some(me()))).await.expect("readable").is_empty(), "one's own");
    assert!(
        unknown(house.consents.revoke(house.act(), id, Some(by_voice()), Some(me())).await),
        "nobody takes back their own here"
    );
    house.caller = Caller::invented("az10001", &["consent_registrar"]);
    let without = house.record(None, |_| {}).await;
    assert!(matches!(without, Err(NotRecorded::Unfit(Unfit::NoUnit))));
}

#[tokio::test]
async fn a_new_consent_takes_the_place_of_an_old_one_in_one_commit() {
    let (house, facts) = (House::new(), born(ADULT));
    let old = house.record(None, |_| {}).await.expect("it fits").view.id;
    let narrow = |asked: &mut crate::consents::Asked| {
        (asked.supersedes, asked.categories) = (Some(old), vec!["benefit".to_owned()]);
    };
    let new = house.record(None, narrow).await.expect("narrower").view.id;
    let grounds = house.consents.in_force(&[me()], Some(&facts), now()).expect("readable").grounds;
    assert_eq!(grounds.iter().map(|ground| ground.id).collect::<Vec<_>>(), [new]);
    assert_eq!(house.recorded(), ["consent_given", "consent_given", "consent_superseded"]);
    assert!(matches!(house.record(None, narrow).await, Err(NotRecorded::NotOpen(State::Superseded))));
    let stranger = |asked: &mut crate::consents::Asked| asked.supersedes = Some(uuid::Uuid::from_u128(3));
    assert!(matches!(house.record(None, stranger).await, Err(NotRecorded::Unknown)));
}

#[tokio::test]
async fn without_a_ledger_nothing_is_open_and_nothing_is_recorded() {
    let house = House::new();
    let mut config = config();
    config.service.consents.file = None;
    let (pseudonyms, clock) = (Arc::new(pseudonyms()), Arc::<ManualClock>::clone(&house.clock));
    let lent = Lent { pseudonyms, audit: Arc::clone(&house.audit), clock, random: Arc::new(SystemRandom) };
    let consents = Consents::open(&config, lent).expect("no file is no mistake");
    assert!(!consents.is_configured());
    assert!(consents.in_force(&[me()], None, now()).expect("nothing to read").grounds.is_empty());
    let (facts, numbers) = (born(ADULT), [me()]);
    let outcome = consents.record(house.act(), subject(&facts, &numbers), &asked(), None).await;
    assert!(matches!(outcome, Err(NotRecorded::NotConfigured)));
    assert_eq!(house.recorded(), [""; 0], "nothing is in the audit that did not happen");
}
