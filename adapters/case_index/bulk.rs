//! A bulk listing in the fake's words, and what the wire shapes make of it: for the benchmark.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use uuid::Uuid;

use super::fake::CaseIndexFake;
use super::place::Place;
use super::wire::{Output, PATH};
use super::{fake, request};
use crate::bulk::Counted;
use crate::contract::ManualClock;
use crate::fake::{FakeContext, FakeRequest, FakeSystem as _, World};
use crate::transport::xml::Element;

/// The fake's largest page.
const PAGE_ROWS: usize = fake::PAGE_MAX;

/// The answer to a listing, with the cases of the whole world repeated until there are so many bytes.
pub(crate) fn listing(world: World, now: Timestamp, bytes: usize) -> String {
    const TAG: &str = "SagFiltreretOejebliksbillede>";
    let fake = CaseIndexFake::new(FakeContext { world: Arc::new(world), clock: Arc::new(ManualClock::at(now)) });
    let mut text = String::new();
    let mut end = String::new();
    let mut first = 0;
    while text.len() < bytes {
        let place = Place::whole(now, first);
        let question = request::stored_within(Uuid::nil(), &place, PAGE_ROWS);
        let answer = fake.answer(&asking(question));
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        // The page is its frame and its cases.
        let Some((opened, closed)) = page.find(TAG).zip(page.rfind(TAG)) else {
            if first == 0 {
                return page;
            }
            first = 0;
            continue;
        };
        let start = page[..opened].rfind('<').unwrap_or(opened);
        let stop = closed + TAG.len();
        if text.is_empty() {
            text.push_str(&page[..start]);
            page[stop..].clone_into(&mut end);
        }
        text.push_str(&page[start..stop]);
        first += PAGE_ROWS;
    }
    text + &end
}

fn asking(question: String) -> FakeRequest {
    let headers =
        HeaderMap::from_iter([(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/xml; charset=utf-8"))]);
    let path = PATH.to_owned();
    FakeRequest { method: Method::POST, path, query: Vec::new(), headers, body: Bytes::from(question), instead: None }
}

/// What is in an envelope.
pub(crate) fn count(envelope: Element<'_>) -> Counted {
    let body = envelope.elements().find(|part| part.name() == "Body").and_then(Element::only_element);
    let Some(output) = body.and_then(Output::read) else { return Counted::default() };
    let registrations = output.cases.iter().flat_map(|case| &case.registrations);
    registrations.fold(Counted { cases: output.cases.len(), ..Counted::default() }, |counted, one| {
        let lists = [&one.actors, &one.classes, &one.parties, &one.cases, &one.profiles, &one.systems];
        let titles = one.properties.iter().filter_map(|properties| properties.title.as_deref());
        Counted {
            relations: counted.relations + lists.iter().map(|list| list.len()).sum::<usize>(),
            title_bytes: counted.title_bytes + titles.map(str::len).sum::<usize>(),
            ..counted
        }
    })
}
