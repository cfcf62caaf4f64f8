//! A part is sorted, and joined citizen by citizen with what the index in use knows: other sources' facts, what the register told.

use glasplade_adapters::contract::CprNumber;

use super::BuildError;
use super::row::{self, Row};
use crate::audit::Pseudonym;
use crate::target_groups::Day;
use crate::target_groups::index::{CitizenRow, CodeId, IndexedFact, Nonces, NumberSeal, OldCitizen, Standing};

/// The day of whoever was never asked about.
const NEVER: i32 = i32::MIN;

/// What joining goes by; shared by all threads.
pub(super) struct Joining<'a> {
    /// By extract: it replaces what was known.
    pub(super) replaces: &'a [bool],
    /// By code of the index in use: which extract replaces the facts of this source.
    pub(super) replaced: &'a [Option<usize>],
    /// By code of the index in use: the code in the fresh one, where any differs.
    pub(super) moved: Option<&'a [CodeId]>,
    pub(super) seal: &'a NumberSeal,
    pub(super) today: Day,
    /// Every source has been read: whoever has no running case goes.
    pub(super) is_rest_read: bool,
}

/// What was found of one extract.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OfExtract {
    /// Rows of a case that stood there already for the same citizen.
    pub(super) repeated: u64,
    /// Its facts in the fresh index.
    pub(super) facts: u64,
    /// Open facts of its source in the index in use, and how many of them it does not tell.
    pub(super) known: u64,
    pub(super) untold: u64,
}

impl OfExtract {
    pub(super) fn and(&mut self, other: Self) {
        self.repeated += other.repeated;
        self.facts += other.facts;
        self.known += other.known;
        self.untold += other.untold;
    }
}

/// A part, ready to be written.
#[derive(Debug)]
pub(super) struct Joined {
    /// In order: who, the day of the register's last answer, where the row ends in `bodies`, each behind the one before.
    pub(super) citizens: Vec<(Pseudonym, i32, usize)>,
    pub(super) bodies: Vec<u8>,
    /// By extract.
    pub(super) extracts: Vec<OfExtract>,
    nonces: Nonces,
}

/// A fact on its way into a row.
struct Kept<'a> {
    key: u64,
    /// Out of which extract.
    extract: Option<usize>,
    is_open: bool,
    bytes: FactBytes<'a>,
}

enum FactBytes<'a> {
    New(&'a [u8]),
    Old(Vec<u8>),
}

impl FactBytes<'_> {
    fn get(&self) -> &[u8] {
        match self {
            Self::New(bytes) => bytes,
            Self::Old(bytes) => bytes,
        }
    }
}

impl Joining<'_> {
    /// Joins the rows of a part with the citizens of the index in use whose pseudonyms begin alike.
    pub(super) fn part(&self, rows: &[u8], old: Vec<OldCitizen>) -> Result<Joined, BuildError> {
        // A row is no longer in the index than on its way there, but for a few bytes.
        let bodies = Vec::with_capacity(rows.len());
        let rows = row::rows(rows).into_iter().filter(|row| self.replaces[row.source()]);
        // Eight bytes of the pseudonym tell most citizens apart, and stand where the comparison is.
        let mut rows: Vec<(u64, Row<'_>)> = rows.map(|row| (row.begins(), row)).collect();
        rows.sort_unstable_by(|(one, row), (other, another)| {
            one.cmp(other).then_with(|| row.order().cmp(another.order()))
        });
        let rows: Vec<Row<'_>> = rows.into_iter().map(|(_, row)| row).collect();
        let mut joined = Joined {
            citizens: Vec::new(),
            bodies,
            extracts: vec![OfExtract::default(); self.replaces.len()],
            nonces: Nonces::default(),
        };
        let mut old = old.into_iter().peekable();
        let mut rest = rows.as_slice();
        while let Some(first) = rest.first() {
            let who = first.who();
            while let Some(before) = old.next_if(|citizen| citizen.who < who) {
                self.citizen(before.who, &[], Some(&before), &mut joined)?;
            }
            let count = rest.iter().take_while(|row| row.who() == who).count();
            let (own, more) = rest.split_at(count);
            let known = old.next_if(|citizen| citizen.who == who);
            self.citizen(who, own, known.as_ref(), &mut joined)?;
            rest = more;
        }
        old.try_for_each(|citizen| self.citizen(citizen.who, &[], Some(&citizen), &mut joined))?;
        Ok(joined)
    }

    fn citizen(
        &self,
        who: Pseudonym,
        rows: &[Row<'_>],
        old: Option<&OldCitizen>,
        joined: &mut Joined,
    ) -> Result<(), BuildError> {
        let mut facts: Vec<Kept<'_>> = Vec::with_capacity(rows.len());
        for fact in old.into_iter().flat_map(|old| &old.row.facts) {
            match self.replaced.get(usize::from(fact.source.0)).copied().flatten() {
                Some(extract) => {
                    let is_told = || rows.iter().any(|row| row.key() == fact.key && row.source() == extract);
                    let of = &mut joined.extracts[extract];
                    of.known += u64::from(fact.standing == Standing::Open);
                    of.untold += u64::from(fact.standing == Standing::Open && !is_told());
                }
                None => facts.push(self.kept(fact)),
            }
        }
        for (at, row) in rows.iter().enumerate() {
            let of = &mut joined.extracts[row.source()];
            if rows.get(at + 1).is_some_and(|next| next.key() == row.key()) {
                of.repeated += 1;
            } else if let Some(bytes) = row.fact() {
                let (key, extract) = (row.key().0, Some(row.source()));
                facts.push(Kept { key, extract, is_open: row.is_open(), bytes: FactBytes::New(bytes) });
            }
        }
        let goes = self.is_rest_read && !facts.iter().any(|fact| fact.is_open);
        if goes || facts.is_empty() {
            return Ok(());
        }
        facts.iter().filter_map(|fact| fact.extract).for_each(|extract| joined.extracts[extract].facts += 1);
        facts.sort_unstable_by_key(|fact| fact.key);
        let bytes = facts.iter().map(|fact| fact.bytes.get());
        let (asked, bodies) = (old.map_or(NEVER, |old| old.asked), &mut joined.bodies);
        if let Some(old) = old {
            CitizenRow::push(bodies, &old.row.number, old.row.register.as_ref(), bytes);
        } else {
            let sealed = self.seal.seal_with(&mut joined.nonces, &who, &Self::number(rows)?);
            CitizenRow::push(bodies, &sealed, None, bytes);
        }
        joined.citizens.push((who, asked, joined.bodies.len()));
        Ok(())
    }

    /// The number of somebody new. One who was known by a former number was in the index when the files were read, and is not
    /// new.
    fn number(rows: &[Row<'_>]) -> Result<CprNumber, BuildError> {
        rows.iter().find(|row| !row.is_former()).map(|row| row.number()).ok_or(BuildError::Changed)
    }

    fn kept(&self, fact: &IndexedFact) -> Kept<'static> {
        let (key, is_open) = (fact.key.0, fact.is_open(self.today));
        let moved = self.moved.map(|moved| fact.with_codes(|code| moved[usize::from(code.0)]));
        let bytes = postcard::to_stdvec(moved.as_ref().unwrap_or(fact));
        let bytes = FactBytes::Old(bytes.expect("a fact has no part that refuses"));
        Kept { key, extract: None, is_open, bytes }
    }
}
