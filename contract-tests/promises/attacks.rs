//! Promises about sources that lie: what is no answer, or a right one spoiled, is malformed, and a right one in another
//! encoding is the same answer.

use glasplade_adapters::attacks;
use glasplade_adapters::contract::SourceErrorKind;
use glasplade_adapters::fake::FakeAnswer;

use crate::bench::Bench;
use crate::promise::{ALL, Outcome, Promise, Verdict, hold, promises};

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["attacks": ALL =>
    an_attack_is_malformed,
    a_fault_with_status_200_is_no_answer,
    a_right_answer_that_is_spoiled_is_malformed,
    a_right_answer_in_utf_16_is_the_same_answer_or_malformed,
    long_answers_are_the_same_answers;
];

/// Enough for whatever grows to be over its limit but for the few that the package's own tests make large.
const BYTES: usize = 48 * 1024;
/// Longer than what is read on the spot.
const LONG: usize = 300 * 1024;

async fn is_malformed(bench: &Bench, what: &str) -> Result<(), String> {
    match bench.subject.look_up().await {
        Err(error) if error.kind == SourceErrorKind::Malformed => Ok(()),
        Err(error) => Err(format!("{what}: {:?} instead of Malformed ({error})", error.kind)),
        Ok(answer) => Err(format!("{what}: an answer that tells of {}", answer.count())),
    }
}

async fn an_attack_is_malformed(bench: &Bench) -> Outcome {
    for attack in attacks::all() {
        bench.stage.change(|answer| attack.instead_of(answer, BYTES));
        is_malformed(bench, attack.name).await?;
    }
    bench.clear();
    bench.subject.answered().await.map_err(|told| format!("after all attacks: {told}"))?;
    Ok(Verdict::Kept)
}

async fn a_fault_with_status_200_is_no_answer(bench: &Bench) -> Outcome {
    for (version, code) in [
        ("http://schemas.xmlsoap.org/soap/envelope/", "<faultcode>s:Server</faultcode>"),
        ("http://www.w3.org/2003/05/soap-envelope", "<s:Code><s:Value>s:Receiver</s:Value></s:Code>"),
    ] {
        let fault =
            format!("<s:Envelope xmlns:s=\"{version}\"><s:Body><s:Fault>{code}</s:Fault></s:Body></s:Envelope>");
        bench.stage.serve(fault);
        let kind = bench.subject.look_up().await.map(|answer| answer.count()).map_err(|error| error.kind);
        // A fault that the source words as its own is what it says; where SOAP is no language, it is garbage.
        let is_failure = matches!(kind, Err(SourceErrorKind::Unavailable | SourceErrorKind::Malformed));
        hold!(is_failure, "{kind:?} instead of a failure");
    }
    Ok(Verdict::Kept)
}

/// A way to spoil a right answer; `None` where the answer is in the other language.
type Spoil = fn(&str) -> Option<String>;

fn is_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// `inside` put into the first tag that is no declaration.
fn in_first_tag(text: &str, inside: &str) -> Option<String> {
    let start = if text.starts_with("<?") { text.find("?>")? } else { 0 };
    let end = start + 2 + text[start + 2..].find('>')?;
    is_xml(text).then(|| format!("{}{inside}{}", &text[..end], &text[end..]))
}

/// `inside` put behind the first opening brace.
fn in_first_object(text: &str, inside: &str) -> Option<String> {
    if is_xml(text) {
        return None;
    }
    let at = text.find('{')? + 1;
    let is_empty = text[at..].trim_start().starts_with('}');
    Some(format!("{}{inside}{}{}", &text[..at], if is_empty { "" } else { "," }, &text[at..]))
}

const SPOILS: [(&str, Spoil); 12] = [
    ("garbage behind", |text| Some(format!("{text}x"))),
    ("garbage before", |text| Some(format!("x{text}"))),
    ("the answer twice", |text| Some(format!("{text}{text}"))),
    ("a 0 behind", |text| Some(format!("{text}\0"))),
    ("its last byte gone", |text| text.trim_end().get(..text.trim_end().len() - 1).map(str::to_owned)),
    ("a document type", |text| {
        let start = if text.starts_with("<?") { text.find("?>")? + 2 } else { 0 };
        is_xml(text).then(|| format!("{}<!DOCTYPE a [<!ENTITY e 'e'>]>{}", &text[..start], &text[start..]))
    }),
    ("an attribute twice", |text| in_first_tag(text, " x='1' x='1'")),
    ("a prefix for nothing", |text| in_first_tag(text, " x:y='1'")),
    ("no blank between attributes", |text| in_first_tag(text, " x='1'y='2'")),
    ("a comment with two hyphens", |text| is_xml(text).then(|| format!("{text}<!-- -- -->"))),
    ("a key twice", |text| in_first_object(text, "\"x y\":1,\"x y\":1")),
    ("a key twice, deep inside", |text| in_first_object(text, "\"x y\":[{\"a\":{\"b\":1,\"\\u0062\":2}}]")),
];

async fn a_right_answer_that_is_spoiled_is_malformed(bench: &Bench) -> Outcome {
    let mut tried = 0;
    for (what, spoil) in SPOILS {
        let is_spoiled = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = std::sync::Arc::clone(&is_spoiled);
        bench.stage.change(move |answer| {
            let spoiled = std::str::from_utf8(&answer.body).ok().and_then(spoil);
            let Some(body) = spoiled else { return answer };
            seen.store(true, std::sync::atomic::Ordering::SeqCst);
            FakeAnswer { body: body.into(), ..answer }
        });
        let outcome = is_malformed(bench, what).await;
        if is_spoiled.load(std::sync::atomic::Ordering::SeqCst) {
            outcome?;
            tried += 1;
        }
    }
    hold!(tried >= 6, "only {tried} ways to spoil an answer could be tried");
    Ok(Verdict::Kept)
}

async fn a_right_answer_in_utf_16_is_the_same_answer_or_malformed(bench: &Bench) -> Outcome {
    let right = bench.subject.answered().await?;
    bench.stage.change(|answer| {
        let Ok(text) = std::str::from_utf8(&answer.body) else { return answer };
        let text = text.replacen("utf-8", "utf-16", 1).replacen("UTF-8", "UTF-16", 1);
        let body: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let content_type = answer.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.replace("utf-8", "utf-16");
        FakeAnswer { body: body.into(), ..answer }.with_header("content-type", &content_type)
    });
    match bench.subject.look_up().await {
        Ok(answer) => hold!(answer == right, "the answer in another encoding tells something else"),
        Err(error) => hold!(error.kind == SourceErrorKind::Malformed, "{:?} ({error})", error.kind),
    }
    Ok(Verdict::Kept)
}

async fn long_answers_are_the_same_answers(bench: &Bench) -> Outcome {
    let right = bench.subject.answered().await?;
    bench.stage.change(|answer| {
        let mut body = answer.body.to_vec();
        body.resize(LONG, b' ');
        FakeAnswer { body: body.into(), ..answer }
    });
    let (first, second) = tokio::join!(bench.subject.look_up(), bench.subject.look_up());
    for answer in [first, second] {
        let answer = answer.map_err(|error| format!("a long answer: {error}"))?;
        hold!(answer == right, "the same answer, but longer, tells something else");
    }
    Ok(Verdict::Kept)
}
