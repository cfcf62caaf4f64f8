//! The room's own tests: a scripted register, a clock that is moved by hand, and tokio's paused time.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{
    CivilStatus, Clock, CprNumber, Custody, CustodyHolder, ManualClock, PersonFacts, Protection, RelatedPerson,
    SourceErrorKind, SourceId,
};
use glasplade_adapters::fake::ScriptedRegister;
use jiff::civil::date;

use super::{AliasBook, AliasSettings, Identity, People, age};
use crate::access::{Access, AccessGrant, Caller, Question};
use crate::audit::Kinship;
use crate::config::Config;
use crate::overview::SourceState;
use crate::random::CountingRandom;
use crate::sources::{Deadline, LastState, Wish};
use crate::testing::{self, address, citizen, number, person};

/// The room over a scripted register.
struct Room {
    config: Config,
    register: Arc<ScriptedRegister>,
    clock: Arc<ManualClock>,
    people: Arc<People>,
}

impl Room {
    fn new() -> Self {
        let config = testing::config();
        let register = ScriptedRegister::new("persons");
        let clock = Arc::new(ManualClock::at(testing::now()));
        let lent: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let people = People::with_register(
            &config,
            Some(register.register()),
            Arc::new(testing::pseudonyms()),
            AliasBook::in_memory(AliasSettings { entries_max: 100 }),
            lent,
            Arc::new(CountingRandom::default()),
        );
        Self { config, register, clock, people: Arc::new(people) }
    }

    fn knows(self, facts: impl IntoIterator<Item = PersonFacts>) -> Self {
        for facts in facts {
            self.register.answers(facts.number, facts);
        }
        self
    }

    fn grant(&self, citizen: CprNumber) -> AccessGrant {
        let caller = Caller::invented("az10002", &["caseworker"]).in_unit("JVS", "JVS-JOB").with_kle(&["*"]);
        let question = Question { citizen, ..testing::question() };
        let decision =
            Access::new(&self.config).authorize(&caller, &question, testing::pseudonyms().of(&citizen), testing::TODAY);
        decision.outcome.expect("permitted")
    }

    async fn identify(&self, citizen: CprNumber) -> Identity {
        self.people.identify(&self.grant(citizen), &wish(false)).await
    }

    fn state(&self, identity: &Identity) -> SourceState {
        identity.status(self.people.id().expect("a register")).state
    }
}

fn wish(no_cache: bool) -> Wish {
    Wish {
        no_cache,
        trace_id: Arc::from("trace"),
        deadline: Deadline::after(Duration::from_secs(1)),
        is_hasty: false,
        from_memory: false,
    }
}

fn others(identity: &Identity) -> Vec<CprNumber> {
    identity.others().iter().map(|other| *other.number()).collect()
}

/// `former` was replaced by `in_force`.
fn replaced(former: CprNumber, in_force: CprNumber) -> PersonFacts {
    PersonFacts { in_force, name: None, born: None, protection: Protection::Unknown, ..person(former) }
}

#[tokio::test(start_paused = true)]
async fn a_replaced_number_leads_to_the_one_in_force_and_back_because_the_register_says_so() {
    let room = Room::new().knows([replaced(number(1), number(2)), person(number(2))]);
    assert!(others(&room.identify(number(2)).await).is_empty(), "nobody has said anything about another number yet");
    let by_old = room.identify(number(1)).await;
    assert_eq!(others(&by_old), [number(2)]);
    assert_eq!(by_old.protection(), Protection::Open, "the number in force tells the facts");
    let by_new = room.identify(number(2)).await;
    assert_eq!(others(&by_new), [number(1)]);
    assert_eq!(by_old.in_force(), by_new.in_force(), "one person, whichever number is asked for");
}

#[tokio::test(start_paused = true)]
async fn an_alias_that_the_register_takes_back_is_forgotten() {
    let room = Room::new().knows([replaced(number(1), number(2)), person(number(2))]);
    room.identify(number(1)).await;
    room.register.answers(number(1), person(number(1)));
    room.clock.advance(jiff::SignedDuration::from_hours(1));
    assert!(others(&room.identify(number(2)).await).is_empty());
    room.register.answers(number(1), None);
    assert!(others(&room.identify(number(2)).await).is_empty(), "and does not come back by itself");
    assert_eq!(room.register.calls(), 4, "a forgotten number is not asked for again");
}

