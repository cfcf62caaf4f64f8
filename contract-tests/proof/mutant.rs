//! A policy set with one mistake in it.

use cedar_policy::{Policy, PolicyId};
use serde_json::{Value, json};

use crate::rules;

/// What kind of mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    DroppedCondition,
    DroppedAllConditions,
    WidenedLevel,
    ChangedComparison,
    WidenedClasses,
    AnyForAll,
    GroundConfusion,
    PurposeConfusion,
    SwappedUnits,
    SwappedRights,
    RemovedForbid,
    NarrowedForbid,
    EmergencyExemption,
    PermitForAll,
}

impl Kind {
    pub(crate) const ALL: [Self; 14] = [
        Self::DroppedCondition,
        Self::DroppedAllConditions,
        Self::WidenedLevel,
        Self::ChangedComparison,
        Self::WidenedClasses,
        Self::AnyForAll,
        Self::GroundConfusion,
        Self::PurposeConfusion,
        Self::SwappedUnits,
        Self::SwappedRights,
        Self::RemovedForbid,
        Self::NarrowedForbid,
        Self::EmergencyExemption,
        Self::PermitForAll,
    ];

    /// In the report's words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::DroppedCondition => "en betingelse fjernet",
            Self::DroppedAllConditions => "alle betingelser fjernet",
            Self::WidenedLevel => "et niveau eller en frist udvidet",
            Self::ChangedComparison => "en sammenligning ændret",
            Self::WidenedClasses => "flere slags oplysninger",
            Self::AnyForAll => "én i stedet for alle",
            Self::GroundConfusion => "grunde forvekslet",
            Self::PurposeConfusion => "formål forvekslet",
            Self::SwappedUnits => "enheder ombyttet",
            Self::SwappedRights => "rettigheder ombyttet",
            Self::RemovedForbid => "et forbud fjernet",
            Self::NarrowedForbid => "et forbud gjort snævrere",
            Self::EmergencyExemption => "et forbud ophævet i nødsituationer",
            Self::PermitForAll => "alt tilladt",
        }
    }
}

/// One policy changed, removed or added.
#[derive(Debug)]
pub(crate) struct Mutant {
    /// Which policy, and what was done to it: the name under which it is listed.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The policy that replaces the one of the same name; none where that one is removed.
    pub(crate) policy: Option<Policy>,
    pub(crate) replaces: PolicyId,
}

impl Mutant {
    /// The whole set with the mistake in it.
    pub(crate) fn of(&self, policies: &[Policy]) -> Vec<Policy> {
        let others = policies.iter().filter(|policy| *policy.id() != self.replaces).cloned();
        others.chain(self.policy.clone()).collect()
    }
}

/// The mutant of a policy whose JSON is changed to `changed`.
pub(crate) fn changed(policy: &Policy, kind: Kind, what: &str, changed: Value) -> Mutant {
    let name = rules::name(policy);
    let policy_with = Policy::from_json(Some(policy.id().clone()), changed).expect("a changed policy is still one");
    Mutant { name: format!("{name}: {what}"), kind, policy: Some(policy_with), replaces: policy.id().clone() }
}

/// The set without this policy.
pub(crate) fn removed(policy: &Policy) -> Mutant {
    let name = format!("{}: fjernet", rules::name(policy));
    Mutant { name, kind: Kind::RemovedForbid, policy: None, replaces: policy.id().clone() }
}

/// The set with one policy more.
pub(crate) fn added(name: &str, text: &str) -> Mutant {
    let id = PolicyId::new("added");
    let policy = Policy::parse(Some(id.clone()), text).expect("the added policy is well written");
    Mutant { name: name.to_owned(), kind: Kind::PermitForAll, policy: Some(policy), replaces: id }
}

/// An expression of Cedar's JSON as Cedar's text, on one line.
pub(crate) fn text(expression: &Value) -> String {
    let policy = json!({
        "effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body": expression}],
    });
    let policy = Policy::from_json(None, policy).expect("a part of a policy is an expression");
    let text = policy.to_cedar().unwrap_or_default();
    let body = text.split_once("when {").map_or(text.as_str(), |(_, body)| body);
    let body = body.trim_end().trim_end_matches(';').trim_end().trim_end_matches('}');
    body.split_whitespace().collect::<Vec<_>>().join(" ")
}
