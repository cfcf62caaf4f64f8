//! What a citizen is told of who looked at their data (GDPR art. 15): prepared by one command, released by a person.
//! [DK] indsigt i loggen.
//!
//! Nothing is kept but the recipe, in the log: whom, which time, what is left out and why, and the hash of what it gives. The
//! text is made from the log again when it is released, and must be the same to the byte.

mod document;
mod recipe;

pub use document::{Document, Line};
pub use recipe::{Exclusion, ExclusionCode, PrepareRequest, Recipe, ReleaseRequest, RequestedBy};

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::desk::tell;
use super::{Auditor, LookUp, Unanswered};
use crate::audit::index::{EXTRACT_PREPARED, EXTRACT_RELEASED};
use crate::audit::{AuditedEvent, Flag, Kind, Pseudonym, Query};

/// More look-ups than this are not one citizen's extract; ask for a shorter time.
pub const LOOK_UPS_MAX: usize = 20_000;

/// The office in whose name an extract speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Who is responsible for the data. [DK] dataansvarlig
    pub controller: String,
    /// How long look-ups are kept, in months.
    pub retention_months: u16,
}

/// Why an extract is not given.
#[derive(Debug, thiserror::Error)]
pub enum NotGiven {
    /// The index or the log does not answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// There are more look-ups than one extract holds.
    #[error("make the extract: there are more than {LOOK_UPS_MAX} look-ups; ask for a shorter time")]
    TooMany,
    /// No such extract was prepared, or its record has expired.
    #[error("find the extract: none with this id was prepared")]
    Unknown,
    /// What was prepared is not what the log gives now.
    #[error("release the extract: the log no longer gives what was prepared; prepare it anew")]
    Changed,
}

/// What the officer looks through before a release: never for the citizen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Check {
    /// The attempt, which an exclusion names.
    pub attempt: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// [DK] enhed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// [DK] formål.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What to think of: `third_party` where the citizen was shown as somebody's relative, `protection` where a name or an
    /// address is protected.
    pub consider: Vec<ExclusionCode>,
    /// It is left out, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<ExclusionCode>,
}

/// A prepared extract. It is held: the document comes with the release.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreparedView {
    /// What the release names.
    pub id: Uuid,
    /// Always `prepared`.
    pub state: &'static str,
    /// Who asked. An extract that somebody else than the citizen asked for is looked through twice.
    pub requested_by: RequestedBy,
    /// How many lines the document has.
    pub lines: usize,
    /// Its hash, which the release repeats.
    pub sha256: String,
    /// What to look through.
    pub to_check: Vec<Check>,
}

/// A released extract.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReleasedView {
    /// The extract.
    pub id: Uuid,
    /// Always `released`.
    pub state: &'static str,
    /// Its hash.
    pub sha256: String,
    /// For the citizen.
    pub document: Document,
}

/// Prepared, and what is put on record of it.
#[derive(Debug, Clone)]
pub struct Preparing {
    /// For the officer.
    pub view: PreparedView,
    /// About whom.
    pub citizen: Pseudonym,
    /// For the log; durable before the answer.
    pub event: AuditedEvent,
}

/// Released, and what is put on record of it.
#[derive(Debug, Clone)]
pub struct Releasing {
    /// For the officer, to hand over.
    pub view: ReleasedView,
    /// About whom.
    pub citizen: Pseudonym,
    /// For the log; durable before the answer.
    pub event: AuditedEvent,
}

impl Auditor {
    /// Prepares an extract under this id.
    ///
    /// # Errors
    /// [`NotGiven`].
    pub fn prepare(&self, recipe: &Recipe, id: Uuid, office: &Office) -> Result<Preparing, NotGiven> {
        let look_ups = self.look_ups_about(recipe)?;
        let document = document::of(&look_ups, recipe, office, &self.names);
        let sha256 = hash(&document);
        let to_check = look_ups.iter().map(|one| check(one, recipe)).collect();
        let requested_by = recipe.requested_by;
        let lines = document.lines.len();
        let view = PreparedView { id, state: "prepared", requested_by, lines, sha256: sha256.clone(), to_check };
        let event =
            AuditedEvent { what: EXTRACT_PREPARED.to_owned(), id: Some(id), facts: recipe.facts(office, &sha256) };
        Ok(Preparing { view, citizen: recipe.citizen, event })
    }

    /// Makes a prepared extract again, to be released. That third parties were checked is the caller's to see to.
    ///
    /// # Errors
    /// [`NotGiven`].
    pub fn release(&self, id: Uuid) -> Result<Releasing, NotGiven> {
        let prepared = self.search.extract(id).map_err(Unanswered::from)?.ok_or(NotGiven::Unknown)?;
        let told = tell(&mut self.reader(), &prepared.act)?;
        let event = told.event.filter(|event| event.id == Some(id)).ok_or(NotGiven::Unknown)?;
        let citizen = prepared.act.citizen.ok_or(NotGiven::Unknown)?;
        let (recipe, office, sha256) = Recipe::of_facts(citizen, &event.facts).ok_or(NotGiven::Unknown)?;
        let document = document::of(&self.look_ups_about(&recipe)?, &recipe, &office, &self.names);
        if hash(&document) != sha256 {
            return Err(NotGiven::Changed);
        }
        let facts = [("sha256".to_owned(), sha256.clone()), ("checked_third_parties".to_owned(), "yes".to_owned())];
        let event = AuditedEvent { what: EXTRACT_RELEASED.to_owned(), id: Some(id), facts: facts.into() };
        let view = ReleasedView { id, state: "released", sha256, document };
        Ok(Releasing { view, citizen, event })
    }

    /// Every look-up about the citizen in the recipe's time, oldest first.
    fn look_ups_about(&self, recipe: &Recipe) -> Result<Vec<LookUp>, NotGiven> {
        let mut query = Query {
            citizen: Some(recipe.citizen),
            kind: Some(Kind::LookUp),
            from: recipe.from,
            to: Some(recipe.to),
            oldest_first: true,
            limit: 1_000,
            ..Query::default()
        };
        let mut all = Vec::new();
        loop {
            let found = self.search.search(&query).map_err(Unanswered::from)?;
            query.after = found.last().map(crate::audit::Found::cursor);
            let is_last = found.len() < query.limit as usize;
            all.extend(self.told(&found)?);
            if all.len() > LOOK_UPS_MAX {
                return Err(NotGiven::TooMany);
            }
            if is_last {
                return Ok(all);
            }
        }
    }
}

fn check(look_up: &LookUp, recipe: &Recipe) -> Check {
    let about = [
        (look_up.relation.is_some(), ExclusionCode::ThirdParty),
        (look_up.flags.contains(&Flag::Protected), ExclusionCode::Protection),
    ];
    Check {
        attempt: look_up.attempt,
        at: look_up.at,
        unit: look_up.unit.clone(),
        purpose: look_up.purpose.clone(),
        consider: about.into_iter().filter(|(applies, _)| *applies).map(|(_, code)| code).collect(),
        excluded: recipe.exclusion(&look_up.attempt).map(|exclusion| exclusion.code),
    }
}

fn hash(document: &Document) -> String {
    let bytes = serde_json::to_vec(document).expect("texts and numbers are JSON");
    crate::hex(digest::digest(&digest::SHA256, &bytes).as_ref())
}
