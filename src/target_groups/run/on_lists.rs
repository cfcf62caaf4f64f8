//! One citizen's lists, for an overview: those of the caller's own unit, as its last run left them.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use glasplade_adapters::contract::danish_day;

use super::asked::NotRun;
use super::ledger::{ListName, RunLedger};
use super::objection::Objections;
use super::room::TargetRuns;
use crate::access::Caller;
use crate::audit::Pseudonym;
use crate::config::TARGET_GROUP_PURPOSE;
use crate::overview::OnList;
use crate::pipeline::Lists;
use crate::target_groups::diff::{Kept, KeptCitizen};
use crate::target_groups::rules::standings;

impl Lists for TargetRuns {
    fn of(&self, caller: &Caller, numbers: &[Pseudonym]) -> Vec<OnList> {
        self.lists_of(caller, numbers).unwrap_or_else(|error| {
            tracing::error!(%error, "it cannot be seen which lists a citizen stands on; none is told");
            Vec::new()
        })
    }
}

impl TargetRuns {
    /// Only what the unit has been told: approved today, on a statute and a purpose that are on, for a role that reads the list, of a
    /// citizen who was found by the last run and has not objected since.
    fn lists_of(&self, caller: &Caller, numbers: &[Pseudonym]) -> Result<Vec<OnList>, NotRun> {
        let (_, ledger) = self.places()?;
        let today = danish_day(self.lent.clock.now());
        let mut lists = Vec::new();
        for standing in standings(&self.config, today) {
            let (Ok(approved), file) = (&standing.approved, standing.rule.file()) else { continue };
            let row = &approved.approval;
            let reads = file.run_by.iter().any(|role| caller.has_role(role));
            if !reads || caller.unit() != Some(row.receiver.as_str()) {
                continue;
            }
            let wanted = (row.receiver.as_str(), row.statute.as_str());
            let permit = self.lent.access.now().permit_list(TARGET_GROUP_PURPOSE, &file.run_by, wanted, today);
            let list = ListName { rule: row.rule.clone(), receiver: row.receiver.clone() };
            if permit.is_err() || !self.on(&ledger, &list)?.iter().any(|who| numbers.contains(who)) {
                continue;
            }
            let objections = Objections::of(&ledger.objections()?, &self.lent.people.former_pseudonyms());
            if objections.against(&row.rule).iter().any(|who| numbers.contains(who)) {
                continue;
            }
            let (name, statute) = (file.name.clone(), row.statute.clone());
            lists.push(OnList { rule: row.rule.clone(), name, statute });
        }
        Ok(lists)
    }

    /// Who stands on the list, remembered until another one is kept.
    fn on(&self, ledger: &RunLedger, list: &ListName) -> Result<Arc<HashSet<Pseudonym>>, NotRun> {
        let made = ledger.made(list)?;
        let known = || self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, people)) = known().get(list)
            && Some(*of) == made
        {
            return Ok(Arc::clone(people));
        }
        let kept = ledger.before(list)?.and_then(Result::ok);
        let found = kept.iter().flat_map(Kept::citizens).filter(|one| !one.is_unverified());
        let people: Arc<HashSet<Pseudonym>> = Arc::new(found.map(KeptCitizen::citizen).collect());
        if let Some(made) = made {
            known().insert(list.clone(), (made, Arc::clone(&people)));
        }
        Ok(people)
    }
}
