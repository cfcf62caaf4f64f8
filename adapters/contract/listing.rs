//! [DK] udsøgning: how a source tells of a whole population's cases, page by page, for what runs by night and not for one citizen.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Record;

/// How a source can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Not at all.
    None,
    /// Whole, each time. What a whole and complete listing no longer tells has ended or disappeared at the source.
    Sweep,
    /// Whole, and between two such listings what was registered since the last.
    Changes,
}

/// Which part of a source's cases is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Since {
    /// [DK] fuld gennemlæsning: every case that the source counts as active, and whatever else it tells along with them.
    Beginning,
    /// [DK] ændringer: what was registered at the source from one time to another, ended cases among it. Both ends are
    /// inclusive; the window is closed, or pages would shift while they are read.
    Registered {
        /// From when, some minutes before the last listing began.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
}

/// Where the next page begins, in the adapter's own words.
///
/// **Invariant:** it holds no personal data and means the same after a restart: it is written to disk between two pages.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(Arc<str>);

impl PageToken {
    /// Wraps an adapter's words.
    pub fn new(words: impl Into<Arc<str>>) -> Self {
        Self(words.into())
    }

    /// The adapter's words; empty for the first page.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the first page.
    pub fn is_first(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PageToken({})", self.0)
    }
}

/// One page, as it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ListQuestion<'a> {
    /// Which part.
    pub since: Since,
    /// Which page of it.
    pub page: &'a PageToken,
    /// Rows wanted at a time, at least 1. An adapter asks for less where its source has a limit of its own.
    pub page_rows: usize,
}

/// One page of a source's cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CasePage {
    /// One record for each citizen who is a party of a case: [`super::About::Stated`] names that one citizen, and the role is
    /// theirs. A case with two citizens is two records with one native id. A case whose only parties are companies is none.
    pub records: Vec<Record>,
    /// Native ids of cases that the source tells are deleted, or no longer anybody's.
    pub gone: Vec<Arc<str>>,
    /// Rows that were there and could not be read, or name no citizen where they should.
    pub unreadable: u32,
    /// Where the next page begins; none after the last.
    pub next: Option<PageToken>,
    /// Rows on all pages together, where the source tells.
    pub total: Option<u64>,
}
