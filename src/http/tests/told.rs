//! The situations' own words: who looks at whom, what they see, what they must not, and why.

use std::collections::BTreeSet;

use glasplade_adapters::fake::population::{CaseRow, KINDS};
use serde_json::Value;

use super::house::{House, items, look_up, notices, number, world};
use crate::demo::handles::{HANDLES, Handle};

/// Somebody's situation.
#[derive(Debug)]
pub(super) struct Situation<'a> {
    house: &'a House,
    who: &'a str,
}

/// What one caller sees of it.
#[derive(Debug)]
pub(super) struct Seen {
    who: String,
    by: &'static str,
    text: String,
    pub(super) overview: Value,
}

impl House {
    /// The situation of a named citizen, or of whoever has this number.
    pub(super) fn situation<'a>(&'a self, who: &'a str) -> Situation<'a> {
        Situation { house: self, who }
    }
}

impl Situation<'_> {
    /// Looks as one of the demo's callers.
    pub(super) async fn as_seen_by(&self, caller: &str) -> Seen {
        self.seen_by(HANDLES.iter().find(|handle| handle.name == caller).expect("a caller of the demo")).await
    }

    /// Looks as a caller whom the demo does not have.
    pub(super) async fn seen_by(&self, caller: &Handle) -> Seen {
        let purpose = if caller.role == "coordinator" { "coordination" } else { "own_case" };
        let answer = self.house.send(look_up(&self.house.token_of(caller), self.who, purpose)).await;
        let (overview, text) = (answer.overview(), answer.text().to_owned());
        Seen { who: self.who.to_owned(), by: caller.name, text, overview }
    }
}

fn kind(row: &CaseRow) -> Option<&'static str> {
    let fits = |kind: &&glasplade_adapters::fake::population::CaseKind| {
        Some(kind.kle) == row.kle.as_deref() && Some(kind.law) == row.law.as_deref()
    };
    KINDS.iter().find(fits).map(|kind| kind.code)
}

/// Everything in a row by which somebody could tell what it is about, or that it is there.
fn traces(row: &CaseRow) -> BTreeSet<String> {
    let unit = row.unit.as_deref().and_then(|code| world().unit(code));
    let staff = row.caseworker.iter().chain(&row.others).chain(&row.coordinator);
    let staff = staff.filter_map(|id| world().staff_member(id));
    let mut all: BTreeSet<Option<String>> = [
        Some(row.id.to_string()),
        row.number.clone(),
        row.title.clone(),
        row.secret_title.clone(),
        row.kle.clone(),
        row.kle_title.clone(),
        row.law.clone(),
        row.type_name.clone(),
        row.type_code.clone().filter(|code| code.len() > 4),
        row.unit.clone(),
        unit.map(|unit| unit.name.clone()),
        unit.map(|unit| unit.uuid.to_string()),
        unit.and_then(|unit| unit.phone.clone()),
        unit.and_then(|unit| unit.mailbox.clone()),
    ]
    .into();
    for person in staff {
        all.extend([Some(person.id.clone()), Some(person.name.clone()), person.phone.clone(), person.email.clone()]);
        all.extend(person.spellings.values().cloned().map(Some));
    }
    all.into_iter().flatten().collect()
}

impl Seen {
    fn say(&self, because: &str) -> String {
        format!("{} as seen by {}: {because}\n{:#}", self.who, self.by, self.overview["groups"])
    }

    /// The items of this case kind.
    pub(super) fn items(&self, kind: &str) -> Vec<Value> {
        items(&self.overview).into_iter().filter(|item| item["kind"]["code"] == kind).collect()
    }

    /// The one item of this case kind.
    pub(super) fn item(&self, kind: &str) -> Value {
        let mut found = self.items(kind);
        assert_eq!(found.len(), 1, "{}", self.say(&format!("there is one {kind}")));
        found.remove(0)
    }

    /// A case of this kind is shown, once.
    pub(super) fn shows(&self, kind: &str, because: &str) -> &Self {
        assert_eq!(self.items(kind).len(), 1, "shows {kind}: {}", self.say(because));
        self
    }

    /// So many cases and efforts are shown, and no more.
    pub(super) fn shows_in_all(&self, count: usize, because: &str) -> &Self {
        assert_eq!(items(&self.overview).len(), count, "{}", self.say(because));
        self
    }

