//! `target-groups/`: one file a rule, and `approvals.toml`, which says which of them may run, for whom, and until when.

use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::target_groups::rules::Rule;

/// The folder of rules and approvals in a configuration folder.
pub const TARGET_GROUPS: &str = "target-groups";

/// The approvals. Every other `.toml` file of the folder is a rule, and its name is the rule's code.
pub const APPROVALS: &str = "target-groups/approvals.toml";

/// The purpose under which statutes open something for a list.
pub const TARGET_GROUP_PURPOSE: &str = "target_group";

/// The rules and approvals of a checked configuration.
#[derive(Debug, Clone, Default)]
pub struct TargetGroups {
    /// By code.
    pub rules: Vec<Arc<Rule>>,
    /// As they stand in the file.
    pub approvals: Vec<ApprovalRow>,
}

impl TargetGroups {
    /// The rule with this code.
    pub fn rule(&self, code: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| **rule.code() == *code)
    }
}

/// `target-groups/<rule>.toml`. [DK] målgrupperegel.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetGroupFile {
    /// Danish name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Danish: who is found, what for, and how the condition reads in words.
    pub description: String,
    /// Id of the legal basis (`access.toml`) on which the municipality searches at all. What a receiver may be told rests on the
    /// approval's statute.
    pub legal_basis: String,
    /// Roles that may run it and read its list.
    pub run_by: Vec<String>,
    /// The condition, in CEL: see `target-groups/README.md`. Written between `'''`, mistakes are told with their column.
    #[schemars(with = "String")]
    pub condition: Spanned<String>,
    /// What a list tells about why somebody is on it.
    pub reveals: Vec<Reveal>,
    /// Benefits whose periods the condition counts.
    #[serde(default)]
    pub benefits: Option<BenefitTable>,
    /// When it runs by itself; without it only when somebody runs it.
    #[serde(default)]
    pub schedule: Option<ScheduleRow>,
    /// Every source must have been read whole within so many hours, or the list says what may be missing.
    #[serde(default = "a_day_and_a_half")]
    pub sources_must_be_within_hours: u16,
}

fn a_day_and_a_half() -> u16 {
    36
}

/// What a list tells about why somebody is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reveal {
    /// Names of the departments behind the match.
    Departments,
    /// First days of the cases behind the match.
    Dates,
    /// Names of the sources of the cases behind the match.
    Sources,
    /// "Opfylder kriterierne" and nothing else. Stands alone.
    CriteriaOnly,
    /// The citizen's age in whole years.
    Age,
    /// How long the citizen has been on the rule's benefits.
    Duration,
}

impl Reveal {
    /// As the file writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Departments => "departments",
            Self::Dates => "dates",
            Self::Sources => "sources",
            Self::CriteriaOnly => "criteria_only",
            Self::Age => "age",
            Self::Duration => "duration",
        }
    }
}

/// Benefits whose periods count as one row of years.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BenefitTable {
    /// Codes of `kinds.toml`.
    pub codes: Vec<String>,
    /// [DK] forgængere: what the benefits were called, or were, before.
    #[serde(default)]
    pub predecessors: Vec<String>,
    /// Periods on predecessors count, too.
    #[serde(default)]
    pub predecessors_count: bool,
}

impl BenefitTable {
    /// The codes whose periods count.
    pub fn counted(&self) -> impl Iterator<Item = &str> {
        let predecessors = self.predecessors.iter().filter(|_| self.predecessors_count);
        self.codes.iter().chain(predecessors).map(String::as_str)
    }
}

/// How often a rule runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Every day.
    Day,
    /// Every Monday.
    Week,
    /// On the first of every month.
    Month,
}

/// When a rule runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRow {
    /// How often.
    pub every: Every,
    /// Hour of the day, Danish time, 0–23.
    pub at_hour: u8,
}

impl ScheduleRow {
    /// It runs on this day.
    pub fn is_due(self, day: Date) -> bool {
        match self.every {
            Every::Day => true,
            Every::Week => day.weekday() == jiff::civil::Weekday::Monday,
            Every::Month => day.day() == 1,
        }
    }
}

/// `target-groups/approvals.toml`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalsFile {
    /// [DK] godkendelser.
    #[serde(default)]
    pub approval: Vec<ApprovalRow>,
}

/// [DK] godkendelse: one rule may run for one receiver. A rule without one in force is off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRow {
    /// Code of the rule.
    pub rule: String,
    /// Hash of what was approved, 64 hexadecimal digits, as `glasplade config check` tells it. A rule that means something else
    /// needs a new approval.
    pub approves: String,
    /// Id of the statute (`access.toml`) that says what the receiver may be told.
    pub statute: String,
    /// [DK] konsekvensanalyse: number of the impact assessment (GDPR art. 35).
    pub impact_assessment: String,
    /// The office (not a person) that approved.
    pub approved_by: String,
    /// First day.
    pub approved_on: Date,
    /// Code of the receiving unit.
    pub receiver: String,
    /// Last day.
    pub until: Date,
    /// Document number of the approval.
    pub document: String,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_rule_runs_every_day_on_mondays_or_on_the_first() {
        let due = |every, day| ScheduleRow { every, at_hour: 6 }.is_due(day);
        assert!(due(Every::Day, date(2026, 11, 21)));
        assert!(due(Every::Week, date(2026, 11, 23)) && !due(Every::Week, date(2026, 11, 24)));
        assert!(due(Every::Month, date(2026, 12, 1)) && !due(Every::Month, date(2026, 12, 2)));
    }
}
