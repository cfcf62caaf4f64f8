//! One search that is lost among others, over HTTP on loopback: it costs the employee whom it is about, and nobody else.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::KIND;
use super::tests::{House, context, employee, id, settings, staff};
use crate::contract::{SourceErrorKind, StaffAnswer, StaffKey};
use crate::fake::population::Line;
use crate::fake::{FakeAnswer, FakeRequest, FakeSystem, Fault, VendorFault};
use crate::transport::Limits;

/// The switch of the one search.
const LOST: &str = "the lost search";

/// The fake; its searches that name `text` have a switch of their own.
struct Losing {
    fake: Arc<dyn FakeSystem>,
    text: String,
}

impl FakeSystem for Losing {
    fn name(&self) -> &'static str {
        self.fake.name()
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let is_search = request.header("content-type").is_some_and(|action| action.contains("/soeg"));
        let names_it = String::from_utf8_lossy(&request.body).to_lowercase().contains(&self.text);
        (is_search && names_it).then(|| LOST.to_owned())
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        self.fake.answer(request)
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.fake.fault(request, fault)
    }
}

/// Three employees; the last has left, and the second stands in for them.
fn rows() -> [Line; 3] {
    [staff(1, &json!({})), staff(2, &json!({})), staff(3, &json!({"left": true, "stand_in": "az00002"}))]
}

/// So long a look-up takes at most, in milliseconds: a search that hangs costs a quarter of it, and the others have as long.
const TIME_MS: u64 = 12_000;

/// Every search that names `text` can be lost.
async fn losing(text: &str) -> House {
    let context = context(rows());
    let world = Arc::clone(&context.world);
    let system = Arc::new(Losing { fake: (KIND.fake)(context), text: text.to_owned() });
    House::around(system, world, settings(), Limits { fetch_timeout_ms: TIME_MS, ..Limits::default() }).await
}

fn users(answer: &StaffAnswer) -> BTreeSet<Uuid> {
    answer.found.iter().map(|(_, member)| member.user).collect()
}

const EVERY_WAY: [(Fault, SourceErrorKind); 9] = [
    (Fault::VendorFault, SourceErrorKind::Unavailable),
    (Fault::RefusedToken, SourceErrorKind::Unauthorized),
    (Fault::Status(503), SourceErrorKind::Unavailable),
    (Fault::Status(500), SourceErrorKind::Unavailable),
    (Fault::Status(429), SourceErrorKind::Unavailable),
    (Fault::Html, SourceErrorKind::Malformed),
    (Fault::Truncated, SourceErrorKind::Malformed),
    (Fault::Endless, SourceErrorKind::Malformed),
    (Fault::Hang, SourceErrorKind::TimedOut),
];

#[tokio::test]
async fn a_search_by_name_that_is_lost_in_any_way_stops_nobody_else() {
    let house = losing("az00001").await;
    for (fault, _) in EVERY_WAY {
        house.server.faults().set(Some(LOST), fault);
        let answer = house.try_resolve(&[1, 2, 3].map(employee)).await.expect("an answer");
        assert_eq!((users(&answer), answer.unreadable), ([id(2), id(3)].into(), 1), "{fault}");
    }
    house.server.faults().clear_all();
    let answer = house.try_resolve(&[1, 2, 3].map(employee)).await.expect("an answer");
    assert_eq!((users(&answer), answer.unreadable), ([id(1), id(2), id(3)].into(), 0));
}

#[tokio::test]
async fn a_search_of_a_later_round_that_is_lost_stops_nobody_else() {
    let keys = [1, 2, 3].map(|number| StaffKey::User(id(number)));
    let person = Uuid::from_u128(id(3).as_u128() ^ (1 << 104));
    // Positions are searched by user, stand-ins by person: also that of somebody who has left.
    for (subject, others) in [(id(1), [id(2), id(3)]), (person, [id(1), id(2)])] {
        let house = losing(&subject.to_string()).await;
        for fault in [Fault::VendorFault, Fault::Status(503), Fault::Hang] {
            house.server.faults().set(Some(LOST), fault);
            let answer = house.try_resolve(&keys).await.expect("an answer");
            assert_eq!((users(&answer), answer.unreadable), (others.into(), 1), "{fault}");
        }
    }
}

#[tokio::test]
async fn when_every_search_of_a_round_is_lost_it_is_the_error() {
    let house = losing("az0000").await;
    for (fault, kind) in EVERY_WAY {
        house.server.faults().set(Some(LOST), fault);
        assert_eq!(house.try_resolve(&[employee(1), employee(2)]).await, Err(kind), "{fault}");
    }
}

#[tokio::test]
async fn the_error_of_a_lost_round_is_that_of_its_first_search() {
    let code = |number, code: &str| staff(number, &json!({"quirks": {"refused": code}}));
    for (codes, kind) in [(["49", "40"], SourceErrorKind::Unavailable), (["40", "49"], SourceErrorKind::Malformed)] {
        let context = context([code(1, codes[0]), code(2, codes[1]), staff(3, &json!({}))]);
        let world = Arc::clone(&context.world);
        let house = House::around((KIND.fake)(context), world, settings(), Limits::default()).await;
        assert_eq!(house.try_resolve(&[employee(2), employee(1)]).await, Err(kind));
        let answer = house.try_resolve(&[1, 2, 3].map(employee)).await.expect("an answer");
        assert_eq!((users(&answer), answer.unreadable), ([id(3)].into(), 2), "{codes:?}");
    }
}

#[tokio::test]
async fn a_late_search_is_waited_for_where_nobody_else_waits() {
    let house = losing(&id(1).to_string()).await;
    house.server.faults().set(Some(LOST), Fault::Latency(TIME_MS / 3));
    let answer = house.try_resolve(&[StaffKey::User(id(1))]).await.expect("an answer");
    assert_eq!((users(&answer), answer.unreadable), ([id(1)].into(), 0));
    let answer = house.try_resolve(&[1, 2].map(|number| StaffKey::User(id(number)))).await.expect("an answer");
    assert_eq!((users(&answer), answer.unreadable), ([id(2)].into(), 1));
}
