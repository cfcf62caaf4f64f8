//! Lists over HTTP: who gets one, what stands in it, what the audit knows of it, and what takes a citizen off.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::house::{Answer, House, INSIGHT_OFFICER, get, number, post_to};
use crate::audit::{AuditEntry, Kind, Phase, PseudonymKey};
use crate::config::Config;
use crate::demo::handles::Handle;
use crate::target_groups::Day;
use crate::target_groups::index::{
    CitizenRow, IndexError, IndexedFact, KeyMaker, NumberSeal, RegisterTold, Standing, TargetIndex,
};
use crate::target_groups::poll::{RegisterReading, SourceReading, Taking};
use crate::target_groups::run::run_scheduled;

const RUN: &str = "/v1/target-groups/cross_department/runs";
const ROUTE: &str = "POST /v1/target-groups/{rule}/runs";

/// A house with an index, which this test fills.
struct Lists {
    house: House,
    config: Config,
}

impl Lists {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let kept = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&kept);
        let house = House::open_with(&[], move |config| {
            change(config);
            *keep.lock().expect("one thread") = Some(config.clone());
        })
        .await;
        let config = kept.lock().expect("one thread").take().expect("opened");
        let lists = Self { house, config };
        lists.read_whole();
        lists
    }

    fn index(&self) -> TargetIndex {
        let path: &PathBuf = self.config.service.target_groups.index.as_ref().expect("the demo has one");
        TargetIndex::open(path).expect("a file")
    }

    fn key(&self) -> PseudonymKey {
        let path = self.config.service.privacy.pseudonym_key.strip_prefix("file:").expect("a file of the demo");
        PseudonymKey::new(std::fs::read_to_string(path).expect("readable").trim().as_bytes()).expect("long enough")
    }

    fn who(&self, name: &str) -> String {
        self.key().of(&number(name).parse_cpr()).to_string()
    }

    /// Every source was read whole an hour ago.
    fn read_whole(&self) {
        let read = super::house::now() - SignedDuration::from_hours(1);
        for id in ["sbsys", "fasit", "dubu", "case_index", "oio", "persons"] {
            self.state(id, Some(read));
        }
    }

    /// Read whole at this moment, or never.
    fn state(&self, id: &str, read: Option<Timestamp>) {
        let taking = Taking::on(date(2026, 11, 24), &self.config).hash().to_owned();
        let source = SourceReading { taking, whole: read, ..SourceReading::default() };
        let register = RegisterReading { ended: read, ..RegisterReading::default() };
        // Under the kinds that the reading of sources uses.
        let written = self.index().change::<(), IndexError>(|change| match id {
            "persons" => change.put_state("register", id, &register),
            _ => change.put_state("source", id, &source),
        });
        written.expect("writable");
    }

    /// Puts a citizen into the index, with running cases by category and department.
    fn put(&self, name: &str, cases: &[(&str, &str)]) {
        let (key, number) = (self.key(), number(name).parse_cpr());
        let (maker, seal, who) = (KeyMaker::new(&key), NumberSeal::new(&key), key.of(&number));
        let register = RegisterTold {
            on: Day::of(date(2026, 11, 24)),
            born: Some(Day::of(date(1988, 1, 1))),
            has_left: false,
            is_protected: false,
            kin: Vec::new(),
        };
        let written = self.index().change::<(), IndexError>(|change| {
            let mut row = CitizenRow { register: Some(register), ..CitizenRow::new(seal.seal(&who, &number)) };
            for (at, (category, department)) in cases.iter().enumerate() {
                let source = if *department == "JVS" { "fasit" } else { "sbsys" };
                row.take(IndexedFact {
                    source: change.code(source)?,
                    key: maker.fact(source, &format!("{name}{at}")),
                    joins: Vec::new(),
                    master: None,
                    is_owned_elsewhere: false,
                    department: Some(change.code(department)?),
                    unit: None,
                    category: change.code(category)?,
                    kind: Some(change.code("job_plan")?),
                    role: crate::config::KindRole::Authority,
                    level: 1,
                    stated_level: 0,
                    is_screened: false,
                    could_be_raised: true,
                    standing: Standing::Open,
                    opened: Some(Day::of(date(2024, 3, 1))),
                    closed: None,
                });
            }
            change.put_citizen(&who, &row)
        });
        written.expect("writable");
    }

    fn both(&self, name: &str) {
        self.put(name, &[("employment", "JVS"), ("benefit", "JSY")]);
    }

    async fn run(&self, caller: &str, change: Value) -> Answer {
        self.house.post_to(caller, RUN, &asked(&change)).await
    }

    async fn list(&self) -> BTreeMap<String, String> {
        changes(&self.run("list-owner", json!({})).await)
    }

    fn entries(&self) -> Vec<AuditEntry> {
        self.house.entries().into_iter().filter(|entry| entry.route == ROUTE).collect()
    }
}

