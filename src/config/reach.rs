//! Matchers and rules that no row ever reaches, since one above them takes every row that would fit.

use super::{Config, ConfigFiles, ConfigProblems, MatchRow, RuleRow};

pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const DEPARTMENTS: &str = "departments.toml";
    const KINDS: &str = "kinds.toml";
    let matchers = &config.departments.matchers;
    for (at, row) in matchers.iter().enumerate() {
        let above = matchers[..at].iter().position(|above| has_condition(above) && takes_all_of(above, row));
        if let Some(above) = above {
            let what = format!(
                "match {} is never reached: match {} above it takes every row that would fit; move it up, or take it away",
                at + 1,
                above + 1
            );
            problems.error(DEPARTMENTS, files.line_of_row(DEPARTMENTS, "match", at), what);
        }
    }
    let rules = &config.kinds.rule;
    for (at, rule) in rules.iter().enumerate() {
        if let Some(above) = rules[..at].iter().position(|above| decides_all_of(above, rule)) {
            let what = format!(
                "rule {} is never reached: rule {} above it takes every case that would fit; move it up, or take it away",
                at + 1,
                above + 1
            );
            problems.error(KINDS, files.line_of_row(KINDS, "rule", at), what);
        }
    }
}

/// One without any is told elsewhere, once.
fn has_condition(row: &MatchRow) -> bool {
    row.source.is_some() || !row.unit_id.is_empty() || !row.master_system.is_empty() || !row.kle.is_empty()
}

/// Whatever fits `row` fits `above`.
fn takes_all_of(above: &MatchRow, row: &MatchRow) -> bool {
    only(above.source.as_ref(), row.source.as_ref())
        && among(&above.unit_id, &row.unit_id, str::eq_ignore_ascii_case)
        && among(&above.master_system, &row.master_system, str::eq_ignore_ascii_case)
        && among(&above.kle, &row.kle, covers)
}

/// Whatever fits `rule` fits `above`, and `above` is asked before it: rules on types, laws and KLE are asked in that order,
/// so only one that rests on the same of them stands in the way.
fn decides_all_of(above: &RuleRow, rule: &RuleRow) -> bool {
    let rests_on = |rule: &RuleRow| {
        let on_type = !(rule.type_code.is_empty() && rule.type_name.is_empty() && rule.template.is_empty());
        (on_type, rule.law.is_empty(), rule.kle.is_empty())
    };
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    rests_on(above) == rests_on(rule)
        && only(above.source_kind.as_ref(), rule.source_kind.as_ref())
        && only(above.record.as_ref(), rule.record.as_ref())
        && among(&above.type_code, &rule.type_code, str::eq_ignore_ascii_case)
        && among(&above.type_name, &rule.type_name, same)
        && among(&above.template, &rule.template, same)
        && among(&above.law, &rule.law, same)
        && among(&above.kle, &rule.kle, covers)
        && above.opened_from.is_none_or(|from| rule.opened_from.is_some_and(|later| later >= from))
        && above.opened_until.is_none_or(|until| rule.opened_until.is_some_and(|sooner| sooner <= until))
}

fn only<T: PartialEq>(above: Option<&T>, below: Option<&T>) -> bool {
    above.is_none() || above == below
}

/// No list takes everything; a list takes another that has only what it covers.
fn among(above: &[String], below: &[String], covers: impl Fn(&str, &str) -> bool) -> bool {
    let is_covered = |one: &String| above.iter().any(|wide| covers(wide, one));
    above.is_empty() || (!below.is_empty() && below.iter().all(is_covered))
}

/// `27.24` covers `27.24.03` and itself, not `27.241`.
fn covers(wide: &str, narrow: &str) -> bool {
    narrow.strip_prefix(wide).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
