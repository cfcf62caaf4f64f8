//! `$select`, `$expand` with options of its own, and `$orderby`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{BadQuery, EntityType, at};

/// The refusal of an option.
pub(super) fn invalid(option: &str) -> BadQuery {
    BadQuery(format!(
        "The query specified in the URI is not valid. The value of the query option '{option}' is invalid."
    ))
}

/// A row number or a number of rows.
pub(super) fn whole_number(option: &str, value: &str) -> Result<usize, BadQuery> {
    value.trim().parse().map_err(|_| invalid(option))
}

/// Names of fields, each known.
pub(super) fn names(entity: &EntityType, list: &str) -> Result<Vec<String>, BadQuery> {
    let known =
        |name: &str| if entity.has(name) || name == "*" { Ok(name.to_owned()) } else { Err(entity.unknown(name)) };
    list.split(',').map(str::trim).map(known).collect()
}

/// Navigations to follow.
#[derive(Debug, Default)]
pub(super) struct Expand(Vec<(String, Option<Vec<String>>, Expand)>);

impl Expand {
    /// `person($select=id,name;$expand=…),caseworker`.
    pub(super) fn read(entity: &EntityType, list: &str) -> Result<Self, BadQuery> {
        outside_parentheses(list, ',')?
            .into_iter()
            .map(|item| Self::item(entity, item))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn item(entity: &EntityType, item: &str) -> Result<(String, Option<Vec<String>>, Self), BadQuery> {
        let (name, inner) = match item.split_once('(') {
            Some((name, rest)) => {
                (name.trim(), Some(rest.trim_end().strip_suffix(')').ok_or_else(|| invalid("$expand"))?))
            }
            None => (item.trim(), None),
        };
        let target = entity.navigation(name).ok_or_else(|| entity.unknown(name))?;
        let (mut select, mut expand) = (None, Self::default());
        for option in outside_parentheses(inner.unwrap_or_default(), ';')? {
            match option.trim().split_once('=') {
                Some(("$select", list)) => select = Some(names(target, list)?),
                Some(("$expand", list)) => expand = Self::read(target, list)?,
                None if inner.is_none() => {}
                _ => return Err(invalid("$expand")),
            }
        }
        Ok((name.to_owned(), select, expand))
    }

    /// The wanted fields of `row`, and the navigations that were asked for.
    pub(super) fn project(&self, entity: &EntityType, select: Option<&[String]>, row: &Value) -> Value {
        let Value::Object(fields) = row else { return row.clone() };
        let wanted = |name: &str| select.is_none_or(|names| names.iter().any(|wanted| wanted == name || wanted == "*"));
        let mut out: Map<String, Value> = fields
            .iter()
            .filter(|(name, _)| entity.fields.contains(&name.as_str()) && wanted(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for (name, select, inner) in &self.0 {
            if let (Some(target), Some(value)) = (entity.navigation(name), fields.get(name)) {
                out.insert(name.clone(), inner.project(target, select.as_deref(), value));
            }
        }
        Value::Object(out)
    }
}

/// The parts between separators that stand outside parentheses.
fn outside_parentheses(text: &str, separator: char) -> Result<Vec<&str>, BadQuery> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (index, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or_else(|| invalid("$expand"))?,
            _ if character == separator && depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(invalid("$expand"));
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// Paths to sort by, each upwards or downwards.
#[derive(Debug, Default)]
pub(super) struct Order(Vec<(String, bool)>);

impl Order {
    /// `id desc, titel`.
    pub(super) fn read(entity: &EntityType, list: &str) -> Result<Self, BadQuery> {
        let one = |item: &str| {
            let mut words = item.split_whitespace();
            let path = words.next().ok_or_else(|| invalid("$orderby"))?;
            let first = path.split('/').next().unwrap_or_default();
            if !entity.has(first) {
                return Err(entity.unknown(first));
            }
            match (words.next(), words.next()) {
                (None | Some("asc"), None) => Ok((path.to_owned(), false)),
                (Some("desc"), None) => Ok((path.to_owned(), true)),
                _ => Err(invalid("$orderby")),
            }
        };
        list.split(',').map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Sorts rows; rows that are equal keep their order.
    pub(super) fn sort(&self, rows: &mut [&Value]) {
        rows.sort_by(|one, other| {
            let by = |(path, down): &(String, bool)| {
                let order = compare(at(one, path), at(other, path));
                if *down { order.reverse() } else { order }
            };
            self.0.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
    }
}

/// Nothing comes first, then numbers, then texts.
fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    let rank = |value: Option<&Value>| match value {
        None | Some(Value::Null) => 0,
        Some(Value::Number(_)) => 1,
        _ => 2,
    };
    match (one, other) {
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Some(Value::String(one)), Some(Value::String(other))) => one.cmp(other),
        _ => rank(one).cmp(&rank(other)),
    }
}