trait ParseCpr {
    fn parse_cpr(&self) -> glasplade_adapters::contract::CprNumber;
}

impl ParseCpr for str {
    fn parse_cpr(&self) -> glasplade_adapters::contract::CprNumber {
        glasplade_adapters::contract::CprNumber::parse(self).expect("ten digits")
    }
}

/// A run as a list owner asks for it, with these fields besides; `null` leaves one out.
fn asked(change: &Value) -> Value {
    let mut body = json!({
        "purpose": "target_group",
        "legal_basis": "gdpr-6-1-e",
        "reason": "Mandagens liste til koordinatorerne",
    });
    for (field, value) in change.as_object().expect("fields") {
        body[field] = value.clone();
    }
    body.as_object_mut().expect("fields").retain(|_, value| !value.is_null());
    body
}

fn changes(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let list = answer.json();
    let rows = list["citizens"].as_array().expect("citizens");
    let text = |row: &Value, field: &str| row[field].as_str().expect("a text").to_owned();
    rows.iter().map(|row| (text(row, "pseudonym"), text(row, "change"))).collect()
}

#[tokio::test]
async fn a_list_is_for_its_receiver_and_each_citizen_on_it_stands_in_the_audit_first() {
    let lists = Lists::open().await;
    lists.both("claus");
    lists.both("kirsten");
    lists.put("bent", &[("employment", "JVS")]);
    let answer = lists.run("list-owner", json!({})).await;
    let list = answer.json();
    let on = BTreeSet::from([lists.who("claus"), lists.who("kirsten")]);
    assert_eq!(changes(&answer).into_keys().collect::<BTreeSet<_>>(), on);
    assert_eq!(list["head"]["receiver"], "UUJ-KOORD");
    assert!(!answer.text().contains(number("claus")) && list["gaps"].as_array().is_some_and(Vec::is_empty), "{list}");
    assert!(answer.header(header::CONTENT_DISPOSITION).contains("cross_department-UUJ-KOORD-2026-11-24.json"));
    let entries = lists.entries();
    let phases: Vec<Phase> = entries.iter().map(|entry| entry.phase).collect();
    assert_eq!(phases, [Phase::Intended, Phase::Completed, Phase::Completed, Phase::Completed]);
    let attempts: BTreeSet<_> = entries.iter().map(|entry| entry.attempt).collect();
    assert_eq!(attempts.len(), 1);
    let about: BTreeSet<String> = entries.iter().filter_map(|entry| Some(entry.citizen?.to_string())).collect();
    assert_eq!(about, on);
    for entry in entries.iter().filter(|entry| entry.citizen.is_some()) {
        let event = entry.event.as_ref().expect("what it was");
        assert_eq!(event.what, "target_group_listed");
        let facts = ["rule", "receiver", "legal_basis", "change"].map(|name| event.facts[name].as_str());
        assert_eq!(facts, ["cross_department", "UUJ-KOORD", "gdpr-6-1-e", "new"]);
        assert!(entry.shown.iter().all(|row| row.basis == "law:target_cross_department"));
        assert_eq!(entry.purpose.as_deref(), Some("target_group"));
    }
    let end = entries.last().expect("the run");
    assert!(end.citizen.is_none() && end.sources.len() == 6 && end.body_hash.is_some());
}

