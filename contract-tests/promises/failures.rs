//! Promises about bad answers: each has its kind, and none becomes somebody's facts.

use glasplade_adapters::contract::{SourceError, SourceErrorKind};
use glasplade_adapters::fake::{FakeAnswer, Fault};

use crate::bench::{Bench, Struck};
use crate::promise::{ALL, Outcome, Promise, Verdict, hold, promises};
use crate::settings::is_kind;
use crate::subject::Answer;

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["failures": ALL =>
    garbage_is_malformed,
    a_web_page_with_status_200_is_malformed,
    a_login_page_with_status_200_has_its_kind,
    a_vendor_fault_has_its_kind,
    a_source_that_is_down_or_overloaded_is_unavailable,
    a_refused_token_is_unauthorized,
    a_failed_call_is_not_made_again,
    half_an_answer_is_malformed,
    a_certificate_that_does_not_verify_is_our_operators,
    tls_where_none_was_agreed_is_a_failure,
    an_address_where_nobody_listens_is_unavailable;
];

/// Bodies that no vendor's answer looks like, in the answer's own content type.
pub(super) const GARBAGE: [&str; 10] =
    ["", " ", "\u{0}\u{1}\u{2}", "garbage", "null", "[]", "{}", "42", "<a/>", "[[[{\"a\":[]}]]]"];

/// The answer was a failure of `wanted` kind.
fn is(answer: Result<Answer, SourceError>, wanted: &str) -> Result<(), String> {
    match answer {
        Err(error) if is_kind(error.kind, wanted) => Ok(()),
        Err(error) => Err(format!("{:?} instead of {wanted} ({error})", error.kind)),
        Ok(answer) => Err(format!("an answer that tells of {} instead of {wanted}", answer.count())),
    }
}

async fn struck(bench: &Bench, fault: Fault, wanted: &str) -> Result<(), String> {
    for struck in Struck::ALL {
        bench.switch(fault, struck);
        is(bench.subject.look_up().await, wanted).map_err(|told| format!("{fault} for {struck:?}: {told}"))?;
    }
    bench.clear();
    bench.subject.answered().await.map(drop).map_err(|told| format!("after {fault} is over: {told}"))
}

async fn garbage_is_malformed(bench: &Bench) -> Outcome {
    for body in GARBAGE {
        bench.stage.serve(body);
        is(bench.subject.look_up().await, "malformed").map_err(|told| format!("{body:?}: {told}"))?;
    }
    Ok(Verdict::Kept)
}

async fn a_web_page_with_status_200_is_malformed(bench: &Bench) -> Outcome {
    let page = "<!DOCTYPE html><html><body><h1>Service nede</h1></body></html>";
    bench.stage.serve(page);
    is(bench.subject.look_up().await, "malformed")?;
    bench.stage.change(move |_| FakeAnswer::new(200, "text/html", page));
    is(bench.subject.look_up().await, "malformed")?;
    Ok(Verdict::Kept)
}

async fn a_login_page_with_status_200_has_its_kind(bench: &Bench) -> Outcome {
    struck(bench, Fault::Html, &bench.own.errors.login_page).await?;
    Ok(Verdict::Kept)
}

async fn a_vendor_fault_has_its_kind(bench: &Bench) -> Outcome {
    // For the marked one alone: at the token's call, a vendor's fault is another one.
    bench.switch(Fault::VendorFault, Struck::TheMarked);
    is(bench.subject.look_up().await, &bench.own.errors.vendor_fault)?;
    bench.switch(Fault::VendorFault, Struck::Everybody);
    hold!(bench.subject.look_up().await.is_err(), "an answer although every call is a fault");
    Ok(Verdict::Kept)
}

async fn a_source_that_is_down_or_overloaded_is_unavailable(bench: &Bench) -> Outcome {
    for status in [500, 502, 503, 504, 429] {
        struck(bench, Fault::Status(status), "unavailable").await?;
        bench.switch(Fault::Status(status), Struck::Everybody);
        let probe = bench.subject.probe().await.map_err(|error| error.kind);
        hold!(probe == Err(SourceErrorKind::Unavailable), "the probe says {probe:?} under {status}");
    }
    Ok(Verdict::Kept)
}

async fn a_refused_token_is_unauthorized(bench: &Bench) -> Outcome {
    let Some(wanted) = &bench.own.errors.refused_token else {
        return Ok(Verdict::NotApplicable("the source has no tokens"));
    };
    struck(bench, Fault::RefusedToken, wanted).await?;
    bench.clear();
    bench.switch(Fault::RefusedToken, Struck::Everybody);
    let probe = bench.subject.probe().await.map_err(|error| error.kind);
    hold!(probe.is_err_and(|kind| is_kind(kind, wanted)), "the probe says {probe:?} instead of {wanted}");
    let calls = bench.server.take_recorded().len();
    hold!(calls <= 4, "{calls} calls with a refused token: one renewal is all");
    Ok(Verdict::Kept)
}

async fn a_failed_call_is_not_made_again(bench: &Bench) -> Outcome {
    bench.switch(Fault::Status(503), Struck::TheMarked);
    hold!(bench.subject.look_up().await.is_err(), "an answer although the source is down");
    let mut sent: Vec<_> =
        bench.server.take_recorded().into_iter().map(|one| (one.method.to_string(), one.target, one.body)).collect();
    let all = sent.len();
    sent.sort();
    sent.dedup();
    hold!(sent.len() == all, "{} calls were made twice: trying again is the house's", all - sent.len());
    Ok(Verdict::Kept)
}

async fn half_an_answer_is_malformed(bench: &Bench) -> Outcome {
    struck(bench, Fault::Truncated, "malformed").await?;
    Ok(Verdict::Kept)
}

async fn a_certificate_that_does_not_verify_is_our_operators(bench: &Bench) -> Outcome {
    let subject = bench.another_subject(bench.server.tls_base_url())?;
    is(subject.look_up().await, "config_invalid")?;
    let sent = bench.server.take_recorded();
    hold!(sent.is_empty(), "{} requests went to somebody who could not say who it is", sent.len());
    Ok(Verdict::Kept)
}

async fn tls_where_none_was_agreed_is_a_failure(bench: &Bench) -> Outcome {
    // A new adapter, since the fault strikes when a connection is made.
    let subject = bench.another_subject(bench.server.base_url())?;
    bench.switch(Fault::Tls, Struck::Everybody);
    let error = subject.look_up().await.err().ok_or("an answer from a port that speaks another language")?;
    let kinds = [SourceErrorKind::Unavailable, SourceErrorKind::Malformed, SourceErrorKind::ConfigInvalid];
    hold!(kinds.contains(&error.kind), "{:?}", error.kind);
    Ok(Verdict::Kept)
}

async fn an_address_where_nobody_listens_is_unavailable(bench: &Bench) -> Outcome {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let free = free.map_err(|error| format!("find a free port: {error}"))?;
    is(bench.another_subject(format!("http://{free}"))?.look_up().await, "unavailable")?;
    Ok(Verdict::Kept)
}
