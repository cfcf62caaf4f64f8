//! The civil register: whom it is asked about, in which order, what is kept of it, and a citizen who gets another number.

use glasplade_adapters::contract::{CivilStatus, PersonFacts, PersonStatus, RelatedPerson, SourceErrorKind};
use jiff::civil::date;

use super::*;
use crate::target_groups::index::{CitizenRow, Kin};
use crate::target_groups::{Day, Kinship};

const TWO: [(&str, Listing); 2] = [("sbsys", Listing::Sweep), ("fasit", Listing::Sweep)];

impl House {
    fn knows(&self, facts: PersonFacts) {
        self.register.answers(facts.number, facts);
    }

    /// Asks the register until nobody is left; tells why it rests.
    async fn asks_register(&self) -> Rest {
        for _ in 0..500 {
            if let Turn::Rest(rest) = self.poller.turn_register().await.expect("an index") {
                return rest;
            }
        }
        panic!("the register never rests");
    }

    fn row(&self, number: &CprNumber) -> Option<CitizenRow> {
        let who = testing::pseudonyms().of(number);
        self.poller.read(|reading| reading.citizen(&who)).expect("a row")
    }
}

#[tokio::test(start_paused = true)]
async fn what_approved_rules_ask_for_is_kept_and_nothing_else() {
    let house = House::new(&TWO);
    let citizen = somebody(1);
    house.lister("sbsys").has([case("sbsys", "1", citizen)]);
    house.knows(PersonFacts {
        civil_status: Some(CivilStatus::Married),
        spouse: Some(RelatedPerson::Number(testing::number(1))),
        children: vec![testing::number(2), CprNumber::parse("0101154000").expect("a child's")],
        ..testing::person(citizen)
    });
    house.reads("sbsys").await;
    assert_eq!(house.asks_register().await.why, Why::Done);
    let told = house.row(&citizen).expect("a row").register.expect("the register was asked");
    let kin = |kinship, number: &CprNumber| Kin { kinship, who: testing::pseudonyms().of(number) };
    let child = CprNumber::parse("0101154000").expect("a child's");
    assert_eq!((told.on, told.born, told.has_left), (Day::of(testing::TODAY), Some(Day::of(date(1988, 3, 9))), false));
    assert_eq!(
        told.kin,
        [kin(Kinship::Spouse, &testing::number(1)), kin(Kinship::Child, &child)],
        "a child of 27 is not kept"
    );

    let house = House::with(&TWO, |config| config.target_groups.approvals.retain(|row| row.rule == "cross_department"));
    house.lister("sbsys").has([case("sbsys", "1", citizen)]);
    house.knows(PersonFacts {
        status: PersonStatus::Dead,
        spouse: Some(RelatedPerson::Number(testing::number(1))),
        children: vec![child],
        ..testing::person(citizen)
    });
    house.reads("sbsys").await;
    house.asks_register().await;
    let told = house.row(&citizen).expect("a row").register.expect("the register was asked");
    assert_eq!((told.born, told.has_left, told.kin), (None, true, vec![]));
}

#[tokio::test(start_paused = true)]
async fn each_is_asked_about_once_a_week_and_whoever_is_new_first() {
    let house = House::new(&TWO);
    house.lister("sbsys").has(cases("sbsys", 45));
    house.reads("sbsys").await;
    assert_eq!((house.asks_register().await.why, house.register.calls()), (Why::Done, 45));
    house.clock.advance(SignedDuration::from_hours(6 * 24));
    assert_eq!((house.asks_register().await.why, house.register.calls()), (Why::Done, 45));
    house.lister("fasit").has([case("fasit", "1", somebody(400))]);
    house.reads("fasit").await;
    assert_eq!((house.asks_register().await.why, house.register.calls()), (Why::Done, 46));
    house.clock.advance(SignedDuration::from_hours(24));
    assert_eq!((house.asks_register().await.why, house.register.calls()), (Why::Done, 91));
}

