//! What one caller sees of somebody, and what can be said about it.

use serde_json::Value;

use crate::http::tests::house::{Answer, items, notices};

/// What one caller sees of a situation.
#[derive(Debug)]
pub(in crate::http::tests) struct Seen {
    pub(super) who: String,
    pub(super) by: &'static str,
    pub(super) text: String,
    pub(in crate::http::tests) overview: Value,
}

impl Seen {
    /// An overview, or a failed test.
    pub(super) fn new(who: &str, by: &'static str, answer: &Answer) -> Self {
        Self { who: who.to_owned(), by, text: answer.text().to_owned(), overview: answer.overview() }
    }

    pub(super) fn say(&self, because: &str) -> String {
        format!("{} as seen by {}: {because}\n{:#}", self.who, self.by, self.overview["groups"])
    }

    /// The items of this case kind.
    pub(in crate::http::tests) fn items(&self, kind: &str) -> Vec<Value> {
        items(&self.overview).into_iter().filter(|item| item["kind"]["code"] == kind).collect()
    }

    /// The one item of this case kind.
    pub(in crate::http::tests) fn item(&self, kind: &str) -> Value {
        let mut found = self.items(kind);
        assert_eq!(found.len(), 1, "{}", self.say(&format!("there is one {kind}")));
        found.remove(0)
    }

    /// A case of this kind is shown, once.
    pub(in crate::http::tests) fn shows(&self, kind: &str, because: &str) -> &Self {
        assert_eq!(self.items(kind).len(), 1, "shows {kind}: {}", self.say(because));
        self
    }

    /// So many cases and efforts are shown, and no more.
    pub(in crate::http::tests) fn shows_in_all(&self, count: usize, because: &str) -> &Self {
        assert_eq!(items(&self.overview).len(), count, "{}", self.say(because));
        self
    }

    /// Whom the answer says to call first, and why.
    pub(in crate::http::tests) fn says_to_call(&self, name: &str, why: &str, because: &str) -> &Self {
        let first = &self.overview["call_first"];
        assert_eq!((first["name"].as_str(), first["why"].as_str()), (Some(name), Some(why)), "{}", self.say(because));
        self
    }

    /// The answer says of something hidden that it is there: `existence`, or `contact` with a number.
    pub(in crate::http::tests) fn mentions(&self, mode: &str, department: &str, because: &str) -> &Self {
        let told = |notice: &Value| notice["mode"] == mode && notice["department"] == department;
        assert!(notices(&self.overview).iter().any(told), "{}", self.say(because));
        self
    }

    /// The members of the family view, as text; empty without any.
    pub(in crate::http::tests) fn text_of_family(&self) -> String {
        let members = self.overview["household"]["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(Value::to_string).collect()
    }

    /// The actor with this employee id, once.
    pub(in crate::http::tests) fn actor(&self, employee: &str) -> &Value {
        let actors = self.overview["actors"].as_array().expect("actors");
        let mut found = actors.iter().filter(|actor| actor["employee_id"] == employee);
        let one = found.next().unwrap_or_else(|| panic!("{}", self.say(&format!("{employee} is an actor"))));
        assert!(found.next().is_none(), "{}", self.say(&format!("{employee} is one actor")));
        one
    }

    /// No word about anything: the answer that a number gets which nobody has.
    pub(in crate::http::tests) fn shows_nothing(&self, because: &str) -> &Self {
        assert!(items(&self.overview).is_empty() && notices(&self.overview).is_empty(), "{}", self.say(because));
        for part in ["call_first", "citizen"] {
            assert!(self.overview[part].is_null(), "{part}: {}", self.say(because));
        }
        let family = self.overview["household"]["members"].as_array();
        assert!(family.is_none_or(Vec::is_empty), "{}", self.say(because));
        assert!(self.overview["empty_text"].is_string(), "{}", self.say(because));
        assert_eq!(self.overview["hidden_by_window"], 0, "{}", self.say(because));
        assert_eq!(self.overview["actors"].as_array().map(Vec::len), Some(0), "{}", self.say(because));
        self
    }

    /// Byte for byte what `other` shows, apart from the handle.
    pub(in crate::http::tests) fn looks_exactly_like(&self, other: &Self, because: &str) -> &Self {
        let handle = |seen: &Self| seen.overview["id"].as_str().expect("a handle").to_owned();
        let (mine, theirs) = (self.text.replace(&handle(self), "-"), other.text.replace(&handle(other), "-"));
        assert_eq!(mine, theirs, "{} and {}: {because}", self.who, other.who);
        self
    }
}
