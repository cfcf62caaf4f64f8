//! A random sample that nobody can predict and everybody can make again. [DK] stikprøve.
//!
//! The order is SHA-256 over a seed that was not known when the look-ups were made (agreed in advance: tomorrow's closing
//! index, a lottery's numbers, a public randomness beacon), the range of time, and the attempt. Whoever has the seed and the
//! attempts can draw again and must get the same.

use std::collections::{BTreeMap, BinaryHeap};

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::criteria::Unfit;
use super::{Auditor, LookUp, Unanswered};
use crate::audit::{Kind, Query};

/// The most that one sample draws, in all or of each unit.
pub const COUNT_MAX: u32 = 1_000;

/// No look-up takes longer from its first entry to its last; the longest deadline is some seconds.
const REQUEST_LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// The longest seed, in bytes.
const SEED_BYTES_MAX: usize = 256;

/// What to draw.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleRequest {
    /// Begun at this moment or later.
    #[schema(value_type = String, format = DateTime, example = "2026-11-01T00:00:00Z")]
    pub from: Timestamp,
    /// Begun before this moment.
    #[schema(value_type = String, format = DateTime, example = "2026-12-01T00:00:00Z")]
    pub to: Timestamp,
    /// How many; of each unit, when `per_unit` is set.
    #[schema(minimum = 1, maximum = 1000)]
    pub count: u32,
    /// A public value that became known after `to`.
    #[schema(example = "OMXC25 2026-12-01 1712.45", min_length = 8, max_length = 256)]
    pub seed: String,
    /// Leaves out what is explained by a case of the caller's own, so that the rest is looked at more closely.
    #[serde(default)]
    pub exclude_explained: bool,
    /// Draws `count` of each unit, so that a small one is seen, too.
    #[serde(default)]
    pub per_unit: bool,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Sample {
    /// What was hashed before each attempt, beside the seed.
    pub range: String,
    /// How many there were to draw from.
    pub eligible: u64,
    /// The attempts in the order in which they were drawn: what a second draw must give.
    pub attempts: Vec<Uuid>,
    /// Whom to ask, by unit. [DK] "forklar venligst".
    pub units: Vec<PleaseExplain>,
}

/// The look-ups that one unit is asked to explain.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PleaseExplain {
    /// The unit's code; nothing where the caller's token named none.
    pub unit: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What to explain.
    pub look_ups: Vec<LookUp>,
}

/// The range as it is hashed: both moments in UTC, to the microsecond as they were given.
pub fn range(from: Timestamp, to: Timestamp) -> String {
    format!("{from}/{to}")
}

/// Where an attempt stands in the order. Another program makes it from `seed`, a zero byte, `range`, a zero byte, and the
/// attempt in lower case with hyphens.
pub fn rank(seed: &str, range: &str, attempt: &Uuid) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(seed.as_bytes());
    hash.update(&[0]);
    hash.update(range.as_bytes());
    hash.update(&[0]);
    hash.update(attempt.hyphenated().to_string().as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(hash.finish().as_ref());
    bytes
}

/// The smallest of what it is shown, and no more in memory than that.
#[derive(Debug, Default)]
struct Smallest(BinaryHeap<([u8; 32], Uuid)>);

impl Smallest {
    fn see(&mut self, rank: [u8; 32], attempt: Uuid, count: usize) {
        if self.0.len() < count {
            self.0.push((rank, attempt));
        } else if let Some(mut largest) = self.0.peek_mut()
            && rank < largest.0
        {
            *largest = (rank, attempt);
        }
    }
}

impl SampleRequest {
    /// What the record tells of it. A seed is public and names nobody: with it and the range the record is enough to draw again.
    pub fn facts(&self) -> BTreeMap<String, String> {
        let facts = [
            ("seed", self.seed.clone()),
            ("from", self.from.to_string()),
            ("to", self.to.to_string()),
            ("count", self.count.to_string()),
            ("exclude_explained", self.exclude_explained.to_string()),
            ("per_unit", self.per_unit.to_string()),
        ];
        facts.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Whether this can be drawn at `now`: a look-up that is still to come, or that has not ended, would make a second draw
    /// another one.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn check(&self, now: Timestamp) -> Result<(), Unfit> {
        if self.from >= self.to {
            return Err(Unfit::new("to", "it must be later than `from`"));
        }
        if self.to > now.saturating_sub(REQUEST_LONGEST).unwrap_or(Timestamp::MIN) {
            return Err(Unfit::new(
                "to",
                "it must lie a minute back at least, so that every look-up of the range has ended",
            ));
        }
        if self.count == 0 || self.count > COUNT_MAX {
            return Err(Unfit::new("count", "it must be 1 to 1000"));
        }
        if self.seed.len() < 8 || self.seed.len() > SEED_BYTES_MAX || self.seed.chars().any(char::is_control) {
            return Err(Unfit::new("seed", "a public value has 8 to 256 bytes and no control characters"));
        }
        Ok(())
    }

