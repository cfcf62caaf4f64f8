//! The process's environment. The only place that reads it.

use glasplade_adapters::register::Environment;

/// Lends the environment to whoever resolves `env:` secrets.
#[expect(clippy::disallowed_methods, reason = "the one place that reads environment variables")]
pub fn environment() -> Environment {
    Environment(Box::new(|name| std::env::var(name).ok()))
}
