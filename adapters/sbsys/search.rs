//! [DK] søgning: all rows of one citizen, page by page, in either dialect.

use std::collections::HashSet;

use futures_util::TryFutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use super::reads::SEARCH;
use super::settings::{Paging, Settings};
use super::token::Door;
use super::{fault, wire};
use crate::contract::{CallContext, CprNumber, SourceError};
use crate::transport::{Body, Call};

/// As what the citizen is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Searched {
    /// [DK] primær part.
    Primary,
    /// Any party.
    Anyone,
}

/// What the search told.
#[derive(Default)]
pub(super) struct Hits {
    /// Rows in the source's order, each case once.
    pub rows: Vec<Hit>,
    /// Rows that could not be read.
    pub unreadable: u32,
    /// There were more than the limit, or than the source would give.
    pub cut_short: bool,
}

/// One search row.
pub(super) struct Hit {
    /// Nearly a kilobyte, and it goes through many hands.
    pub row: Box<wire::Case>,
    pub searched: Searched,
}

impl Hits {
    /// Adds the other search's cases that this one did not have.
    pub(super) fn and(mut self, other: Self, rows_max: usize) -> Self {
        let known: HashSet<i64> = self.rows.iter().map(|hit| hit.row.id).collect();
        self.rows.extend(other.rows.into_iter().filter(|hit| !known.contains(&hit.row.id)));
        // The same odd row may be in both answers; it cannot be told apart, so it is counted as the greater number says.
        self.unreadable = self.unreadable.max(other.unreadable);
        self.cut_short |= other.cut_short || self.rows.len() > rows_max;
        self.rows.truncate(rows_max);
        self
    }
}

/// Reads all pages: the first by itself, and those of which it tells side by side.
///
/// It stops at `rows_max`, and when a page brings nothing new: an installation that does not know our paging dialect
/// answers with the same page for ever.
pub(super) async fn search(
    door: &Door,
    ctx: &CallContext,
    settings: &Settings,
    searched: Searched,
    citizen: &CprNumber,
) -> Result<Hits, SourceError> {
    let rows_max = door.rows_max();
    let of = |place: Place| ask(door, ctx, question(settings, searched, citizen, place));
    let mut hits = Hits::default();
    let mut known = HashSet::new();
    let mut place = Place { page: 1, told: 0 };
    let mut ahead: Option<BoxStream<'_, Result<(Place, wire::Found), SourceError>>> = None;
    loop {
        let next = match &mut ahead {
            Some(pages) => pages.try_next().await?,
            None => None,
        };
        let found = match next {
            Some((at, found)) if at == place => found,
            // A page was shorter than the first: from here on each tells where the next one begins.
            _ => {
                ahead = None;
                of(place).await?
            }
        };
        let rows = found.rows.unwrap_or_default();
        let (length, mut news) = (rows.len(), false);
        hits.rows.reserve(length);
        for row in rows {
            match serde_json::from_str::<Box<wire::Case>>(row.get()) {
                Ok(row) if known.insert(row.id) => {
                    hits.rows.push(Hit { row, searched });
                    news = true;
                }
                Ok(_) => {}
                Err(_) => {
                    hits.unreadable = hits.unreadable.saturating_add(1);
                    news = true;
                }
            }
        }
        let told = place.told + length;
        let is_all = found.total.map_or_else(
            || settings.paging == Paging::None || length < settings.page_size as usize,
            |total| told >= total,
        );
        if told > rows_max || (!is_all && told == rows_max) {
            hits.rows.truncate(rows_max);
            hits.cut_short = true;
            break;
        }
        if is_all {
            break;
        }
        if !news || settings.paging == Paging::None {
            hits.cut_short = true;
            break;
        }
        if let (1, Some(total)) = (place.page, found.total) {
            let page = move |at| -> BoxFuture<'_, _> { Box::pin(of(at).map_ok(move |found| (at, found))) };
            let rest = stream::iter(rest(length, total.min(rows_max))).map(page);
            // No more of them lie here than are asked for at once, however long they are and however many it says there are.
            ahead = Some(rest.buffered(door.concurrency()).boxed());
        }
        place = Place { page: place.page + 1, told };
    }
    Ok(hits)
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Counted from 1.
    pub page: usize,
    /// Rows that the pages before it have.
    pub told: usize,
}

/// The pages after the first, if they are as long as that one was.
fn rest(length: usize, total: usize) -> impl Iterator<Item = Place> {
    (1..total.div_ceil(length.max(1))).map(move |before| Place { page: before + 1, told: before * length })
}

fn question(settings: &Settings, searched: Searched, citizen: &CprNumber, place: Place) -> wire::Search {
    let person = Some(wire::PersonFilter { cpr: citizen.expose_hyphenated() });
    let question = match searched {
        Searched::Primary => wire::Search { primary: person, ..wire::Search::default() },
        Searched::Anyone => wire::Search { anyone: person, ..wire::Search::default() },
    };
    paged(question, settings.paging, settings.page_size, place)
}

/// The question for some rows: those of page `page`, or those after the first `told`.
pub(super) fn paged(question: wire::Search, paging: Paging, rows: u32, place: Place) -> wire::Search {
    match paging {
        Paging::LimitSkip => wire::Search { limit: Some(rows), skip: Some(place.told), ..question },
        Paging::PageNumber => wire::Search { page_number: Some(place.page), page_size: Some(rows), ..question },
        Paging::None => question,
    }
}

/// Asks for one page.
pub(super) async fn ask(door: &Door, ctx: &CallContext, question: wire::Search) -> Result<wire::Found, SourceError> {
    let bytes = serde_json::to_vec(&question)
        .map_err(|_| SourceError::config_invalid(SEARCH.name, "the request could not be written as JSON"))?;
    // With the parties, each row names the citizen it is about even if the case itself may not be opened.
    let call = || Call::default().pair("InkluderParterIResultat", "true").body(Body::Json(bytes.clone()));
    let answer = fault::checked(door.exchange(ctx, &SEARCH, call).await?)?;
    let found: wire::Found = answer.json().await?;
    if found.rows.is_none() && found.total != Some(0) {
        return Err(SourceError::malformed(SEARCH.name, "the answer has no list of results"));
    }
    Ok(found)
}
