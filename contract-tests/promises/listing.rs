//! Promises of case systems about everybody's cases, page by page: nothing is left out, nothing is made up, and a page that
//! does not come never looks like the last.

use std::collections::BTreeMap;

use glasplade_adapters::contract::{
    About, CasePage, CaseStatus, Listing, PageToken, PartyRole, PersonId, Record, Since, SourceError, SourceErrorKind,
};
use glasplade_adapters::fake::population::{CaseRow, Progress};
use glasplade_adapters::fake::{FakeAnswer, Fault};
use jiff::{SignedDuration, Timestamp};

use super::cases::tells;
use super::failures::GARBAGE;
use super::privacy::{self, BREAKS, SPOILERS};
use super::{limits, page, wire};
use crate::bench::{Bench, Struck};
use crate::logs::Logs;
use crate::marks;
use crate::promise::{CASES, Outcome, Promise, Verdict, hold, promises};
use crate::settings::is_kind;
use crate::subject::Subject;
use crate::walk::{Row, Stopped, Walk};

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["listing":
    CASES =>
        what_cannot_be_listed_is_unsupported,
        a_whole_listing_tells_what_look_ups_tell,
        a_listing_tells_every_active_case_of_the_population,
        pages_of_any_size_tell_the_same,
        a_page_is_no_longer_than_asked_for,
        a_window_tells_what_was_registered_in_it,
        an_unreadable_token_is_refused,
        a_fault_on_a_later_page_has_its_kind_and_the_page_comes_again,
        garbage_is_never_the_last_page,
        a_source_that_repeats_itself_comes_to_an_end,
        pages_at_once_stay_within_the_limit,
        tokens_hold_nothing_personal,
        no_error_of_a_page_holds_personal_data,
        no_log_of_a_listing_holds_personal_data,
        only_declared_reads_list_and_all_carry_the_trace,
        what_a_listing_sends_is_the_reviewed_page;
];

const NOT_LISTED: Verdict = Verdict::NotApplicable("the source cannot be listed");
/// More rows than the bench has.
const ALL_ROWS: usize = 1_000;

fn listing(bench: &Bench) -> Result<Listing, String> {
    Ok(bench.subject.adapter()?.capability().listing)
}

async fn first(subject: &Subject, page_rows: usize) -> Result<CasePage, String> {
    let page = subject.page(Since::Beginning, &PageToken::default(), page_rows).await;
    page.map_err(|error| format!("the first page does not come: {error}"))
}

/// The token of the second page of two rows.
async fn second(subject: &Subject) -> Result<PageToken, String> {
    first(subject, 2).await?.next.ok_or_else(|| "two rows of the bench are all".to_owned())
}

async fn whole(bench: &Bench) -> Result<Walk, String> {
    let walk = Walk::through(&bench.subject, Since::Beginning, ALL_ROWS).await?;
    hold!(walk.unreadable == 0, "{} rows of the fake cannot be read", walk.unreadable);
    Ok(walk)
}

async fn what_cannot_be_listed_is_unsupported(bench: &Bench) -> Outcome {
    let since = match listing(bench)? {
        Listing::None => Since::Beginning,
        Listing::Sweep => around(marks::changed(), SignedDuration::from_hours(1)),
        Listing::Changes => return Ok(Verdict::NotApplicable("the source can be listed in every way")),
    };
    let told = bench.subject.page(since, &PageToken::default(), 2).await.map_err(|error| error.kind);
    hold!(told == Err(SourceErrorKind::Unsupported), "{told:?} instead of Unsupported");
    hold!(bench.server.take_recorded().is_empty(), "something was sent for what the source cannot tell");
    Ok(Verdict::Kept)
}

