//! The index out of extracts: the same rows as out of listings, and nothing replaced by what is not whole.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use glasplade_adapters::contract::{CaseStatus, PersonId, RecordKind, Sensitivity, SourceId, Status};
use jiff::civil::date;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::*;
use crate::access::EmployeeId;
use crate::target_groups::build::{BuildError, BuildProgress, BuildReport, Builder, Left, SourceBuilt};

const BOTH: [(&str, Listing); 2] = [("sbsys", Listing::Sweep), ("dubu", Listing::Sweep)];

/// The sources named come by extract.
fn by_extract<'a>(ids: &'a [&str]) -> impl FnOnce(&mut Config) + 'a {
    move |config| {
        let rows = config.sources.source.iter_mut().filter(|row| ids.contains(&row.id.as_str()));
        rows.for_each(|row| row.listing.extract = true);
    }
}

impl House {
    fn builder(&self, threads: usize) -> Builder {
        let lent = PollerLent {
            pseudonyms: Arc::new(testing::pseudonyms()),
            aliases: Arc::clone(&self.aliases),
            clock: Arc::<ManualClock>::clone(&self.clock),
            random: Arc::clone(&self.random),
        };
        let threads = NonZeroUsize::new(threads).expect("a thread");
        Builder::new(&self.config, &path(&self.scratch), self.poller.kept_ids(), lent, threads)
    }

    fn extracts(&self) -> PathBuf {
        let folder = self.scratch.path().join("extracts");
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn writes(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.extracts().join(name), text).expect("a file");
    }

    /// The extract of a source, taken now.
    fn tells(&self, source: &str, rows: &[Record]) {
        self.writes(
            &format!("{source}.ndjson"),
            extract(source, self.clock.now(), &rows.iter().map(line).collect::<Vec<_>>()),
        );
    }

    fn tries(&self, accepts: Option<&str>) -> Result<BuildReport, BuildError> {
        let accepts = accepts.map(|source| Accepts { source: source.to_owned(), by: EmployeeId::parse("az10013") });
        self.builder(2).build(&self.extracts(), accepts.as_ref(), &BuildProgress::default())
    }

    fn builds(&self) -> BuildReport {
        self.tries(None).expect("an index")
    }
}

fn of<'a>(report: &'a BuildReport, source: &str) -> &'a SourceBuilt {
    report.sources.iter().find(|one| one.source == source).expect("a source of the report")
}

fn extract(source: &str, as_of: Timestamp, lines: &[String]) -> String {
    let lines: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let rows = lines.lines().count();
    format!("{}\n{lines}{}\n", json!({"extract": {"source": source, "as_of": as_of}}), json!({"end": {"rows": rows}}))
}

/// A record as a row of an extract.
fn line(record: &Record) -> String {
    let About::Stated(people) = &record.about else { panic!("about somebody") };
    let [PersonId::Cpr(citizen)] = people.as_slice() else { panic!("about one citizen") };
    let status = serde_json::to_value(record.status.normal).expect("a word");
    let master = record.keys.master.as_ref();
    let fields = [
        ("citizen", json!(citizen.expose())),
        ("id", json!(&*record.native_id)),
        ("kind", json!(record.kind)),
        ("status", status),
        ("opened", json!(record.opened)),
        ("closed", json!(record.closed)),
        ("last_changed", json!(record.last_changed)),
        ("uuid", json!(record.keys.uuid)),
        ("numbers", json!(record.keys.numbers)),
        ("type_code", json!(record.case_type.code)),
        ("type_name", json!(record.case_type.name)),
        ("template", json!(record.case_type.template)),
        ("law", json!(record.law)),
        ("kle", json!(record.kle.as_ref().map(|kle| &kle.subject))),
        ("unit", json!(record.unit.as_ref().and_then(|unit| unit.id.as_ref()))),
        ("master_id", json!(master.and_then(|master| master.id))),
        ("master_name", json!(master.and_then(|master| master.name.as_ref()))),
        ("sensitivity", json!(record.sensitivity)),
        ("is_screened", json!(!record.screened_to.is_empty())),
    ];
    Value::Object(fields.map(|(key, value)| (key.to_owned(), value)).into_iter().collect::<Map<_, _>>()).to_string()
}

