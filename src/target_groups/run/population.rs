//! The index at one moment, read once: each citizen's cases, joined as an overview joins them, and what a decision rests on.
//!
//! Memory: some 150 bytes a citizen and 60 a case, and four pages of rows on their way. One thread reads and one joins.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc;
use std::thread;

use jiff::civil::Date;

use crate::audit::Pseudonym;
use crate::config::{Config, KindRole};
use crate::overview::{JoinRow, join_groups};
use crate::target_groups::index::{
    CitizenRow, CodeId, Codes, FactKey, IndexError, IndexedFact, JoinKey, Kin, Reading, Sealed, Standing,
};
use crate::target_groups::{Code, Day, FactPhase};

/// Citizens of one page between the two threads.
const PAGE: usize = 1_024;
/// Pages on their way.
const PAGES: usize = 4;

/// What must be known of the sources before rows are joined.
#[derive(Debug)]
pub struct Sight {
    as_of: Day,
    sources: HashMap<CodeId, Source>,
    /// Joint indexes that are silent; one that has never told anything has no number.
    silent_indexes: Vec<Option<CodeId>>,
    silent: BTreeSet<CodeId>,
    keeps_numbers: bool,
}

#[derive(Debug, Clone, Copy)]
struct Source {
    /// Place in the configured order.
    order: usize,
    is_index: bool,
    /// Place by name.
    by_name: usize,
}

impl Sight {
    /// Of this configuration, for this day. `silent` are sources of which nobody knows what they would say now.
    pub fn new(config: &Config, codes: &Codes, silent: &BTreeSet<Code>, as_of: Date, keeps_numbers: bool) -> Self {
        let rows = &config.sources.source;
        let mut names: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        names.sort_unstable();
        let sources = rows.iter().enumerate().filter_map(|(order, row)| {
            let by_name = names.iter().position(|name| *name == row.id.as_str()).unwrap_or(order);
            Some((codes.known(row.id.as_str())?, Source { order, is_index: row.raises_sensitivity, by_name }))
        });
        let is_silent = |id: &str| silent.contains(id);
        let indexes = rows.iter().filter(|row| row.raises_sensitivity && is_silent(row.id.as_str()));
        Self {
            as_of: Day::of(as_of),
            sources: sources.collect(),
            silent_indexes: indexes.map(|row| codes.known(row.id.as_str())).collect(),
            silent: silent.iter().filter_map(|id| codes.known(id)).collect(),
            keeps_numbers,
        }
    }

    /// A source that is no longer configured stands last and is no index.
    fn source(&self, id: CodeId) -> Source {
        let last = Source { order: usize::MAX, is_index: false, by_name: usize::MAX };
        self.sources.get(&id).copied().unwrap_or(last)
    }
}

/// Everything about a case that a decision rests on. Few different ones stand for all cases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any may go with any other")]
pub(super) struct Attributes {
    /// Sorted; every category that one of the rows puts the case in.
    pub(super) categories: Box<[CodeId]>,
    pub(super) level: u8,
    pub(super) role: KindRole,
    pub(super) unit: Option<CodeId>,
    pub(super) department: Option<CodeId>,
    pub(super) is_screened: bool,
    pub(super) owner_row_decides: bool,
    pub(super) is_active: bool,
    pub(super) strictness_unknown: bool,
}

/// One case, as all the rows about it tell it.
#[derive(Debug)]
pub(super) struct Case {
    /// Place of its attributes.
    pub(super) set: u32,
    /// The deciding row's key.
    pub(super) key: FactKey,
    pub(super) source: CodeId,
    /// The other sources that tell of it.
    pub(super) others: Box<[CodeId]>,
    pub(super) category: CodeId,
    pub(super) kind: Option<CodeId>,
    pub(super) phase: FactPhase,
    pub(super) opened: Option<Day>,
    pub(super) closed: Option<Day>,
}

impl Case {
    pub(super) fn sources(&self) -> impl Iterator<Item = CodeId> {
        std::iter::once(self.source).chain(self.others.iter().copied())
    }
}

/// Whether anybody may be told of a citizen at all, as far as the register has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
    /// It has not told of them.
    Silent,
    /// Nothing stands against it.
    Open,
    /// [DK] død, udrejst.
    Left,
    /// [DK] navne- og adressebeskyttelse.
    Protected,
}

