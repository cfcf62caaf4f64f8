//! What the matchers said, remembered: few combinations of type, law, subject, unit and master stand in millions of rows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::contract::{
    About, CaseType, JoinKeys, Kle, MasterSystem, PartyRole, Record, RecordKind, SourceId, Status, Unit,
};
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
    kinds: Known<Kind>,
    belongings: Known<Belonging>,
    key: Vec<u8>,
}

/// Answers by combination.
struct Known<T> {
    places: HashMap<Box<[u8]>, usize>,
    answers: Vec<T>,
    bytes: usize,
}

impl<T> Known<T> {
    fn new() -> Self {
        Self { places: HashMap::new(), answers: Vec::new(), bytes: 0 }
    }

    fn of(&mut self, key: &[u8], answer: impl FnOnce() -> Result<T, IndexError>) -> Result<&T, IndexError> {
        if let Some(place) = self.places.get(key) {
            return Ok(&self.answers[*place]);
        }
        let answer = answer()?;
        self.bytes += key.len() + size_of::<T>();
        if self.bytes > REMEMBERED_BYTES_MAX {
            *self = Self::new();
        }
        let place = self.answers.len();
        self.answers.push(answer);
        self.places.insert(key.into(), place);
        Ok(&self.answers[place])
    }
}

impl<'a> Remembered<'a> {
    pub(super) fn new(matchers: &'a Matchers<'a>) -> Self {
        Self { matchers, kinds: Known::new(), belongings: Known::new(), key: Vec::new() }
    }

    /// What kind of case the row is.
    pub(super) fn kind(&mut self, source: (u8, &SourceId), line: &Line<'_>) -> Result<&Kind, IndexError> {
        let Matchers { classifier, taking, .. } = self.matchers;
        self.key.clear();
        let stretch = classifier.stretch(line.opened).map_or(u32::MAX, |at| u32::try_from(at).unwrap_or(u32::MAX - 1));
        self.key.extend([source.0, u8::from(line.kind == RecordKind::Case), u8::from(line.uuid.is_some())]);
        self.key.extend(stretch.to_be_bytes());
        for text in [&line.type_code, &line.type_name, &line.template, &line.law, &line.kle] {
            push(&mut self.key, text.as_deref().map(str::as_bytes));
        }
        self.kinds.of(&self.key, || {
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
        self.key.clear();
        self.key.push(source.0);
        push(&mut self.key, line.master_id.as_ref().map(|id| id.as_bytes().as_slice()));
        for text in [&line.master_name, &line.unit, &line.kle] {
            push(&mut self.key, text.as_deref().map(str::as_bytes));
        }
        self.belongings.of(&self.key, || {
            let mut code = |text: &str| self.matchers.code(text);
            Belonging::of(&record(source.1, line), self.matchers.classifier, &mut code)
        })
    }
}

/// With its length before it, no two lists of texts are one key.
fn push(key: &mut Vec<u8>, text: Option<&[u8]>) {
    let length = text.map_or(u32::MAX, |text| u32::try_from(text.len()).unwrap_or(u32::MAX - 1));
    key.extend(length.to_be_bytes());
    key.extend_from_slice(text.unwrap_or_default());
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
        about: About::Stated(vec![line.citizen]),
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
