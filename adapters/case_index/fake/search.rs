//! Which rows a question is about: an index over the population's `case_index` rows, and the search by example.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::moments::stored;
use super::question::{Example, Expression, Question, RelationExample};
use super::relations::relations;
use super::render;
use crate::contract::CprNumber;
use crate::fake::World;
use crate::fake::population::CaseRow;

/// The rows of the index, found by id, by citizen and by the time at which they were stored.
pub(super) struct Rows {
    world: Arc<World>,
    at: Vec<usize>,
    by_time: Vec<(Timestamp, usize)>,
    by_id: HashMap<String, usize>,
    by_citizen: HashMap<String, Vec<usize>>,
}

impl Rows {
    /// Indexes a population.
    pub(super) fn new(world: &Arc<World>) -> Self {
        let mut rows = Self {
            at: Vec::new(),
            by_time: Vec::new(),
            by_id: HashMap::new(),
            by_citizen: HashMap::new(),
            world: Arc::clone(world),
        };
        for (at, row) in world.cases().iter().enumerate().filter(|(_, row)| row.source == "case_index") {
            rows.at.push(at);
            rows.by_time.push((stored(row), at));
            rows.by_id.insert(row.id.to_string(), at);
            let also = row.quirks.get("also_party").and_then(|cpr| cpr.as_str());
            for citizen in std::iter::once(row.citizen.as_str()).chain(also) {
                rows.by_citizen.entry(citizen.to_owned()).or_default().push(at);
            }
        }
        rows.by_time.sort_unstable();
        rows
    }

    /// Whose case this is.
    pub(super) fn citizen_of(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(|at| self.world.cases()[*at].citizen.as_str())
    }

    /// The rows that a question finds, sorted as it wants, unpaged. With `instead`, that citizen's whatever was asked.
    pub(super) fn find(&self, question: &Question, instead: Option<&str>, now: Timestamp) -> Vec<&CaseRow> {
        let found: Vec<usize> = if let Some(other) = instead {
            self.of_citizen(other)
        } else {
            let by_id = question.ids.iter().filter_map(|id| self.by_id.get(id)).copied();
            match &question.search {
                None => by_id.collect(),
                Some(search) => {
                    let mut candidates = self.candidates(search).unwrap_or_else(|| self.at.clone());
                    if question.sorting.is_empty() {
                        candidates.sort_unstable();
                    }
                    let wanted: Vec<usize> = by_id.collect();
                    let is_wanted = |at: &usize| question.ids.is_empty() || wanted.contains(at);
                    candidates.into_iter().filter(is_wanted).filter(|at| self.fits(*at, search, now)).collect()
                }
            }
        };
        let mut rows: Vec<&CaseRow> = found.into_iter().map(|at| &self.world.cases()[at]).collect();
        rows.sort_by(|left, right| order(&question.sorting, left, right));
        rows
    }

    fn of_citizen(&self, cpr: &str) -> Vec<usize> {
        self.by_citizen.get(cpr).cloned().unwrap_or_default()
    }

    /// The rows that can fit, when a citizen or a window of time narrows them down. Those of a window come in its order,
    /// so that sorting a large index by time, page after page, costs nothing.
    fn candidates(&self, search: &Expression) -> Option<Vec<usize>> {
        match search {
            Expression::All(parts) => parts.iter().find_map(|part| self.candidates(part)),
            Expression::One(parts) => {
                let each = parts.iter().map(|part| self.candidates(part)).collect::<Option<Vec<_>>>()?;
                let mut all = each.concat();
                all.sort_unstable();
                all.dedup();
                Some(all)
            }
            Expression::Case(example) => {
                let mut targets = example.relations.iter().filter_map(|relation| relation.target.as_deref());
                if let Some(cpr) = targets.find_map(|target| target.strip_prefix(CprNumber::URN_PREFIX)) {
                    return Some(self.of_citizen(cpr));
                }
                (example.from.is_some() || example.to.is_some()).then(|| self.stored_within(example))
            }
            Expression::Nothing => Some(Vec::new()),
            Expression::Not(_) => None,
        }
    }

    fn stored_within(&self, example: &Example) -> Vec<usize> {
        let first = self.by_time.partition_point(|(stored, _)| example.from.is_some_and(|from| *stored < from));
        let end = self.by_time.partition_point(|(stored, _)| example.to.is_none_or(|to| *stored <= to));
        self.by_time.get(first..end).unwrap_or_default().iter().map(|(_, at)| *at).collect()
    }

    fn fits(&self, at: usize, search: &Expression, now: Timestamp) -> bool {
        match search {
            Expression::All(parts) => parts.iter().all(|part| self.fits(at, part, now)),
            Expression::One(parts) => parts.iter().any(|part| self.fits(at, part, now)),
            Expression::Not(part) => !self.fits(at, part, now),
            Expression::Case(example) => self.is_like(&self.world.cases()[at], example, now),
            Expression::Nothing => false,
        }
    }

    fn is_like(&self, row: &CaseRow, example: &Example, now: Timestamp) -> bool {
        let is =
            |wanted: &Option<String>, has: Option<&String>| wanted.as_ref().is_none_or(|wanted| Some(wanted) == has);
        let title = example.title.as_ref().map(|title| title.to_lowercase());
        let stored = stored(row);
        is(&example.user_key, row.user_key.as_ref().or(row.number.as_ref()))
            && is(&example.number, row.number.as_ref())
            && is(&title, row.title.as_ref().map(|title| title.to_lowercase()).as_ref())
            && (example.status.is_none() || example.status == render::code_now(row, now))
            && example.from.is_none_or(|from| from <= stored)
            && example.to.is_none_or(|to| stored <= to)
            && (example.relations.is_empty() || self.has_all(row, &example.relations))
    }

    fn has_all(&self, row: &CaseRow, wanted: &[RelationExample]) -> bool {
        let has = relations(row, &self.world);
        // A citizen is found however the answer will name them (`party_as`).
        let own = format!("{}{}", CprNumber::URN_PREFIX, row.citizen);
        wanted.iter().all(|wanted| {
            has.iter().any(|relation| {
                let target = relation.target.to_lowercase();
                let is_own = relation.element == "Sagspart" && wanted.target.as_ref() == Some(&own);
                relation.element == wanted.element
                    && wanted.role.as_ref().is_none_or(|role| *role == relation.role.to_string())
                    && wanted.kind.as_ref().is_none_or(|kind| *kind == relation.kind.to_string())
                    && wanted.target.as_ref().is_none_or(|wanted| *wanted == target || is_own)
            }) || (wanted.element == "Sagspart" && wanted.role.is_none() && wanted.target.as_ref() == Some(&own))
        })
    }
}

/// By the keys that this fake knows; the others leave the order as it is.
fn order(keys: &[(String, bool)], left: &CaseRow, right: &CaseRow) -> Ordering {
    let by = |key: &str| match key {
        "StsRegistreringstidspunkt" | "Registreringstidspunkt" => stored(left).cmp(&stored(right)),
        "Titel" => left.title.cmp(&right.title),
        "BrugervendtNoegle" => {
            left.user_key.as_ref().or(left.number.as_ref()).cmp(&right.user_key.as_ref().or(right.number.as_ref()))
        }
        "Foelsomhed" => left.level.cmp(&right.level),
        _ => Ordering::Equal,
    };
    keys.iter()
        .map(|(key, falls)| if *falls { by(key).reverse() } else { by(key) })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
