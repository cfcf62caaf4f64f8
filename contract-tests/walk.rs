//! A listing, page by page until its end: what it told, and by which tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use glasplade_adapters::contract::{About, CasePage, PageToken, PersonId, Record, Since, SourceError};

use crate::subject::Subject;

/// More pages than any listing of the bench has.
const PAGES_MAX: usize = 1_000;

/// A row of a listing: the case in its source, and whose.
pub(crate) type Row = (Arc<str>, PersonId);

/// Everything that a listing told. A row may come on two pages; the later one counts.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// The rows, by case and citizen.
    pub(crate) rows: BTreeMap<Row, Record>,
    /// Cases that are told to be gone.
    pub(crate) gone: BTreeSet<Arc<str>>,
    /// Rows that could not be read.
    pub(crate) unreadable: u32,
    /// The tokens of all pages but the first.
    pub(crate) tokens: Vec<PageToken>,
    /// The most cases that one page told of.
    pub(crate) longest: usize,
}

/// Why a listing did not come to an end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The source, or the adapter, gave an error.
    Error(SourceError),
    /// It broke a promise, in a sentence.
    Broken(String),
}

impl From<Stopped> for String {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Error(error) => format!("a page does not come: {error}"),
            Stopped::Broken(sentence) => sentence,
        }
    }
}

impl Walk {
    /// Walks through a listing.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(crate) async fn through(subject: &Subject, since: Since, page_rows: usize) -> Result<Self, Stopped> {
        let mut walk = Self::default();
        let mut next = Some(PageToken::default());
        while let Some(token) = next.take() {
            let page = subject.page(since, &token, page_rows).await.map_err(Stopped::Error)?;
            next.clone_from(&page.next);
            walk.take(page).map_err(Stopped::Broken)?;
            if let Some(token) = &next {
                if walk.tokens.len() == PAGES_MAX {
                    return Err(Stopped::Broken(format!("a listing has no end after {PAGES_MAX} pages")));
                }
                if token.is_first() || walk.tokens.last() == Some(token) {
                    return Err(Stopped::Broken("a page leads to itself, or back to the first".to_owned()));
                }
                walk.tokens.push(token.clone());
            }
        }
        Ok(walk)
    }

    fn take(&mut self, page: CasePage) -> Result<(), String> {
        let cases: BTreeSet<_> = page.records.iter().map(|record| &record.native_id).chain(&page.gone).collect();
        self.longest = self.longest.max(cases.len());
        self.unreadable += page.unreadable;
        self.gone.extend(page.gone);
        for record in page.records {
            let About::Stated(people) = &record.about else {
                return Err(format!("row {} names nobody", record.native_id));
            };
            let [person] = people.as_slice() else {
                return Err(format!(
                    "row {} names {} citizens; each is a row of their own",
                    record.native_id,
                    people.len()
                ));
            };
            self.rows.insert((Arc::clone(&record.native_id), *person), record);
        }
        Ok(())
    }
}
