//! What the named citizens of the demo have said yes and no to before it starts.

use glasplade_adapters::contract::{CprNumber, danish_day, danish_time_zone};
use glasplade_adapters::fake::World;
use glasplade_adapters::fake::population::NAMED;
use jiff::{SignedDuration, Timestamp};

use crate::access::ClassSet;
use crate::audit::{Pseudonym, PseudonymKey, entry_id};
use crate::config::FieldClass;
use crate::consents::{AtRecording, Event, Form, Giver, Recorder, Signature, Terms, What};
use crate::random::Random;

/// The case that every one of them serves: the one in the lines that the demo prints.
const CASE: &str = "DEMO-1";

/// How long ago they were given.
const AGE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Who answered.
enum By {
    /// Whoever it is about.
    Citizen,
    /// The first of those with custody (the mother), or the second.
    Custodian(usize),
}

/// One consent, as a caseworker would tell of it.
struct Story {
    citizen: &'static str,
    is_adult: bool,
    by: &'static [By],
    /// Said no: to the question, or after somebody else had said yes.
    no: &'static [By],
    from: &'static [&'static str],
    to: &'static str,
    categories: &'static [&'static str],
    form: Form,
    /// The language of an interpreter.
    interpreted: Option<&'static str>,
    recorded: (&'static str, &'static str),
}

const COORDINATOR: (&str, &str) = ("az10001", "UUJ-KOORD");
const CHILD_CASEWORKER: (&str, &str) = ("az10006", "BFF-MYND");

const STORIES: &[Story] = &[
    // Employment, benefits and the shelter; nothing about substance use.
    Story {
        from: &["UUJ-UU", "JVS-JOB", "JSY-YDELSE", "SUV-FORSORG"],
        categories: &["employment", "benefit", "homelessness"],
        ..story("claus", "UUJ-KOORD", COORDINATOR)
    },
    // Each in the family for themselves.
    Story {
        from: &["JVS-JOB", "JSY-YDELSE"],
        categories: &["employment", "benefit"],
        form: Form::Written,
        interpreted: Some("ar"),
        ..story("amina", "BFF-MYND", CHILD_CASEWORKER)
    },
    Story {
        by: &[By::Citizen, By::Custodian(0), By::Custodian(1)],
        from: &["MBU-SKOLE"],
        categories: &["school_day_care"],
        ..child("yasin", "BFF-MYND")
    },
    Story {
        by: &[By::Custodian(0), By::Custodian(1)],
        from: &["MBU-SKOLE", "BFF-FAM"],
        categories: &["school_day_care", "child"],
        ..child("sara", "BFF-MYND")
    },
    // His father has not answered.
    Story {
        by: &[By::Custodian(0)],
        from: &["MBU-SKOLE"],
        categories: &["school_day_care"],
        ..child("adam", "BFF-MYND")
    },
    Story {
        by: &[],
        no: &[By::Citizen],
        from: &["JSY-RUS", "SUV-FORSORG", "SUV-STOETTE"],
        categories: &["substance_use", "homelessness", "mental_health"],
        ..story("bent", "JVS-JOB", ("az10007", "SUV-STOETTE"))
    },
    // Lapses at midnight before her birthday.
    Story {
        by: &[By::Citizen, By::Custodian(0), By::Custodian(1)],
        from: &["BFF-MYND", "UUJ-SOC"],
        categories: &["disability", "child"],
        ..child("signe", "VJH-MYND")
    },
    Story {
        by: &[By::Custodian(0)],
        no: &[By::Custodian(1)],
        from: &["BFF-MYND"],
        categories: &["child"],
        ..child("mikkel", "BFF-FAM")
    },
    Story {
        by: &[By::Citizen, By::Custodian(0)],
        no: &[By::Custodian(1)],
        from: &["BFF-MYND"],
        categories: &["child"],
        ..child("freja", "BFF-FAM")
    },
];

/// A grown-up's own yes, said aloud.
const fn story(citizen: &'static str, to: &'static str, recorded: (&'static str, &'static str)) -> Story {
    Story {
        citizen,
        is_adult: true,
        by: &[By::Citizen],
        no: &[],
        from: &[],
        to,
        categories: &[],
        form: Form::Oral,
        interpreted: None,
        recorded,
    }
}

