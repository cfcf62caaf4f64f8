//! The citizen's own block: what the register says, cut to what this caller may see. Without a case of the caller's own
//! there is none, so that a citizen without cases and a number that nobody has look the same.

use glasplade_adapters::contract::{Address, CustodyHolder, PersonFacts, PersonStatus, Protection};
use jiff::civil::Date;

use crate::access::{AccessGrant, Basis, CitizenAttributes, ClassSet, ItemPolicy};
use crate::config::FieldClass;
use crate::people::{self, Identity};

/// The citizen, cut.
#[derive(Debug, Clone)]
pub(super) struct RedactedCitizen {
    /// The register told something; otherwise every fact below is missing and the flag is unknown.
    pub(super) is_known: bool,
    pub(super) name: Option<String>,
    pub(super) age: Option<i16>,
    pub(super) status: Option<(PersonStatus, Option<Date>)>,
    pub(super) protection: Protection,
    pub(super) spoken_for: Vec<(Speaker, Option<Date>)>,
    pub(super) address: AddressShown,
    pub(super) classes: ClassSet,
}

/// Who decides for the citizen, as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// [DK] forældremyndighed.
    Custody(CustodyHolder),
    /// [DK] værgemål: full, partial, or not told.
    Guardian(Option<bool>),
}

/// What is told of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AddressShown {
    /// It, as far as the register has one.
    Shown(Option<Address>),
    /// It is asked for with a reason first.
    Closed,
    /// It is protected, or nobody knows whether it is.
    Protected,
}

/// Everybody whose protection hides the address, besides the citizen: those who may live there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressGuard(pub Protection);

/// Cuts the citizen's facts. `own` are the bases of what is shown of the citizen's cases.
pub(super) fn redact(
    grant: &AccessGrant,
    policy: &ItemPolicy<'_>,
    identity: &Identity,
    own: &[Basis],
    guard: AddressGuard,
    today: Date,
) -> Option<RedactedCitizen> {
    let is_own = own.iter().any(|basis| matches!(basis, Basis::OwnPerson | Basis::OwnUnit));
    let is_own_in_person = own.contains(&Basis::OwnPerson);
    let protection = identity.protection();
    let attributes = CitizenAttributes { is_own, is_own_in_person, protection };
    let classes = policy.decide_citizen(attributes);
    if !classes.contains(FieldClass::Person) {
        return None;
    }
    let opens_name = classes.contains(FieldClass::Address);
    let of_home = CitizenAttributes { protection: protection.strictest(guard.0), ..attributes };
    let opens_address = policy.decide_citizen(of_home).contains(FieldClass::Address);
    let facts = identity.facts();
    let name = facts.and_then(|facts| facts.name.as_ref()).filter(|_| !protection.hides() || opens_name);
    Some(RedactedCitizen {
        is_known: facts.is_some(),
        name: name.map(|name| name.addressing.clone()),
        age: facts.and_then(|facts| people::age(facts, today)),
        status: facts.map(status),
        protection,
        spoken_for: facts.map(|facts| spoken_for(facts, today)).unwrap_or_default(),
        address: match facts {
            Some(facts) if opens_address => AddressShown::Shown(facts.address.clone()),
            _ if of_home.protection.hides() && grant.has_protected_reason() => AddressShown::Protected,
            _ => AddressShown::Closed,
        },
        classes: if opens_address { classes } else { classes.without(FieldClass::Address) },
    })
}

fn spoken_for(facts: &PersonFacts, today: Date) -> Vec<(Speaker, Option<Date>)> {
    let custody = facts.custody.iter().filter(|one| one.holds(today));
    let custody = custody.map(|one| (Speaker::Custody(one.holder), one.since));
    let guardian = facts.guardianship.iter().filter(|one| one.holds(today));
    custody.chain(guardian.map(|one| (Speaker::Guardian(one.full), one.since))).collect()
}

fn status(facts: &PersonFacts) -> (PersonStatus, Option<Date>) {
    let is_gone = matches!(
        facts.status,
        PersonStatus::Dead | PersonStatus::Emigrated | PersonStatus::Disappeared | PersonStatus::Replaced
    );
    (facts.status, facts.status_since.filter(|_| is_gone))
}
