//! For tests: a whole listing, read as the house reads it, and a hand on what the fake answers meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::contract::{About, Adapter, CallContext, CasePage, ListQuestion, PageToken, Record, Since, SourceError};
use crate::fake::{FakeAnswer, FakeRequest, FakeSystem, VendorFault};

/// More pages than any test has: a listing that has not ended by then never will.
const PAGES_MAX: usize = 300;

/// One page of the whole listing.
pub(crate) async fn page(
    adapter: &Adapter,
    ctx: &CallContext,
    token: &str,
    page_rows: usize,
) -> Result<CasePage, SourceError> {
    let page = PageToken::new(token);
    adapter.list_cases(ctx, ListQuestion { since: Since::Beginning, page: &page, page_rows }).await
}

/// All pages; `meanwhile` is called between two of them, with how many there were.
pub(crate) async fn sweep(
    adapter: &Adapter,
    ctx: impl Fn() -> CallContext,
    page_rows: usize,
    mut meanwhile: impl FnMut(usize),
) -> Result<Vec<CasePage>, SourceError> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let read = page(adapter, &ctx(), &token, page_rows).await?;
        let next = read.next.clone();
        pages.push(read);
        assert!(pages.len() < PAGES_MAX, "the listing never ends");
        let Some(next) = next else { return Ok(pages) };
        next.as_str().clone_into(&mut token);
        meanwhile(pages.len());
    }
}

/// Everything that was listed.
pub(crate) fn records(pages: &[CasePage]) -> impl Iterator<Item = &Record> {
    pages.iter().flat_map(|page| &page.records)
}

/// Case and citizen of each record; each must name exactly one citizen.
pub(crate) fn pairs<'a>(records: impl IntoIterator<Item = &'a Record>) -> BTreeSet<(String, String)> {
    let pair = |record: &Record| {
        let About::Stated(people) = &record.about else { panic!("a record of nobody") };
        let [citizen] = people.as_slice() else { panic!("a record of several") };
        let number = citizen.as_cpr().map_or("not a number of the register", |number| number.expose());
        (record.native_id.to_string(), number.to_owned())
    };
    records.into_iter().map(pair).collect()
}

type Change = dyn Fn(&FakeRequest, FakeAnswer) -> FakeAnswer + Send + Sync;

/// A fake whose answers are changed before they leave.
pub(crate) struct Staged {
    inner: Arc<dyn FakeSystem>,
    change: Box<Change>,
}

impl Staged {
    /// `inner` with this change.
    pub(crate) fn over(
        inner: Arc<dyn FakeSystem>,
        change: impl Fn(&FakeRequest, FakeAnswer) -> FakeAnswer + Send + Sync + 'static,
    ) -> Arc<dyn FakeSystem> {
        Arc::new(Self { inner, change: Box::new(change) })
    }
}

impl FakeSystem for Staged {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        self.inner.citizen(request)
    }
    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        (self.change)(request, self.inner.answer(request))
    }
    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.inner.fault(request, fault)
    }
}

/// An answer in JSON with something changed in it.
pub(crate) fn edited(answer: &FakeAnswer, edit: impl FnOnce(&mut Value)) -> FakeAnswer {
    let mut body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    edit(&mut body);
    FakeAnswer::json(answer.status.as_u16(), &body)
}
