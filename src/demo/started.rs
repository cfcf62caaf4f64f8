//! The demo as a newcomer starts it: the real program, the lines that it prints pasted into a shell, and an orderly stop.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_glasplade");
const LAST_LINE: &str = "Ctrl-C stops it.";

/// How long the program may take to start on a busy machine, and to stop on any.
const START_MAX: Duration = Duration::from_mins(1);
const STOP_MAX: Duration = Duration::from_secs(10);

/// A folder that is gone with the test.
struct StateDir(PathBuf);

impl StateDir {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("glasplade-demo-{name}-{}", std::process::id())))
    }
}

impl Drop for StateDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The running demo; stopped with the test, whatever becomes of it.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(state: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args([
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--audit-listen",
            "127.0.0.1:0",
            "--first-port",
            "0",
            "--control-port",
            "0",
            "--citizens",
            "50",
        ])
        .args(["--now", "2026-11-24T09:00:00+01:00", "--state"])
        .arg(state)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts the demo and reads what it prints, to the last line.
fn start(state: &Path) -> (Demo, Vec<String>) {
    let mut demo = Demo(command(state).spawn().expect("the program"));
    let printed = demo.0.stdout.take().expect("its standard output");
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(printed).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let mut all = Vec::new();
    while !all.last().is_some_and(|line: &String| line.ends_with(LAST_LINE)) {
        all.push(lines.recv_timeout(START_MAX).expect("the demo says when it is ready"));
    }
    (demo, all)
}

/// Pastes a line into a shell; the status that `curl` got, and the body.
fn paste(line: &str) -> (String, String) {
    let run = Command::new("sh").arg("-c").arg(format!("{line} -w '\\n%{{http_code}}'")).output().expect("a shell");
    let text = String::from_utf8(run.stdout).expect("UTF-8");
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "`curl` is needed to try what the demo prints: {complaint}");
    let (body, status) = text.rsplit_once('\n').expect("a status at the end");
    (status.to_owned(), body.to_owned())
}

/// So often a line is pasted: on a busy machine a source may run out of the demo's second, and has answered soon after.
const TRIES: usize = 60;

/// What a line gives, pasted once.
fn answer(line: &str) -> Value {
    let (status, body) = paste(line);
    assert_eq!(status, "200", "{line}\n{body}");
    serde_json::from_str(&body).expect("JSON")
}

fn overview(line: &str) -> Value {
    for _ in 0..TRIES {
        let overview = answer(line);
        let ran_out = |source: &Value| source["state"] == "timed_out";
        if !overview["sources"].as_array().is_some_and(|sources| sources.iter().any(ran_out)) {
            return overview;
        }
    }
    panic!("no source runs out of time {TRIES} times: {line}");
}

fn state_of(overview: &Value, id: &str) -> String {
    let sources = overview["sources"].as_array().expect("sources");
    let source = sources.iter().find(|source| source["id"] == id).expect("the source");
    source["state"].as_str().expect("a state").to_owned()
}

/// Waits for the end, and not longer than the promise.
fn ended(demo: &mut Demo) -> ExitStatus {
    let (sender, ended) = mpsc::channel();
    let pid = demo.0.id();
    std::thread::spawn(move || {
        // The thread ends with the process, or is left to the test's own end.
        let _ = Command::new("sh").arg("-c").arg(format!("kill -TERM {pid}")).status();
        let _ = sender.send(());
    });
    ended.recv_timeout(STOP_MAX).expect("a signal is sent");
    wait_within(demo, STOP_MAX)
}

fn wait_within(demo: &mut Demo, limit: Duration) -> ExitStatus {
    let step = Duration::from_millis(50);
    let mut left = limit;
    loop {
        if let Some(status) = demo.0.try_wait().expect("the state of a child") {
            return status;
        }
        assert!(!left.is_zero(), "the demo stops within {limit:?}");
        std::thread::park_timeout(step);
        left = left.saturating_sub(step);
    }
}

