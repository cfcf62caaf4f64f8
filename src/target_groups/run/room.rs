//! The room: rules and their standing, the index, what is kept of runs; and what the house lends to it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use glasplade_adapters::contract::{Clock, danish_day};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::asked::NotRun;
use super::completeness::SourceState;
use super::ledger::{ListName, RunLedger};
use super::standing::{RulesView, places};
use crate::access::InForce;
use crate::audit::{Audit, Pseudonym, PseudonymKey};
use crate::config::{Config, Language, ListSettings};
use crate::people::People;
use crate::random::Random;
use crate::staff_register::StaffRegister;
use crate::store::LedgerError;
use crate::target_groups::Code;
use crate::target_groups::diff::ReasonKey;
use crate::target_groups::history::History;
use crate::target_groups::index::{IndexError, Reading};
use crate::target_groups::rules::{Names, standings};

/// Lists made at once in one process.
const AT_ONCE: usize = 2;

/// What reasons are made comparable under.
const REASONS: &str = "target group reasons";

/// What the house lends to the room.
#[derive(Debug, Clone)]
pub struct Lent {
    /// Who may see what.
    pub access: Arc<InForce>,
    /// What was done.
    pub audit: Arc<Audit>,
    /// The key of pseudonyms.
    pub pseudonyms: Arc<PseudonymKey>,
    /// Which number became which.
    pub people: Arc<People>,
    /// Which citizens are employees.
    pub staff_register: Arc<StaffRegister>,
    /// Sources that can be listed.
    pub listed: BTreeSet<Code>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for the ids of runs.
    pub random: Arc<dyn Random>,
}

/// When a list was made, and who stands on it.
pub(super) type Standing = (i64, Arc<HashSet<Pseudonym>>);

/// The room.
#[derive(Debug)]
pub struct TargetRuns {
    pub(super) config: Config,
    pub(super) lent: Lent,
    pub(super) ledger: Option<Arc<RunLedger>>,
    pub(super) names: Names,
    pub(super) reasons: ReasonKey,
    /// Who stands on each list, by when it was made.
    pub(super) standing: Mutex<HashMap<ListName, Standing>>,
    /// Lists under way: each holds the whole index joined.
    pub(super) working: Semaphore,
}

impl TargetRuns {
    /// The room of a configuration. Blocks on the disk.
    ///
    /// # Errors
    /// [`LedgerError`] when the file of runs cannot be opened.
    pub fn open(config: &Config, lent: Lent) -> Result<Arc<Self>, LedgerError> {
        let file = config.service.target_groups.lists.file.as_deref();
        let ledger = file.map(RunLedger::open).transpose()?.map(Arc::new);
        let reasons = ReasonKey::new(&lent.pseudonyms.derive(REASONS));
        let names = Names::of(config, Language::Da);
        Ok(Arc::new(Self {
            config: config.clone(),
            lent,
            ledger,
            names,
            reasons,
            standing: Mutex::default(),
            working: Semaphore::new(AT_ONCE),
        }))
    }

    pub(super) fn settings(&self) -> &ListSettings {
        &self.config.service.target_groups.lists
    }

    /// How far each source is read.
    pub(super) fn states(&self, reading: &Reading<'_>, now: Timestamp) -> Result<Vec<SourceState>, IndexError> {
        SourceState::all(&self.config, &self.lent.listed, reading, danish_day(now))
    }

    /// The index and the file of runs.
    pub(super) fn places(&self) -> Result<(PathBuf, Arc<RunLedger>), NotRun> {
        let both = self.config.service.target_groups.index.clone().zip(self.ledger.clone());
        both.ok_or(NotRun::NotConfigured)
    }

    /// Every rule, and how it stands today.
    pub fn rules(&self, language: Language) -> RulesView {
        RulesView::of(&self.config, danish_day(self.lent.clock.now()), language)
    }

    /// How many were on a rule's list, run by run: that of `receiver`, where it is one, and otherwise of the first that is approved.
    /// Blocks on the disk.
    ///
    /// # Errors
    /// [`NotRun`].
    pub fn history(&self, rule: &str, receiver: Option<&str>) -> Result<History, NotRun> {
        let (_, ledger) = self.places()?;
        if self.config.target_groups.rule(rule).is_none() {
            return Err(NotRun::UnknownRule);
        }
        let today = danish_day(self.lent.clock.now());
        let all = standings(&self.config, today);
        let of_rule: Vec<_> = all.iter().filter(|standing| **standing.rule.code() == *rule).collect();
        let rows = || of_rule.iter().filter_map(|standing| Some((standing.row.as_ref()?, standing.approved.is_ok())));
        let wanted = rows().find(|(row, _)| Some(row.receiver.as_str()) == receiver);
        let row = wanted.or_else(|| rows().find(|(_, approved)| *approved)).or_else(|| rows().next());
        let counts = match row {
            Some((row, _)) => ledger.counts(&ListName { rule: rule.to_owned(), receiver: row.receiver.clone() })?,
            None => Vec::new(),
        };
        Ok(History::of(Code::from(rule), &counts, &places(&self.config)))
    }
}