#[tokio::test(start_paused = true)]
async fn while_the_register_cannot_confirm_an_alias_it_joins_nothing() {
    let room = Room::new().knows([replaced(number(1), number(2)), person(number(2))]);
    room.identify(number(1)).await;
    room.clock.advance(jiff::SignedDuration::from_hours(5));
    room.register.is_down(SourceErrorKind::Unavailable);
    let silent = room.identify(number(2)).await;
    assert!(others(&silent).is_empty());
    room.register.recovers();
    assert_eq!(others(&room.identify(number(2)).await), [number(1)], "nothing was forgotten for it");
}

#[tokio::test(start_paused = true)]
async fn numbers_that_replace_each_other_in_a_ring_end_the_search() {
    let room = Room::new().knows([
        replaced(number(1), number(2)),
        replaced(number(2), number(3)),
        replaced(number(3), number(1)),
    ]);
    let confused = room.identify(number(1)).await;
    assert_eq!(room.register.calls(), 3);
    assert!(others(&confused).is_empty() && confused.facts().is_none(), "a ring joins nobody");
    assert!(confused.kin().relatives.is_none() && confused.protection() == Protection::Unknown, "and closes");
    assert!(others(&room.identify(number(2)).await).is_empty(), "nothing of it is remembered");
}

#[tokio::test(start_paused = true)]
async fn one_number_in_force_for_many_people_joins_nobody() {
    let many = (1..=9).map(|last| replaced(number(last), citizen()));
    let room = Room::new().knows(many).knows([person(citizen())]);
    for last in 1..=9 {
        room.identify(number(last)).await;
    }
    assert!(others(&room.identify(citizen()).await).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_chain_of_replacements_is_one_person_from_either_end() {
    let room = Room::new().knows([replaced(number(1), number(2)), replaced(number(2), number(3)), person(number(3))]);
    let mut by_first = others(&room.identify(number(1)).await);
    by_first.sort();
    assert_eq!(by_first, [number(2), number(3)]);
    let mut by_last = others(&room.identify(number(3)).await);
    by_last.sort();
    assert_eq!(by_last, [number(1), number(2)]);
}

#[tokio::test(start_paused = true)]
async fn what_any_of_the_numbers_says_of_protection_and_family_counts() {
    let old =
        PersonFacts { protection: Protection::Protected, children: vec![number(7)], ..replaced(number(1), number(2)) };
    let room = Room::new().knows([old, person(number(2))]);
    let identity = room.identify(number(1)).await;
    assert_eq!(identity.protection(), Protection::Protected, "the strictest counts");
    assert_eq!(identity.kin().relatives, Some(vec![testing::pseudonyms().of(&number(7))]));
}

#[tokio::test(start_paused = true)]
async fn a_number_replaced_by_one_that_nobody_has_says_nothing_of_the_family() {
    let old = PersonFacts { protection: Protection::Open, ..replaced(number(1), number(2)) };
    let identity = Room::new().knows([old]).identify(number(1)).await;
    assert!(identity.kin().relatives.is_none());
    assert_eq!(identity.protection(), Protection::Unknown);
}

#[tokio::test(start_paused = true)]
async fn an_entry_with_more_relatives_than_anybody_has_is_not_believed() {
    let crowd = PersonFacts { children: (100..160).map(number).collect(), ..person(citizen()) };
    let room = Room::new().knows([crowd]);
    let identity = room.identify(citizen()).await;
    assert!(identity.kin().relatives.is_none());
    assert_eq!(room.people.protection_at_home(&identity, &wish(false)).await, Protection::Unknown);
    assert_eq!(room.register.calls(), 1, "and nobody of it is asked about");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_shows_nothing_tells_of_no_other_number_and_no_unreadable_entry() {
    let id = SourceId::new("persons");
    let room = Room::new().knows([replaced(number(1), number(2)), person(number(2))]);
    room.identify(number(2)).await;
    room.clock.advance(jiff::SignedDuration::from_secs(60));
    let (alias, nobody) = (room.identify(number(1)).await, room.identify(number(7)).await);
    assert_eq!(alias.status_without_person(&id), nobody.status_without_person(&id));
    assert_ne!(alias.status(&id), nobody.status(&id), "the audit keeps the truth");
    room.register.fails_once(SourceErrorKind::Malformed);
    let unreadable = room.identify(number(8)).await.status_without_person(&id);
    room.register.fails_once(SourceErrorKind::Unsupported);
    let silent = room.identify(number(9)).await.status_without_person(&id);
    assert_eq!((unreadable.state, silent.state), (SourceState::Unavailable, SourceState::Unavailable));
}

#[tokio::test(start_paused = true)]
async fn a_silent_register_opens_nothing() {
    let room = Room::new().knows([person(citizen())]);
    room.register.hold();
    let identity = room.identify(citizen()).await;
    assert_eq!(room.state(&identity), SourceState::TimedOut);
    assert_eq!(identity.protection(), Protection::Unknown);
    assert!(identity.facts().is_none() && identity.kin().relatives.is_none());
    room.register.release();
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_somebody_else_is_dropped_counted_and_alarmed() {
    let room = Room::new();
    room.register.answers(citizen(), person(number(9)));
    let identity = room.identify(citizen()).await;
    assert_eq!(room.state(&identity), SourceState::Invalid);
    assert!(identity.facts().is_none() && identity.kin().relatives.is_none());
    let (_, _, health) = room.people.health().expect("a register");
    assert_eq!((health.wrong_citizen_rows, health.last), (1, LastState::Failing));
    assert_eq!(health.failure, Some(SourceErrorKind::WrongCitizen));
}

#[tokio::test(start_paused = true)]
async fn a_number_that_nobody_has_is_told_of_like_any_other() {
    let room = Room::new().knows([person(citizen())]);
    let id = SourceId::new("persons");
    for round in [SourceState::Fresh, SourceState::Cached] {
        let (known, unknown) = (room.identify(citizen()).await, room.identify(number(7)).await);
        assert_eq!(known.status(&id).without_rows(), unknown.status(&id).without_rows());
        assert_eq!(room.state(&known), round);
        assert!(unknown.facts().is_none());
        assert_eq!(unknown.kin().relatives, Some(Vec::new()), "the register has answered: nobody is close to nobody");
    }
}

#[tokio::test(start_paused = true)]
async fn facts_age_are_stale_while_the_register_is_down_and_end() {
    let room = Room::new().knows([person(citizen())]);
    room.identify(citizen()).await;
    room.register.is_down(SourceErrorKind::Unavailable);
    let ages = room.config.sources.person_register.as_ref().expect("configured").ages;
    room.clock.advance(jiff::SignedDuration::from_secs(i64::from(ages.fresh_s) - 1));
    assert_eq!(room.state(&room.identify(citizen()).await), SourceState::Cached);
    room.clock.advance(jiff::SignedDuration::from_secs(1));
    let stale = room.identify(citizen()).await;
    assert_eq!(room.state(&stale), SourceState::Stale);
    assert_eq!(stale.protection(), Protection::Open, "what it said then still holds, and is labelled");
    room.clock.advance(jiff::SignedDuration::from_secs(i64::from(ages.stale_s)));
    let gone = room.identify(citizen()).await;
    assert_eq!(room.state(&gone), SourceState::Unavailable);
    assert_eq!(gone.protection(), Protection::Unknown);
}

#[tokio::test(start_paused = true)]
async fn callers_of_one_moment_share_one_call_and_no_cache_asks_anew() {
    let room = Room::new().knows([person(citizen())]);
    let grants: Vec<_> = (0..20).map(|_| room.grant(citizen())).collect();
    let wish_now = wish(false);
    futures_util::future::join_all(grants.iter().map(|grant| room.people.identify(grant, &wish_now))).await;
    assert_eq!(room.register.calls(), 1);
    room.clock.advance(jiff::SignedDuration::from_secs(30));
    room.people.identify(&room.grant(citizen()), &wish(true)).await;
    assert_eq!(room.register.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_register_that_breaks_off_is_a_failure_and_the_next_look_up_works() {
    let room = Room::new().knows([person(citizen())]);
    room.register.panics_once();
    assert_eq!(room.state(&room.identify(citizen()).await), SourceState::Invalid);
    assert_eq!(room.state(&room.identify(citizen()).await), SourceState::Fresh);
}

#[tokio::test(start_paused = true)]
async fn everybody_whom_the_register_names_is_close() {
    let custody =
        |last: u16| Custody { holder: CustodyHolder::Other, person: Some(number(last)), since: None, until: None };
    let facts = PersonFacts {
        spouse: Some(RelatedPerson::Number(number(1))),
        children: vec![number(2), number(3)],
        mother: Some(RelatedPerson::Number(number(4))),
        father: Some(RelatedPerson::Named { born: None, name: Some("Opdigtet Udlænding".to_owned()) }),
        custody: vec![custody(5)],
        ..person(citizen())
    };
    let room = Room::new().knows([facts]);
    let mut relatives = room.identify(citizen()).await.kin().relatives.clone().expect("the register answered");
    let mut expected: Vec<_> = (1..=5).map(|last| testing::pseudonyms().of(&number(last))).collect();
    relatives.sort();
    expected.sort();
    assert_eq!(relatives, expected);
}

#[tokio::test(start_paused = true)]
async fn the_family_is_spouse_and_children_and_a_minor_s_parents() {
    let today = testing::TODAY;
    let family = PersonFacts {
        civil_status: Some(CivilStatus::Married),
        spouse: Some(RelatedPerson::Number(number(1))),
        children: vec![number(2)],
        mother: Some(RelatedPerson::Number(number(4))),
        ..person(citizen())
    };
    let kinds = |identity: &Identity| identity.relatives(today).into_iter().map(|one| one.kind).collect::<Vec<_>>();
    let adult = Room::new().knows([family.clone()]).identify(citizen()).await;
    assert_eq!(kinds(&adult), [Kinship::Spouse, Kinship::Child], "an adult's mother is not household");
    let divorced = PersonFacts { civil_status: Some(CivilStatus::Divorced), ..family.clone() };
    let divorced = Room::new().knows([divorced]).identify(citizen()).await;
    assert_eq!(kinds(&divorced), [Kinship::Child], "a former spouse is close, and not family");
    let born = family.born.map(|born| glasplade_adapters::contract::RegisterDate { day: date(2015, 2, 17), ..born });
    let child =
        PersonFacts { born, civil_status: Some(CivilStatus::Unmarried), spouse: None, children: vec![], ..family };
    let child = Room::new().knows([child]).identify(citizen()).await;
    assert_eq!(kinds(&child), [Kinship::Parent]);
}

#[tokio::test(start_paused = true)]
async fn whoever_of_the_family_at_home_is_protected_hides_the_address_for_all() {
    let at = |house: &str, last: u16, protection: Protection| PersonFacts {
        address: Some(address(house)),
        protection,
        ..person(number(last))
    };
    let parent = PersonFacts { address: Some(address("1")), children: vec![number(1), number(2)], ..person(citizen()) };
    let of = async |family: Vec<PersonFacts>| {
        let room = Room::new().knows([parent.clone()]).knows(family);
        let identity = room.identify(citizen()).await;
        room.people.protection_at_home(&identity, &wish(false)).await
    };
    let open = |last: u16| at("1", last, Protection::Open);
    assert_eq!(of(vec![open(1), open(2)]).await, Protection::Open);
    assert_eq!(of(vec![open(1), at("1", 2, Protection::Protected)]).await, Protection::Protected);
    assert_eq!(of(vec![open(1), at("7", 2, Protection::Protected)]).await, Protection::Open, "lives elsewhere");
    assert_eq!(of(vec![open(1)]).await, Protection::Unknown, "of whom nothing is known may live there");
}

#[test]
fn age_is_whole_years_and_ends_with_death() {
    let born = |facts: PersonFacts| age(&facts, testing::TODAY);
    let on = |day| glasplade_adapters::contract::RegisterDate { day, uncertain: false };
    assert_eq!(born(PersonFacts { born: Some(on(date(2008, 11, 21))), ..person(citizen()) }), Some(18));
    assert_eq!(born(PersonFacts { born: Some(on(date(2008, 11, 22))), ..person(citizen()) }), Some(17));
    assert_eq!(born(PersonFacts { born: Some(on(date(2027, 1, 1))), ..person(citizen()) }), None);
    assert_eq!(born(PersonFacts { born: None, ..person(citizen()) }), None);
    let dead = glasplade_adapters::contract::PersonStatus::Dead;
    assert_eq!(born(PersonFacts { status: dead, ..person(citizen()) }), None);
}
