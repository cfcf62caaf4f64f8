//! One request as it goes down the path, and the settings of the path.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::SourceId;

use super::HandleOpener;
use crate::access::{Caller, Question};
use crate::audit::Request;
use crate::config::Language;
use crate::sources::{Deadline, Wish};

/// What is kept of the time for what comes after the sources: names and numbers from the directory, the family. A source
/// that hangs would take all of it.
const AFTER_LOOK_MAX: Duration = Duration::from_millis(200);

/// Settings of the path.
#[derive(Debug, Clone)]
pub struct PathSettings {
    /// An overview that shows nothing is not sent before this, counted from its arrival.
    pub empty_answer: Duration,
    /// Authority code of the home departments.
    pub home_authority: String,
    /// Days for which a caseworker counts as new.
    pub new_caseworker_days: u16,
    /// Relatives in one family view at most.
    pub household_max: usize,
    /// Days for which closed cases stay, by source.
    pub windows: HashMap<SourceId, u16>,
    /// The configured order of sources.
    pub order: Vec<SourceId>,
}

/// One request, ready to go.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Who asks.
    pub caller: Caller,
    /// What.
    pub question: Question,
    /// The handle that the answer carries.
    pub handle: Arc<str>,
    /// Opens handles for the relatives of a family view, and hears that the answer shows something.
    pub handles: HandleOpener,
    /// The route and trace.
    pub request: Request,
    /// Language of the texts.
    pub language: Language,
    /// [DK] fælles visning: the answer is turned to the citizen, without third persons and remarks.
    pub is_shared: bool,
    /// The entity tags that the caller has.
    pub if_none_match: Option<String>,
    /// Ask the sources anew.
    pub no_cache: bool,
    /// When the answer is no longer wanted.
    pub deadline: Deadline,
    /// The caller asked for less time than the house gives by itself.
    pub is_hasty: bool,
    /// Before this moment an empty answer is not sent.
    pub not_before: Deadline,
}

impl Wish {
    /// The wish of the sources and the register, which leave some time for what comes after them.
    pub(super) fn for_look(&self) -> Self {
        Self { deadline: self.deadline.keeping(AFTER_LOOK_MAX), ..self.clone() }
    }
}

impl Errand {
    pub(super) fn wish(&self) -> Wish {
        let trace_id = Arc::clone(&self.request.trace_id);
        Wish { no_cache: self.no_cache, trace_id, deadline: self.deadline, is_hasty: self.is_hasty, from_memory: false }
    }
}
