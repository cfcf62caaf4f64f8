//! The check of rules and approvals: every name points somewhere, every condition is one, and a rule that is off is listed.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::load::{Config, ConfigFiles, ConfigProblems};
use super::target_groups::{APPROVALS, TARGET_GROUP_PURPOSE};
use super::{ApprovalRow, ApprovalsFile, Reveal, TARGET_GROUPS, TargetGroupFile, TargetGroups};
use crate::target_groups::rules::{KnownCodes, Off, Refusal, Rule, approved};

/// Longest code of a rule: it stands in addresses and file names.
const CODE_MAX: usize = 64;

/// The files of `target-groups/`, parsed and not yet checked.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    rules: Vec<(String, TargetGroupFile)>,
    approvals: ApprovalsFile,
}

impl ConfigFiles {
    /// Parses what lies in the folder; what does not parse is told.
    pub(super) fn target_group_files(&self, problems: &mut ConfigProblems) -> Parsed {
        let mut parsed = Parsed::default();
        let mut names: Vec<&str> = self.names().filter(|name| rule_code(name).is_some()).collect();
        names.sort_unstable();
        for name in names {
            if let Some(file) = self.file::<TargetGroupFile>(name, problems) {
                parsed.rules.push((name.to_owned(), file));
            }
        }
        if self.names().any(|name| name == APPROVALS) {
            parsed.approvals = self.file::<ApprovalsFile>(APPROVALS, problems).unwrap_or_default();
        }
        parsed
    }

    /// Compiles the rules against the rest of the configuration and keeps those that are whole.
    pub(super) fn target_groups(&self, parsed: Parsed, config: &Config, problems: &mut ConfigProblems) -> TargetGroups {
        let known = KnownCodes::of(config);
        let mut rules = Vec::new();
        for (name, file) in parsed.rules {
            let code = rule_code(&name).unwrap_or_default();
            check_rule(config, self, &name, code, &file, problems);
            let condition = file.condition.clone();
            match Rule::new(code, file, &known) {
                Ok(rule) => rules.push(Arc::new(rule)),
                Err(refusal) => {
                    let (line, column) = self.place(&name, condition.span().start, condition.get_ref(), &refusal);
                    problems.error(name, Some(line), format!("condition, column {column}: {}", refusal.what));
                }
            }
        }
        TargetGroups { rules, approvals: parsed.approvals.approval }
    }

    /// Line and column in the file of a place in a condition whose value begins at `start`. Where quotes or escapes move it, the
    /// line of the value and the column in it.
    fn place(&self, name: &str, start: usize, condition: &str, refusal: &Refusal) -> (usize, usize) {
        let text = self.text(name);
        let rest = text.get(start..).unwrap_or_default();
        // A line break right behind the three quotes is not part of the value.
        let opening = ["'''\r\n", "'''\n", "\"\"\"\r\n", "\"\"\"\n", "'''", "\"\"\"", "'", "\""];
        let quotes = opening.iter().find(|quotes| rest.starts_with(**quotes)).map_or(0, |quotes| quotes.len());
        let line_of = |at: usize| text[..at].matches('\n').count() + 1;
        if rest[quotes..].starts_with(condition) {
            let at = start + quotes + refusal.offset;
            let before = text.get(..at).unwrap_or(text);
            let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
            return (line_of(before.len()), column);
        }
        (line_of(start.min(text.len())), refusal.column)
    }

    pub(super) fn line_of_key(&self, name: &str, key: &str) -> Option<usize> {
        let is_key = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        self.text(name).lines().position(|line| is_key(line.trim_start())).map(|at| at + 1)
    }
}

/// The code of the rule in this file; `None` for a file that is no rule.
fn rule_code(name: &str) -> Option<&str> {
    let file = name.strip_prefix(TARGET_GROUPS)?.strip_prefix('/')?;
    file.strip_suffix(".toml").filter(|_| name != APPROVALS)
}

fn check_rule(
    config: &Config,
    files: &ConfigFiles,
    name: &str,
    code: &str,
    file: &TargetGroupFile,
    problems: &mut ConfigProblems,
) {
    let is_sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    if code.is_empty() || code.len() > CODE_MAX || !code.chars().all(is_sign) {
        let what = format!("name the file after the rule: small letters, digits and `_`, at most {CODE_MAX}");
        problems.error(name.to_owned(), None, what);
    }
    let mut error = |key: &str, what: &str| problems.error(name.to_owned(), files.line_of_key(name, key), what);
    for (key, text) in [("name", &file.name), ("name_en", &file.name_en), ("description", &file.description)] {
        if text.trim().is_empty() {
            error(key, "write something here: people see it");
        }
    }
    if !config.access.legal_basis.iter().any(|row| row.id == file.legal_basis) {
        error("legal_basis", "name a [[legal_basis]] of access.toml: this one is not described there");
    }
    if file.run_by.is_empty() || file.run_by.iter().any(|code| !config.access.role.iter().any(|row| row.code == *code))
    {
        error("run_by", "name at least one [[role]] of access.toml, and none that is not described there");
    }
    let reveals: BTreeSet<Reveal> = file.reveals.iter().copied().collect();
    if reveals.is_empty() || reveals.len() != file.reveals.len() {
        error("reveals", "name what the list tells, each once; `criteria_only` where it tells nothing");
    }
    if reveals.contains(&Reveal::CriteriaOnly) && reveals.len() > 1 {
        error("reveals", "let `criteria_only` stand alone: the list tells nothing else");
    }
    if reveals.contains(&Reveal::Duration) && file.benefits.is_none() {
        error("reveals", "take `duration` away, or name the benefits that it is of, in [benefits]");
    }
    if !(1..=31 * 24).contains(&file.sources_must_be_within_hours) {
        error("sources_must_be_within_hours", "write from 1 to 744 hours");
    }
    if file.schedule.is_some_and(|schedule| schedule.at_hour > 23) {
        error("schedule", "write an hour from 0 to 23");
    }
    if let Some(table) = &file.benefits {
        let line = files.line_of_row(name, "benefits", 0);
        let all = table.codes.iter().chain(&table.predecessors);
        let is_known = |code: &String| config.kinds.kind.iter().any(|row| row.code == *code);
        if table.codes.is_empty() || !all.clone().all(is_known) {
            let what = "[benefits] must name kinds of kinds.toml, at least one under `codes`";
            problems.error(name.to_owned(), line, what);
        }
    }
}

