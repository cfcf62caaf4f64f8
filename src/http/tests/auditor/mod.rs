//! The auditor at their own door: each question over HTTP, over a town in which things have happened.

mod alarms;
mod export;
mod extract;
mod sample;
mod search;
mod turned_away;

use serde_json::{Value, json};

use super::house::{Answer, House, INSIGHT_OFFICER, number, post_to};
use crate::demo::handles::{HANDLES, Handle};

fn auditor() -> &'static Handle {
    HANDLES.iter().find(|handle| handle.name == "auditor").expect("a caller of the demo")
}

impl House {
    async fn asks(&self, who: &Handle, path: &str, body: &Value) -> Answer {
        self.ask(post_to(&format!("/v1/audit/{path}"), Some(&self.audit_token(who)), body)).await
    }

    /// The answer to an auditor's question.
    async fn auditor_asks(&self, path: &str, body: &Value) -> Value {
        self.asks(auditor(), path, body).await.overview()
    }

    pub(super) async fn look_ups_found(&self, find: Value) -> Vec<Value> {
        let page = self.auditor_asks("search", &json!({ "find": find })).await;
        page["look_ups"].as_array().expect("a list").clone()
    }

    /// A second later: an extract holds what came before it.
    async fn officer(&self, body: Value) -> Answer {
        self.clock.advance(jiff::SignedDuration::from_secs(1));
        self.asks(&INSIGHT_OFFICER, "extract", &body).await
    }
}

fn about(who: &str) -> Value {
    json!({ "cpr": number(who) })
}
