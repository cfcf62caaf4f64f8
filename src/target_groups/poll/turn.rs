//! One turn of one source: one page is asked for and taken, or it is told when to come back.

use glasplade_adapters::contract::{ListQuestion, Since, SourceError, SourceErrorKind};
use jiff::{SignedDuration, Timestamp};

use super::reading::{KIND, Step, UnderWay};
use super::{Poller, SourceReading, Taking, Trouble, due, lease, window};
use crate::config::PollSettings;
use crate::sources::Source;
use crate::target_groups::index::{Changing, IndexError};

/// How often one reading may begin again because the source no longer took its place.
const BEGIN_AGAIN_MAX: u32 = 3;

/// What is to be read besides what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Whatever ended before this moment is read again.
    pub newer_than: Option<Timestamp>,
    /// And whole, also where the source tells changes.
    pub whole: bool,
}

impl Wish {
    /// What is due, and nothing else.
    pub const DUE: Self = Self { newer_than: None, whole: false };
}

/// What a turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// One step: there is more to do at once.
    Went,
    /// Nothing is to be done now.
    Rest(Rest),
}

/// Why nothing is to be done, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Worth looking again then.
    pub until: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why a source is not read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// It has been read.
    Done,
    /// [DK] natvindue: this is not its time of day.
    Window,
    /// As many questions as are allowed in a minute have been asked.
    Pace,
    /// It failed, and is left alone for a while.
    Failed,
    /// Another process reads it.
    Held,
    /// No rule is approved, or the source is not read for target groups.
    NotTaken,
}

/// One turn, while it is made.
pub(super) struct Begun {
    pub(super) state: SourceReading,
    pub(super) now: Timestamp,
}

impl Poller {
    /// One turn of a source. Dropped anywhere, it has not been.
    ///
    /// # Errors
    /// [`IndexError`]; a source that fails is a state.
    pub async fn turn(&self, source: &str, wish: Wish) -> Result<Turn, IndexError> {
        let now = self.clock.now();
        let rest = |until, why| Ok(Turn::Rest(Rest { until, why }));
        let Some((row, source)) = self.row(source).zip(self.source(source)) else {
            return rest(Timestamp::MAX, Why::NotTaken);
        };
        let taking = self.taking(now);
        if taking.is_nothing() {
            self.empty().await?;
            return rest(due::later(now, SignedDuration::from_hours(1)), Why::NotTaken);
        }
        if let Some(between) = row.listing.between.filter(|between| !window::is_open(*between, now)) {
            return rest(window::opens_at(between, now), Why::Window);
        }
        let settings = self.settings.of(&row.listing);
        if let Some(until) = self.pace(source.id.as_str(), settings.per_minute_max, now) {
            return rest(until, Why::Pace);
        }
        let begun = match self.change(|change| self.begin(change, source, settings, &taking, wish, now))? {
            Ok(begun) => begun,
            Err(rest) => return Ok(Turn::Rest(rest)),
        };
        match begun.state.under_way.as_ref().map(|reading| reading.step) {
            Some(Step::Listing) => self.list(source, settings, &taking, begun).await,
            Some(Step::Counting) => self.count(source, begun).await,
            Some(Step::Asking { after }) => self.ask(source, settings, &taking, begun, after).await,
            Some(Step::Tidying) => self.tidy(source, &taking, begun).await,
            None => rest(now, Why::Done),
        }
    }

    /// Takes the lease and sees what is to be done.
    fn begin(
        &self,
        change: &Changing<'_>,
        source: &Source,
        settings: PollSettings,
        taking: &Taking,
        wish: Wish,
        now: Timestamp,
    ) -> Result<Result<Begun, Rest>, IndexError> {
        let id = source.id.as_str();
        let mut state: SourceReading = change.state(KIND, id)?.unwrap_or_default();
        let before = state.clone();
        if let Some(until) = state.not_before.filter(|until| *until > now) {
            return Ok(Err(Rest { until, why: Why::Failed }));
        }
        if let Some(until) = lease::of_another(change, id, &self.holder, now)? {
            return Ok(Err(Rest { until, why: Why::Held }));
        }
        if state.taking != taking.hash() {
            // What was read under another configuration is read anew; its facts stay until then.
            let incomplete_since = state.incomplete_since.or(state.whole.map(|_| now));
            state = SourceReading { taking: taking.hash().to_owned(), incomplete_since, ..SourceReading::default() };
        }
        let is_old = state.under_way.as_ref().is_some_and(|reading| due::is_too_old(reading.begun, now));
        if is_old {
            tracing::warn!(source.id = id, "a reading that began long ago is not gone on with: it begins again");
            state.under_way = None;
            state.begun_again = state.begun_again.saturating_add(1);
        }
        if state.under_way.is_none() {
            match due::due(&state, source.listing(), settings, wish, now) {
                Err(until) => return Ok(Err(Rest { until, why: Why::Done })),
                Ok(since) => start(change, &mut state, id, since, now)?,
            }
        }
        lease::take(change, id, &self.holder, now, self.lease_length())?;
        if state != before {
            change.put_state(KIND, id, &state)?;
        }
        Ok(Ok(Begun { state, now }))
    }

