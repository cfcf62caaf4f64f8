//! The room: consents are recorded, added to, taken back and read. Each event is in the audit before it is in the ledger.

mod telling;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::hmac;
use glasplade_adapters::contract::{Clock, PersonFacts};
use jiff::Timestamp;
use uuid::Uuid;

use super::asked::{Checks, Known};
use super::commit::{Commit, twin_of};
use super::in_force::{self, Basis};
use super::ledger::{ConsentLedger, RequestKey};
use super::refuser;
use super::sight::Sight;
use super::view::Words;
use super::{Answer, Asked, Citizen, ConsentView, Event, History, InForce, NotRecorded, Recorder, SignatureAsked};
use super::{State, Unfit, What, Withdrawal};
use crate::access::Caller;
use crate::audit::{Audit, AuditedEvent, Pseudonym, PseudonymKey, Request, entry_id};
use crate::config::{Config, Language, Texts};
use crate::random::Random;
use crate::store::LedgerError;

/// What sets the MACs of clients' requests apart from everything else under the pseudonym key.
const REQUESTS: &str = "consent requests";
/// What sets the MACs of case references apart from those of requests.
const CASES: &[u8] = b"case_ref";
/// Consents that one entry tells of at most: an entry is short.
const TOLD_IN_ONE: usize = 100;

/// The room.
#[derive(Debug)]
pub struct Consents {
    ledger: Option<Arc<ConsentLedger>>,
    checks: Checks,
    texts: Texts,
    pseudonyms: Arc<PseudonymKey>,
    requests: hmac::Key,
    audit: Arc<Audit>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// What the house lends to the room.
#[derive(Debug, Clone)]
pub struct Lent {
    /// The key of pseudonyms.
    pub pseudonyms: Arc<PseudonymKey>,
    /// The audit.
    pub audit: Arc<Audit>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// Who does something with a consent, and in which request.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The registrar.
    pub caller: &'a Caller,
    /// The request.
    pub request: &'a Request,
    /// The language of the answer.
    pub language: Language,
}

/// The citizen of a consent, as the register says now.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The pseudonym of the number in force.
    pub number: Pseudonym,
    /// All of the citizen's numbers.
    pub numbers: &'a [Pseudonym],
    /// What the register says; `None` where it has no word.
    pub facts: Option<&'a PersonFacts>,
    /// The registrar's own look-up has shown something of the citizen. Only then is told what rests on the register: who
    /// names anybody's number learns nothing of them.
    pub is_seen: bool,
}

/// What came of a request.
#[derive(Debug)]
pub struct Recorded {
    /// The consent as it stands.
    pub view: ConsentView,
    /// It was recorded now, and not by the same request before.
    pub is_new: bool,
}

