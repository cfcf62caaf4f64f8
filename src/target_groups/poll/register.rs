//! What the civil register says of the citizens in the index: birth date, whether they are still here, family. Who was asked about
//! longest ago comes first; nothing is asked that no approved rule needs.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use glasplade_adapters::contract::{CprNumber, PersonStatus, Protection, SourceErrorKind, danish_day};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::turn::{Rest, Turn, Why};
use super::{Poller, Taking, Trouble, due, kin, lease, window};
use crate::audit::Pseudonym;
use crate::people::{Identity, KnownNumber};
use crate::sources::{Deadline, Wish as Asking};
use crate::target_groups::Day;
use crate::target_groups::index::{self, Changing, IndexError, RegisterTold};

const KIND: &str = "register";

/// Citizens asked about in one turn.
const CITIZENS_A_TURN: usize = 20;

/// Where the reading of the person register stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegisterReading {
    /// Since when it does not answer; none while it does.
    pub incomplete_since: Option<Timestamp>,
    /// What is the matter.
    pub trouble: Option<Trouble>,
    /// Failures one after another.
    pub failures: u32,
    /// It is not asked before this.
    pub not_before: Option<Timestamp>,
    /// Citizens about whom it told something that cannot be believed; what it told before stays.
    pub not_believed: u64,
    /// When the last citizen who was to be asked about had been.
    pub ended: Option<Timestamp>,
}

impl RegisterReading {
    /// What the index knows of the register; nothing when it was never asked.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn of(index: &index::Reading<'_>, register: &str) -> Result<Self, IndexError> {
        Ok(index.state(KIND, register)?.unwrap_or_default())
    }

    /// Then everybody who was in the index had been asked about; `None` while the register does not answer. Who came later has no
    /// answer in their row.
    pub fn complete_as_of(&self) -> Option<Timestamp> {
        self.ended.filter(|_| self.incomplete_since.is_none())
    }
}

/// A citizen who is asked about.
struct Asked {
    who: Pseudonym,
    /// The number in force, as far as the index knows.
    number: CprNumber,
    /// Former ones that were known when the register was asked.
    formers: Vec<CprNumber>,
}

/// How one question went.
enum Told {
    /// The register has said all there is to say.
    All(Box<Identity>),
    /// It says something that cannot be believed: asking again at once changes nothing.
    NotBelieved,
    /// It did not answer.
    Nothing(SourceErrorKind),
}

impl Poller {
    /// One turn of the person register: some citizens are asked about. Dropped anywhere, it has not been.
    ///
    /// # Errors
    /// [`IndexError`]; a register that fails is a state.
    pub async fn turn_register(&self) -> Result<Turn, IndexError> {
        let now = self.clock.now();
        let rest = |until, why| Ok(Turn::Rest(Rest { until, why }));
        let Some((id, row)) = self.people.id().zip(self.config().sources.person_register.as_ref()) else {
            return rest(Timestamp::MAX, Why::NotTaken);
        };
        let taking = self.taking(now);
        if taking.is_nothing() {
            return rest(due::later(now, SignedDuration::from_hours(1)), Why::NotTaken);
        }
        if let Some(between) = row.between.filter(|between| !window::is_open(*between, now)) {
            return rest(window::opens_at(between, now), Why::Window);
        }
        if let Some(until) = self.pace(id.as_str(), row.per_minute_max, now) {
            return rest(until, Why::Pace);
        }
        let asked = self.change(|change| self.begin_register(change, id.as_str(), now))?;
        let asked = match asked {
            Ok(asked) => asked,
            Err(rest) => return Ok(Turn::Rest(rest)),
        };
        self.count_questions(id.as_str(), row.per_minute_max, now, asked.len());
        let asks: Vec<_> = asked.into_iter().map(|asked| self.ask_register(asked)).collect();
        let at_once = row.connection.limits.concurrency_max.max(1);
        let told: Vec<_> = stream::iter(asks).buffered(at_once).collect().await;
        self.change(|change| self.take_told(change, id.as_str(), &taking, told))
    }

