//! What must not be there: every word of a case, or of a person, by which somebody could tell of it.

use std::collections::BTreeSet;

use glasplade_adapters::fake::population::{CaseKind, CaseRow, KINDS};
use serde_json::Value;

use super::Seen;
use crate::http::tests::house::{notices, number, world};

/// A row's kind by subject and law, by its source's own words, or by what another system calls the same case.
fn kind(row: &CaseRow) -> Option<&'static str> {
    let mut same = world().cases().iter().filter(|other| other.id == row.id && other.source != row.source);
    kind_alone(row).or_else(|| same.find_map(kind_alone))
}

fn kind_alone(row: &CaseRow) -> Option<&'static str> {
    let is_called = |kind: &CaseKind| {
        let words = kind.words.iter().filter(|words| words.source == row.source);
        words.into_iter().any(|words| row.type_code.as_deref() == Some(words.code))
    };
    let by_law = |kind: &&CaseKind| Some(kind.kle) == row.kle.as_deref() && Some(kind.law) == row.law.as_deref();
    let found = KINDS.iter().find(by_law).or_else(|| KINDS.iter().find(|kind| is_called(kind)));
    found.map(|kind| kind.code)
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
    /// Nothing in the whole answer, no name, number, law, title or unit, comes from the citizen's cases of these kinds.
    /// What their other cases have as well tells nothing.
    pub(in crate::http::tests) fn hides(&self, kinds: &[&str], because: &str) -> &Self {
        let own = world().cases().iter().filter(|row| row.citizen == number(&self.who));
        let (hidden, rest): (Vec<_>, Vec<_>) = own.partition(|row| kind(row).is_some_and(|kind| kinds.contains(&kind)));
        for &hides in kinds {
            assert!(hidden.iter().any(|row| kind(row) == Some(hides)), "{}: there is a {hides} to hide", self.who);
        }
        for kind in kinds {
            assert_eq!(self.items(kind).len(), 0, "hides {kind}: {}", self.say(because));
        }
        self.has_no_trace_of(&hidden, &rest, because)
    }

    /// Nothing in the whole answer comes from another citizen's cases.
    pub(in crate::http::tests) fn tells_nothing_of(&self, other: &str, because: &str) -> &Self {
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
}
