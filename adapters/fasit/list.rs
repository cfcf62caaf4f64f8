//! [DK] gennemlæsning: the active cases of all citizens, one page of the search by rules at a time.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::reads::{CASES, LIST};
use super::{Fasit, translate, wire};
use crate::contract::{
    About, CallContext, CasePage, ListQuestion, PageToken, PersonId, QualityFlag, Record, SourceError,
};
use crate::listing::{Paging, mark, only_whole, read_details};

/// Most rows that the search gives at a time.
pub(super) const ROWS_MAX: usize = 250;

/// A row that can be used: which case it is, and whose.
struct Listed {
    id: String,
    whose: PersonId,
    row: wire::Row,
}

/// Cases as `getcases` tells them, by citizen and case.
type Details = HashMap<(String, String), wire::Case>;

impl Fasit {
    /// One page of the listing.
    pub(super) async fn page(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        only_whole(LIST.name, question.since)?;
        let statuses = &self.settings.active_status_codes;
        let scope = mark(statuses);
        let paging = Paging { operation: LIST.name, rows_max: ROWS_MAX, counts_rows: false, scope };
        let window = paging.open(question.page.as_str(), question.page_rows)?;
        let search = wire::BulkSearch::active(statuses, window.number(), window.rows());
        let found = self.backend.list(ctx, &search).await?;
        let got = found.rows.len();
        let rows: Vec<Listed> = found.rows.into_iter().filter_map(listed).collect();
        let next = paging.next(window, got, found.total, rows.iter().map(|row| row.id.as_str()))?;
        let comes_again = window.comes_again(next.as_deref());
        let mut page = CasePage { next: next.map(PageToken::new), total: Some(found.total), ..CasePage::default() };
        if comes_again {
            return Ok(page);
        }
        page.unreadable = u32::try_from(got - rows.len()).unwrap_or(u32::MAX);
        let mut details = if self.settings.list_details { Some(self.details(ctx, &rows).await?) } else { None };
        let mut seen = HashSet::new();
        for row in rows {
            if seen.insert(row.id.clone()) {
                page.records.extend(self.record(ctx, row, details.as_mut()));
            }
        }
        Ok(page)
    }

    /// The row with its details, or, when they did not come, as it is.
    fn record(&self, ctx: &CallContext, listed: Listed, details: Option<&mut Details>) -> Option<Record> {
        let Listed { id, whose, row } = listed;
        let wanted = details.is_some();
        let key = |citizen: &String| (citizen.clone(), id);
        let detail = details.zip(row.citizen_id.as_ref().map(key)).and_then(|(details, key)| details.remove(&key));
        let is_missing = wanted && detail.is_none();
        let case = detail.unwrap_or_else(|| row.into_case());
        let mut record = translate::record(case, &About::Stated(vec![whose]), self.frame(ctx))?;
        if is_missing {
            record.flags.push(QualityFlag::DetailsMissing);
        }
        Some(record)
    }

    /// The cases of everybody on the page, each citizen asked for once.
    async fn details(&self, ctx: &CallContext, rows: &[Listed]) -> Result<Details, SourceError> {
        let mut seen = HashSet::new();
        let citizens = rows.iter().filter_map(|listed| listed.row.citizen_id.as_deref());
        let citizens: Vec<&str> = citizens.filter(|citizen| seen.insert(*citizen)).collect();
        let calls: Vec<_> = citizens.iter().map(|citizen| self.backend.cases(ctx, citizen)).collect();
        let at_once = self.backend.connection.limits().concurrency_max;
        let answers = read_details(ctx, &self.info.id, CASES.name, at_once, calls).await?;
        let mut details = Details::new();
        for (citizen, cases) in citizens.into_iter().zip(answers) {
            // A case that cannot be read is one that the answer does not tell of.
            let cases = cases.into_iter().flatten().filter_map(|case| wire::Case::deserialize(case).ok());
            for case in cases {
                if let Some(id) = case.id.clone() {
                    details.insert((citizen.to_owned(), id), case);
                }
            }
        }
        Ok(details)
    }
}

/// A row that tells which case it is and whose; another is unreadable.
fn listed(row: serde_json::Value) -> Option<Listed> {
    let mut row = wire::Row::deserialize(row).ok()?;
    let whose = PersonId::parse(row.cpr.take()?.as_str()).ok()?;
    Some(Listed { id: row.id.clone()?, whose, row })
}
