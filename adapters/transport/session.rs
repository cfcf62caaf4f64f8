//! A token or cookie that is held until shortly before it ends, and renewed once when the source refuses it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::contract::{CallContext, SourceError};

/// How long before its end a token is no longer used: vendors' own clients renew one minute early.
pub const RENEW_BEFORE_END: SignedDuration = SignedDuration::from_secs(60);

/// What a source gave us to show at each call, and until when.
#[derive(Debug)]
pub struct Held<T> {
    /// The token or cookie.
    pub value: T,
    /// The moment from which it must not be used; `None` when only the source knows.
    pub expires: Option<Timestamp>,
}

/// One session with one source. Renewal is single-flight: all calls wait for the same one.
///
/// An adapter takes [`Session::current`], makes its call, and when the source refuses the token, calls [`Session::forget`]
/// and tries once more.
#[derive(Debug)]
pub struct Session<T> {
    held: Mutex<Option<Arc<Held<T>>>>,
}

impl<T> Default for Session<T> {
    fn default() -> Self {
        Self { held: Mutex::new(None) }
    }
}

impl<T: Send + Sync> Session<T> {
    /// The session's token, opened with `open` when there is none or it ends within a minute.
    ///
    /// # Errors
    /// What `open` gives.
    pub async fn current(
        &self,
        ctx: &CallContext,
        open: impl AsyncFnOnce() -> Result<Held<T>, SourceError>,
    ) -> Result<Arc<Held<T>>, SourceError> {
        let mut held = self.held.lock().await;
        if let Some(token) = held.as_ref().filter(|token| is_usable(token, ctx.clock.now())) {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(open().await?);
        *held = Some(Arc::clone(&token));
        Ok(token)
    }

    /// Forgets `refused`, unless somebody has renewed it already.
    pub async fn forget(&self, refused: &Arc<Held<T>>) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|current| Arc::ptr_eq(current, refused)) {
            *held = None;
        }
    }
}

fn is_usable<T>(token: &Held<T>, now: Timestamp) -> bool {
    token.expires.is_none_or(|end| end.duration_since(now) > RENEW_BEFORE_END)
}
