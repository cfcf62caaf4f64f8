//! Sets of field classes.

use crate::config::FieldClass;

/// [DK] feltklasser: a set of field classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ClassSet(u16);

impl ClassSet {
    /// Every class of a case or effort; the others are the citizen's.
    pub const OF_AN_ITEM: Self = Self::of(&[
        FieldClass::Existence,
        FieldClass::Contact,
        FieldClass::Core,
        FieldClass::People,
        FieldClass::Subject,
        FieldClass::Deadline,
        FieldClass::Amount,
        FieldClass::Provider,
        FieldClass::Relation,
        FieldClass::Link,
    ]);

    /// A set of these classes.
    pub const fn of(classes: &[FieldClass]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < classes.len() {
            bits |= 1 << classes[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// The set with this class in it, too.
    #[must_use]
    pub fn with(self, class: FieldClass) -> Self {
        Self(self.0 | 1 << class as u16)
    }

    /// The set without this class.
    #[must_use]
    pub fn without(self, class: FieldClass) -> Self {
        Self(self.0 & !(1 << class as u16))
    }

    /// What is in one of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this one alone.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The class is in it.
    pub fn contains(self, class: FieldClass) -> bool {
        self.0 & (1 << class as u16) != 0
    }

    /// The classes in it, in order.
    pub fn iter(self) -> impl Iterator<Item = FieldClass> {
        FieldClass::ALL.into_iter().filter(move |class| self.contains(*class))
    }
}

/// As the list of its codes.
impl serde::Serialize for ClassSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for ClassSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<FieldClass>::deserialize(deserializer).map(|classes| Self::of(&classes))
    }
}
