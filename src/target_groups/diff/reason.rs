//! A reason that can be compared and not read.

use std::fmt;

use aws_lc_rs::hmac;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::audit::hex;

/// What the MAC is made of, before the rule and the reason.
const REASON: &[u8] = b"target group reason:";

/// A reason without its words: the first 16 bytes of HMAC-SHA-256. There are few possible reasons (a department or two, a day or two),
/// so that a hash without a key could be undone by trying them all.
///
/// Two citizens with the same reason on the same rule have the same mark: a citizen's number may change, the mark must not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReasonMark([u8; 16]);

impl fmt::Debug for ReasonMark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ReasonMark({})", crate::hex(&self.0))
    }
}

impl Serialize for ReasonMark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for ReasonMark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = hex::decode(text.as_bytes());
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("32 lower-case hexadecimal characters are wanted"))
    }
}

/// The key that turns reasons into marks. It never prints.
pub struct ReasonKey(hmac::Key);

impl ReasonKey {
    /// A key of these bytes, derived for this purpose and no other.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The mark of this reason under this rule.
    pub fn mark(&self, rule: &str, reason: &str) -> ReasonMark {
        let mut mac = hmac::Context::with_key(&self.0);
        mac.update(REASON);
        // The length first, so that no two pairs of rule and reason read alike.
        mac.update(&u64::try_from(rule.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(rule.as_bytes());
        mac.update(reason.as_bytes());
        let mut mark = [0; 16];
        mark.copy_from_slice(&mac.sign().as_ref()[..16]);
        ReasonMark(mark)
    }
}

impl fmt::Debug for ReasonKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReasonKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_one_rule_one_reason_and_one_key() {
        let (key, other) = (ReasonKey::new(&[1; 32]), ReasonKey::new(&[2; 32]));
        let mark = key.mark("cross_department", "Aktiv sag.");
        assert_eq!(mark, key.mark("cross_department", "Aktiv sag."));
        assert_ne!(mark, other.mark("cross_department", "Aktiv sag."));
        assert_ne!(mark, key.mark("cross_departmen", "tAktiv sag."));
        assert_ne!(mark, key.mark("cross_department", "Aktiv sag"));
        assert_eq!(format!("{key:?}"), "ReasonKey(***)");
        let text = serde_json::to_string(&mark).expect("text");
        assert_eq!(serde_json::from_str::<ReasonMark>(&text).expect("a mark"), mark);
        assert!(serde_json::from_str::<ReasonMark>("\"00\"").is_err());
    }
}
