//! Which rows come next. A listing of active cases is read by row number *from its end to its beginning*.
//!
//! While we read, cases end and leave the listing, and every row behind them moves forward. Read from the beginning, as
//! many rows would slip from the next page into the one that has just been read, and an active case would seem to be gone.
//! Read from the end, rows only slip into pages that are still to come. The price is that the first page is read twice:
//! first because it tells how many rows there are, and last because rows have slipped into it meanwhile. Its rows are told
//! the second time alone: told twice they would count twice, and cost their details twice.

use std::fmt::Write as _;

use crate::contract::SourceError;

/// Rows of a page, of which one more is read again with the next page where a source counts rows: cases that come back
/// move rows the other way.
const ROWS_PER_OVERLAP: u64 = 20;

/// The last page that can be: it keeps the sums small, whatever a source counts and whatever is on the disk.
const AT_MAX: u64 = u32::MAX as u64;

/// How one listing is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// The read operation, for errors.
    pub(crate) operation: &'static str,
    /// Most rows that the source gives at a time; at least 1.
    pub(crate) rows_max: usize,
    /// The source leaves out a number of *rows*, so that pages may overlap. One that counts pages cannot.
    pub(crate) counts_rows: bool,
    /// The [`mark`] of everything that decides what is listed: a token of another question means other rows.
    pub(crate) scope: u64,
}

/// One page's place in the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// From 0; `None` is the first call, which asks for the first page without knowing how many there are.
    at: Option<u64>,
    rows: u64,
    /// The [`mark`] of the first page, for the page that is read after it.
    first: Option<u64>,
}

impl Paging {
    /// The page that `token` leads to; `wanted` counts for the first one alone, or pages would not fit together.
    ///
    /// # Errors
    /// `ConfigInvalid` for a token that is not of this listing.
    pub(crate) fn open(&self, token: &str, wanted: usize) -> Result<Window, SourceError> {
        if token.is_empty() || token == self.first_token() {
            return Ok(Window { at: None, rows: wanted.clamp(1, self.rows_max.max(1)) as u64, first: None });
        }
        let unknown = || SourceError::config_invalid(self.operation, "the page is of another listing: begin anew");
        let window = read(token).ok_or_else(unknown)?;
        // Written again it must be the same: no signs, no leading zeros, and the same scope.
        let is_ours = window.rows <= self.rows_max as u64 && self.token(window) == token;
        if is_ours { Ok(window) } else { Err(unknown()) }
    }

    /// The words for the first page, for whoever lists several things one after another.
    pub(crate) fn first_token(&self) -> String {
        format!("{:x}", self.scope)
    }

    /// How many rows stand before this page.
    pub(crate) fn skip(&self, window: Window) -> u64 {
        window.at.unwrap_or(0).saturating_mul(self.stride(window.rows))
    }

    /// The page after this one, which brought `got` rows with these ids out of `total`; `None` after the last.
    ///
    /// A listing that cannot be whole is an error: what it would leave out would seem to have ended.
    ///
    /// # Errors
    /// `ConfigInvalid` when the source gives the same page again, `Malformed` when it has fewer or more rows than it says.
    pub(crate) fn next<'a>(
        &self,
        window: Window,
        got: usize,
        total: u64,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<Option<String>, SourceError> {
        let (got, skip) = (got as u64, self.skip(window));
        let read = mark([mark(ids), total, got].map(u64::to_be_bytes));
        // Rows never move away from the first page to the last one, so that is the same page given twice.
        if got > 0 && window.first == Some(read) {
            let words = "every page has the same rows: the source does not take our words for paging";
            return Err(SourceError::config_invalid(self.operation, words));
        }
        if got > 0 && skip.saturating_add(got) > total {
            return Err(SourceError::malformed(self.operation, "the source gives more rows than it counts"));
        }
        if got == 0 && skip < total {
            return Err(SourceError::malformed(self.operation, "the source counts more rows than it gives"));
        }
        let next = match window.at {
            None if got >= total => return Ok(None),
            None => {
                // Fewer than asked for, though there are more: that is how many the source gives.
                let rows = window.rows.min(got);
                Window { at: Some(self.last(total, rows)), rows, first: Some(read) }
            }
            Some(0) => return Ok(None),
            Some(at) => Window { at: Some((at - 1).min(self.last(total, window.rows))), first: None, ..window },
        };
        if next.at > Some(AT_MAX) {
            return Err(SourceError::malformed(self.operation, "the source counts more rows than there are people"));
        }
        Ok(Some(self.token(next)))
    }

