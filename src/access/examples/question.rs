//! An example as the question that the policies are asked.

use std::collections::BTreeMap;

use cedar_policy::{Context, Entities, EntityUid, Request, Schema};
use serde_json::{Value, json};

use super::format::{Attributes, Base, Example, Examples};

/// The bases of one file, and the schema that every question must fit.
pub(super) struct Questions<'a> {
    examples: &'a Examples,
    schema: &'a Schema,
}

impl<'a> Questions<'a> {
    pub(super) fn new(examples: &'a Examples, schema: &'a Schema) -> Self {
        Self { examples, schema }
    }

    /// The question about one field class, or what is wrong with the example.
    pub(super) fn ask(&self, example: &Example, class: &str) -> Result<(Request, Entities), String> {
        for gone in &example.without {
            let part = gone.split_once('.').map(|(part, _)| part);
            if !part.is_some_and(|part| ["caller", "item", "citizen", "context"].contains(&part)) {
                return Err(format!(
                    "`without` takes `caller.`, `item.`, `citizen.` or `context.` and a name, not `{gone}`"
                ));
            }
        }
        let caller = of(&self.examples.caller, "caller", &example.caller, &example.caller_with, &example.without)?;
        let (kind, resource) = match (&example.item, &example.citizen) {
            (Some(item), None) if example.citizen_with.is_empty() => {
                ("Item", of(&self.examples.item, "item", item, &example.item_with, &example.without)?)
            }
            (None, Some(citizen)) if example.item_with.is_empty() => {
                ("Citizen", of(&self.examples.citizen, "citizen", citizen, &example.citizen_with, &example.without)?)
            }
            _ => return Err("an example is about one `item` or one `citizen`, and changes no other".to_owned()),
        };
        let mut context =
            of(&self.examples.context, "context", &example.context, &example.context_with, &example.without)?;
        context.insert("class".to_owned(), json!(class));
        let entities = json!([
            {"uid": {"type": "Caller", "id": "caller"}, "attrs": caller, "parents": []},
            {"uid": {"type": kind, "id": "resource"}, "attrs": resource, "parents": []},
        ]);
        let entities = Entities::from_json_value(entities, Some(self.schema)).map_err(|error| told(&error))?;
        let view = name("Action::\"view\"");
        let context = Context::from_json_value(Value::Object(context), Some((self.schema, &view)));
        let context = context.map_err(|error| told(&error))?;
        let (caller, resource) = (name("Caller::\"caller\""), name(&format!("{kind}::\"resource\"")));
        let request = Request::new(caller, view, resource, context, Some(self.schema)).map_err(|error| told(&error))?;
        Ok((request, entities))
    }
}

/// A base with its changes.
fn of(
    bases: &BTreeMap<String, Base>,
    part: &str,
    named: &str,
    with: &Attributes,
    without: &[String],
) -> Result<Attributes, String> {
    let find = |name: &str| bases.get(name).ok_or_else(|| format!("there is no {part} `{name}`"));
    let base = find(named)?;
    let mut attributes = match base.like.as_deref().map(find).transpose()? {
        Some(Base { like: Some(_), .. }) => return Err(format!("{part} `{named}` is like one that is like another")),
        Some(other) => other.attributes.clone(),
        None => Attributes::new(),
    };
    lay_over(&mut attributes, &base.attributes);
    lay_over(&mut attributes, with);
    for gone in without {
        let Some(attribute) = gone.strip_prefix(part).and_then(|rest| rest.strip_prefix('.')) else { continue };
        attributes.remove(attribute).ok_or_else(|| format!("{part} `{named}` has no `{attribute}` to be without"))?;
    }
    Ok(attributes)
}

/// Changes laid over attributes; a record is changed field by field, everything else as a whole.
fn lay_over(attributes: &mut Attributes, changes: &Attributes) {
    for (name, change) in changes {
        match (attributes.get_mut(name), change) {
            (Some(Value::Object(record)), Value::Object(fields)) => lay_over(record, fields),
            _ => {
                attributes.insert(name.clone(), change.clone());
            }
        }
    }
}

fn name(text: &str) -> EntityUid {
    text.parse().expect("names of ours are well written")
}

/// A library's error with what it knows of the cause.
fn told(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