/// What look-ups of all citizens of this source tell.
async fn looked_up(bench: &Bench) -> Result<BTreeMap<Row, Record>, String> {
    let subject = bench.roomy_subject()?;
    let rows = bench.world.cases().iter().filter(|row| row.source == bench.kind.name);
    let mut citizens: Vec<&str> = rows.map(|row| row.citizen.as_str()).collect();
    citizens.sort_unstable();
    citizens.dedup();
    let mut told = BTreeMap::new();
    for citizen in citizens {
        let citizen = marks::number(citizen)?;
        let fetched =
            subject.adapter()?.fetch(&subject.context(), &citizen).await.map_err(|error| error.to_string())?;
        hold!(!fetched.cut_short, "a citizen of the bench has more rows than the suite takes");
        let theirs =
            fetched.records.into_iter().map(|record| ((record.native_id.clone(), PersonId::Cpr(citizen)), record));
        told.extend(theirs);
    }
    Ok(told)
}

async fn a_whole_listing_tells_what_look_ups_tell(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let (walk, looked_up) = (whole(bench).await?, looked_up(bench).await?);
    for (row, listed) in &walk.rows {
        let Some(told) = looked_up.get(row) else { return Err(format!("no look-up tells row {}", row.0)) };
        let differing = differing(listed, told);
        hold!(differing.is_none(), "row {} differs from the look-up in `{}`", row.0, differing.unwrap_or_default());
        hold!(listed.source == bench.subject.source.info().id, "row {} is said to be from another source", row.0);
    }
    for (row, told) in &looked_up {
        // Whether the source counts a state that we do not know as active is its own.
        let is_active = told.status.normal.is_active() && told.status.normal != CaseStatus::Other;
        hold!(!is_active || walk.rows.contains_key(row), "the active case {} is not listed", row.0);
        hold!(!is_active || !walk.gone.contains(&row.0), "the active case {} is said to be gone", row.0);
    }
    Ok(Verdict::Kept)
}

/// The first fact in which two records of one case differ, of those that both tell.
fn differing(one: &Record, other: &Record) -> Option<&'static str> {
    fn differ<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
        one.zip(other).is_some_and(|(one, other)| one != other)
    }
    let facts = [
        ("kind", one.kind != other.kind),
        ("status", one.status.normal != other.status.normal),
        ("party_role", differ(role(one), role(other))),
        ("number", differ(one.number.as_ref(), other.number.as_ref())),
        ("title", differ(one.title.as_ref(), other.title.as_ref())),
        ("opened", differ(one.opened, other.opened)),
        ("closed", differ(one.closed, other.closed)),
        ("last_changed", differ(one.last_changed, other.last_changed)),
        ("unit", differ(unit(one), unit(other))),
        ("kle", differ(one.kle.as_ref().map(|kle| &kle.subject), other.kle.as_ref().map(|kle| &kle.subject))),
        ("case_type", differ(one.case_type.code.as_ref(), other.case_type.code.as_ref())),
        ("sensitivity", differ(one.sensitivity, other.sensitivity)),
    ];
    facts.into_iter().find(|(_, differs)| *differs).map(|(fact, _)| fact)
}

fn role(record: &Record) -> Option<PartyRole> {
    Some(record.party_role).filter(|role| *role != PartyRole::Unknown)
}

fn unit(record: &Record) -> Option<&String> {
    record.unit.as_ref().and_then(|unit| unit.id.as_ref())
}

/// The marked citizens' rows, of which the suite itself knows what is active.
async fn a_listing_tells_every_active_case_of_the_population(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let walk = whole(bench).await?;
    for citizen in [marks::CITIZEN, marks::CROWDED] {
        let told = of(&walk, citizen)?;
        let mut rows = bench.world.cases_of(bench.kind.name, citizen);
        let missing = rows.find(|row| row.progress != Progress::Closed && !told.iter().any(|told| tells(told, row)));
        hold!(missing.is_none(), "an active row is not listed: {:?}", missing.map(|row| row.id));
        for record in told {
            let row = row_of(bench, citizen, record)?;
            let is_active = row.progress != Progress::Closed;
            hold!(record.status.normal.is_active() == is_active, "row {} is {:?}", row.id, record.status.normal);
        }
    }
    Ok(Verdict::Kept)
}

