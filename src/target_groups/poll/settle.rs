//! After the last page of a whole reading: what it did not tell is counted, and asked for singly before it goes.
//!
//! A row may have moved between two pages while it was read, and a listing may be cut off without a word. Neither ends a case.

use std::sync::{Arc, PoisonError};

use futures_util::{StreamExt as _, stream};
use glasplade_adapters::contract::{CprNumber, Record, SourceErrorKind};
use jiff::Timestamp;

use super::reading::{KIND, Shrank, Step};
use super::shrinking::{ACCEPTED, Accepted};
use super::take::{Taken, told_key};
use super::turn::Begun;
use super::{Accepts, Poller, SourceReading, Taking, Trouble, Turn, lease};
use crate::audit::Pseudonym;
use crate::config::PollSettings;
use crate::sources::Source;
use crate::target_groups::index::{Changing, CitizenRow, CodeId, IndexError, IndexedFact, Standing};

/// Citizens' rows.
type Rows = Vec<(Pseudonym, CitizenRow)>;

/// Rows looked at in one go, before others get the processor.
const ROWS_A_LOOK: usize = 2_000;

/// Citizens asked about singly in one turn.
const CITIZENS_A_TURN: usize = 20;

/// So many facts may be missing in a listing, however few there are.
const UNTOLD_ALWAYS: u64 = 20;

/// One in so many may be missing.
const UNTOLD_ONE_IN: u64 = 5;

impl Shrank {
    /// Far too much is missing to be believed without an operator's word.
    pub(in crate::target_groups) fn is_too_much(self) -> bool {
        self.untold > UNTOLD_ALWAYS && self.untold > self.facts / UNTOLD_ONE_IN
    }
}

/// What one source's reading told.
pub(super) struct Untold<'a> {
    source: Option<CodeId>,
    told: &'a [u64],
}

/// Everything that a source says about one citizen under all numbers; `None` when it does not say everything.
type Answer = Result<Option<Vec<Record>>, SourceErrorKind>;

impl Untold<'_> {
    /// An open fact of the source that the reading did not tell. What is closed is not listed by every source.
    fn is(&self, who: &Pseudonym, fact: &IndexedFact) -> bool {
        Some(fact.source) == self.source
            && fact.standing == Standing::Open
            && self.told.binary_search(&told_key(fact.key, who)).is_err()
    }
}

impl Poller {
    /// Counts what the reading did not tell. Far too much takes nothing away, until somebody says that it is right.
    pub(super) async fn count(&self, source: &Source, begun: Begun) -> Result<Turn, IndexError> {
        let told = self.told(source, begun.state.under_way.as_ref().map(|reading| reading.begun))?;
        let mut shrank = Shrank { facts: 0, untold: 0 };
        let mut after = None;
        loop {
            let (rows, code) = self.look(source, after.as_ref(), ROWS_A_LOOK)?;
            let untold = Untold { source: code, told: &told };
            for (who, row) in &rows {
                let open = |fact: &&IndexedFact| Some(fact.source) == code && fact.standing == Standing::Open;
                shrank.facts += row.facts.iter().filter(open).count() as u64;
                shrank.untold += row.facts.iter().filter(|fact| untold.is(who, fact)).count() as u64;
            }
            let Some((last, _)) = rows.last().filter(|_| rows.len() == ROWS_A_LOOK) else { break };
            after = Some(*last);
            tokio::task::yield_now().await;
        }
        let now = self.clock.now();
        self.keep(source, |change| self.counted(change, source, begun.state, shrank, now))
    }

    fn counted(
        &self,
        change: &Changing<'_>,
        source: &Source,
        mut state: SourceReading,
        shrank: Shrank,
        now: Timestamp,
    ) -> Result<(), IndexError> {
        let id = source.id.as_str();
        let Some(mut reading) = state.under_way.take() else { return Ok(()) };
        reading.step = Step::Asking { after: None };
        if shrank.is_too_much() && !state.accepts_shrinking {
            tracing::error!(
                source.id = id,
                facts = shrank.facts,
                untold = shrank.untold,
                "a listing told far less than before: nothing goes until an operator says that it is right"
            );
            (state.whole_tried, state.whole_ended, state.ended) = (Some(reading.begun), Some(now), Some(now));
            (state.held, state.shrank) = (Some(reading), Some(shrank));
            state.trouble = Some(Trouble::Shrank);
            state.incomplete_since.get_or_insert(now);
            lease::drop(change, id, &self.holder)?;
        } else {
            state.under_way = Some(reading);
        }
        change.put_state(KIND, id, &state)
    }

