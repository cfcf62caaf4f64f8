//! The index out of extracts, beside `DuckDB` reading the same files in the same rounds: wall time, CPU time and peak memory, each
//! side in a process of its own.
//!
//! `cargo bench --bench target_build`. `BUILD_CITIZENS` says how many invented citizens, some 2.5 rows each (default `80000,350000`;
//! the goal is 6,000,000, of which the files have 6 GB), `BUILD_ROUNDS` how many rounds (default 3), `BUILD_DIR` where the files lie
//! and are removed from (default: a folder under `target`), and `BUILD_PYTHON` which Python has the package `duckdb` (default: one
//! that is made under `target` and gets it). Only ratios hold on a shared machine.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and the environment, and prints what it measured"
)]

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use glasplade::audit::PseudonymKey;
use glasplade::config::{Config, ConfigFiles};
use glasplade::people::{AliasBook, AliasSettings};
use glasplade::random::SystemRandom;
use glasplade::target_groups::build::{BuildProgress, Builder};
use glasplade::target_groups::poll::PollerLent;
use glasplade_adapters::contract::{ManualClock, SourceId};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SOURCES: [&str; 4] = ["sbsys", "fasit", "dubu", "oio"];
const NOW: &str = "2026-11-22T06:00:00Z";

/// What `DuckDB` does with the same files. Its threads are as many as the cores, and every value is read as what it is.
const DUCKDB: &str = "
import json, os, resource, sys, time
import duckdb
folder, database = sys.argv[1:3]
texts = 'citizen id kind status uuid type_code type_name template law kle unit master_id master_name sensitivity'.split()
columns = {name: 'VARCHAR' for name in texts}
columns |= {'numbers': 'VARCHAR[]', 'opened': 'DATE', 'closed': 'DATE', 'last_changed': 'TIMESTAMP', 'is_screened': 'BOOLEAN'}
begun = time.perf_counter()
connection = duckdb.connect(database)
connection.execute(f'SET threads = {len(os.sched_getaffinity(0))}')
connection.execute('SET enable_progress_bar = false')
connection.execute(
    f\"CREATE TABLE cases AS SELECT * FROM read_json('{folder}/*.ndjson', format='newline_delimited', columns={columns})\")
connection.close()
wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
";

/// The generator `SplitMix64`.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(end)) >> 64).expect("below a number of 64 bits")
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).expect("a place")]
    }

    fn uuid(&mut self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes((u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes())
            .into_uuid()
    }
}

/// The demo's, with these sources' cases in files.
fn config() -> Config {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let files = ConfigFiles::read(&root.join("demo"), Some(&root)).expect("the demo's files are there");
    let mut config = files.parse().expect("the demo's configuration").0;
    let rows = config.sources.source.iter_mut().filter(|row| SOURCES.contains(&row.id.as_str()));
    rows.for_each(|row| row.listing.extract = true);
    config
}