/// Cases of every kind that a row can tell apart, of some sixty citizens.
fn of_every_kind(source: &str) -> Vec<Record> {
    let laws = [
        "LAB",
        "Serviceloven § 101",
        "Barnets lov § 32",
        "§ 101 a",
        "Lov om aktiv socialpolitik § 11",
        "ukendt \"lov\" æøå",
    ];
    let statuses = [CaseStatus::Running, CaseStatus::Closed, CaseStatus::Void, CaseStatus::Other, CaseStatus::Decided];
    (0..240_usize)
        .map(|at| {
            case(source, &format!("{source}-{at}"), somebody(at / 4))
                .with(|row| {
                    row.law = (at % 7 != 0).then(|| laws[at % laws.len()].to_owned());
                    row.status = Status::new(statuses[at % statuses.len()], "");
                    row.kind = if at % 3 == 0 { RecordKind::PlannedIntervention } else { RecordKind::Case };
                    row.opened =
                        [Some(date(2019, 2, 28)), None, Some(date(2030, 1, 1)), Some(date(2026, 11, 1))][at % 4];
                    row.closed =
                        [None, Some(date(2026, 11, 10)), None, Some(date(2024, 2, 29)), Some(date(2031, 5, 5))][at % 5];
                    row.last_changed = (at % 2 == 0).then(|| "2026-11-12T23:30:00Z".parse().expect("a moment"));
                    row.keys.uuid = (at % 3 == 1).then(|| Uuid::from_u128(at as u128 / 2));
                    row.keys.numbers = (0..at % 3).map(|number| format!(" 27-{number}-{} ", at / 2)).collect();
                    row.sensitivity = [None, Some(Sensitivity::Sensitive), Some(Sensitivity::Screened)][at % 3];
                    row.screened_to = (at % 11 == 0).then(Uuid::nil).into_iter().collect();
                    row.case_type.code = (at % 5 == 0).then(|| "T1".to_owned());
                    row.case_type.template = (at % 6 == 0).then(|| "Skabelon".to_owned());
                    row.unit = row.unit.take().filter(|_| at % 4 != 0);
                })
                .kle(["27.24.03", "27.36", "32.18.04"][at % 3])
                .with(|row| row.kle = row.kle.take().filter(|_| at % 8 != 0))
        })
        .enumerate()
        .map(|(at, row)| match at % 6 {
            1 => row.master("5b5b0002-0000-4000-8000-000000000002"),
            2 => row.master("Et system, som ingen kender"),
            _ => row,
        })
        .collect()
}

fn untaken(report: &BuildReport) -> bool {
    !report.is_replaced && report.sources.iter().all(|source| source.left.is_some())
}

