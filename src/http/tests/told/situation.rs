//! Somebody's situation, and who looks at it.

use axum::body::Body;
use http::{HeaderValue, Request, header};
use serde_json::{Value, json};

use super::Seen;
use crate::demo::handles::{HANDLES, Handle};
use crate::http::tests::house::{House, number, post};

/// Why somebody asks for what is protected.
const REASON: &str = "Brevet om mødet i morgen skal frem til borgeren selv";

/// Somebody's situation, and what is asked for besides the cases.
#[derive(Debug)]
pub(in crate::http::tests) struct Situation<'a> {
    house: &'a House,
    who: &'a str,
    wishes: Value,
    purpose: Option<&'static str>,
    case: &'static str,
    view: &'static str,
    deadline_ms: Option<u32>,
}

impl House {
    /// The situation of a named citizen, or of whoever has this number.
    pub(in crate::http::tests) fn situation<'a>(&'a self, who: &'a str) -> Situation<'a> {
        Situation {
            house: self,
            who,
            wishes: json!({}),
            purpose: None,
            case: "2026-001234",
            view: "full",
            deadline_ms: None,
        }
    }
}

impl Situation<'_> {
    /// Address and protected name are asked for, too, with a written reason.
    pub(in crate::http::tests) fn with_a_reason(mut self) -> Self {
        self.wishes["protected"] = json!({ "reason": REASON });
        self
    }

    /// The family is asked for, too.
    pub(in crate::http::tests) fn with_the_family(mut self) -> Self {
        self.wishes["household"] = json!(true);
        self
    }

    /// For this purpose, on this case of the caller's own.
    pub(in crate::http::tests) fn asked_for(mut self, purpose: &'static str, case: &'static str) -> Self {
        (self.purpose, self.case) = (Some(purpose), case);
        self
    }

    /// The screen is turned to the citizen.
    pub(in crate::http::tests) fn shared_with_the_citizen(mut self) -> Self {
        self.view = "shared";
        self
    }

    /// In an emergency.
    pub(in crate::http::tests) fn in_an_emergency(mut self) -> Self {
        self.purpose = Some("emergency");
        self.wishes["emergency"] = json!({ "code": "life", "reason": "En anmelder frygter for borgerens liv" });
        self
    }

    /// The answer is wanted within so many milliseconds.
    pub(in crate::http::tests) fn within_ms(mut self, deadline_ms: u32) -> Self {
        self.deadline_ms = Some(deadline_ms);
        self
    }

    /// Looks as one of the demo's callers.
    pub(in crate::http::tests) async fn as_seen_by(&self, caller: &str) -> Seen {
        self.seen_by(HANDLES.iter().find(|handle| handle.name == caller).expect("a caller of the demo")).await
    }

    /// Looks as a caller whom the demo does not have.
    pub(in crate::http::tests) async fn seen_by(&self, caller: &Handle) -> Seen {
        let answer = self.house.send(self.request(caller)).await;
        Seen::new(self.who, caller.name, &answer)
    }

    /// The events that one of the demo's callers gets, without the handle and the hashes of bytes in which it stands.
    pub(in crate::http::tests) async fn streamed_to(&self, caller: &str) -> String {
        let handle = HANDLES.iter().find(|handle| handle.name == caller).expect("a caller of the demo");
        let mut request = self.request(handle);
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        let answer = self.house.send(request).await;
        let overview = answer.text().rsplit("data: ").next().expect("the last event is the overview");
        let overview: Value = serde_json::from_str(overview).expect("JSON");
        let id = overview["id"].as_str().expect("a handle");
        let lines = answer.text().lines().filter(|line| !line.starts_with("id: "));
        lines.map(|line| line.replace(id, "-") + "\n").collect()
    }

    fn request(&self, caller: &Handle) -> Request<Body> {
        let usual = if caller.roles[0] == "coordinator" { "coordination" } else { "own_case" };
        let purpose = self.purpose.unwrap_or(usual);
        let mut body = self.wishes.clone();
        body["cpr"] = json!(number(self.who));
        body["purpose"] = json!(purpose);
        body["case_ref"] = json!(self.case);
        let mut request = post(Some(&self.house.token_of(caller)), &body);
        *request.uri_mut() = format!("/v1/overviews?view={}", self.view).parse().expect("an address");
        if let Some(deadline_ms) = self.deadline_ms {
            request.headers_mut().insert("request-timeout-ms", deadline_ms.into());
        }
        request
    }
}
