//! By what facts are told apart and joined, as keyed hashes: a case number is no use to whoever copies the index.

use std::fmt;
use std::hash::Hasher as _;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;
use uuid::Uuid;

use crate::audit::PseudonymKey;

const PURPOSE: &str = "target group keys, SipHash-2-4";

/// What the hash takes of a derived key.
const KEY_BYTES: usize = 16;

/// A source's own id of a case, hashed with the source: the same case of the same source has the same key in every reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactKey(pub u64);

/// What a fact may be joined on with facts of other sources: a UUID, or a case number within the system that owns the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JoinKey {
    /// The case's UUID.
    Uuid(u64),
    /// A case number within one system.
    Number(u64),
}

/// Makes keys: SipHash-2-4, a keyed pseudo-random function of 128 bits' key and 64 bits' answer (Aumasson and Bernstein, 2012).
/// Among a million cases, two meet by chance once in some ten million indexes. Why not HMAC, see
/// [decision 0026](crate::docs::decisions::d0026_keys_of_cases_are_siphash).
pub struct KeyMaker(SipHasher24);

impl KeyMaker {
    /// Under a key of its own, derived from the municipality's secret.
    pub fn new(secret: &PseudonymKey) -> Self {
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(&secret.derive(PURPOSE)[..KEY_BYTES]);
        Self(SipHasher24::new_with_key(&key))
    }

    /// The key of a source's case.
    pub fn fact(&self, source: &str, native_id: &str) -> FactKey {
        FactKey(self.hash(b"fact", &[source.as_bytes(), native_id.as_bytes()]))
    }

    /// The key of a UUID.
    pub fn uuid(&self, uuid: Uuid) -> JoinKey {
        JoinKey::Uuid(self.hash(b"uuid", &[uuid.as_bytes()]))
    }

    /// The key of a case number, trimmed, in the system that owns the case.
    pub fn number(&self, owner: &str, number: &str) -> JoinKey {
        JoinKey::Number(self.hash(b"number", &[owner.as_bytes(), number.trim().as_bytes()]))
    }

    fn hash(&self, domain: &[u8], parts: &[&[u8]]) -> u64 {
        let mut hasher = self.0;
        hasher.write(domain);
        for part in parts {
            // With the length before it, no two lists of parts are one text.
            hasher.write(&(part.len() as u64).to_be_bytes());
            hasher.write(part);
        }
        hasher.finish()
    }
}

impl fmt::Debug for KeyMaker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyMaker(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_the_secret_the_source_and_the_id() {
        let maker = |byte| KeyMaker::new(&PseudonymKey::new(&[byte; 32]).expect("32 bytes"));
        let key = maker(1).fact("sbsys", "4711");
        assert_eq!(key, maker(1).fact("sbsys", "4711"));
        for other in [maker(2).fact("sbsys", "4711"), maker(1).fact("sbsys4", "711"), maker(1).fact("oio", "4711")] {
            assert_ne!(key, other);
        }
        assert_eq!(maker(1).number("sbsys", " 27-1 "), maker(1).number("sbsys", "27-1"));
        assert_ne!(maker(1).number("sbsys", "27-1"), maker(1).number("fasit", "27-1"));
    }
}