    /// Takes the lease and sees who is to be asked about.
    fn begin_register(
        &self,
        change: &Changing<'_>,
        id: &str,
        now: Timestamp,
    ) -> Result<Result<Vec<Asked>, Rest>, IndexError> {
        let state: RegisterReading = change.state(KIND, id)?.unwrap_or_default();
        if let Some(until) = state.not_before.filter(|until| *until > now) {
            return Ok(Err(Rest { until, why: Why::Failed }));
        }
        if let Some(until) = lease::of_another(change, id, &self.holder, now)? {
            return Ok(Err(Rest { until, why: Why::Held }));
        }
        let rows = change.asked_before(self.oldest_answer(now), CITIZENS_A_TURN)?;
        let mut asked = Vec::with_capacity(rows.len());
        for (who, row) in &rows {
            let numbers = self.numbers(change, who, row)?;
            let Some((number, formers)) = numbers.split_first() else { continue };
            self.remember(number, formers);
            asked.push(Asked { who: *who, number: *number, formers: formers.to_vec() });
        }
        if asked.is_empty() {
            lease::drop(change, id, &self.holder)?;
            change.put_state(KIND, id, &RegisterReading { ended: Some(now), ..state })?;
            return Ok(Err(Rest { until: due::later(now, SignedDuration::from_mins(10)), why: Why::Done }));
        }
        let length = SignedDuration::from_secs(i64::from(self.settings.page_deadline_s) * 4 + 120);
        lease::take(change, id, &self.holder, now, length)?;
        Ok(Ok(asked))
    }

    /// The book of another process may not know what the register once told of this citizen; it is asked again.
    fn remember(&self, number: &CprNumber, formers: &[CprNumber]) {
        let book = self.people.aliases();
        let is_unknown = |one: &CprNumber| book.in_force(one) == *one;
        for former in formers.iter().filter(|former| is_unknown(former) && is_unknown(number)) {
            book.learn(*former, *number, Timestamp::UNIX_EPOCH);
        }
    }

    /// Whoever was asked about before this day is asked about again.
    pub(super) fn oldest_answer(&self, now: Timestamp) -> Day {
        Day(Day::of(danish_day(now)).0.saturating_sub(i32::from(self.settings.register_days)).saturating_add(1))
    }

    async fn ask_register(&self, asked: Asked) -> (Asked, Told) {
        let told = self.told_by_register(&asked.number).await;
        (asked, told)
    }

    async fn told_by_register(&self, number: &CprNumber) -> Told {
        let deadline = Deadline::after(Duration::from_secs(self.settings.page_deadline_s.into()));
        let asking = Asking { no_cache: false, trace_id: self.trace(), deadline, is_hasty: false, from_memory: false };
        let identity = self.people.identify_for_index(number, &asking).await;
        if identity.kin().relatives.is_some() {
            return Told::All(Box::new(identity));
        }
        let failure = self.people.id().and_then(|id| identity.status(id).failure);
        match failure {
            None | Some(SourceErrorKind::Malformed | SourceErrorKind::WrongCitizen) => Told::NotBelieved,
            Some(kind) => Told::Nothing(kind),
        }
    }

