//! Where a listing has come to, and the words of its page token.
//!
//! The index sorts by when it stored a case. A case that is stored anew while pages are read moves to the end of that order,
//! and every row behind its old place moves up by one: counted from the beginning, a row would be skipped and its citizen
//! would seem to have no case any more. So a page goes on from the time of the last row that was read, and counts only among
//! rows that were stored together.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::settings::Settings;
use super::wire::{Output, Snapshot};
use crate::contract::{ListQuestion, Since, SourceError};
use crate::page_words::{Seal, moment, number};

/// How far the index' clock may run ahead of ours: a whole listing ends this much after its first page.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// Two rows may be this far out of order: some tell their time without its fraction.
const DISORDER_MAX: SignedDuration = SignedDuration::from_secs(1);
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

/// One page's place in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    part: Part,
    /// Cases stored at or after this.
    pub(super) from: Timestamp,
    /// Cases stored at or before this.
    pub(super) until: Timestamp,
    /// Rows of this window that earlier pages have told.
    pub(super) first: usize,
    /// Rows before this window that earlier pages have told.
    before: u64,
    /// What the page before held.
    seal: Option<Seal>,
}

/// Which part of the index is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Changes,
}

impl Place {
    /// The place that a question asks for; none when its token is not ours, or another question's.
    pub(super) fn of(question: &ListQuestion<'_>, settings: &Settings, now: Timestamp) -> Option<Self> {
        let begin = match question.since {
            Since::Beginning => {
                let from = settings.list_from.to_zoned(TimeZone::UTC).ok()?.timestamp();
                Self::at(Part::Whole, from, later(now, AHEAD))
            }
            Since::Registered { from, until } => Self::at(Part::Changes, from, until),
        };
        if question.page.is_first() { Some(begin) } else { Self::read(question.page.as_str(), &begin) }
    }

    /// From row `first` on, everything that is stored at `now`.
    #[cfg(feature = "fakes")]
    pub(super) fn whole(now: Timestamp, first: usize) -> Self {
        Self { first, ..Self::at(Part::Whole, Timestamp::UNIX_EPOCH, now) }
    }

    fn at(part: Part, from: Timestamp, until: Timestamp) -> Self {
        // Whole milliseconds: more digits than the index may take, and it is the window that grows.
        let whole = |moment: Timestamp| Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or(moment);
        let from = if whole(from) > from { later(whole(from), -MILLISECOND) } else { whole(from) };
        let until = if whole(until) < until { later(whole(until), MILLISECOND) } else { whole(until) };
        Self { part, from, until, first: 0, before: 0, seal: None }
    }

    fn read(words: &str, begin: &Self) -> Option<Self> {
        let words: Vec<&str> = words.split('/').collect();
        let [part, from, until, first, before, seal] = words.as_slice() else { return None };
        let part = match *part {
            "whole" => Part::Whole,
            "changes" => Part::Changes,
            _ => return None,
        };
        let seal = if *seal == "-" { None } else { Some(Seal::read(seal)?) };
        let (first, before) = (number(first)?, number(before)?);
        let place = Self { part, from: moment(from)?, until: moment(until)?, first, before, seal };
        // The end of a whole listing is known to its token alone.
        let is_this_question = place.part == begin.part
            && (begin.from..=place.until).contains(&place.from)
            && (part == Part::Whole || place.until == begin.until);
        is_this_question.then_some(place)
    }

    /// Rows on all pages together, as far as the index tells.
    pub(super) fn total(&self, page: &Output) -> Option<u64> {
        let window = page.total?.max(self.first.saturating_add(page.cases.len()));
        Some(self.before.saturating_add(u64::try_from(window).ok()?))
    }

    /// The place after `page`, which was asked for with at most `asked` rows; none when it was the last.
    ///
    /// # Errors
    /// `Malformed` when the index tells the page before once more, or counts rows that it does not tell: a listing that
    /// ended there would be taken for whole.
    pub(super) fn after(
        &self,
        operation: &'static str,
        page: &Output,
        asked: usize,
        now: Timestamp,
    ) -> Result<Option<Self>, SourceError> {
        let rows = page.cases.len();
        let read = self.first.saturating_add(rows);
        if rows == 0 && page.total.is_some_and(|total| total > self.first) {
            return Err(SourceError::malformed(operation, "rows are counted that are not told"));
        }
        let ids: Vec<_> = page.cases.iter().filter_map(|case| case.id.as_ref()).collect();
        let seal = (rows > 0 && ids.len() == rows).then(|| Seal::of(ids));
        if seal.is_some() && seal == self.seal {
            return Err(SourceError::malformed(operation, "the page before is told once more"));
        }
        // Whether `Antal` counts all rows or only the page's is not public, so a full page is the last only when `Antal` is
        // surely the whole.
        let has_more = match page.total {
            Some(total) if total > read => true,
            Some(total) if total > asked => false,
            _ => rows > 0 && rows >= asked,
        };
        if !has_more {
            return Ok(self.meanwhile(read, now));
        }
        let from = self.last_stored(page).unwrap_or(self.from);
        let again = page.cases.iter().filter(|case| case.stored_last().is_none_or(|stored| stored >= from)).count();
        // Few rows come again: go on from their time. Many were stored together: count among them.
        let moves = from > self.from && again * 2 < rows;
        let told_before = u64::try_from(read - again).unwrap_or(u64::MAX);
        Ok(Some(if moves {
            Self { from, first: 0, before: self.before.saturating_add(told_before), seal, ..*self }
        } else {
            Self { first: read, seal, ..*self }
        }))
    }

    /// A moment at or before which the page's last row was stored, if the rows come in the order that was asked for.
    fn last_stored(&self, page: &Output) -> Option<Timestamp> {
        let mut latest = Timestamp::MIN;
        for case in &page.cases {
            let stored = case.stored_last()?;
            if later(stored, DISORDER_MAX) < latest {
                return None;
            }
            latest = latest.max(stored);
        }
        // Of several registrations the oldest: which one the index sorts by is not public, and a window that begins too
        // early only tells some rows again. A millisecond earlier, since times may be told rounded.
        let oldest = page.cases.last().and_then(Snapshot::stored_first)?;
        let oldest = Timestamp::from_millisecond(oldest.as_millisecond()).ok()?;
        Some(later(oldest, -MILLISECOND).max(self.from))
    }

    /// What was stored while a whole listing was read, when that took long: it has left its place in the window, perhaps
    /// before that was reached.
    fn meanwhile(&self, read: usize, now: Timestamp) -> Option<Self> {
        let is_over = self.part == Part::Changes || now <= self.until;
        let before = self.before.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        (!is_over).then(|| Self { before, ..Self::at(self.part, later(self.until, -MILLISECOND), later(now, AHEAD)) })
    }
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    let end = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    moment.checked_add(by).unwrap_or(end)
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Whole => "whole",
            Part::Changes => "changes",
        };
        write!(formatter, "{part}/{}/{}/{}/{}/", self.from, self.until, self.first, self.before)?;
        match &self.seal {
            Some(seal) => seal.fmt(formatter),
            None => formatter.write_str("-"),
        }
    }
}
