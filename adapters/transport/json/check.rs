//! Walks a text once, keeps nothing but the keys of the objects that are open, and says what is wrong with it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{BYTES_PER_GROUP, BYTES_PER_VALUE, DEPTH_MAX, GROUPS_SPARE, JsonError, KEYS_MAX, VALUES_SPARE, of_parser};

/// Most keys of all open objects together.
const OPEN_KEYS_MAX: usize = 2 * KEYS_MAX;
/// Above this many, looking for a double by sorting is cheaper than by comparing each with each.
const FEW: usize = 6;

/// Checks the whole of `text`.
pub(super) fn check(text: &str) -> Result<(), JsonError> {
    let mut walk = Walk {
        keys: Vec::new(),
        values: VALUES_SPARE + text.len() / BYTES_PER_VALUE,
        groups: GROUPS_SPARE + text.len() / BYTES_PER_GROUP,
        refused: None,
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let walked = Value { walk: &mut walk, depth: 0 }.deserialize(&mut parser).and_then(|()| parser.end());
    walked.map_err(|error| match walk.refused {
        None => of_parser(&error),
        Some(Refused::DoubleKey) => JsonError::DoubleKey(error.line(), error.column()),
        Some(Refused::OverLimit) => JsonError::OverLimit(error.line(), error.column()),
        Some(Refused::Character) => JsonError::Syntax(error.line(), error.column()),
    })
}

/// Why the walk was ended, when it was not the parser's doing.
#[derive(Debug, Clone, Copy)]
enum Refused {
    DoubleKey,
    OverLimit,
    Character,
}

struct Walk<'t> {
    /// Keys of the open objects, outermost first, each behind a hash of it: sorting compares numbers, and texts only
    /// where somebody has made the numbers equal.
    keys: Vec<(u64, Cow<'t, str>)>,
    /// How many more values may come.
    values: usize,
    /// How many more objects and lists may come.
    groups: usize,
    refused: Option<Refused>,
}

impl<'t> Walk<'t> {
    fn refuse<E: serde::de::Error>(&mut self, why: Refused) -> E {
        self.refused = Some(why);
        E::custom("refused")
    }

    fn count<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.values = self.values.checked_sub(1).ok_or_else(|| self.refuse(Refused::OverLimit))?;
        Ok(())
    }

    fn open<E: serde::de::Error>(&mut self, depth: usize) -> Result<(), E> {
        self.groups = self.groups.checked_sub(1).ok_or_else(|| self.refuse(Refused::OverLimit))?;
        if depth >= DEPTH_MAX { Err(self.refuse(Refused::OverLimit)) } else { Ok(()) }
    }

    /// Raw control characters are the parser's to refuse; behind an escape it lets the character of number 0 through.
    fn decoded<E: serde::de::Error>(&mut self, text: &str) -> Result<(), E> {
        if text.contains('\0') { Err(self.refuse(Refused::Character)) } else { Ok(()) }
    }

    fn key<E: serde::de::Error>(&mut self, key: Cow<'t, str>, first: usize) -> Result<(), E> {
        if self.keys.len() - first >= KEYS_MAX || self.keys.len() >= OPEN_KEYS_MAX {
            return Err(self.refuse(Refused::OverLimit));
        }
        self.keys.push((hash(&key), key));
        Ok(())
    }

    fn close<E: serde::de::Error>(&mut self, first: usize) -> Result<(), E> {
        let keys = &mut self.keys[first..];
        let is_double = if keys.len() <= FEW {
            (1..keys.len()).any(|at| keys[..at].contains(&keys[at]))
        } else {
            keys.sort_unstable();
            keys.windows(2).any(|pair| pair[0] == pair[1])
        };
        self.keys.truncate(first);
        if is_double { Err(self.refuse(Refused::DoubleKey)) } else { Ok(()) }
    }
}

/// FNV-1a: keys are short.
fn hash(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Any value, at its depth.
struct Value<'w, 't> {
    walk: &'w mut Walk<'t>,
    depth: usize,
}

impl<'t> DeserializeSeed<'t> for Value<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        self.walk.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Value<'_, 't> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_borrowed_str<E>(self, _: &'t str) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.walk.decoded(text)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<(), A::Error> {
        self.walk.open(self.depth)?;
        while list.next_element_seed(Value { walk: &mut *self.walk, depth: self.depth + 1 })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(self, mut object: A) -> Result<(), A::Error> {
        self.walk.open(self.depth)?;
        let first = self.walk.keys.len();
        while let Some(key) = object.next_key_seed(Key)? {
            if let Cow::Owned(key) = &key {
                self.walk.decoded(key)?;
            }
            self.walk.key(key, first)?;
            object.next_value_seed(Value { walk: &mut *self.walk, depth: self.depth + 1 })?;
        }
        self.walk.close(first)
    }
}

/// A key, borrowed unless it has escapes.
struct Key;

impl<'t> DeserializeSeed<'t> for Key {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Cow<'t, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key {
    type Value = Cow<'t, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'t str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
