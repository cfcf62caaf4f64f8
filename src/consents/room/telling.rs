//! What a unit is told of a consent: its own, and no more of it than it may know.

use glasplade_adapters::contract::PersonFacts;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Act, Consents, Recorded, Subject, recorder};
use crate::consents::sight::{Sight, sight};
use crate::consents::view::Telling;
use crate::consents::{Citizen, ConsentView, Event, History, NotRecorded, Recorder, Standing};

impl Consents {
    /// The citizen as somebody is told of them: nothing of the register's to whom has only named a number.
    pub(super) fn citizen_told(&self, subject: Option<Subject<'_>>) -> Option<Citizen> {
        self.citizen(subject.filter(|subject| subject.is_seen)?.facts)
    }

    pub(super) fn citizen(&self, facts: Option<&PersonFacts>) -> Option<Citizen> {
        facts.and_then(|facts| Citizen::of(facts, &self.pseudonyms))
    }

    /// A consent of this unit, and of this citizen where one is given. All others look as if there were none.
    pub(super) fn own(
        &self,
        consent: Uuid,
        subject: Option<Subject<'_>>,
        recorder: &Recorder,
        now: Timestamp,
    ) -> Result<(Vec<Event>, Standing), NotRecorded> {
        let events = self.ledger()?.of_consent(consent)?;
        let is_theirs = |event: &Event| subject.is_none_or(|subject| subject.numbers.contains(&event.citizen));
        if !events.first().is_some_and(is_theirs) || !self.concerns(&events, recorder) {
            return Err(NotRecorded::Unknown);
        }
        let citizen = self.citizen_told(subject);
        let standing = History(&events).standing(citizen.as_ref(), &self.checks.rules, now);
        Ok((events, standing))
    }

    /// Recorded by the unit, from it, or to it.
    pub(super) fn concerns(&self, events: &[Event], recorder: &Recorder) -> bool {
        let basis = (&self.checks.rules, &self.checks.codes);
        sight(events, &recorder.unit, None, basis, self.clock.now()).is_some()
    }

    pub(super) fn told(
        &self,
        act: Act<'_>,
        consent: Uuid,
        subject: Subject<'_>,
        is_new: bool,
    ) -> Result<Recorded, NotRecorded> {
        self.told_as(act, consent, subject, is_new, None)
    }

    pub(super) fn told_as(
        &self,
        act: Act<'_>,
        consent: Uuid,
        subject: Subject<'_>,
        is_new: bool,
        most: Option<Sight>,
    ) -> Result<Recorded, NotRecorded> {
        let events = self.ledger()?.of_consent(consent)?;
        let view = self.view(act, &recorder(act)?, &events, subject, most, self.clock.now());
        Ok(Recorded { view: view.ok_or(NotRecorded::Unknown)?, is_new })
    }

    /// One consent as the caller's unit is told it, at most so much of it; `None` where it is none of its own.
    pub(super) fn view(
        &self,
        act: Act<'_>,
        recorder: &Recorder,
        events: &[Event],
        subject: Subject<'_>,
        most: Option<Sight>,
        now: Timestamp,
    ) -> Option<ConsentView> {
        let (citizen, told) = (self.citizen(subject.facts), self.citizen_told(Some(subject)));
        let basis = (&self.checks.rules, &self.checks.codes);
        let sight = sight(events, &recorder.unit, citizen.as_ref(), basis, now)?;
        let standing = &History(events).standing(told.as_ref(), &self.checks.rules, now);
        let (unit, language) = (recorder.unit.as_str(), act.language);
        let telling = Telling { events, standing, tells_register: subject.is_seen, unit, language };
        self.words().view(telling, most.unwrap_or(sight))
    }
}
