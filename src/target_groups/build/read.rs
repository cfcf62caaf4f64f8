//! All threads read all files, some megabytes at a time: every line is read strictly, told what it is, and laid into its part.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use glasplade_adapters::contract::{CprNumber, PersonId, Record, Sensitivity, SourceId};

use super::folder::{Extract, Part};
use super::line::{self, Line, Order};
use super::progress::BuildProgress;
use super::remember::{Kind, Matchers, Remembered};
use super::report::Counted;
use super::row::{self, Head};
use super::scan::line_end;
use super::spill::{Buckets, Spill};
use super::trouble::LINE_BYTES_MAX;
use super::{BuildError, LineTrouble};
use crate::audit::{Pseudonym, PseudonymKey};
use crate::people::AliasBook;
use crate::target_groups::Day;
use crate::target_groups::index::{CodeId, JoinKey, KeyMaker};
use crate::target_groups::poll::{Own, RowTrouble, Times};

/// Bytes that a thread reads at a time: few enough to be in the processor's own memory when they are looked at.
const CHUNK_BYTES: u64 = 512 * 1_024;

/// Pseudonyms that a thread remembers; a power of two. They are half a megabyte.
const NAMES: usize = 16 * 1_024;

/// A fact as bytes is never longer: sixteen case numbers and a UUID have eleven each, and the rest some sixty.
const FACT_BYTES_MAX: usize = 512;

/// What reading needs; shared by all threads.
pub(super) struct Reading<'a> {
    pub(super) extracts: &'a [Extract],
    /// By extract.
    pub(super) codes: Vec<CodeId>,
    pub(super) matchers: &'a Matchers<'a>,
    pub(super) pseudonyms: &'a PseudonymKey,
    pub(super) keys: &'a KeyMaker,
    /// None where no former number is known.
    pub(super) aliases: Option<&'a AliasBook>,
    /// Former numbers that the index knows.
    pub(super) formers: &'a HashMap<Pseudonym, Pseudonym>,
    pub(super) spill: &'a Spill,
    pub(super) progress: &'a BuildProgress,
}

/// Some bytes of one file.
struct Chunk<'a> {
    source: u8,
    ordinal: u64,
    part: &'a Part,
    lines_from: Range<u64>,
}

/// What one thread has found.
pub(super) struct Tally {
    /// By extract.
    pub(super) counted: Vec<Counted>,
    /// By extract: a file of it could not be read.
    pub(super) is_unreadable: Vec<bool>,
}

impl Reading<'_> {
    /// Reads everything.
    pub(super) fn all(&self, threads: NonZeroUsize) -> Result<Tally, BuildError> {
        let chunks = self.chunks();
        let total = chunks.iter().map(|chunk| chunk.lines_from.end - chunk.lines_from.start).sum();
        self.progress.bytes_total.store(total, Ordering::Relaxed);
        let (next, beside) = (AtomicUsize::new(0), self.extracts.iter().map(|extract| extract.parts.len()).sum());
        thread::scope(|scope| {
            let hands: Vec<_> =
                (0..threads.get()).map(|_| scope.spawn(|| Hand::new(self).work(&chunks, beside, &next))).collect();
            let mut all = Tally::new(self.extracts.len());
            for hand in hands {
                all.and(&hand.join().expect("reading does not panic")?);
            }
            Ok(all)
        })
    }

    /// Of all files what stands at one height, then what stands a little further down: files of one night are often in one order
    /// of citizens.
    fn chunks(&self) -> Vec<Chunk<'_>> {
        let mut chunks = Vec::new();
        for (source, extract) in (0_u8..).zip(self.extracts) {
            for (ordinal, part) in (0_u64..).zip(&extract.parts) {
                let mut begin = part.body.start;
                while begin < part.body.end {
                    let end = part.body.end.min(begin + CHUNK_BYTES);
                    chunks.push(Chunk { source, ordinal, part, lines_from: begin..end });
                    begin = end;
                }
            }
        }
        chunks.sort_by_key(Chunk::height);
        chunks
    }
}

impl Chunk<'_> {
    /// How far down in its file, in 65,536ths.
    fn height(&self) -> u64 {
        let body = &self.part.body;
        let (at, length) = (self.lines_from.start - body.start, body.end - body.start);
        u64::try_from((u128::from(at) << 16) / u128::from(length.max(1))).unwrap_or(u64::MAX)
    }
}

