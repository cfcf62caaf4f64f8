//! Nobody is told of another citizen, nor what another caller may see.

use super::Answer;
use super::answer::marked;
use crate::calm::{Calm, shown};
use crate::people::{MARK, marks};

/// Whatever names a citizen names the one who was asked about.
pub(super) fn citizens(answer: &Answer) -> Option<String> {
    let asked = answer.told.ask.citizen;
    let other = marks(&answer.text).into_iter().find(|(citizen, _)| *citizen != asked)?;
    Some(format!("{}: citizen {} is shown", answer.name(), other.0))
}

/// A complete answer in one edition is the one that this caller gets when all is calm; any other shows no title beyond those.
pub(super) fn callers(answer: &Answer, calm: &Calm) -> Option<String> {
    let ask = &answer.told.ask;
    let mut titles = Vec::new();
    marked(&answer.overview, &mut titles);
    let known = calm.titles(ask.caller, ask.citizen);
    // Where sources are of two editions, one sentence says that they differ, with both titles in it.
    let is_more = |text: &String| {
        !known.contains(text) && known.iter().fold(text.clone(), |rest, title| rest.replace(*title, "")).contains(MARK)
    };
    if titles.iter().any(is_more) {
        return Some(format!("{}: a title that this caller never sees", answer.name()));
    }
    let mut editions: Vec<usize> = marks(&answer.text).into_iter().map(|(_, edition)| edition).collect();
    editions.sort_unstable();
    editions.dedup();
    if !answer.is_complete() || editions.len() > 1 || Calm::has_another_house(answer) {
        return None;
    }
    let now = shown(&answer.overview);
    let is_known = calm.answers(ask.caller, ask.citizen).any(|known| *known == now);
    (!is_known).then(|| format!("{}: not what this caller sees when all is calm", answer.name()))
}