/// A child's, in writing.
const fn child(citizen: &'static str, to: &'static str) -> Story {
    Story { is_adult: false, form: Form::Written, ..story(citizen, to, CHILD_CASEWORKER) }
}

/// What happened by now, as far as the town knows the people.
pub(super) fn events(world: &World, key: &PseudonymKey, now: Timestamp, random: &dyn Random) -> Vec<Event> {
    let given = now.saturating_sub(AGE).unwrap_or(now);
    let mut writer = Writer { world, key, given, random, events: Vec::new() };
    for story in STORIES {
        writer.write(story);
    }
    writer.events
}

struct Writer<'a> {
    world: &'a World,
    key: &'a PseudonymKey,
    given: Timestamp,
    random: &'a dyn Random,
    events: Vec<Event>,
}

impl Writer<'_> {
    /// Nothing, where the town lacks somebody in the story.
    fn write(&mut self, story: &Story) -> Option<()> {
        let (_, cpr, _) = NAMED.iter().find(|(name, ..)| *name == story.citizen)?;
        let person = self.world.person(cpr)?;
        let of = |number: &str| CprNumber::parse(number).ok().map(|number| self.key.of(&number));
        let giver = |by: &By| match by {
            By::Citizen => Some(Giver::Citizen),
            By::Custodian(at) => Some(Giver::Custodian { person: of(person.custody.get(*at)?)? }),
        };
        let yes: Vec<Giver> = story.by.iter().map(giver).collect::<Option<_>>()?;
        let no: Vec<Giver> = story.no.iter().map(giver).collect::<Option<_>>()?;
        let (citizen, consent) = (of(cpr)?, self.id());
        let terms = self.terms(story);
        let what = if yes.is_empty() {
            What::Refused(Box::new(Terms { signature: self.signature(story, no.clone()), ..terms }))
        } else {
            What::Given(Box::new(Terms { signature: self.signature(story, yes), ..terms }))
        };
        let is_given = matches!(what, What::Given(_));
        self.push(story, consent, citizen, what);
        if is_given && !no.is_empty() {
            let signature = self.signature(story, no);
            self.push(story, consent, citizen, What::Declined(signature));
        }
        Some(())
    }

    fn push(&mut self, story: &Story, consent: uuid::Uuid, citizen: Pseudonym, what: What) {
        let (employee, unit) = (story.recorded.0.to_owned(), story.recorded.1.to_owned());
        let department = unit.split('-').next().map(str::to_owned);
        let recorded_by = Recorder { employee, unit, department };
        self.events.push(Event { id: self.id(), consent, citizen, recorded_at: self.given, recorded_by, what });
    }

    fn id(&self) -> uuid::Uuid {
        let mut random = [0_u8; 10];
        self.random.fill(&mut random);
        entry_id(self.given, random)
    }

    fn terms(&self, story: &Story) -> Terms {
        let codes = |all: &[&str]| all.iter().map(|code| (*code).to_owned()).collect();
        let last = danish_day(self.given).saturating_add(jiff::Span::new().months(12));
        let valid_to = last.to_zoned(danish_time_zone().clone()).map_or(self.given, |zoned| zoned.timestamp());
        Terms {
            case_ref: CASE.to_owned(),
            purpose: "coordination".to_owned(),
            from: codes(story.from),
            to: codes(&[story.to]),
            categories: codes(story.categories),
            classes: ClassSet::OF_AN_ITEM.with(FieldClass::Person),
            valid_to,
            signature: self.signature(story, Vec::new()),
            at_recording: AtRecording { was_adult: Some(story.is_adult), lived_here: Some(true) },
        }
    }

    fn signature(&self, story: &Story, by: Vec<Giver>) -> Signature {
        Signature {
            by,
            form: story.form,
            evidence: Some(format!("DEMO-NOTAT-{}", story.citizen)),
            text_version: "samtykke-2026-1".to_owned(),
            language: story.interpreted.unwrap_or("da").to_owned(),
            interpreter: story.interpreted.is_some(),
            at: self.given,
        }
    }
}
