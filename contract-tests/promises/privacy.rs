//! Promises about what must not get out: no number, name, title or secret in an error, a log, a `Debug` or a header of ours.

use glasplade_adapters::contract::{SourceError, SourceErrorKind};
use glasplade_adapters::fake::{FakeAnswer, Fault};

use crate::bench::{Bench, Struck};
use crate::logs::Logs;
use crate::marks;
use crate::promise::{ALL, Outcome, PERSONS, Promise, REGISTERS, Verdict, hold, promises};
use crate::subject::Answer;

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["privacy":
    ALL =>
        no_error_holds_personal_data,
        no_misfit_gets_into_an_error,
        no_misfit_of_any_call_gets_into_an_error,
        no_log_holds_personal_data,
        debug_of_the_adapter_shows_no_secret,
        headers_hold_nothing_personal,
        the_probe_asks_about_nobody;
    REGISTERS =>
        addresses_hold_nothing_personal;
    PERSONS =>
        debug_of_the_facts_shows_none;
];

const FAULTS: [Fault; 12] = [
    Fault::Status(500),
    Fault::Status(503),
    Fault::Status(429),
    Fault::VendorFault,
    Fault::Html,
    Fault::Truncated,
    Fault::Endless,
    Fault::AnotherCitizen,
    Fault::RefusedToken,
    Fault::Tls,
    Fault::Down,
    Fault::Reset,
];

/// Breaks a right answer at its `place` of [`BREAKS`].
pub(super) type Spoil = fn(Vec<u8>, usize) -> Vec<u8>;

/// In how many places a right answer is broken.
pub(super) const BREAKS: usize = 12;

/// How a right answer is broken: cut off, with a strange sign inside, with every text turned into something else.
pub(super) const SPOILERS: [(&str, Spoil); 5] = [
    ("cut", |body, place| body[..body.len() * place / BREAKS].to_vec()),
    ("a strange sign", |mut body, place| {
        let at = body.len() * place / BREAKS;
        body.insert(at, 0xff);
        body
    }),
    ("a bracket", |mut body, place| {
        let at = body.len() * place / BREAKS;
        body.insert(at, b'}');
        body
    }),
    ("texts for values", |body, _| {
        let text = String::from_utf8_lossy(&body).into_owned();
        text.replace(":[", &format!(":\"{}\",\"x\":[", marks::MARK)).replace("true", marks::MARK).into_bytes()
    }),
    ("names in elements", |body, place| named_elements(&String::from_utf8_lossy(&body), place).into_bytes()),
];

/// A name behind the texts of some elements: a different part of them at each place, so that a first misfit does not hide
/// all others.
fn named_elements(text: &str, place: usize) -> String {
    let parts: Vec<&str> = text.split("</").collect();
    let mut named = String::with_capacity(text.len() * 2);
    for (at, part) in parts.iter().enumerate() {
        let is_text = at + 1 < parts.len() && !part.ends_with('>');
        named.push_str(part);
        if is_text && at % BREAKS == place {
            named.push_str(marks::MARK);
        }
        if at + 1 < parts.len() {
            named.push_str("</");
        }
    }
    named
}

/// The first personal thing in `text`, by what it is and not by its value.
pub(super) fn personal(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    marks::personal().find(|(_, mark)| text.contains(&mark.to_lowercase())).map(|(what, _)| what)
}

/// As [`personal`], and no secret either.
pub(super) fn leak(bench: &Bench, text: &str) -> Option<String> {
    let mut secrets = bench.own.secrets.iter();
    let secret = secrets.find(|(_, secret)| text.contains(&**secret)).map(|(name, _)| format!("the secret {name}"));
    personal(text).map(str::to_owned).or(secret)
}

/// The error, if there is one, is free of everything marked. That nothing came is no error of the source, but a hang.
fn is_clean(bench: &Bench, answer: &Result<Answer, SourceError>) -> Result<(), String> {
    let Err(error) = answer else { return Ok(()) };
    hold!(error.kind != SourceErrorKind::TimedOut, "no answer and no error within the deadline");
    let found = leak(bench, &format!("{error} {error:?} {error:#?}"));
    hold!(found.is_none(), "an error of {} holds {}", error.operation, found.unwrap_or_default());
    Ok(())
}

async fn no_error_holds_personal_data(bench: &Bench) -> Outcome {
    for (fault, struck) in FAULTS.into_iter().flat_map(|fault| Struck::ALL.map(|struck| (fault, struck))) {
        bench.switch(fault, struck);
        let answer = bench.subject.look_up().await;
        is_clean(bench, &answer).map_err(|told| format!("{fault} for {struck:?}: {told}"))?;
    }
    for status in [301, 400, 401, 403, 404, 405, 409, 410, 422, 500] {
        bench.clear();
        bench.stage.change(move |answer| {
            let body = answer.body;
            FakeAnswer { body, headers: answer.headers, ..FakeAnswer::new(status, "text/plain", "") }
        });
        let answer = bench.subject.look_up().await;
        is_clean(bench, &answer).map_err(|told| format!("status {status}: {told}"))?;
    }
    Ok(Verdict::Kept)
}

