//! One page is taken: its facts, what it told, and the place from which reading goes on, in one change.

use std::collections::{BTreeMap, BTreeSet};

use glasplade_adapters::contract::{CasePage, CprNumber, Listing, Record};
use jiff::Timestamp;

use super::reading::{KIND, Step};
use super::take::{self, Taken, told_key};
use super::{Poller, RowCounts, RowTrouble, SourceReading, Taking};
use crate::audit::Pseudonym;
use crate::sources::Source;
use crate::target_groups::index::{Changing, FactKey, IndexError};

/// What a page told, as far as it stands in the index now.
#[derive(Default)]
struct Told {
    /// By case and citizen, for what a whole reading does not tell.
    keys: Vec<u64>,
    /// By case, whose it is, where the source tells changes.
    holders: BTreeMap<FactKey, BTreeSet<Pseudonym>>,
}

impl Poller {
    /// Takes a page of a reading.
    pub(super) fn take_page(
        &self,
        change: &mut Changing<'_>,
        source: &Source,
        taking: &Taking,
        mut state: SourceReading,
        page: CasePage,
        now: Timestamp,
    ) -> Result<(), IndexError> {
        let Some(mut reading) = state.under_way.take() else { return Ok(()) };
        let id = source.id.as_str();
        let counts = &mut reading.rows;
        counts.rows += page.records.len() as u64 + u64::from(page.unreadable);
        counts.add(RowTrouble::Unreadable, page.unreadable.into());
        let told = self.take_records(change, source, taking, page.records, counts)?;
        for (key, who) in &told.holders {
            self.take_from_others(change, *key, who)?;
        }
        for native_id in &page.gone {
            self.take_from_others(change, self.keys.fact(id, native_id), &BTreeSet::new())?;
        }
        reading.pages = reading.pages.saturating_add(1);
        if reading.is_whole() {
            change.put_seen(id, reading.pages, &told.keys)?;
        }
        reading.total = page.total.or(reading.total);
        // It answers; what went wrong before is over.
        (state.failures, state.not_before) = (0, None);
        let is_whole = reading.is_whole();
        match page.next {
            Some(next) => reading.page = next,
            None => reading.step = Step::Counting,
        }
        let is_done = reading.step == Step::Counting && !is_whole;
        state.under_way = Some(reading);
        if is_done { self.complete(change, source, state, now) } else { change.put_state(KIND, id, &state) }
    }

    fn take_records(
        &self,
        change: &mut Changing<'_>,
        source: &Source,
        taking: &Taking,
        mut records: Vec<Record>,
        counts: &mut RowCounts,
    ) -> Result<Told, IndexError> {
        // The same page gives the same rows, whatever the order in which its details came.
        records.sort();
        let mut by_number: BTreeMap<CprNumber, Vec<Record>> = BTreeMap::new();
        for record in records {
            if self.classifier.is_anonymous_treatment(&record) {
                counts.add(RowTrouble::AnonymousTreatment, 1);
                continue;
            }
            match take::citizen(&record) {
                Ok(number) => by_number.entry(number).or_default().push(record),
                Err(trouble) => counts.add(trouble, 1),
            }
        }
        let tells_changes = source.listing() == Listing::Changes;
        let mut told = Told::default();
        for (number, records) in by_number {
            let (who, mut row) = self.citizen(change, &number)?;
            let before = row.clone();
            for record in &records {
                let key = self.key(record);
                let taken = self.take(change, taking, &who, &mut row, record)?;
                let is_known = row.facts.binary_search_by_key(&key, |fact| fact.key).is_ok();
                counts.taken += u64::from(taken == Taken::In);
                counts.add(RowTrouble::WithoutDetails, u64::from(taken == Taken::AsKnown));
                if is_known {
                    told.keys.push(told_key(key, &who));
                }
                if tells_changes {
                    let holders = told.holders.entry(key).or_default();
                    if is_known {
                        holders.insert(who);
                    }
                }
            }
            if row != before {
                change.put_citizen(&who, &row)?;
            }
        }
        Ok(told)
    }

    /// A case is these citizens' and nobody else's.
    fn take_from_others(
        &self,
        change: &Changing<'_>,
        key: FactKey,
        holders: &BTreeSet<Pseudonym>,
    ) -> Result<(), IndexError> {
        let known = change.holders(key)?;
        for who in known.iter().filter(|who| !holders.contains(*who)) {
            match change.citizen(who)? {
                Some(mut row) => {
                    if change.drop_facts(who, &mut row, |fact| fact.key == key)? {
                        self.put_leaving(change, who, &row)?;
                    }
                }
                None => change.release(key, who)?,
            }
        }
        for who in holders.iter().filter(|who| !known.contains(who)) {
            change.hold(key, who)?;
        }
        Ok(())
    }
}
