//! One person as the civil register tells it. Facts only: who may see them is decided elsewhere.

use std::fmt::{self, Debug};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use super::{CallContext, CprNumber, SourceError, SourceInfo};

/// [DK] personregister (CPR): looks one person up.
///
/// Like a source adapter it does not retry, sleep, spawn, log payloads or cache.
pub trait PersonRegister: Send + Sync + Debug + 'static {
    /// Who it is.
    fn info(&self) -> &SourceInfo;

    /// What the register knows about `person`; `None` for a number that nobody has, which is not an error.
    ///
    /// The house compares [`PersonFacts::number`] with the number asked for: registers, too, answer about somebody else.
    ///
    /// # Errors
    /// By kind, see [`SourceError`]; never with a value from the wire in it.
    fn look_up(
        &self,
        ctx: &CallContext,
        person: &CprNumber,
    ) -> impl Future<Output = Result<Option<PersonFacts>, SourceError>> + Send;

    /// Asks the register for something that concerns no citizen, to see whether it answers and knows us.
    ///
    /// # Errors
    /// As [`PersonRegister::look_up`].
    fn probe(&self, ctx: &CallContext) -> impl Future<Output = Result<(), SourceError>> + Send;
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`PersonRegister`] behind a pointer; every register has it by itself.
pub trait DynPersonRegister: Send + Sync + Debug + 'static {
    /// See [`PersonRegister::info`].
    fn info(&self) -> &SourceInfo;
    /// See [`PersonRegister::look_up`].
    fn look_up<'a>(
        &'a self,
        ctx: &'a CallContext,
        person: &'a CprNumber,
    ) -> Boxed<'a, Result<Option<PersonFacts>, SourceError>>;
    /// See [`PersonRegister::probe`].
    fn probe<'a>(&'a self, ctx: &'a CallContext) -> Boxed<'a, Result<(), SourceError>>;
}

impl<R: PersonRegister> DynPersonRegister for R {
    fn info(&self) -> &SourceInfo {
        PersonRegister::info(self)
    }
    fn look_up<'a>(
        &'a self,
        ctx: &'a CallContext,
        person: &'a CprNumber,
    ) -> Boxed<'a, Result<Option<PersonFacts>, SourceError>> {
        Box::pin(PersonRegister::look_up(self, ctx, person))
    }
    fn probe<'a>(&'a self, ctx: &'a CallContext) -> Boxed<'a, Result<(), SourceError>> {
        Box::pin(PersonRegister::probe(self, ctx))
    }
}

/// Any register, shared.
pub type Register = Arc<dyn DynPersonRegister>;

/// What the register knows about one person. `Debug` shows no fact.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// The number that the answer says it is about.
    pub number: CprNumber,
    /// [DK] gældende personnummer: differs from `number` when that one was replaced.
    pub in_force: CprNumber,
    /// [DK] adresseringsnavn and its parts.
    pub name: Option<PersonName>,
    /// [DK] fødselsdato.
    pub born: Option<RegisterDate>,
    /// [DK] status in the register.
    pub status: PersonStatus,
    /// The day of that status: of death, emigration, disappearance.
    pub status_since: Option<Date>,
    /// [DK] navne- og adressebeskyttelse.
    pub protection: Protection,
    /// [DK] aktuel adresse.
    pub address: Option<Address>,
    /// [DK] civilstand.
    pub civil_status: Option<CivilStatus>,
    /// [DK] ægtefælle; for somebody divorced or widowed, the former one where the register still names them.
    pub spouse: Option<RelatedPerson>,
    /// [DK] børn, of any age, in the register's order.
    pub children: Vec<CprNumber>,
    /// [DK] mor.
    pub mother: Option<RelatedPerson>,
    /// [DK] far, medmor.
    pub father: Option<RelatedPerson>,
    /// [DK] forældremyndighed over this person, who is then a child.
    pub custody: Vec<Custody>,
    /// [DK] værgemål.
    pub guardianship: Option<Guardianship>,
}

