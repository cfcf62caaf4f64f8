//! What a fault of the register means to us. Its texts are looked at, never repeated: they may hold the number.
//!
//! The list of error codes is not public, so nothing here depends on a code.

use crate::contract::{SourceError, SourceErrorKind};
use crate::transport::soap::Fault;

/// What clients look for in the fault of a number that nobody has (the text comes in lower case).
const NOBODY: &str = "pnr not found";
/// Words about our certificate, token or contexts.
const CREDENTIAL_WORDS: [&str; 9] =
    ["token", "saml", "signatur", "sikkerhed", "security", "certifi", "authenti", "autentif", "invocationcontext"];
/// Words about a right that we lack.
const RIGHT_WORDS: [&str; 6] = ["access denied", "not authorized", "authoriz", "adgang", "agreement", "serviceaftale"];
/// Words about a question that does not follow the contract.
const QUESTION_WORDS: [&str; 5] = ["invalid", "ugyldig", "validation", "schema", "soapaction"];

/// What a fault lets us do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody has this number.
    Nobody,
    /// Anything else.
    Refused(SourceError),
}

/// A fault with status 500, by its words.
pub(super) fn of(operation: &'static str, fault: &Fault) -> Verdict {
    let tells = |words: &[&str]| words.iter().any(|word| fault.text.contains(word));
    let (kind, detail) = if fault.text.contains(NOBODY) {
        return Verdict::Nobody;
    } else if tells(&CREDENTIAL_WORDS) {
        (SourceErrorKind::Unauthorized, "SOAP fault: credentials refused")
    } else if tells(&RIGHT_WORDS) {
        (SourceErrorKind::Forbidden, "SOAP fault: no right to ask")
    } else if tells(&QUESTION_WORDS) {
        (SourceErrorKind::Malformed, "SOAP fault: question refused")
    } else {
        (SourceErrorKind::Unavailable, "SOAP fault: server")
    };
    Verdict::Refused(SourceError::new(kind, operation, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str, text: &str) -> Option<SourceErrorKind> {
        match of("look_up", &Fault { code: code.to_owned(), text: text.to_owned() }) {
            Verdict::Nobody => None,
            Verdict::Refused(error) => Some(error.kind),
        }
    }

    #[test]
    fn a_fault_is_read_by_its_words_and_never_by_its_code() {
        for code in ["Server", "Client", "4711", ""] {
            assert_eq!(kind(code, "opdigtet: pnr not found"), None);
            assert_eq!(kind(code, "the saml token has expired"), Some(SourceErrorKind::Unauthorized));
            assert_eq!(kind(code, "access denied"), Some(SourceErrorKind::Forbidden));
            assert_eq!(kind(code, "ugyldig forespoergsel"), Some(SourceErrorKind::Malformed));
            assert_eq!(kind(code, "intern fejl"), Some(SourceErrorKind::Unavailable));
        }
    }

    #[test]
    fn no_word_of_a_fault_is_repeated() {
        let fault = Fault { code: "Server".to_owned(), text: "fejl ved 0101019999".to_owned() };
        assert!(!format!("{:?}", of("look_up", &fault)).contains("0101019999"));
    }
}
