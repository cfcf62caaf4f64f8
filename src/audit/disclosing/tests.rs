//! What is written down of several people in one look-up, of other numbers and of bars; and who hears of it.

use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use glasplade_adapters::contract::{CprNumber, Record, SourceId, danish_day};
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::access::{AccessGrant, Grounds, Standing};
use crate::audit::{AuditSearch, Bar, Flag, Kinship, Pseudonym, Query, Trust, verify};
use crate::overview::{Setting, merge, redact};
use crate::people::Identity;
use crate::testing::house::House;
use crate::testing::{Vary as _, citizen, job_caseworker, pseudonyms, row};

const LONG: Duration = Duration::from_mins(10);

/// Everything that is logged on this thread while it is held.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A second listener that lives as long as the process. With one alone, `tracing` asks whichever thread comes first past a
/// line whether anybody listens, and a thread of another test says no for all.
static SECOND: LazyLock<tracing::Dispatch> = LazyLock::new(|| tracing::Dispatch::new(tracing_subscriber::registry()));

fn listen() -> (Kept, tracing::subscriber::DefaultGuard) {
    LazyLock::force(&SECOND);
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(kept.clone()).finish();
    (kept, tracing::subscriber::set_default(subscriber))
}

fn contents(redacted: &Redacted) -> Arc<Contents> {
    Arc::new(Contents::of(redacted, &[]))
}

async fn opened(house: &House) -> (AccessGrant, Attempt) {
    let (pipeline, errand) = (&house.pipeline, house.errand(job_caseworker(), LONG));
    let pseudonym = pipeline.pseudonyms.of(&errand.question.citizen);
    let decision = pipeline.access.authorize(&errand.caller, &errand.question, pseudonym, crate::testing::TODAY);
    let attempt = pipeline.audit.open(&errand.request, &errand.caller, &errand.question, &pseudonym, &decision);
    let attempt = attempt.await.expect("the log is there");
    (decision.outcome.expect("the tests' callers are permitted"), attempt)
}

fn redacted(house: &House, grant: &AccessGrant, rows: Vec<Record>) -> Redacted {
    let (pipeline, settings) = (&house.pipeline, &house.pipeline.settings);
    let rows = rows.into_iter().map(Arc::new).collect();
    let merged = merge(&[citizen()], rows, &pipeline.classifier, &settings.order);
    let setting = Setting {
        classifier: &pipeline.classifier,
        today: danish_day(pipeline.clock.now()),
        home_authority: &settings.home_authority,
        new_caseworker_days: settings.new_caseworker_days,
        windows: &settings.windows,
        sources: &settings.order,
        standing: &Standing::OPEN,
        identity: &Identity::unknown(*grant.pseudonym()),
        now: pipeline.clock.now(),
        grounds: &Grounds::default(),
        silent: &[],
        is_caller: &|_| false,
    };
    redact(grant, &merged, setting)
}

fn own_case() -> Record {
    row("sbsys", "1").in_unit("301").kle("15.20.00").law("LAB")
}

fn other(serial: u16) -> Pseudonym {
    pseudonyms().of(&CprNumber::parse(&format!("010170{serial:04}")).expect("ten digits"))
}

fn barred(bars: &[Bar]) -> Circumstances {
    Circumstances { bars: bars.to_vec(), also_known_as: vec![other(1)] }
}

fn body() -> Rendered {
    Rendered::new(b"{}".to_vec())
}

/// What is written once for all repeats is what the fields of an entry would have said.
#[tokio::test]
async fn contents_read_as_the_entry_s_own_fields() {
    let house = House::new();
    let (grant, attempt) = opened(&house).await;
    let hidden = row("dubu", "2").law("SEL § 52");
    let seen = redacted(&house, &grant, vec![own_case(), hidden]);
    let status = |id: &str| SourceStatus::not_consulted(SourceId::new(id));
    let statuses = [status("sbsys"), status("dubu")];
    let contents = Contents::of(&seen, &statuses);
    let part = Part { attempt, contents: Arc::new(contents), circumstances: barred(&[]) };
    let _ = disclose_all(vec![part], body(), None).await.expect("disclosed");
    let entry = house.entries().pop().expect("the last one");
    let withheld: u64 = entry.withheld.values().sum();
    assert_eq!((entry.shown.len(), entry.sources.len(), withheld), (1, 2, 1));
    assert_eq!(entry.decided.as_ref(), Some(seen.decided()));
    assert_eq!(entry.status, Some(200));
    // The members that an entry with these fields has, in no other spelling.
    let fields = |entry: &AuditEntry| serde_json::to_value(entry).expect("an entry is JSON");
    let bare = AuditEntry { shown: vec![], sources: vec![], withheld: BTreeMap::new(), decided: None, ..entry.clone() };
    let mut spliced = fields(&bare);
    let members = Contents::of(&seen, &statuses);
    let members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&[b"{", members.members(), b"}"].concat()).expect("an object");
    spliced.as_object_mut().expect("an object").extend(members);
    assert_eq!(spliced, fields(&entry));
}

