//! [DK] gennemlæsning: the active cases of all citizens, one page of the search at a time. A search row tells what a
//! listing needs, so no case is read by itself.

use std::collections::HashSet;

use super::reads::{SEARCH, STATUS_LIST};
use super::search::Place;
use super::settings::{PAGE_SIZE_MAX, Paging as Words, Settings};
use super::token::Door;
use super::{fault, search, translate, wire};
use crate::contract::{CallContext, CasePage, ListQuestion, PageToken, SourceError, SourceId};
use crate::listing::{Paging, mark, only_whole};
use crate::transport::Call;

/// One page of the listing.
pub(super) async fn page(
    door: &Door,
    ctx: &CallContext,
    source: &SourceId,
    settings: &Settings,
    question: ListQuestion<'_>,
) -> Result<CasePage, SourceError> {
    only_whole(SEARCH.name, question.since)?;
    let some = |ids: &Vec<u32>| Some(ids.clone()).filter(|ids| !ids.is_empty());
    let (templates, types) = (some(&settings.list_templates), some(&settings.list_types));
    let paging = paging(settings);
    let window = paging.open(question.page.as_str(), question.page_rows)?;
    if settings.paging == Words::None && !window.is_first() {
        return Err(no_paging());
    }
    // Read for each page, which is one small call for hundreds of rows: the installation's own people may change them.
    let wanted = wire::Search {
        statuses: Some(active_statuses(door, ctx).await?),
        templates,
        types: types.map(|ids| ids.into_iter().map(|id| wire::TypeFilter { id }).collect()),
        ..wire::Search::default()
    };
    let rows = u32::try_from(window.rows()).unwrap_or(PAGE_SIZE_MAX);
    let skip = usize::try_from(paging.skip(window)).unwrap_or(usize::MAX);
    let number = usize::try_from(window.number()).unwrap_or(usize::MAX).saturating_add(1);
    let place = Place { page: number, told: skip };
    let found = search::ask(door, ctx, search::paged(wanted, settings.paging, rows, place)).await?;
    let uncounted = || SourceError::malformed(SEARCH.name, "the answer does not count its results");
    let total = found.total.ok_or_else(uncounted)? as u64;
    let raw = found.rows.unwrap_or_default();
    let read: Vec<wire::Case> = raw.iter().filter_map(|row| serde_json::from_str(row.get()).ok()).collect();
    let ids: Vec<String> = read.iter().map(|row| row.id.to_string()).collect();
    let next = paging.next(window, raw.len(), total, ids.iter().map(String::as_str))?;
    if settings.paging == Words::None && next.is_some() {
        return Err(no_paging());
    }
    let comes_again = window.comes_again(next.as_deref());
    let mut page = CasePage { next: next.map(PageToken::new), total: Some(total), ..CasePage::default() };
    if comes_again {
        return Ok(page);
    }
    page.unreadable = u32::try_from(raw.len() - read.len()).unwrap_or(u32::MAX);
    let mut seen = HashSet::new();
    for row in read {
        if !seen.insert(row.id) {
            continue;
        }
        match translate::listed(source, row, settings.case_link.as_deref()) {
            Some(records) => page.records.extend(records),
            None => page.unreadable = page.unreadable.saturating_add(1),
        }
    }
    Ok(page)
}

/// The statuses are not in the scope: a status that the installation adds is no other listing.
fn paging(settings: &Settings) -> Paging {
    let ids = |ids: &[u32]| ids.iter().flat_map(|id| id.to_be_bytes()).collect::<Vec<u8>>();
    let counts_rows = settings.paging == Words::LimitSkip;
    let scope = mark([&ids(&settings.list_templates)[..], &ids(&settings.list_types)[..], &[u8::from(counts_rows)]]);
    Paging { operation: SEARCH.name, rows_max: PAGE_SIZE_MAX as usize, counts_rows, scope }
}

fn no_paging() -> SourceError {
    SourceError::config_invalid(SEARCH.name, "the setting `paging` is `none`, and there is more than one page")
}

/// The ids of every status that is not over; one whose state nobody knows counts as active.
async fn active_statuses(door: &Door, ctx: &CallContext) -> Result<Vec<i64>, SourceError> {
    let answer = fault::checked(door.exchange(ctx, &STATUS_LIST, Call::default).await?)?;
    let known: Vec<wire::KnownState> = answer.json().await?;
    let mut active: Vec<i64> =
        known.iter().filter(|status| !translate::is_over(&status.state)).map(|status| status.id).collect();
    active.sort_unstable();
    if active.is_empty() {
        // An empty list could mean "all" to the installation.
        return Err(SourceError::malformed(STATUS_LIST.name, "no status counts as active"));
    }
    Ok(active)
}
