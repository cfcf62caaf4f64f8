//! What is told of a source to somebody who sees nothing: the same for a number that nobody has and for each level of rows.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::SourceErrorKind;
use jiff::SignedDuration;

use super::{Deadline, grant, row_of_level};
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

async fn look(scripted: &Scripted, look: Look) -> SourceStatus {
    let (sbsys, time) = (scripted.adapter("sbsys"), if matches!(look, Look::Short) { 1 } else { 1_000 });
    match look {
        Look::Short => sbsys.hold(),
        Look::Down(kind) => sbsys.is_down(kind),
        Look::Plain | Look::Anew => {}
    }
    let source = scripted.sources.iter().find(|source| source.id.as_str() == "sbsys").expect("a source of the demo");
    let (deadline, trace) = (Deadline::after(Duration::from_millis(time)), Arc::from("trace"));
    let is_anew = matches!(look, Look::Anew);
    let outcome = scripted.sources.obtain(source, &grant(scripted), is_anew, &trace, deadline).await;
    sbsys.release();
    sbsys.recovers();
    outcome.status(&source.id).without_rows()
}

/// What is told of these looks, for a citizen with a row of this level; at level 0 nobody has the number.
async fn told(level: u8, steps: &[Step]) -> Vec<SourceStatus> {
    let scripted = Scripted::new();
    if level > 0 {
        scripted.answers("sbsys", vec![row_of_level(level)]);
    }
    let mut told = Vec::new();
    for (later, step) in steps {
        scripted.clock.advance(SignedDuration::from_secs(*later));
        told.push(look(&scripted, *step).await);
    }
    told
}

async fn same_for_all(steps: &[Step]) -> Vec<SourceState> {
    let unknown = told(0, steps).await;
    for level in 1..=3 {
        assert_eq!(told(level, steps).await, unknown, "level {level}, {steps:?}");
    }
    unknown.iter().map(|status| status.state).collect()
}

#[tokio::test(start_paused = true)]
async fn a_second_look_that_leaves_no_time_tells_the_same_of_everybody() {
    let states = same_for_all(&[(0, Look::Plain), (1, Look::Short), (1, Look::Plain)]).await;
    assert_eq!(states, [SourceState::Fresh, SourceState::Cached, SourceState::Cached]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_tells_the_same_of_everybody_at_every_age() {
    let kinds = [SourceErrorKind::Unavailable, SourceErrorKind::TimedOut, SourceErrorKind::Malformed];
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
    for first in [Look::Plain, Look::Anew] {
        for second in looks {
            for third in looks {
                for (one, two) in [(1, 1), (301, 1), (301, 298), (301, 299), (599, 2), (4, 298), (599, 600)] {
                    same_for_all(&[(0, first), (one, second), (two, third), (1, Look::Plain)]).await;
                }
            }
        }
    }
}
