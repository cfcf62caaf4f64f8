//! [DK] sammenligning: a run's matches against what is kept of the run before. Pure; the order of what comes in says nothing.
//!
//! **Ended is said only when it is known.** A citizen who was on the list and is not found now has [`Change::Ended`] only if every
//! source that stood behind the earlier match, and every source that the rule draws on, was complete in this run, and the
//! citizen's own rows could be read. Otherwise the citizen is [`Change::Unverified`], in this report and in every one after it, until
//! a run finds them again or knows. Ended is said once: the next run knows nothing of them.
//!
//! **Who may not be told of leaves in silence.** A citizen who objects (GDPR art. 21), who is protected by now, or of whom the receiver
//! may no longer be told, is in none of the changes and in no count, and nothing of them is kept. "Ended" would tell the receiver
//! something about a citizen of whom nothing may be told, and something untrue besides: the case may well be running.
//! If they may be told of again, they are new. [`Run::untold`] says who they are.
//!
//! **Another rule, another receiver: another list.** What is kept for one receiver is never compared for another, who would
//! learn from "ended" who stood on a list that they were never given. Then everybody is new.
//!
//! A source that the municipality has taken out of use is not complete, so that who stood on the list because of it stays unverified.
//! Somebody must decide about that: the caller names the source complete once it is agreed that its facts are over.

mod kept;
mod reason;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Change, Code};
use crate::audit::Pseudonym;

pub use kept::{Kept, KeptCitizen, NotKept};
pub use reason::{ReasonKey, ReasonMark};

/// One citizen who matches the rule, by what the receiver may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Who.
    pub citizen: Pseudonym,
    /// Why: equal exactly when the reason is.
    pub reason: ReasonMark,
    /// Where the facts behind the match come from: of cases, and of household and benefits where the rule looked at them.
    pub sources: BTreeSet<Code>,
}

/// What a run found, and how much of the world it saw.
#[derive(Debug, Clone)]
pub struct Run {
    /// The run's id.
    pub run: String,
    /// Code of the rule.
    pub rule: Code,
    /// Code of the receiving unit.
    pub receiver: Code,
    /// The day of the run.
    pub as_of: Date,
    /// Who matches. A citizen who stands here twice is one.
    pub matches: Vec<Match>,
    /// Sources that were read whole since the time that the rule asks for, each row of them readable, or unreadable with the
    /// citizen's number: an unreadable row about nobody in particular may be about anybody. Whatever is not named is incomplete.
    pub complete: BTreeSet<Code>,
    /// Sources whose facts could put anybody on this list, the person register and the benefit source among them where the rule
    /// asks for household, age or benefits.
    pub draws_on: BTreeSet<Code>,
    /// Citizens with a row that could not be read.
    pub unreadable: BTreeSet<Pseudonym>,
    /// Citizens of whom the receiver may not be told now: who object, and who match by all facts but not by those that may be told.
    /// The caller must name everybody of whom this may be so; who stands here is not on the list even when they match.
    pub untold: BTreeSet<Pseudonym>,
    /// Former pseudonyms and what came after them, for citizens whose number changed. Chains are followed.
    pub aliases: BTreeMap<Pseudonym, Pseudonym>,
}

/// One citizen's place against the run before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Who, by the pseudonym in force.
    pub citizen: Pseudonym,
    /// How.
    pub change: Change,
    /// Incomplete sources that could say otherwise, by code: for [`Change::Unverified`] those that must be read, for
    /// [`Change::Changed`] those that stood behind the earlier reason and may be why it is another. Empty for the others.
    /// Who is told a citizen's sources is told something about the citizen: for the operator, and for the receiver only where the rule shows reasons.
    pub waits_for: Vec<Code>,
}

/// A run compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Everybody on the list, and who has left it, by pseudonym.
    pub differences: Vec<Difference>,
    /// What the next run compares itself with.
    pub kept: Kept,
}

/// What is known of a citizen who was on the list before. Two numbers that became one citizen may have had two reasons.
#[derive(Default)]
struct Before {
    reasons: BTreeSet<ReasonMark>,
    sources: BTreeSet<Code>,
}