/// What the configuration's rules go by, so that cases of every kind are drawn: as much of a row as is the same for many.
fn kinds_of_case(config: &Config) -> Vec<String> {
    let kinds = config.kinds.rule.iter().flat_map(|rule| {
        let (code, name) = (rule.type_code.first(), rule.type_name.first());
        let (template, law) = (rule.template.first(), rule.law.first());
        let subjects: Vec<Option<&String>> =
            if rule.kle.is_empty() { vec![None] } else { rule.kle.iter().map(Some).collect() };
        subjects.into_iter().map(move |kle| {
            let mut text = String::new();
            let kle = kle.map_or_else(|| "27.24.03".to_owned(), |kle| format!("{kle}.00.00")[..8].to_owned());
            let fields = [
                ("type_code", code.cloned().unwrap_or_else(|| "PS".to_owned())),
                ("type_name", name.cloned().unwrap_or_else(|| "Personsag".to_owned())),
                ("template", template.cloned().unwrap_or_else(|| "Standard".to_owned())),
                ("law", law.cloned().unwrap_or_else(|| "Forvaltningsloven".to_owned())),
                ("kle", kle),
            ];
            for (key, value) in fields {
                let value = serde_json::to_string(&value).expect("a text");
                write!(text, r#","{key}":{value}"#).expect("a text takes what is written");
            }
            text
        })
    });
    kinds.collect()
}

/// An invented number: none has a day that the calendar has.
fn invented(at: u64) -> String {
    format!("{:02}{:02}{:02}{:04}", 61 + at % 28, 1 + at / 28 % 12, at / 336 % 100, at / 33_600)
}

/// Writes the extracts of so many citizens, one to four cases each; tells how many rows and bytes those are.
fn generate(config: &Config, folder: &Path, citizens: u64) -> (u64, u64) {
    fs::create_dir_all(folder).expect("a folder");
    let path = |source: &str| folder.join(format!("{source}.ndjson"));
    let mut files = SOURCES.map(|source| {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path(source)).expect("a new file"));
        writeln!(file, r#"{{"extract":{{"source":"{source}","as_of":"2026-11-22T00:15:00Z"}}}}"#).expect("written");
        (file, 0_u64)
    });
    let (kinds, mut draw) = (kinds_of_case(config), Draw(7));
    let mut units: Vec<&String> = config.departments.matchers.iter().flat_map(|row| &row.unit_id).collect();
    units.truncate(300);
    for at in 0..citizens {
        // Each once, in no order.
        let number = invented(at * 7_368_787 % citizens);
        for case in 0..=draw.below(4) {
            let (file, rows) = &mut files[usize::try_from(draw.below(4)).expect("a place")];
            *rows += 1;
            let status = draw.one(&["opened", "informed", "decided", "running", "performed", "closed"]);
            write!(
                file,
                r#"{{"citizen":"{number}","id":"{}-{case}","kind":"case","status":"{status}","opened":"{}-{:02}-{:02}""#,
                4_000_000 + at,
                2015 + draw.below(11),
                1 + draw.below(12),
                1 + draw.below(28)
            )
            .expect("written");
            if *status == "closed" {
                write!(file, r#","closed":"2026-{:02}-{:02}""#, 1 + draw.below(11), 1 + draw.below(21))
                    .expect("written");
            }
            writeln!(
                file,
                r#","last_changed":"2026-{:02}-{:02}T{:02}:{:02}:{:02}Z","uuid":"{}","numbers":["27.24.03-G01-{}-{:02}"]{},"unit":"{}","sensitivity":"{}","is_screened":false}}"#,
                1 + draw.below(11),
                1 + draw.below(21),
                draw.below(24),
                draw.below(60),
                draw.below(60),
                draw.uuid(),
                draw.below(100_000),
                10 + draw.below(17),
                draw.one(&kinds),
                draw.one(&units),
                draw.one(&["not_confidential", "confidential", "sensitive"]),
            )
            .expect("written");
        }
    }
    let mut all = 0;
    for (mut file, rows) in files {
        writeln!(file, r#"{{"end":{{"rows":{rows}}}}}"#).expect("written");
        file.flush().expect("written");
        all += rows;
    }
    (all, SOURCES.iter().map(|source| fs::metadata(path(source)).expect("written").len()).sum())
}

/// Wall and CPU seconds, and peak memory in MiB.
type Cost = [f64; 3];

/// Ours, in this process: builds, and prints what it took.
fn build(folder: &Path, index: &Path) {
    let begun = Instant::now();
    let config = config();
    let lent = PollerLent {
        pseudonyms: Arc::new(PseudonymKey::new(&[7; 32]).expect("32 bytes")),
        aliases: Arc::new(AliasBook::in_memory(AliasSettings { entries_max: 100 })),
        clock: Arc::new(ManualClock::at(NOW.parse().expect("a moment"))),
        random: Arc::new(SystemRandom),
    };
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let kept = SOURCES.map(SourceId::new).to_vec();
    let builder = Builder::new(&config, index, kept, lent, threads);
    let report = builder.build(folder, None, &BuildProgress::default()).expect("an index");
    let wall = begun.elapsed().as_secs_f64();
    assert!(report.is_replaced && report.sources.iter().all(|source| source.left.is_none()), "{report:?}");
    let facts: u64 = report.sources.iter().map(|source| source.facts).sum();
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit_once(')').expect("a name in brackets").1;
    let ticks: Vec<f64> = after_name.split_whitespace().skip(11).take(2).filter_map(|text| text.parse().ok()).collect();
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    let cost: Cost = [wall, ticks.iter().sum::<f64>() / 100.0, peak.expect("Linux tells it") / 1_024.0];
    println!("{}", serde_json::to_string(&(cost, report.citizens, facts)).expect("numbers"));
}

/// The Python that has `duckdb`.
fn python() -> PathBuf {
    if let Ok(python) = env::var("BUILD_PYTHON") {
        return PathBuf::from(python);
    }
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/duckdb");
    let python = place.join("bin/python");
    if !python.exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&place).status().expect("python3");
        assert!(made.success(), "a virtual environment");
        let got = Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb"]).status().expect("pip");
        assert!(got.success(), "the package `duckdb`");
    }
    python
}