fn of<'a>(walk: &'a Walk, citizen: &str) -> Result<Vec<&'a Record>, String> {
    let about = About::numbers([marks::number(citizen)?]);
    Ok(walk.rows.values().filter(|record| record.about == about).collect())
}

fn row_of<'a>(bench: &'a Bench, citizen: &str, record: &Record) -> Result<&'a CaseRow, String> {
    let found = bench.world.cases_of(bench.kind.name, citizen).find(|row| tells(record, row));
    found.ok_or_else(|| format!("row {} is not one of the citizen's", record.native_id))
}

async fn pages_of_any_size_tell_the_same(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let wanted = whole(bench).await?;
    hold!(!wanted.rows.is_empty(), "nothing is listed");
    for page_rows in [1, 2, 7] {
        let walk = Walk::through(&bench.subject, Since::Beginning, page_rows).await?;
        hold!(
            walk.rows == wanted.rows,
            "pages of {page_rows} tell {} rows, not {}",
            walk.rows.len(),
            wanted.rows.len()
        );
        hold!(walk.gone == wanted.gone, "pages of {page_rows} tell of other cases that are gone");
    }
    Ok(Verdict::Kept)
}

async fn a_page_is_no_longer_than_asked_for(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    for page_rows in [1, 3] {
        let walk = Walk::through(&bench.subject, Since::Beginning, page_rows).await?;
        hold!(walk.longest <= page_rows, "a page of {page_rows} tells of {} cases", walk.longest);
    }
    Ok(Verdict::Kept)
}

fn around(moment: Timestamp, by: SignedDuration) -> Since {
    Since::Registered { from: moment - by, until: moment + by }
}

async fn a_window_tells_what_was_registered_in_it(bench: &Bench) -> Outcome {
    if listing(bench)? != Listing::Changes {
        return Ok(Verdict::NotApplicable("the source does not tell what was registered since"));
    }
    let (moment, hour) = (marks::changed(), SignedDuration::from_hours(1));
    let rows = |citizen| bench.world.cases_of(bench.kind.name, citizen);
    for (since, page_rows) in [
        (around(moment, hour), ALL_ROWS),
        (around(moment, hour), 2),
        (Since::Registered { from: moment, until: moment }, ALL_ROWS),
    ] {
        let walk = Walk::through(&bench.subject, since, page_rows).await?;
        for citizen in [marks::CITIZEN, marks::CROWDED] {
            let told = of(&walk, citizen)?;
            let (all, ended) =
                (rows(citizen).count(), rows(citizen).filter(|row| row.progress == Progress::Closed).count());
            hold!(told.len() == all, "{all} rows in the window, {} are told", told.len());
            let told_ended = told.iter().filter(|record| record.status.normal == CaseStatus::Closed).count();
            hold!(told_ended == ended, "{ended} of the window's cases have ended, {told_ended} are told so");
        }
        let Since::Registered { from, until } = since else { return Err("a window without ends".to_owned()) };
        let is_outside = |record: &&Record| record.last_changed.is_some_and(|at| at < from || until < at);
        let outside = walk.rows.values().find(is_outside);
        hold!(outside.is_none(), "row {:?} was not registered in the window", outside.map(|record| &record.native_id));
    }
    let second = SignedDuration::from_secs(1);
    let empty = [(moment - hour, moment - second), (moment + second, moment + hour)];
    for (from, until) in empty {
        let walk = Walk::through(&bench.subject, Since::Registered { from, until }, ALL_ROWS).await?;
        let told = of(&walk, marks::CITIZEN)?;
        hold!(told.is_empty(), "{} rows are told that were registered before or after", told.len());
    }
    Ok(Verdict::Kept)
}