#[tokio::test(start_paused = true)]
async fn the_same_cases_by_listing_and_by_extract_are_the_same_rows() {
    let listed = House::new(&BOTH);
    let extracted = House::with(&BOTH, by_extract(&["sbsys", "dubu"]));
    for id in ["sbsys", "dubu"] {
        listed.lister(id).has(of_every_kind(id));
        listed.reads(id).await;
        extracted.tells(id, &of_every_kind(id));
    }
    let report = extracted.builds();
    assert!(report.is_replaced);
    assert!(listed.held().len() > 20, "most are taken");
    // The poller has had the index open all the time.
    assert_eq!(extracted.held(), listed.held());
    let taking = extracted.poller.taking(extracted.clock.now());
    for id in ["sbsys", "dubu"] {
        let (by_listing, by_extract) = (listed.state(id), extracted.state(id));
        assert_eq!(by_extract.rows, by_listing.rows, "rows are counted alike");
        assert_eq!(by_extract.facts, of(&report, id).facts);
        assert_eq!(by_extract.complete_as_of(&taking), Some(extracted.clock.now()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_extract_twice_is_the_same_index_and_whoever_is_not_told_goes() {
    let house = House::with(&BOTH, by_extract(&["sbsys", "dubu"]));
    house.tells("sbsys", &cases("sbsys", 40));
    house.tells("dubu", &cases("dubu", 10));
    house.builds();
    let before = house.held();
    assert_eq!(before.len(), 40);
    house.builds();
    assert_eq!(house.held(), before);
    house.tells("sbsys", &cases("sbsys", 39));
    house.builds();
    assert_eq!(house.held().len(), 39);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_cut_off_anywhere_replaces_nothing() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    house.tells("sbsys", &cases("sbsys", 3));
    house.builds();
    let before = house.held();
    let whole = extract("sbsys", house.clock.now(), &cases("sbsys", 2).iter().map(line).collect::<Vec<_>>());
    let end = whole.len();
    // Without its last line break alone it is whole.
    for cut in (0..end - 1).step_by(23).chain(end - 24..end - 1) {
        house.writes("sbsys.ndjson", &whole.as_bytes()[..cut]);
        let report = house.builds();
        assert!(untaken(&report), "cut after {cut} of {end}");
        assert_eq!(house.held(), before, "cut after {cut} of {end}");
    }
    assert!(house.state("sbsys").incomplete_since.is_some());
    house.writes("sbsys.ndjson", &whole.as_bytes()[..end - 1]);
    assert!(house.builds().is_replaced);
    assert_eq!((house.held().len(), house.state("sbsys").incomplete_since), (2, None));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_whole_says_why() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    let now = house.clock.now();
    let lines: Vec<String> = cases("sbsys", 3).iter().map(line).collect();
    let left = |text: String| {
        house.writes("sbsys.ndjson", text);
        of(&house.builds(), "sbsys").left
    };
    let whole = extract("sbsys", now, &lines);
    assert_eq!(left(whole.replace("\"rows\":3", "\"rows\":4")), Some(Left::RowsDiffer));
    assert_eq!(left(whole.replace("\"end\"", "\"ende\"")), Some(Left::CutOff));
    assert_eq!(left(extract("sbsys", now + SignedDuration::from_hours(1), &lines)), Some(Left::Ahead));
    assert_eq!(left(whole.replace("\"running\"", "\"running\",\"x\":1")), Some(Left::TooManyTroubles));
    assert_eq!(left(extract("dubu", now, &lines)), Some(Left::NoFile), "it is not read by extract");
    assert_eq!(left("{\"extract\":".to_owned()), Some(Left::NoFile));
    assert_eq!(house.builds().files_of_nobody, 1);
    assert_eq!(left(whole.clone()), None);
    assert_eq!(left(extract("sbsys", now - SignedDuration::from_secs(1), &lines)), Some(Left::Older));
    assert_eq!(house.state("sbsys").incomplete_since, None, "what stands is newer");
    assert_eq!(left(whole), None, "the same again");
}

#[tokio::test(start_paused = true)]
async fn parts_are_all_there_or_none_counts() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    let now = house.clock.now();
    let rows = cases("sbsys", 30);
    let write = |name: &str, part: u16, parts: u16, as_of: Timestamp| {
        let lines: Vec<String> = rows[usize::from(part - 1) * 10..][..10].iter().map(line).collect();
        let head = json!({"extract": {"source": "sbsys", "as_of": as_of, "part": part, "parts": parts}});
        let text = extract("sbsys", as_of, &lines);
        let (_, rest) = text.split_once('\n').expect("a first line");
        house.writes(name, format!("{head}\n{rest}"));
    };
    write("a.ndjson", 2, 3, now);
    write("b.ndjson", 1, 3, now);
    let differs = |why: &str| assert_eq!(of(&house.builds(), "sbsys").left, Some(Left::PartsDiffer), "{why}");
    differs("the third is missing");
    write("c.ndjson", 2, 3, now);
    differs("the second is there twice");
    write("c.ndjson", 3, 3, now - SignedDuration::from_secs(1));
    differs("the third was taken at another moment");
    write("c.ndjson", 3, 3, now);
    assert_eq!(of(&house.builds(), "sbsys").left, None);
    assert_eq!(house.held().len(), 30);
    write("d.ndjson", 1, 1, now);
    differs("there are two first parts");
}

#[tokio::test(start_paused = true)]
async fn lines_that_cannot_be_read_are_counted_by_kind_and_never_repeated() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    let good = line(&case("sbsys", "good", somebody(1)));
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let long = "x".repeat(17_000);
    let numbers = vec!["\"1\""; 17].join(",");
    let bad: Vec<(&str, Vec<u8>)> = [
        ("too_long", with("\"LAB\"", &format!("\"{long}\""))),
        ("not_json", "hemmelig".to_owned()),
        ("not_json", String::new()),
        ("not_json", format!("{good}{good}")),
        ("not_json", with("}", "")),
        ("not_json", with("\"LAB\"", "\"L\u{1}AB\"")),
        ("not_json", with("\"LAB\"", "\"\\ud800\"")),
        ("not_json", with("\"LAB\"", "\"LAB\\")),
        ("unknown_key", with("\"law\"", "\"title\"")),
        ("repeated_key", with("\"law\"", "\"kle\"").replacen("\"kle\":null", "\"kle\":\"27\"", 1)),
        ("repeated_key", with("\"law\"", "\"la\\u0077\":\"LAB\",\"law\"")),
        ("missing_key", with("\"id\":\"good\"", "\"id\":null")),
        ("wrong_type", with("\"LAB\"", "17")),
        ("wrong_type", with("\"LAB\"", "\"\"")),
        ("wrong_type", with("\"LAB\"", "{\"a\":{}}")),
        ("wrong_type", with("\"is_screened\":false", "\"is_screened\":\"false\"")),
        ("wrong_type", with("\"numbers\":[]", "\"numbers\":[1]")),
        ("wrong_citizen", with(somebody(1).expose(), "010199-1001")),
        ("wrong_citizen", with(somebody(1).expose(), "10199100")),
        ("wrong_citizen", with(somebody(1).expose(), "3213199999")),
        ("wrong_time", with("\"2026-01-01\"", "\"2026-02-29\"")),
        ("wrong_time", with("\"2026-01-01\"", "\"2026-1-1\"")),
        ("wrong_time", with("\"last_changed\":null", "\"last_changed\":\"2026-01-01T00:00:00\"")),
        ("wrong_word", with("\"running\"", "\"i gang\"")),
        ("wrong_word", with("\"uuid\":null", "\"uuid\":\"5b5b0002000040008000000000000002\"")),
        ("too_many", with("\"numbers\":[]", &format!("\"numbers\":[{numbers}]"))),
    ]
    .map(|(kind, line)| (kind, line.into_bytes()))
    .into_iter()
    .chain([("not_utf8", with("LAB", "L\u{80}B").into_bytes().into_iter().filter(|byte| *byte != 0xc2).collect())])
    .collect();
    let more: Vec<String> = (0..200).map(|at| line(&case("sbsys", &format!("more-{at}"), somebody(at + 2)))).collect();
    let mut text = format!("{}\n", json!({"extract": {"source": "sbsys", "as_of": house.clock.now()}})).into_bytes();
    for line in more.iter().map(String::as_bytes).chain(bad.iter().map(|(_, line)| line.as_slice())) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(json!({"end": {"rows": 200 + bad.len()}}).to_string().as_bytes());
    house.writes("sbsys.ndjson", text);
    let report = house.builds();
    let source = of(&report, "sbsys");
    let mut wanted = BTreeMap::new();
    for (kind, _) in &bad {
        *wanted.entry(*kind).or_insert(0_u64) += 1;
    }
    assert_eq!((source.left, &source.troubled_lines), (None, &wanted));
    assert_eq!(source.troubled_rows, BTreeMap::from([("unreadable", bad.len() as u64)]));
    assert_eq!(house.state("sbsys").rows.hiding(), bad.len() as u64, "lists say that somebody may be missing");
    assert_eq!(house.held().len(), 200);
    let told = serde_json::to_string(&report).expect("JSON");
    assert!(!told.contains("hemmelig") && !told.contains(somebody(1).expose()) && !told.contains("good"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn of_a_case_that_stands_twice_for_one_citizen_the_later_line_counts() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    let row = |id: &str, at: usize| case("sbsys", id, somebody(at));
    let over = |row: Record| row.closed(date(2020, 1, 1));
    let rows = [
        row("moved", 1),
        row("ended", 2),
        row("opened", 3).with(|row| row.status = Status::new(CaseStatus::Void, "")),
        row("shared", 4),
        row("shared", 5),
        row("moved", 1).in_unit("203"),
        over(row("ended", 2)),
        row("opened", 3),
    ];
    house.tells("sbsys", &rows);
    let report = house.builds();
    assert_eq!(of(&report, "sbsys").repeated, 3);
    assert!(house.held()[somebody(1).expose()].first().expect("one").contains("JSY-RUS"));
    assert!(!house.held().contains_key(somebody(2).expose()));
    for (at, id) in [(3, "opened"), (4, "shared"), (5, "shared")] {
        assert!(house.has(&somebody(at), "sbsys", id), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_sources_facts_and_what_the_register_told_stay() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    house.lister("dubu").has(cases("dubu", 30));
    for at in 0..30 {
        house.register.answers(somebody(at), testing::person(somebody(at)));
    }
    house.reads("dubu").await;
    while house.poller.turn_register().await.expect("an index") == Turn::Went {}
    let read = |house: &House| {
        let mut rows = Vec::new();
        let each = |who, row: crate::target_groups::index::CitizenRow| {
            rows.push((who, row.register));
            Ok::<_, IndexError>(())
        };
        house.poller.read(|reading| reading.citizens(each)).expect("every row reads");
        rows
    };
    let (before, registers) = (house.held(), read(&house));
    assert!(registers.iter().all(|(_, told)| told.is_some()), "the register has told of everybody");
    house.tells("sbsys", &cases("sbsys", 40));
    house.builds();
    let mut after = house.held();
    assert_eq!(after.len(), 40);
    for (at, facts) in &before {
        assert!(after.get_mut(at).expect("still there").is_superset(facts));
    }
    let after = read(&house);
    assert!(registers.iter().all(|row| after.contains(row)));
    assert_eq!(house.state("dubu").facts, 30);
    assert_eq!(house.poller.turn_register().await.expect("an index"), Turn::Went, "ten are to be asked about");
    // And the polled source is read on into the fresh index.
    house.a_day_later();
    house.lister("dubu").has(cases("dubu", 50));
    house.reads("dubu").await;
    assert_eq!(house.held().len(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_became_another_leads_to_the_same_citizen() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    let (old, new) = (somebody(1), somebody(2));
    house.aliases.learn(old, new, house.clock.now());
    house.tells("sbsys", &[case("sbsys", "a", old), case("sbsys", "b", new)]);
    house.builds();
    assert_eq!(house.held().len(), 1);
    assert!(house.has(&new, "sbsys", "a") && house.has(&new, "sbsys", "b"));
}

#[tokio::test(start_paused = true)]
async fn a_build_that_stops_leaves_the_old_index_and_nothing_beside_it() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    house.tells("sbsys", &cases("sbsys", 20));
    house.builds();
    let before = house.held();
    house.tells("sbsys", &cases("sbsys", 25));
    let progress = BuildProgress::default();
    progress.stop();
    let stopped = house.builder(2).build(&house.extracts(), None, &progress);
    assert!(matches!(stopped, Err(BuildError::Stopped)));
    assert_eq!(house.held(), before);
    let names = |folder: &Path| -> BTreeSet<String> {
        let names = fs::read_dir(folder).expect("a folder");
        names.map(|file| file.expect("a file").file_name().into_string().expect("text")).collect()
    };
    let fresh = |names: BTreeSet<String>| {
        let of = |name: &&String| name.contains(".of-") && !name.ends_with("-wal") && !name.ends_with("-shm");
        names.iter().filter(of).count()
    };
    assert_eq!(fresh(names(house.scratch.path())), 1, "the one in use");
    // What a killed one leaves goes with the next.
    for end in ["dead", "dead-journal", "dead.rows", "dead.link"] {
        fs::write(house.scratch.path().join(format!("target-groups.sqlite.of-{end}")), "left").expect("a file");
    }
    house.builds();
    assert_eq!((fresh(names(house.scratch.path())), house.held().len()), (1, 25));
}

#[tokio::test(start_paused = true)]
async fn two_builds_at_once_are_one_too_many() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    house.tells("sbsys", &cases("sbsys", 2));
    let _one = crate::target_groups::index::FreshIndex::begin(&path(&house.scratch), "one").expect("the lock");
    assert!(matches!(house.tries(None), Err(BuildError::Index(IndexError::BeingBuilt))));
}

#[tokio::test(start_paused = true)]
async fn an_extract_that_tells_far_less_waits_for_an_operator_and_holds_up_no_other() {
    let house = House::with(&BOTH, by_extract(&["sbsys", "dubu"]));
    house.tells("sbsys", &cases("sbsys", 100));
    house.tells("dubu", &cases("dubu", 3));
    house.builds();
    house.tells("sbsys", &cases("sbsys", 60));
    house.tells("dubu", &cases("dubu", 5));
    let report = house.builds();
    assert_eq!((of(&report, "sbsys").left, of(&report, "dubu").left), (Some(Left::Shrank), None));
    assert_eq!((house.held().len(), house.state("dubu").facts), (100, 5));
    assert_eq!(house.state("sbsys").trouble, Some(Trouble::Shrank));
    let report = house.tries(Some("sbsys")).expect("an index");
    assert!(report.sources.iter().all(|source| source.left.is_none()));
    assert_eq!((house.held().len(), house.state("sbsys").trouble), (60, None));
    let accepted = house.poller.read(Accepted::all).expect("an index");
    let told = accepted.iter().map(|(_, one)| (one.source.as_str(), one.by.as_deref(), one.shrank)).collect::<Vec<_>>();
    assert_eq!(told, [("sbsys", Some("az10013"), Shrank { facts: 100, untold: 40 })], "kept for the audit");
    house.tries(Some("sbsys")).expect("an index");
    assert_eq!(house.poller.read(Accepted::all).expect("an index").len(), 1, "a word that was not needed is none");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_comes_by_extract_is_never_asked_for_its_list_and_keeps_its_facts() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    house.lister("sbsys").has(cases("sbsys", 1));
    house.tells("sbsys", &cases("sbsys", 7));
    house.builds();
    assert_eq!(house.goes_on("sbsys").await.why, Why::NotTaken);
    house.poller.drop_unread_sources().await.expect("an index");
    house.a_day_later();
    house.reads("dubu").await;
    assert_eq!((house.held().len(), house.poller.source_ids()), (7, vec![SourceId::new("dubu")]));
    assert!(house.lister("sbsys").pages_told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn lines_across_the_borders_of_what_is_read_at_once_are_read_once() {
    let house = House::with(&BOTH, by_extract(&["sbsys"]));
    // Some nine megabytes: lines of up to the longest, some longer, and one longer than what is read at once.
    let mut lines: Vec<String> = (0..1_300)
        .map(|at| {
            let unit = "301 ".repeat(1 + (at * 37) % 3_900);
            line(&case("sbsys", &format!("case-{at}"), somebody(at)).in_unit(&unit))
        })
        .collect();
    lines.insert(40, "y".repeat(16 * 1_024 + 1));
    lines.insert(700, "z".repeat(5 * 1_024 * 1_024));
    lines.push("w".repeat(20_000));
    house.writes("sbsys.ndjson", extract("sbsys", house.clock.now(), &lines));
    let report = house.builds();
    let source = of(&report, "sbsys");
    assert_eq!((source.left, source.rows, source.taken), (None, 1_303, 1_300));
    assert_eq!(source.troubled_lines, BTreeMap::from([("too_long", 3)]));
    assert_eq!(house.held().len(), 1_300);
}
