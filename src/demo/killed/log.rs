//! What the log says after a kill, and what must be true of it.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::client::Seen;
use crate::service::{State, read_log};

#[derive(Deserialize)]
struct Line {
    seq: u64,
    entry: Entry,
}

/// The part of an entry that this test looks at.
#[derive(Deserialize)]
struct Entry {
    id: String,
    attempt: String,
    phase: String,
    #[serde(default)]
    citizen: Option<String>,
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    body_hash: Option<String>,
}

/// Everything that stands in the log.
#[derive(Default)]
pub(crate) struct Log {
    lines: Vec<Line>,
    by_trace: HashMap<String, Vec<usize>>,
}

impl Log {
    pub(crate) fn read(state: &State) -> Self {
        let lines: Vec<Line> =
            read_log(state).lines().map(|line| serde_json::from_str(line).expect("an entry")).collect();
        let mut by_trace: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, line) in lines.iter().enumerate() {
            if let Some(trace) = &line.entry.trace_id {
                by_trace.entry(trace.clone()).or_default().push(at);
            }
        }
        Self { lines, by_trace }
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    fn count(&self, phase: &str) -> usize {
        self.lines.iter().filter(|line| line.entry.phase == phase).count()
    }

    /// Numbers without a gap, no identifier twice; each person of each attempt is intended once and first, and completed at
    /// most once.
    pub(crate) fn is_whole(&self) {
        let mut ids = HashSet::new();
        let mut attempts: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            assert_eq!(line.seq, at as u64 + 1, "the numbers have no gap");
            assert!(ids.insert(&line.entry.id), "entry {} has the identifier of an earlier one", line.seq);
            // What is put on record (a consent, an alarm) is about a citizen and is no look-up.
            if let Some(citizen) = line.entry.citizen.as_ref().filter(|_| line.entry.phase != "recorded") {
                attempts.entry((&line.entry.attempt, citizen)).or_default().push(&line.entry.phase);
            }
        }
        for phases in attempts.values() {
            let count = |wanted: &str| phases.iter().filter(|phase| **phase == wanted).count();
            assert_eq!((phases[0], count("intended")), ("intended", 1), "{phases:?}");
            assert!(count("completed") + count("abandoned") <= 1, "{phases:?}");
            let is_last =
                |phase: &str| phases.iter().position(|one| *one == phase).is_none_or(|at| at + 1 == phases.len());
            assert!(is_last("completed") && is_last("abandoned"), "nothing follows the end: {phases:?}");
        }
    }

    /// Nothing that stood in the log before has moved or gone.
    pub(crate) fn goes_on_after(&self, before: &Self) {
        assert!(self.len() > before.len(), "a start is written down");
        for (then, now) in before.lines.iter().zip(&self.lines) {
            assert_eq!((then.seq, &then.entry.id), (now.seq, &now.entry.id), "what stood in the log stands there");
        }
    }

    /// Each process that came to answer has written its start, once; one that was killed while it started may have.
    pub(crate) fn has_started(&self, starts: usize, killed_while_starting: usize) {
        let most = starts + killed_while_starting;
        let written = self.count("started");
        assert!((starts..=most).contains(&written), "{written} starts are written, of {starts} to {most}");
        assert_eq!(self.count("stopped"), 0, "nobody stopped in good order");
    }

    /// What the client saw of the answer stands in the log.
    pub(crate) fn has(&self, seen: &Seen) {
        let found = self.by_trace.get(&seen.trace).map_or(&[][..], Vec::as_slice);
        let entries: Vec<&Entry> = found.iter().map(|at| &self.lines[*at].entry).collect();
        let attempts: HashSet<&str> = entries.iter().map(|entry| entry.attempt.as_str()).collect();
        assert!(attempts.len() <= 1, "one request is one attempt");
        if seen.is_unanswered() {
            return;
        }
        let hashes = |phase: &str| -> Vec<&str> {
            let of_phase = entries.iter().filter(|entry| entry.phase == phase);
            of_phase.map(|entry| entry.body_hash.as_deref().unwrap_or_default()).collect()
        };
        let (intended, completed) = (hashes("intended").len(), hashes("completed"));
        assert!(intended > 0, "a request that is answered was written down: {}", seen.trace);
        if seen.streamed {
            Self::has_parts(seen, &hashes("event"), &completed);
        } else {
            assert_eq!(completed.len(), intended, "a byte of it left, so everybody in it is completed: {}", seen.trace);
            let wanted = seen.entity_tag().map(str::to_owned).into_iter().chain(seen.body_hash());
            for hash in wanted {
                assert!(completed.iter().all(|written| *written == hash), "the log has the hash of what left");
            }
        }
    }

    fn has_parts(seen: &Seen, events: &[&str], completed: &[&str]) {
        let parts = seen.parts();
        let finished = usize::from(!completed.is_empty());
        assert!(parts.len() <= events.len() + finished, "a byte of each of these parts left: {parts:?}");
        for part in &parts {
            match (part.name, &part.hash) {
                ("items", Some(hash)) => assert!(events.contains(&hash.as_str()), "a part without its event: {part:?}"),
                ("overview", Some(hash)) => assert!(
                    finished == 1 && completed.iter().all(|written| written == hash),
                    "an answer without its end: {part:?}"
                ),
                ("overview", None) => assert!(finished == 1, "an answer without its end: {part:?}"),
                (_, None) => {} // so little came that only the count above can tell
                (name, Some(_)) => panic!("a part that this test does not know: {name}"),
            }
        }
    }
}
