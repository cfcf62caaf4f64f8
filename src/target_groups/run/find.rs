//! One run: who is on the list by what the receiver may be told, and how that stands against the run before. Pure: no clock, no
//! randomness, no IO; the same index, rule, day and run before give the same list.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::thread;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::completeness::Completeness;
use super::cut::{Cut, Told};
use super::household::{Built, Lens, Texts, in_force};
use super::population::{Case, Person, Population, Register};
use super::row::{Entry, Hit, Rows};
use crate::access::{DecidedAnswer, DecidedRecord, ListDecision, ListPermit};
use crate::audit::{ListEntry, Pseudonym};
use crate::config::{Config, FieldClass};
use crate::target_groups::diff::{self, Kept, ReasonKey, diff};
use crate::target_groups::history::Counted;
use crate::target_groups::index::{CodeId, NumberSeal};
use crate::target_groups::rules::{Approved, Names, Rule};
use crate::target_groups::{Code, Day, Report};

/// What is asked: one rule for one receiver, on one day.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its approval.
    pub approved: &'a Approved,
    /// What the receiver may be told.
    pub permit: &'a ListPermit,
    /// The run's id.
    pub run: Uuid,
    /// When it is made.
    pub made_at: Timestamp,
    /// The day for which ages and periods are computed.
    pub as_of: Date,
    /// The CPR numbers are told, too.
    pub numbers: Option<&'a NumberSeal>,
}

/// What a run goes by besides.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The index, read and joined.
    pub population: &'a Population,
    /// What could be known.
    pub known: &'a Completeness,
    /// The configuration, for names.
    pub config: &'a Config,
    /// The same, as reasons have them.
    pub names: &'a Names,
    /// Citizens who work here.
    pub employees: &'a HashSet<Pseudonym>,
    /// [DK] indsigelse: who is not to be on this list.
    pub objecting: &'a BTreeSet<Pseudonym>,
    /// Former pseudonyms, and those in force.
    pub aliases: &'a BTreeMap<Pseudonym, Pseudonym>,
    /// What is kept of the run before.
    pub before: Option<&'a Kept>,
    /// Makes reasons comparable and unreadable.
    pub reasons: &'a ReasonKey,
    /// Threads that match.
    pub threads: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Found {
    /// For the receiver.
    pub report: Report,
    /// For the next run.
    pub kept: Kept,
    /// For management.
    pub counted: Counted,
    /// For the audit: what leaves about each citizen.
    pub entries: Vec<ListEntry>,
    /// Everything that was decided, told or not.
    pub decided: DecidedAnswer,
}

/// Makes one run.
pub fn find(question: &Question<'_>, world: &World<'_>) -> Found {
    let (cut, told) = Cut::of(question.permit, world.population, world.employees, question.made_at);
    let rows = Rows { question, world, told: &told };
    let finder = Finder::new(&rows);
    let mut hits: BTreeMap<Pseudonym, Hit<'_>> = BTreeMap::new();
    for hit in finder.hits() {
        let who = in_force(world.aliases, world.population.people[hit.at].who);
        // Two rows are one citizen while a new number is on its way through the sources: the first tells.
        hits.entry(who).or_insert(hit);
    }
    let mut known = world.known.clone();
    if world.population.people.iter().any(|person| person.register == Register::Silent) {
        known.lacks_people(world.config);
    }
    let (untold, unreadable) = finder.not_told(&cut, &hits);
    let run = diff::Run {
        run: question.run.to_string(),
        rule: Code::clone(question.rule.code()),
        receiver: Code::from(question.approved.approval.receiver.as_str()),
        as_of: question.as_of,
        matches: hits.iter().map(|(who, hit)| hit.matched(*who)).collect(),
        complete: known.complete,
        draws_on: known.draws_on,
        unreadable,
        untold,
        aliases: world.aliases.clone(),
    };
    let compared = diff(world.before, &run);
    let written = each(&compared.differences, world.threads, |one| {
        let hit = hits.get(&one.citizen);
        (rows.citizen(one, hit), rows.entries(one, hit))
    });
    let (citizens, entries): (Vec<_>, Vec<_>) = written.into_iter().unzip();
    let entries = with_decisions(entries, &cut);
    let report = Report {
        run: run.run,
        rule: run.rule,
        name: question.rule.file().name.clone(),
        rule_hash: question.approved.hash.clone(),
        as_of: question.as_of,
        made_at: question.made_at,
        legal_basis: question.rule.file().legal_basis.clone(),
        receiver: run.receiver,
        citizens,
        gaps: known.gaps,
    };
    let counted = counted(&report, hits.values());
    Found { report, kept: compared.kept, counted, entries, decided: cut.record() }
}

