//! The look-up, round by round: what is listed serves all employees at once, only searches are one by one. Every round
//! knows from the book what to ask next, so a broken answer about one employee stops nobody else.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use futures_util::future::{try_join, try_join_all, try_join3, try_join4};
use futures_util::stream::{self, StreamExt as _};
use tokio::time::timeout;
use uuid::Uuid;

use super::StaffDirectorySource;
use super::book::Book;
use super::request::{self, HITS_MAX, Of};
use super::translate::{ABOVE_MAX, Outcome, Translation};
use super::wire::{Hits, Listing, Object, Service, Snapshot};
use super::{output, reads};
use crate::contract::{CallContext, ReadOperation, SourceError, SourceErrorKind, StaffAnswer, StaffKey};
use crate::sts::fault::{self, Verdict};
use crate::transport::soap::{self, SoapVersion};

/// One of several searches may take this part of the look-up's time: a directory in which every search takes longer is
/// too slow for the five rounds anyhow.
const PATIENCE_SHARE: u32 = 4;

/// Searches, each with what it is about; `None` where there is no answer, or none that can be read.
type Found<K> = Vec<(K, Option<Vec<Uuid>>)>;

impl StaffDirectorySource {
    /// Resolves `keys`, of which no more than the connection's `rows_max`; the others count as unreadable.
    pub(super) async fn look_up(&self, ctx: &CallContext, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        let distinct: BTreeSet<&StaffKey> = keys.iter().collect();
        let rows_max = self.connection.limits().rows_max;
        let mut answer = StaffAnswer { found: Vec::new(), unreadable: count(distinct.len().saturating_sub(rows_max)) };
        let wanted: Vec<&StaffKey> = distinct.into_iter().take(rows_max).collect();
        let mut book = Book::default();
        let hits = self.users_by_name(ctx, &wanted).await?;
        let nameless = self.fill(ctx, &mut book, &wanted, &hits).await?;
        answer.unreadable = answer.unreadable.saturating_add(count(nameless));
        let translation = self.translation(ctx, &book);
        for key in wanted {
            let user = match key {
                StaffKey::User(user) => Outcome::Found(*user),
                StaffKey::Employee(ident) => match hits.get(&**ident) {
                    Some(Some(hits)) => translation.user_named(ident, hits),
                    Some(None) | None => Outcome::Unreadable,
                },
            };
            let member = match user {
                Outcome::Found(user) => translation.member(user),
                Outcome::Unknown => Outcome::Unknown,
                Outcome::Unreadable => Outcome::Unreadable,
            };
            match member {
                Outcome::Found(member) => answer.found.push((key.clone(), member)),
                Outcome::Unknown => {}
                Outcome::Unreadable => answer.unreadable = answer.unreadable.saturating_add(1),
            }
        }
        Ok(answer)
    }

