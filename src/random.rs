//! Randomness that is lent, so that a test can know it.

use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::PoisonError;

use uuid::Uuid;

/// Gives random bytes.
pub trait Random: Send + Sync + Debug + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// Sixteen random bytes.
    fn bytes16(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes
    }

    /// A random UUID (version 4).
    fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes16()).into_uuid()
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random numbers, or nothing is safe");
    }
}

/// Numbers that a test can know: they count.
#[derive(Debug, Default)]
pub struct CountingRandom(Mutex<u64>);

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = count.to_be_bytes()[at % 8];
        }
    }
}
