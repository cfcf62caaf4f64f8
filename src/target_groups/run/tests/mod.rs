//! Runs over an index that was made by hand: everybody is invented, and everybody is a number.

mod compared;
mod five;
mod kept;
mod withheld;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{Completeness, Found, Population, Question, Sight, SourceState, World, find};
use crate::access::Access;
use crate::audit::{Pseudonym, PseudonymKey};
use crate::config::{Config, KindRole, Language, TARGET_GROUP_PURPOSE};
use crate::target_groups::diff::{Kept, ReasonKey};
use crate::target_groups::index::{
    CitizenRow, IndexError, IndexedFact, JoinKey, KeyMaker, Kin, NumberSeal, RegisterTold, Standing, TargetIndex,
};
use crate::target_groups::rules::{Names, Rule, standings};
use crate::target_groups::{Change, Code, Day, Kinship};
use crate::testing::{TODAY, config, now, number, pseudonyms};

/// Every configured source, the register last.
const SOURCES: [&str; 6] = ["sbsys", "fasit", "dubu", "case_index", "oio", "persons"];

/// One row of a source about one case.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Told {
    source: &'static str,
    id: String,
    category: &'static str,
    department: Option<&'static str>,
    unit: Option<&'static str>,
    level: u8,
    is_known: bool,
    screened: bool,
    master: Option<&'static str>,
    elsewhere: bool,
    joins: Vec<JoinKey>,
    opened: Option<Date>,
    closed: Option<Date>,
    raisable: bool,
}

/// A running case since 1 March 2024.
pub(super) fn told(source: &'static str, id: &str, category: &'static str, department: &'static str) -> Told {
    let level = if ["employment", "benefit", "youth_education"].contains(&category) { 1 } else { 2 };
    Told {
        source,
        id: id.to_owned(),
        category,
        department: Some(department),
        unit: None,
        level,
        is_known: true,
        screened: false,
        master: None,
        elsewhere: false,
        joins: Vec::new(),
        opened: Some(date(2024, 3, 1)),
        closed: None,
        raisable: source != "case_index",
    }
}

impl Told {
    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn since(self, day: Date) -> Self {
        self.with(|told| told.opened = Some(day))
    }

    pub(super) fn uuid(self, uuid: u64) -> Self {
        self.with(|told| told.joins.push(JoinKey::Uuid(uuid)))
    }
}

pub(super) fn who(citizen: u16) -> Pseudonym {
    pseudonyms().of(&number(citizen))
}

/// One citizen of the index.
#[derive(Debug, Clone, Default)]
pub(super) struct Citizen {
    pub(super) told: Vec<Told>,
    pub(super) born: Option<Date>,
    pub(super) kin: Vec<(Kinship, u16)>,
    pub(super) is_protected: bool,
    pub(super) has_left: bool,
    pub(super) is_unknown: bool,
}

pub(super) fn citizen(told: Vec<Told>) -> Citizen {
    Citizen { told, ..Citizen::default() }
}

impl Citizen {
    pub(super) fn born(self, day: Date) -> Self {
        Self { born: Some(day), ..self }
    }

    pub(super) fn kin(self, kin: &[(Kinship, u16)]) -> Self {
        Self { kin: kin.to_vec(), ..self }
    }
}

/// An index, what is known of its sources, and who stands beside it.
#[derive(Debug, Clone)]
pub(super) struct Town {
    pub(super) config: Config,
    pub(super) citizens: BTreeMap<u16, Citizen>,
    pub(super) states: Vec<SourceState>,
    pub(super) employees: HashSet<Pseudonym>,
    pub(super) objecting: BTreeSet<Pseudonym>,
    pub(super) aliases: BTreeMap<Pseudonym, Pseudonym>,
    pub(super) as_of: Date,
    pub(super) threads: usize,
    pub(super) with_numbers: bool,
}

impl Town {
    /// Every source was read whole an hour ago.
    pub(super) fn new(citizens: impl IntoIterator<Item = (u16, Citizen)>) -> Self {
        // Read once: hundreds of towns are drawn.
        static CONFIG: LazyLock<Config> = LazyLock::new(config);
        let read = now() - jiff::SignedDuration::from_hours(1);
        let state = |id: &str| SourceState { complete_as_of: Some(read), ..SourceState::unread(Code::from(id)) };
        Self {
            config: CONFIG.clone(),
            citizens: citizens.into_iter().collect(),
            states: SOURCES.map(state).to_vec(),
            employees: HashSet::new(),
            objecting: BTreeSet::new(),
            aliases: BTreeMap::new(),
            as_of: TODAY,
            threads: 2,
            with_numbers: false,
        }
    }

    pub(super) fn state(&mut self, source: &str) -> &mut SourceState {
        self.states.iter_mut().find(|state| *state.source == *source).expect("a source of the town")
    }