#[test]
fn every_printed_line_works_and_the_stop_is_clean() {
    let state = StateDir::new("lines");
    let (mut demo, printed) = start(&state.0);
    assert!(printed[0].contains("50 citizens") && printed[0].contains("2026-11-24T08:0"), "{}", printed[0]);
    let lines: Vec<&String> = printed.iter().filter(|line| line.starts_with("curl ")).collect();
    let [coordinator, benefit, family, himself, fault_on, kirsten, fault_off, nobody, emergency, follow, yes, who] =
        lines.as_slice()
    else {
        panic!("twelve lines to try: {lines:#?}");
    };

    let claus = overview(coordinator);
    assert_eq!(claus["call_first"]["why"], "coordinator");
    assert_eq!(claus["call_first"]["name"], "Karen Prøve");
    assert_eq!(claus["groups"]["authority"]["items"].as_array().map(Vec::len), Some(3));

    let from_the_next_office = overview(benefit);
    assert_eq!(from_the_next_office["groups"]["authority"]["items"][0]["kind"]["code"], "cash_benefit");
    assert!(
        !from_the_next_office["groups"].to_string().to_lowercase().contains("rusmiddel"),
        "no trace of the treatment"
    );

    let sara = overview(family);
    let members = sara["household"]["members"].as_array().expect("a family");
    assert!(sara["citizen"]["name"] == "Sara Prøve" && members.len() == 2, "{}", sara["household"]);
    assert!(members.iter().all(|member| member["overview"]["citizen"].is_null()), "her parents are not his cases");
    let barred = overview(himself);
    assert!(barred["empty_text"].is_string() && barred["citizen"].is_null());

    assert_eq!(paste(fault_on).0, "200");
    let without_fasit = overview(kirsten);
    assert_eq!(state_of(&without_fasit, "fasit"), "unavailable");
    assert_eq!(state_of(&without_fasit, "sbsys"), "fresh");
    assert!(without_fasit["groups"]["provider"]["items"].as_array().is_some_and(|items| !items.is_empty()));
    assert_eq!(paste(fault_off), ("200".to_owned(), "[]".to_owned()));
    assert_ne!(state_of(&overview(kirsten), "fasit"), "unavailable", "the fault is gone");

    let empty = overview(nobody);
    assert!(empty["empty_text"].is_string() && empty["call_first"].is_null());

    assert!(
        answer(emergency)["emergency"]["text"].as_str().is_some_and(|text| text.contains("Din leder får besked nu"))
    );
    let followed = answer(follow);
    let states =
        followed["emergencies"].as_array().expect("a list").iter().map(|one| &one["state"]).collect::<Vec<_>>();
    assert_eq!(states, ["open", "overdue", "judged"]);

    let (http_code, said) = paste(yes);
    assert_eq!(http_code, "201", "{said}");
    let yes: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(yes["state"], "given", "{yes}");
    let looked = answer(who);
    let found = looked["look_ups"].as_array().expect("look-ups");
    let mut employees: Vec<&Value> = found.iter().map(|one| &one["employee"]).collect();
    // A line that was pasted again is a look-up of its own.
    employees.dedup();
    assert_eq!(employees, ["az10003", "az10001"], "{looked}");

    assert!(ended(&mut demo).success(), "a stop in good order");
    let audit = state.0.join("audit");
    let vkey = printed.iter().find_map(|line| line.split_once("--public-key '")).expect("the public key is printed").1;
    let verify = |key: &str| {
        let mut command = Command::new(PROGRAM);
        command.args(["audit", "verify", "--public-key", key, "--dir"]).arg(&audit);
        let verified = command.output().expect("the program");
        let said = [verified.stdout, verified.stderr].concat();
        (verified.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (code, said) = verify(vkey.trim_end_matches('\''));
    assert!(code == Some(0) && said.contains("The log is whole: ") && said.contains("Loggen er hel"), "{said}");
    let stranger = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(verify(stranger).0, Some(1), "another key");
    assert_eq!(verify("no key").0, Some(2));
    let segment = audit.join("audit-00000000000000000001.seg");
    let mut bytes = std::fs::read(&segment).expect("a segment");
    bytes[1000] ^= 1;
    std::fs::write(&segment, bytes).expect("writable");
    assert_eq!(verify(vkey.trim_end_matches('\'')).0, Some(1), "a changed bit");
}

/// A request is under way when the stop comes: it is answered to its end, nobody new is let in, and the log is whole.
#[test]
fn a_stop_lets_what_is_under_way_finish() {
    let state = StateDir::new("drain");
    let (mut demo, printed) = start(&state.0);
    let ask = printed.iter().find(|line| line.starts_with("curl ")).expect("a line to try");
    let control = printed.iter().find(|line| line.contains("/faults -d")).expect("a line that switches a fault on");
    // SBSYS takes longer than the caller waits; the others answer at once.
    let control = control.split(" -d ").next().expect("the address");
    assert_eq!(paste(&format!("{control} -d '{{\"source\":\"sbsys\",\"fault\":\"hang\"}}'")).0, "200");
    let line = format!("exec {ask} -N -H 'Accept: text/event-stream' -H 'Request-Timeout-Ms: 2500'");
    let mut asking = Command::new("sh").arg("-c").arg(line).stdout(Stdio::piped()).spawn().expect("a shell");
    let mut events = BufReader::new(asking.stdout.take().expect("its output")).lines().map_while(Result::ok);
    assert_eq!(events.next().as_deref(), Some("event: items"), "the first part is there");
    assert!(ended(&mut demo).success(), "a stop in good order");
    let rest: Vec<String> = events.collect();
    assert!(rest.iter().any(|line| line == "event: overview"), "the last part came, too: {rest:?}");
    assert!(asking.wait().expect("curl").success(), "and the end of the stream");
    let refused = Command::new("sh").arg("-c").arg(ask).output().expect("a shell");
    assert!(!refused.status.success(), "nobody listens any more");
    let vkey = printed.iter().find_map(|line| line.split_once("--public-key '")).expect("the public key is printed").1;
    let mut verify = Command::new(PROGRAM);
    verify.args(["audit", "verify", "--public-key", vkey.trim_end_matches('\''), "--dir"]).arg(state.0.join("audit"));
    assert!(verify.output().expect("the program").status.success(), "the log is whole and closed");
}

#[test]
fn a_taken_port_is_told_with_the_flag_that_changes_it() {
    let state = StateDir::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("its address").port();
    let flags = [
        ("--listen", format!("127.0.0.1:{port}")),
        ("--audit-listen", format!("127.0.0.1:{port}")),
        ("--first-port", port.to_string()),
        ("--control-port", port.to_string()),
    ];
    for (flag, value) in flags {
        let mut command = Command::new(PROGRAM);
        command.args(["demo", "--citizens", "0", "--state"]).arg(&state.0);
        let others = [
            ("--listen", "127.0.0.1:0"),
            ("--audit-listen", "127.0.0.1:0"),
            ("--first-port", "0"),
            ("--control-port", "0"),
        ];
        for (other, free) in others {
            command.arg(other).arg(if other == flag { value.as_str() } else { free });
        }
        let run = command.output().expect("the program");
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(!run.status.success(), "{flag}");
        assert!(said.contains(&port.to_string()) && said.contains(flag), "{flag}: {said}");
        assert_eq!(said.lines().count(), 1, "one sentence: {said}");
    }
}
