//! The family view: beside the citizen, each relative whom the register names, under that person's own access.
//!
//! Nobody rides on another's: each has a permit, an audit entry and a cut of their own. Who is in the family is told to
//! those alone who have a case with the citizen and a role that may know; to all others nobody is, and nobody is asked about.

use std::sync::Arc;

use futures_util::future::join_all;
use glasplade_adapters::contract::{Protection, danish_day};

use super::{Errand, Pipeline, Seen};
use crate::access::{Question, Refusal};
use crate::audit::{Attempt, Contents, Disclosure, Kinship, Part, disclose_all};
use crate::overview::{FamilyMember, FamilyPart, Rendered};
use crate::people::{Identity, Relative, live_together};

/// The relatives of one answer.
#[derive(Debug, Default)]
pub(super) struct Family {
    members: Vec<Member>,
    cut_short: bool,
}

#[derive(Debug)]
struct Member {
    kinship: Kinship,
    handle: Arc<str>,
    attempt: Attempt,
    seen: Seen,
}

impl Pipeline {
    /// Looks at everybody in the citizen's family, when that was asked for and may be told; each look-up is written down
    /// before anybody is asked.
    pub(super) async fn family(
        &self,
        attempt: &Attempt,
        seen: &Seen,
        errand: &Errand,
    ) -> Result<Option<Family>, Refusal> {
        if !errand.question.household {
            return Ok(None);
        }
        if !seen.redacted.tells_household(self.wording(errand)) {
            return Ok(Some(Family::default()));
        }
        let mut relatives = seen.identity().relatives(danish_day(self.clock.now()));
        let cut_short = relatives.len() > self.settings.household_max;
        relatives.truncate(self.settings.household_max);
        let members =
            join_all(relatives.into_iter().map(|relative| self.member(attempt, seen, relative, errand))).await;
        let members = members.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Family { members: members.into_iter().flatten().collect(), cut_short }))
    }

    async fn member(
        &self,
        attempt: &Attempt,
        citizen: &Seen,
        relative: Relative,
        errand: &Errand,
    ) -> Result<Option<Member>, Refusal> {
        // The reason for protected facts was given for the citizen, not for the relatives.
        let question =
            Question { citizen: relative.number, household: false, protected_reason: None, ..errand.question.clone() };
        let pseudonym = self.pseudonyms.of(&question.citizen);
        // The attempt names the rules of the citizen's permit: others that came into force meanwhile decide the next answer.
        let decision = citizen.look.grant().authorize(&question, pseudonym, danish_day(self.clock.now()));
        // What lets the caller ask about the citizen lets them ask about the relative: it depends on neither.
        let Ok(grant) = decision.outcome else { return Ok(None) };
        let attempt = attempt.also(&pseudonym, relative.kind).await?;
        let seen = self.see(Arc::new(grant), &errand.wish()).await;
        let handle = errand.handles.open(&question);
        Ok(Some(Member { kinship: relative.kind, handle, attempt, seen }))
    }

    /// Writes down what leaves, one entry a person, and hands it over.
    pub(super) async fn disclose(
        &self,
        attempt: Attempt,
        seen: &Seen,
        family: Option<Family>,
        errand: &Errand,
        if_none_match: Option<&str>,
    ) -> Result<Disclosure, Refusal> {
        if !seen.redacted.is_empty() {
            errand.handles.shown();
        }
        let members = family.iter().flat_map(|family| &family.members);
        let members = members.map(|member| FamilyMember {
            kinship: member.kinship,
            same_address: same_address(&seen.identity(), &member.seen),
            handle: &member.handle,
            redacted: &member.seen.redacted,
            statuses: member.seen.told(),
        });
        let part = family.as_ref().map(|family| FamilyPart { members: members.collect(), cut_short: family.cut_short });
        let body = self.rendered(seen, part, errand);
        let (attempts, all_seen): (Vec<Attempt>, Vec<Seen>) =
            family.into_iter().flat_map(|family| family.members).map(|member| (member.attempt, member.seen)).unzip();
        let everybody = std::iter::once(seen).chain(&all_seen);
        let parts = std::iter::once(attempt).chain(attempts).zip(everybody).map(|(attempt, seen)| Part {
            attempt,
            contents: Arc::new(Contents::of(&seen.redacted, &seen.statuses)),
            circumstances: seen.circumstances.clone(),
        });
        disclose_all(parts.collect(), body, if_none_match).await
    }
}

impl Pipeline {
    /// The answer's bytes.
    pub(super) fn rendered(&self, seen: &Seen, family: Option<FamilyPart<'_>>, errand: &Errand) -> Rendered {
        let emergency = seen.position.grounds.emergency.as_ref();
        let words = (self.wording(errand), errand.language);
        seen.redacted.render(&errand.handle, seen.told(), family, emergency, words)
    }
}

impl Family {
    /// Somebody in it is not shown at all.
    pub(super) fn hides_somebody(&self) -> bool {
        self.members.iter().any(|member| member.seen.redacted.is_empty())
    }

    /// What is seen of each.
    pub(super) fn seen_mut(&mut self) -> impl Iterator<Item = &mut Seen> {
        self.members.iter_mut().map(|member| &mut member.seen)
    }

    /// The sources took little time over everybody.
    pub(super) fn was_prompt(&self) -> bool {
        self.members.iter().all(|member| member.seen.was_prompt)
    }
}

/// Where somebody lives is told only of who is shown, and while neither address is protected.
fn same_address(citizen: &Identity, relative: &Seen) -> Option<bool> {
    let is_open = |identity: &Identity| identity.protection() == Protection::Open;
    let other = relative.identity();
    let (one, two) = (citizen.facts()?, other.facts()?);
    let may_be_told = relative.redacted.shows_citizen() && is_open(citizen) && is_open(&other);
    if may_be_told { live_together(one, two) } else { None }
}
