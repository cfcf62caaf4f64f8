//! How fast the overview is, beside what it is measured by: `cargo bench --features fakes --bench speed`. Figures are printed, one a
//! line.
//!
//! The service runs in a process of its own, over the fakes of this one, with its audit on the disk. What is counted is its own CPU
//! time and what a caller waits; rounds of both sides are mixed, and on a shared machine only their ratios hold.
//!
//! - `hits`: the same answers again, 64 connections, beside `nginx` that serves the same bytes as files (told as not measured where
//!   there is no `nginx`);
//! - `cold`: what the service takes above the slowest source, five sources at 20, 50, 80, 120 and 50 ms, beside that source asked
//!   directly;
//! - `archive`: the citizen with 872 cases, cold and from memory;
//! - `node`: CPU of cold look-ups, beside a service written by hand in Node (`service.js`) that asks the same sources the same;
//! - `start`: from nothing to the first answer, and the memory of a service that nobody asks;
//! - `full`: bytes of memory beside the bytes that the sources sent, for `SPEED_CITIZENS` citizens (default 8,000; the goal 80,000).
//!
//! `SPEED_PARTS` names parts, with commas between (default: all); `SPEED_DIR` is a folder that is removed (default under `target`).

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reads the clock and the environment, prints what it measured, and may fail"
)]

mod archive;
mod callers;
mod cold;
mod full;
mod hits;
mod house;
mod nginx;
mod node;
mod start;

use std::path::{Path, PathBuf};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each side is measured.
const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let [_, verb, folder] = arguments.as_slice()
        && verb == house::SERVE
    {
        return runtime.block_on(house::serve(Path::new(folder)));
    }
    let setting = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let parts = setting("SPEED_PARTS", "hits,cold,archive,node,start,full");
    let folder = PathBuf::from(setting("SPEED_DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/target/speed")));
    for part in parts.split(',') {
        let _ = std::fs::remove_dir_all(&folder);
        runtime.block_on(async {
            match part {
                "hits" => hits::measure(&folder).await,
                "cold" => cold::measure(&folder).await,
                "archive" => archive::measure(&folder).await,
                "node" => node::measure(&folder).await,
                "start" => start::measure(&folder).await,
                "full" => full::measure(&folder, setting("SPEED_CITIZENS", "8000").parse().unwrap()).await,
                other => panic!("{other} is no part"),
            }
        });
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// So many seconds, of each in microseconds.
fn each(seconds: f64, count: usize) -> f64 {
    seconds * 1e6 / f64::from(u32::try_from(count).unwrap())
}

/// The one in the middle.
fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// What so many hundredths of the samples stay under.
fn percentile(samples: &mut [f64], hundredths: usize) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[(samples.len() * hundredths / 100).min(samples.len() - 1)]
}
