//! Every recorded decision made again, under the policies of its day: what comes out otherwise is listed. [DK] genafspilning.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use uuid::Uuid;

use super::disclosing::REFUSAL;
use super::policies::{ArchiveError, load};
use super::{AuditEntry, Phase, Pseudonym};
use crate::access::engine::{Engine, GroundInput};
use crate::access::{ClassSet, ConsentGround, DecidedAnswer, Difference};
use crate::config::{FieldClass, POLICIES, SCHEMA};

/// What the replay of one entry found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// A decision comes out otherwise.
    DecidedOtherwise(Difference),
    /// Something was shown on a basis, or in a class, that no recorded decision opens.
    ShownWithoutDecision {
        /// The item's opaque id.
        item: String,
        /// The basis that the entry names.
        basis: String,
        /// The classes that no decision opens.
        classes: Vec<String>,
    },
    /// A consent that the decision rested on was not in force then, or said something else.
    ConsentNotInForce {
        /// The consent.
        consent: Uuid,
    },
    /// The policies of the entry cannot be had.
    NoPolicies {
        /// Why.
        why: String,
    },
    /// An answer without its decisions.
    NoDecisions,
    /// The entry does not open, although its key is not old enough to have been destroyed.
    KeyMissing {
        /// The key, by its day and class.
        key: String,
    },
}

/// What a decision knew of the citizen's consents.
#[derive(Debug, Clone, Copy)]
pub struct Then<'a> {
    /// The citizen's numbers, as far as they were known.
    pub numbers: &'a [Pseudonym],
    /// The place in the ledger up to which it was read: by it, and not by the clock, it is told what came before what.
    pub place: u64,
    /// When, in seconds since 1970.
    pub second: i64,
}

/// Whether a consent stood then as the decision had it.
pub trait ConsentsThen {
    /// The consent was in force then and said this.
    fn stood(&self, consent: &ConsentGround, then: Then<'_>) -> bool;
}

/// Replays entries of one log.
#[derive(Debug)]
pub struct Replay<C> {
    dir: PathBuf,
    engines: HashMap<String, Result<Engine, String>>,
    consents: C,
    /// Decisions that were made again.
    pub decisions: u64,
    /// Entries that held decisions.
    pub entries: u64,
}

impl<C: ConsentsThen> Replay<C> {
    /// Of the log in this folder, with these consents.
    pub fn new(dir: &Path, consents: C) -> Self {
        Self { dir: dir.to_owned(), engines: HashMap::new(), consents, decisions: 0, entries: 0 }
    }

    /// The consents that it looks into.
    pub fn consents(&self) -> &C {
        &self.consents
    }

    /// Makes the decisions of an entry again. Entries that tell of no answer have none.
    pub fn entry(&mut self, entry: &AuditEntry) -> Vec<Finding> {
        if !matches!(entry.phase, Phase::Completed | Phase::Event) {
            return Vec::new();
        }
        let Some(decided) = &entry.decided else { return vec![Finding::NoDecisions] };
        self.entries += 1;
        self.decisions += (decided.items.len() + decided.citizen.len()) as u64;
        let hash = entry.decision.as_ref().and_then(|decision| decision.policy_hash.as_deref()).unwrap_or_default();
        let dir = &self.dir;
        let engine = self.engines.entry(hash.to_owned()).or_insert_with(|| engine(dir, hash));
        let mut findings: Vec<Finding> = match engine {
            Ok(engine) => decided.replay(engine).into_iter().map(Finding::DecidedOtherwise).collect(),
            Err(why) => vec![Finding::NoPolicies { why: why.clone() }],
        };
        findings.extend(shown_without_decision(entry, decided));
        let numbers: Vec<Pseudonym> = entry.citizen.iter().chain(&entry.also_known_as).copied().collect();
        let then = Then { numbers: &numbers, place: decided.consents_at, second: decided.asked.now };
        findings.extend(decided.grounds.iter().filter_map(|ground| match ground {
            GroundInput::Consent(consent) if !self.consents.stood(consent, then) => {
                Some(Finding::ConsentNotInForce { consent: consent.id })
            }
            _ => None,
        }));
        findings
    }
}

fn engine(dir: &Path, hash: &str) -> Result<Engine, String> {
    let deciding = load(dir, hash).map_err(|error: ArchiveError| error.to_string())?;
    let engine = Engine::parse(deciding.text(SCHEMA), deciding.text(POLICIES)).map_err(|error| error.to_string())?;
    // Each decision is made again: one that was used again by mistake would otherwise be used again here.
    Ok(engine.forgetting())
}

/// What was shown of an item must have been opened by the decision that the row names, on the same basis; what was shown of
/// the citizen by some decision about them.
fn shown_without_decision(entry: &AuditEntry, decided: &DecidedAnswer) -> Vec<Finding> {
    let code = |at: usize| match decided.grounds.get(at) {
        Some(GroundInput::OwnCase | GroundInput::GrantingCase) => "own_case".to_owned(),
        Some(GroundInput::Law(law)) => format!("law:{}", law.id),
        Some(GroundInput::Consent(consent)) => format!("consent:{}", consent.id),
        Some(ground) => ground.code().to_owned(),
        None => String::new(),
    };
    // By the position of the item's decision; none for the citizen.
    let mut opened: HashMap<(Option<usize>, String), ClassSet> = HashMap::new();
    for (at, item) in decided.items.iter().enumerate() {
        for (_, ground, classes) in &item.opened {
            let known = opened.entry((Some(at), code(*ground))).or_default();
            *known = known.and(*classes);
        }
    }
    for one in &decided.citizen {
        let known = opened.entry((None, code(one.ground))).or_default();
        *known = known.and(one.classes);
    }
    let closed = |classes: &[String], open: ClassSet| {
        let is_open = |word: &String| FieldClass::ALL.iter().any(|class| class.code() == word && open.contains(*class));
        classes.iter().filter(|word| !is_open(word)).cloned().collect::<Vec<_>>()
    };
    // A refusal that was told rests on no decision: it names the caller's unit.
    let rows = entry.shown.iter().filter(|row| row.item != REFUSAL);
    let findings = rows.filter_map(|row| {
        // A row of an item that names no decision was opened by none.
        let is_named = (row.item == "citizen") == row.decided.is_none();
        let open = opened.get(&(row.decided, row.basis.clone())).copied().filter(|_| is_named).unwrap_or_default();
        let classes = closed(&row.classes, open);
        (!classes.is_empty()).then(|| Finding::ShownWithoutDecision {
            item: row.item.clone(),
            basis: row.basis.clone(),
            classes,
        })
    });
    findings.collect()
}

#[cfg(all(test, feature = "fakes"))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::audit::policies::archive;
    use crate::audit::testing::Scratch;
    use crate::testing::house::House;
    use crate::testing::{Vary as _, job_caseworker, row};

