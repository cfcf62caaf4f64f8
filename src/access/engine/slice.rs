//! Which policies can apply to one kind of question. The others could only say nothing, and are not asked: a question costs less
//! than half of what it does when every policy is looked at.
//!
//! A policy is left out of a question's set for two reasons alone, both read from the policy itself: its scope names the other
//! kind of resource, or its condition begins with `context.ground == "…"` and names another ground. Such a policy is false
//! before anything in it can fail, so the sets decide as all policies together do; a test compares them.

use cedar_policy::{EntityTypeName, Policy, PolicySet, ResourceConstraint};
use serde_json::Value;

use super::input::GroundInput;
use super::lasting::Lasting;

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Item,
    Citizen,
}

impl Subject {
    pub(super) const ALL: [Self; 2] = [Self::Item, Self::Citizen];

    fn is(self, kind: &EntityTypeName) -> bool {
        let name = match self {
            Self::Item => "Item",
            Self::Citizen => "Citizen",
        };
        kind.to_string() == name
    }
}

/// The policies by what can apply.
pub(super) struct Slices([[Slice; GroundInput::CODES.len()]; Subject::ALL.len()]);

/// The policies that can apply to one kind of question, and how long what they decide holds.
struct Slice {
    policies: PolicySet,
    lasting: Lasting,
}

impl Slices {
    /// Sorts the policies.
    pub(super) fn of(policies: &PolicySet) -> Self {
        let slice = |subject, ground| {
            let policies = slice(policies, subject, ground);
            Slice { lasting: Lasting::of(&policies), policies }
        };
        Self(Subject::ALL.map(|subject| GroundInput::CODES.map(|ground| slice(subject, ground))))
    }

    /// The policies that can apply to a question about this, on this ground.
    pub(super) fn policies(&self, subject: Subject, ground: &GroundInput) -> &PolicySet {
        &self.0[subject as usize][ground.position()].policies
    }

    /// For which other questions what these decide holds.
    pub(super) fn lasting(&self, subject: Subject, ground: &GroundInput) -> &Lasting {
        &self.0[subject as usize][ground.position()].lasting
    }
}

fn slice(policies: &PolicySet, subject: Subject, ground: &str) -> PolicySet {
    let apply = policies.policies().filter(|policy| is_about(policy, subject) && is_on(policy, ground));
    PolicySet::from_policies(apply.cloned()).expect("names that are different stay different")
}

fn is_about(policy: &Policy, subject: Subject) -> bool {
    match policy.resource_constraint() {
        ResourceConstraint::Is(kind) => subject.is(&kind),
        _ => true,
    }
}

fn is_on(policy: &Policy, ground: &str) -> bool {
    let Ok(policy) = policy.to_json() else { return true };
    let first = &policy["conditions"][0];
    first["kind"] != "when" || named_ground(&first["body"]).is_none_or(|named| named == ground)
}

/// The ground that a condition names before anything else.
fn named_ground(body: &Value) -> Option<&str> {
    if let Some(both) = body.get("&&") {
        return named_ground(&both["left"]);
    }
    let equal = body.get("==")?;
    let attribute = equal["left"].get(".")?;
    let is_ground = attribute["left"]["Var"] == "context" && attribute["attr"] == "ground";
    equal["right"]["Value"].as_str().filter(|_| is_ground)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str, subject: Subject, ground: &str) -> Vec<String> {
        let policies: PolicySet = text.parse().expect("policies");
        let mut ids: Vec<String> =
            slice(&policies, subject, ground).policies().map(|one| one.id().to_string()).collect();
        ids.sort();
        ids
    }

    #[test]
    fn only_what_is_false_at_once_is_left_out() {
        let text = r#"
            permit (principal, action, resource is Item) when { context.ground == "law" && principal.a };
            permit (principal, action, resource is Citizen) when { context.ground == "law" };
            permit (principal, action, resource) when { principal.a && context.ground == "law" };
            permit (principal, action, resource) when { context.ground == "law" || principal.a };
            permit (principal, action, resource) unless { context.ground == "law" };
            permit (principal, action, resource) when { !(context.ground == "law") };
            permit (principal, action, resource) when { context.class == "law" };
            forbid (principal, action, resource);
        "#;
        let all = |first: &str| {
            let rest = (2..8).map(|number| format!("policy{number}"));
            std::iter::once(first.to_owned()).chain(rest).collect::<Vec<_>>()
        };
        assert_eq!(ids(text, Subject::Item, "law"), all("policy0"));
        assert_eq!(ids(text, Subject::Citizen, "law"), all("policy1"));
        assert_eq!(ids(text, Subject::Item, "consent"), all("")[1..]);
    }
}
