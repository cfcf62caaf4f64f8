//! Why a token is not taken. The text is for our operator; the caller sees a code.

/// A token that is not taken. Holds no part of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// There is none.
    #[error("read the access token: there is none")]
    Missing,
    /// It is too long, not a token, or a claim has a shape that cannot be meant.
    #[error("read the access token: it is not one of the kind that this service takes")]
    Malformed,
    /// No key of the issuer has its key id.
    #[error("find the key that signed the access token in the issuer's key set")]
    UnknownKey,
    /// The signature is not the key's, or its algorithm is not one that we take from that key.
    #[error("verify the access token's signature")]
    BadSignature,
    /// It has ended.
    #[error("use the access token: it has ended")]
    Expired,
    /// It has not begun.
    #[error("use the access token: it has not begun")]
    NotYetValid,
    /// It lives longer than the setting `lifetime_max_s` allows: whoever steals it has it for too long.
    #[error("use the access token: it lives longer than this service takes")]
    TooLongLived,
    /// It is meant for another service.
    #[error("use the access token: it is meant for another service")]
    WrongAudience,
    /// Somebody else issued it.
    #[error("use the access token: another issuer has made it")]
    WrongIssuer,
    /// It is another kind of token: an identity token, say.
    #[error("use the access token: its type is not `at+jwt`")]
    WrongType,
    /// It does not say what we need to know. The name is ours, not the issuer's.
    #[error("use the access token: the claim for `{0}` is missing")]
    MissingClaim(&'static str),
    /// We have no keys yet: the issuer's key set could not be had. Our turn, not the caller's.
    #[error("get the issuer's key set")]
    KeysUnavailable,
}

impl TokenRefused {
    /// A stable name for logs, metrics and problem details.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::TooLongLived => "too_long_lived",
            Self::WrongAudience => "wrong_audience",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongType => "wrong_type",
            Self::MissingClaim(_) => "missing_claim",
            Self::KeysUnavailable => "keys_unavailable",
        }
    }

    /// It is our turn, not the caller's: 503 and not 401.
    pub fn is_ours(self) -> bool {
        self == Self::KeysUnavailable
    }
}
