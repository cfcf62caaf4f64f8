//! For which other questions a decision holds, read from the policies themselves.
//!
//! A policy that looks at the case that the request names, at a consent or at an emergency decides about one citizen. One that does
//! anything with the moment but compare it with a fixed one cannot be followed. Whatever rests on such a policy is decided anew each
//! time. For all others, the inputs and whether each fixed moment has come say everything that a policy can know.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use cedar_policy::{Policy, PolicySet};
use serde_json::Value;

use super::input::GroundInput;

/// What policies may read of the surroundings and still decide alike about the next citizen; and the moment, see [`Moment`].
const SHARED: [&str; 8] =
    ["class", "ground", "purpose", "opens", "bars", "has_relation", "has_protected_reason", "statute"];
const STATUTE: &str = "statute";
const NOW: &str = "now";
const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

/// A fixed moment that policies compare the question's with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// In seconds since 1970, as the policy has it.
    Written(i64),
    /// The statute's attribute of this name.
    OfStatute(String),
}

/// For which other questions the decisions of some policies hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lasting {
    /// For no other.
    Once,
    /// For each with the same inputs, to which each of these moments stands alike.
    Alike(Moments),
}

/// Moments that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moments(BTreeSet<Moment>);

impl Lasting {
    pub(super) fn of(policies: &PolicySet) -> Self {
        let mut moments = BTreeSet::new();
        let is_shared = policies.policies().all(|policy| reads_what_is_shared(policy, &mut moments));
        if is_shared { Self::Alike(Moments(moments)) } else { Self::Once }
    }
}

impl Moments {
    /// Where `now` stands to each; `None` when the ground has no such moment, and the policy fails on it.
    pub(super) fn stand(&self, now: i64, ground: &GroundInput) -> Option<Vec<i8>> {
        let stands = |moment: &Moment| match now.cmp(&moment.on(ground)?) {
            Ordering::Less => Some(-1),
            Ordering::Equal => Some(0),
            Ordering::Greater => Some(1),
        };
        self.0.iter().map(stands).collect()
    }
}

impl Moment {
    fn on(&self, ground: &GroundInput) -> Option<i64> {
        match (self, ground) {
            (Self::Written(second), _) => Some(*second),
            (Self::OfStatute(name), GroundInput::Law(law)) => match name.as_str() {
                "valid_from" => Some(law.valid_from.as_second()),
                "valid_to" => Some(law.valid_to.as_second()),
                _ => None,
            },
            _ => None,
        }
    }
}

fn reads_what_is_shared(policy: &Policy, moments: &mut BTreeSet<Moment>) -> bool {
    policy.to_json().is_ok_and(|policy| is_shared(&policy["conditions"], moments))
}

/// Nothing in the expression, in Cedar's JSON, reads more than it may; the moments in it are added.
fn is_shared(node: &Value, moments: &mut BTreeSet<Moment>) -> bool {
    if is_context(node) {
        return false;
    }
    if let Some(name) = of_context(node, ".").or_else(|| of_context(node, "has")) {
        return SHARED.contains(&name);
    }
    match node {
        Value::Object(fields) => match compared(node) {
            Some(moment) => {
                moments.insert(moment);
                true
            }
            None => fields.values().all(|inner| is_shared(inner, moments)),
        },
        Value::Array(nodes) => nodes.iter().all(|inner| is_shared(inner, moments)),
        _ => true,
    }
}

fn is_context(node: &Value) -> bool {
    node.get("Var").is_some_and(|name| name == "context")
}

/// The attribute of the surroundings that this is, or asks for.
fn of_context<'a>(node: &'a Value, how: &str) -> Option<&'a str> {
    let read = node.get(how)?;
    if is_context(&read["left"]) { read["attr"].as_str() } else { None }
}

/// The fixed moment that the question's is compared with.
fn compared(node: &Value) -> Option<Moment> {
    let sides = COMPARISONS.iter().find_map(|comparison| node.get(comparison))?;
    let (left, right) = (&sides["left"], &sides["right"]);
    let is_now = |side: &Value| of_context(side, ".") == Some(NOW);
    let other = match (is_now(left), is_now(right)) {
        (true, false) => right,
        (false, true) => left,
        _ => return None,
    };
    if let Some(written) = other.get("Value").and_then(Value::as_i64) {
        return Some(Moment::Written(written));
    }
    let read = other.get(".")?;
    let name = read["attr"].as_str().filter(|_| of_context(&read["left"], ".") == Some(STATUTE))?;
    Some(Moment::OfStatute(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(condition: &str) -> Lasting {
        let text = format!("permit (principal, action, resource) when {{ {condition} }};");
        Lasting::of(&text.parse().expect("a policy"))
    }

    #[test]
    fn what_looks_at_one_case_one_consent_or_the_clock_holds_once() {
        for condition in [
            "context.case_ref == \"1\"",
            "context has case_ref",
            "context.consent.purpose == context.purpose",
            "context has emergency",
            "context.now - 5 < 7",
            "context.now < context.now",
            "context.now == 1 + 1",
            "context.now < resource.level",
            "context.now < context.consent.valid_to",
            "context has now",
            "[context.now].contains(3)",
            "context == {}",
            "context has statute.valid_from",
            "principal.list.contains(context)",
            "if true then true else context.something",
            "true || (false && !(context.another))",
        ] {
            assert_eq!(lasting(condition), Lasting::Once, "{condition}");
        }
    }

    #[test]
    fn what_looks_at_the_inputs_holds_while_each_moment_stands_alike() {
        let alike = |moments: &[Moment]| Lasting::Alike(Moments(moments.iter().cloned().collect()));
        assert_eq!(lasting("principal.a && context.bars.contains(\"b\") && context.class == \"core\""), alike(&[]));
        assert_eq!(lasting("resource.now < 5 && principal.case_ref == \"1\""), alike(&[]), "of other things");
        let both = "context has statute && context.statute.valid_from <= context.now && context.now < context.statute.valid_to";
        let of_statute = |name: &str| Moment::OfStatute(name.to_owned());
        assert_eq!(lasting(both), alike(&[of_statute("valid_from"), of_statute("valid_to")]));
        assert_eq!(lasting("context.now >= 1800000000"), alike(&[Moment::Written(1_800_000_000)]));
    }

    #[test]
    fn a_moment_has_three_sides_and_a_ground_without_it_none() {
        let Lasting::Alike(moments) = lasting("context.now < 100 && 7 != context.now") else { panic!("it lasts") };
        let stand = |now| moments.stand(now, &GroundInput::OwnCase);
        let sides = [6, 7, 8, 99, 100, 101].map(|now| stand(now).expect("written moments"));
        assert_eq!(sides, [[-1, -1], [0, -1], [1, -1], [1, -1], [1, 0], [1, 1]]);
        let Lasting::Alike(moments) = lasting("context.now < context.statute.valid_to") else { panic!("it lasts") };
        assert_eq!(moments.stand(1, &GroundInput::OwnCase), None);
    }
}
