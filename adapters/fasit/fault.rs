//! Fasit's problem documents become our errors by status alone; nothing of their text is taken.

use super::wire::Problem;
use crate::contract::{PersonId, SourceError};
use crate::transport::Answer;

const CORRELATION_HEADER: &str = "x-correlationidentifier";
const CORRELATION_LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// The answer, if it is one; otherwise the error, with the vendor's correlation id where it is safe to repeat.
///
/// # Errors
/// By status, as [`Answer::success`].
pub(super) fn checked(answer: Answer) -> Result<Answer, SourceError> {
    let correlation = if answer.status.is_success() { None } else { correlation(&answer) };
    answer.success().map_err(|mut error| {
        if let Some(id) = correlation {
            error.detail = format!("{}, correlation {id}", error.detail).into();
        }
        error
    })
}

/// The id under which the vendor finds the failed call in its own log.
fn correlation(answer: &Answer) -> Option<String> {
    let header = answer.headers.get(CORRELATION_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = || answer.told::<Problem>().and_then(|problem| problem.correlation);
    header.filter(|id| is_harmless(id)).or_else(|| body().filter(|id| is_harmless(id)))
}

/// It looks like a UUID or other hexadecimal id, and no ten digits in it could be somebody's number.
fn is_harmless(id: &str) -> bool {
    let digits: Vec<u8> = id.bytes().filter(|byte| *byte != b'-').collect();
    let could_be_a_person =
        |window: &[u8]| std::str::from_utf8(window).is_ok_and(|window| PersonId::parse(window).is_ok());
    CORRELATION_LENGTH.contains(&id.len())
        && digits.iter().all(u8::is_ascii_hexdigit)
        && !digits.windows(10).any(could_be_a_person)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;
    use crate::contract::SourceErrorKind;
    use crate::fasit::reads::CASES;

    fn refused(status: u16, header: Option<&'static str>, body: &'static str) -> SourceError {
        let mut headers = HeaderMap::new();
        if let Some(id) = header {
            headers.insert(CORRELATION_HEADER, HeaderValue::from_static(id));
        }
        let status = StatusCode::from_u16(status).expect("a status");
        let answer = Answer { status, headers, body: Bytes::from_static(body.as_bytes()), operation: &CASES };
        checked(answer).expect_err("a refusal")
    }

    const PROBLEM: &str = include_str!("fixtures/fault.json");

    #[test]
    fn the_status_tells_whose_turn_it_is() {
        let kind = |status| refused(status, None, PROBLEM).kind;
        assert_eq!(kind(400), SourceErrorKind::Malformed);
        assert_eq!(kind(401), SourceErrorKind::Unauthorized);
        assert_eq!(kind(403), SourceErrorKind::Forbidden);
        assert_eq!(kind(404), SourceErrorKind::ConfigInvalid);
        assert_eq!(kind(429), SourceErrorKind::Unavailable);
        assert_eq!(kind(503), SourceErrorKind::Unavailable);
    }

    #[test]
    fn the_correlation_id_is_kept_and_the_text_is_not() {
        let id = "3f2a77c1-5b0e-4c1d-9e44-aab0c2d1e0f3";
        assert_eq!(refused(500, None, PROBLEM).detail, format!("status 500, correlation {id}"));
        let from_header = refused(500, Some("ab12cd34ab12cd34"), PROBLEM).detail;
        assert_eq!(from_header, "status 500, correlation ab12cd34ab12cd34");
    }

    #[test]
    fn an_id_that_could_be_a_person_or_anything_else_is_left_out() {
        for id in ["0101019999", "ab010101-9999abcd", "Karen Test, 010101", "abcd", "", "00000101019999ab"] {
            assert!(!is_harmless(id), "{id}");
        }
        assert!(!is_harmless(&"a".repeat(65)));
        assert_eq!(refused(500, Some("0101019999"), "not json").detail, "status 500");
    }
}
