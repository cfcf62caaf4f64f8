//! Where one source stands: what of it is in the index, and what is under way. It lies in the index beside the facts.

use glasplade_adapters::contract::{PageToken, Since, SourceErrorKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RowCounts, Taking};
use crate::audit::Pseudonym;
use crate::target_groups::index::{self, IndexError};

/// The kind of state under which readings lie in the index.
pub(in crate::target_groups) const KIND: &str = "source";

/// One source's state. Runs read it: a source that is not complete makes "not on the list" a lie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceReading {
    /// What was taken of it, see [`Taking::hash`]. Read under another configuration, it counts as not read.
    pub taking: String,
    /// When the last whole and complete reading *began*: everything that the source told then is in the index.
    pub whole: Option<Timestamp>,
    /// When the last whole reading came to its end, complete or not.
    pub whole_ended: Option<Timestamp>,
    /// When the last whole reading began that came to its end, complete or not.
    pub whole_tried: Option<Timestamp>,
    /// Changes until here are in the index, too.
    pub changes_until: Option<Timestamp>,
    /// When the last reading of any kind ended.
    pub ended: Option<Timestamp>,
    /// What is being read.
    pub under_way: Option<UnderWay>,
    /// A whole reading that told far too little, and waits for an operator's word.
    pub held: Option<UnderWay>,
    /// What made it wait.
    pub shrank: Option<Shrank>,
    /// The operator has said that the next reading may tell so much less.
    pub accepts_shrinking: bool,
    /// Since when it does not do what it should; none while it does.
    pub incomplete_since: Option<Timestamp>,
    /// What is the matter.
    pub trouble: Option<Trouble>,
    /// Failures one after another.
    pub failures: u32,
    /// It is not asked before this.
    pub not_before: Option<Timestamp>,
    /// The rows of the last whole reading that came to its end.
    pub rows: RowCounts,
    /// Its facts in the index after that.
    pub facts: u64,
    /// Readings that began again because the source no longer took their place.
    pub begun_again: u32,
}

/// A reading under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnderWay {
    /// The question.
    pub since: Since,
    /// Where it goes on.
    pub page: PageToken,
    /// Pages taken.
    pub pages: u32,
    /// When it began.
    pub begun: Timestamp,
    /// Rows on all pages together, where the source tells.
    pub total: Option<u64>,
    /// Rows so far.
    pub rows: RowCounts,
    /// How far it has come.
    pub step: Step,
    /// How often it began again.
    pub begun_again: u32,
}

/// How far a reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Pages are to come.
    Listing,
    /// The last page is taken; what was not told is to be counted.
    Counting,
    /// What was not told is asked for singly, citizen by citizen.
    Asking {
        /// The last citizen who has been looked at.
        after: Option<Pseudonym>,
    },
    /// What is over is to be dropped.
    Tidying,
}

/// A listing that told far less than the time before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shrank {
    /// Open facts of the source in the index.
    pub facts: u64,
    /// Of these, not told.
    pub untold: u64,
}

/// What is the matter with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It is down, overloaded or unreachable.
    Unavailable,
    /// Nothing came in time.
    TimedOut,
    /// It refuses our credentials.
    Unauthorized,
    /// It knows us and says no.
    Forbidden,
    /// Address, certificate or a setting is wrong.
    ConfigInvalid,
    /// The answer is not what the contract says.
    Malformed,
    /// The answer is about somebody else.
    WrongCitizen,
    /// It cannot be listed.
    Unsupported,
    /// Its listing told far less than before, and nobody has said that this is right.
    Shrank,
}

impl From<SourceErrorKind> for Trouble {
    fn from(kind: SourceErrorKind) -> Self {
        match kind {
            SourceErrorKind::Unavailable | SourceErrorKind::Resting => Self::Unavailable,
            SourceErrorKind::TimedOut => Self::TimedOut,
            SourceErrorKind::Unauthorized => Self::Unauthorized,
            SourceErrorKind::Forbidden => Self::Forbidden,
            SourceErrorKind::ConfigInvalid => Self::ConfigInvalid,
            SourceErrorKind::Malformed => Self::Malformed,
            SourceErrorKind::WrongCitizen => Self::WrongCitizen,
            SourceErrorKind::Unsupported => Self::Unsupported,
        }
    }
}

impl Trouble {
    /// Waiting helps; otherwise somebody must do something.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Unavailable | Self::TimedOut)
    }

    /// The code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ConfigInvalid => "config_invalid",
            Self::Malformed => "malformed",
            Self::WrongCitizen => "wrong_citizen",
            Self::Unsupported => "unsupported",
            Self::Shrank => "listing_shrank",
        }
    }
}

impl UnderWay {
    /// A reading that begins now.
    pub(super) fn new(since: Since, now: Timestamp) -> Self {
        Self {
            since,
            page: PageToken::default(),
            pages: 0,
            begun: now,
            total: None,
            rows: RowCounts::default(),
            step: Step::Listing,
            begun_again: 0,
        }
    }

    /// Whether everything is read.
    pub fn is_whole(&self) -> bool {
        self.since == Since::Beginning
    }
}

impl SourceReading {
    /// What the index knows of a source; nothing when it was never read.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn of(index: &index::Reading<'_>, source: &str) -> Result<Self, IndexError> {
        Ok(index.state(KIND, source)?.unwrap_or_default())
    }

    /// Everything that the source told until then is in the index; `None` when it was not read whole for this `taking` yet.
    pub fn complete_as_of(&self, taking: &Taking) -> Option<Timestamp> {
        let whole = self.whole.filter(|_| self.taking == taking.hash())?;
        Some(self.changes_until.map_or(whole, |until| until.max(whole)))
    }

    /// The reading came to its end; what it told holds.
    pub(super) fn complete(&mut self, now: Timestamp) {
        let Some(done) = self.under_way.take() else { return };
        self.ended = Some(now);
        (self.failures, self.not_before) = (0, None);
        match done.since {
            Since::Beginning => {
                (self.whole, self.whole_tried, self.whole_ended) = (Some(done.begun), Some(done.begun), Some(now));
                self.changes_until = None;
                self.rows = done.rows;
                (self.held, self.shrank, self.accepts_shrinking) = (None, None, false);
                (self.incomplete_since, self.trouble) = (None, None);
            }
            Since::Registered { until, .. } => {
                self.changes_until = Some(until);
                // A listing that shrank is not mended by changes.
                if self.trouble != Some(Trouble::Shrank) {
                    (self.incomplete_since, self.trouble) = (None, None);
                }
            }
        }
    }

    /// A call gave nothing; the reading stays where it is.
    pub(super) fn fail(&mut self, trouble: Trouble, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.incomplete_since.get_or_insert(now);
        self.trouble = Some(trouble);
        self.not_before = Some(super::due::after_failure(self.failures, trouble, now));
    }
}