    /// An operator has said that the source may tell so much less: the reading that waits goes on, and the audit is to have it
    /// ([`crate::target_groups::run::TargetRuns::record_accepted`]). Tells whether anything waited.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn accept_shrinking(&self, accepts: &Accepts) -> Result<bool, IndexError> {
        let (now, id) = (self.clock.now(), self.new_id());
        let source = accepts.source.as_str();
        self.change(|change| {
            let mut state: SourceReading = change.state(KIND, source)?.unwrap_or_default();
            let Some((held, shrank)) = state.held.take().zip(state.shrank) else { return Ok(false) };
            change.put_state(ACCEPTED, &id.to_string(), &Accepted::new(accepts, shrank, now))?;
            tracing::warn!(source.id = source, "an operator has accepted that a listing told far less than before");
            (state.under_way, state.accepts_shrinking) = (Some(held), true);
            change.put_state(KIND, source, &state)?;
            Ok(true)
        })
    }

    /// Asks for the next few citizens with a fact that was not told.
    pub(super) async fn ask(
        &self,
        source: &Source,
        settings: PollSettings,
        taking: &Taking,
        begun: Begun,
        after: Option<Pseudonym>,
    ) -> Result<Turn, IndexError> {
        let told = self.told(source, begun.state.under_way.as_ref().map(|reading| reading.begun))?;
        let (rows, code) = self.look(source, after.as_ref(), ROWS_A_LOOK)?;
        let untold = Untold { source: code, told: &told };
        let is_last = rows.len() < ROWS_A_LOOK;
        let has_untold = |(who, row): &&(Pseudonym, CitizenRow)| row.facts.iter().any(|fact| untold.is(who, fact));
        let asked: Vec<Pseudonym> =
            rows.iter().filter(has_untold).map(|(who, _)| *who).take(CITIZENS_A_TURN + 1).collect();
        // The last citizen who has been looked at, when these have been asked about.
        let (asked, after, is_last) = match asked.get(CITIZENS_A_TURN) {
            Some(_) => (&asked[..CITIZENS_A_TURN], asked.get(CITIZENS_A_TURN - 1).copied(), false),
            None => (&asked[..], rows.last().map(|(who, _)| *who).or(after), is_last),
        };
        let mut questions = Vec::with_capacity(asked.len());
        for who in asked {
            questions.push((*who, self.change(|change| self.numbers_of(change, who))?));
        }
        let count = questions.iter().map(|(_, numbers)| numbers.len()).sum();
        self.count_questions(source.id.as_str(), settings.per_minute_max, begun.now, count);
        let asks: Vec<_> = questions.iter().map(|(who, numbers)| self.ask_about(source, *who, numbers)).collect();
        let answers: Vec<_> = stream::iter(asks).buffered(source.concurrency_max()).collect().await;
        let now = self.clock.now();
        self.keep(source, |change| {
            let mut state = begun.state;
            for (who, answer) in answers {
                match answer {
                    Ok(records) => self.settle(change, taking, &untold, &who, records.as_deref())?,
                    Err(kind) => return self.asking_failed(change, source, state, kind, now),
                }
            }
            if let Some(reading) = &mut state.under_way {
                reading.step = if is_last { Step::Tidying } else { Step::Asking { after } };
            }
            (state.failures, state.not_before) = (0, None);
            change.put_state(KIND, source.id.as_str(), &state)
        })
    }

    fn numbers_of(&self, change: &Changing<'_>, who: &Pseudonym) -> Result<Vec<CprNumber>, IndexError> {
        match change.citizen(who)? {
            Some(row) => self.numbers(change, who, &row),
            None => Ok(Vec::new()),
        }
    }

    async fn ask_about(&self, source: &Source, who: Pseudonym, numbers: &[CprNumber]) -> (Pseudonym, Answer) {
        (who, self.everything_about(source, numbers).await)
    }

    async fn everything_about(&self, source: &Source, numbers: &[CprNumber]) -> Answer {
        let mut records = Vec::new();
        for number in numbers {
            let slice = self.sources.look_up_alone(source, number, &self.trace()).await.map_err(|error| error.kind)?;
            if !slice.is_whole() {
                return Ok(None);
            }
            records.extend(slice.records.iter().map(|record| Record::clone(record)));
        }
        Ok((!numbers.is_empty()).then_some(records))
    }

    /// What the source did not tell is as it says now, or goes.
    fn settle(
        &self,
        change: &mut Changing<'_>,
        taking: &Taking,
        untold: &Untold<'_>,
        who: &Pseudonym,
        records: Option<&[Record]>,
    ) -> Result<(), IndexError> {
        let (Some(records), Some(mut row)) = (records, change.citizen(who)?) else { return Ok(()) };
        let before = row.clone();
        let mut is_gone = false;
        for fact in before.facts.iter().filter(|fact| untold.is(who, fact)) {
            let told = records.iter().filter(|record| self.key(record) == fact.key);
            let mut told = told.filter(|record| !self.classifier.is_anonymous_treatment(record)).peekable();
            if told.peek().is_none() {
                is_gone = true;
                change.drop_facts(who, &mut row, |known| known.key == fact.key)?;
            }
            for record in told {
                // What came without its details is there: that is all that is asked.
                let _: Taken = self.take(change, taking, who, &mut row, record)?;
            }
        }
        match row != before {
            true if is_gone => self.put_leaving(change, who, &row),
            true => change.put_citizen(who, &row),
            false => Ok(()),
        }
    }

    /// The next rows, and the source's code.
    pub(super) fn look(
        &self,
        source: &Source,
        after: Option<&Pseudonym>,
        count: usize,
    ) -> Result<(Rows, Option<CodeId>), IndexError> {
        self.read(|reading| Ok((reading.citizens_after(after, count)?, reading.codes().known(source.id.as_str()))))
    }

    /// What the reading that began then has told, sorted. Kept in memory while it is settled: eight bytes a fact.
    fn told(&self, source: &Source, begun: Option<Timestamp>) -> Result<Arc<Vec<u64>>, IndexError> {
        let id = source.id.as_str();
        let known = self.told.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some((_, told)) = known.filter(|(of, _)| Some(*of) == begun) {
            return Ok(told);
        }
        let told = Arc::new(self.change(|change| change.seen(id))?);
        if let Some(begun) = begun {
            let mut known = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(id.to_owned(), (begun, Arc::clone(&told)));
        }
        Ok(told)
    }

    /// Nobody asks any more what a reading has told.
    pub(super) fn forget_told(&self, source: &Source) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).remove(source.id.as_str());
    }
}
