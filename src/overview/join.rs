//! Which rows are the same case. Joins are strict: the UUID, or the case number within one system.
//!
//! Groups are connected components. A number that would put two rows of one source together is no proof of anything, and
//! a group in which numbers make a contradiction falls back to its UUIDs: two cases too many are better than two cases,
//! or two people's lives, in one.
//!
//! What a list is made of is joined by the same criterion: see [`JoinRow`].

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use glasplade_adapters::contract::{Record, SourceId};
use uuid::Uuid;

use super::Classifier;

/// A row of one source about one case, as far as it may be joined with others.
pub(crate) trait JoinRow {
    /// The source.
    type Source: Eq + Hash;
    /// The source's own id of the case.
    type Id: Eq + Hash;
    /// A UUID of the case.
    type Uuid: Eq + Hash;
    /// A case number within the system that owns the case.
    type Number: Eq + Hash;

    /// The source that tells the row.
    fn source(&self) -> Self::Source;
    /// Its id of the case.
    fn id(&self) -> Self::Id;
    /// UUIDs of the case.
    fn uuids(&self) -> Vec<Self::Uuid>;
    /// Case numbers, each within the system that owns the case.
    fn numbers(&self) -> Vec<Self::Number>;
}

/// Groups of row positions; each group is one case. Same rows in any order give the same groups.
pub(crate) fn groups<R: JoinRow>(rows: &[R]) -> Vec<Vec<usize>> {
    // A source's id is one case, however often the source tells it.
    let mut by_id = UnionFind::new(rows.len());
    for same in positions_by(rows, |row| vec![(row.source(), row.id())]).values() {
        by_id.unite(same);
    }
    let mut by_uuid = by_id.clone();
    for same in positions_by(rows, R::uuids).values() {
        // A UUID that one source uses for two of its cases proves nothing.
        if !contradicts(same, rows) {
            by_uuid.unite(same);
        }
    }
    let mut by_number = by_uuid.clone();
    for same in positions_by(rows, R::numbers).values() {
        by_number.unite(same);
    }
    by_number.groups().into_iter().flat_map(|group| split(group, &[&by_uuid, &by_id], rows)).collect()
}

/// The group, or its parts by the next surer joins when it holds a contradiction.
fn split<R: JoinRow>(group: Vec<usize>, surer: &[&UnionFind], rows: &[R]) -> Vec<Vec<usize>> {
    let Some((next, rest)) = surer.split_first().filter(|_| contradicts(&group, rows)) else { return vec![group] };
    let mut parts: HashMap<usize, Vec<usize>> = HashMap::new();
    for at in group {
        parts.entry(next.root(at)).or_default().push(at);
    }
    parts.into_values().flat_map(|part| split(part, rest, rows)).collect()
}

/// Two rows of one source in one group are two ids of one system: they never join.
fn contradicts<R: JoinRow>(group: &[usize], rows: &[R]) -> bool {
    let mut seen: HashMap<R::Source, R::Id> = HashMap::new();
    group.iter().any(|at| {
        let (source, id) = (rows[*at].source(), rows[*at].id());
        match seen.get(&source) {
            Some(other) => *other != id,
            None => seen.insert(source, id).is_some(),
        }
    })
}

fn positions_by<R, K: Hash + Eq>(rows: &[R], keys: impl Fn(&R) -> Vec<K>) -> HashMap<K, Vec<usize>> {
    let mut positions: HashMap<K, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        for key in keys(row) {
            positions.entry(key).or_default().push(at);
        }
    }
    positions
}

/// A case number counts within the system that owns the case: the source itself, or the master system that an index
/// names, if configuration knows it.
pub(crate) fn number_owner(row: &Record, classifier: &Classifier) -> Option<SourceId> {
    match (&row.keys.master, classifier.master_of(row)) {
        (_, Some(owner)) => Some(owner.clone()),
        (Some(_), None) => None,
        (None, None) => Some(row.source.clone()),
    }
}

fn number_keys(row: &Record, classifier: &Classifier) -> Vec<(SourceId, String)> {
    let Some(owner) = number_owner(row, classifier) else { return Vec::new() };
    row.keys.numbers.iter().map(|number| (owner.clone(), number.trim().to_owned())).collect()
}

/// A row of an overview.
struct Told<'a> {
    row: &'a Record,
    classifier: &'a Classifier,
}

impl<'a> JoinRow for Told<'a> {
    type Source = &'a SourceId;
    type Id = &'a str;
    type Uuid = Uuid;
    type Number = (SourceId, String);

    fn source(&self) -> &'a SourceId {
        &self.row.source
    }

    fn id(&self) -> &'a str {
        &self.row.native_id
    }

    fn uuids(&self) -> Vec<Uuid> {
        self.row.keys.uuid.into_iter().collect()
    }

    fn numbers(&self) -> Vec<(SourceId, String)> {
        number_keys(self.row, self.classifier)
    }
}

/// [`groups`] of an overview's rows.
pub(super) fn groups_of(rows: &[Arc<Record>], classifier: &Classifier) -> Vec<Vec<usize>> {
    groups(&rows.iter().map(|row| Told { row, classifier }).collect::<Vec<_>>())
}

/// Disjoint sets of positions.
#[derive(Clone)]
pub(super) struct UnionFind(Vec<usize>);

impl UnionFind {
    pub(super) fn new(length: usize) -> Self {
        Self((0..length).collect())
    }

    pub(super) fn root(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    pub(super) fn unite(&mut self, same: &[usize]) {
        let Some((first, rest)) = same.split_first() else { return };
        for other in rest {
            let (a, b) = (self.root(*first), self.root(*other));
            self.0[a.max(b)] = a.min(b);
        }
    }

    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(); self.0.len()];
        for at in 0..self.0.len() {
            groups[self.root(at)].push(at);
        }
        groups.retain(|group| !group.is_empty());
        groups
    }
}