#[tokio::test]
async fn the_citizen_s_extract_tells_of_the_list_its_law_and_its_receiver() {
    let lists = Lists::open().await;
    lists.both("claus");
    lists.list().await;
    lists.house.clock.advance(SignedDuration::from_mins(1));
    let auditor = crate::demo::handles::HANDLES.iter().find(|handle| handle.name == "auditor").expect("there");
    let token = lists.house.audit_token(auditor);
    let find = json!({"find": {"cpr": number("claus")}});
    let found = lists.house.ask(post_to("/v1/audit/search", Some(&token), &find)).await.overview();
    assert_eq!(found["look_ups"][0]["event"]["facts"]["rule"], "cross_department", "{found}");
    assert_eq!(found["look_ups"][0]["kind"], serde_json::to_value(Kind::LookUp).expect("a word"));
    let flags = found["look_ups"][0]["flags"].as_array().expect("flags");
    assert!(!flags.iter().any(|flag| flag == "unexplained"), "nobody looked the citizen up: {found}");
    let officer = lists.house.audit_token(&INSIGHT_OFFICER);
    let prepare = json!({"prepare": {"cpr": number("claus"), "requested_by": "citizen"}});
    let prepared = lists.house.ask(post_to("/v1/audit/extract", Some(&officer), &prepare)).await.json();
    let release = json!({"release": {"id": prepared["id"], "checked_third_parties": true}});
    let released = lists.house.ask(post_to("/v1/audit/extract", Some(&officer), &release)).await.json();
    let line = &released["document"]["lines"][0];
    let purpose = line["purpose"].as_str().expect("a purpose");
    assert!(purpose.contains("Udsøgning af målgruppe: Aktive sager i mindst to driftsområder"), "{released}");
    assert!(purpose.contains("hjemmel: Databeskyttelsesforordningen art. 6"), "{purpose}");
    assert!(line["recipient"].as_str().is_some_and(|unit| unit.contains("Ungekoordinering")), "{line}");
    let what = line["what"].as_array().expect("what");
    assert!(what.iter().any(|what| what == "at du står på listen"), "{line}");
}

#[tokio::test]
async fn what_must_agree_is_asked_for_and_nobody_else_gets_a_list() {
    let lists = Lists::open().await;
    lists.both("claus");
    let refused = [
        (json!({"purpose": "own_case"}), 422, "purpose-disagrees"),
        (json!({"legal_basis": "gdpr-9"}), 422, "legal-basis-disagrees"),
        (json!({"reason": null}), 422, "reason-too-short"),
        (json!({"reason": "kort"}), 422, "reason-too-short"),
        (json!({"reason": format!("Listen for {} er tom", number("claus"))}), 422, "personal-number-in-text"),
        (json!({"receiver": "UUJ-SOC"}), 403, "rule-off"),
        (json!({"format": "pdf"}), 422, "invalid-body"),
        (json!({"more": true}), 422, "invalid-body"),
        (json!({"legal_basis": null}), 422, "invalid-body"),
    ];
    for (change, status, code) in refused {
        let answer = lists.run("list-owner", change.clone()).await;
        assert_eq!((answer.status.as_u16(), &*answer.problem()), (status, code), "{change}");
        for echo in [number("claus"), "Listen for", "UUJ-SOC", "gdpr-9"] {
            assert!(!answer.text().contains(echo), "never an echo: {}", answer.text());
        }
        let last = lists.house.entries().pop().expect("written down");
        assert_eq!((last.phase, last.error.as_deref()), (Phase::Refused, Some(code)));
    }
    for caller in ["coordinator-youth", "leader-jobcenter", "auditor", "operator"] {
        let answer = lists.run(caller, json!({})).await;
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::FORBIDDEN, "not-for-role"), "{caller}");
    }
    let elsewhere = Handle {
        name: "list-owner-elsewhere",
        employee: "az10090",
        department: "VJH",
        unit: Some("VJH-MYND"),
        roles: &["list_owner"],
        kle: &[],
        sensitivity_max: 2,
    };
    let token = lists.house.token_of(&elsewhere);
    let answer = lists.house.send(post_to(RUN, Some(&token), &asked(&json!({})))).await;
    assert_eq!((answer.status, &*answer.problem()), (StatusCode::FORBIDDEN, "not-for-unit"));
    let counts = lists.house.send(post_to(RUN, Some(&token), &asked(&json!({"dry_run": true})))).await;
    assert_eq!(counts.status, StatusCode::OK, "{}", counts.text());
    let path = "/v1/target-groups/nothing/runs";
    let unknown = lists.house.post_to("list-owner", path, &asked(&json!({}))).await;
    assert_eq!((unknown.status, &*unknown.problem()), (StatusCode::NOT_FOUND, "rule-unknown"));
}

