//! What a fact is made of: what its row has in common with many others, and what is its own. Few different combinations of type,
//! law, subject, unit and master stand in millions of rows, and one answer of the matchers holds for all rows of one combination.

use glasplade_adapters::contract::{Record, SourceId};
use jiff::civil::Date;

use super::Taking;
use crate::config::KindRole;
use crate::overview::{Classifier, number_owner};
use crate::target_groups::Day;
use crate::target_groups::index::{CodeId, FactKey, IndexError, IndexedFact, JoinKey, Standing};

/// What kind of case a row is: the same for the same source, record kind, type, law, subject and stretch of first days, and for
/// having a UUID.
#[derive(Debug, Clone, Copy)]
pub(in crate::target_groups) struct Nature {
    category: CodeId,
    kind: Option<CodeId>,
    role: KindRole,
    category_level: u8,
    could_be_raised: bool,
}

impl Nature {
    pub(in crate::target_groups) fn of(
        record: &Record,
        classifier: &Classifier,
        taking: &Taking,
        code: &mut impl FnMut(&str) -> Result<CodeId, IndexError>,
    ) -> Result<Self, IndexError> {
        let told = classifier.classify(record);
        let kind = told.kind.filter(|_| taking.kinds());
        Ok(Self {
            category: code(&told.category.code)?,
            kind: kind.map(|kind| code(&kind.code)).transpose()?,
            role: told.role,
            category_level: told.category.level,
            could_be_raised: classifier.could_be_raised(record),
        })
    }
}

/// Whose case a row is: the same for the same source, unit, subject and master.
#[derive(Debug, Clone)]
pub(in crate::target_groups) struct Belonging {
    department: Option<CodeId>,
    unit: Option<CodeId>,
    master: Option<CodeId>,
    is_owned_elsewhere: bool,
    /// The system in which the row's case numbers count; `None` where nobody knows it.
    pub(in crate::target_groups) owner: Option<SourceId>,
}

impl Belonging {
    pub(in crate::target_groups) fn of(
        record: &Record,
        classifier: &Classifier,
        code: &mut impl FnMut(&str) -> Result<CodeId, IndexError>,
    ) -> Result<Self, IndexError> {
        let (owner, master) = (classifier.owner(record), classifier.master_of(record));
        let is_owned_elsewhere = record.keys.master.is_some() && master.is_none();
        Ok(Self {
            master: master.map(|master| code(master.as_str())).transpose()?,
            is_owned_elsewhere,
            department: owner.department.map(|department| code(&department.code)).transpose()?,
            unit: owner.unit.map(|unit| code(&unit.code)).transpose()?,
            owner: number_owner(record, classifier),
        })
    }
}

/// What is a row's own.
#[derive(Debug)]
pub(in crate::target_groups) struct Own {
    pub(in crate::target_groups) key: FactKey,
    /// In any order.
    pub(in crate::target_groups) joins: Vec<JoinKey>,
    pub(in crate::target_groups) stated_level: u8,
    pub(in crate::target_groups) is_screened: bool,
    pub(in crate::target_groups) is_active: bool,
    pub(in crate::target_groups) opened: Option<Date>,
    /// [`Record::last_day`].
    pub(in crate::target_groups) last_day: Option<Date>,
}

impl Own {
    /// The fact.
    pub(in crate::target_groups) fn fact(
        mut self,
        source: CodeId,
        nature: &Nature,
        belonging: &Belonging,
        taking: &Taking,
    ) -> IndexedFact {
        self.joins.sort_unstable();
        self.joins.dedup();
        // Which day it began on is asked for by some rules alone; that it has not begun yet, by every one.
        let opened = self.opened.filter(|opened| taking.days() || *opened > taking.today());
        IndexedFact {
            source,
            key: self.key,
            joins: self.joins,
            master: belonging.master,
            is_owned_elsewhere: belonging.is_owned_elsewhere,
            department: belonging.department,
            unit: belonging.unit,
            category: nature.category,
            kind: nature.kind,
            role: nature.role,
            level: nature.category_level.max(self.stated_level),
            stated_level: self.stated_level,
            is_screened: self.is_screened,
            could_be_raised: nature.could_be_raised,
            standing: if self.is_active { Standing::Open } else { Standing::Closed },
            opened: opened.map(Day::of),
            closed: self.last_day.map(Day::of),
        }
    }
}