    /// Nothing in the whole answer, no name, number, law, title or unit, comes from the citizen's cases of these kinds.
    /// What their other cases have as well tells nothing.
    pub(super) fn hides(&self, kinds: &[&str], because: &str) -> &Self {
        let own = world().cases().iter().filter(|row| row.citizen == number(&self.who));
        let (hidden, rest): (Vec<_>, Vec<_>) = own.partition(|row| kind(row).is_some_and(|kind| kinds.contains(&kind)));
        for kind in kinds {
            assert_eq!(self.items(kind).len(), 0, "hides {kind}: {}", self.say(because));
        }
        self.has_no_trace_of(&hidden, &rest, because)
    }

    /// Nothing in the whole answer comes from another citizen's cases.
    pub(super) fn tells_nothing_of(&self, other: &str, because: &str) -> &Self {
        let of = |who: &str| world().cases().iter().filter(|row| row.citizen == number(who)).collect::<Vec<_>>();
        assert!(!self.text.contains(number(other)), "{}", self.say(because));
        self.has_no_trace_of(&of(other), &of(&self.who), because)
    }

    fn has_no_trace_of(&self, hidden: &[&CaseRow], rest: &[&CaseRow], because: &str) -> &Self {
        assert!(!hidden.is_empty(), "{}: there is something to hide", self.who);
        let harmless: BTreeSet<String> = rest.iter().flat_map(|row| traces(row)).collect();
        // A department that may be named has the words of its units in its name.
        let departments = notices(&self.overview);
        let departments = departments.iter().filter_map(|notice| notice["department"].as_str());
        // A stand-in is whom the directory names for a colleague, whoever the citizen is.
        let actors = self.overview["actors"].as_array().into_iter().flatten();
        let stand_ins = actors.map(|actor| &actor["stand_in"]);
        let stand_ins = stand_ins.flat_map(|one| [&one["name"], &one["call"]["number"]]).filter_map(Value::as_str);
        let harmless_words = departments.chain(stand_ins);
        let text = harmless_words.fold(self.text.clone(), |text, harmless| text.replace(harmless, "-"));
        let told = hidden.iter().flat_map(|row| traces(row)).filter(|trace| !harmless.contains(trace));
        for trace in told {
            assert!(!text.contains(&trace), "`{trace}` is a trace: {}", self.say(because));
        }
        self
    }

    /// Whom the answer says to call first, and why.
    pub(super) fn says_to_call(&self, name: &str, why: &str, because: &str) -> &Self {
        let first = &self.overview["call_first"];
        assert_eq!((first["name"].as_str(), first["why"].as_str()), (Some(name), Some(why)), "{}", self.say(because));
        self
    }

    /// The answer says of something hidden that it is there: `existence`, or `contact` with a number.
    pub(super) fn mentions(&self, mode: &str, department: &str, because: &str) -> &Self {
        let told = |notice: &Value| notice["mode"] == mode && notice["department"] == department;
        assert!(notices(&self.overview).iter().any(told), "{}", self.say(because));
        self
    }

    /// No word about anything: the answer that a number gets which nobody has.
    pub(super) fn shows_nothing(&self, because: &str) -> &Self {
        assert!(items(&self.overview).is_empty() && notices(&self.overview).is_empty(), "{}", self.say(because));
        assert!(self.overview["call_first"].is_null(), "{}", self.say(because));
        assert!(self.overview["empty_text"].is_string(), "{}", self.say(because));
        assert_eq!(self.overview["hidden_by_window"], 0, "{}", self.say(because));
        assert_eq!(self.overview["actors"].as_array().map(Vec::len), Some(0), "{}", self.say(because));
        self
    }

    /// Byte for byte what `other` shows, apart from the handle.
    pub(super) fn looks_exactly_like(&self, other: &Self, because: &str) -> &Self {
        let handle = |seen: &Self| seen.overview["id"].as_str().expect("a handle").to_owned();
        let (mine, theirs) = (self.text.replace(&handle(self), "-"), other.text.replace(&handle(other), "-"));
        assert_eq!(mine, theirs, "{} and {}: {because}", self.who, other.who);
        self
    }
}
