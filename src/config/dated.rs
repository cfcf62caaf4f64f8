//! Rows with a first and a last day, rows that somebody must confirm, and legal bases and statutes, which are both.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FieldClass;

/// A row with days counts on this day.
pub(crate) fn holds_on(valid_from: Option<Date>, valid_to: Option<Date>, today: Date) -> bool {
    valid_from.is_none_or(|first| first <= today) && valid_to.is_none_or(|last| today <= last)
}

/// Who confirmed a row, when, in which document.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The office (not a person) that confirmed.
    pub by: String,
    /// Day.
    pub on: Date,
    /// Document number.
    pub document: String,
}

impl Confirmation {
    /// It holds: it says who and where, and its day has come.
    pub fn holds_on(&self, today: Date) -> bool {
        self.is_whole() && self.on <= today
    }

    /// It says who and where.
    pub fn is_whole(&self) -> bool {
        !self.by.trim().is_empty() && !self.document.trim().is_empty()
    }
}

/// How far a row's legal text was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Mark {
    /// Stands in the municipality's own documents.
    S,
    /// Read in a statute, a bill, an official guide, or an authority's own page.
    L,
    /// Generally known; wording or number not checked, at least in part.
    K,
    /// The project's proposal.
    P,
}

/// [DK] hjemmel: one legal basis. Never art. 6(1)(a): consent is a safeguard of administrative law beside the authority's
/// task, not the ground of processing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalBasisRow {
    /// `gdpr-6-1-e`, as purposes and statutes name it.
    pub id: String,
    /// The text that people see, Danish.
    pub name: String,
    /// English.
    pub name_en: String,
    /// What it carries, and what it does not.
    pub carries: String,
    /// How far it was checked.
    pub mark: Mark,
    /// First day.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// What came after it.
    #[serde(default)]
    pub succeeded_by: Option<String>,
}

impl LegalBasisRow {
    /// It counts on this day.
    pub fn is_on(&self, today: Date) -> bool {
        holds_on(self.valid_from, self.valid_to, today)
    }
}

/// [DK] lovregel: a statute that permits named categories between named units without consent. Off without a confirmation;
/// none ships with one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatuteRow {
    /// `rsl-11c-child`, as the audit names it.
    pub id: String,
    /// The text that people see, Danish.
    pub name: String,
    /// English.
    pub name_en: String,
    /// Its legal basis; without one it is off, whoever confirms it.
    #[serde(default)]
    pub basis: Option<String>,
    /// Purposes under which it may be used.
    pub purposes: Vec<String>,
    /// Departments and units whose items it opens.
    pub from: Vec<String>,
    /// Departments and units for which it opens them.
    pub to: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Field classes.
    pub field_classes: Vec<FieldClass>,
    /// Highest level, 0–3.
    pub level_max: u8,
    /// First day.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// What came after it.
    #[serde(default)]
    pub succeeded_by: Option<String>,
    /// Who confirmed it.
    #[serde(default)]
    pub confirmation: Option<Confirmation>,
}

impl StatuteRow {
    /// It may be used on this day.
    pub fn is_on(&self, today: Date) -> bool {
        let is_confirmed = self.confirmation.as_ref().is_some_and(|confirmation| confirmation.holds_on(today));
        is_confirmed && self.basis.is_some() && holds_on(self.valid_from, self.valid_to, today)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_days_of_a_row_are_in_it() {
        let (first, last) = (date(2026, 1, 1), date(2026, 12, 31));
        let on = |today| holds_on(Some(first), Some(last), today);
        assert!(on(first) && on(last));
        assert!(!on(date(2025, 12, 31)) && !on(date(2027, 1, 1)));
        assert!(holds_on(None, None, first));
    }

    #[test]
    fn a_confirmation_of_tomorrow_and_one_without_a_document_confirm_nothing() {
        let confirmed = |on, document: &str| Confirmation {
            by: "Databeskyttelsesrådgiveren".to_owned(),
            on,
            document: document.to_owned(),
        };
        let (today, tomorrow) = (date(2026, 11, 24), date(2026, 11, 25));
        assert!(confirmed(today, "2026-1").holds_on(today));
        assert!(!confirmed(tomorrow, "2026-1").holds_on(today));
        assert!(!confirmed(today, "  ").holds_on(today));
    }
}