/// The entries with their decisions; few different ones stand in all of them.
fn with_decisions(entries: Vec<Vec<Entry>>, cut: &Cut<'_>) -> Vec<ListEntry> {
    let mut known: HashMap<(Vec<ListDecision>, bool), DecidedRecord> = HashMap::new();
    let with = |Entry { told, decisions, tells_person }: Entry| {
        let key = (decisions, tells_person);
        let decided =
            known.get(&key).map_or_else(|| DecidedRecord::from(cut.record_of(&key.0, key.1)), DecidedRecord::clone);
        known.entry(key).or_insert_with(|| decided.clone());
        ListEntry { decided, ..told }
    };
    entries.into_iter().flatten().map(with).collect()
}

/// What `work` makes of each, in their order, by so many threads.
fn each<T: Sync, R: Send>(all: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let part = all.len().div_ceil(threads.max(1)).max(1);
    let work = &work;
    thread::scope(|scope| {
        let parts: Vec<_> =
            all.chunks(part).map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        parts.into_iter().flat_map(|part| part.join().expect("writing a row does not panic")).collect()
    })
}

/// The counts by every department and unit behind the matches, whatever the list itself reveals.
fn counted<'a>(report: &Report, hits: impl Iterator<Item = &'a Hit<'a>>) -> Counted {
    let nobody = Report { citizens: Vec::new(), ..report.clone() };
    let mut counted = Counted::of(&nobody);
    for hit in hits {
        counted.total += 1;
        let (departments, units) = hit.places();
        for code in departments {
            *counted.departments.entry(Code::clone(code)).or_default() += 1;
        }
        for code in units {
            *counted.units.entry(Code::clone(code)).or_default() += 1;
        }
    }
    counted
}

/// Goes through the population.
struct Finder<'a> {
    rows: &'a Rows<'a>,
    question: &'a Question<'a>,
    world: &'a World<'a>,
    told: &'a Told,
    /// By number of the code: a case of this category can matter.
    matters: Vec<bool>,
    needs_household: bool,
    /// The receiver may know who is family; otherwise the rule does not see it.
    may_know_family: bool,
    as_of: Day,
}

impl<'a> Finder<'a> {
    fn new(rows: &'a Rows<'a>) -> Self {
        let Rows { question, world, told } = *rows;
        let needs = question.rule.needs();
        let mut matters = Vec::new();
        for id in 0..=u16::MAX {
            let Some(code) = world.population.codes.text(CodeId(id)) else { break };
            matters.push(needs.categories.as_ref().is_none_or(|wanted| wanted.contains(code)));
        }
        let (needs_household, as_of) = (needs.household, Day::of(question.as_of));
        let may_know_family = told.of_citizen.contains(FieldClass::Household);
        Self { rows, question, world, told, matters, needs_household, may_know_family, as_of }
    }

