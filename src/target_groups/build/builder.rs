//! The whole of a build: the files are read and sorted, joined with the index in use, and a fresh one takes its place.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use glasplade_adapters::contract::{SourceId, danish_day};
use jiff::Timestamp;

use super::BuildError;
use super::folder::{self, Extract, Found};
use super::join::Joining;
use super::progress::BuildProgress;
use super::read::{Reading, Tally};
use super::remember::Matchers;
use super::report::{BuildReport, Left, SourceBuilt};
use super::spill::Spill;
use super::write::{self, Written};
use crate::config::Config;
use crate::overview::Classifier;
use crate::target_groups::Day;
use crate::target_groups::index::{CodeId, FreshIndex, IndexError, KeyMaker, NumberSeal, Old, TargetIndex};
use crate::target_groups::poll::{
    ACCEPTED, Accepted, Accepts, PollerLent, RowCounts, SOURCE_STATE, Shrank, SourceReading, Taking, Trouble, check_key,
};

/// Builds the index from extracts.
///
/// Memory, whatever the number of rows: a thread has 8 MiB of rows on their way to disk, 8 MiB of remembered answers and 1 MiB of a
/// file and of pseudonyms while it reads, and up to five parts of 256 with the citizens of the index in use while it joins; the fresh
/// index has 8 MiB of pages. Disk: some hundred bytes a row while it is sorted, and the fresh index beside the one in use.
pub struct Builder {
    config: Config,
    index: PathBuf,
    kept: Vec<SourceId>,
    lent: PollerLent,
    threads: NonZeroUsize,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Builder").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// Why the fresh index was not put in place.
enum Failed {
    /// These extracts tell far too little.
    Shrank(Vec<usize>),
    Build(BuildError),
}

impl<E: Into<BuildError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Build(error.into())
    }
}

/// What was read, ready to be written.
struct Ready<'a> {
    found: &'a Found,
    tally: &'a Tally,
    matchers: &'a Matchers<'a>,
    spill: &'a Spill,
    accepts: Option<&'a Accepts>,
    now: Timestamp,
}

impl Builder {
    /// A builder of this index. `kept` are all sources whose facts stand in it, the polled ones among them.
    pub fn new(config: &Config, index: &Path, kept: Vec<SourceId>, lent: PollerLent, threads: NonZeroUsize) -> Self {
        Self { config: config.clone(), index: index.to_owned(), kept, lent, threads }
    }

    /// Builds the index from the extracts in `folder`. `accepts` names a source that may tell far less than before.
    ///
    /// # Errors
    /// [`BuildError`]: the index is as it was. An extract that is not whole is in the report.
    pub fn build(
        &self,
        folder: &Path,
        accepts: Option<&Accepts>,
        progress: &BuildProgress,
    ) -> Result<BuildReport, BuildError> {
        let now = self.lent.clock.now();
        let taking = Taking::on(danish_day(now), &self.config);
        if taking.is_nothing() {
            return Err(BuildError::NothingApproved);
        }
        let (mut index, keys) = (TargetIndex::open(&self.index)?, KeyMaker::new(&self.lent.pseudonyms));
        check_key(&mut index, &keys)?;
        let mut fresh = self.fresh()?;
        let (codes, formers, stands) = index.read(|reading| {
            let stands = self.by_extract().map(|id| Ok((id.clone(), SourceReading::of(reading, id.as_str())?.whole)));
            let stands: Result<Vec<_>, IndexError> = stands.collect();
            Ok::<_, IndexError>((reading.codes().clone(), reading.formers()?, stands?))
        })?;
        let mut found = folder::look(folder, &stands, now)?;
        let classifier = Classifier::new(&self.config);
        let matchers = Matchers { classifier: &classifier, taking: &taking, codes: Mutex::new(codes) };
        let spill = Spill::new(&self.beside(".rows"), &*self.lent.random)?;
        let codes = found.extracts.iter().map(|extract| matchers.code(extract.source.as_str()));
        let reading = Reading {
            extracts: &found.extracts,
            codes: codes.collect::<Result<_, _>>()?,
            matchers: &matchers,
            pseudonyms: &self.lent.pseudonyms,
            keys: &keys,
            aliases: Some(&*self.lent.aliases).filter(|aliases| !aliases.is_empty()),
            formers: &formers,
            spill: &spill,
            progress,
        };
        let tally = reading.all(self.threads)?;
        leave(&mut found.extracts, &tally);
        progress.writes();
        while found.extracts.iter().any(|extract| extract.left.is_none()) {
            let ready = Ready { found: &found, tally: &tally, matchers: &matchers, spill: &spill, accepts, now };
            match index.replace(fresh, |old, fresh| self.write(&ready, old, fresh, progress)) {
                Ok(written) => return Ok(report(&found, &tally, Some(&written))),
                Err(Failed::Build(error)) => return Err(error),
                Err(Failed::Shrank(which)) => {
                    for at in which {
                        found.extracts[at].left = Some(Left::Shrank);
                    }
                    fresh = self.fresh()?;
                }
            }
        }
        index.change(|change| {
            found.extracts.iter().try_for_each(|extract| {
                let state = change.state(SOURCE_STATE, extract.source.as_str())?.unwrap_or_default();
                let state = state_left(state, extract, now);
                state.map_or(Ok(()), |state| change.put_state(SOURCE_STATE, extract.source.as_str(), &state))
            })
        })?;
        Ok(report(&found, &tally, None))
    }

