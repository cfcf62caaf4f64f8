//! One marked citizen is driven through every source, fault and error path while everything that could write is listened
//! to: the marks may stand in the answers and in what the source systems were asked, and nowhere else.
//!
//! A process of its own, because it listens to all telemetry at its finest.

mod citizen;
mod house;
mod people;

use std::collections::BTreeMap;
use std::time::Duration;

use glasplade_adapters::fake::Fault;
use serde_json::{Value, json};

use crate::citizen::{CPR, MARKS};
use crate::house::{House, Kept, request};
use crate::people::{CHILD, FORMER, SPOUSE};

const FAULTS: [&str; 11] = [
    "500",
    "503",
    "429",
    "soap-fault",
    "html",
    "truncated",
    "endless",
    "another-citizen",
    "refused-token",
    "down",
    "reset",
];

/// So long a look-up waits for what hangs.
const HASTY_MS: u64 = 300;

/// Sink by sink, everything that was written and is not an answer.
type Sinks = BTreeMap<&'static str, Vec<u8>>;

fn assert_clean(sinks: &Sinks) {
    for (name, bytes) in sinks {
        assert!(!bytes.is_empty(), "`{name}` was listened to");
        // Telemetry at its finest is long: it is made lower case once, and a mark is a plain text in it.
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        // SQLite and JSON escape nothing of a mark: ASCII, and Danish letters as UTF-8; telemetry may escape those.
        let escaped = MARKS.map(|mark| mark.escape_unicode_danish());
        for mark in MARKS.iter().map(|mark| (*mark).to_owned()).chain(escaped) {
            if let Some(at) = text.find(&mark.to_ascii_lowercase()) {
                let around: String = text[at..].chars().take(400).collect();
                panic!("`{mark}` stands in `{name}`: {around}");
            }
        }
    }
}

trait Escaped {
    fn escape_unicode_danish(&self) -> String;
}

impl Escaped for &str {
    /// As JSON writers write it that keep to ASCII.
    fn escape_unicode_danish(&self) -> String {
        self.chars()
            .map(|one| if one.is_ascii() { one.to_string() } else { format!("\\u{:04x}", u32::from(one)) })
            .collect()
    }
}

/// Look-ups of the marked citizen, plain and streamed, while all is well: the marks are in the answers.
async fn look_up_well(house: &House) {
    // Under the number before, too: from then on the service knows that both are one person.
    house.look_up("caseworker-jobcenter", FORMER, "application/json").await;
    for caller in ["caseworker-jobcenter", "benefit-officer", "provider-support", "caseworker-child"] {
        let answer = house.look_up(caller, CPR, "application/json").await;
        house.look_up(caller, CPR, "text/event-stream").await;
        if caller == "caseworker-jobcenter" {
            let told = ["MÆRKETITEL", "MÆRKEENHED", "Mærkenavn", "Mærkeafløser", "00 00 77 71", "00 00 77 73"];
            for mark in told.into_iter().chain(["Mærkeborger", "Mærkevej", "Mærkebarn"]) {
                assert!(
                    answer.contains(mark),
                    "`{mark}` reaches whoever may see it, so there is something to leak: {answer}"
                );
            }
            for never in [CPR, FORMER, CHILD, SPOUSE] {
                assert!(!answer.contains(never), "a number is not even in the answer");
            }
            for closed in ["Mærkefælle", "Mærkestræde"] {
                assert!(!answer.contains(closed), "the protected spouse is not in the answer: {answer}");
            }
            assert!(!answer.contains("HEMMELIGT"), "the index's secret title goes nowhere");
        }
    }
    let asked = house.asked_about(&[CPR, FORMER, CHILD, SPOUSE]);
    assert_eq!(asked, [CPR, FORMER, CHILD, SPOUSE], "register and sources were asked about everybody, by number");
}

/// An emergency about the marked citizen, opened, searched for by number and judged.
async fn open_emergency(house: &House) {
    let asked = json!({"code": "life", "reason": "En anmelder frygter for borgerens liv"});
    let body = json!({"cpr": CPR, "purpose": "emergency", "emergency": asked}).to_string();
    let opened = house.body(request("POST", "/v1/overviews", Some(&house.token("on-call")), body)).await;
    let opened: Value = serde_json::from_slice(&opened).expect("an overview");
    let id = opened["emergency"]["id"].as_str().expect("an emergency");
    let leader = house.token("leader-duty");
    let search = json!({ "cpr": CPR }).to_string();
    let found = house.body(request("POST", "/v1/emergencies/search", Some(&leader), search)).await;
    assert!(String::from_utf8_lossy(&found).contains(id), "the leader finds it by the citizen's number");
    for (path, body) in [
        ("judgement", json!({"judgement": "justified", "note": format!("{CPR} er en borger med et navn")})),
        ("judgement", json!({"judgement": MARKS[1], "note": MARKS[1]})),
        ("notice", json!({"held_back": {"code": "investigation", "note": CPR, "until": CPR}})),
    ] {
        house.problem(request("POST", &format!("/v1/emergencies/{id}/{path}"), Some(&leader), body.to_string())).await;
    }
}