#[derive(Debug)]
pub(super) struct Person {
    pub(super) who: Pseudonym,
    pub(super) register: Register,
    pub(super) born: Option<Day>,
    pub(super) kin: Box<[Kin]>,
    /// By source, then first day.
    pub(super) cases: Box<[Case]>,
    pub(super) number: Option<Sealed>,
}

/// Everybody in the index.
#[derive(Debug)]
pub struct Population {
    /// By pseudonym.
    pub(super) people: Vec<Person>,
    pub(super) at: HashMap<Pseudonym, usize>,
    pub(super) sets: Vec<Attributes>,
    pub(super) codes: Codes,
}

impl Population {
    /// Reads the index.
    ///
    /// # Errors
    /// [`IndexError`]: a part is never taken for the whole.
    #[expect(clippy::missing_panics_doc, reason = "joining does not panic")]
    pub fn read(reading: &Reading<'_>, sight: &Sight) -> Result<Self, IndexError> {
        thread::scope(|scope| {
            let (sender, pages) = mpsc::sync_channel::<Vec<(Pseudonym, CitizenRow)>>(PAGES);
            let joining = scope.spawn(move || {
                let mut joined = Joined { sight, people: Vec::new(), sets: Vec::new(), known: HashMap::new() };
                pages.into_iter().flatten().for_each(|(who, row)| joined.take(who, row));
                joined
            });
            let mut page = Vec::with_capacity(PAGE);
            let read = reading.citizens(|who, row| {
                page.push((who, row));
                if page.len() == PAGE {
                    // Nobody takes it only when joining has panicked, which is told below.
                    let _ = sender.send(std::mem::replace(&mut page, Vec::with_capacity(PAGE)));
                }
                Ok::<(), IndexError>(())
            });
            let _ = sender.send(page);
            drop(sender);
            let joined = joining.join().expect("joining does not panic");
            read?;
            Ok(joined.done(reading.codes().clone()))
        })
    }

    /// How many citizens.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Nobody is in the index.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub(super) fn code(&self, id: CodeId) -> Code {
        self.codes.text(id).cloned().unwrap_or_else(|| Code::from(""))
    }
}

struct Joined<'a> {
    sight: &'a Sight,
    people: Vec<Person>,
    sets: Vec<Attributes>,
    known: HashMap<Attributes, u32>,
}

