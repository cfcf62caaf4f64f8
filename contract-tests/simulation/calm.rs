//! What each caller sees of each citizen while nothing goes wrong: what answers of other worlds are compared with.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::checks::Answer;
use crate::people::{CALLERS, CITIZENS, EDITIONS};
use crate::plan::Plan;
use crate::world::{Planted, run};

/// The answers of calm worlds, one for each edition.
pub(crate) struct Calm {
    /// By caller, citizen and edition.
    answers: Vec<(usize, usize, Value)>,
    titles: Vec<(usize, usize, BTreeSet<String>)>,
}

/// Asked for once in a process.
pub(crate) static CALM: LazyLock<Calm> = LazyLock::new(Calm::new);

impl Calm {
    fn new() -> Self {
        let (mut answers, mut titles) = (Vec::new(), Vec::new());
        for edition in 0..EDITIONS {
            let seen = run(&Plan::calm(edition), Planted::Nothing);
            let answered: Vec<_> = seen.told.iter().filter_map(Answer::of).collect();
            assert_eq!(answered.len(), CALLERS.len() * CITIZENS.len(), "everybody is answered while all is calm");
            for answer in &answered {
                assert!(answer.is_complete(), "{}", answer.name());
                let (caller, citizen) = (answer.told.ask.caller, answer.told.ask.citizen);
                let mut marked = Vec::new();
                crate::checks::marked(&answer.overview, &mut marked);
                answers.push((caller, citizen, shown(&answer.overview)));
                titles.push((caller, citizen, marked.into_iter().collect()));
            }
        }
        Self { answers, titles }
    }

    /// What this caller sees of this citizen, in each edition.
    pub(crate) fn answers(&self, caller: usize, citizen: usize) -> impl Iterator<Item = &Value> {
        self.answers.iter().filter(move |known| (known.0, known.1) == (caller, citizen)).map(|known| &known.2)
    }

    /// Every title that this caller sees of this citizen.
    pub(crate) fn titles(&self, caller: usize, citizen: usize) -> BTreeSet<&String> {
        let of_both = self.titles.iter().filter(|known| (known.0, known.1) == (caller, citizen));
        of_both.flat_map(|known| &known.2).collect()
    }

    /// The answer comes from a house with a staff directory, which calm worlds have not.
    pub(crate) fn has_another_house(answer: &Answer) -> bool {
        answer.sources().any(|(id, _, _)| id == "staff_directory")
    }
}

/// What an answer shows: of the citizen, of cases and efforts, of what exists beside them. Not who can be called how: a number
/// that a source did not tell in time is left out, and the source has answered all the same.
pub(crate) fn shown(overview: &Value) -> Value {
    const SHOWN: [&str; 8] =
        ["citizen", "groups", "hidden_by_window", "refusals", "on_lists", "empty_text", "household", "emergency"];
    let fields = overview.as_object().into_iter().flatten().filter(|(name, _)| SHOWN.contains(&&***name));
    let mut shown = Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect());
    forget_moments(&mut shown);
    shown
}

fn forget_moments(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(forget_moments),
        Value::Object(fields) => {
            fields.retain(|name, _| name != "as_of");
            fields.values_mut().for_each(forget_moments);
        }
        _ => {}
    }
}
