//! Small changes to one condition: everything that makes a rule wider, and everything that makes a bar narrower.

use serde_json::{Value, json};

use crate::mutant::{Kind, text};

/// A changed condition.
#[derive(Debug)]
pub(crate) struct Edit {
    pub(crate) kind: Kind,
    pub(crate) what: String,
    pub(crate) body: Value,
}

/// Codes that are put into lists of field classes which do not hold them.
const CLASSES: [&str; 4] = ["address", "household", "person", "amount"];

/// Every condition that holds wherever this one does, and in one way more.
pub(crate) fn wider(body: &Value) -> Vec<Edit> {
    let Some((operator, inner)) = node(body) else { return Vec::new() };
    match operator {
        "&&" => each_part(body, "&&", true),
        "||" => inside(body, "||", true),
        "!" => wrapped(narrower(&inner["arg"])),
        _ => leaf(body, operator, inner),
    }
}

/// Every condition that holds only where this one does, and in one way less.
pub(crate) fn narrower(body: &Value) -> Vec<Edit> {
    let Some((operator, inner)) = node(body) else { return Vec::new() };
    match operator {
        "||" => each_part(body, "||", false),
        "&&" => inside(body, "&&", false),
        "!" => wrapped(wider(&inner["arg"])),
        "containsAny" => {
            let edited = json!({"containsAll": inner});
            vec![edit(Kind::NarrowedForbid, format!("kun «{}»", text(&edited)), edited)]
        }
        _ => Vec::new(),
    }
}

/// The same expression with every hit of `with` replaced, outermost first.
pub(crate) fn map(expression: &Value, with: &dyn Fn(&Value) -> Option<Value>) -> Value {
    if let Some(new) = with(expression) {
        return new;
    }
    match expression {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), map(value, with))).collect(),
        Value::Array(parts) => parts.iter().map(|part| map(part, with)).collect(),
        other => other.clone(),
    }
}

/// Each part of a chain left out in turn; and each part changed in itself.
fn each_part(body: &Value, operator: &str, is_wider: bool) -> Vec<Edit> {
    let parts = chain(body, operator);
    let mut edits = Vec::new();
    for at in 0..parts.len() {
        let rest: Vec<Value> =
            parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part.clone()).collect();
        let kind = if is_wider { Kind::DroppedCondition } else { Kind::NarrowedForbid };
        edits.push(edit(kind, format!("uden «{}»", text(&parts[at])), joined(&rest, operator)));
    }
    edits.extend(inside(body, operator, is_wider));
    edits
}

/// Each part of a chain changed in itself.
fn inside(body: &Value, operator: &str, is_wider: bool) -> Vec<Edit> {
    let parts = chain(body, operator);
    let mut edits = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        for change in if is_wider { wider(part) } else { narrower(part) } {
            let mut changed = parts.clone();
            changed[at] = change.body;
            edits.push(Edit { body: joined(&changed, operator), ..change });
        }
    }
    edits
}

fn leaf(body: &Value, operator: &str, inner: &Value) -> Vec<Edit> {
    let (left, right) = (&inner["left"], &inner["right"]);
    let one_more = |value: &Value, by: i64| value["Value"].as_i64().map(|number| json!({"Value": number + by}));
    let mut edits = Vec::new();
    let mut say = |kind: Kind, edited: Value| {
        edits.push(edit(kind, format!("«{}» i stedet for «{}»", text(&edited), text(body)), edited));
    };
    match operator {
        "<" | "<=" => {
            if operator == "<" {
                say(Kind::ChangedComparison, json!({"<=": inner}));
            }
            if let Some(more) = one_more(right, 1) {
                say(Kind::WidenedLevel, json!({operator: {"left": left, "right": more}}));
            }
            if let Some(less) = one_more(left, -1) {
                say(Kind::WidenedLevel, json!({operator: {"left": less, "right": right}}));
            }
        }
        "==" if right["Value"].is_i64() => {
            say(Kind::ChangedComparison, json!({"<=": inner}));
            say(Kind::ChangedComparison, json!({">=": inner}));
        }
        "containsAll" => say(Kind::AnyForAll, json!({"containsAny": inner})),
        "contains" if left["Set"].is_array() => {
            for class in CLASSES {
                let mut set = left.clone();
                let list = set["Set"].as_array_mut().expect("seen above");
                if list.contains(&json!({"Value": class})) {
                    continue;
                }
                list.push(json!({"Value": class}));
                say(Kind::WidenedClasses, json!({"contains": {"left": set, "right": right}}));
            }
        }
        _ => {}
    }
    edits
}

fn wrapped(edits: Vec<Edit>) -> Vec<Edit> {
    edits.into_iter().map(|edit| Edit { body: json!({"!": {"arg": edit.body}}), ..edit }).collect()
}

fn chain(body: &Value, operator: &str) -> Vec<Value> {
    match node(body) {
        Some((found, inner)) if found == operator => {
            let mut parts = chain(&inner["left"], operator);
            parts.extend(chain(&inner["right"], operator));
            parts
        }
        _ => vec![body.clone()],
    }
}

fn joined(parts: &[Value], operator: &str) -> Value {
    let together = |all: Value, part: &Value| json!({operator: {"left": all, "right": part}});
    parts[1..].iter().fold(parts[0].clone(), together)
}

fn node(expression: &Value) -> Option<(&str, &Value)> {
    let fields = expression.as_object()?;
    fields.iter().next().map(|(operator, inner)| (operator.as_str(), inner))
}

fn edit(kind: Kind, what: String, body: Value) -> Edit {
    Edit { kind, what, body }
}
