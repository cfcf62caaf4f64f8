//! What a decision costs: one distinct set of attributes, shown and withheld, and a citizen with 872 cases.
//!
//! `cargo bench --features fakes --bench decide`. Only ratios hold on a shared machine: beside each other stand the 872 cases
//! as an answer decides them (each distinct set once) and each of them alone, of a role that nobody had before, and what has been
//! decided for the same inputs before.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use glasplade::access::engine::{AskedInput, Asking, Engine, GroundInput, ItemInput, PrincipalInput};
use glasplade::access::{ClassSet, ConsentGround};
use glasplade::config::{Config, ConfigFiles};
use jiff::Timestamp;
use uuid::Uuid;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Cases of the demo's largest citizen, and how many distinct sets of attributes they have (measured over his answer).
const CASES: usize = 872;
const DISTINCT: usize = 24;

fn config() -> Config {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let files = ConfigFiles::read(&root.join("demo"), Some(&root)).expect("the demo's files are there");
    files.parse().expect("the demo's configuration").0
}

fn codes(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|code| (*code).to_owned()).collect()
}

/// Nothing has been decided for a number that is new.
fn caseworker(number: u64) -> PrincipalInput {
    let all = codes(&["employment", "benefit", "sickness", "adult_support", "disability", "homelessness"]);
    PrincipalInput {
        unit: Some("JVS-JOB".to_owned()),
        department: Some("JVS".to_owned()),
        sensitivity_max: 2,
        role: format!("caseworker {number}"),
        own_by_person: true,
        own_by_unit: true,
        own_at_level: [all.clone(), all.clone(), all, BTreeSet::new()],
        told_of_existence: true,
        relation_required: true,
        consent_level_max: 2,
        ..PrincipalInput::default()
    }
}

fn asked() -> AskedInput {
    let opens = codes(&["own_case", "consent", "category"]);
    let (purpose, case_ref) = ("coordination".to_owned(), Some("2026-4711".to_owned()));
    AskedInput { now: 1_795_000_000, purpose, case_ref, opens, ..AskedInput::default() }
}

/// Own cases, and one consent, as most answers have it.
fn grounds() -> Vec<GroundInput> {
    let moment = |second| Timestamp::from_second(second).expect("a moment");
    let consent = ConsentGround {
        id: Uuid::nil(),
        purpose: "coordination".to_owned(),
        case_ref: "2026-4711".to_owned(),
        from: vec!["JSY-YDELSE".to_owned()],
        to: vec!["JVS-JOB".to_owned()],
        categories: vec!["benefit".to_owned()],
        classes: ClassSet::OF_AN_ITEM,
        valid_from: moment(1_790_000_000),
        valid_to: moment(1_800_000_000),
    };
    vec![GroundInput::OwnCase, GroundInput::GrantingCase, GroundInput::Consent(consent), GroundInput::Category]
}

fn item(at: usize) -> ItemInput {
    let categories = ["employment", "benefit", "sickness", "adult_support", "disability", "homelessness"];
    let units = ["JVS-JOB", "JSY-YDELSE", "VJH-MYND", "SUV-STOETTE"];
    let category = codes(&[categories[at % categories.len()]]);
    ItemInput {
        level: 1,
        kind_role: "authority".to_owned(),
        subjects_covered: category.clone(),
        categories: category,
        owner_unit: Some(units[at / categories.len() % units.len()].to_owned()),
        owner_row_decides: true,
        is_active: true,
        told_existence: true,
        told_contact: true,
        ..ItemInput::default()
    }
}

fn decide(engine: &Engine, number: u64, items: &[ItemInput]) -> usize {
    let asking = Asking::new(engine, vec![caseworker(number)], asked(), grounds());
    let is_category = |ground: &GroundInput| *ground == GroundInput::Category;
    let all = items.iter().map(|item| {
        let opened = asking.item(item, false, |ground| !is_category(ground));
        if opened.is_empty() { asking.item(item, true, is_category).len() } else { opened.len() }
    });
    all.sum()
}

fn benches(criterion: &mut Criterion) {
    let config = config();
    let engine = &config.engine;
    let mut group = criterion.benchmark_group("decide");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3)).sample_size(20);
    let mut number = 0;
    let mut nobody_before = || {
        number += 1;
        number
    };
    group.bench_function("one set, shown as an own case", |bench| {
        bench.iter(|| decide(engine, nobody_before(), black_box(&[item(0)])));
    });
    group.bench_function("one set, told of at most", |bench| {
        bench.iter(|| decide(engine, nobody_before(), black_box(&[item(14)])));
    });
    group.bench_function("one set, decided before but for a consent", |bench| {
        bench.iter(|| decide(engine, 0, black_box(&[item(0)])));
    });
    let distinct: Vec<ItemInput> = (0..DISTINCT).map(item).collect();
    group.bench_function("872 cases, each distinct set once", |bench| {
        bench.iter(|| decide(engine, nobody_before(), black_box(&distinct)));
    });
    group.bench_function("872 cases, decided before but for a consent", |bench| {
        bench.iter(|| decide(engine, 0, black_box(&distinct)));
    });
    let all: Vec<ItemInput> = (0..CASES).map(item).collect();
    group.sample_size(10).bench_function("872 cases, each alone", |bench| {
        bench.iter(|| {
            all.iter().map(|one| decide(engine, nobody_before(), black_box(std::slice::from_ref(one)))).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
