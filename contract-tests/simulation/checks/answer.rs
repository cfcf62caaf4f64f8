//! An answer as a portal reads it.

use std::time::Duration;

use serde_json::Value;

use crate::caller::Told;
use crate::people::MARK;

/// An overview that came whole.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) told: &'a Told,
    /// Everything that came, the parts of a stream with it.
    pub(crate) text: String,
    /// The whole overview.
    pub(crate) overview: Value,
    pub(crate) ended: Duration,
}

impl<'a> Answer<'a> {
    /// The overview of an answer, if it is one and came whole.
    pub(crate) fn of(told: &'a Told) -> Option<Self> {
        let ended = told.ended.filter(|_| told.status == 200)?;
        let text = String::from_utf8(told.body.to_vec()).expect("text");
        let overview =
            if told.ask.streamed { events(&text).into_iter().find(|(name, _)| *name == "overview")?.1 } else { &*text };
        let overview = serde_json::from_str(overview).expect("an overview in JSON");
        Some(Self { told, text, overview, ended })
    }

    /// Each source with its state and when it was read.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str, Option<jiff::Timestamp>)> {
        self.overview["sources"].as_array().into_iter().flatten().map(|source| {
            let text = |name: &str| source[name].as_str().unwrap_or_default();
            (text("id"), text("state"), source["as_of"].as_str().map(|moment| moment.parse().expect("a moment")))
        })
    }

    /// Every source has told what it was asked.
    pub(crate) fn is_complete(&self) -> bool {
        self.sources().all(|(_, state, _)| matches!(state, "fresh" | "cached" | "stale" | "not_consulted"))
    }

    /// Who asked about whom, for a text that says what is wrong.
    pub(crate) fn name(&self) -> String {
        self.told.name()
    }
}

impl Told {
    /// Who asked about whom and when, for a text that says what is wrong.
    pub(crate) fn name(&self) -> String {
        let Self { ask, asked, .. } = self;
        format!("caller {} about citizen {} at {asked:?}", ask.caller, ask.citizen)
    }
}

/// The events of a stream that came whole, by name.
pub(crate) fn events(text: &str) -> Vec<(&str, &str)> {
    let whole = text.rsplit_once("\n\n").map_or("", |whole| whole.0);
    let events = whole.split("\n\n").filter_map(|event| {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
        Some((field("event: ")?, field("data: ")?))
    });
    events.collect()
}

/// Every text in a value that holds a mark.
pub(crate) fn marked(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(MARK) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| marked(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| marked(value, found)),
        _ => {}
    }
}