#[tokio::test]
async fn a_rule_that_nobody_has_approved_is_off_and_the_list_of_rules_says_why() {
    let lists =
        Lists::open_with(|config| config.target_groups.approvals.retain(|row| row.rule != "cross_department")).await;
    let answer = lists.run("list-owner", json!({})).await;
    assert_eq!((answer.status, &*answer.problem()), (StatusCode::FORBIDDEN, "rule-off"));
    let rules = lists.house.send(get("/v1/target-groups", Some(&lists.house.token("list-owner")), &[])).await.json();
    let rules = rules["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), 5);
    let of = |code: &str| rules.iter().find(|rule| rule["code"] == code).expect("the rule");
    assert_eq!(of("cross_department")["is_approved"], false);
    assert_eq!(of("cross_department")["why_off"], "ingen har godkendt den");
    assert_eq!(of("transition")["receivers"][0]["unit"], "UUJ-SOC");
    assert_eq!(of("transition")["is_approved"], true);
}

#[tokio::test]
async fn counts_alone_are_rounded_and_tell_of_nobody() {
    let lists = Lists::open().await;
    lists.both("claus");
    lists.both("kirsten");
    let answer = lists.run("list-owner", json!({"dry_run": true})).await;
    let view = answer.json();
    assert_eq!((view["rounded_to"].as_u64(), &view["counts"]["total"]), (Some(5), &Value::Null), "{view}");
    assert!(!answer.text().contains(&lists.who("claus")));
    let entries = lists.entries();
    let phases: Vec<_> = entries.iter().map(|entry| (entry.phase, entry.citizen.is_some())).collect();
    assert_eq!(phases, [(Phase::Intended, false), (Phase::Completed, false)]);
    assert_eq!(entries[1].event.as_ref().expect("what").facts["form"], "counts");
    assert_eq!(lists.list().await.into_values().collect::<Vec<_>>(), ["new", "new"], "nothing was kept");
}

#[tokio::test]
async fn a_run_is_kept_once_its_last_byte_was_taken_and_not_before() {
    let lists = Lists::open().await;
    lists.both("claus");
    let token = lists.house.token("list-owner");
    let unread = lists.house.send_only(post_to(RUN, Some(&token), &asked(&json!({})))).await;
    assert_eq!(unread.status(), StatusCode::OK);
    let busy = lists.run("list-owner", json!({})).await;
    assert_eq!((busy.status, &*busy.problem()), (StatusCode::CONFLICT, "list-busy"), "another has it in hand");
    drop(unread);
    assert_eq!(lists.list().await[&lists.who("claus")], "new", "nobody got the first one");
    assert_eq!(lists.list().await[&lists.who("claus")], "still");
    let read = lists.house.send_only(post_to(RUN, Some(&token), &asked(&json!({})))).await;
    read.into_body().collect().await.expect("the whole list");
    let history = lists.house.send(get("/v1/target-groups/cross_department/history", Some(&token), &[])).await.json();
    assert_eq!(history["runs"].as_array().map(Vec::len), Some(3), "{history}");
    assert_eq!(history["runs"][0]["total"], Value::Null, "one is too few to tell");
}

#[tokio::test]
async fn a_list_has_the_form_that_was_asked_for_and_numbers_for_a_role_that_may() {
    let lists = Lists::open().await;
    lists.both("claus");
    let token = lists.house.token("list-owner");
    let mut request = post_to(RUN, Some(&token), &asked(&json!({})));
    request.headers_mut().insert(header::ACCEPT, "text/csv".parse().expect("a header"));
    let csv = lists.house.send(request).await;
    assert!(csv.header(header::CONTENT_TYPE).starts_with("text/csv"));
    assert!(csv.text().starts_with('\u{feff}') && csv.text().contains("Begrundelse;"), "{}", csv.text());
    for (format, magic) in [("xlsx", &b"PK"[..]), ("parquet", b"PAR1"), ("ndjson", b"{")] {
        let answer = lists.run("list-owner", json!({"format": format})).await;
        assert!(answer.body.starts_with(magic), "{format}");
    }
    let mut request = post_to(RUN, Some(&token), &asked(&json!({})));
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().expect("a header"));
    assert_eq!(lists.house.send(request).await.status, StatusCode::NOT_ACCEPTABLE);
    let numbers = lists.run("list-owner", json!({"with_numbers": true})).await.json();
    let told = numbers["citizens"][0]["cpr"].as_str().expect("a number").replace('-', "");
    assert_eq!(told, number("claus"));
    let nobody = Lists::open_with(|config| config.service.target_groups.lists.numbers_by.clear()).await;
    let refused = nobody.run("list-owner", json!({"with_numbers": true})).await;
    assert_eq!((refused.status, &*refused.problem()), (StatusCode::FORBIDDEN, "numbers-not-for-role"));
}

