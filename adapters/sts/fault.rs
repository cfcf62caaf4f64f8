//! What a refusal by a support system means to us. Its own texts are looked at, never repeated.

use crate::contract::{SourceError, SourceErrorKind};
use crate::transport::soap::Fault;

/// Words in a fault about our token, signature or certificate (the text comes in lower case).
const TOKEN_WORDS: [&str; 8] =
    ["token", "saml", "signatur", "sikkerhed", "security", "certifi", "authenti", "autentif"];
/// Fault codes of WS-Security.
const TOKEN_CODES: [&str; 5] =
    ["FailedAuthentication", "InvalidSecurityToken", "InvalidSecurity", "SecurityTokenUnavailable", "MessageExpired"];

/// A SOAP fault by its code and words.
pub(crate) fn of_fault(operation: &'static str, fault: &Fault) -> SourceError {
    let about_token = TOKEN_WORDS.iter().any(|word| fault.text.contains(word));
    match fault.code.as_str() {
        code if TOKEN_CODES.contains(&code) => SourceError::unauthorized(operation, "SOAP fault: security"),
        "Client" | "Sender" if about_token => SourceError::unauthorized(operation, "SOAP fault: token refused"),
        "Client" | "Sender" => SourceError::malformed(operation, "SOAP fault: question refused"),
        "VersionMismatch" | "MustUnderstand" => SourceError::config_invalid(operation, "SOAP fault: other version"),
        _ => SourceError::unavailable(operation, "SOAP fault: server"),
    }
}

/// What a `StatusKode` lets us do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 20: take what came.
    Good,
    /// 44: nobody, or nothing, is known.
    Nothing,
    /// Anything else.
    Refused(SourceError),
}

/// A `StatusKode`; business errors come as HTTP 200.
pub(crate) fn of_code(operation: &'static str, code: i64) -> Verdict {
    let kind = match code {
        20 => return Verdict::Good,
        44 => return Verdict::Nothing,
        49 => SourceErrorKind::Unavailable,
        _ => SourceErrorKind::Malformed,
    };
    Verdict::Refused(SourceError::new(kind, operation, format!("status code {code}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str, text: &str) -> SourceErrorKind {
        of_fault("search", &Fault { code: code.to_owned(), text: text.to_owned() }).kind
    }

    #[test]
    fn faults_are_sorted_by_whose_turn_it_is() {
        assert_eq!(kind("Client", "opdigtet: token afvist"), SourceErrorKind::Unauthorized);
        assert_eq!(kind("Sender", "the saml assertion has expired"), SourceErrorKind::Unauthorized);
        assert_eq!(kind("FailedAuthentication", ""), SourceErrorKind::Unauthorized);
        assert_eq!(kind("Client", "ugyldigt xml"), SourceErrorKind::Malformed);
        assert_eq!(kind("Server", "token"), SourceErrorKind::Unavailable);
        assert_eq!(kind("Receiver", ""), SourceErrorKind::Unavailable);
    }

    #[test]
    fn status_codes_keep_only_their_number() {
        assert_eq!(of_code("search", 20), Verdict::Good);
        assert_eq!(of_code("search", 44), Verdict::Nothing);
        let refused = |code| match of_code("search", code) {
            Verdict::Refused(error) => (error.kind, error.detail.into_owned()),
            other => panic!("not refused: {other:?}"),
        };
        assert_eq!(refused(40), (SourceErrorKind::Malformed, "status code 40".to_owned()));
        assert_eq!(refused(49), (SourceErrorKind::Unavailable, "status code 49".to_owned()));
        assert_eq!(refused(7).0, SourceErrorKind::Malformed);
    }
}
