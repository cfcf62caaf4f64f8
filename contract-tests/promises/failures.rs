//! Promises about bad answers: each has its kind, none becomes records, and nobody else's case becomes the citizen's.

use glasplade_adapters::contract::{About, Fetched, SourceError, SourceErrorKind};
use glasplade_adapters::fake::{FakeAnswer, Fault};

use crate::bench::{Bench, Whom};
use crate::promise::{Outcome, Promise, Verdict, hold, promises};
use crate::settings::is_kind;

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["failures":
    garbage_is_malformed,
    a_web_page_with_status_200_is_malformed,
    a_login_page_with_status_200_has_its_kind,
    a_vendor_fault_has_its_kind,
    a_source_that_is_down_or_overloaded_is_unavailable,
    a_refused_token_is_unauthorized,
    a_failed_call_is_not_made_again,
    half_an_answer_is_malformed,
    another_citizens_rows_say_so,
    a_certificate_that_does_not_verify_is_our_operators,
    tls_where_none_was_agreed_is_a_failure,
    an_address_where_nobody_listens_is_unavailable,
];

/// Bodies that no vendor's answer looks like, in the answer's own content type.
const GARBAGE: [&str; 10] =
    ["", " ", "\u{0}\u{1}\u{2}", "garbage", "null", "[]", "{}", "42", "<a/>", "[[[{\"a\":[]}]]]"];

/// The answer was a failure of `wanted` kind.
fn is(answer: Result<Fetched, SourceError>, wanted: &str) -> Result<(), String> {
    match answer {
        Err(error) if is_kind(error.kind, wanted) => Ok(()),
        Err(error) => Err(format!("{:?} instead of {wanted} ({error})", error.kind)),
        Ok(fetched) => Err(format!("an answer with {} rows instead of {wanted}", fetched.records.len())),
    }
}

async fn struck(bench: &Bench, fault: Fault, wanted: &str) -> Result<(), String> {
    for whom in Whom::ALL {
        bench.switch(fault, whom);
        is(bench.subject.fetch().await, wanted).map_err(|told| format!("{fault} for {whom:?}: {told}"))?;
    }
    bench.clear();
    bench.subject.fetched().await.map(drop).map_err(|told| format!("after {fault} is over: {told}"))
}

async fn garbage_is_malformed(bench: &Bench) -> Outcome {
    for body in GARBAGE {
        bench.stage.serve(body);
        is(bench.subject.fetch().await, "malformed").map_err(|told| format!("{body:?}: {told}"))?;
    }
    Ok(Verdict::Kept)
}

async fn a_web_page_with_status_200_is_malformed(bench: &Bench) -> Outcome {
    let page = "<!DOCTYPE html><html><body><h1>Service nede</h1></body></html>";
    bench.stage.serve(page);
    is(bench.subject.fetch().await, "malformed")?;
    bench.stage.change(move |_| FakeAnswer::new(200, "text/html", page));
    is(bench.subject.fetch().await, "malformed")?;
    Ok(Verdict::Kept)
}

async fn a_login_page_with_status_200_has_its_kind(bench: &Bench) -> Outcome {
    struck(bench, Fault::Html, &bench.own.errors.login_page).await?;
    Ok(Verdict::Kept)
}

async fn a_vendor_fault_has_its_kind(bench: &Bench) -> Outcome {
    // For the citizen alone: at the token's call, a vendor's fault is another one.
    bench.switch(Fault::VendorFault, Whom::TheCitizen);
    is(bench.subject.fetch().await, &bench.own.errors.vendor_fault)?;
    bench.switch(Fault::VendorFault, Whom::Everybody);
    hold!(bench.subject.fetch().await.is_err(), "an answer although every call is a fault");
    Ok(Verdict::Kept)
}

async fn a_source_that_is_down_or_overloaded_is_unavailable(bench: &Bench) -> Outcome {
    for status in [500, 502, 503, 504, 429] {
        struck(bench, Fault::Status(status), "unavailable").await?;
        bench.switch(Fault::Status(status), Whom::Everybody);
        let probe = bench.subject.adapter.probe(&bench.subject.context()).await.map_err(|error| error.kind);
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
    bench.switch(Fault::RefusedToken, Whom::Everybody);
    let probe = bench.subject.adapter.probe(&bench.subject.context()).await;
    is(probe.map(|()| Fetched::default()), wanted).map_err(|told| format!("the probe: {told}"))?;
    let calls = bench.server.take_recorded().len();
    hold!(calls <= 4, "{calls} calls with a refused token: one renewal is all");
    Ok(Verdict::Kept)
}

async fn a_failed_call_is_not_made_again(bench: &Bench) -> Outcome {
    bench.switch(Fault::Status(503), Whom::TheCitizen);
    hold!(bench.subject.fetch().await.is_err(), "an answer although the source is down");
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

async fn another_citizens_rows_say_so(bench: &Bench) -> Outcome {
    bench.switch(Fault::AnotherCitizen, Whom::TheCitizen);
    let fetched = match bench.subject.fetch().await {
        Err(error) if error.kind == SourceErrorKind::WrongCitizen => return Ok(Verdict::Kept),
        Err(error) => return Err(format!("rows about another citizen became {:?}", error.kind)),
        Ok(fetched) => fetched,
    };
    hold!(!fetched.records.is_empty(), "no rows: the house cannot raise the alarm");
    for record in &fetched.records {
        match &record.about {
            About::Stated(people) => {
                hold!(
                    !record.about.may_be(&bench.subject.citizen),
                    "a row about another citizen claims the one asked for"
                );
                hold!(!people.is_empty(), "a row states nobody");
            }
            About::Unstated => return Err("a row about another citizen does not say whom it is about".to_owned()),
        }
    }
    Ok(Verdict::Kept)
}

async fn a_certificate_that_does_not_verify_is_our_operators(bench: &Bench) -> Outcome {
    let subject = bench.another_subject(bench.server.tls_base_url())?;
    is(subject.fetch().await, "config_invalid")?;
    let sent = bench.server.take_recorded();
    hold!(sent.is_empty(), "{} requests went to somebody who could not say who it is", sent.len());
    Ok(Verdict::Kept)
}

async fn tls_where_none_was_agreed_is_a_failure(bench: &Bench) -> Outcome {
    // A new adapter, since the fault strikes when a connection is made.
    let subject = bench.another_subject(bench.server.base_url())?;
    bench.switch(Fault::Tls, Whom::Everybody);
    let error = subject.fetch().await.err().ok_or("an answer from a port that speaks another language")?;
    let kinds = [SourceErrorKind::Unavailable, SourceErrorKind::Malformed, SourceErrorKind::ConfigInvalid];
    hold!(kinds.contains(&error.kind), "{:?}", error.kind);
    Ok(Verdict::Kept)
}

async fn an_address_where_nobody_listens_is_unavailable(bench: &Bench) -> Outcome {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let free = free.map_err(|error| format!("find a free port: {error}"))?;
    is(bench.another_subject(format!("http://{free}"))?.fetch().await, "unavailable")?;
    Ok(Verdict::Kept)
}
