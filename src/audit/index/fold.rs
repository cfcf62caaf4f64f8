//! What one entry adds to the index: the row of its act, or what it changes in the row of the act that it ends.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::alarm::{self, AlarmKind, AlarmState, Raised};
use super::flag::{Flag, Flags, Kind, State};
use super::forget::day_number;
use super::listed::Listed;
use super::names::Names;
use super::often::{Often, REPEATS_MAX};
use super::pace::Pace;
use super::settings::IndexSettings;
use super::store::Mark;
use crate::audit::circumstances::Bar;
use crate::audit::entry::{Criterion, IndexedEntry, Phase};
use crate::audit::keys::KeyId;
use crate::audit::listing::LISTED;
use crate::audit::pseudonym::Pseudonym;

/// The word under which an opened emergency stands on record.
const EMERGENCY_OPENED: &str = "emergency_opened";
/// The word under which an answer about another citizen stands on record.
const WRONG_CITIZEN: &str = "wrong_citizen";
/// The word under which the follow-up of an alarm stands on record.
pub(crate) const ALARM_FOLLOWED_UP: &str = "alarm_followed_up";
/// The word under which a prepared extract stands on record.
pub(crate) const EXTRACT_PREPARED: &str = "extract_prepared";
/// The word under which a released extract stands on record.
pub(crate) const EXTRACT_RELEASED: &str = "extract_released";

/// What the end of an act may add to it, beside [`Flag::Unexplained`], which goes where it is explained.
const CHANGED_BY_END: [Flag; 9] = [
    Flag::Emergency,
    Flag::Refused,
    Flag::Listed,
    Flag::Abandoned,
    Flag::Oneself,
    Flag::Household,
    Flag::Colleague,
    Flag::HouseholdUnknown,
    Flag::Protected,
];

/// Takes entries in, within one transaction.
pub(super) struct Folding<'a> {
    pub transaction: &'a Transaction<'a>,
    pub names: &'a mut Names,
    pub pace: &'a mut Pace,
    pub often: &'a mut Often,
    pub listed: &'a Listed,
    pub settings: &'a IndexSettings,
    /// What was raised and was not in the index yet.
    pub raised: Vec<Raised>,
}

/// Who and what stands in the row, by the index's numbers.
struct Ids {
    employee: Option<i64>,
    unit: Option<i64>,
    department: Option<i64>,
    purpose: Option<i64>,
    citizen: Option<i64>,
    outcome: Option<i64>,
    relation: Option<i64>,
}

