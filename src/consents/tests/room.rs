//! The room: the audit before the ledger, the same request once, the own unit's consents only.

use std::sync::Arc;

use futures_util::poll;
use glasplade_adapters::contract::{Clock, CustodyHolder, ManualClock, PersonFacts};
use jiff::SignedDuration;

use super::asked::asked;
use super::{ADULT, born, me, of_both};
use crate::access::Caller;
use crate::audit::testing::Scratch;
use crate::audit::{Audit, AuditEntry, AuditIndex, AuditLog, Pseudonym, Request};
use crate::config::Language;
use crate::consents::{
    Act, Answer, Asked, ConsentView, Consents, Form, GiverAsked, Lent, NamedBy, NotRecorded, Recorded, Search, State,
    Subject, Unfit, Who, Withdrawal,
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
        self.entries().into_iter().filter_map(|entry| Some(entry.event?.what)).collect()
    }

    fn entries(&self) -> Vec<AuditEntry> {
        assert!(self.audit.index().caught_up(), "the index follows the log");
        let log = self.audit.log();
        let mut reader = crate::audit::EntryReader::new(log.directory(), Arc::clone(log.keys()));
        let places = self.audit.index().reader().places_after(0).expect("a search");
        places.iter().map(|place| reader.read(place).expect("a readable segment").expect("the entry")).collect()
    }
}

fn subject<'a>(facts: &'a PersonFacts, numbers: &'a [crate::audit::Pseudonym]) -> Subject<'a> {
    Subject { number: numbers[0], numbers, facts: Some(facts), is_seen: true }
}

/// By id alone, by a registrar of whom the staff register knows nothing.
const NOBODY: (Option<Pseudonym>, Option<Subject<'static>>) = (None, None);

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
    let whole = recorded.view.whole().expect("its own unit's");
    assert_eq!((whole.state, whole.in_force, recorded.is_new), (State::Given, Some(true), true));
    assert_eq!((grounds(&replica).len(), replica.revision(&[me()]).expect("readable")), (1, 1));
    house.clock.advance(SignedDuration::from_mins(1));
    let before = house.clock.now();
    house.clock.advance(SignedDuration::from_mins(1));
    let taken_back =
        replica.revoke(house.act(), recorded.view.id(), Some(by_voice()), NOBODY).await.expect("it is theirs");
    assert_eq!((taken_back.view.state(), taken_back.is_new), (State::Withdrawn, true));
    assert!(grounds(&house.consents).is_empty());
    let twice =
        house.consents.revoke(house.act(), recorded.view.id(), Some(by_voice()), NOBODY).await.expect("twice is once");
    assert!(!twice.is_new && twice.view.whole().is_none(), "nothing was done, and nothing is read in passing");
    assert_eq!(house.recorded(), ["consent_given", "consent_withdrawn", "consent_repeated"]);
    let then = house.consents.in_force_then(&[me()], Some(&facts), before).expect("readable");
    assert_eq!(then.grounds.len(), 1, "a decision of that minute is made again as it was");
}

