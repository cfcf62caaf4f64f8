//! That a day is forgotten on its day, in the log and in the index, but for what is held; and that all of it is on record.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::sync::Arc;

use glasplade_adapters::contract::{Clock, ManualClock, danish_day, danish_time_zone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use uuid::Uuid;

use super::*;
use crate::audit::keys::{KeyId, RetentionClass};
use crate::audit::testing::{self, Scratch};
use crate::audit::verify::verify;
use crate::audit::{Audit, AuditEntry, AuditIndex, AuditLog, AuditedCaller, EntryReader, IndexSettings, Phase, Query};
use crate::random::CountingRandom;

struct Room {
    audit: Arc<Audit>,
    clock: Arc<ManualClock>,
    scratch: Scratch,
}

impl Room {
    fn open(scratch: Scratch, now: Timestamp) -> Self {
        let clock = Arc::new(ManualClock::at(now));
        let lent: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let log = AuditLog::open(scratch.settings(), &lent).expect("the log opens");
        let settings = IndexSettings::new(Arc::new(crate::testing::pseudonyms()));
        let index = AuditIndex::open(&scratch.index(), &log, settings).expect("the index opens");
        Self { audit: Audit::new(log, index, lent, Arc::new(CountingRandom::default())), clock, scratch }
    }

    fn is_at(&self, moment: Timestamp) {
        self.clock.advance(moment.duration_since(self.clock.now()));
    }

    async fn write(&self, entry: AuditEntry) {
        let _ = self.audit.log().append(&entry).await.expect("the disk is fine");
    }

    async fn expire(&self) -> Expired {
        assert!(self.audit.index().caught_up());
        expire(&self.audit, &Retention::default(), self.clock.now()).await.expect("nothing stands against it")
    }

    /// The numbers of the look-ups that the index and the log still have.
    fn found(&self) -> Vec<u64> {
        assert!(self.audit.index().caught_up());
        let found = self.audit.index().search(&Query::default()).expect("a search");
        let log = self.audit.log();
        let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
        let mut seqs = Vec::new();
        for place in found.iter().flat_map(|one| &one.places) {
            let entry = reader.read(place).expect("a readable log").expect("what is found can be read");
            seqs.extend((entry.phase == Phase::Completed).then_some(place.seq));
        }
        seqs.sort_unstable();
        seqs
    }

    /// What is on record about deletions and holds.
    fn told(&self) -> Vec<(String, BTreeMap<String, String>)> {
        self.scratch
            .entries()
            .into_iter()
            .filter_map(|entry| entry.event)
            .map(|event| (event.what, event.facts))
            .collect()
    }

    async fn close(self) -> Scratch {
        self.audit.log().close().await;
        drop(self.audit);
        self.scratch
    }
}

fn looked(number: u64, citizen: u16, employee: &str) -> AuditEntry {
    AuditEntry {
        citizen: Some(testing::citizen(citizen)),
        also_known_as: Vec::new(),
        caller: Some(AuditedCaller { employee: employee.to_owned(), ..AuditedCaller::default() }),
        ..testing::full_entry(number)
    }
}

/// So many months after the tests' moment, at the same hour in Denmark.
fn months_later(months: i32) -> Timestamp {
    let zoned = testing::moment().to_zoned(danish_time_zone().clone());
    zoned.checked_add(months.months()).expect("a date").timestamp()
}

#[tokio::test]
async fn a_day_is_forgotten_after_thirteen_months_and_the_log_tells_so() {
    let room = Room::open(Scratch::new(), testing::moment());
    room.write(looked(1, 1, "az1")).await;
    room.write(looked(2, 2, "az2")).await;
    room.is_at(months_later(13));
    assert_eq!(room.expire().await, Expired::default(), "the last day");
    assert_eq!(room.found(), [1, 2]);
    room.is_at(months_later(13) + SignedDuration::from_hours(24));
    let expired = room.expire().await;
    assert_eq!(expired.keys.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-01-02-access"]);
    assert_eq!(room.found(), [0_u64; 0]);
    let told = room.told();
    let states: Vec<&str> = told.iter().map(|(_, facts)| facts["state"].as_str()).collect();
    assert_eq!(states, ["intended", "done"]);
    assert_eq!((told[0].1["day"].as_str(), told[0].1["class"].as_str()), ("2026-01-02", "access"));
    assert_eq!(room.expire().await, Expired::default(), "once is enough");
    let scratch = room.close().await;
    assert_eq!(verify(&scratch.log(), &testing::trust()).map(|verified| verified.records), Ok(4), "the proof stays");
}

#[tokio::test]
async fn a_hold_keeps_what_it_is_about_and_nothing_else_until_it_is_lifted() {
    let room = Room::open(Scratch::new(), testing::moment());
    for (number, citizen, employee) in [(1, 1, "az1"), (2, 2, "az2"), (3, 1, "az2"), (4, 3, "az3")] {
        room.write(looked(number, citizen, employee)).await;
    }
    let keys = Arc::clone(room.audit.log().keys());
    let set = |number: u128, subject| {
        let hold = Hold::new(Uuid::from_u128(number), subject, "Sag 17".to_owned(), testing::moment());
        Holds::change(&keys, |holds| holds.push(hold)).expect("a hold");
    };
    set(1, Subject::Citizen(vec![testing::citizen(1)]));
    set(2, Subject::Employee("az3".to_owned()));
    room.is_at(months_later(14));
    assert_eq!(room.expire().await.kept, 3);
    assert_eq!(room.found(), [1, 3, 4], "the second is nobody's any more");
    let scratch = room.close().await;

    let room = Room::open(scratch, months_later(14));
    assert_eq!(room.found(), [1, 3, 4], "also after a restart");
    let keys = Arc::clone(room.audit.log().keys());
    let lift = |number: u128| {
        let lifted = |hold: &&mut Hold| hold.id == Uuid::from_u128(number);
        Holds::change(&keys, |holds| {
            holds.iter_mut().filter(lifted).for_each(|hold| hold.lifted_at = Some(months_later(14)));
        })
        .expect("a hold");
    };
    lift(1);
    room.expire().await;
    assert_eq!(room.found(), [4]);
    lift(2);
    room.expire().await;
    assert_eq!(room.found(), [0_u64; 0]);
    let told: Vec<String> = room.told().into_iter().map(|(what, _)| what).collect();
    assert_eq!(told, ["hold_set", "hold_set", "key_destroyed", "key_destroyed", "hold_lifted", "hold_lifted"]);
    assert!(
        room.told().iter().all(|(_, facts)| !format!("{facts:?}").contains("az3")),
        "who is held stands in no record"
    );
    let scratch = room.close().await;
    assert_eq!(Holds::read(&scratch.keys()).expect("readable").0, [], "lifted holds are gone with what they kept");
    assert!(verify(&scratch.log(), &testing::trust()).is_ok());
}

#[tokio::test]
async fn a_run_that_was_killed_behind_the_key_is_finished_by_the_next() {
    let room = Room::open(Scratch::new(), testing::moment());
    room.write(looked(1, 1, "az1")).await;
    assert_eq!(room.found(), [1]);
    let id = KeyId { day: danish_day(testing::moment()), class: RetentionClass::Access };
    room.audit.log().keys().destroy(id).expect("the key goes, and the index is not told");
    room.is_at(months_later(14));
    assert_eq!(room.expire().await.keys, []);
    assert_eq!(room.found(), [0_u64; 0]);
}

#[tokio::test]
async fn a_key_that_a_crash_left_half_shredded_is_finished_and_stops_no_other() {
    let room = Room::open(Scratch::new(), testing::moment());
    room.write(looked(1, 1, "az1")).await;
    let folder = room.audit.log().keys().folder().to_owned();
    let half = |name: &str| {
        let gone = folder.join(name).with_extension("gone");
        fs::copy(folder.join("2026-01-02-access"), &gone).expect("the key is there");
        let len = fs::metadata(&gone).expect("just made").len();
        let half = vec![0; usize::try_from(len / 2).expect("short")];
        File::options().write(true).open(&gone).and_then(|mut file| file.write_all(&half)).expect("writable");
    };
    half("2025-01-01-access");
    half("hold-00000000-0000-0000-0000-000000000001");
    assert_eq!(Holds::read(room.audit.log().keys()).expect("half a hold is none").0, []);
    room.is_at(months_later(14));
    let keys = room.expire().await.keys;
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    assert_eq!(keys, ["2025-01-01-access", "2026-01-02-access"]);
    let left = folder.read_dir().expect("the folder is there").map(|file| file.expect("a file").path());
    assert_eq!(left.filter(|path| path.extension().is_some_and(|kind| kind == "gone")).count(), 0);
    let states: Vec<String> = room.told().into_iter().map(|(_, facts)| facts["state"].clone()).collect();
    assert_eq!(states, ["done", "intended", "done"], "also what was finished later is on record");
    assert_eq!(room.expire().await, Expired::default(), "once is enough");
}

#[tokio::test]
async fn nothing_is_destroyed_that_cannot_be_put_on_record() {
    let room = Room::open(Scratch::new(), testing::moment());
    room.write(looked(1, 1, "az1")).await;
    room.audit.log().close().await;
    room.is_at(months_later(14));
    let refused = expire(&room.audit, &Retention::default(), room.clock.now()).await;
    assert!(matches!(refused, Err(ExpireError::Unrecorded)), "{refused:?}");
    assert_eq!(room.scratch.keys().ids().map(|ids| ids.len()), Ok(1));
    assert_eq!(room.found(), [1]);
}