    /// The last page of `total` rows.
    fn last(&self, total: u64, rows: u64) -> u64 {
        total.saturating_sub(rows).div_ceil(self.stride(rows))
    }

    fn stride(&self, rows: u64) -> u64 {
        if self.counts_rows { rows - rows / ROWS_PER_OVERLAP } else { rows }
    }

    fn token(&self, window: Window) -> String {
        let mut token = self.first_token();
        if let Some(at) = window.at {
            let _ = write!(token, ":{at}:{}", window.rows);
        }
        if let Some(first) = window.first {
            let _ = write!(token, ":{first:x}");
        }
        token
    }
}

impl Window {
    /// Rows to ask for.
    pub(crate) fn rows(self) -> usize {
        usize::try_from(self.rows).unwrap_or(usize::MAX)
    }

    /// The page's number from 0, for a source that counts pages.
    pub(crate) fn number(self) -> u64 {
        self.at.unwrap_or(0)
    }

    /// Whether this is the first call of the listing.
    pub(crate) fn is_first(self) -> bool {
        self.at.is_none()
    }

    /// Whether all rows of this page come again: it is the first call, and there is a page after it.
    pub(crate) fn comes_again(self, next: Option<&str>) -> bool {
        self.is_first() && next.is_some()
    }
}

/// A token's words, whatever its scope.
fn read(token: &str) -> Option<Window> {
    let mut words = token.split(':').skip(1);
    let (at, rows) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let first = words.next().map(|word| u64::from_str_radix(word, 16)).transpose().ok()?;
    let is_possible = rows > 0 && at <= AT_MAX && words.next().is_none();
    is_possible.then_some(Window { at: Some(at), rows, first })
}

