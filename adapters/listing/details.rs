//! What a page's rows lack is read beside them. A few details that do not come cost their rows a few facts; many are the
//! source's trouble, and then the page must be asked for again: rows without facts would look like rows that have changed.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::timeout_at;

use crate::contract::{CallContext, SourceError, SourceErrorKind, SourceId};

/// What is kept of the page's time for the answer itself.
const RESERVE: Duration = Duration::from_millis(150);

/// Details of one page that may be missing, however few there are.
const MISSING_ALWAYS: usize = 3;

/// One in so many may be missing.
const MISSING_ONE_IN: usize = 20;

/// Makes `calls`, at most `at_once` at a time, and tells what each gave, in their order; `None` is one that gave nothing.
///
/// # Errors
/// That of a call whose credentials are refused; that of the last call when more than three of them, and more than one in
/// twenty, gave nothing.
pub(crate) async fn read_details<T>(
    ctx: &CallContext,
    source: &SourceId,
    operation: &'static str,
    at_once: usize,
    calls: Vec<impl Future<Output = Result<T, SourceError>>>,
) -> Result<Vec<Option<T>>, SourceError> {
    let allowed = MISSING_ALWAYS.max(calls.len() / MISSING_ONE_IN);
    let until = ctx.deadline.checked_sub(RESERVE).unwrap_or(ctx.deadline);
    let late = |_| Err(SourceError::new(SourceErrorKind::TimedOut, operation, "no detail came before the deadline"));
    let timed: Vec<_> =
        calls.into_iter().map(|call| async move { timeout_at(until, call).await.unwrap_or_else(late) }).collect();
    let mut answers = stream::iter(timed).buffered(at_once.max(1));
    let (mut details, mut missing) = (Vec::new(), 0);
    while let Some(answer) = answers.next().await {
        let error = match answer {
            Ok(detail) => {
                details.push(Some(detail));
                continue;
            }
            Err(error) => error,
        };
        missing += 1;
        if missing > allowed || error.kind == SourceErrorKind::Unauthorized {
            return Err(error);
        }
        details.push(None);
    }
    if missing > 0 {
        tracing::warn!(source.id = %source, operation, missing, "a page is listed without some of its details");
    }
    Ok(details)
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::Arc;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::contract::{ManualClock, TraceContext, Traffic};

    #[expect(clippy::disallowed_methods, reason = "a deadline lies in the machine's time")]
    fn context() -> CallContext {
        CallContext {
            deadline: tokio::time::Instant::now() + Duration::from_secs(2),
            clock: Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)),
            trace: TraceContext {
                trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
                span_id: "b7ad6b7169203331".into(),
                ..TraceContext::default()
            },
            transaction: Uuid::nil(),
            traffic: Traffic::default(),
        }
    }

    /// `count` calls, of which those at `failing` fail with `kind`.
    async fn read(count: usize, failing: &[usize], kind: SourceErrorKind) -> Result<Vec<bool>, SourceErrorKind> {
        let call = |at| if failing.contains(&at) { Err(SourceError::new(kind, "detail", "no")) } else { Ok(at) };
        let calls = (0..count).map(|at| ready(call(at))).collect();
        let details = read_details(&context(), &SourceId::new("source"), "detail", 4, calls).await;
        details.map(|details| details.iter().map(Option::is_some).collect()).map_err(|error| error.kind)
    }

    #[tokio::test]
    async fn a_few_missing_details_leave_gaps_and_many_are_an_error() {
        let unavailable = SourceErrorKind::Unavailable;
        assert_eq!(read(0, &[], unavailable).await, Ok(vec![]));
        assert_eq!(read(3, &[0, 1, 2], unavailable).await, Ok(vec![false; 3]));
        assert_eq!(read(4, &[0, 2], unavailable).await, Ok(vec![false, true, false, true]));
        assert_eq!(read(40, &[0, 1, 2, 39], unavailable).await, Err(unavailable));
        assert!(read(80, &[0, 1, 2, 79], unavailable).await.is_ok());
    }

    #[tokio::test]
    async fn refused_credentials_are_never_a_gap() {
        let unauthorized = SourceErrorKind::Unauthorized;
        assert_eq!(read(40, &[7], unauthorized).await, Err(unauthorized));
    }
}
