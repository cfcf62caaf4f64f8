//! A portal's way to a citizen whose number it does not have.

use std::fmt;
use std::sync::Arc;

use crate::access::Question;

/// Opens a handle for a look-up of the same caller, so that a portal can open a relative whose number it does not have. The
/// same relative in the same look-up repeated has the same handle.
#[derive(Clone)]
pub struct HandleOpener {
    open: Arc<OpenHandle>,
    shown: Arc<dyn Fn() + Send + Sync>,
}

/// Opens one handle.
type OpenHandle = dyn Fn(&Question) -> Arc<str> + Send + Sync;

impl HandleOpener {
    /// An opener. `shown` hears that the look-up itself shows something of its citizen.
    pub fn new(
        open: impl Fn(&Question) -> Arc<str> + Send + Sync + 'static,
        shown: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { open: Arc::new(open), shown: Arc::new(shown) }
    }

    pub(super) fn open(&self, question: &Question) -> Arc<str> {
        (self.open)(question)
    }

    pub(super) fn shown(&self) {
        (self.shown)();
    }
}

impl fmt::Debug for HandleOpener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HandleOpener")
    }
}
