//! A checked condition: typed, with every name resolved. Only what a further fact can never make false can be said in it.

use super::vocabulary::{CodeOf, Number};
use crate::target_groups::{Code, Day, Kinship};

/// Most loops inside each other.
pub(super) const LOOPS_MAX: usize = 3;

/// Where a loop keeps what it is at: 0 is the outermost.
pub(super) type Slot = usize;

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// `a && b`. Without any: always.
    All(Box<[Test]>),
    /// `a || b`.
    Any(Box<[Test]>),
    /// So many of the list pass the test: `exists` is one.
    AtLeast { list: List, slot: Slot, least: usize, test: Box<Test> },
    /// A number against one that is written out. Not known: no.
    Number { of: Who, number: Number, order: Order, than: i64 },
    /// The code is (or is not) one of these. Not known: no.
    Code { slot: Slot, of: CodeOf, is: bool, codes: Box<[Code]> },
    /// The member is (or is not) one of these to the citizen.
    Kinship { slot: Slot, is: bool, one_of: Box<[Kinship]> },
    /// Two cases have the same (or different) codes. Not known: no.
    SameCode { left: Slot, right: Slot, of: CodeOf, is: bool },
    /// Two days. Not known: no.
    Day { left: DayOf, order: Order, right: DayOf },
    /// The case runs (or does not).
    IsActive { slot: Slot, is: bool },
}

/// A list of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// `citizen.facts`.
    CitizenFacts,
    /// `m.facts`, of the member at this slot.
    MemberFacts(Slot),
    /// `household`: everybody but the citizen.
    Household,
}

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Citizen,
    /// The member or case at this slot.
    At(Slot),
}

/// How two values stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    AtMost,
    Same,
    Other,
    AtLeast,
    More,
}

impl Order {
    pub(super) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Same => left == right,
            Self::Other => left != right,
            Self::AtLeast => left >= right,
            Self::More => left > right,
        }
    }

    /// The same with its sides changed.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::AtLeast => Self::AtMost,
            Self::More => Self::Less,
            other => other,
        }
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayOf {
    /// `as_of`.
    AsOf,
    /// A day that is written out.
    Written(Day),
    /// The first day of the case at this slot.
    Opened(Slot),
    /// Its last day.
    Closed(Slot),
}
