//! Whether a rule may run on a day: approved as it stands, for a receiver, on a statute that counts that day.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use super::rule::{Rule, hash_of};
use crate::config::{ApprovalRow, Config, StatuteRow, TARGET_GROUP_PURPOSE};

/// One rule on one day: where its list may go, or why it is off. A rule with approvals for several receivers stands once for each.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The row of `approvals.toml`; none where nobody has approved it.
    pub row: Option<ApprovalRow>,
    /// The approval, or why there is none.
    pub approved: Result<Approved, Off>,
}

/// [DK] godkendelse: a rule that may run, for one receiver.
#[derive(Debug, Clone)]
pub struct Approved {
    /// The row of `approvals.toml`.
    pub approval: ApprovalRow,
    /// What the receiver may be told, and on what.
    pub statute: StatuteRow,
    /// SHA-256 of rule and approval, hexadecimal: what a report names.
    pub hash: String,
}

/// Why a rule is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Off {
    /// Nobody has approved it.
    NotApproved,
    /// What was approved is another text of the rule.
    OtherText,
    /// The approval's first day has not come.
    NotYet,
    /// The approval's last day is over.
    Ended,
    /// The receiving unit does not exist on this day.
    NoReceiver,
    /// The purpose of lists, the statute, or its legal basis is not confirmed or not of this day.
    NoStatute,
    /// The statute does not name the receiving unit or its department.
    NotForReceiver,
}

impl fmt::Display for Off {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotApproved => "nobody has approved it",
            Self::OtherText => "what was approved is another text of the rule",
            Self::NotYet => "its approval begins on a day that has not come",
            Self::Ended => "its approval has ended (`until`)",
            Self::NoReceiver => "its receiving unit does not exist on this day",
            Self::NoStatute => "its statute, the legal basis of it, or the purpose `target_group` is not on",
            Self::NotForReceiver => "its statute does not name the receiving unit",
        })
    }
}

/// Every rule on this day, by code, then receiver.
pub fn standings(config: &Config, today: Date) -> Vec<Standing> {
    let groups = &config.target_groups;
    let mut all = Vec::new();
    for rule in &groups.rules {
        let mut rows: Vec<&ApprovalRow> = groups.approvals.iter().filter(|row| *row.rule == **rule.code()).collect();
        rows.sort_by(|left, right| (&left.receiver, left.approved_on).cmp(&(&right.receiver, right.approved_on)));
        if rows.is_empty() {
            all.push(Standing { rule: Arc::clone(rule), row: None, approved: Err(Off::NotApproved) });
        }
        for row in rows {
            let approved = approved(config, rule, row, today);
            all.push(Standing { rule: Arc::clone(rule), row: Some(row.clone()), approved });
        }
    }
    all
}

/// Whether this approval lets this rule run on this day.
///
/// # Errors
/// Why not, the first of [`Off`].
pub fn approved(config: &Config, rule: &Rule, row: &ApprovalRow, today: Date) -> Result<Approved, Off> {
    let unit = config.departments.unit.iter().find(|unit| unit.code == row.receiver && unit.is_on(today));
    if row.approves != rule.hash() {
        return Err(Off::OtherText);
    }
    if today < row.approved_on {
        return Err(Off::NotYet);
    }
    if row.until < today {
        return Err(Off::Ended);
    }
    let unit = unit.ok_or(Off::NoReceiver)?;
    let mut statutes = config.access.statutes_of(TARGET_GROUP_PURPOSE, today);
    let statute = statutes.find(|statute| statute.id == row.statute).ok_or(Off::NoStatute)?;
    if !statute.to.iter().any(|code| *code == unit.code || *code == unit.department) {
        return Err(Off::NotForReceiver);
    }
    let days = (row.approved_on.to_string(), row.until.to_string());
    let hash = hash_of(&[
        "target_group_approval",
        rule.hash(),
        &row.statute,
        &row.impact_assessment,
        &row.approved_by,
        &days.0,
        &row.receiver,
        &days.1,
        &row.document,
    ]);
    Ok(Approved { approval: row.clone(), statute: statute.clone(), hash })
}
