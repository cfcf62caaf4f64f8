//! One source's fact about one citizen's case, as it lies in the index: what rules ask for, and what the policies decide on.

use serde::{Deserialize, Serialize};

use super::{CodeId, FactKey, JoinKey};
use crate::config::KindRole;
use crate::target_groups::Day;

/// A case or effort as one source tells it. Facts of several sources about one case are joined when a list is made: the
/// strictest counts, and it may come from any of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedFact {
    /// The source that told it.
    pub source: CodeId,
    /// Its case.
    pub key: FactKey,
    /// What it may be joined on.
    pub joins: Vec<JoinKey>,
    /// The configured source that owns the case, where a joint index names it.
    pub master: Option<CodeId>,
    /// A joint index named a master system that is no configured source.
    pub is_owned_elsewhere: bool,
    /// [DK] forvaltning.
    pub department: Option<CodeId>,
    /// [DK] enhed.
    pub unit: Option<CodeId>,
    /// [DK] kategori.
    pub category: CodeId,
    /// The kind, if a rule was certain.
    pub kind: Option<CodeId>,
    /// Authority, provider, benefit or unclassified.
    pub role: KindRole,
    /// 0–3: the category's, raised by what the source states.
    pub level: u8,
    /// The level that the source itself states.
    pub stated_level: u8,
    /// [DK] sikkerhedsprofil: only named ones may see it. Such a fact puts nobody on a list, and closes the same case of other
    /// sources.
    pub is_screened: bool,
    /// A joint index could tell that it is stricter.
    pub could_be_raised: bool,
    /// Where it stands, as the source says.
    pub standing: Standing,
    /// First day.
    pub opened: Option<Day>,
    /// Last day, which may lie ahead.
    pub closed: Option<Day>,
}

/// Where a case stands by the source's own status. Days may say otherwise on the day of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standing {
    /// Not over, or a status that nobody knows: then it counts as running.
    Open,
    /// Over.
    Closed,
}

impl IndexedFact {
    /// Whether it still runs, or begins later, on `day`.
    pub fn is_open(&self, day: Day) -> bool {
        self.standing == Standing::Open && self.closed.is_none_or(|closed| closed >= day)
    }

    /// The same fact where codes have other numbers.
    pub(in crate::target_groups) fn with_codes(&self, moved: impl Fn(CodeId) -> CodeId) -> Self {
        Self {
            source: moved(self.source),
            master: self.master.map(&moved),
            department: self.department.map(&moved),
            unit: self.unit.map(&moved),
            category: moved(self.category),
            kind: self.kind.map(&moved),
            ..self.clone()
        }
    }
}
