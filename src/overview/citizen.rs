//! The citizen's own block: what the register says, cut to what this caller may see. Without a case of the caller's own
//! there is none, so that a citizen without cases and a number that nobody has look the same.

use glasplade_adapters::contract::{Address, CustodyHolder, PersonFacts, PersonStatus, Protection};
use jiff::civil::Date;

use super::Setting;
use super::redact::Relation;
use crate::access::{AccessGrant, Basis, CitizenAttributes, ClassSet, Fields, ItemPolicy};
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
    fields: Fields,
    attributes: CitizenAttributes,
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
    /// It was asked for and may be told of the citizen; whether of everybody who may live there is not known yet.
    Asked,
    /// It is asked for with a reason first.
    Closed,
    /// It is protected, or nobody knows whether it is.
    Protected,
}

/// Cuts the citizen's facts; the address stays closed until [`RedactedCitizen::open_address`]. `relation` is what
/// the caller has to do with the citizen.
pub(super) fn redact(
    grant: &AccessGrant,
    policy: &mut ItemPolicy<'_>,
    relation: Relation,
    setting: Setting<'_>,
) -> Option<RedactedCitizen> {
    let identity = setting.identity;
    let Relation { own, shown_on } = relation;
    let attributes = CitizenAttributes { own, shown_on, protection: identity.protection() };
    let fields = policy.decide_citizen(&attributes);
    let classes = fields.classes();
    if !classes.contains(FieldClass::Person) {
        return None;
    }
    let (facts, protection) = (identity.facts(), attributes.protection);
    let opens = classes.contains(FieldClass::Address);
    let name = facts.and_then(|facts| facts.name.as_ref()).filter(|_| !protection.hides() || opens);
    let asks = grant.has_protected_reason();
    Some(RedactedCitizen {
        is_known: facts.is_some(),
        name: name.map(|name| name.addressing.clone()),
        age: facts.and_then(|facts| people::age(facts, setting.today)),
        status: facts.map(status),
        protection,
        spoken_for: facts.map(|facts| spoken_for(facts, setting.today)).unwrap_or_default(),
        address: match facts {
            Some(_) if opens => AddressShown::Asked,
            _ if protection.hides() && asks => AddressShown::Protected,
            _ => AddressShown::Closed,
        },
        classes: classes.without(FieldClass::Address),
        fields,
        attributes,
    })
}

impl RedactedCitizen {
    /// The address was asked for, by somebody who may be told the citizen's own.
    pub(super) fn asks_for_address(&self) -> bool {
        self.address == AddressShown::Asked
    }

    /// Decides on the address once it is known whether anybody who may live there is protected: the strictest counts.
    pub(super) fn open_address(&mut self, policy: &mut ItemPolicy<'_>, at_home: Protection, identity: &Identity) {
        let of_home = CitizenAttributes { protection: self.protection.strictest(at_home), ..self.attributes.clone() };
        if policy.decide_citizen(&of_home).classes().contains(FieldClass::Address) {
            self.address = AddressShown::Shown(identity.facts().and_then(|facts| facts.address.clone()));
            self.classes = self.classes.with(FieldClass::Address);
        } else {
            self.address = AddressShown::Protected;
        }
    }

    /// What is shown, each basis with what it alone opens. A protected name is opened by what opens the address, and
    /// recorded as such even where no address follows.
    pub(super) fn shown(&self) -> impl Iterator<Item = (&Basis, ClassSet)> {
        let opens_name = self.protection.hides() && self.name.is_some();
        let tells_address = opens_name || self.classes.contains(FieldClass::Address);
        let told = move |classes: ClassSet| if tells_address { classes } else { classes.without(FieldClass::Address) };
        let shown = self.fields.opened().iter().map(move |(basis, classes)| (basis, told(*classes)));
        shown.filter(|(_, classes)| !classes.is_empty())
    }
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
