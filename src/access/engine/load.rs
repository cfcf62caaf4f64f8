//! The policies as files: read, checked against their schema, and nothing that does not fit is taken.

use std::fmt;
use std::str::FromStr as _;

use cedar_policy::{Authorizer, Decision, Entities, Entity, PolicySet, Request, Schema, ValidationMode, Validator};

use super::cedar::Names;
use super::input::GroundInput;
use super::kept::Kept;
use super::lasting::Lasting;
use super::slice::{Slices, Subject};

/// Policies and schema, ready to decide.
pub struct Engine {
    pub(super) authorizer: Authorizer,
    pub(super) policies: PolicySet,
    slices: Slices,
    pub(super) kept: Kept,
    pub(super) schema: Schema,
    pub(super) names: Names,
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Engine").field("policies", &self.policies.num_of_policies()).finish_non_exhaustive()
    }
}

/// The policies cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The schema cannot be read.
    #[error("the schema cannot be read: {0}")]
    Schema(String),
    /// The policies cannot be read.
    #[error("the policies cannot be read: {0}")]
    Policies(String),
    /// A policy has no `@id`, or one that another has.
    #[error("each policy must have an @id of its own; {0} has none")]
    Unnamed(String),
    /// A policy does not fit the schema.
    #[error("a policy does not fit the schema: {0}")]
    Misfit(String),
}

impl Engine {
    /// Reads policies and schema. Every policy must fit the schema strictly and have an `@id` of its own, which is what the
    /// audit names it by.
    ///
    /// # Errors
    /// [`EngineError`]; nothing in these files is personal data, so the library's own words are told.
    pub fn parse(schema: &str, policies: &str) -> Result<Self, EngineError> {
        let (schema, _warnings) =
            Schema::from_cedarschema_str(schema).map_err(|error| EngineError::Schema(error.to_string()))?;
        let parsed = PolicySet::from_str(policies).map_err(|error| EngineError::Policies(told(&error, policies)))?;
        let named = named(&parsed)?;
        let result = Validator::new(schema.clone()).validate(&named, ValidationMode::Strict);
        if let Some(misfit) = result.validation_errors().next() {
            return Err(EngineError::Misfit(misfit.to_string()));
        }
        let slices = Slices::of(&named);
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: named,
            slices,
            kept: Kept::nothing(),
            schema,
            names: Names::new(),
        })
    }

    /// The policies, by the ids in their annotations.
    pub fn policies(&self) -> &PolicySet {
        &self.policies
    }

    /// What the policies may rest on.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The same policies, and each question decided anew: what looks for mistakes in decisions must not repeat them.
    #[must_use]
    pub fn forgetting(self) -> Self {
        Self { kept: Kept::never(), ..self }
    }

    /// How many decisions are kept.
    #[cfg(test)]
    pub(crate) fn kept_count(&self) -> u64 {
        self.kept.count()
    }

    /// One question about this, on this ground, which stands in the request. `None` when a policy cannot be evaluated; that opens
    /// nothing: an error is a no.
    pub(super) fn answer(
        &self,
        subject: Subject,
        ground: &GroundInput,
        request: &Request,
        entities: &Entities,
    ) -> Option<bool> {
        self.answer_by(self.slices.policies(subject, ground), request, entities)
    }

    /// The same, by these policies.
    pub(super) fn answer_by(&self, policies: &PolicySet, request: &Request, entities: &Entities) -> Option<bool> {
        let answer = self.authorizer.is_authorized(request, policies, entities);
        let has_failed = answer.diagnostics().errors().next().is_some();
        if has_failed { None } else { Some(answer.decision() == Decision::Allow) }
    }

    /// For which other questions a decision on this ground holds.
    pub(super) fn lasting(&self, subject: Subject, ground: &GroundInput) -> &Lasting {
        self.slices.lasting(subject, ground)
    }

    /// Caller and resource of one question.
    pub(super) fn entities(caller: Entity, resource: Entity) -> Entities {
        Entities::from_entities([caller, resource], None).expect("caller and resource have different names")
    }
}

/// The policies under the names of their `@id`.
fn named(parsed: &PolicySet) -> Result<PolicySet, EngineError> {
    let mut named = PolicySet::new();
    for policy in parsed.policies() {
        let id = policy.annotation("id").filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| EngineError::Unnamed(policy.id().to_string()))?;
        let policy = policy.new_id(id.parse().map_err(|_| EngineError::Unnamed(policy.id().to_string()))?);
        named.add(policy).map_err(|_| EngineError::Unnamed(id.to_owned()))?;
    }
    Ok(named)
}

/// The library's word, with the line where it stands.
fn told(error: &cedar_policy::ParseErrors, text: &str) -> String {
    use miette::Diagnostic as _;
    let at = error.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
    match at {
        Some(at) => format!("line {}: {error}", text[..at.min(text.len())].matches('\n').count() + 1),
        None => error.to_string(),
    }
}
