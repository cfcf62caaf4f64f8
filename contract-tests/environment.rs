//! The one place of the suite that reads the environment.

/// Rewrites the recorded requests instead of comparing them.
pub(crate) const UPDATE: &str = "UPDATE";
/// Path of the live part's configuration.
pub(crate) const LIVE: &str = "GLASPLADE_LIVE";

/// An environment variable, unless it is not set or empty.
#[expect(clippy::disallowed_methods, reason = "the suite has no configuration room; its few variables are read here")]
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
