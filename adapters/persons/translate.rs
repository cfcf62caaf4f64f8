//! From the register's words to ours. Pure: today is given.

use jiff::civil::Date;

use super::fields::Misfit;
use super::settings::AbsentProtection;
use super::wire::{self, CurrentAddress, Gone, PersonData, Relations, Relative, Response};
use crate::contract::{
    Address, CivilStatus, Custody, CustodyHolder, Guardianship, PersonFacts, PersonName, PersonStatus, Protection,
    RelatedPerson,
};

/// The person of an answer, on the Danish day `today`; `None` when the answer holds nothing at all.
///
/// # Errors
/// [`Misfit`] when the answer does not say whom it is about: nothing in it may then be shown as anybody's.
pub(super) fn person(response: Response, today: Date, absent: AbsentProtection) -> Result<Option<PersonFacts>, Misfit> {
    if response.is_empty {
        return Ok(None);
    }
    let nobody = Misfit("the answer does not say whom it is about");
    let Response { person: Some(person), address, emigrated, relations, .. } = response else { return Err(nobody) };
    let number = person.number.ok_or(nobody)?;
    let (status, status_since) = status(&person, emigrated);
    Ok(Some(PersonFacts {
        number,
        in_force: person.in_force.unwrap_or(number),
        born: person.born,
        status,
        status_since,
        protection: protection(person.protection.as_ref(), today, absent),
        address: address.and_then(current_address),
        civil_status: person.civil_status.as_deref().map(civil_status),
        spouse: relations.spouse.as_ref().and_then(relative),
        mother: relations.mother.as_ref().and_then(relative),
        father: relations.father.as_ref().and_then(relative),
        custody: custody(&relations),
        children: relations.children,
        guardianship: person.guardianship.as_ref().and_then(guardianship),
        name: person.name.and_then(name),
    }))
}

fn name(name: wire::Name) -> Option<PersonName> {
    let wire::Name { addressing, given, middle, family } = name;
    let parts = || [&given, &middle, &family].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let addressing = addressing.unwrap_or_else(parts);
    (!addressing.is_empty()).then_some(PersonName { addressing, given, middle, family })
}

/// The code decides. Only where it is missing do a day of disappearance or an emigration speak for it.
fn status(person: &PersonData, emigrated: Option<Gone>) -> (PersonStatus, Option<Date>) {
    let (status, since) = match person.status {
        Some(1 | 3) => (PersonStatus::Resident, None),
        Some(5 | 7) => (PersonStatus::ResidentGreenland, None),
        Some(20) => (PersonStatus::NoResidence, None),
        Some(30 | 50 | 60) => (PersonStatus::Replaced, None),
        Some(70) => (PersonStatus::Disappeared, person.disappeared.and_then(|Gone(day)| day)),
        Some(80) => (PersonStatus::Emigrated, emigrated.and_then(|Gone(day)| day)),
        Some(90) => (PersonStatus::Dead, None),
        Some(_) => (PersonStatus::Unknown, None),
        None => match (person.disappeared, emigrated) {
            (Some(Gone(day)), _) => (PersonStatus::Disappeared, day),
            (None, Some(Gone(day))) => (PersonStatus::Emigrated, day),
            (None, None) => (PersonStatus::Unknown, None),
        },
    };
    (status, person.status_since.or(since))
}

/// Protected if the register's flag says so; without a flag, from the first day until the last. Where neither can tell,
/// the register does not say, and whoever asks hides.
fn protection(found: Option<&wire::Protection>, today: Date, absent: AbsentProtection) -> Protection {
    let Some(wire::Protection { from, to, flag }) = found else {
        return match absent {
            AbsentProtection::Unknown => Protection::Unknown,
            AbsentProtection::Open => Protection::Open,
        };
    };
    let has_ended = to.is_some_and(|to| to <= today);
    match (flag, from) {
        (Some(true), _) => Protection::Protected,
        (None, None) if !has_ended => Protection::Unknown,
        (None, Some(from)) if *from <= today && !has_ended => Protection::Protected,
        (Some(false) | None, _) => Protection::Open,
    }
}

fn current_address(found: CurrentAddress) -> Option<Address> {
    let address = Address {
        uuid: found.uuid,
        municipality: found.municipality,
        road_code: found.road_code,
        house_number: found.house_number.and_then(|text| without_zeros(&text.to_uppercase())),
        floor: found.floor.and_then(|text| without_zeros(&text.to_lowercase())),
        door: found.door.and_then(|text| without_zeros(&text.to_lowercase())),
        care_of: found.care_of,
        postal_code: found.postal_code,
        postal_district: found.postal_district,
        line: found.line,
        since: found.since,
    };
    (!is_empty(&address)).then_some(address)
}

fn is_empty(address: &Address) -> bool {
    let Address { uuid, municipality, road_code, house_number, floor, door, care_of, .. } = address;
    let Address { postal_code, postal_district, line, since, .. } = address;
    let texts = [house_number, floor, door, care_of, postal_code, postal_district, line];
    uuid.is_none()
        && municipality.is_none()
        && road_code.is_none()
        && since.is_none()
        && texts.into_iter().all(Option::is_none)
}

fn without_zeros(text: &str) -> Option<String> {
    Some(text.trim_start_matches('0')).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn civil_status(code: &str) -> CivilStatus {
    match code {
        "U" => CivilStatus::Unmarried,
        "G" => CivilStatus::Married,
        "F" => CivilStatus::Divorced,
        "E" => CivilStatus::Widowed,
        "P" => CivilStatus::RegisteredPartner,
        "O" => CivilStatus::PartnershipDissolved,
        "L" => CivilStatus::SurvivingPartner,
        _ => CivilStatus::Other,
    }
}

/// A relative; an element that holds nothing is no relative.
fn relative(found: &Relative) -> Option<RelatedPerson> {
    match (found.number, found.born, &found.name) {
        (Some(number), _, _) => Some(RelatedPerson::Number(number)),
        (None, None, None) => None,
        (None, born, name) => Some(RelatedPerson::Named { born, name: name.clone() }),
    }
}

/// Mother and father are often meant without their number: then it stands among the child's own relations.
fn custody(relations: &Relations) -> Vec<Custody> {
    let parent = |parent: &Option<Relative>| parent.as_ref().and_then(|parent| parent.number);
    let holder = |found: &wire::Custody| {
        let (holder, parent) = match found.kind {
            Some(3) => (CustodyHolder::Mother, parent(&relations.mother)),
            Some(4) => (CustodyHolder::Father, parent(&relations.father)),
            _ => (CustodyHolder::Other, None),
        };
        Custody { holder, person: found.person.or(parent), since: found.since, until: found.until }
    };
    relations.custody.iter().map(holder).collect()
}

fn guardianship(found: &wire::Guardianship) -> Option<Guardianship> {
    if found.holds == Some(false) {
        return None;
    }
    let full = match found.extent.as_deref() {
        Some("FULD") => Some(true),
        Some("DELVIS") => Some(false),
        _ => None,
    };
    Some(Guardianship { guardian: found.guardian, full, since: found.since, until: found.until })
}
