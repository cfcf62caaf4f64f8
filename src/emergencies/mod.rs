//! [DK] nødadgang: an employee about one citizen, for an hour, with a written reason; seen by the leader at once, judged
//! within two working days, told to the citizen. What it opens is for the policies of `access`.
//!
//! Reading order: [`Emergency`] (one, folded from its events), [`working_days`](crate::working_days) (when something is late), `leader` (who
//! judges), `book` (how it lies on disk), `opening` and `judging` (what the room does, each written down in the audit first).

mod book;
mod event;
mod judging;
mod leader;
mod listing;
mod opening;
mod seal;
#[cfg(all(test, feature = "fakes"))]
mod tests;

use std::sync::Arc;

use glasplade_adapters::contract::Clock;
use jiff::{SignedDuration, Timestamp};

pub use book::BookError;
pub use event::{
    Emergency, Escalation, Event, HoldBack, Judgement, JudgementState, LeaderThen, NoticeForm, NoticeState, What,
};
pub use judging::{NotDone, Notice};
pub use listing::{Listed, Page, Wanted};
pub use opening::Occasion;

use book::Book;
use leader::UnitLeaders;

use crate::access::{Caller, Operation, Right};
use crate::audit::{Audit, PseudonymKey};
use crate::config::{Config, EmergencySettings};
use crate::random::Random;
use crate::staff::Staff;
use crate::staff_register::StaffRegister;

/// The room. Shared by all requests; what it knows is read from the ledger each time, so that replicas agree.
#[derive(Debug)]
pub struct Emergencies {
    book: Option<Book>,
    settings: EmergencySettings,
    units: UnitLeaders,
    operation: Operation,
    staff: Arc<Staff>,
    staff_register: Arc<StaffRegister>,
    audit: Arc<Audit>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// What the house lends to this room.
#[derive(Debug, Clone)]
pub struct LentToEmergencies {
    /// The key of the citizens' pseudonyms; what people write is sealed under another one that is derived from it.
    pub pseudonyms: Arc<PseudonymKey>,
    /// Who leads whom.
    pub staff: Arc<Staff>,
    /// Which citizens are employees.
    pub staff_register: Arc<StaffRegister>,
    /// What was done.
    pub audit: Arc<Audit>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for ids.
    pub random: Arc<dyn Random>,
}

impl Emergencies {
    /// The room of a configuration. Blocks on the disk.
    ///
    /// # Errors
    /// When the ledger cannot be opened.
    pub fn open(config: &Config, lent: LentToEmergencies) -> Result<Self, BookError> {
        let settings = config.service.emergency.clone();
        let book = settings.file.as_ref().map(|file| Book::open(file, &lent.pseudonyms)).transpose()?;
        Ok(Self::over(book, config, lent))
    }

    fn over(book: Option<Book>, config: &Config, lent: LentToEmergencies) -> Self {
        let units = config.departments.unit.iter();
        let units = units.filter_map(|unit| Some((unit.code.clone(), unit.leader.as_ref()?.to_lowercase())));
        Self {
            book,
            settings: config.service.emergency.clone(),
            units: units.collect(),
            operation: Operation::new(config),
            staff: lent.staff,
            staff_register: lent.staff_register,
            audit: lent.audit,
            clock: lent.clock,
            random: lent.random,
        }
    }

    /// The times of an emergency that is opened at `now`: end, judgement, notice.
    pub(crate) fn times(&self, now: Timestamp) -> (Timestamp, Timestamp, Timestamp) {
        let lasts = SignedDuration::from_mins(self.settings.minutes.into());
        let ends_at = now.saturating_add(lasts).unwrap_or(Timestamp::MAX);
        let judge_by = crate::working_days::after_working_days(now, self.settings.judge_working_days);
        (ends_at, judge_by, crate::working_days::after_days(now, self.settings.tell_days))
    }

    /// [DK] databeskyttelsesrådgiver: judges where there is no leader.
    fn is_office(&self, viewer: &Caller) -> bool {
        let unit = self.settings.escalation_unit.as_deref();
        viewer.has_role(&self.settings.escalation_role) && unit.is_none_or(|unit| viewer.unit() == Some(unit))
    }

    /// Sees every emergency but their own.
    fn sees_all(&self, viewer: &Caller) -> bool {
        self.operation.may(viewer, Right::Audit)
    }

    /// May use the routes of this room at all.
    pub fn may_use(&self, viewer: &Caller) -> bool {
        self.sees_all(viewer) || self.operation.may(viewer, Right::JudgeEmergencies)
    }
}
