//! What the fake takes; invented, so that the demo and anybody's own client can be set up with them.

/// The client's id.
pub const CLIENT_ID: &str = "glasplade";
/// The client's secret.
pub const CLIENT_SECRET: &str = "demo-secret";
/// The user of the `password` grant.
pub const USERNAME: &str = "glasplade";
/// That user's password.
pub const PASSWORD: &str = "demo-password";
