//! Promises about sources that lie: what is no answer, or a right one spoiled, is malformed, and a right one in another
//! encoding is the same answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    long_answers_are_the_same_answers,
    letters_in_another_form_are_the_same_letters,
    no_day_that_there_is_not_loses_a_row;
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
        let is_spoiled = change_text(bench, move |text| spoil(text).unwrap_or_else(|| text.to_owned()));
        let outcome = is_malformed(bench, what).await;
        if is_spoiled.load(Ordering::SeqCst) {
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

/// Every answer with `change` made to its text from now on; tells whether that made one another.
fn change_text(bench: &Bench, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Arc<AtomicBool> {
    let is_changed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_changed);
    bench.stage.change(move |answer| {
        let Ok(text) = std::str::from_utf8(&answer.body) else { return answer };
        let changed = change(text);
        seen.fetch_or(changed != text, Ordering::SeqCst);
        FakeAnswer { body: changed.into(), ..answer }
    });
    is_changed
}

async fn letters_in_another_form_are_the_same_letters(bench: &Bench) -> Outcome {
    // Of the Danish letters only one has parts, so that it stands where the others stood.
    let with = |ring: &'static str| move |text: &str| text.replace(['æ', 'ø', 'å'], ring);
    let has_letters = change_text(bench, with("å"));
    let right = bench.subject.answered().await?;
    if !has_letters.load(Ordering::SeqCst) {
        return Ok(Verdict::NotApplicable("its answers have no letter beyond ASCII"));
    }
    change_text(bench, with("a\u{30a}"));
    let answer = bench.subject.look_up().await.map_err(|error| format!("letters in parts: {error}"))?;
    hold!(answer == right, "the same letters in parts are other words");
    Ok(Verdict::Kept)
}

/// `text` begins with digits where `shape` has a `d`, and with the same characters elsewhere.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == shape };
    text.len() >= shape.len() && text.iter().zip(shape).all(fits)
}

/// `text` with `day` in the place of every day of the form `2026-11-23`, and `hour` in the place of every `T13:45:00` that
/// follows one.
fn with_day(text: &str, day: &str, hour: Option<&str>) -> String {
    const DAY: &[u8] = b"dddd-dd-dd";
    const HOUR: &[u8] = b"Tdd:dd:dd";
    let bytes = text.as_bytes();
    let mut changed = String::with_capacity(text.len());
    let mut rest = 0;
    for at in 0..bytes.len() {
        // A part of a UUID, or of a longer number, is no day.
        let is_alone = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'-');
        if at < rest || !is_alone || !has_shape(&bytes[at..], DAY) {
            continue;
        }
        changed.push_str(&text[rest..at]);
        changed.push_str(day);
        rest = at + DAY.len();
        if let Some(hour) = hour.filter(|_| has_shape(&bytes[rest..], HOUR)) {
            changed.push_str(hour);
            rest += HOUR.len();
        }
    }
    changed.push_str(&text[rest..]);
    changed
}

/// How many rows are told, or counted as unreadable, when all days of an answer are `day`; none for an answer that is refused.
async fn rows_with(bench: &Bench, day: &'static str, hour: Option<&'static str>) -> Result<Option<usize>, String> {
    change_text(bench, move |text| with_day(text, day, hour));
    match bench.subject.look_up().await {
        Ok(answer) => Ok(Some(answer.count() + answer.unreadable())),
        Err(error) if error.kind == SourceErrorKind::Malformed => Ok(None),
        Err(error) => Err(format!("with the day {day}: {:?} instead of rows or Malformed ({error})", error.kind)),
    }
}

async fn no_day_that_there_is_not_loses_a_row(bench: &Bench) -> Outcome {
    let has_days = change_text(bench, |text| with_day(text, "2025-03-30", None));
    let right = bench.subject.answered().await?.count();
    if !has_days.load(Ordering::SeqCst) {
        return Ok(Verdict::NotApplicable("its answers have no day of that form"));
    }
    for day in ["0000-00-00", "0000-01-01", "2025-02-30", "2025-13-01", "9999-99-99"] {
        let rows = rows_with(bench, day, None).await?;
        hold!(rows.is_none_or(|rows| rows >= right), "with the day {day} of {right} rows {rows:?} are left");
    }
    // Ends of time that can be written: what a source says of them is its own affair, as long as it is an answer.
    for day in ["0001-01-01", "9999-12-31"] {
        rows_with(bench, day, None).await?;
    }
    // An hour that no Danish clock shows, beside one that they all do.
    let shown = rows_with(bench, "2025-03-30", Some("T04:30:00")).await?;
    let skipped = rows_with(bench, "2025-03-30", Some("T02:30:00")).await?;
    hold!(skipped == shown, "in an hour that is skipped {skipped:?} rows are told, and {shown:?} in another");
    Ok(Verdict::Kept)
}
