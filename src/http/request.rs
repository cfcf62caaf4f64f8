//! What every request carries besides its body: a trace, a language, a deadline, conditions.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::{AppState, Problem};
use crate::config::Language;
use crate::random::Random;
use crate::sources::Deadline;

/// Header with which a caller asks for another deadline, in milliseconds.
pub(super) const REQUEST_TIMEOUT: &str = "request-timeout-ms";

/// What every request for an overview carries.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a header or a parameter of its own")]
pub(super) struct Wanted {
    pub(super) language: Language,
    pub(super) is_shared: bool,
    pub(super) deadline: Deadline,
    pub(super) is_hasty: bool,
    pub(super) not_before: Deadline,
    pub(super) no_cache: bool,
    pub(super) if_none_match: Option<String>,
    pub(super) stream: bool,
}

impl FromRequestParts<AppState> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let limits = state.0.limits;
        let within = timeout(&parts.headers, limits.deadline_default, limits.deadline_max)?;
        let (language, is_shared) = query(parts.uri.query())?;
        let text = |name| parts.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        let no_cache = text(header::CACHE_CONTROL)
            .is_some_and(|value| value.split(',').any(|one| one.trim().eq_ignore_ascii_case("no-cache")));
        Ok(Self {
            language,
            is_shared,
            deadline: Deadline::after(within),
            is_hasty: within < limits.deadline_default,
            not_before: Deadline::after(limits.empty_answer),
            no_cache,
            if_none_match: text(header::IF_NONE_MATCH).map(str::to_owned),
            stream: text(header::ACCEPT).is_some_and(|accept| accept.contains("text/event-stream")),
        })
    }
}

/// The caller's trace (W3C `traceparent`), or a new one. Only its 32 hexadecimal digits are taken.
pub(super) fn trace_id(parts: &mut Parts, random: &dyn Random) -> Arc<str> {
    if let Some(known) = parts.extensions.get::<TraceId>() {
        return Arc::clone(&known.0);
    }
    let sent = parts.headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(read_traceparent);
    let trace_id: Arc<str> = sent.map_or_else(|| Arc::from(crate::hex(&random.bytes16())), Arc::from);
    parts.extensions.insert(TraceId(Arc::clone(&trace_id)));
    trace_id
}

/// The trace of a request, once it is known.
#[derive(Clone)]
pub(super) struct TraceId(pub(super) Arc<str>);

fn read_traceparent(text: &str) -> Option<&str> {
    let mut fields = text.split('-');
    let (version, trace) = (fields.next()?, fields.next()?);
    let is_hex = |field: &str| field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_known = version.len() == 2 && is_hex(version) && version != "ff";
    (is_known && trace.len() == 32 && is_hex(trace) && trace.bytes().any(|byte| byte != b'0')).then_some(trace)
}

fn timeout(headers: &HeaderMap, default: Duration, max: Duration) -> Result<Duration, Problem> {
    let Some(value) = headers.get(REQUEST_TIMEOUT) else { return Ok(default) };
    let milliseconds = value.to_str().ok().and_then(|text| text.trim().parse::<u32>().ok()).filter(|ms| *ms > 0);
    milliseconds.map(|ms| Duration::from_millis(ms.into()).min(max)).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid-header",
            "A header cannot be read",
            "`Request-Timeout-Ms` must be a whole number of milliseconds above 0.",
        )
    })
}

/// Language, and whether the answer is turned to the citizen. Each parameter at most once, and no other.
fn query(query: Option<&str>) -> Result<(Language, bool), Problem> {
    let invalid = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid-query",
            "The query cannot be read",
            "The only query parameters are `lang` with the value `da` or `en`, and `view` with the value `full` or `shared`, \
             each at most once.",
        )
    };
    let (mut language, mut is_shared) = (None, None);
    for part in query.unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
        let is_first = match part {
            "lang=da" => language.replace(Language::Da).is_none(),
            "lang=en" => language.replace(Language::En).is_none(),
            "view=full" => is_shared.replace(false).is_none(),
            "view=shared" => is_shared.replace(true).is_none(),
            _ => false,
        };
        if !is_first {
            return Err(invalid());
        }
    }
    Ok((language.unwrap_or(Language::Da), is_shared.unwrap_or(false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_trace_is_taken() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(read_traceparent(&format!("00-{trace}-00f067aa0ba902b7-01")), Some(trace));
        for text in ["", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-0101019999-1-1"] {
            assert_eq!(read_traceparent(text), None);
        }
        assert_eq!(read_traceparent(&format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32))), None);
    }
}
