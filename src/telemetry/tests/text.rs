//! Figures as Prometheus reads them.

use std::time::Duration;

use crate::random::CountingRandom;
use crate::telemetry::{Meters, prometheus};

fn text(meters: &Meters) -> String {
    prometheus::text(&meters.collect().expect("figures"))
}

#[test]
fn a_histogram_has_its_buckets_sum_and_count_and_a_counter_its_end() {
    let meters = Meters::new(&CountingRandom::default());
    meters.answered("GET", Some("/v1/sources"), 200, Duration::from_millis(3));
    meters.answered("GET", Some("/v1/sources"), 200, Duration::from_mins(1));
    meters.shed();
    let text = text(&meters);
    let labels =
        "http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/v1/sources\",url_scheme=\"http\"";
    for line in [
        "# TYPE http_server_request_duration_seconds histogram".to_owned(),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"0.0025\"}} 0"),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"0.005\"}} 1"),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"5\"}} 1"),
        format!("http_server_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 2"),
        format!("http_server_request_duration_seconds_sum{{{labels}}} 60.003"),
        format!("http_server_request_duration_seconds_count{{{labels}}} 2"),
        "# TYPE glasplade_overviews_shed_total counter".to_owned(),
        "glasplade_overviews_shed_total 1".to_owned(),
    ] {
        // The order of labels is nobody's promise.
        let sorted = |line: &str| {
            let mut parts: Vec<String> = line.split(['{', '}', ',']).map(str::to_owned).collect();
            parts.sort();
            parts
        };
        assert!(text.lines().any(|told| sorted(told) == sorted(&line)), "{line} is not in\n{text}");
    }
}

#[test]
fn a_label_cannot_break_out_of_its_quotes() {
    let meters = Meters::new(&CountingRandom::default());
    meters.answered("GET", Some("/\"} 1\nforged 1\\"), 200, Duration::ZERO);
    let text = text(&meters);
    assert!(text.contains(r#"http_route="/\"} 1\nforged 1\\""#), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("forged")));
}
