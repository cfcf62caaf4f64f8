//! `[target_groups]` in `glasplade.toml`: where the index and the runs are kept, how sources are read, and what a list may hold. [DK] målgrupper.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::PollSettings;
use crate::target_groups::lists::Format;

/// Target groups.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TargetGroupSettings {
    /// File of the index of case facts; every replica opens the same one. It may be removed: then the sources are read anew. Without
    /// it no source is read for target groups, and no list can be made.
    pub index: Option<PathBuf>,
    /// How sources are read, where a source has no settings of its own.
    pub poll: PollSettings,
    /// What is kept of runs, and what a list may hold.
    pub lists: ListSettings,
}

/// `[target_groups.lists]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListSettings {
    /// File of runs and objections, shared by replicas; without it no list can be made. It may not be removed: whoever has objected
    /// would be on lists again.
    pub file: Option<PathBuf>,
    /// Folder into which lists go that the service makes by itself on their day. Without it none is.
    pub folder: Option<PathBuf>,
    /// Their form.
    pub format: Format,
    /// Days for which lists, and what the next run compares itself with, are kept; counts are kept for good.
    pub days: u16,
    /// Hours for which a list on its day waits for a source that has not been read whole; then it says what is missing.
    pub waits_hours: u16,
    /// Roles that may have the CPR numbers on a list, where they ask for them. Without any, nobody.
    pub numbers_by: Vec<String>,
    /// So many rows of a joint index may be unreadable before nobody knows which cases it screens: then cases that it could make
    /// stricter are on no list.
    pub unreadable_index_rows_max: u64,
    /// Threads that match one list.
    pub threads: usize,
}

impl Default for ListSettings {
    fn default() -> Self {
        Self {
            file: None,
            folder: None,
            format: Format::Xlsx,
            days: 90,
            waits_hours: 6,
            numbers_by: Vec::new(),
            unreadable_index_rows_max: 0,
            threads: 2,
        }
    }
}
