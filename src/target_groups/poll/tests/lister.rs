//! A source that tells its cases page by page, and fails, hangs, forgets and moves rows as its script says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use glasplade_adapters::contract::{
    CallContext, Capability, CasePage, CprNumber, Fetched, ListQuestion, Listing, PageToken, Record, Since,
    SourceAdapter, SourceError, SourceErrorKind, SourceId, SourceInfo,
};
use jiff::Timestamp;
use tokio::sync::watch;

/// One case: a row for each of its citizens.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) rows: Vec<Record>,
    /// When it was last registered.
    pub(super) changed: Timestamp,
    /// It is left out of the whole listing, and found when it is asked for.
    pub(super) is_unlisted: bool,
    /// It is told as gone.
    pub(super) is_gone: bool,
}

#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) cases: Vec<Case>,
    /// Pages (from 1) that fail, how often, and how.
    pub(super) failing: HashMap<usize, (u32, SourceErrorKind)>,
    /// Every look-up of one citizen fails.
    pub(super) look_ups_fail: Option<SourceErrorKind>,
    /// Rows of every look-up that cannot be read.
    pub(super) look_ups_unreadable: u32,
    /// Rows of the first page that cannot be read.
    pub(super) unreadable: u32,
    /// Page tokens of this make alone are taken.
    pub(super) make: u32,
    /// Cases moved to the front when the page is asked for: their rows slip out of the pages to come.
    pub(super) moved_before: HashMap<usize, Vec<String>>,
    /// Pages told, by number.
    pub(super) pages: Vec<usize>,
    /// Citizens who were looked up.
    pub(super) look_ups: Vec<CprNumber>,
}

#[derive(Debug)]
pub(super) struct Lister {
    info: SourceInfo,
    listing: Listing,
    script: Mutex<Script>,
    is_held: watch::Sender<bool>,
}

impl Lister {
    pub(super) fn new(id: &str, listing: Listing) -> Arc<Self> {
        let info = SourceInfo { id: SourceId::new(id), kind: "scripted", reads: &[] };
        Arc::new(Self { info, listing, script: Mutex::default(), is_held: watch::Sender::new(false) })
    }

    pub(super) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it has these cases, each registered at the beginning of time.
    pub(super) fn has(&self, rows: impl IntoIterator<Item = Record>) {
        let case = |row| Case { rows: vec![row], changed: Timestamp::UNIX_EPOCH, is_unlisted: false, is_gone: false };
        self.script().cases = rows.into_iter().map(case).collect();
    }

    /// Changes one case.
    pub(super) fn changes(&self, id: &str, change: impl FnOnce(&mut Case)) {
        let mut script = self.script();
        let case = script.cases.iter_mut().find(|case| &*case.rows[0].native_id == id);
        change(case.expect("a case of the source"));
    }

    /// It no longer has these cases.
    pub(super) fn loses(&self, goes: impl Fn(&str) -> bool) {
        self.script().cases.retain(|case| !goes(&case.rows[0].native_id));
    }

    /// The page fails so often.
    pub(super) fn fails(&self, page: usize, times: u32, kind: SourceErrorKind) {
        self.script().failing.insert(page, (times, kind));
    }

    /// Calls wait until [`Lister::releases`].
    pub(super) fn holds(&self) {
        self.is_held.send_replace(true);
    }

    pub(super) fn releases(&self) {
        self.is_held.send_replace(false);
    }

    /// Pages told since the last time that this was asked.
    pub(super) fn pages_told(&self) -> Vec<usize> {
        std::mem::take(&mut self.script().pages)
    }

    /// Citizens looked up since the last time that this was asked.
    pub(super) fn looked_up(&self) -> Vec<CprNumber> {
        std::mem::take(&mut self.script().look_ups)
    }

    fn page(&self, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        let mut script = self.script();
        let at = if question.page.is_first() {
            1
        } else {
            let words = question.page.as_str().split_once('/');
            let words = words.and_then(|(make, at)| Some((make.parse::<u32>().ok()?, at.parse::<usize>().ok()?)));
            let (_, at) = words
                .filter(|(make, _)| *make == script.make)
                .ok_or_else(|| SourceError::config_invalid("list", "the page is of another listing: begin anew"))?;
            at
        };
        if let Some((times, kind)) = script.failing.get_mut(&at).filter(|(times, _)| *times > 0) {
            *times -= 1;
            return Err(match kind {
                SourceErrorKind::Unavailable => SourceError::unreached("list", "the script says so"),
                kind => SourceError::new(*kind, "list", "the script says so"),
            });
        }
        for id in script.moved_before.remove(&at).unwrap_or_default() {
            let from = script.cases.iter().position(|case| *case.rows[0].native_id == *id).expect("a case");
            let case = script.cases.remove(from);
            script.cases.insert(0, case);
        }
        script.pages.push(at);
        let is_asked_for = |case: &&Case| match question.since {
            Since::Beginning => !case.is_unlisted && !case.is_gone,
            Since::Registered { from, until } => (from..=until).contains(&case.changed),
        };
        let all: Vec<&Case> = script.cases.iter().filter(is_asked_for).collect();
        let before = (at - 1) * question.page_rows;
        let shown: Vec<&Case> = all.iter().skip(before).take(question.page_rows).copied().collect();
        let has_more = before + question.page_rows < all.len();
        Ok(CasePage {
            records: shown.iter().filter(|case| !case.is_gone).flat_map(|case| case.rows.clone()).collect(),
            gone: shown.iter().filter(|case| case.is_gone).map(|case| Arc::clone(&case.rows[0].native_id)).collect(),
            unreadable: if at == 1 { script.unreadable } else { 0 },
            next: has_more.then(|| PageToken::new(format!("{}/{}", script.make, at + 1))),
            total: Some(all.len() as u64),
        })
    }
}

impl SourceAdapter for Lister {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn capability(&self) -> Capability {
        Capability { cases: true, interventions: true, states_citizen: true, phone: true, listing: self.listing }
    }

    async fn fetch(&self, _ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        let mut script = self.script();
        script.look_ups.push(*citizen);
        if let Some(kind) = script.look_ups_fail {
            return Err(SourceError::new(kind, "fetch", "the script says so"));
        }
        let rows = script.cases.iter().filter(|case| !case.is_gone).flat_map(|case| &case.rows);
        let records = rows.filter(|row| row.about.may_be(citizen)).cloned().collect();
        Ok(Fetched { records, unreadable: script.look_ups_unreadable, cut_short: false })
    }

    async fn list_cases(&self, _ctx: &CallContext, question: ListQuestion<'_>) -> Result<CasePage, SourceError> {
        let _ = self.is_held.subscribe().wait_for(|is_held| !is_held).await;
        self.page(question)
    }

    async fn probe(&self, _ctx: &CallContext) -> Result<(), SourceError> {
        Ok(())
    }
}