    fn by_extract(&self) -> impl Iterator<Item = &SourceId> {
        let rows = self.config.sources.source.iter();
        // A row says in one byte which extract it is of.
        rows.filter(|row| row.listing.is_by_extract()).map(|row| &row.id).take(usize::from(u8::MAX))
    }

    fn fresh(&self) -> Result<FreshIndex, BuildError> {
        Ok(FreshIndex::begin(&self.index, &crate::hex(&self.lent.random.bytes16()))?)
    }

    /// A name that the next build removes, if this one is killed before it has.
    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.index.as_os_str().to_owned();
        name.push(format!(".of-{}{end}", crate::hex(&self.lent.random.bytes16())));
        PathBuf::from(name)
    }

    fn write(
        &self,
        ready: &Ready<'_>,
        old: &Old<'_>,
        fresh: &mut FreshIndex,
        progress: &BuildProgress,
    ) -> Result<Written, Failed> {
        let (extracts, taking) = (&ready.found.extracts, ready.matchers.taking);
        let replaces: Vec<bool> = extracts.iter().map(|extract| extract.left.is_none()).collect();
        // Another process may have added codes while the files were read.
        let texts: Vec<_> = old.codes().all().map(|(_, text)| text).collect();
        let moved: Vec<CodeId> = texts.iter().map(|text| ready.matchers.code(text)).collect::<Result<_, _>>()?;
        let stays = moved.iter().enumerate().all(|(at, moved)| usize::from(moved.0) == at);
        let by_source = |text: &str| extracts.iter().position(|one| one.left.is_none() && one.source.as_str() == text);
        let by_code: Vec<Option<usize>> = texts.iter().map(|text| by_source(text)).collect();
        let joining = Joining {
            replaces: &replaces,
            replaced: &by_code,
            moved: (!stays).then_some(moved.as_slice()),
            seal: &NumberSeal::new(&self.lent.pseudonyms),
            today: Day::of(taking.today()),
            is_rest_read: self.is_rest_read(old, extracts, taking)?,
        };
        let written = write::citizens(&joining, ready.spill, (old, fresh), progress, self.threads)?;
        let too_much = |at: usize| {
            let of = written.extracts[at];
            Some(Shrank { facts: of.known, untold: of.untold }).filter(|shrank| shrank.is_too_much())
        };
        let accepts = |extract: &Extract| ready.accepts.filter(|accepts| accepts.source == extract.source.as_str());
        let shrank = || extracts.iter().enumerate().filter_map(|(at, extract)| Some((at, extract, too_much(at)?)));
        let refused: Vec<usize> = shrank().filter(|(_, of, _)| accepts(of).is_none()).map(|(at, ..)| at).collect();
        if !refused.is_empty() {
            return Err(Failed::Shrank(refused));
        }
        fresh.take_over(old)?;
        fresh.put_codes(&ready.matchers.codes.lock().unwrap_or_else(PoisonError::into_inner))?;
        for (at, extract) in extracts.iter().enumerate() {
            let source = extract.source.as_str();
            let state = if extract.left.is_none() {
                fresh.clear_seen(source)?;
                let facts = written.extracts[at].facts;
                Some(state_built(extract, ready.tally.counted[at].rows, facts, taking, ready.now))
            } else {
                state_left(old.state(SOURCE_STATE, source)?.unwrap_or_default(), extract, ready.now)
            };
            if let Some(state) = state {
                fresh.put_state(SOURCE_STATE, source, &state)?;
            }
        }
        for (accepts, shrank) in shrank().filter_map(|(_, extract, shrank)| Some((accepts(extract)?, shrank))) {
            let id = self.lent.random.uuid().to_string();
            fresh.put_state(ACCEPTED, &id, &Accepted::new(accepts, shrank, ready.now))?;
        }
        // Nothing is in it that was deleted.
        fresh.put_state("index", "erased", &ready.now)?;
        Ok(written)
    }

    /// Whether all that the sources know is in the index once these extracts are.
    fn is_rest_read(&self, old: &Old<'_>, extracts: &[Extract], taking: &Taking) -> Result<bool, IndexError> {
        let is_replaced = |id: &SourceId| extracts.iter().any(|one| one.left.is_none() && one.source == *id);
        self.kept.iter().filter(|id| !is_replaced(id)).try_fold(true, |all, id| {
            let state: SourceReading = old.state(SOURCE_STATE, id.as_str())?.unwrap_or_default();
            Ok(all && state.complete_as_of(taking).is_some())
        })
    }
}

