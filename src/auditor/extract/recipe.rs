//! What an extract is made by: whom it is about, which time, who asked, and what is left out and why. It stands in the log.

use std::collections::BTreeMap;
use std::fmt;

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Office;
use crate::access::holds_personal_number;
use crate::audit::{Pseudonym, PseudonymKey};
use crate::auditor::criteria::Unfit;

/// So many look-ups may be left out of one extract.
const EXCLUSIONS_MAX: usize = 100;
/// The shortest and the longest reason, in characters.
const REASON_CHARACTERS: std::ops::RangeInclusive<usize> = 10..=200;

/// Who asked for the extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestedBy {
    /// The citizen.
    Citizen,
    /// [DK] forælder eller indehaver af forældremyndigheden.
    Parent,
    /// [DK] værge.
    Guardian,
    /// Somebody with a power of attorney.
    Representative,
}

/// Why a look-up is left out. [DK] databeskyttelseslovens § 22.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionCode {
    /// It tells of somebody else.
    ThirdParty,
    /// It would harm a case that is under way.
    OngoingCase,
    /// It tells that somebody reported a worry about a child. [DK] underretning
    ChildReport,
    /// It would tell where a protected person is.
    Protection,
}

/// One look-up that is left out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The attempt, as the list to look through names it.
    pub attempt: Uuid,
    /// Why, by code.
    pub code: ExclusionCode,
    /// Why, in 10 to 200 characters; kept in the log, never told, never with a personal number in it.
    #[schema(min_length = 10, max_length = 200)]
    pub reason: String,
}

/// Shows the code, not the reason.
impl fmt::Debug for Exclusion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Exclusion").field("code", &self.code).finish_non_exhaustive()
    }
}

/// Asks for an extract to be prepared.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepareRequest {
    /// The citizen: ten digits, with or without the hyphen.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    pub cpr: String,
    /// Who asked.
    pub requested_by: RequestedBy,
    /// Look-ups from this moment on; without it, all that are kept.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Look-ups before this moment; without it, until now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// What is left out.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub exclude: Vec<Exclusion>,
}

/// Names nobody.
impl fmt::Debug for PrepareRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrepareRequest").field("requested_by", &self.requested_by).finish_non_exhaustive()
    }
}

/// Asks for a prepared extract to be released.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    /// What the preparation gave.
    pub id: Uuid,
    /// A person has looked through the list for what concerns others.
    pub checked_third_parties: bool,
}

/// What an extract is made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// About whom.
    pub citizen: Pseudonym,
    /// Who asked.
    pub requested_by: RequestedBy,
    /// Look-ups from this moment on.
    pub from: Option<Timestamp>,
    /// Look-ups before this moment.
    pub to: Timestamp,
    /// What is left out, by attempt.
    pub exclude: Vec<Exclusion>,
}

impl PrepareRequest {
    /// The recipe, at this moment.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn recipe(&self, key: &PseudonymKey, now: Timestamp) -> Result<Recipe, Unfit> {
        let number = CprNumber::parse(self.cpr.trim()).map_err(|_| Unfit::new("cpr", "it must be ten digits"))?;
        let to = self.to.unwrap_or(now).min(now);
        if self.from.is_some_and(|from| from >= to) {
            return Err(Unfit::new("from", "it must be earlier than `to` and than now"));
        }
        if self.exclude.len() > EXCLUSIONS_MAX {
            return Err(Unfit::new("exclude", "at most 100 look-ups are left out of one extract"));
        }
        for reason in self.exclude.iter().map(|one| one.reason.trim()) {
            let is_odd = reason.chars().any(char::is_control) || holds_personal_number(reason);
            if is_odd || !REASON_CHARACTERS.contains(&reason.chars().count()) {
                let what = "each reason has 10 to 200 characters, on one line and without a personal number";
                return Err(Unfit::new("exclude", what));
            }
        }
        let mut exclude = self.exclude.clone();
        exclude.sort_by_key(|one| (one.attempt, one.code));
        exclude.dedup_by_key(|one| one.attempt);
        Ok(Recipe { citizen: key.of(&number), requested_by: self.requested_by, from: self.from, to, exclude })
    }
}

impl Recipe {
    pub(super) fn exclusion(&self, attempt: &Uuid) -> Option<&Exclusion> {
        self.exclude.iter().find(|one| one.attempt == *attempt)
    }

    /// The recipe as it stands in the log.
    pub(super) fn facts(&self, office: &Office, sha256: &str) -> BTreeMap<String, String> {
        let json = |value: Result<String, serde_json::Error>| value.expect("codes and texts are JSON");
        let word = json(serde_json::to_string(&self.requested_by)).trim_matches('"').to_owned();
        let facts = [
            ("requested_by", Some(word)),
            ("from", self.from.map(|from| from.to_string())),
            ("to", Some(self.to.to_string())),
            ("exclude", Some(json(serde_json::to_string(&self.exclude)))),
            ("controller", Some(office.controller.clone())),
            ("retention_months", Some(office.retention_months.to_string())),
            ("sha256", Some(sha256.to_owned())),
        ];
        facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// The recipe out of the log, and the hash of what it gave.
    pub(super) fn of_facts(citizen: Pseudonym, facts: &BTreeMap<String, String>) -> Option<(Self, Office, String)> {
        let from = facts.get("from").map(|from| from.parse().ok());
        let recipe = Self {
            citizen,
            requested_by: serde_json::from_str(&format!("\"{}\"", facts.get("requested_by")?)).ok()?,
            from: match from {
                Some(read) => Some(read?),
                None => None,
            },
            to: facts.get("to")?.parse().ok()?,
            exclude: serde_json::from_str(facts.get("exclude")?).ok()?,
        };
        let retention_months = facts.get("retention_months")?.parse().ok()?;
        let office = Office { controller: facts.get("controller")?.clone(), retention_months };
        Some((recipe, office, facts.get("sha256")?.clone()))
    }
}