async fn an_unreadable_token_is_refused(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let good = second(&bench.subject).await?;
    bench.server.take_recorded();
    let long = "9".repeat(50_000);
    let cut = &good.as_str()[..good.as_str().len() - 1];
    let broken = [marks::MARK, " ", "-1", "\u{0}", "1e9", "ø", "99999999999999999999999999", "../..", "{}", &long];
    let around = [format!("{} ", good.as_str()), format!(" {}", good.as_str()), format!("{}:", good.as_str())];
    // A token that was cut off may still be one, of another page; but it is never a panic.
    let _ = bench.subject.page(Since::Beginning, &PageToken::new(cut), 2).await;
    bench.server.take_recorded();
    for words in broken.into_iter().chain(around.iter().map(String::as_str)) {
        let told = bench.subject.page(Since::Beginning, &PageToken::new(words), 2).await;
        let shown: String = words.chars().take(30).collect();
        let Err(error) = told else { return Err(format!("the token {shown:?} is taken for one of ours")) };
        let kinds = [SourceErrorKind::ConfigInvalid, SourceErrorKind::Malformed];
        hold!(kinds.contains(&error.kind), "the token {shown:?} became {:?}", error.kind);
        hold!(!error.to_string().contains(marks::MARK), "the error repeats the token");
        hold!(bench.server.take_recorded().is_empty(), "something was sent for the token {shown:?}");
    }
    Ok(Verdict::Kept)
}

fn is(told: Result<CasePage, SourceError>, wanted: &str) -> Result<(), String> {
    match told {
        Err(error) if is_kind(error.kind, wanted) => Ok(()),
        Err(error) => Err(format!("{:?} instead of {wanted} ({error})", error.kind)),
        Ok(page) => Err(format!("a page of {} rows instead of {wanted}", page.records.len())),
    }
}

async fn a_fault_on_a_later_page_has_its_kind_and_the_page_comes_again(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let token = second(&bench.subject).await?;
    let ask = || bench.subject.page(Since::Beginning, &token, 2);
    let wanted = ask().await.map_err(|error| format!("the second page does not come: {error}"))?;
    let own = &bench.own.errors;
    let faults = [
        (Fault::Status(500), "unavailable"),
        (Fault::Status(503), "unavailable"),
        (Fault::Status(429), "unavailable"),
        (Fault::VendorFault, own.vendor_fault.as_str()),
        (Fault::Html, own.login_page.as_str()),
        (Fault::Truncated, "malformed"),
        (Fault::Endless, "malformed"),
    ];
    let refused = own.refused_token.as_deref().map(|kind| (Fault::RefusedToken, kind));
    for (fault, kind) in faults.into_iter().chain(refused) {
        bench.switch(fault, Struck::Everybody);
        is(ask().await, kind).map_err(|told| format!("{fault}: {told}"))?;
        bench.clear();
        let again = ask().await.map_err(|error| format!("after {fault} is over: {error}"))?;
        hold!(again == wanted, "after {fault} is over, the page is another one");
    }
    Ok(Verdict::Kept)
}

/// An answer that is none must not end a listing: all that it did not tell would seem to have disappeared.
async fn garbage_is_never_the_last_page(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let token = second(&bench.subject).await?;
    for token in [PageToken::default(), token] {
        for body in GARBAGE {
            bench.stage.change_all(move |answer| FakeAnswer { body: body.into(), ..answer });
            let told = bench.subject.page(Since::Beginning, &token, 2).await;
            is(told, "malformed").map_err(|told| format!("{body:?}: {told}"))?;
        }
    }
    Ok(Verdict::Kept)
}

async fn a_source_that_repeats_itself_comes_to_an_end(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    for page_rows in [2, 7] {
        bench.stage.clear();
        bench.stage.repeat();
        match Walk::through(&bench.subject, Since::Beginning, page_rows).await {
            Ok(_) | Err(Stopped::Error(_)) => {}
            Err(Stopped::Broken(told)) => return Err(told),
        }
    }
    Ok(Verdict::Kept)
}

async fn pages_at_once_stay_within_the_limit(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let page = || first(&bench.subject, 7);
    limits::stays_within_the_limit(bench, async { tokio::join!(page(), page(), page(), page()) }).await
}