    /// Everybody whom the rule fits, by place.
    fn hits(&self) -> Vec<Hit<'a>> {
        let people = self.world.population.people.len();
        let part = people.div_ceil(self.world.threads.max(1)).max(1);
        thread::scope(|scope| {
            let parts: Vec<_> = (0..people)
                .step_by(part)
                .map(|from| scope.spawn(move || self.hits_in(from..people.min(from + part))))
                .collect();
            parts.into_iter().flat_map(|part| part.join().expect("matching does not panic")).collect()
        })
    }

    fn hits_in(&self, places: std::ops::Range<usize>) -> Vec<Hit<'a>> {
        let mut texts = Texts::new(self.world.population);
        let mut found = Vec::new();
        for at in places {
            let person = &self.world.population.people[at];
            let is_seen = self.needs_household || person.cases.iter().any(|case| self.sees(at, case));
            if !is_seen || !self.may_be_listed(person) {
                continue;
            }
            let built = self.built(at, &mut texts);
            if let Some(matched) = self.question.rule.matches(&built.household, self.as_of) {
                found.push(self.rows.hit(at, &matched, built));
            }
        }
        found
    }

    fn sees(&self, at: usize, case: &Case) -> bool {
        self.matters.get(usize::from(case.category.0)).copied().unwrap_or(false) && self.told.is_told(at, case)
    }

    /// Nothing stands against telling of them: they live here, are not protected, and have not objected.
    fn may_be_listed(&self, person: &Person) -> bool {
        person.register == Register::Open && !self.objects(person)
    }

    fn objects(&self, person: &Person) -> bool {
        self.world.objecting.contains(&in_force(self.world.aliases, person.who))
    }

    /// The household of the citizen at this place, as far as the receiver may be told.
    fn built(&self, at: usize, texts: &mut Texts<'_>) -> Built {
        let lens = Lens {
            case: &|at, case| self.sees(at, case),
            relative: &|_, person| self.may_know_family && self.may_be_listed(person),
            aliases: self.world.aliases,
            needs_household: self.needs_household,
        };
        Built::of(self.world.population, at, &lens, texts)
    }

    /// Of those who were on the list before and are not found now: of whom the receiver may not be told, and of whom nobody knows.
    fn not_told(
        &self,
        cut: &Cut<'_>,
        hits: &BTreeMap<Pseudonym, Hit<'_>>,
    ) -> (BTreeSet<Pseudonym>, BTreeSet<Pseudonym>) {
        let (mut untold, mut unreadable) = (self.world.objecting.clone(), BTreeSet::new());
        let mut texts = Texts::new(self.world.population);
        let mut asked: HashMap<u32, bool> = HashMap::new();
        for kept in self.world.before.iter().flat_map(|before| before.citizens()) {
            let who = in_force(self.world.aliases, kept.citizen());
            let Some(at) = self.world.population.at.get(&who).copied().filter(|_| !hits.contains_key(&who)) else {
                continue;
            };
            let person = &self.world.population.people[at];
            if person.register == Register::Protected || self.told.is_employee(at) {
                untold.insert(who);
            } else if self.is_unknown(person) {
                unreadable.insert(who);
            } else if self.is_withheld(at, cut, &mut asked, &mut texts) {
                untold.insert(who);
            }
        }
        (untold, unreadable)
    }

    /// The register has not told of the citizen, or of somebody of the family whom the rule looks at: nobody knows whether they
    /// have left the list. What it has not told of others makes nothing of this uncertain.
    fn is_unknown(&self, person: &Person) -> bool {
        let population = self.world.population;
        let is_silent = |who| {
            let at = population.at.get(&in_force(self.world.aliases, who));
            at.is_some_and(|at| population.people[*at].register == Register::Silent)
        };
        person.register == Register::Silent || (self.needs_household && person.kin.iter().any(|kin| is_silent(kin.who)))
    }

    /// The rule fits by all facts, but not by those that may be told if all were known that could make them stricter: what a
    /// silent source may yet open is unverified, and not withheld.
    fn is_withheld(&self, at: usize, cut: &Cut<'_>, asked: &mut HashMap<u32, bool>, texts: &mut Texts<'_>) -> bool {
        let population = self.world.population;
        if !self.fits(at, &|_, _| true, &|_, _| true, texts) {
            return false;
        }
        // The family's cases, too: few, and each set is asked for once.
        let kin = population.people[at].kin.iter();
        let kin = kin.filter_map(|kin| population.at.get(&in_force(self.world.aliases, kin.who)).copied());
        for place in std::iter::once(at).chain(kin) {
            for case in &population.people[place].cases {
                asked.entry(case.set).or_insert_with(|| cut.would_be_told(case, population));
            }
        }
        let asked = &*asked;
        let would =
            |place: usize, case: &Case| !self.told.is_employee(place) && asked.get(&case.set).copied().unwrap_or(false);
        let may = |_: usize, person: &Person| self.may_know_family && self.may_be_listed(person);
        !self.fits(at, &would, &may, texts)
    }

    /// The rule fits the citizen at this place by these cases of these people.
    fn fits(
        &self,
        at: usize,
        case: &(dyn Fn(usize, &Case) -> bool + Sync),
        relative: &(dyn Fn(usize, &Person) -> bool + Sync),
        texts: &mut Texts<'_>,
    ) -> bool {
        let lens = Lens { case, relative, aliases: self.world.aliases, needs_household: self.needs_household };
        let built = Built::of(self.world.population, at, &lens, texts);
        self.question.rule.matches(&built.household, self.as_of).is_some()
    }
}
