//! Why a source did not answer, named by whose turn it is to act.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// Whose turn it is. A kind is added only if someone would do something different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceErrorKind {
    /// The source is down, overloaded or unreachable: wait.
    Unavailable,
    /// Nothing came before the deadline: wait.
    TimedOut,
    /// The source refuses our credentials: our operator renews them.
    Unauthorized,
    /// The source knows us and says no: our operator asks for the right.
    Forbidden,
    /// Address, certificate or a setting is wrong: our operator mends it.
    ConfigInvalid,
    /// The answer is not what the contract says: adapter or vendor.
    Malformed,
    /// The answer is about somebody else than the citizen asked for: vendor, at once.
    WrongCitizen,
    /// The source has no such ability: nobody.
    Unsupported,
    /// It has failed so often that the house does not ask it for a few seconds: wait. No adapter says so.
    Resting,
}

impl SourceErrorKind {
    /// It tells of the source, not of one citizen or of our setup: nothing came, or nothing in time.
    pub fn is_outage(self) -> bool {
        matches!(self, Self::Unavailable | Self::TimedOut)
    }
}

/// A call to a source that gave no records.
///
/// `detail` is written by us and holds no value from the wire: causes from HTTP and parser libraries are classified and
/// dropped, since they may repeat a URL, a number or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// Whose turn it is to act.
    pub kind: SourceErrorKind,
    /// The read operation that was under way.
    pub operation: &'static str,
    /// Where and what, in our own words: `status 503`, `line 1 column 21`.
    pub detail: Cow<'static, str>,
    is_unreached: bool,
}

impl SourceError {
    /// An error of `kind` during `operation`; `detail` must be our own words.
    pub fn new(kind: SourceErrorKind, operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, operation, detail: detail.into(), is_unreached: false }
    }

    /// [`SourceErrorKind::Unavailable`], and nothing was answered at all: the connection was not made, or it broke.
    pub fn unreached(operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { is_unreached: true, ..Self::unavailable(operation, detail) }
    }

    /// One more try could help: the source has said nothing. One that answered with an error would say the same again, and
    /// has enough to do.
    pub fn may_be_asked_again(&self) -> bool {
        self.is_unreached
    }

    /// [`SourceErrorKind::Malformed`].
    pub fn malformed(operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SourceErrorKind::Malformed, operation, detail)
    }

    /// [`SourceErrorKind::Unavailable`].
    pub fn unavailable(operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SourceErrorKind::Unavailable, operation, detail)
    }

    /// [`SourceErrorKind::Unauthorized`].
    pub fn unauthorized(operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SourceErrorKind::Unauthorized, operation, detail)
    }

    /// [`SourceErrorKind::ConfigInvalid`].
    pub fn config_invalid(operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SourceErrorKind::ConfigInvalid, operation, detail)
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "read {}: {}", self.operation, self.detail)
    }
}

impl std::error::Error for SourceError {}