#[tokio::test]
async fn the_same_request_twice_is_one_event_and_another_under_its_key_is_none() {
    let house = House::new();
    let first = house.record(Some("k1"), |_| {}).await.expect("it fits");
    let second = house.record(Some("k1"), |_| {}).await.expect("the same again");
    assert_eq!((first.view.id(), first.is_new, second.is_new), (second.view.id(), true, false));
    let other = house.record(Some("k1"), |asked| asked.categories.truncate(1)).await;
    assert!(matches!(other, Err(NotRecorded::KeyUsedOtherwise)));
    let other = |asked: &mut crate::consents::Asked| asked.categories.truncate(1);
    assert!(house.record(Some("k2"), other).await.expect("another key").is_new);
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
    let id = house.record(None, |_| {}).await.expect("it fits").view.id();
    house.caller = registrar("VJH-MYND");
    let unknown = |outcome: Result<Recorded, NotRecorded>| matches!(outcome, Err(NotRecorded::Unknown));
    assert!(unknown(house.consents.revoke(house.act(), id, Some(by_voice()), NOBODY).await));
    assert!(unknown(house.consents.revoke(house.act(), uuid::Uuid::from_u128(1), Some(by_voice()), NOBODY).await));
    let found = |search| house.consents.search(house.act(), search);
    assert!(found(Search::Of(subject(&facts, &numbers))).await.expect("readable").is_empty());
    assert!(found(Search::Case("2026-001234", None)).await.expect("readable").is_empty());
    house.caller = registrar("JVS-JOB");
    let found = |search| house.consents.search(house.act(), search);
    assert_eq!(found(Search::Of(subject(&facts, &numbers))).await.expect("readable").len(), 1, "one of those who give");
    assert_eq!(found(Search::Case("2026-001234", None)).await.expect("readable").len(), 1);
    assert!(found(Search::Case("2026-001234", Some(me()))).await.expect("readable").is_empty(), "one's own");
    assert!(
        unknown(house.consents.revoke(house.act(), id, Some(by_voice()), (Some(me()), None)).await),
        "nobody takes back their own here"
    );
    house.caller = Caller::invented("az10001", &["consent_registrar"]);
    let without = house.record(None, |_| {}).await;
    assert!(matches!(without, Err(NotRecorded::Unfit(Unfit::NoUnit))));
}

