//! [DK] gennemlæsning: the active cases of all citizens, one department after another, one page of the case list at a time.

use std::collections::HashSet;

use serde_json::Value;

use super::reads::{DETAILS, SEARCH};
use super::wire::{DEPARTMENT, VOCABULARY, is_about_an_organisation};
use super::{Dubu, translate};
use crate::contract::{About, CallContext, CasePage, ListQuestion, PageToken, QualityFlag, Record, SourceError};
use crate::listing::{Paging, mark, only_whole, read_details};
use crate::odata::Query;

impl Dubu {
    /// One page of the listing.
    pub(super) async fn page(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        only_whole(SEARCH.name, question.since)?;
        let paging = self.paging();
        let (place, words) = self.place(question.page)?;
        let window = paging.open(words, question.page_rows)?;
        let query = self.question(place);
        let skip = usize::try_from(paging.skip(window)).unwrap_or(usize::MAX);
        let found = self.session.page(ctx, &SEARCH, &query, window.rows(), skip).await?;
        let uncounted = || SourceError::malformed(SEARCH.name, "the answer does not count its rows");
        let total = found.total.ok_or_else(uncounted)?;
        let mut page = CasePage::default();
        let mut seen = HashSet::new();
        for row in &found.rows {
            match self.listed(row) {
                Row::Of(record) if !seen.insert(record.native_id.clone()) => {}
                Row::Of(record) => page.records.push(*record),
                Row::OfNoCitizen => {}
                Row::Unreadable => page.unreadable = page.unreadable.saturating_add(1),
            }
        }
        let ids = page.records.iter().map(|record| &*record.native_id);
        let next = paging.next(window, found.rows.len(), total, ids)?;
        if window.comes_again(next.as_deref()) {
            page = CasePage::default();
        }
        let departments = self.settings.list_departments.len();
        page.next = match next {
            Some(words) => Some(PageToken::new(format!("{place}:{words}"))),
            None if place + 1 < departments => Some(PageToken::new(format!("{}:{}", place + 1, paging.first_token()))),
            None => None,
        };
        // Each department is counted by itself.
        page.total = (departments <= 1).then_some(total);
        if self.settings.details {
            self.complete(ctx, &mut page.records).await?;
        }
        Ok(page)
    }

    /// Which department a token is at, counted from 0, and the words for the page in it.
    fn place<'a>(&self, token: &'a PageToken) -> Result<(usize, &'a str), SourceError> {
        if token.is_first() {
            return Ok((0, ""));
        }
        let last = self.settings.list_departments.len().saturating_sub(1);
        let read = token.as_str().split_once(':').and_then(|(place, words)| {
            let number = place.parse::<usize>().ok().filter(|number| *number <= last)?;
            (number.to_string() == place && !words.is_empty()).then_some((number, words))
        });
        read.ok_or_else(|| SourceError::config_invalid(SEARCH.name, "the page is of another listing: begin anew"))
    }

    /// Other departments in the settings are another listing.
    fn paging(&self) -> Paging {
        let departments: Vec<u8> = self.settings.list_departments.iter().flat_map(|id| id.to_be_bytes()).collect();
        Paging {
            operation: SEARCH.name,
            rows_max: usize::from(self.settings.list_rows_max.get()),
            counts_rows: true,
            scope: mark([departments]),
        }
    }

    /// The active cases of a department, or all. A state that nobody knows counts as active.
    fn question(&self, place: usize) -> Query {
        let active = VOCABULARY.active_filter();
        let filter = match self.settings.list_departments.get(place) {
            Some(department) => format!("({DEPARTMENT} eq {department}) and ({active})"),
            None => active,
        };
        VOCABULARY.all_cases().filter(filter)
    }

    fn listed(&self, row: &Value) -> Row {
        match VOCABULARY.record(&self.info.id, row) {
            Ok(record) if record.about != About::Unstated => {
                Row::Of(Box::new(Record { link: self.link(&record.native_id), ..record }))
            }
            Ok(_) if is_about_an_organisation(row) => Row::OfNoCitizen,
            Ok(_) | Err(_) => Row::Unreadable,
        }
    }

    /// Reads the details of a page's cases. A case whose details do not come stays, flagged, with what its row tells.
    async fn complete(&self, ctx: &CallContext, records: &mut [Record]) -> Result<(), SourceError> {
        let ids: Vec<_> = records.iter().map(|record| record.native_id.clone()).collect();
        let calls: Vec<_> = ids.iter().map(|id| self.detail(ctx, id)).collect();
        let details = read_details(ctx, &self.info.id, DETAILS.name, self.session.concurrency(), calls).await?;
        for (record, detail) in records.iter_mut().zip(details) {
            if !detail.is_some_and(|detail| translate::complete(record, detail)) {
                record.flags.push(QualityFlag::DetailsMissing);
            }
        }
        Ok(())
    }
}

/// What a row is.
enum Row {
    Of(Box<Record>),
    OfNoCitizen,
    Unreadable,
}