/// Compares `run` with what is kept of the run before; `None` for the first one.
pub fn diff(before: Option<&Kept>, run: &Run) -> Diff {
    let untold: BTreeSet<Pseudonym> = run.untold.iter().map(|citizen| in_force(&run.aliases, *citizen)).collect();
    let unreadable: BTreeSet<Pseudonym> =
        run.unreadable.iter().map(|citizen| in_force(&run.aliases, *citizen)).collect();
    let mut before = before_of(before, run);
    let mut now = now_of(run);
    before.retain(|citizen, _| !untold.contains(citizen));
    now.retain(|citizen, _| !untold.contains(citizen));

    let is_incomplete = |source: &&Code| !run.complete.contains(*source);
    let mut differences = Vec::with_capacity(now.len());
    let mut keep: BTreeMap<Pseudonym, (ReasonMark, BTreeSet<Code>, bool)> = BTreeMap::new();
    for (citizen, (reason, mut sources)) in now {
        let Some(earlier) = before.remove(&citizen) else {
            differences.push(Difference { citizen, change: Change::New, waits_for: Vec::new() });
            keep.insert(citizen, (reason, sources, false));
            continue;
        };
        // What was not read now stays behind the match, so that no later run takes its silence for an end.
        let unseen: Vec<Code> = earlier.sources.difference(&sources).filter(is_incomplete).cloned().collect();
        sources.extend(unseen.iter().cloned());
        let is_same = earlier.reasons.contains(&reason);
        let (change, waits_for) = if is_same { (Change::Still, Vec::new()) } else { (Change::Changed, unseen) };
        differences.push(Difference { citizen, change, waits_for });
        keep.insert(citizen, (reason, sources, false));
    }
    for (citizen, earlier) in before {
        let waits_for: Vec<Code> = earlier.sources.union(&run.draws_on).filter(is_incomplete).cloned().collect();
        if waits_for.is_empty() && !unreadable.contains(&citizen) {
            differences.push(Difference { citizen, change: Change::Ended, waits_for });
            continue;
        }
        differences.push(Difference { citizen, change: Change::Unverified, waits_for });
        if let Some(reason) = earlier.reasons.first() {
            keep.insert(citizen, (*reason, earlier.sources, true));
        }
    }
    differences.sort_unstable_by_key(|difference| difference.citizen);
    Diff { differences, kept: Kept::of(run, &keep) }
}

/// Who was on the list before, by the pseudonym in force.
fn before_of(kept: Option<&Kept>, run: &Run) -> BTreeMap<Pseudonym, Before> {
    let mut before: BTreeMap<Pseudonym, Before> = BTreeMap::new();
    let kept = kept.filter(|kept| kept.is_of(&run.rule, &run.receiver));
    for (citizen, reason, sources) in kept.into_iter().flat_map(Kept::each) {
        let one = before.entry(in_force(&run.aliases, citizen)).or_default();
        one.reasons.insert(reason);
        one.sources.extend(sources.cloned());
    }
    before
}

/// Who is on the list now, by the pseudonym in force.
fn now_of(run: &Run) -> BTreeMap<Pseudonym, (ReasonMark, BTreeSet<Code>)> {
    let mut now: BTreeMap<Pseudonym, (ReasonMark, BTreeSet<Code>)> = BTreeMap::new();
    for found in &run.matches {
        let one = now.entry(in_force(&run.aliases, found.citizen)).or_insert((found.reason, BTreeSet::new()));
        one.0 = one.0.min(found.reason);
        one.1.extend(found.sources.iter().cloned());
    }
    now
}

/// The pseudonym in force. Aliases that go in a circle are one citizen, under the smallest of them.
fn in_force(aliases: &BTreeMap<Pseudonym, Pseudonym>, citizen: Pseudonym) -> Pseudonym {
    let mut at = citizen;
    for _ in 0..aliases.len() {
        match aliases.get(&at) {
            Some(next) => at = *next,
            None => return at,
        }
    }
    // After as many steps as there are aliases, whoever still goes on goes in a circle.
    let (first, mut smallest) = (at, at);
    while let Some(next) = aliases.get(&at) {
        at = *next;
        smallest = smallest.min(at);
        if at == first {
            break;
        }
    }
    smallest
}
