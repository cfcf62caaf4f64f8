//! Chance that falls the same way on every machine: the cipher's own words, not a distribution that may change.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A source of chance with one stream per home, so that one home's luck never moves another's.
#[derive(Debug, Clone)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of a seed.
    pub(super) fn of(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The same seed's dice for home number `home`.
    pub(super) fn for_home(&self, home: u64) -> Self {
        let mut dice = self.clone();
        dice.0.set_stream(home);
        dice.0.set_word_pos(0);
        dice
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let scaled = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// A number from `start` to below `end`, for days and years.
    pub(super) fn between(&mut self, start: i32, end: i32) -> i32 {
        let width = u32::try_from(end - start).unwrap_or(1);
        start + i32::try_from(self.below(width)).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub(super) fn permille(&mut self, times: u32) -> bool {
        self.below(1000) < times
    }

    /// One of these.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let count = u32::try_from(of.len()).unwrap_or(u32::MAX);
        of.get(self.below(count.max(1)) as usize)
    }

    /// Which of the weights was hit.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        0
    }
}
