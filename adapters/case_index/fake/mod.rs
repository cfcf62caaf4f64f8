//! The fake index: a SOAP server for `fremsoeg` that reads the whole question, and refuses everything that writes.

mod envelope;
mod moments;
mod question;
mod relations;
mod render;
mod schema;
mod search;
mod systems;
#[cfg(test)]
mod tests;
mod tree;

use envelope::Asked;
use question::Question;
use search::Rows;
pub use systems::master_system_uuid;
use tree::{Space, Style, Tag};

use super::wire::OUTPUT;
use crate::contract::CprNumber;
use crate::fake::population::CaseRow;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault};

/// The most rows that one page holds, whatever is asked for.
pub(super) const PAGE_MAX: usize = 1_000;

/// SF1470, invented.
pub(crate) struct CaseIndexFake {
    context: FakeContext,
    rows: Rows,
}

impl CaseIndexFake {
    /// Serves the `case_index` rows of a population.
    pub(crate) fn new(context: FakeContext) -> Self {
        Self { rows: Rows::new(&context.world), context }
    }

    fn search(&self, request: &FakeRequest, asked: &Asked, question: &Question) -> FakeAnswer {
        if let Some(code) = request.header("x-fake-status") {
            return asked.answer(Style::Prefixed, output(code, Some(&echo(question)), Vec::new()));
        }
        let is_beyond = |question: &Question| {
            let mut beyond = question.first < 0 || question.most.is_some_and(|most| most < 0);
            if let Some(search) = &question.search {
                search.each_case(&mut |example| beyond |= example.beyond);
            }
            beyond
        };
        let says_nothing = question.search.as_ref().is_some_and(question::Expression::is_empty)
            || (question.search.is_none() && question.ids.is_empty());
        if says_nothing || is_beyond(question) {
            return asked
                .answer(Style::Prefixed, output("40", Some("Opdigtet: udtrykket kan ikke besvares"), Vec::new()));
        }
        let found = self.rows.find(question, request.instead.as_deref(), self.context.clock.now());
        if found.is_empty() {
            let code = request.header("x-fake-no-hit").unwrap_or("20");
            return asked.answer(Style::Prefixed, output(code, None, Vec::new()));
        }
        let first = usize::try_from(question.first).unwrap_or(0);
        let most = question.most.and_then(|most| usize::try_from(most).ok()).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        let page: Vec<&CaseRow> = match question.views.as_slice() {
            [] => Vec::new(),
            _ => found.iter().skip(first).take(most).copied().collect(),
        };
        let has_other = page.iter().any(|row| row.quirks.get("prefixes").is_some_and(|prefixes| prefixes == "other"));
        let style = if has_other { Style::Unprefixed } else { Style::Prefixed };
        let cases = page.iter().map(|row| render::snapshot(row, &self.context.world, &question.views));
        let count = std::iter::once(count(found.len(), first, most));
        asked.answer(style, output("20", Some("OK"), count.chain(cases).collect()))
    }
}

/// What a careless error text repeats: the number asked for.
fn echo(question: &Question) -> String {
    let citizen = question.citizen().unwrap_or_default();
    format!("Opdigtet: fejl ved opslag paa {}{citizen}", CprNumber::URN_PREFIX)
}

fn output(code: &str, text: Option<&str>, rest: Vec<Tag>) -> Tag {
    let returned = Tag::new(Space::Oio, "StandardRetur")
        .add(Tag::text(Space::Oio, "StatusKode", code))
        .with(text.map(|text| Tag::text(Space::Oio, "FejlbeskedTekst", text)));
    Tag::new(Space::Index, OUTPUT).add(returned).with(rest)
}

fn count(total: usize, first: usize, most: usize) -> Tag {
    let paging = Tag::new(Space::Index, "Paginering")
        .add(Tag::text(Space::Oio, "FoersteResultatReference", first.to_string()))
        .add(Tag::text(Space::Oio, "MaksimalAntalKvantitet", most.to_string()));
    Tag::new(Space::Index, "Antal")
        .add(Tag::text(Space::Index, "Element", "sager"))
        .add(Tag::text(Space::Index, "Antal", total.to_string()))
        .add(paging)
}

impl FakeSystem for CaseIndexFake {
    fn name(&self) -> &'static str {
        "case_index"
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let question = Asked::read(request).ok()?.question().ok()?;
        let of_case = || question.ids.iter().find_map(|id| self.rows.citizen_of(id)).map(str::to_owned);
        question.citizen().or_else(of_case)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let asked = match Asked::read(request) {
            Ok(asked) => asked,
            Err(refusal) => return *refusal,
        };
        match asked.question() {
            Ok(question) => self.search(request, &asked, &question),
            Err(invalid) => envelope::fault(asked.version, "Client", &format!("Ugyldig forespoergsel: {}", invalid.0)),
        }
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        let version = Asked::read(request).map_or(crate::transport::soap::SoapVersion::V11, |asked| asked.version);
        match fault {
            VendorFault::RefusedToken => envelope::fault(version, "Client", "Opdigtet: token afvist"),
            VendorFault::Fault => {
                let about = self.citizen(request).unwrap_or_default();
                envelope::fault(version, "Server", &format!("Opdigtet: intern fejl ved opslag paa {about}"))
            }
        }
    }
}
