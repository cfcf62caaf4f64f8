//! What callers are told of rules: approved or off, and why; and the counts of a run without its list.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::{Config, Every, Language};
use crate::target_groups::history::{Counted, History, HistoryRun, Places};
use crate::target_groups::rules::{Off, standings};
use crate::target_groups::{Code, Gap};

/// Every rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupRules)]
pub struct RulesView {
    /// By code.
    pub rules: Vec<RuleView>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupRule)]
pub struct RuleView {
    /// Its code.
    #[schema(example = "cross_department")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// Danish: who is found, and what for.
    pub description: String,
    /// Id of the legal basis that a run must name.
    #[schema(example = "gdpr-6-1-e")]
    pub legal_basis: String,
    /// Roles that may run it.
    pub run_by: Vec<String>,
    /// What a list tells about why somebody is on it.
    pub reveals: Vec<&'static str>,
    /// When it runs by itself: `day`, `week` or `month`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<&'static str>,
    /// At which hour, Danish time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hour: Option<u8>,
    /// It may run today, for somebody.
    pub is_approved: bool,
    /// Each unit for which somebody has approved it, ever; nobody, where nobody has.
    pub receivers: Vec<ReceiverView>,
    /// Why it is off, where nobody has approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_off: Option<String>,
}

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupReceiver)]
pub struct ReceiverView {
    /// Code of the receiving unit.
    #[schema(example = "UUJ-KOORD")]
    pub unit: String,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// It counts today.
    pub is_approved: bool,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_off: Option<String>,
}

impl RulesView {
    /// The rules on this day.
    pub fn of(config: &Config, today: Date, language: Language) -> Self {
        let mut rules: Vec<RuleView> = Vec::new();
        for standing in standings(config, today) {
            let (rule, file) = (&standing.rule, standing.rule.file());
            if rules.last().is_none_or(|last| *last.code != **rule.code()) {
                rules.push(RuleView {
                    code: rule.code().to_string(),
                    name: rule.name(language).to_owned(),
                    description: file.description.trim().to_owned(),
                    legal_basis: file.legal_basis.clone(),
                    run_by: file.run_by.clone(),
                    reveals: file.reveals.iter().map(|what| what.code()).collect(),
                    every: file.schedule.map(|schedule| match schedule.every {
                        Every::Day => "day",
                        Every::Week => "week",
                        Every::Month => "month",
                    }),
                    at_hour: file.schedule.map(|schedule| schedule.at_hour),
                    is_approved: false,
                    receivers: Vec::new(),
                    why_off: None,
                });
            }
            let Some(view) = rules.last_mut() else { continue };
            view.is_approved |= standing.approved.is_ok();
            let off = standing.approved.as_ref().err();
            match &standing.row {
                Some(row) => view.receivers.push(ReceiverView {
                    unit: row.receiver.clone(),
                    from: row.approved_on,
                    until: row.until,
                    is_approved: off.is_none(),
                    why_off: off.map(|off| why(*off, language)),
                }),
                None => view.why_off = off.map(|off| why(*off, language)),
            }
        }
        Self { rules }
    }
}

fn why(off: Off, language: Language) -> String {
    let danish = match off {
        Off::NotApproved => "ingen har godkendt den",
        Off::OtherText => "det, der er godkendt, er en anden tekst af reglen",
        Off::NotYet => "godkendelsens første dag er ikke kommet",
        Off::Ended => "godkendelsen er udløbet",
        Off::NoReceiver => "den modtagende enhed findes ikke i dag",
        Off::NoStatute => "lovreglen, dens hjemmel eller formålet `target_group` er ikke tændt",
        Off::NotForReceiver => "lovreglen nævner ikke den modtagende enhed",
    };
    if language == Language::Da { danish.to_owned() } else { off.to_string() }
}

/// The counts of a run whose list nobody gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupDryRun)]
pub struct DryRunView {
    /// Code of the rule.
    #[schema(value_type = String, example = "cross_department")]
    pub rule: Code,
    /// Code of the unit that would get the list.
    #[schema(value_type = String, example = "UUJ-KOORD")]
    pub receiver: Code,
    /// Numbers below this are not shown, and all others are rounded to a multiple of it.
    #[schema(example = 5)]
    pub rounded_to: u32,
    /// The counts.
    pub counts: HistoryRun,
    /// What was missing, and what that may hide.
    pub gaps: Vec<GapView>,
}

/// Something that a run could not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupGap)]
pub struct GapView {
    /// `source_incomplete`, `rows_unreadable` or `fact_without_source`.
    pub kind: &'static str,
    /// The source, where one is behind it.
    #[schema(value_type = Option<String>)]
    pub source: Option<Code>,
    /// One Danish sentence.
    pub text: String,
}

impl DryRunView {
    /// Of these counts.
    pub(super) fn of(rule: &Code, receiver: &Code, counted: &Counted, gaps: &[Gap], places: &Places) -> Self {
        let History { rounded_to, mut runs, .. } =
            History::of(Code::clone(rule), std::slice::from_ref(counted), places);
        let gap = |gap: &Gap| GapView { kind: gap.kind.code(), source: gap.source.clone(), text: gap.text.clone() };
        Self {
            rule: Code::clone(rule),
            receiver: Code::clone(receiver),
            rounded_to,
            counts: runs.remove(0),
            gaps: gaps.iter().map(gap).collect(),
        }
    }
}

/// Names of departments and units.
pub(super) fn places(config: &Config) -> Places {
    let (departments, units) = (&config.departments.department, &config.departments.unit);
    let unit = |row: &crate::config::UnitRow| {
        (Code::from(row.code.as_str()), (row.name.clone(), Code::from(row.department.as_str())))
    };
    Places {
        departments: departments.iter().map(|row| (Code::from(row.code.as_str()), row.name.clone())).collect(),
        units: units.iter().map(unit).collect(),
    }
}
