//! The list of calls that an adapter may make. What is not on it does not leave the house.

/// How a call is made. Several systems read by POST, so the verb alone proves nothing: the list does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// HTTP GET.
    Get,
    /// HTTP POST (a search or a query in the vendor's style; never a change).
    Post,
}

/// One read operation of a vendor's interface, declared as a constant beside the adapter.
///
/// **Invariant:** the transport sends only operations that stand on the connection's own list.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadOperation {
    /// Our name for it, in errors and spans: `search`, `case`, `user`.
    pub name: &'static str,
    /// How it is called.
    pub verb: Verb,
    /// Path below the base address, with `{placeholders}` for the parts that vary: `/api/sag/{id}`.
    pub path: &'static str,
    /// The SOAP action, for SOAP services.
    pub soap_action: Option<&'static str>,
}

impl ReadOperation {
    /// A GET of `path`.
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self { name, verb: Verb::Get, path, soap_action: None }
    }

    /// A query by POST to `path`.
    pub const fn post(name: &'static str, path: &'static str) -> Self {
        Self { name, verb: Verb::Post, path, soap_action: None }
    }

    /// A SOAP call to `path` with `action`.
    pub const fn soap(name: &'static str, path: &'static str, action: &'static str) -> Self {
        Self { name, verb: Verb::Post, path, soap_action: Some(action) }
    }
}