    pub(super) fn index(&self) -> TargetIndex {
        let mut index = TargetIndex::in_memory().expect("memory");
        fill(&mut index, &self.config, &pseudonyms(), &self.citizens);
        index
    }

    pub(super) fn run(&self, rule: &str, before: Option<&Kept>) -> Found {
        self.run_at(rule, before, now())
    }

    pub(super) fn run_at(&self, rule: &str, before: Option<&Kept>, made_at: Timestamp) -> Found {
        let standing = standings(&self.config, TODAY).into_iter().find(|one| **one.rule.code() == *rule);
        let standing = standing.expect("a rule of the demo");
        let (rule, approved): (Arc<Rule>, _) = (standing.rule, standing.approved.expect("approved in the demo"));
        let approval = &approved.approval;
        let permit = Access::new(&self.config).permit_list(
            TARGET_GROUP_PURPOSE,
            &rule.file().run_by,
            (&approval.receiver, &approval.statute),
            TODAY,
        );
        let permit = permit.expect("the demo's lists are permitted");
        let known = Completeness::of(&self.config, &rule, &approved.statute, &self.states, made_at);
        let population = self.index().read::<_, IndexError>(|reading| {
            let sight = Sight::new(&self.config, reading.codes(), &known.silent, self.as_of, self.with_numbers);
            Population::read(reading, &sight)
        });
        let seal = NumberSeal::new(&pseudonyms());
        let question = Question {
            rule: &rule,
            approved: &approved,
            permit: &permit,
            run: Uuid::from_u128(7),
            made_at,
            as_of: self.as_of,
            numbers: self.with_numbers.then_some(&seal),
        };
        find(
            &question,
            &World {
                population: &population.expect("a readable index"),
                known: &known,
                config: &self.config,
                names: &Names::of(&self.config, Language::Da),
                employees: &self.employees,
                objecting: &self.objecting,
                aliases: &self.aliases,
                before,
                reasons: &ReasonKey::new(&[5; 32]),
                threads: self.threads,
            },
        )
    }

    /// Who is on the list, and why, by the numbers of this town.
    pub(super) fn list(&self, rule: &str) -> BTreeMap<u16, String> {
        reasons(&self.run(rule, None), 0..1_000)
    }
}

/// Reasons by citizen.
pub(super) fn reasons(found: &Found, citizens: std::ops::Range<u16>) -> BTreeMap<u16, String> {
    let names: BTreeMap<String, u16> = citizens.map(|citizen| (who(citizen).to_string(), citizen)).collect();
    found.report.citizens.iter().map(|row| (names[&row.pseudonym], row.reason.clone())).collect()
}

/// Changes by citizen.
pub(super) fn changes(found: &Found) -> BTreeMap<u16, Change> {
    let names: BTreeMap<String, u16> = (0..1_000).map(|citizen| (who(citizen).to_string(), citizen)).collect();
    found.report.citizens.iter().map(|row| (names[&row.pseudonym], row.change)).collect()
}

/// Writes citizens into an index.
pub(crate) fn fill(index: &mut TargetIndex, config: &Config, key: &PseudonymKey, citizens: &BTreeMap<u16, Citizen>) {
    let (maker, seal) = (KeyMaker::new(key), NumberSeal::new(key));
    let kind_of = |category: &str| config.kinds.kind.iter().find(|kind| kind.category == category);
    let written = index.change::<(), IndexError>(|change| {
        for (citizen, draft) in citizens {
            let number = number(*citizen);
            let who = key.of(&number);
            let mut row = CitizenRow::new(seal.seal(&who, &number));
            row.register = (!draft.is_unknown).then(|| RegisterTold {
                on: Day::of(TODAY),
                born: draft.born.map(Day::of),
                has_left: draft.has_left,
                is_protected: draft.is_protected,
                kin: draft
                    .kin
                    .iter()
                    .map(|(kinship, other)| Kin { kinship: *kinship, who: key.of(&crate::testing::number(*other)) })
                    .collect(),
            });
            for told in &draft.told {
                let mut code = |text: &str| change.code(text).expect("few codes");
                let kind = kind_of(told.category).filter(|_| told.is_known).map(|kind| code(&kind.code));
                let fact = IndexedFact {
                    source: code(told.source),
                    key: maker.fact(told.source, &told.id),
                    joins: told.joins.clone(),
                    master: told.master.map(&mut code),
                    is_owned_elsewhere: told.elsewhere,
                    department: told.department.map(&mut code),
                    unit: told.unit.map(&mut code),
                    category: code(told.category),
                    kind,
                    role: KindRole::Authority,
                    level: told.level,
                    stated_level: 0,
                    is_screened: told.screened,
                    could_be_raised: told.raisable,
                    standing: Standing::Open,
                    opened: told.opened.map(Day::of),
                    closed: told.closed.map(Day::of),
                };
                row.take(fact);
            }
            change.put_citizen(&who, &row)?;
        }
        Ok(())
    });
    written.expect("a writable index");
}