/// A number that stands for `parts`: FNV-1a, since it goes to disk and must be the same after an update. Nothing can be
/// read out of it.
pub(crate) fn mark(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> u64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    // A byte that UTF-8 never has ends each part, so that "ab", "c" is not "a", "bc".
    parts.into_iter().fold(START, |hash, part| part.as_ref().iter().copied().chain([0xff]).fold(hash, step))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::contract::SourceErrorKind;

    const PAGES: Paging = Paging { operation: "list", rows_max: 250, counts_rows: false, scope: 0xabc };
    const ROWS: Paging = Paging { counts_rows: true, ..PAGES };

    /// A source with these rows, in the order of their ids.
    #[derive(Debug, Clone)]
    struct Source(Vec<u32>);

    /// What one listing read, and in how many calls.
    fn list(
        paging: Paging,
        rows: usize,
        source: &mut Source,
        mut meanwhile: impl FnMut(&mut Source),
    ) -> (BTreeSet<u32>, usize) {
        let (mut token, mut seen, mut calls) = (String::new(), BTreeSet::new(), 0);
        loop {
            let window = paging.open(&token, rows).expect("our own token");
            let skip = usize::try_from(paging.skip(window)).expect("a small number");
            let page: Vec<u32> = source.0.iter().skip(skip).take(window.rows()).copied().collect();
            calls += 1;
            assert!(calls < 1_000, "it never ends");
            seen.extend(&page);
            let ids: Vec<String> = page.iter().map(u32::to_string).collect();
            let total = source.0.len() as u64;
            match paging.next(window, page.len(), total, ids.iter().map(String::as_str)).expect("a next page or none") {
                Some(next) => token = next,
                None => return (seen, calls),
            }
            meanwhile(source);
        }
    }

    fn first(count: u32) -> Source {
        Source((0..count).collect())
    }

    #[test]
    fn every_row_comes_and_one_page_comes_twice() {
        for (count, calls) in [(0, 1), (1, 1), (10, 1), (11, 3), (20, 3), (21, 4)] {
            let all = first(count);
            let (seen, called) = list(PAGES, 10, &mut all.clone(), |_| {});
            assert_eq!((seen.len(), called), (count as usize, calls), "{count} rows");
        }
        assert_eq!(list(ROWS, 20, &mut first(39), |_| {}).1, 3, "pages of 20 begin at 19 and at 0");
        assert_eq!(list(ROWS, 20, &mut first(40), |_| {}).1, 4);
        assert_eq!(list(PAGES, 1_000, &mut first(251), |_| {}).1, 3, "no more than the source gives");
    }

    #[test]
    fn a_source_that_gives_fewer_at_a_time_is_asked_for_fewer() {
        let window = PAGES.open("", 100).expect("the first page");
        let next = PAGES.next(window, 30, 95, ["a"]).expect("a page").expect("more");
        let window = PAGES.open(&next, 100).expect("our own token");
        assert_eq!((window.rows(), window.number(), PAGES.skip(window)), (30, 3, 90));
    }

    #[test]
    fn totals_that_lie_and_pages_that_repeat_end_the_listing() {
        let kind = |token: &str, got, total, ids: &[&str]| {
            let window = PAGES.open(token, 10).expect("our own token");
            PAGES.next(window, got, total, ids.iter().copied()).map_err(|error| error.kind)
        };
        assert_eq!(kind("", 0, 5, &[]), Err(SourceErrorKind::Malformed));
        assert_eq!(kind("", 10, 9, &["a"]), Err(SourceErrorKind::Malformed));
        assert_eq!(kind("", 10, u64::MAX, &["a"]), Err(SourceErrorKind::Malformed));
        assert_eq!(kind("", 40, 40, &["a"]), Ok(None), "all at once, whatever was asked for");
        let second = kind("", 10, 1_000_000, &["a", "b"]).expect("a page").expect("more");
        assert_eq!(kind(&second, 10, 1_000_000, &["a", "b"]), Err(SourceErrorKind::ConfigInvalid), "the same again");
        assert_eq!(kind(&second, 0, 1_000_000, &[]), Err(SourceErrorKind::Malformed), "a million that are not there");
        let shrunk = kind(&second, 0, 15, &[]).expect("a page").expect("more");
        assert_eq!(PAGES.open(&shrunk, 10).expect("our own token").number(), 1, "past the pages that have gone");
        assert_eq!(shrunk, "abc:1:10", "the first page's mark is for one page");
    }

    #[test]
    fn a_token_that_is_not_of_this_listing_is_refused() {
        let window = PAGES.open("", 10).expect("the first page");
        let token = PAGES.next(window, 10, 100, ["a"]).expect("a page").expect("more");
        assert!(PAGES.open(&token, 7).is_ok_and(|window| window.rows() == 10), "pages keep their size");
        assert_eq!(PAGES.open("abc", 7), PAGES.open("", 7));
        let other = Paging { scope: 0xabd, ..PAGES };
        let smaller = Paging { rows_max: 9, ..PAGES };
        for paging in [other, smaller] {
            assert_eq!(paging.open(&token, 10).map_err(|error| error.kind), Err(SourceErrorKind::ConfigInvalid));
        }
        for odd in [
            "3",
            "2:500",
            "abc:",
            "abc:1",
            "abc:1:0",
            "abc:1:251",
            "abc:1:10:",
            "abc:01:10:ff",
            "abc:1:0:ff",
            "abc:1:10:FF",
            "abc:+1:10:ff",
            "abc:1:10:ff:",
            "abc:1:10:ff:1",
            "abc:4294967296:10:ff",
            "abc:-1:10:ff",
            "ABC:1:10:ff",
            "abc:1:10:0ff",
            " ",
            "æ",
        ] {
            assert_eq!(PAGES.open(odd, 10).map_err(|error| error.kind), Err(SourceErrorKind::ConfigInvalid), "{odd}");
        }
    }

    proptest! {
        /// Whatever ends while we read, and whatever begins behind it, no row that stays is lost.
        #[test]
        fn rows_that_go_take_no_other_with_them(
            count in 0_u32..120,
            rows in 1_usize..40,
            counts_rows: bool,
            going in proptest::collection::vec(proptest::collection::vec(0_usize..120, 0..30), 0..8),
        ) {
            let paging = Paging { counts_rows, ..PAGES };
            let mut source = first(count);
            let mut going = going.into_iter();
            let mut begun = count;
            let (seen, _) = list(paging, rows, &mut source, |source| {
                for at in going.next().unwrap_or_default() {
                    if at < source.0.len() {
                        source.0.remove(at);
                    }
                }
                source.0.push(begun);
                begun += u32::from(begun < count + 5);
            });
            let lost: Vec<&u32> = source.0.iter().filter(|row| **row < count && !seen.contains(row)).collect();
            prop_assert!(lost.is_empty(), "{lost:?}");
        }
    }
}
