//! What a scraper reads: every figure of the table, no other, and nothing of a citizen, a caller or a path in any label.

use std::collections::BTreeSet;

use axum::Router;
use glasplade_adapters::fake::Fault;
use glasplade_adapters::fake::population::NAMED;
use http::header;
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use tower::ServiceExt as _;

use super::house::{Answer, House, get};
use crate::config::MetricsListenerSettings;
use crate::telemetry::{FIGURES, Figure};

/// Told where something is sent to a collector; the tests of that look at them.
const OF_A_COLLECTOR: [&str; 2] = ["glasplade.telemetry.sent", "glasplade.telemetry.dropped"];

async fn read(router: &Router, authorization: Option<&str>) -> Answer {
    let headers: Vec<(&str, &str)> = authorization.map(|value| ("authorization", value)).into_iter().collect();
    let answer = router.clone().oneshot(get("/metrics", None, &headers)).await.expect("a router cannot fail");
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("a body of our own").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Names of the figures in the text.
fn told(text: &str) -> BTreeSet<&str> {
    text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect()
}

/// Name, label and value of every label in the text.
fn labels(text: &str) -> Vec<(&str, &str, &str)> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, rest)) = line.split_once('{') else { continue };
        let (inside, _) = rest.rsplit_once('}').expect("a closing brace");
        for label in inside.split("\",") {
            let (label, value) = label.split_once("=\"").expect("a label");
            found.push((name, label, value.trim_end_matches('"')));
        }
    }
    found
}

fn figure_of(name: &str) -> &'static Figure {
    let of = |figure: &&Figure| {
        let whole = figure.prometheus();
        ["", "_bucket", "_sum", "_count"].iter().any(|end| format!("{whole}{end}") == name)
    };
    FIGURES.iter().find(of).unwrap_or_else(|| panic!("`{name}` is not in the table"))
}

#[tokio::test]
async fn every_figure_is_told_and_no_label_names_a_citizen_a_caller_or_a_path() {
    let house = House::open_with(&[], |config| {
        // Nothing is fresh for long, so that what is shown of a silent source is stale.
        config.service.cache.confidential.fresh_s = 60;
        config.service.cache.sensitive.fresh_s = 60;
    })
    .await;
    let location = house.look_up("coordinator-youth", "claus").await.location().to_owned();
    house.repeat("coordinator-youth", &location, &[]).await;
    house.clock.advance(SignedDuration::from_mins(5));
    for server in &house.town.servers {
        server.faults().set(None, "503".parse::<Fault>().expect("a fault"));
    }
    house.look_up("coordinator-youth", "claus").await;
    house.send(get("/v1/overviews/1405049979", None, &[])).await;
    house.send(get("/1405049979", None, &[])).await;

    let router = house.app.metrics_router();
    let answer = read(&router, None).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header(header::CONTENT_TYPE)),
        (200, "text/plain; version=0.0.4; charset=utf-8")
    );
    let text = answer.text();
    for figure in FIGURES.iter().filter(|figure| !OF_A_COLLECTOR.contains(&figure.name)) {
        assert!(told(text).contains(figure.prometheus().as_str()), "`{}` is not told:\n{text}", figure.name);
    }
    let handle = location.rsplit('/').next().expect("a handle");
    for (name, label, value) in labels(text) {
        let figure = figure_of(name);
        let is_known = figure.labels.iter().any(|known| known.replace('.', "_") == label);
        assert!(is_known || (label == "le" && name.ends_with("_bucket")), "`{label}` of `{name}` is not in the table");
        assert!(!value.contains(handle), "a handle stands in `{label}` of `{name}`");
        let digits = value.chars().filter(char::is_ascii_digit).count();
        assert!(digits < 8 || label == "le", "`{value}` in `{label}` of `{name}` looks like a number of somebody's");
        if label == "http_route" {
            assert!(value.starts_with('/') && !value.contains("9979"), "{value}");
        }
    }
    for (_, number, name) in NAMED {
        assert!(!text.contains(number) && !text.contains(name), "somebody of the town stands in a figure");
    }
    assert!(!text.contains("az1000"), "an employee stands in a figure");
    for line in [
        "glasplade_source_state{source_id=\"fasit\",state=\"failing\"} 1",
        "glasplade_source_turn{source_id=\"fasit\",turn=\"vendor\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn figures_are_for_whoever_holds_the_secret() {
    let secret = std::env::temp_dir().join(format!("glasplade-metrics-{}", std::process::id()));
    std::fs::write(&secret, "an invented secret of more than 32 characters\n").expect("a file");
    let house = House::open_with(&[], |config| {
        let listen = "127.0.0.1:0".parse().expect("an address");
        let reference = Some(format!("file:{}", secret.display()));
        config.service.telemetry.listener = Some(MetricsListenerSettings { listen, secret: reference });
    })
    .await;
    let router = house.app.metrics_router();
    for wrong in [
        None,
        Some("Bearer "),
        Some("Bearer an invented secret"),
        Some("an invented secret of more than 32 characters"),
    ] {
        let answer = read(&router, wrong).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (401, "token-missing"), "{wrong:?}");
    }
    let right = read(&router, Some("Bearer an invented secret of more than 32 characters")).await;
    assert!(right.status.is_success() && right.text().contains("glasplade_build"));
    std::fs::remove_file(&secret).expect("the file is there");
    assert_eq!(
        read(&router, Some("Bearer an invented secret of more than 32 characters")).await.status,
        401,
        "unreadable opens nothing"
    );
    let other = router.clone().oneshot(get("/v1/sources", None, &[])).await.expect("a router cannot fail");
    assert_eq!(other.status(), 404, "nothing else is there");
}

#[tokio::test]
async fn an_operator_is_told_in_one_sentence_what_is_wrong_and_whose_turn_it_is() {
    let house = House::open().await;
    let fasit = house.town.server("fasit").expect("a fake");
    fasit.faults().set(None, "500".parse::<Fault>().expect("a fault"));
    house.look_up("coordinator-youth", "claus").await;
    let asked = |path: &'static str| house.send(get(path, Some(&house.token("operator")), &[]));
    let (danish, english) = (asked("/v1/sources").await.json(), asked("/v1/sources?lang=en").await.json());
    let of = |told: &serde_json::Value| {
        let all = told["sources"].as_array().expect("sources").clone();
        all.into_iter().find(|source| source["id"] == "fasit").expect("fasit")
    };
    let (danish, english) = (of(&danish), of(&english));
    assert_eq!((&danish["turn"], &english["turn"]), (&"vendor".into(), &"vendor".into()));
    let (da, en) = (danish["text"].as_str().expect("a text"), english["text"].as_str().expect("a text"));
    assert!(da.starts_with("Fasit svarer med fejl (status 500") && da.ends_with("det er leverandørens tur."), "{da}");
    assert!(en.starts_with("Fasit answers with an error (status 500"), "{en}");
}