/// What can be said of rules and approvals without knowing the day.
pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let groups = &config.target_groups;
    for rule in &groups.rules {
        let name = format!("{TARGET_GROUPS}/{}.toml", rule.code());
        let needs = rule.condition().needs();
        if rule.file().benefits.is_some() && !needs.benefits {
            let line = files.line_of_row(&name, "benefits", 0);
            problems.error(name.clone(), line, "take [benefits] away: the condition counts none");
        }
        if !groups.approvals.iter().any(|row| row.rule == **rule.code()) {
            let what = format!("rule `{}` is off: {}; {}", rule.code(), Off::NotApproved, to_approve(rule));
            let line = files.line_of_key(&name, "condition");
            problems.warning(name, line, what);
        }
    }
    for (at, row) in groups.approvals.iter().enumerate() {
        check_approval(config, row, files.line_of_row(APPROVALS, "approval", at), problems);
    }
}

fn to_approve(rule: &Rule) -> String {
    format!("an approval of the text as it stands says `approves = \"{}\"`", rule.hash())
}

fn check_approval(config: &Config, row: &ApprovalRow, line: Option<usize>, problems: &mut ConfigProblems) {
    let mut error = |what: &str| problems.error(APPROVALS, line, format!("approval of `{}` {what}", row.rule));
    let rule = config.target_groups.rule(&row.rule);
    if rule.is_none() {
        error("is for a rule that is not described: name a file of target-groups/ that has no mistake");
    }
    let unit = config.departments.unit.iter().find(|unit| unit.code == row.receiver);
    if unit.is_none() {
        error("names a receiving unit that departments.toml lacks");
    }
    match config.access.statute.iter().find(|statute| statute.id == row.statute) {
        None => error("names a statute that access.toml lacks"),
        Some(statute) => {
            if !statute.purposes.iter().any(|code| code == TARGET_GROUP_PURPOSE) {
                error("names a statute that is not for the purpose `target_group`");
            }
            let is_named = |code: &String| unit.is_some_and(|unit| *code == unit.code || *code == unit.department);
            if unit.is_some() && !statute.to.iter().any(is_named) {
                error("names a receiving unit that its statute does not name (`to`)");
            }
        }
    }
    if [&row.impact_assessment, &row.approved_by, &row.document].iter().any(|text| text.trim().is_empty()) {
        error("must say who approved, the number of the impact assessment, and the document");
    }
    if row.until < row.approved_on {
        error("ends before it begins (`approved_on`, `until`)");
    }
    let overlaps = |other: &&ApprovalRow| {
        (&other.rule, &other.receiver) == (&row.rule, &row.receiver)
            && other.approved_on <= row.until
            && row.approved_on <= other.until
    };
    if config.target_groups.approvals.iter().filter(overlaps).count() > 1 {
        error("stands twice for the same receiver at the same time");
    }
    if row.approves.len() != 64 || !row.approves.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        error("must name the hash of what was approved (`approves`): 64 hexadecimal digits");
    } else if let Some(rule) = rule.filter(|rule| rule.hash() != row.approves) {
        let what = format!("rule `{}` is off: {}; {}", row.rule, Off::OtherText, to_approve(rule));
        problems.warning(APPROVALS, line, what);
    }
}

/// What can only be said on a day: approvals that have not begun, have ended, or rest on something that is off.
pub(super) fn check_day(config: &Config, files: &ConfigFiles, today: Date, problems: &mut ConfigProblems) {
    for (at, row) in config.target_groups.approvals.iter().enumerate() {
        let line = files.line_of_row(APPROVALS, "approval", at);
        let Some(rule) = config.target_groups.rule(&row.rule) else { continue };
        match approved(config, rule, row, today) {
            Err(Off::NotYet) => {
                problems.error(APPROVALS, line, format!("approval of `{}` is of a day that has not come", row.rule));
            }
            Err(off @ (Off::Ended | Off::NoReceiver | Off::NoStatute)) => {
                problems.warning(APPROVALS, line, format!("rule `{}` is off: {off}", row.rule));
            }
            // What can be said without the day has been said.
            Ok(_) | Err(Off::NotApproved | Off::OtherText | Off::NotForReceiver) => {}
        }
    }
}