#[tokio::test]
async fn an_objection_takes_the_citizen_off_without_a_word_and_back_on_as_new() {
    let lists = Lists::open().await;
    lists.both("claus");
    lists.both("kirsten");
    assert_eq!(lists.list().await.len(), 2);
    let path = "/v1/target-groups/objections";
    let said = |action: &str, rule: Value| {
        let mut body = json!({"cpr": number("kirsten"), "action": action, "rule": rule, "document": "2026-0815"});
        body.as_object_mut().expect("fields").retain(|_, value| !value.is_null());
        body
    };
    let house = &lists.house;
    let object = |body: Value| async move { house.post_to("consent-registrar", path, &body).await };
    let added = object(said("add", json!("cross_department"))).await;
    assert_eq!(added.json()["objections"][0]["rule"], "cross_department", "{}", added.text());
    let record = lists.house.entries().into_iter().rfind(|entry| entry.phase == Phase::Recorded).expect("on record");
    assert_eq!(record.event.expect("what").what, "target_objection_added");
    assert_eq!(lists.list().await, [(lists.who("claus"), "still".to_owned())].into(), "not ended: nothing at all");
    let all = object(said("add", Value::Null)).await.json();
    assert_eq!(all["objections"].as_array().map(Vec::len), Some(2));
    object(said("withdraw", json!("cross_department"))).await;
    assert_eq!(lists.list().await.len(), 1, "what was said of every rule stands");
    object(said("withdraw", Value::Null)).await;
    assert_eq!(object(said("list", Value::Null)).await.json()["objections"], json!([]));
    assert_eq!(lists.list().await[&lists.who("kirsten")], "new");
    let unknown = object(said("add", json!("nothing"))).await;
    assert_eq!((unknown.status, &*unknown.problem()), (StatusCode::NOT_FOUND, "rule-unknown"));
    let twice = object(json!({"action": "add"})).await;
    assert_eq!((twice.status, &*twice.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"));
    let owner = lists.house.post_to("list-owner", path, &said("add", Value::Null)).await;
    assert_eq!(owner.problem(), "not-for-role");
}

#[tokio::test]
async fn without_the_audit_there_is_no_list() {
    let lists = Lists::open().await;
    lists.both("claus");
    lists.house.app.audit().log().close().await;
    let answer = lists.run("list-owner", json!({})).await;
    assert_eq!((answer.status, &*answer.problem()), (StatusCode::SERVICE_UNAVAILABLE, "audit-unavailable"));
    assert!(!answer.text().contains(&lists.who("claus")));
}

#[tokio::test]
async fn a_list_is_made_on_its_day_once_into_a_folder_and_waits_for_its_sources() {
    let lists = Lists::open_with(|config| {
        let beside = config.service.target_groups.lists.file.clone().expect("the demo has one");
        config.service.target_groups.lists.folder = Some(beside.with_file_name("lists"));
        config.service.target_groups.lists.waits_hours = 48;
    })
    .await;
    lists.both("claus");
    let folder = lists.config.service.target_groups.lists.folder.clone().expect("set");
    let made = || -> BTreeSet<String> {
        let files = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        files.filter_map(|file| file.file_name().into_string().ok()).collect()
    };
    let cross =
        |files: &BTreeSet<String>| files.iter().filter(|name| name.starts_with("list-cross_department")).count();
    lists.state("sbsys", None);
    run_scheduled(lists.house.app.targets()).await;
    assert_eq!(cross(&made()), 0, "Monday's list waits on Tuesday for a source");
    lists.read_whole();
    run_scheduled(lists.house.app.targets()).await;
    run_scheduled(lists.house.app.targets()).await;
    assert_eq!(cross(&made()), 1, "{:?}", made());
    let runs = lists.house.entries();
    let of_day = runs.iter().filter(|entry| entry.route == "target-groups schedule" && entry.citizen.is_some());
    assert_eq!(of_day.count(), 1);
    lists.house.clock.advance(SignedDuration::from_hours(24 * 7));
    lists.state("sbsys", None);
    lists.house.clock.advance(SignedDuration::from_hours(48));
    run_scheduled(lists.house.app.targets()).await;
    assert_eq!(cross(&made()), 2, "it waits, and not for ever");
    lists.house.clock.advance(SignedDuration::from_hours(24 * 85));
    run_scheduled(lists.house.app.targets()).await;
    assert!(!made().iter().any(|name| name.contains("2026-11-24")), "past its time: {:?}", made());
}

#[tokio::test]
async fn an_overview_tells_of_the_unit_s_own_lists_only_where_that_is_switched_on() {
    const KNOWS: Handle = Handle {
        name: "coordinator-with-lists",
        employee: "az10001",
        department: "UUJ",
        unit: Some("UUJ-KOORD"),
        roles: &["coordinator", "list_owner"],
        kle: &["*"],
        sensitivity_max: 2,
    };
    for is_on in [true, false] {
        let lists = Lists::open_with(|config| config.service.overview.on_lists = is_on).await;
        lists.both("claus");
        assert_eq!(lists.list().await.len(), 1);
        let look_up = |token: String| {
            let body = json!({"cpr": number("claus"), "purpose": "coordination", "case_ref": "2026-001234"});
            post_to("/v1/overviews", Some(&token), &body)
        };
        let told = lists.house.send(look_up(lists.house.token_of(&KNOWS))).await.overview();
        let expected = json!([{"rule": "cross_department", "name": "Aktive sager i mindst to driftsområder"}]);
        assert_eq!(told["on_lists"], if is_on { expected } else { Value::Null });
        let last = lists.house.entries().into_iter().rfind(|entry| entry.phase == Phase::Completed).expect("an answer");
        let rows = last.shown.iter().filter(|row| row.item == "on_list").count();
        assert_eq!(rows, usize::from(is_on));
        let other = lists.house.send(look_up(lists.house.token("coordinator-youth"))).await.overview();
        assert_eq!(other["on_lists"], Value::Null, "not for a role that does not read the list");
    }
}
