//! The check of dated and confirmed rows: days in order, successors that exist, bases and statutes whose names point somewhere.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::load::{Config, ConfigFiles, ConfigProblems};
use super::{Confirmation, Serves};

const ACCESS: &str = "access.toml";
const DEPARTMENTS: &str = "departments.toml";

/// One dated row, whatever it is about.
struct Dated<'a> {
    file: &'static str,
    table: &'static str,
    at: usize,
    code: &'a str,
    from: Option<Date>,
    to: Option<Date>,
    next: Option<&'a str>,
}

/// `dated!(rows, file, table, code-field)`: the rows of one table. They have the same field names and no common type.
macro_rules! dated {
    ($rows:expr, $file:expr, $table:literal, $code:ident) => {
        $rows.iter().enumerate().map(|(at, row)| Dated {
            file: $file,
            table: $table,
            at,
            code: &row.$code,
            from: row.valid_from,
            to: row.valid_to,
            next: row.succeeded_by.as_deref(),
        })
    };
}

fn dated(config: &Config) -> Vec<Dated<'_>> {
    let (access, departments) = (&config.access, &config.departments);
    dated!(access.legal_basis, ACCESS, "legal_basis", id)
        .chain(dated!(access.purpose, ACCESS, "purpose", code))
        .chain(dated!(access.statute, ACCESS, "statute", id))
        .chain(dated!(access.category, ACCESS, "category", code))
        .chain(dated!(departments.department, DEPARTMENTS, "department", code))
        .chain(dated!(departments.unit, DEPARTMENTS, "unit", code))
        .collect()
}

/// What can be said without knowing the day.
pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    check_rows(config, files, problems);
    check_bases(config, files, problems);
    check_statutes(config, files, problems);
    check_confirmations(config, files, problems);
}

fn check_rows(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let rows = dated(config);
    let mut seen = BTreeSet::new();
    for row in &rows {
        let line = files.line_of_row(row.file, row.table, row.at);
        let mut error = |what: &str| problems.error(row.file, line, format!("{} `{}` {what}", row.table, row.code));
        if !seen.insert((row.table, row.code)) {
            error("stands twice");
        }
        if row.from.zip(row.to).is_some_and(|(from, to)| to < from) {
            error("ends before it begins (`valid_from`, `valid_to`)");
        }
        let is_next = |other: &Dated<'_>| other.table == row.table && Some(other.code) == row.next;
        if row.next == Some(row.code) || (row.next.is_some() && !rows.iter().any(is_next)) {
            error("names a successor that is not described");
        }
        if row.next.is_some() && row.to.is_none() {
            error("has a successor and no last day (`valid_to`)");
        }
    }
}

fn check_bases(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let access = &config.access;
    let line = |table, at| files.line_of_row(ACCESS, table, at);
    for (at, basis) in access.legal_basis.iter().enumerate() {
        let text = format!("{} {}", basis.name, basis.name_en).to_lowercase();
        let is_consent =
            ["art. 6, stk. 1, litra a", "article 6(1)(a)", "art. 6(1)(a)"].iter().any(|one| text.contains(one));
        if is_consent || basis.id == "gdpr-6-1-a" {
            let what = "legal_basis: consent is no ground of processing here (art. 6(1)(a)); name the authority's task";
            problems.error(ACCESS, line("legal_basis", at), what);
        }
    }
    for (at, purpose) in access.purpose.iter().enumerate() {
        if access.bases_of(purpose).count() != purpose.basis.len() {
            let what = format!("purpose `{}` names a legal basis that is not described", purpose.code);
            problems.error(ACCESS, line("purpose", at), what);
        }
        if purpose.basis.is_empty() && purpose.enabled && purpose.serves == Serves::Overview {
            let what = format!("purpose `{}` is enabled and names no legal basis", purpose.code);
            problems.error(ACCESS, line("purpose", at), what);
        }
    }
}

fn check_statutes(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let (access, departments) = (&config.access, &config.departments);
    let places: BTreeSet<&str> = departments.department.iter().map(|row| row.code.as_str()).collect();
    let places: BTreeSet<&str> =
        places.into_iter().chain(departments.unit.iter().map(|row| row.code.as_str())).collect();
    for (at, statute) in access.statute.iter().enumerate() {
        let line = files.line_of_row(ACCESS, "statute", at);
        let mut error = |what: &str| problems.error(ACCESS, line, format!("statute `{}` {what}", statute.id));
        let is_basis = |id: &String| access.legal_basis.iter().any(|row| row.id == *id);
        if statute.basis.as_ref().is_some_and(|id| !is_basis(id)) {
            error("names a legal basis that is not described");
        }
        if statute.basis.is_none() && statute.confirmation.is_some() {
            error("is confirmed and names no legal basis");
        }
        if statute.purposes.iter().any(|code| !access.purpose.iter().any(|row| row.code == *code)) {
            error("names a purpose that is not described");
        }
        if statute.categories.iter().any(|code| !access.category.iter().any(|row| row.code == *code)) {
            error("names a category that is not described");
        }
        if statute.from.iter().chain(&statute.to).any(|code| !places.contains(code.as_str())) {
            error("names a department or unit that departments.toml lacks");
        }
        let lists = [statute.purposes.len(), statute.from.len(), statute.to.len(), statute.categories.len()];
        if lists.contains(&0) || statute.field_classes.is_empty() {
            error("must name purposes, `from`, `to`, categories and field classes: closed until named");
        }
        if statute.level_max > 3 {
            error("has a level above 3");
        }
    }
}

/// Every row that somebody must confirm: table, place, code, confirmation.
fn confirmable(config: &Config) -> Vec<(&'static str, usize, &str, Option<&Confirmation>)> {
    let purposes = config.access.purpose.iter().enumerate();
    let purposes = purposes.filter(|(_, row)| row.needs_confirmation || row.confirmation.is_some());
    let purposes = purposes.map(|(at, row)| ("purpose", at, row.code.as_str(), row.confirmation.as_ref()));
    let statutes = config.access.statute.iter().enumerate();
    let statutes = statutes.map(|(at, row)| ("statute", at, row.id.as_str(), row.confirmation.as_ref()));
    purposes.chain(statutes).collect()
}

/// Unconfirmed means off, and is listed.
fn check_confirmations(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    for (table, at, code, confirmation) in confirmable(config) {
        let line = files.line_of_row(ACCESS, table, at);
        match confirmation {
            None => {
                let what = format!(
                    "{table} `{code}` is off: nobody has confirmed it; add `confirmation = {{ by = \"who\", on = \"when\", \
                     document = \"number\" }}`"
                );
                problems.warning(ACCESS, line, what);
            }
            Some(confirmation) if !confirmation.is_whole() => {
                let what = format!("{table} `{code}` has a confirmation without an office or a document number");
                problems.error(ACCESS, line, what);
            }
            Some(_) => {}
        }
    }
}

impl ConfigFiles {
    /// What can only be said on a day: nobody confirms in the future, and an approval ends.
    pub fn check_day(&self, config: &Config, today: Date) -> ConfigProblems {
        let mut problems = ConfigProblems::default();
        for (table, at, code, confirmation) in confirmable(config) {
            if confirmation.is_some_and(|confirmation| confirmation.on > today) {
                let what = format!("{table} `{code}` has a confirmation of a day that has not come");
                problems.error(ACCESS, self.line_of_row(ACCESS, table, at), what);
            }
        }
        super::target_group_check::check_day(config, self, today, &mut problems);
        problems
    }
}
