//! What rules cost: the five that ship over 80,000 and 350,000 generated households, on one thread and on two, and beside them
//! the interpreter of the `cel` crate on the same conditions; then whole runs over an index on disk, its rows read, joined and cut.
//!
//! `cargo bench --bench target_rules`. Only ratios hold on a shared machine.

#![expect(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints what it measured"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cel::{Context, Program, Value};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glasplade::access::Access;
use glasplade::audit::PseudonymKey;
use glasplade::config::{Config, ConfigFiles, KindRole, Language, TARGET_GROUP_PURPOSE};
use glasplade::target_groups::diff::ReasonKey;
use glasplade::target_groups::index::{
    CitizenRow, IndexError, IndexedFact, JoinKey, KeyMaker, Kin, NumberSeal, RegisterTold, Standing, TargetIndex,
};
use glasplade::target_groups::rules::{Names, Rule, standings};
use glasplade::target_groups::run::{Completeness, Population, Question, Sight, SourceState, World, find};
use glasplade::target_groups::{BenefitPeriod, Code, Day, Fact, FactPhase, Household, Kinship, Member};
use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TODAY: Date = date(2026, 11, 21);
const SIZES: [usize; 2] = [80_000, 350_000];
/// Households that the interpreter is asked about: it takes some hundred times as long.
const INTERPRETED: usize = 1_000;

fn config() -> Config {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let files = ConfigFiles::read(&root.join("demo"), Some(&root)).expect("the demo's files are there");
    files.parse().expect("the demo's configuration").0
}

fn rules() -> Vec<Arc<Rule>> {
    config().target_groups.rules
}

/// The generator `SplitMix64`.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn days(&mut self, end: u64) -> i32 {
        i32::try_from(self.below(end)).expect("fewer than all days")
    }
}

