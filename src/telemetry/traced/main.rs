//! One look-up as a portal, a collector and the source systems see it: one trace through all of them, and nothing of the
//! citizen in any of it.
//!
//! A process of its own, because it records the telemetry of the whole process.

mod collector;
mod house;

use std::collections::{BTreeMap, BTreeSet};

use glasplade::telemetry::FIGURES;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use crate::collector::{Collector, text_of};
use crate::house::House;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PORTAL: &str = "00f067aa0ba902b7";
const OTHER_TRACE: &str = "aaf92f3577b34da6a3ce929d0e0e4736";

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_shows_the_portal_the_overview_and_each_source() {
    let mut collector = Collector::start().await;
    // None that begins here is recorded: what is there, a caller wanted.
    let house = House::open(&collector.endpoint(), 0.0).await;
    let sent = [format!("00-{TRACE}-{PORTAL}-01"), format!("00-{OTHER_TRACE}-{PORTAL}-00")];
    let with_others = [("traceparent", &*sent[0]), ("tracestate", "portal=p1,other=o2"), ("baggage", "who=1405049979")];
    let recorded = house.look_up("claus", &with_others).await;
    let unrecorded = house.look_up("kirsten", &[("traceparent", &*sent[1])]).await;
    let unasked = house.look_up("sara", &[]).await;
    let sources = house.sources();
    house.stop().await;
    let told = collector.received();

    let spans: Vec<&Span> = told.spans.iter().collect();
    let traces: BTreeSet<(String, &str)> = spans.iter().map(|span| (hex(&span.trace_id), span.name.as_str())).collect();
    assert!(
        !spans.is_empty() && traces.iter().all(|(trace, _)| trace == TRACE),
        "one trace, the recorded one: {traces:?}"
    );
    let request = spans.iter().find(|span| span.name == "POST /v1/overviews").expect("the overview's span");
    assert_eq!((hex(&request.parent_span_id).as_str(), request.kind), (PORTAL, SpanKind::Server as i32));
    let calls: BTreeMap<String, &&Span> = spans
        .iter()
        .filter(|span| span.kind == SpanKind::Client as i32)
        .map(|span| (hex(&span.span_id), span))
        .collect();
    let with_span: BTreeSet<&str> = calls.values().filter_map(|span| text_of(&span.attributes, "source.id")).collect();
    assert!(sources.iter().all(|id| with_span.contains(id.as_str())), "a span for each of {sources:?}: {with_span:?}");
    for call in calls.values() {
        assert_eq!(call.parent_span_id, request.span_id, "{}", call.name);
    }

    // What the sources were told, SOAP and JSON alike, is the span around the very call.
    assert!(recorded.iter().any(|headers| headers.contains_key("soapaction")
        || headers.get("content-type").is_some_and(|value| value.as_bytes().starts_with(b"application/soap+xml"))));
    let mut parents = BTreeSet::new();
    for headers in &recorded {
        let parent = headers["traceparent"].to_str().expect("ASCII");
        let span = parent.strip_prefix(&format!("00-{TRACE}-")).and_then(|rest| rest.strip_suffix("-01"));
        let span = span.unwrap_or_else(|| panic!("{parent} is of another trace"));
        assert!(calls.contains_key(span), "{parent} is nobody's call");
        parents.insert(span.to_owned());
        assert_eq!(headers["tracestate"], "portal=p1,other=o2");
        assert!(!headers.contains_key("baggage"));
    }
    assert_eq!(parents.len(), calls.len(), "each call was told of");
    for headers in &unrecorded {
        let parent = headers["traceparent"].to_str().expect("ASCII");
        assert!(parent.starts_with(&format!("00-{OTHER_TRACE}-")) && parent.ends_with("-00"), "{parent}");
        assert!(
            !parent.contains(PORTAL) && !headers.contains_key("tracestate"),
            "our own span, and no state of others"
        );
    }
    let ids: BTreeSet<&str> =
        unasked.iter().map(|headers| &headers["traceparent"].to_str().expect("ASCII")[3..35]).collect();
    assert!(!unasked.is_empty() && ids.len() == 1 && !ids.contains(TRACE), "one new trace: {ids:?}");

    let known: BTreeSet<&str> = FIGURES.iter().map(|figure| figure.name).collect();
    let measured: BTreeSet<&str> = told.figures.iter().map(String::as_str).collect();
    assert!(measured.is_subset(&known) && measured.contains("http.server.request.duration"), "{measured:?}");
    assert!(told.lines > 0, "lines go to the collector, too");
    let bodies = String::from_utf8_lossy(&told.bytes).into_owned();
    for mark in house::NUMBERS {
        assert!(!bodies.contains(mark), "a number stands in telemetry");
    }
    assert!(!bodies.contains("Prøve") && !bodies.contains("az1000"), "a name or an employee stands in telemetry");
}
