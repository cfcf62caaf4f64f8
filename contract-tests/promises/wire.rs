//! Promises about what we send: the trace, nothing but declared reads, and the page that one can hand to the vendor.

use glasplade_adapters::contract::{ReadOperation, Verb};
use glasplade_adapters::fake::Recorded;

use super::{diff, page};
use crate::bench::Bench;
use crate::environment;
use crate::promise::{ALL, Outcome, Promise, Verdict, hold, promises};
use crate::settings::package;
use crate::subject::Whom;

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["wire": ALL =>
    every_call_carries_the_trace,
    only_declared_reads_are_sent,
    declared_reads_are_reads,
    what_is_sent_is_the_reviewed_page;
];

async fn every_call_carries_the_trace(bench: &Bench) -> Outcome {
    let ctx = bench.subject.context();
    bench.subject.ask_under(&ctx, &bench.subject.known).await.map_err(|error| error.to_string())?;
    bench.subject.probe_under(&ctx).await.map_err(|error| error.to_string())?;
    let wanted = ctx.trace.traceparent();
    for request in bench.server.take_recorded() {
        let told = request.headers.get("traceparent").and_then(|value| value.to_str().ok());
        hold!(told == Some(&*wanted), "{} {} carries no trace of ours", request.method, path(&request));
        let agent = request.headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        hold!(agent.starts_with("glasplade/"), "{} {} does not say who we are", request.method, path(&request));
    }
    Ok(Verdict::Kept)
}

async fn only_declared_reads_are_sent(bench: &Bench) -> Outcome {
    bench.subject.answered().await?;
    bench.subject.probe().await.map_err(|error| error.to_string())?;
    let sent = bench.server.take_recorded();
    hold!(!sent.is_empty(), "nothing was sent");
    let reads = bench.subject.source.info().reads;
    for request in &sent {
        let operation = operation(reads, request);
        hold!(operation.is_some(), "{} {} is not on the list of reads", request.method, path(request));
    }
    Ok(Verdict::Kept)
}

/// The list itself: every operation has a name of its own, and a POST is nothing that changes.
async fn declared_reads_are_reads(bench: &Bench) -> Outcome {
    let reads = bench.subject.source.info().reads;
    hold!(!reads.is_empty(), "an adapter without reads");
    let writes = ["create", "update", "delete", "import", "opret", "opdater", "slet", "fjern", "ret_", "save", "gem"];
    for read in reads {
        let words = format!("{} {}", read.path, read.soap_action.unwrap_or_default()).to_lowercase();
        let word = writes.iter().find(|word| words.contains(**word));
        hold!(word.is_none(), "the read {} sounds like a change: {}", read.name, word.copied().unwrap_or_default());
        hold!(!read.name.is_empty(), "a read without a name");
    }
    Ok(Verdict::Kept)
}

/// A new adapter, so that the page has the token's call too.
async fn what_is_sent_is_the_reviewed_page(bench: &Bench) -> Outcome {
    let subject = bench.another_subject(bench.server.base_url())?;
    subject.answered().await?;
    let look_up = bench.server.take_recorded();
    subject.probe().await.map_err(|error| error.to_string())?;
    let probe = bench.server.take_recorded();
    let mask = page::Mask::new(&bench.own.secrets, &bench.subject.known, &[&look_up, &probe]);
    let title = match bench.subject.known {
        Whom::Citizen(_) => "A look-up of one citizen",
        Whom::Employee(_) => "A look-up of one employee",
    };
    let sections = vec![(title, look_up), ("The probe", probe)];
    is_reviewed(bench, bench.kind.name, sections, &mask)
}

/// What was sent, section by section, is the page `wire/<name>.txt`; with `UPDATE` it becomes that page.
pub(super) fn is_reviewed(
    bench: &Bench,
    name: &str,
    sections: Vec<(&str, Vec<Recorded>)>,
    mask: &page::Mask,
) -> Outcome {
    let reads = bench.subject.source.info().reads;
    let told = |(title, requests): (_, Vec<Recorded>)| {
        let call = |request| page::Call { operation: operation(reads, &request), request };
        let mut calls: Vec<_> = requests.into_iter().map(call).collect();
        // Some calls go out side by side, so their order here is the list's.
        let place = |read| reads.iter().position(|one| one == read);
        calls.sort_by_cached_key(|call| (call.operation.and_then(place), call.request.target.clone()));
        (title, calls)
    };
    let sections: Vec<_> = sections.into_iter().map(told).collect();
    let now = page::write(bench.kind.name, &sections, mask);
    let file = package().join("wire").join(format!("{name}.txt"));
    if environment::read(environment::UPDATE).is_some() {
        std::fs::write(&file, &now).map_err(|error| format!("write the page: {error}"))?;
        return Ok(Verdict::Kept);
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    hold!(
        reviewed == now,
        "what is sent differs from contract-tests/wire/{name}.txt; if that is meant, run `UPDATE=1 cargo contract` and have \
         the page reviewed\n{}",
        diff::of(&reviewed, &now)
    );
    Ok(Verdict::Kept)
}

pub(super) fn path(request: &Recorded) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

/// The declared operation that a request is.
pub(super) fn operation<'a>(reads: &'a [ReadOperation], request: &Recorded) -> Option<&'a ReadOperation> {
    let action = action(request);
    let is_sent = |read: &&ReadOperation| {
        let verb = match read.verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
        };
        let is_action = action == read.soap_action;
        request.method.as_str() == verb && is_action && is_path(read.path, path(request))
    };
    // `/api/sag/sagStatusList` is itself before it is `/api/sag/{id}`.
    let itself = reads.iter().filter(is_sent).find(|read| read.path == path(request));
    itself.or_else(|| reads.iter().find(is_sent))
}

/// The SOAP action: a header of its own in SOAP 1.1, a part of the content type in 1.2.
fn action(request: &Recorded) -> Option<&str> {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let of_content_type = || header("content-type")?.split(';').find_map(|part| part.trim().strip_prefix("action="));
    Some(header("soapaction").or_else(of_content_type)?.trim_matches('"'))
}

/// `path` is `template` with one non-empty segment for each placeholder.
fn is_path(template: &str, path: &str) -> bool {
    let (mut wanted, mut told) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), told.next()) {
            (None, None) => return true,
            (Some(wanted), Some(told)) if wanted == told => {}
            (Some(wanted), Some(told)) if wanted.starts_with('{') && !told.is_empty() => {}
            _ => return false,
        }
    }
}
