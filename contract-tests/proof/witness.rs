//! A counterexample: checked by deciding it, and told in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cedar_policy::{Authorizer, Decision, Policy, PolicySet, Response};
use cedar_policy_symcc::Env;
use serde_json::Value;

use crate::rules::{name, set};

/// One request that a mistake opens and the ceiling closes.
#[derive(Debug)]
pub(crate) struct Witness {
    who: String,
    what: String,
    why: String,
}

impl Witness {
    /// Decides the request three times, with Cedar itself and no solver: the mutant must allow it, and the ceiling and the
    /// shipped policies must not.
    pub(crate) fn check(env: &Env, mutant: &[Policy], ceiling: &[Policy], shipped: &[Policy]) -> Result<Self, String> {
        let allowing = decide(env, &set(mutant));
        let denying = decide(env, &set(ceiling));
        let error = |response: &Response| response.diagnostics().errors().next().map(ToString::to_string);
        if let Some(error) = error(&allowing).or_else(|| error(&denying)) {
            return Err(format!("deciding the counterexample fails: {error}"));
        }
        if allowing.decision() != Decision::Allow {
            return Err("the solver's counterexample is denied by the mutant".to_owned());
        }
        if denying.decision() != Decision::Deny {
            return Err("the solver's counterexample is allowed by the ceiling".to_owned());
        }
        if decide(env, &set(shipped)).decision() != Decision::Deny {
            return Err("the counterexample is allowed by the shipped policies too".to_owned());
        }
        let opened: Vec<String> = allowing.diagnostics().reason().map(ToString::to_string).collect();
        let mut closed: Vec<String> = denying.diagnostics().reason().map(|id| says(ceiling, id.as_ref())).collect();
        closed.sort();
        let closed = if closed.is_empty() {
            "loftet nævner det ikke, og det er lukket, til det er nævnt".to_owned()
        } else {
            closed.join(" ")
        };
        let facts = Facts::of(env)?;
        Ok(Self {
            who: facts.who(),
            what: facts.what(),
            why: format!("åbnet af {}; loftet siger nej: {closed}", opened.join(", ")),
        })
    }

    /// Who, what and why, one line each.
    pub(crate) fn lines(&self) -> [String; 3] {
        [format!("hvem:    {}", self.who), format!("hvad:    {}", self.what), format!("hvorfor: {}", self.why)]
    }
}

/// These policies allow the request.
pub(crate) fn allows(env: &Env, policies: &PolicySet) -> bool {
    decide(env, policies).decision() == Decision::Allow
}

fn decide(env: &Env, policies: &PolicySet) -> Response {
    Authorizer::new().is_authorized(&env.request, policies, &env.entities)
}

fn says(ceiling: &[Policy], id: &str) -> String {
    let policy = ceiling.iter().find(|policy| name(policy) == id);
    policy.and_then(|policy| policy.annotation("says")).unwrap_or(id).to_owned()
}

/// The request's attributes, by name.
struct Facts {
    caller: BTreeMap<String, Value>,
    resource: BTreeMap<String, Value>,
    is_item: bool,
    context: BTreeMap<String, Value>,
}

impl Facts {
    fn of(env: &Env) -> Result<Self, String> {
        let entities = env.entities.to_json_value().map_err(|error| error.to_string())?;
        let attributes = |uid: Option<&cedar_policy::EntityUid>| -> BTreeMap<String, Value> {
            let Some(uid) = uid else { return BTreeMap::new() };
            let is_it = |entity: &&Value| {
                entity["uid"]["type"] == uid.type_name().to_string() && entity["uid"]["id"] == uid.id().unescaped()
            };
            let found = entities.as_array().and_then(|list| list.iter().find(is_it));
            found
                .and_then(|entity| entity["attrs"].as_object())
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect()
        };
        let context = match env.request.context() {
            Some(context) => context.to_json_value().map_err(|error| error.to_string())?,
            None => Value::Null,
        };
        Ok(Self {
            caller: attributes(env.request.principal()),
            resource: attributes(env.request.resource()),
            is_item: env.request.resource().is_some_and(|uid| uid.type_name().to_string() == "Item"),
            context: context.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect(),
        })
    }

    fn who(&self) -> String {
        let place = ["unit", "department", "role"].into_iter().filter_map(|key| {
            let word = match key {
                "unit" => "enhed",
                "department" => "driftsområde",
                _ => "rolle",
            };
            self.caller.get(key).map(|value| format!("{word} {value}"))
        });
        let rights = set_flags(&self.caller);
        let stands = list(&self.context, "bars").map_or(String::new(), |bars| format!("; spærringer: {bars}"));
        format!("medarbejder i {} ({rights}){stands}", place.collect::<Vec<_>>().join(", "))
    }

    fn what(&self) -> String {
        let class = self.context.get("class").map(ToString::to_string).unwrap_or_default();
        let ground = self.context.get("ground").map(ToString::to_string).unwrap_or_default();
        let resource = if self.is_item {
            let level = self.resource.get("level").map(ToString::to_string).unwrap_or_default();
            let categories = list(&self.resource, "categories").unwrap_or_else(|| "ingen".to_owned());
            format!("en sag på niveau {level}, kategorier: {categories}")
        } else {
            "borgeren selv".to_owned()
        };
        let opens = list(&self.context, "opens").unwrap_or_else(|| "intet".to_owned());
        let mut more = String::new();
        for (key, word) in [("consent", "samtykke"), ("statute", "hjemmel"), ("emergency", "nødadgang")] {
            if let Some(times) = self.context.get(key).and_then(times) {
                let _ = write!(more, "; {word} {times}");
            }
        }
        let now = self.context.get("now").map(ToString::to_string).unwrap_or_default();
        format!(
            "{class} af {resource} ({}) på grunden {ground}; formålet åbner: {opens}; klokken {now}{more}",
            set_flags(&self.resource)
        )
    }
}

/// The attributes that are true, in order.
fn set_flags(attributes: &BTreeMap<String, Value>) -> String {
    let flags: Vec<&str> =
        attributes.iter().filter(|(_, value)| **value == Value::Bool(true)).map(|(key, _)| key.as_str()).collect();
    if flags.is_empty() { "intet særligt".to_owned() } else { flags.join(", ") }
}

fn list(attributes: &BTreeMap<String, Value>, key: &str) -> Option<String> {
    let values: Vec<String> = attributes.get(key)?.as_array()?.iter().map(ToString::to_string).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn times(ground: &Value) -> Option<String> {
    let pair = [("valid_from", "valid_to"), ("opened_at", "ends_at")];
    pair.into_iter().find_map(|(from, to)| Some(format!("fra {} til {}", ground.get(from)?, ground.get(to)?)))
}