/// `answer` with its body broken.
pub(super) fn spoiled(answer: FakeAnswer, spoil: Spoil, place: usize) -> FakeAnswer {
    FakeAnswer { body: spoil(answer.body.to_vec(), place).into(), ..answer }
}

async fn no_misfit_gets_into_an_error(bench: &Bench) -> Outcome {
    for (what, spoil) in SPOILERS {
        for place in 0..BREAKS {
            bench.stage.change(move |answer| spoiled(answer, spoil, place));
            let answer = bench.subject.look_up().await;
            is_clean(bench, &answer).map_err(|told| format!("{what} at {place}/{BREAKS}: {told}"))?;
        }
    }
    Ok(Verdict::Kept)
}

/// One call of the look-up at a time, so that the later ones are reached.
async fn no_misfit_of_any_call_gets_into_an_error(bench: &Bench) -> Outcome {
    bench.subject.answered().await?;
    bench.clear();
    bench.subject.answered().await?;
    let calls = bench.server.take_recorded().len();
    hold!(calls > 0, "a look-up without a call");
    for (call, (at, (what, spoil))) in (0..calls).flat_map(|call| (0..).zip(SPOILERS).map(move |one| (call, one))) {
        // One place each, another one every time: all of them would take too long.
        let place = (call * SPOILERS.len() + at * 3) % BREAKS;
        bench.stage.change_nth(call, move |answer| spoiled(answer, spoil, place));
        let answer = bench.subject.look_up().await;
        is_clean(bench, &answer).map_err(|told| format!("{what} in call {call} at {place}/{BREAKS}: {told}"))?;
    }
    Ok(Verdict::Kept)
}

/// Good answers and bad ones, at every level and of every library.
async fn no_log_holds_personal_data(bench: &Bench) -> Outcome {
    let logs = Logs::default();
    let _listening = logs.listen();
    tracing::warn!("the suite listens");
    // A new adapter, so that connecting is logged too.
    let subject = bench.another_subject(bench.server.base_url())?;
    subject.answered().await?;
    subject.probe().await.map_err(|error| error.to_string())?;
    for fault in FAULTS {
        bench.switch(fault, Struck::TheMarked);
        let _ = subject.look_up().await;
    }
    bench.clear();
    for (_, spoil) in SPOILERS {
        bench.stage.change(move |answer| spoiled(answer, spoil, BREAKS / 2));
        let _ = subject.look_up().await;
    }
    let text = logs.text();
    hold!(text.contains("the suite listens"), "nothing is heard of the logs");
    let found = leak(bench, &text);
    hold!(found.is_none(), "a log holds {}", found.unwrap_or_default());
    Ok(Verdict::Kept)
}

async fn debug_of_the_adapter_shows_no_secret(bench: &Bench) -> Outcome {
    // After a look-up, when a token is held.
    bench.subject.answered().await?;
    let text = format!("{:?} {:#?}", bench.subject.source, bench.subject.source);
    let found = leak(bench, &text);
    hold!(found.is_none(), "Debug of the adapter shows {}", found.unwrap_or_default());
    let shown = bench.server.take_recorded().into_iter().find_map(|request| {
        let header = request.headers.get("authorization").or_else(|| request.headers.get("cookie"))?;
        let value = header.to_str().ok()?.rsplit(' ').next()?.to_owned();
        text.contains(&value).then_some(())
    });
    hold!(shown.is_none(), "Debug of the adapter shows the token in use");
    Ok(Verdict::Kept)
}

async fn headers_hold_nothing_personal(bench: &Bench) -> Outcome {
    bench.subject.answered().await?;
    for request in bench.server.take_recorded() {
        for (name, value) in &request.headers {
            let found = personal(&String::from_utf8_lossy(value.as_bytes()));
            hold!(found.is_none(), "the header {name} holds {}", found.unwrap_or_default());
        }
    }
    Ok(Verdict::Kept)
}

async fn the_probe_asks_about_nobody(bench: &Bench) -> Outcome {
    bench.subject.probe().await.map_err(|error| error.to_string())?;
    let sent = bench.server.take_recorded();
    hold!(!sent.is_empty(), "the probe asks nothing");
    for request in sent {
        let text = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
        let person = bench.world.persons().iter().any(|person| text.contains(&person.cpr));
        hold!(!person, "the probe holds the number of a citizen");
        // A service account may be named; an employee asked about may not.
        let found = personal(&text);
        hold!(found.is_none(), "the probe holds {}", found.unwrap_or_default());
    }
    Ok(Verdict::Kept)
}

/// Paths and queries end up in the logs of everything on the way.
async fn addresses_hold_nothing_personal(bench: &Bench) -> Outcome {
    bench.subject.answered().await?;
    let sent = bench.server.take_recorded();
    hold!(!sent.is_empty(), "nothing was sent");
    for request in sent {
        let found = personal(&request.target);
        hold!(found.is_none(), "an address holds {}", found.unwrap_or_default());
    }
    Ok(Verdict::Kept)
}

async fn debug_of_the_facts_shows_none(bench: &Bench) -> Outcome {
    let answer = bench.subject.answered().await?;
    let found = personal(&format!("{answer:?} {answer:#?}"));
    hold!(found.is_none(), "Debug of the facts shows {}", found.unwrap_or_default());
    Ok(Verdict::Kept)
}
