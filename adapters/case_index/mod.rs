//! SF1470 Sags- og Dokumentindeks v6: the joint case index, over SOAP 1.1. It only searches; it imports, changes and
//! removes nothing.

mod actors;
mod place;
mod request;
mod settings;
mod translate;
mod wire;

#[cfg(feature = "fakes")]
pub(crate) mod bulk;
#[cfg(feature = "fakes")]
pub(crate) mod fake;
#[cfg(all(test, feature = "fakes"))]
mod listing_tests;
#[cfg(all(test, feature = "fakes"))]
mod tests;
#[cfg(test)]
mod translate_tests;

use std::collections::HashSet;
use std::sync::Arc;

use place::Place;
use settings::Settings;
use translate::{Listed, Row, Translation};
use wire::Output;

use crate::contract::{
    CallContext, Capability, CasePage, CprNumber, Fetched, ListQuestion, Listing, PageToken, ReadOperation,
    SourceAdapter, SourceError, SourceInfo,
};
use crate::page_words;
use crate::register::{self, Build, BuildError, Kind, SourceConfig};
use crate::sts::fault::Verdict;
use crate::sts::{self, fault};
use crate::transport::soap::{self, SoapVersion};
use crate::transport::{Answer, Connection};

/// This kind of source.
pub(crate) const KIND: Kind = Kind {
    name: "case_index",
    reads: READS,
    build: Build::Cases(|config| build(config).map(register::share)),
    #[cfg(feature = "fakes")]
    fake: |context| Arc::new(fake::CaseIndexFake::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: settings::warnings,
};

const SEARCH: &str = "search";

/// Every call that the adapter can make.
const READS: &[ReadOperation] = &[ReadOperation::soap(SEARCH, wire::PATH, wire::ACTION)];

/// Reads one case index.
#[derive(Debug)]
struct CaseIndex {
    info: SourceInfo,
    connection: Connection,
    settings: Settings,
    search: &'static ReadOperation,
}

fn build(config: SourceConfig<'_>) -> Result<CaseIndex, BuildError> {
    let settings = register::settings::<Settings>(config.settings)?.check()?;
    let reads = reads(&settings.path);
    let connection = Connection::new(&config.connection, reads)?;
    Ok(CaseIndex { info: SourceInfo { reads, ..KIND.info(config.id) }, connection, settings, search: &reads[0] })
}

/// The list of reads with the configured path: the same one search, elsewhere. It lives as long as the program, as every
/// list of reads does.
fn reads(path: &str) -> &'static [ReadOperation] {
    if path == wire::PATH {
        return READS;
    }
    let path: &'static str = Box::leak(Box::<str>::from(path));
    Box::leak(Box::new([ReadOperation::soap(SEARCH, path, wire::ACTION)]))
}

impl SourceAdapter for CaseIndex {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn capability(&self) -> Capability {
        Capability { cases: true, interventions: false, states_citizen: true, phone: false, listing: Listing::Changes }
    }

    async fn fetch(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        let Settings { page_size, .. } = self.settings;
        let now = ctx.clock.now();
        let translation = Translation { source: &self.info.id, settings: &self.settings, now };
        let mut gathering = Gathering { rows_max: self.connection.limits().rows_max, ..Gathering::default() };
        // One page after the other: only a page tells whether there is a next one, and few citizens have two.
        loop {
            let question = request::cases_of(ctx.transaction, citizen, gathering.first, page_size);
            let Some(page) = self.ask(ctx, question).await? else { break };
            if !gathering.take(&page, page_size as usize, &translation, citizen) {
                break;
            }
        }
        Ok(gathering.fetched)
    }

    async fn list_cases(&self, ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        let now = ctx.clock.now();
        let place = Place::of(&question, &self.settings, now).ok_or_else(|| page_words::unreadable(SEARCH))?;
        let most = question.page_rows.clamp(1, self.settings.list_page_size as usize);
        let answer = self.ask(ctx, request::stored_within(ctx.transaction, &place, most)).await?.unwrap_or_default();
        let translation = Translation { source: &self.info.id, settings: &self.settings, now };
        let next = place.after(SEARCH, &answer, most, now)?.map(|next| PageToken::new(next.to_string()));
        let mut page = CasePage { next, total: place.total(&answer), ..CasePage::default() };
        for snapshot in &answer.cases {
            let Listed { records, gone, is_unreadable } = translation.listed(snapshot);
            page.records.extend(records);
            page.gone.extend(gone.map(|id| Arc::from(id.to_string())));
            page.unreadable += u32::from(is_unreadable);
        }
        Ok(page)
    }

    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        self.ask(ctx, request::no_case(ctx.transaction)).await.map(drop)
    }
}

impl CaseIndex {
    /// One exchange; `None` when the index says that it knows no cases.
    async fn ask(&self, ctx: &CallContext, question: String) -> Result<Option<Output>, SourceError> {
        let call = soap::call(SoapVersion::V11, self.search, question);
        let answer = self.connection.exchange(ctx, self.search, call).await?;
        output(answer).await
    }
}

async fn output(answer: Answer) -> Result<Option<Output>, SourceError> {
    let operation = answer.operation.name;
    let body = sts::body(answer).await?;
    let output =
        Output::read(body.root()).ok_or_else(|| SourceError::malformed(operation, "not the answer to a search"))?;
    match fault::of_code(operation, output.code) {
        Verdict::Good => Ok(Some(output)),
        Verdict::Nothing => Ok(None),
        Verdict::Refused(error) => Err(error),
    }
}

/// The pages of one look-up, put together.
#[derive(Default)]
struct Gathering {
    fetched: Fetched,
    seen: HashSet<uuid::Uuid>,
    rows: usize,
    rows_max: usize,
    /// The next page's first row.
    first: usize,
}

impl Gathering {
    /// Takes a page; `true` when there is reason to ask for the next.
    fn take(&mut self, page: &Output, page_size: usize, translation: &Translation<'_>, citizen: &CprNumber) -> bool {
        let rows_before = self.rows;
        for snapshot in &page.cases {
            // Pages shift when a case is stored between two of them: a case that was on the last page is no second case.
            if snapshot.id.is_some_and(|id| !self.seen.insert(id)) {
                continue;
            }
            if self.rows == self.rows_max {
                self.fetched.cut_short = true;
                return false;
            }
            self.rows += 1;
            match translation.row(snapshot, citizen) {
                Row::Read(record) => self.fetched.records.push(*record),
                Row::Deleted => {}
                Row::Unreadable => self.fetched.unreadable += 1,
            }
        }
        self.first += page.cases.len();
        let is_new = self.rows > rows_before;
        // Whether `Antal` counts all rows or only the page's is not public, so a full page ends the look-up only when
        // `Antal` is surely the whole.
        let is_full = page.cases.len() >= page_size;
        let by_count = page.total.map(|total| (total > self.first, total > page_size));
        is_new
            && match by_count {
                Some((true, _)) => true,
                Some((false, true)) => false,
                Some((false, false)) | None => is_full,
            }
    }
}