#[tokio::test(start_paused = true)]
async fn a_register_that_is_down_is_left_for_a_while_and_what_it_told_stays() {
    let house = House::new(&TWO);
    house.lister("sbsys").has(cases("sbsys", 3));
    house.reads("sbsys").await;
    house.knows(testing::person(somebody(0)));
    house.asks_register().await;
    house.register.is_down(SourceErrorKind::Unavailable);
    house.clock.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(house.asks_register().await.why, Why::Failed);
    let state = house.poller.register_reading().expect("an index");
    assert_eq!((state.trouble, state.failures), (Some(Trouble::Unavailable), 1));
    assert!(house.row(&somebody(0)).expect("a row").register.is_some());
    house.register.recovers();
    house.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(house.asks_register().await.why, Why::Done);
    let state = house.poller.register_reading().expect("an index");
    assert_eq!((state.trouble, state.failures, state.incomplete_since), (None, 0, None));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_believed_stops_nobody_else() {
    let house = House::new(&TWO);
    house.lister("sbsys").has(cases("sbsys", 30));
    house.reads("sbsys").await;
    house.knows(testing::person(somebody(3)));
    // It answers about somebody else.
    house.register.answers(somebody(5), testing::person(somebody(6)));
    assert_eq!(house.asks_register().await.why, Why::Done);
    let state = house.poller.register_reading().expect("an index");
    assert_eq!((state.not_believed, state.trouble), (1, None));
    assert!(house.row(&somebody(3)).expect("a row").register.is_some());
    assert_eq!(house.row(&somebody(5)).expect("a row").register, None);
}

#[tokio::test(start_paused = true)]
async fn a_citizen_who_gets_another_number_stays_one_citizen() {
    let mut house = House::new(&TWO);
    let (old, new) = (somebody(1), somebody(900));
    house.lister("sbsys").has(cases("sbsys", 3));
    house.lister("fasit").has([case("fasit", "new", new), case("fasit", "other", old)]);
    house.reads("sbsys").await;
    house.reads("fasit").await;
    assert_eq!(house.held().len(), 4, "nobody has said that two of them are one");
    house.knows(PersonFacts { in_force: new, ..testing::person(old) });
    house.knows(testing::person(new));
    house.asks_register().await;
    assert_eq!((house.held().len(), house.held()[new.expose()].len()), (3, 3));
    assert_eq!(house.row(&new).expect("a row").register.expect("told").born, Some(Day::of(date(1988, 3, 9))));
    // The sources go on telling the old number, to a process that has looked nobody up, and nothing is lost or doubled.
    house.dies();
    let known = house.held();
    house.a_day_later();
    house.reads("sbsys").await;
    house.reads("fasit").await;
    assert_eq!(house.held(), known);
    assert!(house.lister("sbsys").looked_up().is_empty());
    // Nor when the register is asked again by that process.
    house.clock.advance(SignedDuration::from_hours(8 * 24));
    house.asks_register().await;
    house.reads("sbsys").await;
    assert_eq!(house.held(), known);
    // What ends under the old number is asked for under both.
    house.lister("sbsys").loses(|id| id == "sbsys-1");
    house.a_day_later();
    house.reads("sbsys").await;
    assert_eq!(house.held()[new.expose()].len(), 2);
    let asked: BTreeSet<CprNumber> = house.lister("sbsys").looked_up().into_iter().collect();
    assert_eq!(asked, BTreeSet::from([old, new]));
}

#[tokio::test(start_paused = true)]
async fn a_number_that_changed_while_a_source_was_read_ends_nothing() {
    let house = House::with(&TWO, |config| config.service.target_groups.poll.page_rows = 10);
    let (old, new) = (somebody(1), somebody(900));
    house.lister("sbsys").has(cases("sbsys", 30));
    house.reads("sbsys").await;
    house.a_day_later();
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    house.knows(PersonFacts { in_force: new, ..testing::person(old) });
    house.knows(testing::person(new));
    house.asks_register().await;
    house.reads("sbsys").await;
    assert!(house.has(&new, "sbsys", "sbsys-1") && !house.held().contains_key(old.expose()));
    assert_eq!(house.held().len(), 30);
}

#[tokio::test(start_paused = true)]
async fn two_numbers_that_the_register_takes_apart_again_are_two_citizens_again() {
    let house = House::new(&TWO);
    let (one, two) = (somebody(1), somebody(2));
    house.lister("sbsys").has(cases("sbsys", 3));
    house.reads("sbsys").await;
    house.knows(PersonFacts { in_force: two, ..testing::person(one) });
    house.knows(testing::person(two));
    house.asks_register().await;
    assert_eq!(house.held().len(), 2);
    house.knows(testing::person(one));
    house.clock.advance(SignedDuration::from_hours(8 * 24));
    house.asks_register().await;
    house.reads("sbsys").await;
    assert_eq!(house.held().len(), 3);
    assert!(house.has(&one, "sbsys", "sbsys-1") && !house.has(&two, "sbsys", "sbsys-1"));
}

#[tokio::test(start_paused = true)]
async fn a_number_that_somebody_looked_up_meanwhile_leads_to_the_same_citizen() {
    let house = House::new(&TWO);
    let (old, new) = (somebody(1), somebody(900));
    house.lister("sbsys").has([case("sbsys", "1", old)]);
    house.reads("sbsys").await;
    house.aliases.learn(old, new, house.clock.now());
    house.lister("fasit").has([case("fasit", "2", old)]);
    house.reads("fasit").await;
    assert_eq!(house.held().keys().collect::<Vec<_>>(), [new.expose()]);
    assert_eq!(house.held()[new.expose()].len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_case_that_stands_under_another_number_makes_the_register_be_asked_before_anybody_is_forgotten() {
    for listing in [Listing::Sweep, Listing::Changes] {
        let house = House::new(&[("sbsys", listing)]);
        let (old, new) = (somebody(1), somebody(900));
        house.lister("sbsys").has(cases("sbsys", 3));
        house.knows(testing::person(old));
        house.reads("sbsys").await;
        house.asks_register().await;
        house.a_day_later();
        house.lister("sbsys").changes("sbsys-1", |case| case.rows[0].about = About::numbers([new]));
        house.knows(PersonFacts { in_force: new, ..testing::person(old) });
        house.knows(testing::person(new));
        house.reads("sbsys").await;
        let left = house.row(&old).expect("still somebody to ask about");
        assert_eq!((left.facts.len(), left.register), (0, None), "nothing is kept but the number");
        house.asks_register().await;
        assert_eq!(house.row(&old), None);
        let (old, new) = (testing::pseudonyms().of(&old), testing::pseudonyms().of(&new));
        let in_force = house.poller.change(|change| change.whose_former(&old)).expect("an index");
        assert_eq!(in_force, Some(new), "{listing:?}: their family's rows lead to them, and so does the last list");
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_no_case_left_goes_when_the_register_has_been_asked() {
    let house = House::new(&TWO);
    let citizens = [somebody(0), somebody(1)];
    house.lister("sbsys").has(cases("sbsys", 3));
    house.reads("sbsys").await;
    house.knows(testing::person(citizens[0]));
    house.register.answers(citizens[1], testing::person(somebody(6)));
    house.a_day_later();
    house.lister("sbsys").loses(|id| id != "sbsys-2");
    house.reads("sbsys").await;
    assert!(citizens.iter().all(|citizen| house.row(citizen).is_some()));
    house.asks_register().await;
    assert_eq!(house.row(&citizens[0]), None);
    let waits = house.row(&citizens[1]).expect("what cannot be believed may have been cut off");
    assert_eq!((waits.facts.len(), waits.register), (0, None), "nobody knows whether their lists have ended");
    house.clock.advance(SignedDuration::from_hours(8 * 24));
    house.asks_register().await;
    assert_eq!(house.row(&citizens[1]), None, "also when it says again what cannot be believed");
    assert_eq!(house.held().len(), 1);
}