/// Facts of a person refuse to print.
macro_rules! shows_nothing {
    ($($name:ident),+) => {$(
        impl Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

shows_nothing!(PersonFacts, PersonName, RegisterDate, Address, RelatedPerson);

/// A name.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    /// [DK] personadresseringsnavn: as it is written on a letter.
    pub addressing: String,
    /// [DK] fornavn.
    pub given: Option<String>,
    /// [DK] mellemnavn.
    pub middle: Option<String>,
    /// [DK] efternavn.
    pub family: Option<String>,
}

/// A day that the register may be uncertain of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RegisterDate {
    /// The day.
    pub day: Date,
    /// [DK] usikkerhedsmarkering.
    pub uncertain: bool,
}

/// [DK] personstatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    /// 1, 3: lives in Denmark.
    Resident,
    /// 5, 7: lives in Greenland.
    ResidentGreenland,
    /// 20: a number for tax purposes; never lived here.
    NoResidence,
    /// 30, 50, 60: annulled, deleted or changed; the number in force is another or none.
    Replaced,
    /// 70: disappeared. Not the same as dead.
    Disappeared,
    /// 80: emigrated.
    Emigrated,
    /// 90: dead.
    Dead,
    /// The register does not say, or says something that we do not know.
    Unknown,
}

/// [DK] navne- og adressebeskyttelse. An unknown flag counts as protected, wherever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Name and address are protected today.
    Protected,
    /// They are not.
    Open,
    /// The register does not say.
    Unknown,
}

impl Protection {
    /// The stricter of two: what counts where both are about one address.
    #[must_use]
    pub fn strictest(self, other: Self) -> Self {
        match (self, other) {
            (Self::Protected, _) | (_, Self::Protected) => Self::Protected,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Open, Self::Open) => Self::Open,
        }
    }

    /// Name and address must be hidden.
    pub fn hides(self) -> bool {
        self != Self::Open
    }
}

/// [DK] adresse.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// [DK] adresse-UUID (DAR). Two people with the same one live at the same address.
    pub uuid: Option<Uuid>,
    /// [DK] kommunekode, 751 for Aarhus.
    pub municipality: Option<u16>,
    /// [DK] vejkode; 9900–9999 stands for no fixed address.
    pub road_code: Option<u16>,
    /// [DK] husnummer, without leading zeros, with its letter.
    pub house_number: Option<String>,
    /// [DK] etage, lower case, without leading zeros.
    pub floor: Option<String>,
    /// [DK] sidedør, lower case.
    pub door: Option<String>,
    /// [DK] c/o.
    pub care_of: Option<String>,
    /// [DK] postnummer.
    pub postal_code: Option<String>,
    /// [DK] postdistrikt.
    pub postal_district: Option<String>,
    /// [DK] standardadresse: road, number, floor and door in one line.
    pub line: Option<String>,
    /// [DK] tilflytningsdato.
    pub since: Option<Date>,
}

impl Address {
    /// Whether both are one address: by UUID, else by municipality, road code, house number, floor and door. `None` where
    /// that cannot be said for certain: a part is missing on one side, or somebody has no fixed address (road codes from
    /// 9900). Only what is certainly elsewhere may be treated so.
    pub fn is_same(&self, other: &Self) -> Option<bool> {
        if let (Some(mine), Some(theirs)) = (self.uuid, other.uuid) {
            return Some(mine == theirs);
        }
        let house = |one: &Self| Some((one.municipality?, one.road_code?, one.house_number.clone()?));
        let is_fixed = |one: &Self| one.road_code.is_some_and(|code| code < 9900);
        if !is_fixed(self) || !is_fixed(other) {
            return None;
        }
        if house(self)? != house(other)? {
            return Some(false);
        }
        // In one house, a missing floor or door may be any: only two that are both told tell two homes apart.
        let differs = |one: &Option<String>, two: &Option<String>| one.is_some() && two.is_some() && one != two;
        let is_half = |one: &Option<String>, two: &Option<String>| one.is_some() != two.is_some();
        match () {
            () if differs(&self.floor, &other.floor) || differs(&self.door, &other.door) => Some(false),
            () if is_half(&self.floor, &other.floor) || is_half(&self.door, &other.door) => None,
            () => Some(true),
        }
    }
}

