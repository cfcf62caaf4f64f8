//! What is taken into the index: what the rules that are approved today ask for, and nothing else.

use std::collections::HashMap;
use std::fmt::Write as _;

use aws_lc_rs::digest;
use glasplade_adapters::contract::{CaseStatus, Record, SourceId, danish_day};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Config;
use crate::overview::{Classifier, Phase};
use crate::target_groups::rules::{Needs, standings};

/// What is taken on one day.
#[derive(Debug, Clone)]
pub struct Taking {
    needs: Option<Needs>,
    windows: HashMap<SourceId, u16>,
    today: Date,
    hash: String,
}

/// By what it is told whether a case is in time.
#[derive(Debug, Clone, Copy)]
pub(in crate::target_groups) struct Times {
    pub(in crate::target_groups) status: CaseStatus,
    pub(in crate::target_groups) opened: Option<Date>,
    /// [`Record::last_day`].
    pub(in crate::target_groups) last_day: Option<Date>,
    pub(in crate::target_groups) last_changed: Option<Timestamp>,
}

impl Taking {
    /// What the rules that are approved on this day ask for.
    pub fn on(today: Date, config: &Config) -> Self {
        let approved = standings(config, today).into_iter().filter(|standing| standing.approved.is_ok());
        let needs = approved.map(|standing| standing.rule.needs()).reduce(Needs::and);
        let windows = config.sources.source.iter().map(|row| (row.id.clone(), row.closed_window_days)).collect();
        let hash = hash(needs.as_ref(), config);
        Self { needs, windows, today, hash }
    }

    /// No rule is approved: nothing is taken, and nothing is kept.
    pub fn is_nothing(&self) -> bool {
        self.needs.is_none()
    }

    /// SHA-256 of what is taken and of everything by which it is told what kind of case a row is, hexadecimal. Facts that were
    /// taken under another one are to be read anew.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The day.
    pub fn today(&self) -> Date {
        self.today
    }

    /// What the person register is asked for: birth dates.
    pub(super) fn births(&self) -> bool {
        self.needs.as_ref().is_some_and(|needs| needs.birth)
    }

    /// What the person register is asked for: who is family.
    pub(super) fn households(&self) -> bool {
        self.needs.as_ref().is_some_and(|needs| needs.household)
    }

    /// Kinds are kept.
    pub(in crate::target_groups) fn kinds(&self) -> bool {
        self.needs.as_ref().is_some_and(|needs| needs.kinds)
    }

    /// First days are kept, also when they lie behind.
    pub(in crate::target_groups) fn days(&self) -> bool {
        self.needs.as_ref().is_some_and(|needs| needs.days)
    }

    /// Cases that are over are kept.
    pub(in crate::target_groups) fn closed(&self) -> bool {
        self.needs.as_ref().is_some_and(|needs| needs.closed_facts)
    }

    /// Whether the fact of this row is taken: no rule can need what is void, what is over, or what is of another category and
    /// cannot make any other case stricter. Nothing is taken that an overview would not show.
    pub(super) fn takes(&self, record: &Record, category: &str, classifier: &Classifier) -> bool {
        let times = Times {
            status: record.status.normal,
            opened: record.opened,
            last_day: record.last_day(),
            last_changed: record.last_changed,
        };
        self.is_in_time(&record.source, &times) && self.is_asked_for(record, category, classifier)
    }

    /// Neither void nor over for longer than an overview shows it, as far as rules ask for what is over at all.
    pub(in crate::target_groups) fn is_in_time(&self, source: &SourceId, times: &Times) -> bool {
        match Phase::by(times.status, times.opened, times.last_day, self.today) {
            Phase::Void => false,
            Phase::Closed => self.closed() && self.is_within_window(source, times),
            Phase::Active | Phase::Future => true,
        }
    }

    /// A rule asks for what is of this category, or the case can make another one stricter.
    pub(in crate::target_groups) fn is_asked_for(
        &self,
        record: &Record,
        category: &str,
        classifier: &Classifier,
    ) -> bool {
        let Some(needs) = &self.needs else { return false };
        let is_wanted = needs.categories.as_ref().is_none_or(|wanted| wanted.iter().any(|code| **code == *category));
        // A joint index tells of the same case under another category, and the stricter of the two counts.
        let may_be_joined = || classifier.is_index(&record.source) || classifier.could_be_raised(record);
        is_wanted || may_be_joined()
    }

    /// As long as an overview shows a case that is over.
    fn is_within_window(&self, source: &SourceId, times: &Times) -> bool {
        // As `Record::latest_day`.
        let last = times.last_day.or_else(|| times.last_changed.map(danish_day)).or(times.opened).unwrap_or(Date::MIN);
        let days = self.windows.get(source).copied().unwrap_or(0);
        last >= self.today.saturating_sub(jiff::Span::new().days(days))
    }
}

/// Everything that decides what a row becomes. `Debug` of configuration is the same for the same files: it holds no map.
fn hash(needs: Option<&Needs>, config: &Config) -> String {
    let mut text = String::new();
    let (kinds, departments) = (&config.kinds, &config.departments);
    let categories: Vec<_> = config.access.category.iter().map(|row| (&row.code, row.level)).collect();
    let matched = (&departments.department, &departments.unit, &departments.matchers);
    let sources: Vec<_> = config
        .sources
        .source
        .iter()
        .map(|row| (&row.id, &row.kind, &row.index_system_ids, row.raises_sensitivity, row.closed_window_days))
        .collect();
    let what = (needs, &kinds.kind, &kinds.rule, categories, matched, sources);
    write!(text, "{what:?}").expect("a text takes what is written");
    crate::hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}