    fn query(&self) -> Query {
        Query {
            kind: Some(Kind::LookUp),
            asked_for_only: true,
            without_explained: self.exclude_explained,
            from: Some(self.from),
            to: Some(self.to),
            ..Query::default()
        }
    }
}

impl Auditor {
    /// Draws a sample. Goes through every look-up of the range in the index, and reads the log for what was drawn.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub fn sample(&self, wanted: &SampleRequest) -> Result<Sample, Unanswered> {
        let range = range(wanted.from, wanted.to);
        let count = wanted.count.min(COUNT_MAX) as usize;
        let mut drawn: BTreeMap<Option<String>, Smallest> = BTreeMap::new();
        let mut eligible = 0;
        self.search.walk(&wanted.query(), |attempt, unit| {
            eligible += 1;
            let heap = drawn.entry(unit.filter(|_| wanted.per_unit)).or_default();
            heap.see(rank(&wanted.seed, &range, &attempt), attempt, count);
        })?;
        let mut drawn: Vec<_> = drawn.into_values().flat_map(|heap| heap.0.into_vec()).collect();
        drawn.sort_unstable();
        let attempts: Vec<Uuid> = drawn.into_iter().map(|(_, attempt)| attempt).collect();
        let mut found = self.search.attempts(&attempts)?;
        found.retain(|one| one.kind == Kind::LookUp && one.relation.is_none());
        let mut units: BTreeMap<Option<String>, Vec<LookUp>> = BTreeMap::new();
        for look_up in self.told(&found)? {
            units.entry(look_up.unit.clone()).or_default().push(look_up);
        }
        let units = units.into_iter().map(|(unit, look_ups)| {
            let name = unit.as_deref().map(|unit| self.names.unit(unit).to_owned());
            PleaseExplain { unit, name, look_ups }
        });
        Ok(Sample { range, eligible, attempts, units: units.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_can_be_made_again_by_another_program() {
        let (seed, range) = ("OMXC25 2026-12-01 1712.45", "2026-11-01T00:00:00Z/2026-12-01T00:00:00Z");
        let attempt = Uuid::from_u128(7);
        let text = format!("{seed}\0{range}\000000000-0000-0000-0000-000000000007");
        let by_hand = digest::digest(&digest::SHA256, text.as_bytes());
        assert_eq!(rank(seed, range, &attempt), by_hand.as_ref());
        assert_ne!(rank(seed, range, &attempt), rank("another seed", range, &attempt));
    }

    #[test]
    fn the_smallest_are_kept_whatever_the_order_in_which_they_come() {
        let all: Vec<_> = (0..500_u128).map(|number| Uuid::from_u128(number * 7919)).collect();
        let draw = |order: &mut dyn Iterator<Item = &Uuid>| {
            let mut heap = Smallest::default();
            for attempt in order {
                heap.see(rank("a seed of eight", "range", attempt), *attempt, 20);
            }
            heap.0.into_sorted_vec()
        };
        let mut whole: Vec<_> = all.iter().map(|id| (rank("a seed of eight", "range", id), *id)).collect();
        whole.sort_unstable();
        assert_eq!(draw(&mut all.iter()), whole[..20]);
        assert_eq!(draw(&mut all.iter().rev()), whole[..20]);
    }

    #[test]
    fn a_sample_without_a_seed_a_range_or_a_count_is_refused() {
        let good = SampleRequest {
            from: "2026-11-01T00:00:00Z".parse().expect("a moment"),
            to: "2026-12-01T00:00:00Z".parse().expect("a moment"),
            count: 20,
            seed: "12345678".to_owned(),
            exclude_explained: false,
            per_unit: false,
        };
        let now = good.to + SignedDuration::from_secs(60);
        assert_eq!(good.check(now), Ok(()));
        let field = |sample: SampleRequest| sample.check(now).expect_err("refused").field;
        assert_eq!(field(SampleRequest { to: good.from, ..good.clone() }), "to");
        assert_eq!(field(SampleRequest { count: 1001, ..good.clone() }), "count");
        assert_eq!(field(SampleRequest { seed: "1234567".to_owned(), ..good.clone() }), "seed");
        let early = good.check(now - SignedDuration::from_millis(1)).expect_err("some look-ups may not have ended");
        assert_eq!(early.field, "to");
    }
}
