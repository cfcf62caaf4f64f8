//! One random situation: who asks, about whom, why, and what the sources, the consents and the statutes say at that moment.
//! Plain facts in the oracle's own words; nothing here is decided.

use jiff::Timestamp;
use jiff::civil::Date;

use super::tables::{Purpose, Role, Unit};

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) town: Town,
    pub(super) now: Timestamp,
    /// The Danish day of `now`, written by hand beside it.
    pub(super) today: Date,
    pub(super) caller: Caller,
    pub(super) purpose: Purpose,
    pub(super) case_ref: Option<&'static str>,
    /// A written reason stands in the question.
    pub(super) has_reason: bool,
    /// A written reason for the address and a protected name stands in it.
    pub(super) asks_address: bool,
    pub(super) kin: Kin,
    pub(super) citizen: Citizen,
    pub(super) items: Vec<Item>,
    pub(super) statutes: Vec<Statute>,
    pub(super) consents: Vec<Consent>,
    pub(super) emergency: Option<Emergency>,
    pub(super) silent: Silent,
}

/// Which systems were asked and did not answer, or not with all they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Silent {
    /// The joint index.
    pub(super) index: bool,
    /// The system that owns what the index alone tells of.
    pub(super) master: bool,
}

/// What the municipality has switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Town {
    /// As shipped: nothing that needs a confirmation has one.
    Shipped,
    /// Everything is confirmed and switched on.
    Confirmed,
    /// Everything is confirmed, and what needs a confirmation is switched off.
    SwitchedOff,
    /// Everything is switched on, nothing is confirmed.
    Unconfirmed,
}

pub(super) const TOWNS: [Town; 4] = [Town::Shipped, Town::Confirmed, Town::SwitchedOff, Town::Unconfirmed];

#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) roles: Vec<Role>,
    pub(super) unit: Option<&'static Unit>,
    /// [DK] KLE ranges of the token; `*` is everything.
    pub(super) kle: Vec<&'static str>,
    /// `None`: the token limits nothing.
    pub(super) sensitivity_max: Option<u8>,
}

/// What the caller is to the citizen, and who can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is drawn alone")]
pub(super) struct Kin {
    pub(super) caller_is: Relative,
    /// The staff register knows the caller's number.
    pub(super) is_caller_known: bool,
    /// The person register does not answer.
    pub(super) is_silent: bool,
    /// The caller gave it less time than the house does.
    pub(super) is_hasty: bool,
    /// [DK] kollega: the citizen is an employee.
    pub(super) is_colleague: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    Nobody,
    Oneself,
    /// The citizen asked for is the caller under a former number.
    FormerNumber,
    Household,
}

#[derive(Debug, Clone)]
pub(super) struct Citizen {
    /// The register knows the person.
    pub(super) is_known: bool,
    pub(super) protection: Protection,
    /// The strictest of those who may live at the same address.
    pub(super) at_home: Protection,
    pub(super) born: Date,
    pub(super) custody: Custody,
    pub(super) guardian: bool,
    /// Dead or moved from the municipality: consents lapse.
    pub(super) is_gone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protection {
    Open,
    Protected,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Custody {
    Nobody,
    One,
    Joint,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) told_by: ToldBy,
    pub(super) kind: Kind,
    pub(super) is_effort: bool,
    /// What the joint index says of its kind, where that is another.
    pub(super) index_kind: Option<Kind>,
    pub(super) owner: Owner,
    pub(super) kle: Option<&'static str>,
    /// 0–3, as the owner's row and the index row state it.
    pub(super) sensitivity: Option<u8>,
    pub(super) index_sensitivity: Option<u8>,
    pub(super) screened: Option<Vec<Screen>>,
    pub(super) index_screened: Option<Vec<Screen>>,
    pub(super) actors: Vec<Actor>,
    /// The index row names the caller as an actor.
    pub(super) index_names_caller: bool,
    pub(super) state: State,
    /// The caller is one of the people whom it is about.
    pub(super) names_caller_as_party: bool,
    /// The place in the list of the item that granted it, in the words of `uuid` or number.
    pub(super) granted_by: Option<usize>,
}

/// Which systems tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ToldBy {
    OwnerRow,
    OwnerAndIndex,
    /// The index alone, of a system that we read: its row is missing.
    IndexOfRead,
    /// The index alone, of a system that we do not read.
    IndexOfUnread,
    /// The index alone, without a word on whose it is.
    IndexOfNobody,
}

/// [DK] sagstype, by what a source says that the demo's rules of defaults §11 know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) by: KindBy,
    pub(super) category: &'static str,
    /// Whose a case of the kind is, and an effort.
    pub(super) case_is: Side,
    pub(super) effort_is: Side,
    /// A rule knows it.
    pub(super) is_known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KindBy {
    Law(&'static str),
    /// A type code of Fasit.
    FasitType(&'static str),
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Authority,
    Provider,
    Benefit,
    Unclassified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Unit(&'static Unit),
    /// Only the department is known.
    Department(&'static str),
    /// A unit that no matcher knows, or none.
    Nobody,
}

/// [DK] sikkerhedsprofil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    CallersUnit,
    CallersUser,
    Other(u8),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    pub(super) is_caller: bool,
    /// The responsible unit's post, which is nobody in person.
    pub(super) is_responsible: bool,
    pub(super) is_coordinator: bool,
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Active,
    /// Begins on that day, after today.
    Future(Date),
    /// Closed on that day.
    Closed(Date),
    /// Cancelled on that day.
    Void(Date),
}

/// [DK] hjemmel, defaults §3 and §4: named categories between named units, for a purpose.
#[derive(Debug, Clone)]
pub(super) struct Statute {
    pub(super) id: &'static str,
    pub(super) purpose: Purpose,
    pub(super) categories: Vec<&'static str>,
    pub(super) from: Vec<&'static str>,
    pub(super) to: Vec<&'static str>,
    pub(super) classes: u16,
    pub(super) level_max: u8,
    pub(super) is_confirmed: bool,
    /// A legal basis stands behind it.
    pub(super) has_basis: bool,
    /// First and last day.
    pub(super) valid_from: Option<Date>,
    pub(super) valid_to: Option<Date>,
}

/// [DK] samtykke, defaults §9, as its history tells it.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    pub(super) id: u8,
    pub(super) purpose: Purpose,
    pub(super) case_ref: &'static str,
    pub(super) from: Vec<&'static str>,
    pub(super) to: Vec<&'static str>,
    pub(super) categories: Vec<&'static str>,
    pub(super) classes: u16,
    /// Who has said yes, and when.
    pub(super) signed: Vec<(Signer, Timestamp)>,
    /// A guardian's word covers what it is about.
    pub(super) is_in_scope: bool,
    pub(super) refused: Option<Timestamp>,
    pub(super) withdrawn: Option<Timestamp>,
    pub(super) superseded: Option<Timestamp>,
    pub(super) case_ended: Option<Timestamp>,
    /// First moment no longer.
    pub(super) valid_to: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signer {
    Citizen,
    Mother,
    Father,
    Guardian,
}

/// [DK] nødadgang that has been opened by the caller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Emergency {
    pub(super) since: Timestamp,
    pub(super) is_for_this_citizen: bool,
}
