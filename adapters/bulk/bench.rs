//! A bulk SOAP answer read by our strict layer into the shapes that the case index' adapter uses, beside Python's lxml and
//! its `iterparse` reading the same file in the same rounds: CPU seconds of one thread, and their ratio.
//!
//! `cargo bench -p glasplade-adapters --features fakes --bench bulk`. `BULK_MB` says how large the answer is (default 50),
//! `BULK_ROUNDS` how many rounds (default 9), `BULK_PYTHON` which Python has the package `lxml` (default: one that is made
//! under `target` and gets it). Only ratios hold on a shared machine. lxml checks less than we do, and reads no limits.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the environment, and prints what it measured"
)]

use std::env;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use glasplade_adapters::bulk::{self, Counted};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: &str = "2026-11-22T06:00:00Z";
/// Enough that no two pages of the answer are alike.
const CITIZENS: usize = 10_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let number = |name: &str, default: usize| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (megabytes, rounds) = (number("BULK_MB", 50), number("BULK_ROUNDS", 9));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let answer = bulk::answer(megabytes * 1_000_000, CITIZENS, NOW.parse()?);
    let file = target.join("bulk.xml");
    fs::write(&file, &answer)?;
    let mut python = Python::start(target, &file)?;
    let counted = bulk::read(answer.clone())?;
    println!("{} bytes, {counted:?}; {rounds} rounds, CPU seconds of one thread", answer.len());
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds {
        let (ours, again) = timed(|| bulk::read(answer.clone()))?;
        let (tree, _) = timed(|| bulk::read_tree(answer.clone()))?;
        let (walk, walked) = python.read("walk")?;
        let (take, taken) = python.read("take")?;
        if again? != counted || walked.cases != counted.cases || taken != counted {
            return Err(format!("the two readers differ: {counted:?}, {walked:?}, {taken:?}").into());
        }
        for (times, time) in times.iter_mut().zip([ours, tree, walk, take]) {
            times.push(time);
        }
    }
    fs::remove_file(&file)?;
    let [ours, tree, walk, take] = times.map(median);
    let bytes = f64::from(u32::try_from(answer.len())?);
    let rate = |seconds: f64| bytes / 1e6 / seconds;
    println!("ours, into the adapter's shapes   {ours:>7.3} s  {:>6.0} MB/s", rate(ours));
    println!("ours, the tree alone              {tree:>7.3} s  {:>6.0} MB/s", rate(tree));
    println!("lxml, iterparse past each case    {walk:>7.3} s  {:>6.0} MB/s", rate(walk));
    println!("lxml, iterparse into dictionaries {take:>7.3} s  {:>6.0} MB/s", rate(take));
    println!("ratio, both taking the same       {:>7.1} ×", take / ours);
    println!("ratio, both only parsing          {:>7.1} ×", walk / tree);
    println!("ratio, ours taking, lxml passing  {:>7.1} ×", walk / ours);
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// CPU seconds that this thread takes for `work`.
fn timed<T>(work: impl FnOnce() -> T) -> Outcome<(f64, T)> {
    let so_far = || -> Outcome<f64> {
        let told = fs::read_to_string("/proc/thread-self/schedstat")?;
        Ok(told.split(' ').next().unwrap_or_default().parse::<f64>()? / 1e9)
    };
    let before = so_far()?;
    let done = work();
    Ok((so_far()? - before, done))
}

/// The other reader, waiting for rounds.
struct Python {
    child: Child,
    rounds: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
}

impl Python {
    fn start(target: &Path, file: &Path) -> Outcome<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/bulk/iterparse.py");
        let mut child =
            Command::new(python(target)?).arg(script).arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (rounds, told) = child.stdin.take().zip(child.stdout.take()).ok_or("no pipes to Python")?;
        Ok(Self { child, rounds, told: BufReader::new(told).lines() })
    }

    /// One round: CPU seconds, and what was counted.
    fn read(&mut self, reading: &str) -> Outcome<(f64, Counted)> {
        writeln!(self.rounds, "{reading}")?;
        let line = self.told.next().ok_or("Python has ended")??;
        let words: Vec<&str> = line.split(' ').collect();
        let [seconds, cases, relations, title_bytes] = words.as_slice() else {
            return Err("Python tells something else".into());
        };
        let counted =
            Counted { cases: cases.parse()?, relations: relations.parse()?, title_bytes: title_bytes.parse()? };
        Ok((seconds.parse()?, counted))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python that has lxml.
fn python(target: &Path) -> Outcome<PathBuf> {
    if let Ok(named) = env::var("BULK_PYTHON") {
        return Ok(named.into());
    }
    let folder = target.join("lxml");
    let program = folder.join("bin/python3");
    let has_it = || {
        Command::new(&program)
            .args(["-c", "import lxml"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !has_it() {
        Command::new("python3").args(["-m", "venv"]).arg(&folder).status()?;
        Command::new(&program)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "lxml"])
            .status()?;
    }
    if has_it() { Ok(program) } else { Err("no Python with lxml; name one in BULK_PYTHON".into()) }
}