/// What only the whole reading of a file tells.
fn leave(extracts: &mut [Extract], tally: &Tally) {
    for (at, extract) in extracts.iter_mut().enumerate().filter(|(_, extract)| extract.left.is_none()) {
        let rows = tally.counted[at].rows;
        let unreadable: u64 = tally.counted[at].lines.iter().sum();
        extract.left = if tally.is_unreadable[at] {
            Some(Left::Unreadable)
        } else if rows.rows != extract.rows {
            Some(Left::RowsDiffer)
        } else if unreadable > rows.rows / 5 {
            Some(Left::TooManyTroubles)
        } else {
            None
        };
    }
}

/// The state of a source whose extract stands in the index.
fn state_built(extract: &Extract, rows: RowCounts, facts: u64, taking: &Taking, now: Timestamp) -> SourceReading {
    SourceReading {
        taking: taking.hash().to_owned(),
        whole: extract.as_of,
        whole_tried: extract.as_of,
        whole_ended: Some(now),
        ended: Some(now),
        rows,
        facts,
        ..SourceReading::default()
    }
}

/// The state of a source of which everything stays as it was; `None` when that says so already.
fn state_left(mut state: SourceReading, extract: &Extract, now: Timestamp) -> Option<SourceReading> {
    let trouble = match extract.left? {
        // What stands is newer than the file.
        Left::Older => return None,
        Left::NoFile => Trouble::Unavailable,
        Left::Shrank => Trouble::Shrank,
        _ => Trouble::Malformed,
    };
    state.trouble = Some(trouble);
    state.incomplete_since.get_or_insert(now);
    Some(state)
}

fn report(found: &Found, tally: &Tally, written: Option<&Written>) -> BuildReport {
    let sources = found.extracts.iter().enumerate().map(|(at, extract)| {
        let (counted, of) = (&tally.counted[at], written.map(|written| written.extracts[at]).unwrap_or_default());
        SourceBuilt {
            source: extract.source.to_string(),
            left: extract.left,
            as_of: extract.as_of,
            rows: counted.rows.rows,
            taken: counted.rows.taken,
            repeated: of.repeated,
            troubled_rows: counted.rows.troubled().map(|(trouble, rows)| (trouble.code(), rows)).collect(),
            troubled_lines: counted.troubled(),
            facts: of.facts,
        }
    });
    BuildReport {
        is_replaced: written.is_some(),
        citizens: written.map_or(0, |written| written.citizens),
        sources: sources.collect(),
        files_of_nobody: found.files_of_nobody,
    }
}
