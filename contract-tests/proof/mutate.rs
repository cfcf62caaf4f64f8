//! Every mistake, made in turn: generated from the policies themselves, so that a new policy brings its own mutants.

use cedar_policy::{Effect, Policy};
use serde_json::{Value, json};

use crate::edits::{self, Edit};
use crate::mutant::{Kind, Mutant, added, changed, removed, text};
use crate::rules;

const GROUNDS: [&str; 6] = ["own_case", "granting_case", "law", "consent", "emergency", "category"];

/// All mutants of a policy set, in the order of its policies.
pub(crate) fn all(policies: &[Policy]) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for policy in policies {
        match policy.effect() {
            Effect::Permit => permit(policy, &mut mutants),
            Effect::Forbid => forbid(policy, &mut mutants),
        }
    }
    mutants.push(added("alt tilladt for alle", "permit (principal, action, resource);"));
    mutants.push(added("alle sager tilladt", "permit (principal, action, resource is Item);"));
    mutants.push(added("alle borgere tilladt", "permit (principal, action, resource is Citizen);"));
    mutants.push(added(
        "alt tilladt for ledere",
        r#"permit (principal is Caller, action, resource) when { principal.role == "leader" };"#,
    ));
    mutants
}

fn permit(policy: &Policy, mutants: &mut Vec<Mutant>) {
    let Some(body) = &rules::body(policy) else { return };
    for Edit { kind, what, body } in edits::wider(body) {
        mutants.push(with_body(policy, kind, &what, &body));
    }
    let mut open = rules::as_json(policy);
    open["conditions"] = json!([]);
    mutants.push(changed(policy, Kind::DroppedAllConditions, "uden nogen betingelse", open));
    for (from, to) in confused_grounds(body) {
        let is_ground = |node: &Value| {
            (node["=="]["left"] == attribute("context", "ground") && node["=="]["right"] == literal(from))
                .then(|| json!({"==": {"left": attribute("context", "ground"), "right": literal(to)}}))
        };
        let what = format!("på grunden {to} i stedet for {from}");
        mutants.extend(replaced(policy, Kind::GroundConfusion, &what, &is_ground));
    }
    for (from, to) in confused_grounds(body) {
        let opens =
            |ground: &str| json!({"contains": {"left": attribute("context", "opens"), "right": literal(ground)}});
        let is_opens = |node: &Value| (*node == opens(from)).then(|| opens(to));
        let what = format!("når formålet åbner {to} i stedet for {from}");
        mutants.extend(replaced(policy, Kind::PurposeConfusion, &what, &is_opens));
    }
    let swaps = [
        (Kind::SwappedUnits, "from", "to"),
        (Kind::SwappedUnits, "owner_unit", "owner_department"),
        (Kind::SwappedUnits, "unit", "department"),
        (Kind::SwappedRights, "own_by_person", "own_by_unit"),
        (Kind::SwappedRights, "consent_level_max", "sensitivity_max"),
        (Kind::SwappedRights, "own_at_level_1", "own_at_level_3"),
        (Kind::SwappedRights, "categories", "classes"),
        (Kind::SwappedRights, "works_in_person", "has_own_case"),
        (Kind::SwappedRights, "valid_from", "valid_to"),
        (Kind::SwappedRights, "opened_at", "ends_at"),
    ];
    let spoken = text(body);
    for (kind, one, other) in swaps {
        // Where either of the two will do, to swap them changes nothing.
        if kind == Kind::SwappedUnits
            && one != "from"
            && spoken.contains(&format!("has {one})"))
            && spoken.contains(other)
        {
            continue;
        }
        let swapped = |node: &Value| swapped_attribute(node, one, other);
        mutants.extend(replaced(policy, kind, &format!("{one} og {other} byttet om"), &swapped));
    }
}

fn forbid(policy: &Policy, mutants: &mut Vec<Mutant>) {
    mutants.push(removed(policy));
    let Some(body) = &rules::body(policy) else { return };
    for Edit { what, body, .. } in edits::narrower(body) {
        mutants.push(with_body(policy, Kind::NarrowedForbid, &what, &body));
    }
    let not_in_need = json!({"!=": {"left": attribute("context", "ground"), "right": literal("emergency")}});
    let exempted = json!({"&&": {"left": not_in_need, "right": body}});
    mutants.push(with_body(policy, Kind::EmergencyExemption, "gælder ikke i nødsituationer", &exempted));
}

fn with_body(policy: &Policy, kind: Kind, what: &str, body: &Value) -> Mutant {
    let mut whole = rules::as_json(policy);
    whole["conditions"] = json!([{"kind": "when", "body": body}]);
    changed(policy, kind, what, whole)
}

/// The policy with every hit of `with` replaced; nothing where there is none.
fn replaced(policy: &Policy, kind: Kind, what: &str, with: &dyn Fn(&Value) -> Option<Value>) -> Option<Mutant> {
    let body = rules::body(policy)?;
    let new = edits::map(&body, with);
    (new != body).then(|| with_body(policy, kind, what, &new))
}

fn swapped_attribute(node: &Value, one: &str, other: &str) -> Option<Value> {
    let (operator, inner) = node.as_object()?.iter().next()?;
    if operator != "." && operator != "has" {
        return None;
    }
    let attr = inner["attr"].as_str()?;
    let new = if attr == one {
        other
    } else if attr == other {
        one
    } else {
        return None;
    };
    let left = edits::map(&inner["left"], &|node| swapped_attribute(node, one, other));
    Some(json!({operator.as_str(): {"left": left, "attr": new}}))
}

/// Each ground that the policy speaks of, with each other ground.
fn confused_grounds(body: &Value) -> Vec<(&'static str, &'static str)> {
    let spoken = text(body);
    let named = GROUNDS.into_iter().filter(|ground| spoken.contains(&format!("context.ground == \"{ground}\"")));
    named.flat_map(|from| GROUNDS.into_iter().filter(move |to| *to != from).map(move |to| (from, to))).collect()
}

fn attribute(variable: &str, name: &str) -> Value {
    json!({".": {"left": {"Var": variable}, "attr": name}})
}

fn literal(text: &str) -> Value {
    json!({"Value": text})
}
