//! Changed limits: which are taken, which are not, and when.

use std::fs;
use std::path::Path;

use glasplade_adapters::fake::ScriptedRegister;

use super::*;
use crate::audit::testing::Scratch;
use crate::people::{AliasBook, AliasSettings};
use crate::random::CountingRandom;
use crate::testing;
use crate::testing::house::Scripted;

/// A folder with the demo's files, and the limits of a service that was started from it.
struct Running {
    scripted: Scripted,
    limits: Limits,
    folder: Scratch,
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the demo's files").filter_map(Result::ok) {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("a folder of our own");
        }
    }
}

impl Running {
    fn new() -> Self {
        let (folder, root) = (Scratch::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join("config"));
        copy(&root.join("demo"), folder.path());
        // No target groups: their approvals stand in the demo's own folder.
        let scripted = Scripted::new();
        let mut config = scripted.config.clone();
        // What the reading for target groups gets is left out of what overviews get.
        config.service.target_groups.index = None;
        config.folders = vec![folder.path().to_path_buf(), root];
        let people = People::with_register(
            &config,
            Some(ScriptedRegister::new("persons").register()),
            Arc::new(testing::pseudonyms()),
            AliasBook::in_memory(AliasSettings { entries_max: 10 }),
            Arc::<glasplade_adapters::contract::ManualClock>::clone(&scripted.clock),
            Arc::new(CountingRandom::default()),
        );
        let followed = Followed {
            sources: Arc::clone(&scripted.sources),
            people: Arc::new(people),
            staff: Arc::new(Staff::unconfigured()),
            poller: None,
        };
        let limits = Limits::new(&config, followed);
        Self { scripted, limits, folder }
    }

    /// The file with `from` replaced, once.
    fn write(&self, from: &str, to: &str) {
        let path = self.folder.path().join(FILE);
        let text = fs::read_to_string(&path).expect("the file");
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replacen(from, to, 1)).expect("a file of our own");
    }

    fn look(&mut self) {
        for _ in 0..2 {
            if self.limits.watch.has_changed() {
                self.limits.take(&Environment(Box::new(|_| Some("2a".repeat(32)))));
            }
        }
    }

    fn concurrency(&self) -> usize {
        self.scripted.sources.iter().next().expect("SBSYS is first").concurrency_max()
    }
}

const ADDRESS: &str = "connection = { base_url = \"http://127.0.0.1:9101\" }";

#[test]
fn changed_limits_are_in_force_at_once_and_without_a_restart() {
    let mut running = Running::new();
    assert_eq!(running.concurrency(), 16);
    running.write(
        ADDRESS,
        "connection = { base_url = \"http://127.0.0.1:9101\", limits = { concurrency_max = 3, fetch_timeout_ms = 900 } }\n\
         guard = { breaker = { rest_s = 2 }, hedges_percent = 0 }",
    );
    running.look();
    assert_eq!(running.concurrency(), 3);
    let row = &running.limits.running.sources.source[0];
    assert_eq!(
        (row.connection.limits.fetch_timeout_ms, row.guard.breaker.rest_s, row.guard.hedges_percent),
        (900, 2, 0)
    );
    assert_eq!(row.guard.retries_percent, 10, "what is left out is as it ships");
    running.write("concurrency_max = 3", "concurrency_max = 5");
    running.look();
    assert_eq!(running.concurrency(), 5);
}

#[test]
fn limits_that_cannot_be_leave_the_running_ones() {
    let mut running = Running::new();
    for limits in ["concurrency_max = 0", "concurrency_max = \"many\"", "concurrency = 3", "fetch_timeout_ms = 0"] {
        let text = format!("connection = {{ base_url = \"http://127.0.0.1:9101\", limits = {{ {limits} }} }}");
        running.write(ADDRESS, &text);
        running.look();
        assert_eq!(running.concurrency(), 16, "{limits}");
        running.write(&text, ADDRESS);
        running.look();
    }
    // One that cannot be leaves the others as they were, too.
    running.write(ADDRESS, "connection = { base_url = \"http://127.0.0.1:9101\", limits = { concurrency_max = 3 } }");
    let fasit = "connection = { base_url = \"http://127.0.0.1:9102\" }";
    running.write(fasit, &format!("{fasit}\nguard = {{ breaker = {{ rest_s = 3600 }} }}"));
    running.look();
    assert_eq!(running.concurrency(), 16);
}

#[test]
fn what_is_no_limit_waits_for_a_restart() {
    let mut running = Running::new();
    running.write(ADDRESS, "connection = { base_url = \"http://127.0.0.1:9999\", limits = { concurrency_max = 3 } }");
    let found = running.limits.watch.parsed().expect("it can be read").sources;
    let Asked { next, needs_restart } = asked(&running.limits.running, found);
    assert!(needs_restart);
    assert_eq!(next.sources.source[0].connection.base_url, "http://127.0.0.1:9101");
    assert_eq!(next.sources.source[0].connection.limits.concurrency_max, 3);
    running.look();
    assert_eq!(running.concurrency(), 3, "the limits are taken all the same");
    let same = asked(&running.limits.running, running.limits.running.sources.clone());
    assert!(!same.needs_restart);
    let mut fewer = running.limits.running.sources.clone();
    fewer.source.pop();
    assert!(asked(&running.limits.running, fewer).needs_restart);
}

#[test]
fn a_file_that_is_being_written_counts_when_two_looks_find_the_same() {
    let mut running = Running::new();
    let watch = &mut running.limits.watch;
    assert!(!watch.has_changed() && !watch.has_changed(), "it is as it was at the start");
    let path = running.folder.path().join(FILE);
    fs::write(&path, "# half").expect("a file of our own");
    assert!(!watch.has_changed());
    fs::write(&path, "# half and whole").expect("a file of our own");
    assert!(!watch.has_changed());
    assert!(watch.has_changed());
    assert!(!watch.has_changed(), "told once");
    fs::remove_file(&path).expect("it was there");
    assert!(!watch.has_changed(), "the shipped file stands behind it");
}