    /// Round 1: names to users.
    async fn users_by_name<'k>(
        &self,
        ctx: &CallContext,
        wanted: &[&'k StaffKey],
    ) -> Result<HashMap<&'k str, Option<Vec<Uuid>>>, SourceError> {
        let idents = wanted.iter().filter_map(|key| match key {
            // A civil registration number is no user name to ask anybody about.
            StaffKey::Employee(ident) if !super::texts::holds_civil_number(ident) => Some(&**ident),
            StaffKey::Employee(_) | StaffKey::User(_) => None,
        });
        let organisation = self.settings.organisation;
        let question = |ident| (ident, request::users_named(ctx.transaction, organisation, ident));
        let found = self.search(ctx, reads::SEARCH_USERS, Service::User, idents.map(question).collect()).await?;
        Ok(found.into_iter().collect())
    }

    /// Rounds 2 and on: everything about the users. Tells how many of them came without their UUID.
    async fn fill(
        &self,
        ctx: &CallContext,
        book: &mut Book,
        wanted: &[&StaffKey],
        hits: &HashMap<&str, Option<Vec<Uuid>>>,
    ) -> Result<usize, SourceError> {
        let asked = wanted.iter().filter_map(|key| match key {
            StaffKey::User(user) => Some(*user),
            StaffKey::Employee(_) => None,
        });
        let users = book.users.ask(asked.chain(hits.values().flatten().flatten().copied()));
        let functions = &self.settings.functions;
        let (listed, positions) = try_join(
            self.list(ctx, &users),
            self.functions(ctx, functions.position, users.iter().map(|user| Of::User(*user))),
        )
        .await?;
        let nameless = listed.nameless;
        book.users.put(listed.snapshots);
        keep(positions, &mut book.positions, &mut book.broken);

        let all = |book: &Book, of: &dyn Fn(&Translation<'_>, Uuid) -> Vec<Uuid>| -> BTreeSet<Uuid> {
            let translation = self.translation(ctx, book);
            users.iter().flat_map(|user| of(&translation, *user)).collect()
        };
        let persons = all(book, &|translation, user| translation.person(user).into_iter().collect());
        let addresses = all(book, &|translation, user| translation.user_addresses(user));
        let positions = all(book, &|_, user| book.positions.get(&user).cloned().unwrap_or_default());
        // Those who have left too: somebody stands in for them first of all.
        let (kind, absent) = functions.stand_in.map(|kind| (kind, persons.clone())).unwrap_or_default();
        let (persons, addresses) = (book.persons.ask(persons), book.addresses.ask(addresses));
        let positions = book.functions.ask(positions);
        let (persons, addresses, positions, stand_ins) = try_join4(
            self.list(ctx, &persons),
            self.list(ctx, &addresses),
            self.list(ctx, &positions),
            self.functions(ctx, kind, absent.into_iter().map(Of::Person)),
        )
        .await?;
        book.persons.put(persons.snapshots);
        book.addresses.put(addresses.snapshots);
        book.functions.put(positions.snapshots);
        keep(stand_ins, &mut book.stand_ins, &mut book.broken);

        let units = all(book, &|translation, user| translation.unit_of(user).into_iter().collect());
        self.units(ctx, book, &units).await?;
        if self.settings.leaders {
            let above = all(book, &|translation, user| translation.boss_unit(user).into_iter().collect());
            let above: BTreeSet<Uuid> = above.into_iter().filter(|unit| !book.managers.contains_key(unit)).collect();
            let found = self.functions(ctx, functions.manager, above.into_iter().map(Of::Unit)).await?;
            keep(found, &mut book.managers, &mut book.broken);
            let managers = book.functions.ask(book.managers.values().flatten().copied().collect::<Vec<_>>());
            let managers = self.list(ctx, &managers).await?;
            book.functions.put(managers.snapshots);
        }
        Ok(nameless)
    }

    /// The units, their managers and addresses, and what is above them: one call for each level.
    async fn units(&self, ctx: &CallContext, book: &mut Book, units: &BTreeSet<Uuid>) -> Result<(), SourceError> {
        let led = units.iter().filter(|_| self.settings.leaders).map(|unit| Of::Unit(*unit));
        let level = book.units.ask(units.iter().copied());
        let (listed, managers) =
            try_join(self.list(ctx, &level), self.functions(ctx, self.settings.functions.manager, led)).await?;
        book.units.put(listed.snapshots);
        keep(managers, &mut book.managers, &mut book.broken);

        let functions = book.managers.values().chain(book.stand_ins.values()).flatten().copied().collect::<Vec<_>>();
        let functions = book.functions.ask(functions);
        let translation = self.translation(ctx, book);
        let addresses: Vec<Uuid> = units.iter().flat_map(|unit| translation.unit_addresses(*unit)).collect();
        let mut level = self.next_level(ctx, book, level);
        let addresses = book.addresses.ask(addresses);
        let (listed, functions, addresses) =
            try_join3(self.list(ctx, &level), self.list(ctx, &functions), self.list(ctx, &addresses)).await?;
        book.units.put(listed.snapshots);
        book.functions.put(functions.snapshots);
        book.addresses.put(addresses.snapshots);
        for _ in 1..ABOVE_MAX {
            level = self.next_level(ctx, book, level);
            if level.is_empty() {
                break;
            }
            let listed = self.list(ctx, &level).await?;
            book.units.put(listed.snapshots);
        }
        Ok(())
    }

    /// The units right above `level` that are not known yet: a circle ends by itself.
    fn next_level(&self, ctx: &CallContext, book: &mut Book, level: BTreeSet<Uuid>) -> BTreeSet<Uuid> {
        let translation = self.translation(ctx, book);
        let above: Vec<Uuid> = level.into_iter().filter_map(|unit| translation.above(unit)).collect();
        book.units.ask(above)
    }

    fn translation<'a>(&'a self, ctx: &CallContext, book: &'a Book) -> Translation<'a> {
        Translation { book, settings: &self.settings, now: ctx.clock.now() }
    }

    async fn functions(
        &self,
        ctx: &CallContext,
        kind: Uuid,
        of: impl Iterator<Item = Of>,
    ) -> Result<Found<Uuid>, SourceError> {
        let organisation = self.settings.organisation;
        let question = |of: Of| (of.uuid(), request::functions(ctx.transaction, organisation, kind, of));
        self.search(ctx, reads::SEARCH_FUNCTIONS, Service::Function, of.map(question).collect()).await
    }

    /// Searches, at once as far as the connection permits. One that fails, in whatever way, spoils only what it is about,
    /// unless all of them do: then the fault is not the employees', and the first one's error is the answer.
    async fn search<K>(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        service: Service,
        questions: Vec<(K, String)>,
    ) -> Result<Found<K>, SourceError> {
        let patience = self.patience(questions.len());
        let searches = questions.into_iter().enumerate().map(|(at, (about, question))| async move {
            let search = self.ask(ctx, operation, question, |body| {
                let hits = Hits::read(body, service)?;
                Some((hits.code, hits.ids))
            });
            let late = |_| Err(SourceError::new(SourceErrorKind::TimedOut, operation.name, "one search took too long"));
            (at, about, timeout(patience, search).await.unwrap_or_else(late))
        });
        // No more begin than may be under way, so that nobody's patience is spent on waiting for their turn.
        let at_once = self.connection.limits().concurrency_max.max(1);
        let mut answers: Vec<_> = stream::iter(searches).buffer_unordered(at_once).collect().await;
        answers.sort_by_key(|(at, ..)| *at);
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for (_, about, result) in answers {
            let hits = match result {
                // A full page may not be all: whoever has so many is not one employee.
                Ok(hits) => Some(hits.unwrap_or_default()).filter(|hits| hits.len() < HITS_MAX),
                Err(error) => {
                    failed.push(error);
                    None
                }
            };
            found.push((about, hits));
        }
        let number = failed.len();
        match failed.into_iter().next() {
            Some(error) if found.iter().all(|(_, hits)| hits.is_none()) => Err(error),
            Some(error) => {
                let (operation, kind) = (error.operation, error.kind);
                tracing::warn!(source.id = %self.info.id, operation, ?kind, number, "searches of a round gave nothing");
                Ok(found)
            }
            None => Ok(found),
        }
    }

    /// How long one of `number` searches is waited for: one that hangs must leave the others time for the rounds after
    /// it. Alone it holds up nobody, and has all the time that the look-up has.
    fn patience(&self, number: usize) -> Duration {
        let whole = Duration::from_millis(self.connection.limits().fetch_timeout_ms);
        if number > 1 { whole / PATIENCE_SHARE } else { whole }
    }

    /// Objects by UUID in calls of at most `batch_max`; nothing to ask for is no call.
    async fn list<T: Object>(&self, ctx: &CallContext, ids: &BTreeSet<Uuid>) -> Result<Listed<T>, SourceError> {
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        let calls = ids.chunks(self.settings.batch_max).map(|batch| {
            let question = request::list(ctx.transaction, T::SERVICE, batch);
            self.ask(ctx, reads::list_of(T::SERVICE), question, |body| {
                let listing = Listing::<T>::read(body)?;
                Some((listing.code, Listed { snapshots: listing.snapshots, nameless: listing.nameless }))
            })
        });
        let mut all = Listed { snapshots: Vec::new(), nameless: 0 };
        for batch in try_join_all(calls).await?.into_iter().flatten() {
            all.snapshots.extend(batch.snapshots);
            all.nameless += batch.nameless;
        }
        Ok(all)
    }

    /// Asks for an object that nobody has: tells whether the directory answers and knows us.
    pub(super) async fn ask_for_nobody(&self, ctx: &CallContext) -> Result<(), SourceError> {
        self.list::<super::wire::User>(ctx, &[Uuid::nil()].into()).await.map(drop)
    }

    /// One exchange; `None` when the directory says that it knows nothing.
    async fn ask<A>(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        question: String,
        read: impl Fn(crate::transport::xml::Element<'_>) -> Option<(i64, A)> + Send,
    ) -> Result<Option<A>, SourceError> {
        let call = soap::call(SoapVersion::V12, operation, question);
        let (code, answer) = output(self.connection.exchange(ctx, operation, call).await?, read).await?;
        match fault::of_code(operation.name, code) {
            Verdict::Good => Ok(Some(answer)),
            Verdict::Nothing => Ok(None),
            Verdict::Refused(error) => Err(error),
        }
    }
}

/// What several lists said.
struct Listed<T> {
    snapshots: Vec<Snapshot<T>>,
    nameless: usize,
}

fn keep(found: Found<Uuid>, by: &mut HashMap<Uuid, Vec<Uuid>>, broken: &mut std::collections::HashSet<Uuid>) {
    for (about, hits) in found {
        match hits {
            Some(hits) => drop(by.insert(about, hits)),
            None => drop(broken.insert(about)),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
