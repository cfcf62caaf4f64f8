//! A question as an auditor asks it, and as the index takes it: the number becomes a pseudonym here and goes no further.

use std::collections::BTreeMap;
use std::fmt;

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::EmployeeId;
use crate::audit::{Flag, Kind, Pseudonym, PseudonymKey, Query};

/// What to look for: every part that is set must fit.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Criteria {
    /// About this citizen: ten digits, with or without the hyphen. Every number that the register has named for them counts.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    pub cpr: Option<String>,
    /// By this employee.
    #[schema(example = "az10003", max_length = 128)]
    pub employee: Option<String>,
    /// By somebody of this unit.
    #[schema(example = "JSY-YDELSE", max_length = 128)]
    pub unit: Option<String>,
    /// By somebody of this department.
    #[schema(example = "JSY", max_length = 128)]
    pub department: Option<String>,
    /// For this purpose.
    #[schema(example = "own_case", max_length = 128)]
    pub purpose: Option<String>,
    /// With all of these: `emergency`, `refused`, `outside_hours`, `unexplained`, `colleague` …
    #[schema(max_items = 12)]
    pub flags: Vec<Flag>,
    /// Repeats: at least so many look-ups of one citizen by one employee within the window of the configuration. Each row
    /// says which it is.
    #[schema(minimum = 2, maximum = 255)]
    pub repeats: Option<u8>,
    /// What kind of act; look-ups unless it says otherwise.
    pub kind: Option<Kind>,
    /// Begun at this moment or later.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-01T00:00:00Z")]
    pub from: Option<Timestamp>,
    /// Begun before this moment.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-01T00:00:00Z")]
    pub to: Option<Timestamp>,
}

/// Names nobody.
impl fmt::Debug for Criteria {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Criteria").field("flags", &self.flags).finish_non_exhaustive()
    }
}

/// A question that cannot be asked. It names the field, never what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use `{field}`: {what}")]
pub struct Unfit {
    /// The field.
    pub field: &'static str,
    /// What it must be.
    pub what: &'static str,
}

impl Unfit {
    pub(super) fn new(field: &'static str, what: &'static str) -> Self {
        Self { field, what }
    }
}

/// A question, ready for the index and for the record that it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// For the index.
    pub query: Query,
    /// For the record: which criteria were used, never their values; persons as pseudonyms.
    pub facts: BTreeMap<String, String>,
}

const CODE_BYTES_MAX: usize = 128;

impl Criteria {
    /// The question as the index takes it, of at most `limit` rows.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn ask(&self, key: &PseudonymKey, limit: u32) -> Result<Asked, Unfit> {
        let citizen = self.cpr.as_deref().map(|text| citizen(text, key)).transpose()?;
        let employee = self.employee.as_deref().map(|text| employee(text, key)).transpose()?;
        for (field, code) in [("unit", &self.unit), ("department", &self.department), ("purpose", &self.purpose)] {
            if code.as_ref().is_some_and(|code| code.is_empty() || code.len() > CODE_BYTES_MAX) {
                return Err(Unfit::new(field, "a code has 1 to 128 bytes"));
            }
        }
        if self.repeats.is_some_and(|times| times < 2) {
            return Err(Unfit::new("repeats", "a repeat is the second look-up or a later one"));
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| from >= to) {
            return Err(Unfit::new("to", "it must be later than `from`"));
        }
        let query = Query {
            citizen,
            employee,
            unit: self.unit.clone(),
            department: self.department.clone(),
            purpose: self.purpose.clone(),
            flags: self.flags.clone(),
            repeats: self.repeats,
            kind: Some(self.kind.unwrap_or(Kind::LookUp)),
            from: self.from,
            to: self.to,
            limit,
            ..Query::default()
        };
        let facts = facts(&query);
        Ok(Asked { query, facts })
    }
}

fn citizen(text: &str, key: &PseudonymKey) -> Result<Pseudonym, Unfit> {
    let number = CprNumber::parse(text.trim());
    number.map(|number| key.of(&number)).map_err(|_| Unfit::new("cpr", "it must be ten digits"))
}

fn employee(text: &str, key: &PseudonymKey) -> Result<Pseudonym, Unfit> {
    let id = EmployeeId::parse(text.trim());
    let id = id.ok_or(Unfit::new("employee", "an employee's id has no spaces and is no personal number"))?;
    Ok(key.of_employee(id.as_str()))
}

fn facts(query: &Query) -> BTreeMap<String, String> {
    let mut used: Vec<&str> = query.flags.iter().map(|flag| flag.as_str()).collect();
    let parts = [
        ("citizen", query.citizen.is_some()),
        ("employee", query.employee.is_some()),
        ("unit", query.unit.is_some()),
        ("department", query.department.is_some()),
        ("purpose", query.purpose.is_some()),
        ("repeats", query.repeats.is_some()),
        ("from", query.from.is_some()),
        ("to", query.to.is_some()),
    ];
    used.extend(parts.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name));
    let mut facts = BTreeMap::from([("criteria".to_owned(), used.join(" "))]);
    if let Some(employee) = &query.employee {
        facts.insert("employee".to_owned(), employee.to_string());
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PseudonymKey {
        PseudonymKey::new(&[7; 32]).expect("32 bytes")
    }

    #[test]
    fn what_is_put_on_record_names_criteria_and_pseudonyms_and_no_value() {
        let criteria = Criteria {
            cpr: Some("010101-9999".into()),
            employee: Some("AZ10003".into()),
            unit: Some("JSY-RUS".into()),
            flags: vec![Flag::Emergency],
            ..Criteria::default()
        };
        let asked = criteria.ask(&key(), 10).expect("a good question");
        assert_eq!(asked.facts["criteria"], "emergency citizen employee unit");
        assert_eq!(asked.facts["employee"], key().of_employee("az10003").to_string());
        let told = format!("{:?} {criteria:?} {:?}", asked.facts, asked.query);
        for value in ["9999", "az10003", "AZ10003", "JSY"] {
            assert!(!told.contains(value), "{told}");
        }
    }

    #[test]
    fn a_question_that_cannot_be_asked_names_its_field_alone() {
        let moment = |text: &str| Some(text.parse().expect("a moment"));
        let cases = [
            (Criteria { cpr: Some("0101".into()), ..Criteria::default() }, "cpr"),
            (Criteria { employee: Some("0101019999".into()), ..Criteria::default() }, "employee"),
            (Criteria { unit: Some("x".repeat(129)), ..Criteria::default() }, "unit"),
            (Criteria { purpose: Some(String::new()), ..Criteria::default() }, "purpose"),
            (Criteria { repeats: Some(1), ..Criteria::default() }, "repeats"),
            (
                Criteria {
                    from: moment("2026-01-02T00:00:00Z"),
                    to: moment("2026-01-02T00:00:00Z"),
                    ..Criteria::default()
                },
                "to",
            ),
        ];
        for (criteria, field) in cases {
            let unfit = criteria.ask(&key(), 10).expect_err(field);
            assert_eq!(unfit.field, field);
            assert!(!unfit.to_string().contains("0101"));
        }
    }
}