impl Tally {
    fn new(extracts: usize) -> Self {
        Self { counted: vec![Counted::default(); extracts], is_unreadable: vec![false; extracts] }
    }

    fn and(&mut self, other: &Self) {
        self.counted.iter_mut().zip(&other.counted).for_each(|(mine, others)| mine.and(others));
        self.is_unreadable.iter_mut().zip(&other.is_unreadable).for_each(|(mine, others)| *mine |= others);
    }
}

/// One thread.
struct Hand<'a> {
    reading: &'a Reading<'a>,
    remembered: Remembered<'a>,
    buckets: Buckets<'a>,
    tally: Tally,
    bytes: Vec<u8>,
    fact: [u8; FACT_BYTES_MAX],
    order: Order,
    /// By the number's place: rows of one citizen often stand together, also those of different files.
    names: Vec<Option<(CprNumber, Pseudonym)>>,
}

impl<'a> Hand<'a> {
    fn new(reading: &'a Reading<'a>) -> Self {
        Self {
            reading,
            remembered: Remembered::new(reading.matchers),
            buckets: Buckets::new(reading.spill),
            tally: Tally::new(reading.extracts.len()),
            bytes: Vec::new(),
            fact: [0; FACT_BYTES_MAX],
            order: Order::new(),
            names: vec![None; NAMES],
        }
    }

    /// Takes so many chunks at a time as stand beside each other in the files.
    fn work(mut self, chunks: &[Chunk<'_>], beside: usize, next: &AtomicUsize) -> Result<Tally, BuildError> {
        let taken = || chunks.chunks(beside.max(1)).nth(next.fetch_add(1, Ordering::Relaxed));
        for chunk in std::iter::from_fn(taken).flatten() {
            self.reading.progress.go_on()?;
            let mut bytes = std::mem::take(&mut self.bytes);
            if read(chunk, &mut bytes).is_ok() {
                self.lines(chunk, &bytes)?;
            } else {
                self.tally.is_unreadable[usize::from(chunk.source)] = true;
            }
            self.bytes = bytes;
            let read = chunk.lines_from.end - chunk.lines_from.start;
            self.reading.progress.bytes.fetch_add(read, Ordering::Relaxed);
        }
        self.buckets.finish()?;
        Ok(self.tally)
    }

    /// Takes the lines that begin in the chunk.
    fn lines(&mut self, chunk: &Chunk<'_>, bytes: &[u8]) -> Result<(), BuildError> {
        let from = reads_from(chunk);
        let mut at = if from == chunk.lines_from.start {
            0
        } else {
            // A line that began before is the chunk's before.
            let Some(end) = line_end(bytes) else { return Ok(()) };
            end + 1
        };
        let (begin, mut rows, mut filled) = (at, 0, Line::default());
        let valid = valid(&bytes[begin..]);
        while from + (at as u64) < chunk.lines_from.end {
            let rest = &bytes[at..];
            let end = line_end(rest);
            let line = &rest[..end.unwrap_or(rest.len())];
            rows += 1;
            let text = valid.get(at - begin..at - begin + line.len());
            self.line(chunk, from + at as u64, (line, text), &mut filled)?;
            // The longest line fits behind a chunk: one without an end is too long, and nothing else begins here.
            let Some(end) = end else { break };
            at += end + 1;
        }
        self.reading.progress.rows.fetch_add(rows, Ordering::Relaxed);
        Ok(())
    }

    /// Takes a line. `text` is the same, where it is known to be one.
    fn line<'line>(
        &mut self,
        chunk: &Chunk<'_>,
        at: u64,
        (bytes, text): (&'line [u8], Option<&'line str>),
        filled: &mut Line<'line>,
    ) -> Result<(), BuildError> {
        let source = usize::from(chunk.source);
        self.tally.counted[source].rows.rows += 1;
        let read = if bytes.len() > LINE_BYTES_MAX {
            Err(LineTrouble::TooLong)
        } else {
            let text = text.or_else(|| std::str::from_utf8(bytes).ok()).ok_or(LineTrouble::NotUtf8);
            text.and_then(|text| line::read(text, &mut self.order, filled))
        };
        match read {
            Ok(()) => self.take(chunk, at, filled),
            Err(trouble) => {
                let counted = &mut self.tally.counted[source];
                counted.lines[trouble as usize] += 1;
                counted.rows.add(RowTrouble::Unreadable, 1);
                Ok(())
            }
        }
    }