#[tokio::test]
async fn each_person_of_a_family_has_entries_of_their_own_with_one_hash() {
    let house = House::new();
    let (grant, attempt) = opened(&house).await;
    let child = attempt.also(&other(2), Kinship::Child).await.expect("written");
    assert_eq!(house.phases(), ["intended"; 2], "durable before anything is asked about the child");
    let (own, nothing) = (redacted(&house, &grant, vec![own_case()]), redacted(&house, &grant, vec![]));
    let parts = vec![
        Part { attempt, contents: contents(&own), circumstances: barred(&[]) },
        Part { attempt: child, contents: contents(&nothing), circumstances: Circumstances::default() },
    ];
    let (_, etag, _) = disclose_all(parts, body(), None).await.expect("disclosed").into_parts();
    let entries = house.entries();
    assert_eq!(house.phases(), ["intended", "intended", "completed", "completed"]);
    assert!(entries.iter().all(|entry| entry.attempt == entries[0].attempt));
    assert!(entries[2..].iter().all(|entry| entry.body_hash.as_deref() == Some(etag.trim_matches('"'))));
    let told: Vec<_> = entries.iter().map(|entry| (entry.citizen, entry.relation.as_deref())).collect();
    let asked = Some(pseudonyms().of(&citizen()));
    let child = (Some(other(2)), Some("child"));
    assert_eq!(told, [(asked, None), child, (asked, None), child]);
    assert_eq!((entries[2].shown.len(), entries[3].shown.len()), (1, 0));
    assert_eq!((entries[2].also_known_as.len(), entries[3].also_known_as.len()), (1, 0));
    assert_eq!((entries[0].criterion.is_some(), entries[1].criterion), (true, None));
}

#[tokio::test]
async fn every_person_of_a_look_up_that_is_dropped_is_abandoned_with_what_was_known() {
    let house = House::new();
    let (_, mut attempt) = opened(&house).await;
    let child = attempt.also(&other(2), Kinship::Child).await.expect("written");
    attempt.note(&barred(&[Bar::Household]));
    drop((attempt, child));
    house.pipeline.audit.log().close().await;
    assert_eq!(house.phases(), ["intended", "intended", "abandoned", "abandoned"]);
    let entries = house.entries();
    assert_eq!(
        (entries[2].bars.as_slice(), entries[2].also_known_as.as_slice()),
        (&["household".to_owned()][..], &[other(1)][..])
    );
    assert_eq!((entries[3].relation.as_deref(), entries[3].bars.len()), (Some("child"), 0));
}

#[tokio::test]
async fn nothing_leaves_when_one_entry_cannot_be_written_or_there_is_none() {
    let house = House::new();
    let (grant, attempt) = opened(&house).await;
    let nothing = redacted(&house, &grant, vec![]);
    house.pipeline.audit.log().close().await;
    let part = Part { attempt, contents: contents(&nothing), circumstances: Circumstances::default() };
    assert_eq!(disclose_all(vec![part], body(), None).await.expect_err("nothing leaves"), Refusal::AuditUnavailable);
    assert_eq!(disclose_all(vec![], body(), None).await.expect_err("nothing leaves"), Refusal::AuditUnavailable);
    assert_eq!(house.phases(), ["intended"]);
}

#[tokio::test]
async fn a_look_up_of_a_colleague_alarms_once_in_closed_words() {
    let (kept, _guard) = listen();
    let house = House::new();
    let (grant, attempt) = opened(&house).await;
    let nothing = redacted(&house, &grant, vec![]);
    let colleague = barred(&[Bar::Protected, Bar::Colleague]);
    let _ = attempt.disclose_event(&[], &nothing, &[], &colleague, body()).await.expect("written");
    let _ = attempt.disclose(&nothing, &[], &colleague, body(), None).await.expect("written");
    let alarms: Vec<String> = kept.lines().into_iter().filter(|line| line.contains("should be looked at")).collect();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(alarms[0].contains("WARN") && alarms[0].contains("colleague"));
    let asked = pseudonyms().of(&citizen()).to_string();
    for secret in [citizen().expose(), "010170", "az10002", &asked, &other(1).to_string()] {
        assert!(kept.lines().iter().all(|line| !line.contains(secret)), "{secret} is logged");
    }
    assert_eq!(house.entries().pop().expect("an entry").bars, ["colleague", "protected"]);
}

#[tokio::test]
async fn a_protected_citizen_alarms_unless_the_caller_works_on_a_case() {
    for (rows, wanted) in [(vec![], 1), (vec![own_case()], 0)] {
        let (kept, _guard) = listen();
        let house = House::new();
        let (grant, attempt) = opened(&house).await;
        let redacted = redacted(&house, &grant, rows);
        let protected = barred(&[Bar::Protected, Bar::HouseholdUnknown]);
        let _ = attempt.disclose(&redacted, &[], &protected, body(), None).await.expect("written");
        let alarms = kept.lines().into_iter().filter(|line| line.contains("should be looked at")).count();
        assert_eq!(alarms, wanted);
        assert_eq!(
            house.entries().pop().expect("an entry").bars,
            ["household_unknown", "protected"],
            "kept either way"
        );
    }
}

#[tokio::test]
async fn the_auditor_finds_a_citizen_by_the_old_number_and_the_look_ups_of_staff() {
    let house = House::new();
    let (grant, attempt) = opened(&house).await;
    let nothing = redacted(&house, &grant, vec![]);
    let _ = attempt.disclose(&nothing, &[], &barred(&[Bar::Colleague]), body(), None).await.expect("written");
    let index = house.pipeline.audit.index();
    assert!(index.caught_up());
    let found = |query: Query| {
        index.search(&query).expect("a search").iter().map(|found| found.places.len()).collect::<Vec<_>>()
    };
    assert_eq!(found(Query { citizen: Some(other(1)), ..Query::default() }), [2], "one look-up of two entries");
    assert_eq!(found(Query { flags: vec![Flag::Colleague], ..Query::default() }), [2]);
    house.pipeline.audit.log().close().await;
    let verified = verify(house.pipeline.audit.log().directory(), &Trust::default()).expect("whole");
    assert_eq!(verified.records, 2);
    assert!(AuditSearch::open(std::path::Path::new("nowhere/index.sqlite")).is_err());
}
