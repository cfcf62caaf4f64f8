//! The policies' own examples: situations with the answer that a reader of the law expects. They run before a changed policy
//! file replaces the running one; one that fails keeps the old file in force. Pure: policies, schema and text come in.

mod format;
mod question;
#[cfg(test)]
mod tests;

use cedar_policy::{Authorizer, Decision, Effect, PolicyId, PolicySet, Schema};

use format::{Example, Examples, Expected};
use question::Questions;

/// Bytes of a file of examples.
pub const EXAMPLES_BYTES_MAX: usize = 1024 * 1024;
/// Examples in a file.
pub const EXAMPLES_MAX: usize = 1_000;

/// One example does not hold, or cannot be asked. Nothing in it is about a person: everybody in the file is invented.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The file is larger than [`EXAMPLES_BYTES_MAX`] or [`EXAMPLES_MAX`], or has no example.
    #[error("a file of examples holds at least one example, at most {EXAMPLES_MAX}, in {EXAMPLES_BYTES_MAX} bytes")]
    Size,
    /// The file is no TOML of the form that its head tells.
    #[error("the examples cannot be read: {0}")]
    Unreadable(String),
    /// The example names what is not there, or does not fit the schema.
    #[error("\"{situation}\": {why}")]
    Misfit {
        /// The example's sentence.
        situation: String,
        /// What to change.
        why: String,
    },
    /// The policies answer something else.
    #[error("\"{situation}\": {class} is {}, decided by {decided_by:?}", if *.is_allowed { "shown" } else { "not shown" })]
    Answer {
        /// The example's sentence.
        situation: String,
        /// The field class that was asked about.
        class: String,
        /// What the policies say.
        is_allowed: bool,
        /// The policies that decided, by their ids.
        decided_by: Vec<String>,
    },
}

/// The examples that do not hold under these policies, in the file's order. The policies' ids are those of their annotations.
pub fn failures(policies: &PolicySet, schema: &Schema, text: &str) -> Vec<Failure> {
    match read(text) {
        Ok(examples) => {
            let questions = Questions::new(&examples, schema);
            examples.example.iter().flat_map(|example| failures_of(example, policies, &questions)).collect()
        }
        Err(failure) => vec![failure],
    }
}

fn read(text: &str) -> Result<Examples, Failure> {
    if text.len() > EXAMPLES_BYTES_MAX {
        return Err(Failure::Size);
    }
    let examples: Examples = toml::from_str(text).map_err(|error| Failure::Unreadable(error.to_string()))?;
    if examples.example.is_empty() || examples.example.len() > EXAMPLES_MAX {
        return Err(Failure::Size);
    }
    Ok(examples)
}

fn failures_of(example: &Example, policies: &PolicySet, questions: &Questions<'_>) -> Vec<Failure> {
    let misfit = |why: String| vec![Failure::Misfit { situation: example.situation.clone(), why }];
    let about = PolicyId::new(&example.policy);
    let Some(effect) = policies.policy(&about).map(cedar_policy::Policy::effect) else {
        return misfit(format!("there is no policy `{}`", example.policy));
    };
    if example.classes.is_empty() {
        return misfit("`classes` names no field class".to_owned());
    }
    let mut failures = Vec::new();
    for class in &example.classes {
        let (request, entities) = match questions.ask(example, class) {
            Ok(question) => question,
            Err(why) => return misfit(why),
        };
        let answer = Authorizer::new().is_authorized(&request, policies, &entities);
        let decided_by: Vec<&PolicyId> = answer.diagnostics().reason().collect();
        let is_allowed = answer.decision() == Decision::Allow;
        // The example is about one policy: it must be the one that decides, and where a permit alone stays closed, no bar may.
        let holds = match (example.expect, effect) {
            (Expected::Allow, Effect::Permit) => is_allowed && decided_by.contains(&&about),
            (Expected::Allow, Effect::Forbid) => is_allowed,
            (Expected::Deny, Effect::Permit) => !is_allowed && decided_by.is_empty(),
            (Expected::Deny, Effect::Forbid) => !is_allowed && decided_by.contains(&&about),
        };
        if !holds || answer.diagnostics().errors().next().is_some() {
            let mut decided_by: Vec<String> = decided_by.into_iter().map(ToString::to_string).collect();
            decided_by.sort();
            let (situation, class) = (example.situation.clone(), class.clone());
            failures.push(Failure::Answer { situation, class, is_allowed, decided_by });
        }
    }
    failures
}