    fn take(&mut self, chunk: &Chunk<'_>, at: u64, line: &Line<'_>) -> Result<(), BuildError> {
        let reading = self.reading;
        let id = &reading.extracts[usize::from(chunk.source)].source;
        let counts = &mut self.tally.counted[usize::from(chunk.source)].rows;
        let source = (chunk.source, id);
        let kind = self.remembered.kind(source, line)?;
        if matches!(kind, Kind::Anonymous) {
            counts.add(RowTrouble::AnonymousTreatment, 1);
            return Ok(());
        }
        let Some(PersonId::Cpr(number)) = line.citizen else {
            counts.add(RowTrouble::ReplacementNumber, 1);
            return Ok(());
        };
        let last_day = Record::last_day_of(line.opened, line.closed);
        let times = Times { status: line.status, opened: line.opened, last_day, last_changed: line.last_changed };
        let taking = reading.matchers.taking;
        let nature = match kind {
            Kind::AskedFor(nature) if taking.is_in_time(id, &times) => Some(*nature),
            _ => None,
        };
        let number = reading.aliases.map_or(number, |aliases| aliases.in_force(&number));
        let name = &mut self.names[place(&number)];
        let own = match name {
            Some((known, own)) if *known == number => *own,
            _ => name.insert((number, reading.pseudonyms.of(&number))).1,
        };
        let former = reading.formers.get(&own);
        let mut head = Head {
            who: former.copied().unwrap_or(own),
            key: reading.keys.fact(id.as_str(), &line.id),
            place: chunk.ordinal << 48 | at,
            source: chunk.source,
            is_open: false,
            is_former: former.is_some(),
            number,
        };
        let part = head.who.bytes()[0];
        let Some(nature) = nature else {
            // An earlier row of the same case may say otherwise, and this one counts.
            row::push(self.buckets.block(part), &head, &[]);
            return self.buckets.pushed(part);
        };
        let belonging = self.remembered.belonging(source, line)?;
        let own = Own {
            key: head.key,
            joins: joins(reading.keys, line, belonging.owner.as_ref()),
            stated_level: line.sensitivity.map_or(0, Sensitivity::level),
            is_screened: line.is_screened,
            is_active: line.status.is_active(),
            opened: line.opened,
            last_day,
        };
        let fact = own.fact(reading.codes[usize::from(chunk.source)], &nature, belonging, taking);
        head.is_open = fact.is_open(Day::of(taking.today()));
        let bytes = postcard::to_slice(&fact, &mut self.fact).expect("a fact is shorter");
        counts.taken += 1;
        row::push(self.buckets.block(part), &head, bytes);
        self.buckets.pushed(part)
    }
}

/// Where a number's pseudonym is remembered.
fn place(number: &CprNumber) -> usize {
    let digits = number.expose().bytes().fold(0_u64, |all, digit| all * 10 + u64::from(digit - b'0'));
    // Numbers of one day, and of one serial on many days, go to different places.
    usize::try_from(digits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - NAMES.ilog2())).unwrap_or_default()
}

fn joins(keys: &KeyMaker, line: &Line<'_>, owner: Option<&SourceId>) -> Vec<JoinKey> {
    let mut joins = Vec::with_capacity(line.numbers.len() + 1);
    joins.extend(line.uuid.map(|uuid| keys.uuid(uuid)));
    if let Some(owner) = owner {
        joins.extend(line.numbers.iter().map(|number| keys.number(owner.as_str(), number)));
    }
    joins
}

/// As much as is valid UTF-8, from the beginning: all in one look, unless a line is not, or the last one is cut off.
fn valid(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes)
        .unwrap_or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default())
}

/// The byte before a chunk tells whether a line begins with it.
fn reads_from(chunk: &Chunk<'_>) -> u64 {
    let begin = chunk.lines_from.start;
    if begin == chunk.part.body.start { begin } else { begin - 1 }
}

/// Reads a chunk and whatever the last line in it may have behind it. The file is as long as it was.
fn read(chunk: &Chunk<'_>, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let Part { file, body, length } = chunk.part;
    if file.metadata()?.len() != *length {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let from = reads_from(chunk);
    let until = body.end.min(chunk.lines_from.end + LINE_BYTES_MAX as u64 + 1);
    bytes.resize(usize::try_from(until - from).expect("some megabytes"), 0);
    file.read_exact_at(bytes, from)
}
