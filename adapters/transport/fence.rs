//! The fence around parsing, which no timeout can cut: short texts at once, long ones beside the tasks that wait.

/// Longest text that is read on the spot, in bytes: well under a millisecond of work.
pub const INLINE_BYTES_MAX: usize = 256 * 1024;

/// Does `work`, which reads `bytes` bytes. A long one keeps its thread of the blocking pool to the end, even when nobody
/// waits for it any more; the parsers' limits say how long that can be.
pub(super) async fn parse<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes <= INLINE_BYTES_MAX {
        return work();
    }
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(done) => done,
        // A task that is never aborted ends early only by a panic, which goes on where it would have come up.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn long_texts_leave_the_runtime_and_short_ones_do_not() {
        let here = std::thread::current().id();
        let thread = || std::thread::current().id();
        assert_eq!(parse(INLINE_BYTES_MAX, thread).await, here);
        assert_ne!(parse(INLINE_BYTES_MAX + 1, thread).await, here);
    }

    #[tokio::test]
    #[should_panic(expected = "a broken invariant")]
    async fn a_panic_comes_up_where_the_answer_was_waited_for() {
        parse(INLINE_BYTES_MAX + 1, || panic!("a broken invariant")).await;
    }
}