async fn look_up_ill(house: &House) {
    for server in &house.town.servers {
        for fault in FAULTS {
            server.faults().set(None, fault.parse::<Fault>().expect("a fault"));
            house.look_up("caseworker-jobcenter", CPR, "application/json").await;
            server.faults().clear_all();
        }
    }
    // Last: what hangs goes on after its look-up, and whoever asks next waits for it, too.
    for server in &house.town.servers {
        server.faults().set(None, Fault::Hang);
        house.look_up_within(HASTY_MS, "caseworker-jobcenter", CPR, "application/json").await;
        server.faults().clear_all();
    }
}

/// Every path to a problem, with the marks in whatever the caller writes. Gives the problems' bodies.
async fn turned_away(house: &House) -> Vec<u8> {
    let token = house.token("caseworker-jobcenter");
    let good = json!({"cpr": CPR, "purpose": "own_case", "case_ref": "2026-1"});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body.to_string()
    };
    let mark = MARKS[1];
    let bodies = [
        with("purpose", json!(mark)),
        with("purpose", json!("find_colleague")),
        with("purpose", json!("emergency")),
        with("case_ref", json!(format!("{CPR} {mark}"))),
        with("reason", json!(format!("{mark} {CPR} og så noget mere"))),
        with("case_ref", Value::Null),
        with("emergency", json!({"code": "life", "reason": format!("{mark} {CPR} er i fare, og det er alvor")})),
        with("emergency", json!({"code": mark, "reason": mark})),
        with("protected", json!({"reason": mark})),
        with(mark, json!(CPR)),
        with("cpr", json!(format!("{CPR}{mark}"))),
        with("cpr", json!([CPR, mark])),
        format!("{{\"cpr\":\"{CPR}\",{mark}"),
        format!("{mark}{CPR}"),
        with("reason", json!(format!("{CPR}{}", mark.repeat(8_000)))),
    ];
    let mut problems = Vec::new();
    let mut send = async |request| problems.extend(house.problem(request).await);
    for body in bodies {
        send(request("POST", "/v1/overviews", Some(&token), body)).await;
    }
    for path in
        [format!("/v1/overviews/{CPR}"), format!("/{CPR}"), format!("/v1/sources?cpr={CPR}"), format!("/docs/{CPR}")]
    {
        send(request("GET", &path, Some(&token), String::new())).await;
    }
    for bad in [None, Some(CPR), Some("eyJhbGciOiJub25lIn0.e30.")] {
        send(request("POST", "/v1/overviews", bad, good.to_string())).await;
    }
    send(request("PUT", &format!("/v1/overviews/{CPR}"), Some(&token), good.to_string())).await;
    let mut traced = request("POST", "/v1/overviews", Some(&token), with("purpose", json!("emergency")));
    traced.headers_mut().insert("traceparent", format!("00-{CPR}-1-1").parse().expect("a header"));
    send(traced).await;
    problems
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marked_citizen_leaves_marks_in_the_answers_only() {
    let (sent, endpoint, _collector) = Kept::collect().await;
    let (telemetry, to_collector) = Kept::listen(&endpoint);
    let house = House::open().await;
    let exporting = to_collector.begin(house.app.meters());
    look_up_well(&house).await;
    open_emergency(&house).await;
    look_up_ill(&house).await;
    let problems = turned_away(&house).await;
    let token = house.token("operator");
    let sources = house.body(request("GET", "/v1/sources", Some(&token), String::new())).await;
    let document = house.body(request("GET", "/openapi.json", None, String::new())).await;
    let (locations, debugged) = (house.take_heads(), format!("{:?} {:?}", house.app, house.town).into_bytes());
    let figures = house.figures().await;
    exporting.end(Duration::from_secs(10)).await;
    house.app.audit().log().close().await;
    assert!(house.app.audit().index().caught_up(), "the index follows the log");
    assert_eq!(house.asked_about(&[CPR, CHILD]), [CPR, CHILD], "the sources were asked by number while they failed");

    let audit = house.audit_files();
    let mut sinks: Sinks = audit.into_iter().chain(house.kept_files()).collect();
    sinks.extend([
        ("telemetry", telemetry.bytes()),
        ("what the collector got", sent.bytes()),
        ("/metrics", figures),
        ("problems", problems),
        ("/v1/sources", sources),
        ("/openapi.json", document),
        ("our own addresses and headers", locations),
        ("Debug of the service", debugged),
    ]);
    assert_clean(&sinks);
    let lines = String::from_utf8_lossy(&sinks["telemetry"]).lines().count();
    let collected = String::from_utf8_lossy(&sinks["what the collector got"]);
    for part in ["source sbsys", "POST /v1/overviews", "glasplade.source.duration", "source did not answer"] {
        assert!(collected.contains(part), "spans, figures and lines were sent: no `{part}`");
    }
    assert!(lines > 50, "telemetry was listened to at its finest: {lines} lines");
}
