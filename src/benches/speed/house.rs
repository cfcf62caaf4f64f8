//! The service as a process of its own, over the fakes of this one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use glasplade::app::{App, Lent};
use glasplade::audit::Hand;
use glasplade::config::{Config, environment};
use glasplade::demo::{configuration, prepare, unpointed};
use glasplade::random::SystemRandom;
use glasplade_adapters::contract::{Clock, SystemClock};
use glasplade_adapters::fake::{Town, TownSettings, World};
use jiff::SignedDuration;
use tokio::net::TcpListener;

use crate::callers::Caller;

/// The word with which this program is the service.
pub(crate) const SERVE: &str = "--serve";

/// Where the sources are, for the service's process.
const SOURCES: &str = "sources.json";

/// The fakes, and whom a caller may be shown something of.
pub(crate) struct Street {
    pub(crate) town: Town,
    pub(crate) world: Arc<World>,
    folder: PathBuf,
}

/// A running service; it ends with this.
pub(crate) struct House {
    child: Child,
    pub(crate) address: SocketAddr,
    figures: SocketAddr,
    /// Of the caseworker at the job centre.
    pub(crate) token: String,
    pub(crate) folder: PathBuf,
}

impl Street {
    pub(crate) async fn open(folder: &Path, citizens: usize) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let world = Arc::new(World::invent(1, citizens, clock.now()));
        let town = Town::start(Arc::clone(&world), clock, TownSettings::FREE).await.unwrap();
        Self { town, world, folder: folder.to_owned() }
    }

    /// A service that knows nothing yet.
    pub(crate) fn house(&self) -> House {
        self.house_timed().0
    }

    /// The same, and when its process was begun.
    pub(crate) fn house_timed(&self) -> (House, Instant) {
        self.house_in(&self.folder)
    }

    /// Another service that knows nothing yet, beside one that runs.
    pub(crate) fn beside(&self, name: &str) -> House {
        self.house_in(&self.folder.join(name)).0
    }

    fn house_in(&self, folder: &Path) -> (House, Instant) {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).unwrap();
        let now = SystemClock::default().now();
        let issuer = prepare(folder, now, &self.world).unwrap();
        let pointed = configuration(folder, &self.town, &[]).unwrap();
        fs::write(folder.join(SOURCES), serde_json::to_vec(&addresses(pointed)).unwrap()).unwrap();
        let token = issuer.token("caseworker-jobcenter", now, SignedDuration::from_hours(2)).unwrap();
        let mut service = Command::new(std::env::current_exe().unwrap());
        service.arg(SERVE).arg(folder).stdout(Stdio::piped());
        let begun = Instant::now();
        let mut child = service.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || said.next().expect("the service says where it listens").unwrap().parse().unwrap();
        let (address, figures) = (next(), next());
        (House { child, address, figures, token, folder: folder.to_owned() }, begun)
    }

    /// Forgets what the sources were asked.
    pub(crate) fn take_recorded(&self) {
        self.town.servers.iter().for_each(|server| drop(server.take_recorded()));
    }

    /// Numbers of citizens with a case of the job centre.
    pub(crate) fn numbers(&self) -> Vec<String> {
        let of_unit = self.world.cases().iter().filter(|case| case.unit.as_deref() == Some("JVS-JOB"));
        let numbers: std::collections::BTreeSet<&str> = of_unit.map(|case| case.citizen.as_str()).collect();
        numbers.into_iter().map(str::to_owned).collect()
    }
}

impl House {
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// One caller with a connection of their own.
    pub(crate) async fn caller(&self) -> Caller {
        Caller::to(self.address).await
    }

    /// A look-up of this citizen, as bytes.
    pub(crate) fn look_up(&self, number: &str) -> Vec<u8> {
        let body = format!(r#"{{"cpr":"{number}","purpose":"own_case","case_ref":"DEMO-1"}}"#);
        format!(
            "POST /v1/overviews HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )
        .into_bytes()
    }

    /// Bytes that the sources have sent to it, as it counts them.
    pub(crate) async fn received(&self) -> f64 {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\n\r\n", self.figures);
        let mut caller = Caller::to(self.figures).await;
        let text = String::from_utf8(caller.ask(request.as_bytes()).await.to_vec()).unwrap();
        let of_sources = text.lines().filter(|line| line.starts_with("glasplade_source_received_bytes_total"));
        of_sources.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where each source is, by its id.
fn addresses(config: Config) -> BTreeMap<String, String> {
    let sources = config.sources;
    let cases = sources.source.into_iter().map(|row| (row.id.to_string(), row.connection.base_url));
    let register = sources.person_register.into_iter().map(|row| (row.id.to_string(), row.connection.base_url));
    let directory = sources.staff_directory.into_iter().map(|row| (row.id.to_string(), row.connection.base_url));
    cases.chain(register).chain(directory).collect()
}

/// The service's process: the program's own, without what reads whole populations.
pub(crate) async fn serve(folder: &Path) {
    let addresses: BTreeMap<String, String> = serde_json::from_slice(&fs::read(folder.join(SOURCES)).unwrap()).unwrap();
    let mut config = unpointed(folder).unwrap();
    let sources = &mut config.sources;
    let cases = sources.source.iter_mut().map(|row| (row.id.as_str(), &mut row.connection));
    let register = sources.person_register.iter_mut().map(|row| (row.id.as_str(), &mut row.connection));
    let directory = sources.staff_directory.iter_mut().map(|row| (row.id.as_str(), &mut row.connection));
    for (id, connection) in cases.chain(register).chain(directory) {
        connection.base_url.clone_from(&addresses[id]);
    }
    config.service.target_groups.index = None;
    config.service.target_groups.lists.file = None;
    config.service.cache.bytes_max = 1 << 33;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let lent =
        Lent { clock: Arc::clone(&clock), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
    let app = App::build(&config, &environment(), &lent).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let figures = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    println!("{}\n{}", listener.local_addr().unwrap(), figures.local_addr().unwrap());
    app.with_operators(Some(figures)).serve(listener, None, std::future::pending()).await.unwrap();
}

/// CPU time that a process has taken, all its threads, in seconds.
pub(crate) fn cpu(process: u32) -> f64 {
    // `schedstat` counts in nanoseconds, where `stat` counts in hundredths of a second.
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("Linux");
    let nanoseconds = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// Memory that a process holds, in bytes, the pages of its program's file with it.
fn memory(process: u32) -> f64 {
    of_status(process, "VmRSS:")
}

/// Memory that is a process's own, in bytes.
pub(crate) fn own_memory(process: u32) -> f64 {
    of_status(process, "RssAnon:")
}

fn of_status(process: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1_024.0
}

/// Waits until memory has settled.
pub(crate) async fn settled(process: u32) -> f64 {
    let mut last = memory(process);
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = memory(process);
        if (now - last).abs() < 256.0 * 1_024.0 {
            return now;
        }
        last = now;
    }
}