#[tokio::test]
async fn a_new_consent_takes_the_place_of_an_old_one_in_one_commit() {
    let (house, facts) = (House::new(), born(ADULT));
    let old = house.record(None, |_| {}).await.expect("it fits").view.id();
    let narrow = |asked: &mut crate::consents::Asked| {
        (asked.supersedes, asked.categories) = (Some(old), vec!["benefit".to_owned()]);
    };
    let new = house.record(None, narrow).await.expect("narrower").view.id();
    let grounds = house.consents.in_force(&[me()], Some(&facts), now()).expect("readable").grounds;
    assert_eq!(grounds.iter().map(|ground| ground.id).collect::<Vec<_>>(), [new]);
    assert_eq!(house.recorded(), ["consent_given", "consent_given", "consent_superseded"]);
    let again = house.record(None, narrow).await.expect("the same again");
    assert_eq!((again.view.id(), again.is_new), (new, false));
    let other = |asked: &mut crate::consents::Asked| {
        (asked.supersedes, asked.categories) = (Some(old), vec!["employment".to_owned()]);
    };
    assert!(matches!(house.record(None, other).await, Err(NotRecorded::NotOpen(State::Superseded))));
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

/// What this unit is told when it searches by the citizen.
async fn told(house: &mut House, unit: &str) -> Vec<ConsentView> {
    let before = std::mem::replace(&mut house.caller, registrar(unit));
    let (facts, numbers) = (born(ADULT), [me()]);
    let found = house.consents.search(house.act(), Search::Of(subject(&facts, &numbers))).await.expect("readable");
    house.caller = before;
    found
}

#[tokio::test]
async fn those_who_were_refused_are_told_neither_what_nor_from_whom() {
    for (answer, state) in [(Answer::Refused, State::Refused), (Answer::Requested, State::Requested)] {
        let mut house = House::new();
        house.caller = registrar("JSY-YDELSE");
        let asked = |asked: &mut Asked| {
            asked.answer = answer;
            if answer == Answer::Requested {
                asked.signature.by.clear();
            }
        };
        let id = house.record(None, asked).await.expect("it fits").view.id();
        let (to, from) = (told(&mut house, "UUJ-KOORD").await, told(&mut house, "JVS-JOB").await);
        let [ConsentView::Brief(brief)] = &to[..] else { panic!("{to:?}") };
        assert_eq!((brief.id, brief.state, &brief.from), (id, state, &Vec::new()));
        assert_eq!(brief.to.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["UUJ-KOORD"]);
        let text = serde_json::to_string(&to).expect("JSON");
        for word in ["benefit", "employment", "JSY", "JVS", "2026-001234", "NOTE-17"] {
            assert!(!text.contains(word), "`{word}` would tell what there is: {text}");
        }
        let giver = from[0].whole().expect("those who give know what was asked for");
        assert_eq!(giver.from.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["JVS"], "their own row");
        assert!(giver.journal_text.da.contains("Fra: Job og Virksomhedsservice. Til:"), "{giver:?}");
        assert_eq!(giver.categories.len(), 2);
        assert_eq!(told(&mut house, "JSY-YDELSE").await[0].whole().expect("they recorded it").from.len(), 2);
    }
}

#[tokio::test]
async fn those_who_get_are_told_all_of_it_while_and_after_it_was_in_force() {
    let mut house = House::new();
    house.caller = registrar("JSY-YDELSE");
    let id = house.record(None, |_| {}).await.expect("it fits").view.id();
    assert!(told(&mut house, "UUJ-KOORD").await[0].whole().is_some());
    house.caller = registrar("UUJ-KOORD");
    let taken_back = house.consents.revoke(house.act(), id, Some(by_voice()), NOBODY).await.expect("it is theirs");
    assert!(taken_back.view.whole().is_some() && told(&mut house, "UUJ-KOORD").await[0].whole().is_some());
    let case = house.consents.search(house.act(), Search::Case("2026-001234", None)).await.expect("readable");
    assert!(case[0].whole().is_none(), "by the case nobody knows whether the registrar is close to the citizen");
}

#[tokio::test]
async fn a_no_stays_until_whoever_said_it_says_otherwise_and_it_is_filed() {
    let (house, facts, numbers) = (House::new(), born(ADULT), [me()]);
    let no = |asked: &mut Asked| asked.answer = Answer::Refused;
    let id = house.record(None, no).await.expect("it fits").view.id();
    let filed = || Withdrawal { evidence: Some("NOTE-9".to_owned()), ..by_voice() };
    let known = (None, Some(subject(&facts, &numbers)));
    let turned = async |withdrawal, who| house.consents.revoke(house.act(), id, Some(withdrawal), who).await.map(drop);
    let unfit = |outcome, expected| matches!(outcome, Err(NotRecorded::Unfit(unfit)) if unfit == expected);
    assert!(unfit(turned(filed(), NOBODY).await, Unfit::RefusalNeedsCitizen));
    assert!(unfit(turned(by_voice(), known).await, Unfit::Text("evidence")));
    assert!(unfit(turned(Withdrawal { by: Who::Custodian, ..filed() }, known).await, Unfit::NotTheRefuser));
    let question = |asked: &mut Asked| {
        (asked.answer, asked.supersedes) = (Answer::Requested, Some(id));
        asked.signature.by.clear();
    };
    assert!(unfit(house.record(None, question).await.map(drop), Unfit::NotTheRefuser));
    let another = |asked: &mut Asked| {
        asked.supersedes = Some(id);
        asked.signature.by = vec![GiverAsked::Representative("FM-1".to_owned())];
    };
    assert!(unfit(house.record(None, another).await.map(drop), Unfit::NotTheRefuser));
    let refusals =
        || house.consents.in_force(&numbers, Some(&facts), house.clock.now()).expect("readable").refusals.len();
    assert_eq!((refusals(), house.recorded()), (1, vec!["consent_refused".to_owned()]));
    assert!(turned(filed(), known).await.is_ok());
    assert_eq!(refusals(), 0);
}

#[tokio::test]
async fn a_double_click_is_one_consent_so_that_its_withdrawal_leaves_no_twin() {
    let (house, facts) = (House::new(), born(ADULT));
    let (one, two) = tokio::join!(house.record(None, |_| {}), house.record(None, |_| {}));
    let (one, two) = (one.expect("it fits"), two.expect("the same"));
    assert_eq!((one.view.id(), one.is_new || two.is_new, one.is_new && two.is_new), (two.view.id(), true, false));
    let third = house.record(None, |_| {}).await.expect("the same");
    assert_eq!((third.view.id(), third.is_new), (one.view.id(), false));
    house.consents.revoke(house.act(), one.view.id(), Some(by_voice()), NOBODY).await.expect("it is theirs");
    assert_eq!(house.consents.in_force(&[me()], Some(&facts), now()).expect("readable").grounds, []);
    assert!(house.record(None, |_| {}).await.expect("anew").is_new, "what was taken back is no twin");
}

#[tokio::test]
async fn a_client_that_hangs_up_changes_nothing_a_withdrawal_in_the_log_is_one_in_the_ledger() {
    let house = House::new();
    let id = house.record(None, |_| {}).await.expect("it fits").view.id();
    {
        let mut revoked = std::pin::pin!(house.consents.revoke(house.act(), id, Some(by_voice()), NOBODY));
        assert!(poll!(revoked.as_mut()).is_pending(), "it waits for the audit");
    }
    for _ in 0..10_000 {
        if house.consents.revision(&[me()]).expect("readable") == 2 {
            break;
        }
        house.audit.accessed(&house.request, &house.caller, 200).await.expect("the audit takes entries");
    }
    assert_eq!(house.consents.revision(&[me()]).expect("readable"), 2);
    assert_eq!(house.recorded(), ["consent_given", "consent_withdrawn"]);
}

#[tokio::test]
async fn whom_a_search_told_of_is_found_in_the_log_by_the_citizen() {
    let house = House::new();
    let id = house.record(None, |_| {}).await.expect("it fits").view.id().to_string();
    house.consents.search(house.act(), Search::Case("2026-001234", None)).await.expect("readable");
    house.consents.search(house.act(), Search::Case("2026-009999", None)).await.expect("readable");
    let entries = house.entries();
    let told: Vec<&AuditEntry> = entries
        .iter()
        .filter(|entry| entry.event.as_ref().is_some_and(|event| event.what == "consents_told"))
        .collect();
    assert_eq!(told.iter().map(|entry| entry.citizen).collect::<Vec<_>>(), [Some(me())]);
    assert_eq!(told[0].event.as_ref().expect("an event").facts["ids"], id);
    let searched =
        entries.iter().filter_map(|entry| entry.event.as_ref()).filter(|one| one.what == "consents_searched");
    let facts: Vec<_> = searched.map(|event| (event.facts["found"].clone(), event.facts["case"].clone())).collect();
    assert_eq!((facts[0].0.as_str(), facts[1].0.as_str()), ("1", "0"));
    assert!(facts[0].1.len() == 64 && facts[0].1 != facts[1].1, "a MAC of the case, and of no other");
    assert!(!facts[0].1.contains("2026"));
}

#[tokio::test]
async fn who_names_anybody_s_number_is_told_nothing_that_the_register_says_of_them() {
    let house = House::new();
    let (adult, child) = (born(ADULT), of_both(born(jiff::civil::date(2015, 5, 5))));
    let mut dead = born(ADULT);
    dead.status = glasplade_adapters::contract::PersonStatus::Dead;
    let stranger = vec![GiverAsked::Custodian(NamedBy::Number(crate::testing::number(9)))];
    let mut shapes = Vec::new();
    for (at, facts) in [Some(&adult), Some(&child), Some(&dead), None].into_iter().enumerate() {
        let numbers = [super::of(u16::try_from(at).expect("few") + 20)];
        let subject = Subject { number: numbers[0], numbers: &numbers, facts, is_seen: false };
        let mut body = asked();
        body.signature.by = stranger.clone();
        let recorded = house.consents.record(house.act(), subject, &body, None).await.expect("taken from anybody");
        let mut shape = serde_json::to_value(&recorded.view).expect("JSON");
        shape["id"].take();
        shapes.push(shape);
        body.signature.by = vec![GiverAsked::Custodian(NamedBy::Holder(CustodyHolder::Mother))];
        let named = house.consents.record(house.act(), subject, &body, None).await;
        assert!(matches!(named, Err(NotRecorded::Unfit(Unfit::GiverUnknown))), "whether there is a mother");
    }
    for shape in &shapes[1..] {
        assert_eq!(shape, &shapes[0]);
    }
    assert!(shapes[0]["note"].is_string() && shapes[0].get("in_force").is_none(), "{}", shapes[0]);
}