    fn take_told(
        &self,
        change: &mut Changing<'_>,
        id: &str,
        taking: &Taking,
        told: Vec<(Asked, Told)>,
    ) -> Result<Turn, IndexError> {
        let now = self.clock.now();
        if !lease::is_mine(change, id, &self.holder)? {
            return Ok(Turn::Rest(Rest { until: now, why: Why::Held }));
        }
        let before: RegisterReading = change.state(KIND, id)?.unwrap_or_default();
        let mut state = RegisterReading { failures: 0, not_before: None, ..before.clone() };
        let mut failure = None;
        for (asked, told) in told {
            match told {
                Told::All(identity) => self.take_identity(change, taking, &asked, &identity)?,
                Told::NotBelieved => {
                    state.not_believed = state.not_believed.saturating_add(1);
                    match change.citizen(&asked.who)? {
                        // Who is on the way out may stand under another number now, and would seem to have ended: they wait for a
                        // better answer, once. One that was cut off cannot be believed, either.
                        Some(row) if row.facts.is_empty() && change.was_ever_asked(&asked.who)? => {
                            change.forget_citizen(&asked.who)?;
                        }
                        _ => change.was_asked(&asked.who, Day::of(taking.today()))?,
                    }
                }
                Told::Nothing(kind) => failure = Some(Trouble::from(kind)),
            }
        }
        if let Some(trouble) = failure {
            state.failures = before.failures.saturating_add(1);
            state.not_before = Some(due::after_failure(state.failures, trouble, now));
            state.incomplete_since.get_or_insert(now);
            state.trouble = Some(trouble);
            lease::drop(change, id, &self.holder)?;
        } else {
            (state.incomplete_since, state.trouble) = (None, None);
        }
        if change.asked_before(self.oldest_answer(now), 1)?.is_empty() {
            state.ended = Some(now);
        }
        if state != before {
            change.put_state(KIND, id, &state)?;
        }
        Ok(Turn::Went)
    }

    /// What the register said of one citizen, under whichever number is in force now.
    fn take_identity(
        &self,
        change: &Changing<'_>,
        taking: &Taking,
        asked: &Asked,
        identity: &Identity,
    ) -> Result<(), IndexError> {
        let number = &asked.number;
        let is_in_force = |other: &&crate::people::KnownNumber| other.pseudonym() == identity.in_force();
        let in_force = identity.others().iter().find(is_in_force).map_or(*number, |other| *other.number());
        if in_force != *number {
            self.rename(change, number, &in_force)?;
        }
        let all = std::iter::once(number).chain(identity.others().iter().map(KnownNumber::number));
        let formers: Vec<CprNumber> = all.filter(|one| **one != in_force).copied().collect();
        for former in &formers {
            // Other sources may have filed cases under it.
            self.rename(change, former, &in_force)?;
        }
        let new = self.pseudonyms.of(&in_force);
        let Some(mut row) = change.citizen(&new)? else { return Ok(()) };
        for former in &formers {
            let old = self.pseudonyms.of(former);
            if change.whose_former(&old)? != Some(new) {
                change.put_former(&old, &self.seal.seal(&old, former), &new)?;
            }
        }
        // One that was learned while the register answered is asked about the next time.
        for former in asked.formers.iter().filter(|former| !formers.contains(former)) {
            change.drop_former(&self.pseudonyms.of(former))?;
        }
        row.register = Some(self.told_of(taking, identity));
        change.put_citizen(&new, &row)?;
        change.was_asked(&new, Day::of(taking.today()))
    }

    fn told_of(&self, taking: &Taking, identity: &Identity) -> RegisterTold {
        let today = taking.today();
        let facts = identity.facts();
        let born = facts.and_then(|facts| facts.born).filter(|born| taking.births() && !born.uncertain);
        let gone = [PersonStatus::Dead, PersonStatus::Emigrated, PersonStatus::Disappeared];
        let relatives = if taking.households() { identity.relatives(today) } else { Vec::new() };
        RegisterTold {
            on: Day::of(today),
            born: born.map(|born| Day::of(born.day)),
            has_left: facts.is_some_and(|facts| gone.contains(&facts.status)),
            // Whose protection the register does not tell is protected.
            is_protected: identity.protection() != Protection::Open,
            kin: kin::kept(&relatives, today, &self.pseudonyms),
        }
    }

    /// What is known of the person register's reading.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn register_reading(&self) -> Result<RegisterReading, IndexError> {
        match self.people.id() {
            Some(id) => self.read(|reading| RegisterReading::of(reading, id.as_str())),
            None => Ok(RegisterReading::default()),
        }
    }
}