impl Joined<'_> {
    fn take(&mut self, who: Pseudonym, row: CitizenRow) {
        let facts = &row.facts;
        let mut cases: Vec<Case> = if shares_nothing(facts) {
            (0..facts.len()).map(|at| self.case(facts, &mut [at])).collect()
        } else {
            join_groups(facts).into_iter().map(|mut group| self.case(facts, &mut group)).collect()
        };
        cases.sort_by_key(|case| (self.sight.source(case.source).by_name, case.source, case.opened, case.key));
        let told = row.register;
        let register = told.as_ref().map_or(Register::Silent, |told| match (told.is_protected, told.has_left) {
            (true, _) => Register::Protected,
            (false, true) => Register::Left,
            (false, false) => Register::Open,
        });
        let born = told.as_ref().and_then(|told| told.born);
        let mut kin = told.map(|told| told.kin).unwrap_or_default();
        kin.retain(|kin| kin.who != who);
        kin.sort_unstable();
        kin.dedup();
        let number = self.sight.keeps_numbers.then_some(row.number);
        let (kin, cases) = (kin.into_boxed_slice(), cases.into_boxed_slice());
        self.people.push(Person { who, register, born, kin, cases, number });
    }

    /// One case of these rows, as [`crate::overview::merge`] and the cut behind it put them together: the owning system's row
    /// decides, the strictest counts.
    fn case(&mut self, facts: &[IndexedFact], group: &mut [usize]) -> Case {
        group.sort_unstable();
        let sight = self.sight;
        let owner = group.iter().find_map(|at| facts[*at].master);
        group.sort_by_key(|at| {
            let (fact, source) = (&facts[*at], sight.source(facts[*at].source));
            (Some(fact.source) != owner, source.is_index, source.order, fact.key)
        });
        let rows = || group.iter().map(|at| &facts[*at]);
        let deciding = &facts[group[0]];
        let known = rows().find(|row| row.kind.is_some()).unwrap_or(deciding);
        let named = || rows().filter(|row| row.kind.is_some());
        let mut categories: Vec<CodeId> = named().map(|row| row.category).collect();
        if categories.is_empty() {
            categories.push(known.category);
        }
        categories.sort_unstable();
        categories.dedup();
        let stated = rows().map(|row| row.stated_level).max().unwrap_or(0);
        let level = named().map(|row| row.level).max().unwrap_or(deciding.level).max(stated);
        let phase = phase(deciding, sight.as_of);
        let attributes = Attributes {
            categories: categories.into_boxed_slice(),
            level,
            role: known.role,
            unit: deciding.unit,
            department: deciding.department,
            is_screened: rows().any(|row| row.is_screened),
            owner_row_decides: !sight.source(deciding.source).is_index || deciding.is_owned_elsewhere,
            is_active: phase != FactPhase::Closed,
            strictness_unknown: is_strictness_unknown(facts, group, sight),
        };
        let mut others: Vec<CodeId> = rows().map(|row| row.source).filter(|one| *one != deciding.source).collect();
        others.sort_unstable();
        others.dedup();
        let (opened, closed) = (rows().find_map(|row| row.opened), rows().find_map(|row| row.closed));
        Case {
            key: deciding.key,
            source: deciding.source,
            others: others.into_boxed_slice(),
            category: known.category,
            kind: known.kind,
            phase,
            opened,
            closed,
            set: self.set(attributes),
        }
    }

    fn set(&mut self, attributes: Attributes) -> u32 {
        if let Some(set) = self.known.get(&attributes) {
            return *set;
        }
        let set = u32::try_from(self.sets.len()).expect("fewer sets of attributes than cases in a country");
        self.sets.push(attributes.clone());
        self.known.insert(attributes, set);
        set
    }

    fn done(self, codes: Codes) -> Population {
        let at = self.people.iter().enumerate().map(|(at, person)| (person.who, at)).collect();
        Population { people: self.people, at, sets: self.sets, codes }
    }
}

/// Most citizens' rows are of as many cases, which a look at each pair says faster than sets of positions do.
fn shares_nothing(facts: &[IndexedFact]) -> bool {
    let meets = |one: &IndexedFact, other: &IndexedFact| {
        one.key == other.key || one.joins.iter().any(|key| other.joins.contains(key))
    };
    facts.iter().enumerate().all(|(at, one)| !facts[at + 1..].iter().any(|other| meets(one, other)))
}

/// Where a case stands on the day, as [`crate::overview::Phase`] has it.
fn phase(row: &IndexedFact, as_of: Day) -> FactPhase {
    match row.standing {
        Standing::Closed => FactPhase::Closed,
        Standing::Open if row.closed.is_some_and(|closed| closed < as_of) => FactPhase::Closed,
        Standing::Open if row.opened.is_some_and(|opened| opened > as_of) => FactPhase::Future,
        Standing::Open => FactPhase::Active,
    }
}

/// A source that could make the case stricter is silent, and has told nothing of this case: as an overview has it.
fn is_strictness_unknown(facts: &[IndexedFact], group: &[usize], sight: &Sight) -> bool {
    let tells = |source: CodeId| group.iter().any(|at| facts[*at].source == source);
    group.iter().map(|at| &facts[*at]).any(|row| {
        if sight.source(row.source).is_index {
            row.master.is_some_and(|master| sight.silent.contains(&master) && !tells(master))
        } else {
            row.could_be_raised && sight.silent_indexes.iter().any(|index| !index.is_some_and(tells))
        }
    })
}

impl JoinRow for IndexedFact {
    type Source = CodeId;
    type Id = FactKey;
    type Uuid = u64;
    type Number = u64;

    fn source(&self) -> CodeId {
        self.source
    }

    fn id(&self) -> FactKey {
        self.key
    }

    fn uuids(&self) -> Vec<u64> {
        self.joins.iter().filter_map(|key| if let JoinKey::Uuid(uuid) = key { Some(*uuid) } else { None }).collect()
    }

    fn numbers(&self) -> Vec<u64> {
        self.joins
            .iter()
            .filter_map(|key| if let JoinKey::Number(number) = key { Some(*number) } else { None })
            .collect()
    }
}
