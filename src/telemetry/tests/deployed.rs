//! What `deploy/telemetry` asks for exists, and what exists is on the dashboard.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::telemetry::{FIGURES, Figure, Kind};

const DASHBOARD: &str = include_str!("../../../deploy/telemetry/dashboard.json");
const ALERTS: &str = include_str!("../../../deploy/telemetry/alerts.yaml");

/// Figures that are on no panel, and why. None at present: whoever adds one adds its reason.
const NOT_SHOWN: [(&str, &str); 0] = [];

/// The functions and words of a query language, which are no figures.
const WORDS: [&str; 15] = [
    "histogram_quantile",
    "sum",
    "max",
    "by",
    "rate",
    "increase",
    "deriv",
    "bottomk",
    "time",
    "or",
    "le",
    "job",
    "instance",
    "up",
    "label_values",
];

fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if matches!(name.as_str(), "expr" | "query") => found.push(text.clone()),
                    _ => expressions(value, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

fn of_dashboard() -> Vec<String> {
    let mut found = Vec::new();
    expressions(&serde_json::from_str(DASHBOARD).expect("JSON"), &mut found);
    found.retain(|text| text != "prometheus");
    found
}

fn of_alerts() -> Vec<String> {
    let lines = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("expr: "));
    lines.map(str::to_owned).collect()
}

/// The names in a query: identifiers outside quotes, `$variables` and numbers aside.
fn names(query: &str) -> BTreeSet<String> {
    let unquoted: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
    let words = unquoted.split(|letter: char| !is_part(letter));
    let words = words.filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
    words.map(str::to_owned).collect()
}

/// A figure's names in Prometheus: a histogram has three.
fn series(figure: &Figure) -> Vec<String> {
    let name = figure.prometheus();
    match figure.kind {
        Kind::Histogram => ["_bucket", "_sum", "_count"].map(|end| format!("{name}{end}")).into(),
        Kind::Counter | Kind::Gauge => vec![name],
    }
}

#[test]
fn every_name_in_the_dashboard_and_the_alerts_exists() {
    let figures: BTreeSet<String> = FIGURES.iter().flat_map(series).collect();
    let labels = FIGURES.iter().flat_map(|figure| figure.labels);
    let labels: BTreeSet<String> = labels.map(|label| label.replace('.', "_")).collect();
    let (dashboard, alerts) = (of_dashboard(), of_alerts());
    assert!(dashboard.len() > 20 && alerts.len() > 10, "{} and {} queries", dashboard.len(), alerts.len());
    for query in dashboard.iter().chain(&alerts) {
        let mut of_ours = 0;
        for name in names(query) {
            of_ours += usize::from(figures.contains(&name));
            let is_known = figures.contains(&name) || labels.contains(&name) || WORDS.contains(&name.as_str());
            assert!(is_known, "`{name}` in `{query}` is nothing that the service tells");
        }
        assert!(of_ours > 0 || query.starts_with("up{"), "`{query}` asks for nothing of ours");
    }
}

#[test]
fn every_figure_is_on_the_dashboard_or_has_a_reason_not_to_be() {
    let shown: BTreeSet<String> = of_dashboard().iter().flat_map(|query| names(query)).collect();
    for figure in &FIGURES {
        let is_shown = series(figure).iter().any(|name| shown.contains(name));
        let reason = NOT_SHOWN.iter().find(|(name, _)| *name == figure.name).map(|(_, reason)| reason);
        assert!(is_shown != reason.is_some_and(|reason| !reason.is_empty()), "{}", figure.name);
    }
}

#[test]
fn each_alert_says_whose_turn_it_is_or_that_somebody_else_tells() {
    for alert in ALERTS.split("- alert: ").skip(1) {
        let name = alert.lines().next().expect("a name");
        for part in ["expr: ", "severity: ", "summary: ", "description: "] {
            assert!(alert.contains(part), "{name} has no `{part}`");
        }
        assert!(alert.contains("turn: ") || alert.contains("/v1/sources"), "{name} leaves open whose turn it is");
    }
}
