//! What the rows of a reading were, by number and never by content.

use serde::{Deserialize, Serialize};

/// Why a row is not in the index as it stands at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowTrouble {
    /// The adapter could not read it, or it names no citizen where it should.
    Unreadable,
    /// It names several citizens at once, or none: an adapter's mistake.
    WithoutOneCitizen,
    /// [DK] eCPR: whose number is not in the civil register. Overviews do not find it either.
    ReplacementNumber,
    /// [DK] anonym behandling: it has no place here.
    AnonymousTreatment,
    /// What the source tells beside the row did not come; what was known of the case stays.
    WithoutDetails,
}

impl RowTrouble {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::Unreadable,
        Self::WithoutOneCitizen,
        Self::ReplacementNumber,
        Self::AnonymousTreatment,
        Self::WithoutDetails,
    ];

    /// The code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::WithoutOneCitizen => "without_one_citizen",
            Self::ReplacementNumber => "replacement_number",
            Self::AnonymousTreatment => "anonymous_treatment",
            Self::WithoutDetails => "without_details",
        }
    }

    /// A citizen may be missing on a list because of it.
    pub fn may_hide(self) -> bool {
        !matches!(self, Self::AnonymousTreatment | Self::ReplacementNumber)
    }
}

/// Rows of one reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCounts {
    /// All that the source told.
    pub rows: u64,
    /// Of these, in the index.
    pub taken: u64,
    troubles: [u64; RowTrouble::ALL.len()],
}

impl RowCounts {
    /// One more of this kind.
    pub(in crate::target_groups) fn add(&mut self, trouble: RowTrouble, rows: u64) {
        self.troubles[trouble as usize] += rows;
    }

    /// And these.
    pub(in crate::target_groups) fn and(&mut self, other: &Self) {
        self.rows += other.rows;
        self.taken += other.taken;
        for trouble in RowTrouble::ALL {
            self.add(trouble, other.of(trouble));
        }
    }

    /// How many rows have this trouble.
    pub fn of(&self, trouble: RowTrouble) -> u64 {
        self.troubles[trouble as usize]
    }

    /// The kinds of which there are any, with how many.
    pub fn troubled(&self) -> impl Iterator<Item = (RowTrouble, u64)> {
        RowTrouble::ALL.into_iter().map(|trouble| (trouble, self.of(trouble))).filter(|(_, rows)| *rows > 0)
    }

    /// Rows that may hide a citizen from a list.
    pub fn hiding(&self) -> u64 {
        self.troubled().filter(|(trouble, _)| trouble.may_hide()).map(|(_, rows)| rows).sum()
    }
}
