//! The room's own tests: a scripted directory, a clock that is moved by hand, and tokio's paused time.

mod ages;
mod asking;
mod flights;

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Clock, ManualClock, SourceId, StaffKey, StaffMember};
use glasplade_adapters::fake::ScriptedDirectory;
use glasplade_adapters::transport::ConnectionSettings;
use jiff::SignedDuration;
use serde::Deserialize as _;
use uuid::Uuid;

use super::{Entry, Known, Staff};
use crate::config::{CacheAges, StaffDirectoryRow};
use crate::random::CountingRandom;
use crate::sources::Deadline;
use crate::testing;

/// Fresh for an hour, stale for a day.
const AGES: CacheAges = CacheAges { fresh_s: 3_600, stale_s: 86_400 };

/// The room with a directory that follows a script.
struct Room {
    staff: Arc<Staff>,
    directory: Arc<ScriptedDirectory>,
    clock: Arc<ManualClock>,
}

impl Room {
    /// A directory that knows az10001 to az10003.
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut StaffDirectoryRow)) -> Self {
        let connection =
            serde_json::json!({ "base_url": "http://127.0.0.1:1", "limits": { "fetch_timeout_ms": 2500 } });
        let mut row = StaffDirectoryRow {
            id: SourceId::new("staff"),
            kind: "scripted".to_owned(),
            name: "Medarbejderkataloget".to_owned(),
            contact: "tlf. +45 00 00 90 01".to_owned(),
            ages: AGES,
            wait_ms: 300,
            entries_max: 1_000,
            connection: ConnectionSettings::deserialize(connection).expect("a connection"),
            guard: crate::config::GuardSettings::default(),
            settings: serde_json::Value::Null,
        };
        change(&mut row);
        let directory = ScriptedDirectory::new("staff");
        for number in 10_001..=10_003 {
            directory.knows(member(number));
        }
        let clock = Arc::new(ManualClock::at(testing::now()));
        let lent: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let staff = Staff::new(&row, directory.adapter(), lent, Arc::new(CountingRandom::default()));
        Self { staff: Arc::new(staff), directory, clock }
    }

    async fn know(&self, keys: &[StaffKey]) -> Known {
        self.know_within(keys, Duration::from_secs(1)).await
    }

    async fn know_within(&self, keys: &[StaffKey], time: Duration) -> Known {
        self.staff.know(keys, &Arc::from("4bf92f3577b34da6a3ce929d0e0e4736"), Deadline::after(time)).await
    }

    /// What is known of one employee, in one word.
    async fn word(&self, key: StaffKey) -> &'static str {
        word(&self.know(std::slice::from_ref(&key)).await.get(&key))
    }

    fn later(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

/// An employee with this number.
fn member(number: u128) -> StaffMember {
    StaffMember {
        user: Uuid::from_u128(number),
        employee_id: Some(format!("az{number}")),
        name: Some("Karen Prøve".to_owned()),
        title: None,
        email: None,
        phone: Some("+45 00 00 10 01".to_owned()),
        mobile: None,
        unit: None,
        stand_in: None,
        leader: None,
        employed: true,
        changed: None,
    }
}

fn by_id(number: u128) -> StaffKey {
    StaffKey::Employee(Arc::from(format!("az{number}")))
}

fn by_user(number: u128) -> StaffKey {
    StaffKey::User(Uuid::from_u128(number))
}

fn word(entry: &Entry) -> &'static str {
    match entry {
        Entry::Member { aged: false, .. } => "known",
        Entry::Member { aged: true, .. } => "aged",
        Entry::NotInDirectory => "nobody",
        Entry::Pending => "pending",
        Entry::Unavailable => "unavailable",
        Entry::Unconfigured => "unconfigured",
    }
}
