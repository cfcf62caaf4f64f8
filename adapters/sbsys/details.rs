//! What a look-up reads after the search: each case by itself, each caseworker's numbers, and the deadlines if wanted.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use futures_util::future::{BoxFuture, join, try_join};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use uuid::Uuid;

use super::fault::{self, NoDetail};
use super::reads::{CASE, REMINDERS, USER};
use super::search::Hit;
use super::settings::Settings;
use super::token::Door;
use super::{translate, wire};
use crate::contract::{CallContext, SourceError, danish_day};
use crate::transport::Call;

/// What is kept of the look-up's time for the answer itself: numbers and deadlines that are later than this are left out
/// rather than cost the cases.
const RESERVE: Duration = Duration::from_millis(200);

/// One case as fully as our user may read it.
pub(super) struct Reading {
    /// The case, with the search row's parties where it has none itself.
    pub hit: Hit,
    /// It is the search row only: the case may not be opened, or has been closed for so long that it is not worth a call.
    pub is_withheld: bool,
    /// Its open reminders.
    pub reminders: Vec<wire::Reminder>,
}

/// The caseworkers' contact data by user id.
pub(super) type Users = HashMap<Uuid, wire::User>;

/// Reads the cases behind `hits` in their order, and meanwhile the caseworkers that the rows name. `None` is a case that
/// could not be read.
pub(super) async fn read(
    door: &Door,
    ctx: &CallContext,
    settings: &Settings,
    hits: Vec<Hit>,
) -> Result<(Vec<Option<Reading>>, Users), SourceError> {
    let is_worth_a_call = |hit: &&Hit| !is_settled(ctx, settings, &hit.row);
    let worth_calling = hits.iter().filter(is_worth_a_call).map(|hit| &*hit.row);
    let named = if settings.contacts { caseworkers(worth_calling) } else { BTreeSet::new() };
    let first = async { Ok(users(door, ctx, &named).await) };
    let (readings, mut known) = try_join(cases(door, ctx, settings, hits), first).await?;
    if settings.contacts {
        // A row may be older than its case: whoever only the case names is read now.
        let read = readings.iter().flatten().map(|reading| &*reading.hit.row);
        let mut late = caseworkers(read.filter(|row| !is_settled(ctx, settings, row)));
        late.retain(|user| !named.contains(user));
        known.extend(users(door, ctx, &late).await);
    }
    Ok((readings, known))
}

/// Each case, in the order of the search.
async fn cases(
    door: &Door,
    ctx: &CallContext,
    settings: &Settings,
    hits: Vec<Hit>,
) -> Result<Vec<Option<Reading>>, SourceError> {
    let (mut readings, mut open) = (Vec::with_capacity(hits.len()), Vec::new());
    for hit in hits {
        if is_settled(ctx, settings, &hit.row) {
            readings.push(Some(Reading { hit, is_withheld: true, reminders: Vec::new() }));
        } else {
            open.push((readings.len(), hit));
            readings.push(None);
        }
    }
    // A call under way is some kilobytes: each is made when its turn comes, and not hundreds of them before the first.
    let read = |(at, hit)| -> BoxFuture<'_, Result<_, SourceError>> {
        Box::pin(async move { Ok((at, case(door, ctx, settings, hit).await?)) })
    };
    let mut read = stream::iter(open).map(read).buffer_unordered(door.concurrency());
    while let Some((at, reading)) = read.try_next().await? {
        readings[at] = reading;
    }
    drop(read);
    Ok(readings)
}

async fn case(door: &Door, ctx: &CallContext, settings: &Settings, hit: Hit) -> Result<Option<Reading>, SourceError> {
    let id = hit.row.id.to_string();
    let is_asked = settings.reminders && !translate::is_closed(&hit.row);
    let reminders = async { if is_asked { reminders(door, ctx, &id).await } else { Vec::new() } };
    let (answer, reminders) = join(door.exchange(ctx, &CASE, || Call::default().segment("id", &*id)), reminders).await;
    let answer = answer?;
    match fault::no_detail(&answer) {
        Some(NoDetail::Gone) => return Ok(None),
        Some(NoDetail::Withheld) => return Ok(Some(Reading { hit, is_withheld: true, reminders })),
        None => {}
    }
    let answer = fault::checked(answer)?;
    if answer.is_html() {
        return Err(SourceError::malformed(CASE.name, "a web page where JSON was wanted"));
    }
    // Another case than the one asked for is not readable either: it may be another citizen's.
    let Some(full) = answer.json::<wire::Case>().await.ok().filter(|full| full.id == hit.row.id) else {
        return Ok(None);
    };
    let is_about_somebody = !translate::citizens(&full).is_empty();
    let row = if is_about_somebody {
        full
    } else {
        wire::Case { primary_part: hit.row.primary_part, persons: hit.row.persons, ..full }
    };
    Ok(Some(Reading { hit: Hit { row: Box::new(row), ..hit }, is_withheld: false, reminders }))
}

/// Closed for longer than the setting says.
fn is_settled(ctx: &CallContext, settings: &Settings, row: &wire::Case) -> bool {
    let oldest = danish_day(ctx.clock.now()).saturating_sub(jiff::Span::new().days(settings.settled_days));
    translate::closed_on(row).is_some_and(|closed| closed < oldest)
}

/// A case without readable reminders is a case without a deadline.
async fn reminders(door: &Door, ctx: &CallContext, id: &str) -> Vec<wire::Reminder> {
    let read = async {
        let answer = door.exchange_once(ctx, &REMINDERS, Call::default().segment("id", id)).await?;
        fault::checked(answer)?.json::<Vec<wire::Reminder>>().await
    };
    in_time(ctx, read).await.unwrap_or_default()
}

fn caseworkers<'a>(rows: impl Iterator<Item = &'a wire::Case>) -> BTreeSet<Uuid> {
    rows.filter_map(|row| row.caseworker.as_ref()?.uuid).collect()
}

/// Each user once. One who cannot be read has no numbers; the cases stay.
async fn users(door: &Door, ctx: &CallContext, wanted: &BTreeSet<Uuid>) -> Users {
    let read = |id| -> BoxFuture<'_, _> { Box::pin(user(door, ctx, id)) };
    let wanted = wanted.iter().copied();
    let found = stream::iter(wanted).map(read).buffer_unordered(door.concurrency()).collect::<Vec<_>>().await;
    found.into_iter().flatten().collect()
}

async fn user(door: &Door, ctx: &CallContext, id: Uuid) -> Option<(Uuid, wire::User)> {
    let read = async {
        let call = Call::default().segment("uuid", id.to_string());
        fault::checked(door.exchange_once(ctx, &USER, call).await?)?.json::<wire::User>().await
    };
    let user = in_time(ctx, read).await?;
    // Somebody else's number is worse than none.
    user.uuid.is_none_or(|told| told == id).then_some((id, user))
}

async fn in_time<T>(ctx: &CallContext, read: impl Future<Output = Result<T, SourceError>>) -> Option<T> {
    let end = ctx.deadline.checked_sub(RESERVE).unwrap_or(ctx.deadline);
    tokio::time::timeout_at(end, read).await.ok()?.ok()
}
