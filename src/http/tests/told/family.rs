//! The family in an answer: who is in it, and what is told of each.

use serde_json::Value;

use super::Seen;
use crate::http::tests::house::items;

/// Whether a relative lives at the citizen's address, in words; nothing where it is not told.
fn home(member: &Value) -> &'static str {
    match member["same_address"].as_bool() {
        Some(true) => " (same address)",
        Some(false) => " (another address)",
        None => "",
    }
}

/// What is told of one relative: `child: nothing`, `child Sara Prøve: child_support (same address)`.
pub(in crate::http::tests) fn member_in_words(member: &Value) -> String {
    let overview = &member["overview"];
    let relation = member["relation"]["code"].as_str().expect("a relation");
    let name = overview["citizen"]["name"].as_str().map(|name| format!(" {name}")).unwrap_or_default();
    let kinds: Vec<String> = items(overview)
        .iter()
        .map(|item| item["kind"]["code"].as_str().unwrap_or("that there is a case").to_owned())
        .collect();
    let told = if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", ") };
    format!("{relation}{name}: {told}{}", home(member))
}

impl Seen {
    /// The relatives, in the answer's order.
    pub(in crate::http::tests) fn family(&self) -> Vec<Value> {
        self.overview["household"]["members"].as_array().expect("the family was asked for").clone()
    }

    /// Exactly these relatives, in these words, sorted.
    pub(in crate::http::tests) fn has_the_family(&self, expected: &[&str], because: &str) -> &Self {
        let mut told: Vec<String> = self.family().iter().map(member_in_words).collect();
        told.sort();
        assert_eq!(told, expected, "{} as seen by {}: {because}", self.who, self.by);
        self
    }
}
