//! What is told of a source to somebody who sees nothing: the same for a number that nobody has and for each level of rows.

use std::time::Duration;

use glasplade_adapters::contract::{SourceErrorKind, SourceId};
use jiff::SignedDuration;

use super::{Deadline, Wish, grant, row_of_level, wish};
use crate::overview::{SourceState, SourceStatus};
use crate::testing::house::Scripted;

/// How a source is looked at once.
#[derive(Debug, Clone, Copy)]
enum Look {
    Plain,
    Anew,
    /// The caller gives it a millisecond, and it needs more.
    Short,
    Down(SourceErrorKind),
}

/// One look, that many seconds after the one before.
type Step = (i64, Look);

/// Each source tells of one citizen: nobody has the number, or they have a row of level 1, 2 or 3.
const SOURCES: [&str; 4] = ["sbsys", "fasit", "dubu", "oio"];

async fn look(scripted: &Scripted, id: &str, look: Look) -> SourceStatus {
    let (adapter, time) = (scripted.adapter(id), if matches!(look, Look::Short) { 1 } else { 1_000 });
    // What an earlier short look has left under way goes on while this one asks.
    adapter.release();
    match look {
        Look::Short => adapter.hold(),
        Look::Down(kind) => adapter.is_down(kind),
        Look::Plain | Look::Anew => {}
    }
    let source = scripted.sources.iter().find(|source| source.id.as_str() == id).expect("a source of the demo");
    let deadline = Deadline::after(Duration::from_millis(time));
    let wish = Wish { deadline, ..wish(matches!(look, Look::Anew)) };
    let outcome = scripted.sources.obtain(source, &grant(scripted), &wish).await;
    adapter.recovers();
    SourceStatus { id: SourceId::new("any"), ..outcome.status(&source.id).without_rows() }
}

/// What is told of these looks, which is the same for all four.
async fn same_for_all(steps: &[Step]) -> Vec<SourceState> {
    let scripted = Scripted::new();
    for (id, level) in SOURCES.into_iter().zip(0_u8..).skip(1) {
        scripted.answers(id, vec![row_of_level(level)]);
    }
    let mut states = Vec::new();
    for (later, step) in steps {
        scripted.clock.advance(SignedDuration::from_secs(*later));
        let unknown = look(&scripted, SOURCES[0], *step).await;
        for (id, level) in SOURCES.into_iter().zip(0_u8..) {
            let known = if level == 0 { unknown.clone() } else { look(&scripted, id, *step).await };
            assert_eq!(known, unknown, "level {level}, {steps:?}, after {states:?}");
        }
        states.push(unknown.state);
    }
    states
}

#[tokio::test(start_paused = true)]
async fn a_second_look_that_leaves_no_time_tells_the_same_of_everybody() {
    let states = same_for_all(&[(0, Look::Plain), (1, Look::Short), (1, Look::Plain)]).await;
    assert_eq!(states, [SourceState::Fresh, SourceState::Cached, SourceState::Cached]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_tells_the_same_of_everybody_at_every_age() {
    let kinds = [SourceErrorKind::TimedOut, SourceErrorKind::Malformed];
    for down in kinds.map(Look::Down) {
        // As long as the sensitive are kept, as long as the others are, and until what is stale is over for each.
        for age in [1, 299, 300, 599, 600, 1_799, 1_800, 14_399, 14_400] {
            let states = same_for_all(&[(0, Look::Plain), (age, down), (0, Look::Plain), (1, down)]).await;
            assert_eq!(states[1] == SourceState::Cached, age < 600, "{age} s: {states:?}");
            assert_ne!(states[1], SourceState::Stale);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_row_of_looks_tells_the_same_of_everybody() {
    let looks = [Look::Plain, Look::Anew, Look::Short, Look::Down(SourceErrorKind::Unavailable)];
    for second in looks {
        for third in looks {
            for (one, two) in [(1, 1), (301, 298), (301, 299), (599, 2), (4, 298)] {
                same_for_all(&[(0, Look::Plain), (one, second), (two, third), (1, Look::Plain)]).await;
            }
        }
    }
}
