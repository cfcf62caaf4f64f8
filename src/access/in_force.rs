//! The rules that decide now. They are replaced whole, while the service runs, and only after they have been checked; an answer
//! that has begun ends under the rules it began with.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;

use super::engine::{Engine, EngineError};
use super::{Access, Caller, Decision, Question, examples};
use crate::audit::Pseudonym;
use crate::config::{Deciding, EXAMPLES, POLICIES, SCHEMA};

/// The rules that decide now.
#[derive(Debug)]
pub struct InForce(RwLock<Arc<Access>>);

impl InForce {
    /// These rules decide, until others do.
    pub fn new(access: Arc<Access>) -> Self {
        Self(RwLock::new(access))
    }

    /// The rules.
    pub fn now(&self) -> Arc<Access> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these rules decide.
    pub fn replace(&self, access: Arc<Access>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = access;
    }

    /// Decides on a request, see [`Access::authorize`].
    pub fn authorize(&self, caller: &Caller, question: &Question, pseudonym: Pseudonym, today: Date) -> Decision {
        self.now().authorize(caller, question, pseudonym, today)
    }
}

/// The policies that were found beside the running ones cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoliciesRefused {
    /// They do not parse or do not fit the schema.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// They decide one of their examples otherwise.
    #[error("{count} of their examples are decided otherwise; the first: {first}")]
    Examples {
        /// How many.
        count: usize,
        /// What the first says.
        first: String,
    },
}

impl Access {
    /// The same rules under other policies, if these can be read, fit their schema and decide every example as it says.
    ///
    /// # Errors
    /// [`PoliciesRefused`]: then the running ones stay.
    pub fn with_policies(&self, texts: &PolicyTexts) -> Result<Self, PoliciesRefused> {
        let engine = Engine::parse(&texts.schema, &texts.policies)?;
        let failures = examples::failures(engine.policies(), engine.schema(), &texts.examples);
        if let Some(first) = failures.first() {
            return Err(PoliciesRefused::Examples { count: failures.len(), first: first.to_string() });
        }
        Ok(self.under(engine, self.deciding().with_policies(&texts.schema, &texts.policies)))
    }
}

/// The policy files as they lie on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTexts {
    /// The schema.
    pub schema: String,
    /// The policies.
    pub policies: String,
    /// What they must decide.
    pub examples: String,
}

impl PolicyTexts {
    /// What decides already; with which examples it was checked is not kept, so the first look reads them.
    fn of(deciding: &Deciding) -> Self {
        let text = |name: &str| deciding.text(name).to_owned();
        Self { schema: text(SCHEMA), policies: text(POLICIES), examples: String::new() }
    }
}

/// Looks for changed policy files. A file that is being written is half there, and half a policy file can open what its lost
/// half forbids: so a change counts when two looks find the same.
#[derive(Debug)]
pub struct PolicyWatch {
    folders: Vec<PathBuf>,
    /// In force, or tried and refused.
    known: PolicyTexts,
    /// Found by the last look.
    seen: Option<PolicyTexts>,
}

impl PolicyWatch {
    /// Watches these folders, the first before the second.
    pub fn new(folders: Vec<PathBuf>, running: &Deciding) -> Self {
        Self { folders, known: PolicyTexts::of(running), seen: None }
    }

    /// Reads the files; what is new, and was there at the look before, too. Blocks on the disk. A file that cannot be read is
    /// no change.
    pub fn look(&mut self) -> Option<PolicyTexts> {
        let text = |name: &str| self.folders.iter().find_map(|dir| std::fs::read_to_string(dir.join(name)).ok());
        let found = PolicyTexts { schema: text(SCHEMA)?, policies: text(POLICIES)?, examples: text(EXAMPLES)? };
        if found == self.known {
            self.seen = None;
            return None;
        }
        if self.seen.as_ref() == Some(&found) {
            self.known = found.clone();
            self.seen = None;
            return Some(found);
        }
        self.seen = Some(found);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::Scratch;
    use crate::testing::config;

    fn write(scratch: &Scratch, name: &str, text: &str) {
        std::fs::create_dir_all(scratch.path().join("access")).expect("a folder of our own");
        std::fs::write(scratch.path().join(name), text).expect("a file of our own");
    }

    #[test]
    fn a_change_counts_when_two_looks_find_the_same_and_once() {
        let (scratch, config) = (Scratch::new(), config());
        let (schema, policies) = (config.deciding.text(SCHEMA), config.deciding.text(POLICIES));
        let mut watch = PolicyWatch::new(vec![scratch.path().to_path_buf()], &config.deciding);
        assert_eq!(watch.look(), None, "nothing is there");
        write(&scratch, SCHEMA, schema);
        write(&scratch, POLICIES, policies);
        write(&scratch, EXAMPLES, "# examples");
        assert_eq!(watch.look(), None);
        let first = watch.look().expect("the examples were not known yet: the running policies are tried with them");
        assert_eq!((first.policies.as_str(), first.examples.as_str()), (policies, "# examples"));
        assert_eq!((watch.look(), watch.look()), (None, None), "nothing has changed");
        write(&scratch, POLICIES, "// half");
        assert_eq!(watch.look(), None);
        write(&scratch, POLICIES, "// half and whole");
        assert_eq!(watch.look(), None, "it was still being written");
        assert_eq!(watch.look().map(|found| found.policies), Some("// half and whole".to_owned()));
        assert_eq!((watch.look(), watch.look()), (None, None), "told once");
    }

    #[test]
    fn policies_that_do_not_fit_leave_the_running_ones() {
        let config = config();
        let access = Access::new(&config);
        let schema = config.deciding.text(SCHEMA).to_owned();
        let texts = |policies: String| PolicyTexts {
            schema: schema.clone(),
            policies,
            examples: include_str!("../../config/access/examples.toml").to_owned(),
        };
        let refused = access.with_policies(&texts("permit (".to_owned()));
        assert!(matches!(refused, Err(PoliciesRefused::Engine(EngineError::Policies(_)))));
        let in_force = InForce::new(Arc::clone(&access));
        let policies = format!("{}\n// reviewed\n", config.deciding.text(POLICIES));
        let next = access.with_policies(&texts(policies)).expect("the same with a word more");
        let wide = format!("{}\n@id(\"all\") permit (principal, action, resource);\n", config.deciding.text(POLICIES));
        let refused = access.with_policies(&texts(wide));
        assert!(
            matches!(refused, Err(PoliciesRefused::Examples { count, .. }) if count > 0),
            "it opens what must be closed"
        );
        let hash = Arc::clone(next.policy_hash());
        in_force.replace(Arc::new(next));
        assert_eq!(in_force.now().policy_hash(), &hash);
        assert_ne!(access.policy_hash(), &hash);
    }
}