/// Codes are shared, as the index shares them: each text exists once.
struct Codes(BTreeMap<&'static str, Code>);

impl Codes {
    fn one(&mut self, draw: &mut Draw, of: &[&'static str]) -> Code {
        let text = of[usize::try_from(draw.below(of.len() as u64)).expect("a place")];
        Arc::clone(self.0.entry(text).or_insert_with(|| Code::from(text)))
    }
}

const SOURCES: [&str; 5] = ["sbsys", "fasit", "dubu", "case_index", "oio"];
const DEPARTMENTS: [&str; 6] = ["UUJ", "JSY", "JVS", "SUV", "BFF", "VJH"];
const CATEGORIES: [&str; 9] = [
    "employment",
    "youth_education",
    "benefit",
    "sickness",
    "adult_support",
    "homelessness",
    "substance_use",
    "mental_health",
    "child",
];
const BENEFITS: [&str; 3] = ["cash_benefit", "education_benefit", "early_pension"];

fn member(draw: &mut Draw, codes: &mut Codes, kinship: Kinship, today: i32) -> Member {
    let age = if kinship == Kinship::Child { draw.days(18 * 365) } else { 15 * 365 + draw.days(60 * 365) };
    let number = draw.below(if kinship == Kinship::Oneself { 5 } else { 3 }) + u64::from(kinship == Kinship::Oneself);
    let facts = (0..number).map(|_| Fact {
        source: codes.one(draw, &SOURCES),
        department: (draw.below(10) > 0).then(|| codes.one(draw, &DEPARTMENTS)),
        unit: None,
        category: codes.one(draw, &CATEGORIES),
        kind: None,
        phase: if draw.below(5) == 0 { FactPhase::Closed } else { FactPhase::Active },
        opened: Some(Day(today - draw.days(3_000))),
        closed: None,
    });
    let facts = facts.collect();
    let periods = (0..draw.below(3)).map(|_| {
        let from = today - draw.days(4_000);
        BenefitPeriod {
            benefit: codes.one(draw, &BENEFITS),
            from: Day(from),
            until: Some(Day(from + draw.days(3_000))),
        }
    });
    Member { kinship, born: Some(Day(today - age)), facts, benefits: Some(periods.collect()) }
}

fn households(number: usize) -> Vec<Household> {
    let (mut draw, mut codes, today) = (Draw(5), Codes(BTreeMap::new()), Day::of(TODAY).0);
    (0..number)
        .map(|_| {
            let mut members = vec![member(&mut draw, &mut codes, Kinship::Oneself, today)];
            let others = if draw.below(3) == 0 { 1 + draw.below(3) } else { 0 };
            for _ in 0..others {
                let kinship = [Kinship::Spouse, Kinship::Child, Kinship::Child, Kinship::Parent]
                    [usize::try_from(draw.below(4)).expect("a place")];
                members.push(member(&mut draw, &mut codes, kinship, today));
            }
            Household { members, is_known: true }
        })
        .collect()
}

fn matches(rules: &[Arc<Rule>], households: &[Household]) -> usize {
    let today = Day::of(TODAY);
    let each = households.iter().map(|one| rules.iter().filter(|rule| rule.matches(one, today).is_some()).count());
    each.sum()
}

fn matches_on_two(rules: &[Arc<Rule>], households: &[Household]) -> usize {
    let (first, second) = households.split_at(households.len() / 2);
    thread::scope(|scope| {
        let other = scope.spawn(|| matches(rules, second));
        matches(rules, first) + other.join().expect("a thread that ends")
    })
}

// ----- The same for the interpreter.

fn date_text(day: Day) -> Value {
    Value::from(day.date().expect("a day").to_string())
}

fn whole_months(from: Day, to: Day) -> i64 {
    let (from, to) = (from.date().expect("a day"), to.date().expect("a day"));
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    months - i64::from(to.day() < from.day())
}

fn of_person(member: &Member) -> HashMap<String, Value> {
    let today = Day::of(TODAY);
    let active: Vec<&Fact> = member.facts.iter().filter(|fact| fact.phase == FactPhase::Active).collect();
    let different = |mut codes: Vec<&str>| {
        codes.sort_unstable();
        codes.dedup();
        Value::Int(i64::try_from(codes.len()).expect("few"))
    };
    let months = whole_months(member.born.expect("drawn"), today);
    let facts: Vec<Value> = member
        .facts
        .iter()
        .map(|fact| {
            let mut fields = HashMap::from([
                ("source".to_owned(), Value::from(&*fact.source)),
                ("category".to_owned(), Value::from(&*fact.category)),
                ("is_active".to_owned(), Value::Bool(fact.phase == FactPhase::Active)),
                ("opened".to_owned(), date_text(fact.opened.expect("drawn"))),
                ("active_days".to_owned(), Value::Int(i64::from(today.0 - fact.opened.expect("drawn").0))),
            ]);
            if let Some(department) = &fact.department {
                fields.insert("department".to_owned(), Value::from(&**department));
            }
            Value::from(fields)
        })
        .collect();
    HashMap::from([
        ("age_months".to_owned(), Value::Int(months)),
        ("age_years".to_owned(), Value::Int(months / 12)),
        ("departments".to_owned(), different(active.iter().filter_map(|fact| fact.department.as_deref()).collect())),
        ("categories".to_owned(), different(active.iter().map(|fact| &*fact.category).collect())),
        ("facts".to_owned(), Value::from(facts)),
    ])
}

/// Days on the two benefits that the rule counts, day by day.
fn benefit_days(member: &Member) -> i64 {
    let today = Day::of(TODAY).0;
    let counted = member.benefits.iter().flatten().filter(|period| &*period.benefit != "early_pension");
    let mut days: Vec<i32> =
        counted.flat_map(|period| period.from.0..=period.until.map_or(today, |until| until.0.min(today))).collect();
    days.sort_unstable();
    days.dedup();
    i64::try_from(days.len()).expect("few")
}

fn context(household: &Household) -> Context<'static, 'static> {
    let mut context = Context::default();
    let mut citizen = of_person(&household.members[0]);
    citizen.insert("benefit_days".to_owned(), Value::Int(benefit_days(&household.members[0])));
    let others: Vec<Value> = household.members[1..]
        .iter()
        .map(|member| {
            let mut fields = of_person(member);
            let kinship = match member.kinship {
                Kinship::Oneself => "oneself",
                Kinship::Spouse => "spouse",
                Kinship::Child => "child",
                Kinship::Parent => "parent",
            };
            fields.insert("kinship".to_owned(), Value::from(kinship));
            Value::from(fields)
        })
        .collect();
    context.add_variable_from_value("as_of", TODAY.to_string());
    context.add_variable_from_value("citizen", citizen);
    context.add_variable_from_value("household", others);
    context
}

fn interpreted(programs: &[Program], contexts: &[Context<'static, 'static>]) -> usize {
    let holds = |context, program: &&Program| program.execute(context) == Ok(Value::Bool(true));
    contexts.iter().map(|context| programs.iter().filter(|program| holds(context, program)).count()).sum()
}

/// Runs once and says what it took, and what the interpreter takes for the same.
fn compare(rules: &[Arc<Rule>], households: &[Household]) {
    let some = &households[..INTERPRETED];
    let programs: Vec<Program> =
        rules.iter().map(|rule| Program::compile(rule.condition().normal()).expect("valid CEL")).collect();
    let contexts: Vec<Context<'static, 'static>> = some.iter().map(context).collect();
    let timed = |run: &dyn Fn() -> usize| {
        let began = Instant::now();
        let found = run();
        (found, began.elapsed())
    };
    let (plain, by_interpreter) = timed(&|| interpreted(&programs, &contexts));
    let (found, by_us) = timed(&|| (0..100).fold(0, |_, _| matches(rules, black_box(some))));
    assert_eq!(plain, found, "both find the same");
    let (ours, theirs) = (by_us.as_secs_f64() / 100.0, by_interpreter.as_secs_f64());
    let each = |seconds: f64| seconds * 1e9 / (INTERPRETED * rules.len()) as f64;
    println!(
        "one rule, one household: {:.0} ns; by the crate's interpreter, its values made beforehand: {:.0} ns, {:.0} times as much",
        each(ours),
        each(theirs),
        theirs / ours
    );
    for number in SIZES {
        let all = &households[..number];
        let (found, one) = timed(&|| matches(rules, all));
        let (_, two) = timed(&|| matches_on_two(rules, all));
        println!("{number} households, five rules: {found} matches; {one:.0?} on one thread, {two:.0?} on two");
    }
}

// ----- Whole runs over an index.

fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().expect("a moment")
}

/// An invented number: none has a day that the calendar has.
fn invented(at: usize) -> CprNumber {
    CprNumber::parse(&format!("{:02}{:02}{:02}{:04}", 61 + at % 28, 1 + at / 28 % 12, at / 336 % 100, at / 33_600))
        .expect("ten digits")
}

/// An index on disk of so many citizens: one to five cases each, a fifth of them told by the joint index as well, every third with
/// a family.
fn filled(path: &Path, number: usize) {
    let (key, mut draw, today) = (PseudonymKey::new(&[7; 32]).expect("32 bytes"), Draw(9), Day::of(TODAY).0);
    let (maker, seal) = (KeyMaker::new(&key), NumberSeal::new(&key));
    let mut index = TargetIndex::open(path).expect("a new file");
    let written = index.change::<(), IndexError>(|change| {
        for at in 0..number {
            let citizen = invented(at);
            let who = key.of(&citizen);
            let mut row = CitizenRow::new(seal.seal(&who, &citizen));
            let born = Some(Day(today - 15 * 365 - draw.days(60 * 365)));
            let family = if draw.below(3) == 0 { 1 + draw.below(3) } else { 0 };
            let kin = (0..family).map(|_| Kin {
                kinship: [Kinship::Spouse, Kinship::Child, Kinship::Child, Kinship::Parent]
                    [usize::try_from(draw.below(4)).expect("a place")],
                who: key.of(&invented(usize::try_from(draw.below(number as u64)).expect("a place"))),
            });
            let kin = kin.collect();
            row.register =
                Some(RegisterTold { on: Day(today), born, has_left: false, is_protected: draw.below(200) == 0, kin });
            for case in 0..=draw.below(5) {
                let mut pick = |of: &[&'static str]| of[usize::try_from(draw.below(of.len() as u64)).expect("a place")];
                let (source, department, category) =
                    (pick(&["sbsys", "fasit", "dubu", "oio"]), pick(&DEPARTMENTS), pick(&CATEGORIES));
                let id = format!("{at}-{case}");
                let mut code = |text: &str| change.code(text).expect("few codes");
                let level = if ["employment", "youth_education", "benefit"].contains(&category) { 1 } else { 2 };
                let fact = IndexedFact {
                    source: code(source),
                    key: maker.fact(source, &id),
                    joins: vec![JoinKey::Uuid((at as u64) << 3 | case)],
                    master: None,
                    is_owned_elsewhere: false,
                    department: Some(code(department)),
                    unit: None,
                    category: code(category),
                    kind: Some(code("job_plan")),
                    role: KindRole::Authority,
                    level,
                    stated_level: 0,
                    is_screened: false,
                    could_be_raised: true,
                    standing: Standing::Open,
                    opened: Some(Day(today - draw.days(3_000))),
                    closed: (draw.below(5) == 0).then(|| Day(today - 1)),
                };
                if draw.below(5) == 0 {
                    let (index, master) = (code("case_index"), Some(code(source)));
                    let key = maker.fact("case_index", &id);
                    row.take(IndexedFact { source: index, key, master, could_be_raised: false, ..fact.clone() });
                }
                row.take(fact);
            }
            change.put_citizen(&who, &row)?;
        }
        Ok(())
    });
    written.expect("a writable index");
}

/// Reads the index once and runs every rule over it: how many are on lists, what the reading took, and what all took.
fn run_all(config: &Config, path: &Path, threads: usize) -> (usize, Duration, Duration) {
    let began = Instant::now();
    let ids = config.sources.source.iter().map(|row| row.id.as_str()).chain(["persons"]);
    let read = |id: &str| SourceState { complete_as_of: Some(now()), ..SourceState::unread(Code::from(id)) };
    let states: Vec<SourceState> = ids.map(read).collect();
    let mut index = TargetIndex::open(path).expect("the file");
    let population = index.read::<_, IndexError>(|reading| {
        let sight = Sight::new(config, reading.codes(), &BTreeSet::new(), TODAY, false);
        Population::read(reading, &sight)
    });
    let (population, reading) = (population.expect("a readable index"), began.elapsed());
    let (access, names, reasons) = (Access::new(config), Names::of(config, Language::Da), ReasonKey::new(&[5; 32]));
    let mut listed = 0;
    for standing in standings(config, TODAY) {
        let approved = standing.approved.expect("approved in the demo");
        let wanted = (approved.approval.receiver.as_str(), approved.approval.statute.as_str());
        let permit = access.permit_list(TARGET_GROUP_PURPOSE, &standing.rule.file().run_by, wanted, TODAY);
        let permit = permit.expect("permitted in the demo");
        let known = Completeness::of(config, &standing.rule, &approved.statute, &states, now());
        let question = Question {
            rule: &standing.rule,
            approved: &approved,
            permit: &permit,
            run: Uuid::nil(),
            made_at: now(),
            as_of: TODAY,
            numbers: None,
        };
        let world = World {
            population: &population,
            known: &known,
            config,
            names: &names,
            employees: &HashSet::new(),
            objecting: &BTreeSet::new(),
            aliases: &BTreeMap::new(),
            before: None,
            reasons: &reasons,
            threads,
        };
        listed += find(&question, &world).report.citizens.len();
    }
    (listed, reading, began.elapsed())
}

/// Whole runs, told once for each size.
fn over_an_index() {
    let config = config();
    for number in SIZES {
        let folder = std::env::temp_dir().join(format!("glasplade-bench-{}-{number}", std::process::id()));
        let path = folder.join("index.sqlite");
        filled(&path, number);
        for threads in [1, 2] {
            let times = (0..3).map(|_| run_all(&config, &path, threads));
            let (listed, reading, all) = times.min_by_key(|(_, _, all)| *all).expect("three runs");
            println!(
                "an index of {number} citizens: rows read and joined in {reading:.0?}; with all five rules cut, matched, compared and \
                 explained in {all:.0?} on {threads} thread(s): {listed} rows"
            );
        }
        std::fs::remove_dir_all(folder).expect("the bench's own folder");
    }
}

fn benches(criterion: &mut Criterion) {
    over_an_index();
    let (rules, households) = (rules(), households(SIZES[1]));
    assert_eq!(rules.len(), 5);
    compare(&rules, &households);
    let mut group = criterion.benchmark_group("target_rules");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3)).sample_size(10);
    for number in SIZES {
        let all = &households[..number];
        group.throughput(Throughput::Elements(number as u64));
        group.bench_function(format!("five rules, {number} households, one thread"), |bench| {
            bench.iter(|| matches(&rules, black_box(all)));
        });
        group.bench_function(format!("five rules, {number} households, two threads"), |bench| {
            bench.iter(|| matches_on_two(&rules, black_box(all)));
        });
    }
    // One citizen with three cases and no household: what one rule costs there.
    let alone = households.iter().find(|one| one.members.len() == 1 && one.members[0].facts.len() == 3);
    let alone = alone.expect("there is one of three cases");
    group.throughput(Throughput::Elements(1));
    for rule in &rules {
        group.bench_function(format!("{}, one citizen with three cases", rule.code()), |bench| {
            bench.iter(|| rule.condition().holds(black_box(alone), Day::of(TODAY)));
        });
    }
    group.finish();
}

criterion_group!(target_rules, benches);
criterion_main!(target_rules);
