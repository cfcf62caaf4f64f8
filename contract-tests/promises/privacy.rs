//! Promises about what must not get out: no number, name, title or secret in an error, a `Debug` or a header of ours.

use glasplade_adapters::contract::{CprNumber, Fetched, SourceError};
use glasplade_adapters::fake::{FakeAnswer, Fault};

use crate::bench::{Bench, Whom};
use crate::marks;
use crate::promise::{Outcome, Promise, Verdict, hold, promises};

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["privacy":
    no_error_holds_personal_data,
    no_misfit_gets_into_an_error,
    debug_of_the_adapter_shows_no_secret,
    headers_hold_no_number,
    the_probe_asks_about_nobody,
    a_secret_title_is_not_read,
];

const FAULTS: [Fault; 10] = [
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
];

/// Breaks a right answer at one of its places.
type Spoil = fn(Vec<u8>, usize) -> Vec<u8>;

/// In how many places a right answer is broken.
const BREAKS: usize = 12;

/// The first thing in `text` that must not be there, by what it is and not by its value.
fn leak(bench: &Bench, text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let number = |cpr: &str| CprNumber::parse(cpr).map(|number| number.expose_hyphenated()).unwrap_or_default();
    let personal = [
        ("the number", marks::CITIZEN.to_owned()),
        ("the number with its hyphen", number(marks::CITIZEN)),
        ("a name or title", marks::MARK.to_owned()),
        ("a secret title", marks::SECRET_MARK.to_owned()),
        ("a phone number", marks::PHONE.to_owned()),
    ];
    let personal = personal.into_iter().map(|(what, mark)| (what.to_owned(), mark));
    let secrets = bench.own.secrets.iter().map(|(name, secret)| (format!("the secret {name}"), secret.clone()));
    personal.chain(secrets).find(|(_, mark)| text.contains(&mark.to_lowercase())).map(|(what, _)| what)
}

/// The error, if there is one, is free of everything marked.
fn is_clean(bench: &Bench, answer: &Result<Fetched, SourceError>) -> Result<(), String> {
    let Err(error) = answer else { return Ok(()) };
    let found = leak(bench, &format!("{error} {error:?} {error:#?}"));
    hold!(found.is_none(), "an error of {} holds {}", error.operation, found.unwrap_or_default());
    Ok(())
}

async fn no_error_holds_personal_data(bench: &Bench) -> Outcome {
    for (fault, whom) in FAULTS.into_iter().flat_map(|fault| Whom::ALL.map(|whom| (fault, whom))) {
        bench.switch(fault, whom);
        let answer = bench.subject.fetch().await;
        is_clean(bench, &answer).map_err(|told| format!("{fault} for {whom:?}: {told}"))?;
    }
    for status in [301, 400, 401, 403, 404, 405, 409, 410, 422, 500] {
        bench.clear();
        bench.stage.change(move |answer| {
            let body = answer.body;
            FakeAnswer { body, headers: answer.headers, ..FakeAnswer::new(status, "text/plain", "") }
        });
        let answer = bench.subject.fetch().await;
        is_clean(bench, &answer).map_err(|told| format!("status {status}: {told}"))?;
    }
    Ok(Verdict::Kept)
}

/// Right answers, broken: cut off, with a strange sign inside, with every text turned into something else.
async fn no_misfit_gets_into_an_error(bench: &Bench) -> Outcome {
    let spoilers: [(&str, Spoil); 4] = [
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
    ];
    for (what, spoil) in spoilers {
        for place in 0..BREAKS {
            bench.stage.change(move |answer| {
                let body = spoil(answer.body.to_vec(), place);
                FakeAnswer { body: body.into(), ..answer }
            });
            let answer = bench.subject.fetch().await;
            is_clean(bench, &answer).map_err(|told| format!("{what} at {place}/{BREAKS}: {told}"))?;
        }
    }
    Ok(Verdict::Kept)
}

async fn debug_of_the_adapter_shows_no_secret(bench: &Bench) -> Outcome {
    // After a look-up, when a token is held.
    bench.subject.fetched().await?;
    let text = format!("{:?} {:#?}", bench.subject.adapter, bench.subject.adapter);
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

async fn headers_hold_no_number(bench: &Bench) -> Outcome {
    bench.subject.fetched().await?;
    let hyphenated = bench.subject.citizen.expose_hyphenated();
    for request in bench.server.take_recorded() {
        for (name, value) in &request.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let is_clean = !value.contains(marks::CITIZEN) && !value.contains(&hyphenated);
            hold!(is_clean, "the header {name} holds the number");
        }
    }
    Ok(Verdict::Kept)
}

async fn the_probe_asks_about_nobody(bench: &Bench) -> Outcome {
    bench.subject.adapter.probe(&bench.subject.context()).await.map_err(|error| error.to_string())?;
    let sent = bench.server.take_recorded();
    hold!(!sent.is_empty(), "the probe asks nothing");
    for request in sent {
        let text = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
        let person = bench.world.persons().iter().any(|person| text.contains(&person.cpr));
        hold!(!person, "the probe holds the number of a citizen");
    }
    Ok(Verdict::Kept)
}

async fn a_secret_title_is_not_read(bench: &Bench) -> Outcome {
    let text = format!("{:?}", bench.subject.fetched().await?);
    hold!(!text.contains(marks::SECRET_MARK), "a title that the public may not see is in a record");
    Ok(Verdict::Kept)
}