/// A token is written to disk as it stands.
async fn tokens_hold_nothing_personal(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let walk = Walk::through(&bench.subject, Since::Beginning, 2).await?;
    hold!(!walk.tokens.is_empty(), "a listing of two rows a page has one page");
    for token in &walk.tokens {
        let text = token.as_str();
        hold!(text.len() <= 200, "a token has {} bytes", text.len());
        let person = bench.world.persons().iter().any(|person| text.contains(&person.cpr));
        let rows = bench.world.cases().iter();
        let case = rows.filter(|row| row.source == bench.kind.name).any(|row| {
            text.contains(&row.id.to_string()) || row.number.as_ref().is_some_and(|number| text.contains(number))
        });
        hold!(!person && !case, "a token holds a citizen's number, or names a case");
        let found = privacy::leak(bench, text);
        hold!(found.is_none(), "a token holds {}", found.unwrap_or_default());
    }
    Ok(Verdict::Kept)
}

async fn no_error_of_a_page_holds_personal_data(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    for (what, spoil) in SPOILERS {
        for place in (0..BREAKS).step_by(2) {
            bench.stage.change_all(move |answer| privacy::spoiled(answer, spoil, place));
            let told = bench.subject.page(Since::Beginning, &PageToken::default(), ALL_ROWS).await;
            let Err(error) = told else { continue };
            let found = privacy::leak(bench, &format!("{error} {error:?} {error:#?}"));
            hold!(found.is_none(), "{what} at {place}/{BREAKS}: an error holds {}", found.unwrap_or_default());
        }
    }
    Ok(Verdict::Kept)
}

async fn no_log_of_a_listing_holds_personal_data(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    let logs = Logs::default();
    let _listening = logs.listen();
    tracing::warn!("the suite listens");
    whole(bench).await?;
    for (_, spoil) in SPOILERS {
        bench.stage.change_all(move |answer| privacy::spoiled(answer, spoil, BREAKS / 2));
        let _ = first(&bench.subject, ALL_ROWS).await;
    }
    let text = logs.text();
    hold!(text.contains("the suite listens"), "nothing is heard of the logs");
    let found = privacy::leak(bench, &text);
    hold!(found.is_none(), "a log holds {}", found.unwrap_or_default());
    Ok(Verdict::Kept)
}

async fn only_declared_reads_list_and_all_carry_the_trace(bench: &Bench) -> Outcome {
    if listing(bench)? == Listing::None {
        return Ok(NOT_LISTED);
    }
    whole(bench).await?;
    let wanted = bench.subject.context().trace.traceparent();
    let reads = bench.subject.source.info().reads;
    let sent = bench.server.take_recorded();
    hold!(!sent.is_empty(), "nothing was sent");
    for request in &sent {
        let path = wire::path(request);
        hold!(wire::operation(reads, request).is_some(), "{} {path} is not on the list of reads", request.method);
        let told = request.headers.get("traceparent").and_then(|value| value.to_str().ok());
        hold!(told == Some(&*wanted), "{} {path} carries no trace of ours", request.method);
    }
    Ok(Verdict::Kept)
}

async fn what_a_listing_sends_is_the_reviewed_page(bench: &Bench) -> Outcome {
    let able = listing(bench)?;
    if able == Listing::None {
        return Ok(NOT_LISTED);
    }
    // A new adapter, so that the page has the token's call too.
    let subject = bench.another_subject(bench.server.base_url())?;
    let token = second(&subject).await?;
    subject.page(Since::Beginning, &token, 2).await.map_err(|error| error.to_string())?;
    let whole = bench.server.take_recorded();
    let mut sections = vec![("A whole listing: its first two pages, two rows each", whole)];
    if able == Listing::Changes {
        let since = around(marks::changed(), SignedDuration::from_hours(1));
        subject.page(since, &PageToken::default(), 2).await.map_err(|error| error.to_string())?;
        sections.push(("What was registered within two hours: its first page, two rows", bench.server.take_recorded()));
    }
    let requests: Vec<_> = sections.iter().map(|(_, requests)| requests).collect();
    let mask = page::Mask::new(&bench.own.secrets, &bench.subject.known, &requests);
    wire::is_reviewed(bench, &format!("{}_listing", bench.kind.name), sections, &mask)
}
