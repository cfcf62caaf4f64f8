//! The small control endpoint of the running fakes: `GET`, `PUT` and `DELETE /faults`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::faults::FAULT_NAMES;
use super::{FakeAnswer, FakeRequest, FakeSystem, Faults, VendorFault};

/// The switchboard, served as one more fake.
#[derive(Debug)]
pub struct Control {
    sources: Vec<(&'static str, Arc<Faults>)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cpr: Option<String>,
}

impl Control {
    /// Controls these fakes.
    pub fn new(sources: Vec<(&'static str, Arc<Faults>)>) -> Self {
        Self { sources }
    }

    fn state(&self) -> Vec<Switch> {
        let switches = |(source, faults): &(&'static str, Arc<Faults>)| {
            let source = (*source).to_owned();
            faults
                .all()
                .into_iter()
                .map(move |(cpr, fault)| Switch { source: source.clone(), fault: Some(fault.to_string()), cpr })
                .collect::<Vec<_>>()
        };
        self.sources.iter().flat_map(switches).collect()
    }

    fn switch(&self, request: &FakeRequest, on: bool) -> Result<(), String> {
        if !on && request.body.is_empty() {
            self.sources.iter().for_each(|(_, faults)| faults.clear_all());
            return Ok(());
        }
        let wanted: Switch = serde_json::from_slice(&request.body)
            .map_err(|_| "send {\"source\": …, \"fault\": …, \"cpr\": … (only for one citizen)}".to_owned())?;
        let (_, faults) = self
            .sources
            .iter()
            .find(|(name, _)| *name == wanted.source)
            .ok_or_else(|| "source is not one of the running fakes".to_owned())?;
        if on {
            let fault = wanted.fault.as_deref().unwrap_or_default().parse();
            faults.set(wanted.cpr.as_deref(), fault.map_err(|_| format!("fault is not one of {FAULT_NAMES}"))?);
        } else {
            faults.clear(wanted.cpr.as_deref());
        }
        Ok(())
    }
}

impl FakeSystem for Control {
    fn name(&self) -> &'static str {
        "control"
    }

    fn citizen(&self, _request: &FakeRequest) -> Option<String> {
        None
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let outcome = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/faults") => Ok(()),
            ("PUT", "/faults") => self.switch(request, true),
            ("DELETE", "/faults") => self.switch(request, false),
            _ => return FakeAnswer::json(404, &serde_json::json!({"error": "GET, PUT or DELETE /faults"})),
        };
        match outcome {
            Ok(()) => FakeAnswer::json(200, &self.state()),
            Err(error) => FakeAnswer::json(400, &serde_json::json!({ "error": error })),
        }
    }

    fn fault(&self, request: &FakeRequest, _fault: VendorFault) -> FakeAnswer {
        self.answer(request)
    }
}
