//! Promises about limits: time, bytes, depth and calls at once end where the configuration says, and nowhere else.

use std::time::Duration;

use glasplade_adapters::contract::SourceErrorKind;
use glasplade_adapters::fake::{FakeAnswer, Fault};

use crate::bench::{Bench, HANG, LIMITS, Struck};
use crate::promise::{ALL, Outcome, Promise, Verdict, hold, promises};

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["limits": ALL =>
    a_hanging_source_is_cut_by_the_house_and_holds_nothing,
    an_endless_body_is_cut,
    a_body_over_the_limit_is_cut_before_it_is_read,
    a_deep_or_huge_body_is_refused_in_bounded_time,
    redirects_are_not_followed,
    calls_at_once_stay_within_the_limit;
];

/// More than any refusal takes on a busy machine in a debug build.
const BOUND: Duration = Duration::from_secs(5);
/// Deeper and wider than any answer, and within the limit of bytes. Enough for a reader whose time grows with the square to
/// take minutes.
const MANY: usize = 50_000;

#[expect(clippy::disallowed_methods, reason = "the promise is about the machine's time")]
fn stopwatch() -> impl Fn() -> Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}

async fn a_hanging_source_is_cut_by_the_house_and_holds_nothing(bench: &Bench) -> Outcome {
    // Once more than there are permits: a look-up that was cut must give back what it held.
    for _ in 0..=LIMITS.concurrency_max {
        bench.switch(Fault::Hang, Struck::TheMarked);
        let ctx = bench.subject.context_for(HANG);
        let look_up = bench.subject.ask_under(&ctx, &bench.subject.known);
        let cut = tokio::time::timeout_at(ctx.deadline, look_up).await;
        hold!(cut.is_err(), "the adapter gave up by itself: how long to wait is the house's");
    }
    bench.clear();
    let answer = bench.subject.answered().await?;
    hold!(!answer.is_nobody(), "nothing is told after the source answers again");
    Ok(Verdict::Kept)
}

async fn refused(bench: &Bench, what: &str) -> Result<(), String> {
    let elapsed = stopwatch();
    let answer = bench.subject.look_up().await;
    let took = elapsed();
    let kind = answer.err().map(|error| error.kind);
    hold!(kind == Some(SourceErrorKind::Malformed), "{what}: {kind:?} instead of Malformed");
    hold!(took < BOUND, "{what}: refused after {} ms", took.as_millis());
    Ok(())
}

async fn an_endless_body_is_cut(bench: &Bench) -> Outcome {
    for struck in Struck::ALL {
        bench.switch(Fault::Endless, struck);
        refused(bench, "an endless body").await?;
    }
    bench.clear();
    bench.subject.answered().await?;
    Ok(Verdict::Kept)
}

async fn a_body_over_the_limit_is_cut_before_it_is_read(bench: &Bench) -> Outcome {
    bench.stage.change(|answer| {
        let mut body = answer.body.to_vec();
        body.resize(LIMITS.body_bytes_max + 1, b' ');
        FakeAnswer { body: body.into(), ..answer }
    });
    refused(bench, "the right answer and too many blanks").await?;
    Ok(Verdict::Kept)
}

async fn a_deep_or_huge_body_is_refused_in_bounded_time(bench: &Bench) -> Outcome {
    for (what, body) in monsters() {
        bench.stage.serve(body);
        refused(bench, what).await?;
    }
    Ok(Verdict::Kept)
}

/// Every source gets all of them: what is not its own language must be refused as quickly.
fn monsters() -> [(&'static str, String); 10] {
    let attributes: String =
        (0..MANY / 10).flat_map(|at| [" a".to_owned(), at.to_string(), "=''".to_owned()]).collect();
    let namespaces: String =
        (0..MANY / 20).flat_map(|at| [" xmlns:a".to_owned(), at.to_string(), "='urn:a'".to_owned()]).collect();
    let laughs =
        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>";
    [
        ("deep XML", "<a>".repeat(MANY)),
        ("deep XML that is closed", format!("{}{}", "<a>".repeat(MANY / 2), "</a>".repeat(MANY / 2))),
        ("XML with many elements", format!("<a>{}</a>", "<b/>".repeat(MANY))),
        ("XML with many attributes", format!("<a{attributes}/>")),
        ("XML with many namespaces", format!("<a{namespaces}/>")),
        ("XML with a document type", format!("{laughs}<l>&c;</l>")),
        ("deep JSON", "[".repeat(MANY)),
        ("deep JSON objects", "{\"a\":".repeat(MANY)),
        ("JSON with many elements", format!("[{}0]", "0,".repeat(MANY))),
        ("a JSON number of many digits", "9".repeat(MANY)),
    ]
}

async fn redirects_are_not_followed(bench: &Bench) -> Outcome {
    for status in [301, 302, 303, 307, 308] {
        bench.clear();
        bench.stage.change(move |_| {
            FakeAnswer::new(status, "text/plain", "").with_header("location", "/elsewhere?token=wanted")
        });
        let answer = bench.subject.look_up().await;
        hold!(answer.is_err(), "a redirect ({status}) became an answer");
        let sent = bench.server.take_recorded();
        hold!(!sent.iter().any(|one| one.target.starts_with("/elsewhere")), "a redirect ({status}) was followed");
    }
    Ok(Verdict::Kept)
}

async fn calls_at_once_stay_within_the_limit(bench: &Bench) -> Outcome {
    let subject = &bench.subject;
    let look_ups = async { tokio::join!(subject.look_up(), subject.look_up(), subject.look_up(), subject.look_up()) };
    stays_within_the_limit(bench, look_ups).await
}

/// `look_ups`, which want more exchanges at once than are allowed, have as many as that.
pub(super) async fn stays_within_the_limit(bench: &Bench, look_ups: impl Future) -> Outcome {
    // First a look-up that is answered, so that a token is held and only the permits can keep the others waiting.
    bench.subject.answered().await?;
    bench.clear();
    bench.switch(Fault::Hang, Struck::Everybody);
    let allowed = LIMITS.concurrency_max;
    let watch = async {
        while bench.stage.most_at_once() < allowed {
            pause(Duration::from_millis(1)).await;
        }
        // Whoever does not wait for a permit is here by now.
        pause(HANG).await;
    };
    tokio::select! {
        _ = look_ups => return Err("a look-up ended although the source hangs".to_owned()),
        () = watch => {}
    }
    let most = bench.stage.most_at_once();
    hold!(most == allowed, "{most} exchanges at once, {allowed} are allowed");
    Ok(Verdict::Kept)
}

/// Lets the others go on for a while.
async fn pause(time: Duration) {
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}