/// [DK] civilstand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CivilStatus {
    /// U.
    Unmarried,
    /// G.
    Married,
    /// F.
    Divorced,
    /// E.
    Widowed,
    /// P.
    RegisteredPartner,
    /// O.
    PartnershipDissolved,
    /// L.
    SurvivingPartner,
    /// D, or a code that we do not know.
    Other,
}

/// A relative: by number, or by birthday and name where the register has no number.
#[derive(Clone, PartialEq, Eq)]
pub enum RelatedPerson {
    /// By number.
    Number(CprNumber),
    /// Without a number.
    Named {
        /// Birthday.
        born: Option<Date>,
        /// Name.
        name: Option<String>,
    },
}

impl RelatedPerson {
    /// The number, where there is one.
    pub fn number(&self) -> Option<&CprNumber> {
        match self {
            Self::Number(number) => Some(number),
            Self::Named { .. } => None,
        }
    }
}

/// [DK] forældremyndighed: who decides for this child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// As what.
    pub holder: CustodyHolder,
    /// Who; for mother and father taken from the child's own relations where the entry has no number.
    pub person: Option<CprNumber>,
    /// First day.
    pub since: Option<Date>,
    /// [DK] slettedato: first day no longer.
    pub until: Option<Date>,
}

impl Custody {
    /// It holds on `today`.
    pub fn holds(&self, today: Date) -> bool {
        self.since.is_none_or(|since| since <= today) && self.until.is_none_or(|until| until > today)
    }
}

/// [DK] forældremyndighedens indehaver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CustodyHolder {
    /// 3.
    Mother,
    /// 4.
    Father,
    /// 5, 6, or a code that we do not know.
    Other,
}

/// [DK] værgemål.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardianship {
    /// The guardian, where the register has the number.
    pub guardian: Option<CprNumber>,
    /// [DK] fuldt værgemål; `None` when the register does not say.
    pub full: Option<bool>,
    /// First day.
    pub since: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
}

impl Guardianship {
    /// It holds on `today`.
    pub fn holds(&self, today: Date) -> bool {
        self.since.is_none_or(|since| since <= today) && self.until.is_none_or(|until| until > today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(house: Option<&str>, floor: Option<&str>, uuid: Option<u128>) -> Address {
        Address {
            uuid: uuid.map(Uuid::from_u128),
            municipality: Some(751),
            road_code: Some(4711),
            house_number: house.map(str::to_owned),
            floor: floor.map(str::to_owned),
            door: None,
            care_of: None,
            postal_code: None,
            postal_district: None,
            line: None,
            since: None,
        }
    }

    #[test]
    fn only_what_is_told_on_both_sides_tells_two_homes_apart() {
        let home = at(Some("12B"), Some("2"), None);
        assert_eq!(home.is_same(&home.clone()), Some(true));
        assert_eq!(home.is_same(&at(Some("12B"), Some("3"), None)), Some(false));
        assert_eq!(home.is_same(&at(Some("14"), None, None)), Some(false));
        assert_eq!(home.is_same(&at(Some("12B"), None, None)), None, "a floor that is not told may be any");
        assert_eq!(home.is_same(&at(None, None, None)), None);
        assert_eq!(home.is_same(&at(Some("12B"), Some("2"), Some(1))), Some(true), "one UUID alone compares nothing");
        assert_eq!(at(None, None, Some(1)).is_same(&at(Some("9"), None, Some(1))), Some(true));
        assert_eq!(at(Some("9"), None, Some(1)).is_same(&at(Some("9"), None, Some(2))), Some(false));
    }

    #[test]
    fn nobody_without_a_fixed_address_is_known_to_live_with_or_without_anybody() {
        let roofless = Address { road_code: Some(9901), ..at(Some("1"), None, None) };
        assert_eq!(roofless.is_same(&roofless.clone()), None);
        assert_eq!(roofless.is_same(&at(Some("1"), None, None)), None);
    }
}
