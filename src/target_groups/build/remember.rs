//! What the matchers said, remembered: few combinations of type, law, subject, unit and master stand in millions of rows.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::contract::{
    About, CaseType, JoinKeys, Kle, MasterSystem, PartyRole, Record, RecordKind, SourceId, Status, Unit,
};
use hashbrown::{DefaultHashBuilder, HashTable};
use uuid::Uuid;

use super::line::Line;
use crate::overview::Classifier;
use crate::target_groups::index::{CodeId, Codes, IndexError};
use crate::target_groups::poll::{Belonging, Nature, Taking};

/// Bytes of the combinations that one thread remembers; then it forgets all.
const REMEMBERED_BYTES_MAX: usize = 8 * 1_024 * 1_024;

/// What decides what a row becomes; shared by all threads.
pub(super) struct Matchers<'a> {
    pub(super) classifier: &'a Classifier,
    pub(super) taking: &'a Taking,
    pub(super) codes: Mutex<Codes>,
}

impl Matchers<'_> {
    pub(super) fn code(&self, text: &str) -> Result<CodeId, IndexError> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).id(text).ok_or(IndexError::TooManyCodes)
    }
}

/// What kind of case a row is, as far as the index goes by it.
pub(super) enum Kind {
    /// [DK] anonym behandling: it has no place here.
    Anonymous,
    /// No rule asks for it.
    NotAskedFor,
    /// It is taken when it is in time.
    AskedFor(Nature),
}

/// One thread's memory.
pub(super) struct Remembered<'a> {
    matchers: &'a Matchers<'a>,
    kinds: Known<OfKind, 5, Kind>,
    belongings: Known<OfBelonging, 3, Belonging>,
}

/// Source, whether it is a case, whether it has a UUID, stretch of its first day.
type OfKind = (u8, bool, bool, Option<usize>);

/// Source, master.
type OfBelonging = (u8, Option<Uuid>);

/// Answers by combination of what is short and `N` texts.
///
/// The hash is quick, and random for each process; whoever found combinations that meet all the same would slow down the reading of
/// their own file, within the memory's bounds.
struct Known<H, const N: usize, T> {
    hasher: DefaultHashBuilder,
    combinations: HashTable<Combination<H, N>>,
    answers: Vec<T>,
    bytes: usize,
}

struct Combination<H, const N: usize> {
    hash: u64,
    head: H,
    texts: [Option<Box<str>>; N],
    /// Of its answer.
    place: usize,
}

impl<H: Hash + Eq, const N: usize, T> Known<H, N, T> {
    fn new() -> Self {
        let hasher = DefaultHashBuilder::default();
        Self { hasher, combinations: HashTable::new(), answers: Vec::new(), bytes: 0 }
    }

    fn of(
        &mut self,
        head: H,
        texts: [Option<&str>; N],
        answer: impl FnOnce() -> Result<T, IndexError>,
    ) -> Result<&T, IndexError> {
        let hash = self.hasher.hash_one((&head, &texts));
        let is_it = |known: &Combination<H, N>| {
            let mut both = known.texts.iter().zip(texts);
            known.hash == hash && known.head == head && both.all(|(known, text)| known.as_deref() == text)
        };
        if let Some(known) = self.combinations.find(hash, is_it) {
            return Ok(&self.answers[known.place]);
        }
        let answer = answer()?;
        let lengths: usize = texts.iter().flatten().map(|text| text.len()).sum();
        self.bytes += lengths + size_of::<Combination<H, N>>() + size_of::<T>();
        if self.bytes > REMEMBERED_BYTES_MAX {
            // The hash stays what it is.
            self.combinations.clear();
            self.answers.clear();
            self.bytes = 0;
        }
        let place = self.answers.len();
        self.answers.push(answer);
        let known = Combination { hash, head, texts: texts.map(|text| text.map(Box::from)), place };
        self.combinations.insert_unique(hash, known, |known| known.hash);
        Ok(&self.answers[place])
    }
}

impl<'a> Remembered<'a> {
    pub(super) fn new(matchers: &'a Matchers<'a>) -> Self {
        Self { matchers, kinds: Known::new(), belongings: Known::new() }
    }

    /// What kind of case the row is.
    pub(super) fn kind(&mut self, source: (u8, &SourceId), line: &Line<'_>) -> Result<&Kind, IndexError> {
        let Matchers { classifier, taking, .. } = self.matchers;
        let stretch = classifier.stretch(line.opened);
        let head = (source.0, line.kind == RecordKind::Case, line.uuid.is_some(), stretch);
        let texts = [&line.type_code, &line.type_name, &line.template, &line.law, &line.kle];
        self.kinds.of(head, texts.map(Option::as_deref), || {
            let record = record(source.1, line);
            if classifier.is_anonymous_treatment(&record) {
                return Ok(Kind::Anonymous);
            }
            let category = classifier.classify(&record).category;
            if !taking.is_asked_for(&record, &category.code, classifier) {
                return Ok(Kind::NotAskedFor);
            }
            let mut code = |text: &str| self.matchers.code(text);
            Nature::of(&record, classifier, taking, &mut code).map(Kind::AskedFor)
        })
    }

    /// Whose case the row is.
    pub(super) fn belonging(&mut self, source: (u8, &SourceId), line: &Line<'_>) -> Result<&Belonging, IndexError> {
        let texts = [&line.master_name, &line.unit, &line.kle];
        self.belongings.of((source.0, line.master_id), texts.map(Option::as_deref), || {
            let mut code = |text: &str| self.matchers.code(text);
            Belonging::of(&record(source.1, line), self.matchers.classifier, &mut code)
        })
    }
}

/// The canonical record of a row, as far as matchers go by it.
pub(super) fn record(source: &SourceId, line: &Line<'_>) -> Record {
    let text = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
    let (id, name): (Option<Uuid>, Option<String>) = (line.master_id, text(&line.master_name));
    let master = (id.is_some() || name.is_some()).then_some(MasterSystem { id, name });
    let numbers = line.numbers.iter().map(|number| number.trim().to_owned()).collect();
    Record {
        source: source.clone(),
        native_id: Arc::from(&*line.id),
        kind: line.kind,
        about: About::Stated(line.citizen.into_iter().collect()),
        party_role: PartyRole::Unknown,
        keys: JoinKeys { uuid: line.uuid, numbers, master },
        number: None,
        title: None,
        status: Status::new(line.status, String::new()),
        opened: line.opened,
        closed: line.closed,
        last_changed: line.last_changed,
        deadline: None,
        unit: line.unit.as_deref().map(|id| Unit { id: Some(id.to_owned()), name: None }),
        actors: Vec::new(),
        kle: text(&line.kle).map(|subject| Kle { subject, title: None, facet: None, retired: false }),
        law: text(&line.law),
        case_type: CaseType {
            code: text(&line.type_code),
            name: text(&line.type_name),
            template: text(&line.template),
        },
        sensitivity: line.sensitivity,
        // By whom does not stand in an extract: that it is screened is all that the index keeps.
        screened_to: line.is_screened.then(Uuid::nil).into_iter().collect(),
        relations: Vec::new(),
        consents: Vec::new(),
        link: None,
        flags: Vec::new(),
    }
}