impl Folding<'_> {
    pub(super) fn take(&mut self, place: &Mark, key: Option<&KeyId>, entry: &IndexedEntry) -> rusqlite::Result<()> {
        // Who is turned away at once has no act yet; who was let in first has.
        let is_later = matches!(entry.phase, Phase::Event | Phase::Completed | Phase::Refused | Phase::Abandoned);
        let citizen = self.citizen(entry)?;
        let found = if is_later { self.find(entry, citizen)? } else { None };
        let act = match found {
            Some(act) => {
                self.change(act, entry)?;
                act
            }
            // The beginning may have expired before its end.
            None => self.begin(key, entry, None, citizen)?,
        };
        self.tell(act, place, entry, citizen)?;
        if entry.phase == Phase::Started {
            // What was under way when the service ended was never answered.
            let sql = "UPDATE act SET state = ?1, abandoned = 1 WHERE state = 0 AND id < ?2";
            self.transaction.execute(sql, params![State::Abandoned.number(), act])?;
        }
        Ok(())
    }

    /// A look-up whose answer follows at once, as one row: what was answered from memory has both its entries side by side.
    pub(super) fn take_whole(
        &mut self,
        key: Option<&KeyId>,
        (begun, first): (&Mark, &IndexedEntry),
        (ended, last): (&Mark, &IndexedEntry),
    ) -> rusqlite::Result<()> {
        let citizen = self.citizen(first)?;
        let act = self.begin(key, first, Some(last), citizen)?;
        self.tell(act, begun, first, citizen)?;
        self.tell(act, ended, last, citizen)
    }

    fn citizen(&mut self, entry: &IndexedEntry) -> rusqlite::Result<Option<i64>> {
        entry.citizen.map(|name| self.names.person(self.transaction, &name)).transpose()
    }

    /// What an entry tells beside its act: where it lies, who else the citizen is, and what somebody should look at.
    fn tell(&mut self, act: i64, place: &Mark, entry: &IndexedEntry, citizen: Option<i64>) -> rusqlite::Result<()> {
        let places = "INSERT OR IGNORE INTO entry VALUES (?1, ?2, ?3, ?4)";
        self.transaction.prepare_cached(places)?.execute(params![
            act,
            place.seq.cast_signed(),
            place.segment.first_seq.cast_signed(),
            place.start.cast_signed()
        ])?;
        for other in &entry.also_known_as {
            self.join(citizen, other)?;
        }
        self.alarm(place.seq, act, entry, citizen)?;
        self.follow_up(act, entry)
    }

    fn find(&self, entry: &IndexedEntry, citizen: Option<i64>) -> rusqlite::Result<Option<i64>> {
        let sql = "SELECT id FROM act WHERE attempt = ?1 AND citizen IS ?2 AND kind = 0 ORDER BY id DESC LIMIT 1";
        let mut find = self.transaction.prepare_cached(sql)?;
        find.query_row(params![entry.attempt.as_bytes().as_slice(), citizen], |row| row.get(0)).optional()
    }

    /// The row of an act, and of its end where that is known: the same as if [`Folding::change`] had been told of it later.
    fn begin(
        &mut self,
        key: Option<&KeyId>,
        entry: &IndexedEntry,
        end: Option<&IndexedEntry>,
        citizen: Option<i64>,
    ) -> rusqlite::Result<i64> {
        let mut ids = self.ids(entry, citizen)?;
        let kind = Kind::of(entry);
        let mut flags = self.flags(entry, kind);
        let repeats = self.repeats(entry, &ids)?;
        let explained = is_explained(entry) || end.is_some_and(is_explained);
        if let Some(end) = end {
            let later = self.flags(end, Kind::LookUp);
            for flag in CHANGED_BY_END {
                flags.set(flag, flags.has(flag) || later.has(flag));
            }
            flags.set(Flag::Unexplained, !explained && (answers(end) || flags.has(Flag::Unexplained)));
            if let Some(decision) = &end.decision {
                ids.outcome = Some(self.names.word(self.transaction, &decision.outcome)?);
            }
        }
        let last = end.unwrap_or(entry);
        let status = last.status.or(entry.status);
        let class = key.map(|key| self.names.word(self.transaction, key.class.as_str())).transpose()?;
        let sql = "INSERT INTO act (at_us, ended_us, attempt, kind, state, employee, unit, department, purpose, citizen, \
            outcome, status, relation, repeats, explained, key_day, key_class, emergency, refused, outside_hours, \
            unexplained, listed, abandoned, protected_asked, oneself, household, colleague, household_unknown, protected) \
            VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29)";
        self.transaction.prepare_cached(sql)?.execute(params![
            entry.at.as_microsecond(),
            (last.phase != Phase::Intended).then(|| last.at.as_microsecond()),
            entry.attempt.as_bytes().as_slice(),
            kind.number(),
            state_after(last.phase).number(),
            ids.employee,
            ids.unit,
            ids.department,
            ids.purpose,
            ids.citizen,
            ids.outcome,
            status,
            ids.relation,
            repeats,
            explained,
            key.map(|key| day_number(key.day)),
            class,
            flags.has(Flag::Emergency),
            flags.has(Flag::Refused),
            flags.has(Flag::OutsideHours),
            flags.has(Flag::Unexplained),
            flags.has(Flag::Listed),
            flags.has(Flag::Abandoned),
            flags.has(Flag::ProtectedAsked),
            flags.has(Flag::Oneself),
            flags.has(Flag::Household),
            flags.has(Flag::Colleague),
            flags.has(Flag::HouseholdUnknown),
            flags.has(Flag::Protected),
        ])?;
        Ok(self.transaction.last_insert_rowid())
    }

    /// An event or the end of an act that has begun.
    fn change(&mut self, act: i64, entry: &IndexedEntry) -> rusqlite::Result<()> {
        let flags = self.flags(entry, Kind::LookUp);
        let outcome = entry.decision.as_ref().map(|decision| self.names.word(self.transaction, &decision.outcome));
        let sql = "UPDATE act SET ended_us = ?2, state = max(state, ?3), status = coalesce(?4, status), \
            outcome = coalesce(?5, outcome), explained = max(explained, ?6), \
            unexplained = CASE WHEN max(explained, ?6) = 1 THEN 0 WHEN ?7 = 1 THEN 1 ELSE unexplained END, \
            emergency = max(emergency, ?8), listed = max(listed, ?9), abandoned = max(abandoned, ?10), \
            oneself = max(oneself, ?11), household = max(household, ?12), colleague = max(colleague, ?13), \
            household_unknown = max(household_unknown, ?14), protected = max(protected, ?15), refused = max(refused, ?16) \
            WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![
            act,
            entry.at.as_microsecond(),
            state_after(entry.phase).number(),
            entry.status,
            outcome.transpose()?,
            is_explained(entry),
            answers(entry),
            flags.has(Flag::Emergency),
            flags.has(Flag::Listed),
            flags.has(Flag::Abandoned),
            flags.has(Flag::Oneself),
            flags.has(Flag::Household),
            flags.has(Flag::Colleague),
            flags.has(Flag::HouseholdUnknown),
            flags.has(Flag::Protected),
            flags.has(Flag::Refused),
        ])?;
        Ok(())
    }

    fn ids(&mut self, entry: &IndexedEntry, citizen: Option<i64>) -> rusqlite::Result<Ids> {
        let caller = entry.caller.as_ref();
        let employee = caller.map(|caller| self.settings.key.of_employee(&caller.employee));
        let outcome = entry.event.as_ref().map(|event| event.what.as_str());
        let outcome = outcome.or_else(|| entry.decision.as_ref().map(|decision| decision.outcome.as_str()));
        let transaction = self.transaction;
        let mut word = |text: Option<&str>| text.map(|text| self.names.word(transaction, text)).transpose();
        Ok(Ids {
            unit: word(caller.and_then(|caller| caller.unit.as_deref()))?,
            department: word(caller.and_then(|caller| caller.department.as_deref()))?,
            purpose: word(entry.purpose.as_deref())?,
            outcome: word(outcome)?,
            relation: word(entry.relation.as_deref())?,
            employee: employee.map(|name| self.names.person(transaction, &name)).transpose()?,
            citizen,
        })
    }

    fn flags(&self, entry: &IndexedEntry, kind: Kind) -> Flags {
        let mut flags = Flags::default();
        let is_listed = |name: &Pseudonym| self.listed.has(name);
        let has_caller = entry.caller.is_some();
        flags.set(Flag::Emergency, is_emergency(entry));
        flags.set(Flag::Refused, entry.phase == Phase::Refused);
        flags.set(Flag::OutsideHours, has_caller && self.settings.office_hours.excludes(entry.at));
        flags.set(Flag::Unexplained, answers(entry) && !is_explained(entry));
        let people = entry.citizen.iter().chain(&entry.also_known_as);
        flags.set(Flag::Listed, kind == Kind::LookUp && people.into_iter().any(is_listed));
        flags.set(Flag::Abandoned, entry.phase == Phase::Abandoned);
        flags.set(Flag::ProtectedAsked, entry.protected_reason.is_some());
        for bar in entry.bars.iter().filter_map(|word| Bar::parse(word)) {
            flags.set(bar.into(), true);
        }
        flags
    }

    /// Which look-up of this citizen by this employee this is, within the window. A repeat by its handle is the same piece
    /// of work, and a relative was not searched for: neither counts (0).
    fn repeats(&mut self, entry: &IndexedEntry, ids: &Ids) -> rusqlite::Result<i64> {
        let (Some(citizen), Some(employee)) = (ids.citizen, ids.employee) else { return Ok(0) };
        if entry.phase != Phase::Intended || entry.criterion != Some(Criterion::Cpr) {
            return Ok(0);
        }
        let since = entry.at.saturating_sub(self.settings.repeats_within).unwrap_or(Timestamp::MIN);
        let since_us = since.as_microsecond();
        if self.often.is_full(citizen, employee, since_us) {
            return Ok(REPEATS_MAX);
        }
        let sql = "SELECT count(*), min(at_us) FROM (SELECT at_us FROM act INDEXED BY act_again \
            WHERE citizen = ?1 AND at_us > ?2 AND employee = ?3 AND repeats > 0 ORDER BY at_us DESC LIMIT ?4)";
        let mut count = self.transaction.prepare_cached(sql)?;
        let found = count.query_row(params![citizen, since_us, employee, REPEATS_MAX - 1], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
        });
        let (before, oldest) = found?;
        if let Some(oldest) = oldest.filter(|_| before == REPEATS_MAX - 1) {
            self.often.note(citizen, employee, oldest);
        }
        Ok(before + 1)
    }

    /// Both ways, so that a search can begin at either number.
    fn join(&mut self, citizen: Option<i64>, other: &Pseudonym) -> rusqlite::Result<()> {
        let Some(citizen) = citizen else { return Ok(()) };
        let other = self.names.person(self.transaction, other)?;
        let sql = "INSERT OR IGNORE INTO same_person VALUES (?1, ?2), (?2, ?1)";
        self.transaction.prepare_cached(sql)?.execute(params![citizen, other])?;
        Ok(())
    }

    fn alarm(&mut self, seq: u64, act: i64, entry: &IndexedEntry, citizen: Option<i64>) -> rusqlite::Result<()> {
        let look_up = Kind::of(entry) == Kind::LookUp;
        let about = entry.citizen.map(|name| *name.bytes()).unwrap_or_default();
        let attempt = entry.attempt.as_bytes().as_slice();
        if look_up {
            for kind in self.flags(entry, Kind::LookUp).iter().filter_map(AlarmKind::of_flag) {
                self.raise(act, seq, entry.at, kind, alarm::id(kind, &[attempt, &about]), None)?;
            }
        }
        let said = |what: &str| entry.event.as_ref().is_some_and(|event| event.what == what);
        if said(WRONG_CITIZEN) || entry.sources.iter().any(|source| source.wrong_citizen > 0) {
            let kind = AlarmKind::WrongCitizen;
            self.raise(act, seq, entry.at, kind, alarm::id(kind, &[attempt, &about]), None)?;
        }
        let employee = entry.caller.as_ref().map(|caller| self.settings.key.of_employee(&caller.employee));
        let employee = employee.map(|name| self.names.person(self.transaction, &name)).transpose()?;
        let of_entry = entry.id.as_bytes().as_slice();
        if said(EMERGENCY_OPENED) {
            let kind = AlarmKind::Emergency;
            self.raise(act, seq, entry.at, kind, alarm::id(kind, &[of_entry]), None)?;
            let opened = employee.map(|employee| self.emergencies(employee, entry.at)).transpose()?.unwrap_or_default();
            if opened > self.settings.norms.emergencies {
                let kind = AlarmKind::ManyEmergencies;
                self.raise(act, seq, entry.at, kind, alarm::id(kind, &[of_entry]), Some(opened))?;
            }
        }
        if let (Phase::Intended, Some(Criterion::Cpr), Some(employee), Some(citizen)) =
            (entry.phase, entry.criterion, employee, citizen)
        {
            let unit = entry.caller.as_ref().and_then(|caller| caller.unit.as_deref());
            let norm = self.settings.norms.of_unit(unit);
            if let Some(count) = self.pace.count(employee, citizen, entry.at.as_microsecond(), norm) {
                let kind = AlarmKind::DistinctCitizens;
                self.raise(act, seq, entry.at, kind, alarm::id(kind, &[of_entry]), Some(count))?;
            }
        }
        Ok(())
    }

    /// Emergencies that this employee has opened within the window, the one at hand among them.
    fn emergencies(&self, employee: i64, at: Timestamp) -> rusqlite::Result<u32> {
        let since = at.saturating_sub(self.settings.norms.emergencies_within).unwrap_or(Timestamp::MIN);
        let sql = "SELECT count(*) FROM act INDEXED BY act_emergency_employee \
            WHERE employee = ?1 AND at_us > ?2 AND emergency = 1 AND kind = 2";
        let mut count = self.transaction.prepare_cached(sql)?;
        count.query_row(params![employee, since.as_microsecond()], |row| row.get(0))
    }

    fn raise(
        &mut self,
        act: i64,
        seq: u64,
        at: Timestamp,
        kind: AlarmKind,
        id: uuid::Uuid,
        count: Option<u32>,
    ) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO alarm (id, at_us, kind, act, count, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let added = self.transaction.prepare_cached(sql)?.execute(params![
            id.as_bytes().as_slice(),
            at.as_microsecond(),
            kind.number(),
            act,
            count,
            AlarmState::Open.number()
        ])?;
        if added > 0 {
            self.raised.push(Raised { id, kind, at, seq, count });
        }
        Ok(())
    }

    /// What a person has put on record about an alarm or an extract.
    fn follow_up(&mut self, act: i64, entry: &IndexedEntry) -> rusqlite::Result<()> {
        let Some((event, id)) = entry.event.as_ref().and_then(|event| Some((event, event.id?))) else { return Ok(()) };
        let id = id.as_bytes().as_slice();
        match event.what.as_str() {
            ALARM_FOLLOWED_UP => {
                let Some(state) = event.facts.get("state").and_then(|word| AlarmState::parse(word)) else {
                    return Ok(());
                };
                let by = entry.caller.as_ref().map(|caller| self.settings.key.of_employee(&caller.employee));
                let by = by.map(|name| self.names.person(self.transaction, &name)).transpose()?;
                let sql = "UPDATE alarm SET state = ?2, followed_us = ?3, followed_by = ?4 WHERE id = ?1";
                let at = entry.at.as_microsecond();
                self.transaction.prepare_cached(sql)?.execute(params![id, state.number(), at, by])?;
            }
            EXTRACT_PREPARED => {
                let sql = "INSERT OR IGNORE INTO extract VALUES (?1, ?2, NULL)";
                self.transaction.prepare_cached(sql)?.execute(params![id, act])?;
            }
            EXTRACT_RELEASED => {
                let sql = "UPDATE extract SET released = ?2 WHERE id = ?1 AND released IS NULL";
                self.transaction.prepare_cached(sql)?.execute(params![id, act])?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Something of the citizen's was answered.
fn answers(entry: &IndexedEntry) -> bool {
    matches!(entry.phase, Phase::Event | Phase::Completed) && entry.citizen.is_some()
}

fn state_after(phase: Phase) -> State {
    match phase {
        Phase::Intended | Phase::Event => State::Open,
        Phase::Refused => State::Refused,
        Phase::Abandoned => State::Abandoned,
        _ => State::Completed,
    }
}

/// [DK] forklaret: something was shown because the caller, or the caller's unit, works on it; or the citizen stands on a list
/// that the municipality has approved, and nobody has looked them up.
fn is_explained(entry: &IndexedEntry) -> bool {
    entry.shown.iter().any(|item| item.basis == "own_case" || item.basis.starts_with("own_case_"))
        || entry.event.as_ref().is_some_and(|event| event.what == LISTED)
}

/// Asked for, shown by, or opened as an emergency.
fn is_emergency(entry: &IndexedEntry) -> bool {
    entry.purpose.as_deref() == Some("emergency")
        || entry.decision.as_ref().is_some_and(|decision| decision.outcome == "emergency")
        || entry.shown.iter().any(|item| item.basis.starts_with("emergency"))
        || entry.event.as_ref().is_some_and(|event| event.what == EMERGENCY_OPENED)
}