fn run(command: &mut Command) -> String {
    let done = command.output().expect("a process");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("JSON")
}

fn compare(config: &Config, place: &Path, citizens: u64, rounds: usize) {
    let folder = place.join(citizens.to_string());
    let begun = Instant::now();
    let (rows, bytes) = generate(config, &folder, citizens);
    println!("{citizens} citizens: {rows} rows, {} MB, made in {:.0?}", bytes / 1_000_000, begun.elapsed());
    let (python, own) = (python(), env::current_exe().expect("this program"));
    let mut costs: Vec<(Cost, Cost)> = Vec::new();
    for round in 0..rounds {
        let (index, database) = (place.join("index/index.sqlite"), place.join("cases.duckdb"));
        let ours = || {
            let told = run(Command::new(&own).arg("--build").arg(&folder).arg(&index));
            let (cost, citizens, facts): (Cost, u64, u64) = serde_json::from_str(&told).expect("what `build` prints");
            let size = fs::metadata(&index).expect("the index").len();
            fs::remove_dir_all(place.join("index")).expect("the index is removed");
            (cost, format!("{citizens} citizens with {facts} facts, {} MB", size / 1_000_000))
        };
        let theirs = || {
            let told = run(Command::new(&python).arg("-c").arg(DUCKDB).arg(&folder).arg(&database));
            fs::remove_file(&database).expect("the database is removed");
            serde_json::from_str::<Cost>(&told).expect("what the script prints")
        };
        // Who is first changes: what the other one left in the page cache is the files, and both have them.
        let ((ours, what), theirs) = if round % 2 == 0 {
            let ours = ours();
            (ours, theirs())
        } else {
            let theirs = theirs();
            (ours(), theirs)
        };
        let told = |[wall, cpu, peak]: Cost| format!("{wall:.2} s, CPU {cpu:.2} s, peak {peak:.0} MiB");
        println!("  ours: {} ({what}); DuckDB: {}", told(ours), told(theirs));
        costs.push((ours, theirs));
    }
    let ratio = |at: usize| {
        let mut ratios: Vec<f64> = costs.iter().map(|(ours, theirs)| theirs[at] / ours[at]).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    };
    println!(
        "  DuckDB takes {:.2} times as long, {:.2} times the CPU and {:.2} times the memory (median of {rounds})",
        ratio(0),
        ratio(1),
        ratio(2)
    );
    fs::remove_dir_all(folder).expect("the files are removed");
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, verb, folder, index] = arguments.as_slice()
        && verb == "--build"
    {
        return build(Path::new(folder), Path::new(index));
    }
    let setting = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let place = env::var("BUILD_DIR").map(PathBuf::from);
    let place = place.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/target_build"));
    let rounds = setting("BUILD_ROUNDS", "3").parse().expect("BUILD_ROUNDS is a number");
    let config = config();
    for citizens in setting("BUILD_CITIZENS", "80000,350000").split(',') {
        compare(&config, &place, citizens.trim().parse().expect("BUILD_CITIZENS are numbers"), rounds);
    }
    fs::remove_dir_all(place).expect("the folder is removed");
}
