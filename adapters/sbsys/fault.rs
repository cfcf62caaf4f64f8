//! What SBSYS and its token service mean by an answer that is not the one asked for.

use super::wire;
use crate::contract::SourceError;
use crate::transport::Answer;

/// An answer of the API, if it is a success.
///
/// # Errors
/// As [`Answer::success`], but 400 is `ConfigInvalid`: the installation does not take the search as we are set up to
/// write it (paging, most likely).
pub(super) fn checked(answer: Answer) -> Result<Answer, SourceError> {
    if answer.status.as_u16() == 400 {
        return Err(SourceError::config_invalid(
            answer.operation.name,
            "status 400: the installation refuses the question",
        ));
    }
    answer.success()
}

/// An answer of the token service, if it is a success.
///
/// # Errors
/// 400 and 401 are `Unauthorized` when user or client is refused, `ConfigInvalid` when the grant itself is.
pub(super) fn checked_token(answer: Answer) -> Result<Answer, SourceError> {
    let operation = answer.operation.name;
    match answer.status.as_u16() {
        401 => Err(SourceError::unauthorized(operation, "status 401: client or user is refused")),
        400 => {
            let refusal = answer.told::<wire::TokenRefusal>();
            let code = refusal.as_ref().map_or("", |refusal| refusal.error.as_str());
            Err(match code {
                "invalid_grant" | "invalid_client" => {
                    SourceError::unauthorized(operation, "status 400: client or user is refused")
                }
                "unauthorized_client" | "unsupported_grant_type" => {
                    SourceError::config_invalid(operation, "status 400: the client may not use this grant")
                }
                _ => SourceError::config_invalid(operation, "status 400: the token service refuses the question"),
            })
        }
        _ => answer.success(),
    }
}

/// Why a case that the search had told of could not be read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDetail {
    /// It has vanished since the search: a row that cannot be read.
    Gone,
    /// Our user may know of it and not open it (or it is locked): the search row is what there is.
    Withheld,
}

/// What the status of a single case means; `None` when it is for [`checked`] to say.
pub(super) fn no_detail(answer: &Answer) -> Option<NoDetail> {
    match answer.status.as_u16() {
        404 | 410 => Some(NoDetail::Gone),
        403 | 409 => Some(NoDetail::Withheld),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::contract::SourceErrorKind;
    use crate::sbsys::reads::{CASE, TOKEN};

    fn answer(operation: &'static crate::contract::ReadOperation, status: u16, body: &'static str) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        Answer { status, headers: HeaderMap::new(), body: body.into(), operation }
    }

    #[test]
    fn a_refused_user_is_unauthorized_and_a_refused_grant_a_setting() {
        let kind = |status, body| checked_token(answer(&TOKEN, status, body)).map(|_| ()).map_err(|error| error.kind);
        let refusal = include_str!("fixtures/token-refused.json");
        assert_eq!(kind(401, refusal), Err(SourceErrorKind::Unauthorized));
        assert_eq!(kind(400, refusal), Err(SourceErrorKind::Unauthorized));
        assert_eq!(kind(400, r#"{"error":"unauthorized_client"}"#), Err(SourceErrorKind::ConfigInvalid));
        assert_eq!(kind(503, ""), Err(SourceErrorKind::Unavailable));
        assert_eq!(kind(200, "{}"), Ok(()));
    }

    #[test]
    fn each_status_is_somebodys_turn() {
        let kind = |status| {
            let fault = include_str!("fixtures/fault.json");
            checked(answer(&CASE, status, fault)).map(|_| ()).map_err(|error| error.kind)
        };
        assert_eq!(kind(400), Err(SourceErrorKind::ConfigInvalid));
        assert_eq!(kind(403), Err(SourceErrorKind::Forbidden));
        assert_eq!(kind(429), Err(SourceErrorKind::Unavailable));
        assert_eq!(kind(500), Err(SourceErrorKind::Unavailable));
        assert_eq!(kind(302), Err(SourceErrorKind::Malformed));
        assert_eq!(no_detail(&answer(&CASE, 404, "")), Some(NoDetail::Gone));
        assert_eq!(no_detail(&answer(&CASE, 403, "")), Some(NoDetail::Withheld));
        assert_eq!(no_detail(&answer(&CASE, 500, "")), None);
    }
}
