//! What rules cost: the five that ship over 80,000 and 350,000 generated households, on one thread and on two, and beside them
//! the interpreter of the `cel` crate on the same conditions.
//!
//! `cargo bench --bench target_rules`. Only ratios hold on a shared machine.

#![expect(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints what it measured"
)]

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cel::{Context, Program, Value};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glasplade::config::ConfigFiles;
use glasplade::target_groups::rules::Rule;
use glasplade::target_groups::{BenefitPeriod, Code, Day, Fact, FactPhase, Household, Kinship, Member};
use jiff::civil::{Date, date};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TODAY: Date = date(2026, 11, 21);
const SIZES: [usize; 2] = [80_000, 350_000];
/// Households that the interpreter is asked about: it takes some hundred times as long.
const INTERPRETED: usize = 1_000;

fn rules() -> Vec<Arc<Rule>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let files = ConfigFiles::read(&root.join("demo"), Some(&root)).expect("the demo's files are there");
    files.parse().expect("the demo's configuration").0.target_groups.rules
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

fn benches(criterion: &mut Criterion) {
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
