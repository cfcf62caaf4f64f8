//! The room's own tests, over the demo's configuration: rows in, what one caller sees out.

mod actors;
mod call_first;
mod citizen;
mod classify;
mod joins;
mod laws;
mod oracle;
mod own_case;
mod provider;
mod silent;
mod staff;
mod staff_laws;
mod staff_numbers;
mod staff_presence;
mod staff_units;
mod visibility;
mod withheld;

use std::collections::HashMap;
use std::sync::Arc;

use glasplade_adapters::contract::{Record, SourceId};
use jiff::Timestamp;
use serde_json::Value;

use super::{Classifier, Merged, Redacted, Setting, SourceState, SourceStatus, Wording, merge, redact};
use crate::access::{Caller, Grounds, Standing};
use crate::config::{Config, Language};
use crate::people::Identity;
use crate::staff::Known;
use crate::testing;

/// The demo's UUID of SBSYS, as the joint index names it.
const SBSYS: &str = "5b5b0001-0000-4000-8000-000000000001";

/// The room with one configuration.
struct Desk {
    config: Config,
    classifier: Classifier,
    wording: Wording,
    windows: HashMap<SourceId, u16>,
    order: Vec<SourceId>,
    standing: Standing,
    identity: Identity,
    grounds: Grounds,
    silent: Vec<SourceId>,
}

impl Desk {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = testing::config();
        change(&mut config);
        let sources = &config.sources.source;
        Self {
            classifier: Classifier::new(&config),
            wording: Wording::new(&config),
            windows: sources.iter().map(|row| (row.id.clone(), row.closed_window_days)).collect(),
            order: sources.iter().map(|row| row.id.clone()).collect(),
            standing: Standing::OPEN,
            identity: testing::nobody_known(),
            grounds: Grounds::default(),
            silent: Vec::new(),
            config,
        }
    }

    fn merge(&self, rows: Vec<Record>) -> Merged {
        let rows = rows.into_iter().map(Arc::new).collect();
        merge(&[testing::citizen()], rows, &self.classifier, &self.order)
    }

    fn setting(&self) -> Setting<'_> {
        Setting {
            classifier: &self.classifier,
            today: testing::TODAY,
            home_authority: "MSB",
            new_caseworker_days: 30,
            windows: &self.windows,
            sources: &self.order,
            standing: &self.standing,
            identity: &self.identity,
            now: testing::now(),
            grounds: &self.grounds,
            silent: &self.silent,
            is_caller: &|_| false,
        }
    }

    fn redact(&self, caller: &Caller, rows: Vec<Record>) -> Redacted {
        self.redact_for(caller, "own_case", rows)
    }

    fn redact_for(&self, caller: &Caller, purpose: &str, rows: Vec<Record>) -> Redacted {
        redact(&testing::grant(&self.config, caller, purpose), &self.merge(rows), self.setting())
    }

    /// The answer's JSON.
    fn answer(&self, redacted: &Redacted) -> Value {
        let statuses: Vec<SourceStatus> = self
            .order
            .iter()
            .map(|id| SourceStatus { state: SourceState::Fresh, ..SourceStatus::not_consulted(id.clone()) })
            .collect();
        let body = redacted.render(&Arc::from("handle"), &statuses, None, None, (&self.wording, Language::Da));
        serde_json::from_slice(&body.into_parts().0).expect("an answer is JSON")
    }

    /// What the caller sees of these rows with what is known of employees, as JSON. SBSYS was read at `read_at`.
    fn sees_with(&self, caller: &Caller, rows: Vec<Record>, known: &Known, read_at: Timestamp) -> Value {
        let mut redacted = self.redact(caller, rows);
        let as_of = HashMap::from([(SourceId::new("sbsys"), read_at)]);
        redacted.name_actors(known, &as_of, self.setting());
        self.answer(&redacted)
    }

    /// What the caller sees of these rows, as JSON.
    fn sees(&self, caller: &Caller, rows: Vec<Record>) -> Value {
        self.answer(&self.redact(caller, rows))
    }
}

/// The items of all groups.
fn items(answer: &Value) -> Vec<Value> {
    let groups = answer["groups"].as_object().expect("groups");
    groups.values().flat_map(|group| group["items"].as_array().expect("items").clone()).collect()
}

/// The notices of all groups.
fn notices(answer: &Value) -> Vec<Value> {
    let groups = answer["groups"].as_object().expect("groups");
    groups.values().flat_map(|group| group["notices"].as_array().expect("notices").clone()).collect()
}
