//! What all worlds of a process share, made once: the demo's configuration, its secrets, and a token for each caller.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use glasplade::config::Config;
use glasplade::demo;
use jiff::SignedDuration;

use crate::clock::beginning;
use crate::people::{CALLERS, TOWNS};

/// The systems, each on a host of its own; the same names in the configuration.
pub(crate) const SOURCES: [&str; 7] = ["sbsys", "fasit", "dubu", "case_index", "oio", "persons", "staff_directory"];

/// The port of each simulated host.
pub(crate) const PORT: u16 = 80;

/// Shared by the worlds of this process.
pub(crate) struct House {
    config: Config,
    /// A token for each of [`CALLERS`].
    pub(crate) tokens: Vec<String>,
    state: PathBuf,
}

/// Made by the first world.
pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::new);

impl House {
    fn new() -> Self {
        let state = folder();
        let issuer = demo::prepare(&state, beginning(), &TOWNS[0]).expect("a folder of our own");
        let mut config = demo::unpointed(&state).expect("the demo's configuration");
        let tokens = CALLERS.iter().map(|(name, _)| {
            issuer.token(name, beginning() - SignedDuration::from_hours(1), SignedDuration::from_hours(12))
        });
        let tokens = tokens.collect::<Result<_, _>>().expect("the demo's callers");
        let sources = &mut config.sources;
        let cases = sources.source.iter_mut().map(|row| (&row.kind, &mut row.connection));
        let register = sources.person_register.iter_mut().map(|row| (&row.kind, &mut row.connection));
        let directory = sources.staff_directory.iter_mut().map(|row| (&row.kind, &mut row.connection));
        for (kind, connection) in cases.chain(register).chain(directory) {
            connection.base_url = format!("http://{kind}:{PORT}");
        }
        // No lists are made here, and no auditor asks.
        config.service.target_groups.index = None;
        config.service.target_groups.lists.file = None;
        config.service.audit.listener = None;
        Self { config, tokens, state }
    }

    /// The configuration of one world, whose files lie in `folder`.
    pub(crate) fn config(&self, folder: &Path) -> Config {
        let mut config = self.config.clone();
        let service = &mut config.service;
        service.audit.dir = folder.join("audit");
        service.audit.keys_dir = Some(folder.join("audit-keys"));
        service.privacy.alias_file = Some(folder.join("aliases"));
        service.emergency.file = Some(folder.join("emergencies.sqlite"));
        service.consents.file = Some(folder.join("consents.db"));
        config
    }

    /// The secret under which the audit's keys lie.
    pub(crate) fn master(&self) -> String {
        fs::read_to_string(self.state.join("audit-master.key")).expect("the demo made it").trim().to_owned()
    }
}

/// A folder that goes with the world.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = folder();
        fs::copy(HOUSE.state.join("consents.db"), path.join("consents.db")).expect("the demo's ledger");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind lies in the machine's folder for such things.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn folder() -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("glasplade-simulation-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    // A world's files live for a moment. In memory, where the machine offers it: the real disk's time is no part of the world.
    let memory = Path::new("/dev/shm");
    let within = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let path = within.join(name);
    fs::create_dir_all(&path).expect("a folder for the world");
    path
}
