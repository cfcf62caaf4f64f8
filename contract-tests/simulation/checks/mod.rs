//! What must hold of every world, whatever went wrong in it. Each check has its own, plain idea of what is right.

mod answer;
mod calls;
mod late;
mod logged;
mod mixed;
mod stale;

use crate::calm::Calm;
use crate::world::Seen;

pub(crate) use answer::{Answer, marked};

/// What is wrong with a world: which rule, and what broke it. Nobody's number stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The rule.
    pub(crate) rule: &'static str,
    /// What broke it.
    pub(crate) what: String,
}

/// Everything that is wrong with a world.
pub(crate) fn wrong(seen: &Seen, calm: &Calm) -> Vec<Wrong> {
    let answers: Vec<_> = seen.told.iter().filter_map(Answer::of).collect();
    let mut wrong = Vec::new();
    let mut find = |rule: &'static str, found: Vec<String>| {
        wrong.extend(found.into_iter().map(|what| Wrong { rule, what }));
    };
    find("the log verifies", seen.broken.iter().cloned().collect());
    find("no mix-up between citizens", answers.iter().filter_map(mixed::citizens).collect());
    find("no mix-up between callers", answers.iter().filter_map(|answer| mixed::callers(answer, calm)).collect());
    find("no unlogged answer", seen.told.iter().filter_map(|told| logged::unlogged(told, &seen.entries)).collect());
    find("no answer after the deadline", seen.told.iter().filter_map(|told| late::late(told, &seen.plan)).collect());
    find("no double call", calls::doubled(seen));
    find("no unlabelled stale", answers.iter().flat_map(|answer| stale::mislabelled(answer, seen)).collect());
    wrong
}

/// The answer is not one that its caller gets.
pub(crate) fn is_another_callers(answer: &Answer, calm: &Calm) -> bool {
    mixed::callers(answer, calm).is_some()
}