    struct Never;

    impl ConsentsThen for Never {
        fn stood(&self, _: &ConsentGround, _: Then<'_>) -> bool {
            false
        }
    }

    async fn completed(scratch: &Scratch) -> AuditEntry {
        let house = House::new();
        house.scripted.answers("sbsys", vec![row("sbsys", "1").in_unit("301").kle("15.20.00").law("LAB")]);
        house.pipeline.overview(&house.errand(job_caseworker(), Duration::from_mins(1))).await.expect("answered");
        archive(scratch.path(), &house.scripted.config.deciding).expect("kept");
        house.entries().pop().expect("a completed entry")
    }

    #[tokio::test]
    async fn what_was_decided_is_decided_again() {
        let scratch = Scratch::new();
        let entry = Box::pin(completed(&scratch)).await;
        let mut replay = Replay::new(scratch.path(), Never);
        assert_eq!(replay.entry(&entry), []);
        assert_eq!(replay.entries, 1);
        assert!(replay.decisions >= 2, "an item and the citizen");
        let kept = |engine: &Result<Engine, String>| engine.as_ref().map(Engine::kept_count).map_err(String::clone);
        assert_eq!(replay.engines.values().map(kept).collect::<Vec<_>>(), [Ok(0)], "nothing is used again");
    }

    #[tokio::test]
    async fn an_entry_that_was_made_up_is_listed_with_what_does_not_fit() {
        let scratch = Scratch::new();
        let good = Box::pin(completed(&scratch)).await;
        let mut replay = Replay::new(scratch.path(), Never);
        let decided = |entry: &AuditEntry| DecidedAnswer::clone(entry.decided.as_ref().expect("decided"));
        let mut changed = |change: &dyn Fn(&mut AuditEntry)| {
            let mut entry = good.clone();
            change(&mut entry);
            replay.entry(&entry)
        };
        let otherwise = changed(&|entry| {
            let mut all = decided(entry);
            all.items[0].input.owner_unit = Some("VJH-MYND".to_owned());
            entry.decided = Some(all.into());
        });
        assert!(matches!(otherwise[..], [Finding::DecidedOtherwise(Difference { of: "item", at: 0, .. })]));
        let more = changed(&|entry| entry.shown[0].classes.push("address".to_owned()));
        assert!(matches!(&more[..], [Finding::ShownWithoutDecision { classes, .. }] if classes == &["address"]));
        let other = changed(&|entry| entry.shown.iter_mut().for_each(|row| row.basis = "emergency".to_owned()));
        assert!(!other.is_empty() && other.iter().all(|one| matches!(one, Finding::ShownWithoutDecision { .. })));
        let another = changed(&|entry| {
            // Shown on the strength of a decision about something else, which opens the same.
            let mut all = decided(entry);
            all.items.push(all.items[0].clone());
            all.items[0].opened.clear();
            entry.decided = Some(all.into());
        });
        assert!(another.iter().any(|one| matches!(one, Finding::ShownWithoutDecision { .. })), "{another:?}");
        let none = changed(&|entry| entry.shown.iter_mut().for_each(|row| row.decided = None));
        assert!(matches!(&none[..], [Finding::ShownWithoutDecision { item, .. }] if item != "citizen"), "{none:?}");
        let unknown = changed(&|entry| {
            entry.decision.as_mut().expect("a decision").policy_hash = Some("0".repeat(64));
        });
        assert!(matches!(unknown[..], [Finding::NoPolicies { .. }]));
        assert_eq!(changed(&|entry| entry.decided = None), [Finding::NoDecisions]);
    }
}
