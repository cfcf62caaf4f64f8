//! What is proved about: the shipped policies, the ceiling and the schema, each policy under its own name.

use std::path::Path;

use cedar_policy::{Policy, PolicyId, PolicySet, RequestEnv, Schema, ValidationMode, Validator};
use serde_json::{Value, json};

/// The shipped files, parsed.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) schema: Schema,
    pub(crate) policies: Vec<Policy>,
    pub(crate) ceiling: Vec<Policy>,
    validator: Validator,
}

impl Rules {
    /// Reads `config/access` beside this package; says which file is wrong.
    pub(crate) fn read() -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/access");
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
        let (schema, warnings) =
            Schema::from_cedarschema_str(&text("schema.cedarschema")?).map_err(|error| error.to_string())?;
        if let Some(warning) = warnings.into_iter().next() {
            return Err(format!("schema.cedarschema: {warning}"));
        }
        let rules = Self {
            policies: named(&text("policies.cedar")?)?,
            ceiling: named(&text("ceiling.cedar")?)?,
            validator: Validator::new(schema.clone()),
            schema,
        };
        rules.validate(&rules.policies)?;
        rules.validate(&rules.ceiling)?;
        Ok(rules)
    }

    /// The policies fit the schema, strictly: what a changed file must pass before it replaces the running one.
    pub(crate) fn validate(&self, policies: &[Policy]) -> Result<(), String> {
        let result = self.validator.validate(&set(policies), ValidationMode::Strict);
        match result.validation_errors().next() {
            Some(error) => Err(error.to_string()),
            None => Ok(()),
        }
    }

    /// Every kind of question there is: a caller about an item, a caller about a citizen.
    pub(crate) fn questions(&self) -> Vec<RequestEnv> {
        let mut questions: Vec<RequestEnv> = self.schema.request_envs().collect();
        questions.sort_by_key(|question| question.resource().to_string());
        questions
    }
}

/// The policies as one set.
pub(crate) fn set(policies: &[Policy]) -> PolicySet {
    PolicySet::from_policies(policies.iter().cloned()).expect("every policy has a name of its own")
}

/// A policy under its annotated name.
pub(crate) fn name(policy: &Policy) -> String {
    policy.id().to_string()
}

/// A policy as Cedar's JSON.
pub(crate) fn as_json(policy: &Policy) -> Value {
    policy.to_json().expect("a parsed policy has a JSON form")
}

/// The policy's conditions as one expression; none where it has none.
pub(crate) fn body(policy: &Policy) -> Option<Value> {
    let whole = as_json(policy);
    let conditions = whole["conditions"].as_array().cloned().unwrap_or_default();
    let each = conditions.into_iter().map(|condition| match condition["kind"].as_str() {
        Some("unless") => json!({"!": {"arg": condition["body"]}}),
        _ => condition["body"].clone(),
    });
    each.reduce(|all, one| json!({"&&": {"left": all, "right": one}}))
}

/// The policy can answer this kind of question at all: its scope names no other type.
pub(crate) fn concerns(policy: &Policy, question: &RequestEnv) -> bool {
    let whole = as_json(policy);
    match whole["resource"]["entity_type"].as_str() {
        Some(only) => only == question.resource().to_string(),
        None => true,
    }
}

/// Parses a file, and names each policy by its `@id`.
fn named(text: &str) -> Result<Vec<Policy>, String> {
    let set: PolicySet = text.parse().map_err(|error| format!("{error}"))?;
    let mut policies = Vec::new();
    for policy in set.policies() {
        let id = policy.annotation("id").ok_or_else(|| format!("a policy without @id: {policy}"))?;
        policies.push(policy.new_id(PolicyId::new(id)));
    }
    // Parsing loses their order; names are in order instead, so that two runs say the same.
    policies.sort_by_key(name);
    Ok(policies)
}
