//! The contract suite: every promise of an adapter times every registered kind of source that it says something about,
//! against its wire fake.
//!
//! `cargo contract` runs it; it also speaks the protocol of Rust's own test runner, so that nextest finds each promise by
//! name. It never knows a kind: what is particular about one stands in `settings/<kind>.toml`.

mod arguments;
mod bench;
mod environment;
mod live;
mod logs;
mod marks;
mod promise;
mod promises;
mod report;
mod settings;
mod stage;
mod subject;
mod walk;

use std::process::ExitCode;
use std::thread;

use glasplade_adapters::register::{KINDS, Kind};

use crate::arguments::Arguments;
use crate::promise::Promise;
use crate::report::{Line, Report};
use crate::subject::About;

fn main() -> ExitCode {
    let arguments = Arguments::read(std::env::args().skip(1));
    let live = live::Sources::read();
    let selected: Vec<(&'static Kind, Vec<&'static Promise>)> = KINDS
        .iter()
        .map(|kind| {
            (kind, promises::of(About::of(kind)).filter(|one| arguments.wants(&one.name_for(kind.name))).collect())
        })
        .collect();
    let selected_live = live.selected(&arguments);
    let mut report = Report::default();
    if arguments.list {
        let fakes = selected.iter().flat_map(|(kind, promises)| promises.iter().map(|one| one.name_for(kind.name)));
        report.list(fakes.chain(selected_live.iter().map(live::Selected::name)), arguments.terse);
        return ExitCode::SUCCESS;
    }
    // One thread per kind: the kinds share nothing, and each has its own runtime, fake and adapter.
    thread::scope(|scope| {
        let running: Vec<_> = selected
            .iter()
            .filter(|(_, promises)| !promises.is_empty())
            .map(|(kind, promises)| (*kind, scope.spawn(move || run(kind, promises))))
            .collect();
        for (kind, thread) in running {
            match thread.join() {
                Ok(lines) => lines.into_iter().for_each(|line| report.add(line)),
                Err(_) => report.add(Line::broken(kind.name.to_owned(), "the suite itself panicked".to_owned())),
            }
        }
    });
    live.run(&selected_live).into_iter().for_each(|line| report.add(line));
    if !arguments.exact {
        live.not_run(KINDS.iter().map(|kind| kind.name)).for_each(|sentence| report.say(&sentence));
    }
    report.close()
}

/// Every selected promise of one kind, one after the other, on one bench.
fn run(kind: &'static Kind, promises: &[&'static Promise]) -> Vec<Line> {
    let named = |promise: &&'static Promise| promise.name_for(kind.name);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return promises.iter().map(|one| Line::broken(named(one), format!("start a runtime: {error}"))).collect();
        }
    };
    match runtime.block_on(bench::Bench::start(kind)) {
        Ok(bench) => promises.iter().map(|one| Line::of(named(one), one.keep(&runtime, &bench))).collect(),
        Err(reason) => promises.iter().map(|one| Line::broken(named(one), reason.clone())).collect(),
    }
}
