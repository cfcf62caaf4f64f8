//! [DK] bekræftelse: the search by rules as a second witness of whose each case is, since `getcases` names nobody.
//!
//! It takes away and never adds: a case that only the search tells of is not shown.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::list::ROWS_MAX;
use super::{Candidate, Fasit, translate, wire};
use crate::contract::{About, CallContext, CprNumber, Fetched, PersonId, SourceError};

/// What the search by rules said when it was asked for the cases of one citizen. No `Debug`: it holds numbers.
pub(super) struct Witness {
    /// Who was asked for.
    asked: PersonId,
    /// The cases that it names this citizen with, each with the citizen's internal id where the row tells it.
    theirs: HashMap<String, Option<String>>,
    /// The cases that it names somebody else with, though nobody asked for that one. They are no less wrong when another row
    /// names the citizen.
    others: BTreeMap<String, PersonId>,
    /// Rows that name somebody else and no case.
    others_without_id: u32,
    /// There were more rows than may be read: a case that is not named may stand in one of those.
    is_cut_short: bool,
}

impl Fasit {
    /// Asks the search for all cases of this citizen: active and closed, as many as the limit of rows allows.
    ///
    /// # Errors
    /// As any call; whoever asks must not go on without the answer.
    pub(super) async fn witness(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Witness, SourceError> {
        let rows_max = self.backend.connection.limits().rows_max.max(1);
        let page_rows = rows_max.min(ROWS_MAX);
        let number = citizen.expose_hyphenated();
        let (mut witness, mut read) = (Witness::of(PersonId::Cpr(*citizen)), 0);
        // A source that ignores the page's number ends here, too.
        for page in (0..).take(rows_max.div_ceil(page_rows)) {
            let found = self.backend.list(ctx, &wire::BulkSearch::of_citizen(&number, page, page_rows)).await?;
            let (came, left) = (found.rows.len(), rows_max - read);
            found.rows.into_iter().take(left).for_each(|row| witness.hear(row));
            read += came.min(left);
            let all = usize::try_from(found.total).unwrap_or(usize::MAX);
            witness.is_cut_short = came > left || (read == rows_max && all > read);
            if came == 0 || read >= all.min(rows_max) {
                break;
            }
        }
        Ok(witness)
    }

    /// Adds the cases of a candidate that the search names the citizen with. `is_theirs`: the context names the citizen, or names
    /// nobody and the ranked search found nobody else.
    pub(super) fn add_confirmed(
        &self,
        fetched: &mut Fetched,
        ctx: &CallContext,
        witness: &Witness,
        candidate: Candidate,
        is_theirs: bool,
    ) {
        let (confirmed, not_named) = witness.sort(candidate.cases, &candidate.id);
        if witness.is_cut_short {
            fetched.cut_short = true;
        } else {
            // Of somebody who is perhaps not the citizen one, however many: as without a witness.
            fetched.unreadable += if is_theirs { not_named } else { not_named.min(1) };
        }
        self.add(fetched, ctx, confirmed, &About::Stated(vec![witness.asked]));
    }

    /// Adds what the search says of others than the citizen it was asked for, each once: the house drops it, and alarms.
    pub(super) fn add_others(&self, fetched: &mut Fetched, ctx: &CallContext, witness: Witness) {
        let heard: HashSet<_> = fetched.records.iter().map(|record| record.native_id.clone()).collect();
        for (id, number) in witness.others.into_iter().filter(|(id, _)| !heard.contains(&**id)) {
            let case = wire::Case { id: Some(id), ..wire::Case::default() };
            fetched.records.extend(translate::record(case, &About::Stated(vec![number]), self.frame(ctx)));
        }
        fetched.unreadable += witness.others_without_id;
    }
}

impl Witness {
    fn of(asked: PersonId) -> Self {
        Self { asked, theirs: HashMap::new(), others: BTreeMap::new(), others_without_id: 0, is_cut_short: false }
    }

    /// Takes one row in. One that tells no number names nobody, and so confirms nothing.
    fn hear(&mut self, row: Value) {
        let Ok(row) = wire::Row::deserialize(row) else { return };
        let Some(named) = row.cpr.and_then(|number| PersonId::parse(&number).ok()) else { return };
        match row.id {
            Some(id) if named == self.asked => drop(self.theirs.insert(id, row.citizen_id)),
            Some(id) => drop(self.others.insert(id, named)),
            None => self.others_without_id += u32::from(named != self.asked),
        }
    }

    /// The cases among these that it names the citizen with, and how many it names nobody with. Those that it names somebody else
    /// with are neither: the house hears of them by [`Fasit::add_others`].
    fn sort(&self, cases: Vec<Value>, citizen_id: &str) -> (Vec<Value>, u32) {
        let (mut confirmed, mut not_named) = (Vec::new(), 0);
        for case in cases {
            let id = wire::CaseId::deserialize(&case).ok().and_then(|case| case.id);
            match id {
                Some(id) if self.others.contains_key(&id) => {}
                Some(id) if self.names(&id, citizen_id) => confirmed.push(case),
                _ => not_named += 1,
            }
        }
        (confirmed, not_named)
    }

    /// A row names the citizen with this case, and no other internal id than this one.
    fn names(&self, case_id: &str, citizen_id: &str) -> bool {
        let row = self.theirs.get(case_id);
        row.is_some_and(|told| told.as_ref().is_none_or(|told| told == citizen_id))
    }
}