/// Whose consents are searched.
#[derive(Debug, Clone, Copy)]
pub enum Search<'a> {
    /// Of a citizen.
    Of(Subject<'a>),
    /// Of a case; whose it is, and whether the registrar is close to them, is not known: that there are consents is told,
    /// and not what they are about. Those about the registrar in person are left out.
    Case(&'a str, Option<Pseudonym>),
}

impl Consents {
    /// The room of a configuration; without a file nothing is recorded, and nothing is open.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn open(config: &Config, lent: Lent) -> Result<Arc<Self>, LedgerError> {
        let file = config.service.consents.file.as_deref();
        let ledger = file.map(ConsentLedger::open).transpose()?.map(Arc::new);
        let requests = hmac::Key::new(hmac::HMAC_SHA256, &lent.pseudonyms.derive(REQUESTS));
        let Lent { pseudonyms, audit, clock, random } = lent;
        let (checks, texts) = (Checks::new(config), config.texts.clone());
        Ok(Arc::new(Self { ledger, checks, texts, pseudonyms, requests, audit, clock, random }))
    }

    /// A ledger is configured.
    pub fn is_configured(&self) -> bool {
        self.ledger.is_some()
    }

    /// What the consents of whoever has these numbers open and close now; `facts` is `None` while the register has no word.
    /// Read anew each time: one indexed query.
    ///
    /// # Errors
    /// [`LedgerError`]: then nothing may be shown on a consent.
    pub fn in_force(
        &self,
        numbers: &[Pseudonym],
        facts: Option<&PersonFacts>,
        now: Timestamp,
    ) -> Result<InForce, LedgerError> {
        let (events, revision) = match &self.ledger {
            Some(ledger) => ledger.of_citizen(numbers)?,
            None => (Vec::new(), 0),
        };
        let citizen = self.citizen(facts);
        let basis = Basis { citizen: citizen.as_ref(), rules: &self.checks.rules, codes: &self.checks.codes, now };
        Ok(in_force::in_force(&events, revision, basis))
    }

    /// The same as it was known at a moment, for a decision that is made again: events that were recorded later are left out.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn in_force_then(
        &self,
        numbers: &[Pseudonym],
        facts: Option<&PersonFacts>,
        then: Timestamp,
    ) -> Result<InForce, LedgerError> {
        let mut events = match &self.ledger {
            Some(ledger) => ledger.of_citizen(numbers)?.0,
            None => Vec::new(),
        };
        events.retain(|event| event.recorded_at <= then);
        let citizen = self.citizen(facts);
        let basis =
            Basis { citizen: citizen.as_ref(), rules: &self.checks.rules, codes: &self.checks.codes, now: then };
        Ok(in_force::in_force(&events, 0, basis))
    }

    /// Grows with every event about the citizen; 0 while there is none.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn revision(&self, numbers: &[Pseudonym]) -> Result<u64, LedgerError> {
        self.ledger.as_ref().map_or(Ok(0), |ledger| ledger.revision(numbers))
    }

    /// A client's key for one request. Both are kept as MACs: nobody knows what a client writes into a key.
    pub fn request_key(&self, caller: &Caller, route: &str, key: &str, body: &[u8]) -> ConsentKey {
        let owner = [caller.employee().as_str(), caller.client_id().unwrap_or_default(), route].map(str::as_bytes);
        let key = self.mac(&[owner[0], owner[1], key.as_bytes()]);
        ConsentKey(RequestKey { key, request: self.mac(&[owner[2], body]) })
    }

    fn mac(&self, parts: &[&[u8]]) -> String {
        let mut mac = hmac::Context::with_key(&self.requests);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        crate::hex(mac.sign().as_ref())
    }

    /// Records what a citizen was asked, or answered.
    ///
    /// # Errors
    /// [`NotRecorded`]; then nothing was.
    pub async fn record(
        &self,
        act: Act<'_>,
        subject: Subject<'_>,
        asked: &Asked,
        key: Option<&ConsentKey>,
    ) -> Result<Recorded, NotRecorded> {
        if let Some(known) = self.repeated(act, subject, key).await? {
            return Ok(known);
        }
        let (recorder, citizen, now) = (recorder(act)?, self.citizen(subject.facts), self.clock.now());
        let known = self.known(citizen.as_ref(), subject, now);
        let terms = Box::new(self.checks.terms(asked, &recorder, known)?);
        let signature = terms.signature.clone();
        let what = match asked.answer {
            Answer::Requested => What::Requested(terms),
            Answer::Given => What::Given(terms),
            Answer::Refused => What::Refused(terms),
        };
        let consent = self.fresh_id(now);
        let event = |consent, what| self.event(consent, subject.number, &recorder, now, what);
        let mut events = vec![event(consent, what)];
        // A double click, a portal that tries again without a key: one consent, so that its withdrawal leaves no twin.
        if let Some(twin) = twin_of(&self.ledger()?.of_citizen(subject.numbers)?.0, &events[0], asked.supersedes) {
            self.read_again(act, twin, &subject.number).await?;
            return self.told(act, twin, subject, false);
        }
        if let Some(old) = asked.supersedes {
            let (history, standing) = self.own(old, Some(subject), &recorder, now)?;
            let is_refused = standing.state == State::Refused;
            if !standing.state.is_open() && !is_refused {
                return Err(NotRecorded::NotOpen(standing.state));
            }
            if is_refused && !refuser::has_spoken(History(&history), asked.answer, &signature) {
                return Err(Unfit::NotTheRefuser.into());
            }
            let mut replaced = event(old, What::Superseded { by: consent });
            replaced.citizen = history[0].citizen;
            events.push(replaced);
        }
        let new = Some((subject.numbers.to_vec(), asked.supersedes));
        match self.commit(act, events, key, new).await {
            Ok(None) => self.told(act, consent, subject, true),
            // The same, a moment ago.
            Ok(Some(twin)) => self.told(act, twin, subject, false),
            // Another process took the same request a moment ago.
            Err(error) => self.repeated(act, subject, key).await?.ok_or(error),
        }
    }

    /// Adds one more answer to a consent.
    ///
    /// # Errors
    /// [`NotRecorded`]; [`NotRecorded::Unknown`] for every consent that is not this citizen's and this unit's.
    pub async fn join(
        &self,
        act: Act<'_>,
        subject: Subject<'_>,
        consent: Uuid,
        (is_yes, asked): (bool, &SignatureAsked),
        key: Option<&ConsentKey>,
    ) -> Result<Recorded, NotRecorded> {
        if let Some(known) = self.repeated(act, subject, key).await? {
            return Ok(known);
        }
        let (recorder, citizen, now) = (recorder(act)?, self.citizen(subject.facts), self.clock.now());
        let (events, standing) = self.own(consent, Some(subject), &recorder, now)?;
        if !standing.state.is_open() {
            return Err(NotRecorded::NotOpen(standing.state));
        }
        let history = History(&events);
        let terms = history.terms().ok_or(NotRecorded::Unknown)?;
        let known = self.known(citizen.as_ref(), subject, now);
        let signature = self.checks.signature(asked, &terms.categories, known)?;
        if signature.by.is_empty() {
            return Err(Unfit::Givers.into());
        }
        if signature.evidence.is_none() {
            return Err(Unfit::Text("evidence").into());
        }
        if is_yes && signature.by.iter().all(|giver| history.yes().any(|one| one.by.contains(giver))) {
            return Err(Unfit::AlreadyAnswered.into());
        }
        if !is_yes {
            self.checks.no(&signature, &terms.categories, known)?;
        }
        let what = if is_yes { What::Joined(signature) } else { What::Declined(signature) };
        let event = self.event(consent, events[0].citizen, &recorder, now, what);
        match self.commit(act, vec![event], key, None).await {
            Ok(_) => self.told(act, consent, subject, true),
            Err(error) => self.repeated(act, subject, key).await?.ok_or(error),
        }
    }

    /// Takes a consent back, or ends it with its case. It closes, so that it needs no number and no word of the register;
    /// `registrar` is the registrar in person, who never does it for themselves. Twice is once.
    ///
    /// To take a refusal back opens: that needs its `subject`, to whom the registrar is nobody close, who said no, and where
    /// it is filed.
    ///
    /// # Errors
    /// [`NotRecorded`].
    pub async fn revoke(
        &self,
        act: Act<'_>,
        consent: Uuid,
        withdrawal: Option<Withdrawal>,
        (registrar, subject): (Option<Pseudonym>, Option<Subject<'_>>),
    ) -> Result<Recorded, NotRecorded> {
        let (recorder, now) = (recorder(act)?, self.clock.now());
        if let Some(evidence) = withdrawal.as_ref().and_then(|one| one.evidence.as_deref()) {
            super::asked::text("evidence", evidence)?;
        }
        let (events, standing) = self.own(consent, subject, &recorder, now)?;
        let citizen = events[0].citizen;
        if registrar == Some(citizen) {
            return Err(NotRecorded::Unknown);
        }
        if let Some(withdrawal) = withdrawal.as_ref().filter(|_| standing.state == State::Refused) {
            if subject.is_none() {
                return Err(Unfit::RefusalNeedsCitizen.into());
            }
            if withdrawal.evidence.is_none() {
                return Err(Unfit::Text("evidence").into());
            }
            if !refuser::withdraws(History(&events), withdrawal.by) {
                return Err(Unfit::NotTheRefuser.into());
            }
        }
        let what = withdrawal.map_or(What::CaseEnded, What::Withdrawn);
        let of_nobody = Subject { number: citizen, numbers: &[citizen], facts: None, is_seen: false };
        let subject = subject.unwrap_or(of_nobody);
        if events.iter().any(|event| event.what.word() == what.word()) {
            self.read_again(act, consent, &citizen).await?;
            // Nothing was done, so that nothing is owed to the journal: by id alone anybody's could be read.
            return self.told_as(act, consent, subject, false, Some(Sight::Brief));
        }
        let event = self.event(consent, citizen, &recorder, now, what);
        self.commit(act, vec![event], None, None).await?;
        self.told(act, consent, subject, true)
    }

    /// The consents of a citizen or a case that are those of the caller's own unit: recorded by it, from it or to it. The
    /// newest first. What is told of whom stands in the audit first.
    ///
    /// # Errors
    /// [`NotRecorded`].
    pub async fn search(&self, act: Act<'_>, search: Search<'_>) -> Result<Vec<ConsentView>, NotRecorded> {
        let (recorder, now) = (recorder(act)?, self.clock.now());
        let ledger = self.ledger()?;
        let (events, subject) = match search {
            Search::Of(subject) => (ledger.of_citizen(subject.numbers)?.0, Some(subject)),
            Search::Case(case_ref, registrar) => {
                let mut events = ledger.of_case(case_ref)?;
                events.retain(|event| Some(event.citizen) != registrar);
                (events, None)
            }
        };
        let whose = |events: &[Event]| {
            Some(Subject { number: events.first()?.citizen, numbers: &[], facts: None, is_seen: false })
        };
        let most = if subject.is_none() { Some(Sight::Brief) } else { None };
        let view = |events: &Vec<Event>| {
            let subject = subject.or_else(|| whose(events))?;
            let view = self.view(act, &recorder, events, subject, most, now)?;
            Some((subject.number, view))
        };
        let consents = in_force::by_consent(&events);
        let found: Vec<(Pseudonym, ConsentView)> = consents.values().rev().filter_map(view).collect();
        let case = match search {
            Search::Of(_) => None,
            Search::Case(case_ref, _) => Some(self.mac(&[CASES, case_ref.as_bytes()])),
        };
        let citizen = subject.map(|subject| subject.number);
        self.put_told(act, (citizen, case), &found).await?;
        Ok(found.into_iter().map(|(_, view)| view).collect())
    }

    /// One entry for the search, and one for each citizen who is told of, so that a search for whom somebody was told of
    /// finds it.
    async fn put_told(
        &self,
        act: Act<'_>,
        (citizen, case): (Option<Pseudonym>, Option<String>),
        found: &[(Pseudonym, ConsentView)],
    ) -> Result<(), NotRecorded> {
        let searched = [("found".to_owned(), found.len().to_string())];
        let facts = searched.into_iter().chain(case.map(|case| ("case".to_owned(), case)));
        let event = AuditedEvent { what: "consents_searched".to_owned(), id: None, facts: facts.collect() };
        self.audit.record(act.request, Some(act.caller), citizen.as_ref(), event).await?;
        let mut told: BTreeMap<Pseudonym, Vec<String>> = BTreeMap::new();
        for (citizen, view) in found {
            told.entry(*citizen).or_default().push(view.id().to_string());
        }
        for (citizen, ids) in told {
            for ids in ids.chunks(TOLD_IN_ONE) {
                let facts = [("ids".to_owned(), ids.join(" "))].into();
                let event = AuditedEvent { what: "consents_told".to_owned(), id: None, facts };
                self.audit.record(act.request, Some(act.caller), Some(&citizen), event).await?;
            }
        }
        Ok(())
    }

    fn ledger(&self) -> Result<&Arc<ConsentLedger>, NotRecorded> {
        self.ledger.as_ref().ok_or(NotRecorded::NotConfigured)
    }

    /// Every event, for the demo's own.
    #[cfg(feature = "fakes")]
    pub(super) fn all(&self) -> Result<Vec<Event>, NotRecorded> {
        Ok(self.ledger()?.rows()?.into_iter().filter_map(|row| row.event).collect())
    }

    #[cfg(feature = "fakes")]
    pub(super) fn audit(&self) -> &Audit {
        &self.audit
    }

    fn words(&self) -> Words<'_> {
        Words { texts: &self.texts, checks: &self.checks }
    }

    fn known<'a>(&'a self, citizen: Option<&'a Citizen>, subject: Subject<'_>, now: Timestamp) -> Known<'a> {
        Known { citizen, key: &self.pseudonyms, now, tells_register: subject.is_seen }
    }

    fn fresh_id(&self, now: Timestamp) -> Uuid {
        let mut random = [0_u8; 10];
        self.random.fill(&mut random);
        entry_id(now, random)
    }

    fn event(&self, consent: Uuid, citizen: Pseudonym, by: &Recorder, now: Timestamp, what: What) -> Event {
        Event { id: self.fresh_id(now), consent, citizen, recorded_at: now, recorded_by: by.clone(), what }
    }

    /// What is told again without anything new in the ledger is in the audit all the same.
    async fn read_again(&self, act: Act<'_>, consent: Uuid, citizen: &Pseudonym) -> Result<(), NotRecorded> {
        let event = AuditedEvent { what: "consent_repeated".to_owned(), id: Some(consent), ..AuditedEvent::default() };
        Ok(self.audit.record(act.request, Some(act.caller), Some(citizen), event).await?)
    }

    /// What the same request made before; another request under the same key is refused.
    async fn repeated(
        &self,
        act: Act<'_>,
        subject: Subject<'_>,
        key: Option<&ConsentKey>,
    ) -> Result<Option<Recorded>, NotRecorded> {
        let Some(ConsentKey(key)) = key else { return Ok(None) };
        match self.ledger()?.of_request(&key.key)? {
            None => Ok(None),
            Some((_, request)) if request != key.request => Err(NotRecorded::KeyUsedOtherwise),
            Some((consent, _)) => {
                self.read_again(act, consent, &subject.number).await?;
                self.told(act, consent, subject, false).map(Some)
            }
        }
    }

    async fn commit(
        &self,
        act: Act<'_>,
        events: Vec<Event>,
        key: Option<&ConsentKey>,
        new: Option<(Vec<Pseudonym>, Option<Uuid>)>,
    ) -> Result<Option<Uuid>, NotRecorded> {
        let (ledger, audit) = (Arc::clone(self.ledger()?), Arc::clone(&self.audit));
        let (request, caller, key) = (act.request.clone(), act.caller.clone(), key.map(|key| key.0.clone()));
        Commit { ledger, audit, request, caller, events, key, new }.run().await
    }
}

/// A client's key for one request.
#[derive(Debug, Clone)]
pub struct ConsentKey(RequestKey);

fn recorder(act: Act<'_>) -> Result<Recorder, NotRecorded> {
    Recorder::of(act.caller).ok_or(NotRecorded::Unfit(Unfit::NoUnit))
}