    /// Long enough for one page with its second try, and for what is done with it.
    fn lease_length(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.settings.page_deadline_s) * 4 + 120)
    }

    /// One page is asked for, and taken in one change.
    async fn list(
        &self,
        source: &Source,
        settings: PollSettings,
        taking: &Taking,
        begun: Begun,
    ) -> Result<Turn, IndexError> {
        let Some(reading) = &begun.state.under_way else { return Ok(Turn::Went) };
        let question = ListQuestion { since: reading.since, page: &reading.page, page_rows: settings.page_rows };
        self.count_questions(source.id.as_str(), settings.per_minute_max, begun.now, 1);
        let answer = self.sources.list_page(source, question, &self.trace()).await;
        let now = self.clock.now();
        self.keep(source, |change| match answer {
            Ok(page) => self.take_page(change, source, taking, begun.state, page, now),
            Err(error) => self.page_failed(change, source, begun.state, &error, now),
        })
    }

    /// Makes a change for a source, if it is still this process's to read.
    pub(super) fn keep(
        &self,
        source: &Source,
        work: impl FnOnce(&mut Changing<'_>) -> Result<(), IndexError>,
    ) -> Result<Turn, IndexError> {
        let now = self.clock.now();
        self.change(|change| {
            if !lease::is_mine(change, source.id.as_str(), &self.holder)? {
                return Ok(Turn::Rest(Rest { until: now, why: Why::Held }));
            }
            work(change).map(|()| Turn::Went)
        })
    }

    fn page_failed(
        &self,
        change: &Changing<'_>,
        source: &Source,
        mut state: SourceReading,
        error: &SourceError,
        now: Timestamp,
    ) -> Result<(), IndexError> {
        let id = source.id.as_str();
        if let Some(reading) = state.under_way.as_ref().filter(|reading| is_refused_place(error, reading)) {
            tracing::warn!(
                source.id = id,
                pages = reading.pages,
                "the source no longer takes the place of a reading: it begins again"
            );
            let (since, again) = (reading.since, reading.begun_again + 1);
            start(change, &mut state, id, since, now)?;
            state.begun_again = state.begun_again.saturating_add(1);
            if let Some(reading) = &mut state.under_way {
                reading.begun_again = again;
            }
        } else {
            state.fail(Trouble::from(error.kind), now);
            // Another replica may have a way to it.
            lease::drop(change, id, &self.holder)?;
        }
        change.put_state(KIND, id, &state)
    }

    /// A call about one citizen failed; the reading stays where it is.
    pub(super) fn asking_failed(
        &self,
        change: &Changing<'_>,
        source: &Source,
        mut state: SourceReading,
        kind: SourceErrorKind,
        now: Timestamp,
    ) -> Result<(), IndexError> {
        state.fail(Trouble::from(kind), now);
        lease::drop(change, source.id.as_str(), &self.holder)?;
        change.put_state(KIND, source.id.as_str(), &state)
    }

    /// The reading has come to its end.
    pub(super) fn complete(
        &self,
        change: &Changing<'_>,
        source: &Source,
        mut state: SourceReading,
        now: Timestamp,
    ) -> Result<(), IndexError> {
        let id = source.id.as_str();
        if state.under_way.as_ref().is_some_and(UnderWay::is_whole) {
            change.clear_seen(id)?;
        }
        state.complete(now);
        lease::drop(change, id, &self.holder)?;
        change.put_state(KIND, id, &state)
    }
}

/// A reading begins, or begins again.
fn start(
    change: &Changing<'_>,
    state: &mut SourceReading,
    id: &str,
    since: Since,
    now: Timestamp,
) -> Result<(), IndexError> {
    if since == Since::Beginning {
        change.clear_seen(id)?;
        state.held = None;
    }
    state.under_way = Some(UnderWay::new(since, now));
    Ok(())
}

/// The place at which the reading goes on is refused: by a source that was configured otherwise, or by another version of us.
fn is_refused_place(error: &SourceError, reading: &UnderWay) -> bool {
    error.kind == SourceErrorKind::ConfigInvalid && !reading.page.is_first() && reading.begun_again < BEGIN_AGAIN_MAX
}
